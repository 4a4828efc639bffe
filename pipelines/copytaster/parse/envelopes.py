"""What producers put around an article before it is on a topic, taken off again: pure functions of the message.

- Confluent's frame: a zero byte and a schema's number (4 bytes) before the value; JSON behind it needs no schema.
- Kafka Connect's JsonConverter: `{"schema": …, "payload": …}`, and keys as JSON: `"a-1"`, `{"id": 7}`.
- Debezium's change events: `{"before": …, "after": …, "op": "u", "source": …}`.
- CloudEvents 1.0, structured mode: `{"specversion": "1.0", "type": …, "source": …, "data": …}`.

They may lie in each other. What an envelope says besides the article is kept.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from copytaster.parse.documents import RefusalError, read_object
from copytaster.records import RawRecord

FRAME = 5
"""Bytes of Confluent's frame."""

MAX_LAYERS = 5
"""Envelopes in each other; a CloudEvent of a change event of Connect has three."""

CHANGES = frozenset("crudtm")
"""Debezium's operations: create, read (a snapshot), update, delete, truncate, message."""

PARTS = {"org.apache.kafka.connect.data.Timestamp": 1_000, "io.debezium.time.Timestamp": 1_000,
         "io.debezium.time.MicroTimestamp": 1_000_000, "io.debezium.time.NanoTimestamp": 1_000_000_000}  # fmt: skip
"""Parts of a second since 1970 that a number means, by the name of its type in a schema of Connect."""

DAYS = frozenset({"org.apache.kafka.connect.data.Date", "io.debezium.time.Date"})
"""Names of types whose numbers are days since 1970."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Opened:
    """The value that lay in envelopes."""

    item: Any
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What the envelopes say besides, by the kind of envelope."""


def is_framed(value: bytes) -> bool:
    """Whether bytes begin with Confluent's frame; no text does."""
    return len(value) >= FRAME and value[0] == 0


def schema_number(value: bytes) -> int:
    """The number of the schema that a frame names."""
    return int.from_bytes(value[1:FRAME], "big")


def unframed(value: bytes) -> tuple[bytes, dict[str, Any]]:
    """JSON without the frame before it, and the frame's schema id as a note. Raises RefusalError where it is not JSON."""
    if not is_framed(value):
        return value, {}
    number, rest = schema_number(value), value[FRAME:]
    if rest.lstrip()[:1] not in (b"{", b"[", b'"'):
        raise RefusalError(
            "needs_schema",
            f"the value has Confluent's frame with schema id {number} and no JSON behind it: Avro or Protobuf, which "
            f"--value-format and --schema-registry make readable; send it through again then",
        )
    return rest, {"schema_id": number}


def unwrapped(item: Any) -> Opened:
    """A JSON value without the envelopes around it. Raises RefusalError where one holds no article."""
    notes: dict[str, Any] = {}
    for _ in range(MAX_LAYERS):
        opened = next((found for opener in OPENERS if (found := opener(item)) is not None), None)
        if opened is None:
            break
        item = opened.item
        notes |= opened.notes
    return Opened(item, notes)


def connect_payload(item: Any) -> Opened | None:
    """The payload of Connect's `{schema, payload}`, with times as its schema means them; null withdraws the article."""
    if not isinstance(item, dict) or item.keys() != {"schema", "payload"}:
        return None
    schema = item["schema"]
    if schema is not None and not (isinstance(schema, dict) and "type" in schema):
        return None
    payload = item["payload"]
    if payload is None:
        return Opened({"op": "delete"})
    return Opened(from_text(with_times(payload, schema)))


