"""Avro, Protobuf and JSON as Confluent's own serialisers write them, read through a registry that they registered with."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import grpc_tools.protoc
import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from copytaster.parse import parse_record
from copytaster.records import Article, Failure, RawRecord
from copytaster.sources.brokers import TopicError
from copytaster.sources.schema_registry import RegistryError, SchemaRegistry
from schema_registry import Registry

VALUE = SerializationContext("news", MessageField.VALUE)
KEY = SerializationContext("news", MessageField.KEY)
TEXT = "The ferry to Holm runs again, the harbour office said."
MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

AUTHOR = {"type": "record", "name": "Author", "namespace": "news", "fields": [{"name": "name", "type": "string"}]}
STORY = {
    "type": "record",
    "name": "Story",
    "namespace": "news",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "text", "type": "string"},
        {
            "name": "published_at",
            "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}],
            "default": None,
        },
        {"name": "topics", "type": {"type": "array", "items": "string"}, "default": []},
        {"name": "desk", "type": {"type": "enum", "name": "Desk", "symbols": ["SEA", "LAND"]}},
    ],
}
PROTO = """
syntax = "proto3";
package news;
import "google/protobuf/timestamp.proto";
import "parts/outlet.proto";
message Ping { int32 number = 1; }
message Story {
  string id = 1;
  string text = 2;
  google.protobuf.Timestamp published_at = 3;
  Outlet outlet = 4;
  message Correction { string id = 1; string text = 2; }
}
"""
OUTLET = 'syntax = "proto3"; package news; message Outlet { string name = 1; string country = 2; }'


@pytest.fixture
def registry() -> Iterator[Registry]:
    running = Registry()
    yield running
    running.close()


def client(registry: Registry) -> SchemaRegistryClient:
    """Confluent's client of the registry."""
    return SchemaRegistryClient({"url": registry.url})


def article(registry: Registry, value: bytes, key: bytes | None = None) -> Article:
    """What a framed value is taken in as."""
    found = parse_record(SchemaRegistry(registry.url).read(RawRecord(value, 0, key=key)))
    assert isinstance(found, Article), found
    return found


def failure(registry: Registry, value: bytes) -> Failure:
    """Why a framed value is not taken in."""
    found = parse_record(SchemaRegistry(registry.url).read(RawRecord(value, 0)))
    assert isinstance(found, Failure)
    return found


def test_avro(registry: Registry) -> None:
    """A time is one, a key without an id names the article, and each schema is asked for once."""
    write = AvroSerializer(client(registry), json.dumps(STORY))
    name = AvroSerializer(client(registry), '"string"')("a-7", KEY)
    for number in (1, 2):
        story = {"id": f"a-{number}", "text": TEXT, "published_at": MOMENT, "topics": ["sea"], "desk": "SEA"}
        found = article(registry, write(story, VALUE), key=name)
        assert (found.id, found.text, found.published_at, found.topics) == (f"a-{number}", TEXT, MOMENT, ("sea",))
        assert found.extra == {"desk": "SEA"}
    assert article(registry, b'{"text": "' + TEXT.encode() + b'"}', key=name).id == "a-7"
    assert sorted(path for path in registry.asked if path.startswith("/schemas")) == [
        "/schemas/ids/1",
        "/schemas/ids/2",
    ]


def test_avro_with_references(registry: Registry) -> None:
    """A schema that names another's type."""
    client(registry).register_schema("author", Schema(json.dumps(AUTHOR), "AVRO"))
    story = {**STORY, "fields": [*STORY["fields"], {"name": "by", "type": "news.Author"}]}
    schema = Schema(json.dumps(story), "AVRO", [SchemaReference("news.Author", "author", 1)])
    value = {"id": "a-1", "text": TEXT, "desk": "LAND", "topics": [], "by": {"name": "Lena Ostby"}}
    found = article(registry, AvroSerializer(client(registry), schema)(value, VALUE))
    assert found.extra == {"desk": "LAND", "by": {"name": "Lena Ostby"}}


