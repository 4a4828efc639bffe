"""The SQL for what holds now over the raw tables, run by DuckDB and ClickHouse; tests/services has Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from chdb.session import Session

from copytaster.holding_sql import holding_sql
from copytaster.lake.storage import Storage
from copytaster.look import REASONS, letters, look_into, newest
from copytaster.tables import SCHEMAS
from corrected_lake import Held, corrected_lake

CHILDREN = [table for table in SCHEMAS if table not in ("articles", "dead_letters")]
WORDS = {"quotes": "text", "mentions": "text", "times": "text", "events": "trigger_text"}
Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Held]:
    folder = tmp_path_factory.mktemp("held") / "lake"
    return folder, corrected_lake(folder)


@pytest.fixture(scope="module", params=["duckdb", "clickhouse"])
def query(request: pytest.FixtureRequest, lake: tuple[Path, Held]) -> Iterator[Query]:
    """Asks an engine that has run its file of statements on the lake."""
    text = holding_sql()[f"{request.param}.sql"].replace("'lake/", f"'{lake[0]}/")
    if request.param == "duckdb":
        connection = duckdb.connect()
        connection.execute(text)
        yield lambda sql: connection.execute(sql).fetchall()
        return
    session = Session()
    for statement in text.split(";\n"):
        if statement.strip():
            session.query(statement)
    yield lambda sql: [tuple(row.values()) for row in session.query(sql, "ArrowTable").to_pylist()]
    session.close()


def test_articles_that_hold(query: Query, lake: tuple[Path, Held]) -> None:
    """Of each article the version that the rule gives, once; nothing of what was withdrawn or is not published."""
    found = query("SELECT article_id, text, published_at FROM articles_now")
    assert len(found) == len(lake[1])
    assert {name: (text, at) for name, text, at in found} == lake[1]


@pytest.mark.parametrize("table", CHILDREN)
def test_rows_of_what_holds(query: Query, lake: tuple[Path, Held], table: str) -> None:
    """Every other table has the rows of those versions, each once."""
    words = WORDS.get(table)
    found = query(f"SELECT article_id, published_at{f', {words}' if words else ''} FROM {table}_now")
    expected = [(name, at, *([text] if words else [])) for name, (text, at) in lake[1].items()]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_open_dead_letters(query: Query) -> None:
    """Each letter that was not taken in, once, as it failed last."""
    assert query("SELECT source, reason FROM dead_letters_now") == [("wire-4", "no_text")]


def test_the_case_of_each_fault_is_in_the_lake(lake: tuple[Path, Held]) -> None:
    """The raw tables hold what must not be counted: without this the others would show nothing."""
    (count,) = duckdb.execute(f"SELECT count(*) FROM '{lake[0]}/quotes/*/*.parquet'").fetchone() or ()
    assert count > len(lake[1]) + 100


def test_looking_into_a_large_lake_reads_its_newest_files(
    lake: tuple[Path, Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are; dead letters that were taken in later are told by the files of their rounds alone."""
    storage = Storage(str(lake[0]))
    monkeypatch.setattr("copytaster.look.NEWEST", 5)
    names = newest(storage, "quotes")
    assert len(names) == 5
    assert {name.split("/")[1] for name in names} == {max(storage.names("quotes"))}
    assert look_into(storage, 3)
    assert [row[:3] for row in letters(storage, REASONS, [])] == [("parse", "no_text", 1)]
