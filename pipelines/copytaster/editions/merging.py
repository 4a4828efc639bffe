"""Rows of many small files to few large ones, sorted, in flat memory: sorted runs on local disk, merged slice by slice."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

RUN_BYTES = 96 << 20
"""Arrow bytes in memory after which a run is sorted and written."""

GROUP_MEMORY = 256 << 20
"""Arrow bytes of the rows that are given at once: text that repeats itself takes a hundredth of them in a file."""

RANK = "__rank"
"""The column that rows are sorted by while they are merged."""


class SortedRuns:
    """Takes rows with their ranks in any order, gives them sorted by rank; rows of one rank stay in the order they came."""

    def __init__(self) -> None:
        self._waiting: list[pa.Table] = []
        self._bytes = 0
        self._rows = 0
        self._total = 0
        self._runs: list[pa.Table] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runs, self._waiting = [], []
        if self._folder:
            self._folder.cleanup()

    def add(self, rows: pa.Table, ranks: pa.Array) -> None:
        """Takes rows, the rank (int32) of each beside it."""
        if not rows.num_rows:
            return
        self._waiting.append(rows.append_column(RANK, ranks))
        size = rows.nbytes
        self._bytes += size
        self._total += size
        self._rows += rows.num_rows
        if self._bytes >= RUN_BYTES:
            self._runs.append(self._spilled(self._sorted_run()))

    def _sorted_run(self) -> pa.Table:
        table = pa.concat_tables(self._waiting).unify_dictionaries().combine_chunks()
        self._waiting, self._bytes = [], 0
        return sorted_by_rank(table)

    def _spilled(self, run: pa.Table) -> pa.Table:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="copytaster-")
        path = Path(self._folder.name) / f"{len(self._runs)}.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, run.schema) as writer:
            writer.write_table(run)
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()

    def slices(self, bounds: list[int]) -> Iterator[pa.Table]:
        """The rows of ranks from each bound up to the next, sorted; without the rank."""
        if self._waiting:
            self._runs.append(self._sorted_run())
        ranks = [run[RANK].to_numpy() for run in self._runs]
        for low, high in itertools.pairwise(bounds):
            parts = []
            for run, rank in zip(self._runs, ranks, strict=True):
                first, last = np.searchsorted(rank, [low, high])
                if first < last:
                    parts.append(run.slice(first, last - first))
            if parts:
                found = pa.concat_tables(parts)
                yield (
                    found if len(parts) == 1 else sorted_by_rank(found.unify_dictionaries().combine_chunks())
                ).drop_columns([RANK])

    def fitting(self, limit: int) -> int:
        """At most so many rows, and no more than take `GROUP_MEMORY` as they are."""
        return max(1, min(limit, GROUP_MEMORY * self._rows // max(self._total, 1)))

    def counts(self, ranks: int) -> np.ndarray:
        """How many rows each rank from 0 up to `ranks` has."""
        if self._waiting:
            self._runs.append(self._sorted_run())
        total = np.zeros(ranks, dtype=np.int64)
        for run in self._runs:
            total += np.bincount(run[RANK].to_numpy(), minlength=ranks)
        return total


def ranks_of(column: pa.ChunkedArray, names: pa.Array) -> pa.ChunkedArray:
    """Of each value its position in `names` (int32), null where it is not there."""
    if not pa.types.is_dictionary(column.type):
        return pc.index_in(column, value_set=names)
    chunks = [pc.index_in(chunk.dictionary, value_set=names).take(chunk.indices) for chunk in column.chunks]
    return pa.chunked_array(chunks, pa.int32())


def sorted_by_rank(table: pa.Table) -> pa.Table:
    """The rows sorted by rank, equal ranks in their order."""
    rank = table[RANK].to_numpy()
    if np.all(rank[:-1] <= rank[1:]):
        return table
    return table.take(pa.array(np.argsort(rank, kind="stable")))
