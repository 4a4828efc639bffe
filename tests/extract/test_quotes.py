"""Quotes: the table of sentences by phenomenon, chains, headlines, and documents that nobody would write."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from copytaster import Article, extract
from copytaster.extract.quotes import find_quotes
from copytaster.extract.quotes.quotation_marks import find_passages
from copytaster.extract.quotes.utterance_links import common
from copytaster.extract.story import Cast, Story
from copytaster.knowledge import table
from copytaster.records import Entity, EntityType, Mention, Quote
from copytaster.structure import text_blocks
from written import read_docs, story_of

WRITTEN = Path(__file__).parent / "written"
DOCS = read_docs(WRITTEN / "quotes.tsv")


def expected_by_text() -> dict[str, tuple[str, list[tuple[str, ...]]]]:
    """For each text its phenomenon and the quotes in it."""
    lines = (WRITTEN / "quotes_expected.tsv").read_text(encoding="utf-8").split("\n")
    rows = csv.reader(
        (line for line in lines if line and not line.startswith("#")), "excel-tab", quoting=csv.QUOTE_NONE
    )
    next(rows)
    found: dict[str, tuple[str, list[tuple[str, ...]]]] = {}
    for phenomenon, text, *cells in rows:
        _, quotes = found.setdefault(json.loads(text), (phenomenon, []))
        if cells[0] != "none":
            quotes.append(tuple(cells))
    return found


EXPECTED = expected_by_text()


def cells_of(quote: Quote) -> tuple[str, ...]:
    """A quote as the table has it."""
    cells = (
        quote.kind,
        " | ".join(span.text for span in quote.content),
        quote.cue_text,
        quote.speaker.text if quote.speaker else None,
        quote.speech_act,
        quote.polarity,
    )
    return tuple((cell or "-").replace("\n", "\\n") for cell in cells)


@pytest.mark.parametrize("text", EXPECTED, ids=[f"{p}: {t[:50]}" for t, (p, _) in EXPECTED.items()])
def test_quotes_of_sentence(text: str) -> None:
    """Each written sentence gives the quotes of the table: kind, content, cue, source, act and polarity."""
    story = story_of(DOCS[text])
    actual = [cells_of(quote) for quote in find_quotes(story, Cast(story, (), ()))]
    assert EXPECTED[text][1] == actual


def test_table_is_wide() -> None:
    """The table holds at least 150 sentences, and every one of them has a written annotation."""
    assert len(EXPECTED) >= 150
    assert set(EXPECTED) <= set(DOCS)


def cast_of(story: Story, *names: tuple[str, EntityType, bool]) -> Cast:
    """The cast of a story in which each name is an entity wherever it stands."""
    entities, mentions = [], []
    for number, (name, kind, is_outlet) in enumerate(names):
        entities.append(Entity(name, kind, is_outlet=is_outlet))
        for part in (name, name.split()[-1]):
            start = story.text.find(part)
            if start >= 0:
                span = story.cut(start, start + len(part))
                mentions.append(Mention(span, "name", number, story.sentence_at(start)))
                break
    return Cast(story, entities, mentions)


COURIER = ("Daily Courier", "ORG", True)


@pytest.mark.parametrize(
    ("text", "names", "chain"),
    [
        (
            "Sources cited by the Daily Courier say the king is ill.",
            [COURIER],
            [("Daily Courier", "outlet"), ("sources", "anonymous_source")],
        ),
        (
            "Lund told the Daily Courier that the port would close.",
            [COURIER, ("Ada Lund", "PERSON", False)],
            [("Daily Courier", "outlet"), ("Ada Lund", "speaker")],
        ),
        ("A poll showed that most voters favored the tax.", [], [("poll", "medium")]),
        ("Two aides said the talks had failed.", [], [("two aides", "anonymous_source")]),
        ("The mayor said the bridge was safe.", [], [("mayor", "speaker")]),
        ("It was reported that the king had died.", [], []),
    ],
)
def test_source_chain(text: str, names: list[tuple[str, EntityType, bool]], chain: list[tuple[str, str]]) -> None:
    """The chain runs from the outlet to the speaker, and says of each what it is."""
    story = story_of(DOCS[text])
    (quote,) = find_quotes(story, cast_of(story, *names))
    assert [(source.name, source.role) for source in quote.source_chain] == chain


def test_chain_of_nested_report() -> None:
    """What an outlet reports that somebody threatens comes through the outlet, which is not the one who threatens."""
    text = "According to the Daily Courier, Lund threatened to leave the talks."
    story = story_of(DOCS[text])
    outer, inner = find_quotes(story, cast_of(story, COURIER, ("Ada Lund", "PERSON", False)))
    assert (outer.speaker_name, inner.speaker_name) == ("Daily Courier", "Ada Lund")
    assert [source.name for source in inner.source_chain] == ["Daily Courier", "Ada Lund"]


def test_title_before_and_after_the_name() -> None:
    """A title before the name and an apposition after it are the speaker's title."""
    before = "Prime Minister Ada Lund said the border would stay open."
    after = "Nora Field, the mayor of Alderton, said the bridge was safe."
    titles = []
    for text, name in ((before, "Ada Lund"), (after, "Nora Field")):
        story = story_of(DOCS[text])
        titles += [quote.speaker_title for quote in find_quotes(story, cast_of(story, (name, "PERSON", False)))]
    assert titles == ["Prime Minister", "mayor of Alderton"]


