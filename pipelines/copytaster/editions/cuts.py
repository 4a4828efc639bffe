"""Which published blocks an edition is made of: decided once, by create-if-absent, and followed by everybody.

    _log/editions/<N>.json       edition N is made of these blocks, in this order
    _log/editions_marks.json     up to where each partition has gone into editions: spares reading the cuts before

Of a partition only what is published without a gap goes into editions, block after block, so a correction never overtakes
what it corrects, and a block that hangs holds up its own partition only. Among partitions the blocks go in the order in
which they were published. Looking for what waits reads one manifest a partition, however old the lake.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import Field, NonNegativeInt, PositiveInt

from copytaster.lake.blocks import Block, Manifest, Value
from copytaster.lake.log import LakeError, LakeLog, published_of

MARKS = "_log/editions_marks.json"

MARK_AFTER = 20
"""Editions after which the marks are written anew."""


class Cut(Value):
    """That an edition is made of these blocks, in this order, for ever."""

    edition: PositiveInt
    blocks: tuple[Block, ...]
    cut_at: datetime


class Marks(Value):
    """Up to where each partition has gone into the editions up to `edition`."""

    edition: NonNegativeInt = 0
    ends: Mapping[str, int] = Field(default_factory=dict)
    """By partition: the end of its last block that an edition holds."""
    complete: frozenset[str] = frozenset()
    """Partitions from which nothing more can come: archives that are wholly in editions."""

    def after(self, cut: Cut) -> Marks:
        """The marks when this edition is cut too. Raises LakeError where it does not follow on them."""
        ends = dict(self.ends)
        for block in cut.blocks:
            if ends.get(block.partition_name, block.start) != block.start:
                raise LakeError(
                    f"{cut_name(cut.edition)}: block {block.name} starts at {block.start}, the editions before went up to "
                    f"{ends[block.partition_name]}; a file of the log was lost or changed by hand. Restore it from a backup"
                )
            ends[block.partition_name] = block.end
        return self.model_copy(update={"edition": cut.edition, "ends": ends})


@dataclass
class Cuts:
    """The cuts of a lake, and where they have gone; keeps in memory what it has read."""

    log: LakeLog
    marks: Marks = field(default_factory=Marks)
    _marked: int = 0
    _looked_at: dict[str, int] = field(default_factory=dict)
    """By partition: the end at which its last plan was asked whether it is the last."""

    @classmethod
    def of(cls, log: LakeLog) -> Cuts:
        """The cuts of a lake, all that there are so far."""
        data = log.storage.read(MARKS)
        marks = Marks() if data is None else Marks.model_validate_json(data)
        cuts = cls(log, marks, _marked=marks.edition)
        cuts.catch_up()
        return cuts

    def catch_up(self) -> None:
        """Takes in what others have cut meanwhile."""
        while (cut := read_cut(self.log, self.marks.edition + 1)) is not None:
            self.marks = self.marks.after(cut)

    def waiting(self) -> Iterator[Manifest]:
        """The published blocks that no edition holds and that may go into one, in the order in which they would."""
        heads: list[tuple[datetime, str, int, Manifest]] = []
        for source, partition in self.log.partitions("published"):
            name = f"{source}-{partition}"
            if name in self.marks.complete:
                continue
            start = self.marks.ends.get(name)
            head = self._first(source, partition) if start is None else self._next(source, partition, start)
            if head is not None:
                heapq.heappush(heads, (head.published_at, name, head.block.start, head))
        while heads:
            published_at, name, _, manifest = heapq.heappop(heads)
            yield manifest
            block = manifest.block
            follower = self._next(block.source, block.partition, block.end) if block.end > block.start else None
            if follower is not None:
                moment = max(published_at, follower.published_at)
                heapq.heappush(heads, (moment, name, follower.block.start, follower))

    def _first(self, source: str, partition: int) -> Manifest | None:
        progress = self.log.progress(source, partition)
        if progress.rolled is not None:
            return next(self.log.manifests_of(source, partition), None)
        if not progress.plans or progress.plans[0].block.start not in progress.published:
            return None
        return self.log.manifest(progress.plans[0].block)

    def _next(self, source: str, partition: int, start: int) -> Manifest | None:
        return self.log.entry(published_of(f"{source}-{partition}", start), Manifest)  # where it ends is not known yet

    def cut(self, max_articles: int) -> Cut | None:
        """Cuts the next edition, of the waiting blocks until they hold so many records; the cut that holds, which is
        another's where somebody was first. None where nothing waits.
        """
        blocks: list[Block] = []
        records = 0
        for manifest in self.waiting():
            blocks.append(manifest.block)
            records += manifest.records
            if records >= max_articles:
                break
        if not blocks:
            return None
        number = self.marks.edition + 1
        mine = Cut(edition=number, blocks=tuple(blocks), cut_at=datetime.now(UTC))
        self.log.storage.create(cut_name(number), mine.model_dump_json().encode())
        cut = read_cut(self.log, number)
        if cut is None:
            raise LakeError(f"{cut_name(number)} was there and is gone; the log must not be changed by hand")
        self.marks = self.marks.after(cut)
        return cut

    def is_due(self, max_articles: int, age: float) -> bool:
        """Whether so many records wait, or a block has waited for `age` seconds."""
        self.catch_up()
        records = 0
        now = datetime.now(UTC)
        for manifest in self.waiting():
            records += manifest.records
            if records >= max_articles or (now - manifest.published_at).total_seconds() >= age:
                return True
        return False

    def save(self) -> None:
        """Writes the marks, where that spares the next start much reading."""
        newly_complete = self._newly_complete()
        if newly_complete or self.marks.edition - self._marked >= MARK_AFTER:
            self.marks = self.marks.model_copy(update={"complete": self.marks.complete | newly_complete})
            data = self.marks.model_dump(mode="json") | {"complete": sorted(self.marks.complete)}
            self.log.storage.put(MARKS, json.dumps(data, sort_keys=True).encode())
            self._marked = self.marks.edition

    def _newly_complete(self) -> frozenset[str]:
        found = set()
        for source, partition in self.log.partitions("published"):
            name = f"{source}-{partition}"
            end = self.marks.ends.get(name)
            if end is None or name in self.marks.complete or self._looked_at.get(name) == end:
                continue
            self._looked_at[name] = end
            progress = self.log.progress(source, partition)
            if progress.is_done and progress.end == end:
                found.add(name)
        return frozenset(found)


def read_cut(log: LakeLog, edition: int) -> Cut | None:
    """The cut of an edition, if there is one."""
    data = log.storage.read(cut_name(edition))
    return None if data is None else Cut.model_validate_json(data)


def cut_name(edition: int) -> str:
    """Where the cut of an edition lies."""
    return f"_log/editions/{edition:012d}.json"
