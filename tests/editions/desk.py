"""Lakes of blocks without a model: articles with made-up extractions, published by the lake's own writer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copytaster.lake.blocks import Block, Manifest
from copytaster.lake.files import publish_block
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.records import (
    Article,
    DeadLetter,
    Entity,
    Event,
    EventPlace,
    Extraction,
    Failure,
    Mention,
    Participant,
    Quote,
    RawRecord,
    Source,
    Span,
    TimeExpression,
)

MODEL = "desk 1.0"
DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
CHILDREN = ("entities", "mentions", "quotes", "times", "events")


@dataclass(frozen=True)
class Item:
    """One record: an article's version, a withdrawal (no text), or what cannot be read (`broken`)."""

    id: str
    text: str | None = "As before."
    modified_at: datetime | None = None
    timestamp: datetime | None = None
    fetched_at: datetime | None = None
    published_at: datetime | None = DAY
    broken: bool = False
    rows: int = 2
    """Entities, mentions, quotes, times and events of the article."""


def extraction(item: Item) -> Extraction:
    """What was found in the item: `rows` of each kind."""
    sentences = [f"{item.text} So Ann Moran said on day {n}." for n in range(item.rows)]
    text = " ".join(sentences) or f"{item.text}"
    article = Article(
        text="" if item.text is None else text, id=item.id, modified_at=item.modified_at, fetched_at=item.fetched_at,
        published_at=item.published_at, op="delete" if item.text is None else "upsert",
    )  # fmt: skip
    if item.text is None:
        return Extraction(article, status="deleted", model_version=MODEL)
    starts = [sum(len(sentence) + 1 for sentence in sentences[:n]) for n in range(item.rows)]
    words = [Span.cut(text, start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True)]
    return Extraction(
        article,
        sentences=tuple((span.start, span.end) for span in words),
        entities=tuple(Entity(f"Ann Moran {n}", "PERSON", country="LV", salience=0.5) for n in range(item.rows)),
        mentions=tuple(Mention(span, "name", n, n) for n, span in enumerate(words)),
        times=tuple(TimeExpression(span, "DATE", "2026-03-02", interval_start=DAY.date()) for span in words),
        quotes=tuple(
            Quote("direct", span, (span,), speaker_entity=n, source_chain=(Source(f"Ann Moran {n}", "speaker", n),))
            for n, span in enumerate(words)
        ),
        events=tuple(
            Event(
                span, "CONSULT", span, actors=(Participant(f"Ann Moran {n}", n, "LV"),),
                locations=(EventPlace("Riga"),), times=(n,), cluster=n, source_quote=n,
            )
            for n, span in enumerate(words)
        ),
        model_version=MODEL,
    )  # fmt: skip


class Desk:
    """Writes blocks of items into a lake, each partition from where it is."""

    def __init__(self, lake: Path | str) -> None:
        self.log = LakeLog(Storage(str(lake)))

    def plan(self, count: int, source: str = "wire", partition: int = 0, *, is_last: bool = False) -> Block:
        """Cuts the next block of so many records."""
        start = self.log.progress(source, partition).end or 0
        block = Block(source=source, partition=partition, start=start, end=start + count)
        return self.log.plan(block, is_last=is_last).block

    def publish(self, block: Block, items: Sequence[Item]) -> Manifest:
        """Publishes a block that was cut; the offsets of its records are those from its start on."""
        return self.publish_records(block, {block.start + n: item for n, item in enumerate(items)})

    def publish_records(self, block: Block, items: Mapping[int, Item]) -> Manifest:
        """Publishes a block whose records have these offsets."""
        records = [
            RawRecord(item.id.encode(), offset, key=item.id.encode(), timestamp=item.timestamp)
            for offset, item in items.items()
        ]
        results = [
            DeadLetter(Failure("parse", "not_json", "no JSON"), record) if item.broken else extraction(item)
            for record, item in zip(records, items.values(), strict=True)
        ]
        return publish_block(
            self.log,
            block,
            records,
            results,
            model_version=MODEL,
            source_title=block.source.split("~")[0],
            seconds=dict,
        )

    def take(
        self, items: Sequence[Item], source: str = "wire", partition: int = 0, *, is_last: bool = False
    ) -> Manifest:
        """Cuts and publishes the next block."""
        return self.publish(self.plan(len(items), source, partition, is_last=is_last), items)

    def redrive(self, items: Mapping[int, Item], source: str = "wire", partition: int = 0, round: int = 1) -> Manifest:
        """Sends the dead letters at these offsets through again, as items."""
        name = f"{source}~{round}"
        start = self.log.progress(name, partition).end or 0
        end = self.log.progress(source, partition).published_to or start
        block = self.log.plan(Block(source=name, partition=partition, start=start, end=end)).block
        return self.publish_records(block, items)


def wire(count: int, *, first: int = 0, rows: int = 2) -> list[Item]:
    """So many articles, a day apart every hundred."""
    return [
        Item(f"wire-{n:06d}", f"Text {n}.", timestamp=DAY + timedelta(days=n // 100, seconds=n), rows=rows)
        for n in range(first, first + count)
    ]


def expected_counts(items: Iterable[Item]) -> Counter[str]:
    """How many rows each table has when exactly these hold."""
    counts: Counter[str] = Counter(dict.fromkeys(("articles", *CHILDREN), 0))
    for item in items:
        counts["articles"] += 1
        for table in CHILDREN:
            counts[table] += item.rows
    return counts
