"""What an operator watches: Prometheus metrics and a health check of the streaming job."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from copytaster.lake.blocks import Manifest

STALE_SECONDS = 300.0
"""Without a manifest for so long although there is lag, the job is not healthy."""

SILENT_SECONDS = 15.0
"""Without an answer of the broker for so long, nobody knows how far behind the job is, and it is not healthy."""

STAGE_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""Seconds that a stage takes for a block; a block is cut to take about 20 in all."""

LATENCY_BUCKETS = (1.0, 3.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)


@dataclass
class TopicHealth:
    """What is known of one topic."""

    heard: float | None = None
    """When the broker answered last (monotonic seconds)."""
    lag: int = 0
    behind_since: float = 0.0
    """From when on there has been lag all the time."""
    unreadable: tuple[int, ...] = ()
    """Partitions whose next messages cannot be decoded."""

    def problem(self, name: str, since_manifest: float) -> str | None:
        """What is wrong with the topic; None where nothing is. `since_manifest` in seconds."""
        now = time.monotonic()
        if self.heard is None:
            return f"{name}: no answer from the broker yet"
        if now - self.heard > SILENT_SECONDS:
            return f"{name}: no answer from the broker for {now - self.heard:.0f} s"
        if self.unreadable:
            return f"{name}: partition {', '.join(map(str, self.unreadable))} unreadable"
        if self.lag and min(since_manifest, now - self.behind_since) >= STALE_SECONDS:
            return f"{name}: nothing published for {since_manifest:.0f} s"
        return None


