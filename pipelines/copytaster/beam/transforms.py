"""The steps of `copytaster.batch` as Beam transforms.

As little logic as possible in this module: a transform calls the plain function of its step and counts. Elements are
small (`Task`) wherever a shuffle may come between; a `Batch` with its records and annotation goes only between steps
that every runner fuses. No step needs windows, timers, state or watermarks.
"""

from __future__ import annotations

import functools
import pickle
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import apache_beam as beam
from apache_beam.metrics import Metrics
from spacy.language import Language

from copytaster.annotate import BATCH_SIZE, load_model
from copytaster.batch import (
    Batch,
    annotate_batch,
    finish_batch,
    parse_batch,
    parsed_item,
    publish_batch,
    read_batch,
    run_layer_on_batch,
)
from copytaster.extract import LAYERS, extract_many
from copytaster.lake.blocks import Manifest
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.records import Article, DeadLetter, Failure, RawRecord
from copytaster.sources.planning import Limits
from copytaster.sources.tasks import Task, plan_url
from copytaster.time_limit import MAX_ARTICLE_SECONDS

NAMESPACE = "copytaster"


class BatchCoder(beam.coders.Coder):  # type: ignore[misc]
    """Batches between fused steps, which are never encoded, only measured.

    Beam measures a sample of all elements by pickling them unless their coder knows better, and annotated batches take
    longer to pickle than to make.
    """

    def encode(self, value: Batch) -> bytes:
        """For a runner that does not fuse after all."""
        return pickle.dumps(value)

    def decode(self, encoded: bytes) -> Batch:
        """What `encode` was given."""
        batch: Batch = pickle.loads(encoded)
        return batch

    def is_deterministic(self) -> bool:
        """Batches are no keys."""
        return False

    def estimate_size(self, value: Batch) -> int:
        """Bytes of the records."""
        return sum(len(record.value or b"") for record in value.records)


beam.coders.registry.register_coder(Batch, BatchCoder)
MODEL_LOCK = threading.RLock()
"""A spaCy pipeline serves one thread at a time."""


WARM_UP = Article(
    title="A visit",
    text='Mary Smith, a minister, arrived in Paris on Monday.\n\n"We will sign the treaty," she told The Example.',
    published_at=datetime(2026, 1, 1, tzinfo=UTC),
)
"""A little of everything that the layers know of."""


@functools.cache
def model(name: str) -> Language:
    """The process's one pipeline of that name, held for the life of the process. What the layers know is read with it, so that
    the first article takes no longer than any other.
    """
    nlp = load_model(name)
    list(extract_many([WARM_UP], nlp))
    return nlp


@dataclass
class PlanArchive(beam.PTransform):  # type: ignore[misc]
    """Archive URLs -> the `Task` of each of their blocks that is not published yet. Follows the plans in the lake's log.

    Raises SourceChangedError where an archive is not what it was when it was planned.
    """

    lake: str
    limits: Limits = field(default_factory=Limits)

    def expand(self, urls: beam.PCollection) -> beam.PCollection:
        """Plans each archive where its URL happens to be, then spreads the tasks over all workers."""
        return (
            urls
            | "Plan blocks" >> beam.FlatMap(plan_url, self.lake, self.limits).with_output_types(Task)
            | beam.Reshuffle()
        )


@dataclass
class ReadBlocks(beam.PTransform):  # type: ignore[misc]
    """`Task` -> a `Batch` with the records of its block; nothing for a block that has been published meanwhile."""

    lake: str

    def expand(self, tasks: beam.PCollection) -> beam.PCollection:
        """Reads each block where it will be processed."""
        return tasks | "Read block" >> beam.FlatMap(read_task, self.lake).with_output_types(Batch)


def read_task(task: Task, lake: str) -> Iterator[Batch]:
    """The batch of a task, unless somebody has published it."""
    if not LakeLog(Storage(lake)).is_published(task.block):
        batch = read_batch(task)
        Metrics.counter(NAMESPACE, "records").inc(len(batch.records))
        yield batch


@dataclass
class ParseArticles(beam.PTransform):  # type: ignore[misc]
    """Records to articles: `Batch` -> `Batch`; or with `per="record"`, `RawRecord` -> (`articles`, `dead_letters`)."""

    format: str = "auto"
    default_zone: str = "UTC"
    per: Literal["block", "record"] = "block"
    max_seconds: float = MAX_ARTICLE_SECONDS
    """CPU seconds that one record may take."""

    def expand(self, records: beam.PCollection) -> Any:
        """One step, or a step with two outputs."""
        if self.per == "block":
            return records | "Parse articles" >> beam.Map(
                parse, self.format, self.default_zone, self.max_seconds
            ).with_output_types(Batch)
        return records | "Parse articles" >> beam.FlatMap(
            parse_one, self.format, self.default_zone, self.max_seconds
        ).with_outputs("dead_letters", main="articles")


