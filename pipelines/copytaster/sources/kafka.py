"""A Kafka topic as a source of blocks: cut by offsets, read by offsets, without a consumer group.

A block is a range of offsets of one partition. It is planned only up to the last stable offset, so that transactions in it
are decided: what is in a range, and what is not, no longer changes (but for compaction and retention). Offsets have gaps
(transaction markers, compaction), so a block ends when the consumer's position reaches its end, never by a count.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import CorruptRecordError, KafkaError, UnsupportedCodecError

from copytaster.lake.blocks import Block
from copytaster.records import DeadLetter, RawRecord
from copytaster.sources.brokers import TopicError, connection, open_admin, open_consumer
from copytaster.sources.dead_letter_topic import send_dead_letters
from copytaster.sources.identity import CURE, TopicRecreatedError, topic_state
from copytaster.sources.planning import Reading
from copytaster.sources.schema_registry import SchemaRegistry

LOG = structlog.get_logger(__name__)

MAX_MESSAGE = 32 * 1024 * 1024
"""Bytes that one fetch of a partition may bring; Kafka always gives at least one message, however large."""

PATIENCE = 30.0
"""Seconds without an answer after which the broker counts as gone for now."""

LAST_MILLISECOND = 253_402_300_799_000
"""The end of the year 9999."""


class LostRangeError(TopicError):
    """The broker no longer has offsets that are planned and not published."""


class BrokerSilentError(TopicError):
    """The broker gives nothing although there is something; worth another try."""


class UnreadableError(TopicError):
    """A batch of messages cannot be decoded: its codec is not installed, or its bytes are damaged. One partition's trouble."""


@dataclass(frozen=True)
class KafkaTopic:
    """A topic of a cluster. Credentials come from the environment (`variables.CONNECTION_VARIABLES`) where a consumer is opened."""

    brokers: str
    """host:port, several with commas."""
    topic: str
    accept_loss: bool = False
    """Go on where the broker no longer has a planned range; the manifest records how much was lost."""
    allow_plaintext: bool = False
    """Speak plain text to other machines."""
    dead_letter_topic: str = ""
    """Topic of the same brokers that dead letters are sent to as well; none where empty."""
    group: str = ""
    """Consumer group under which is committed what is published, for tools that show lag; nothing here reads it."""
    start: str | int = "earliest"
    """Where a topic starts that is new to the lake: `earliest`, `latest`, or a time in milliseconds since 1970."""
    registry: SchemaRegistry | None = None
    """Where the schemas are that framed values refer to."""
    empty_is_tombstone: bool = False
    """An empty value withdraws its article, as a null value does; otherwise it is a dead letter."""
    topic_id: str = ""
    """Kafka's id of the topic that the blocks are planned of; empty where the broker tells none."""

    @property
    def title(self) -> str:
        """What the column `source` of its rows says."""
        return self.topic

    def read(self, block: Block) -> Reading:
        """The records of a block.

        Raises LostRangeError where the broker no longer has all of it, unless `accept_loss`; UnreadableError where a batch
        of it cannot be decoded; TopicRecreatedError where the topic is not the one that the block was planned of.
        """
        with CLIENTS.of(self) as (consumer, admin):
            partition = TopicPartition(self.topic, block.partition)
            lost = self.lost_offsets(consumer, partition, block)
            records = tuple(fetch(consumer, partition, block.start + lost, block.end))
            self.check_identity(admin)  # last: what was read before was then read of this topic too
        return Reading(tuple(self.opened(record) for record in records), lost)

    def opened(self, record: RawRecord) -> RawRecord:
        """The record as the topic's settings mean it. Raises RegistryError."""
        if self.empty_is_tombstone and record.value == b"":
            record = replace(record, value=None)
        return self.registry.read(record) if self.registry else record

    def check_identity(self, admin: KafkaAdminClient) -> None:
        """Raises TopicRecreatedError where the topic of this name is now another than the planned one, or gone."""
        state = topic_state(admin, self.topic) if self.topic_id else None
        now = state.topic_id if state else "none"
        if self.topic_id and now != self.topic_id:
            raise TopicRecreatedError(
                f"{self.topic} was planned with topic_id {self.topic_id} and has now {now}. {CURE}"
            )

    def report(self, block: Block, letters: Sequence[DeadLetter]) -> None:
        """Logs dead letters, and sends them to the topic for them, if there is one; at least once. Raises KafkaError."""
        for letter in letters:
            article = letter.record.key and letter.record.key.decode("utf-8", "backslashreplace")[:200]
            failure, offset = letter.failure, letter.record.offset
            LOG.warning(
                "dead letter",
                block=block.name,
                offset=offset,
                article=article,
                stage=failure.stage,
                reason=failure.reason,
            )
        if self.dead_letter_topic:
            send_dead_letters(self.connection(), self.dead_letter_topic, letters, self.title, block.partition)

    def lost_offsets(self, consumer: KafkaConsumer, partition: TopicPartition, block: Block) -> int:
        """How many of the block's offsets lie before the first that the broker has."""
        first: int = consumer.beginning_offsets([partition])[partition]
        lost = min(block.end, max(0, first - block.start))
        if lost and not self.accept_loss:
            raise LostRangeError(
                f"block {block.name}: the broker has {self.topic}/{block.partition} from offset {first} on, the block "
                f"starts at {block.start}; {min(first, block.end) - block.start} offsets are gone. Bring them back, or go "
                f"on without them with --accept-loss (the manifest then says so)"
            )
        return lost

    def connection(self) -> dict[str, Any]:
        """kafka-python's settings of a connection. Raises TopicError for plain text to another machine, unless allowed."""
        return connection(self.brokers, allow_plaintext=self.allow_plaintext)

    def consumer(self, **settings: Any) -> KafkaConsumer:
        """A consumer of committed messages, with more of kafka-python's settings. Raises TopicError and KafkaError."""
        ours = {
            "group_id": None,
            "enable_auto_commit": False,
            "auto_offset_reset": "none",
            "isolation_level": "read_committed",
            "fetch_max_bytes": MAX_MESSAGE,
            "max_partition_fetch_bytes": 4 * 1024 * 1024,
            "max_poll_records": 500,
        }
        return open_consumer(ours | self.connection() | settings)

    def admin(self) -> KafkaAdminClient:
        """A client that asks the cluster about the topic. Raises TopicError and KafkaError."""
        return open_admin(self.connection())


