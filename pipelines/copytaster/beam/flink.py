"""The jobs on Flink: the same steps behind a planner that a periodic impulse wakes.

The planner keeps nothing in Flink's state: its memory is the lake's log. So checkpoints are small and stay so, they serve to
restart the job and not to resume it, and the job may as well be cancelled and started anew, here or elsewhere. (A
splittable DoFn that checkpoints itself would grow Flink's state for ever, and a drain of it never ends.)
"""

from __future__ import annotations

import functools
import json
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
import structlog
from apache_beam.io.flink.flink_streaming_impulse_source import FlinkStreamingImpulseSource
from apache_beam.options.pipeline_options import PipelineOptions
from kafka.errors import KafkaError

from copytaster.batch import Task
from copytaster.beam.jobs import process_tasks, runner_flags
from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.settings import Settings
from copytaster.sources.kafka import BrokerSilentError, KafkaTopic
from copytaster.sources.topic_planning import OUTSTANDING_PER_WORKER, TopicPlanner

LOG = structlog.get_logger(__name__)

INTERVAL_MS = 500
"""Milliseconds between looks at the topic."""

OFFER_AGAIN = 120.0
"""Seconds after which a block that was planned and is not published is given out again: its worker has died."""

STREAMING_FLAGS = (
    "--streaming",
    "--checkpointing_interval=10000",
    "--finish_bundle_before_checkpointing",  # or a job with checkpoints stalls silently
    "--max_bundle_time_mills=100",
)
"""What every streaming job on Flink needs; the SDK calls the last two unparseable, but they reach Flink."""


@dataclass
class Offers:
    """A process's planner, and which blocks it has given out when."""

    planner: TopicPlanner
    given: dict[Block, float] = field(default_factory=dict)

    def due(self) -> list[Block]:
        """The blocks to give out now: those never given, and those that have not come back for too long."""
        now = time.monotonic()
        outstanding = self.planner.tick()
        self.given = {block: given for block, given in self.given.items() if block in set(outstanding)}
        due = [block for block in outstanding if now - self.given.get(block, float("-inf")) >= OFFER_AGAIN]
        self.given.update(dict.fromkeys(due, now))
        return due


LOCK = threading.Lock()


@functools.cache
def offers(settings: Settings, topic: KafkaTopic) -> Offers:
    """The process's one planner of a topic; hold `LOCK` while using it."""
    log = LakeLog(Storage(settings.lake))
    outstanding = OUTSTANDING_PER_WORKER * settings.workers
    return Offers(TopicPlanner(log, topic, settings.limits, settings.max_latency, outstanding))


def plan_tick(_: Any, settings: Settings, topic: KafkaTopic) -> Iterator[Task]:
    """The tasks that are due at one tick. A broker that does not answer is asked again at the next."""
    if not LOCK.acquire(blocking=False):
        return  # another subtask of this process is looking just now
    try:
        blocks = offers(settings, topic).due()
    except (KafkaError, BrokerSilentError) as error:
        LOG.warning("the broker does not answer; trying again", error=str(error))
        offers.cache_clear()
        return
    finally:
        LOCK.release()
    for block in blocks:
        yield Task(topic, block)


def stream(pipeline: beam.Pipeline, settings: Settings, topic: KafkaTopic) -> beam.PCollection:
    """A topic in, lake out, for ever."""
    tasks = (
        pipeline
        | "Tick" >> FlinkStreamingImpulseSource().set_interval_ms(INTERVAL_MS)
        | "Plan blocks" >> beam.FlatMap(plan_tick, settings, topic).with_output_types(Task)
        | "Spread blocks" >> beam.Reshuffle()
    )
    return process_tasks(tasks, settings)


def run_stream(settings: Settings, topic: KafkaTopic, beam_flags: Sequence[str], stop: threading.Event) -> None:
    """Submits the streaming job and waits until it ends, or until `stop` is set; then cancels it by Flink's REST interface.

    Without `settings.flink_rest`, the address of that interface, the job goes on, and the log says how to stop it.
    """
    name = f"copytaster-{settings.topic}"
    pipeline = beam.Pipeline(options=PipelineOptions([*runner_flags(settings, name), *STREAMING_FLAGS, *beam_flags]))
    stream(pipeline, settings, topic)
    result = pipeline.run()
    LOG.info("submitted", job=name)
    ended = threading.Thread(target=result.wait_until_finish, daemon=True)
    ended.start()
    while ended.is_alive() and not stop.wait(0.5):
        pass
    if not stop.is_set():
        return
    if settings.flink_rest:
        cancelled = cancel(settings.flink_rest, name)
        LOG.info("cancelled", job=name, ids=cancelled)
    else:
        LOG.warning("the Flink job goes on; cancel it with `flink cancel` or in Flink's web interface", job=name)


def cancel(rest: str, name: str) -> list[str]:
    """Cancels the running jobs of that name and gives their ids; Beam's own cancel says that it did and lets them run."""
    with urllib.request.urlopen(f"{rest}/jobs/overview", timeout=20) as answer:
        jobs = json.load(answer)["jobs"]
    ids = [
        job["jid"]
        for job in jobs
        if job["name"].startswith(name) and job["state"] in ("RUNNING", "RESTARTING", "CREATED")
    ]
    for jid in ids:
        request = urllib.request.Request(f"{rest}/jobs/{jid}?mode=cancel", method="PATCH")
        urllib.request.urlopen(request, timeout=20).close()
    return ids
