"""The jobs on a real Flink and a real broker: within Beam's job server, and on a standalone cluster whose parts are killed.

TEST_FLINK_KILLS sets how often (of a Python worker and of a task manager in turn); 2 here, 20 for a long run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy.flink.standalone import Cluster
from kafka import KafkaAdminClient, TopicPartition

from copytaster.tables import SCHEMAS
from services.flink_cluster import EmbeddedFlink, python_workers, standalone
from services.java import PATIENCE, free_port, wait_until
from services.job import PARTITIONS, assert_all_once, count, drain, live_input, start, stop
from services.kafka_broker import Broker
from wire import article, ask, table_files, write_archive

KILLS = int(os.environ.get("TEST_FLINK_KILLS", "2"))
WORKERS = 2


@pytest.fixture
def flink(tmp_path: Path) -> Iterator[EmbeddedFlink]:
    running = EmbeddedFlink(tmp_path / "flink").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    running = standalone(tmp_path_factory.mktemp("flink"), WORKERS)
    yield running
    running.stop()


def on_flink(flink: EmbeddedFlink | Cluster, *flags: str) -> list[str]:
    """The program's flags for a job there."""
    return ["--runner", "flink", "--flink-rest", flink.rest_address, *flags, "--", *flink.flags]


def on_cluster(cluster: Cluster, *flags: str) -> list[str]:
    """The program's flags for a job with all the workers that the cluster has room for."""
    return on_flink(cluster, "--workers", str(WORKERS), *flags)


def jobs(cluster: Cluster, topic: str) -> dict[str, str]:
    """The states of the topic's jobs on a cluster by id."""
    found = cluster.get("/jobs/overview")["jobs"]
    return {job["jid"]: job["state"] for job in found if job["name"].startswith(f"copytaster-{topic}-")}


