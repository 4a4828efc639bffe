"""The tables: names and types as published, and rows that say what was found."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa

from copytaster.records import (
    Article,
    DeadLetter,
    Entity,
    Event,
    Extraction,
    Failure,
    Mention,
    Outlet,
    Participant,
    Quote,
    RawRecord,
    Source,
    Span,
    TextBlock,
    TimeExpression,
)  # fmt: skip
from copytaster.tables import SCHEMAS, dead_letter_row, rows_of, to_arrow

COLUMNS = {
    "articles": "url title text language outlet_domain outlet_country authors section topics published_precision modified_at fetched_at op status warnings missing_tables blocks sentences source source_partition source_offset record_timestamp extra",
    "entities": "entity_id name type aliases titles country geonames_id latitude longitude wikidata_id is_outlet is_anonymous mention_count salience",
    "mentions": "mention_id entity_id start end text kind sentence metonym_country rule confidence",
    "quotes": "quote_id kind start end text content_spans cue_text cue_start cue_end cue_lemma speech_act speaker_text speaker_start speaker_end speaker_entity_id speaker_name speaker_title source_chain hearsay_depth is_headline polarity same_as_quote_id content_hash rule speaker_rule confidence",
    "times": "time_id start end text timex_type timex_value mod interval_start interval_end granularity anchor anchor_time_id is_vague rule confidence",
    "events": "event_id trigger_start trigger_end trigger_text event_type event_mode cameo_code actors recipients locations location_basis date_start date_end date_granularity date_basis time_ids modality polarity is_realized source_quote_id event_cluster_id sentence_start sentence_end rule modality_rule confidence",
}
COMMON = "article_id version_id published_at outlet_name extractor_version model_version"
TEXT = "Moran: we are late\n\n“We are late,” Ann Moran said on Friday."


def example() -> Extraction:
    article = Article(
        title="Moran: we are late",
        text=TEXT[20:],
        id="a1",
        published_at=datetime(2026, 3, 7, 9, tzinfo=UTC),
        outlet=Outlet("The Wire"),
    )
    cut = lambda start, end: Span.cut(TEXT, start, end)  # noqa: E731
    return Extraction(
        article=article,
        blocks=(TextBlock("headline", 0, 18), TextBlock("lead", 20, len(TEXT))),
        sentences=((0, 18), (20, len(TEXT))),
        entities=(Entity("Ann Moran", "PERSON", aliases=("Moran",), salience=0.98765),),
        mentions=(Mention(cut(0, 5), "name", 0, 0), Mention(cut(35, 44), "name", 0, 1, 0.87654)),
        times=(TimeExpression(cut(53, 59), "DATE", "2026-03-06", interval_start=date(2026, 3, 6), interval_end=date(2026, 3, 6), granularity="day", anchor="publication"),),
        quotes=(
            Quote("indirect", cut(7, 18), (cut(7, 18),), speaker_entity=0, speaker_name="Ann Moran", is_headline=True, same_as=1),
            Quote("direct", cut(21, 32), (cut(21, 32),), cue=cut(45, 49), cue_lemma="say", speaker=cut(35, 44), speaker_entity=0, speaker_name="Ann Moran", source_chain=(Source("Ann Moran", "speaker", 0),)),
        ),
        events=(
            Event(cut(45, 49), None, cut(20, len(TEXT)), actors=(Participant("Ann Moran", 0),), times=(0,), source_quote=1, cluster=7),
            Event(cut(28, 32), "ACCUSE", cut(20, len(TEXT)), modality="planned", cluster=7),
        ),
        model_version="m-1",
    )  # fmt: skip


def test_columns_are_the_published_ones() -> None:
    """Exactly the names of the design, in every table; of ours are those of rules, `metonym_country`, `location_basis`, `record_timestamp` and `record_headers`."""
    assert list(SCHEMAS) == [*COLUMNS, "dead_letters"]
    for table, names in COLUMNS.items():
        assert SCHEMAS[table].names == [*COMMON.split(), *names.split()]
    assert (
        SCHEMAS["dead_letters"].names
        == "dead_letter_id stage reason exception message payload payload_sha256 is_tombstone record_key record_timestamp record_headers media_type url version_id source source_partition source_offset extractor_version model_version".split()
    )


def test_every_column_is_described() -> None:
    """A column without a description is no contract."""
    for schema in SCHEMAS.values():
        for field in schema:
            assert len(field.metadata[b"description"]) > 8, field.name


def test_lists_are_never_null() -> None:
    """Empty means that none was found; the schema forbids null lists and null items."""
    for schema in SCHEMAS.values():
        for field in schema:
            if pa.types.is_list(field.type):
                assert not field.nullable
                assert not field.type.value_field.nullable


def test_rows_fit_the_schemas_and_refer_to_each_other() -> None:
    """All references between the tables hold, and every span row carries the text that stands there."""
    rows = rows_of(example(), RawRecord(b"", 5), "wire")
    for table, found in rows.items():
        assert to_arrow(table, found).num_rows == len(found)
        for row in found:
            assert row["version_id"].startswith("a1@")
            if "start" in row:
                assert rows["articles"][0]["text"][row["start"] : row["end"]] == row["text"]
    (entity,) = rows["entities"]
    headline, body = rows["quotes"]
    assert [m["entity_id"] for m in rows["mentions"]] == [entity["entity_id"]] * 2
    assert headline["same_as_quote_id"] == body["quote_id"]
    assert headline["content_hash"] == body["content_hash"]
    assert body["hearsay_depth"] == 1
    assert body["source_chain"] == [{"name": "Ann Moran", "role": "speaker", "entity_id": entity["entity_id"]}]
    said, late = rows["events"]
    assert said["time_ids"] == [rows["times"][0]["time_id"]]
    assert said["source_quote_id"] == body["quote_id"]
    assert said["event_cluster_id"] == late["event_cluster_id"]
    assert (said["is_realized"], late["is_realized"]) == (True, False)
    assert (entity["mention_count"], entity["salience"], rows["mentions"][1]["confidence"]) == (2, 0.988, 0.877)


def test_ids_are_stable_and_tell_versions_apart() -> None:
    """The same article gives the same ids wherever it comes from; a changed text gives others."""
    first = rows_of(example(), RawRecord(b"", 5), "wire")
    again = rows_of(example(), RawRecord(b"", 99), "other")
    assert first["quotes"] == again["quotes"]
    assert first["articles"][0]["source_offset"] == 5
    changed = Article(title="Moran: we are late", text=TEXT[20:] + " She left.", id="a1")
    assert changed.version_id != example().article.version_id


def test_a_withdrawn_article_is_a_row_without_text() -> None:
    """op = delete, status deleted, and no other rows."""
    article = Article(text="", id="a1", op="delete")
    at = datetime(2026, 3, 7, 9, tzinfo=UTC)
    record = RawRecord(None, 3, key=b"a1", timestamp=at)
    rows = rows_of(Extraction(article, status="deleted", model_version="m"), record, "wire")
    assert rows["articles"][0]["record_timestamp"] == at  # all that says when it is from
    assert (rows["articles"][0]["op"], rows["articles"][0]["text"], rows["articles"][0]["status"]) == (
        "delete",
        None,
        "deleted",
    )
    assert sum(len(found) for found in rows.values()) == 1


def test_dead_letters_keep_the_bytes_and_any_message() -> None:
    """Payload and its hash as they came; a lone surrogate in the message does not break the file."""
    letter = DeadLetter(Failure("parse", "not_json", "bad \ud800"), RawRecord(b"\xff{", 12))
    row = dead_letter_row(letter, "m", "wire", 3)
    assert (row["payload"], row["source_offset"], row["source_partition"]) == (b"\xff{", 12, 3)
    assert to_arrow("dead_letters", [row]).num_rows == 1
