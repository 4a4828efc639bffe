"""A model's embedding of words, computed once for equal words of a batch instead of for each.

What the first layers of a tok2vec say of a token depends on its own few features only (norm, prefix, suffix, shape and the
like), and of the tokens of eight articles not half differ in them. The window layers behind it see each token again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from thinc.api import Model, chain
from thinc.types import Ragged

from copytaster.arithmetic import nodes

EMBEDDING = ("extract_features", "list2ragged", "with_array(", "with_array(", "ragged2list")
"""How the names of the layers of spaCy's `MultiHashEmbed` begin."""
FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2 to the 64th over the golden ratio, as hash functions multiply by."""


def embed_once(nlp: Language) -> None:
    """Lets each embedding of the pipeline that is spaCy's own work on unequal rows only; others stay as they are."""
    for node in list(nodes(nlp)):
        names = [layer.name for layer in node.layers]
        if len(names) == len(EMBEDDING) and all(map(str.startswith, names, EMBEDDING)):
            tables, mixer = (layer.layers[0] for layer in node.layers[2:4])
            node.layers[2:4] = [Model("unique_rows", forward, layers=[chain(tables, mixer)])]


def forward(model: Model[Ragged, Ragged], features: Ragged, is_train: bool) -> tuple[Ragged, Any]:  # noqa: ARG001  thinc's
    """The layer's output for each token, from one row for all tokens of the same features. It cannot be trained."""
    first, which = unequal(features.dataXd)
    found = model.layers[0].predict(features.dataXd[first])  # type: ignore[call-overload]  # thinc knows no numbers of rows
    return Ragged(found[which], features.lengths), None


def unequal(rows: Any) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The numbers of rows (of 64-bit features) of which no two are equal, and for each row the place there of its equal."""
    keys = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        keys = keys * FACTOR + column
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    if not np.array_equal(rows[first][which], rows):  # one key for two rows: not to be expected in a thousand years
        return np.arange(len(rows)), np.arange(len(rows))
    return first, which