def parse(batch: Batch, format: str, default_zone: str, max_seconds: float) -> Batch:
    """`parse_batch` with the zone by its name."""
    return parse_batch(batch, format=format, default_zone=ZoneInfo(default_zone), max_seconds=max_seconds)


def parse_one(record: RawRecord, format: str, default_zone: str, max_seconds: float) -> Iterator[Any]:
    """The article of one record, or its dead letter on the output of that name."""
    item = parsed_item(record, format, ZoneInfo(default_zone), max_seconds)
    yield beam.pvalue.TaggedOutput("dead_letters", item) if isinstance(item, DeadLetter) else item


@dataclass
class ExtractArticles(beam.PTransform):  # type: ignore[misc]
    """Articles to what is found in them, each layer under its own name in the graph.

    `Batch` -> `Batch`; or with `per="article"`, `Article` -> (`extractions`, `dead_letters`), where a dead letter's
    payload is the article's text.
    """

    model: str
    per: Literal["block", "article"] = "block"
    max_seconds: float = MAX_ARTICLE_SECONDS
    """CPU seconds that one article may take."""

    def expand(self, articles: beam.PCollection) -> Any:
        """A chain of steps that runners fuse: annotations stay in memory from the first to the last."""
        if self.per == "article":
            return (
                articles
                | "Batch articles" >> beam.BatchElements(min_batch_size=1, max_batch_size=BATCH_SIZE)
                | "Extract"
                >> beam.ParDo(ExtractEach(self.model, self.max_seconds)).with_outputs(
                    "dead_letters", main="extractions"
                )
            )
        drafts = articles | "annotate" >> beam.ParDo(Annotate(self.model, self.max_seconds)).with_output_types(Batch)
        for name, _ in LAYERS:
            drafts = drafts | name >> beam.Map(run_named_layer, name).with_output_types(Batch)
        return drafts | "Finish" >> beam.Map(finish_batch).with_output_types(Batch)


class Annotate(beam.DoFn):  # type: ignore[misc]
    """`annotate_batch` with the process's model; what the batch adds to the model's vocabulary is dropped after it."""

    def __init__(self, model_name: str, max_seconds: float) -> None:
        self.model_name = model_name
        self.max_seconds = max_seconds

    def setup(self) -> None:
        """Loads the model before the first batch."""
        model(self.model_name)

    def process(self, batch: Batch) -> Iterator[Batch]:
        """One annotated batch. The zone stays open while the fused steps behind this one use the annotation."""
        nlp = model(self.model_name)
        with MODEL_LOCK, nlp.memory_zone():
            annotated = annotate_batch(batch, nlp, self.max_seconds)
            Metrics.distribution(NAMESPACE, "annotate_ms").update(int(1000 * annotated.seconds["annotate"]))
            yield annotated


def run_named_layer(batch: Batch, name: str) -> Batch:
    """The batch after the layer of that name."""
    done = run_layer_on_batch(batch, name, dict(LAYERS)[name])
    Metrics.distribution(NAMESPACE, f"{name}_ms").update(int(1000 * done.seconds[name]))
    return done


class ExtractEach(beam.DoFn):  # type: ignore[misc]
    """`extract_many` over small lists of articles."""

    def __init__(self, model_name: str, max_seconds: float) -> None:
        self.model_name = model_name
        self.max_seconds = max_seconds

    def setup(self) -> None:
        """Loads the model before the first article."""
        model(self.model_name)

    def process(self, articles: list[Article]) -> Iterator[Any]:
        """Extractions, and dead letters on the output of that name."""
        with MODEL_LOCK:
            results = list(extract_many(articles, model(self.model_name), self.max_seconds))
        for article, result in zip(articles, results, strict=True):
            if isinstance(result, Failure):
                record = RawRecord(article.full_text.encode("utf-8"), offset=0, key=article.id.encode("utf-8"))
                yield beam.pvalue.TaggedOutput("dead_letters", DeadLetter(result, record))
            else:
                yield result


@dataclass
class WriteLake(beam.PTransform):  # type: ignore[misc]
    """`Batch` -> the `Manifest` of its block, after all of its files are in place.

    Exactly once: files are named for their block and hold the same bytes however often it is done, and a block counts
    only with its manifest, which is created once.
    """

    lake: str

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        """Publishes each block."""
        return batches | "Publish block" >> beam.Map(publish, self.lake).with_output_types(Manifest)


def publish(batch: Batch, lake: str) -> Manifest:
    """`publish_batch`, counted."""
    manifest = publish_batch(batch, LakeLog(Storage(lake)))
    Metrics.counter(NAMESPACE, "articles").inc(manifest.articles)
    Metrics.counter(NAMESPACE, "dead_letters").inc(manifest.dead_letters)
    for table, file in manifest.files.items():
        Metrics.counter(NAMESPACE, f"rows_{table}").inc(file.rows)
    return manifest
