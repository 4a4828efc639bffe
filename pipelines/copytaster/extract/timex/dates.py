"""Dates, months, weekdays, seasons, quarters, years: the calendar's own names."""

from __future__ import annotations

import functools
import re
from datetime import date, datetime

import dateparser

from copytaster.extract.timex.moments import FINENESS, SEASONS, Moment, Unit, holiday_in, plus_days, plus_months
from copytaster.extract.timex.phrases import Phrase
from copytaster.extract.timex.readings import Reading, at, unknown
from copytaster.extract.timex.timeline import Direction, Timeline, nearest, weekday_near

UNITS: dict[str, Unit] = {
    "D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year", "E": "decade", "C": "century", "L": "millennium", "WE": "weekend"
}  # fmt: skip
"""The word list's letters of the calendar's units."""
STEPS = {
    "last": -1,
    "past": -1,
    "previous": -1,
    "this": 0,
    "current": 0,
    "next": 1,
    "coming": 1,
    "following": 1,
    "latest": -1,
}
"""How far from the present one the words lead."""
FIGURES = re.compile(r"(?<!\d)(\d{1,4})[/.-](\d{1,2})[/.-](\d{2,4})(?!\d)")
CLOCK = re.compile(r"(?<!\d)(\d{1,2}:\d{2})(:\d{2})?(?:\.\d+)?(?: ?(Z|[+-]\d{2}:\d{2}))?")
DAY_BIAS, MONTH_BIAS = 3, 3
"""How much farther a day and a month count that contradict the tense."""


def year_of(phrase: Phrase, timeline: Timeline) -> int | None:
    """The year that a phrase names in figures or words, two of them understood as near the publication."""
    for name in ("year", "wordyear"):
        found = phrase.get(name)
        if found:
            return int(found)
    short = phrase.get("yy") or phrase.get("shortyear") or phrase.get("linkedyear")
    if not short:
        return None
    if len(short) == 4 and short.isdigit():
        return int(short)
    last_two = int(short[-2:])
    pivot = (timeline.today.year if timeline.today else 2030) + 15
    return pivot - (pivot - last_two) % 100


def shifted_year(phrase: Phrase, timeline: Timeline) -> tuple[int, int | None] | None:
    """The year that "last year", "that year" in a phrase means, and the mention it counts from."""
    if phrase.has("that") or phrase.has("same") or phrase.get("ref") in ("following", "previous"):
        mention = timeline.last("year")
        if mention:
            return mention.moment.start.year + STEPS.get(phrase.get("ref") or "", 0), mention.index
    step = STEPS.get(phrase.get("ref") or "")
    if step is None or timeline.today is None:
        return None
    return timeline.today.year + step, None


