"""The streaming job on Flink: the same steps behind `PlanTopic`, which a periodic impulse wakes.

Nothing of the job is in Flink's state, so checkpoints are small and stay so; they serve to restart the job and not to
resume it, and the job may as well be cancelled and started anew, here or elsewhere. (A splittable DoFn that checkpoints
itself would grow Flink's state for ever, and a drain of it never ends.)
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import structlog
from apache_beam.io.flink.flink_streaming_impulse_source import FlinkStreamingImpulseSource
from apache_beam.options.pipeline_options import PipelineOptions
from kafka.errors import KafkaError

from copytaster.beam.jobs import process_tasks, runner_flags
from copytaster.beam.ticks import INTERVAL, PlanTopic
from copytaster.lake.log import LakeError, LakeLog
from copytaster.lake.storage import Storage
from copytaster.logs import Seldom
from copytaster.metrics import JobMetrics
from copytaster.settings import Settings
from copytaster.sources.kafka import KafkaTopic
from copytaster.sources.topic_watch import TopicWatch

LOG = structlog.get_logger(__name__)
WAITING = Seldom(LOG)

STREAMING_FLAGS = (
    "--streaming",
    "--checkpointing_interval=10000",
    "--finish_bundle_before_checkpointing",  # or a job with checkpoints stalls silently
    "--max_bundle_time_mills=100",
)
"""What every streaming job on Flink needs; the SDK calls the last two unparseable, but they reach Flink."""

ENDED = frozenset({"FINISHED", "CANCELED", "FAILED", "SUSPENDED"})
"""Flink's states of a job that does nothing any more."""

FINAL = (
    "LostRangeError",
    "TopicError",
    "TopicRecreatedError",
    "SourceIdentityError",
    "ManifestConflictError",
    "VersionMismatchError",
)
"""Errors of a step that a restart does not mend."""

WATCH_SECONDS = 5.0
"""Between looks at what a job failed of."""

SUBMISSION_SECONDS = 90.0
"""How long a job that was accepted may take to appear in Flink: its class path is uploaded first."""

CANCEL_SECONDS = 30.0
"""How long Flink may take to cancel a job: a step that is at work on a block is interrupted."""


class FlinkJobError(LakeError):
    """The Flink job ended, or was ended because it could not go on."""


def stream(pipeline: beam.Pipeline, settings: Settings, topics: Sequence[KafkaTopic]) -> beam.PCollection:
    """Topics in, lake out, for ever."""
    ticks = pipeline | "Tick" >> FlinkStreamingImpulseSource().set_interval_ms(int(1000 * INTERVAL))
    plans = [ticks | f"Plan topic {topic.topic}" >> PlanTopic(settings, topic) for topic in topics]
    return process_tasks(plans | "Gather plans" >> beam.Flatten() if len(plans) > 1 else plans[0], settings)


def job_name(settings: Settings, beam_flags: Sequence[str]) -> str:
    """The name of the job in Flink: as `--job_name` says, or the topic's with a part that no other job has.

    Two jobs on one topic do no harm, but each program must cancel its own.
    """
    named = [flag.partition("=")[2] for flag in beam_flags if flag.startswith("--job_name=")]
    return named[-1] if named else f"copytaster-{'-'.join(settings.topics)}-{uuid.uuid4().hex[:8]}"


