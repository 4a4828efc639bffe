"""An article that takes too long is a dead letter; the others of its block are taken in."""

from __future__ import annotations

import importlib
import re
import threading
import time
from dataclasses import replace
from datetime import UTC

import pytest
from spacy.language import Language

from copytaster.annotate import annotate
from copytaster.batch import parsed_item
from copytaster.extract import LAYERS, Draft, extract_many
from copytaster.records import Article, DeadLetter, Extraction, Failure, RawRecord, TooSlowError
from copytaster.time_limit import time_limit

layers = importlib.import_module("copytaster.extract")  # the package has a function of that name in its place

SHORT = 0.2


def spin(seconds: float) -> None:
    """Uses the processor for so long."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_what_is_quick_is_left_alone() -> None:
    with time_limit(5):
        spin(0.01)
    spin(0.3)


def test_python_code_is_ended() -> None:
    with pytest.raises(TooSlowError), time_limit(SHORT):
        spin(30)


def test_what_swallows_the_error_is_ended_when_it_comes_again() -> None:
    def stubborn() -> None:
        try:
            spin(30)
        except Exception:
            spin(30)

    with pytest.raises(TooSlowError), time_limit(SHORT):
        stubborn()


def test_a_pattern_is_ended() -> None:
    begin = time.thread_time()
    with pytest.raises(TooSlowError), time_limit(SHORT):
        re.match(r"(?:a|aa)+$", "a" * 60 + "b")
    assert time.thread_time() - begin < 10


def test_waiting_costs_nothing() -> None:
    with time_limit(SHORT):
        time.sleep(2 * SHORT)


def test_a_thread_of_its_own_has_a_limit_too() -> None:
    found: list[object] = []

    def work() -> None:
        try:
            with time_limit(SHORT):
                spin(30)
        except TooSlowError as error:
            found.append(error)
        with time_limit(5):
            spin(0.01)
        found.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=60)
    assert isinstance(found[0], TooSlowError)
    assert found[1:] == ["done"]


def test_a_slow_layer_costs_its_article_only(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(draft: Draft) -> Draft:
        if draft.story.article.id == "slow":
            spin(60)
        return draft

    monkeypatch.setattr(layers, "LAYERS", (*LAYERS, ("slow", slow)))
    articles = [Article(id=name, text="The mayor spoke on Friday.") for name in ("first", "slow", "last")]
    list(extract_many(articles, nlp))  # whatever is read on first use
    first, second, last = extract_many(articles, nlp, max_seconds=3)
    assert isinstance(first, Extraction)
    assert isinstance(last, Extraction)
    assert isinstance(second, Failure)
    assert (second.stage, second.reason) == ("extract", "too_slow")


def test_a_text_that_the_model_is_slow_at_costs_no_other(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    make_doc = nlp.make_doc
    monkeypatch.setattr(nlp, "make_doc", lambda text: spin(60) if "slow" in text else make_doc(text))
    found = list(annotate([("One day.", []), ("A slow day.", []), ("Another day.", [])], nlp, max_seconds=1))
    assert [type(doc).__name__ for doc in found] == ["Doc", "TooSlowError", "Doc"]


def test_layers_share_the_time_of_their_article(nlp: Language) -> None:
    article = Article(id="a", text="The mayor spoke on Friday.")
    (draft,) = layers.draft_batch([article], nlp, "m", max_seconds=100)
    assert isinstance(draft, Draft)
    after = layers.run_layer("spin", lambda one: (spin(0.3), one)[1], draft)
    assert 99 < after.seconds_left < 99.8
    spent = layers.attempt_layer("spin", lambda one: one, replace(draft, seconds_left=0.0))
    assert isinstance(spent, Failure)
    assert spent.reason == "too_slow"


def test_a_record_that_is_slow_to_parse_is_a_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copytaster.batch.parse_record", lambda *_, **__: spin(60))
    item = parsed_item(RawRecord(b'{"text": "a"}', offset=0), "auto", UTC, SHORT)
    assert isinstance(item, DeadLetter)
    assert (item.failure.stage, item.failure.reason) == ("parse", "too_slow")
