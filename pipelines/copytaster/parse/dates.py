"""Dates as producers write them, to moments in time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from copytaster.records import Precision

FIRST_YEAR = 1605
"""Of the first newspaper (the Relation of Strasbourg): a date before it is a default value such as 0001-01-01."""

FORM = re.compile(
    r"(?P<day>\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}-?\d)"
    r"(?:(?:[T_]|,?\s+)(?P<clock>\d{2}(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?)?)"
    r"\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?Z?)?(?:\s*\[?(?P<place>[A-Z]\w{0,13}(?:/[A-Z][\w+-]{1,29})*)\]?)?)?",
    re.IGNORECASE,
)
"""RFC 3339 and its usual variants: a space for the T, no colons, no seconds, no zone, a zone by its place (Java, PHP)."""

MAIL_FORM = re.compile(
    r"(?:[A-Z][a-z]{2,8},?\s*)?\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{4} \d{2}:\d{2}(?::\d{2})?(?: (?:[+-]\d{4}|[A-Z]{1,4}))?"
)
"""RFC 2822, as feeds write it: `Fri, 21 Nov 2025 14:20:00 GMT`."""

CTIME_FORM = re.compile(
    r"[A-Z][a-z]{2},? (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2})(?P<early> \d{4})? (?P<clock>\d{2}:\d{2}:\d{2})"
    r"(?: (?P<zone>[A-Z]{1,5}(?:[+-]\d{2}:?\d{2})?|[+-]\d{4}))?(?P<late> \d{4})?(?: \([^()]{1,60}\))?"
)
"""How programs write a date when nobody tells them how: JavaScript (`Fri Nov 21 2025 15:20:00 GMT+0100 (CET)`), C, Java."""

PROSE_FORM = re.compile(
    r"(?:[A-Z][a-z]{2,8}\.?,?\s+)?"
    r"(?:(?P<month>[A-Z][a-z]{2,8})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?|(?P<day2>\d{1,2})(?:st|nd|rd|th)?[ -](?P<month2>[A-Z][a-z]{2,8})\.?)"
    r"[, -]\s*(?P<year>\d{4})"
    r"(?:,?\s+(?:at\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s+(?P<zone>[A-Z]{1,5}|[+-]\d{2}:?\d{2}))?)?",
    re.IGNORECASE,
)
"""As pages print it: `November 21, 2025 2:20 pm EST`, `21 Nov. 2025`."""

FIGURES_FORM = re.compile(
    r"(?:(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})|(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year2>\d{4}))"
    r"(?P<rest>[T ,].{1,30})?"
)
"""`2025/11/21`, `21/11/2025`, `21.11.2025`, with whatever clock after it."""

COMPACT_FORM = re.compile(r"(?:19|20)\d{12}|(?:19|20)\d{10}(?=\Z)")
"""`20251121142000` and `202511211420`, in one piece."""

EPOCH_FORM = re.compile(r"-?(\d{9,19})(?:\.(\d{1,9}))?")
DOT_NET_FORM = re.compile(r"/Date\((-?\d{9,15})(?:[+-]\d{4})?\)/")

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 60, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "SAST": 120,
    "EAT": 180, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
    "EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}  # fmt: skip
"""Minutes east of Greenwich, where an abbreviation has one meaning in news (`IST` and `CST` have several)."""
DAYLIGHT = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
"""What US outlets print the whole year round."""

TOLERANCE = timedelta(days=1)
"""How far ahead of its record a date may lie: clocks and time zones differ."""


class Moment(NamedTuple):
    """A moment in time and how well it is known."""

    at: datetime
    precision: Precision
    is_naive: bool = False
    """Written without a time zone; the default one was taken."""


def parse_moment(text: str, default_zone: tzinfo = UTC) -> Moment | None:
    """The moment that a text names, or None where it names none (`0000-00-00`) or one of two (`03/04/2025`).

    A bare date is midnight in the default zone, exact to the day. A leap second is the second before it. A number of
    nine digits or more is Unix time in seconds, milli-, micro- or nanoseconds, whichever is near.
    """
    text = " ".join(text[:100].split()) if len(text) <= 100 else ""
    for form, read in READERS:
        if match := form.fullmatch(text):
            try:
                moment = read(match, default_zone)
                in_range = moment is not None and moment.at.astimezone(UTC).year >= FIRST_YEAR
            except (ValueError, OverflowError, TypeError, IndexError, OSError):
                continue
            if in_range:
                return moment
    return None


def from_parts(match: re.Match[str], default_zone: tzinfo) -> Moment:
    """`parse_moment` of RFC 3339."""
    day, clock, zone, place = match["day"], match["clock"], match["zone"], match["place"]
    if clock is None:
        return Moment(datetime.fromisoformat(day).replace(tzinfo=default_zone), "day")
    if match["second"] == "60":
        clock = clock[: match.start("second") - match.start("clock")] + "59"
    at = datetime.fromisoformat(f"{datetime.fromisoformat(day).date().isoformat()}T{clock.replace(',', '.')}")
    precision: Precision = "second" if match["second"] else "minute" if match["minute"] else "hour"
    if zone is None and place is None:
        return Moment(at.replace(tzinfo=default_zone), precision, is_naive=True)
    return zoned(at, zone or place, precision, default_zone)


def named_zone(name: str) -> tzinfo:
    """The zone of an offset, an abbreviation or a place. Raises ValueError where it is none that is known."""
    upper = name.upper()
    if upper in ZONES:
        return UTC if not ZONES[upper] else timezone(timedelta(minutes=ZONES[upper]))
    if upper in DAYLIGHT:
        return ZoneInfo(DAYLIGHT[upper])
    if offset := upper.removeprefix("UTC").removeprefix("GMT"):
        if offset[0] in "+-":
            zone = datetime.fromisoformat(f"2000-01-01T00:00{offset.removesuffix('Z')}").tzinfo
            return zone or UTC
        if "/" in name:
            try:
                return ZoneInfo("/".join(part.strip() for part in name.split("/")))
            except (KeyError, OSError) as error:
                raise ValueError(f"no time zone {name}") from error
    raise ValueError(f"no time zone {name}")


def from_mail(match: re.Match[str], default_zone: tzinfo) -> Moment:
    """`parse_moment` of RFC 2822."""
    at = parsedate_to_datetime(match[0])
    precision: Precision = "second" if match[0].count(":") == 2 else "minute"
    if at.tzinfo is None:
        zone = match[0].rpartition(" ")[2].upper()
        if zone in ZONES:
            return Moment(at.replace(tzinfo=named_zone(zone)), precision)
        return Moment(at.replace(tzinfo=default_zone), precision, is_naive=True)
    return Moment(at, precision)


def from_ctime(match: re.Match[str], default_zone: tzinfo) -> Moment:
    """`parse_moment` of what programs write by themselves. Raises ValueError without a year."""
    year = (match["early"] or match["late"] or "").strip()
    at = datetime.fromisoformat(f"{year}-{month_number(match['month']):02}-{int(match['day']):02}T{match['clock']}")
    return zoned(at, match["zone"], "second", default_zone)


def from_prose(match: re.Match[str], default_zone: tzinfo) -> Moment:
    """`parse_moment` of a printed date."""
    day = int(match["day"] or match["day2"])
    month = month_number(match["month"] or match["month2"])
    if match["hour"] is None:
        return Moment(datetime(int(match["year"]), month, day, tzinfo=default_zone), "day")
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"hour {hour} of half a day")
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    at = datetime(int(match["year"]), month, day, hour, int(match["minute"]), int(match["second"] or 0))
    return zoned(at, match["zone"], "second" if match["second"] else "minute", default_zone)


def from_figures(match: re.Match[str], default_zone: tzinfo) -> Moment | None:
    """`parse_moment` of a date in figures: None where day and month could be either."""
    if match["year"]:
        year, month, day = match["year"], match["month"], match["day"]
    else:
        year, day, month = match["year2"], match["first"], match["second"]
        if match["mark"] != ".":  # dots are German, Russian, …: the day stands first
            if int(month) > 12:
                day, month = month, day
            elif int(day) <= 12 and day != month:
                return None
    rest = match["rest"] or ""
    for written in (f"{year}-{int(month):02}-{int(day):02}{rest}", f"{day} {MONTHS[int(month) - 1]} {year}{rest}"):
        for form, read in ((FORM, from_parts), (PROSE_FORM, from_prose)):
            if found := form.fullmatch(written):
                return read(found, default_zone)
    return None


def from_compact(match: re.Match[str], default_zone: tzinfo) -> Moment | None:
    """`parse_moment` of date and clock in one piece."""
    return parse_moment(f"{match[0][:8]}T{match[0][8:]}", default_zone)


def from_epoch(match: re.Match[str], _: tzinfo) -> Moment:
    """`parse_moment` of Unix time, in the unit that brings it between 1973 and 2286."""
    digits, fraction = match[1], match[2]
    unit = 10 ** max(0, 3 * ((len(digits) - 8) // 3)) if len(digits) > 10 else 1
    whole, rest = divmod(int(digits), unit)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole, microseconds=rest * 1_000_000 // unit)
    if fraction and unit == 1:
        at += timedelta(microseconds=int(f"{fraction[:6]:0<6}"))
    if match[0].startswith("-"):
        raise ValueError("before 1970: a number that stands for none")
    return Moment(at, "second")


def from_dot_net(match: re.Match[str], zone: tzinfo) -> Moment | None:
    """`parse_moment` of .NET's JSON."""
    return parse_moment(match[1], zone)


