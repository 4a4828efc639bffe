"""Cuts a source into blocks, once and for ever: whoever else plans the same source follows the same cuts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from copytaster.lake.blocks import Block, Plan
from copytaster.lake.log import LakeLog
from copytaster.lake.progress import Progress
from copytaster.records import DeadLetter, RawRecord
from copytaster.sources.archive import Archive, ArchiveCursor, ArchiveError

OVERHEAD = 200
"""Bytes that a record counts beyond its value, so that a million empty ones do not make one block."""


@dataclass(frozen=True)
class Reading:
    """The records of a block, and how many of its first offsets the source no longer had."""

    records: tuple[RawRecord, ...]
    lost: int = 0


CURSOR = ArchiveCursor()
"""The process's open archives: blocks that follow each other cost one decompression."""


@dataclass(frozen=True)
class ArchiveSource:
    """An archive as blocks are read from it."""

    archive: Archive

    @property
    def title(self) -> str:
        """What the column `source` of its rows says: the archive's name, the same wherever the file lies."""
        return self.archive.name

    def read(self, block: Block) -> Reading:
        """The records of a block. Raises ArchiveChangedError where the file is not the one that was planned, ArchiveError
        where it cannot be read.
        """
        return Reading(tuple(naming(self.archive, CURSOR.read(self.archive, block.start, block.end))))

    def report(self, block: Block, letters: Sequence[DeadLetter]) -> None:
        """An archive has no place for dead letters but the table."""


@dataclass(frozen=True)
class Limits:
    """When a block is full: by default after at most about 20 seconds of one core's work (18 articles/s of 1.5 kB)."""

    max_records: int = 256
    max_bytes: int = 500_000
    """Sum of the records' values; a single larger record is a block of its own."""


def plan_archive(log: LakeLog, archive: Archive, limits: Limits) -> Iterator[Block]:
    """The blocks of an archive that are not published yet, in order; plans what is not planned.

    The archive is `registered`, or what it plans may be there twice under another name.
    """
    progress = log.progress(archive.name)
    yield from (plan.block for plan in progress.unpublished)
    rest = plan_rest(log, progress, lambda start: naming(archive, archive.read(start)), limits)
    yield from (plan.block for plan in rest)


def naming(archive: Archive, records: Iterable[RawRecord]) -> Iterator[RawRecord]:
    """The records. Whatever reading them fails on is an ArchiveError that names the archive, unless it is the machine's
    fault.
    """
    try:
        yield from records
    except (ArchiveError, OSError, MemoryError):
        raise
    except Exception as error:  # a decoder's, of any library
        raise ArchiveError(f"{archive.place} cannot be read: {type(error).__name__}: {error}") from error


def is_done(log: LakeLog, archive: Archive) -> bool:
    """Whether every block of the archive is planned and published."""
    return log.progress(archive.name).is_done


def plan_rest(
    log: LakeLog, progress: Progress, records_from: Callable[[int], Iterable[RawRecord]], limits: Limits
) -> Iterator[Plan]:
    """The plans of a source that has an end, from where the log's end, in order, up to the source's end.

    `records_from(n)` gives the source's records from number n on. The records' values are only measured here, not kept.
    """
    start, is_planned = progress.end or 0, progress.is_planned
    while not is_planned:
        for end, is_last in cuts(records_from(start), start, limits):
            plan = log.plan(Block(source=progress.source, start=start, end=end), is_last=is_last)
            yield plan
            start, is_planned = plan.block.end, plan.is_last
            if start != end or is_planned:
                break  # somebody else was first with other limits: go on from where they cut


def cuts(records: Iterable[RawRecord], start: int, limits: Limits) -> Iterator[tuple[int, bool]]:
    """Where blocks end, and whether the source ends there too; the last cut always says so, even of no records."""
    end, count, size = start, 0, 0
    for record in records:
        length = len(record.value or b"") + OVERHEAD
        if count and (count == limits.max_records or size + length > limits.max_bytes):
            yield end, False
            count = size = 0
        end = record.offset + 1
        count += 1
        size += length
    yield end, True
