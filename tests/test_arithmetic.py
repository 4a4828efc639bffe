"""The model on numpy's linear algebra: everywhere, in one thread, and left alone where there is none."""

from __future__ import annotations

import resource

import pytest
import structlog
from spacy.language import Language
from thinc.api import NumpyOps
from threadpoolctl import threadpool_info

from copytaster.annotate import annotate, load_as_shipped
from copytaster.arithmetic import blas_library, nodes, use_fast_arithmetic
from copytaster.structure import text_blocks

pytestmark = pytest.mark.model

TEXTS = (
    "The harbour board of Wick said on Friday that it would close two piers.",
    '"We never agreed to that," Ms Tolland told reporters after the vote. Nobody else spoke.',
)


def test_no_layer_is_left_behind(nlp: Language) -> None:
    """One layer on the old arithmetic would cost what all of them save, and nobody would see it."""
    operations = [node.ops for node in nodes(nlp)]
    assert len(operations) > 20
    assert [ops for ops in operations if isinstance(ops, NumpyOps) and ops.use_blis] == []
    assert [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"] == [1]


def test_annotation_is_that_of_the_pipeline_as_shipped(nlp: Language) -> None:
    """Tags and trees are equal."""
    shipped = load_as_shipped()
    docs = [list(annotate([(text, text_blocks(text)) for text in TEXTS], model)) for model in (shipped, nlp)]
    before, after = ([[(t.text, t.tag_, t.dep_, t.head.i) for t in doc] for doc in some] for some in docs)
    assert before == after


def test_without_a_fast_library_the_pipeline_stays_as_it_is() -> None:
    """And the log says so, with the cure."""
    shipped = load_as_shipped()
    with structlog.testing.capture_logs() as lines:
        use_fast_arithmetic(shipped, library="")
    assert all(node.ops.use_blis for node in nodes(shipped) if isinstance(node.ops, NumpyOps))
    assert [(line["log_level"], line["library"]) for line in lines] == [("warning", "none")]
    assert "OpenBLAS" in lines[0]["cure"]


def test_numpy_of_this_machine_is_known() -> None:
    """The wheels that the lock file pins have OpenBLAS."""
    assert "openblas" in blas_library()


def test_a_batch_uses_the_memory_of_the_last(nlp: Language) -> None:
    """Six thousand pages otherwise, each of which the system clears; where the C library is not glibc, it may."""
    texts = [(TEXTS[0] * 150, [])] * 8
    faults = []
    for _ in range(4):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        assert len(list(annotate(texts, nlp))) == 8
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    assert min(faults) < 600, faults
