"""`copytaster backfill`: archives into the lake."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Sequence
from typing import Annotated

import typer

from copytaster.cli.lakes import open_lake
from copytaster.cli.options import (
    BEAM_FLAGS,
    Catalog,
    DefaultZone,
    Every,
    Format,
    Lake,
    LogLevel,
    MaxBytes,
    MaxRecords,
    Model,
    Publish,
    Runner,
    Workers,
)
from copytaster.cli.program import app
from copytaster.cli.publish import publishing
from copytaster.cli.terminal import OUT, fail, progress_bar, say, stop_backfill
from copytaster.console import print_state, told_damage
from copytaster.lake.log import LakeLog
from copytaster.lake.progress import Tally
from copytaster.lake.state import lake_state
from copytaster.lake.storage import Storage
from copytaster.lake.verification import glance
from copytaster.lean_process import import_arrow, import_beam
from copytaster.logs import set_up_logging
from copytaster.settings import settings_from
from copytaster.sources.archive import Archive, ArchiveError, check_readable, expand, open_archive
from copytaster.sources.planning import is_done
from copytaster.sources.registry import registered
from copytaster.sources.standard_input import drop, is_kept, keep


@app.command(context_settings=BEAM_FLAGS)
def backfill(
    archives: Annotated[
        list[str],
        typer.Argument(
            help="Archives: paths, globs, directories or fsspec URLs of JSON Lines, JSON, Parquet, WARC, RSS or Atom, .html, .txt "
            "(plain, .gz, .zst); - is standard input. What follows -- goes to Beam."
        ),
    ],
    lake: Lake = None,
    workers: Workers = None,
    model: Model = None,
    format: Format = None,
    max_records: MaxRecords = None,
    max_bytes: MaxBytes = None,
    default_zone: DefaultZone = None,
    accept_version: Annotated[bool, typer.Option(help="Go on in a lake that another version began.")] = False,
    runner: Runner = None,
    log_level: LogLevel = None,
    publish: Publish = False,
    every: Every = "60s",
    catalog: Catalog = None,
) -> None:
    """Archives into the lake. Stopped or killed, it goes on where it was; a second run does nothing."""
    patterns, beam_flags = split_beam_flags(archives)
    settings = settings_from(
        {
            "lake": lake,
            "workers": workers,
            "model": model,
            "format": format,
            "max_records": max_records,
            "max_bytes": max_bytes,
            "default_zone": default_zone,
            "runner": runner,
            "log_level": log_level,
        }
    )
    set_up_logging(settings.log_level)
    import_arrow()
    matched = archives_for(patterns, settings.lake)
    log = open_lake(settings, accept_version=accept_version)
    if "-" in patterns:
        matched.append(standard_input(log.storage))
    found = list({archive.name: archive for archive in (registered(log, archive) for archive in matched)}.values())
    if troubles := glance(log, [(archive.name, 0) for archive in found]):
        fail(told_damage(troubles))
    if all(is_done(log, archive) for archive in found):
        drop_done(log, found)
        say(f"Nothing to do: every block of {len(found)} archives is published in {settings.lake}.")
        with publishing(log, catalog, every, asked=publish):
            return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_backfill)
    from copytaster.beam.runs import ArchivesFailedError, run_backfill

    if settings.runner == "local" and settings.workers == 1:
        import_beam()

    failed: ArchivesFailedError | None = None
    begin = time.monotonic()
    before = published(log, found)
    with publishing(log, catalog, every, asked=publish), progress_bar(log, found):
        try:
            run_backfill([archive.url for archive in found], settings, beam_flags)
        except ArchivesFailedError as error:
            failed = error
    done = published(log, found).since(before)
    spent = time.monotonic() - begin
    say(f"{done.records:,} records in {spent:.1f} s ({done.records / spent:,.1f}/s) into {log.storage.shown}")
    print_state(lake_state(log), OUT)
    drop_done(log, found)
    if failed is not None:
        fail(str(failed))
    if done.records and not done.articles:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(done.reasons.items()))
        fail(f"not one of {done.records} records could be taken in: {reasons}; see: copytaster dead-letters")


def archives_for(patterns: Sequence[str], lake: str) -> list[Archive]:
    """The archives that the patterns name, each content once, none of the lake's own files; `-` is left out.

    Raises ArchiveError where nothing is left, or one is of a kind that is not read: before anything is planned.
    """
    if not patterns:
        raise ArchiveError("no archive was named before --; give a file, a glob such as 'archive/*.jsonl.gz', or a URL")
    storage = Storage(lake)
    inside = (storage.path(""), f"{lake.rstrip('/')}/")
    urls = [
        url
        for url in expand([pattern for pattern in patterns if pattern != "-"])
        if not url.removeprefix("file://").startswith(inside) or is_kept(url, storage)
    ]
    found = {archive.name: archive for archive in map(open_archive, urls)}
    if not found and "-" not in patterns:
        raise ArchiveError(f"{', '.join(patterns)}: all matches lie in the lake {lake} itself; name other archives")
    refused = []
    for archive in found.values():
        try:
            check_readable(archive)
        except ArchiveError as error:
            refused.append(str(error))
    if refused:
        raise ArchiveError("; ".join([*refused, "nothing was planned"]))
    return list(found.values())


def standard_input(lake: Storage) -> Archive:
    """Standard input as an archive in the lake. Raises ArchiveError where it is of a kind that is not read."""
    archive = open_archive(keep(sys.stdin.buffer, lake))
    try:
        check_readable(archive)
    except ArchiveError:
        drop(archive.url, lake)
        raise
    return archive


def drop_done(log: LakeLog, archives: Sequence[Archive]) -> None:
    """Removes standard input that is taken in from the lake."""
    for archive in archives:
        if is_kept(archive.url, log.storage) and is_done(log, archive):
            drop(archive.url, log.storage)


def split_beam_flags(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The archives, and Beam's own flags, which stand behind `--` and start with one."""
    first = next((i for i, argument in enumerate(arguments) if argument.startswith("--")), len(arguments))
    return list(arguments[:first]), list(arguments[first:])


def published(log: LakeLog, archives: Sequence[Archive]) -> Tally:
    """What the published blocks of the archives add up to."""
    return Tally.total(log.tally(log.progress(archive.name)) for archive in archives)
