"""The streaming job on a standalone Flink: what stays flat, what it costs, how soon it is back.

    python -m benchmarks.flink [--only idle backlog resume speed] [--workers 2] [--folder FOLDER]

idle      size of the checkpoints over --minutes without a message                          target: flat
backlog   --messages that cost nothing (in a language that is skipped): blocks outstanding at most, checkpoints, time to stop
          target: at most 4 blocks a worker, checkpoints and time to stop as when idle
resume    seconds from kill -9 until the next block is published: of a Python worker, of the task manager (with another
          started at once)
speed     articles/s against as many plain processes that run `extract_many` on the same articles, one after the other in
          one run                                                                           target: at least 0.8 x

Starts a broker (the tests') and a cluster (deploy/flink/standalone.py) of its own; needs Java and Maven.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from deploy.flink.standalone import Cluster, wait_until

from benchmarks.articles import message, sample_articles
from benchmarks.streaming import PARTITIONS, WARM, Job, create_warm_topic, seconds_of_plain_processes
from copytaster.beam.flink import ENDED
from copytaster.records import Article

# what benchmarks.streaming has put on the path
from services.flink_cluster import python_workers, standalone  # type: ignore[import-not-found]
from services.kafka_broker import Broker  # type: ignore[import-not-found]


@dataclass
class Running(Job):
    """A submitted job: the program that watches it, its lake and its cluster."""

    cluster: Cluster

    def id(self) -> str:
        """Flink's id of the job. Raises StopIteration where none runs."""
        jobs = self.cluster.get("/jobs/overview")["jobs"]
        return str(next(job["jid"] for job in jobs if job["state"] not in ENDED))

    def checkpoint(self) -> dict[str, Any]:
        """The last checkpoint that was completed; empty before the first."""
        return self.cluster.get(f"/jobs/{self.id()}/checkpoints")["latest"].get("completed") or {}

    def memory(self) -> str:
        """Resident memory of the parts, in MB."""
        sizes = {name: psutil.Process(part.pid).memory_info().rss for name, part in self.cluster.parts.items()}
        sizes |= {f"python-{i}": w.memory_info().rss for i, w in enumerate(python_workers(self.cluster))}
        return ", ".join(f"{name} {size >> 20}" for name, size in sizes.items())

    def stop(self, patience: float = 120.0) -> float:
        """Seconds that SIGTERM takes to end the program, after which no job must run."""
        spent = super().stop(patience)
        running = [job for job in self.cluster.get("/jobs/overview")["jobs"] if job["state"] not in ENDED]
        if running:
            raise RuntimeError(f"the program has ended, and these jobs run: {running}")
        return spent


@contextmanager
def job(broker: Broker, cluster: Cluster, folder: Path, topic: str, workers: int, *flags: str) -> Iterator[Running]:
    """The program on a topic of its own, with a few messages through it."""
    create_warm_topic(broker, topic)
    lake = folder / topic
    command = [sys.executable, "-m", "copytaster.cli", "run", "--runner", "flink", "--brokers", broker.address]
    command += ["--topic", topic, "--lake", str(lake), "--workers", str(workers), "--flink-rest", cluster.rest_address]
    with (folder / f"{topic}.log").open("ab") as log:
        program = subprocess.Popen([*command, *flags, "--", *cluster.flags], stdout=log, stderr=log)
    running = Running(program, lake, cluster)
    try:
        wait_until(lambda: (lake / "_log").exists() and running.published() == WARM, "the first rows", 300)
        yield running
    finally:
        if program.poll() is None:
            running.stop()