def with_times(value: Any, schema: Any) -> Any:
    """A value of Connect's with RFC 3339 for the numbers that its schema calls times."""
    if not isinstance(schema, dict):
        return value
    name = str(schema.get("name"))
    if isinstance(value, int) and not isinstance(value, bool) and (name in PARTS or name in DAYS):
        try:
            if name in DAYS:
                return (EPOCH + timedelta(days=value)).date().isoformat()
            return (EPOCH + timedelta(microseconds=value * 1_000_000 // PARTS[name])).isoformat()
        except OverflowError:
            return value
    if isinstance(value, dict) and isinstance(fields := schema.get("fields"), list):
        types = {str(part.get("field")): part for part in fields if isinstance(part, dict)}
        return {key: with_times(part, types.get(key)) for key, part in value.items()}
    if isinstance(value, list):
        return [with_times(part, schema.get("items")) for part in value]
    return value


def change_event(item: Any) -> Opened | None:
    """The row after a change of Debezium's; a deleted row withdraws the article. Also rows that its SMT has unwrapped."""
    if not isinstance(item, dict):
        return None
    if "__deleted" in item:
        row = {name: value for name, value in item.items() if not name.startswith("__")}
        notes = {name: value for name, value in item.items() if name.startswith("__")}
        is_deleted = str(item["__deleted"]).lower() == "true"
        return Opened({**row, "op": "delete"} if is_deleted else row, {"debezium": notes})
    change = item.get("op")
    if (
        not isinstance(change, str)
        or change not in CHANGES
        or not ("after" in item or "before" in item)
        or not ("source" in item or "ts_ms" in item)
    ):
        return None
    notes = {"debezium": {name: value for name, value in item.items() if name not in ("before", "after")}}
    if change == "d":
        before = from_text(item.get("before"))
        return Opened({**(before if isinstance(before, dict) else {}), "op": "delete"}, notes)
    after = from_text(item.get("after"))
    if not isinstance(after, dict):
        raise RefusalError("no_article", f"a change event of Debezium's with op {change!r} and no row in `after`")
    return Opened(after, notes)


def cloud_event(item: Any) -> Opened | None:
    """The data of a CloudEvent. Its own id, time and source are the event's, not the article's."""
    if not isinstance(item, dict) or not {"specversion", "type", "source"} <= item.keys():
        return None
    notes = {"cloudevent": {name: value for name, value in item.items() if name not in ("data", "data_base64")}}
    media = str(item.get("datacontenttype") or "application/json").lower()
    data = item.get("data")
    if isinstance(encoded := item.get("data_base64"), str):
        try:
            data = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise RefusalError("not_utf8", f"data_base64 of a CloudEvent holds no text: {error}", error) from None
    if data is None:
        raise RefusalError("no_article", "a CloudEvent without data holds no article")
    if isinstance(data, str) and media.startswith("text/"):
        return Opened({"html" if "html" in media else "text": data}, notes)
    return Opened(from_text(data), notes)


OPENERS = (connect_payload, change_event, cloud_event)


def from_text(value: Any) -> Any:
    """The JSON value that a text spells, where some converter wrote JSON into JSON; anything else as it is."""
    return read_object(value.encode("utf-8", "replace"))[0] if isinstance(value, str) else value


def key_name(record: RawRecord) -> str:
    """The id that a message's key spells; empty of none. Connect's quotation marks and objects of one field are taken off;
    bytes that are not UTF-8 are written as escapes.
    """
    if record.key_text is not None:
        return record.key_text
    key = record.key or b""
    if is_framed(key) and key[FRAME:].lstrip()[:1] in (b"{", b'"'):
        key = key[FRAME:]
    text = key.decode("utf-8", "backslashreplace")
    if text[:1] in ('"', "{"):
        try:
            return spelled(json.loads(text), text)
        except (ValueError, RecursionError):
            return text
    return text


def spelled(value: Any, text: str) -> str:
    """The id that a JSON key means: a text or number, or the one field of an object, or its field `id`; else the text."""
    if isinstance(value, dict):
        if value.keys() == {"schema", "payload"}:
            return spelled(value["payload"], text)
        return spelled(next(iter(value.values())) if len(value) == 1 else value.get("id"), text)
    if value is None or isinstance(value, bool | list):
        return text
    return str(value)


def headers_of(record: RawRecord) -> dict[str, Any]:
    """A message's headers as text, for `articles.extra`; one that comes several times is a list."""
    found: dict[str, list[str | None]] = {}
    for name, value in record.headers:
        found.setdefault(name, []).append(None if value is None else value.decode("utf-8", "backslashreplace"))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
