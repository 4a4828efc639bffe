"""Events that a phrasal verb takes back did not happen, with the real model."""

from __future__ import annotations

import pytest
from spacy.language import Language

import copytaster
from copytaster.records import Article

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("text", "realised"),
    [
        ("The union called off a strike.", False),
        ("The union called a strike.", True),
        ("The army called off an attack on the town.", False),
    ],
)
def test_called_off(nlp: Language, text: str, realised: bool) -> None:
    found = copytaster.extract(Article(text=text, language="en"), nlp)
    assert any(event.is_realized for event in found.events) == realised
