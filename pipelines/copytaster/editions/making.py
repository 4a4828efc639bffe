"""An edition's files: the rows of its blocks that hold, merged and sorted, a file a table and day.

A pure function of the cut, of the blocks' files and of what the editions before left holding.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from copytaster.editions.arrivals import Arrivals, Kept, block_rows
from copytaster.editions.changes import to_parquet
from copytaster.editions.cuts import Cut
from copytaster.editions.holding import Changes, Letter, Version, decide
from copytaster.editions.holdings import Holdings
from copytaster.editions.layout import PARTITION, TABLES, conformed, key_of
from copytaster.editions.made import EditionFile, Made, record_made
from copytaster.editions.merging import SortedRuns, ranks_of
from copytaster.lake.blocks import Manifest, TableFile
from copytaster.lake.log import LakeError, LakeLog

GROUP_BYTES = 32 << 20
"""Bytes of a row group that is aimed at, as its rows took in the blocks; in a large file they take less, above 16 MiB."""

FOOTER_BYTES = 12_000
"""What a block's file takes without any row."""


class Shelf(Protocol):
    """Where data files of a table are put."""

    def put_file(self, table: str, path: str, local: Path) -> None:
        """Puts a local file under a path of the table, whole or not at all."""
        ...


def make_edition(log: LakeLog, cut: Cut, holdings: Holdings, schemas: Mapping[str, pa.Schema], shelf: Shelf) -> Made:
    """Makes an edition and records it; the record that holds. `schemas` are those of the tables' data files."""
    manifests = [published(log, cut, number) for number in range(len(cut.blocks))]
    arrivals = Arrivals.of(log.storage, cut.edition, manifests)
    changes = changes_of(arrivals, holdings)
    kept = arrivals.kept(numbers_of(changes), len(manifests))
    files = {}
    for table in TABLES:
        parts = kept_rows(log, table, manifests, kept, schemas[table])
        limit = rows_of_group(table, manifests)
        files[table] = list(merge_table(table, cut.edition, parts, order_of(table, changes), limit, shelf))
    return record_edition(log, cut.edition, changes, files, sum(manifest.records for manifest in manifests))


def record_edition(
    log: LakeLog, edition: int, changes: Changes, files: Mapping[str, Sequence[EditionFile]], records: int
) -> Made:
    """Records that an edition of so many records is made of these files; the record that holds."""
    data = to_parquet(changes)
    sha256 = hashlib.sha256(data).hexdigest()
    path = f"_log/editions_changes/{edition:012d}-{sha256[:16]}.parquet"
    log.storage.put(path, data)
    made = Made(
        edition=edition,
        files={table: tuple(files[table]) for table in TABLES if files.get(table)},
        changes=TableFile(path=path, rows=len(changes.articles) + len(changes.letters), bytes=len(data), sha256=sha256),
        articles=sum(change.added is not None for change in changes.articles.values()),
        removed=sum(change.removed is not None for change in changes.articles.values()),
        records=records,
    )
    return record_made(log, made)


def published(log: LakeLog, cut: Cut, number: int) -> Manifest:
    """The manifest of a block of the cut. Raises LakeError where it is gone."""
    manifest = log.manifest(cut.blocks[number])
    if manifest is None:
        raise LakeError(
            f"edition {cut.edition} holds block {cut.blocks[number].name}, whose manifest is gone from {log.storage.url}; "
            f"the log must not be changed by hand"
        )
    return manifest


def changes_of(arrivals: Arrivals, holdings: Holdings) -> Changes:
    """What changes when these arrive."""
    articles = {one.article_id for one in arrivals.records if isinstance(one, Version)}
    letters = {one.letter_id for one in arrivals.records if isinstance(one, Letter) and one.is_redriven}
    letters |= {one.letter for one in arrivals.records if isinstance(one, Version) and one.letter is not None}
    return decide(arrivals.records, holdings.versions(sorted(articles)), holdings.letters(sorted(letters)))


def numbers_of(changes: Changes) -> set[int]:
    """The numbers of the records whose rows the edition adds."""
    added = {change.added.number for change in changes.articles.values() if change.added is not None}
    return added | {change.after.number for change in changes.letters.values() if change.after is not None}


def order_of(table: str, changes: Changes) -> list[tuple[date, str]]:
    """Day and key of what the edition adds to a table, in the order in which its rows are sorted."""
    if table == "dead_letters":
        return sorted((x.after.day, x.after.letter_id) for x in changes.letters.values() if x.after is not None)
    return sorted((x.added.day, x.added.article_id) for x in changes.articles.values() if x.added is not None)


