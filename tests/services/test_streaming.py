"""`copytaster run` on one machine against a real broker: every message's rows exactly once, whatever happens.

Each test ends by comparing all rows of all tables with those of an undisturbed run over the same topic.
COPYTASTER_KILLS=30 runs the long version of the kill test.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, TopicPartition

from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.tables import SCHEMAS
from services.java import wait_until
from services.kafka_broker import Broker
from wire import article, ask

PARTITIONS = 4
KILLS = int(os.environ.get("COPYTASTER_KILLS", "8"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("kafka")).start()
    yield running
    running.stop()


@pytest.fixture
def topic(broker: Broker, request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("[", "-").replace("]", "")
    broker.create_topic(name, PARTITIONS)
    return name


def start(broker: Broker, topic: str, lake: Path, *flags: str) -> subprocess.Popen[bytes]:
    """The real program, in a process group of its own, its log in a file beside the lake."""
    command = [
        sys.executable, "-m", "copytaster.cli", "run", "--brokers", broker.address, "--topic", topic, "--lake", str(lake),
        "--max-records", "8", "--max-latency", "1", *flags,
    ]  # fmt: skip
    lake.parent.mkdir(parents=True, exist_ok=True)
    with lake.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


def drain(broker: Broker, topic: str, lake: Path, *flags: str) -> Path:
    """Runs the program once to the topic's end; it must succeed."""
    assert start(broker, topic, lake, "--once", *flags).wait(300) == 0, lake.with_suffix(".log").read_text()[-4000:]
    return lake


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> int:
    """Sends the program (for SIGKILL: and its workers) a signal and waits for its end."""
    os.killpg(process.pid, how) if how == signal.SIGKILL else process.send_signal(how)
    return process.wait(40)


