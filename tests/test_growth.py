"""Time grows with length: no pattern of the package is slow on any string, and no layer on a text of any shape."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest
from spacy.language import Language

from copytaster.extract import LAYERS, Draft, draft_batch
from copytaster.extract.times.grammar import grammar
from copytaster.extract.times.tokens import forms
from copytaster.records import Article
from copytaster.structure import text_blocks
from growth import LIMIT, exponent, module_patterns, slow_pumps

SIZES = (1_000, 4_000)
"""Words, roughly: past the windows that the layers look back through."""
NAMES = ("Ann Moran", "Joe Lee", "Kestland", "Lima", "Jordan", "Georgia", "Mr. Smith", "Acme Corp.", "Paris, Texas")
SENTENCE = (
    "Ann Moran told reporters in Lima on Friday that rebels had killed two men, and police said it was “a mistake”. "
)

SHAPES: dict[str, Callable[[int], str]] = {
    "one paragraph": lambda words: SENTENCE * (words // 24),
    "paragraphs": lambda words: f"{SENTENCE}\n\n" * (words // 24),
    "list": lambda words: "\n".join(f"- item {number}, Ann Moran, 3 May" for number in range(words // 8)),
    "quotation marks": lambda words: "“ ” ' \" " * (words // 4),
    "quotes": lambda words: "“We go,” she said. " * (words // 8),
    "marks that do not close": lambda words: "“We go, he said. " * (words // 6),
    "names": lambda words: ", ".join(NAMES[number % len(NAMES)] for number in range(words // 3)),
    "other names": lambda words: ". ".join(
        f"{chr(65 + n % 26)}nn {chr(65 + n // 26 % 26)}{'aeiou'[n % 5]}ran spoke" for n in range(words // 4)
    ),
    "dates": lambda words: "On May 3, 2024 and last Friday, " * (words // 9),
    "spaces": lambda words: "Ann Moran said" + " " * (5 * words) + "no.",
    "brackets": lambda words: "(" * words + "photo" + "/photo" * words,
    "one sentence": lambda words: "Ann Moran said that Joe Lee thought that " * (words // 8) + "it was over.",
    "sources": lambda words: "according to him, " * (words // 4),
    "events of one name": lambda words: "Moran attacked Lima. Moran met Lee. " * (words // 8),
    "attacks in one sentence": lambda words: "rebels killed nine in Lima, " * (words // 6),
    "pronouns": lambda words: "He said it was his. They saw her. " * (words // 9),
    "descriptions": lambda words: "The president met the minister. " * (words // 6),
    "turns": lambda words: "\n".join(f"{'AB'[n % 2]}nn Moran: Who was it in May?" for n in range(words // 8)),
}


@pytest.fixture(scope="module")
def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern of the package, those that are made of the knowledge tables included."""
    rules = {rule: pattern for entries in grammar("en").by_first.values() for rule, pattern, _ in entries}
    return {**module_patterns(), "time_forms.tsv": forms("en"), **rules}


def test_no_pattern_is_slow(patterns: dict[str, re.Pattern[str]]) -> None:
    """Not on runs of what bad input repeats, nor of what the pattern itself asks for."""
    assert {"copytaster.structure CREDIT_TAIL", "copytaster.extract.quotes.turns POST"} <= patterns.keys()
    slow = {name: found for name, pattern in patterns.items() if (found := slow_pumps(pattern))}
    assert slow == {}


@pytest.mark.parametrize(
    "pattern", [r"\s+$", r"\s*\(x\)$", r"\([^()]*\bphoto\b/[^()]*\)", r"(?:a|aa)+b", r"\w+(?= May\b)"]
)
def test_a_slow_pattern_is_found(pattern: str) -> None:
    """Quadratic and exponential ones, each of another kind."""
    assert slow_pumps(re.compile(pattern))


def run_one(layer: Callable[[Draft], Draft], drafts: Mapping[int, object], size: int) -> None:
    """Runs a layer on the draft of that size."""
    draft = drafts[size]
    assert isinstance(draft, Draft)
    layer(draft)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_layer_is_slow(shape: str, nlp: Language) -> None:
    """Nor is the cutting into blocks."""
    articles = {
        size: Article(
            SHAPES[shape](size),
            "Ann Moran meets Lee",
            "x",
            published_at=datetime(2026, 3, 7, tzinfo=UTC),
            language="en",
        )
        for size in SIZES
    }
    assert exponent(lambda size: text_blocks(articles[size].full_text, articles[size].title), SIZES) <= LIMIT
    with nlp.memory_zone():
        drafts: dict[int, object] = dict(zip(SIZES, draft_batch(list(articles.values()), nlp, "test"), strict=True))
        powers = {}
        for name, layer in LAYERS:
            powers[name] = exponent(functools.partial(run_one, layer, drafts), SIZES)
            drafts = {size: layer(draft) for size, draft in drafts.items() if isinstance(draft, Draft)}
    assert {name: power for name, power in powers.items() if power > LIMIT} == {}
