"""Dates in figures: "2025-11-28", "11/28/2025", "23/Sep/2020"."""

from __future__ import annotations

import functools
import re
from datetime import date, datetime

import dateparser

from copytaster.extract.times.dates import moment_in
from copytaster.extract.times.moments import Moment
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading, at
from copytaster.extract.times.timeline import Timeline

FIGURES = re.compile(r"(?<!\d)(\d{1,4})[/.-](\d{1,2})[/.-](\d{2,4})(?!\d)")
CLOCK = re.compile(r"(?<!\d)(\d{1,2}:\d{2})(:\d{2})?(?:\.\d+)?(?: ?(Z|[+-]\d{2}:\d{2}))?")


def read_numeric(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "2025-11-28", "11/28/2025", "23/Sep/2020", "2015-12"; the outlet's country tells day from month."""
    monthly = phrase.get("monthly")
    if monthly:
        left, right = monthly.replace("/", "-").split("-")
        year, month = (left, right) if len(left) == 4 else (right, left)
        if len(left) == 4 and int(month) == (int(year) + 1) % 100:  # "the 2009-10 budget"
            first = Moment("year", date(int(year), 1, 1))
            days = (first.start, first.shift(1).end)
            return at(first, value=f"{year}/{int(year) + 1}", interval=days)
        moment = moment_in(int(year), int(month), 0)
        return at(moment) if moment else None
    text = timeline.story.text[phrase.start : phrase.end]
    parts = phrase.all("month") + phrase.all("day") + phrase.all("year")
    is_named = len(parts) == 3 and not phrase.has("time")
    if is_named and not (phrase.has("month") and phrase.has("day") and phrase.has("year")):
        return None
    country = timeline.story.article.outlet.country
    order = "DMY" if "." in text or (country and country != "US") else "MDY"
    found = parse_numeric(phrase.get("stamp") or text, order, timeline.language)
    if found is None:
        return None
    day, clock = found
    return at(Moment("day", day, clock))


@functools.lru_cache(maxsize=4096)
def parse_numeric(text: str, order: str, language: str) -> tuple[date, str] | None:
    """Day and clock ("T15:50:06", "" without one) of a date in figures; `order` as "MDY". Figures alone are read here,
    what holds a month's name or a time by dateparser, which knows the many ways to write these.
    """
    cleaned = text.strip("=-").replace(" @ ", " ")
    figures = FIGURES.search(cleaned)
    day: date | None
    if figures:
        day = figure_date([int(part) for part in figures.groups()], order, len(figures.group(3)) == 2)
    else:
        settings = {"DATE_ORDER": order, "RELATIVE_BASE": datetime(2000, 1, 1), "PARSERS": ["absolute-time"]}
        try:
            parsed = dateparser.parse(cleaned, languages=[language], settings=settings)
        except (ValueError, OverflowError, TypeError):
            parsed = None
        day = parsed.date() if parsed else None
    clock = CLOCK.search(cleaned)
    return (
        (day, "T" + clock.group(1).zfill(5) + (clock.group(2) or "") + (clock.group(3) or ""))
        if day and clock
        else (day, "")
        if day
        else None
    )


def figure_date(parts: list[int], order: str, is_short: bool) -> date | None:
    """The day that three figures name: the year first, else in the order given, else in the other if only that fits."""
    if parts[0] > 31:
        choices = [(parts[0], parts[1], parts[2])]
    else:
        year = parts[2] + (0 if not is_short else 2000 if parts[2] < 40 else 1900)
        choices = [(year, parts[0], parts[1]), (year, parts[1], parts[0])]
        if order == "DMY":
            choices.reverse()
    for choice in choices:
        try:
            return date(*choice)
        except ValueError:
            continue
    return None
