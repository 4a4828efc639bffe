"""A block to be done, with where its records are: all that travels to a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.records import DeadLetter
from copytaster.sources.archive import open_archive
from copytaster.sources.planning import ArchiveSource, Limits, Reading, plan_archive
from copytaster.sources.registry import registered


class Source(Protocol):
    """What blocks are read from: an archive, a topic."""

    @property
    def title(self) -> str:
        """What the column `source` of its rows says."""
        ...

    def read(self, block: Block) -> Reading:
        """The records of a block, in order, and how many of its offsets are gone."""
        ...

    def report(self, block: Block, letters: Sequence[DeadLetter]) -> None:
        """Tells of the dead letters of a block where the source has a place for them, before the block is published."""
        ...


@dataclass(frozen=True)
class Task:
    """A block to be done, and where its records are. A few hundred bytes: what travels through the runner's shuffle."""

    source: Source
    block: Block


Report = Callable[[Task, Exception | None], None]
"""Told of each task when it is done, or of what it failed on."""


def plan_url(url: str, lake: str, limits: Limits) -> Iterator[Task]:
    """The tasks of one archive that are left to do."""
    log = LakeLog(Storage(lake))
    archive = registered(log, open_archive(url))
    for block in plan_archive(log, archive, limits):
        yield Task(ArchiveSource(archive), block)