def zoned(at: datetime, zone: str | None, precision: Precision, default_zone: tzinfo) -> Moment:
    """The moment of a wall clock in a zone by its name; in the default one where the name could be several zones'."""
    if zone is None:
        return Moment(at.replace(tzinfo=default_zone), precision, is_naive=True)
    try:
        return Moment(at.replace(tzinfo=named_zone(zone)), precision)
    except ValueError:
        if not zone.isalpha():
            raise
        return Moment(at.replace(tzinfo=default_zone), precision, is_naive=True)


def month_number(name: str) -> int:
    """1 to 12 of an English month or its abbreviation. Raises ValueError."""
    return MONTHS.index(name[:3].lower()) + 1


READERS = (
    (FORM, from_parts),
    (MAIL_FORM, from_mail),
    (CTIME_FORM, from_ctime),
    (COMPACT_FORM, from_compact),
    (EPOCH_FORM, from_epoch),
    (DOT_NET_FORM, from_dot_net),
    (FIGURES_FORM, from_figures),
    (PROSE_FORM, from_prose),
)
"""The forms in the order in which they are tried."""


def is_future(moment: datetime, reference: datetime | None) -> bool:
    """Whether a date lies more than a day after the record that carries it; False where that is not known."""
    return reference is not None and moment - reference > TOLERANCE
