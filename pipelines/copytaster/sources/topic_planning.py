"""Cuts a topic into blocks while it grows, a bounded number at a time; the lake's log is its only memory.

What a planner holds in memory (how far it has measured, when it saw the first record) is a convenience: a new one, or a
second one beside it, follows the same log to the same cuts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import structlog
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from copytaster.lake.blocks import Block
from copytaster.lake.log import ROLL_UP_AFTER, LakeLog
from copytaster.logs import Seldom
from copytaster.sources.brokers import TopicError
from copytaster.sources.identity import CURE, topic_state
from copytaster.sources.kafka import KafkaTopic, UnreadableError, messages_until
from copytaster.sources.planning import OVERHEAD, Limits

LOG = structlog.get_logger(__name__)
WAITING = Seldom(LOG)

OUTSTANDING_PER_WORKER = 4
"""Blocks planned ahead for each worker: enough to keep it busy, few enough to stop at once."""

LEASE = 60.0
"""Seconds that another job has for a block that it planned, before this one takes it up too."""

COMMIT_MS = 5_000
"""Milliseconds that a commit for lag tools may take."""

METADATA_SECONDS = 5.0
"""How long a new partition, or another topic under the same name, may go unnoticed."""

UNREADABLE_SECONDS = 30.0
"""After which a partition is tried again whose next messages could not be decoded."""


@dataclass
class Measured:
    """How far one partition is planned, and how much of what comes next has been measured."""

    start: int
    """Where the next block starts."""
    position: int
    """Up to where records have been measured."""
    count: int = 0
    size: int = 0
    since: float | None = None
    """When the first record of the next block was seen (monotonic seconds)."""
    full_at: int | None = None
    """Where the next block ends, once it is full."""
    outstanding: dict[Block, float] = field(default_factory=dict)
    """Blocks that are planned and not published, as far as is known, and from when on they are ours to do."""

    planned: int = 0
    """Blocks planned since the log was last rolled up."""
    unreadable: UnreadableError | None = None
    """Why the messages from `position` on cannot be decoded."""
    retry_at: float = 0.0
    """When that is tried again (monotonic seconds)."""

    @property
    def published_to(self) -> int:
        """The offset up to which everything is published."""
        return min([self.start, *(block.start for block in self.outstanding)])

    def begin(self, start: int) -> None:
        """Starts measuring at an offset."""
        self.start = self.position = start
        self.count = self.size = 0
        self.since = self.full_at = None


class TopicPlanner:
    """Plans the blocks of a topic. Not shared between threads."""

    def __init__(
        self,
        log: LakeLog,
        topic: KafkaTopic,
        limits: Limits,
        max_latency: float,
        max_outstanding: int,
        *,
        lease: float = LEASE,
    ) -> None:
        self.log = log
        self.topic = topic
        self.limits = limits
        self.max_latency = max_latency
        """Seconds after which a block is cut that is not full."""
        self.max_outstanding = max_outstanding
        """Blocks that may be planned and unpublished at once: the backlog waits in Kafka, not in the runner."""
        self.lease = lease
        """Seconds that another planner has for a block that it planned."""
        self.consumer = self.new_consumer()
        self.admin = topic.admin()
        self.committed: dict[int, int] = {}
        self.partitions: dict[int, Measured] = {}
        self.look_at = 0.0
        """When the topic is looked at next (monotonic seconds)."""
        self.is_there = False

    def new_consumer(self) -> KafkaConsumer:
        """A consumer that looks for new partitions as often as the planner does."""
        return self.topic.consumer(metadata_max_age_ms=int(1000 * METADATA_SECONDS), group_id=self.topic.group or None)

    def tick(self, *, flush_to: Mapping[int, int] | None = None) -> list[Block]:
        """The blocks that are planned, not published and ours to do; plans what is ready, up to `max_outstanding`.

        What another job was first to plan is its to do for `lease` seconds, and then ours too.

        With `flush_to` (offset by partition), a block that is not full is cut as soon as it reaches that offset. Raises
        TopicError and SourceIdentityError where the topic is not the one that was planned. A partition whose messages
        cannot be decoded holds up no other (`unreadable`).
        """
        self.find_partitions()
        for state in self.partitions.values():
            state.outstanding = {b: due for b, due in state.outstanding.items() if not self.log.is_published(b)}
        self.commit_published()
        ends = self.stable_ends()
        for number, state in self.partitions.items():
            while self.count_outstanding() < self.max_outstanding and self.plan_one(
                number, state, ends[number], flush_to
            ):
                pass
        now = time.monotonic()
        return [b for state in self.partitions.values() for b, due in state.outstanding.items() if due <= now]

    def commit_published(self) -> None:
        """Commits, under the topic's group, up to where all is published. A broker that does not let us is no fault."""
        published = {number: state.published_to for number, state in self.partitions.items()}
        if not self.topic.group or published == self.committed:
            return
        offsets = {
            TopicPartition(self.topic.topic, number): OffsetAndMetadata(offset, "", -1)
            for number, offset in published.items()
        }
        try:
            self.consumer.commit(offsets, timeout_ms=COMMIT_MS)
        except KafkaError as error:
            LOG.warning("cannot commit for lag tools; going on", group=self.topic.group, error=str(error))
        self.committed = published

    def is_drained(self, flush_to: Mapping[int, int]) -> bool:
        """Whether everything before those offsets is published, or cannot be read."""
        return all(
            (state := self.partitions.get(number)) is not None
            and not state.outstanding
            and not state.count
            and (state.position >= end or state.unreadable is not None)
            for number, end in flush_to.items()
        )

    def unreadable(self) -> dict[int, UnreadableError]:
        """By partition, why its next messages cannot be decoded."""
        return {number: state.unreadable for number, state in self.partitions.items() if state.unreadable}

    def lag(self) -> dict[int, int]:
        """By partition, how many offsets lie between the first that is not published and the stable end."""
        return {
            number: max(0, end - self.partitions[number].published_to) for number, end in self.stable_ends().items()
        }

    def count_outstanding(self) -> int:
        """Blocks that are planned and not published."""
        return sum(len(state.outstanding) for state in self.partitions.values())

    def stable_ends(self) -> dict[int, int]:
        """The last stable offset of each partition: before it, every transaction is decided."""
        partitions = [TopicPartition(self.topic.topic, number) for number in self.partitions]
        return {p.partition: end for p, end in self.consumer.end_offsets(partitions).items()} if partitions else {}

    def find_partitions(self) -> bool:
        """Takes up partitions that are new, each where the log says; whether there is such a topic.

        Raises SourceIdentityError where it is another than the lake knows under its name.
        """
        if time.monotonic() < self.look_at:
            return self.is_there
        found = topic_state(self.admin, self.topic.topic)
        self.is_there = found is not None
        self.look_at = time.monotonic() + (METADATA_SECONDS if found else 1.0)
        if found is None:
            WAITING.info("waiting for the topic", topic=self.topic.topic, brokers=self.topic.brokers)
            return False
        self.log.identify(self.topic.topic, found.facts, cure=CURE)
        self.topic = replace(self.topic, topic_id=found.topic_id)
        if new := sorted(found.partitions - self.partitions.keys()):
            # a partition that comes later, or that another job was first to start, has nothing before it to leave out
            is_new = not self.partitions and not self.log.is_begun(self.topic.topic)
            self.partitions |= {
                number: self.resumed(number, self.topic.start if is_new else "earliest") for number in new
            }
            self.assign()
        return True

    def assign(self) -> None:
        """Assigns all partitions to the consumer, each where it was measured to."""
        self.consumer.assign([TopicPartition(self.topic.topic, number) for number in sorted(self.partitions)])
        for number, state in self.partitions.items():
            self.consumer.seek(TopicPartition(self.topic.topic, number), state.position)

    def resumed(self, number: int, start_from: str | int) -> Measured:
        """The state of a partition as the log has it; a new one starts as told, and the log says where that was."""
        partition = TopicPartition(self.topic.topic, number)
        progress = self.log.roll_up(self.log.progress(self.topic.topic, number))
        first = self.consumer.beginning_offsets([partition])[partition]
        end = self.consumer.end_offsets([partition])[partition]
        start = progress.end
        if start is None:
            begin = first if start_from == "earliest" else end
            if isinstance(start_from, int) and (
                found := self.consumer.offsets_for_times({partition: start_from})[partition]
            ):
                begin = found.offset
            start = self.log.start_at(self.topic.topic, number, begin)
        if start > end:
            raise TopicError(
                f"{self.topic.topic}/{number} ends at offset {end}, but the lake has plans up to {start}: the topic was "
                f"deleted and created anew, or this is another cluster. Give the new topic another name, or the lake"
            )
        if start < first:
            if not self.topic.accept_loss:
                raise TopicError(
                    f"{self.topic.topic}/{number}: the broker has offsets from {first} on, the lake is planned up to "
                    f"{start}; {first - start} offsets expired before they were read. Go on without them with --accept-loss"
                )
            LOG.warning("offsets expired before they were read", partition=number, planned=start, first=first)
        state = Measured(start, position=max(start, first))
        state.outstanding = {plan.block: 0.0 for plan in progress.unpublished}
        return state

    def plan_one(self, number: int, state: Measured, end: int, flush_to: Mapping[int, int] | None) -> bool:
        """Plans the next block of a partition if it is ready; whether it did."""
        self.measure(number, state, end)
        is_due = state.since is not None and time.monotonic() - state.since >= self.max_latency
        is_flushed = flush_to is not None and state.count > 0 and state.position >= flush_to.get(number, 0)
        if state.full_at is not None:
            cut = state.full_at
        elif state.count and (is_due or is_flushed):
            cut = state.position
        else:
            return False
        self.topic.check_identity(self.admin)  # what was measured up to here was then measured of this topic
        mine = Block(source=self.topic.topic, partition=number, start=state.start, end=cut)
        plan, is_mine = self.log.try_plan(mine)
        if not self.log.is_published(plan.block):
            state.outstanding[plan.block] = 0.0 if is_mine else time.monotonic() + self.lease
        state.begin(plan.block.end)
        self.consumer.seek(TopicPartition(self.topic.topic, number), state.position)
        state.planned += 1
        if state.planned >= ROLL_UP_AFTER:
            self.log.roll_up(self.log.progress(self.topic.topic, number))
            state.planned = 0
        return True

    def measure(self, number: int, state: Measured, end: int) -> None:
        """Counts the records from where it stopped, up to the stable end or until the block is full."""
        if state.full_at is not None or state.position >= end:
            return
        if state.unreadable and time.monotonic() < state.retry_at:
            return
        try:
            for offset, size in self.sizes(number, state.position, end):
                if state.count and (
                    state.count == self.limits.max_records or state.size + size > self.limits.max_bytes
                ):
                    state.full_at = offset
                    return
                if state.since is None:
                    state.since = time.monotonic()
                state.count += 1
                state.size += size
                state.position = offset + 1
                state.unreadable = None
        except UnreadableError as error:
            LOG.error("unreadable", topic=self.topic.topic, partition=number, error=str(error))
            state.unreadable, state.retry_at = error, time.monotonic() + UNREADABLE_SECONDS
            self.consumer.close()  # what it has fetched besides must not fail for another partition
            self.consumer = self.new_consumer()
            self.assign()
            return
        state.position, state.unreadable = end, None

    def sizes(self, number: int, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Offset and size of each committed record in [start, end)."""
        partition = TopicPartition(self.topic.topic, number)
        others = [other for other in self.consumer.assignment() if other != partition]
        self.consumer.pause(*others)
        self.consumer.resume(partition)
        if self.consumer.position(partition) != start:
            self.consumer.seek(partition, start)
        for message in messages_until(self.consumer, partition, end):
            yield message.offset, len(message.value or b"") + OVERHEAD

    def close(self) -> None:
        """Closes the connections."""
        self.consumer.close()
        self.admin.close()
