"""What nobody needs any more: old snapshots, files that no snapshot refers to, and blocks whose rows are in editions.

_log/editions_dropped.json    up to which edition the blocks were dropped: spares looking at each again
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from fsspec.core import url_to_fs
from pyiceberg.table import Table
from pyiceberg.table.update import AssertRefSnapshotId, AssertTableUUID, RemoveSnapshotsUpdate

from copytaster.editions.catalog import EditionTables
from copytaster.editions.cuts import read_cut
from copytaster.editions.hints import write_hint
from copytaster.editions.layout import TABLES
from copytaster.lake.dropped import drop_files
from copytaster.lake.log import LakeLog

DROPPED_TO = "_log/editions_dropped.json"

MOST_SNAPSHOTS = 2_000
"""Snapshots that a table keeps at most, however young: each is in every metadata file."""

ORPHAN_AGE = timedelta(days=1)
"""A file that no snapshot refers to may be one of an edition that is being made: it is left until it is so old."""


def expire(tables: EditionTables, keep: timedelta, now: datetime | None = None) -> int:
    """Takes snapshots older than that from every table, never its last one; how many. Their files are orphans then."""
    limit = int(((now or datetime.now(UTC)) - keep).timestamp() * 1000)
    count = 0
    for name in TABLES:
        table = tables.table(name)
        current = table.current_snapshot()
        snapshots = sorted(table.snapshots(), key=lambda snapshot: snapshot.sequence_number or 0)
        protected = {ref.snapshot_id for ref in table.metadata.refs.values()}
        surplus = len(snapshots) - MOST_SNAPSHOTS
        old = [
            snapshot.snapshot_id
            for number, snapshot in enumerate(snapshots)
            if (snapshot.timestamp_ms < limit or number < surplus) and snapshot.snapshot_id not in protected
        ]
        if not old or current is None:
            continue
        response = tables.catalog.commit_table(
            table,
            (
                AssertTableUUID(uuid=table.metadata.table_uuid),
                AssertRefSnapshotId(ref="main", **{"snapshot-id": current.snapshot_id}),  # type: ignore[arg-type]
            ),
            (RemoveSnapshotsUpdate(**{"snapshot-ids": old}),),  # type: ignore[arg-type]
        )
        write_hint(table, response.metadata_location)
        count += len(old)
    return count


def remove_orphans(tables: EditionTables, now: datetime | None = None, age: timedelta = ORPHAN_AGE) -> int:
    """Removes files of the tables that no snapshot refers to and that are older than `age`; how many."""
    count = 0
    for name in TABLES:
        table = tables.table(name)
        fs, root = url_to_fs(table.location(), use_listings_cache=False)
        referred = {bare(path) for path in referred_files(table)}
        limit = (now or datetime.now(UTC)) - age
        for path, facts in fs.find(root, detail=True).items():
            if bare(path) in referred or path.endswith(("version-hint.text", "/v1.metadata.json")):
                continue
            if modified(facts) < limit:
                fs.rm_file(path)
                count += 1
    return count


def referred_files(table: Table) -> Iterator[str]:
    """Every file that the table refers to: metadata, manifests, data, deletes."""
    yield table.metadata_location
    yield from (entry.metadata_file for entry in table.metadata.metadata_log)
    read: set[str] = set()
    for snapshot in table.snapshots():
        yield snapshot.manifest_list
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path not in read:
                read.add(manifest.manifest_path)
                yield manifest.manifest_path
                for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
                    yield entry.data_file.file_path


def bare(path: str) -> str:
    """A path without its scheme, as listings have it."""
    return path.split("://", 1)[-1].lstrip("/")


def modified(facts: dict[str, object]) -> datetime:
    """When a listed file was written."""
    found = facts.get("mtime", facts.get("LastModified"))
    if isinstance(found, datetime):
        return found
    return datetime.fromtimestamp(float(str(found)), UTC)


def drop_blocks(log: LakeLog, edition: int, age: timedelta, now: datetime | None = None) -> int:
    """Drops the files of blocks that editions up to this one hold and that were cut longer ago than `age`; how many blocks.

    See `copytaster.lake.dropped` for what stays.
    """
    limit = (now or datetime.now(UTC)) - age
    data = log.storage.read(DROPPED_TO)
    done = 0 if data is None else int(json.loads(data)["edition"])
    count = 0
    for number in range(done + 1, edition + 1):
        cut = read_cut(log, number)
        if cut is None or cut.cut_at > limit:
            break
        count += sum(drop_files(log, block) for block in cut.blocks)
        log.storage.put(DROPPED_TO, json.dumps({"edition": number}).encode())
    return count
