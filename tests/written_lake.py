"""A lake of records as a test writes them, published as the job does, without a model: for tests of what reads a lake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from copytaster.lake.blocks import Block, Manifest
from copytaster.lake.files import publish_block
from copytaster.lake.log import LakeLog, manifest_name, to_json
from copytaster.lake.storage import Storage
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
    Span,
    TextBlock,
    TimeExpression,
)

MODEL = "written-1"


@dataclass(frozen=True)
class Written:
    """One record: an article's text, None for its withdrawal, or a dead letter where `reason` is given."""

    id: str
    text: str | None = None
    modified_at: datetime | None = None
    fetched_at: datetime | None = None
    published_at: datetime | None = None
    timestamp: datetime | None = None
    reason: str | None = None


def publish(
    log: LakeLog,
    source: str,
    start: int,
    records: Sequence[Written],
    *,
    at: datetime,
    partition: int = 0,
    offsets: Sequence[int] = (),
) -> Manifest:
    """Publishes a block of these records, as if at the moment `at`; `offsets` are those of a redriven block's letters."""
    end = offsets[-1] + 1 if offsets else start + len(records)
    block = Block(source=source, partition=partition, start=start, end=end)
    log.plan(block)
    raw = [
        RawRecord(None if r.text is None else r.text.encode(), offset, key=r.id.encode(), timestamp=r.timestamp)
        for offset, r in zip(offsets or range(start, end), records, strict=True)
    ]
    results = [result_of(r, record) for r, record in zip(records, raw, strict=True)]
    title = source.partition("~")[0]
    manifest = publish_block(log, block, raw, results, model_version=MODEL, source_title=title, seconds=dict)
    moved = manifest.model_copy(update={"published_at": at})
    log.storage.put(manifest_name(block), to_json(moved))
    return moved


def result_of(written: Written, record: RawRecord) -> Extraction | DeadLetter:
    """What the layers would have found: a person who says the text on Friday, once in every table."""
    if written.reason:
        return DeadLetter(Failure("parse", written.reason, "written so"), record)
    article = Article(
        text=written.text or "",
        id=written.id,
        op="delete" if written.text is None else "upsert",
        modified_at=written.modified_at,
        fetched_at=written.fetched_at,
        published_at=written.published_at,
        outlet=Outlet("The Harbour Wire"),
    )
    if written.text is None:
        return Extraction(article, status="deleted", model_version=MODEL)
    whole = Span.cut(article.full_text, 0, len(article.full_text))
    return Extraction(
        article=article,
        blocks=(TextBlock("lead", 0, whole.end),),
        sentences=((0, whole.end),),
        entities=(Entity("Ann Moran", "PERSON"),),
        mentions=(Mention(whole, "name", 0, 0),),
        times=(TimeExpression(whole, "DATE", None, anchor="none"),),
        quotes=(Quote("direct", whole, (whole,), speaker_entity=0, speaker_name="Ann Moran"),),
        events=(Event(whole, "CONSULT", whole, actors=(Participant("Ann Moran", 0),), times=(0,), cluster=0),),
        model_version=MODEL,
    )


def day(number: int, hour: int = 0) -> datetime:
    """An hour of a day of March 2026."""
    return datetime(2026, 3, number, hour, tzinfo=UTC)


def log_in(folder: Path) -> LakeLog:
    """The log of a lake in a folder."""
    return LakeLog(Storage(str(folder)))
