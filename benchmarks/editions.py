"""How fast editions are made, whether their cost stays flat as the lake grows, and how much memory they take.

    python -m benchmarks.editions [--articles 100000] [--batch 256] [--edition 20000]

Blocks of simulated articles of the usual size (2,000 characters, 60 rows below each, each with a sentence; 2 % of the records correct or withdraw an
earlier article) are written straight to a lake, without the model; the time for that is not counted. One process, Arrow's
threads limited to one. Prints a line an edition: articles/s, and the memory that the process has taken at most.

Targets: at least 1,000 articles/s, no slope.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from copytaster.editions.catalog import open_tables
from copytaster.editions.compaction import compact
from copytaster.editions.holdings import Holdings
from copytaster.editions.publishing import Publisher
from copytaster.lake.blocks import Block, Manifest, TableFile
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.records import digest
from copytaster.tables import SCHEMAS

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "editions"))
from desk import Item, extraction  # type: ignore[import-not-found]

DAY = datetime(2026, 3, 2, tzinfo=UTC)
TEXT = "The council of the harbour town has put off its vote on the new quay until the end of the month, and nobody asked why."
ROWS = 12
"""Of each of the five tables below an article."""


class BlockWriter:
    """Writes blocks of simulated articles: one block's tables are made once, and given other ids for each block."""

    def __init__(self, log: LakeLog, batch: int) -> None:
        self.log = log
        self.batch = batch
        self.random = random.Random(1)
        from copytaster.lake.files import block_rows
        from copytaster.records import RawRecord

        items = [Item(f"article-{n:012d}", f"{n} {TEXT}", timestamp=DAY, rows=ROWS) for n in range(batch)]
        block = Block(source="wire", start=0, end=batch)
        records = [RawRecord(b"", n, timestamp=DAY) for n in range(batch)]
        rows = block_rows(block, records, [extraction(item) for item in items], "simulated", "wire")
        self.tables = {name: pa.Table.from_pylist(found, SCHEMAS[name]) for name, found in rows.items() if found}
        self.written = 0

    def write(self, per_day: int) -> None:
        """Writes and publishes the next block."""
        first = self.written * self.batch
        ids = [f"article-{first + n:012d}" for n in range(self.batch)]
        for n in range(self.batch):
            if first and self.random.random() < 0.02:
                ids[n] = f"article-{self.random.randrange(max(0, first - per_day), first):012d}"
        ids = list(dict.fromkeys(ids))
        ids += [f"article-{first + self.batch * 10**6 + n:012d}" for n in range(self.batch - len(ids))]
        versions = [f"{name}@{digest(name, first)}" for name in ids]
        day = (DAY + timedelta(days=first // per_day)).date()
        block = Block(source="wire", start=first, end=first + self.batch)
        files = {}
        for name, table in self.tables.items():
            each = table.num_rows // self.batch
            number = [n for n in range(self.batch) for _ in range(each)]
            for column, values in (("article_id", ids), ("version_id", versions)):
                at = table.schema.get_field_index(column)
                table = table.set_column(at, table.schema.field(at), pa.array(values).take(pa.array(number)))
            sink = pa.BufferOutputStream()
            pq.write_table(table, sink, compression="zstd", write_page_index=True)
            data = sink.getvalue().to_pybytes()
            path = f"{name}/ingest_date={day}/{block.name}.parquet"
            self.log.storage.put(path, data)
            import hashlib

            files[name] = TableFile(
                path=path, rows=table.num_rows, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()
            )
        self.log.plan(block)
        self.log.publish(
            Manifest(
                block=block, ingest_date=day, files=files, records=self.batch, articles=self.batch, dead_letters=0,
                extractor_version="1", model_version="simulated", published_at=datetime.now(UTC),
            )
        )  # fmt: skip
        self.written += 1


def main() -> None:
    """Writes blocks and publishes them, edition after edition."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=256, help="records of a block")
    parser.add_argument("--edition", type=int, default=20_000, help="records of an edition")
    parser.add_argument("--per-day", type=int, default=200_000, help="articles of a day")
    options = parser.parse_args()
    pa.set_cpu_count(1)
    folder = Path(tempfile.mkdtemp(prefix="copytaster-editions-"))
    log = LakeLog(Storage(str(folder / "lake")))
    writer = BlockWriter(log, options.batch)
    done = 0
    try:
        with Holdings(log.storage) as holdings:
            publisher = Publisher(log, open_tables(log), holdings)
            while done < options.articles:
                for _ in range(-(-options.edition // options.batch)):
                    writer.write(options.per_day)
                begin, cpu = time.perf_counter(), time.process_time()
                for made in publisher.publish(options.edition):
                    done += made.records
                    spent, busy = time.perf_counter() - begin, time.process_time() - cpu
                    tidy = time.process_time()
                    rewritten = sum(1 for _ in compact(publisher.tables))
                    tidy = time.process_time() - tidy
                    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                    print(
                        f"edition {made.edition:3d}: {done:9,d} articles, {made.removed:5,d} replaced, "
                        f"{made.records / busy:7,.0f} articles/s of CPU ({made.records / spent:,.0f}/s by the clock), "
                        f"compaction {tidy:4.1f} s of CPU for {rewritten} days, {memory:,.0f} MB",
                        flush=True,
                    )
                    begin, cpu = time.perf_counter(), time.process_time()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
