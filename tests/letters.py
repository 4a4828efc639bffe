"""Blocks without a model: of every two records one is an article in a language that is skipped, the other a dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from copytaster.lake.blocks import Block, Manifest
from copytaster.lake.files import publish_block
from copytaster.lake.log import LakeLog
from copytaster.records import Article, DeadLetter, Extraction, Failure, RawRecord

FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)


def letters(start: int, end: int, text: str = "") -> list[RawRecord]:
    """Records of those numbers, one every six hours."""
    return [
        RawRecord(f"Brief {n} {text}".encode(), n, timestamp=FIRST_DAY + timedelta(hours=6 * n))
        for n in range(start, end)
    ]


def outcome(record: RawRecord) -> Extraction | DeadLetter:
    """What becomes of a record."""
    text = (record.value or b"").decode()
    if record.offset % 2:
        return DeadLetter(Failure("parse", "not_json", text), record)
    return Extraction(Article(text=text, id=f"letter-{record.offset}", language="de"), status="skipped_language")


def publish_letters(
    log: LakeLog, block: Block, records: Sequence[RawRecord] | None = None, **settings: str
) -> Manifest:
    """Publishes a block of such records."""
    records = letters(block.start, block.end) if records is None else records
    return publish_block(
        log, block, records, [outcome(record) for record in records],
        model_version="m", source_title=block.source, settings=settings, seconds=dict,
    )  # fmt: skip
