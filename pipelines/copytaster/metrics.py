"""What an operator watches: Prometheus metrics and a health check of the streaming job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, make_wsgi_app

from copytaster.lake.progress import Tally

STALE_SECONDS = 300.0
"""Without a manifest for so long although there is lag, the job is not healthy."""


class JobMetrics:
    """The metrics of one job, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.articles = Counter("copytaster_articles", "Articles published.", registry=self.registry)
        self.rows = Counter("copytaster_rows", "Rows published.", ["table"], registry=self.registry)
        self.dead_letters = Counter(
            "copytaster_dead_letters", "Dead letters published.", ["stage", "reason"], registry=self.registry
        )
        self.seconds = Counter("copytaster_stage_seconds", "Seconds spent by stage.", ["stage"], registry=self.registry)
        self.blocks = Counter("copytaster_blocks", "Blocks published.", registry=self.registry)
        self.lost = Counter("copytaster_lost_offsets", "Offsets given up with --accept-loss.", registry=self.registry)
        self.lag = Gauge("copytaster_lag", "Offsets not published yet.", ["partition"], registry=self.registry)
        self.age = Gauge(
            "copytaster_seconds_since_manifest", "Seconds since something was published.", registry=self.registry
        )
        self.last = time.monotonic()
        self.total_lag = 0
        self.age.set_function(lambda: time.monotonic() - self.last)

    def observe(self, published: Tally) -> None:
        """Counts what was published just now."""
        if not published.blocks:
            return
        self.last = time.monotonic()
        self.blocks.inc(published.blocks)
        self.articles.inc(published.articles)
        self.lost.inc(published.lost)
        for table, count in published.rows.items():
            self.rows.labels(table).inc(count)
        for name, count in published.reasons.items():
            self.dead_letters.labels(*name.split("/", 1)).inc(count)
        for stage, spent in published.seconds.items():
            self.seconds.labels(stage).inc(spent)

    def observe_lag(self, lag: dict[int, int]) -> None:
        """Sets the lag by partition."""
        if not any(lag.values()):
            self.last = time.monotonic()  # nothing to publish is no fault
        self.total_lag = sum(lag.values())
        for partition, count in lag.items():
            self.lag.labels(str(partition)).set(count)

    def is_healthy(self) -> bool:
        """Whether the job publishes, where there is something to publish."""
        return self.total_lag == 0 or time.monotonic() - self.last < STALE_SECONDS

    def serve(self, port: int, host: str = "0.0.0.0") -> WSGIServer:
        """Serves /metrics and /healthz from a thread; `port` 0 takes a free one (`server_port` of the result)."""
        pages = make_wsgi_app(self.registry)

        def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if environ.get("PATH_INFO") != "/healthz":
                page: Iterable[bytes] = pages(environ, start_response)
                return page
            healthy = self.is_healthy()
            start_response("200 OK" if healthy else "503 Service Unavailable", [("Content-Type", "text/plain")])
            age = time.monotonic() - self.last
            return [
                f"{'ok' if healthy else 'stale'}: lag {self.total_lag}, {age:.0f} s since the last manifest\n".encode()
            ]

        server = make_server(host, port, app, handler_class=QuietHandler)
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
        return server


class QuietHandler(WSGIRequestHandler):
    """Serves without a line on stderr for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
