"""Parquet as other tools write it: columns that nobody asked for, times in odd zones, values beyond all bounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from copytaster.parse import parse_record
from copytaster.records import Article, RawRecord
from copytaster.sources import parquet
from copytaster.sources.archive import ArchiveCursor, open_archive, read_records

TEXT = "The mayor said on Tuesday that the bridge would open next month."
NANOSECONDS = 1_763_734_800_000_000_001


def records_of(path: Path, columns: dict[str, Any], **how: Any) -> list[RawRecord]:
    """The records of a table written to a file."""
    pq.write_table(pa.table(columns), path, **how)
    return list(read_records(open_archive(str(path))))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (pa.timestamp("ns"), "2025-11-21T14:20:00"),
        (pa.timestamp("ns", "UTC"), "2025-11-21T14:20:00+00:00"),
        (pa.timestamp("ns", "Europe/Paris"), "2025-11-21T15:20:00+01:00"),
        (pa.timestamp("ns", "+03:30"), "2025-11-21T17:50:00+03:30"),
        (pa.timestamp("ns", "Mars/Phobos"), "2025-11-21T14:20:00+00:00"),
        (pa.timestamp("ns", "+25:00"), "2025-11-21T14:20:00+00:00"),
        (pa.timestamp("ns", "UTC+1"), "2025-11-21T14:20:00+00:00"),
    ],
)
def test_a_time_is_read_in_any_zone(kind: pa.DataType, expected: str, tmp_path: Path) -> None:
    times = pa.array([NANOSECONDS, None], kind)
    nested = pa.array([[{"at": NANOSECONDS}], []], pa.list_(pa.struct([("at", kind)])))
    first, second = records_of(tmp_path / "a.parquet", {"text": [TEXT] * 2, "published_at": times, "bodies": nested})
    assert json.loads(first.value or b"") == {"text": TEXT, "published_at": expected, "bodies": [{"at": expected}]}
    assert json.loads(second.value or b"") == {"text": TEXT, "bodies": []}


def test_columns_that_nobody_asked_for_are_not_read(tmp_path: Path) -> None:
    """What is plain and small goes along as what the contract does not name."""
    columns = {
        "id": ["a"],
        "text": [TEXT],
        "words": [11],
        "desk": ["world"],
        "history": pa.array([[NANOSECONDS]], pa.list_(pa.timestamp("ns", "Mars/Phobos"))),
        "vector": [[0.5] * 768],
        "picture": [b"\x89PNG"],
        "page": ["<html>" + "x" * 5_000],
    }
    (record,) = records_of(tmp_path / "a.parquet", columns)
    assert json.loads(record.value or b"") == {"id": "a", "text": TEXT, "words": 11, "desk": "world"}


def test_a_time_out_of_range_costs_itself_only(tmp_path: Path) -> None:
    times = pa.array([2**62, 2**62], pa.timestamp("us", "UTC"))
    records = records_of(tmp_path / "a.parquet", {"text": [TEXT] * 2, "published_at": times})
    for record in records:
        article = parse_record(record)
        assert isinstance(article, Article)
        assert (article.text, article.published_at, article.extra) == (
            TEXT,
            None,
            {"published_at": f"{2**62} us since 1970"},
        )


@pytest.mark.parametrize("use_dictionary", [True, False])
def test_values_beyond_all_bounds_are_not_decoded(use_dictionary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(parquet, "BOMB_BYTES", 1_000_000)
    monkeypatch.setattr(parquet, "MAX_MESSAGE", 100_000)
    read: list[list[str]] = []
    original = pq.ParquetFile.iter_batches

    def iter_batches(self: pq.ParquetFile, rows: int, groups: list[int], columns: list[str], **how: Any) -> Any:
        read.append(columns)
        return original(self, rows, groups, columns, **how)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", iter_batches)
    columns = {"id": ["a", "b", "c"], "text": [letter * 2_000_000 for letter in "xyz"]}
    records = records_of(tmp_path / "a.parquet", columns, compression="zstd", use_dictionary=use_dictionary)
    assert read == [["id"]]
    assert [(record.failure, record.value) for record in records] == [
        ("too_large", b'{"id": "%c"}' % c) for c in b"abc"
    ]


def test_a_row_that_is_too_large_is_one_failure_with_its_size(tmp_path: Path) -> None:
    columns = {"id": ["a", "b", "c"], "text": [TEXT, "".join(map(chr, range(32, 127))) * 120_000, TEXT]}
    records = records_of(tmp_path / "a.parquet", columns, compression="none")
    assert [record.failure for record in records] == [None, "too_large", None]
    assert "11400013 bytes" in str(records[1].failure_detail)
    assert (records[1].value or b"").startswith(b'id: b\ntext:  !"#$')


def test_two_readers_of_one_row_group_decode_it_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(pa.table({"id": [str(n) for n in range(4_000)], "text": [TEXT] * 4_000}), tmp_path / "a.parquet", row_group_size=2_000)  # fmt: skip
    archive = open_archive(str(tmp_path / "a.parquet"))
    opened: list[int] = []
    original = pq.ParquetFile.iter_batches

    def iter_batches(self: pq.ParquetFile, rows: int, groups: list[int], columns: list[str], **how: Any) -> Any:
        opened.extend(groups)
        return original(self, rows, groups, columns, **how)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", iter_batches)
    cursors = (ArchiveCursor(), ArchiveCursor())
    found: list[int] = []
    for number, start in enumerate(range(0, 4_000, 50)):
        found += [record.offset for record in cursors[number % 2].read(archive, start, start + 50)]
    assert found == list(range(4_000))
    assert sorted(opened) == [0, 0, 1, 1]
    for cursor in cursors:
        cursor.close()
