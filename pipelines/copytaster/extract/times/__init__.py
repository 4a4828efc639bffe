"""Time expressions and what they mean on the calendar. No part of this layer knows a word of English.

A text's words get the classes that the language's word list gives them (`tokens`, `numerals`); patterns over the
classes find phrases (`grammar`); neighbouring phrases and small words are joined to them (`joining`, `ranges`,
`modifiers`); what is no time is dropped (`plausibility`, `proper_names`, `years`); the rest is read from the first to
the last (`finding`, `resolution`), counting from the publication and earlier times (`timeline`) by the tense of the
clause (`clauses`): days and months
(`dates`, `figures`), longer units (`terms`, `counted`), distances (`relative`), what figures are compared with
(`comparisons`), lengths (`amounts`), times of day (`clock`). `moments` holds the calendar with TIMEX3 values and
inclusive days.

Words, forms of numbers, patterns, holidays, tense words and the model's names of tags and relations are data,
`knowledge/<language>/time_*.tsv`; another language needs files of its own (tests/extract/test_times_languages.py shows
a few German words at work).
"""

from __future__ import annotations

from copytaster.extract.story import Story
from copytaster.extract.times.finding import find
from copytaster.records import TimeExpression


def find_times(story: Story) -> tuple[TimeExpression, ...]:
    """The time expressions of a story, in order, with TIMEX3 values and inclusive intervals.

    Relative ones count from `story.article.reference_date` or from an earlier expression; without a publication date
    they have no value. They do not overlap, but for a limit and the length it is told by: "not earlier than in 18
    months" is a DATE, and the "18 months" in it a DURATION that the date points to by `anchor_time`.
    """
    return find(story)
