"""Dates as producers write them, to moments in time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from copytaster.records import Precision

FIRST_YEAR = 1605
"""Of the first newspaper (the Relation of Strasbourg): a date before it is a default value such as 0001-01-01."""

FORM = re.compile(
    r"(?P<day>\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}-?\d)"
    r"(?:(?:[T_]|\s+)(?P<clock>\d{2}(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?)?)"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
"""RFC 3339 and its usual variants: a space for the T, no colons, no seconds, no zone."""

MAIL_FORM = re.compile(
    r"(?:[A-Z][a-z]{2},\s*)?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})?(?: (?:[+-]\d{4}|[A-Z]{1,4}))?"
)
"""RFC 2822, as feeds write it: `Fri, 21 Nov 2025 14:20:00 GMT`."""

TOLERANCE = timedelta(days=1)
"""How far ahead of its record a date may lie: clocks and time zones differ."""


class Moment(NamedTuple):
    """A moment in time and how well it is known."""

    at: datetime
    precision: Precision
    is_naive: bool = False
    """Written without a time zone; the default one was taken."""


def parse_moment(text: str, default_zone: tzinfo = UTC) -> Moment | None:
    """The moment that a text names, or None where it names none, such as `0000-00-00`.

    A bare date is midnight in the default zone, exact to the day. A leap second is the second before it.
    """
    text = text.strip()
    try:
        if match := FORM.fullmatch(text):
            moment = from_parts(match, default_zone)
        elif MAIL_FORM.fullmatch(text):
            moment = from_mail(text, default_zone)
        else:
            return None
        in_range = moment.at.astimezone(UTC).year >= FIRST_YEAR
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return moment if in_range else None


def from_parts(match: re.Match[str], default_zone: tzinfo) -> Moment:
    """`parse_moment` of RFC 3339."""
    day, clock, zone = match["day"], match["clock"], match["zone"]
    if clock is None:
        return Moment(datetime.fromisoformat(day).replace(tzinfo=default_zone), "day")
    if match["second"] == "60":
        clock = clock[: match.start("second") - match.start("clock")] + "59"
    at = datetime.fromisoformat(f"{datetime.fromisoformat(day).date().isoformat()}T{clock.replace(',', '.')}")
    precision: Precision = "second" if match["second"] else "minute" if match["minute"] else "hour"
    if zone is None:
        return Moment(at.replace(tzinfo=default_zone), precision, is_naive=True)
    offset = "+00:00" if zone.upper() in ("Z", "UTC", "GMT") else zone
    return Moment(at.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo), precision)


def from_mail(text: str, default_zone: tzinfo) -> Moment:
    """`parse_moment` of RFC 2822."""
    at = parsedate_to_datetime(text)
    precision: Precision = "second" if text.count(":") == 2 else "minute"
    if at.tzinfo is None:
        return Moment(at.replace(tzinfo=default_zone), precision, is_naive=True)
    return Moment(at, precision)


def is_future(moment: datetime, reference: datetime | None) -> bool:
    """Whether a date lies more than a day after the record that carries it; False where that is not known."""
    return reference is not None and moment - reference > TOLERANCE