def run_stream(
    settings: Settings,
    topics: Sequence[KafkaTopic],
    beam_flags: Sequence[str],
    stop: threading.Event,
    metrics: JobMetrics,
) -> None:
    """Submits the streaming job and waits until it ends, or until `stop` is set; then cancels it by Flink's REST interface.

    Meanwhile the metrics show what is published, by the lake's log, whichever job does it.

    Without `settings.flink_rest`, the address of that interface, the job goes on, and the log says how to stop it. Raises
    FlinkJobError where the job ended by itself, or failed of something that a restart does not mend.
    """
    name = job_name(settings, beam_flags)
    pipeline = beam.Pipeline(options=PipelineOptions([*runner_flags(settings, name), *STREAMING_FLAGS, *beam_flags]))
    stream(pipeline, settings, topics)
    result = pipeline.run()
    LOG.info("submitted", job=name)
    ending: list[str] = []

    def wait() -> None:
        try:
            ending.append(str(result.wait_until_finish()))
        except Exception as error:
            ending.append(str(error))

    threading.Thread(target=wait, name="wait for Flink", daemon=True).start()
    if settings.metrics_port:
        for topic in topics:
            watching = (settings, topic, metrics)
            threading.Thread(target=watch_topic, args=watching, name="watch the topic", daemon=True).start()
    rest = FlinkRest(settings.flink_rest.rstrip("/"))
    looked = time.monotonic()
    while not ending and not stop.wait(0.5):
        if settings.flink_rest and time.monotonic() - looked >= WATCH_SECONDS:
            looked = time.monotonic()
            if failure := rest.final_failure(name):
                rest.cancel(name)
                raise FlinkJobError(f"the job {name} cannot go on and was cancelled: {failure}")
    if ending and not stop.is_set():
        raise FlinkJobError(f"the job {name} ended: {ending[0]}; Flink's web pages and the task managers' logs say why")
    if settings.flink_rest:
        LOG.info("cancelled", job=name, state=rest.cancel(name))
    else:
        LOG.warning("the Flink job goes on; cancel it with `flink cancel` or in Flink's web pages", job=name)


def watch_topic(settings: Settings, topic: KafkaTopic, metrics: JobMetrics) -> None:
    """Keeps the metrics up to date, for ever."""
    log, watch = LakeLog(Storage(settings.lake)), None
    while True:
        try:
            watch = watch or TopicWatch(log, topic)
            published, lag = watch.look()
            for manifest in published:
                metrics.observe(manifest)
            metrics.observe_lag(topic.topic, lag)
        except (KafkaError, LakeError) as error:
            metrics.observe_broker_error(topic.topic)
            WAITING.warning("the topic cannot be watched; the metrics wait", topic=topic.topic, error=str(error))
            watch = None
        time.sleep(WATCH_SECONDS)


@dataclass(frozen=True)
class FlinkRest:
    """Flink's REST interface, as far as it is needed. Beam's own `cancel` says that it did and lets the job run."""

    address: str
    """http://host:port."""

    def ask(self, path: str, method: str = "GET") -> Any:
        """What it answers. Raises OSError where nobody does."""
        request = urllib.request.Request(f"{self.address}{path}", method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"{}")

    def jobs(self, name: str) -> dict[str, str]:
        """The states of the jobs of that name by id."""
        return {job["jid"]: job["state"] for job in self.ask("/jobs/overview")["jobs"] if job["name"] == name}

    def final_failure(self, name: str) -> str | None:
        """The last failure of the job, where it is one that a restart does not mend; None while Flink does not answer."""
        try:
            failures = [str(self.ask(f"/jobs/{jid}/exceptions").get("root-exception")) for jid in self.jobs(name)]
        except (OSError, ValueError) as error:
            LOG.warning("Flink does not answer; trying again", rest=self.address, error=str(error))
            return None
        lines = [line.strip() for failure in failures for line in failure.splitlines()]
        return next((line for line in lines if any(f"{error}: " in line for error in FINAL)), None)

    def cancel(self, name: str) -> str:
        """Cancels the job of that name, waiting for it to appear and then to end; its last state.

        Raises FlinkJobError where either does not happen in time, naming the job that may go on.
        """
        end = time.monotonic() + SUBMISSION_SECONDS
        while not (jobs := self.jobs_if_up(name)):
            if time.monotonic() > end:
                raise FlinkJobError(
                    f"{self.address} does not answer or knows no job {name}; it may go on: cancel it there"
                )
            time.sleep(0.5)
        for jid in jobs:
            if jobs[jid] not in ENDED:
                self.ask(f"/jobs/{jid}?mode=cancel", method="PATCH")
        end = time.monotonic() + CANCEL_SECONDS
        while not set((states := self.jobs_if_up(name)).values()) <= ENDED:
            if time.monotonic() > end:
                raise FlinkJobError(f"the job {name} at {self.address} is still {', '.join(states.values())}")
            time.sleep(0.25)
        return ", ".join(states.values()) or "ended with its cluster"

    def jobs_if_up(self, name: str) -> dict[str, str]:
        """`jobs`; none where nobody answers: the cluster within Beam's job server starts and ends with its one job."""
        try:
            return self.jobs(name)
        except OSError:
            return {}