@dataclass
class JobMetrics:
    """The metrics of one job, in a registry of its own."""

    build: Mapping[str, str] = field(default_factory=dict)
    """Which versions run: program, extractor, model."""

    def __post_init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        Info("copytaster_build", "Versions that run.", registry=registry).info(dict(self.build))
        ProcessCollector(registry=registry)
        registry.register(WorkerProcesses())
        self.articles = Counter("copytaster_articles", "Articles published.", registry=registry)
        self.rows = Counter("copytaster_rows", "Rows published.", ["table"], registry=registry)
        self.dead_letters = Counter(
            "copytaster_dead_letters", "Dead letters published.", ["stage", "reason"], registry=registry
        )
        self.seconds = Histogram(
            "copytaster_stage_seconds", "Seconds that a stage took for a block.", ["stage"], buckets=STAGE_BUCKETS,
            registry=registry,
        )  # fmt: skip
        self.latency = Histogram(
            "copytaster_latency_seconds", "Seconds from the timestamp of a block's oldest message to its manifest.",
            ["topic"], buckets=LATENCY_BUCKETS, registry=registry,
        )  # fmt: skip
        self.blocks = Counter("copytaster_blocks", "Blocks published.", registry=registry)
        self.failed_blocks = Counter(
            "copytaster_failed_blocks", "Attempts at blocks that failed.", ["error"], registry=registry
        )
        self.worker_restarts = Counter(
            "copytaster_worker_restarts", "Times that workers died and were started anew.", registry=registry
        )
        self.broker_errors = Counter(
            "copytaster_broker_errors", "Times that the broker did not answer.", ["topic"], registry=registry
        )
        self.lost = Counter("copytaster_lost_offsets", "Offsets given up with --accept-loss.", registry=registry)
        self.lag = Gauge(
            "copytaster_lag", "Offsets not published yet, as of the broker's last answer.", ["topic", "partition"],
            registry=registry,
        )  # fmt: skip
        self.unreadable = Gauge(
            "copytaster_unreadable", "1 where a partition's next messages cannot be decoded.", ["topic", "partition"],
            registry=registry,
        )  # fmt: skip
        self.silence = Gauge(
            "copytaster_seconds_since_broker_answer",
            "Seconds since the broker answered, or since the start where it never did.", ["topic"], registry=registry,
        )  # fmt: skip
        self.age = Gauge(
            "copytaster_seconds_since_manifest",
            "Seconds since something was published, or since the start where nothing was.", registry=registry,
        )  # fmt: skip
        self.healthy = Gauge("copytaster_healthy", "Whether /healthz says ok.", registry=registry)
        self.last = begin = time.monotonic()
        self.topics: dict[str, TopicHealth] = {}
        self.unreadable_blocks: set[str] = set()
        """Names of planned blocks whose messages can no longer be decoded."""
        self.age.set_function(lambda: time.monotonic() - self.last)
        self.healthy.set_function(lambda: float(not self.problems()))
        self.begin = begin

    def expect(self, topic: str) -> None:
        """Counts a topic as one that the job reads, from before the broker's first answer on."""
        health = self.topics.setdefault(topic, TopicHealth())
        self.broker_errors.labels(topic)
        self.silence.labels(topic).set_function(lambda: time.monotonic() - (health.heard or self.begin))

    def observe(self, published: Manifest) -> None:
        """Counts a block that was published just now."""
        self.last = time.monotonic()
        self.blocks.inc()
        self.articles.inc(published.articles)
        self.lost.inc(published.lost)
        for table, file in published.files.items():
            self.rows.labels(table).inc(file.rows)
        for name, count in published.reasons.items():
            self.dead_letters.labels(*name.split("/", 1)).inc(count)
        for stage, spent in published.seconds.items():
            self.seconds.labels(stage).observe(spent)
        if published.oldest_record is not None:
            waited = (published.published_at - published.oldest_record).total_seconds()
            self.latency.labels(published.block.source).observe(max(0.0, waited))

    def observe_failure(self, error: str) -> None:
        """Counts an attempt at a block that failed."""
        self.failed_blocks.labels(error).inc()

    def observe_broker_error(self, topic: str) -> None:
        """Counts that the broker did not answer."""
        self.broker_errors.labels(topic).inc()

    def observe_lag(self, topic: str, lag: Mapping[int, int], unreadable: Iterable[int] = ()) -> None:
        """Sets what the broker answered just now: the lag by partition, and the partitions that cannot be decoded."""
        self.expect(topic)
        health = self.topics[topic]
        health.heard = time.monotonic()
        if not health.lag:
            health.behind_since = health.heard
        health.lag = sum(lag.values())
        health.unreadable = tuple(sorted(unreadable))
        for partition, count in lag.items():
            self.lag.labels(topic, str(partition)).set(count)
            self.unreadable.labels(topic, str(partition)).set(partition in health.unreadable)

    def problems(self) -> list[str]:
        """What is wrong with the job, a sentence each."""
        since = time.monotonic() - self.last
        found = [problem for name, health in self.topics.items() if (problem := health.problem(name, since))]
        return found + [f"block {name} unreadable" for name in sorted(self.unreadable_blocks)]

    def health(self) -> tuple[bool, str]:
        """Whether the broker answers and the job publishes what there is, and a line that says it."""
        state = f"lag {sum(health.lag for health in self.topics.values())}, {time.monotonic() - self.last:.0f} s since the last manifest"
        problems = self.problems()
        return not problems, f"failing: {'; '.join(problems)} ({state})" if problems else f"ok: {state}"

    def serve(self, port: int, host: str = "127.0.0.1") -> WSGIServer:
        """Serves /metrics and /healthz from a thread; `port` 0 takes a free one (`server_port` of the result)."""
        pages = make_wsgi_app(self.registry)

        def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if environ.get("PATH_INFO") != "/healthz":
                page: Iterable[bytes] = pages(environ, start_response)
                return page
            is_healthy, line = self.health()
            status = "200 OK" if is_healthy else "503 Service Unavailable"
            start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
            return [f"{line}\n".encode()]

        kind = MetricsServer6 if ":" in host else MetricsServer
        server = make_server(host, port, app, server_class=kind, handler_class=QuietHandler)
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
        return server


class WorkerProcesses(Collector):
    """Memory and CPU time of the processes that this one has started, as metrics, where there is a /proc."""

    def collect(self) -> Iterator[Metric]:
        """Two families with a line for each process."""
        memory = GaugeMetricFamily(
            "copytaster_worker_resident_memory_bytes", "Resident memory of a worker process.", labels=["pid"]
        )
        seconds = CounterMetricFamily(
            "copytaster_worker_cpu_seconds", "CPU seconds of a worker process.", labels=["pid"]
        )
        page, tick, me = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK"), str(os.getpid())
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                # behind the name in parentheses, which may hold anything: state, parent, …
                facts = path.read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if facts[1] == me:
                memory.add_metric([path.parent.name], int(facts[21]) * page)
                seconds.add_metric([path.parent.name], (int(facts[11]) + int(facts[12])) / tick)
        yield memory
        yield seconds


class MetricsServer(ThreadingMixIn, WSGIServer):
    """One that a client which says nothing does not hold up."""

    daemon_threads = True


class MetricsServer6(MetricsServer):
    """The same on an address of IPv6."""

    address_family = socket.AF_INET6


class QuietHandler(WSGIRequestHandler):
    """Serves without a line on stderr for each request."""

    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
