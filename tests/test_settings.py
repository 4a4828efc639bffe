"""Settings: what is not known is refused with the value and what fits, and what is offered works."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pydantic
import pytest
from typer.testing import CliRunner

from copytaster.cli import app
from copytaster.cli.terminal import OUT
from copytaster.parse import FORMATS, parse_record
from copytaster.records import RawRecord
from copytaster.settings import UnknownVariableError, settings_from


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_the_settings_is_one_that_parses(name: str) -> None:
    """A name that the command line takes is a name that the parser knows."""
    parse_record(RawRecord(b"{}", 0), format=settings_from({"format": name}).format)


@pytest.mark.parametrize(("setting", "value"), [("format", "newsplease"), ("default_zone", "Europe/Nowhere")])
def test_an_unknown_value_is_named(setting: str, value: str) -> None:
    """The error has the value and a cure."""
    with pytest.raises(pydantic.ValidationError, match=f"'{value}' is no .*; use"):
        settings_from({setting: value})


def test_a_metrics_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """Before anything is planned, with what to do about it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "copytaster.cli", "run", "--lake", str(tmp_path / "lake")]
        done = subprocess.run([*command, "--metrics-port", port], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"metrics_port {port} of 127.0.0.1: Address already in use; name a port that is free" in " ".join(
        done.stderr.split()
    )


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("COPYTASTER_BROKER", "COPYTASTER_BROKERS"),
        ("COPYTASTER_KAFKA_SASL_USER", "COPYTASTER_KAFKA_SASL_USERNAME"),
        ("COPYTASTER_WORKER_COUNT", "COPYTASTER_WORKERS"),
        ("COPYTASTER_SCHEMA_REGISTRY_PASSWD", "COPYTASTER_SCHEMA_REGISTRY_PASSWORD"),
    ],
)
def test_a_variable_that_means_nothing_is_named(variable: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the one that is meant: what is not read would be missed in silence."""
    monkeypatch.setenv(variable, "x")
    with pytest.raises(UnknownVariableError, match=f"{variable} is set and means nothing; is {meant} meant"):
        settings_from({})
    monkeypatch.delenv(variable)
    monkeypatch.setenv(meant, "2")
    settings_from({})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("earliest", "earliest"),
        ("latest", "latest"),
        ("2026-03-01T06:00:00Z", 1_772_344_800_000),
        ("2026-03-01T07:00+01:00", 1_772_344_800_000),
        ("2026-03-01T07:00", 1_772_344_800_000),
    ],
)
def test_where_a_topic_starts(given: str, expected: str | int) -> None:
    """A time without a zone is in the default zone."""
    assert settings_from({"start_from": given, "default_zone": "Europe/Berlin"}).start == expected


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"start_from": "yesterday"}, "'yesterday' is no start; use earliest, latest or a time"),
        ({"topic": "news,Süd"}, "'Süd' is no name of a topic"),
        ({"value_format": "avro"}, "value_format avro needs schema_registry"),
    ],
)
def test_what_does_not_fit_is_named(flags: dict[str, str], told: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=told):
        settings_from(flags)


def test_several_topics() -> None:
    """Each once, in their order."""
    assert settings_from({"topic": "wire, desk,wire"}).topics == ["wire", "desk"]


def test_help_shows_defaults_and_the_program_its_version() -> None:
    """A flag's help and default are the setting's."""
    said = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200"}).output
    for name, default in (("--from", "earliest"), ("--group", "copytaster"), ("--metrics-host", "127.0.0.1")):
        assert re.search(rf"{name} .*\[default: \({default}\)\]", said), name
    version = CliRunner().invoke(app, ["--version"]).output
    assert re.fullmatch(r"copytaster \d+\.\d+\.\d+ \(extractor .+\)\n", version)
    assert "--install-completion" in CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output


def test_config_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the credentials of Kafka nor those in the lake's URL."""
    monkeypatch.setenv("COPYTASTER_LAKE", "sftp://ann:hunter2@store.example/lake?token=t0k3n")
    monkeypatch.setenv("COPYTASTER_KAFKA_SASL_PASSWORD", "hunter2")
    monkeypatch.setattr(OUT, "width", 200)  # one line a setting
    shown = CliRunner().invoke(app, ["config"])
    assert shown.exit_code == 0
    assert "sftp://store.example/lake" in shown.output
    assert "hunter2" not in shown.output
    assert "t0k3n" not in shown.output
