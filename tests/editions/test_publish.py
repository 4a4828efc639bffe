"""Editions of real blocks, committed to real Iceberg tables and read back: what holds, in every table."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from desk import CHILDREN, DAY, Desk, Item, expected_counts, wire
from reading import counts, publish, rows, texts

from copytaster.editions.cuts import Cuts, read_cut
from copytaster.editions.holdings import Holdings
from copytaster.editions.memory import catch_up
from copytaster.lake.log import LakeError
from copytaster.tables import SCHEMAS

LATER = DAY + timedelta(hours=3)


def test_an_edition_holds_every_row_once(desk: Desk) -> None:
    """The same rows as the blocks have, to the last column, of several blocks, days and partitions."""
    desk.take(wire(120))
    desk.take(wire(80, first=120), partition=1)
    desk.take([Item("x", broken=True)], "other")
    (made,) = publish(desk.log)
    assert (made.edition, made.records, made.articles, made.removed) == (1, 201, 200, 0)
    assert counts(desk.log) == expected_counts(wire(200))
    assert rows(desk.log, "dead_letters").num_rows == 1
    for table in SCHEMAS:
        stored = rows(desk.log, table).drop_columns(["ingest_date"]).to_pylist()
        raw = [row for m in desk.log.manifests() if table in m.files for row in block_table(desk, m.files[table].path)]
        assert sorted(stored, key=repr) == sorted(raw, key=repr)


def block_table(desk: Desk, path: str) -> list[dict[str, object]]:
    """The rows of a block's file."""
    return pq.ParquetFile(desk.log.storage.path(path)).read().to_pylist()


def test_nothing_waits_and_nothing_is_done(desk: Desk) -> None:
    """A second run makes no edition."""
    desk.take(wire(3))
    assert len(publish(desk.log)) == 1
    assert publish(desk.log) == []
    assert read_cut(desk.log, 2) is None


def test_files_are_sorted_by_article_and_lie_by_day(desk: Desk) -> None:
    """One file a table and day, however many blocks."""
    items = wire(200)
    for first in range(0, 200, 10):
        desk.take(items[first : first + 10], partition=first % 3)
    (made,) = publish(desk.log)
    assert {table: len(files) for table, files in made.files.items()} == dict.fromkeys(("articles", *CHILDREN), 2)
    for file in made.files["mentions"]:
        ids = [row["article_id"] for row in block_table(desk, f"editions/mentions/{file.path}")]
        assert ids == sorted(ids)
        assert str(file.ingest_date) in file.path


