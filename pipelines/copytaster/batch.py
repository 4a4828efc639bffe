"""One block on its way from its source to the lake: plain functions, each a step of the pipeline.

    read_batch -> parse_batch -> annotate_batch -> run_layer_on_batch (each layer) -> finish_batch -> publish_batch

A batch keeps its records beside the results, so that whatever fails becomes a dead letter with its original bytes and
nothing is lost: records in = articles + dead letters out, which the manifest asserts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any

from spacy.language import Language

from copytaster.annotate import BATCH_SIZE, model_version
from copytaster.extract import Draft, attempt_layer, draft_batch, finish_draft
from copytaster.lake.blocks import Manifest
from copytaster.lake.files import letters_of, publish_block
from copytaster.lake.log import LakeLog
from copytaster.parse import parse_record
from copytaster.records import Article, DeadLetter, Extraction, Failure, RawRecord, TooSlowError
from copytaster.sources.tasks import Task
from copytaster.time_limit import MAX_ARTICLE_SECONDS, time_limit

Item = Article | Draft | Extraction | DeadLetter


@dataclass(frozen=True)
class Batch:
    """The records of a block and what has become of each so far: `items[i]` is made of `records[i]`."""

    task: Task
    records: tuple[RawRecord, ...]
    items: tuple[Item, ...] = ()
    model_version: str = ""
    lost: int = 0
    """Offsets at the start of the block that the source no longer had."""
    settings: dict[str, str] = field(default_factory=dict)
    """Settings that shaped the items, by name; a lake keeps to those it was begun with."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent by stage."""

    def after(self, stage: str, begin: float, items: Iterable[Item], **changes: Any) -> Batch:
        """The batch with new items and the time that has passed since `begin` (perf_counter) under the stage's name."""
        done = tuple(items)
        return replace(self, items=done, seconds={**self.seconds, stage: time.perf_counter() - begin}, **changes)


def read_batch(task: Task) -> Batch:
    """The records of a task's block."""
    begin = time.perf_counter()
    reading = task.source.read(task.block)
    return Batch(task, reading.records, lost=reading.lost, seconds={"read": time.perf_counter() - begin})


def parse_batch(
    batch: Batch, *, format: str = "auto", default_zone: tzinfo = UTC, max_seconds: float = MAX_ARTICLE_SECONDS
) -> Batch:
    """The batch with an article, or a dead letter, of each record."""
    begin = time.perf_counter()
    settings = {"format": format, "default_zone": str(default_zone)}
    return batch.after(
        "parse", begin, (parsed_item(r, format, default_zone, max_seconds) for r in batch.records), settings=settings
    )


def parsed_item(
    record: RawRecord, format: str, default_zone: tzinfo, max_seconds: float = MAX_ARTICLE_SECONDS
) -> Article | DeadLetter:
    """The article of a record, or the dead letter that it becomes."""
    try:
        with time_limit(max_seconds):
            parsed = parse_record(record, format=format, default_zone=default_zone)
    except TooSlowError as error:
        parsed = Failure.of("parse", error)
    return DeadLetter(parsed, record) if isinstance(parsed, Failure) else parsed


def annotate_batch(batch: Batch, nlp: Language, max_seconds: float = MAX_ARTICLE_SECONDS) -> Batch:
    """The batch with the annotated draft of each article. Call it inside `nlp.memory_zone()`, and leave the zone only
    when the drafts are finished.
    """
    begin = time.perf_counter()
    version = model_version(nlp)
    items = list(batch.items)
    waiting = [i for i, item in enumerate(items) if isinstance(item, Article)]
    for first in range(0, len(waiting), BATCH_SIZE):
        numbers = waiting[first : first + BATCH_SIZE]
        articles = [item for i in numbers if isinstance(item := items[i], Article)]
        for i, result in zip(numbers, draft_batch(articles, nlp, version, max_seconds), strict=True):
            items[i] = DeadLetter(result, batch.records[i]) if isinstance(result, Failure) else result
    return batch.after("annotate", begin, items, model_version=version)


def run_layer_on_batch(batch: Batch, name: str, layer: Callable[[Draft], Draft]) -> Batch:
    """The batch after one layer; a draft that the layer fails on goes on without the tables that need it."""
    return advance_drafts(batch, name, lambda draft: attempt_layer(name, layer, draft))


def finish_batch(batch: Batch) -> Batch:
    """The batch with the extraction of each draft; no annotation is left."""
    return advance_drafts(batch, "finish", lambda draft: finish_draft(draft, batch.model_version))


def advance_drafts(batch: Batch, stage: str, step: Callable[[Draft], Draft | Extraction | Failure]) -> Batch:
    """The batch with what a step makes of each draft; what it fails on becomes a dead letter, the rest stays."""
    begin = time.perf_counter()
    items: list[Item] = []
    for record, item in zip(batch.records, batch.items, strict=True):
        done = step(item) if isinstance(item, Draft) else item
        items.append(DeadLetter(done, record) if isinstance(done, Failure) else done)
    return batch.after(stage, begin, items)


def publish_batch(batch: Batch, log: LakeLog) -> Manifest:
    """Publishes the batch's rows; the manifest that holds. Raises TypeError where an item is not finished."""
    begin = time.perf_counter()
    results: list[Extraction | DeadLetter] = []
    for item in batch.items:
        if not isinstance(item, Extraction | DeadLetter):
            raise TypeError(
                f"block {batch.task.block.name}: an item is still a {type(item).__name__}; extract it first"
            )
        results.append(item)
    letters = letters_of(batch.records, results)
    if letters and not log.is_published(batch.task.block):
        batch.task.source.report(batch.task.block, letters)
    return publish_block(
        log,
        batch.task.block,
        batch.records,
        results,
        model_version=batch.model_version,
        lost=batch.lost,
        source_title=batch.task.source.title,
        settings=batch.settings,
        seconds=lambda: {**batch.seconds, "write": time.perf_counter() - begin},
    )
