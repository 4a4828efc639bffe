"""What an edition changes, as a file: a row for each article and dead letter whose state the edition changes.

Together, in order, these files are the whole memory of the editions: which version of each article holds, when it is from,
which articles are withdrawn, which dead letters are open. The same edition gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from copytaster.editions.holding import Change, Changes, LetterChange
from copytaster.tables import column

SCHEMA = pa.schema(
    [
        column("kind", pa.string(), "article or letter.", nullable=False),
        column("id", pa.string(), "article_id, or dead_letter_id.", nullable=False),
        column("version_id", pa.string(), "What holds now: version_id or dead_letter_id; null: nothing, withdrawn."),
        column("ingest_date", pa.date32(), "The partition of its rows.", nullable=False),
        column("moment", pa.int64(), "When it is from, microseconds since 1970 UTC; null where it does not say."),
        column("arrival", pa.int64(), "Its place in the order of arrival.", nullable=False),
        column("removed_version_id", pa.string(), "What held before and has gone from the tables; null: nothing."),
        column("removed_ingest_date", pa.date32(), "The partition of the rows that have gone."),
        column("is_open", pa.bool_(), "Letters: whether it is still open.", nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Removal:
    """A version, or a dead letter, whose rows an edition removes."""

    id: str
    """version_id, or dead_letter_id."""
    day: date
    """The ingest_date that its rows are filed under."""


def to_parquet(changes: Changes) -> bytes:
    """The changes as a file, sorted by kind and id."""
    rows = [article_row(name, change) for name, change in changes.articles.items()]
    rows += [letter_row(name, change) for name, change in changes.letters.items()]
    rows.sort(key=lambda row: (row["kind"], row["id"]))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


def article_row(name: str, change: Change) -> dict[str, object]:
    """The row of an article."""
    after, removed = change.after, change.removed
    return {
        "kind": "article",
        "id": name,
        "version_id": None if after.is_withdrawal else after.version_id,
        "ingest_date": after.day,
        "moment": after.moment,
        "arrival": after.arrival,
        "removed_version_id": removed.version_id if removed else None,
        "removed_ingest_date": removed.day if removed else None,
        "is_open": not after.is_withdrawal,
    }


def letter_row(name: str, change: LetterChange) -> dict[str, object]:
    """The row of a dead letter."""
    before, after = change.before, change.after
    known = after or before
    assert known is not None  # a change is from something or to something
    return {
        "kind": "letter",
        "id": name,
        "version_id": name if after else None,
        "ingest_date": known.day,
        "moment": None,
        "arrival": known.arrival,
        "removed_version_id": name if before else None,
        "removed_ingest_date": before.day if before else None,
        "is_open": after is not None,
    }


def removals(data: bytes, kind: str) -> list[Removal]:
    """What an edition removes of one kind, by its file of changes."""
    table = pq.read_table(pa.BufferReader(data), columns=["kind", "removed_version_id", "removed_ingest_date"])
    return [
        Removal(row["removed_version_id"], row["removed_ingest_date"])
        for row in table.to_pylist()
        if row["kind"] == kind and row["removed_version_id"] is not None
    ]


def states(data: bytes) -> Iterator[tuple[str, str, str | None, int, int | None, int]]:
    """What a file of changes leaves: kind, id, version_id, day (since 1970), moment and arrival of each row."""
    table = pq.read_table(pa.BufferReader(data))
    columns = [table["kind"], table["id"], table["version_id"], table["ingest_date"].cast(pa.int32())]
    columns += [table["moment"], table["arrival"]]
    yield from zip(*(part.to_pylist() for part in columns), strict=True)
