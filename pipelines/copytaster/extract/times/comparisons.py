"""Periods that figures are reported for and compared with: "the latest period", "a year earlier", "the same week last year"."""

from __future__ import annotations

from datetime import date

from copytaster.extract.times.dates import UNITS
from copytaster.extract.times.moments import GRANULARITIES, Moment, Unit, plus_days, plus_months
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading, at, from_text, unknown
from copytaster.extract.times.timeline import Timeline
from copytaster.records import TimeAnchor


def read_same_unit(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "the same week last year": a year before the last week named, or this one."""
    unit = UNITS.get(phrase.get("unit1") or "")
    if unit not in ("day", "week", "month"):
        return None
    mention = timeline.last(unit, skip_comparisons=True)
    start = mention.moment.start if mention else timeline.today
    if start is None:
        return unknown(granularity=GRANULARITIES[unit])
    moment = Moment.of(unit, plus_months(start, -12))
    if mention is None:
        return at(moment, anchor="publication", is_comparison=True)
    return from_text(moment, mention.index, is_comparison=True)


def read_period(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "the latest period", "the 1988 quarter", "the same period last year": counted from the quarter reported on."""
    mention = timeline.last_of("quarter")
    today = timeline.today
    if phrase.get("ref") == "latest" and mention is None and "Y" not in phrase.all("unit"):
        if today is None:
            return unknown(granularity="quarter")
        return at(Moment.of("quarter", today).shift(-1), anchor="publication", confidence=0.7)
    year = next((int(v) for n in ("year", "wordyear") if (v := phrase.get(n))), None)
    unit: Unit = "quarter" if mention is not None or "Q" in phrase.all("unit1") else "year"
    if unit == "year":
        if year is not None:
            return at(Moment("year", date(year, 1, 1))) if year > 0 else None
        if today is None or not (phrase.has("ago") or phrase.has("earlier") or "last" in phrase.all("ref")):
            return None
        return at(Moment.of("year", today).shift(-1), anchor="publication", is_comparison=True)
    base = mention.moment if mention else Moment.of("quarter", today).shift(-1) if today else None
    if base is None:
        return unknown(granularity="quarter")
    index = mention.index if mention else None
    anchor: TimeAnchor = "text" if mention else "publication"
    is_earlier = (
        phrase.has("ago") or phrase.has("earlier") or "last" in phrase.all("ref") or "previous" in phrase.all("ref")
    )
    if year is not None:
        base = base.shift(4 * (year - base.start.year))
    elif is_earlier:
        base = base.shift(-4)
    is_comparison = is_earlier or bool(today and base.end < plus_days(today, -270))
    return at(base, anchor=anchor, anchor_time=index, is_comparison=is_comparison)


def read_year_ago(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "year-ago", "the year-earlier quarter"."""
    if phrase.get("unit1") == "Y":
        is_named = "Q" in phrase.all("unit1") or phrase.has("period")
        return read_period(phrase, timeline) if is_named else year_comparison(1, timeline)
    unit = UNITS.get(phrase.get("unit1") or "")
    if unit is None:
        return None
    mention = timeline.last(unit)
    if mention is None:
        return at(Moment.of(unit, timeline.today).shift(-1), anchor="publication") if timeline.today else unknown()
    return from_text(Moment.of(unit, mention.moment.start).shift(-1), mention.index)


def year_comparison(years: int, timeline: Timeline) -> Reading:
    """Reads "a year ago", "a year earlier": where a quarter is reported on, the same quarter of that year; else the year."""
    mention = timeline.reported_quarter
    if mention is not None:
        return from_text(mention.moment.shift(-4 * years), mention.index, is_comparison=True)
    if timeline.today is None:
        return unknown(granularity="year")
    return at(Moment.of("year", timeline.today).shift(-years), anchor="publication", is_comparison=True)
