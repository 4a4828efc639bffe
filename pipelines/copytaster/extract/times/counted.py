"""Units that are counted within a longer one: "the first week of 2015", "the last Friday of March", "week 31"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from copytaster.extract.times.dates import MONTH_BIAS, UNITS, moment_in, shifted_year, unit_around, year_of
from copytaster.extract.times.moments import Moment, Unit, plus_days
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading, at, unknown
from copytaster.extract.times.timeline import Timeline, nearest
from copytaster.records import TimeAnchor


def read_nth(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "the first week of 2015", "the last Friday of March", "the third month of next year"."""
    ordinal = int(phrase.get("ordinal") or 0)
    if phrase.has("ref") and not ordinal:
        if phrase.get("ref") != "last":
            return None
        ordinal = -1
    letters = phrase.all("unit1")
    weekday = phrase.get("weekday")
    inner = (
        "day"
        if weekday
        else "weekend"
        if phrase.slots and phrase.has("weekend")
        else UNITS.get(letters[0] if letters else "")
    )
    outer = outer_of_nth(phrase, timeline, letters, bool(weekday) or phrase.has("weekend"))
    if inner is None or outer is None or ordinal == 0:
        return None
    moment, anchor_time, is_relative = outer
    found = nth_in(moment, inner, ordinal, int(weekday) if weekday else None)
    if found is None or found.start > moment.end:
        return None
    anchor = ("publication" if anchor_time is None else "text") if is_relative else "none"
    return at(found, anchor=anchor, anchor_time=anchor_time)


def outer_of_nth(
    phrase: Phrase, timeline: Timeline, letters: list[str], has_own: bool
) -> tuple[Moment, int | None, bool] | None:
    """The stretch in which something is counted: a month, a year, "next year"; and whether it is relative."""
    year = year_of(phrase, timeline)
    if phrase.has("month"):
        month = int(phrase.get("month") or 1)
        if year is None:
            if timeline.today is None:
                return None
            candidates = [m for y in (-1, 0, 1) if (m := moment_in(timeline.today.year + y, month, 0))]
            direction = timeline.direction(phrase.start, phrase.end)
            return nearest(candidates, timeline.today, direction, MONTH_BIAS), None, True
        found = moment_in(year, month, 0)
        return (found, None, False) if found else None
    if year is not None:
        return (Moment("year", date(year, 1, 1)), None, False) if 1 <= year <= 9999 else None
    own = letters if has_own else letters[1:]
    unit = UNITS.get(own[0]) if own else None
    if unit is None:
        return None
    if not phrase.has("ordinal"):  # "the last week of the month": "last" is no part of the month's name
        at = next(i for i, (name, _) in enumerate(phrase.slots) if name == "ref")
        phrase = replace(phrase, slots=phrase.slots[:at] + phrase.slots[at + 1 :])
    around = unit_around(phrase, unit, timeline)
    return (*around, True) if around else None


def nth_in(outer: Moment, unit: Unit, nth: int, weekday: int | None) -> Moment | None:
    """The nth unit (or weekday) in a stretch; counted from its end when negative. Weeks of a year are ISO weeks."""
    if weekday is not None:
        if nth > 0:
            day = plus_days(outer.start, (weekday - outer.start.isoweekday()) % 7)
            return Moment("day", plus_days(day, 7 * (nth - 1)))
        return Moment("day", plus_days(outer.end, -((outer.end.isoweekday() - weekday) % 7)))
    if unit == "week" and outer.unit == "year":
        first = Moment.of("week", date(outer.start.year, 1, 4))
        return first.shift(nth - 1) if nth > 0 else Moment.of("week", date(outer.start.year, 12, 28))
    if unit == "week" and outer.unit == "month":  # the first and the last week are those with most of their days in it
        return Moment.of("week", plus_days(outer.start, 3) if nth > 0 else plus_days(outer.end, -3)).shift(
            max(0, nth - 1)
        )
    if nth < 0:
        return Moment.of(unit, outer.end)
    first = Moment.of(unit, outer.start)
    if unit in ("week", "weekend") and first.start < outer.start:
        first = first.shift(1)
    return first.shift(nth - 1)


def read_week_number(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "week 31", "the week 3 of 2027"."""
    number = phrase.get("number") or ""
    year = year_of(phrase, timeline)
    anchor: TimeAnchor = "none"
    if year is None:
        found = shifted_year(phrase, timeline) if phrase.has("ref") else None
        year = found[0] if found else timeline.today.year if timeline.today else None
        anchor = "publication"
    if year is None:
        return unknown(granularity="week")
    if not number.isdigit() or not 1 <= int(number) <= 53 or not 1 <= year <= 9998:
        return None
    return at(Moment.of("week", date(year, 1, 4)).shift(int(number) - 1), anchor=anchor)
