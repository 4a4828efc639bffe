"""Names that no list has: what the words beside them tell, with the real model."""

from __future__ import annotations

import pytest
from spacy.language import Language

import copytaster
from copytaster.records import Article

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("text", "name", "kind", "is_outlet"),
    [
        ("Talks began on Monday in the border town of Orvan, officials said.", "Orvan", "GPE", False),
        ("Troops left the village of Teshkal after the truce.", "Teshkal", "GPE", False),
        ("The Lindmark Courier reported on Friday that the mayor had resigned.", "Lindmark Courier", "ORG", True),
        ("According to the Ostrava Dispatch, the talks have failed.", "Ostrava Dispatch", "ORG", True),
    ],
)
def test_unknown_name(nlp: Language, text: str, name: str, kind: str, is_outlet: bool) -> None:
    found = copytaster.extract(Article(text=text, language="en"), nlp)
    assert (kind, is_outlet) in [(e.type, e.is_outlet) for e in found.entities if e.name == name]


@pytest.mark.parametrize(
    ("text", "name", "is_person"),
    [
        ("Meridia accused Kestland of shelling border towns.", "Kestland", False),
        ("Talks broke down after Ostmark suspected Ellingford of leaking the minutes.", "Ellingford", False),
        ("Police arrested accused Shejin near the station on Friday.", "Shejin", True),
        ("The paper quoted striker Tovell as saying so.", "Tovell", True),
    ],
)
def test_a_verb_is_no_title(nlp: Language, text: str, name: str, is_person: bool) -> None:
    """A word for a person that is the verb here says nothing of the name behind it."""
    found = copytaster.extract(Article(text=text, language="en"), nlp)
    assert [e.type == "PERSON" for e in found.entities if e.name == name] == [is_person]