def lags(port: int) -> list[float]:
    """The lag of each partition by the metrics that the program serves."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    return [float(line.split()[-1]) for line in lines if line.startswith("copytaster_lag{")]


def log_of(lake: Path) -> str:
    """What the program has said."""
    return lake.with_suffix(".log").read_text()


def assert_backfill_writes_the_same_bytes(flink: EmbeddedFlink | Cluster, tmp_path: Path) -> None:
    """The same files on Flink as on this machine."""
    archive = write_archive(tmp_path / "wire.jsonl.gz", 20, broken=10)
    here, there = tmp_path / "here", tmp_path / "there"
    command = [sys.executable, "-m", "copytaster.cli", "backfill", str(archive), "--max-records", "6"]
    for flags in (["--lake", str(here)], ["--lake", str(there), "--runner", "flink", "--", *flink.flags]):
        done = subprocess.run([*command, *flags], capture_output=True, text=True, timeout=300 * PATIENCE, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    assert len(table_files(here)) > 7
    assert table_files(there) == table_files(here)


def test_backfill_on_embedded_flink_writes_the_same_bytes(flink: EmbeddedFlink, tmp_path: Path) -> None:
    """The bounded pipeline within the job server."""
    assert_backfill_writes_the_same_bytes(flink, tmp_path)


def test_backfill_on_a_cluster_writes_the_same_bytes(cluster: Cluster, tmp_path: Path) -> None:
    """The bounded pipeline on task managers with Python workers from the pool."""
    assert_backfill_writes_the_same_bytes(cluster, tmp_path)


def test_editions_on_embedded_flink_are_the_same(flink: EmbeddedFlink, tmp_path: Path) -> None:
    """An edition that is made as a batch on Flink has the same rows in the same files as one made here."""
    archives = [write_archive(tmp_path / "wire.jsonl.gz", 20, broken=10), write_archive(tmp_path / "late.jsonl.gz", 4)]
    here, there = tmp_path / "here", tmp_path / "there"
    for archive in archives:
        copytaster("backfill", str(archive), "--max-records", "6", "--workers", "1", "--lake", str(here))
    shutil.copytree(here, there)
    copytaster("publish", "--lake", str(here))
    told = copytaster("publish", "--lake", str(there), "--runner", "flink", "--workers", "2", "--", *flink.flags)
    assert "Edition 1: 24 records" in told
    for table in SCHEMAS:
        select = "SELECT * FROM read_parquet('{}/editions/{}/data/**/*.parquet', file_row_number = true)"
        rows = [ask(f"{select.format(lake, table)} ORDER BY ingest_date, file_row_number") for lake in (here, there)]
        assert rows[0] == rows[1]
        assert rows[0]
    assert "Nothing to do" in copytaster("publish", "--lake", str(there), "--runner", "flink", "--", *flink.flags)


def copytaster(*arguments: str) -> str:
    """Runs the program, which must succeed; what it says."""
    command = [sys.executable, "-m", "copytaster.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300 * PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_from_flink_to_one_machine_and_back(flink: EmbeddedFlink, broker: Broker, topic: str, tmp_path: Path) -> None:
    """Stopped on Flink without a savepoint, gone on with here, and then on Flink again: every row once."""
    lake = tmp_path / "lake"
    broker.send(topic, (article(i) for i in range(40)), PARTITIONS)
    first = start(broker, topic, lake, *on_flink(flink))
    wait_until(lambda: count(lake) >= 8, "rows from Flink", 180)
    assert stop(first) == 0
    broker.send(topic, (article(i) for i in range(40, 60)), PARTITIONS)
    drain(broker, topic, lake)
    assert count(lake) == 60
    flink.stop()
    flink.start()
    broker.send(topic, (article(i) for i in range(60, 80)), PARTITIONS)
    second = start(broker, topic, lake, *on_flink(flink))
    wait_until(lambda: count(lake) >= 80, "the rest from Flink", 180)
    assert stop(second) == 0
    assert_all_once(broker, topic, lake, 80)


def test_workers_and_task_managers_killed(cluster: Cluster, broker: Broker, topic: str, tmp_path: Path) -> None:
    """kill -9 of a Python worker and of the task manager while messages keep coming; then SIGTERM, and no job is left."""
    lake = tmp_path / "lake"
    messages = 60 * KILLS
    job = start(broker, topic, lake, *on_cluster(cluster))
    with live_input(broker, topic, messages, seconds=20.0 * KILLS):
        for number in range(KILLS):
            before = count(lake)
            wait_until(lambda before=before: count(lake) >= before + 8, "rows", 180)
            if number % 2 == 0:
                by_size = sorted(python_workers(cluster), key=lambda worker: worker.memory_info().rss)
                by_size[-1 if number % 4 == 0 else 0].kill()  # the one with a model works, the other plans
            else:
                cluster.kill(next(name for name in cluster.parts if name.startswith("taskmanager")))
                cluster.start_task_manager()
            assert count(lake) < messages, "it was killed after its work"
    wait_until(lambda: count(lake) >= messages, "all rows", 240)
    (identity,) = jobs(cluster, topic)
    assert cluster.get(f"/jobs/{identity}/exceptions")["exceptionHistory"]["entries"], "nothing was killed"
    assert stop(job) == 0
    assert jobs(cluster, topic) == {identity: "CANCELED"}
    assert_all_once(broker, topic, lake, messages)


def test_cancelled_and_started_anew(cluster: Cluster, broker: Broker, topic: str, tmp_path: Path) -> None:
    """Cancelled by REST without a savepoint, twice, with live input: the program says so; another goes on."""
    lake = tmp_path / "lake"
    with live_input(broker, topic, 160, seconds=25):
        first = start(broker, topic, lake, *on_cluster(cluster))
        wait_until(lambda: count(lake) >= 8, "rows", 180)
        (identity,) = jobs(cluster, topic)
        request = urllib.request.Request(f"{cluster.rest_address}/jobs/{identity}?mode=cancel", method="PATCH")
        urllib.request.urlopen(request, timeout=20).close()
        assert first.wait(60 * PATIENCE) == 1
        assert "Job was cancelled" in " ".join(log_of(lake).split())
        before = count(lake)
        assert before < 160
        port = free_port()
        second = start(broker, topic, lake, *on_cluster(cluster, "--metrics-port", str(port)))
        wait_until(lambda: count(lake) > before, "rows of the next job", 180)
    wait_until(lambda: count(lake) >= 160, "all rows", 180)
    wait_until(lambda: lags(port) == [0.0] * PARTITIONS, "the metrics' lag", 30)
    assert stop(second) == 0
    assert list(jobs(cluster, topic).values()) == ["CANCELED"] * 2
    assert_all_once(broker, topic, lake, 160)


def test_stopped_while_it_is_being_submitted(cluster: Cluster, broker: Broker, topic: str, tmp_path: Path) -> None:
    """SIGTERM before the job has appeared in Flink: it is waited for and cancelled."""
    lake = tmp_path / "lake"
    job = start(broker, topic, lake, *on_cluster(cluster))
    wait_until(lambda: (lake / "_log" / "lake.json").exists(), "the program's start", 60)
    time.sleep(2)
    job.terminate()
    assert job.wait(150 * PATIENCE) == 0
    assert list(jobs(cluster, topic).values()) == ["CANCELED"]


def test_expired_offsets_end_the_job(cluster: Cluster, broker: Broker, topic: str, tmp_path: Path) -> None:
    """What retention took before it was read: the program names the gap and leaves no job that fails for ever."""
    lake = tmp_path / "lake"
    broker.send(topic, (article(i) for i in range(16)), PARTITIONS)
    drain(broker, topic, lake)
    broker.send(topic, (article(i) for i in range(16, 32)), PARTITIONS)
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.delete_records({TopicPartition(topic, 0): 6})
    admin.close()
    assert start(broker, topic, lake, *on_cluster(cluster)).wait(150 * PATIENCE) == 1
    message = " ".join(log_of(lake).split())
    assert f"{topic}/0: the broker has offsets from 6 on, the lake is planned up to 4; 2 offsets expired" in message
    assert list(jobs(cluster, topic).values()) == ["CANCELED"]