def kept_rows(
    log: LakeLog, table: str, manifests: Sequence[Manifest], kept: Sequence[Kept], schema: pa.Schema
) -> Iterator[pa.Table]:
    """The rows of a table that are kept, block by block, with the columns of the data files."""
    for manifest, of_block in zip(manifests, kept, strict=True):
        if table == "dead_letters" and not of_block.letter_rows:
            continue
        if table != "dead_letters" and not of_block.article_rows:
            continue
        rows = block_rows(log.storage, manifest, table)
        if rows is None:
            continue
        if not of_block.is_all:
            rows = chosen(table, rows, of_block)
        day = pa.repeat(pa.scalar(manifest.ingest_date), rows.num_rows)
        try:
            yield conformed(rows.append_column(PARTITION, day), schema)
        except KeyError as error:
            raise LakeError(
                f"block {manifest.block.name}, by extractor {manifest.extractor_version}, has columns of {table} that this "
                f"copytaster does not know: {error.args[0]}. Publish with the version that made it"
            ) from error


def chosen(table: str, rows: pa.Table, kept: Kept) -> pa.Table:
    """The rows of a block that are kept."""
    if table == "dead_letters":
        return rows.take(pa.array(kept.letter_rows, pa.int64()))
    if table == "articles":
        return rows.take(pa.array(kept.article_rows, pa.int64()))
    found = rows.filter(pc.is_valid(ranks_of(rows["version_id"], pa.array(list(kept.versions), pa.string()))))
    if all(total == 1 for _, total in kept.versions.values()):
        return found
    # a version that stands in the block twice has its rows twice: those of one record are told by how often an id came
    seen: dict[str, int] = {}
    numbers = []
    names = zip(found["version_id"].to_pylist(), found[row_id(table)].to_pylist(), strict=True)
    for number, (version, name) in enumerate(names):
        nth = seen.get(name, 0)
        seen[name] = nth + 1
        if nth == kept.versions[version][0]:
            numbers.append(number)
    return found.take(pa.array(numbers, pa.int64()))


def row_id(table: str) -> str:
    """The column that names a row of a table about articles."""
    return {"entities": "entity_id"}.get(table, f"{table.removesuffix('s')}_id")


def merge_table(
    table: str,
    edition: int,
    parts: Iterator[pa.Table],
    ranks: Sequence[tuple[date, str]],
    limit: int,
    shelf: Shelf,
) -> Iterator[EditionFile]:
    """Writes the rows of a table, sorted, a file a day, in row groups of about `limit` rows; gives the files."""
    names = pa.array([name for _, name in ranks], pa.string())
    days = [day for day, _ in ranks]
    with SortedRuns() as runs:
        for rows in parts:
            runs.add(rows, ranks_of(rows[key_of(table)], names))
        counts = runs.counts(len(ranks))
        for first, last in stretches(days):
            bounds = group_bounds(counts, first, last, runs.fitting(limit))
            groups = runs.slices(bounds)
            file = write_file(table, f"{PARTITION}={days[first]}/{edition:08d}", groups, shelf)
            if file is not None:
                yield EditionFile(ingest_date=days[first], **file.model_dump())


def stretches(days: Sequence[date]) -> Iterator[tuple[int, int]]:
    """First and last (exclusive) position of each run of equal days."""
    first = 0
    for number in range(1, len(days) + 1):
        if number == len(days) or days[number] != days[first]:
            yield first, number
            first = number


def rows_of_group(table: str, manifests: Sequence[Manifest]) -> int:
    """How many rows a row group of a table has, by what rows took in the files of these blocks."""
    files = [manifest.files[table] for manifest in manifests if table in manifest.files]
    rows = sum(file.rows for file in files)
    size = sum(max(file.bytes - FOOTER_BYTES, file.rows) for file in files)
    return max(1, GROUP_BYTES * rows // max(size, 1))


def group_bounds(counts: np.ndarray, first: int, last: int, limit: int) -> list[int]:
    """Where to cut ranks [first, last) into groups of about so many rows, none much smaller than that."""
    total = np.concatenate([[0], np.cumsum(counts[first:last])])
    groups = max(1, int(total[-1]) // limit)
    targets = [int(total[-1]) * number // groups for number in range(1, groups)]
    inner = np.searchsorted(total, targets) + first
    return sorted({first, *(int(bound) for bound in inner), last})


def write_file(table: str, stem: str, groups: Iterator[pa.Table], shelf: Shelf) -> TableFile | None:
    """Writes row groups as a file under `data/<stem>-<sha256>.parquet` of the table; None where there is no row."""
    with tempfile.TemporaryDirectory(prefix="copytaster-") as folder:
        local = Path(folder) / "part.parquet"
        writer = None
        rows = 0
        for group in groups:
            if writer is None:
                writer = pq.ParquetWriter(
                    local, group.schema, compression="zstd", store_schema=False, write_page_index=True
                )
            writer.write_table(group, row_group_size=group.num_rows)
            rows += group.num_rows
        if writer is None:
            return None
        writer.close()
        with local.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        path = f"data/{stem}-{sha256[:16]}.parquet"
        shelf.put_file(table, path, local)
        return TableFile(path=path, rows=rows, bytes=local.stat().st_size, sha256=sha256)
