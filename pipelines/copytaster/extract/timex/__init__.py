"""The parts of the times layer, none of which knows a word of English.

tokens (a text's words, each with the classes that the language's word list gives it) → grammar (patterns over classes
find phrases) → phrases (neighbouring phrases joined: "the end of" + "March", "10 p.m." + "Wednesday") → resolution
(what a phrase means where it stands: anchors, tense) → `moments` (TIMEX3 values and inclusive days).
Words, patterns and holidays are data: `knowledge/<language>/time_*.tsv`.
"""
