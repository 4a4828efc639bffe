"""How a table of the lake is laid out as an Iceberg table: columns, descriptions, partitions, order, properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.table.sorting import SortField, SortOrder
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import ListType, NestedField, StructType

from copytaster.tables import column

NAMESPACE = "copytaster"
PARTITION = "ingest_date"

TABLES = ("entities", "mentions", "quotes", "times", "events", "articles", "dead_letters")
"""In the order in which an edition is committed to them: an article comes after its rows, so that nobody who joins through
`articles` finds one whose rows are still to come; a dead letter goes after its article has come.
"""

PROPERTIES: Mapping[str, str] = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "commit.retry.num-retries": "0",  # pyiceberg would repeat a lost commit on top of the winner's: rows twice
    "commit.manifest.min-count-to-merge": "20",
    "commit.manifest-merge.enabled": "true",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "50",
    "write.delete.mode": "merge-on-read",
}


def key_of(table: str) -> str:
    """The column that names what its rows belong to: an article, or a dead letter."""
    return "dead_letter_id" if table == "dead_letters" else "article_id"


def version_of(table: str) -> str:
    """The column by which an edition removes rows."""
    return "dead_letter_id" if table == "dead_letters" else "version_id"


def arrow_schema(columns: pa.Schema) -> pa.Schema:
    """The table's columns and its partition, descriptions under the key that Iceberg reads."""
    day = column(PARTITION, pa.date32(), "Day of the block that the row came in with; the partition.", nullable=False)
    return pa.schema([field.with_metadata({"doc": field.metadata[b"description"]}) for field in [*columns, day]])


def partition_spec(schema: Schema) -> PartitionSpec:
    """By day of ingest."""
    field = schema.find_field(PARTITION)
    return PartitionSpec(PartitionField(field.field_id, 1000, IdentityTransform(), PARTITION))


def sort_order(table: str, schema: Schema) -> SortOrder:
    """By article."""
    return SortOrder(SortField(schema.find_field(key_of(table)).field_id, IdentityTransform()))


def fresh_schema(converted: Schema) -> Schema:
    """The schema with the field ids that a new table gives it."""
    return assign_fresh_schema_ids(converted)


def file_schema(schema: Schema) -> pa.Schema:
    """The Arrow schema of the table's data files, with Iceberg's field ids; strings and lists as the lake has them."""
    return pa.schema([arrow_field(field) for field in schema.fields])


def arrow_field(field: NestedField) -> pa.Field:
    """A column of a data file."""
    metadata = {"PARQUET:field_id": str(field.field_id)}
    return pa.field(field.name, arrow_type(field.field_type), nullable=not field.required, metadata=metadata)


def arrow_type(kind: Any) -> pa.DataType:
    """The Arrow type of an Iceberg type, of those that the tables have."""
    if isinstance(kind, StructType):
        return pa.struct([arrow_field(field) for field in kind.fields])
    if isinstance(kind, ListType):
        element = arrow_field(kind.element_field).with_name("element")
        return pa.list_(element)
    return PRIMITIVES[str(kind)]


PRIMITIVES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int32(),
    "long": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}


def conformed(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows with exactly these columns, in this order: what an older extractor did not know is null, a list empty. A
    column that is read as a dictionary stays one.

    Raises KeyError where the rows have a column that the schema does not.
    """
    if unknown := set(rows.column_names) - set(schema.names):
        raise KeyError(", ".join(sorted(unknown)))
    columns = []
    fields = []
    for field in schema:
        fields.append(field)
        if field.name in rows.column_names:
            column = rows[field.name]
            is_encoded = pa.types.is_dictionary(column.type) and column.type.value_type == field.type
            columns.append(column if is_encoded else column.cast(field.type))
            fields[-1] = field.with_type(column.type) if is_encoded else field
        elif pa.types.is_list(field.type):
            columns.append(pa.array([[]] * rows.num_rows, type=field.type))
        else:
            columns.append(pa.nulls(rows.num_rows, type=field.type))
    return pa.table(columns, schema=pa.schema(fields))
