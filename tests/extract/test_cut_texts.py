"""Texts that end or begin anywhere: no layer may look past the ends of a text, or find its end where it looks before its
beginning.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from copytaster.extract import LAYERS, Draft, draft_batch, extract_many, finish_draft, start_draft
from copytaster.extract.story import Columns
from copytaster.records import Article, Extraction
from copytaster.structure import text_blocks

PUBLISHED = datetime(2026, 3, 7, tzinfo=UTC)

SENTENCES = (
    "She says it is not what she asked for",
    "He said it has never been seen before",
    "“I know what I stand for,” the minister told reporters in Lima, after which he left with",
    '"Who is it for," she asked, "and what is it made of?"',
    "On the eve of the vote, 28-year-old Ann Moran of Lima, Peru, who'd resigned, was asked who she was with",
    "Saturday, March 7, 2026, from 10 a.m. to 5 p.m., the '90s, since last July 4, two days before",
    "U.S. President-elect Joe Lee's lawyer, which denies it, says the firm knows who it answers to",
    "A spokesman, speaking on condition of anonymity, said Kestland had shelled Orvan, according to the Courier.",
    "Five killed as bomb hits market in Kestland: police",
    "Lima: “We are ready to,” mayor says",
    "NAIROBI, Kenya (AP) — Manchester United 2, Leeds 1, as did the United States (photo: Ann Moran)",
    "Asked about it, Moran, [asked who she was], said: “It is what I am known for.”",
)


class CheckedList(list[Any]):
    """A list that has no elements before its first."""

    def __getitem__(self, at: Any) -> Any:
        """As of any list, but that -1 is not the last."""
        assert not (isinstance(at, int) and at < 0), "a layer looked before the beginning of the text"
        return super().__getitem__(at)


class CheckedText(str):
    """A text that has no characters before its first."""

    def __getitem__(self, at: Any) -> str:
        """As of any text, but that -1 is not the last."""
        assert not (isinstance(at, int) and at < 0), "a layer looked before the beginning of the text"
        return super().__getitem__(at)


class CheckedDoc(Doc):
    """A Doc that has no tokens before its first."""

    def __getitem__(self, at: Any) -> Any:
        """As of any Doc, but that -1 is not the last."""
        assert not (isinstance(at, int) and at < 0), "a layer looked before the beginning of the text"
        return super().__getitem__(at)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are checked lists while a test runs."""
    plain = Columns.of

    def columns(doc: Doc) -> Columns:
        made = plain(doc)
        return replace(made, **{field.name: CheckedList(getattr(made, field.name)) for field in fields(made)})

    monkeypatch.setattr(Columns, "of", columns)


def with_checks(draft: Draft) -> Draft:
    """The draft with a story that tells when it is asked for what lies before its beginning."""
    doc = CheckedDoc(draft.story.doc.vocab).from_bytes(draft.story.doc.to_bytes())
    return replace(draft, story=replace(draft.story, doc=doc, text=CheckedText(draft.story.text)))


def run_layers(draft: Draft, what: str) -> None:
    """All layers, none of which may fail."""
    for name, layer in LAYERS:
        try:
            draft = layer(draft)
        except Exception as error:
            raise AssertionError(f"{name} fails on {what!r}") from error
    assert isinstance(finish_draft(draft, "test"), Extraction), what


def cuts(sentence: str) -> Iterator[tuple[str, str]]:
    """Title and text: the sentence cut behind every word and inside of it, before every word, and as a headline alone."""
    yield from (("", sentence[:end]) for end in range(1, len(sentence), 4))
    yield from (("", sentence[:at]) for at, mark in enumerate(sentence) if mark == " ")
    yield from (("", sentence[at + 1 :]) for at, mark in enumerate(sentence) if mark == " ")
    yield sentence, ""
    yield sentence, sentence


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.usefixtures("checked")
def test_a_text_may_end_anywhere(sentence: str, nlp: Language) -> None:
    """Cut inside, behind and before each word, a text gives an extraction."""
    articles = [Article(text, title, "cut", published_at=PUBLISHED, language="en") for title, text in cuts(sentence)]
    with nlp.memory_zone():
        for article, draft in zip(articles, draft_batch(articles, nlp, "test"), strict=True):
            assert isinstance(draft, Draft), draft
            run_layers(with_checks(draft), article.full_text)


@pytest.mark.usefixtures("checked")
def test_a_parse_may_be_wrong(nlp: Language) -> None:
    """With heads, labels and tags changed at random, as a model does on a text of another kind, no layer fails."""
    chance = random.Random(14)
    with nlp.memory_zone():
        docs = [doc for doc in nlp.pipe(SENTENCES) for _ in range(25)]
        for doc in (misparsed(doc, chance) for doc in docs):
            article = Article(doc.text, published_at=PUBLISHED)
            run_layers(with_checks(start_draft(article, doc, text_blocks(doc.text))), doc.text)


def misparsed(doc: Doc, chance: random.Random) -> Doc:
    """A part of the Doc with about a quarter of its annotations moved."""
    start = chance.choice((0, chance.randrange(len(doc))))
    part = doc[start : chance.randrange(start, len(doc)) + 1].as_doc()
    heads = [token.head.i for token in part]
    labels = [[getattr(token, name) for token in part] for name in ("pos_", "tag_", "dep_")]
    for _ in range(len(part) // 4):
        for values in labels:
            values[chance.randrange(len(part))] = chance.choice(values)
        at, head = chance.randrange(len(part)), chance.randrange(len(part))
        if not part[at].is_ancestor(part[head]) and all(heads[i] == part[i].head.i for i in range(len(part))):
            heads[at] = head  # one arc at most, or there might be a circle
    pos, tags, deps = labels
    words, spaces = [token.text for token in part], [bool(token.whitespace_) for token in part]
    lemmas = [token.lemma_ for token in part]
    return Doc(part.vocab, words=words, spaces=spaces, lemmas=lemmas, pos=pos, tags=tags, deps=deps, heads=heads)


def test_articles_end_anywhere(nlp: Language) -> None:
    """Whole articles, cut behind every twelfth word, without title and without a full stop."""
    body = "\n\n".join(sentence.rstrip(".") for sentence in SENTENCES)
    words = body.split(" ")
    articles = [Article(" ".join(words[:end]), id="cut", language="en") for end in range(1, len(words), 12)]
    for article, found in zip(articles, extract_many(articles, nlp), strict=True):
        assert isinstance(found, Extraction), (article.text[-80:], found)
