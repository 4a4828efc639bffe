"""`copytaster dead-letters`: what could not be taken in, and sending it through again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from copytaster.cli.lakes import existing_lake, open_lake
from copytaster.cli.options import (
    DefaultZone,
    Format,
    Lake,
    LogLevel,
    Model,
    SchemaRegistryUrl,
    registry_of,
)
from copytaster.cli.program import app
from copytaster.cli.terminal import OUT, fail, say
from copytaster.lake.log import LakeLog
from copytaster.lake.opening import lake_settings
from copytaster.logs import set_up_logging
from copytaster.settings import Settings, settings_from

if TYPE_CHECKING:
    from copytaster.sources.schema_registry import SchemaRegistry


@app.command("dead-letters")
def dead_letters(
    lake: Lake = None,
    show: Annotated[str | None, typer.Option(help="Show the dead letter with this id, whole.")] = None,
    redrive: Annotated[bool, typer.Option("--redrive", help="Send them through again, after a fix.")] = False,
    workers: Annotated[int | None, typer.Option(help="Processes, with --redrive.")] = None,
    model: Model = None,
    format: Format = None,
    default_zone: DefaultZone = None,
    schema_registry: SchemaRegistryUrl = None,
    log_level: LogLevel = None,
    allow_plaintext: Annotated[
        bool, typer.Option(help="Ask a schema registry on another machine in plain text.")
    ] = False,
    accept_version: Annotated[bool, typer.Option(help="Go on in a lake that another version began.")] = False,
) -> None:
    """What could not be taken in and still is not, by stage and reason."""
    from copytaster.look import dead_letter_view, dead_letters_view

    settings = settings_from(
        {"lake": lake, "workers": workers, "model": model, "format": format, "default_zone": default_zone}
        | {"schema_registry": schema_registry, "log_level": log_level}
    )
    storage = existing_lake(settings).storage
    if redrive:
        set_up_logging(settings.log_level)
        registry = registry_of(settings, allow_plaintext=allow_plaintext)
        log = open_lake(settings, accept_version=accept_version, may_differ="format")
        if "format" not in settings.model_fields_set:
            settings = settings.model_copy(update={"format": lake_settings(log).get("format", settings.format)})
        send_through_again(log, settings, registry)
    if show is None:
        OUT.print(dead_letters_view(storage))
    elif (view := dead_letter_view(storage, show)) is None:
        fail(f"no dead letter {show!r} in {storage.url}; `copytaster dead-letters` lists their ids")
    else:
        OUT.print(view)


def send_through_again(log: LakeLog, settings: Settings, registry: SchemaRegistry | None) -> None:
    """Sends the dead letters of the lake through the pipeline once more, and says what came of it."""
    from copytaster.beam.runs import run_redrive
    from copytaster.sources.dead_letters import plan_redrive
    from copytaster.sources.tasks import Task

    rounds = plan_redrive(log, settings.limits, settings.format, registry)
    tasks = [Task(letters, block) for letters, block in rounds]
    if not tasks:
        say(f"Nothing to do: no dead letter of {settings.lake} is left.")
        return
    run_redrive(tasks, settings)
    done = [manifest for task in tasks if (manifest := log.manifest(task.block)) is not None]
    taken, failed = sum(m.articles - m.incomplete for m in done), sum(m.dead_letters for m in done)
    say(f"{taken + failed:,} dead letters sent through again: {taken:,} taken in, {failed:,} failed again.")
