"""What it costs, in CPU seconds of processes that follow each other on the same machine and the same articles.

    python -m benchmarks.speed [--only extraction backfill workers run flink limit] [--json FILE]

extraction  all layers over the bare spaCy pipeline as it is shipped, in processes that alternate   at most .60, aim .45
backfill    the whole program with one worker over `extract_many`, start excluded                   at most 1.05
            start: the program on an archive of one article that nothing is found in                 at most 5 s
workers     one worker's time over two workers', on one archive                                      at least 1.85
run         as many plain processes over the streaming job, start excluded                           at least .95
flink       the same on a standalone Flink, counting the Python workers, and all of the cluster      at least .95
limit       what one core multiplies, over what the model must multiply a token

CPU seconds hardly change when others use the machine too; wall seconds, which are shown beside them, do. Each figure is
the median of --rounds. `run` and `flink` start a broker of their own and need Java and Maven.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.articles import message, sample_articles, write_archive


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    value: float
    unit: str
    target: str = ""
    note: str = ""


@dataclass(frozen=True)
class Cost:
    """What a program cost, with all of its processes."""

    cpu: float
    """CPU seconds."""
    wall: float
    """Seconds."""


def cost_of(command: Sequence[str]) -> Cost:
    """Runs a program to its end, which must be good."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(list(command), capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with code {done.returncode}: {done.stderr[-2000:]}")
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def measured(kind: str, articles: int) -> dict[str, Any]:
    """What a process of `benchmarks.measured` says of itself."""
    command = [sys.executable, "-m", "benchmarks.measured", kind, "--articles", str(articles)]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return said


def backfill(archive: Path, workers: int, *flags: str) -> Cost:
    """The whole program into a new lake."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "copytaster.cli", "backfill", str(archive), "--lake", f"{folder}/lake"]
        return cost_of([*command, "--workers", str(workers), *flags])


def cost_of_start(folder: Path, workers: int = 1) -> Cost:
    """The program on one article in a language that is skipped: imports, model, lake, end."""
    return backfill(write_archive(sample_articles(1), folder / "one.jsonl.gz", language="de"), workers)


def measure_extraction(chosen: argparse.Namespace) -> Iterator[Figure]:
    """`extract_many` against the bare pipeline, and each layer's share of the latter."""
    rounds = [(measured("bare", chosen.articles), measured("layers", chosen.articles)) for _ in range(chosen.rounds)]
    words = rounds[0][0]["words"]
    bare = statistics.median(bare["cpu"] for bare, _ in rounds)
    ours = statistics.median(layers["cpu"] for _, layers in rounds)
    ratio = statistics.median(layers["cpu"] / bare["cpu"] for bare, layers in rounds)
    yield Figure("all layers / bare spaCy", ratio, "x CPU", "<= .60, aim .45")
    yield Figure("bare spaCy", 1e6 * bare / words, "us/word", note=f"{chosen.articles / bare:.1f} articles/s a core")
    yield Figure("all layers", 1e6 * ours / words, "us/word", note=f"{chosen.articles / ours:.1f} articles/s a core")
    # a layer's seconds are wall seconds: brought down to CPU by the whole's
    for layer in rounds[0][1]["layers"]:
        spent = statistics.median(layers["layers"][layer] * layers["cpu"] / layers["wall"] for _, layers in rounds)
        yield Figure(f"  {layer}", 1e6 * spent / words, "us/word", note=f"{100 * spent / bare:.0f} % of bare")


def measure_backfill(chosen: argparse.Namespace) -> Iterator[Figure]:
    """The whole program with one worker against `extract_many`."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        archive = write_archive(sample_articles(chosen.articles), folder / "bench.jsonl.gz")
        ratios, starts = [], []
        for _ in range(chosen.rounds):
            starts.append(cost_of_start(folder))
            plain = measured("layers", chosen.articles)["cpu"]
            ratios.append((backfill(archive, 1).cpu - starts[-1].cpu) / plain)
    yield Figure("backfill, 1 worker / extract_many", statistics.median(ratios), "x CPU", "<= 1.05", "start excluded")
    start = statistics.median(start.wall for start in starts)
    cpu = statistics.median(start.cpu for start in starts)
    yield Figure("start and end of backfill", cpu, "s CPU", "<= 5", f"{start:.1f} s wall")


def measure_workers(chosen: argparse.Namespace) -> Iterator[Figure]:
    """One worker's time over two workers'. By CPU: what two can do when each has a core for itself."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        archive = write_archive(sample_articles(chosen.archive), folder / "bench.jsonl.gz")
        starts = [cost_of_start(folder, workers) for workers in (1, 2)]
        one, two = backfill(archive, 1), backfill(archive, 2)
    cpu = 2 * (one.cpu - starts[0].cpu) / (two.cpu - starts[1].cpu)
    wall = one.wall / two.wall
    yield Figure(
        "backfill, 1 worker / 2 workers", wall, "x wall", ">= 1.85", f"{chosen.archive} articles, start included"
    )
    yield Figure("  by CPU", cpu, "x", note="were both busy from first to last, start excluded")


