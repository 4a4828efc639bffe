"""Envelopes of producers, taken off: what lay in them is the article, what they say besides is kept."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest

from copytaster.parse import parse_record
from copytaster.records import Article, Failure, RawRecord

ROW = {"id": "a-1", "title": "Ferry runs again", "text": "The ferry to Holm runs again, the harbour office said."}
TYPES = {
    "type": "struct",
    "fields": [
        {"field": "id", "type": "string"},
        {"field": "published_at", "type": "int64", "name": "org.apache.kafka.connect.data.Timestamp"},
        {"field": "modified_at", "type": "int64", "name": "io.debezium.time.MicroTimestamp"},
    ],
}
EVENT = {"specversion": "1.0", "id": "e-9", "source": "/cms", "type": "story.published", "time": "2026-03-01T00:00:00Z"}
CHANGE = {"source": {"table": "stories"}, "ts_ms": 1772355600000}


def taken(item: Any, key: bytes | None = None, **record: Any) -> Article:
    """The article of a message."""
    value = item if isinstance(item, bytes) else json.dumps(item).encode()
    article = parse_record(RawRecord(value, 0, key=key, **record))
    assert isinstance(article, Article), article
    return article


def refused(item: Any) -> Failure:
    """Why a message holds no article."""
    value = item if isinstance(item, bytes) else json.dumps(item).encode()
    failure = parse_record(RawRecord(value, 0))
    assert isinstance(failure, Failure)
    return failure


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        (b"\x00\x00\x00\x01\x2c" + json.dumps(ROW).encode(), {"schema_id": 300}),
        ({"schema": {"type": "struct", "fields": []}, "payload": ROW}, None),
        ({"schema": None, "payload": ROW}, None),
        ({"schema": {"type": "string"}, "payload": json.dumps(ROW)}, None),
        ({**EVENT, "data": ROW}, {"cloudevent": EVENT}),
        ({**EVENT, "data": json.dumps(ROW)}, {"cloudevent": EVENT}),
        ({**EVENT, "data_base64": base64.b64encode(json.dumps(ROW).encode()).decode()}, {"cloudevent": EVENT}),
        ({"before": None, "after": ROW, "op": "c", **CHANGE}, {"debezium": {"op": "c", **CHANGE}}),
        ({"before": ROW, "after": ROW, "op": "u", **CHANGE}, {"debezium": {"op": "u", **CHANGE}}),
        ({"after": json.dumps(ROW), "op": "r", **CHANGE}, {"debezium": {"op": "r", **CHANGE}}),
        ({**ROW, "__deleted": "false", "__op": "u"}, {"debezium": {"__deleted": "false", "__op": "u"}}),
        (
            {"schema": {"type": "struct"}, "payload": {**EVENT, "data": {"after": ROW, "op": "c", **CHANGE}}},
            {"cloudevent": EVENT, "debezium": {"op": "c", **CHANGE}},
        ),
    ],
)  # fmt: skip
def test_what_lies_in_an_envelope(item: Any, kept: dict[str, Any] | None) -> None:
    """The same article in every one, and in several around each other."""
    article = taken(item)
    assert (article.id, article.title, article.text, article.op) == ("a-1", ROW["title"], ROW["text"], "upsert")
    assert article.extra == ({"envelope": kept} if kept else {})


def test_times_of_connect() -> None:
    """A schema says what its numbers mean: parts of a second since 1970."""
    payload = {**ROW, "published_at": 1772355600000, "modified_at": 1772355600000000}
    article = taken({"schema": TYPES, "payload": payload})
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-01T09:00:00+00:00"
    assert article.modified_at == article.published_at


@pytest.mark.parametrize(
    "item",
    [
        {"before": {"id": "a-1"}, "after": None, "op": "d", **CHANGE},
        {"before": None, "after": None, "op": "d", **CHANGE},
        {"schema": {"type": "struct"}, "payload": {"before": ROW, "after": None, "op": "d", **CHANGE}},
        {"schema": {"type": "struct"}, "payload": None},
        {**ROW, "__deleted": "true"},
    ],
)
def test_what_withdraws(item: Any) -> None:
    """A deleted row withdraws its article, named by the row or by the key."""
    article = taken(item, key=b'"a-1"')
    assert (article.id, article.op, article.text) == ("a-1", "delete", "")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (b"a-1", "a-1"),
        (b'"a-1"', "a-1"),
        (b'"with \\"marks\\""', 'with "marks"'),
        (b"17", "17"),
        (b'{"id": 17}', "17"),
        (b'{"desk": "sport", "id": "a-1"}', "a-1"),
        (b'{"schema": {"type": "string"}, "payload": "a-1"}', "a-1"),
        (b'{"schema": {"type": "struct"}, "payload": {"story": 5}}', "5"),
        (b'\x00\x00\x00\x00\x07"a-1"', "a-1"),
        (b'"half', '"half'),
        (b'{"a": 1, "b": 2}', '{"a": 1, "b": 2}'),
        (b"{}", "{}"),
        (b"\xff", "\\xff"),
    ],
)
def test_what_a_key_spells(key: bytes, expected: str) -> None:
    """Connect quotes text keys and writes others as objects; a tombstone and an article without an id go by the same name."""
    article = taken({"text": ROW["text"]}, key=key)
    tombstone = parse_record(RawRecord(None, 0, key=key))
    assert isinstance(tombstone, Article)
    assert (article.id, tombstone.id) == (expected, expected)


@pytest.mark.parametrize(
    ("item", "reason", "told"),
    [
        (b"\x00\x00\x00\x00\x2a\x02\x06a-1", "needs_schema", "schema id 42 .*--value-format and --schema-registry"),
        ({"op": "t", "before": None, "after": None, **CHANGE}, "no_article", "op 't'"),
        ({"op": "u", "before": ROW, "after": None, **CHANGE}, "no_article", "op 'u'"),
        (EVENT, "no_article", "CloudEvent without data"),
        ({**EVENT, "data_base64": "?"}, "not_utf8", "data_base64"),
        ({**EVENT, "data": "{half"}, "not_json", "not JSON"),
        ({"schema": None, "payload": 7}, "not_an_object", "7"),
    ],
)
def test_what_no_envelope_holds(item: Any, reason: str, told: str) -> None:
    """A dead letter that says what there is and, where there is one, the cure."""
    failure = refused(item)
    assert failure.reason == reason
    assert re.search(told, failure.message)


def test_an_article_that_looks_a_little_like_one() -> None:
    """Properties of these names do not make an envelope."""
    for odd in (
        {"op": "update"},
        {"schema": "v2", "payload": "x", "kind": "a"},
        {"specversion": "1.0"},
        {"source": "AP", "op": "c"},
    ):
        assert taken({**ROW, **odd}).text == ROW["text"]


def test_headers_are_kept() -> None:
    """As text, a list where one comes several times; an article without any has none in `extra`."""
    headers = (("trace", b"7f"), ("hop", b"a"), ("hop", b"\xff"), ("empty", None))
    expected = {"kafka_headers": {"trace": "7f", "hop": ["a", "\\xff"], "empty": None}}
    assert taken(ROW, headers=headers).extra == expected
    withdrawn = parse_record(RawRecord(None, 0, key=b"a-1", headers=headers))
    assert isinstance(withdrawn, Article)
    assert withdrawn.extra == expected


def test_html_and_plain_text_of_a_cloud_event() -> None:
    """The content type says what a text is."""
    page = taken({**EVENT, "datacontenttype": "text/html", "data": f"<p>{ROW['text']}</p>"}, key=b"a-1")
    note = taken({**EVENT, "datacontenttype": "text/plain; charset=utf-8", "data": ROW["text"]}, key=b"a-1")
    assert page.text.strip() == note.text == ROW["text"]
