"""The streaming job on one machine: bounded pipelines over a few blocks each, again and again, in worker processes.

Nothing here must be remembered: the lake's log says which blocks are planned and which are published, so the job may be
stopped, killed, or run twice at any moment. A block whose worker dies is simply not published, and is offered again.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

import apache_beam as beam
import structlog
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from copytaster.batch import Task
from copytaster.beam.jobs import process_tasks
from copytaster.beam.lookouts import TICK, Lookout
from copytaster.beam.transforms import model
from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.metrics import JobMetrics
from copytaster.settings import Settings
from copytaster.sources.kafka import KafkaTopic, UnreadableError
from copytaster.sources.topic_planning import UNREADABLE_SECONDS
from copytaster.worker import start_worker

LOG = structlog.get_logger(__name__)

GRACE = 25.0
"""Seconds that running blocks have to finish when the job is stopped."""

MAX_FAILURES = 5
"""Blocks that may fail in a row before the job gives up; what is wrong then is not a passing fault."""


def warm_up(settings: Settings) -> None:
    """Loads the model of a worker process, so that the first block need not wait for it."""
    model(settings.model)


def process_block(task: Task, settings: Settings) -> str:
    """Takes one block through the pipeline, in this process; gives its name."""
    with beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([])) as pipeline:
        process_tasks(pipeline | "Name block" >> beam.Create([task], reshuffle=False), settings)
    return task.block.name


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
        self.running: dict[Future[str], Block] = {}
        self.done: set[Block] = set()
        """Blocks that are published and may still be in what a lookout saw last."""
        self.delayed: dict[Block, float] = {}
        """Blocks that cannot be read, and when they are tried again (monotonic seconds)."""
        self.unreadable: BaseException | None = None
        """What the last of them failed on."""
        self.failures = 0
        self.pool = self.new_pool()
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
            self.end_pool()

    def new_pool(self) -> ProcessPoolExecutor:
        """Worker processes, each with its own model."""
        pool = ProcessPoolExecutor(
            self.settings.workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=start_worker,
            initargs=(self.settings.log_level,),
        )
        for _ in range(self.settings.workers):
            pool.submit(warm_up, self.settings)
        return pool

    def submit(self, lookout: Lookout) -> None:
        """Gives the workers blocks of a topic that are not on their way yet, two for each worker at most."""
        due, now = lookout.due, time.monotonic()
        for block in due:
            if len(self.running) >= 2 * self.settings.workers:
                return
            if block not in self.running.values() and block not in self.done and self.delayed.get(block, 0.0) <= now:
                self.running[self.pool.submit(process_block, Task(lookout.topic, block), self.settings)] = block

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
        done, _ = wait(self.running, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            block = self.running.pop(future)
            error = future.exception()
            if error is None:
                self.failures = 0
                self.published(block)
            elif is_unreadable(error):
                LOG.error("unreadable", block=block.name, error=str(error))
                self.metrics.observe_failure("unreadable")
                self.metrics.unreadable_blocks.add(block.name)
                self.delayed[block] = time.monotonic() + UNREADABLE_SECONDS
                self.unreadable = error
            elif isinstance(error, BrokenProcessPool):
                LOG.warning("a worker process died; its blocks are done again", block=block.name)
                self.metrics.worker_restarts.inc()
                self.running.clear()
                self.end_pool()
                self.pool = self.new_pool()
                return
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
        end = time.monotonic() + GRACE
        for future in list(self.running):
            if not future.running():
                future.cancel()
        while self.running and time.monotonic() < end:
            cancelled = [future for future in self.running if future.cancelled()]
            for future in cancelled:
                self.running.pop(future)
            if self.running:
                wait(self.running, timeout=0.5)
                for future in [f for f in self.running if f.done() and not f.cancelled()]:
                    block = self.running.pop(future)
                    if future.exception() is None:
                        self.published(block)
        LOG.info("stopped", abandoned=[block.name for block in self.running.values()])

    def end_pool(self) -> None:
        """Ends the worker processes, whatever they do."""
        processes = list((self.pool._processes or {}).values())
        self.pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()


def is_final(error: BaseException) -> bool:
    """Whether trying again cannot help: offsets or the topic are gone for good."""
    return is_kind(error, "LostRangeError") or is_kind(error, "TopicRecreatedError")


def is_unreadable(error: BaseException) -> bool:
    """Whether the block's messages cannot be decoded, which is its partition's trouble alone."""
    return is_kind(error, "UnreadableError")


def is_kind(error: BaseException, name: str) -> bool:
    """Whether an error is of that class. Beam wraps what a step raised into its own error, in whose text the name stands."""
    return name in type(error).__name__ or f"{name}: " in str(error)