class Clients:
    """The process's open connections, a consumer and an admin client for each topic: connecting costs more than a fetch."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.open: dict[KafkaTopic, tuple[KafkaConsumer, KafkaAdminClient]] = {}

    @contextmanager
    def of(self, topic: KafkaTopic) -> Iterator[tuple[KafkaConsumer, KafkaAdminClient]]:
        """Those of a topic, for one thread at a time. Where something failed they are closed, and the next gets new ones."""
        with self.lock:
            if topic not in self.open:
                self.open[topic] = (topic.consumer(), topic.admin())
            try:
                yield self.open[topic]
            except BaseException:
                consumer, admin = self.open.pop(topic)
                consumer.close(autocommit=False)
                admin.close()
                raise


CLIENTS = Clients()


def fetch(consumer: KafkaConsumer, partition: TopicPartition, start: int, end: int) -> Iterator[RawRecord]:
    """The committed records with offsets in [start, end), in order, until the consumer's position reaches `end`."""
    if start >= end:
        return
    if consumer.assignment() != {partition}:
        consumer.assign([partition])
    consumer.seek(partition, start)
    for message in messages_until(consumer, partition, end):
        yield raw_record(message)


def messages_until(consumer: KafkaConsumer, partition: TopicPartition, end: int) -> Iterator[Any]:
    """The messages of an assigned partition from the consumer's position on, with offsets before `end`.

    Raises BrokerSilentError when the position does not move for `PATIENCE` seconds, UnreadableError for a batch that cannot
    be decoded, behind the last message before it.
    """
    position, heard = consumer.position(partition), time.monotonic()
    while position < end:
        try:
            messages = consumer.poll(timeout_ms=500).get(partition, [])
        except Exception as error:
            if not is_undecodable(error):
                raise
            raise UnreadableError(
                f"{partition.topic}/{partition.partition}: the messages from offset {consumer.position(partition)} on cannot "
                f"be decoded: {type(error).__name__}: {error}. The other partitions go on. Install what it names; damaged "
                f"messages can be given up: delete the partition's records up to the end of their batch (kafka-delete-records) "
                f"and go on with --accept-loss"
            ) from error
        for message in messages:
            if message.offset < end:
                yield message
        if (now := consumer.position(partition)) != position:
            position, heard = now, time.monotonic()
        elif time.monotonic() - heard > PATIENCE:
            raise BrokerSilentError(
                f"{partition.topic}/{partition.partition}: no answer from offset {position} on for {PATIENCE:.0f} s, "
                f"although the partition goes to {end}"
            )


def is_undecodable(error: Exception) -> bool:
    """Whether a poll failed of the bytes that it got, and not of getting them; decoders raise whatever they like."""
    if isinstance(error, KafkaError):
        return isinstance(error, UnsupportedCodecError | CorruptRecordError) or type(error) is KafkaError
    return not isinstance(error, ConnectionError | TimeoutError)


def raw_record(message: Any) -> RawRecord:
    """A Kafka message as a record; milliseconds since 1970 become a time in UTC, an impossible time none."""
    moment = None
    if message.timestamp is not None and 0 <= message.timestamp < LAST_MILLISECOND:
        moment = datetime.fromtimestamp(message.timestamp / 1000, UTC)
    headers = tuple((name, value) for name, value in message.headers or ())
    return RawRecord(message.value, message.offset, key=message.key, timestamp=moment, headers=headers)
