"""The rows of one block to Parquet files and their manifest: published once, with the same bytes however often."""

from __future__ import annotations

import functools
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from copytaster.lake import attempts
from copytaster.lake.blocks import Block, Manifest, TableFile
from copytaster.lake.log import LakeLog, ManifestConflictError
from copytaster.lake.opening import EMPTY_FILE, open_log
from copytaster.lake.storage import Storage
from copytaster.records import DeadLetter, Extraction, RawRecord
from copytaster.tables import SCHEMAS, Row, dead_letter_row, rows_of, to_arrow
from copytaster.versions import code_fingerprint, extractor_version

UNDATED = date(1970, 1, 1)
"""The ingest_date of a block none of whose records has a date, and of the empty files that make each table readable."""


def publish_block(
    log: LakeLog,
    block: Block,
    records: Sequence[RawRecord],
    results: Sequence[Extraction | DeadLetter],
    *,
    model_version: str,
    source_title: str,
    lost: int = 0,
    settings: Mapping[str, str] | None = None,
    seconds: Callable[[], Mapping[str, float]],
) -> Manifest:
    """Writes the block's rows, a file a table, and last its manifest; gives the manifest that holds.

    `results` are those of `records`, in order; `source_title` is what the column `source` says (the archive's name, the
    topic); `lost` counts offsets that it no longer had; `settings` are those that shaped the rows. A block that is published already is left as it is. `seconds` is
    asked last, for the time spent by stage.
    """
    if (published := log.manifest(block)) is not None:
        return published
    pinned = dict(settings or {})
    if is_round(block.source):
        check_round(log, block.source, pinned.pop("format", ""))
    ensure_version(log, extractor_version(), model_version, tuple(sorted(pinned.items())))
    day = ingest_date(records, results)
    encoded = {
        table: (f"{table}/ingest_date={day.isoformat()}", len(rows), to_parquet(table, rows))
        for table, rows in block_rows(block, records, results, model_version, source_title).items()
        if rows
    }
    hashes = {table: hashlib.sha256(data).hexdigest() for table, (_, _, data) in encoded.items()}
    attempt = attempts.attempt_at(block, {folder: hashes[table] for table, (folder, _, _) in encoded.items()})
    attempts.begin(log, attempt)
    files = {}
    for (table, (_, count, data)), path in zip(encoded.items(), attempt.files, strict=True):
        log.storage.put(path, data)
        files[table] = TableFile(path=path, rows=count, bytes=len(data), sha256=hashes[table])
    letters = letters_of(records, results)
    articles = sum(isinstance(result, Extraction) for result in results)
    mine = Manifest(
        block=block,
        attempt=attempt.name,
        ingest_date=day,
        files=files,
        records=len(records),
        articles=articles,
        dead_letters=len(letters),
        incomplete=articles + len(letters) - len(results),
        reasons=dict(sorted(Counter(f"{x.failure.stage}/{x.failure.reason}" for x in letters).items())),
        extractor_version=extractor_version(),
        code=code_fingerprint(),
        lost=lost,
        oldest_record=min((record.timestamp for record in records if record.timestamp), default=None),
        model_version=model_version,
        published_at=datetime.now(UTC),
        seconds={name: round(spent, 3) for name, spent in seconds().items()},
    )
    try:
        manifest = log.publish(mine)
    except ManifestConflictError:
        attempts.withdraw(log, attempt)
        raise
    attempts.settle(log, manifest)
    return manifest


@functools.cache
def ensure_version(log: LakeLog, extractor: str, model: str, settings: tuple[tuple[str, str], ...] = ()) -> None:
    """Begins the lake or checks, once per process, that it takes such rows; raises what `open_log` raises."""
    open_log(log, extractor, model, dict(settings))
    make_readable(log.storage)


def begin_lake(
    log: LakeLog, extractor: str, model: str, settings: Mapping[str, str] | None = None, *, accept: bool = False
) -> None:
    """Begins the lake, each table readable, or checks that it takes rows of these versions and settings (see `open_log`);
    removes what was left by processes that were killed.
    """
    open_log(log, extractor, model, settings, accept=accept)
    make_readable(log.storage)
    attempts.sweep(log)


def is_round(source: str) -> bool:
    """Whether the source is a round of another's dead letters."""
    return "~" in source


@functools.cache
def check_round(log: LakeLog, source: str, format: str) -> None:
    """Records with which --format a round of dead letters was begun, once per process: it may be the fix, so it need not be
    the lake's, but a round has one. Raises SourceIdentityError where it has another.
    """
    log.identify(
        source, {"format": format}, cure="Finish the round with the --format that it was begun with, then begin another"
    )


def block_rows(
    block: Block,
    records: Sequence[RawRecord],
    results: Sequence[Extraction | DeadLetter],
    model_version: str,
    source_title: str,
) -> dict[str, list[Row]]:
    """The rows of the block by table, in the order of its records."""
    rows: dict[str, list[Row]] = {table: [] for table in SCHEMAS}
    for record, result in zip(records, results, strict=True):
        if isinstance(result, DeadLetter):
            continue
        for table, found in rows_of(result, record, source_title, block.partition).items():
            rows[table].extend(found)
    for letter in letters_of(records, results):
        rows["dead_letters"].append(dead_letter_row(letter, model_version, source_title, block.partition))
    return rows


def letters_of(records: Sequence[RawRecord], results: Sequence[Extraction | DeadLetter]) -> list[DeadLetter]:
    """The dead letters of a block in the order of its records, those of articles that a layer failed on among them."""
    letters = []
    for record, result in zip(records, results, strict=True):
        if isinstance(result, DeadLetter):
            letters.append(result)
        elif result.failure is not None:
            letters.append(DeadLetter(result.failure, record, result.article.version_id))
    return letters


def ingest_date(records: Sequence[RawRecord], results: Sequence[Extraction | DeadLetter]) -> date:
    """The day of the block's first dated record: its timestamp, else when it was fetched or published (UTC)."""
    for record, result in zip(records, results, strict=True):
        article = result.article if isinstance(result, Extraction) else None
        moments = [record.timestamp, article and article.fetched_at, article and article.published_at]
        if first := next((moment for moment in moments if moment), None):
            return first.astimezone(UTC).date()
    return UNDATED


def to_parquet(table: str, rows: list[Row]) -> bytes:
    """The rows as a Parquet file of the table's schema: zstd, the same bytes for the same rows."""
    sink = pa.BufferOutputStream()
    pq.write_table(to_arrow(table, rows), sink, compression="zstd", write_page_index=True)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def make_readable(storage: Storage) -> None:
    """Puts an empty file into each table, so that a query works before the first row of a table is there."""
    for table in SCHEMAS:
        name = f"{table}/ingest_date={UNDATED.isoformat()}/{EMPTY_FILE}"
        if not storage.exists(name):
            storage.put(name, to_parquet(table, []))
