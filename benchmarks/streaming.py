"""The streaming job on one machine, from a real broker: how fast it is, what it costs, how soon it is back.

    python -m benchmarks.streaming [--only latency speed backlog resume soak] [--workers 2] [--folder FOLDER]

latency   seconds from a message on an idle topic until its row is read from Parquet, with a max_latency of 2 s and with the
          default                                                                            target: under 10, under 30
speed     articles/s, once it runs, against as many plain processes that run `extract_many` on the same articles, in one
          run                                                                                target: at least 0.9 x
backlog   --messages that cost nothing (in a language that is skipped) wait: blocks outstanding at most, memory, time to stop
          in the middle                                       target: at most 4 blocks a worker, memory and stop as when idle
resume    seconds from kill -9 of the program until a new one has published its next block, and of a worker until the next
soak      --minutes of articles of which 2 % are no JSON: memory and rate each minute        target: flat

Starts a broker (the tests') of its own; needs Java and Maven.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psutil

from benchmarks.articles import message, sample_articles
from copytaster.annotate import load_model
from copytaster.extract import extract_many
from copytaster.lake.log import LakeLog
from copytaster.lake.state import lake_state
from copytaster.lake.storage import Storage
from copytaster.records import Article
from copytaster.settings import Settings

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))
from services.java import wait_until  # type: ignore[import-not-found]  # noqa: E402
from services.kafka_broker import Broker  # type: ignore[import-not-found]  # noqa: E402

PARTITIONS = 4
WARM = 8
"""Messages that go through before anything is measured, so that the models are loaded."""


@dataclass
class Job:
    """The running program, and its lake."""

    program: subprocess.Popen[bytes]
    lake: Path

    def published(self) -> int:
        """Records in published blocks."""
        return lake_state(self.log).tally.records

    def outstanding(self) -> int:
        """Blocks that are planned and not published."""
        return len(lake_state(self.log).unpublished)

    @property
    def log(self) -> LakeLog:
        """The lake's log."""
        return LakeLog(Storage(str(self.lake)))

    def processes(self) -> list[psutil.Process]:
        """The program and its workers."""
        program = psutil.Process(self.program.pid)
        return [program, *program.children(recursive=True)]

    def megabytes(self) -> int:
        """Resident memory of all of them."""
        return int(sum(process.memory_info().rss for process in self.processes())) >> 20

    def stop(self, patience: float = 60.0) -> float:
        """Seconds from SIGTERM to the end, which must come within `patience` seconds."""
        begin = time.monotonic()
        self.program.send_signal(signal.SIGTERM)
        if code := self.program.wait(patience):
            raise RuntimeError(f"the program ended with code {code}; see {self.lake.with_suffix('.log')}")
        return time.monotonic() - begin


def start(broker: Broker, folder: Path, topic: str, workers: int, *flags: str) -> Job:
    """The program on a topic, in a process group of its own."""
    lake = folder / topic
    command = [sys.executable, "-m", "copytaster.cli", "run", "--brokers", broker.address, "--topic", topic]
    command += ["--lake", str(lake), "--workers", str(workers), "--max-latency", "2", *flags]
    with lake.with_suffix(".log").open("ab") as log:
        return Job(subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True), lake)


@contextmanager
def running(broker: Broker, folder: Path, topic: str, workers: int, *flags: str) -> Iterator[Job]:
    """The program on a topic of its own, with a few messages through it."""
    create_warm_topic(broker, topic)
    job = start(broker, folder, topic, workers, *flags)
    try:
        wait_until(lambda: (job.lake / "_log").exists() and job.published() == WARM, "the first rows", 120)
        yield job
    finally:
        if job.program.poll() is None:
            os.killpg(job.program.pid, signal.SIGKILL)
            job.program.wait()


def create_warm_topic(broker: Broker, topic: str) -> None:
    """A topic with the `WARM` messages."""
    broker.create_topic(topic, PARTITIONS)
    broker.send(topic, [message(article, f"warm-{article.id}") for article in sample_articles(WARM)], PARTITIONS)


