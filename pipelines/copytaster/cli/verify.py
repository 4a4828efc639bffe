"""`copytaster verify`: whether a lake is whole."""

from __future__ import annotations

from typing import Annotated

import typer

from copytaster.cli.lakes import existing_lake
from copytaster.cli.options import Lake
from copytaster.cli.program import app
from copytaster.cli.terminal import say
from copytaster.lake.log import LakeLog
from copytaster.lake.opening import ruin
from copytaster.lake.storage import Storage
from copytaster.lake.verification import verify_lake
from copytaster.settings import settings_from


@app.command()
def verify(
    lake: Lake = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Names and sizes only, without reading the tables' files.")
    ] = False,
) -> None:
    """Looks whether every plan, manifest and file of the lake is there and what it was, and names all that is not.

    Exit code 1 where anything is wrong.
    """
    settings = settings_from({"lake": lake})
    log = LakeLog(Storage(settings.lake))
    if ruin(log.storage) is None:
        log = existing_lake(settings)
    seen = verify_lake(log, quick=quick)
    for trouble in seen.troubles:
        say(str(trouble))
    edition_wrongs = wrong_editions(log, quick=quick)
    for wrong in edition_wrongs:
        say(wrong)
    looked = f"{seen.blocks:,} published blocks with {seen.files:,} files{' (sizes only)' if quick else ''}"
    if seen.unpublished:
        looked += f"; {seen.unpublished:,} planned blocks are still to do: run the same command again"
    if seen.under_way:
        looked += f"; {seen.under_way:,} files of attempts at these"
    count = len(seen.troubles) + len(edition_wrongs)
    say(f"{looked}: {f'{count:,} troubles' if count else 'the lake is whole'}")
    if count:
        raise typer.Exit(1)


def wrong_editions(log: LakeLog, *, quick: bool) -> list[str]:
    """What is wrong with the lake's editions, if it has any."""
    from copytaster.editions.checking import edition_troubles, existing_tables  # pyiceberg: only where it is needed

    tables = existing_tables(log)
    return [] if tables is None else list(edition_troubles(log, tables, quick=quick))
