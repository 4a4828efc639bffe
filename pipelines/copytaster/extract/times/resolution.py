"""From phrases to time expressions: each is read in the order of the text, then bound by the words before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from copytaster.extract.times import amounts, clock, comparisons, counted, dates, figures, relative, terms
from copytaster.extract.times.clauses import words_of
from copytaster.extract.times.moments import FINENESS, Moment, plus_days
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading, at, unknown, vague, with_edge
from copytaster.extract.times.timeline import Timeline
from copytaster.extract.times.tokens import TimeToken
from copytaster.records import TimeExpression

READERS: dict[str, Callable[[Phrase, Timeline], Reading | None]] = {
    "date": dates.read_date,
    "weekday": dates.read_weekday,
    "month": dates.read_month,
    "dayofmonth": dates.read_day_of_month,
    "bareday": dates.read_bare_day,
    "nthof": counted.read_nth,
    "weekno": counted.read_week_number,
    "numeric": figures.read_numeric,
    "season": terms.read_season,
    "quarter": terms.read_quarter,
    "half": terms.read_half,
    "fiscalyear": terms.read_fiscal_year,
    "year": terms.read_year,
    "fullyear": terms.read_full_year,
    "yearpair": lambda phrase, _: terms.read_year_pair(phrase),
    "decade": terms.read_decade,
    "century": terms.read_century,
    "holiday": dates.read_holiday,
    "unit": relative.read_unit,
    "weekon": relative.read_week_on,
    "sameunit": comparisons.read_same_unit,
    "spell": lambda phrase, _: amounts.read_amount(phrase),
    "eventday": relative.read_event_day,
    "dayword": relative.read_dayword,
    "period": comparisons.read_period,
    "yearago": comparisons.read_year_ago,
    "clock": clock.read_clock,
    "partofday": clock.read_part,
    "amount": lambda phrase, _: amounts.read_amount(phrase),
    "ofamount": lambda phrase, _: amounts.read_of_amount(phrase),
    "set": lambda phrase, _: amounts.read_set(phrase),
}
"""How a phrase of each rule is understood; rules of joined phrases are in `read`."""
QUOTES = "'‘’"
VAGUE = (
    "vague", "vaguenp", "vagueat", "vagueadj", "vaguesome", "vaguerel", "vaguelength", "vaguepast"
)  # fmt: skip


def read(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """What a phrase means where it stands; None when it is no time expression. Never raises for odd dates."""
    try:
        reading = read_parts(phrase, timeline)
    except (OverflowError, ValueError):  # outside of the years 1 to 9999
        return None
    if reading is None:
        return None
    reading = with_edge(reading, phrase.edge, is_narrow=phrase.is_narrow)
    if phrase.is_from_now and reading.moment is not None and timeline.today is not None:
        first, last = reading.moment.start, reading.moment.end
        if first <= timeline.today <= last:  # "later this year": from now on; "earlier this year": up to now
            days = (timeline.today, last) if phrase.edge == "END" else (first, timeline.today)
            reading = replace(reading, interval=days)
    if phrase.mod and reading.mod is None:
        reading = replace(reading, mod=phrase.mod)
    return reading


def read_parts(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """The reading of a joined phrase from its parts, of another by its rule."""
    if phrase.rule in READERS:
        return READERS[phrase.rule](phrase, timeline)
    base = read(phrase.parts["base"], timeline) if "base" in phrase.parts else None
    if phrase.rule == "offset":
        return relative.read_offset(phrase, timeline, base)
    if phrase.rule == "unitbefore":
        return relative.read_unit_before(phrase, timeline, base)
    if phrase.rule == "weekof":
        return relative.read_week_of(phrase, base)
    if phrase.rule == "partof":
        return relative.read_part_of_year(phrase, base, amounts.amount_of(phrase.parts["amount"]))
    if phrase.rule == "dated":
        # the tense is that of the whole: "extended until 9 a.m. Tuesday"
        named = phrase.parts["day"]
        if phrase.start <= named.start < phrase.end:
            named = replace(named, start=phrase.start, end=phrase.end)
        day = read(named, timeline)
        return clock.with_clock(day, phrase.parts["clock"]) if day else None
    if phrase.rule == "range":
        return read_range(phrase, timeline)
    if phrase.rule == "inamount":
        return relative.read_in_amount(phrase.parts["amount"], timeline)
    if phrase.rule == "rate":
        return replace(reading, timex_type="SET") if (reading := amounts.read_amount(phrase.parts["amount"])) else None
    if phrase.rule == "anyweekday":
        part = clock.part_clock(phrase.parts["clock"]) if "clock" in phrase.parts else ""
        value = f"XXXX-WXX-{phrase.parts.get('day', phrase).get('weekday')}{part}"
        return vague(value, "TIME" if part else "DATE", granularity="day")
    if phrase.rule == "anyclock":
        clocks = [clock.clock_of(part) for part in phrase.parts.values() or (phrase,)]
        return Reading("TIME", "/".join(filter(None, clocks)), granularity="minute") if all(clocks) else None
    if phrase.rule == "untilend":
        return amounts.read_amount(phrase.parts["amount"])
    if phrase.rule == "yearend":
        return read_year_end(phrase, timeline)
    if phrase.rule in VAGUE:
        value = "PAST_REF" if phrase.rule == "vaguepast" else phrase.slots[-1][1]
        if phrase.rule == "vaguelength":
            return vague(value, "DURATION")
        return vague(value, anchor="none" if phrase.rule != "vaguerel" else "text")
    return None


def read_year_end(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "year-end", "the end of the month" as one word: the end of the year that the tense makes it."""
    unit = dates.UNITS[phrase.get("yearend") or "Y"]
    if timeline.today is None:
        return unknown(granularity="year")
    moment = Moment.of(unit, timeline.today)
    if timeline.words_before(phrase.start) & words_of(timeline.language, "since word"):
        moment = moment.shift(-1)
    return with_edge(at(moment, anchor="publication"), "END", is_narrow=True)


