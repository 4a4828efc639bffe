"""An edition into its tables: one snapshot a table, each edition once, in order.

A snapshot adds the edition's files and removes the rows of versions that no longer hold, by position deletes, so that a
correction costs a few bytes however large the file is in which the old version lies. A commit asserts the snapshot that it
is based on, so of two jobs one loses, looks again and sees that the edition is there. The table says which edition it has.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat, ManifestContent, ManifestEntry
from pyiceberg.table import Table
from pyiceberg.typedef import Record

from copytaster.editions.catalog import EDITION, EditionTables, edition_of
from copytaster.editions.changes import Removal
from copytaster.editions.hints import write_hint
from copytaster.editions.layout import version_of
from copytaster.editions.made import Made
from copytaster.editions.snapshots import EditionSnapshot
from copytaster.lake.log import LakeError

PATH_FIELD = pa.field("file_path", pa.string(), nullable=False, metadata={"PARQUET:field_id": "2147483546"})
POSITION_FIELD = pa.field("pos", pa.int64(), nullable=False, metadata={"PARQUET:field_id": "2147483545"})
PATH_ID = 2147483546


class CommitRefusedError(LakeError):
    """A table does not hold the edition before."""


def commit_edition(tables: EditionTables, name: str, made: Made, removals: Sequence[Removal]) -> None:
    """Commits an edition to a table; does nothing where the table holds it. Points the table's hint to what is newest.

    Raises CommitRefusedError where it does not hold the edition before, and pyiceberg's CommitFailedException where
    another commit came first: look again.
    """
    table = tables.table(name)
    last = edition_of(table)
    if last >= made.edition:
        write_hint(table, table.metadata_location)
        return
    if last != made.edition - 1:
        raise CommitRefusedError(
            f"table {name} holds editions up to {last}, edition {made.edition} cannot follow on it; the table was changed by "
            f"others, or restored from a backup"
        )
    added = [
        parquet_file_to_data_file(table.io, table.metadata, f"{table.location()}/{file.path}")
        for file in made.files.get(name, ())
    ]
    deletes = [write_deletes(tables, table, name, made.edition, *one) for one in rows_to_remove(table, name, removals)]
    snapshot = EditionSnapshot(table, {EDITION: str(made.edition)})
    for file in (*added, *deletes):
        snapshot.append_data_file(file)
    snapshot.commit_to({EDITION: str(made.edition)})


def rows_to_remove(
    table: Table, name: str, removals: Sequence[Removal]
) -> Iterator[tuple[date, Record, dict[str, np.ndarray]]]:
    """By day: its partition, and positions of rows to remove by file, where any are there."""
    wanted: dict[date, list[str]] = defaultdict(list)
    for removal in removals:
        wanted[removal.day].append(removal.id)
    if not wanted or table.current_snapshot() is None:
        return
    found: dict[date, dict[str, np.ndarray]] = defaultdict(dict)
    partitions: dict[date, Record] = {}
    for file in data_files(table):
        day = day_of(file)
        if day not in wanted:
            continue
        positions = positions_of(table.io, file, version_of(name), wanted[day])
        if len(positions):
            found[day][file.file_path] = positions
            partitions[day] = file.partition
    for day in sorted(found):
        yield day, partitions[day], found[day]


def data_files(table: Table) -> Iterator[DataFile]:
    """The live data files of a table, in the order of its manifests."""
    return (entry.data_file for entry in live_entries(table, ManifestContent.DATA))


def live_entries(table: Table, content: ManifestContent) -> Iterator[ManifestEntry]:
    """The live entries of the table's manifests of one kind: data files, or files of deletes."""
    snapshot = table.current_snapshot()
    if snapshot is None:
        return
    for manifest in snapshot.manifests(table.io):
        if manifest.content == content:
            yield from manifest.fetch_manifest_entry(table.io, discard_deleted=True)


def day_of(file: DataFile) -> date:
    """The partition of a file."""
    day = file.partition[0]
    return day if isinstance(day, date) else date.fromordinal(date(1970, 1, 1).toordinal() + int(day))


def positions_of(io: FileIO, file: DataFile, column: str, ids: Sequence[str]) -> np.ndarray:
    """The positions of the file's rows that have one of these ids in a column."""
    with io.new_input(file.file_path).open() as stream:
        rows = pq.ParquetFile(stream, read_dictionary=[column]).read(columns=[column])
    found = pc.is_in(decoded(rows[column]), value_set=pa.array(ids, pa.string()))
    return np.flatnonzero(found.to_numpy())


def decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without a dictionary."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def write_deletes(
    tables: EditionTables,
    table: Table,
    name: str,
    edition: int,
    day: date,
    partition: Record,
    rows: dict[str, np.ndarray],
) -> DataFile:
    """Writes a file of position deletes of one day, and gives it as Iceberg knows it."""
    paths = sorted(rows)
    columns = [
        pa.array(np.repeat(np.array(paths, dtype=object), [len(rows[path]) for path in paths]), pa.string()),
        pa.array(np.concatenate([rows[path] for path in paths]), pa.int64()),
    ]
    deletes = pa.table(columns, schema=pa.schema([PATH_FIELD, POSITION_FIELD]))
    with tempfile.TemporaryDirectory(prefix="copytaster-") as folder:
        local = Path(folder) / "deletes.parquet"
        pq.write_table(deletes, local, compression="zstd", store_schema=False)
        digest = hashlib.sha256(local.read_bytes()).hexdigest()
        path = f"data/ingest_date={day}/{edition:08d}-{digest[:16]}-deletes.parquet"
        tables.put_file(name, path, local)
        size = local.stat().st_size
    return DataFile.from_args(
        content=DataFileContent.POSITION_DELETES,
        file_path=f"{table.location()}/{path}",
        file_format=FileFormat.PARQUET,
        partition=partition,
        record_count=deletes.num_rows,
        file_size_in_bytes=size,
        column_sizes={},
        value_counts={},
        null_value_counts={},
        nan_value_counts={},
        lower_bounds={PATH_ID: paths[0].encode()},
        upper_bounds={PATH_ID: paths[-1].encode()},
        split_offsets=None,
        equality_ids=None,
        sort_order_id=None,
        spec_id=table.metadata.default_spec_id,
        key_metadata=None,
    )
