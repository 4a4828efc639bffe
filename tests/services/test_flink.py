"""The jobs on a real Flink (Beam's job server with an embedded cluster) and a real broker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.flink_cluster import EmbeddedFlink
from services.java import wait_until
from services.kafka_broker import Broker
from services.test_streaming import PARTITIONS, assert_all_once, count, drain, start, stop
from wire import article, table_files, write_archive


@pytest.fixture
def flink(tmp_path: Path) -> Iterator[EmbeddedFlink]:
    running = EmbeddedFlink(tmp_path / "flink").start()
    yield running
    running.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path / "kafka").start()
    running.create_topic("news", PARTITIONS)
    yield running
    running.stop()


def on_flink(flink: EmbeddedFlink) -> list[str]:
    """The program's flags for a job there."""
    return ["--runner", "flink", "--flink-rest", flink.rest_address, "--", *flink.flags]


def test_backfill_on_flink_writes_the_same_bytes(flink: EmbeddedFlink, tmp_path: Path) -> None:
    """The bounded pipeline: the same files as on this machine."""
    archive = write_archive(tmp_path / "wire.jsonl.gz", 20, broken=10)
    here, there = tmp_path / "here", tmp_path / "there"
    command = [sys.executable, "-m", "copytaster.cli", "backfill", str(archive), "--max-records", "6"]
    for flags in (["--lake", str(here)], ["--lake", str(there), *on_flink(flink)[:2], "--", *flink.flags]):
        done = subprocess.run([*command, *flags], capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    assert table_files(there) == table_files(here)


def test_from_flink_to_one_machine_and_back(flink: EmbeddedFlink, broker: Broker, tmp_path: Path) -> None:
    """Cancelled on Flink without a savepoint, gone on with here, and then on Flink again: every row once."""
    lake = tmp_path / "lake"
    broker.send("news", (article(i) for i in range(40)), PARTITIONS)
    first = start(broker, "news", lake, *on_flink(flink))
    wait_until(lambda: count(lake) >= 8, "rows from Flink", 180)
    assert stop(first) == 0
    broker.send("news", (article(i) for i in range(40, 60)), PARTITIONS)
    drain(broker, "news", lake)
    assert count(lake) == 60
    flink.stop()
    flink.start()
    broker.send("news", (article(i) for i in range(60, 80)), PARTITIONS)
    second = start(broker, "news", lake, *on_flink(flink))
    wait_until(lambda: count(lake) >= 80, "the rest from Flink", 180)
    assert stop(second) == 0
    assert_all_once(broker, "news", lake, 80)
