"""Avro values by their writer's schema, as JSON would say them."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastavro
from fastavro.schema import parse_schema


def avro_reader(schema: str, others: Mapping[str, str]) -> Callable[[bytes], Any]:
    """The reader of values of a schema; `others` are those that it refers to, by name, those first that others need.

    Raises fastavro's errors where it is no schema.
    """
    named: dict[str, Any] = {}
    for other in others.values():
        parse_schema(json.loads(other), named_schemas=named)
    parsed = parse_schema(as_json(schema), named_schemas=named)

    def read(value: bytes) -> Any:
        stream = io.BytesIO(value)
        found = plain(fastavro.schemaless_reader(stream, parsed, None))
        if stream.tell() != len(value):
            raise ValueError(f"{len(value) - stream.tell()} bytes are left behind the value")
        return found

    return read


def as_json(schema: str) -> Any:
    """A schema's JSON; registries give the name of a primitive type with and without quotation marks."""
    try:
        return json.loads(schema)
    except ValueError:
        return schema


def plain(value: Any) -> Any:
    """A value of JSON: times in RFC 3339, bytes as text, or as base 64 where they are none."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta | Decimal | UUID):
        return str(value)
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return value
