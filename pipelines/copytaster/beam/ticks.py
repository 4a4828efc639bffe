"""A topic planned by ticks, for runners that keep a job going themselves (Flink, Dataflow): `PlanTopic`.

The planner keeps nothing in the runner's state: its memory is the lake's log. So it may run in several processes at once,
in each it may be lost at any moment, and a job that is cancelled and started anew, here or elsewhere, goes on where the log
is.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
import structlog
from apache_beam.metrics import Metrics
from kafka.errors import KafkaError

from copytaster.beam.transforms import NAMESPACE
from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.logs import Seldom, set_up_logging
from copytaster.settings import Settings
from copytaster.sources.kafka import BrokerSilentError, KafkaTopic
from copytaster.sources.tasks import Task
from copytaster.sources.topic_planning import OUTSTANDING_PER_WORKER, TopicPlanner

LOG = structlog.get_logger(__name__)
WAITING = Seldom(LOG)

INTERVAL = 0.5
"""Seconds between looks at the topic."""

OFFER_AGAIN = 300.0
"""Seconds after which a block that was given out and is not published is given out again, whoever gave it.

A last resort: a runner that loses a worker restarts the steps of the job, and a planner that is set up anew gives out at once
whatever is not published (`PlanTick.setup`). It is twice what a worker needs at most for the `OUTSTANDING_PER_WORKER` blocks
that wait for it, since what is given out too early may be done twice.
"""

OFFER_VARIABLE = "COPYTASTER_OFFER_AGAIN"
"""Another number of seconds, read where the job is submitted."""


@dataclass
class Offers:
    """A process's planner, and which blocks it has given out when."""

    planner: TopicPlanner
    offer_again: float = OFFER_AGAIN
    given: dict[Block, float] = field(default_factory=dict)

    def due(self) -> list[Block]:
        """The blocks to give out now: those never given, and those that have not come back for too long."""
        outstanding = set(in_order := self.planner.tick())
        now = time.monotonic()
        self.given = {block: given for block, given in self.given.items() if block in outstanding}
        due = [block for block in in_order if now - self.given.get(block, float("-inf")) >= self.offer_again]
        for block in due:
            if block in self.given:
                LOG.warning("given out again", block=block.name, seconds=round(now - self.given[block]))
        self.given.update(dict.fromkeys(due, now))
        return due


LOCK = threading.Lock()


@functools.cache
def offers(settings: Settings, topic: KafkaTopic, offer_again: float) -> Offers:
    """The process's one planner of a topic; hold `LOCK` while using it."""
    log = LakeLog(Storage(settings.lake))
    outstanding = OUTSTANDING_PER_WORKER * settings.workers
    limits, latency = settings.limits, settings.max_latency
    planner = TopicPlanner(log, topic, limits, latency, outstanding, lease=offer_again)
    return Offers(planner, offer_again)


@dataclass
class PlanTopic(beam.PTransform):  # type: ignore[misc]
    """Ticks, whatever they are -> the `Task` of each block of a topic that is due then, spread over all workers.

    At most `OUTSTANDING_PER_WORKER` blocks a worker are planned and not published, however much waits in the topic.
    """

    settings: Settings
    topic: KafkaTopic

    def expand(self, ticks: beam.PCollection) -> beam.PCollection:
        """Plans at each tick, in whatever process it happens to come."""
        offer_again = float(os.environ.get(OFFER_VARIABLE, OFFER_AGAIN))
        plan = beam.ParDo(PlanTick(self.settings, self.topic, offer_again)).with_output_types(Task)
        return ticks | "Plan blocks" >> plan | "Spread blocks" >> beam.Reshuffle()


class PlanTick(beam.DoFn):  # type: ignore[misc]
    """The tasks that are due at a tick. A broker that does not answer is asked again at the next."""

    def __init__(self, settings: Settings, topic: KafkaTopic, offer_again: float = OFFER_AGAIN) -> None:
        self.settings = settings
        self.topic = topic
        self.offer_again = offer_again

    def setup(self) -> None:
        """Forgets what was given out: where this is a restart in a process that survived, it was given to the dead.

        And logs to stderr: Beam's worker pool never reads what its workers write to stdout, and they stall when it is full.
        """
        set_up_logging(self.settings.log_level)
        with LOCK:
            offers.cache_clear()

    def process(self, _: Any) -> Iterator[Task]:
        """Nothing while another thread of this process is looking just now."""
        if not LOCK.acquire(blocking=False):
            return
        try:
            found = offers(self.settings, self.topic, self.offer_again)
            blocks = found.due()
        except (KafkaError, BrokerSilentError) as error:
            WAITING.warning("waiting for the broker", topic=self.topic.topic, error=str(error))
            offers.cache_clear()
            return
        finally:
            LOCK.release()
        Metrics.counter(NAMESPACE, "blocks_given").inc(len(blocks))
        for block in blocks:
            yield Task(found.planner.topic, block)
