"""A catalog for lakes on object stores: which metadata of a table holds is decided by create-if-absent, as the lake's log is.

    <lake>/editions/<table>/metadata/v<N>.metadata.json    the N-th state of the table: whoever creates it has committed it
    <lake>/editions/<table>/metadata/version-hint.text     a state that is not older than a few commits

These are the names of Iceberg's file-system ("Hadoop") catalog, so engines find a table by its path. On a store whose puts
are conditional, unlike there, no commit is lost: an existing state is never written over. SQLite would need a disk.
"""

from __future__ import annotations

import io
from typing import Any

from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, TableAlreadyExistsError
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionSpec
from pyiceberg.serializers import FromByteStream
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER, SortOrder
from pyiceberg.table.update import TableRequirement, TableUpdate
from pyiceberg.typedef import Identifier, Properties

from copytaster.lake.storage import Storage

HINT = "version-hint.text"


class ObjectStoreCatalog(MetastoreCatalog):
    """The tables of one lake; it has one namespace, and what the editions do not need is not there."""

    def __init__(self, name: str, storage: Storage, folder: str) -> None:
        super().__init__(name, **{"py-io-impl": "pyiceberg.io.fsspec.FsspecFileIO"})
        self.storage = storage
        self.folder = folder

    def create_namespace(self, namespace: str | Identifier, properties: Properties = {}) -> None:  # noqa: B006
        """There is one namespace, and it is there."""

    def table_exists(self, identifier: str | Identifier) -> bool:
        """Whether the table has been made."""
        return self._version(self.table_name_from(identifier)) > 0

    def load_table(self, identifier: str | Identifier) -> Table:
        """The table as it is now. Raises NoSuchTableError."""
        name = self.table_name_from(identifier)
        version = self._version(name)
        if version == 0:
            raise NoSuchTableError(f"no table {name} under {self.storage.url}/{self.folder}")
        data = self.storage.read(self._state(name, version))
        if data is None:  # others have gone on far in the meantime
            return self.load_table(identifier)
        metadata = FromByteStream.table_metadata(io.BytesIO(data))
        return self._table(identifier, metadata, version)

    def create_table(
        self,
        identifier: str | Identifier,
        schema: Any,
        location: str | None = None,
        partition_spec: PartitionSpec = UNPARTITIONED_PARTITION_SPEC,
        sort_order: SortOrder = UNSORTED_SORT_ORDER,
        properties: Properties = {},  # noqa: B006
    ) -> Table:
        """Makes a table. Raises TableAlreadyExistsError."""
        name = self.table_name_from(identifier)
        location = f"{self.storage.url.rstrip('/')}/{self.folder}/{name}"
        staged = self._create_staged_table(identifier, schema, location, partition_spec, sort_order, properties)
        if self.table_exists(identifier) or not self.storage.create(self._state(name, 1), to_json(staged.metadata)):
            raise TableAlreadyExistsError(f"table {name} is there already")
        return self._table(identifier, staged.metadata, 1)

    def commit_table(
        self, table: Table, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        """Commits updates of a table. Raises CommitFailedException where it is not any more what they are based on."""
        identifier = table.name()
        name = self.table_name_from(identifier)
        current = self.load_table(identifier)
        version = version_of(current.metadata_location)
        staged = self._update_and_stage_table(current, identifier, requirements, updates)
        state = self._state(name, version + 1)
        if not self.storage.create(state, to_json(staged.metadata)):
            raise CommitFailedException(f"table {name} has been updated by another process")
        if not self.storage.exists(self._state(name, version)):
            # this process slept while others committed so much that the state it began with, and the one it has just made
            # again, had been cleared away: it is late
            self.storage.delete(state)
            raise CommitFailedException(f"table {name} has been updated by others long ago")
        location = self._location(name, version + 1)
        return CommitTableResponse.model_validate({"metadata": staged.metadata, "metadata-location": location})

    def _version(self, name: str) -> int:
        """The number of the newest state; 0 where there is none."""
        hint = self.storage.read(self._hint(name))
        version = int(hint) if hint else 0
        if not version or not self.storage.exists(self._state(name, version)):
            found = self.storage.names(f"{self.folder}/{name}/metadata")
            version = max((version_of(file) for file in found if file.startswith("v")), default=0)
        while version and self.storage.exists(self._state(name, version + 1)):
            version += 1
        return version

    def _state(self, name: str, version: int) -> str:
        return f"{self.folder}/{name}/metadata/v{version}.metadata.json"

    def _hint(self, name: str) -> str:
        return f"{self.folder}/{name}/metadata/{HINT}"

    def _location(self, name: str, version: int) -> str:
        return f"{self.storage.url.rstrip('/')}/{self._state(name, version)}"

    def _table(self, identifier: str | Identifier, metadata: TableMetadata, version: int) -> Table:
        name = self.table_name_from(identifier)
        location = self._location(name, version)
        return Table(self.identifier_to_tuple(identifier), metadata, location, self._load_file_io({}, location), self)

    def _unsupported(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError("the catalog of a lake on an object store has the tables of the editions only")

    drop_table = rename_table = register_table = list_tables = _unsupported
    load_view = drop_view = list_views = register_view = view_exists = _unsupported
    drop_namespace = list_namespaces = load_namespace_properties = update_namespace_properties = _unsupported


def version_of(location: str) -> int:
    """The number of a state by its name; 0 where it is none."""
    number = location.rsplit("/", 1)[-1].removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def to_json(metadata: TableMetadata) -> bytes:
    """The metadata as a file."""
    return metadata.model_dump_json().encode()
