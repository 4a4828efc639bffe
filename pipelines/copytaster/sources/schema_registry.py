"""Values that need a schema registry to be read: Avro and Protobuf in Confluent's frame, to the JSON that they mean.

The registry is asked for each schema once a process, by the number in the frame; a number means the same schema for ever, so
that a record gives the same rows whenever it is read. Any registry with Confluent's REST interface does (Confluent, Karapace,
Redpanda, Apicurio under `/apis/ccompat/v7`).
"""

from __future__ import annotations

import base64
import functools
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from copytaster.parse.envelopes import FRAME, is_framed, schema_number
from copytaster.records import Failure, RawRecord
from copytaster.sources.avro import avro_reader
from copytaster.sources.brokers import TopicError, is_loopback
from copytaster.sources.protobuf import protobuf_reader
from copytaster.sources.variables import PASSWORD_VARIABLE, USER_VARIABLE

SECONDS = 10.0
"""How long the registry may take to answer."""

Reader = Callable[[bytes], Any]
"""Bytes behind the frame to a value that JSON can hold. Raises whatever it likes where they are not of the schema."""


class RegistryError(TopicError):
    """The registry does not answer, or not us; worth another try."""


class NoSchemaError(Exception):
    """The registry has no such schema, or it is none."""


@dataclass(frozen=True)
class SchemaRegistry:
    """The registry at an address."""

    url: str

    def check(self, *, allow_plaintext: bool) -> None:
        """Raises TopicError where the address is none, or is spoken to in plain text on another machine, unless allowed."""
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise TopicError(
                f"{self.url!r} is no address of a schema registry; give http(s)://host:port in --schema-registry"
            )
        if parts.username or parts.password:
            raise TopicError(
                f"the address of the schema registry has a user in it, for all to see; set {USER_VARIABLE} and {PASSWORD_VARIABLE}"
            )
        if parts.scheme == "http" and not is_loopback(f"{parts.hostname}:0") and not allow_plaintext:
            raise TopicError(f"{self.url} is another machine: use https, or allow plain text with --allow-plaintext")

    def read(self, record: RawRecord) -> RawRecord:
        """The record with the JSON that its framed value means, or why it has none; one without a frame as it is.

        Raises RegistryError.
        """
        if record.key and is_framed(record.key):
            key = self.opened(record.key)
            if not isinstance(key, Failure):
                record = replace(record, key_text=key if isinstance(key, str) else json.dumps(key))
        if record.value and is_framed(record.value):
            item = self.opened(record.value)
            if isinstance(item, str):  # JSON written as Avro's type string
                record = replace(record, document=item.encode())
            else:
                record = replace(record, document=item if isinstance(item, Failure) else json.dumps(item).encode())
        return record

    def opened(self, framed: bytes) -> Any:
        """What a framed value means, or a Failure. Raises RegistryError."""
        number = schema_number(framed)
        try:
            reader = schema_reader(self, number)
        except NoSchemaError as error:
            return Failure("parse", "unknown_schema", f"schema id {number} of {self.url}: {error}"[:1000])
        try:
            return reader(framed[FRAME:])
        except Exception as error:  # bytes of anything may come under the number of a schema
            told = f"not a value of schema id {number} of {self.url}: {type(error).__name__}: {error}"
            return Failure("parse", "not_of_schema", told[:1000])

    def ask(self, path: str) -> dict[str, Any]:
        """What the registry says. Raises NoSchemaError where it has no such thing, and RegistryError."""
        request = urllib.request.Request(f"{self.url.rstrip('/')}{path}", headers={"Accept": "application/json"})
        if user := os.environ.get(USER_VARIABLE):
            token = base64.b64encode(f"{user}:{os.environ.get(PASSWORD_VARIABLE, '')}".encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                found: dict[str, Any] = json.loads(answer.read())
                return found
        except urllib.error.HTTPError as error:
            if error.code == 404:
                raise NoSchemaError("the registry has none") from error
            cure = f"; check {USER_VARIABLE} and {PASSWORD_VARIABLE}" if error.code in (401, 403) else ""
            raise RegistryError(f"the schema registry {self.url} answers {error.code} {error.reason}{cure}") from error
        except (OSError, ValueError) as error:
            raise RegistryError(
                f"the schema registry {self.url} does not answer: {error}; check --schema-registry"
            ) from error

    def references(self, schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The schemas that one refers to, by the name that it has for each, those first that others need."""
        found: dict[str, dict[str, Any]] = {}
        for reference in schema.get("references") or ():
            subject = urllib.parse.quote(reference["subject"], safe="")
            other = self.ask(f"/subjects/{subject}/versions/{int(reference['version'])}")
            found |= self.references(other) | {reference["name"]: other}
        return found


@functools.lru_cache(maxsize=1000)
def schema_reader(registry: SchemaRegistry, number: int) -> Reader:
    """The reader of values of a schema. Raises NoSchemaError and RegistryError."""
    schema = registry.ask(f"/schemas/ids/{number}")
    kind = schema.get("schemaType", "AVRO")
    others = {name: other["schema"] for name, other in registry.references(schema).items()}
    try:
        if kind == "AVRO":
            return avro_reader(schema["schema"], others)
        if kind == "PROTOBUF":
            return protobuf_reader(schema["schema"], others)
    except ImportError:
        raise
    except Exception as error:
        raise NoSchemaError(f"it is no schema of {kind}: {error}") from error
    if kind == "JSON":
        return json.loads
    raise NoSchemaError(f"its kind is {kind}; known are AVRO, PROTOBUF and JSON")
