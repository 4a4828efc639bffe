"""Parquet: one record a row, as the JSON object of the columns that are wanted."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from copytaster.parse import MAX_MESSAGE
from copytaster.parse.formats import is_property
from copytaster.records import RawRecord
from copytaster.sources.lines import HEAD, Overlong

BATCH = 32
"""Rows decoded at once at most."""

BATCH_BYTES = 1 << 26
"""Bytes that a batch should come to (64 MiB), as far as the file's own figures tell it beforehand."""

SMALL = 1_000
"""Bytes of a value, on average, up to which a plain column that no format knows is taken along, for `articles.extra`."""

BOMB_RATIO = 50
"""Times that text does not shrink: where it did, a row may be anything, and they are decoded one by one."""

BOMB_BYTES = 1 << 28
"""Bytes of a column in one row group (256 MiB) that is not decoded at all where its values are too large on average."""

PIECE = 1 << 20
UNREADABLE = (ValueError, OverflowError, ArithmeticError, LookupError, pa.ArrowException)
"""What pyarrow raises for a value that Python cannot hold."""


class RowRecords:
    """The rows of a file from number `start` on; row groups before it are not read.

    A file or row group that cannot be read gives one record `truncated_archive`, and ends the archive.
    """

    def __init__(self, file: BinaryIO, start: int = 0) -> None:
        self.file = file
        self.start = start
        """Rows before this number are not made into records; may be raised while reading."""
        self.group_starts: list[int] = []
        """The numbers of the first rows of the row groups."""
        self.records = self.read()

    def __iter__(self) -> Iterator[RawRecord]:
        return self

    def __next__(self) -> RawRecord:
        return next(self.records)

    def is_far(self, number: int, behind: int) -> bool:
        """Whether row `number` lies in a later row group than row `behind`: a new reader gets there without decoding."""
        return any(behind < start <= number for start in self.group_starts)

    def read(self) -> Iterator[RawRecord]:
        """The records, and at the end the damage."""
        number = 0
        try:
            table = pq.ParquetFile(self.file, page_checksum_verification=True, buffer_size=PIECE)
            sizes = [table.metadata.row_group(group).num_rows for group in range(table.num_row_groups)]
            self.group_starts = [sum(sizes[:group]) for group in range(len(sizes))] if len(sizes) < 10_000 else []
            columns = wanted_columns(table)
            for group, rows in enumerate(sizes):
                if number + rows <= self.start:
                    number += rows
                    continue
                huge = unbounded_columns(table, group, columns)
                taken = [name for name in columns if name not in huge]
                batches = table.iter_batches(batch_rows(table, group, taken), [group], taken, use_threads=False)
                while (batch := next(batches, None)) is not None:
                    if number + batch.num_rows > self.start:
                        for record in batch_records(batch, number):
                            if record.offset >= self.start:
                                yield refused(record, huge) if huge else record
                    number += batch.num_rows
                    batch = None  # or two of them are held while the next is decoded
        except (pa.ArrowException, KeyError, ValueError) as error:
            broken: Exception = error
        except OSError as error:
            if error.errno is not None:  # of the file system: reading may succeed another time
                raise
            broken = error
        else:
            return
        if number >= self.start:
            yield damaged(self.file, number, broken)


def damaged(file: BinaryIO, number: int, error: Exception) -> RawRecord:
    """The record that stands for all that cannot be read, with the beginning of the file."""
    file.seek(0)
    detail = f"parquet: {str(error)[:300]}; the rows before it were read"
    return RawRecord(file.read(HEAD), number, failure="truncated_archive", failure_detail=detail)


def wanted_columns(table: pq.ParquetFile) -> list[str]:
    """The columns that are read: those that some format names, and of the others what is plain and small.

    A table is no message: beside its articles it may hold vectors, pictures and pages, which nobody asked for.
    """
    sizes = column_bytes(table)
    rows = max(1, table.metadata.num_rows)
    return [
        field.name
        for field in table.schema_arrow
        if is_property(field.name) or (is_plain(field.type) and sizes.get(field.name, 0) <= SMALL * rows)
    ]


