"""`copytaster extract`: one article, to look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from copytaster.cli.options import Format, Model
from copytaster.cli.program import app
from copytaster.cli.terminal import OUT, fail
from copytaster.console import escaped, extraction_view, why_table
from copytaster.parse import parse_record
from copytaster.records import Failure, RawRecord
from copytaster.settings import settings_from
from copytaster.sources.archive import open_archive, read_records
from copytaster.tables import SCHEMAS, rows_of


@app.command()
def extract(
    file: Annotated[
        Path,
        typer.Argument(
            help="An archive of any kind that backfill reads, or one article as JSON, plain text (.txt) or HTML.",
            exists=True,
            dir_okay=False,
        ),
    ],
    number: Annotated[int, typer.Option(min=0, help="Which record of the file, from 0.")] = 0,
    table: Annotated[str | None, typer.Option(help="Show only this table.")] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Say of each row which rule made it, and on which words it rests.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The rows as JSON.")] = False,
    model: Model = None,
    format: Format = None,
) -> None:
    """One article, to look at."""
    settings = settings_from({"model": model, "format": format})
    if table is not None and table not in SCHEMAS:
        raise typer.BadParameter(f"{table!r} is no table; one of {', '.join(SCHEMAS)}", param_hint="--table")
    record = file_record(file, number)
    article = parse_record(record, format=settings.format)
    if isinstance(article, Failure):
        fail(f"{file}: {article.reason}: {article.message}")
    from copytaster.annotate import load_model  # spaCy, which other commands need not wait for
    from copytaster.extract import extract_many

    (found,) = extract_many([article], load_model(settings.model))
    if isinstance(found, Failure):
        fail(f"{file}: {found.reason}: {found.message}")
    if as_json:
        rows: dict[str, Any] = rows_of(found, record, file.name)
        told = rows if table is None else rows[table]
        print(escaped(json.dumps(told, indent=2, ensure_ascii=False, default=str)))
    elif table in ("articles", "dead_letters"):
        raise typer.BadParameter(f"{table} is shown with --json only", param_hint="--table")
    else:
        OUT.print(extraction_view(found, table))
        if why:
            OUT.print(why_table(found, table))


def file_record(file: Path, number: int) -> RawRecord:
    """The record of that number. Ends the program where the file has none."""
    found = next(iter(read_records(open_archive(str(file)), number, number + 1)), None)
    if found is None:
        fail(f"{file} has no record {number}; the first is 0")
    return found
