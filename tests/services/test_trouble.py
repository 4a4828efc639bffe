"""Topics in trouble, on a real broker: recreated under their name, written with any codec, damaged, not there at all."""

from __future__ import annotations

import time
from pathlib import Path

from kafka import KafkaAdminClient

from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.sources.kafka import KafkaTopic
from copytaster.sources.planning import Limits
from copytaster.sources.topic_planning import TopicPlanner
from services.java import PATIENCE, free_port, wait_until
from services.job import PARTITIONS, count, drain, start, stop, to_bytes
from services.kafka_broker import Broker
from services.test_watching import page
from wire import article, ask


def said(lake: Path) -> str:
    """What the program wrote, on one line."""
    return " ".join(lake.with_suffix(".log").read_text().split())


def recreate(broker: Broker, topic: str, partitions: int) -> tuple[str, str]:
    """Deletes a topic and makes another of the same name; the ids of both, as Kafka writes them."""
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    before = broker.topic_id(topic)
    admin.delete_topics([topic])
    admin.close()
    wait_until(lambda: broker.topic_id(topic) == "", "the topic's end")
    broker.create_topic(topic, partitions)
    return before, broker.topic_id(topic)


def test_a_topic_recreated_between_two_runs(broker: Broker, topic: str, tmp_path: Path) -> None:
    """Refused with both ids and the cure, also where it is longer than the old one was; the lake stays as it is."""
    lake = tmp_path / "lake"
    broker.send(topic, (article(i) for i in range(4)), PARTITIONS)
    drain(broker, topic, lake)
    old, new = recreate(broker, topic, PARTITIONS)
    broker.send(topic, (article(i) for i in range(20, 40)), PARTITIONS)
    assert start(broker, topic, lake, "--once").wait(120 * PATIENCE) == 1
    for part in (f"topic_id {old}", f"topic_id {new}", "another lake (--lake)"):
        assert part in said(lake)
    assert count(lake) == 4


def test_a_topic_recreated_under_a_running_job(broker: Broker, topic: str, tmp_path: Path) -> None:
    """The job ends with both ids before it plans anything of the new topic: no offset of it is in the lake's log."""
    lake = tmp_path / "lake"
    broker.send(topic, (article(i) for i in range(4)), 1)
    job = start(broker, topic, lake)
    wait_until(lambda: count(lake) == 4, "the old topic's articles", 120)
    old, new = recreate(broker, topic, PARTITIONS)
    broker.send(topic, (article(i) for i in range(20, 40)), 1)
    assert job.wait(60 * PATIENCE) == 1
    assert f"topic_id {old}" in said(lake)
    assert new in said(lake)
    assert count(lake) == 4


def test_every_codec_is_read_and_damage_is_one_partitions_trouble(broker: Broker, topic: str, tmp_path: Path) -> None:
    """All of Kafka's codecs; then a batch whose bytes are damaged: named, health fails, the other partitions go on."""
    lake, port = tmp_path / "lake", free_port()
    numbers = iter(range(100))
    for codec in (None, "gzip", "snappy", "lz4", "zstd"):
        with broker.producer(compression_type=codec, linger_ms=100) as producer:
            for number in (next(numbers), next(numbers)):
                producer.send(topic, to_bytes(article(number)), partition=0)
    drain(broker, topic, lake)
    assert ask(f"SELECT source_offset FROM '{lake}/articles/**/*.parquet' ORDER BY ALL") == [(n,) for n in range(10)]

    broker.damage(topic, 1, to_bytes(article(50)))
    broker.send(topic, [article(60), article(61)], 1)
    job = start(broker, topic, lake, "--metrics-port", str(port))
    wait_until(lambda: f"503 failing: {topic}: partition 1 unreadable" in page(port, "/healthz"), "503", 120)
    assert f'copytaster_unreadable{{partition="1",topic="{topic}"}} 1.0' in page(port, "/metrics")
    wait_until(lambda: count(lake) == 12, "the other partition", 120)
    assert stop(job) == 0
    assert f"{topic}/1: the messages from offset 0 on cannot be decoded: CorruptRecordError" in said(lake)
    assert start(broker, topic, lake, "--once").wait(120 * PATIENCE) == 1


def planned(broker: Broker, topic: str, lake: Path, start: str | int = "earliest") -> dict[int, tuple[int, int]]:
    """By partition, from where to where a planner cuts the topic's first block."""
    log = LakeLog(Storage(str(lake)))
    planner = TopicPlanner(log, KafkaTopic(broker.address, topic, start=start), Limits(), 60.0, 100)
    planner.find_partitions()
    blocks = planner.tick(flush_to=planner.stable_ends())
    planner.close()
    return {block.partition: (block.start, block.end) for block in blocks}


def test_where_a_topic_starts(broker: Broker, topic: str, tmp_path: Path) -> None:
    """At its beginning, its end, or a time; told once, and for the partitions that there were."""
    begin = int(time.time()) * 1_000  # what is years old expires as soon as the broker looks
    with broker.producer() as producer:
        for number in range(4):
            producer.send(topic, b"{}", partition=0, timestamp_ms=begin + 1_000 * number + 1).get(30)
            producer.send(topic, b"{}", partition=1, timestamp_ms=begin + 1).get(30)
    assert planned(broker, topic, tmp_path / "all") == {0: (0, 4), 1: (0, 4)}
    assert planned(broker, topic, tmp_path / "since", start=begin + 2_000) == {0: (2, 4)}
    assert planned(broker, topic, tmp_path / "new", start="latest") == {}
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.create_partitions({topic: PARTITIONS + 1})
    admin.close()
    wait_until(lambda: len(broker.partitions(topic)) == PARTITIONS + 1, "the new partition")
    with broker.producer() as producer:
        for partition in (0, PARTITIONS):
            producer.send(topic, b"{}", partition=partition).get(30)
    log = LakeLog(Storage(str(tmp_path / "new")))
    assert planned(broker, topic, tmp_path / "new", start="earliest") == {0: (4, 5), PARTITIONS: (0, 1)}
    assert [log.start_at(topic, number, 99) for number in (0, 1, PARTITIONS)] == [4, 4, 0]


def test_several_topics_in_one_run(broker: Broker, topic: str, tmp_path: Path) -> None:
    """Each has its own blocks."""
    lake = tmp_path / "lake"
    broker.create_topic(f"{topic}-2", 1)
    broker.send(topic, [article(0), article(1)], 1)
    broker.send(f"{topic}-2", [article(2)], 1)
    drain(broker, f"{topic},{topic}-2", lake)
    assert ask(f"SELECT source, count(*) FROM '{lake}/articles/**/*.parquet' GROUP BY source ORDER BY source") == [
        (topic, 2),
        (f"{topic}-2", 1),
    ]


def test_a_topic_that_is_not_there(broker: Broker, tmp_path: Path) -> None:
    """With --once the program ends and says what to check."""
    assert start(broker, "typo", tmp_path / "lake", "--once").wait(120 * PATIENCE) == 1
    assert f"{broker.address} has no topic typo; check --topic or COPYTASTER_TOPIC" in said(tmp_path / "lake")
