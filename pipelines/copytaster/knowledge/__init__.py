"""The loader of the knowledge base: tables of words, names and types, which are data and not code.

Each file is tab-separated UTF-8: comment lines (`#`) that state its source and licence, a header line, rows. English
word lists live in `en/`; another language has a folder of its own with the same files.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Iterator
from importlib import resources


@functools.cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a knowledge file, e.g. `table("en/cues.tsv")`, as column -> text; read once per process.

    Raises ValueError naming file and line where a row has more cells than the header.
    """
    return tuple(stream(name))


def stream(name: str) -> Iterator[dict[str, str]]:
    """The rows of a knowledge file one by one, kept by nobody: for a large file that the caller packs its own way."""
    data = resources.files(__name__).joinpath(name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    header: list[str] | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("#") or not line.strip():
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            continue
        if missing := len(header) - len(cells):
            if missing < 0:
                raise ValueError(
                    f"{name} line {number} has {len(cells)} cells, its header has {len(header)}: {line[:80]!r}"
                )
            cells += [""] * missing
        yield dict(zip(header, cells))  # noqa: B905  they are as many, and there are 160,000 rows
