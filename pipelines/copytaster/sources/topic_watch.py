"""How far a lake is behind a topic, seen from outside: by the lake's log and the broker's offsets."""

from __future__ import annotations

from kafka import TopicPartition

from copytaster.lake.blocks import Block, Manifest
from copytaster.lake.log import LakeLog
from copytaster.sources.brokers import TopicError
from copytaster.sources.identity import CURE, topic_state
from copytaster.sources.kafka import KafkaTopic


class TopicWatch:
    """What jobs, wherever they run, publish of a topic, and how far they are behind. Plans nothing."""

    def __init__(self, log: LakeLog, topic: KafkaTopic) -> None:
        self.log = log
        self.topic = topic
        self.consumer = topic.consumer()
        self.admin = topic.admin()
        self.seen: dict[int, tuple[int, frozenset[int]]] = {}
        """By partition, up to where all was published at the last look, and the starts of the blocks behind that."""

    def look(self) -> tuple[list[Manifest], dict[int, int]]:
        """What was published since the last look (since the first one at all), and the lag by partition in offsets.

        The lag is counted from the first offset that is not published up to the stable end. Raises KafkaError, TopicError
        where there is no such topic, SourceIdentityError where it is another than the lake knows.
        """
        topic = self.topic.topic
        state = topic_state(self.admin, topic)
        if state is None:
            raise TopicError(f"{self.topic.brokers} has no topic {topic}; check --topic or COPYTASTER_TOPIC")
        if any(source == topic for source, _ in self.log.partitions()):
            self.log.identify(topic, state.facts, cure=CURE)
        partitions = [TopicPartition(topic, number) for number in sorted(state.partitions)]
        ends = self.consumer.end_offsets(partitions) if partitions else {}
        firsts = self.consumer.beginning_offsets(partitions) if partitions else {}
        new: list[Manifest] = []
        lag = {}
        for partition in partitions:
            progress = self.log.progress(topic, partition.partition)
            begin = firsts[partition] if progress.published_to is None else progress.published_to
            new += self.published_since(partition.partition, begin, progress.published)
            lag[partition.partition] = max(0, ends[partition] - begin)
        return new, lag

    def published_since(self, partition: int, published_to: int, published: frozenset[int]) -> list[Manifest]:
        """The manifests of a partition that the last look did not see; of the first look none."""
        beyond = frozenset(start for start in published if start >= published_to)
        before = self.seen.get(partition)
        self.seen[partition] = (published_to, beyond)
        if before is None:
            return []
        manifests = self.log.manifests_of(self.topic.topic, partition, start=before[0])
        return [found for found in manifests if found.block.start not in before[1] and self.is_seen(found.block)]

    def is_seen(self, block: Block) -> bool:
        """Whether the block was published at the last look."""
        published_to, beyond = self.seen[block.partition]
        return block.start < published_to or block.start in beyond

    def close(self) -> None:
        """Closes the connections."""
        self.consumer.close()
        self.admin.close()
