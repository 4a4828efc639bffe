"""The lake's log: which sources it has, where they were cut into blocks, and which blocks are published.

    _log/lake.json                              what the lake was begun with (`opening.py`)
    _log/places/… contents/… heads/…            which archive is which (`copytaster.sources.registry`)
    _log/sources/<source>/<fact>.json           create-if-absent: what tells the source from another of its name
    _log/starts/<source>-<partition>.json       create-if-absent: the first offset of a partition that does not start at 0
    _log/attempts/…                             attempts at blocks (`attempts.py`)
    _log/plans/<source>-<partition>/<shelf>/<start>.json       create-if-absent: one cut, for ever
    _log/published/<source>-<partition>/<shelf>/<start>.json   create-if-absent: the block's rows are in the tables
    _log/rolled/<source>-<partition>.json              everything before an offset is published, and its sums
    _log/rolled/finished.json                          archives that are published to their end (`state.py`)

A shelf is `SHELF` offsets. Nothing is ever removed from plans and manifests, or a job that was paused for days could cut
again what was cut; the roll-up, which any reader can make anew from them, only spares reading what is behind it.

The log is the only memory: no consumer group, no savepoint, no database. Delivery guarantee: a block's rows are in the
tables exactly once, whoever plans and processes it however often.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from copytaster.lake.blocks import Block, Manifest, Plan, Value
from copytaster.lake.progress import Progress, RollUp, Tally
from copytaster.lake.storage import Storage

Entry = TypeVar("Entry", bound=Value)

SHELF = 10_000
"""Offsets whose plans lie in one folder: listing it takes one or a few requests, however old the lake."""

ROLL_UP_AFTER = 500
"""Published blocks after which it is worth to roll them up."""

ENTRY = re.compile(r"\d{20}\.json")
"""The name of a plan or manifest in its folder."""

CURES = {
    "plans": "Restore all of _log from a backup, or backfill into a new lake: where a block was cut cannot be known again",
    "published": "Restore it from a backup, or remove it: then its block is done again",
    "rolled": "Remove it: it is made anew from plans and manifests",
    "attempts": "Remove it, and ask `copytaster verify` for files that belong to nothing",
    "lake.json": "Restore it from a backup, or backfill into a new lake",
}
"""By folder of the log, what to do where a file of it is lost or unreadable."""


TALLIES: dict[tuple[LakeLog, Block], Tally] = {}
"""What the manifests that were read last add up to, for who watches the log."""


class LakeError(Exception):
    """The lake and what was asked of it do not fit; the message names both and the cure."""


class DamagedLogError(LakeError):
    """A part of the lake is lost or is not what was written there."""

    def __init__(self, lake: str, file: str, what: str, cure: str) -> None:
        super().__init__(lake, file, what, cure)
        self.file, self.what, self.cure = file, what, cure

    def __str__(self) -> str:
        return f"{self.args[0]}/{self.file} {self.what}. {self.cure}"


class SourceIdentityError(LakeError):
    """A source is not the one that the lake knows under its name."""


class ManifestConflictError(LakeError):
    """A block is published with other bytes than this run made of it."""


@dataclass(frozen=True)
class LakeLog:
    """The log of the lake in a storage."""

    storage: Storage

    def plan(self, block: Block, *, is_last: bool = False) -> Plan:
        """Records that the block is cut; the plan that holds, which is another's where somebody was first."""
        return self.try_plan(block, is_last=is_last)[0]

    def try_plan(self, block: Block, *, is_last: bool = False) -> tuple[Plan, bool]:
        """`plan`, and whether the plan is this caller's."""
        mine = Plan(block=block, is_last=is_last, planned_at=datetime.now(UTC))
        name = plan_name(block)
        if self.storage.create(name, to_json(mine)):
            return mine, True
        return self._planned(block.partition_name, [block.start])[0], False

    def progress(self, source: str, partition: int = 0) -> Progress:
        """How far a partition is planned and published.

        Raises DamagedLogError where the plans do not follow on each other from the partition's start, or a block is
        published that was never planned.
        """
        name = f"{source}-{partition}"
        rolled = self.entry(rolled_name(name), RollUp)
        if rolled is not None and rolled.is_last:
            return Progress(source, partition, rolled, (), frozenset())
        plans: list[Plan] = []
        published: set[int] = set()
        end = rolled.end if rolled else None
        shelves = list(self._shelves(name, end))
        for shelf in shelves:
            begun = end if end is not None and not plans else 0  # what starts before is rolled up
            for plan in self._planned(name, [x for x in self.starts(f"_log/plans/{name}/{shelf}") if x >= begun]):
                start = plan.block.start
                if end is None:
                    end = self._first(source, partition) if start else 0
                plans.extend(self._up_to(name, end, start))
                plans.append(plan)
                end = plan.block.end
            published.update(self.starts(f"_log/published/{name}/{shelf}"))
        if end is None:  # nothing is planned, so nothing can be published
            published.update(manifest.block.start for manifest in self.manifests_of(source, partition))
        elif (shelf := f"{end // SHELF:015d}") not in shelves:
            published.update(self.starts(f"_log/published/{name}/{shelf}"))
        begin = rolled.end if rolled else 0
        for start in sorted(published.difference(starts(plans))):
            if start >= begin and self.entry(plan_of(name, start), Plan) is None:  # not planned since it was listed
                raise self.damaged(plan_of(name, start), f"is lost, although {published_of(name, start)} is there")
        return Progress(source, partition, rolled, tuple(plans), frozenset(published.intersection(starts(plans))))

    def _up_to(self, name: str, end: int, start: int) -> Iterator[Plan]:
        """The plans in [end, start), which a listing that was late did not show. Raises DamagedLogError where one is lost."""
        while end != start:
            plan = self.entry(plan_of(name, end), Plan) if end < start else None
            if plan is None:
                what = "is lost" if end < start else "is covered by another plan"
                what += f": a plan ends at {end} and the next starts at {start}"
                raise self.damaged(plan_of(name, min(start, end)), what)
            yield plan
            end = plan.block.end

    def _first(self, source: str, partition: int) -> int:
        """Where a partition starts: where its record says, else at 0."""
        return int(self.recorded(start_name(source, partition)) or 0)

    def _planned(self, name: str, at: Sequence[int]) -> list[Plan]:
        """The plans at offsets of a partition, which a listing showed."""
        plans = self._all_present([plan_of(name, start) for start in at], Plan)
        for start, plan in zip(at, plans, strict=True):
            if (plan.block.partition_name, plan.block.start) != (name, start):
                raise self.damaged(plan_of(name, start), f"is the plan of {plan.block.name}")
        return plans

    def _shelves(self, partition_name: str, start: int | None) -> Iterator[str]:
        """The shelves that hold plans from `start` on; all, where that is not known."""
        if start is None:
            yield from (shelf for shelf in self.storage.names(f"_log/plans/{partition_name}") if shelf.isdecimal())
            return
        shelf = start // SHELF
        while found := self.starts(f"_log/plans/{partition_name}/{shelf:015d}"):
            yield f"{shelf:015d}"
            (last,) = self._planned(partition_name, found[-1:])
            if last.block.end // SHELF == shelf:
                return
            shelf = last.block.end // SHELF

    def tally(self, progress: Progress) -> Tally:
        """What is published of a partition, summed up."""
        blocks = [plan.block for plan in progress.plans if plan.block.start in progress.published]
        rolled = [progress.rolled.tally] if progress.rolled else []
        return Tally.total([*rolled, *self._tallies(blocks)])

    def _tallies(self, blocks: Sequence[Block]) -> Iterator[Tally]:
        """Of published blocks, in order; whoever watches the log reads a manifest once, since it never changes."""
        for first in range(0, len(blocks), ROLL_UP_AFTER):
            some = blocks[first : first + ROLL_UP_AFTER]
            unknown = [block for block in some if (self, block) not in TALLIES]
            manifests = self._all_present([manifest_name(block) for block in unknown], Manifest)
            for block, manifest in zip(unknown, manifests, strict=True):
                TALLIES[self, block] = Tally.of(self._checked(manifest, block))
            yield from [TALLIES[self, block] for block in some]
            for key in list(TALLIES)[: -2 * ROLL_UP_AFTER]:
                TALLIES.pop(key, None)

    def roll_up(self, progress: Progress) -> Progress:
        """Rolls up what is published without a gap, if it is much or all; what is left to read after it."""
        count = next(
            (i for i, p in enumerate(progress.plans) if p.block.start not in progress.published), len(progress.plans)
        )
        if count < ROLL_UP_AFTER and not (count and progress.is_done):
            return progress
        done, rest = progress.plans[:count], progress.plans[count:]
        total = self.tally(replace(progress, plans=done))
        rolled = RollUp(end=done[-1].block.end, is_last=done[-1].is_last, tally=total)
        self.spare(rolled_name(f"{progress.source}-{progress.partition}"), to_json(rolled))
        return replace(progress, rolled=rolled, plans=rest, published=progress.published.intersection(starts(rest)))

    def spare(self, name: str, data: bytes) -> None:
        """Writes what spares others reading the log; who may only read the lake goes on without."""
        with contextlib.suppress(OSError):
            self.storage.put(name, data)

    def is_published(self, block: Block) -> bool:
        """Whether the block's manifest is there."""
        return self.storage.exists(manifest_name(block))

    def manifest(self, block: Block) -> Manifest | None:
        """The block's manifest, if it is published. Raises DamagedLogError where it is another block's."""
        found = self.entry(manifest_name(block), Manifest)
        return None if found is None else self._checked(found, block)

    def _checked(self, found: Manifest, block: Block) -> Manifest:
        if found.block != block:
            raise self.damaged(manifest_name(block), f"is of block {found.block.name}, but {block.name} is planned")
        return found

    def publish(self, manifest: Manifest) -> Manifest:
        """Records that the block's files are all in place; the manifest that holds.

        Raises ManifestConflictError where the block is already published with other bytes: then the rows are not a
        pure function of the records, or another version wrote them.
        """
        name = manifest_name(manifest.block)
        if self.storage.create(name, to_json(manifest)):
            return manifest
        first = self.manifest(manifest.block)
        if first is None:
            raise self._lost(name)
        if first.files != manifest.files:
            raise ManifestConflictError(
                f"block {manifest.block.name} is published by {first.extractor_version} / {first.model_version} with "
                f"other bytes than {manifest.extractor_version} / {manifest.model_version} made; the published rows "
                f"stay. Run one version per lake"
            )
        return first

    def manifests(self) -> Iterator[Manifest]:
        """All manifests of the lake, by partition and start."""
        for source, partition in self.partitions("published"):
            yield from self.manifests_of(source, partition)

    def manifests_of(
        self, source: str, partition: int = 0, *, start: int = 0, end: int | None = None
    ) -> Iterator[Manifest]:
        """The manifests of a partition's blocks that start in [start, end), in order; all without bounds."""
        folder = f"_log/published/{source}-{partition}"
        for shelf in self.storage.names(folder):
            if not shelf.isdecimal() or (int(shelf) + 1) * SHELF <= start or (end and int(shelf) * SHELF >= end):
                continue
            for first in self.starts(f"{folder}/{shelf}"):
                if start <= first and (end is None or first < end):
                    yield self._present(f"{folder}/{shelf}/{first:020d}.json", Manifest)

    def partitions(self, of: Literal["plans", "published"] = "plans") -> list[tuple[str, int]]:
        """Source and number of every partition that has plans, or published blocks."""
        names = [name.rpartition("-") for name in self.storage.names(f"_log/{of}")]
        return sorted((source, int(number)) for source, _, number in names if source and number.isdecimal())

    def identify(self, source: str, facts: Mapping[str, str], *, cure: str) -> None:
        """Records what tells a source from another of the same name, or checks that this is the one that is recorded.

        Each fact is recorded once, for ever, before the source is planned. One that cannot be known today (a broker
        that tells no topic id) is left out or empty, and is recorded by the first who knows it. A topic, at every start:

            log.identify("articles", {"cluster_id": "5L6g…", "topic_id": "zz0u…"}, cure="Give the new topic another name, or …")

        Raises SourceIdentityError naming the lake, the source, both values and the cure where a fact differs.
        """
        for fact, value in facts.items():
            known = self.record(f"_log/sources/{source}/{fact}.json", value) if value else value
            if known != value:
                raise SourceIdentityError(
                    f"the lake at {self.storage.shown} knows {source} with {fact} {known}, and this one has {fact} {value}. "
                    f"{cure}"
                )

    def start_at(self, source: str, partition: int, first: int) -> int:
        """Records where a partition of a topic starts, before its first plan; what holds, which is another's where
        somebody was first. Archives start at 0 and need no record.
        """
        return int(self.record(start_name(source, partition), first))

    def is_begun(self, source: str) -> bool:
        """Whether some partition of a topic has its start recorded, or plans from before starts were."""
        begun = (name.removesuffix(".json").rpartition("-")[0] for name in self.storage.names("_log/starts"))
        return source in begun or any(name == source for name, _ in self.partitions())

    def record(self, name: str, value: Any) -> Any:
        """Records a value (of JSON) under a name of the log; what holds, which is another's where somebody was first."""
        if self.storage.create(name, as_json(value)):
            return value
        known = self.recorded(name)
        if known is None:
            raise self._lost(name)
        return known

    def replace(self, name: str, value: Any) -> None:
        """Records another value, where it is certain that nothing was made by the one before it."""
        self.storage.put(name, as_json(value))

    def recorded(self, name: str) -> Any:
        """What `record` recorded under the name; None where nothing is."""
        data = self.storage.read(name)
        try:
            return None if data is None else json.loads(data)
        except ValueError as error:
            raise self._unreadable(name, data or b"") from error

    def entry(self, name: str, kind: type[Entry]) -> Entry | None:
        """The plan, manifest or roll-up of that name; None where there is none. Raises DamagedLogError where it is none."""
        data = self.storage.read(name)
        return None if data is None else self._parsed(name, data, kind)

    def _parsed(self, name: str, data: bytes, kind: type[Entry]) -> Entry:
        try:
            return kind.model_validate_json(data)
        except ValueError as error:
            raise self._unreadable(name, data) from error

    def starts(self, folder: str) -> list[int]:
        """Where the blocks start whose plans, or manifests, lie in a folder; what else lies there is none of the log's."""
        return [int(name.removesuffix(".json")) for name in self.storage.names(folder) if ENTRY.fullmatch(name)]

    def _present(self, name: str, kind: type[Entry]) -> Entry:
        found = self.entry(name, kind)
        if found is None:
            raise self._lost(name)
        return found

    def _all_present(self, names: Sequence[str], kind: type[Entry]) -> list[Entry]:
        """`_present` of many, read at once."""
        found = self.storage.read_all(names)
        for name, data in zip(names, found, strict=True):
            if data is None:
                raise self._lost(name)
        return [self._parsed(name, data or b"", kind) for name, data in zip(names, found, strict=True)]

    def damaged(self, name: str, what: str) -> DamagedLogError:
        """The error that something is wrong with a file of the log, with its cure."""
        return DamagedLogError(self.storage.shown, name, what, CURES.get(name.split("/")[1], CURES["lake.json"]))

    def _lost(self, name: str) -> DamagedLogError:
        return self.damaged(name, "was there and is gone")

    def _unreadable(self, name: str, data: bytes) -> DamagedLogError:
        size = f"is not what the log writes there ({len(data)} bytes)"
        return self.damaged(name, size if data.strip() else "is empty")


