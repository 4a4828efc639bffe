"""One topic watched and planned in a thread of its own: a broker that does not answer holds up nothing else.

Neither the blocks that are under way nor the other topics nor the end of the program wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress

import structlog
from kafka.errors import AuthorizationError, KafkaError

from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog
from copytaster.logs import Seldom
from copytaster.metrics import JobMetrics
from copytaster.settings import Settings
from copytaster.sources.brokers import TopicError
from copytaster.sources.kafka import BrokerSilentError, KafkaTopic
from copytaster.sources.topic_planning import OUTSTANDING_PER_WORKER, TopicPlanner

LOG = Seldom(structlog.get_logger(__name__))

TICK = 0.25
"""Seconds between looks at the topic."""

AGAIN = 2.0
"""Seconds after which a broker that did not answer is tried again."""


class Lookout(threading.Thread):
    """Looks at a topic again and again until `stop`, and keeps what was seen last. It is never waited for."""

    def __init__(
        self,
        settings: Settings,
        log: LakeLog,
        topic: KafkaTopic,
        metrics: JobMetrics,
        stop: threading.Event,
        *,
        once: bool,
    ) -> None:
        """With `once`, blocks are cut short at the end that the topic has now, and there has to be one."""
        super().__init__(name=f"look out for {topic.topic}", daemon=True)
        self.settings, self.log, self.metrics, self.stop, self.once = settings, log, metrics, stop, once
        self.topic = topic
        """With the topic's id, once it is known."""
        self.due: list[Block] = []
        """The blocks that were planned, not published and ours to do at the last look."""
        self.is_drained = False
        """Whether all is published that the topic held at the start and that can be read (only with `once`)."""
        self.error: Exception | None = None
        """Why there is no use in looking any more."""

    def run(self) -> None:
        """Looks until there is an end to it."""
        metrics, name = self.metrics, self.topic.topic
        flush_to: Mapping[int, int] | None = None
        planner = None
        while not self.stop.is_set():
            try:
                planner = planner or self.new_planner()
                if self.once and flush_to is None:
                    flush_to = self.ends(planner)
                blocks = planner.tick(flush_to=flush_to)
                self.topic, self.due = planner.topic, blocks
                metrics.observe_lag(name, planner.lag(), planner.unreadable())
                self.is_drained = flush_to is not None and planner.is_drained(flush_to)
                if self.is_drained and (trouble := planner.unreadable()):
                    raise next(iter(trouble.values()))
                self.stop.wait(TICK)
            except AuthorizationError as error:  # a KafkaError that no waiting mends
                told = f"the broker does not allow it: {error}; grant it, or check COPYTASTER_KAFKA_SASL_USERNAME"
                self.error = TopicError(f"{name}: {told}")
                return
            except (KafkaError, BrokerSilentError) as error:
                metrics.observe_broker_error(name)
                LOG.warning("waiting for the broker", topic=name, brokers=self.topic.brokers, error=str(error))
                close(planner)
                planner = None
                self.stop.wait(AGAIN)
            except Exception as error:
                self.error = error
                return
        close(planner)

    def ends(self, planner: TopicPlanner) -> Mapping[int, int]:
        """The topic's end by partition. Raises TopicError where there is no such topic."""
        if not planner.find_partitions():
            raise TopicError(f"{self.topic.brokers} has no topic {self.topic.topic}; check --topic or COPYTASTER_TOPIC")
        return planner.stable_ends()

    def new_planner(self) -> TopicPlanner:
        """A planner that goes on where the log is."""
        outstanding = OUTSTANDING_PER_WORKER * self.settings.workers
        return TopicPlanner(self.log, self.topic, self.settings.limits, self.settings.max_latency, outstanding)


def close(planner: TopicPlanner | None) -> None:
    """Closes a planner's connections, which may be gone already."""
    if planner is not None:
        with suppress(Exception):
            planner.close()
