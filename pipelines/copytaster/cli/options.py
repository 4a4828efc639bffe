"""Flags that several commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from copytaster.parse import FORMATS
from copytaster.settings import Settings

if TYPE_CHECKING:
    from copytaster.sources.schema_registry import SchemaRegistry

Lake = Annotated[str | None, typer.Option(help="Folder or fsspec URL of the lake.")]
Model = Annotated[str | None, typer.Option(help="Installed spaCy pipeline.")]
Format = Annotated[
    str | None,
    typer.Option(help=f"Shape of the input: {', '.join(FORMATS)}."),
]
Runner = Annotated[str | None, typer.Option(help="local, or flink (its address in Beam's flags behind --).")]
SchemaRegistryUrl = Annotated[
    str | None, typer.Option("--schema-registry", help="Address of the schema registry, http(s)://host:port.")
]
BEAM_FLAGS = {"allow_extra_args": True, "ignore_unknown_options": False}


def registry_of(settings: Settings, *, allow_plaintext: bool) -> SchemaRegistry | None:
    """The schema registry of the settings, if there is one. Raises TopicError where it may not be asked."""
    if not settings.schema_registry:
        return None
    from copytaster.sources.schema_registry import SchemaRegistry

    registry = SchemaRegistry(settings.schema_registry)
    registry.check(allow_plaintext=allow_plaintext)
    return registry