def plan_name(block: Block) -> str:
    """Where the plan that starts like the block lies."""
    return plan_of(block.partition_name, block.start)


def plan_of(partition_name: str, start: int) -> str:
    """Where the plan of a partition lies that starts at an offset."""
    return f"_log/plans/{shelved(partition_name, start)}.json"


def manifest_name(block: Block) -> str:
    """Where the manifest of the block lies."""
    return published_of(block.partition_name, block.start)


def published_of(partition_name: str, start: int) -> str:
    """Where the manifest of a partition's block lies that starts at an offset."""
    return f"_log/published/{shelved(partition_name, start)}.json"


def start_name(source: str, partition: int) -> str:
    """Where it lies at which offset a partition starts."""
    return f"_log/starts/{source}-{partition}.json"


def shelved(partition_name: str, start: int) -> str:
    """Partition, shelf and start of a block, as its entries in the log are filed; padded: names sort as numbers do."""
    return f"{partition_name}/{start // SHELF:015d}/{start:020d}"


def starts(plans: Iterable[Plan]) -> Iterator[int]:
    """Where the blocks of plans start."""
    return (plan.block.start for plan in plans)


def rolled_name(partition_name: str) -> str:
    """Where the roll-up of a partition lies."""
    return f"_log/rolled/{partition_name}.json"


def as_json(value: Any) -> bytes:
    """A value as `LakeLog.record` stores it."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False).encode()


def to_json(record: Value) -> bytes:
    """The record as the log stores it."""
    return record.model_dump_json(indent=1).encode()
