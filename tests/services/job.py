"""The streaming job as a test runs it: the real program on a real topic, and what its lake must hold in the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.tables import SCHEMAS
from services.java import PATIENCE
from services.kafka_broker import Broker
from wire import article, ask

PARTITIONS = 4


def start(broker: Broker, topic: str, lake: Path, *flags: str) -> subprocess.Popen[bytes]:
    """The real program, in a process group of its own, its log in a file beside the lake."""
    command = [
        sys.executable, "-m", "copytaster.cli", "run", "--brokers", broker.address, "--topic", topic, "--lake", str(lake),
        "--max-records", "8", "--max-latency", "1", *flags,
    ]  # fmt: skip
    lake.parent.mkdir(parents=True, exist_ok=True)
    with lake.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


def drain(broker: Broker, topic: str, lake: Path, *flags: str) -> Path:
    """Runs the program once to the topic's end; it must succeed."""
    assert start(broker, topic, lake, "--once", *flags).wait(900) == 0, lake.with_suffix(".log").read_text()[-4000:]
    return lake


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> int:
    """Sends the program (for SIGKILL: and its workers) a signal and waits for its end."""
    os.killpg(process.pid, how) if how == signal.SIGKILL else process.send_signal(how)
    return process.wait(40 * PATIENCE)


def rows(lake: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, in an order of their own."""
    return {
        table: ask(f"SELECT * EXCLUDE (ingest_date) FROM '{lake}/{table}/**/*.parquet' ORDER BY ALL")
        for table in SCHEMAS
    }


def count(lake: Path, table: str = "articles") -> int:
    """Rows of a table; 0 before the lake is there."""
    return int(ask(f"SELECT count(*) FROM '{lake}/{table}/**/*.parquet'")[0][0]) if (lake / table).exists() else 0


def assert_all_once(broker: Broker, topic: str, lake: Path, messages: int) -> None:
    """The lake has each of so many messages once, and the rows of an undisturbed run."""
    assert ask(f"SELECT count(*), count(DISTINCT article_id) FROM '{lake}/articles/**/*.parquet'") == [
        (messages, messages)
    ]
    undisturbed = drain(broker, topic, lake.parent / "undisturbed" / "lake")
    assert rows(lake) == rows(undisturbed)
    assert sum(m.articles for m in LakeLog(Storage(str(lake))).manifests()) == messages


@contextmanager
def live_input(broker: Broker, topic: str, messages: int, seconds: float) -> Iterator[threading.Thread]:
    """Sends messages evenly over some seconds, from a thread."""

    def send() -> None:
        producer = broker.producer()
        for number in range(messages):
            document = article(number)
            producer.send(topic, value=to_bytes(document), key=document["id"].encode(), partition=number % PARTITIONS)
            time.sleep(seconds / messages)
        producer.flush()
        producer.close()

    thread = threading.Thread(target=send)
    thread.start()
    yield thread
    thread.join()


def to_bytes(document: dict[str, str]) -> bytes:
    """A message's value."""
    return json.dumps(document).encode()
