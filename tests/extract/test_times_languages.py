"""The times layer with the word list of another language: no English is left in its code."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import spacy

from copytaster.extract.story import Story
from copytaster.extract.times import clauses, grammar, proper_names, tokens
from copytaster.extract.times.finding import find
from copytaster.records import Article
from copytaster.structure import text_blocks

FORMS = r"""form|pattern
word|[^\W\d_]+
time|(?:[01]?\d|2[0-3])[.:][0-5]\d(?=\s?Uhr\b)
ordinal|\b\d{1,2}\.(?=\s[A-ZÄÖÜ])
number|\d+
mark|[^\w\s]|_
"""
WORDS = """words|class|value|needs
freitag|weekday|5|
dienstag|weekday|2|
november|month|11|
märz|month|3|
jahr|unit+unit1|Y|
tag|unit+unit1|D|
jahren|unit+units|Y|
drei|numeral|3|
vor|agobefore|-|
gestern|dayword|-1|
uhr|oclock||
voriges|ref|last|
bis|until||
um|at||
jeden|every||
am|on||
"""
PATTERNS = """rule|pattern
date|ordinal month year
date|month year
date|month
weekday|weekday
unit|ref unit1
dayword|dayword
year|year
amount|number unit
set|every weekday
clock|time oclock
"""
TENSE = """kind|words
future helper|wird, werden
past helper|hat, hatte, war
helper relation|oc
"""
FILES = {
    "xx/time_forms.tsv": FORMS,
    "xx/time_words.tsv": WORDS,
    "xx/time_holidays.tsv": "words|rule|needs\nweihnachten|12-25|\n",
    "xx/time_patterns.tsv": PATTERNS,
    "xx/time_tense.tsv": TENSE,
    "xx/person_nouns.tsv": "noun|kind\n",
}


@functools.cache
def german_table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `FILES`, whose cells are parted by the first bars, as many as the header has."""
    header, *lines = FILES[name].strip("\n").split("\n")
    names = header.split("|")
    return tuple(dict(zip(names, line.split("|", len(names) - 1), strict=True)) for line in lines)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language "xx" of a few German words, in the place of knowledge files."""
    for module in (tokens, grammar, clauses, proper_names):
        monkeypatch.setattr(module, "table", german_table)
    yield
    for cached in (tokens.forms, tokens.lexicon, grammar.grammar, clauses.words_of, proper_names.persons):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Er trat am Freitag zurück.", [("Freitag", "2025-11-28")]),
        ("Am 28. November 2025 kam er an.", [("28. November 2025", "2025-11-28")]),
        ("Gestern um 17.30 Uhr brannte es.", [("Gestern um 17.30 Uhr", "2025-11-30T17:30")]),
        ("Er wurde vor drei Jahren gewählt.", [("vor drei Jahren", "2022")]),
        ("Voriges Jahr schloss das Werk.", [("Voriges Jahr", "2024")]),
        ("Sie treffen sich jeden Dienstag.", [("jeden Dienstag", "XXXX-WXX-2")]),
        ("The mill closed last Friday.", []),
    ],
)
def test_another_language_is_another_set_of_files(german: None, text: str, expected: list[tuple[str, str]]) -> None:
    pipeline = spacy.blank("de")
    pipeline.add_pipe("sentencizer")
    doc = pipeline(text)
    article = Article(text=text, published_at=datetime(2025, 12, 1, 12, tzinfo=UTC))
    found = find(Story.of(article, doc, text_blocks(text)), "xx")
    assert expected == [(expression.text, expression.timex_value) for expression in found]
