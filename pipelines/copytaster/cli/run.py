"""`copytaster run`: a topic into the lake."""

from __future__ import annotations

import os
import signal
import sys
import threading
from importlib.metadata import version
from typing import Annotated

import typer

from copytaster.cli.lakes import open_lake
from copytaster.cli.options import (
    BEAM_FLAGS,
    Brokers,
    Catalog,
    DefaultZone,
    Every,
    Format,
    Lake,
    LogLevel,
    MaxBytes,
    MaxRecords,
    Model,
    Publish,
    Runner,
    SchemaRegistryUrl,
    Topics,
    Workers,
    registry_of,
    setting,
)
from copytaster.cli.program import app
from copytaster.cli.publish import publishing
from copytaster.cli.terminal import fail
from copytaster.logs import set_up_logging
from copytaster.metrics import JobMetrics
from copytaster.models import installed_version
from copytaster.settings import Settings, settings_from
from copytaster.versions import extractor_version


@app.command(context_settings=BEAM_FLAGS)
def run(
    beam_flags: Annotated[list[str] | None, typer.Argument(help="What follows -- goes to Beam.")] = None,
    brokers: Brokers = None,
    topic: Topics = None,
    start_from: Annotated[str | None, setting("start_from", "--from")] = None,
    lake: Lake = None,
    workers: Workers = None,
    model: Model = None,
    format: Format = None,
    default_zone: DefaultZone = None,
    once: Annotated[bool, typer.Option("--once", help="Take in what the topic holds now, and exit.")] = False,
    max_records: MaxRecords = None,
    max_bytes: MaxBytes = None,
    max_latency: Annotated[float | None, setting("max_latency")] = None,
    value_format: Annotated[str | None, setting("value_format")] = None,
    schema_registry: SchemaRegistryUrl = None,
    empty_value: Annotated[str | None, setting("empty_value")] = None,
    dead_letter_topic: Annotated[str | None, setting("dead_letter_topic")] = None,
    group: Annotated[str | None, setting("group")] = None,
    metrics_port: Annotated[int | None, setting("metrics_port")] = None,
    metrics_host: Annotated[str | None, setting("metrics_host")] = None,
    accept_version: Annotated[
        bool, typer.Option("--accept-version", help="Go on in a lake that another version began.")
    ] = False,
    accept_loss: Annotated[
        bool,
        typer.Option(
            "--accept-loss", help="Go on where the broker no longer has what is planned; the manifest says how much."
        ),
    ] = False,
    allow_plaintext: Annotated[
        bool, typer.Option("--allow-plaintext", help="Speak plain text to other machines.")
    ] = False,
    runner: Runner = None,
    flink_rest: Annotated[str | None, setting("flink_rest")] = None,
    log_level: LogLevel = None,
    publish: Publish = False,
    every: Every = "60s",
    catalog: Catalog = None,
) -> None:
    """Kafka topics into the lake, until stopped. Killed or moved, it goes on where it was; nothing is lost or doubled."""
    settings = settings_from(
        {
            "brokers": brokers,
            "topic": ",".join(topic) if topic else None,
            "start_from": start_from,
            "lake": lake,
            "workers": workers,
            "model": model,
            "format": format,
            "default_zone": default_zone,
            "max_records": max_records,
            "max_bytes": max_bytes,
            "max_latency": max_latency,
            "value_format": value_format,
            "schema_registry": schema_registry,
            "empty_value": empty_value,
            "dead_letter_topic": dead_letter_topic,
            "group": group,
            "metrics_port": metrics_port,
            "metrics_host": metrics_host,
            "runner": runner,
            "flink_rest": flink_rest,
            "log_level": log_level,
        }
    )
    set_up_logging(settings.log_level)
    log = open_lake(settings, accept_version=accept_version)
    for name in settings.topics:
        log.identify(name, settings.reading, cure="Run it with what the topic was begun with, or into another lake")
    from copytaster.sources.kafka import KafkaTopic

    topics = [
        KafkaTopic(
            settings.brokers,
            name,
            accept_loss=accept_loss,
            allow_plaintext=allow_plaintext,
            dead_letter_topic=settings.dead_letter_topic,
            group=settings.group,
            start=settings.start,
            registry=registry_of(settings, allow_plaintext=allow_plaintext),
            empty_is_tombstone=settings.empty_value == "tombstone",
        )
        for name in settings.topics
    ]
    metrics = JobMetrics(build_of(settings))
    for source in topics:
        source.connection()  # what the environment says wrongly is told before anything is begun
        metrics.expect(source.topic)
    if settings.metrics_port:
        try:
            metrics.serve(settings.metrics_port, settings.metrics_host)
        except OSError as error:
            address = f"metrics_port {settings.metrics_port} of {settings.metrics_host}"
            fail(f"{address}: {error.strerror}; name a port that is free, or 0 for none")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if settings.runner == "flink":
        if once:
            raise typer.BadParameter("on Flink the job does not end by itself; use --runner local", param_hint="--once")
        from copytaster.beam.flink import run_stream

        with publishing(log, catalog, every, asked=publish):
            run_stream(settings, topics, beam_flags or [], stop, metrics)
        sys.stderr.flush()
        os._exit(0)  # the channels to Flink that are still open abort an orderly end
    from copytaster.beam.streaming import StreamJob

    with publishing(log, catalog, every, asked=publish):
        StreamJob(settings, topics, metrics, stop).run(once=once)


def build_of(settings: Settings) -> dict[str, str]:
    """The versions that run, as the metrics show them."""
    return {
        "version": version("copytaster"),
        "extractor_version": extractor_version(),
        "model_version": installed_version(settings.model),
    }
