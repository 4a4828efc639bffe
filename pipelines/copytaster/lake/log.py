"""The lake's log: which sources it has, where they were cut into blocks, and which blocks are published.

    _log/lake.json                              the versions that the lake was begun with
    _log/versions/<digest>.json                 versions that were accepted later
    _log/urls/<digest>.json                     which source is at a URL, and what it is
    _log/sources/<source>/<fact>.json           create-if-absent: what tells the source from another of its name
    _log/starts/<source>-<partition>.json       create-if-absent: the first offset of a partition that does not start at 0
    _log/attempts/<source>-<partition>/<start>/<digest>.json   files of an attempt at a block that is not published yet
    _log/plans/<source>-<partition>/<shelf>/<start>.json       create-if-absent: one cut, for ever
    _log/published/<source>-<partition>/<shelf>/<start>.json   create-if-absent: the block's rows are in the tables
    _log/rolled/<source>-<partition>.json              everything before an offset is published, and its sums

A shelf is `SHELF` offsets. Nothing is ever removed from plans and manifests, or a job that was paused for days could cut
again what was cut; the roll-up, which any reader can make anew from them, only spares reading what is behind it.

The log is the only memory: no consumer group, no savepoint, no database. Delivery guarantee: a block's rows are in the
tables exactly once, whoever plans and processes it however often.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import structlog

from copytaster.lake.blocks import Block, Manifest, Plan
from copytaster.lake.progress import Progress, RollUp, Tally
from copytaster.lake.storage import Storage
from copytaster.records import digest

LOG = structlog.get_logger(__name__)
FORMAT = 2

SHELF = 10_000
"""Offsets whose plans lie in one folder: listing it takes one or a few requests, however old the lake."""

ROLL_UP_AFTER = 500
"""Published blocks after which it is worth to roll them up."""


class LakeError(Exception):
    """The lake and what was asked of it do not fit; the message names both and the cure."""


class VersionMismatchError(LakeError):
    """The lake's rows were made by another version of the extractor or the model."""


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
        return Plan.model_validate_json(self._present(name)), False

    def progress(self, source: str, partition: int = 0) -> Progress:
        """How far a partition is planned and published. Raises LakeError where plans do not follow on each other."""
        name = f"{source}-{partition}"
        data = self.storage.read(rolled_name(name))
        rolled = None if data is None else RollUp.model_validate_json(data)
        plans: list[Plan] = []
        published: set[int] = set()
        end = rolled.end if rolled else None
        for shelf in self._shelves(name, end):
            for file in self.storage.names(f"_log/plans/{name}/{shelf}"):
                if end is not None and start_of(file) < end and not plans:
                    continue  # rolled up
                plan = Plan.model_validate_json(self._present(f"_log/plans/{name}/{shelf}/{file}"))
                if end is not None and plan.block.start != end:
                    raise LakeError(
                        f"_log/plans/{name}: a plan ends at {end} and the next starts at {plan.block.start}; a plan file "
                        f"was lost or changed by hand. Restore it from a backup, or backfill into a new lake"
                    )
                plans.append(plan)
                end = plan.block.end
            published.update(map(start_of, self.storage.names(f"_log/published/{name}/{shelf}")))
        return Progress(source, partition, rolled, tuple(plans), frozenset(published.intersection(starts(plans))))

    def _shelves(self, partition_name: str, start: int | None) -> Iterator[str]:
        """The shelves that hold plans from `start` on; all, where that is not known."""
        if start is None:
            yield from self.storage.names(f"_log/plans/{partition_name}")
            return
        shelf = start // SHELF
        while names := self.storage.names(f"_log/plans/{partition_name}/{shelf:015d}"):
            yield f"{shelf:015d}"
            last = Plan.model_validate_json(self._present(f"_log/plans/{partition_name}/{shelf:015d}/{names[-1]}"))
            if last.block.end // SHELF == shelf:
                return
            shelf = last.block.end // SHELF

    def tally(self, progress: Progress) -> Tally:
        """What is published of a partition, summed up."""
        total = progress.rolled.tally if progress.rolled else Tally()
        for plan in progress.plans:
            if plan.block.start in progress.published:
                total += Tally.of(self._published(plan.block))
        return total

    def roll_up(self, progress: Progress) -> Progress:
        """Rolls up what is published without a gap, if it is much; what is left to read after it."""
        count = next(
            (i for i, p in enumerate(progress.plans) if p.block.start not in progress.published), len(progress.plans)
        )
        if count < ROLL_UP_AFTER:
            return progress
        done, rest = progress.plans[:count], progress.plans[count:]
        total = self.tally(replace(progress, plans=done))
        rolled = RollUp(end=done[-1].block.end, is_last=done[-1].is_last, tally=total)
        self.storage.put(rolled_name(f"{progress.source}-{progress.partition}"), to_json(rolled))
        return replace(progress, rolled=rolled, plans=rest, published=progress.published.intersection(starts(rest)))

    def is_published(self, block: Block) -> bool:
        """Whether the block's manifest is there."""
        return self.storage.exists(manifest_name(block))

    def manifest(self, block: Block) -> Manifest | None:
        """The block's manifest, if it is published."""
        data = self.storage.read(manifest_name(block))
        return None if data is None else Manifest.model_validate_json(data)

    def publish(self, manifest: Manifest) -> Manifest:
        """Records that the block's files are all in place; the manifest that holds.

        Raises ManifestConflictError where the block is already published with other bytes: then the rows are not a
        pure function of the records, or another version wrote them.
        """
        name = manifest_name(manifest.block)
        if self.storage.create(name, to_json(manifest)):
            return manifest
        first = self._published(manifest.block)
        if first.files != manifest.files:
            raise ManifestConflictError(
                f"block {manifest.block.name} is published by {first.extractor_version} / {first.model_version} with "
                f"other bytes than {manifest.extractor_version} / {manifest.model_version} made; the published rows "
                f"stay. Run one version per lake"
            )
        return first

    def begin_attempt(self, block: Block, paths: Collection[str]) -> set[str]:
        """Records which files an attempt at a block is about to write; gives those that earlier attempts may have left.

        Two attempts write other files only where their versions or settings differ, and the first did not finish.
        """
        folder = attempts_name(block)
        mine = f"{digest(*sorted(paths))}.json"
        self.storage.create(f"{folder}/{mine}", json.dumps(sorted(paths)).encode())
        earlier: set[str] = set()
        for name in self.storage.names(folder):
            if name != mine and (data := self.storage.read(f"{folder}/{name}")) is not None:
                earlier.update(json.loads(data))
        return earlier - set(paths)

    def forget_attempts(self, block: Block) -> None:
        """Drops the records of attempts at a block that is published."""
        for name in self.storage.names(attempts_name(block)):
            self.storage.delete(f"{attempts_name(block)}/{name}")

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
            if (int(shelf) + 1) * SHELF <= start or (end is not None and int(shelf) * SHELF >= end):
                continue
            for name in self.storage.names(f"{folder}/{shelf}"):
                if start <= start_of(name) and (end is None or start_of(name) < end):
                    yield Manifest.model_validate_json(self._present(f"{folder}/{shelf}/{name}"))

    def partitions(self, of: Literal["plans", "published"] = "plans") -> list[tuple[str, int]]:
        """Source and number of every partition that has plans, or published blocks."""
        names = [name.rpartition("-") for name in self.storage.names(f"_log/{of}")]
        return sorted((source, int(number)) for source, _, number in names)

    def source_at(self, url: str, facts: dict[str, str | int]) -> dict[str, str | int]:
        """Records which source is at a URL; what holds, which is another source where the URL was planned before."""
        name = f"_log/urls/{digest(url)}.json"
        if self.storage.create(name, json.dumps(facts, sort_keys=True).encode()):
            return facts
        known: dict[str, str | int] = json.loads(self._present(name))
        return known

    def identify(self, source: str, facts: Mapping[str, str], *, cure: str) -> None:
        """Records what tells a source from another of the same name, or checks that this is the one that is recorded.

        Each fact is recorded once, for ever, before the source is planned. One that cannot be known today (a broker
        that tells no topic id) is left out or empty, and is recorded by the first who knows it. A topic, at every start:

            log.identify("articles", {"cluster_id": "5L6g…", "topic_id": "zz0u…"}, cure="Give the new topic another name, or …")

        Raises SourceIdentityError naming the lake, the source, both values and the cure where a fact differs.
        """
        for fact, value in facts.items():
            if not value:
                continue
            name = f"_log/sources/{source}/{fact}.json"
            if self.storage.create(name, json.dumps(value).encode()):
                continue
            known = json.loads(self._present(name))
            if known != value:
                raise SourceIdentityError(
                    f"the lake at {self.storage.url} knows {source} with {fact} {known}, and this one has {fact} {value}: "
                    f"it is another under the same name. {cure}"
                )

    def start_at(self, source: str, partition: int, first: int) -> int:
        """Records where a partition of a topic starts, before its first plan; what holds, which is another's where
        somebody was first. Archives start at 0 and need no record.
        """
        name = f"_log/starts/{source}-{partition}.json"
        if self.storage.create(name, json.dumps(first).encode()):
            return first
        return int(json.loads(self._present(name)))

    def open_for(self, extractor_version: str, model_version: str, *, accept: bool = False) -> None:
        """Begins the lake with these versions, or checks that its rows are by them.

        Raises VersionMismatchError where they are not, unless `accept`: then rows of both versions stand side by side
        from here on, told apart by their columns extractor_version and model_version.
        """
        mine = {"format": FORMAT, "extractor_version": extractor_version, "model_version": model_version}
        if self.storage.create("_log/lake.json", json.dumps(mine, sort_keys=True).encode()):
            return
        first = json.loads(self._present("_log/lake.json"))
        if first["format"] != FORMAT:
            raise LakeError(
                f"the lake at {self.storage.url} has log format {first['format']}, this copytaster writes {FORMAT}; use "
                f"a copytaster that knows format {first['format']}, or a new lake"
            )
        if first == mine:
            return
        accepted = f"_log/versions/{digest(extractor_version, model_version)}.json"
        if accept:
            self.storage.create(accepted, json.dumps(mine, sort_keys=True).encode())
        elif not self.storage.exists(accepted):
            raise VersionMismatchError(
                f"the lake at {self.storage.url} was begun by extractor {first['extractor_version']} with model "
                f"{first['model_version']}; this is {extractor_version} with {model_version}. Backfill into a new "
                f"lake, or go on in this one with --accept-version (new blocks then have the new versions in their "
                f"columns; published blocks stay as they are)"
            )

    def _published(self, block: Block) -> Manifest:
        return published_manifest(self, block)

    def _present(self, name: str) -> bytes:
        data = self.storage.read(name)
        if data is None:
            raise LakeError(f"{self.storage.url}/{name} was there and is gone; the log must not be changed by hand")
        return data


