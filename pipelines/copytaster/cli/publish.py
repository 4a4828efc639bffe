"""`copytaster publish`: editions of a lake."""

from __future__ import annotations

import re
import signal
import threading
from typing import Annotated

import typer

from copytaster.cli.lakes import existing_lake
from copytaster.cli.options import Lake
from copytaster.cli.program import app
from copytaster.cli.terminal import say
from copytaster.logs import set_up_logging
from copytaster.settings import settings_from

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds_of(text: str) -> float:
    """A length of time as the flags have it: 60s, 15m, 12h, 7d. Raises typer.BadParameter where it is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not found:
        raise typer.BadParameter(f"{text!r} is no length of time; write a number and s, m, h or d, such as 60s or 7d")
    return float(found[1]) * UNITS[found[2]]


@app.command()
def publish(
    lake: Lake = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until stopped.")] = False,
    every: Annotated[
        str, typer.Option(help="With --follow: an edition is due when a block has waited this long.")
    ] = "60s",
    max_articles: Annotated[int, typer.Option(min=1, help="Records of an edition at most, to the block.")] = 20_000,
    catalog: Annotated[
        str | None, typer.Option(help="Iceberg catalog by its pyiceberg configuration; else one in the lake.")
    ] = None,
) -> None:
    """Makes editions of what the lake has published: Iceberg tables with the version of each article that holds."""
    settings = settings_from({"lake": lake})
    set_up_logging(settings.log_level)
    age = seconds_of(every)
    log = existing_lake(settings)
    from copytaster.editions.catalog import open_tables  # pyiceberg takes a second that other commands need not pay
    from copytaster.editions.holdings import Holdings
    from copytaster.editions.publishing import Publisher

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Holdings(log.storage) as holdings:
        publisher = Publisher(log, open_tables(log, catalog), holdings)
        count = 0
        while True:
            for made in publisher.publish(max_articles):
                count += 1
                say(
                    f"Edition {made.edition}: {made.records:,} records, {made.removed:,} versions replaced or withdrawn."
                )
                if stop.is_set():
                    break
            if not follow or stop.is_set():
                break
            while not stop.wait(min(age, 2.0)) and not publisher.waits(max_articles, age):
                pass
            if stop.is_set():
                break
        if not count:
            say(f"Nothing to do: no published block of {settings.lake} waits for an edition.")
