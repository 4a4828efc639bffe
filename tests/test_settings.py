"""Settings: what is not known is refused with the value and what fits, and what is offered works."""

from __future__ import annotations

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
