"""Compaction, expiry, orphans, dropped blocks, added columns, a catalog that is away: the same rows all the while."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from desk import CHILDREN, Desk, Item
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitFailedException
from reading import counts, publish, rows, texts

from copytaster.editions import layout
from copytaster.editions.catalog import EDITION, open_tables
from copytaster.editions.checking import edition_troubles, existing_tables
from copytaster.editions.clearing import drop_blocks, expire, remove_orphans
from copytaster.editions.compaction import CHANGE, MANY_FILES, compact, days_of
from copytaster.editions.following import Policy, follow
from copytaster.lake.dropped import is_dropped
from copytaster.lake.log import LakeError
from copytaster.lake.verification import verify_lake
from copytaster.tables import SCHEMAS, column, quote_rows

LONG_AGO = timedelta(0)
"""Every edition is older than that."""


def many_editions(desk: Desk, count: int) -> dict[str, str]:
    """Editions of one day; each corrects an article of the one before. The texts that hold."""
    for n in range(count):
        desk.take([Item(f"a{n}", f"First {n}"), Item(f"b{n}", f"First {n}"), Item(f"a{n - 1}", f"Second {n}")])
    assert len(publish(desk.log, 1)) == count
    return {f"b{n}": f"First {n}" for n in range(count)} | {
        f"a{n}": f"Second {n + 1}" if n < count - 1 else f"First {n}" for n in range(-1, count)
    }


def contents(desk: Desk) -> dict[str, list[str]]:
    """Every row of the tables, as text."""
    return {name: sorted(map(repr, rows(desk.log, name).to_pylist())) for name in layout.TABLES}


def test_compaction_keeps_the_rows(desk: Desk) -> None:
    """Crowded days by themselves, every day when asked; the deletes go, the editions stay, later corrections find their rows."""
    holds = many_editions(desk, MANY_FILES + 2)
    before = contents(desk)
    tables = open_tables(desk.log)
    done = list(compact(tables))
    assert {name for name, *_ in done} == {"articles", *CHILDREN}
    assert contents(desk) == before
    list(compact(tables, thoroughly=True))
    assert contents(desk) == before
    for name in ("articles", *CHILDREN):
        (day,) = days_of(tables.table(name)).values()
        assert (len(day.data), day.deletes) == (1, [])
        snapshot = tables.table(name).current_snapshot()
        assert snapshot is not None
        assert snapshot.summary is not None
        assert (snapshot.summary[CHANGE], snapshot.summary[EDITION]) == ("compaction", str(MANY_FILES + 2))
        assert snapshot.summary["total-position-deletes"] == "0"
    assert list(compact(tables, thoroughly=True)) == []
    desk.take([Item("b0", "Corrected"), Item("b1", None)], "other")
    publish(desk.log)
    del holds["b1"]
    assert texts(desk.log) == holds | {"b0": "Corrected"}
    assert counts(desk.log) == {"articles": len(holds)} | dict.fromkeys(CHILDREN, 2 * len(holds))


def test_an_edition_that_comes_first_wins(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compaction never undoes an edition's removal: it is based on what it read, or it is not committed."""
    many_editions(desk, 3)
    tables = open_tables(desk.log)
    desk.take([Item("a0", None)], "other")
    real = SqlCatalog.commit_table
    raced: list[str] = []

    def race(self: SqlCatalog, table, requirements, updates):  # type: ignore[no-untyped-def]
        if not raced:
            raced.append("edition")
            publish(desk.log)
            with pytest.raises(CommitFailedException):
                real(self, table, requirements, updates)
            raise CommitFailedException("lost")
        return real(self, table, requirements, updates)

    monkeypatch.setattr(SqlCatalog, "commit_table", race)
    list(compact(tables, thoroughly=True))
    assert raced
    assert "a0" not in texts(desk.log)
    assert "a0" not in rows(desk.log, "entities")["article_id"].to_pylist()


def test_old_snapshots_and_their_files_go(desk: Desk) -> None:
    """What is left is what the last snapshot refers to; a young orphan may be one of an edition that is being made."""
    many_editions(desk, 4)
    tables = open_tables(desk.log)
    list(compact(tables, thoroughly=True))
    before = contents(desk)
    folder = Path(desk.log.storage.path("editions/quotes"))
    (folder / "data" / "half-written.parquet").write_bytes(b"half")
    assert expire(tables, timedelta(days=7)) == 0
    assert remove_orphans(tables) == 0
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    assert (
        expire(tables, timedelta(hours=1), tomorrow) == 6 * 4 + 3
    )  # all but the last of each; six tables were compacted
    assert remove_orphans(tables, tomorrow) > 40
    assert contents(desk) == before
    assert len(list((folder / "data").rglob("*.parquet"))) == 1
    assert len(list((folder / "metadata").glob("snap-*.avro"))) == 1
    many = publish(desk.log)
    assert many == []
    desk.take([Item("b0", "Corrected")], "other")
    publish(desk.log)
    assert texts(desk.log)["b0"] == "Corrected"


