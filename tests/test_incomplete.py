"""A layer that fails on an article costs that layer's tables: the article stays, a dead letter says why, a redrive completes it."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from spacy.language import Language

import copytaster
from copytaster.beam.runs import run_backfill, run_redrive
from copytaster.beam.transforms import LAYERS
from copytaster.editions.catalog import lake_catalog
from copytaster.editions.following import Policy, publish_once
from copytaster.editions.layout import NAMESPACE
from copytaster.extract import WITHOUT, Draft, attempt_layer
from copytaster.holding_sql import holding_sql
from copytaster.lake.log import LakeLog
from copytaster.lake.state import lake_state
from copytaster.lake.storage import Storage
from copytaster.lake.verification import verify_lake
from copytaster.records import Extraction
from copytaster.settings import Settings
from copytaster.sources.dead_letters import plan_redrive
from copytaster.sources.tasks import Task
from wire import article, ask

TABLES = ("entities", "mentions", "quotes", "times", "events")
BROKEN = "2"
"""Id of the article that a layer fails on."""


def broken(layer: Callable[[Draft], Draft]) -> Callable[[Draft], Draft]:
    """The layer, failing on one article."""

    def fail(draft: Draft) -> Draft:
        if draft.story.article.id.endswith(BROKEN):
            raise IndexError("list index out of range")
        return layer(draft)

    return fail


def break_layer(patch: pytest.MonkeyPatch, name: str) -> None:
    """Lets the layer of that name fail on one article."""
    layers = tuple((each, broken(layer) if each == name else layer) for each, layer in LAYERS)
    patch.setattr("copytaster.beam.transforms.LAYERS", layers)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "wire.jsonl").write_text("".join(json.dumps(article(n)) + "\n" for n in range(1, 5)))
    return Settings(lake=str(tmp_path / "lake"), workers=1)


def backfill(settings: Settings) -> LakeLog:
    run_backfill([str(Path(settings.lake).parent / "wire.jsonl")], settings)
    return LakeLog(Storage(settings.lake))


def redrive(settings: Settings, log: LakeLog) -> None:
    run_redrive([Task(letters, block) for letters, block in plan_redrive(log, settings.limits)], settings)


def rows_now(settings: Settings, article_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """By table the rows of the article that hold, by the SQL over the raw tables; in the order of all columns."""
    connection = duckdb.connect()
    connection.execute(holding_sql()["duckdb.sql"].replace("'lake/", f"'{settings.lake}/"))
    return {
        table: connection.execute(
            f"SELECT * EXCLUDE (ingest_date) FROM {table}_now WHERE article_id = ? ORDER BY ALL", [article_id]
        ).fetchall()
        for table in TABLES
    }


def edition(log: LakeLog, article_id: str) -> dict[str, int]:
    """By table how many rows the article has in the editions, after one more."""
    publish_once(log, None, Policy(), threading.Event(), lambda _: None)
    catalog = lake_catalog(log.storage)
    return {
        table: catalog.load_table((NAMESPACE, table)).scan(f"article_id = '{article_id}'").to_arrow().num_rows
        for table in ("articles", *TABLES)
    }


@pytest.mark.parametrize("name", ["coreference", "times", "events"])
def test_the_article_stays_and_a_redrive_completes_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    with monkeypatch.context() as patch:
        break_layer(patch, name)
        log = backfill(settings)
    lost = sorted(WITHOUT[name])
    ((article_id, version, missing, warnings),) = ask(
        f"SELECT article_id, version_id, missing_tables, warnings FROM '{settings.lake}/articles/*/*.parquet' "
        "WHERE len(missing_tables) > 0"
    )
    assert missing == lost
    assert warnings == ["extractor_failed"]
    assert ask(f"SELECT reason, message, version_id FROM '{settings.lake}/dead_letters/*/*.parquet'") == [
        ("extractor_failed", f"{name}: list index out of range", version)
    ]
    (manifest,) = log.manifests()
    assert (manifest.records, manifest.articles, manifest.dead_letters, manifest.incomplete) == (4, 4, 1, 1)
    before = rows_now(settings, article_id)
    assert sorted(table for table, rows in before.items() if not rows) == lost
    first = edition(log, article_id)
    assert first == {"articles": 1} | {table: len(rows) for table, rows in before.items()}

    redrive(settings, log)
    assert plan_redrive(log, settings.limits) == []
    whole = Settings(lake=str(tmp_path / "whole"), workers=1)
    backfill(whole)
    expected = rows_now(whole, article_id)
    assert rows_now(settings, article_id) == expected
    assert edition(log, article_id) == {"articles": 1} | {table: len(rows) for table, rows in expected.items()}
    assert all(expected.values())
    assert lake_state(log).redriven.articles == 1
    assert not verify_lake(log).troubles


def test_what_fails_again_stays_one_letter(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The article holds once, without the rows, its letter is open once, and the round after that completes both."""
    break_layer(monkeypatch, "events")
    log = backfill(settings)
    edition(log, "")
    redrive(settings, log)
    text = holding_sql()["duckdb.sql"].replace("'lake/", f"'{settings.lake}/")
    open_letters = "SELECT count(*) FROM dead_letters_now"
    connection = duckdb.connect()
    connection.execute(text)
    assert connection.execute(open_letters).fetchall() == [(1,)]
    assert connection.execute("SELECT count(*), count(DISTINCT article_id) FROM articles_now").fetchall() == [(4, 4)]
    edition(log, "")
    letters = lake_catalog(log.storage).load_table((NAMESPACE, "dead_letters"))
    assert letters.scan().to_arrow().num_rows == 1
    monkeypatch.undo()
    redrive(settings, log)
    connection.execute(text)
    assert connection.execute(open_letters).fetchall() == [(0,)]
    edition(log, "")
    assert letters.refresh().scan().to_arrow().num_rows == 0


def test_layers_behind_a_failed_one(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs it is not tried, what does not is there."""
    tried = []

    def watched(name: str, layer: Callable[[Draft], Draft], draft: Draft) -> Any:
        before = draft.failure
        done = attempt_layer(name, layer, draft)
        if isinstance(done, Draft) and (done is not draft or before is not done.failure):
            tried.append(name)
        return done

    layers = tuple((name, broken(layer) if name == "entities" else layer) for name, layer in LAYERS)
    extracting = sys.modules["copytaster.extract"]  # the package's function has its name
    monkeypatch.setattr(extracting, "LAYERS", layers)
    monkeypatch.setattr(extracting, "attempt_layer", watched)
    given = article(int(BROKEN))
    (found,) = copytaster.extract_many([copytaster.Article(text=str(given["text"]), id=BROKEN, language="en")], nlp)
    assert isinstance(found, Extraction)
    assert tried == ["entities", "times"]
    assert found.missing_tables == ("entities", "events", "mentions", "quotes")
    assert found.times
    assert (found.entities, found.mentions, found.quotes, found.events) == ((), (), (), ())
