"""What an operator sees of a running job, with a real broker that is well, frozen, away, or in the way."""

from __future__ import annotations

import re
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from services.java import PATIENCE, free_port, wait_until
from services.job import PARTITIONS, start, stop
from services.kafka_broker import Broker
from wire import article


def page(port: int, path: str) -> str:
    """What the job's server says; of one that is not up, nothing."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode()}"
    except OSError:
        return ""


def test_metrics_and_health(broker: Broker, topic: str, tmp_path: Path) -> None:
    """What Prometheus scrapes of the running program, and that nobody else can: it listens on loopback only.

    While the broker is frozen, health says so, and the program still stops at once.
    """
    lake, port = tmp_path / "lake", free_port()
    broker.send(topic, [article(0), b"{broken", article(1)], PARTITIONS)
    job = start(broker, topic, lake, "--metrics-port", str(port))
    wait_until(lambda: "copytaster_articles_total 2.0" in page(port, "/metrics"), "the counters", 120)
    wait_until(lambda: page(port, "/healthz").startswith("ok: lag 0"), "health", 20)
    said = page(port, "/metrics")
    for line in (
        'copytaster_rows_total{table="articles"} 2.0',
        'copytaster_dead_letters_total{reason="not_json",stage="parse"} 1.0',
        f'copytaster_lag{{partition="1",topic="{topic}"}} 0.0',
        "copytaster_seconds_since_manifest ",
        'copytaster_stage_seconds_bucket{le="+Inf",stage="annotate"} 3.0',
        f'copytaster_latency_seconds_count{{topic="{topic}"}} 3.0',
        "copytaster_worker_restarts_total 0.0",
        f'copytaster_broker_errors_total{{topic="{topic}"}} 0.0',
        "process_resident_memory_bytes ",
        "process_cpu_seconds_total ",
        "copytaster_worker_resident_memory_bytes{",
        "copytaster_worker_cpu_seconds_total{",
        "copytaster_healthy 1.0",
    ):
        assert line in said
    assert re.search(
        r'^copytaster_build_info\{extractor_version=".+",model_version=".+",version=".+"\} 1\.0$', said, re.MULTILINE
    )
    assert listeners(job.pid) == {("127.0.0.1", port)}

    assert broker.process is not None
    broker.process.send_signal(signal.SIGSTOP)
    try:
        wait_until(lambda: f"503 failing: {topic}: no answer from the broker for" in page(port, "/healthz"), "503", 60)
        assert "copytaster_healthy 0.0" in page(port, "/metrics")
        begin = time.monotonic()
        assert stop(job) == 0
        assert time.monotonic() - begin < 10 * PATIENCE
    finally:
        broker.process.send_signal(signal.SIGCONT)


def listeners(pid: int) -> set[tuple[str, int]]:
    """Where a process and all that it started wait for connections."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    assert len(family) > 1
    return {
        (c.laddr.ip, c.laddr.port)
        for process in family
        for c in process.net_connections("inet")
        if c.status == psutil.CONN_LISTEN
    }


def test_a_broker_that_was_never_there(tmp_path: Path) -> None:
    """Health says so from the start, the log now and then, as JSON, and the program stops at once, with exit code 0."""
    port, lake = free_port(), tmp_path / "lake"
    nobody = Broker.__new__(Broker)
    nobody.port = free_port()
    job = start(nobody, "articles", lake, "--metrics-port", str(port))
    wait_until(
        lambda: page(port, "/healthz").startswith("503 failing: articles: no answer from the broker yet"), "503", 60
    )
    assert "copytaster_lag{" not in page(port, "/metrics")
    time.sleep(15)
    begin = time.monotonic()
    assert stop(job) == 0
    assert time.monotonic() - begin < 5 * PATIENCE
    lines = lake.with_suffix(".log").read_text().splitlines()
    assert sum("waiting for the broker" in line for line in lines) == 1
    assert not [line for line in lines if not line.startswith("{")]
