"""Every row says which rule made it, under a name that schemas/rules.md has; each rule there is at work in its own sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase

import pytest
from spacy.language import Language

import copytaster
from copytaster.extract.events.predicates import predicates
from copytaster.knowledge import table
from copytaster.records import Article, Extraction
from copytaster.tables import Row
from golden_rows import sample_rows

PUBLISHED = datetime(2026, 3, 5, 9, tzinfo=UTC)
RULES = table("rules.tsv")
COLUMNS = sorted({row["column"] for row in RULES})
NULLABLE = {"mentions.rule": "kind", "quotes.speaker_rule": "speaker_name"}
"""Columns that are null where a name, or no speaker, stands in the row."""


def extracted(text: str, nlp: Language) -> Extraction:
    """What is found in a text."""
    (found,) = copytaster.extract_many([Article(text.replace("  ", "\n\n"), published_at=PUBLISHED)], nlp)
    assert isinstance(found, Extraction)
    return found


def fired(found: Extraction, column: str) -> list[str | None]:
    """The names in a column."""
    name, field = column.split(".")
    return [getattr(record, field) for record in getattr(found, name)]


@pytest.mark.parametrize(
    "row", [row for row in RULES if row["example"]], ids=lambda row: f"{row['column']}-{row['rule']}"
)
def test_each_is_at_work_in_its_example(row: dict[str, str], nlp: Language) -> None:
    names = fired(extracted(row["example"], nlp), row["column"])
    assert any(name is not None and fnmatchcase(name, row["rule"]) for name in names), names


@pytest.fixture(scope="module")
def rows(nlp: Language) -> list[tuple[str, Row]]:
    """The rows of samples/ by table."""
    return [(name, row) for _, found in sample_rows(nlp) for name, rows in found.items() for row in rows]


@pytest.mark.parametrize("column", COLUMNS)
def test_every_row_names_a_rule_that_is_documented(column: str, rows: list[tuple[str, Row]]) -> None:
    name, field = column.split(".")
    patterns = [row["rule"] for row in RULES if row["column"] == column]
    of_table = [row for table_name, row in rows if table_name == name]
    assert of_table
    for row in of_table:
        if row[field] is None:
            assert column in NULLABLE
            assert row[NULLABLE[column]] in ("name", None)
        else:
            assert any(fnmatchcase(row[field], pattern) for pattern in patterns), row[field]


def test_events_are_named_for_a_row_of_the_table(rows: list[tuple[str, Row]]) -> None:
    names = {predicate.name for found in predicates().values() for predicate in found} | {"verb.must.request.change"}
    found = [row["rule"] for table_name, row in rows if table_name == "events"]
    assert found
    assert set(found) <= names


def because_of(found: Extraction) -> Iterator[tuple[str, str, list[str], str | None]]:
    """What every record says of itself."""
    for record in (*found.mentions, *found.times, *found.quotes, *found.events):
        for because in record.because:
            else_ = None if because.runner_up is None else found.entities[because.runner_up].name
            yield because.what, because.rule, [span.text for span in because.words], else_


def test_because(nlp: Language) -> None:
    """A record says its rules, the words that they rest on, and whom a pronoun would have meant else."""
    text = "Jane Doe met Mary Lind in Riga. She said on Tuesday that police could arrest the protesters."
    told = list(because_of(extracted(text, nlp)))
    assert ("mention", "pronoun.in_mind", ["She"], "Mary Lind") in told
    assert ("quote", "indirect.verb.that", ["said"], None) in told
    assert ("speaker", "speaker.pronoun", ["She"], None) in told
    assert ("time", "weekday", ["Tuesday"], None) in told
    assert ("event", "verb.arrest.obj.coerce.arrest", ["arrest"], None) in told
    assert ("modality", "conditional.clause", ["arrest"], None) in told
