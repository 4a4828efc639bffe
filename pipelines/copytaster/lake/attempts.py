"""Attempts at a block: each writes files under names of its own, and only what can never be published is removed.

    _log/attempts/<source>-<partition>-<start>-<attempt>.json     the files that an attempt is about to write

An attempt is named for the bytes that it writes. So attempts of one version and one set of settings are the same, whoever
makes them and however often, and write the same files; any other has other names and harms nobody.

1. The record is created before the first file.
2. The manifest, created if absent, names the one attempt whose files count. From then on no other can be published, so
   anybody may remove the files of the others: the loser itself, the winner, or whoever starts next (`sweep`).
3. The record of the published attempt goes. That of a loser stays: a process that was paused before it wrote may wake and be
   killed before it removes its files again, and then this is how they are found.

So files of a block that have neither manifest nor record are damage: the manifest they belong to was lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from copytaster.lake.blocks import Block, Manifest, Value
from copytaster.lake.log import DamagedLogError, LakeLog, manifest_name, published_of
from copytaster.records import digest

FOLDER = "_log/attempts"
RECORD = re.compile(r"(?P<partition>.+-\d+)-(?P<start>\d{20})-(?P<attempt>[0-9a-f]{16})\.json")
FILE = re.compile(r"(?P<block>.+-\d+-\d+-\d+)-(?P<attempt>[0-9a-f]{16})\.parquet")


class Attempt(Value):
    """The files that an attempt at a block is about to write, in no particular order."""

    block: Block
    name: str
    files: tuple[str, ...]


def attempt_at(block: Block, folders: Mapping[str, str]) -> Attempt:
    """The attempt that writes a file of such bytes (SHA-256) into each folder."""
    name = digest(block.name, *(part for item in sorted(folders.items()) for part in item))[:16]
    return Attempt(block=block, name=name, files=tuple(f"{folder}/{block.name}-{name}.parquet" for folder in folders))


def begin(log: LakeLog, attempt: Attempt) -> None:
    """Records the attempt before its files are written.

    Raises DamagedLogError where files of the block are there that nobody recorded: the block was published before.
    """
    for file in files_beside(log, attempt):
        found = FILE.fullmatch(file.rsplit("/", 1)[-1])
        is_recorded = found and log.storage.exists(record_name(attempt.block, found["attempt"]))
        if not is_recorded and not log.is_published(attempt.block):
            raise DamagedLogError(
                log.storage.shown,
                file,
                f"is of block {attempt.block.name}, whose manifest {manifest_name(attempt.block)} was lost",
                "Restore that from a backup, or remove the files of the block that `copytaster verify` names, and run again",
            )
    log.storage.create(record_name(attempt.block, attempt.name), attempt.model_dump_json(indent=1).encode())


def files_beside(log: LakeLog, attempt: Attempt) -> Iterator[str]:
    """The files of the same block and day by other attempts, in the tables one of which has every record."""
    for day in {file.split("/")[1] for file in attempt.files}:
        for folder in (f"articles/{day}", f"dead_letters/{day}"):
            for name in log.storage.names(folder, prefix=f"{attempt.block.name}-"):
                found = FILE.fullmatch(name)
                if found and found["block"] == attempt.block.name and found["attempt"] != attempt.name:
                    yield f"{folder}/{name}"


def withdraw(log: LakeLog, attempt: Attempt) -> None:
    """Removes the files of an attempt of one's own that lost."""
    for file in attempt.files:
        log.storage.delete(file)


def settle(log: LakeLog, manifest: Manifest) -> None:
    """Removes what other attempts at a published block left, and the record of the one that is published."""
    partition, start = manifest.block.partition_name, manifest.block.start
    for name in log.storage.names(FOLDER):
        found = RECORD.fullmatch(name)
        if found and (found["partition"], int(found["start"])) == (partition, start):
            settle_one(log, f"{FOLDER}/{name}", found["attempt"], manifest)


def sweep(log: LakeLog) -> None:
    """Does for every published block what processes that were killed left undone."""
    for name in log.storage.names(FOLDER):
        if found := RECORD.fullmatch(name):
            manifest = log.entry(published_of(found["partition"], int(found["start"])), Manifest)
            if manifest is not None:
                settle_one(log, f"{FOLDER}/{name}", found["attempt"], manifest)


def settle_one(log: LakeLog, record: str, attempt: str, manifest: Manifest) -> None:
    """Removes an attempt's record where it is the published one, else its files."""
    if attempt == manifest.attempt:
        log.storage.delete(record)
    elif (lost := log.entry(record, Attempt)) is not None:
        withdraw(log, lost)


def record_name(block: Block, attempt: str) -> str:
    """Where an attempt at a block is recorded."""
    return f"{FOLDER}/{block.partition_name}-{block.start:020d}-{attempt}.json"
