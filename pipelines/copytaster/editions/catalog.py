"""The Iceberg catalog that a lake's editions are in, its tables, and where their files lie.

By default a catalog in the lake itself, `<lake>/editions/catalog.sqlite` where the lake is on a disk, and each table under
`<lake>/editions/<table>`. Any other is named by its pyiceberg configuration. A lake's editions are in one catalog: the log remembers the tables.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceAlreadyExistsError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.table import Table
from sqlalchemy.exc import IntegrityError, OperationalError

from copytaster.editions.lake_catalog import ObjectStoreCatalog
from copytaster.editions.layout import (
    NAMESPACE,
    PROPERTIES,
    TABLES,
    arrow_schema,
    file_schema,
    fresh_schema,
    key_of,
    partition_spec,
    sort_order,
)
from copytaster.lake.log import LakeError, LakeLog
from copytaster.lake.storage import SCRATCH, Storage, sync_folder
from copytaster.tables import SCHEMAS

HOME = "_log/editions_home.json"
EDITION = "copytaster.edition"
"""Property of a table and of each of its snapshots: the last edition that it holds."""

FOLDER = "editions"


@dataclass(frozen=True)
class EditionTables:
    """The tables of a lake's editions, opened."""

    catalog: Catalog
    namespace: str = NAMESPACE
    _opened: dict[str, Table] = field(default_factory=dict)
    """Tables as they were when they were opened first, for what of them does not change: location and files."""

    def table(self, name: str) -> Table:
        """The table as it is now."""
        return self.catalog.load_table((self.namespace, name))

    def schemas(self) -> dict[str, pa.Schema]:
        """The schemas of the tables' data files."""
        return {name: file_schema(self.table(name).schema()) for name in TABLES}

    def put_file(self, table: str, path: str, local: Path) -> None:
        """Puts a local file under a path of the table, whole or not at all; one that is there is left as it is."""
        if table not in self._opened:
            self._opened[table] = self.table(table)
        opened = self._opened[table]
        location = f"{opened.location()}/{path}"
        if (place := local_path(location)) is not None:
            put_local(place, local, scratch_of(opened))
            return
        output = opened.io.new_output(location)
        if output.exists() and len(output) == local.stat().st_size:
            return
        with output.create(overwrite=True) as target, local.open("rb") as source:
            shutil.copyfileobj(source, target, 8 << 20)


def edition_of(table: Table) -> int:
    """The last edition that a table holds; 0 where it holds none."""
    return int(table.properties.get(EDITION, "0"))


def scratch_of(table: Table) -> Path:
    """Where files of a table on the local disk are written before they get their name: beside the table."""
    place = local_path(table.location())
    assert place is not None
    return place.parent / SCRATCH


def local_path(location: str) -> Path | None:
    """The path of a location on this machine's disk; None of one elsewhere."""
    if location.startswith("file://"):
        return Path(location.removeprefix("file://"))
    return Path(location) if location.startswith("/") else None


def put_local(target: Path, source: Path, scratch: Path) -> None:
    """Puts a file on the local disk by way of a folder of the same disk, so that no reader and no crash sees half of it."""
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return
    scratch.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = scratch / uuid.uuid4().hex
    try:
        shutil.copyfile(source, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)


LOCK_SECONDS = 60
"""How long a job waits for another that commits to the catalog in the lake; a commit takes milliseconds."""


class CatalogLockedError(OSError):
    """The catalog in the lake stays locked: another try may do better."""


def open_tables(log: LakeLog, catalog_name: str | None = None) -> EditionTables:
    """The tables of the lake's editions, made where they are missing, with columns added that they lack.

    Raises LakeError where the lake's editions are in another catalog.
    """
    catalog = opened_catalog(log.storage, catalog_name)
    tables = EditionTables(catalog)
    # two that begin at once both find no namespace: one of them is told so by the file's own constraint
    with contextlib.suppress(NamespaceAlreadyExistsError, IntegrityError):
        catalog.create_namespace(tables.namespace)
    for name in TABLES:
        in_lake = catalog_name is None and log.storage.is_local
        location = str(Path(log.storage.path(f"{FOLDER}/{name}")).absolute()) if in_lake else None
        if location is not None:
            check_place(tables, name, location)
        make_table(tables, name, location)
    check_home(log, tables, catalog_name)
    return tables


def opened_catalog(storage: Storage, name: str | None) -> Catalog:
    """The catalog of that name, else the one in the lake."""
    return lake_catalog(storage) if name is None else named_catalog(name)


