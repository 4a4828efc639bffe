"""`copytaster publish`: editions of a lake."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from copytaster.cli.lakes import existing_lake
from copytaster.cli.options import BEAM_FLAGS, Catalog, Every, Lake, Runner, Workers
from copytaster.cli.program import app
from copytaster.cli.terminal import say
from copytaster.logs import set_up_logging
from copytaster.settings import Settings, settings_from

if TYPE_CHECKING:
    from copytaster.editions.cuts import Cut
    from copytaster.editions.made import Made
    from copytaster.lake.log import LakeLog

LOG = structlog.get_logger(__name__)

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def length_of(text: str) -> timedelta:
    """A length of time as the flags have it: 60s, 15m, 12h, 7d. Raises typer.BadParameter where it is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not found:
        raise typer.BadParameter(f"{text!r} is no length of time; write a number and s, m, h or d, such as 60s or 7d")
    return timedelta(seconds=float(found[1]) * UNITS[found[2]])


def told(made: Made) -> None:
    """Says that an edition is made."""
    say(f"Edition {made.edition}: {made.records:,} records, {made.removed:,} versions replaced or withdrawn.")


@app.command(context_settings=BEAM_FLAGS)
def publish(
    context: typer.Context,
    lake: Lake = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until stopped.")] = False,
    every: Every = "60s",
    max_articles: Annotated[int, typer.Option(min=1, help="Records of an edition at most, to the block.")] = 20_000,
    compact: Annotated[bool, typer.Option("--compact", help="Rewrite each day of a table into few files.")] = False,
    keep: Annotated[str, typer.Option(help="How long snapshots stay, for time travel.")] = "7d",
    drop_blocks_after: Annotated[
        str | None, typer.Option(help="Drop files of blocks whose rows have been in editions this long, such as 30d.")
    ] = None,
    catalog: Catalog = None,
    runner: Runner = None,
    workers: Workers = None,
) -> None:
    """Makes editions of what the lake has published: Iceberg tables with the version of each article that holds."""
    if follow and compact:
        raise typer.BadParameter(
            "with --follow only crowded days are rewritten; run it beside, without", param_hint="--compact"
        )
    settings = settings_from({"lake": lake, "runner": runner, "workers": workers})
    if follow and settings.runner == "flink":
        raise typer.BadParameter(
            "a batch on Flink has an end; run it without, as often as you like", param_hint="--follow"
        )
    if context.args and settings.runner == "local":
        raise typer.BadParameter(f"{' '.join(context.args)}: Beam's flags need --runner flink")
    set_up_logging(settings.log_level)
    log = existing_lake(settings)
    from copytaster.editions.following import Policy, publish_once  # pyiceberg: a second that others need not pay
    from copytaster.editions.following import follow as go_on

    policy = Policy(
        max_articles=max_articles,
        age=length_of(every).total_seconds(),
        keep=length_of(keep),
        drop_blocks_after=length_of(drop_blocks_after) if drop_blocks_after else None,
        compact=compact,
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if follow:
        go_on(log, catalog, policy, stop, told)
    elif not publish_once(log, catalog, policy, stop, told, maker(log, catalog, settings, context.args)):
        say(f"Nothing to do: no published block of {settings.lake} waits for an edition.")


def maker(
    log: LakeLog, catalog: str | None, settings: Settings, beam_flags: Sequence[str]
) -> Callable[[Cut], Made] | None:
    """How an edition is made where not in this process."""
    if settings.runner == "local":
        return None
    from copytaster.beam.editions import flink_options, make_on_beam

    return lambda cut: make_on_beam(log, cut, catalog, flink_options(settings, beam_flags))


@contextmanager
def publishing(log: LakeLog, catalog: str | None, every: str, *, asked: bool) -> Iterator[None]:
    """Makes editions while the body works, and a last one at its end, where that is `asked` for."""
    if not asked:
        yield
        return
    from copytaster.editions.following import Policy, followed

    policy = Policy(age=length_of(every).total_seconds())
    with followed(log, catalog, policy, lambda made: LOG.info("published", edition=made.edition)):
        yield
