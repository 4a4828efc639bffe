"""Whose words they are where a description and a name stand side by side, with the real model."""

from __future__ import annotations

import pytest
from spacy.language import Language

import copytaster
from copytaster.records import Article

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("She wrote a book in 2010, her agent Joe Lee said.", "Joe Lee"),
        ("His lawyer Tom Reed told reporters that the case was weak.", "Tom Reed"),
        ("The coach, Luc Petit, said the team was tired.", "Luc Petit"),
        ("Two officials said that the bridge would close.", "two officials"),
    ],
)
def test_speaker(nlp: Language, text: str, speaker: str) -> None:
    (quote,) = copytaster.extract(Article(text=text, language="en"), nlp).quotes
    assert quote.speaker_name == speaker