def lake_catalog(storage: Storage) -> Catalog:
    """The catalog in the lake itself: SQLite on a local disk, states created if absent on an object store."""
    if not storage.is_local:
        return ObjectStoreCatalog(NAMESPACE, storage, FOLDER)
    folder = Path(storage.path(FOLDER)).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    uri = f"sqlite:///{folder}/catalog.sqlite?timeout={LOCK_SECONDS}"
    with lock_told(f"{folder}/catalog.sqlite"):
        try:
            return SqlCatalog(NAMESPACE, uri=uri, warehouse=str(folder))
        except OperationalError as error:
            if "already exists" not in str(error.orig):
                raise
            return SqlCatalog(NAMESPACE, uri=uri, warehouse=str(folder))  # another job made its tables at that moment


@contextlib.contextmanager
def lock_told(catalog: str) -> Iterator[None]:
    """Raises CatalogLockedError where another process holds the lock of the SQLite file."""
    try:
        yield
    except OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        raise CatalogLockedError(
            f"{catalog} has been locked by another process for {LOCK_SECONDS} s: a publish that was stopped in the middle, or a "
            f"backup of the file. End that process or let it go on, then publish again; nothing is lost"
        ) from error


def named_catalog(name: str) -> Catalog:
    """A catalog by its pyiceberg configuration (`.pyiceberg.yaml`, PYICEBERG_CATALOG__NAME__…)."""
    try:
        return load_catalog(name)
    except ValueError as error:
        raise LakeError(
            f"--catalog {name}: {error}. Configure it for pyiceberg, in .pyiceberg.yaml or by "
            f"PYICEBERG_CATALOG__{name.upper()}__URI and _TYPE"
        ) from error


def check_place(tables: EditionTables, name: str, location: str) -> None:
    """Raises LakeError where the table, if it is there, lies elsewhere: Iceberg writes whole paths, so a lake that was moved does
    not find its files, and one that was copied would write into those of the first.
    """
    try:
        found = tables.table(name).location()
        if local_path(found) == Path(location):
            return
        told = f"it lies in {found}, not in {location}"
    except NoSuchTableError:
        return
    except FileNotFoundError as error:
        told = str(error)
    folder, lake = Path(location).parent, Path(location).parent.parent
    raise LakeError(
        f"the editions of {lake} were made at another place: table {name}: {told}. Iceberg tables cannot be moved or copied with "
        f"their lake. Move the lake back, or delete {folder} and {lake}/_log/editions* to have the editions made anew from those "
        f"blocks that were not dropped"
    )


def make_table(tables: EditionTables, name: str, location: str | None) -> None:
    """Makes the table if it is missing; adds the columns that it lacks, all nullable."""
    wanted = arrow_schema(SCHEMAS[name])
    identifier = (tables.namespace, name)
    if not tables.catalog.table_exists(identifier):
        schema = fresh_schema(Catalog._convert_schema_if_needed(wanted))
        with contextlib.suppress(TableAlreadyExistsError):
            tables.catalog.create_table(
                identifier,
                schema=schema,
                location=location,
                partition_spec=partition_spec(schema),
                sort_order=sort_order(name, schema),
                properties={**PROPERTIES, f"write.metadata.metrics.column.{key_of(name)}": "full"},
            )
    add_columns(tables, name, wanted)


def add_columns(tables: EditionTables, name: str, wanted: pa.Schema) -> None:
    """Adds the columns that the table lacks; field ids stay, and old rows have nulls."""
    while True:
        table = tables.table(name)
        present = set(table.schema().column_names)
        missing = [field for field in wanted if field.name not in present]
        if not missing:
            return
        try:
            with table.update_schema() as update:
                update.union_by_name(pa.schema([field.with_nullable(True) for field in missing]))
        except CommitFailedException:
            continue  # another job adds them, or has committed an edition


def check_home(log: LakeLog, tables: EditionTables, catalog_name: str | None) -> None:
    """Records in the log which tables the lake's editions are in, or checks that it is these."""
    mine = {
        "catalog": catalog_name,
        "namespace": tables.namespace,
        "tables": {name: str(tables.table(name).metadata.table_uuid) for name in TABLES},
    }
    if log.storage.create(HOME, json.dumps(mine, sort_keys=True).encode()):
        return
    home = json.loads(log.storage.read(HOME) or b"{}")
    if home.get("tables") != mine["tables"]:
        raise LakeError(
            f"the editions of {log.storage.url} are in the tables of catalog {shown(home.get('catalog'))}, "
            f"not in those of {shown(catalog_name)}: publish with the catalog that it began with"
        )


def shown(catalog_name: str | None) -> str:
    """A catalog as a message names it."""
    return f"{catalog_name!r}" if catalog_name else "in the lake (no --catalog)"
