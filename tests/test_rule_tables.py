"""The tables in the place of the ruler and the lemmatizer: the same attributes, or the component stays."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language
from spacy.pipeline import AttributeRuler

from copytaster.annotate import load_as_shipped
from copytaster.arithmetic import use_fast_arithmetic
from copytaster.rule_tables import AttributeTable, LemmaTable, use_tables

TEXTS = (
    "Ain't nobody gonna tell the Mayor of Ostby what he's gotta do: y'all c'mon, let's vote, he said.\n\n"
    "There are no better harbours; there's one in Lund. She got what she wants, and gets it twice.  \t Really?",
    "THE MINISTERS' wives'd have known better than to be seen there, had they known. I do, you did, who does?",
    'e-mail: nobody@example.org, +46 8 123 45 67 :-) 50% off… (b) $3.5bn -- "That\u2019s that," he\'d say; whose? Those.',
    "",
    " \n",
    "The worst drought in years left fields bare, feet sore and geese thin. More rain fell further north, some say.",
)


@pytest.mark.model
def test_tables_say_what_the_components_say(nlp: Language) -> None:
    """For contractions, expletives, white space, comparatives and what the model has no word for."""
    shipped = load_as_shipped()
    use_fast_arithmetic(shipped)
    assert any(isinstance(pipe, AttributeTable) for _, pipe in nlp.pipeline)
    assert any(isinstance(pipe, LemmaTable) for _, pipe in nlp.pipeline)
    for text in TEXTS:
        expected, actual = (
            [(t.text, t.tag_, t.pos_, str(t.morph), t.lemma_, t.dep_, t.head.i) for t in model(text)]
            for model in (shipped, nlp)
        )
        assert expected == actual


@pytest.mark.model
def test_lemmas_outlive_the_strings_of_a_batch(nlp: Language) -> None:
    """A word that a batch brought and took away again has its lemma in the next."""
    for _ in range(2):
        with nlp.memory_zone():
            doc = nlp("The zorblexes were frobnicating.")
            assert [t.lemma_ for t in doc] == ["the", "zorblexe", "be", "frobnicate", "."]


@pytest.mark.parametrize(
    ("pattern", "attributes", "text", "expected"),
    [
        ([{"LOWER": "red"}], {"POS": "ADJ"}, "A Red roof", ["", "ADJ", ""]),
        ([{"LOWER": {"NOT_IN": ["red", "a"]}}], {"POS": "NOUN"}, "A red roof", ["", "", "NOUN"]),
        ([{"LOWER": {"REGEX": "o{2}"}}], {"POS": "NOUN"}, "A red roof", ["", "", "NOUN"]),
        ([{"LOWER": "red"}, {"LOWER": {"IN": ["roof", "house"]}}], {"POS": "X"}, "red red House", ["", "X", ""]),
    ],
)
def test_simple_rules_become_a_table(
    pattern: list[dict[str, object]], attributes: dict[str, str], text: str, expected: list[str]
) -> None:
    """Each form of condition, in a pipeline of another maker."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    assert isinstance(ruler, AttributeRuler)
    ruler.add([pattern], attributes)
    assert [t.pos_ for t in nlp(text)] == expected
    use_tables(nlp)
    assert nlp.pipe_names == ["attribute_table"]
    assert [t.pos_ for t in nlp(text)] == expected


@pytest.mark.parametrize(
    "pattern",
    [[{"LOWER": "red", "OP": "+"}], [{"LEMMA": "red"}], [{"LENGTH": {">=": 3}}], [{"LOWER": {"FUZZY": "red"}}]],
)
def test_other_rulers_stay(pattern: list[dict[str, object]]) -> None:
    """What a table cannot say is left to the component."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    assert isinstance(ruler, AttributeRuler)
    ruler.add([pattern], {"POS": "ADJ"})
    use_tables(nlp)
    assert nlp.pipe_names == ["attribute_ruler"]
