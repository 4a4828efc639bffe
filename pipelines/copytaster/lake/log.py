"""The lake's log: which sources it has, where they were cut into blocks, and which blocks are published.

    _log/lake.json                              the versions that the lake was begun with
    _log/versions/<digest>.json                 versions that were accepted later
    _log/urls/<digest>.json                     which source is at a URL, and what it is
    _log/attempts/<source>-<partition>/<start>/<digest>.json   files of an attempt at a block that is not published yet
    _log/plans/<source>-<partition>/<start>.json       create-if-absent: one cut, for ever
    _log/published/<source>-<partition>/<start>.json   create-if-absent: the block's rows are in the tables

The log is the only memory: no consumer group, no savepoint, no database. Delivery guarantee: a block's rows are in the
tables exactly once, whoever plans and processes it however often.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from copytaster.lake.blocks import Block, Manifest, Plan
from copytaster.lake.storage import Storage
from copytaster.records import digest

LOG = structlog.get_logger(__name__)
FORMAT = 1


class LakeError(Exception):
    """The lake and what was asked of it do not fit; the message names both and the cure."""


class VersionMismatchError(LakeError):
    """The lake's rows were made by another version of the extractor or the model."""


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

    def plans(self, source: str, partition: int = 0) -> list[Plan]:
        """All plans of a partition in order. Raises LakeError where they do not follow on each other."""
        folder = f"_log/plans/{source}-{partition}"
        found: list[Plan] = []
        for name in self.storage.names(folder):
            plan = Plan.model_validate_json(self._present(f"{folder}/{name}"))
            if found and plan.block.start != found[-1].block.end:
                raise LakeError(
                    f"{folder}: a plan ends at {found[-1].block.end} and the next starts at {plan.block.start}; a plan "
                    f"file was lost or changed by hand. Restore it from a backup, or backfill into a new lake"
                )
            found.append(plan)
        return found

    def published_starts(self, source: str, partition: int = 0) -> set[int]:
        """Where the published blocks of a partition start."""
        return {int(name.removesuffix(".json")) for name in self.storage.names(f"_log/published/{source}-{partition}")}

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
        first = Manifest.model_validate_json(self._present(name))
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
        for partition in self.storage.names("_log/published"):
            for name in self.storage.names(f"_log/published/{partition}"):
                yield Manifest.model_validate_json(self._present(f"_log/published/{partition}/{name}"))

    def partitions(self) -> list[str]:
        """The names of all partitions that have plans."""
        return self.storage.names("_log/plans")

    def source_at(self, url: str, facts: dict[str, str | int]) -> dict[str, str | int]:
        """Records which source is at a URL; what holds, which is another source where the URL was planned before."""
        name = f"_log/urls/{digest(url)}.json"
        if self.storage.create(name, json.dumps(facts, sort_keys=True).encode()):
            return facts
        known: dict[str, str | int] = json.loads(self._present(name))
        return known

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

    def _present(self, name: str) -> bytes:
        data = self.storage.read(name)
        if data is None:
            raise LakeError(f"{self.storage.url}/{name} was there and is gone; the log must not be changed by hand")
        return data


def plan_name(block: Block) -> str:
    """Where the plan that starts like the block lies; padded, so that names sort as numbers do."""
    return f"_log/plans/{block.partition_name}/{block.start:020d}.json"


def manifest_name(block: Block) -> str:
    """Where the manifest of the block lies."""
    return f"_log/published/{block.partition_name}/{block.start:020d}.json"


def attempts_name(block: Block) -> str:
    """The folder of the records of attempts at a block."""
    return f"_log/attempts/{block.partition_name}/{block.start:020d}"


def to_json(record: Plan | Manifest) -> bytes:
    """The record as the log stores it."""
    return record.model_dump_json(indent=1).encode()
