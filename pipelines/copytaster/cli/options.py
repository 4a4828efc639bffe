"""Flags that several commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from copytaster.settings import Settings

if TYPE_CHECKING:
    from copytaster.sources.schema_registry import SchemaRegistry


def setting(name: str, *flags: str) -> Any:
    """The flag of a setting: what it is for, and its default, stand in one place."""
    about = Settings.model_fields[name]
    return typer.Option(*flags, help=about.description, show_default=str(about.default) or "none")


Lake = Annotated[str | None, setting("lake")]
Model = Annotated[str | None, setting("model")]
Format = Annotated[str | None, setting("format")]
DefaultZone = Annotated[str | None, setting("default_zone")]
Workers = Annotated[int | None, setting("workers")]
MaxRecords = Annotated[int | None, setting("max_records")]
MaxBytes = Annotated[int | None, setting("max_bytes")]
Brokers = Annotated[str | None, setting("brokers")]
Topics = Annotated[list[str] | None, setting("topic")]
SchemaRegistryUrl = Annotated[str | None, setting("schema_registry")]
Runner = Annotated[str | None, setting("runner")]
LogLevel = Annotated[str | None, setting("log_level")]
Catalog = Annotated[
    str | None,
    typer.Option(
        help="Iceberg catalog of the editions, by the name of its pyiceberg configuration; else one in the lake."
    ),
]
Publish = Annotated[bool, typer.Option("--publish", help="Make editions too, meanwhile and at the end.")]
Every = Annotated[
    str, typer.Option(help="With --follow or --publish: an edition is due when a block has waited this long.")
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
