"""Whether the editions of a lake are whole: every cut and record of them, every file that the tables name, one version each."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pyiceberg.manifest import ManifestContent
from pyiceberg.table import Table

from copytaster.editions.catalog import HOME, EditionTables, edition_of, lake_catalog, named_catalog
from copytaster.editions.commit import live_entries
from copytaster.editions.cuts import cut_name, read_cut
from copytaster.editions.holdings import Holdings
from copytaster.editions.layout import TABLES
from copytaster.editions.made import made_name, read_made
from copytaster.editions.memory import catch_up
from copytaster.lake.log import LakeLog


def existing_tables(log: LakeLog) -> EditionTables | None:
    """The tables of the lake's editions, in the catalog that the log names; None where there are none."""
    data = log.storage.read(HOME)
    if data is None:
        return None
    name = json.loads(data)["catalog"]
    return EditionTables(lake_catalog(log.storage) if name is None else named_catalog(name))


def edition_troubles(log: LakeLog, tables: EditionTables, *, quick: bool = False) -> Iterator[str]:
    """What is wrong with the editions, a sentence each; with `quick` without reading which articles the tables hold."""
    opened = {name: tables.table(name) for name in TABLES}
    last = max(map(edition_of, opened.values()))
    missing = False
    for number in range(1, last + 1):
        for name, found in ((cut_name(number), read_cut(log, number)), (made_name(number), read_made(log, number))):
            if found is None:
                missing = True
                yield f"{name} is missing, although edition {number} is in the tables. Restore it from a backup"
    damaged = False
    for name, table in opened.items():
        for trouble in file_troubles(name, table):
            damaged = True
            yield trouble
    if quick or missing or damaged:
        return
    with Holdings(log.storage) as holdings:
        edition = edition_of(opened["articles"])
        catch_up(log, holdings, edition)
        held = {version for kind, _, version, *_ in holdings.all() if kind == "article" and version is not None}
    for name in TABLES:
        if name == "dead_letters":
            continue
        found_ids = opened[name].scan(selected_fields=("version_id",)).to_arrow()["version_id"].to_pylist()
        if name == "articles" and len(found_ids) != len(set(found_ids)):
            yield f"table articles holds {len(found_ids) - len(set(found_ids))} versions twice"
        if strange := set(found_ids) - held:
            yield f"table {name} holds rows of {len(strange)} versions that do not hold, such as {min(strange)}"
        if name == "articles" and (lost := held - set(found_ids)):
            yield f"table articles lacks {len(lost)} versions that hold, such as {min(lost)}"


def file_troubles(name: str, table: Table) -> Iterator[str]:
    """What is wrong with the files that a table names: that they are there, with their sizes."""
    for content in (ManifestContent.DATA, ManifestContent.DELETES):
        for entry in live_entries(table, content):
            file = entry.data_file
            source = table.io.new_input(file.file_path)
            if not source.exists():
                yield f"{file.file_path} of table {name} is missing: {file.record_count} rows. Restore it from a backup"
            elif len(source) != file.file_size_in_bytes:
                yield (
                    f"{file.file_path} of table {name} has {len(source)} bytes, the table says {file.file_size_in_bytes}. "
                    f"Restore it from a backup"
                )
