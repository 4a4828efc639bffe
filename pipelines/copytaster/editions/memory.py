"""Brings the holdings to an edition: from what they have, else from the last checkpoint, by the changes of each edition.

    _log/editions_state/<N>.parquet   checkpoint: all that holds after edition N

A checkpoint is written when the editions since the last are half as many as before it, so that writing them costs a fixed
share of the work and a fresh start reads one checkpoint and few changes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from copytaster.editions.changes import states
from copytaster.editions.holdings import Holdings, State
from copytaster.editions.made import read_changes, read_made
from copytaster.lake.log import LakeError, LakeLog

FOLDER = "_log/editions_state"
FIRST_CHECKPOINT = 50
ROWS = 100_000

SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("id", pa.string()),
        ("version_id", pa.string()),
        ("day", pa.int32()),
        ("moment", pa.int64()),
        ("arrival", pa.int64()),
    ]
)


def catch_up(log: LakeLog, holdings: Holdings, edition: int) -> None:
    """Brings the holdings to exactly this edition. Raises LakeError where an edition before it is not made."""
    at, history = holdings.position
    if at > edition or (at and history_at(log, at) != history):
        holdings.clear()
        at = 0
    checkpoint = newest_checkpoint(log, edition)
    if at < checkpoint and (at == 0 or edition - at > FIRST_CHECKPOINT):
        holdings.clear()
        holdings.fold(checkpoint_states(log, checkpoint), checkpoint, history_at(log, checkpoint))
        at = checkpoint
    for number in range(at + 1, edition + 1):
        made = read_made(log, number)
        if made is None:
            raise LakeError(f"edition {number} is not made, and edition {edition} is to follow on it")
        holdings.fold(states(read_changes(log, made)), number, made.changes.sha256)
    if edition >= max(FIRST_CHECKPOINT, checkpoint + checkpoint // 2):
        write_checkpoint(log, holdings)


def history_at(log: LakeLog, edition: int) -> str:
    """What names the history up to an edition: the SHA-256 of its changes."""
    made = read_made(log, edition)
    return "" if made is None else made.changes.sha256


def newest_checkpoint(log: LakeLog, edition: int) -> int:
    """The last checkpoint at or before an edition; 0 where there is none."""
    found = [int(name.removesuffix(".parquet")) for name in log.storage.names(FOLDER)]
    return max((number for number in found if number <= edition), default=0)


def checkpoint_states(log: LakeLog, edition: int) -> Iterator[State]:
    """All that holds after an edition, by its checkpoint."""
    with log.storage.file_system.open(log.storage.path(checkpoint_name(edition)), "rb") as file:
        for batch in pq.ParquetFile(file).iter_batches(ROWS):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def write_checkpoint(log: LakeLog, holdings: Holdings) -> None:
    """Writes what the holdings hold."""
    edition, _ = holdings.position
    with tempfile.TemporaryDirectory(prefix="copytaster-") as folder:
        local = Path(folder) / "state.parquet"
        rows = holdings.all()
        with pq.ParquetWriter(local, SCHEMA, compression="zstd") as writer:
            while part := list(islice(rows, ROWS)):
                columns = [
                    pa.array(column, field.type) for column, field in zip(zip(*part, strict=True), SCHEMA, strict=True)
                ]
                writer.write_table(pa.table(columns, schema=SCHEMA))
        log.storage.put(checkpoint_name(edition), local.read_bytes())


def checkpoint_name(edition: int) -> str:
    """Where the checkpoint after an edition lies."""
    return f"{FOLDER}/{edition:012d}.parquet"
