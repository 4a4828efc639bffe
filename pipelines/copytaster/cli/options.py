"""Flags that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from copytaster.parse import FORMATS

Lake = Annotated[str | None, typer.Option(help="Folder or fsspec URL of the lake.")]
Model = Annotated[str | None, typer.Option(help="Installed spaCy pipeline.")]
Format = Annotated[
    str | None,
    typer.Option(help=f"Shape of the input: {', '.join(FORMATS)}."),
]
Runner = Annotated[str | None, typer.Option(help="local, or flink (its address in Beam's flags behind --).")]
BEAM_FLAGS = {"allow_extra_args": True, "ignore_unknown_options": False}
