"""The command line: settings from flags, a call into the package, and what to print."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import pydantic
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from copytaster.annotate import installed_version, load_model
from copytaster.console import extraction_view, lake_state, print_state
from copytaster.contracts import stale_contracts, write_contracts
from copytaster.extract import extract_many
from copytaster.lake.files import begin_lake
from copytaster.lake.log import LakeError, LakeLog
from copytaster.lake.storage import Storage, StorageError
from copytaster.logs import VARIABLE, set_up_logging
from copytaster.metrics import JobMetrics
from copytaster.parse import FORMATS, parse_record
from copytaster.records import Failure, RawRecord
from copytaster.settings import Settings, settings_from
from copytaster.sources.archive import Archive, ArchiveError, expand, open_archive
from copytaster.sources.planning import check_unchanged, is_done
from copytaster.tables import SCHEMAS, extractor_version, rows_of

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Reads the news wire: entities, quotes and events out of articles, into Parquet tables.",
)
OUT = Console()
ERR = Console(stderr=True)

Lake = Annotated[str | None, typer.Option(help="Folder or fsspec URL of the lake.")]
Model = Annotated[str | None, typer.Option(help="Installed spaCy pipeline.")]
Format = Annotated[
    str | None,
    typer.Option(help=f"Shape of the input: {', '.join(FORMATS)}."),
]
Runner = Annotated[str | None, typer.Option(help="local, or flink (its address in Beam's flags behind --).")]
TOLD = (LakeError, ArchiveError, StorageError, OSError)
"""Errors whose message names what is wrong and the cure."""

BEAM_FLAGS = {"allow_extra_args": True, "ignore_unknown_options": False}


@app.command(context_settings=BEAM_FLAGS)
def backfill(
    archives: Annotated[
        list[str],
        typer.Argument(
            help="Archives: paths, globs or fsspec URLs of .jsonl[.gz|.zst], .parquet, .warc[.gz]. What follows -- goes to Beam."
        ),
    ],
    lake: Lake = None,
    workers: Annotated[int | None, typer.Option(help="Processes.")] = None,
    model: Model = None,
    format: Format = None,
    max_records: Annotated[int | None, typer.Option(help="Records of a block at most.")] = None,
    max_bytes: Annotated[int | None, typer.Option(help="Bytes of a block's records at most.")] = None,
    default_zone: Annotated[str | None, typer.Option(help="Time zone of input times that have none.")] = None,
    accept_version: Annotated[bool, typer.Option(help="Go on in a lake that another version began.")] = False,
    runner: Runner = None,
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
        }
    )
    set_up_logging(settings.log_level)
    found = archives_for(patterns, settings.lake)
    log = open_lake(settings, accept_version=accept_version)
    for archive in found:
        check_unchanged(log, archive)
    if all(is_done(log, archive) for archive in found):
        say(f"Nothing to do: every block of {len(found)} archives is published in {settings.lake}.")
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_backfill)
    from copytaster.beam.jobs import run_backfill  # imports Beam, which takes a second that other commands need not pay

    begin = time.monotonic()
    before = sum(count_published(log, archive) for archive in found)
    with progress_bar(log, found), dying_with_workers():
        run_backfill([archive.url for archive in found], settings, beam_flags)
    done = sum(count_published(log, archive) for archive in found) - before
    spent = time.monotonic() - begin
    say(f"{done:,} records in {spent:.1f} s ({done / spent:,.1f}/s) into {settings.lake}")
    print_state(lake_state(log), OUT)


@app.command(context_settings=BEAM_FLAGS)
def run(
    beam_flags: Annotated[list[str] | None, typer.Argument(help="What follows -- goes to Beam.")] = None,
    brokers: Annotated[str | None, typer.Option(help="Kafka brokers, host:port, several with commas.")] = None,
    topic: Annotated[str | None, typer.Option(help="Topic that articles arrive on.")] = None,
    lake: Lake = None,
    workers: Annotated[int | None, typer.Option(help="Processes.")] = None,
    model: Model = None,
    format: Format = None,
    once: Annotated[bool, typer.Option(help="Take in what the topic holds now, and exit.")] = False,
    max_records: Annotated[int | None, typer.Option(help="Records of a block at most.")] = None,
    max_bytes: Annotated[int | None, typer.Option(help="Bytes of a block's records at most.")] = None,
    max_latency: Annotated[float | None, typer.Option(help="Seconds until a block is cut that is not full.")] = None,
    dead_letter_topic: Annotated[
        str | None, typer.Option(help="Topic that dead letters are sent to besides the table.")
    ] = None,
    metrics_port: Annotated[int | None, typer.Option(help="Port of /metrics and /healthz.")] = None,
    accept_version: Annotated[bool, typer.Option(help="Go on in a lake that another version began.")] = False,
    accept_loss: Annotated[
        bool, typer.Option(help="Go on where the broker no longer has what is planned; the manifest says how much.")
    ] = False,
    allow_plaintext: Annotated[bool, typer.Option(help="Speak plain text to brokers on other machines.")] = False,
    runner: Runner = None,
    flink_rest: Annotated[str | None, typer.Option(help="Flink's REST address, to cancel the job at the end.")] = None,
) -> None:
    """A Kafka topic into the lake, until stopped. Killed or moved, it goes on where it was; nothing is lost or doubled."""
    settings = settings_from(
        {
            "brokers": brokers,
            "topic": topic,
            "lake": lake,
            "workers": workers,
            "model": model,
            "format": format,
            "max_records": max_records,
            "max_bytes": max_bytes,
            "max_latency": max_latency,
            "dead_letter_topic": dead_letter_topic,
            "metrics_port": metrics_port,
            "runner": runner,
            "flink_rest": flink_rest,
        }
    )
    set_up_logging(settings.log_level)
    open_lake(settings, accept_version=accept_version)
    from copytaster.sources.kafka import KafkaTopic

    source = KafkaTopic(
        settings.brokers,
        settings.topic,
        accept_loss=accept_loss,
        allow_plaintext=allow_plaintext,
        dead_letter_topic=settings.dead_letter_topic,
        group=settings.group,
    )
    metrics = JobMetrics()
    if settings.metrics_port:
        try:
            metrics.serve(settings.metrics_port)
        except OSError as error:
            fail(f"metrics_port {settings.metrics_port}: {error.strerror}; name a port that is free, or 0 for none")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if settings.runner == "flink":
        if once:
            raise typer.BadParameter("on Flink the job does not end by itself; use --runner local", param_hint="--once")
        from copytaster.beam.flink import run_stream

        run_stream(settings, source, beam_flags or [], stop, metrics)
        sys.stderr.flush()
        os._exit(0)  # the channels to Flink that are still open abort an orderly end
    from copytaster.beam.streaming import StreamJob

    StreamJob(settings, source, metrics, stop).run(once=once)


@app.command()
def extract(
    file: Annotated[
        Path,
        typer.Argument(
            help="One article as JSON of any format that backfill reads, or as plain text (.txt) or HTML.",
            exists=True,
            dir_okay=False,
        ),
    ],
    table: Annotated[str | None, typer.Option(help="Show only this table.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The rows as JSON.")] = False,
    model: Model = None,
    format: Format = None,
) -> None:
    """One article, to look at."""
    settings = settings_from({"model": model, "format": format})
    if table is not None and table not in SCHEMAS:
        raise typer.BadParameter(f"{table!r} is no table; one of {', '.join(SCHEMAS)}", param_hint="--table")
    record = file_record(file)
    article = parse_record(record, format=settings.format)
    if isinstance(article, Failure):
        fail(f"{file}: {article.reason}: {article.message}")
    (found,) = extract_many([article], load_model(settings.model))
    if isinstance(found, Failure):
        fail(f"{file}: {found.reason}: {found.message}")
    if as_json:
        rows: dict[str, Any] = rows_of(found, record, file.name)
        print(json.dumps(rows if table is None else rows[table], indent=2, ensure_ascii=False, default=str))
    elif table in ("articles", "dead_letters"):
        raise typer.BadParameter(f"{table} is shown with --json only", param_hint="--table")
    else:
        OUT.print(extraction_view(found, table))


@app.command()
def status(
    lake: Lake = None,
    topic: Annotated[str | None, typer.Option(help="Show the lag of this topic too.")] = None,
    brokers: Annotated[str | None, typer.Option(help="Kafka brokers, host:port, several with commas.")] = None,
    allow_plaintext: Annotated[bool, typer.Option(help="Speak plain text to brokers on other machines.")] = False,
) -> None:
    """What the lake holds and what is left to do."""
    settings = settings_from({"lake": lake, "topic": topic, "brokers": brokers})
    log = existing_lake(settings)
    print_state(lake_state(log), OUT)
    if topic is None and brokers is None:
        return
    from copytaster.sources.kafka import KafkaTopic
    from copytaster.sources.topic_planning import TopicWatch

    source = KafkaTopic(settings.brokers, settings.topic, allow_plaintext=allow_plaintext)
    watch = TopicWatch(log, source)
    _, lag = watch.look()
    watch.close()
    for partition, behind in sorted(lag.items()):
        OUT.print(f"{settings.topic}/{partition}: {behind:,} offsets not published", highlight=False)


@app.command()
def look(lake: Lake = None, rows: Annotated[int, typer.Option(min=1, help="Rows of each.")] = 6) -> None:
    """A few quotes and events of the lake."""
    from copytaster.look import look_into  # imports DuckDB, which no other command needs

    OUT.print(look_into(existing_lake(settings_from({"lake": lake})).storage, rows))


@app.command("dead-letters")
def dead_letters(
    lake: Lake = None,
    show: Annotated[str | None, typer.Option(help="Show the dead letter with this id, whole.")] = None,
    redrive: Annotated[bool, typer.Option("--redrive", help="Send them through again, after a fix.")] = False,
    workers: Annotated[int | None, typer.Option(help="Processes, with --redrive.")] = None,
    model: Model = None,
    format: Format = None,
    default_zone: Annotated[str | None, typer.Option(help="Time zone of input times that have none.")] = None,
    accept_version: Annotated[bool, typer.Option(help="Go on in a lake that another version began.")] = False,
) -> None:
    """What could not be taken in and still is not, by stage and reason."""
    from copytaster.look import dead_letter_view, dead_letters_view

    settings = settings_from(
        {"lake": lake, "workers": workers, "model": model, "format": format, "default_zone": default_zone}
    )
    storage = existing_lake(settings).storage
    if redrive:
        set_up_logging(settings.log_level)
        send_through_again(open_lake(settings, accept_version=accept_version), settings)
    if show is None:
        OUT.print(dead_letters_view(storage))
    elif (view := dead_letter_view(storage, show)) is None:
        fail(f"no dead letter {show!r} in {storage.url}; `copytaster dead-letters` lists their ids")
    else:
        OUT.print(view)


@app.command()
def schemas(
    folder: Annotated[Path, typer.Argument(help="Where the contracts are.")] = Path("schemas"),
    check: Annotated[bool, typer.Option(help="Write nothing; fail where a file is not what the code says.")] = False,
) -> None:
    """Writes the published contracts of input and tables."""
    if not check:
        write_contracts(folder)
    elif stale := stale_contracts(folder):
        fail(f"{folder}: {', '.join(stale)} are not what the code says; run `copytaster schemas {folder}`")


@app.command()
def config() -> None:
    """The settings as they hold here, and what each is for."""
    settings = settings_from({})
    table = Table("setting", "value", "default", "")
    for name, about in Settings.model_fields.items():
        value, default = getattr(settings, name), about.default
        table.add_row(name, str(value), "" if value == default else str(default), about.description)
    OUT.print(table)


def send_through_again(log: LakeLog, settings: Settings) -> None:
    """Sends the dead letters of the lake through the pipeline once more, and says what came of it."""
    from copytaster.batch import Task
    from copytaster.beam.jobs import run_redrive
    from copytaster.sources.dead_letters import plan_redrive

    tasks = [Task(letters, block) for letters, block in plan_redrive(log, settings.limits)]
    if not tasks:
        say(f"Nothing to do: no dead letter of {settings.lake} is left.")
        return
    with dying_with_workers():
        run_redrive(tasks, settings)
    done = [manifest for task in tasks if (manifest := log.manifest(task.block)) is not None]
    taken, failed = sum(m.articles for m in done), sum(m.dead_letters for m in done)
    say(f"{taken + failed:,} dead letters sent through again: {taken:,} taken in, {failed:,} failed again.")


def archives_for(patterns: Sequence[str], lake: str) -> list[Archive]:
    """The archives that the patterns name, each content once, none of the lake's own files.

    Raises ArchiveError where nothing is left.
    """
    if not patterns:
        raise ArchiveError("no archive was named before --; give a file, a glob such as 'archive/*.jsonl.gz', or a URL")
    inside = (Storage(lake).path(""), f"{lake.rstrip('/')}/")
    urls = [url for url in expand(list(patterns)) if not url.removeprefix("file://").startswith(inside)]
    found = {archive.name: archive for archive in map(open_archive, urls)}
    if not found:
        raise ArchiveError(f"{', '.join(patterns)}: all matches lie in the lake {lake} itself; name other archives")
    return list(found.values())


def stop_backfill(*_: object) -> NoReturn:
    """Ends the program at once, which harms nothing: an unfinished block is done again by the next run."""
    ERR.print("stopped; run the same command again to go on", style="red")
    os._exit(130)


def say(message: str) -> None:
    """Prints a line as it is: a path may hold what looks like markup."""
    OUT.print(message, markup=False, highlight=False)


def open_lake(settings: Settings, *, accept_version: bool) -> LakeLog:
    """The log of the lake, begun if there is none. Raises VersionMismatchError where it is another version's."""
    log = LakeLog(Storage(settings.lake))
    begin_lake(log, extractor_version(), installed_version(settings.model), accept=accept_version)
    return log