def blank_story(text: str, title: str = "") -> Story:
    """A story whose annotation is empty: words, and nothing about them."""
    article = Article(text=text, title=title, id="odd", language="en")
    doc = spacy.blank("en").make_doc(article.full_text)
    return Story.of(article, doc_with_sentence(doc), text_blocks(article.full_text, title))


def doc_with_sentence(doc: Doc) -> Doc:
    """The Doc as one sentence."""
    for token in doc:
        token.is_sent_start = token.i == 0
    return doc


PAIRS = [
    ('He said "yes" and "no".', ["yes", "no"]),
    ("“One.\n“Two.”", ["One.", "Two."]),
    ("''Double single,'' he said.", ["Double single,"]),
    ("The dogs' bowl and the cats' bed.", []),
    ("'Come in,' she said. 'It's open.'", ["Come in,", "It's open."]),
    ("Rock 'n' roll of the '90s", []),
    ("He is 6'2\" tall.", []),
    ("“He said ‘no’ to me.”", ["He said ‘no’ to me.", "no"]),
    ("«Oui», dit-il.", ["Oui"]),
    ('"', []),
    ('""', []),
    ("” “", []),
    ('"Open and never closed', ["Open and never closed"]),
    ('One "two" three" four', ["two"]),
]


@pytest.mark.parametrize(("text", "passages"), PAIRS, ids=[text for text, _ in PAIRS])
def test_pairing_of_marks(text: str, passages: list[str]) -> None:
    """Marks are paired within their paragraph; apostrophes and inches open nothing."""
    story = blank_story(text)
    assert [text[p.start : p.end] for p in find_passages(story)] == passages


ODD = [
    "",
    "   \n\n ",
    "x",
    "?",
    '"',
    "no punctuation at all here",
    "قال الرئيس «نعم» اليوم",
    '"' * 5000,
    "' " * 5000,
    "a " * 20_000,
    '"a" ' * 4000,
    "\u2028\u200b\ufeff",
    "“‘“‘“‘“‘",
]


@pytest.mark.parametrize("text", ODD, ids=[repr(text[:12]) for text in ODD])
def test_odd_texts_pass(text: str) -> None:
    """No text breaks the layer, and every span says what stands at its offsets."""
    story = blank_story(text or " ")
    for quote in find_quotes(story, Cast(story, (), ())):
        for span in (quote.span, *quote.content):
            assert story.text[span.start : span.end] == span.text


def test_common_words_in_order() -> None:
    """Words are counted in their order, whatever stands between them."""
    assert common(("told", "him", "a", "couple"), ("just", "told", "him", "only", "a", "couple")) == 4


def test_cue_table_is_sound() -> None:
    """Each cue has one row for its part of speech, known frames only, and an act."""
    rows = table("en/cues.tsv")
    plain = {"that", "wh", "inf", "oinf", "ger", "np", "as", "sc", "call-on", "quote"}
    assert len({(row["lemma"], row["pos"]) for row in rows}) == len(rows)
    assert {row["polarity"] for row in rows} == {"positive", "negative"}
    assert {row["stance"] for row in rows} == {"speech", "thought", "evidence", "manner"}
    for row in rows:
        frames = {frame.split("=")[0] for frame in row["frames"].split()}
        assert row["act"]
        assert frames
        assert all(frame in plain or frame.startswith(("p:", "op:")) for frame in frames)


STORY = Article(
    id="gold",
    title="Lund vows to reopen mine: 'We owe it to them'",
    text=(
        "Prime Minister Ada Lund promised on Monday to reopen the Alder mine, which has been shut since 2019.\n"
        "“We owe it to them, and we will pay for it,” Lund said in Port Alder. “Nobody will be left out.”\n"
        "Her rival, Carl Brandt, called the promise “a cruel joke”. He accused her of buying votes.\n"
        "Photo: Nora Field / Alder Images"
    ),
    language="en",
)


@pytest.mark.model
def test_story_with_the_model(nlp: Language) -> None:
    """With the real model: headline linked to the body, full names, two spans for an interrupted quote."""
    quotes = extract(STORY, nlp).quotes
    headline = next(q for q in quotes if q.is_headline and q.kind == "direct")
    body = next(q for q in quotes if not q.is_headline and q.kind == "direct")
    assert headline.same_as == quotes.index(body)
    assert (headline.speaker_name, body.speaker_name) == ("Ada Lund", "Ada Lund")
    assert [span.text for span in body.content] == [
        "We owe it to them, and we will pay for it",
        "Nobody will be left out.",
    ]
    assert not any(q.speaker_name == "Nora Field" for q in quotes)


@pytest.mark.model
def test_mixed_with_the_model(nlp: Language) -> None:
    """With the real model: a quoted predicate is mixed, and the pronoun after it is its speaker."""
    quotes = extract(STORY, nlp).quotes
    mixed = next(q for q in quotes if q.kind == "mixed")
    accusation = next(q for q in quotes if q.cue_lemma == "accuse")
    assert (mixed.text, mixed.speaker_name) == ("the promise “a cruel joke", "Carl Brandt")
    assert accusation.speaker_name == "Carl Brandt"


@pytest.mark.model
def test_quotes_are_the_same_again(nlp: Language) -> None:
    """Two runs over one article give equal records."""
    assert extract(STORY, nlp).quotes == extract(STORY, nlp).quotes