def read_date(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "November 28", "Friday, Oct. 13", "28 November 2025", "June last year", "November"."""
    month = int(phrase.get("month") or 0)
    day = int(phrase.get("day") or phrase.get("ordinal") or 0)
    weekday = int(phrase.get("weekday") or 0)
    today = timeline.today
    if not month:
        return read_weekday_of_month(weekday, day, timeline)
    year = year_of(phrase, timeline)
    anchor_time = None
    is_relative = year is None
    if year is None and (phrase.has("unit") or phrase.has("unit1")):
        found = shifted_year(phrase, timeline)
        if found is None:
            return unknown(granularity="day" if day else "month")
        year, anchor_time = found
    if year is not None:
        moment = moment_in(year, month, day)
        if moment is None:
            return None
        anchor = ("text" if anchor_time is not None else "publication") if is_relative else "none"
        return at(moment, anchor=anchor, anchor_time=anchor_time)
    reference, anchor_time = today, None
    if reference is None:
        mention = timeline.last("year")
        if mention is None:
            return unknown(granularity="day" if day else "month")
        reference, anchor_time = mention.moment.start, mention.index
    candidates = [m for y in (-1, 0, 1) if (m := moment_in(reference.year + y, month, day)) is not None]
    if phrase.get("ref") in ("last", "past"):
        candidates = [m for m in candidates if m.end < reference][-1:]
    elif phrase.get("ref") in ("next", "coming"):
        candidates = [m for m in candidates if m.start > reference][:1]
    if weekday:
        candidates = [m for m in candidates if m.start.isoweekday() == weekday] or candidates
    if not candidates:
        return None
    direction = timeline.direction(phrase.start, phrase.end)
    moment = nearest(candidates, reference, direction, DAY_BIAS if day else MONTH_BIAS)
    return at(moment, anchor="publication" if anchor_time is None else "text", anchor_time=anchor_time, confidence=0.9)


def moment_in(year: int, month: int, day: int) -> Moment | None:
    """The day, or the month when `day` is 0; None where there is no such day."""
    try:
        return Moment("day", date(year, month, day)) if day else Moment("month", date(year, month, 1))
    except ValueError:
        return None


def read_weekday_of_month(weekday: int, day: int, timeline: Timeline) -> Reading | None:
    """ "Monday the 27th": the nearest month in which the day falls on that weekday."""
    today = timeline.today
    if today is None:
        return unknown(granularity="day")
    candidates = []
    for step in range(-6, 7):
        try:
            first = plus_months(today.replace(day=1), step)
            candidates.append(Moment("day", first.replace(day=day)))
        except (ValueError, OverflowError):
            continue
    fitting = [m for m in candidates if m.start.isoweekday() == weekday] or candidates
    if not fitting:
        return None
    return at(nearest(fitting, today, None, 1), anchor="publication", confidence=0.8)


def read_weekday(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "Friday", "last Friday", "that Friday", "Tuesday of last week"."""
    weekday = int(phrase.get("weekday") or 1)
    ref = phrase.get("ref")
    today = timeline.today
    if phrase.has("that") or phrase.has("same") or ref in ("following", "previous"):
        mention = timeline.last("day")
        if mention is not None:
            base = mention.moment.start
            if ref == "following":
                return at(
                    Moment("day", plus_days(base, (weekday - base.isoweekday() - 1) % 7 + 1)),
                    anchor="text",
                    anchor_time=mention.index,
                )
            back = (base.isoweekday() - weekday) % 7
            if ref == "previous":
                back = back or 7
            return at(Moment("day", plus_days(base, -back)), anchor="text", anchor_time=mention.index)
    if today is None:
        return unknown(granularity="day")
    monday = plus_days(today, 1 - today.isoweekday())
    if phrase.has("unit"):
        step = STEPS.get(ref or "", 1 if ref is None else 0)
        return at(Moment("day", plus_days(monday, 7 * step + weekday - 1)), anchor="publication")
    direction = timeline.direction(phrase.start, phrase.end)
    back = (today.isoweekday() - weekday) % 7
    if ref in ("last", "past"):
        day = plus_days(today, -(back or 7))
    elif ref == "previous":
        day = plus_days(monday, weekday - 8)
    elif ref in ("next", "following"):
        day = plus_days(monday, weekday + 6)
    elif ref == "coming":
        day = plus_days(today, 7 - back)
    elif ref in ("this", "current"):
        day = plus_days(monday, weekday - 1)
    else:
        day = weekday_near(today, weekday, direction)
    return at(Moment("day", day), anchor="publication", confidence=0.95 if direction or ref else 0.85)


def read_month(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "last November", "next May", "this September", "that March"."""
    month = int(phrase.get("month") or 1)
    ref = phrase.get("ref")
    if phrase.has("that") or phrase.has("same") or ref in ("following", "previous"):
        mention = timeline.last("year")
        if mention is not None:
            year = mention.moment.start.year
            if ref == "following" and month <= mention.moment.start.month:
                year += 1
            elif ref == "previous" and month >= mention.moment.start.month:
                year -= 1
            moment = moment_in(year, month, 0)
            return at(moment, anchor="text", anchor_time=mention.index) if moment else None
    today = timeline.today
    if today is None:
        return unknown(granularity="month")
    year = today.year
    if ref in ("last", "past", "previous", "latest"):
        year -= month >= today.month
    elif ref in ("next", "coming", "following"):
        year += month <= today.month
    moment = moment_in(year, month, 0)
    return at(moment, anchor="publication") if moment else None


def read_day_of_month(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "the 21st of this month", "the 15th day of next month"."""
    base = unit_around(phrase, "month", timeline)
    if base is None:
        return unknown(granularity="day")
    day = int(phrase.get("ordinal") or 1)
    moment, anchor_time = base
    found = moment_in(moment.start.year, moment.start.month, day)
    return (
        at(found, anchor="publication" if anchor_time is None else "text", anchor_time=anchor_time) if found else None
    )


def unit_around(phrase: Phrase, unit: Unit, timeline: Timeline) -> tuple[Moment, int | None] | None:
    """The unit that "last", "this", "that" in a phrase names, and the mention that it counts from."""
    ref = phrase.get("ref")
    if phrase.has("that") or phrase.has("same") or ref in ("following", "previous"):
        mention = timeline.last(unit)
        if mention is not None:
            return Moment.of(unit, mention.moment.start).shift(STEPS.get(ref or "", 0)), mention.index
    if timeline.today is None:
        return None
    return Moment.of(unit, timeline.today).shift(STEPS.get(ref or "", 0)), None


def read_nth(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "the first week of 2015", "the last Friday of March", "the third month of next year"."""
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
    around = unit_around(phrase, unit, timeline)
    return (*around, True) if around else None


def nth_in(outer: Moment, unit: Unit, nth: int, weekday: int | None) -> Moment | None:
    """The nth unit (or weekday) in a stretch; counted from its end when negative. Weeks of a year are ISO weeks."""
    if weekday is not None:
        if nth > 0:
            first = plus_days(outer.start, (weekday - outer.start.isoweekday()) % 7)
            return Moment("day", plus_days(first, 7 * (nth - 1)))
        return Moment("day", plus_days(outer.end, -((outer.end.isoweekday() - weekday) % 7)))
    if unit == "week" and outer.unit == "year":
        first = Moment.of("week", date(outer.start.year, 1, 4))
        return first.shift(nth - 1) if nth > 0 else Moment.of("week", date(outer.start.year, 12, 28))
    if nth < 0:
        return Moment.of(unit, outer.end)
    first = Moment.of(unit, outer.start)
    if unit in ("week", "weekend") and first.start < outer.start:
        first = first.shift(1)
    return first.shift(nth - 1)


def read_week_number(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "week 31", "the week 3 of 2027"."""
    number = phrase.get("number") or ""
    year = year_of(phrase, timeline)
    anchor = "none"
    if year is None:
        found = shifted_year(phrase, timeline) if phrase.has("ref") else None
        year = found[0] if found else timeline.today.year if timeline.today else None
        anchor = "publication"
    if year is None:
        return unknown(granularity="week")
    if not number.isdigit() or not 1 <= int(number) <= 53 or not 1 <= year <= 9998:
        return None
    return at(Moment.of("week", date(year, 1, 4)).shift(int(number) - 1), anchor=anchor)


def read_numeric(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "2025-11-28", "11/28/2025", "23/Sep/2020", "2015-12"; the outlet's country tells day from month."""
    monthly = phrase.get("monthly")
    if monthly:
        left, right = monthly.replace("/", "-").split("-")
        year, month = (left, right) if len(left) == 4 else (right, left)
        moment = moment_in(int(year), int(month), 0)
        return at(moment) if moment else None
    text = timeline.story.text[phrase.start : phrase.end]
    if len(phrase.all("month")) + len(phrase.all("day")) + len(phrase.all("year")) == 3 and not phrase.has("time"):
        if not (phrase.has("month") and phrase.has("day") and phrase.has("year")):
            return None
    country = timeline.story.article.outlet.country
    order = "DMY" if "." in text or (country and country != "US") else "MDY"
    found = parse_numeric(phrase.get("stamp") or text, order)
    if found is None:
        return None
    day, clock = found
    return at(Moment("day", day, clock))


@functools.lru_cache(maxsize=4096)
def parse_numeric(text: str, order: str) -> tuple[date, str] | None:
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
            parsed = dateparser.parse(cleaned, languages=["en"], settings=settings)
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


def read_season(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "the winter of 1994", "last fall", "this summer", "the summer"."""
    month = SEASONS[phrase.get("season") or "SU"]
    year = year_of(phrase, timeline)
    if year is not None:
        return at(Moment("season", date(year, month, 1))) if 1 <= year <= 9999 else None
    if phrase.has("unit"):
        found = shifted_year(phrase, timeline)
        if found is None:
            return unknown(granularity="season")
        return at(
            Moment("season", date(found[0], month, 1)),
            anchor="publication" if found[1] is None else "text",
            anchor_time=found[1],
        )
    ref = phrase.get("ref")
    if phrase.has("that") or phrase.has("same") or ref in ("following", "previous"):
        mention = timeline.last("year")
        if mention is not None:
            step = STEPS.get(ref or "", 0)
            return at(
                Moment("season", date(mention.moment.start.year + step, month, 1)),
                anchor="text",
                anchor_time=mention.index,
            )
    today = timeline.today
    if today is None:
        return unknown(granularity="season")
    candidates = [
        Moment("season", date(y, month, 1)) for y in range(max(1, today.year - 1), min(9998, today.year + 1) + 1)
    ]
    moment = chosen_season(candidates, ref, today, timeline.direction(phrase.start, phrase.end))
    return at(moment, anchor="publication", confidence=0.9)


def chosen_season(candidates: list[Moment], ref: str | None, today: date, direction: Direction | None) -> Moment:
    """Which year's season is meant: the last that is over, the next, this year's, or the nearest that fits the tense."""
    if ref in ("last", "previous", "latest"):
        return max((m for m in candidates if m.end < today), default=candidates[0], key=lambda m: m.start)
    if ref == "past":
        return max((m for m in candidates if m.start <= today), default=candidates[0], key=lambda m: m.start)
    if ref in ("next", "coming", "following"):
        return min((m for m in candidates if m.start > today), default=candidates[-1], key=lambda m: m.start)
    if ref in ("this", "current"):
        return nearest(candidates, today, direction, 2)
    return nearest(candidates, today, direction, 3)


def read_quarter(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "the third quarter", "Q3 2025", "this year's third quarter", "the latest quarter"."""
    number = int(phrase.get("ordinal") or phrase.get("quartername") or 0)
    is_fiscal = phrase.has("fiscal")
    year = year_of(phrase, timeline)
    today = timeline.today
    anchor, anchor_time = "none", None
    if not 0 <= number <= 4:
        return None
    if year is None and phrase.has("unit") and phrase.has("ref") and number:
        found = shifted_year(phrase, timeline)
        if found is not None:
            year, anchor_time = found
            anchor = "publication" if anchor_time is None else "text"
    if year is None:
        if today is None:
            return unknown(granularity="quarter")
        anchor = "publication"
        if not number:
            return quarter_by_ref(phrase, timeline, today)
        quarter = Moment("quarter", date(today.year, 3 * number - 2, 1))
        direction = timeline.direction(phrase.start, phrase.end)
        if phrase.has("ago") or phrase.has("earlier"):
            quarter = Moment(
                "quarter",
                date(today.year - (quarter.start <= today) - (quarter.start > today) * 2, quarter.start.month, 1),
            )
            return at(quarter, anchor=anchor, is_comparison=True)
        if quarter.start > today and not (direction == "future" or quarter.start <= plus_days(today, 45)):
            quarter = quarter.shift(-4)
        elif direction == "future" and quarter.end < today and (today - quarter.end).days > 150:
            quarter = quarter.shift(4)
        moment = quarter
    else:
        if not 1 <= year <= 9999:
            return None
        moment = Moment("quarter", date(year, 3 * (number or 1) - 2, 1))
        if not number:
            return None
    is_comparison = bool(today and moment.end < plus_days(today, -270))
    reading = at(
        moment, anchor=anchor, anchor_time=anchor_time, is_comparison=is_comparison, is_interval_known=not is_fiscal
    )
    return reading


def quarter_by_ref(phrase: Phrase, timeline: Timeline, today: date) -> Reading | None:
    """ "last quarter", "the current quarter"; "the latest quarter" is the one that the text reports on."""
    ref = phrase.get("ref") or "this"
    mention = timeline.last_of("quarter")
    if ref == "latest" and mention is not None and mention.moment.end < today:
        return at(mention.moment, anchor="text", anchor_time=mention.index)
    if phrase.has("unit"):  # "last year's quarter"
        base = mention.moment if mention else Moment.of("quarter", today).shift(-1)
        return at(base.shift(4 * STEPS.get(ref, 0)), anchor="publication", is_comparison=True)
    return at(Moment.of("quarter", today).shift(STEPS.get(ref, 0)), anchor="publication")


def read_half(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "the first half of 1990", "H2 2025", "the second half of the month"."""
    number = int(phrase.get("ordinal") or phrase.get("halfname") or 0)
    if phrase.get("ref") == "last" and not number:
        number = 2
    if number not in (1, 2):
        return None
    if phrase.has("decade"):
        decade = read_decade(phrase, timeline)
        return decade and at(decade.moment, mod="START" if number == 1 else "END") if decade and decade.moment else None
    year, anchor = year_of(phrase, timeline), "none"
    letters = phrase.all("unit") + phrase.all("unit1")
    if phrase.has("month") or (letters and letters[0] != "Y"):
        return read_half_of(phrase, number, timeline, letters)
    if year is None:
        if timeline.today is None:
            return unknown(granularity="quarter")
        refs = [ref for ref in phrase.all("ref") if ref != "last" or phrase.has("ordinal")]
        year, anchor = timeline.today.year + STEPS.get(refs[-1] if refs else "this", 0), "publication"
    if not 1 <= year <= 9999:
        return None
    return at(Moment("half", date(year, 6 * number - 5, 1)), anchor=anchor)


def read_half_of(phrase: Phrase, number: int, timeline: Timeline, letters: list[str]) -> Reading | None:
    """ "the second half of the month", "the first half of March"."""
    if timeline.today is None:
        return unknown()
    if phrase.has("month"):
        year = year_of(phrase, timeline)
        candidates = [
            m
            for y in ((year,) if year else (timeline.today.year + s for s in (-1, 0, 1)))
            if (m := moment_in(y, int(phrase.get("month") or 1), 0))
        ]
        if not candidates:
            return None
        moment = nearest(candidates, timeline.today, timeline.direction(phrase.start, phrase.end), MONTH_BIAS)
    else:
        unit = UNITS.get(letters[0])
        around = unit_around(phrase, unit, timeline) if unit else None
        if around is None:
            return None
        moment = around[0]
    middle = moment.start + (moment.end - moment.start) / 2
    interval = (moment.start, middle) if number == 1 else (plus_days(middle, 1), moment.end)
    return at(moment, mod="START" if number == 1 else "END", interval=interval, anchor="publication")


def read_fiscal_year(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "fiscal 1989", "FY24", "the current fiscal year": the year named; its days depend on a calendar not told."""
    year = year_of(phrase, timeline)
    if year is None:
        if timeline.today is None:
            return unknown(granularity="year")
        ref = phrase.get("ref")
        year = timeline.today.year + (STEPS.get(ref, 0) if ref else 0)
        return (
            at(Moment("year", date(year, 1, 1)), anchor="publication", is_interval_known=False)
            if 1 <= year <= 9999
            else None
        )
    return at(Moment("year", date(year, 1, 1)), is_interval_known=False) if 1 <= year <= 9999 else None


def read_year(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "1998", "the year 2008", "'98", "500 BC"."""
    era = phrase.get("era")
    if era:
        number = int(float(phrase.get("number") or 0))
        if not 1 <= number <= 9999:
            return None
        if era == "BC":
            return Reading("DATE", f"BC{number:04d}", granularity="year")
        return at(Moment("year", date(number, 1, 1)))
    year = year_of(phrase, timeline)
    if year is None or not 1 <= year <= 9999:
        return None
    return at(Moment("year", date(year, 1, 1)))


def read_decade(phrase: Phrase, _: Timeline) -> Reading | None:
    """ "the 1990s", "the nineties"."""
    digits = phrase.get("decade") or phrase.get("decadeword") or ""
    if not digits.isdigit() or int(digits) < 1:
        return None
    return at(Moment("decade", date(int(digits) * 10, 1, 1)))


def read_century(phrase: Phrase, _: Timeline) -> Reading | None:
    """ "the 20th century" is TIMEX3's 19."""
    number = int(phrase.get("ordinal") or 0)
    if phrase.get("era") == "BC":
        return Reading("DATE", f"BC{number - 1:02d}", granularity="century")
    if not 1 <= number <= 99:
        return None
    start = date(max(1, (number - 1) * 100), 1, 1)
    moment = Moment("century", start)
    return at(moment, value=f"{number - 1:02d}")


def read_holiday(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """ "Christmas 2024", "last Thanksgiving", "Labor Day weekend"."""
    rule = phrase.get("holiday") or "1-1"
    year = year_of(phrase, timeline)
    anchor = "none"
    if year is None:
        today = timeline.today
        if today is None:
            return unknown(granularity="day")
        anchor = "publication"
        years = range(max(2, today.year - 1), min(9997, today.year + 1) + 1)
        days = [Moment("day", holiday_in(rule, y)) for y in years]
        ref = phrase.get("ref")
        if phrase.has("unit"):
            found = shifted_year(phrase, timeline)
            moment = Moment("day", holiday_in(rule, found[0])) if found else days[1]
        elif ref in ("last", "past", "previous"):
            moment = max((d for d in days if d.start < today), default=days[0], key=lambda d: d.start)
        elif ref == "following":
            after = [d for d in days if d.start > today]
            moment = min(after, default=days[-1], key=lambda d: d.start)
        elif ref in ("next", "coming"):
            moment = min((d for d in days if d.start > today), default=days[-1], key=lambda d: d.start)
        elif ref == "this":
            moment = Moment("day", holiday_in(rule, today.year))
        else:
            moment = nearest(days, today, timeline.direction(phrase.start, phrase.end), DAY_BIAS)
    else:
        if not 2 <= year <= 9997:
            return None
        moment = Moment("day", holiday_in(rule, year))
    if phrase.has("weekend"):
        day = moment.start
        moment = Moment.of("weekend", plus_days(day, -3) if day.isoweekday() < 4 else day)
    return at(moment, anchor=anchor)