def existing_lake(settings: Settings) -> LakeLog:
    """The log of the lake; ends the program where there is none."""
    log = LakeLog(Storage(settings.lake))
    if not log.storage.exists("_log/lake.json"):
        fail(f"there is no lake at {settings.lake}; `copytaster backfill ARCHIVE --lake {settings.lake}` makes one")
    return log


def file_record(file: Path) -> RawRecord:
    """The record that one file is: JSON, or a page by its ending; a .txt is an article's text."""
    data = file.read_bytes()
    if file.suffix.lower() in (".html", ".htm"):
        return RawRecord(data, offset=0, media_type="text/html")
    if file.suffix.lower() == ".txt":
        data = json.dumps({"text": data.decode("utf-8", "replace")}).encode()
    return RawRecord(data, offset=0)


def split_beam_flags(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The archives, and Beam's own flags, which stand behind `--` and start with one."""
    first = next((i for i, argument in enumerate(arguments) if argument.startswith("--")), len(arguments))
    return list(arguments[:first]), list(arguments[first:])


def count_published(log: LakeLog, archive: Archive) -> int:
    """How many of an archive's records are in published blocks."""
    return log.progress(archive.name).published_offsets


@contextmanager
def progress_bar(log: LakeLog, archives: Sequence[Archive]) -> Iterator[None]:
    """Shows how many records are published of those planned, as the log says, until the block ends."""
    stop = threading.Event()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("records"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=ERR,
    )
    task = bar.add_task("planning", total=None)

    def show() -> None:
        begin = time.monotonic()
        states = [log.roll_up(log.progress(archive.name)) for archive in archives]
        complete = all(state.is_planned for state in states)
        bar.update(
            task,
            description="extracting" if complete else "planning",
            total=sum(state.planned_offsets for state in states) if complete else None,
            completed=sum(state.published_offsets for state in states),
        )
        # a log of many thousand blocks takes its time to read: never spend more than a twentieth of it here
        stop.wait(max(0.5, 20 * (time.monotonic() - begin)))

    def watch() -> None:
        while not stop.is_set():
            show()

    thread = threading.Thread(target=watch, daemon=True)
    with bar:
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(timeout=30)
            show()


@contextmanager
def dying_with_workers() -> Iterator[None]:
    """Ends the program when one of Beam's worker processes dies, for which its in-process runner would wait for ever."""
    before = threading.excepthook

    def hook(problem: threading.ExceptHookArgs) -> None:
        if problem.thread is None or problem.thread.name != "run_worker":
            before(problem)
            return
        ERR.print(
            f"[red]a worker process died ({problem.exc_value}), perhaps for want of memory. The lake is whole: run the "
            f"same command again to go on, with fewer --workers if it was memory"
        )
        sys.stderr.flush()
        os._exit(70)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


def fail(message: str) -> NoReturn:
    """Ends the program with a message and exit code 1."""
    ERR.print(message, style="red", highlight=False, markup=False)
    raise typer.Exit(1)


def main() -> None:
    """The program; errors that the user can mend are told without a traceback."""
    try:
        app()
    except pydantic.ValidationError as error:
        for problem in error.errors():
            name = "/".join(str(part) for part in problem["loc"])
            ERR.print(f"setting {name}: {problem['msg']}; got {problem['input']!r}", style="red", markup=False)
        sys.exit(2)
    except Exception as error:
        if os.environ.get(VARIABLE) == "debug":
            raise
        # what Beam raises holds the whole traceback of the step, whose last line says what it is
        message = str(error).strip().split(" [while running")[0].split("\n")[-1]
        if isinstance(error, TOLD):
            ERR.print(message, style="red", highlight=False, markup=False)
        else:
            told = f"{type(error).__name__}: {message} ({VARIABLE}=debug shows where)"
            ERR.print(told, style="red", highlight=False, markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
