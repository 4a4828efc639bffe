"""Equal words are embedded once, and what is said of each is what the layers say of it alone."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.language import Language

from copytaster.annotate import load_as_shipped
from copytaster.arithmetic import nodes
from copytaster.unique_rows import FACTOR, unequal

pytestmark = pytest.mark.model

TEXTS = [
    "The harbour board of Wick said the board of the harbour would close the harbour.",
    "the the THE The, the.  The\n\nharbour",
    "",
    "Don't, she said, don't.",
]


def test_the_model_says_the_same(nlp: Language) -> None:
    """Up to the last bits, for a matrix product adds in another order."""
    shipped = load_as_shipped()
    before, after = (
        model.get_pipe("tok2vec").model.predict([model.make_doc(text) for text in TEXTS]) for model in (shipped, nlp)
    )
    assert [len(vectors) for vectors in before] == [len(vectors) for vectors in after]
    assert max(float(abs(x - y).max(initial=0)) for x, y in zip(before, after, strict=True)) < 1e-5


def test_no_embedding_is_left_behind(nlp: Language) -> None:
    """The pipeline has one, and it is found by its layers' names, which a new spaCy may change."""
    assert [node.name for node in nodes(nlp)].count("unique_rows") == 1


def test_rows_are_told_apart() -> None:
    """Each row is found again, also where a column differs by a bit, and where two unequal rows have one key."""
    rows = np.array([[1, 2], [1, 3], [1, 2], [2, 2], [0, 0], [1, 3]], np.uint64)
    first, which = unequal(rows)
    assert len(first) == 4
    assert (rows[first][which] == rows).all()
    with np.errstate(over="ignore"):
        alike = np.array([[1, 0], [0, FACTOR]], np.uint64)
    first, which = unequal(alike)
    assert (alike[first][which] == alike).all()
