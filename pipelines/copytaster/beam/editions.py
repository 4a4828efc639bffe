"""An edition made as a Beam batch, for what is too much for one machine: the same functions, and the same rows in the same
order, as in `copytaster.editions.making`, with a shuffle by dead letter, one by article and one by file.

Only the making is spread. An edition is cut before and committed afterwards by one process, as ever; what the steps write is
named for its contents, and the last of them records once which files the edition has. So a step may be done twice, a job may
be killed at any moment, and two jobs may make the same edition.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import apache_beam as beam
import pyarrow as pa
from apache_beam.options.pipeline_options import PipelineOptions

from copytaster.beam.jobs import runner_flags
from copytaster.editions.arrivals import Arrivals
from copytaster.editions.catalog import EditionTables, opened_catalog
from copytaster.editions.changes import states
from copytaster.editions.cuts import Cut
from copytaster.editions.holding import (
    Change,
    Changes,
    Letter,
    LetterChange,
    Version,
    letter_of,
    settle_article,
    settle_letter,
)
from copytaster.editions.holdings import State, held_letter, held_version
from copytaster.editions.layout import TABLES, key_of
from copytaster.editions.made import EditionFile, Made, read_changes, read_made
from copytaster.editions.making import kept_rows, merge_table, published, record_edition, rows_of_group
from copytaster.editions.memory import checkpoint_states, newest_checkpoint
from copytaster.lake.blocks import Manifest
from copytaster.lake.log import LakeError, LakeLog
from copytaster.lake.storage import Storage
from copytaster.settings import Settings

SHARD_RECORDS = 50_000
"""Records whose rows of a table and day go into one file, sorted by one worker."""

RETRIES = "--number_of_execution_retries=3"
"""How often Flink tries a batch again before it tells what is wrong; a streaming job it restarts for ever."""

Arrived = tuple[int, Version | Letter]
"""A record and the number of its block."""

Grouped = tuple[Any, Mapping[str, Iterable[Any]]]
"""A key, and what has it by where it comes from."""

Place = tuple[str, str, int]
"""Table, day and number of a file."""


@dataclass(frozen=True)
class Making:
    """What the steps know of the edition."""

    lake: str
    catalog: str | None
    edition: int
    records: int
    """Records of its blocks."""
    group_rows: Mapping[str, int]
    """How many rows a row group of each table has."""

    @property
    def shards(self) -> int:
        """Into how many files the rows of a table and day go."""
        return -(-self.records // SHARD_RECORDS)

    @property
    def log(self) -> LakeLog:
        """The lake's log."""
        return LakeLog(Storage(self.lake))

    @property
    def tables(self) -> EditionTables:
        """The tables of the editions, opened once in a process."""
        return opened(self.lake, self.catalog)


@functools.cache
def opened(lake: str, catalog: str | None) -> EditionTables:
    """The tables of a lake's editions, which whoever cut the edition has made."""
    return EditionTables(opened_catalog(Storage(lake), catalog))


@dataclass(frozen=True)
class Part:
    """A block of the edition."""

    manifest: Manifest
    first: int
    """The number of its first record in the edition."""

    def arrivals(self, making: Making) -> Arrivals:
        """Its records, numbered from 0."""
        return Arrivals.of(making.log.storage, making.edition, [self.manifest])


def make_on_beam(log: LakeLog, cut: Cut, catalog: str | None, options: PipelineOptions) -> Made:
    """Makes an edition by a batch of its own, on the runner that the options name; the record that holds.

    Raises what a step raised.
    """
    manifests = [published(log, cut, number) for number in range(len(cut.blocks))]
    parts, first = [], 0
    for manifest in manifests:
        parts.append(Part(manifest, first))
        first += sum(manifest.files[table].rows for table in ("articles", "dead_letters") if table in manifest.files)
    group_rows = {table: rows_of_group(table, manifests) for table in TABLES}
    records = sum(manifest.records for manifest in manifests)
    making = Making(log.storage.url, catalog, cut.edition, records, group_rows)
    with beam.Pipeline(options=options) as pipeline:
        edition(pipeline, making, parts)
    made = read_made(log, cut.edition)
    if made is None:
        raise LakeError(f"the batch that made edition {cut.edition} of {log.storage.shown} has ended without it")
    return made