def plan_name(block: Block) -> str:
    """Where the plan that starts like the block lies; padded, so that names sort as numbers do."""
    return f"_log/plans/{shelved(block)}.json"


def shelved(block: Block) -> str:
    """Partition, shelf and start of a block, as its records in the log are filed."""
    return f"{block.partition_name}/{block.start // SHELF:015d}/{block.start:020d}"


@functools.lru_cache(maxsize=2 * ROLL_UP_AFTER)
def published_manifest(log: LakeLog, block: Block) -> Manifest:
    """The manifest of a published block, which never changes: whoever watches the log reads it once."""
    return Manifest.model_validate_json(log._present(manifest_name(block)))


def starts(plans: Iterable[Plan]) -> Iterator[int]:
    """Where the blocks of plans start."""
    return (plan.block.start for plan in plans)


def start_of(file: str) -> int:
    """Where the block of a file of the log starts."""
    return int(file.removesuffix(".json"))


def rolled_name(partition_name: str) -> str:
    """Where the roll-up of a partition lies."""
    return f"_log/rolled/{partition_name}.json"


def manifest_name(block: Block) -> str:
    """Where the manifest of the block lies."""
    return f"_log/published/{shelved(block)}.json"


def attempts_name(block: Block) -> str:
    """The folder of the records of attempts at a block."""
    return f"_log/attempts/{block.partition_name}/{block.start:020d}"


def to_json(record: Plan | Manifest | RollUp) -> bytes:
    """The record as the log stores it."""
    return record.model_dump_json(indent=1).encode()
