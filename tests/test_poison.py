"""The whole job over bad input of every kind: each record is one dead letter or one row, and nothing else is lost."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from poison import files, message, messages
from wire import ask

BOMB = 300_000_000
"""Bytes that a small gzip file unpacks to, in one line."""

MEMORY = 2_500_000_000
"""Bytes that the whole job may take, model, Beam and all."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archives: all messages in one, each bad archive by itself, and a bomb between two good articles."""
    folder = tmp_path_factory.mktemp("poison")
    with (folder / "messages.jsonl").open("wb") as lines:
        for poison in messages():
            if poison.is_line:
                lines.write((poison.value or b"") + b"\n")
    for file in files():
        (folder / file.name).write_bytes(file.content())
    with gzip.open(folder / "bomb.jsonl.gz", "wb") as bomb:
        bomb.write(message(id="before") + b"\n")
        for _ in range(BOMB // 1_000_000):
            bomb.write(b"0" * 1_000_000)
        bomb.write(b"\n" + message(id="after") + b"\n")
    return folder


@pytest.fixture(scope="module")
def lake(folder: Path) -> Path:
    """The lake of all of them, by the real program."""
    lake = folder / "lake"
    command = [sys.executable, "-m", "copytaster.cli", "backfill", f"{folder}/*.*", "--lake", str(lake)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return lake


def test_every_message_becomes_what_it_should(lake: Path) -> None:
    """The dead letters have the reasons that were expected, and all others are articles with their warnings."""
    expected = [poison for poison in messages() if poison.is_line]
    letters = ask(f"SELECT source_offset, reason FROM '{lake}/dead_letters/**/*.parquet' WHERE source LIKE 'messages%'")
    assert dict(letters) == {i: p.reason for i, p in enumerate(expected) if p.reason}
    articles = ask(f"SELECT source_offset, warnings FROM '{lake}/articles/**/*.parquet' WHERE source LIKE 'messages%'")
    for offset, warnings in articles:
        assert set(expected[offset].warnings) <= set(warnings), expected[offset].name
    assert len(letters) + len(articles) == len(expected)


def test_every_broken_archive_gives_what_it_has(lake: Path) -> None:
    """The records before the damage are rows, the damage is one dead letter."""
    for file in files():
        counts = Counter(
            kind
            for table, kind in (("articles", "good"), ("dead_letters", "bad"))
            for _ in ask(f"SELECT 1 FROM '{lake}/{table}/**/*.parquet' WHERE starts_with(source, '{file.name}-')")
        )
        assert counts["bad"] == (file.failure is not None), file.name
        if file.good >= 0:
            assert counts["good"] == file.good, file.name


def test_a_bomb_harms_nobody_else(lake: Path) -> None:
    """The articles before and behind a line of 300 MB are there; the line is a dead letter with its size and start."""
    rows = ask(f"SELECT article_id FROM '{lake}/articles/**/*.parquet' WHERE starts_with(source, 'bomb') ORDER BY 1")
    assert rows == [("after",), ("before",)]
    ((reason, told, kept),) = ask(
        f"SELECT reason, message, octet_length(payload) FROM '{lake}/dead_letters/**/*.parquet' WHERE starts_with(source, 'bomb')"
    )
    assert reason == "too_large"
    assert f"{BOMB:,}" in told or str(BOMB) in told
    assert kept < 1_000_000


def test_counts_balance_and_memory_is_bounded(lake: Path) -> None:
    """Records in = articles + dead letters in every manifest, and the largest process stayed within bounds."""
    for manifest in LakeLog(Storage(str(lake))).manifests():
        assert manifest.records == manifest.block.end - manifest.block.start
    assert 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MEMORY


def test_nothing_is_written_outside_of_the_lake(folder: Path, lake: Path) -> None:
    """No id, url, outlet or language of the input reaches a path."""
    expected = {"messages.jsonl", "bomb.jsonl.gz", "lake", *(file.name for file in files())}
    assert {path.name for path in folder.iterdir()} == expected
    for path in lake.rglob("*.parquet"):
        table, day, _ = path.relative_to(lake).parts
        assert day.startswith("ingest_date=")
        assert len(day) == len("ingest_date=2026-01-01"), table
