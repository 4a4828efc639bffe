"""The streaming job on one machine: bounded pipelines over a few blocks each, again and again, in worker processes.

Nothing here must be remembered: the lake's log says which blocks are planned and which are published, so the job may be
stopped, killed, or run twice at any moment. A block whose worker dies is simply not published, and is offered again.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

import apache_beam as beam
import structlog
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from kafka.errors import KafkaError

from copytaster.batch import Task
from copytaster.beam.jobs import process_tasks
from copytaster.beam.transforms import model
from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog
from copytaster.lake.progress import Tally
from copytaster.lake.storage import Storage
from copytaster.metrics import JobMetrics
from copytaster.settings import Settings
from copytaster.sources.kafka import BrokerSilentError, KafkaTopic
from copytaster.sources.topic_planning import OUTSTANDING_PER_WORKER, TopicPlanner
from copytaster.worker import start_worker

LOG = structlog.get_logger(__name__)

TICK = 0.25
"""Seconds between looks at the topic."""

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
    """Takes a topic into the lake until it is stopped, or once to its end."""

    settings: Settings
    topic: KafkaTopic
    metrics: JobMetrics = field(default_factory=JobMetrics)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, *, once: bool = False) -> None:
        """Runs until `stop` is set, or with `once` until all is published that the topic held at the start.

        Raises LostRangeError and TopicError (see there), and what a block raised that failed `MAX_FAILURES` times.
        """
        self.log = LakeLog(Storage(self.settings.lake))
        self.running: dict[Future[str], Block] = {}
        self.failures = 0
        self.pool = self.new_pool()
        planner = self.new_planner()
        flush_to: Mapping[int, int] | None = None
        try:
            while not self.stop.is_set():
                try:
                    if once and flush_to is None:
                        planner.find_partitions()
                        flush_to = planner.stable_ends() or None
                    self.submit(planner.tick(flush_to=flush_to))
                    self.metrics.observe_lag(planner.lag())
                    if flush_to is not None and planner.is_drained(flush_to):
                        return
                except (KafkaError, BrokerSilentError) as error:
                    LOG.warning("the broker does not answer; trying again", error=str(error))
                    planner.close()
                    self.stop.wait(2.0)
                    planner = self.new_planner()
                self.collect(TICK)
            self.finish()
        finally:
            self.end_pool()
            planner.close()

    def new_planner(self) -> TopicPlanner:
        """A planner that goes on where the log is; waits for the broker."""
        while True:
            try:
                outstanding = OUTSTANDING_PER_WORKER * self.settings.workers
                return TopicPlanner(self.log, self.topic, self.settings.limits, self.settings.max_latency, outstanding)
            except KafkaError as error:
                LOG.warning("waiting for the broker", brokers=self.topic.brokers, error=str(error))
                if self.stop.wait(2.0):
                    raise

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

    def submit(self, blocks: list[Block]) -> None:
        """Gives the workers blocks that are not on their way yet, two for each worker at most."""
        for block in blocks:
            if len(self.running) >= 2 * self.settings.workers:
                return
            if block not in self.running.values():
                self.running[self.pool.submit(process_block, Task(self.topic, block), self.settings)] = block

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
            elif isinstance(error, BrokenProcessPool):
                LOG.warning("a worker process died; its blocks are done again", block=block.name)
                self.running.clear()
                self.end_pool()
                self.pool = self.new_pool()
                return
            else:
                self.failures += 1
                LOG.error("block failed", block=block.name, error=str(error), failures=self.failures)
                if self.failures >= MAX_FAILURES or is_final(error):
                    raise error
                self.stop.wait(min(10.0, 0.5 * 2**self.failures))

    def published(self, block: Block) -> None:
        """Counts a block that is in the lake."""
        manifest = self.log.manifest(block)
        if manifest is not None:
            self.metrics.observe(Tally.of(manifest))
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
    """Whether trying again cannot help: offsets are gone for good. Beam wraps what a step raised into its own error."""
    return "LostRangeError" in type(error).__name__ or "LostRangeError" in str(error)
