"""How fast it is, as ratios of runs that follow each other on the same machine and the same articles.

    python -m benchmarks.speed [--articles 400] [--only extraction backfill plumbing workers]

extraction  extract_many against the bare spaCy pipeline with the same model, one core       target at most 1.40 x its time
backfill    the whole program with one worker against extract_many                           target at most 1.15 x its time
workers     the whole program with two workers against one
plumbing    read, parse, plan, write without the model (articles in a language that has none), two workers
                                                                                             target at least 1,000 articles/s

Articles are those of samples/ over and over with other ids; a third of the time goes to noise on a shared machine, so
runs alternate and the fastest of each counts. Seconds by layer are printed with the share of the bare pipeline's time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from spacy.language import Language

from copytaster.annotate import BATCH_SIZE, load_model
from copytaster.extract import extract_many
from copytaster.parse import parse_record
from copytaster.records import Article, Extraction
from copytaster.sources.archive import expand, open_archive

SAMPLES = Path(__file__).parent.parent / "samples"


def sample_articles(count: int) -> list[Article]:
    """So many articles: the English ones of samples/ in turn, each time with another id."""
    urls = expand([str(SAMPLES / pattern) for pattern in ("*.jsonl", "*.jsonl.gz", "*.warc.gz")])
    parsed = [parse_record(record) for url in urls for record in open_archive(url).read(0, None)]
    english = [a for a in parsed if isinstance(a, Article) and a.op == "upsert" and a.language == "en"]
    return [replace(english[i % len(english)], id=f"bench-{i}") for i in range(count)]


def write_archive(articles: list[Article], path: Path, language: str = "en") -> None:
    """The articles as a gzip archive in our own format."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for article in articles:
            published = article.published_at.isoformat() if article.published_at else None
            message = {"id": article.id, "title": article.title, "text": article.text, "published_at": published}
            file.write(json.dumps({**message, "language": language}, ensure_ascii=False) + "\n")


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def run_bare(articles: list[Article], nlp: Language) -> None:
    """The spaCy pipeline alone, with its memory given back as `extract_many` does."""
    for first in range(0, len(articles), BATCH_SIZE):
        with nlp.memory_zone():
            for _ in nlp.pipe((a.full_text for a in articles[first : first + BATCH_SIZE]), batch_size=BATCH_SIZE):
                pass


def run_backfill(archive: Path, workers: int, *flags: str) -> float:
    """Seconds of the whole program into a new lake, start and end included."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "copytaster.cli", "backfill", str(archive), "--lake", f"{folder}/lake"]
        command += ["--workers", str(workers), *flags]
        return seconds_of(lambda: subprocess.run(command, check=True, capture_output=True))


def measure_extraction(articles: list[Article], rounds: int) -> Iterator[str]:
    """`extract_many` against the bare pipeline, and each layer's share."""
    nlp = load_model()
    run_bare(articles[:BATCH_SIZE], nlp)
    bare, ours, layers = [], [], Counter[str]()
    for _ in range(rounds):
        bare.append(seconds_of(lambda: run_bare(articles, nlp)))
        begin = time.perf_counter()
        found = list(extract_many(articles, nlp))
        ours.append(time.perf_counter() - begin)
        layers = Counter()
        for extraction in found:
            if isinstance(extraction, Extraction):
                layers.update(extraction.seconds)
    words = sum(len(article.full_text.split()) for article in articles) / len(articles)
    yield f"{len(articles)} articles of {words:.0f} words on average"
    yield f"bare spaCy      {len(articles) / min(bare):8.1f} articles/s"
    yield f"extract_many    {len(articles) / min(ours):8.1f} articles/s   {min(ours) / min(bare):.2f} x the bare time"
    for name, spent in layers.items():
        yield f"  {name:12}  {1000 * spent / len(articles):8.2f} ms/article   {100 * spent / bare[-1]:5.1f} % of the bare time"


def measure_backfill(articles: list[Article], folder: Path) -> Iterator[str]:
    """The whole program with one worker against `extract_many`."""
    archive = folder / "bench.jsonl.gz"
    write_archive(articles, archive)
    nlp = load_model()
    ours = seconds_of(lambda: sum(1 for _ in extract_many(articles, nlp)))
    whole = run_backfill(archive, 1)
    yield f"extract_many    {len(articles) / ours:8.1f} articles/s"
    yield f"backfill, 1     {len(articles) / whole:8.1f} articles/s   {whole / ours:.2f} x extract_many's time, start included"


def measure_workers(articles: list[Article], folder: Path) -> Iterator[str]:
    """The whole program with two workers against one."""
    archive = folder / "bench.jsonl.gz"
    write_archive(articles, archive)
    one, two = run_backfill(archive, 1, "--max-records", "64"), run_backfill(archive, 2, "--max-records", "64")
    yield f"backfill, 1     {len(articles) / one:8.1f} articles/s"
    yield f"backfill, 2     {len(articles) / two:8.1f} articles/s   {one / two:.2f} x as fast"


def measure_plumbing(articles: list[Article], folder: Path) -> Iterator[str]:
    """The whole program without extraction: a small and a large archive, so that the time to start falls out."""
    times = []
    sizes = (2_000, 42_000)
    for size in sizes:
        archive = folder / f"plumbing{size}.jsonl.gz"
        write_archive([replace(articles[i % len(articles)], id=f"p{i}") for i in range(size)], archive, language="de")
        times.append(run_backfill(archive, 2))
    rate = (sizes[1] - sizes[0]) / (times[1] - times[0])
    yield f"plumbing, 2     {rate:8.0f} articles/s; {sizes[1]} articles in {times[1]:.1f} s, start included"


def main() -> None:
    """Runs the measurements that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    names = ["extraction", "backfill", "workers", "plumbing"]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    chosen = parser.parse_args()
    articles = sample_articles(chosen.articles)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        measurements: dict[str, Callable[[], Iterator[str]]] = {
            "extraction": lambda: measure_extraction(articles, chosen.rounds),
            "backfill": lambda: measure_backfill(articles, folder),
            "workers": lambda: measure_workers(articles, folder),
            "plumbing": lambda: measure_plumbing(articles, folder),
        }
        for name in chosen.only:
            print(f"== {name}")
            for line in measurements[name]():
                print(line, flush=True)


if __name__ == "__main__":
    main()
