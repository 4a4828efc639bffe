"""The editions as a feed: for each, the files that it adds and the versions that it removes.

Whoever has taken in all editions up to N has what the tables hold, and goes on from N. An edition is in the feed for ever,
the same whoever asks, from when all of its files are there; the tables follow within moments. To ask whether there is
anything new reads one file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from copytaster.editions.catalog import HOME, lake_catalog, named_catalog
from copytaster.editions.changes import removals
from copytaster.editions.layout import NAMESPACE, TABLES
from copytaster.editions.made import made_name, read_changes, read_made
from copytaster.lake.log import LakeError, LakeLog
from copytaster.lake.storage import Storage


class CursorError(LakeError):
    """The lake does not have the edition from which a reader wants to go on."""


@dataclass(frozen=True)
class AddedFile:
    """A Parquet file with rows of an edition."""

    url: str
    ingest_date: date
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class EditionChanges:
    """What an edition changes. Remove first, then add: what has only other metadata goes and comes under one version_id."""

    edition: int
    removed_versions: tuple[str, ...]
    """version_id of what was corrected or withdrawn: its rows go from every table but dead_letters."""
    removed_letters: tuple[str, ...]
    """dead_letter_id of what goes from dead_letters."""
    added: Mapping[str, tuple[AddedFile, ...]]
    """By table."""


def changes_since(lake: str | LakeLog, edition: int = 0) -> Iterator[EditionChanges]:
    """The editions after this one, in order; 0 is the beginning. `lake` is a folder or fsspec URL.

    Raises CursorError where the lake has no such edition.
    """
    log = LakeLog(Storage(lake)) if isinstance(lake, str) else lake
    places: dict[str, str] = {}
    number = edition
    while (made := read_made(log, number + 1)) is not None:
        number += 1
        places = places or locations(log)
        changes = read_changes(log, made)
        added = {
            table: tuple(
                AddedFile(f"{places[table]}/{file.path}", file.ingest_date, file.rows, file.bytes, file.sha256)
                for file in files
            )
            for table, files in made.files.items()
        }
        versions, letters = ([removal.id for removal in removals(changes, kind)] for kind in ("article", "letter"))
        yield EditionChanges(number, tuple(versions), tuple(letters), added)
    if number == edition != 0 and not log.storage.exists(made_name(edition)):
        raise CursorError(
            f"the lake at {log.storage.shown} has no edition {edition}, from which to go on: the cursor is of another lake, "
            f"or its log was restored from a backup. Load everything anew, from edition 0"
        )


def locations(log: LakeLog) -> dict[str, str]:
    """Where the files of each table lie."""
    home = json.loads(log.storage.read(HOME) or b"{}")
    name = home.get("catalog")
    catalog = lake_catalog(log.storage) if name is None else named_catalog(name)
    return {table: catalog.load_table((NAMESPACE, table)).location() for table in TABLES}
