"""The transforms one by one, in a pipeline of somebody else's."""

from __future__ import annotations

import json
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to

from copytaster.beam import ExtractArticles, ParseArticles
from copytaster.beam.runs import run_backfill
from copytaster.beam.transforms import BatchCoder
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.models import DEFAULT_MODEL
from copytaster.records import Article, RawRecord
from copytaster.settings import Settings
from wire import article, write_archive


def pipeline() -> beam.Pipeline:
    """A pipeline on the in-process runner, named."""
    return beam.Pipeline(runner=FnApiRunner())


def test_parse_articles_gives_articles_and_dead_letters() -> None:
    """Two outputs by name; a dead letter keeps reason and bytes."""
    records = [RawRecord(json.dumps(article(1)).encode(), 0), RawRecord(b"{", 1)]
    with pipeline() as p:
        parsed = p | beam.Create(records) | ParseArticles(per="record")
        assert_that(parsed.articles | beam.Map(lambda a: a.id), equal_to(["wire-00001"]), "articles")
        letters = parsed.dead_letters | beam.Map(lambda x: (x.failure.reason, x.payload, x.record.offset))
        assert_that(letters, equal_to([("not_json", b"{", 1)]), "dead letters")


@pytest.mark.model
def test_extract_articles_per_article() -> None:
    """Extractions for a pipeline that has articles and no blocks; another language is skipped, not lost."""
    articles = [
        Article(id="en", text="“We are late,” Ann Moran said on Friday."),
        Article(id="fr", text="Nous sommes en retard.", language="fr"),
    ]
    with pipeline() as p:
        found = p | beam.Create(articles) | ExtractArticles(DEFAULT_MODEL, per="article")
        statuses = found.extractions | beam.Map(lambda x: (x.article.id, x.status, len(x.sentences)))
        assert_that(statuses, equal_to([("en", "ok", 1), ("fr", "skipped_language", 0)]))


def test_each_layer_stands_in_the_graph() -> None:
    """An operator sees the layers under their own names."""
    p = pipeline()
    p | beam.Create([]) | "Extract" >> ExtractArticles(DEFAULT_MODEL)
    labels = {label for label in p.applied_labels if label.startswith("Extract/")}
    names = ["annotate", "entities", "coreference", "places", "times", "quotes", "events"]
    assert {f"Extract/{name}" for name in names} <= labels


@pytest.mark.model
def test_batches_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No batch is pickled between the steps, not even to be measured: that would take longer than the work."""

    def refuse(*_: object) -> bytes:
        raise AssertionError("a batch was encoded")

    monkeypatch.setattr(BatchCoder, "encode", refuse)
    archive = write_archive(tmp_path / "wire.jsonl.gz", 3)
    run_backfill([str(archive)], Settings(lake=str(tmp_path / "lake")))
    assert [m.articles for m in LakeLog(Storage(str(tmp_path / "lake"))).manifests()] == [3]