def flink_options(settings: Settings, beam_flags: Sequence[str]) -> PipelineOptions:
    """Of a batch on the cluster that `beam_flags` name."""
    return PipelineOptions([*runner_flags(settings, "copytaster-publish"), RETRIES, *beam_flags])


def edition(pipeline: beam.Pipeline, making: Making, parts: Sequence[Part]) -> beam.PCollection:
    """The blocks of an edition in, its files and the record of it out; gives the record."""
    blocks = pipeline | "Name blocks" >> beam.Create(list(enumerate(parts)), reshuffle=True)
    before = pipeline | "Name states" >> beam.Create(memory(making), reshuffle=True)
    held = before | "Read states" >> beam.FlatMap(read_states, making)
    arrived = blocks | "Read arrivals" >> beam.FlatMap(read_arrivals, making)
    of_letters, others = arrived | "Part letters" >> beam.Partition(lambda one, _: int(letter_of(one[1]) is None), 2)
    letters = (
        {"arrived": of_letters | beam.WithKeys(lambda one: letter_of(one[1])), "held": held | of_kind("letter")}
        | "Group by letter" >> beam.CoGroupByKey()
        | "Settle letters" >> beam.FlatMap(settle_letters).with_outputs("versions", main="changes")
    )
    versions = (others, letters.versions) | "Gather versions" >> beam.Flatten()
    articles = (
        {"arrived": versions | beam.WithKeys(lambda one: one[1].article_id), "held": held | of_kind("article")}
        | "Group by article" >> beam.CoGroupByKey()
        | "Settle articles" >> beam.FlatMap(settle_articles)
    )
    changes = (letters.changes, articles) | "Gather changes" >> beam.Flatten()
    files = (
        {"part": blocks, "numbers": changes | "Find rows" >> beam.FlatMap(added)}
        | "Group by block" >> beam.CoGroupByKey()
        | "Read rows" >> beam.FlatMap(read_rows, making)
        | "Group by file" >> beam.GroupByKey()
        | "Write files" >> beam.FlatMap(write_files, making)
    )
    return (
        {
            "changes": changes | "All changes" >> beam.WithKeys(lambda _: making.edition),
            "files": files | "All files" >> beam.WithKeys(lambda _: making.edition),
            "edition": pipeline | "Name edition" >> beam.Create([(making.edition, None)]),  # where nothing changes too
        }
        | "Group all" >> beam.CoGroupByKey()
        | "Record edition" >> beam.Map(record, making)
    )


def of_kind(kind: str) -> beam.PTransform:
    """The states of articles, or of letters, by id."""
    chosen = beam.Filter(lambda state: state[1][1][0] == kind)
    return f"States of {kind}s" >> chosen


def memory(making: Making) -> list[tuple[str, int]]:
    """The files that tell what the editions before left: a checkpoint, and the changes of each edition after it."""
    last = making.edition - 1
    checkpoint = newest_checkpoint(making.log, last)
    begin = [("checkpoint", checkpoint)] if checkpoint else []
    return [*begin, *(("changes", number) for number in range(checkpoint + 1, last + 1))]


def read_states(name: tuple[str, int], making: Making) -> Iterator[tuple[str, tuple[int, State]]]:
    """By id of article or letter: an edition, and the state that it left. Raises LakeError where it is not made."""
    kind, number = name
    if kind == "checkpoint":
        found = checkpoint_states(making.log, number)
    else:
        made = read_made(making.log, number)
        if made is None:
            raise LakeError(f"edition {number} is not made, and edition {making.edition} is to follow on it")
        found = states(read_changes(making.log, made))
    for state in found:
        yield state[1], (number, state)


def newest(found: Iterable[tuple[int, State]]) -> State | None:
    """The state that the last edition left; None where none did."""
    return max(found, key=lambda one: one[0], default=(0, None))[1]


def read_arrivals(numbered: tuple[int, Part], making: Making) -> Iterator[Arrived]:
    """The records of a block at their places in the order of arrival."""
    block, part = numbered
    for one in part.arrivals(making).records:
        yield block, one.numbered(making.edition, part.first + one.number)


def by_arrival(arrived: Iterable[Arrived]) -> list[Arrived]:
    """The records in the order of arrival."""
    return sorted(arrived, key=lambda one: one[1].number)


