"""The dead letters of a lake as a source of blocks, so that they can be sent through again after a fix, exactly once.

They go in rounds. Round 1 of the topic `articles` is the source `articles~1`: its blocks are ranges of the topic's own
offsets, planned and published like any others, and its records are the dead letters of the published blocks in the range,
with their original bytes and offsets. What fails again is round 2's, and so on: each round reads what the one before it
left, so no letter is ever sent through twice in one round, whoever is killed or runs beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from copytaster.lake.blocks import Block, Manifest
from copytaster.lake.files import check_round, is_round
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.records import DeadLetter, RawRecord
from copytaster.sources.planning import Limits, Reading
from copytaster.sources.schema_registry import SchemaRegistry

TABLE = "dead_letters"


@dataclass(frozen=True)
class DeadLetterSource:
    """The dead letters that one round of a source reads: those of the round before it, of the source itself at first."""

    lake: str
    source: str
    """The archive's name, or the topic."""
    round: int
    """From 1 on."""
    registry: SchemaRegistry | None = None
    """Where the schemas are that framed values refer to."""

    @property
    def title(self) -> str:
        """What the column `source` of its rows says: where the record came from in the first place."""
        return self.source

    @property
    def name(self) -> str:
        """The round as a source of blocks."""
        return f"{self.source}~{self.round}"

    @property
    def before(self) -> str:
        """The source whose blocks hold the letters."""
        return f"{self.source}~{self.round - 1}" if self.round > 1 else self.source

    def read(self, block: Block) -> Reading:
        """The records of the dead letters in a block's range."""
        log = LakeLog(Storage(self.lake))
        blocks = log.manifests_of(self.before, block.partition, start=block.start, end=block.end)
        records = (record for manifest in blocks for record in letters_of(manifest, log.storage))
        return Reading(tuple(self.registry.read(record) if self.registry else record for record in records))

    def report(self, block: Block, letters: Sequence[DeadLetter]) -> None:
        """What fails again was reported when it failed first."""


def letters_of(manifest: Manifest, storage: Storage) -> Iterator[RawRecord]:
    """The records that became dead letters in a published block, in order.

    One that its source could not give whole is given with that failure again: its payload is not all of it.
    """
    if TABLE not in manifest.files:
        return
    with storage.file_system.open(storage.path(manifest.files[TABLE].path), "rb") as file:
        rows = pq.read_table(file).to_pylist()
    for row in rows:
        is_partial = row["stage"] == "read"
        yield RawRecord(
            None if row["is_tombstone"] else row["payload"],
            row["source_offset"],
            key=row["record_key"],
            timestamp=row["record_timestamp"],
            headers=tuple((header["name"], header["value"]) for header in row.get("record_headers") or ()),
            media_type=row["media_type"],
            url=row["url"],
            failure=row["reason"] if is_partial else None,
            failure_detail=row["message"] if is_partial else None,
        )


def plan_redrive(
    log: LakeLog, limits: Limits, format: str = "auto", registry: SchemaRegistry | None = None
) -> list[tuple[DeadLetterSource, Block]]:
    """The blocks to do so that every dead letter of the lake goes through once more; plans what is not planned.

    Rounds that were begun are finished first; a source all of whose rounds are complete gets a new one, for what the last
    one left. Nothing is planned where there is no dead letter. Raises SourceIdentityError where a round was begun with
    another format.
    """
    partitions = log.partitions()
    found = []
    for source, partition in partitions:
        if is_round(source):
            continue
        last = sum(name.startswith(f"{source}~") and number == partition for name, number in partitions)
        rounds = [DeadLetterSource(log.storage.url, source, number, registry) for number in range(1, last + 2)]
        begun = [(letters, block) for letters in rounds[:-1] for block in blocks_of(log, letters, partition, limits)]
        found += begun or [(rounds[-1], block) for block in blocks_of(log, rounds[-1], partition, limits)]
    for letters, _ in found:
        check_round(log, letters.name, format)
    return found


def blocks_of(log: LakeLog, letters: DeadLetterSource, partition: int, limits: Limits) -> Iterator[Block]:
    """The blocks of a round that are not published, those that are planned and then new ones."""
    progress = log.progress(letters.name, partition)
    yield from (plan.block for plan in progress.unpublished)
    start, stop = progress.end or 0, log.progress(letters.before, partition).published_to or 0
    while (end := next_cut(log.manifests_of(letters.before, partition, start=start, end=stop), limits)) is not None:
        plan = log.plan(Block(source=letters.name, partition=partition, start=start, end=end))
        yield plan.block
        start = plan.block.end


def next_cut(manifests: Iterable[Manifest], limits: Limits) -> int | None:
    """Where a block of the dead letters of these blocks ends; None where they have none."""
    count = size = 0
    end = None
    for manifest in manifests:
        letters = manifest.files.get(TABLE)
        length = letters.bytes if letters else 0
        if count and (count + manifest.dead_letters > limits.max_records or size + length > limits.max_bytes):
            return end
        count += manifest.dead_letters
        size += length
        end = manifest.block.end
    return end if count else None
