"""Dates as producers write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copytaster.parse.dates import parse_moment

ZONE = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    ("text", "expected", "precision", "is_naive"),
    [
        ("2025-11-21T14:20:00Z", "2025-11-21T14:20:00+00:00", "second", False),
        ("2025-11-21t14:20:00.123456789z", "2025-11-21T14:20:00.123456+00:00", "second", False),
        ("2025-11-21T14:20:00,5-05:30", "2025-11-21T14:20:00.500000-05:30", "second", False),
        ("2025-11-21 14:20:00 UTC", "2025-11-21T14:20:00+00:00", "second", False),
        ("2025-11-21 14:20:00 +0200", "2025-11-21T14:20:00+02:00", "second", False),
        ("20251121T142000Z", "2025-11-21T14:20:00+00:00", "second", False),
        ("2025-11-21T14:20+02", "2025-11-21T14:20:00+02:00", "minute", False),
        ("2025-11-21T14", "2025-11-21T14:00:00+03:00", "hour", True),
        ("2025-11-21 14:20:00", "2025-11-21T14:20:00+03:00", "second", True),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00", "second", False),
        (" 2025-11-21 ", "2025-11-21T00:00:00+03:00", "day", False),
        ("20251121", "2025-11-21T00:00:00+03:00", "day", False),
        ("2024-02-29", "2024-02-29T00:00:00+03:00", "day", False),
        ("Fri, 21 Nov 2025 14:20:00 GMT", "2025-11-21T14:20:00+00:00", "second", False),
        ("21 Nov 2025 14:20 -0300", "2025-11-21T14:20:00-03:00", "minute", False),
        ("Fri, 21 Nov 2025 14:20:00 CET", "2025-11-21T14:20:00+01:00", "second", False),
        ("Friday, 21-Nov-2025 14:20:00 GMT", "2025-11-21T14:20:00+00:00", "second", False),
        (
            "Fri Nov 21 2025 15:20:00 GMT+0100 (Central European Standard Time)",
            "2025-11-21T15:20:00+01:00",
            "second",
            False,
        ),
        ("Fri Nov 21 14:20:00 2025", "2025-11-21T14:20:00+03:00", "second", True),
        ("Fri Nov 21 14:20:00 UTC 2025", "2025-11-21T14:20:00+00:00", "second", False),
        ("1763734800", "2025-11-21T14:20:00+00:00", "second", False),
        ("1763734800.25", "2025-11-21T14:20:00.250000+00:00", "second", False),
        ("1763734800123", "2025-11-21T14:20:00.123000+00:00", "second", False),
        ("1763734800123456", "2025-11-21T14:20:00.123456+00:00", "second", False),
        ("1763734800123456789", "2025-11-21T14:20:00.123456+00:00", "second", False),
        ("/Date(1763734800000+0200)/", "2025-11-21T14:20:00+00:00", "second", False),
        ("20251121142000", "2025-11-21T14:20:00+03:00", "second", True),
        ("2025-11-21T15:20:00+01:00[Europe/Paris]", "2025-11-21T15:20:00+01:00", "second", False),
        ("2025-11-21 15:20:00.000000 Europe/Paris", "2025-11-21T15:20:00+01:00", "second", False),
        ("2025-11-21 14:20:00 EST", "2025-11-21T14:20:00-05:00", "second", False),
        ("2025-11-21 14:20 IST", "2025-11-21T14:20:00+03:00", "minute", True),
        ("2025-11-21, 2:20 PM", "2025-11-21T14:20:00+03:00", "minute", True),
        ("November 21, 2025 2:20 p.m. ET", "2025-11-21T14:20:00-05:00", "minute", False),
        ("Friday, November 21, 2025 at 12:05 AM", "2025-11-21T00:05:00+03:00", "minute", True),
        ("21st Nov. 2025", "2025-11-21T00:00:00+03:00", "day", False),
        ("2025/11/21 14:20Z", "2025-11-21T14:20:00+00:00", "minute", False),
        ("21/11/2025", "2025-11-21T00:00:00+03:00", "day", False),
        ("11/21/2025 14:20", "2025-11-21T14:20:00+03:00", "minute", True),
        ("03.04.2025", "2025-04-03T00:00:00+03:00", "day", False),
    ],
)
def test_a_date_is_read(text: str, expected: str, precision: str, is_naive: bool) -> None:
    moment = parse_moment(text, ZONE)
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision, moment.is_naive) == (expected, precision, is_naive)


@pytest.mark.parametrize(
    "text",
    ["", "0000-00-00", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "2025-02-29", "2025-11-31", "2025-11-21T24:30:00Z",
     "2025-11-21T10:00:00+25:00", "2025", "2025-11", "yesterday", "03/04/2025", "21/13/2025", "0", "-1", "12345678",
     "-1763734800", "March 2025", "13:99 May 3, 2025", "May 3, 2025 14:20 pm", "2025-11-21 14:20 Mars/Phobos", "Fri, 41 Nov 2025 14:20:00 GMT",
     "9999-12-31T23:00:00-12:00", "２０２５-11-21x", "2025-11-21T10:00:00Z; DROP"],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_moment(text) is None


@given(st.text(max_size=30) | st.from_regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)?", fullmatch=True))
def test_no_text_makes_it_raise(text: str) -> None:
    parse_moment(text)


@given(st.datetimes(min_value=datetime(1700, 1, 1), timezones=st.just(ZONE)))
def test_what_python_writes_is_read(moment: datetime) -> None:
    found = parse_moment(moment.isoformat())
    assert found is not None
    assert found.at == moment
