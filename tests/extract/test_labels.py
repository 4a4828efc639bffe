"""Tests of extract/labels: what the layers found is what later layers read at a token."""

from __future__ import annotations

import pytest
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab
from tests.written import story_of

from copytaster.annotate import annotate
from copytaster.extract.labels import label_names, label_times
from copytaster.extract.story import Story
from copytaster.records import Entity, Mention, TimeExpression
from copytaster.structure import text_blocks


def story(pairs: str) -> Story:
    """The story of words with their parts of speech: "Peru/PROPN paid/VERB"."""
    words, pos = zip(*(pair.rsplit("/", 1) for pair in pairs.split()), strict=True)
    tags = ["$" if word in "$€£" else "" for word in words]
    starts = [i == 0 for i in range(len(words))]
    ents = ["B-PERSON"] * len(words)
    doc = Doc(Vocab(), list(words), pos=list(pos), lemmas=list(words), tags=tags, ents=ents, sent_starts=starts)  # type: ignore[arg-type]
    return story_of(doc)


def labels_of(one: Story) -> list[str]:
    """Each token's label as later layers see it."""
    return [f"{token.ent_iob_}-{token.ent_type_}".rstrip("-") for token in one.doc]


def test_names_have_the_type_that_the_article_decided() -> None:
    """An adjective of a country is its people's; labels of before are gone; an unknown type has none."""
    one = story("Peruvian/ADJ troops/NOUN left/VERB Port/PROPN Orvan/PROPN for/ADP Zork/PROPN")
    entities = [Entity("Peru", "GPE"), Entity("Port Orvan", "GPE"), Entity("Zork", "OTHER")]
    mentions = []
    for number, text in enumerate(("Peruvian", "Port Orvan", "Zork")):
        start = one.text.index(text)
        mentions.append(Mention(one.cut(start, start + len(text)), "name", number, 0, 1.0))
    label_names(one, entities, mentions)
    assert labels_of(one) == ["B-NORP", "O", "O", "B-GPE", "I-GPE", "O", "O"]
    assert [ent.text for ent in one.doc.ents] == ["Peruvian", "Port Orvan"]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ("It/PRON cost/VERB $/SYM 2.5/NUM million/NUM ./PUNCT", ["O", "O", "B-MONEY", "I-MONEY", "I-MONEY", "O"]),
        ("forty/NUM euro/NOUN more/ADJ", ["B-MONEY", "I-MONEY", "O"]),
        ("12/NUM percent/NOUN fell/VERB", ["B-PERCENT", "I-PERCENT", "O"]),
        ("12/NUM per/ADP cent/NOUN", ["B-PERCENT", "I-PERCENT", "I-PERCENT"]),
        ("12/NUM people/NOUN", ["O", "O"]),
        ("fell/VERB 12/NUM", ["O", "O"]),
    ],
)
def test_amounts_are_labelled(pairs: str, expected: list[str]) -> None:
    """Money and shares, and no other numbers."""
    one = story(pairs)
    label_names(one, (), ())
    assert labels_of(one) == expected


def test_times_do_not_take_a_name() -> None:
    """The second May of "May Lund left in May" alone is a month."""
    one = story("May/PROPN Lund/PROPN left/VERB in/ADP May/PROPN")
    label_names(one, [Entity("May Lund", "PERSON")], [Mention(one.cut(0, 8), "name", 0, 0, 1.0)])
    found = [TimeExpression(one.cut(start, start + 3), "XXXX-05", "DATE") for start in (0, one.text.rindex("May"))]
    label_times(one, found)
    assert labels_of(one) == ["B-PERSON", "I-PERSON", "O", "O", "B-DATE"]


@pytest.mark.model
def test_the_model_itself_labels_nothing(nlp: Language) -> None:
    """Its recognizer would cost more than all our layers, and is not loaded."""
    text = "Ann Moran met Peruvian envoys in Lima on Friday."
    (doc,) = annotate([(text, text_blocks(text))], nlp)
    assert isinstance(doc, Doc)
    assert not doc.ents
