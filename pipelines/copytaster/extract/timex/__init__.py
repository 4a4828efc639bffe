"""The parts of the times layer, none of which knows a word of English.

A text's words get the classes that the language's word list gives them (`tokens`, `numerals`); patterns over the
classes find phrases (`grammar`); neighbouring phrases and small words are joined to them (`joining`, `modifiers`); what
is no time is dropped (`plausibility`); the rest is read from the first to the last (`finding`, `resolution`), counting
from the publication, the tense, or earlier times (`timeline`): days and months (`dates`, `figures`), longer units
(`terms`, `counted`), distances (`relative`), lengths (`amounts`), times of day (`clock`). `moments` holds the calendar
with TIMEX3 values and inclusive days.

Words, patterns and holidays are data, `knowledge/<language>/time_*.tsv`; another language needs files of its own.
"""