def measure_idle(broker: Broker, cluster: Cluster, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """Checkpoints without a message."""
    with job(broker, cluster, folder, "idle", chosen.workers) as running:
        sizes = []
        for minute in range(chosen.minutes + 1):
            time.sleep(60 if minute else 20)
            last = running.checkpoint()
            sizes.append(last.get("state_size", 0))
            took = last.get("end_to_end_duration")
            yield f"minute {minute:2}   checkpoint {last.get('id')}: {sizes[-1]:,} bytes in {took} ms; MB: {running.memory()}"
        yield f"idle            {min(sizes):,} to {max(sizes):,} bytes, first {sizes[0]:,}, last {sizes[-1]:,}"
        yield f"stopped in      {running.stop():.1f} s"


def measure_backlog(broker: Broker, cluster: Cluster, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """Many messages at once, without the model's work."""
    articles = sample_articles(64)
    with job(broker, cluster, folder, "backlog", chosen.workers) as running:
        count = chosen.messages
        begin = time.monotonic()
        broker.send("backlog", (message(articles[i % 64], f"b-{i}", "de") for i in range(count)), PARTITIONS)
        yield f"{count:,} messages sent in {time.monotonic() - begin:.1f} s"
        most, largest, reported = 0, 0, time.monotonic()
        while (published := running.published() - WARM) < count:
            outstanding = running.outstanding()
            most = max(most, outstanding)
            largest = max(largest, running.checkpoint().get("state_size", 0))
            if time.monotonic() - reported > 30:
                reported = time.monotonic()
                yield f"  {published:,} published; {outstanding} blocks outstanding; MB: {running.memory()}"
            if chosen.stop_within and published > count / 2:
                yield f"stopping in the middle, {count - published:,} messages waiting"
                break
            time.sleep(1)
        else:
            yield f"backlog         {count / (time.monotonic() - begin):,.0f} messages/s"
        yield f"stopped in      {running.stop():.1f} s"
        yield f"outstanding     at most {most} blocks with {chosen.workers} workers; checkpoints at most {largest:,} bytes"


def measure_resume(broker: Broker, cluster: Cluster, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """From kill -9 to the next block, with work waiting."""
    articles = sample_articles(64)
    with job(broker, cluster, folder, "resume", chosen.workers, "--max-records", "16") as running:
        broker.send("resume", (message(articles[i % 64], f"r-{i}", "de") for i in range(chosen.messages)), PARTITIONS)
        wait_until(lambda: running.published() > 320, "blocks", 120)

        def kill_worker() -> None:
            python_workers(cluster)[-1].kill()

        def kill_task_manager() -> None:
            cluster.kill(next(name for name in cluster.parts if name.startswith("taskmanager")))
            cluster.start_task_manager()

        for what, kill in {"Python worker": kill_worker, "task manager": kill_task_manager}.items():
            kill()
            begin = time.monotonic()
            time.sleep(1.0)  # what was under way when it died
            before = running.published()
            wait_until(lambda before=before: running.published() > before, "the next block", 180)  # type: ignore[misc]
            yield f"{what:15} killed; the next block after {time.monotonic() - begin:.1f} s"
            time.sleep(10)


def measure_speed(broker: Broker, cluster: Cluster, folder: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """The same articles by plain processes and by the job."""
    articles = sample_articles(chosen.articles)
    plain = seconds_of_plain_processes(articles, chosen.workers)
    yield f"extract_many, {chosen.workers} {len(articles) / plain:8.1f} articles/s"
    with job(broker, cluster, folder, "speed", chosen.workers, "--max-records", "32", "--max-latency", "2") as running:
        begin = time.monotonic()
        broker.send("speed", (message(article, article.id or "") for article in articles), PARTITIONS)
        wait_until(lambda: running.published() == WARM + len(articles), "the articles", 3600)
        ours = time.monotonic() - begin
        yield f"on Flink, {chosen.workers}     {len(articles) / ours:8.1f} articles/s   {plain / ours:.2f} x of the plain processes"
        again = seconds_of_plain_processes(articles, chosen.workers)
        yield f"extract_many, {chosen.workers} {len(articles) / again:8.1f} articles/s   {again / ours:.2f} x, measured again"


def cost_on_flink(broker: Broker, folder: Path, articles: list[Article], workers: int = 2) -> tuple[float, float]:
    """CPU seconds that the articles take on a cluster that runs: of the Python workers, and of all its processes."""
    cluster = standalone(folder / "flink", workers)
    try:
        with job(broker, cluster, folder, "cost", workers, "--max-records", "64", "--max-latency", "2") as running:
            before = cpu_seconds(cluster)
            broker.send("cost", (message(article, article.id or "") for article in articles), PARTITIONS)
            wait_until(lambda: running.published() == WARM + len(articles), "the articles", 3600)
            after = cpu_seconds(cluster)
    finally:
        cluster.stop()
    return after[0] - before[0], after[1] - before[1]


def cpu_seconds(cluster: Cluster) -> tuple[float, float]:
    """CPU seconds so far of the Python workers, and of these and Flink's own processes."""
    python = [process.cpu_times() for process in python_workers(cluster)]
    flink = [psutil.Process(part.pid).cpu_times() for part in cluster.parts.values()]
    spent = [sum(times.user + times.system for times in group) for group in (python, flink)]
    return spent[0], sum(spent)


MEASUREMENTS: dict[str, Callable[..., Iterable[str]]] = {
    "idle": measure_idle,
    "backlog": measure_backlog,
    "resume": measure_resume,
    "speed": measure_speed,
}


def main() -> None:
    """Runs the measurements that are asked for, each on a cluster of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(MEASUREMENTS), default=list(MEASUREMENTS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=int, default=20, help="of idleness")
    parser.add_argument("--messages", type=int, default=20_000, help="of the backlog")
    parser.add_argument("--stop-within", action="store_true", help="stop in the middle of the backlog, and time that")
    parser.add_argument("--articles", type=int, default=400, help="of the comparison of speeds")
    parser.add_argument("--folder", type=Path, help="keep lakes and logs there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for name in chosen.only:
            folder = (chosen.folder or Path(temporary)) / name
            folder.mkdir(parents=True, exist_ok=True)
            print(
                f"== {name} {json.dumps({k: v for k, v in vars(chosen).items() if k not in ('only', 'folder')})}",
                flush=True,
            )
            broker = Broker(folder / "kafka").start()
            try:
                cluster = standalone(folder / "flink", chosen.workers)
                try:
                    for line in MEASUREMENTS[name](broker, cluster, folder, chosen):
                        print(line, flush=True)
                finally:
                    cluster.stop()
            finally:
                broker.stop()


if __name__ == "__main__":
    main()