def column_bytes(table: pq.ParquetFile) -> Mapping[str, int]:
    """Bytes of the columns that are not nested, by name, unpacked."""
    found: dict[str, int] = {}
    for group in range(table.num_row_groups):
        facts = table.metadata.row_group(group)
        for i in range(facts.num_columns):
            column = facts.column(i)
            found[column.path_in_schema] = found.get(column.path_in_schema, 0) + column.total_uncompressed_size
    return found


def is_plain(kind: pa.DataType) -> bool:
    """Whether values of a type are one string, number, truth value or date."""
    if pa.types.is_dictionary(kind):
        return is_plain(kind.value_type)
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(is_text or pa.types.is_primitive(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind))


def group_columns(
    table: pq.ParquetFile, group: int, columns: list[str]
) -> Iterator[tuple[str, pq.ColumnChunkMetaData]]:
    """What the file says of those columns in a row group, by name; of a nested column each leaf."""
    facts = table.metadata.row_group(group)
    names = set(columns)
    for i in range(facts.num_columns):
        column = facts.column(i)
        path = column.path_in_schema
        if (name := path if path in names else path.split(".")[0]) in names:
            yield name, column


def unbounded_columns(table: pq.ParquetFile, group: int, columns: list[str]) -> list[str]:
    """The columns that cannot be decoded in bounded memory: packed as no text is, and too large on average."""
    least = max(BOMB_BYTES, MAX_MESSAGE * table.metadata.row_group(group).num_rows)
    return [
        name
        for name, column in group_columns(table, group, columns)
        if column.total_uncompressed_size > max(least, BOMB_RATIO * column.total_compressed_size)
    ]


def refused(record: RawRecord, huge: list[str]) -> RawRecord:
    """The record of a row without the columns that were not decoded."""
    detail = f"{', '.join(huge)}: more than {MAX_MESSAGE} bytes a row on average, packed as no text is; at most {MAX_MESSAGE} are taken"
    return RawRecord(record.value, record.offset, failure="too_large", failure_detail=detail)


def batch_rows(table: pq.ParquetFile, group: int, columns: list[str]) -> int:
    """How many rows of a group are decoded at once, so that a batch of them stays small whatever it holds."""
    wanted = [column for _, column in group_columns(table, group, columns)]
    unpacked = sum(column.total_uncompressed_size for column in wanted)
    packed = sum(column.total_compressed_size for column in wanted)
    shared = sum(
        column.data_page_offset - column.dictionary_page_offset for column in wanted if column.has_dictionary_page
    )
    average = unpacked / max(1, table.metadata.row_group(group).num_rows)
    if unpacked > BATCH_BYTES and (unpacked > BOMB_RATIO * packed or shared > BATCH_BYTES // 4):
        return 1
    return max(1, min(BATCH, int(BATCH_BYTES / max(1.0, average))))


def batch_records(batch: pa.RecordBatch, number: int) -> Iterator[RawRecord]:
    """The rows of a batch, of which the first has the number given."""
    if batch.nbytes > MAX_MESSAGE:
        if batch.num_rows > 1:
            for i in range(batch.num_rows):
                yield from batch_records(batch.slice(i, 1), number + i)
            return
        if row_bytes(batch) > MAX_MESSAGE:
            yield too_large(batch).record(number)
            return
    try:
        columns = [column_values(column) for column in batch.columns]
    except UNREADABLE as error:
        if batch.num_rows > 1:
            for i in range(batch.num_rows):
                yield from batch_records(batch.slice(i, 1), number + i)
        else:
            detail = f"row cannot be read: {error}"[:500]
            yield RawRecord(readable(batch), number, failure="unreadable_row", failure_detail=detail)
        return
    names = batch.schema.names
    for i in range(batch.num_rows):
        value = row_json(dict(zip(names, (values[i] for values in columns), strict=True)))
        if len(value) > MAX_MESSAGE:
            yield Overlong([value]).record(number + i)
        else:
            yield RawRecord(value, number + i)


def row_bytes(row: pa.RecordBatch) -> int:
    """Bytes of the values of one row; a dictionary that rows share counts for none."""
    return sum(column.nbytes for column in row.columns if not pa.types.is_dictionary(column.type))


def too_large(row: pa.RecordBatch) -> Overlong:
    """What stands for a row that is too large: its values one after the other, without a copy of the whole."""
    overlong = Overlong([])
    for name, column in sorted(zip(row.schema.names, row.columns, strict=True), key=lambda named: named[1].nbytes):
        overlong.add(f"{name}: ".encode())
        kind = column.type
        if (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)) and column[
            0
        ].is_valid:
            view = memoryview(column[0].as_buffer())
            for at in range(0, len(view), PIECE):
                overlong.add(bytes(view[at : at + PIECE]))
        else:
            overlong.add(str(column[0])[:HEAD].encode("utf-8", "replace"))
        overlong.add(b"\n")
    return overlong