CASES = {
    "a withdrawal in a file of its own": (
        [("one", [Item("a", "First", timestamp=DAY), Item("b", "Stays", timestamp=DAY)]), ("two", [Item("a", None)])],
        {"b": "Stays"},
    ),
    "a correction 256 records later in the same archive": (
        [("one", [Item("a", "First")]), ("one", [Item(f"x{n}") for n in range(256)]), ("one", [Item("a", "Second")])],
        {"a": "Second", **{f"x{n}": "As before" for n in range(256)}},
    ),
    "an original in a second archive, after the correction made three days later": (
        [
            ("one", [Item("a", "Second", modified_at=DAY + timedelta(days=3))]),
            ("two", [Item("a", "First", modified_at=DAY)]),
        ],
        {"a": "Second"},
    ),
    "a correction in the topic of what an archive holds": (
        [
            ("archive", [Item("a", "First", modified_at=DAY)]),
            ("topic", [Item("a", "Second", timestamp=LATER)]),
            ("archive", [Item("a", "Older", modified_at=DAY - timedelta(days=1))]),
        ],
        {"a": "Second"},
    ),
    "a withdrawal before its article": (
        [("topic", [Item("a", None, timestamp=LATER)]), ("archive", [Item("a", "First", modified_at=DAY)])],
        {},
    ),
    "withdrawn, and published again": (
        [("one", [Item("a", "First"), Item("a", None)]), ("two", [Item("a", "First")])],
        {"a": "First"},
    ),
    "the same text again with another date": (
        [("one", [Item("a", "First")]), ("one", [Item("a", "First", published_at=LATER), Item("a", "First")])],
        {"a": "First"},
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("size", [1, 20_000], ids=["an edition a block", "one edition"])
def test_what_holds(desk: Desk, case: str, size: int) -> None:
    """In `articles` and in every table below it, once each, whether the records come in one edition or in several."""
    blocks, holds = CASES[case]
    for source, items in blocks:
        desk.take(items, source)
    assert sum(made.records for made in publish(desk.log, size)) == sum(len(items) for _, items in blocks)
    assert texts(desk.log) == holds
    versions = set(rows(desk.log, "articles")["version_id"].to_pylist())
    for table in CHILDREN:
        found = rows(desk.log, table)
        assert found.num_rows == 2 * len(holds)
        assert set(found["version_id"].to_pylist()) == versions


def test_of_two_records_of_one_version_in_a_block_the_rows_of_one_are_kept(desk: Desk) -> None:
    """Told apart by what differs: both have the same ids."""
    desk.take([Item("a", published_at=LATER), Item("b"), Item("a", published_at=DAY, modified_at=None)])
    publish(desk.log)
    for table in ("articles", *CHILDREN):
        found = [row for row in rows(desk.log, table).to_pylist() if row["article_id"] == "a"]
        assert {row["published_at"] for row in found} == {DAY}
        assert len(found) == (1 if table == "articles" else 2)


def test_a_partition_goes_in_without_gaps(desk: Desk) -> None:
    """A block that is published after its follower goes in before it, and holds up its own partition only."""
    first, second = desk.plan(1), desk.plan(1)
    desk.publish(second, [Item("a", "Second")])
    desk.take([Item("b", "Other")], "other")
    publish(desk.log)
    assert texts(desk.log) == {"b": "Other"}
    desk.publish(first, [Item("a", "First")])
    publish(desk.log)
    assert texts(desk.log) == {"a": "Second", "b": "Other"}


def test_an_edition_is_full_at_so_many_records(desk: Desk) -> None:
    """Blocks go in whole."""
    for first in range(0, 50, 10):
        desk.take(wire(10, first=first), partition=first % 20)
    assert [made.records for made in publish(desk.log, 15)] == [20, 20, 10]


def test_redriven_letters_leave_the_table_and_take_their_place(desk: Desk) -> None:
    """What is taken in is no dead letter any more; what fails again stays one; neither undoes a correction."""
    desk.take([Item("a", broken=True), Item("b", broken=True), Item("c", broken=True)])
    desk.take([Item("a", "Corrected")])
    publish(desk.log)
    letters = set(rows(desk.log, "dead_letters")["dead_letter_id"].to_pylist())
    desk.redrive({0: Item("a", "First"), 1: Item("b", broken=True), 2: Item("c", "Taken in")})
    publish(desk.log)
    assert texts(desk.log) == {"a": "Corrected", "c": "Taken in"}
    left = rows(desk.log, "dead_letters")
    assert left["source_offset"].to_pylist() == [1]
    assert set(left["dead_letter_id"].to_pylist()) < letters
    desk.redrive({1: Item("b", "At last")}, round=2)
    publish(desk.log)
    assert texts(desk.log) == {"a": "Corrected", "b": "At last", "c": "Taken in"}
    assert rows(desk.log, "dead_letters").num_rows == 0


def test_a_changed_block_file_is_refused(desk: Desk) -> None:
    """A file that is not what its manifest says goes into no edition; the message names it and both hashes."""
    manifest = desk.take(wire(2))
    path = manifest.files["quotes"].path
    desk.log.storage.put(path, b"changed")
    with pytest.raises(
        LakeError, match=f"{path} .*{hashlib.sha256(b'changed').hexdigest()}.*{manifest.files['quotes'].sha256}"
    ):
        publish(desk.log)


def test_the_blocks_are_left_as_they_are(desk: Desk) -> None:
    """Nothing in the raw tables changes."""
    desk.take(wire(5))
    files = {m.files[t].path: m.files[t].sha256 for m in desk.log.manifests() for t in m.files}
    publish(desk.log)
    assert {path: hashlib.sha256(desk.log.storage.read(path) or b"").hexdigest() for path in files} == files


def test_complete_archives_are_not_looked_at_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle look costs a listing, and a read for each partition that may go on."""
    for n in range(12):
        desk.take(wire(2, first=2 * n), f"archive{n}", is_last=True)
    desk.take(wire(1, first=99), "topic")
    publish(desk.log)
    publish(desk.log)
    cuts = Cuts.of(desk.log)
    touched: list[str] = []
    for name in ("read", "names", "exists"):
        real = getattr(type(desk.log.storage), name)
        monkeypatch.setattr(
            type(desk.log.storage), name, lambda self, path, real=real: touched.append(path) or real(self, path)
        )
    assert list(cuts.waiting()) == []
    assert len(touched) == 2


def test_a_fresh_start_knows_what_the_old_one_knew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the checkpoint and the changes after it, without the cache, and with the cache of another history."""
    monkeypatch.setattr("copytaster.editions.memory.FIRST_CHECKPOINT", 4)
    for n in range(9):
        desk.take([replace(item, text=f"Text {n}.") for item in wire(3, first=n)] + [Item(f"gone-{n}", None)])
        publish(desk.log)
    with Holdings(desk.log.storage) as holdings:
        assert holdings.position[0] == 9
        known = list(holdings.all())
        other = Holdings(desk.log.storage)  # the cache is in use: this one is made anew
        catch_up(desk.log, other, 9)
        assert list(other.all()) == known
        other.close()
    assert desk.log.storage.names("_log/editions_state") == [
        "000000000004.parquet",
        "000000000006.parquet",
        "000000000009.parquet",
    ]
    with Holdings(desk.log.storage) as holdings:
        holdings.fold([("article", "wire-000001", "wrong", 0, None, 0)], 7, "another history")
        catch_up(desk.log, holdings, 8)
        assert [row[2] for row in holdings.all() if row[1] == "wire-000001"] != ["wrong"]


def test_a_lake_that_was_copied_or_moved(desk: Desk, tmp_path: Path) -> None:
    """A copy does not write into the tables of the first, and what is moved says how it is mended; then it is."""
    desk.take(wire(3))
    publish(desk.log)
    shutil.copytree(tmp_path / "lake", tmp_path / "copy")
    copy = Desk(tmp_path / "copy")
    copy.take([Item("wire-000001", None)])
    with pytest.raises(
        LakeError, match=f"entities: it lies in {tmp_path}/lake/editions/entities, not in {tmp_path}/copy"
    ):
        publish(copy.log)
    (tmp_path / "lake").rename(tmp_path / "moved")
    moved = Desk(tmp_path / "moved")
    with pytest.raises(LakeError, match=f"delete {tmp_path}/moved/editions and {tmp_path}/moved/_log/editions"):
        publish(moved.log)
    shutil.rmtree(tmp_path / "moved" / "editions")
    for name in (tmp_path / "moved" / "_log").glob("editions*"):
        shutil.rmtree(name) if name.is_dir() else name.unlink()
    publish(moved.log)
    assert len(texts(moved.log)) == 3