def read_range(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "between March and May", "Nov 3–5": both ends in one value, the interval from the first day to the last."""
    first, second = phrase.parts["start"], phrase.parts["end"]
    start, end = read(first, timeline), read(second, timeline)
    if start is None or end is None or start.moment is None or end.moment is None:
        return None if start is None and end is None else unknown()
    told = start, end
    half = first.parts.get("clock", first).get("ampm")
    if (
        half is not None
        and half == second.parts.get("clock", second).get("ampm")
        and start.moment.clock > end.moment.clock
    ):
        return None  # "moved the start from 7 a.m. to 6 a.m." is a change and no stretch
    start, end = aligned(first, second, start, end, timeline)
    if (start.moment, end.moment) == (told[0].moment, told[1].moment):
        start, end = told  # with the parts of them that are meant: "from 2017 to mid-2019"
    if start.moment is None or end.moment is None or end.moment.end < start.moment.start:
        return None
    since, until = start.interval[0] or start.moment.start, end.interval[1] or end.moment.end
    finer = min((start, end), key=lambda r: FINENESS.index(r.moment.unit) if r.moment else 0)
    return Reading(
        "TIME" if start.moment.clock and end.moment.clock else "DATE",
        f"{start.value}/{end.value}",
        granularity=finer.granularity,
        interval=(since, until),
        anchor=start.anchor,
        anchor_time=start.anchor_time,
    )


def aligned(first: Phrase, second: Phrase, start: Reading, end: Reading, timeline: Timeline) -> tuple[Reading, Reading]:
    """Both ends with the year (or day) that only one of them names: "from March to May 2024"."""
    a, b = start.moment, end.moment
    if a is None or b is None:
        return start, end
    today = timeline.today or date.max
    direction = timeline.direction(first.start, first.end)
    if first.rule == "clock" and second.rule == "dated" and a.clock:
        a = b.at(a.clock)
        if a.clock > b.clock:  # "10 p.m. to 5 a.m. Monday" begins on Sunday
            a = a.shift(-1, "day")
    elif second.rule == "clock":
        b = a.at(clock.after(a.clock, b.clock) if not second.has("ampm") and not second.has("hhmm") else b.clock)
        if a.clock > b.clock:
            b = b.shift(1, "day")
    elif first.rule == "date" and second.rule == "date" and first.has("month") and second.has("month"):
        years = b.start.year - a.start.year
        if has_year(second) and not has_year(first):
            a = a.shift(years, "year")
            if b.start < a.start:
                a = a.shift(-1, "year")
        elif not has_year(second):
            b = b.shift(-years, "year")
            if b.start < a.start:
                b = b.shift(1, "year")
    elif is_of_week(first) and is_of_week(second) and (b.start - a.start).days >= 7:
        a = a.shift((b.start - a.start).days // 7, "week")  # "from 6 p.m. Wednesday until 9 a.m. Thursday" are two days
    elif b.start < a.start and is_of_week(first) and is_of_week(second):
        if b.shift(1, "week").start > today and direction == "past":
            a = a.shift(-1, "week")
        else:
            b = b.shift(1, "week")
    return (
        at(a, anchor=start.anchor, anchor_time=start.anchor_time),
        at(b, anchor=end.anchor, anchor_time=end.anchor_time),
    )


def has_year(phrase: Phrase) -> bool:
    """Whether a date names its year, in figures or as "next year"."""
    return phrase.has("year") or phrase.has("unit")


def is_of_week(phrase: Phrase) -> bool:
    """Whether a bare weekday names the day of a phrase."""
    day = phrase.parts.get("day", phrase)
    return day.rule == "weekday" and [name for name, _ in day.slots] == ["weekday"]


def bound_by(reading: Reading, phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> Reading:
    """The reading with an interval that is open where the words before the phrase leave it open: "since 2014" has no
    end, "by 2030" and "until Friday" no beginning; what ends is marked as a deadline by ON_OR_BEFORE.
    """
    first, last = reading.interval
    if phrase.bound and reading.timex_type != "DURATION":
        reading = replace(reading, mod=phrase.bound)
        return replace(reading, interval=(first, None) if phrase.bound == "ON_OR_AFTER" else (None, last))
    if reading.mod in ("ON_OR_AFTER", "ON_OR_BEFORE"):
        return replace(reading, interval=(first, None) if reading.mod == "ON_OR_AFTER" else (None, last))
    if (
        reading.mod is None
        and reading.timex_type in ("DATE", "TIME")
        and timeline.is_deadline(phrase.start, phrase.end)
    ):
        reading = replace(reading, mod="ON_OR_BEFORE")
    if (first is None and last is None) or phrase.rule == "range" or reading.timex_type not in ("DATE", "TIME"):
        return reading
    at = phrase.first - 1
    while at >= 0 and tokens[at].classes.keys() & {"the", "approx"}:
        if tokens[at].classes.get("approx") == "EQUAL_OR_MORE":
            return reading  # "until at least March": no limit
        at -= 1
    before = tokens[at] if at >= 0 else None
    if before is None:
        return reading
    limit = before.classes.get("bound")
    if limit:
        return replace(
            reading, interval=(first, None) if limit == "ON_OR_AFTER" else (None, last), mod=reading.mod or limit
        )
    if "since" in before.classes:
        return replace(reading, interval=(first, None))
    if "until" in before.classes and timeline.is_denied(before.start):
        return reading  # "will not open until 2027": then it does
    if before.classes.keys() & {"by", "until"}:
        return replace(reading, interval=(None, last), mod=reading.mod or "ON_OR_BEFORE")
    if "dash" in before.classes and at > 0 and before.end == phrase.start:
        sign = tokens[at - 1].lower
        if sign in words_of(timeline.language, "after prefix") and last is not None and last < date.max:
            return replace(reading, interval=(plus_days(last, 1), None), mod="AFTER")
        if sign in words_of(timeline.language, "before prefix") and first is not None and first > date.min:
            return replace(reading, interval=(None, plus_days(first, -1)), mod="BEFORE")
    return reading


def expression(reading: Reading, phrase: Phrase, timeline: Timeline) -> TimeExpression:
    """The record of a reading."""
    first, last = reading.interval if reading.is_interval_known else (None, None)
    start = phrase.start + (timeline.story.text[phrase.start] in QUOTES)  # the apostrophe of "'98"
    end = phrase.end
    text = timeline.story.text
    if text[start - 1 : start] == "[" and "]" in text[start:end]:  # "[Ten] years ago"
        start -= 1
    elif text[end : end + 1] == "]" and "[" in text[start:end]:
        end += 1
    return TimeExpression(
        span=timeline.story.cut(start, end),
        timex_type=reading.timex_type,
        timex_value=reading.value,
        mod=reading.mod,
        interval_start=first,
        interval_end=last,
        granularity=reading.granularity,
        anchor=reading.anchor,
        anchor_time=reading.anchor_time,
        is_vague=reading.is_vague,
        confidence=reading.confidence,
        rule=phrase.rule,
    )
