"""`copytaster changes`: what the editions since one have changed."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer

from copytaster.cli.lakes import existing_lake
from copytaster.cli.options import Lake
from copytaster.cli.program import app
from copytaster.cli.terminal import say
from copytaster.settings import settings_from


@app.command()
def changes(
    lake: Lake = None,
    since: Annotated[int, typer.Option(min=0, help="The last edition that is known already; 0: all.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each edition.")] = False,
) -> None:
    """The files that the editions since one have added, and the versions that they have removed."""
    settings = settings_from({"lake": lake})
    log = existing_lake(settings)
    from copytaster.editions.feed import changes_since  # pyiceberg takes a second that other commands need not pay

    last = since
    for edition in changes_since(log, since):
        last = edition.edition
        if as_json:
            typer.echo(json.dumps(dataclasses.asdict(edition), default=str))  # a line stays one, however long
            continue
        files = [file for of_table in edition.added.values() for file in of_table]
        say(
            f"Edition {edition.edition}: {len(edition.removed_versions):,} versions and {len(edition.removed_letters):,} dead "
            f"letters removed, {sum(file.rows for file in files):,} rows added in {len(files):,} files."
        )
    if not as_json and last == since:
        say(f"Nothing since edition {since}.")
