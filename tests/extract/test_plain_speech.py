"""Plain attributions that the parser misreads, turns that nobody knows whose they are, and what "according to" does not tell."""

from __future__ import annotations

import pytest
from spacy.language import Language

import copytaster
from copytaster.records import Article

pytestmark = pytest.mark.model


def said(nlp: Language, text: str) -> list[tuple[str, str | None, str | None]]:
    """The words of each quote, whose they are, and what the speaker is."""
    found = copytaster.extract(Article(text=text, language="en"), nlp)
    return [(" … ".join(part.text for part in q.content), q.speaker_name, q.speaker_title) for q in found.quotes]


@pytest.mark.parametrize(
    ("occupation", "name"),
    [
        ("care home manager", "Ilse Brandt"),
        ("epidemiologist", "Jun Tanaka"),
        ("rabbi", "Miriam Adler"),
        ("harbour master", "Ann Moran"),
        ("lead author", "Tom Reyes"),
        ("deputy head teacher", "Ada Mensah"),
    ],
)
def test_an_occupation_before_the_name(nlp: Language, occupation: str, name: str) -> None:
    text = f"The town was quiet on Monday.\n\n“We had no warning,” {occupation} {name} said.\n\nRain is expected."
    assert said(nlp, text) == [("We had no warning", name, occupation)]


def test_an_exchange_of_two(nlp: Language) -> None:
    """Short turns without a cue behind those of two people are nobody's that we know; long ones are the last speaker's."""
    short = "“We won,” said Ada Kern.\n\n“You cheated,” said Bo Falk.\n\n“Prove it.”\n\n“I will.”"
    assert [speaker for _, speaker, _ in said(nlp, short)] == ["Ada Kern", "Bo Falk", None, None]
    long = (
        "“We won,” said Ada Kern.\n\n“This was the longest strike that the town has ever seen,” said Bo Falk.\n\n"
        "“We shall rest now, and then we shall go back to work.”"
    )
    assert [speaker for _, speaker, _ in said(nlp, long)] == ["Ada Kern", "Bo Falk", "Bo Falk"]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("The deal was signed according to plan, and according to custom the loser bowed.", []),
        ("Ballots are sorted according to district, then counted.", []),
        ("Members pay according to need.", []),
        ("The shop was shut at noon, according to police.", ["police"]),
        ("The shop was shut at noon, according to the plan.", ["plan"]),
        ("The shop was shut at noon, according to Ann Moran.", ["Ann Moran"]),
    ],
)
def test_what_things_accord_to(nlp: Language, text: str, speakers: list[str]) -> None:
    assert [speaker for _, speaker, _ in said(nlp, text)] == speakers
