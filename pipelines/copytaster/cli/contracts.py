"""`copytaster schemas` and `copytaster config`: what the program promises and how it is set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from copytaster.cli.program import app
from copytaster.cli.terminal import OUT, fail
from copytaster.contracts import stale_contracts, write_contracts
from copytaster.redaction import redacted
from copytaster.settings import Settings, settings_from


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
        table.add_row(name, redacted(str(value)), "" if value == default else str(default), about.description)
    OUT.print(table)