def rows(lake: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, in an order of their own."""
    return {
        table: ask(f"SELECT * EXCLUDE (ingest_date) FROM '{lake}/{table}/**/*.parquet' ORDER BY ALL")
        for table in SCHEMAS
    }


def count(lake: Path, table: str = "articles") -> int:
    """Rows of a table; 0 before the lake is there."""
    return int(ask(f"SELECT count(*) FROM '{lake}/{table}/**/*.parquet'")[0][0]) if (lake / table).exists() else 0


def assert_all_once(broker: Broker, topic: str, lake: Path, messages: int) -> None:
    """The lake has each of so many messages once, and the rows of an undisturbed run."""
    assert ask(f"SELECT count(*), count(DISTINCT article_id) FROM '{lake}/articles/**/*.parquet'") == [
        (messages, messages)
    ]
    undisturbed = drain(broker, topic, lake.parent / "undisturbed" / "lake")
    assert rows(lake) == rows(undisturbed)
    assert sum(m.articles for m in LakeLog(Storage(str(lake))).manifests()) == messages


@contextmanager
def live_input(broker: Broker, topic: str, messages: int, seconds: float) -> Iterator[threading.Thread]:
    """Sends messages evenly over some seconds, from a thread."""

    def send() -> None:
        producer = broker.producer()
        for number in range(messages):
            document = article(number)
            producer.send(topic, value=to_bytes(document), key=document["id"].encode(), partition=number % PARTITIONS)
            time.sleep(seconds / messages)
        producer.flush()
        producer.close()

    thread = threading.Thread(target=send)
    thread.start()
    yield thread
    thread.join()


def to_bytes(document: dict[str, str]) -> bytes:
    import json

    return json.dumps(document).encode()


def test_killed_again_and_again(broker: Broker, topic: str, tmp_path: Path) -> None:
    """kill -9 of the program and its workers at random moments while messages keep coming."""
    moments = random.Random(7)
    lake = tmp_path / "lake"
    published = []
    with live_input(broker, topic, 40 * KILLS, seconds=5.0 * KILLS):
        for number in range(KILLS):
            process = start(broker, topic, lake, "--workers", str(1 + number % 2))
            before = count(lake)
            if number % 4:
                wait_until(lambda before=before: count(lake) > before, "new rows", 120)
            time.sleep(moments.uniform(0.0, 1.0))
            stop(process, signal.SIGKILL)
            published.append(count(lake))
    assert len(set(published)) > KILLS // 2, "the program was never killed at work"
    drain(broker, topic, lake)
    assert_all_once(broker, topic, lake, 40 * KILLS)


def test_two_jobs_at_once(broker: Broker, topic: str, tmp_path: Path) -> None:
    """Two programs on one topic and lake, with live input; neither doubles nor breaks what the other does."""
    lake = tmp_path / "lake"
    jobs = [start(broker, topic, lake) for _ in range(2)]
    with live_input(broker, topic, 120, seconds=8):
        pass
    wait_until(lambda: count(lake) >= 120, "all rows", 120)
    assert [stop(job) for job in jobs] == [0, 0]
    assert_all_once(broker, topic, lake, 120)


def test_broker_restarted_in_the_middle(tmp_path: Path) -> None:
    """The broker goes away for some seconds and comes back; the program waits and goes on."""
    broker = Broker(tmp_path / "kafka").start()
    try:
        broker.create_topic("news", PARTITIONS)
        lake = tmp_path / "lake"
        broker.send("news", (article(i) for i in range(60)), PARTITIONS)
        job = start(broker, "news", lake)
        wait_until(lambda: count(lake) >= 8, "first rows", 120)
        broker.stop()
        time.sleep(4)
        broker.start()
        broker.send("news", (article(i) for i in range(60, 120)), PARTITIONS)
        wait_until(lambda: count(lake) >= 120, "all rows", 180)
        assert stop(job) == 0
        assert_all_once(broker, "news", lake, 120)
    finally:
        broker.stop()


def test_transactions_and_tombstones(broker: Broker, topic: str, tmp_path: Path) -> None:
    """Committed transactions are rows, aborted ones are not, offset gaps are no loss; a null value withdraws."""
    lake = tmp_path / "lake"
    producer = broker.producer(transactional_id="desk")
    producer.init_transactions()
    sent = 0
    for batch in range(6):
        producer.begin_transaction()
        for number in range(10 * batch, 10 * batch + 10):
            document = article(number)
            producer.send(topic, value=to_bytes(document), key=document["id"].encode(), partition=number % PARTITIONS)
        if batch % 2:
            producer.abort_transaction()
        else:
            producer.commit_transaction()
            sent += 10
    producer.close()
    broker.send(topic, [None], 1)
    drain(broker, topic, lake)
    assert ask(f"SELECT op, status, count(*) FROM '{lake}/articles/**/*.parquet' GROUP BY ALL ORDER BY ALL") == [
        ("delete", "deleted", 1),
        ("upsert", "ok", sent),
    ]
    assert_all_once(broker, topic, lake, sent + 1)


def test_a_compacted_topic(broker: Broker, tmp_path: Path) -> None:
    """Gaps where the cleaner took old values: each remaining message once, and the job ends."""
    broker.create_topic(
        "compacted",
        1,
        cleanup_policy="compact",
        segment_ms="100",
        min_cleanable_dirty_ratio="0.01",
        min_compaction_lag_ms="0",
    )
    for _ in range(4):
        broker.send("compacted", (article(i) for i in range(20)), 1)
        time.sleep(0.5)
    broker.send("compacted", (article(i) for i in range(20, 25)), 1)
    time.sleep(3)
    lake = drain(broker, "compacted", tmp_path / "lake")
    assert ask(f"SELECT count(DISTINCT article_id) FROM '{lake}/articles/**/*.parquet'") == [(25,)]
    assert ask(f"SELECT count(*) - count(DISTINCT source_offset) FROM '{lake}/articles/**/*.parquet'") == [(0,)]


def test_a_zombie_changes_nothing(broker: Broker, topic: str, tmp_path: Path) -> None:
    """A program paused in the middle, another finishes, the first is woken."""
    lake = tmp_path / "lake"
    broker.send(topic, (article(i) for i in range(120)), PARTITIONS)
    zombie = start(broker, topic, lake)
    wait_until(lambda: count(lake) >= 8, "first rows", 120)
    os.killpg(zombie.pid, signal.SIGSTOP)
    assert count(lake) < 120
    drain(broker, topic, lake)
    finished = rows(lake)
    os.killpg(zombie.pid, signal.SIGCONT)
    time.sleep(6)
    assert stop(zombie) == 0
    assert rows(lake) == finished
    assert_all_once(broker, topic, lake, 120)


def test_expired_offsets_stop_the_job_unless_accepted(broker: Broker, topic: str, tmp_path: Path) -> None:
    """What retention took before it was read is an error that names the gap; with --accept-loss the job goes on."""
    lake = tmp_path / "lake"
    broker.send(topic, (article(i) for i in range(40)), PARTITIONS)
    drain(broker, topic, lake)
    broker.send(topic, (article(i) for i in range(40, 80)), PARTITIONS)
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.delete_records({TopicPartition(topic, 0): 15})
    admin.close()
    assert start(broker, topic, lake, "--once").wait(120) == 1
    message = " ".join(lake.with_suffix(".log").read_text().split())
    assert f"{topic}/0: the broker has offsets from 15 on, the lake is planned up to 10; 5 offsets expired" in message
    drain(broker, topic, lake, "--accept-loss")
    assert count(lake) == 75
    assert sum(m.lost for m in LakeLog(Storage(str(lake))).manifests()) == 5


def test_latency_late_topic_and_clean_stop(broker: Broker, tmp_path: Path) -> None:
    """Started before its topic is there; then one article is in the lake within ten seconds; SIGTERM ends it at once."""
    lake = tmp_path / "lake"
    job = start(broker, "later", lake, "--max-latency", "2")
    time.sleep(8)
    assert job.poll() is None
    broker.create_topic("later", PARTITIONS)
    broker.send("later", [article(0)], 1)
    wait_until(lambda: count(lake) == 1, "the first article", 60)
    begin = time.monotonic()
    broker.send("later", [article(1)], 1)
    wait_until(lambda: count(lake) == 2, "the second article", 60)
    assert time.monotonic() - begin < 10
    begin = time.monotonic()
    assert stop(job) == 0
    assert time.monotonic() - begin < 30


def test_a_recreated_topic_is_refused(broker: Broker, tmp_path: Path) -> None:
    """A topic that ends before the last plan is not the one that was planned."""
    lake = tmp_path / "lake"
    broker.create_topic("again", 1)
    broker.send("again", (article(i) for i in range(9)), 1)
    drain(broker, "again", lake)
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.delete_topics(["again"])
    admin.close()
    time.sleep(2)
    broker.create_topic("again", 1)
    assert start(broker, "again", lake, "--once").wait(120) == 1
    assert "deleted and created anew" in " ".join(lake.with_suffix(".log").read_text().split())


def test_plain_text_to_another_machine_is_refused(tmp_path: Path) -> None:
    """Only loopback gets plain text unasked; the error names the host and the cure."""
    command = [
        sys.executable,
        "-m",
        "copytaster.cli",
        "run",
        "--brokers",
        "broker.example:9092",
        "--lake",
        str(tmp_path / "lake"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    message = " ".join(done.stderr.split())
    assert "broker.example:9092 is another machine" in message
    assert "--allow-plaintext" in message