def measure_latency(broker: Broker, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """One message at a time, the job idle in between."""
    articles = sample_articles(WARM)
    for max_latency in (2.0, Settings.model_fields["max_latency"].default):
        topic = f"latency-{max_latency:.0f}"
        with running(broker, folder, topic, chosen.workers, "--max-latency", str(max_latency)) as job:
            spent = []
            for number, article in enumerate(articles):
                begin, id = time.monotonic(), f"one-{number}"
                broker.send(topic, [message(article, id)], PARTITIONS)
                wait_until(lambda id=id: is_readable(job.lake, id), id, 120)
                spent.append(time.monotonic() - begin)
            middle = sorted(spent)[len(spent) // 2]
            yield f"max_latency {max_latency:4.0f} s   {middle:.1f} s in the middle, {max(spent):.1f} s at most of {len(spent)}"
            job.stop()


def is_readable(lake: Path, id: str) -> bool:
    """Whether the article's row is in the lake."""
    query = "SELECT count(*) FROM read_parquet(?) WHERE article_id = ?"
    found = duckdb.execute(query, [f"{lake}/articles/**/*.parquet", id]).fetchone()
    return found == (1,)


def measure_speed(broker: Broker, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """The same articles by plain processes, by the job, and by plain processes again."""
    articles = sample_articles(chosen.articles)
    plain = [seconds_of_plain_processes(articles, chosen.workers)]
    yield f"extract_many, {chosen.workers} {len(articles) / plain[0]:8.1f} articles/s"
    with running(broker, folder, "speed", chosen.workers, "--max-records", "64") as job:
        begin = time.monotonic()
        broker.send("speed", (message(article, article.id or "") for article in articles), PARTITIONS)
        wait_until(lambda: job.published() == WARM + len(articles), "the articles", 3600)
        ours = time.monotonic() - begin
        job.stop()
    plain.append(seconds_of_plain_processes(articles, chosen.workers))
    yield f"extract_many, {chosen.workers} {len(articles) / plain[1]:8.1f} articles/s, measured again"
    yield f"run, {chosen.workers}          {len(articles) / ours:8.1f} articles/s   {sum(plain) / 2 / ours:.2f} x of the plain processes"


def extract_when_told(articles: list[Article], is_loaded: Any, begin: Any) -> None:
    """A plain process: loads the model, waits for the others, extracts."""
    nlp = load_model()
    is_loaded.release()
    begin.wait()
    for _ in extract_many(articles, nlp):
        pass


def seconds_of_plain_processes(articles: list[Article], workers: int) -> float:
    """How long so many processes take, each on its share, models loaded before."""
    context = multiprocessing.get_context("spawn")
    is_loaded, begin = context.Semaphore(0), context.Event()
    shares = [articles[number::workers] for number in range(workers)]
    processes = [context.Process(target=extract_when_told, args=(share, is_loaded, begin)) for share in shares]
    for process in processes:
        process.start()
    for _ in processes:
        is_loaded.acquire()
    started = time.monotonic()
    begin.set()
    for process in processes:
        process.join()
    return time.monotonic() - started


def measure_backlog(broker: Broker, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """Many messages at once, without the model's work; a stop in the middle, then the rest."""
    articles = sample_articles(64)
    with running(broker, folder, "backlog", chosen.workers) as job:
        idle = job.megabytes()
        broker.send("backlog", (message(articles[i % 64], f"b-{i}", "de") for i in range(chosen.messages)), PARTITIONS)
        begin, first = time.monotonic(), job.published()
        most, largest = 0, idle
        while (published := job.published()) < chosen.messages // 2:
            most, largest = max(most, job.outstanding()), max(largest, job.megabytes())
            time.sleep(0.5)
        rate = (published - first) / (time.monotonic() - begin)
        yield f"{chosen.messages:,} messages sent; {rate:,.0f} messages/s"
        yield f"outstanding     at most {most} blocks with {chosen.workers} workers"
        yield f"memory          {idle} MB when idle, {largest} MB at most"
        yield f"stopped in      {job.stop():.1f} s, with {chosen.messages + WARM - job.published():,} messages waiting"
    again = start(broker, folder, "backlog", chosen.workers, "--once")
    if again.program.wait(3600):
        raise RuntimeError("the second run failed")
    yield f"the rest        {again.published():,} of {chosen.messages + WARM:,} records, each once"


def measure_resume(broker: Broker, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """From kill -9 to the next block, with work waiting."""
    articles = sample_articles(64)
    with running(broker, folder, "resume", chosen.workers, "--max-records", "16") as job:
        broker.send("resume", (message(articles[i % 64], f"r-{i}") for i in range(2_000)), PARTITIONS)
        wait_until(lambda: job.published() > 4 * WARM, "blocks", 120)
        job.processes()[-1].kill()
        yield f"worker killed   the next block after {until_next_block(job):.1f} s"
        os.killpg(job.program.pid, signal.SIGKILL)
        job.program.wait()
        job.program = start(broker, folder, "resume", chosen.workers, "--max-records", "16").program
        yield f"program killed  the next block after {until_next_block(job):.1f} s, start and model included"


def until_next_block(job: Job) -> float:
    """Seconds until something more is published."""
    begin, before = time.monotonic(), job.published()
    wait_until(lambda: job.published() > before, "the next block", 180)
    return time.monotonic() - begin


def measure_soak(broker: Broker, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """Articles as fast as they are taken in, every fiftieth broken, for a while."""
    articles = sample_articles(64)
    done, sent = threading.Event(), WARM
    with running(broker, folder, "soak", chosen.workers) as job:

        def feed() -> None:
            nonlocal sent
            while not done.is_set():
                if sent - job.published() < 600:
                    batch: list[dict[str, object] | bytes] = [
                        message(articles[i % 64], f"s-{sent + i}") for i in range(200)
                    ]
                    batch[::50] = [b"{broken"] * 4
                    sent += broker.send("soak", batch, PARTITIONS)
                done.wait(1.0)

        feeder = threading.Thread(target=feed)
        feeder.start()
        before, sizes = job.published(), []
        for minute in range(1, chosen.minutes + 1):
            time.sleep(60)
            now = job.published()
            sizes.append(job.megabytes())
            yield f"minute {minute:2}   {(now - before) / 60:6.1f} records/s   {sizes[-1]} MB"
            before = now
        done.set()
        feeder.join()
        wait_until(lambda: job.published() == sent, "the rest", 300)
        tally = lake_state(job.log).tally
        yield f"soak            {tally.articles:,} articles and {tally.dead_letters:,} dead letters of {sent:,} messages"
        yield f"memory          {sizes[0]} MB at first, {sizes[-1]} MB at last, {max(sizes)} MB at most; stopped in {job.stop():.1f} s"


MEASUREMENTS: dict[str, Callable[[Broker, Path, argparse.Namespace], Iterator[str]]] = {
    "latency": measure_latency,
    "speed": measure_speed,
    "backlog": measure_backlog,
    "resume": measure_resume,
    "soak": measure_soak,
}


def main() -> None:
    """Runs the measurements that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(MEASUREMENTS), default=list(MEASUREMENTS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--articles", type=int, default=800, help="of the comparison of speeds")
    parser.add_argument("--messages", type=int, default=200_000, help="of the backlog")
    parser.add_argument("--minutes", type=int, default=30, help="of the soak")
    parser.add_argument("--folder", type=Path, help="keep lakes and logs there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        broker = Broker(folder / "kafka").start()
        try:
            for name in chosen.only:
                print(f"== {name}", flush=True)
                for line in MEASUREMENTS[name](broker, folder, chosen):
                    print(line, flush=True)
        finally:
            broker.stop()


if __name__ == "__main__":
    main()
