"""The program: its commands are the modules beside this one."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import Annotated

import pydantic
import typer

from copytaster.cli.terminal import ERR, say
from copytaster.lake.log import LakeError
from copytaster.lake.storage import StorageError
from copytaster.lean_process import collect_seldom
from copytaster.logs import VARIABLE
from copytaster.redaction import redacted
from copytaster.sources.archive import ArchiveError
from copytaster.versions import extractor_version

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # there may be passwords among them
)


def show_version(is_asked: bool) -> None:
    """Ends the program with its versions, where they are asked for."""
    if is_asked:
        say(f"copytaster {version('copytaster')} (extractor {extractor_version()})")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Reads the news wire: entities, quotes and events out of articles, into Parquet tables."""


TOLD = (LakeError, ArchiveError, StorageError, OSError)
"""Errors whose message names what is wrong and the cure."""


def main() -> None:
    """The program; errors that the user can mend are told without a traceback."""
    collect_seldom()
    try:
        app()
    except pydantic.ValidationError as error:
        for problem in error.errors():
            name = "/".join(str(part) for part in problem["loc"])
            told = redacted(f"setting {name}: {problem['msg']}; got {problem['input']!r}")
            ERR.print(told, style="red")
        sys.exit(2)
    except Exception as error:
        if os.environ.get(VARIABLE) == "debug":
            raise
        # what Beam raises holds the whole traceback of the step, whose last line says what it is
        message = redacted(str(error).strip().split(" [while running")[0].split("\n")[-1])
        if isinstance(error, TOLD):
            ERR.print(message, style="red", highlight=False)
        else:
            told = f"{type(error).__name__}: {message} ({VARIABLE}=debug shows where)"
            ERR.print(told, style="red", highlight=False)
        sys.exit(1)
