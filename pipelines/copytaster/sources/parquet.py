"""Parquet: one record a row, as the JSON object of its columns."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from copytaster.parse import MAX_MESSAGE
from copytaster.records import RawRecord
from copytaster.sources.lines import HEAD, Overlong

BATCH = 32
"""Rows decoded at once: 32 rows of 10 MB are all the memory that a batch takes."""


def row_records(file: BinaryIO, start: int = 0) -> Iterator[RawRecord]:
    """The rows from number `start` on; row groups before it are not read.

    A file or row group that cannot be read gives one record `truncated_archive`, and ends the archive.
    """
    number = 0
    try:
        table = pq.ParquetFile(file, page_checksum_verification=True)
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if number + rows <= start:
                number += rows
                continue
            for batch in table.iter_batches(batch_size=BATCH, row_groups=[group]):
                for record in batch_records(batch, number):
                    if record.offset >= start:
                        yield record
                number += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, pa.ArrowIndexError) as error:
        broken: Exception = error
    except OSError as error:
        if error.errno is not None:  # of the file system: reading may succeed another time
            raise
        broken = error
    else:
        return
    if number >= start:
        yield damaged(file, number, broken)


def damaged(file: BinaryIO, number: int, error: Exception) -> RawRecord:
    """The record that stands for all that cannot be read, with the beginning of the file."""
    file.seek(0)
    detail = f"parquet: {str(error)[:300]}; the rows before it were read"
    return RawRecord(file.read(HEAD), number, failure="truncated_archive", failure_detail=detail)


def batch_records(batch: pa.RecordBatch, number: int) -> Iterator[RawRecord]:
    """The rows of a batch, of which the first has the number given."""
    batch = to_microseconds(batch)
    try:
        rows = batch.to_pylist()
    except (ValueError, OverflowError, ArithmeticError) as error:
        if batch.num_rows > 1:
            for i in range(batch.num_rows):
                yield from batch_records(batch.slice(i, 1), number + i)
        else:
            detail = f"row cannot be read: {error}"[:500]
            yield RawRecord(readable(batch), number, failure="unreadable_row", failure_detail=detail)
        return
    for i, row in enumerate(rows):
        value = row_json(row)
        if len(value) > MAX_MESSAGE:
            yield Overlong([value]).record(number + i)
        else:
            yield RawRecord(value, number + i)


def to_microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with times cut to microseconds, which is all that Python's hold."""
    for i, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            kind = pa.timestamp("us", field.type.tz)
            batch = batch.set_column(i, pa.field(field.name, kind), batch.column(i).cast(kind, safe=False))
    return batch


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
            held[name] = values[0].as_py()
        except (ValueError, OverflowError, ArithmeticError):
            if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
                held[name] = values.cast(pa.binary())[0].as_py().decode("utf-8", "backslashreplace")
    return row_json(held)[:HEAD]
