"""What tells a topic from another of the same name: the ids that Kafka gave its cluster and itself.

A topic that is deleted and created anew starts at offset 0 again. Told by its name alone, its first messages would be taken
for those that were read long ago.
"""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.errors import NoError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError, for_code

from copytaster.sources.brokers import TopicError

CURE = (
    "It was deleted and created anew, or this is another cluster. Take it into another lake (--lake), or give it another "
    "name; what the old one held and the lake does not have must come from a backup of it"
)
"""What to do about a topic that is another than it was."""


class TopicRecreatedError(TopicError):
    """The topic is not the one that a block was planned of."""


@dataclass(frozen=True)
class TopicState:
    """A topic as the cluster has it now."""

    cluster_id: str
    topic_id: str
    """As Kafka's own tools write it; empty where the broker, older than 2.8, has none."""
    partitions: frozenset[int]

    @property
    def facts(self) -> dict[str, str]:
        """What the lake's log records of the topic."""
        return {"cluster_id": self.cluster_id, "topic_id": self.topic_id}


def topic_state(admin: KafkaAdminClient, topic: str) -> TopicState | None:
    """The topic as it is now, asked of the cluster; None where there is none of that name.

    Raises TopicError where the user may not see the topic, and KafkaError.
    """
    described = admin.describe_topics([topic])[0]
    error = for_code(described["error_code"])
    if error is UnknownTopicOrPartitionError:
        return None
    if error is TopicAuthorizationFailedError:
        raise TopicError(f"the user may not read the topic {topic}; grant it, or check COPYTASTER_KAFKA_SASL_USERNAME")
    if error is not NoError:
        raise error(f"the topic {topic} is not ready")
    cluster = str(admin.describe_cluster()["cluster_id"] or "")
    numbers = frozenset(partition["partition_index"] for partition in described["partitions"])
    return TopicState(cluster, kafka_id(described.get("topic_id")), numbers)


def kafka_id(number: uuid.UUID | str | None) -> str:
    """A topic's id as Kafka's tools write it: 22 characters of base 64; empty of none."""
    found = uuid.UUID(str(number)) if number else None
    return base64.urlsafe_b64encode(found.bytes).decode().rstrip("=") if found and found.int else ""
