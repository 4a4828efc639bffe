"""A snapshot of an Iceberg table that adds data files and files of deletes, and takes others out, in one commit.

pyiceberg 0.12 reads position deletes and cannot write them; this is its own producer of snapshots with that added.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
    ManifestWriterV2,
)
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update import AssertTableUUID, SetPropertiesUpdate
from pyiceberg.table.update.snapshot import _MergeAppendFiles

from copytaster.editions.hints import write_hint


class DeleteManifestWriter(ManifestWriterV2):
    """A manifest of files of deletes."""

    def content(self) -> ManifestContent:
        """What it lists."""
        return ManifestContent.DELETES

    @property
    def _meta(self) -> dict[str, str]:
        return {**super()._meta, "content": "deletes"}


@dataclass
class Base:
    """The table that a snapshot is based on, as pyiceberg's producer asks for it: its own transaction copies the metadata,
    with every snapshot in it, each time that it is asked, and repeats a commit that was lost on top of the winner's.
    """

    _table: Table

    @property
    def table_metadata(self) -> TableMetadata:
        """The metadata that the snapshot is based on."""
        return self._table.metadata


class EditionSnapshot(_MergeAppendFiles):
    """Files come (`append_data_file`, files of deletes too) and go (`delete_data_file`). Small manifests are merged."""

    def __init__(self, table: Table, properties: Mapping[str, str]) -> None:
        self._table = table
        super().__init__(Operation.APPEND, Base(table), table.io, snapshot_properties=dict(properties))  # type: ignore[arg-type]

    def commit_to(self, table_properties: Mapping[str, str]) -> None:
        """Commits the snapshot, and properties of the table with it; points the table's hint to it.

        Raises pyiceberg's CommitFailedException where the table is not any more what the snapshot is based on.
        """
        updates, requirements = self._commit()
        updates = (*updates, SetPropertiesUpdate(updates=dict(table_properties)))
        requirements = (*requirements, AssertTableUUID(uuid=self._table.metadata.table_uuid))
        # what was written for a commit that failed is left to the orphans: a failure may be the answer to a request that
        # was sent again, after the first had been carried out
        response = self._table.catalog.commit_table(self._table, requirements, updates)
        write_hint(self._table, response.metadata_location)
        self._table.catalog._delete_old_metadata(self._table.io, self._table.metadata, response.metadata)

    def append_data_file(self, data_file: DataFile) -> EditionSnapshot:
        """Adds a file of data or of deletes."""
        data_file.spec_id = self._transaction.table_metadata.default_spec_id
        super().append_data_file(data_file)
        return self

    def _writer(self, content: ManifestContent, spec: PartitionSpec) -> Any:
        if content == ManifestContent.DATA:
            return self.new_manifest_writer(spec)
        return DeleteManifestWriter(
            spec, self.schema(), self.new_manifest_output(), self._snapshot_id, self._compression
        )

    def _manifests(self) -> list[ManifestFile]:
        added = [
            ManifestEntry.from_args(
                status=ManifestEntryStatus.ADDED,
                snapshot_id=self._snapshot_id,
                sequence_number=None,
                file_sequence_number=None,
                data_file=file,
            )
            for file in self._added_data_files
        ]
        written = [*self._written(added), *self._written(self._removed_entries), *self._existing_manifests()]
        return self._process_manifests(written)

    def _written(self, entries: list[ManifestEntry]) -> list[ManifestFile]:
        """Manifests with these entries, one of each kind that there is."""
        found = []
        for content in (ManifestContent.DATA, ManifestContent.DELETES):
            of_kind = [entry for entry in entries if content_of(entry.data_file) == content]
            for spec_id in sorted({entry.data_file.spec_id for entry in of_kind}):
                with self._writer(content, self.spec(spec_id)) as writer:
                    for entry in of_kind:
                        if entry.data_file.spec_id == spec_id:
                            writer.add_entry(entry)
                found.append(writer.to_manifest_file())
        return found

    @functools.cached_property
    def _removed_entries(self) -> list[ManifestEntry]:
        return [
            with_status(entry, ManifestEntryStatus.DELETED, self._snapshot_id)
            for manifest in self._parent_manifests
            for entry in self._live(manifest)
            if entry.data_file in self._deleted_data_files
        ]

    @functools.cached_property
    def _parent_manifests(self) -> list[ManifestFile]:
        return super()._existing_manifests()

    def _live(self, manifest: ManifestFile) -> list[ManifestEntry]:
        return manifest.fetch_manifest_entry(self._io, discard_deleted=True) if self._deleted_data_files else []

    def _existing_manifests(self) -> list[ManifestFile]:
        kept = []
        for manifest in self._parent_manifests:
            entries = self._live(manifest)
            rest = [entry for entry in entries if entry.data_file not in self._deleted_data_files]
            if len(rest) == len(entries):
                kept.append(manifest)
            else:
                kept += self._written([with_status(entry, ManifestEntryStatus.EXISTING) for entry in rest])
        return kept

    def _summary(self, snapshot_properties: Mapping[str, str] = {}) -> Any:
        has_deletes = any(file.content != DataFileContent.DATA for file in self._added_data_files)
        self._operation = Operation.OVERWRITE if has_deletes or self._deleted_data_files else Operation.APPEND
        return super()._summary(dict(snapshot_properties))


def content_of(file: DataFile) -> ManifestContent:
    """The kind of manifest that lists the file."""
    return ManifestContent.DATA if file.content == DataFileContent.DATA else ManifestContent.DELETES


def with_status(entry: ManifestEntry, status: ManifestEntryStatus, snapshot_id: int | None = None) -> ManifestEntry:
    """The entry with another status; with the id of the snapshot that gave it that, or its own."""
    return ManifestEntry.from_args(
        status=status,
        snapshot_id=entry.snapshot_id if snapshot_id is None else snapshot_id,
        sequence_number=entry.sequence_number,
        file_sequence_number=entry.file_sequence_number,
        data_file=entry.data_file,
    )
