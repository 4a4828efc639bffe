"""Tests of extract/places/metonymy: where a capital stands for its government, on Docs from written annotations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from copytaster.extract.places import mark_metonyms
from copytaster.records import Entity, Mention
from written import read_docs, story_of

DOCS = read_docs(Path(__file__).parent / "written" / "metonymy.tsv")
CAPITALS = {"Moscow": "RU", "Tokyo": "JP", "Seoul": "KR", "Pyongyang": "KP", "Beijing": "CN", "Tehran": "IR"}
CAPITALS |= {"Berlin": "DE", "Paris": "FR", "Ankara": "TR", "Jakarta": "ID", "Milan": "IT"}

CASES = [
    ("Moscow said its troops would stay.", "RU"),
    ("The plan was rejected by Ankara.", "TR"),
    ("Tokyo will impose new sanctions.", "JP"),
    ("Talks between Seoul and Pyongyang failed.", "KR KP"),
    ("Paris and Berlin rejected the offer.", "FR DE"),
    ("Ties with Beijing have improved.", "CN"),
    ("Tehran's ambassador left on Monday.", "IR"),
    ("Pressure on Tehran is growing.", "IR"),
    ("He was born in Moscow.", "-"),
    ("The summit in Paris ended on Friday.", "-"),
    ("Floods hit Jakarta on Sunday.", "-"),
    ("Berlin is cold in January.", "-"),
    ("She flew from Tokyo to Seoul.", "- -"),
    ("Milan said the tram would be late.", "-"),
]
"""Text, and for each place in it the country for whose government it stands; "-" for the place itself."""


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_capital_stands_for_its_government(text: str, expected: str) -> None:
    """A government speaks, signs and is a partner; a city is where things happen, and Milan governs no country."""
    story = story_of(DOCS[text])
    names = [name for name in CAPITALS if name in text]
    entities = [Entity(name, "GPE", country=CAPITALS[name]) for name in names]
    mentions = [
        Mention(story.cut(*found.span()), "name", number, 0)
        for number, name in enumerate(names)
        for found in re.finditer(name, text)
    ]
    mentions.sort(key=lambda m: m.span.start)
    marked = mark_metonyms(story, entities, tuple(mentions))
    assert " ".join(m.metonym_country or "-" for m in marked) == expected
    assert [(m.span, m.entity) for m in marked] == [(m.span, m.entity) for m in mentions]
