"""What arrives with an edition: the records of its blocks, in order, as the tables of the blocks have them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from copytaster.editions.holding import Letter, Version
from copytaster.lake.blocks import Manifest
from copytaster.lake.log import LakeError
from copytaster.lake.storage import Storage
from copytaster.records import digest
from copytaster.tables import SCHEMAS

MOMENTS = ("modified_at", "record_timestamp", "fetched_at")
"""The columns that say when a record is from, the best first; an older extractor may lack one."""


REPEATED = ["article_id", "version_id", "outlet_name", "extractor_version", "model_version"]
"""Columns whose values stand in many rows: read as a dictionary they take a fraction of the time and memory."""


def block_rows(
    storage: Storage, manifest: Manifest, table: str, columns: Sequence[str] | None = None
) -> pa.Table | None:
    """The rows of a table that a published block has, None where it has none.

    Raises LakeError where the file is not what the manifest says, by its SHA-256.
    """
    file = manifest.files.get(table)
    if file is None:
        return None
    data = storage.read(file.path)
    if data is None:
        raise LakeError(f"{storage.url}/{file.path} of block {manifest.block.name} is gone; restore it from a backup")
    if (found := hashlib.sha256(data).hexdigest()) != file.sha256:
        raise LakeError(
            f"{storage.url}/{file.path} of block {manifest.block.name} has SHA-256 {found}, its manifest says "
            f"{file.sha256}; the file was changed. Restore it from a backup"
        )
    repeated = [name for name in REPEATED if name in SCHEMAS[table].names]
    reader = pq.ParquetFile(pa.BufferReader(data), read_dictionary=repeated)
    wanted = None if columns is None else [name for name in columns if name in reader.schema_arrow.names]
    return reader.read(columns=wanted)


@dataclass(frozen=True)
class Kept:
    """Which rows of a block go into an edition."""

    article_rows: Sequence[int]
    """Numbers of its rows of `articles`."""
    versions: Mapping[str, tuple[int, int]]
    """By version_id: which of the block's records of that version it is, from 0, and how many there are."""
    letter_rows: Sequence[int]
    is_all: bool
    """Whether everything of the block is kept, and no version stands in it twice."""


@dataclass
class Arrivals:
    """The records of an edition in order, and where each lies."""

    records: list[Version | Letter] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    """Of each record the number of its block."""
    rows: list[int] = field(default_factory=list)
    """Of each record the number of its row, in articles or dead_letters."""

    @classmethod
    def of(cls, storage: Storage, edition: int, manifests: Sequence[Manifest]) -> Arrivals:
        """What arrives with these blocks."""
        found = cls()
        for block, manifest in enumerate(manifests):
            in_block: list[tuple[int, int, Version | Letter]] = [
                *article_keys(storage, manifest),
                *letter_keys(storage, manifest),
            ]
            # of an article that a layer failed on the letter comes second: what is sent through again stands in its place
            in_block.sort(key=lambda one: (one[0], isinstance(one[2], Letter), one[1]))
            for _, row, one in in_block:
                number = len(found.records)
                found.records.append(one.numbered(edition, number))
                found.blocks.append(block)
                found.rows.append(row)
        return found

    def kept(self, numbers: set[int], blocks: int) -> list[Kept]:
        """What is kept of each of so many blocks, where these records are."""
        counts: list[dict[str, int]] = [{} for _ in range(blocks)]
        articles: list[list[int]] = [[] for _ in range(blocks)]
        letters: list[list[int]] = [[] for _ in range(blocks)]
        ranks: list[dict[str, int]] = [{} for _ in range(blocks)]
        totals = [0] * blocks
        for number, (one, block, row) in enumerate(zip(self.records, self.blocks, self.rows, strict=True)):
            totals[block] += 1
            if isinstance(one, Letter):
                if number in numbers:
                    letters[block].append(row)
                continue
            nth = counts[block].get(one.version_id, 0)
            counts[block][one.version_id] = nth + 1
            if number in numbers:
                articles[block].append(row)
                ranks[block][one.version_id] = nth
        return [
            Kept(
                sorted(articles[block]),
                {name: (nth, counts[block][name]) for name, nth in ranks[block].items()},
                sorted(letters[block]),
                len(ranks[block]) + len(letters[block]) == totals[block],
            )
            for block in range(blocks)
        ]


def article_keys(storage: Storage, manifest: Manifest) -> Iterator[tuple[int, int, Version]]:
    """Offset, row and version of each row of `articles` of a block."""
    source = ["source", "source_partition", "source_offset"]
    rows = block_rows(storage, manifest, "articles", ["article_id", "version_id", "op", *MOMENTS, *source])
    if rows is None:
        return
    dated = [rows[name].cast(pa.int64()) for name in MOMENTS if name in rows.column_names]
    columns = [
        rows["article_id"],
        rows["version_id"],
        rows["op"],
        pc.coalesce(*dated),
        *(rows[name] for name in source),
    ]
    is_redriven = "~" in manifest.block.source
    for row, (article, version, op, moment, origin, partition, offset) in enumerate(
        zip(*(part.to_pylist() for part in columns), strict=True)
    ):
        letter = digest("dead_letters", origin, partition, offset) if is_redriven else None
        yield offset, row, Version(article, version, moment, 0, manifest.ingest_date, op == "delete", letter)


def letter_keys(storage: Storage, manifest: Manifest) -> Iterator[tuple[int, int, Letter]]:
    """Offset, row and dead letter of each row of `dead_letters` of a block."""
    rows = block_rows(storage, manifest, "dead_letters", ["dead_letter_id", "source_offset"])
    if rows is None:
        return
    is_redriven = "~" in manifest.block.source
    for row, (name, offset) in enumerate(
        zip(rows["dead_letter_id"].to_pylist(), rows["source_offset"].to_pylist(), strict=True)
    ):
        yield offset, row, Letter(name, 0, manifest.ingest_date, is_redriven)
