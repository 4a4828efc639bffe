"""Messages as other people's producers write them, on a real broker: framed, in envelopes, with headers, empty."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from schema_registry import Registry
from services.job import drain
from services.kafka_broker import Broker
from services.test_streaming import messages_of
from wire import article, ask

SCHEMA = {
    "type": "record",
    "name": "Story",
    "fields": [{"name": name, "type": "string"} for name in ("id", "title", "text", "published_at")],
}


def test_frames_envelopes_keys_and_headers(broker: Broker, topic: str, tmp_path: Path) -> None:
    """All are taken in, but for Avro without a registry and an empty value, which come to the dead letters with all they had;
    once there is a registry, a redrive takes in what needed it, and a new lake all at once.
    """
    registry = Registry()
    story = [{**article(number), "id": f"s-{number}"} for number in range(8)]
    write = AvroSerializer(SchemaRegistryClient({"url": registry.url}), json.dumps(SCHEMA))
    fields = {field["name"] for field in SCHEMA["fields"]}  # type: ignore[index]
    avro = write({k: v for k, v in story[5].items() if k in fields}, SerializationContext(topic, MessageField.VALUE))
    nameless = {name: value for name, value in story[6].items() if name != "id"}
    event = {"specversion": "1.0", "id": "e", "source": "/cms", "type": "published"}
    messages: list[tuple[bytes, bytes]] = [
        (b"k0", b"\0\0\0\0\7" + json.dumps(story[0]).encode()),
        (b"k1", json.dumps({"schema": {"type": "struct", "fields": []}, "payload": story[1]}).encode()),
        (b"k2", json.dumps({"before": None, "after": story[2], "op": "c", "source": {}, "ts_ms": 1}).encode()),
        (b"k3", json.dumps({**event, "data": story[3]}).encode()),
        (b'{"id": "s-2"}', json.dumps({"before": {"id": "s-2"}, "after": None, "op": "d", "source": {}}).encode()),
        (b"k5", avro),
        (b'"quoted"', json.dumps(nameless).encode()),
        (b'"emptied"', b""),
    ]
    with broker.producer() as producer:
        for number, (key, value) in enumerate(messages):
            headers = [("trace", b"t-%d" % number), ("stage", b"theirs")]
            producer.send(topic, value, key=key, headers=headers, partition=0).get(30)
    broker.create_topic("morgue-of-messages", 1)

    lake = drain(broker, topic, tmp_path / "lake", "--dead-letter-topic", "morgue-of-messages")
    rows = ask(
        f"SELECT article_id, op, extra, record_timestamp FROM '{lake}/articles/**/*.parquet' ORDER BY source_offset"
    )
    assert [row[:2] for row in rows] == [
        ("s-0", "upsert"), ("s-1", "upsert"), ("s-2", "upsert"), ("s-3", "upsert"), ("s-2", "delete"), ("quoted", "upsert"),
    ]  # fmt: skip
    assert json.loads(str(rows[0][2])) == {
        "envelope": {"schema_id": 7},
        "kafka_headers": {"trace": "t-0", "stage": "theirs"},
    }
    assert json.loads(str(rows[3][2]))["envelope"] == {"cloudevent": event}
    assert None not in [row[3] for row in rows]
    letters = ask(
        f"SELECT source_offset, reason, payload, record_headers FROM '{lake}/dead_letters/**/*.parquet' ORDER BY source_offset"
    )
    assert [row[:2] for row in letters] == [(5, "needs_schema"), (7, "not_json")]
    assert letters[0][2] == avro
    assert letters[0][3] == [{"name": "trace", "value": b"t-5"}, {"name": "stage", "value": b"theirs"}]
    sent = messages_of(broker, "morgue-of-messages")
    assert [message.value for message in sent] == [avro, b""]
    names = [name for name, _ in sent[0].headers]
    assert names[:3] == ["trace", "stage", "stage"]
    assert dict(sent[0].headers)["stage"] == b"parse"
    assert dict(sent[0].headers)["source_key"] == b"k5"

    command = [sys.executable, "-m", "copytaster.cli", "dead-letters", "--redrive", "--lake", str(lake)]
    done = subprocess.run([*command, "--schema-registry", registry.url], capture_output=True, text=True, check=False)
    assert "1 taken in, 1 failed again" in " ".join(done.stdout.split()), done.stdout + done.stderr
    again = ask(f"SELECT extra FROM '{lake}/articles/**/*.parquet' WHERE article_id = 's-5'")
    assert json.loads(str(again[0][0]))["kafka_headers"] == {"trace": "t-5", "stage": "theirs"}

    flags = ["--value-format", "avro", "--schema-registry", registry.url, "--empty-value", "tombstone"]
    lake = drain(broker, topic, tmp_path / "whole" / "lake", *flags)
    rows = ask(
        f"SELECT article_id, op FROM '{lake}/articles/**/*.parquet' WHERE source_offset IN (5, 7) ORDER BY source_offset"
    )
    assert rows == [("s-5", "upsert"), ("emptied", "delete")]
    registry.close()
