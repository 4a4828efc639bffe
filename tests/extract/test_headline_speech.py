"""Tests of what headlines say without the words that a sentence would need."""

from __future__ import annotations

from pathlib import Path

import pytest

from copytaster.extract.quotes import find_quotes
from copytaster.extract.story import Cast
from written import read_docs, story_of

DOCS = {
    text.split("\n")[0]: doc for text, doc in read_docs(Path(__file__).parent / "written" / "headlines.tsv").items()
}

CASES = [
    ("'We will win this vote': Moran", [("direct", "We will win this vote", "Moran")]),
    ('"Nobody asked us" – harbour union', [("direct", "Nobody asked us", "harbour union")]),
    (
        "Harlow says port strike 'holding the country to ransom'",
        [("mixed", "port strike 'holding the country to ransom'", "Harlow")],
    ),
    ("Coach says team ready for final", [("indirect", "team ready for final", "Coach")]),
    ("Minister insists reform on track", [("indirect", "reform on track", "Minister")]),
    ("Union claims bosses behind delay", [("indirect", "bosses behind delay", "Union")]),
    ("Police chief 'will not resign' over leak", [("mixed", "will not resign", "Police chief")]),
    ("Union 'ready to strike' over pay", [("mixed", "ready to strike", "Union")]),
    ("Police chief 'had a knife'", []),  # so say others of him
    ("New ferry sails into storm off Bergen", []),
    ("Prices rise again in March", []),
    ("Analysis: why the vote failed", []),
    ("Heavy rain warnings for the north", []),
]


@pytest.mark.parametrize(("headline", "expected"), CASES)
def test_headline(headline: str, expected: list[tuple[str, str, str]]) -> None:
    """Kind, words and the source's own words, of the headline alone."""
    story = story_of(DOCS[headline], title=headline)
    found = [quote for quote in find_quotes(story, Cast(story, (), ())) if quote.is_headline]
    assert [(q.kind, q.text, q.speaker.text if q.speaker else None) for q in found] == expected