def column_values(column: pa.Array) -> list[Any]:
    """The values of a column as Python has them. Raises ValueError for text that is none."""
    try:
        kind = readable_type(column.type)
        values: list[Any] = (column if kind == column.type else column.cast(kind, safe=False)).to_pylist()
    except UNREADABLE:
        values = [value_of(column[i]) for i in range(len(column))]
    return values


def readable_type(kind: pa.DataType) -> pa.DataType:
    """The type with times cut to microseconds, which is all that Python's hold, in zones that it knows, else in UTC."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us" if kind.unit == "ns" else kind.unit, known_zone(kind.tz))
    if pa.types.is_time64(kind):
        return pa.time64("us")
    if pa.types.is_duration(kind):
        return pa.duration("us") if kind.unit == "ns" else kind
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(readable_type(kind.value_type)))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(readable_type(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(readable_type(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(readable_type(kind.key_type), readable_type(kind.item_type))
    return kind


def known_zone(name: str | None) -> str | None:
    """The zone's name, UTC where nobody knows it; none where there is none."""
    if not name:
        return None
    try:
        pa.lib.string_to_tzinfo(name)
    except (ValueError, LookupError, OSError, pa.ArrowException):
        return "UTC"
    return name


def value_of(value: pa.Scalar) -> Any:
    """One value; of a time that is out of Python's range its number as text, of what is odd otherwise nothing.

    Raises ValueError for text that is none.
    """
    try:
        return value.as_py()
    except UNREADABLE:
        if pa.types.is_string(value.type) or pa.types.is_large_string(value.type):
            raise
        if pa.types.is_timestamp(value.type):
            return f"{value.cast(pa.int64()).as_py()} {value.type.unit} since 1970"
        return None


def row_json(row: dict[str, Any]) -> bytes:
    """A row as a JSON object, without its nulls."""
    held = {name: value for name, value in row.items() if value is not None}
    return json.dumps(held, ensure_ascii=False, default=plain).encode("utf-8", "surrogatepass")


def plain(value: Any) -> Any:
    """What JSON has no type for: dates as RFC 3339, bytes as text, else as base64."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(value).decode("ascii")
    return str(value)


def readable(batch: pa.RecordBatch) -> bytes:
    """What can be read of one row, column by column."""
    held: dict[str, Any] = {}
    for name, values in zip(batch.schema.names, batch.columns, strict=True):
        try:
            held[name] = column_values(values)[0]
        except UNREADABLE:
            if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
                held[name] = values.cast(pa.binary())[0].as_py().decode("utf-8", "backslashreplace")
    return row_json(held)[:HEAD]
