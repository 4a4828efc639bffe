"""Many small files of a table's day to few large ones, and the rows that no longer hold out of them: same rows, less to read.

By itself only files of about one size are merged, once there are some of them, so that a row is rewritten a few times in its
life and not with each edition. A rewrite is a snapshot that says that it changes nothing (`copytaster.change`), and keeps the
number of the last edition. It asserts what it is based on: where an edition came first it is left for the next time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import ArrowScan, parquet_file_to_data_file
from pyiceberg.manifest import DataFile, ManifestContent
from pyiceberg.table import Table

from copytaster.editions.catalog import EDITION, EditionTables, edition_of
from copytaster.editions.commit import day_of, live_entries
from copytaster.editions.layout import PARTITION, TABLES, conformed, file_schema, key_of
from copytaster.editions.making import group_bounds, write_file
from copytaster.editions.merging import SortedRuns, ranks_of
from copytaster.editions.snapshots import EditionSnapshot

CHANGE = "copytaster.change"
"""Property of a snapshot that is no edition: what it does."""

MANY_FILES = 8
"""Files of about one size that a day may have before they are merged."""

MANY_DELETES = 64
"""Files of deletes that a day may have before all of it is rewritten."""

GROUP_BYTES = 24 << 20
"""Bytes of a row group that is aimed at, as the rows take in the files that are read."""

GROUPS_OF_FILE = 8


@dataclass
class Day:
    """The files of a table's day."""

    data: list[DataFile] = field(default_factory=list)
    deletes: list[DataFile] = field(default_factory=list)

    def crowded(self) -> list[DataFile]:
        """The files that are worth merging: those of a size of which there are many, or all under many deletes."""
        if len(self.deletes) > MANY_DELETES:
            return self.data
        tiers: dict[int, list[DataFile]] = defaultdict(list)
        for file in self.data:
            tiers[file.file_size_in_bytes.bit_length() // 3].append(file)  # sizes up to eight times each other
        return next((tiers[size] for size in sorted(tiers) if len(tiers[size]) > MANY_FILES), [])

    def untidy(self) -> list[DataFile]:
        """All files, where they are several or rows are deleted from them."""
        return self.data if len(self.data) > 1 or self.deletes else []


def days_of(table: Table) -> dict[date, Day]:
    """The files of a table by day."""
    days: dict[date, Day] = defaultdict(Day)
    for entry in live_entries(table, ManifestContent.DATA):
        days[day_of(entry.data_file)].data.append(entry.data_file)
    for entry in live_entries(table, ManifestContent.DELETES):
        days[day_of(entry.data_file)].deletes.append(entry.data_file)
    return dict(sorted(days.items()))


def compact(tables: EditionTables, *, thoroughly: bool = False) -> Iterator[tuple[str, date, int, int]]:
    """Rewrites the days that are crowded, `thoroughly` all that are not one file without deletes; gives table, day, and how
    many files were taken and written.
    """
    for name in TABLES:
        for day in days_of(tables.table(name)):
            while True:
                table = tables.table(name)
                files = days_of(table)[day]
                chosen = files.untidy() if thoroughly else files.crowded()
                if not chosen:
                    break
                try:
                    yield name, day, len(chosen), compact_files(tables, table, name, day, chosen, files)
                except CommitFailedException:
                    break
                if thoroughly:
                    break


def compact_files(
    tables: EditionTables, table: Table, name: str, day: date, chosen: Sequence[DataFile], files: Day
) -> int:
    """Rewrites files of one day of a table; the number of files that take their place."""
    edition = edition_of(table)
    written = list(merged_files(tables, table, name, day, chosen))
    gone = {file.file_path for file in chosen}
    kept = {file.file_path for file in files.data} - gone
    snapshot = EditionSnapshot(table, {EDITION: str(edition), CHANGE: "compaction"})
    for path in written:
        snapshot.append_data_file(parquet_file_to_data_file(table.io, table.metadata, f"{table.location()}/{path}"))
    for file in chosen:
        snapshot.delete_data_file(file)
    for file in files.deletes:
        if not kept.intersection(deleted_from(table.io, file)):
            snapshot.delete_data_file(file)
    snapshot.commit_to({EDITION: str(edition)})
    return len(written)


def merged_files(
    tables: EditionTables, table: Table, name: str, day: date, chosen: Sequence[DataFile]
) -> Iterator[str]:
    """Writes the rows that hold of some files, sorted; gives the paths of the new ones."""
    schema = file_schema(table.schema())
    key = key_of(name)
    keys = pa.array(sorted({found for file in chosen for found in keys_of(table.io, file, key)}), pa.string())
    paths = {file.file_path for file in chosen}
    scan = table.scan()
    tasks = [task for task in scan.plan_files() if task.file.file_path in paths]
    reader = ArrowScan(table.metadata, table.io, scan.projection(), AlwaysTrue())
    with SortedRuns() as runs:
        for task in tasks:
            for batch in reader.to_record_batches([task]):
                rows = conformed(pa.Table.from_batches([batch]), schema)
                runs.add(rows, ranks_of(rows[key], keys))
        counts = runs.counts(len(keys))
        size = sum(file.file_size_in_bytes for file in chosen)
        limit = runs.fitting(GROUP_BYTES * int(counts.sum()) // max(size, 1))
        bounds = group_bounds(counts, 0, len(keys), limit)
        for first in range(0, len(bounds) - 1, GROUPS_OF_FILE):
            groups = runs.slices(bounds[first : first + GROUPS_OF_FILE + 1])
            file = write_file(name, f"{PARTITION}={day}/{edition_of(table):08d}-compacted", groups, tables)
            if file is not None:
                yield file.path


def keys_of(io: FileIO, file: DataFile, key: str) -> list[str]:
    """The distinct keys of a file's rows."""
    with io.new_input(file.file_path).open() as stream:
        found: list[str] = pc.unique(pq.ParquetFile(stream).read(columns=[key])[key]).to_pylist()
    return found


def deleted_from(io: FileIO, file: DataFile) -> set[str]:
    """The data files that a file of deletes is about."""
    with io.new_input(file.file_path).open() as stream:
        return set(pc.unique(pq.ParquetFile(stream).read(columns=["file_path"])["file_path"]).to_pylist())
