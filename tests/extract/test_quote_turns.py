"""Tests of utterances without quotation marks: turns of an interview, embedded posts; and of who only hands words on."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy

from copytaster import Article
from copytaster.extract.quotes import find_quotes
from copytaster.extract.quotes.turns import initials
from copytaster.extract.story import Cast, Story
from copytaster.records import Entity, Mention
from copytaster.structure import text_blocks
from written import read_docs, story_of

DOCS = read_docs(Path(__file__).parent / "written" / "quotes.tsv")


def blank_story(text: str, title: str = "") -> Story:
    """A story whose annotation is empty: words, and nothing about them."""
    article = Article(text=text, title=title, id="talk", language="en")
    doc = spacy.blank("en").make_doc(article.full_text)
    for token in doc:
        token.is_sent_start = token.i == 0
    return Story.of(article, doc, text_blocks(article.full_text, title))


def persons(story: Story, *names: str) -> Cast:
    """The cast of a story in which each name is a person's wherever it stands."""
    mentions = []
    for number, name in enumerate(names):
        start = story.text.find(name)
        while start >= 0:
            mentions.append(Mention(story.cut(start, start + len(name)), "name", number, story.sentence_at(start)))
            start = story.text.find(name, start + 1)
    return Cast(story, [Entity(name, "PERSON") for name in names], sorted(mentions, key=lambda m: m.span.start))


TALK = "Jo Lund: When did you know?\n\nAnn Moran: In May. Nobody told us.\n\nJL: And then?\n\nAM: Then we left."


def test_turns_of_an_interview() -> None:
    """Each turn is its speaker's, by the full name where later labels are initials."""
    story = blank_story(TALK)
    quotes = find_quotes(story, persons(story, "Jo Lund", "Ann Moran"))
    assert [(q.kind, q.text, q.speaker_name) for q in quotes] == [
        ("direct", "When did you know?", "Jo Lund"),
        ("direct", "In May. Nobody told us.", "Ann Moran"),
        ("direct", "And then?", "Jo Lund"),
        ("direct", "Then we left.", "Ann Moran"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Read more: The vote\n\nWatch: The flood\n\nRead more: The mine\n\nWatch: The storm",
        "Jo Lund: striker.\n\nAnn Moran: keeper.\n\nEd Pike: coach.\n\nTed Orr: captain.",
        "Jo Lund: When did you know?\n\nThe town was quiet.",
    ],
)
def test_labels_that_speak_not(text: str) -> None:
    """Headings that come again, a list in which no name does, and a single label make no interview."""
    story = blank_story(text)
    assert find_quotes(story, persons(story, "Jo Lund", "Ann Moran", "Ed Pike", "Ted Orr")) == ()


POST = "The harbour is closed. Stay away! — Ann Moran (@annmoran) May 3, 2024"


def test_embedded_post() -> None:
    """What stands before dash, name and handle is that person's post."""
    story = blank_story(POST)
    (quote,) = find_quotes(story, persons(story, "Ann Moran"))
    assert (quote.kind, quote.text, quote.speaker_name) == ("direct", "The harbour is closed. Stay away!", "Ann Moran")


@pytest.mark.parametrize("text", ["— Ann Moran (@annmoran) May 3, 2024", "The mine — Lima's last (see map) — is shut."])
def test_no_post(text: str) -> None:
    """A signature alone, and brackets in a sentence, are none."""
    story = blank_story(text)
    assert find_quotes(story, persons(story, "Ann Moran")) == ()


def test_initials() -> None:
    """A name and its initials are one label; a single surname stays itself."""
    assert [initials(n) for n in ("Jo Lund", "JL", "Moran", "MORAN")] == ["JL", "JL", "Moran", "MORAN"]


HEADLINES = [
    ("'I heard a bang': Terror as roof falls in", "I heard a bang", "“I heard a bang,” Ann Moran said."),
    (
        "“Nobody was told” – anger over the closed mine",
        "Nobody was told",
        "“Nobody was told, not one of us,” Ann Moran said.",
    ),
]


@pytest.mark.parametrize(("title", "words", "body"), HEADLINES)
def test_headline_quote_without_a_name(title: str, words: str, body: str) -> None:
    """It is a record of its own even where the headline names no speaker and the body's annotation is empty."""
    story = blank_story(body, title)
    headline = next(q for q in find_quotes(story, persons(story, "Ann Moran")) if q.is_headline)
    assert (headline.kind, headline.text, headline.speaker) == ("direct", words, None)


RELAYS = [
    (
        'The finance minister said he was "concerned", the newspaper Lidove reported.',
        [("Lidove", "outlet"), ("finance minister", "speaker")],
    ),
    (
        '"I\'d rather win alone," Lindqvist was quoted as saying by Corriere.',
        [("Corriere", "outlet"), ("Lindqvist", "speaker")],
    ),
]


@pytest.mark.parametrize(("text", "chain"), RELAYS)
def test_outlet_that_no_list_knows(text: str, chain: list[tuple[str, str]]) -> None:
    """An outlet hands on what somebody else says, in one record, though only the words tell that it is one."""
    story = story_of(DOCS[text])
    (quote,) = find_quotes(story, Cast(story, (), ()))
    assert [(source.name, source.role) for source in quote.source_chain] == chain


def test_outlet_that_cites_before_it_reports() -> None:
    """Those whom the outlet cites are the source of what it reports, and stay unnamed."""
    text = (
        "The Northern Gazette, citing two people familiar with the matter, reported last week that the port had asked "
        "banks to delay a loan."
    )
    story = story_of(DOCS[text])
    start = text.find("Northern Gazette")
    mention = Mention(story.cut(start, start + 16), "name", 0, story.sentence_at(start))
    quotes = find_quotes(story, Cast(story, [Entity("Northern Gazette", "ORG", is_outlet=True)], [mention]))
    outer = next(q for q in quotes if q.cue_lemma == "report")
    assert [(source.name, source.role) for source in outer.source_chain] == [
        ("Northern Gazette", "outlet"),
        ("two people familiar with the matter", "anonymous_source"),
    ]
