"""`copytaster run` on one machine against a real broker: every message's rows exactly once, whatever happens.

Each test ends by comparing all rows of all tables with those of an undisturbed run over the same topic.
TEST_KILLS=30 runs the long version of the kill test.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from pyiceberg.table import StaticTable

from copytaster.batch import Batch, Task, publish_batch
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.sources.kafka import KafkaTopic
from copytaster.sources.listeners import mismatch
from copytaster.sources.planning import Limits
from copytaster.sources.topic_planning import TopicPlanner
from copytaster.sources.topic_watch import TopicWatch
from services.java import PATIENCE, wait_until
from services.job import PARTITIONS, assert_all_once, count, drain, live_input, rows, start, stop, to_bytes
from services.kafka_broker import Broker
from wire import article, ask

KILLS = int(os.environ.get("TEST_KILLS", "8"))


@pytest.mark.timeout(900 + 60 * KILLS)
def test_killed_again_and_again(broker: Broker, topic: str, tmp_path: Path) -> None:
    """kill -9 of the program and its workers at random moments while messages keep coming."""
    moments = random.Random(7)
    lake = tmp_path / "lake"
    published, messages = [], 40 * KILLS
    with live_input(broker, topic, messages, seconds=10.0 * KILLS):
        for number in range(KILLS):
            process = start(broker, topic, lake, "--workers", str(1 + number % 2))
            before = count(lake)
            if number % 4:
                wait_until(lambda before=before: count(lake) > before or before == messages, "new rows", 120)
            time.sleep(moments.uniform(0.0, 1.0))
            stop(process, signal.SIGKILL)
            published.append(count(lake))
    assert len(set(published)) > KILLS // 2, "the program was never killed at work"
    drain(broker, topic, lake)
    assert_all_once(broker, topic, lake, messages)


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
    assert start(broker, topic, lake, "--once").wait(120 * PATIENCE) == 1
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
    assert time.monotonic() - begin < 10 * PATIENCE
    begin = time.monotonic()
    assert stop(job) == 0
    assert time.monotonic() - begin < 30 * PATIENCE


def test_editions_follow_the_topic(broker: Broker, topic: str, tmp_path: Path) -> None:
    """`run --publish`: a correction and a withdrawal reach the tables of a job that goes on, and what is left comes at its end."""
    lake = tmp_path / "lake"
    broker.send(topic, (article(i) for i in range(8)), PARTITIONS)
    job = start(broker, topic, lake, "--publish", "--every", "1s")
    wait_until(lambda: len(held(lake)) == 8, "the first edition", 180)
    broker.send(topic, [article(0) | {"text": "The minister has left."}], PARTITIONS)
    with broker.producer() as producer:
        producer.send(topic, key=article(1)["id"].encode(), value=None, partition=1)
    broker.send(topic, [article(8)], PARTITIONS)
    wait_until(lambda: count(lake) == 11, "the blocks", 120)
    assert stop(job) == 0
    now = held(lake)
    assert set(now) == {article(i)["id"] for i in range(9)} - {article(1)["id"]}
    assert now[article(0)["id"]].endswith("The minister has left.")


def held(lake: Path) -> dict[str, str]:
    """The text of each article that the editions hold; none before there are any."""
    if not (lake / "editions" / "articles" / "metadata" / "version-hint.text").exists():
        return {}
    found = StaticTable.from_metadata(str(lake / "editions" / "articles")).scan(selected_fields=("article_id", "text"))
    rows = found.to_arrow().to_pylist()
    assert len({row["article_id"] for row in rows}) == len(rows)
    return {row["article_id"]: row["text"] for row in rows}


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
    done = subprocess.run(command, capture_output=True, text=True, timeout=120 * PATIENCE, check=False)
    assert done.returncode == 1
    message = " ".join(done.stderr.split())
    assert "broker.example:9092 is another machine" in message
    assert "--allow-plaintext" in message


def test_passwords_and_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the environment; a wrong password ends the job with what the broker says, and no password is ever logged."""
    broker = Broker(tmp_path / "kafka", users={"newsroom": "right-s3cret"}).start()
    try:
        broker.create_topic("secured", PARTITIONS)
        broker.send("secured", (article(i) for i in range(4)), PARTITIONS)
        monkeypatch.setenv("COPYTASTER_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
        monkeypatch.setenv("COPYTASTER_KAFKA_SASL_MECHANISM", "PLAIN")
        monkeypatch.setenv("COPYTASTER_KAFKA_SASL_USERNAME", "newsroom")
        monkeypatch.setenv("COPYTASTER_KAFKA_SSL_CAFILE", broker.certificate)
        said = []
        for password, code in (("wrong-s3cret", 1), ("right-s3cret", 0)):
            monkeypatch.setenv("COPYTASTER_KAFKA_SASL_PASSWORD", password)
            lake = tmp_path / password
            command = [sys.executable, "-m", "copytaster.cli", "run", "--brokers", f"localhost:{broker.secure}"]
            command += ["--topic", "secured", "--lake", str(lake), "--once"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120 * PATIENCE, check=False)
            assert done.returncode == code, done.stderr
            said.append(" ".join(done.stderr.split()))
        assert mismatch(f"localhost:{broker.secure}", "SASL_SSL") is None
        assert mismatch(broker.address, "PLAINTEXT") is None
        for address, protocol, told in (
            (f"localhost:{broker.secure}", "PLAINTEXT", "speaks TLS"),
            (f"localhost:{broker.secure}", "SASL_PLAINTEXT", "speaks TLS"),
            (f"localhost:{broker.secure}", "SSL", "takes no request without credentials"),
            (broker.address, "SSL", "speaks plain text"),
            (broker.address, "SASL_SSL", "speaks plain text"),
        ):
            assert mismatch(address, protocol) == f"{address} {told}, and the protocol is {protocol}"
        monkeypatch.undo()  # plain text, to the port with TLS
        told = subprocess.run(
            [*command, "--once"], capture_output=True, text=True, timeout=120 * PATIENCE, check=False
        ).stderr
        assert "speaks TLS, and the protocol is PLAINTEXT; check COPYTASTER_KAFKA_SECURITY_PROTOCOL" in " ".join(
            told.split()
        )
        assert "newsroom" not in said[1]
        assert "uthentication failed" in said[0]
        assert "COPYTASTER_KAFKA_SASL_PASSWORD" in said[0]
        assert "s3cret" not in said[0] + said[1]
        assert count(lake) == 4
    finally:
        broker.stop()


def test_dead_letters_go_to_their_topic_too(broker: Broker, topic: str, tmp_path: Path) -> None:
    """Original bytes with stage and reason, keyed by the row's id; what the topic takes no longer goes without its bytes."""
    lake = tmp_path / "lake"
    broker.create_topic("morgue", 1, max_message_bytes="2000000")
    large = b"{" + random.Random(5).randbytes(3_000_000)
    broker.send(topic, [article(0), b"{broken", article(1), large], PARTITIONS)
    drain(broker, topic, lake, "--dead-letter-topic", "morgue")
    letters = {message.key.decode(): message for message in messages_of(broker, "morgue")}
    rows = ask(
        f"SELECT dead_letter_id, payload, reason, source_partition, source_offset FROM '{lake}/dead_letters/**/*.parquet'"
    )
    assert len(rows) == len(letters) == 2
    for name, payload, reason, partition, offset in rows:
        headers = {key: value.decode() for key, value in letters[name].headers}
        told = (headers["reason"], headers["source"], headers["source_partition"], headers["source_offset"])
        assert told == (reason, topic, str(partition), str(offset))
        if payload == large:
            assert (letters[name].value, headers["payload_omitted"]) == (b"", str(len(large)))
        else:
            assert letters[name].value == payload == b"{broken"


def messages_of(broker: Broker, topic: str) -> list[ConsumerRecord]:
    """All messages of a topic's one partition."""
    consumer = KafkaConsumer(bootstrap_servers=broker.address, max_partition_fetch_bytes=30_000_000)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    end = consumer.end_offsets([partition])[partition]
    found: list[ConsumerRecord] = []
    while consumer.position(partition) < end:
        found += consumer.poll(timeout_ms=500).get(partition, [])
    consumer.close()
    return found


def test_lag_tools_see_what_is_published(broker: Broker, topic: str, tmp_path: Path) -> None:
    """The group's committed offsets are the ends of what is in the lake, and a new lake starts at the beginning all the same."""
    broker.send(topic, (article(i) for i in range(30)), PARTITIONS)
    drain(broker, topic, tmp_path / "lake")
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    committed = admin.list_group_offsets({"copytaster": [TopicPartition(topic, p) for p in range(PARTITIONS)]})
    admin.close()
    ends = {partition.partition: found.offset for partition, found in committed["copytaster"].items()}
    assert ends == {0: 8, 1: 8, 2: 7, 3: 7}
    assert count(drain(broker, topic, tmp_path / "again" / "lake")) == 30


def test_a_new_partition_while_running(broker: Broker, tmp_path: Path) -> None:
    """A topic that grows by a partition is taken in whole, without a restart."""
    lake = tmp_path / "lake"
    broker.create_topic("growing", 1)
    broker.send("growing", (article(i) for i in range(4)), 1)
    job = start(broker, "growing", lake)
    wait_until(lambda: count(lake) == 4, "the first partition", 120)
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.create_partitions({"growing": 3})
    admin.close()
    wait_until(
        lambda: len(KafkaProducer(bootstrap_servers=broker.address).partitions_for("growing")) == 3, "partitions"
    )
    broker.send("growing", (article(i) for i in range(4, 13)), 3)
    wait_until(lambda: count(lake) == 13, "the new partitions", 120)
    assert stop(job) == 0
    assert_all_once(broker, "growing", lake, 13)


def test_messages_up_to_the_cap(broker: Broker, topic: str, tmp_path: Path) -> None:
    """Ten megabytes go through as the article that they are, more is a dead letter, and what lies behind it goes on."""
    lake = tmp_path / "lake"
    padded = {**article(0), "language": "xx", "padding": "0" * 9_900_000}
    broker.send(topic, [padded, {**padded, "id": "more", "padding": "0" * 10_500_000}, article(1)], 1)
    drain(broker, topic, lake)
    assert ask(f"SELECT source_offset, status FROM '{lake}/articles/**/*.parquet' ORDER BY ALL") == [
        (0, "skipped_language"),
        (2, "ok"),
    ]
    assert ask(f"SELECT source_offset, reason FROM '{lake}/dead_letters/**/*.parquet'") == [(1, "too_large")]


def test_the_log_says_which_and_never_what(broker: Broker, topic: str, tmp_path: Path) -> None:
    """Lines name blocks and articles; no line has a word of an article."""
    lake = tmp_path / "lake"
    broker.send(topic, [article(0), {"id": "lost-one", "text": ""}, b'{"text": "Zanzibar'], 1)
    drain(broker, topic, lake)
    written = lake.with_suffix(".log").read_text()
    assert f'"block": "{topic}-0-0-3"' in written
    assert '"article": "lost-one"' in written
    assert not any(word in written for word in ("Zanzibar", "council", "Moran", "Lisbon"))


def test_the_log_is_rolled_up_while_running(
    broker: Broker, topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planner that never stops does not leave years of plans to the next one."""
    monkeypatch.setattr("copytaster.lake.log.ROLL_UP_AFTER", 10)
    monkeypatch.setattr("copytaster.sources.topic_planning.ROLL_UP_AFTER", 10)
    broker.send(topic, (article(i) for i in range(36)), 1)
    log = LakeLog(Storage(str(tmp_path / "lake")))
    source = KafkaTopic(broker.address, topic)
    planner = TopicPlanner(log, source, Limits(max_records=1), 1.0, 4)
    seen: set[int] = set()
    while len(seen) < 36:
        for block in planner.tick(flush_to={0: 36}):
            seen.add(block.start)
            publish_batch(Batch(Task(source, block), (), model_version="none"), log)
    planner.close()
    progress = log.progress(topic, 0)
    assert progress.rolled is not None
    assert (progress.end, len(seen)) == (36, 36)
    assert len(progress.plans) < 20


def test_a_watch_counts_what_others_publish(broker: Broker, topic: str, tmp_path: Path) -> None:
    """Rows and lag of a job elsewhere, each published block counted once, and no plan of its own."""
    lake = tmp_path / "lake"
    broker.send(topic, (article(i) for i in range(10)), PARTITIONS)
    drain(broker, topic, lake)
    watch = TopicWatch(LakeLog(Storage(str(lake))), KafkaTopic(broker.address, topic))
    assert watch.look() == ([], {0: 0, 1: 0, 2: 0, 3: 0})
    broker.send(topic, [article(10), b"{broken", article(11)], PARTITIONS)
    assert watch.look()[1] == {0: 1, 1: 1, 2: 1, 3: 0}
    drain(broker, topic, lake)
    new, lag = watch.look()
    assert sorted((m.block.partition, m.articles, m.dead_letters) for m in new) == [(0, 1, 0), (1, 0, 1), (2, 1, 0)]
    assert lag == {0: 0, 1: 0, 2: 0, 3: 0}
    assert watch.look()[0] == []
    watch.close()
