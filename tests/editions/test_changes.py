"""The feed of editions, as a reader uses it who keeps tables of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from desk import DAY, Desk, Item, wire
from reading import publish, rows
from typer.testing import CliRunner

from copytaster.cli import app
from copytaster.cli.lake_views import editions_told
from copytaster.editions.feed import CursorError, changes_since
from copytaster.lake.storage import Storage
from copytaster.tables import SCHEMAS
from corrected_lake import corrected_lake
from written_lake import log_in


def test_who_follows_has_what_the_tables_hold(desk: Desk) -> None:
    """Removed first, then added, edition after edition: the same rows as the Iceberg tables, in every table."""
    desk.take([*wire(6), Item("x", broken=True)])
    publish(desk.log)
    desk.take(
        [
            Item("wire-000001", "Corrected."),
            Item("wire-000002", None),
            Item("wire-000003", "Text 3.", published_at=None),
        ]
    )
    desk.redrive({6: Item("x", "Read at last.", timestamp=DAY)})
    publish(desk.log)
    mine: dict[str, list[dict[str, object]]] = {table: [] for table in SCHEMAS}
    for edition in changes_since(desk.log):
        for table, kept in mine.items():
            key, gone = (
                ("dead_letter_id", edition.removed_letters)
                if table == "dead_letters"
                else ("version_id", edition.removed_versions)
            )
            kept[:] = [row for row in kept if row[key] not in gone]
            for file in edition.added.get(table, ()):
                new = pq.ParquetFile(file.url).read().to_pylist()
                assert len(new) == file.rows
                kept += new
    for table, kept in mine.items():
        assert sorted(kept, key=repr) == sorted(rows(desk.log, table).to_pylist(), key=repr), table
    assert len(mine["articles"]) == 6
    assert mine["dead_letters"] == []


def test_an_idle_poll_is_one_request(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many archives and blocks the lake has; with a cursor, one more sees that it is this lake's."""
    for number in range(5):
        desk.take(wire(2, first=2 * number), f"archive-{number}", is_last=True)
    publish(desk.log)
    asked = []
    for method in ("read", "exists", "names"):
        plain = getattr(Storage, method)
        monkeypatch.setattr(
            Storage, method, lambda self, name, plain=plain, **more: asked.append(name) or plain(self, name, **more)
        )
    assert list(changes_since(desk.log, 1)) == []
    assert asked == ["_log/editions_made/000000000002.json", "_log/editions_made/000000000001.json"]


def test_a_cursor_of_another_lake(desk: Desk) -> None:
    """It is told, with the edition."""
    desk.take(wire(1))
    publish(desk.log)
    with pytest.raises(CursorError, match=r"has no edition 7, .* Load everything anew"):
        list(changes_since(desk.log, 7))


def test_command(desk: Desk) -> None:
    """A line an edition, for a reader or as JSON; nothing where nothing is new."""
    desk.take(wire(3))
    publish(desk.log)
    run = CliRunner().invoke
    lake = ["changes", "--lake", desk.log.storage.url]
    assert run(app, lake).output == "Edition 1: 0 versions and 0 dead letters removed, 33 rows added in 6 files.\n"
    assert run(app, [*lake, "--since", "1"]).output == "Nothing since edition 1.\n"
    assert run(app, [*lake, "--since", "1", "--json"]).output == ""
    (line,) = run(app, [*lake, "--json"]).output.splitlines()
    found = json.loads(line)
    assert (found["edition"], found["removed_versions"]) == (1, [])
    assert Path(found["added"]["quotes"][0]["url"]).is_file()


def test_status_tells_the_last_edition_and_what_waits(desk: Desk) -> None:
    """Nothing of editions in a lake without any."""
    desk.take(wire(2))
    assert editions_told(desk.log) is None
    publish(desk.log)
    assert re.fullmatch(
        r"edition 1, cut \d+ s ago; no published block waits for the next", editions_told(desk.log) or ""
    )
    desk.take(wire(2, first=2))
    desk.take(wire(2, first=4), "archive")
    told = r"edition 1, cut \d+ s ago; 2 blocks wait for the next, the oldest for \d+ s"
    assert re.fullmatch(told, editions_told(desk.log) or "")


def test_editions_hold_what_the_sql_over_the_raw_tables_gives(tmp_path: Path) -> None:
    """The written cases and random ones. No random letters: what an edition turned down while a letter was not yet sent
    through again it does not take up after, and the SQL, which sees all at once, may.
    """
    held = corrected_lake(tmp_path / "lake", letters_too=False)
    log = log_in(tmp_path / "lake")
    publish(log)
    for table in ("articles", "quotes"):
        found = {row["article_id"]: (row["text"], row["published_at"]) for row in rows(log, table).to_pylist()}
        assert found == held
