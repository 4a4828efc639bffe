"""The streaming job on one machine: planners here, and worker processes that each run one pipeline over its blocks.

Nothing here must be remembered: the lake's log says which blocks are planned and which are published, so the job may be
stopped, killed, or run twice at any moment. A block whose worker dies is simply not published, and is offered again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from copytaster.beam.lookouts import TICK, Lookout
from copytaster.beam.pool import Outcome, WorkerDiedError, WorkerPool
from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.metrics import JobMetrics
from copytaster.settings import Settings
from copytaster.sources.kafka import KafkaTopic, UnreadableError
from copytaster.sources.tasks import Task
from copytaster.sources.topic_planning import UNREADABLE_SECONDS

LOG = structlog.get_logger(__name__)

GRACE = 25.0
"""Seconds that running blocks have to finish when the job is stopped."""

MAX_FAILURES = 5
"""Blocks that may fail in a row before the job gives up; what is wrong then is not a passing fault."""


@dataclass
class StreamJob:
    """Takes topics into the lake until it is stopped, or once to their ends."""

    settings: Settings
    topics: Sequence[KafkaTopic]
    metrics: JobMetrics = field(default_factory=JobMetrics)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, *, once: bool = False) -> None:
        """Runs until `stop` is set, or with `once` until all is published that the topics held at the start.

        Raises LostRangeError, TopicError and SourceIdentityError (see there), with `once` UnreadableError when all else is
        done, and what a block raised that failed `MAX_FAILURES` times.
        """
        self.log = LakeLog(Storage(self.settings.lake))
        self.running: set[Block] = set()
        self.done: set[Block] = set()
        """Blocks that are published and may still be in what a lookout saw last."""
        self.delayed: dict[Block, float] = {}
        """Blocks that cannot be read, and when they are tried again (monotonic seconds)."""
        self.unreadable: BaseException | None = None
        """What the last of them failed on."""
        self.failures = 0
        self.deaths = 0
        """Workers that have died, as far as the metrics know."""
        self.pool = WorkerPool(self.settings)
        ended = threading.Event()
        lookouts = [Lookout(self.settings, self.log, topic, self.metrics, ended, once=once) for topic in self.topics]
        for lookout in lookouts:
            lookout.start()
        try:
            while not self.stop.is_set():
                if all(lookout.is_drained or lookout.error for lookout in lookouts):
                    break
                for lookout in lookouts:
                    if lookout.error and not isinstance(lookout.error, UnreadableError):
                        raise lookout.error
                    self.submit(lookout)
                self.done.intersection_update(*(lookout.due for lookout in lookouts))
                if once and self.unreadable and not self.running and self.is_stuck(lookouts):
                    raise self.unreadable
                self.collect(TICK)
            if self.stop.is_set():
                self.finish()
            for error in filter(None, (lookout.error for lookout in lookouts)):
                raise error
        finally:
            ended.set()
            self.pool.close()

    def submit(self, lookout: Lookout) -> None:
        """Gives the workers blocks of a topic that are not on their way yet, two for each worker at most."""
        due, now = lookout.due, time.monotonic()
        for block in due:
            if len(self.running) >= 2 * self.settings.workers:
                return
            if block not in self.running and block not in self.done and self.delayed.get(block, 0.0) <= now:
                self.running.add(block)
                self.pool.submit(Task(lookout.topic, block))

    def is_stuck(self, lookouts: Sequence[Lookout]) -> bool:
        """Whether all that is left to do cannot be decoded."""
        return all(
            set(lookout.due) <= self.delayed.keys() | self.done for lookout in lookouts if not lookout.is_drained
        )

    def collect(self, seconds: float) -> None:
        """Waits a little for blocks to finish, and counts them. Raises what made a block fail too often."""
        if not self.running:
            self.stop.wait(seconds)
            return
        outcome = self.pool.next_outcome(seconds)
        self.metrics.worker_restarts.inc(self.pool.deaths - self.deaths)
        self.deaths = self.pool.deaths
        while outcome is not None:
            self.take_note(outcome)
            outcome = self.pool.next_outcome(0)

    def take_note(self, outcome: Outcome) -> None:
        """Counts a block that is done, or what it failed on. Raises that where it is final, or too many failed in a row."""
        block, error = outcome.task.block, outcome.error
        self.running.discard(block)
        if error is None:
            self.failures = 0
            self.published(block)
        elif is_unreadable(error):
            LOG.error("unreadable", block=block.name, error=str(error))
            self.metrics.observe_failure("unreadable")
            self.metrics.unreadable_blocks.add(block.name)
            self.delayed[block] = time.monotonic() + UNREADABLE_SECONDS
            self.unreadable = error
        else:
            self.failures += 1
            self.metrics.observe_failure(type(error).__name__)
            LOG.error("block failed", block=block.name, error=str(error), failures=self.failures)
            if self.failures >= MAX_FAILURES or is_final(error):
                raise error
            self.stop.wait(min(10.0, 0.5 * 2**self.failures))

    def published(self, block: Block) -> None:
        """Counts a block that is in the lake."""
        self.done.add(block)
        self.delayed.pop(block, None)
        self.metrics.unreadable_blocks.discard(block.name)
        manifest = self.log.manifest(block)
        if manifest is not None:
            self.metrics.observe(manifest)
            LOG.info("published", block=block.name, articles=manifest.articles, dead_letters=manifest.dead_letters)

    def finish(self) -> None:
        """Lets running blocks finish for a while; what does not is done by the next run."""
        LOG.info("stopping", running=len(self.running))
        for outcome in self.pool.finish_begun(GRACE):
            self.running.discard(outcome.task.block)
            if outcome.error is None:
                self.published(outcome.task.block)
        LOG.info("stopped", abandoned=sorted(block.name for block in self.running))


def is_final(error: BaseException) -> bool:
    """Whether trying again cannot help: offsets or the topic are gone for good, or a block kills whoever works on it."""
    return (
        isinstance(error, WorkerDiedError) or is_kind(error, "LostRangeError") or is_kind(error, "TopicRecreatedError")
    )


def is_unreadable(error: BaseException) -> bool:
    """Whether the block's messages cannot be decoded for now: no fault of the job, and other blocks can go on."""
    return is_kind(error, "UnreadableError") or is_kind(error, "RegistryError")


def is_kind(error: BaseException, name: str) -> bool:
    """Whether an error is of that class. Beam wraps what a step raised into its own error, in whose text the name stands."""
    return name in type(error).__name__ or f"{name}: " in str(error)