def test_blocks_behind_editions_are_dropped_when_asked(desk: Desk) -> None:
    """The log keeps plans, manifests and dead letters, and says which files are gone on purpose."""
    desk.take([Item("a", "First"), Item("x", broken=True)])
    publish(desk.log)
    desk.take([Item("b", "Waits")])
    held = contents(desk)
    assert drop_blocks(desk.log, 1, timedelta(days=30)) == 0
    assert drop_blocks(desk.log, 1, LONG_AGO) == 1
    assert drop_blocks(desk.log, 1, LONG_AGO) == 0
    first, second = desk.log.manifests()
    assert (is_dropped(desk.log, first.block), is_dropped(desk.log, second.block)) == (True, False)
    assert [t for t, file in first.files.items() if desk.log.storage.exists(file.path)] == ["dead_letters"]
    assert all(desk.log.storage.exists(file.path) for file in second.files.values())
    assert contents(desk) == held
    desk.redrive({1: Item("x", "Taken in")})
    publish(desk.log)
    assert texts(desk.log) == {"a": "First", "b": "Waits", "x": "Taken in"}


def test_a_later_extractor_adds_a_column(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Field ids stay, old rows have nulls, blocks of both versions go into one edition."""
    desk.take([Item("a", "First")])
    publish(desk.log)
    before = {field.name: field.field_id for field in open_tables(desk.log).table("quotes").schema().fields}
    desk.take([Item("b", "Old extractor")])
    added = [column("tone", pa.string(), "How it is said."), column("marks", pa.list_(pa.string()), "Its marks.")]
    schemas = dict(SCHEMAS)
    schemas["quotes"] = pa.schema([*schemas["quotes"], *added])
    monkeypatch.setattr("copytaster.tables.SCHEMAS", schemas)
    monkeypatch.setattr(
        "copytaster.lake.files.to_arrow", lambda table, rows: pa.Table.from_pylist(rows, schemas[table])
    )
    monkeypatch.setattr(
        "copytaster.tables.quote_rows",
        lambda *given, real=quote_rows: [{**row, "tone": "calm", "marks": ["“"]} for row in real(*given)],
    )
    desk.take([Item("c", "New extractor")])
    with pytest.raises(LakeError, match="has columns of quotes that this copytaster does not know: marks, tone"):
        publish(desk.log)
    monkeypatch.setattr("copytaster.editions.catalog.SCHEMAS", schemas)
    publish(desk.log)
    schema = open_tables(desk.log).table("quotes").schema()
    assert {name: schema.find_field(name).field_id for name in before} == before
    assert schema.find_field("tone").doc == "How it is said."
    found = {row["article_id"]: (row["tone"], row["marks"]) for row in rows(desk.log, "quotes").to_pylist()}
    assert found["c"] == ("calm", ["“"])
    assert found["a"][0] is found["b"][0] is None


def test_a_catalog_that_is_away_for_a_while(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A follower waits for it, and goes on where it was."""
    desk.take([Item("a", "First")])
    real = SqlCatalog.commit_table
    refused: list[float] = []

    def commit(self: SqlCatalog, *given: object) -> object:
        if len(refused) < 3:
            refused.append(time.monotonic())
            raise ConnectionError("no route to the catalog")
        return real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(SqlCatalog, "commit_table", commit)
    stop = threading.Event()
    thread = threading.Thread(
        target=follow, args=(desk.log, None, Policy(age=0.2), stop, lambda made: made.edition == 2 and stop.set())
    )
    thread.start()
    while not refused:
        time.sleep(0.05)
    desk.take([Item("a", "Second")])
    thread.join(60)
    stop.set()
    thread.join()
    assert texts(desk.log) == {"a": "Second"}


def test_verify_knows_the_editions(desk: Desk) -> None:
    """Dropped blocks are no trouble; a lost file, a changed one and rows that do not hold are."""
    desk.take([Item("a", "First"), Item("b", "First")])
    desk.take([Item("a", "Second")], "other")
    publish(desk.log, 1)
    drop_blocks(desk.log, 2, LONG_AGO)
    tables = existing_tables(desk.log)
    assert tables is not None
    assert list(edition_troubles(desk.log, tables)) == []
    assert not any("missing" in str(trouble) for trouble in verify_lake(desk.log).troubles)
    (file, *_) = days_of(tables.table("quotes")).popitem()[1].data
    path = Path(file.file_path)
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    (trouble,) = edition_troubles(desk.log, tables)
    assert f"{path} of table quotes has {len(data) - 1} bytes, the table says {len(data)}" in trouble
    path.unlink()
    (trouble,) = edition_troubles(desk.log, tables)
    assert f"{path} of table quotes is missing" in trouble
    path.write_bytes(data)
    tables.table("articles").delete("article_id = 'b'")
    (trouble,) = edition_troubles(desk.log, tables)
    assert "table articles lacks 1 versions that hold, such as b@" in trouble
