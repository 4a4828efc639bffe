"""Time expressions and what they mean on the calendar."""

from __future__ import annotations

from copytaster.extract.story import Story
from copytaster.extract.timex.finding import find
from copytaster.records import TimeExpression


def find_times(story: Story) -> tuple[TimeExpression, ...]:
    """The time expressions of a story, in order, with TIMEX3 values and inclusive intervals.

    Relative ones count from `story.article.reference_date` or from an earlier expression; without a publication date
    they have no value. They do not overlap, but for a limit and the length it is told by: "not earlier than in 18
    months" is a DATE, and the "18 months" in it a DURATION that the date points to by `anchor_time`.
    """
    return find(story)