def settle_letters(of_letter: Grouped) -> Iterator[Any]:
    """What changes of a dead letter; on the output `versions`, those which it has become."""
    name, grouped = of_letter
    arrived = by_arrival(grouped["arrived"])
    if not arrived:
        return
    state = newest(grouped["held"])
    was_open = held_letter(state) if state is not None and state[2] is not None else None
    placed, change = settle_letter([one for _, one in arrived], was_open)
    for (block, _), one in zip(arrived, placed, strict=True):
        if isinstance(one, Version):
            yield beam.pvalue.TaggedOutput("versions", (block, one))
    if change is not None:
        yield name, change, block_of(change.after, arrived)


def settle_articles(of_article: Grouped) -> Iterator[tuple[str, Change, int | None]]:
    """What changes of an article."""
    name, grouped = of_article
    arrived = by_arrival(grouped["arrived"])
    if not arrived:
        return
    state = newest(grouped["held"])
    held = None if state is None else held_version(state)
    change = settle_article([one for _, one in arrived if isinstance(one, Version)], held)
    if change is not None:
        yield name, change, block_of(change.added, arrived)


def block_of(one: Version | Letter | None, arrived: Sequence[Arrived]) -> int | None:
    """The block that a record lies in."""
    return None if one is None else next(block for block, other in arrived if other.number == one.number)


def added(change: tuple[str, Change | LetterChange, int | None]) -> Iterator[tuple[int, int]]:
    """Block and number of the record whose rows the edition adds."""
    _, what, block = change
    one = what.added if isinstance(what, Change) else what.after
    if one is not None and block is not None:
        yield block, one.number


def read_rows(of_block: Grouped, making: Making) -> Iterator[tuple[Place, tuple[int, bytes]]]:
    """The rows of a block that the edition adds, for each file, with the block's number."""
    block, grouped = of_block
    (part,) = grouped["part"]
    numbers = {number - part.first for number in grouped["numbers"]}
    if not numbers:
        return
    kept = part.arrivals(making).kept(numbers, 1)
    day = part.manifest.ingest_date.isoformat()
    for table, schema in making.tables.schemas().items():
        for rows in kept_rows(making.log, table, [part.manifest], kept, schema):
            for shard, found in sharded(rows, key_of(table), making.shards):
                yield (table, day, shard), (block, to_bytes(found))


def sharded(rows: pa.Table, key: str, shards: int) -> Iterator[tuple[int, pa.Table]]:
    """The rows by the number of the file that they go into: all of one key into the same."""
    if shards == 1:
        yield 0, rows
        return
    numbers = [zlib.crc32(name.encode()) % shards for name in rows[key].to_pylist()]
    for shard in sorted(set(numbers)):
        yield shard, rows.filter(pa.array([number == shard for number in numbers]))


def to_bytes(rows: pa.Table) -> bytes:
    """A table on its way to another worker."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(rows)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def write_files(
    of_file: tuple[Place, Iterable[tuple[int, bytes]]], making: Making
) -> Iterator[tuple[str, EditionFile]]:
    """The rows of a file, sorted and written. They come in any order, and block by block they make the same bytes each time."""
    (table, day, _), parts = of_file
    in_order = sorted(parts, key=lambda part: part[0])

    def tables() -> Iterator[pa.Table]:
        return (pa.ipc.open_stream(data).read_all() for _, data in in_order)

    names = sorted({name for rows in tables() for name in rows[key_of(table)].to_pylist()})
    ranks = [(date.fromisoformat(day), name) for name in names]
    for file in merge_table(table, making.edition, tables(), ranks, making.group_rows[table], making.tables):
        yield table, file


def record(of_edition: Grouped, making: Making) -> Made:
    """Records that the edition is made; the record that holds."""
    edition, grouped = of_edition
    articles, letters = {}, {}
    for name, change, _ in grouped["changes"]:
        if isinstance(change, Change):
            articles[name] = change
        else:
            letters[name] = change
    files: dict[str, list[EditionFile]] = {table: [] for table in TABLES}
    for table, file in sorted(grouped["files"], key=lambda one: (one[0], one[1].ingest_date, one[1].path)):
        files[table].append(file)
    return record_edition(making.log, edition, Changes(articles, letters), files, making.records)