@contextmanager
def broker_in(folder: Path) -> Iterator[Any]:
    """The tests' broker."""
    sys.path.append(str(Path(__file__).parent.parent / "tests"))
    from services.kafka_broker import Broker  # type: ignore[import-not-found]

    broker = Broker(folder / "kafka").start()
    try:
        yield broker
    finally:
        broker.stop()


def measure_run(chosen: argparse.Namespace) -> Iterator[Figure]:
    """As many plain processes over the streaming job, which takes in what its topic holds and ends."""
    with tempfile.TemporaryDirectory() as temporary, broker_in(Path(temporary)) as broker:
        articles = sample_articles(chosen.articles)

        def drain(topic: str, messages: list[dict[str, object]], lake: str) -> Cost:
            broker.create_topic(topic, 4)
            broker.send(topic, messages, 4)
            command = [sys.executable, "-m", "copytaster.cli", "run", "--once", "--brokers", broker.address]
            command += ["--topic", topic, "--lake", f"{temporary}/{lake}", "--workers", "2", "--max-records", "64"]
            return cost_of([*command, "--max-latency", "1"])

        ratios = []
        for number in range(chosen.rounds):
            start = drain(f"start-{number}", [message(articles[0], "one", "de")], f"start-{number}")
            plain = measured("layers", chosen.articles)["cpu"]
            messages = [message(article, article.id or "") for article in articles]
            ratios.append(plain / (drain(f"all-{number}", messages, f"lake-{number}").cpu - start.cpu))
    yield Figure("plain processes / run, 2 workers", statistics.median(ratios), "x CPU", ">= .95", "start excluded")


def measure_flink(chosen: argparse.Namespace) -> Iterator[Figure]:
    """The same on Flink: what the cluster's processes spend on the articles, once it runs."""
    with tempfile.TemporaryDirectory() as temporary, broker_in(Path(temporary)) as broker:
        from benchmarks.flink import cost_on_flink

        plain = measured("layers", chosen.articles)["cpu"]
        python, whole = cost_on_flink(broker, Path(temporary), sample_articles(chosen.articles))
    yield Figure("plain processes / Python workers on Flink", plain / python, "x CPU", ">= .95")
    yield Figure("  / all of the cluster", plain / whole, "x CPU", note="with Flink's own processes")


def measure_limit(chosen: argparse.Namespace) -> Iterator[Figure]:
    """The physical limit: a core's products over the model's."""
    speed, model = measured("arithmetic", 0), measured("model", 16)
    bare = measured("bare", min(chosen.articles, 100))
    yield Figure("one core, thinc's own arithmetic", speed["thinc"], "GFLOP/s")
    yield Figure("one core, numpy's", speed["numpy"], "GFLOP/s")
    for name, count in model.items():
        limit = 1e9 * speed["numpy"] / count
        yield Figure(f"model, {name}", count / 1e6, "MFLOP/token", note=f"at most {limit:,.0f} tokens/s a core")
    yield Figure("bare spaCy, as measured", bare["tokens"] / bare["cpu"], "tokens/s a core")


MEASUREMENTS: dict[str, Callable[[argparse.Namespace], Iterator[Figure]]] = {
    "limit": measure_limit,
    "extraction": measure_extraction,
    "backfill": measure_backfill,
    "workers": measure_workers,
    "run": measure_run,
    "flink": measure_flink,
}


def machine() -> dict[str, Any]:
    """What it was measured on."""
    facts = Path("/proc/cpuinfo")
    named = [line.split(":", 1)[1].strip() for line in facts.read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": named[0] if named else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    """Runs the measurements that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(MEASUREMENTS), default=list(MEASUREMENTS))
    parser.add_argument("--articles", type=int, default=200, help="of each measurement")
    parser.add_argument("--archive", type=int, default=2_000, help="articles of the archive that workers share")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    chosen = parser.parse_args()
    found: list[Figure] = []
    facts = machine()
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    for name in chosen.only:
        for figure in MEASUREMENTS[name](chosen):
            found.append(figure)
            line = f"{figure.name:44} {figure.value:10.2f} {figure.unit:16} {figure.target:16} {figure.note}"
            print(line.rstrip(), flush=True)
    if chosen.json:
        figures = [asdict(figure) for figure in found]
        chosen.json.write_text(json.dumps({"machine": facts, "figures": figures}, indent=2) + "\n")


if __name__ == "__main__":
    main()
