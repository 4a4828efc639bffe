"""`copytaster status` and `copytaster look`: what a lake holds."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

import typer

from copytaster.cli.lakes import existing_lake
from copytaster.cli.options import Brokers, Lake
from copytaster.cli.program import app
from copytaster.cli.terminal import OUT, fail, say
from copytaster.console import print_state, told_damage
from copytaster.editions.cuts import Cuts, read_cut
from copytaster.lake.log import LakeLog
from copytaster.lake.state import lake_state
from copytaster.lake.verification import glance
from copytaster.settings import settings_from

MOST_WAITING = 1_000
"""Blocks that wait for an edition that are counted: each is a read."""


@app.command()
def status(
    lake: Lake = None,
    topic: Annotated[str | None, typer.Option(help="Show the lag of this topic too.")] = None,
    brokers: Brokers = None,
    allow_plaintext: Annotated[
        bool, typer.Option("--allow-plaintext", help="Speak plain text to brokers on other machines.")
    ] = False,
) -> None:
    """What the lake holds and what is left to do."""
    settings = settings_from({"lake": lake, "topic": topic, "brokers": brokers})
    log = existing_lake(settings)
    troubles = glance(log, log.partitions())
    if troubles:
        fail(told_damage(troubles))
    print_state(lake_state(log), OUT)
    if troubles is None:
        say("Whether the files of published blocks are all there, `copytaster verify` tells.")
    if (told := editions_told(log)) is not None:
        say(told)
    if topic is None and brokers is None:
        return
    from copytaster.sources.kafka import KafkaTopic
    from copytaster.sources.topic_watch import TopicWatch

    for name in settings.topics:
        watch = TopicWatch(log, KafkaTopic(settings.brokers, name, allow_plaintext=allow_plaintext))
        _, lag = watch.look()
        watch.close()
        for partition, behind in sorted(lag.items()):
            OUT.print(f"{name}/{partition}: {behind:,} offsets not published", highlight=False)


def editions_told(log: LakeLog) -> str | None:
    """The last edition, and what waits for the next; None in a lake without editions."""
    cuts = Cuts.of(log)
    cut = read_cut(log, cuts.marks.edition)
    if cut is None:
        return None
    now = datetime.now(UTC)
    waiting = list(islice(cuts.waiting(), MOST_WAITING + 1))
    told = f"edition {cut.edition}, cut {(now - cut.cut_at).total_seconds():,.0f} s ago; "
    if not waiting:
        return told + "no published block waits for the next"
    more = "more than " if len(waiting) > MOST_WAITING else ""
    oldest = (now - min(manifest.published_at for manifest in waiting)).total_seconds()
    return told + f"{more}{min(len(waiting), MOST_WAITING):,} blocks wait for the next, the oldest for {oldest:,.0f} s"


@app.command()
def look(lake: Lake = None, rows: Annotated[int, typer.Option(min=1, help="Rows of each.")] = 6) -> None:
    """A few quotes and events of the lake."""
    from copytaster.look import look_into  # imports DuckDB, which no other command needs

    OUT.print(look_into(existing_lake(settings_from({"lake": lake})).storage, rows))
