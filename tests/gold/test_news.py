"""The gold set of news is sound, and the model is about as right on it as it was; CI prints the figures."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from spacy.language import Language

from gold.marks import find, load_all
from gold.score_news import score

FLOORS = {
    "events: precision": 0.68,
    "events: recall": 0.62,
    "events: everything right": 0.05,
    "quotes: span F1, strict": 0.68,
    "quotes: speaker right": 0.92,
}
"""A little under the figures of the whole set. Raise them when these rise."""


def test_every_mark_finds_its_place() -> None:
    """Both halves are there; no two marks of an article share a trigger, and what tempts is no event."""
    articles = load_all()
    assert {article.half for article in articles} == {"open", "blind"}
    for article in articles:
        spans = sorted([(event.start, event.end) for event in article.events] + list(article.tempting))
        overlaps = [(a, b) for a, b in pairwise(spans) if a[1] > b[0]]
        assert not overlaps, article.name


@pytest.mark.parametrize("mark", ["nowhere", "the", "[the] mayor#2"])
def test_a_mark_that_does_not_fit_is_told(mark: str) -> None:
    with pytest.raises(ValueError, match="is found"):
        find("the mayor met the crew", mark)


@pytest.mark.model
def test_figures(
    nlp: Language, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    total = score("all", nlp)
    figures = total.figures()
    with capsys.disabled():
        print("\n" + total.report("tests/gold/news, all"))
    for name, value in figures.items():
        record_property(name, round(value, 3))
    assert {name: figures[name] for name, floor in FLOORS.items() if figures[name] < floor} == {}
