"""What the program shows while it works, and how it ends."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from copytaster.console import Terminal
from copytaster.lake.log import LakeLog
from copytaster.redaction import redacted
from copytaster.sources.archive import Archive

OUT = Terminal()
ERR = Terminal(stderr=True)


def say(message: str) -> None:
    """Prints a line as it is: a path may hold what looks like markup."""
    OUT.print(redacted(message), highlight=False)


def fail(message: str) -> NoReturn:
    """Ends the program with a message and exit code 1."""
    ERR.print(redacted(message), style="red", highlight=False)
    raise typer.Exit(1)


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


def stop_backfill(*_: object) -> NoReturn:
    """Ends the program at once, which harms nothing: an unfinished block is done again by the next run."""
    told = "stopped; run the same command again to go on\n"
    if ERR.is_terminal:
        told = f"\r\x1b[2K\x1b[?25h{told}"  # over the progress bar and the ^C; the bar had hidden the cursor
    os.write(2, told.encode())  # past the console, which would draw the bar again
    os._exit(130)
