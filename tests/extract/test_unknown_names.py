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