@pytest.mark.parametrize("are_texts", [True, False])
def test_protobuf(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, are_texts: bool) -> None:
    """The second message of a schema, one within it, imports of ours and of Google's.

    Confluent's client registers compiled schemas, which Confluent's registry gives as text and others as they are.
    """
    module = generated(tmp_path, monkeypatch)
    serialise = {"use.deprecated.format": False}
    story = module.Story(id="a-1", text=TEXT, outlet={"name": "Sea Post", "country": "NO"})
    story.published_at.FromDatetime(MOMENT)
    framed = ProtobufSerializer(module.Story, client(registry), serialise)(story, VALUE)
    if are_texts:
        for schema, text in zip(registry.schemas, (OUTLET, PROTO), strict=True):
            schema["schema"] = text
    found = article(registry, framed)
    assert (found.id, found.text, found.published_at) == ("a-1", TEXT, MOMENT)
    assert (found.outlet.name, found.outlet.country) == ("Sea Post", "NO")
    kind = module.Story.Correction
    corrected = ProtobufSerializer(kind, client(registry), serialise)(kind(id="a-2", text=TEXT), VALUE)
    assert article(registry, corrected).id == "a-2"


def generated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The Python module that protobuf's compiler makes of the test's schema."""
    (folder / "parts").mkdir()
    (folder / "parts" / "outlet.proto").write_text(OUTLET)
    (folder / "story.proto").write_text(PROTO)
    known = Path(grpc_tools.protoc.__file__).parent / "_proto"
    flags = [f"-I{folder}", f"-I{known}", f"--python_out={folder}"]
    assert grpc_tools.protoc.main(["", *flags, "story.proto", "parts/outlet.proto"]) == 0
    monkeypatch.syspath_prepend(str(folder))
    spec = importlib.util.spec_from_file_location("story_pb2", folder / "story_pb2.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_json_schema(registry: Registry) -> None:
    """JSON in the frame is read with a registry as without."""
    schema = json.dumps({"title": "Story", "type": "object", "properties": {"id": {"type": "string"}}})
    framed = JSONSerializer(schema, client(registry))({"id": "a-1", "text": TEXT}, VALUE)
    assert article(registry, framed).id == "a-1"
    plain = parse_record(RawRecord(framed, 0))
    assert isinstance(plain, Article)
    assert plain.extra == {"envelope": {"schema_id": 1}}


def test_what_is_no_value_of_its_schema(registry: Registry) -> None:
    """A dead letter with the reason: no such schema, or bytes that are not of it."""
    story = {"id": "a-1", "text": TEXT, "published_at": None, "topics": [], "desk": "SEA"}
    framed = AvroSerializer(client(registry), json.dumps(STORY))(story, VALUE)
    assert failure(registry, b"\0\0\0\0\x63" + framed[5:]).reason == "unknown_schema"
    for damaged in (framed[:-3], framed + b"more", framed[:5], framed[:5] + b"\xff" * 20):
        told = failure(registry, damaged)
        assert (told.stage, told.reason) == ("parse", "not_of_schema")
        assert f"schema id 1 of {registry.url}" in told.message


def test_a_registry_that_wants_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment; a refusal, and a registry that is away, is an error to try again, no dead letter."""
    registry = Registry("newsroom", "s3cret")
    write = AvroSerializer(
        SchemaRegistryClient({"url": registry.url, "basic.auth.user.info": "newsroom:s3cret"}), '"string"'
    )
    framed = write(json.dumps({"id": "a-1", "text": TEXT}), VALUE)
    with pytest.raises(RegistryError, match=r"401 .*COPYTASTER_SCHEMA_REGISTRY_USERNAME"):
        failure(registry, framed)
    monkeypatch.setenv("COPYTASTER_SCHEMA_REGISTRY_USERNAME", "newsroom")
    monkeypatch.setenv("COPYTASTER_SCHEMA_REGISTRY_PASSWORD", "s3cret")
    assert article(registry, framed).id == "a-1"
    registry.close()
    with pytest.raises(RegistryError, match=r"does not answer: .*--schema-registry"):
        SchemaRegistry(f"{registry.url}/").read(RawRecord(framed, 0))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("registry:8081", "no address of a schema registry"),
        ("https://me:s3cret@registry", "has a user in it"),
        ("http://registry.example:8081", "another machine: use https"),
    ],
)
def test_an_address_that_is_refused(url: str, told: str) -> None:
    with pytest.raises(TopicError, match=told) as caught:
        SchemaRegistry(url).check(allow_plaintext=False)
    assert "s3cret" not in str(caught.value)
    SchemaRegistry("http://localhost:8081").check(allow_plaintext=False)
