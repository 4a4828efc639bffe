"""Texts that no newspaper prints: each is extracted all the same, whole, in a time that grows with its length only."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from spacy.language import Language

import copytaster
from copytaster.extract import LAYERS
from copytaster.records import Article, Extraction, RawRecord
from copytaster.tables import rows_of, to_arrow

pytestmark = pytest.mark.model

SOURCES = sorted((Path(__file__).parent.parent / "samples" / "sources").glob("*.txt"))
PUBLISHED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def stories() -> list[str]:
    """The samples' texts, with their heads and all: one more oddity."""
    return [path.read_text(encoding="utf-8") for path in SOURCES]


def odd_texts() -> Iterator[tuple[str, str]]:
    """Name and text."""
    chance = random.Random(20261122)
    texts = stories()
    for number, text in enumerate(texts):
        words = text.split(" ")
        chance.shuffle(words)
        yield f"shuffled {number}", " ".join(words)
        yield f"cut off {number}", text[: chance.randrange(len(text))]
        yield f"lines shuffled {number}", "\n".join(chance.sample(text.split("\n"), len(text.split("\n"))))
    one = texts[0]
    yield "capitals", one.upper()
    yield "small letters", one.lower()
    yield "one line", one.replace("\n", " ")
    yield "no punctuation", "".join(c for c in one if c.isalnum() or c.isspace())
    yield "punctuation alone", "".join(c for c in one if not c.isalnum())
    yield "every mark doubled", "".join(c * (1 if c.isalnum() or c.isspace() else 2) for c in one)
    yield "a word a line", one.replace(" ", "\n")
    yield "no space", one.replace(" ", "")
    yield "marks opened and never closed", one.replace(". ", ". “‘\"'«")
    yield "numbers", " ".join(str(chance.randrange(10**8)) for _ in range(2_000))
    yield (
        "dates",
        " ".join(f"{chance.randrange(40)}/{chance.randrange(14)}/{chance.randrange(10000)}" for _ in range(800)),
    )
    yield (
        "names",
        " ".join(
            chance.choice(["Ann", "Moran", "Georgia", "Jordan", "May", "Paris,", "Texas", "of", "the"])
            for _ in range(3_000)
        ),
    )
    yield "said", "He said that she said that " * 400
    yield "he", "He " * 3_000
    yield (
        "any character",
        "".join(
            chr(
                chance.choice(
                    [chance.randrange(32, 127), chance.randrange(160, 0xD7FF), chance.randrange(0x1F300, 0x1F6FF)]
                )
            )
            for _ in range(3_000)
        ),
    )
    yield "right to left", "قال رئيس البلدية يوم الثلاثاء إن الجسر سيفتح الشهر المقبل. " * 50
    yield "controls", "A\u0000b\u0007 said\u200b on\u2028Friday\u202e.\r\n\x85" * 50
    for short in ("", " ", "\n", ".", "“", "I", "said", "2026", "\ufeff", "“”", "He said", "Mr.", "'s", "the"):
        yield f"short {short!r}", short


def check(found: Extraction) -> None:
    """Every span says what stands there, every reference exists, and every row fits its table."""
    text = found.article.full_text
    for table, rows in rows_of(found, RawRecord(b"", 0), "odd").items():
        to_arrow(table, rows)
        for row in rows:
            for prefix in ("", "cue_", "speaker_", "trigger_"):
                if row.get(f"{prefix}start") is not None and f"{prefix}text" in row:
                    assert text[row[f"{prefix}start"] : row[f"{prefix}end"]] == row[f"{prefix}text"]
    for span in (
        [m.span for m in found.mentions] + [t.span for t in found.times] + [s for q in found.quotes for s in q.content]
    ):
        assert span.text == span.text.strip()
        assert span.text
    for time_expression in found.times:
        if time_expression.interval_start and time_expression.interval_end:
            assert time_expression.interval_start <= time_expression.interval_end
    for event in found.events:
        if event.date_start and event.date_end:
            assert event.date_start <= event.date_end


def test_odd_texts_are_extracted(nlp: Language) -> None:
    """None fails, none stalls."""
    names, texts = zip(*odd_texts(), strict=True)
    articles = [
        Article(text=text, id=name, published_at=PUBLISHED, language="en")
        for name, text in zip(names, texts, strict=True)
    ]
    for name, found in zip(names, copytaster.extract_many(articles, nlp), strict=True):
        assert isinstance(found, Extraction), f"{name}: {found}"
        check(found)


def test_without_a_date_nothing_is_counted_from_today(nlp: Language) -> None:
    """Relative dates have no value where the article has no date."""
    found = copytaster.extract(Article(text="She resigned yesterday. They meet next week, and met last year."), nlp)
    assert [t.timex_value for t in found.times if t.timex_type == "DATE" and not t.is_vague] == [None] * 3


@pytest.mark.slow
def test_time_grows_with_the_length_only(nlp: Language) -> None:
    """Eight times the text takes about eight times as long in the extractors; quadratic would be sixty-four."""
    body = "\n\n".join(stories()[:8])
    short, long = (
        copytaster.extract(Article(text=body * times, published_at=PUBLISHED, language="en"), nlp).seconds
        for times in (2, 16)
    )
    for layer in LAYERS:
        assert long[layer[0]] < 24 * short[layer[0]] + 0.2, layer[0]


def test_the_same_text_gives_the_same_result(nlp: Language) -> None:
    """Alone, again, or beside others: an article's extraction is a function of the article."""
    articles = [
        Article(text=text, id=str(i), published_at=PUBLISHED, language="en") for i, text in enumerate(stories())
    ]
    together = [
        rows_of(x, RawRecord(b"", 0), "s") for x in copytaster.extract_many(articles, nlp) if isinstance(x, Extraction)
    ]
    alone = [rows_of(copytaster.extract(article, nlp), RawRecord(b"", 0), "s") for article in reversed(articles)]
    assert together == alone[::-1]
