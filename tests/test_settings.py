"""Settings: what is not known is refused with the value and what fits, and what is offered works."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pydantic
import pytest

from copytaster.parse import FORMATS, parse_record
from copytaster.records import RawRecord
from copytaster.settings import settings_from


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
