"""Days, weekdays, months and holidays: the calendar's own names."""

from __future__ import annotations

from datetime import date

from copytaster.extract.times.clauses import Direction, words_of
from copytaster.extract.times.moments import Moment, Unit, holiday_in, plus_days, plus_months
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading, at, unknown
from copytaster.extract.times.timeline import Timeline, nearest, weekday_near

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
NARRATED = 300
"""How many days after a time of long ago the story that goes on from it may tell."""
DAY_BIAS, MONTH_BIAS, NOUN_BIAS, SURE_BIAS = 6, 12, 3, 16
"""How much farther a day and a month count that contradict the tense, one that belongs to a noun, and one of a clause
whose tense is sure: "will vote on November 3", "died on December 24"."""


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


def day_bias(phrase: Phrase, timeline: Timeline, direction: Direction | None) -> int:
    """How much farther a day counts that contradicts the tense: much, where the clause looks ahead or its verb has the day
    right beside it; less, where the day may belong to something else ("called for elections on May 3").
    """
    is_sure = direction == "future" or timeline.is_governed(phrase.start)
    return SURE_BIAS if is_sure else DAY_BIAS


def moment_in(year: int, month: int, day: int) -> Moment | None:
    """The day, or the month when `day` is 0; None where there is no such day."""
    try:
        return Moment("day", date(year, month, day)) if day else Moment("month", date(year, month, 1))
    except ValueError:
        return None


def read_date(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "November 28", "Friday, Oct. 13", "28 November 2025", "June last year", "November"."""
    month = int(phrase.get("month") or 0)
    day = int(phrase.get("day") or phrase.get("ordinal") or 0)
    weekday = int(phrase.get("weekday") or 0)
    today = timeline.today
    if not month:
        return read_weekday_of_month(weekday, day, timeline)
    year = year_of(phrase, timeline)
    anchor_time = None
    is_relative = year is None
    if year is None and not phrase.has("unit") and not phrase.has("ref"):
        reading = date_of_story(phrase, month, day, timeline)
        if reading is not None:
            return reading
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
    direction = timeline.direction(phrase.start, phrase.end) if anchor_time is None else None
    before = timeline.words_before(phrase.start)
    is_since = before & words_of(timeline.language, "since word")
    if is_since:
        candidates = [m for m in candidates if m.start <= reference] or candidates
    bias = (day_bias(phrase, timeline, direction)) if day else MONTH_BIAS
    if before & words_of(timeline.language, "far limit"):
        bias = 1  # "was bailed until January": what was decided may end before or after today
    is_limit = before & words_of(timeline.language, "limit preposition")  # "flights to India by August"
    is_of_noun = timeline.is_in_noun_phrase(phrase.start, phrase.end) and not timeline.is_aim(phrase.start, phrase.end)
    if not is_since and not is_limit and is_of_noun:
        # "will sell it under a June agreement" need not lie ahead; "was charged in the August death" hardly does
        is_planned = direction != "past" or timeline.is_planned(phrase.start, phrase.end)
        bias = NOUN_BIAS if is_planned or not day else bias
        is_modifier = timeline.is_modifier(phrase.start, phrase.end)
        direction = None if direction == "future" and is_modifier else direction
    moment = nearest(candidates, reference, direction, bias)
    return at(moment, anchor="publication" if anchor_time is None else "text", anchor_time=anchor_time, confidence=0.9)


def date_of_story(phrase: Phrase, month: int, day: int, timeline: Timeline) -> Reading | None:
    """A day or month of the story of an earlier year that is being told: "was shot on June 2, 2022. It took until June 13 to
    find the body", "In 2008 the bank failed. In October police came"; None where the text tells none.
    """
    told = timeline.narrated()
    opens = timeline.opens_sentence(phrase.start)  # the parser likes to hang "By May" on "rebels"
    if told is None or (timeline.is_in_noun_phrase(phrase.start, phrase.end) and not opens):
        return None
    if timeline.direction(phrase.start, phrase.end) != "past":
        return None
    begin = told.moment.start
    days = (moment_in(year, month, day) for year in (begin.year, begin.year + 1))
    first = next((m for m in days if m is not None and m.end >= begin), None)
    end_of_year = date(begin.year, 12, 31)
    latest = end_of_year if told.moment.unit == "year" else max(plus_days(begin, NARRATED), end_of_year)
    if first is None or first.end > min(latest, timeline.today or date.max):
        return None
    if (not day or told.moment.unit == "year") and not timeline.goes_on(told, phrase.start):
        return None
    return at(first, anchor="text", anchor_time=told.index, confidence=0.8)


def read_weekday_of_month(weekday: int, day: int, timeline: Timeline) -> Reading | None:
    """Reads "Monday the 27th": the nearest month in which the day falls on that weekday."""
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
    """Reads "Friday", "last Friday", "that Friday", "Tuesday of last week"."""
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
        if ref is None:  # "Monday week": a week after the next Monday
            ahead = 7 - (today.isoweekday() - weekday) % 7
            return at(Moment("day", plus_days(today, ahead + 7)), anchor="publication")
        step = STEPS.get(ref, 0)
        return at(Moment("day", plus_days(monday, 7 * step + weekday - 1)), anchor="publication")
    direction = timeline.direction(phrase.start, phrase.end)
    listed = timeline.listed_before(phrase.start) if ref is None else None
    if listed is not None:  # "are Wednesday, Thursday and Friday"
        day = plus_days(listed.moment.start, (weekday - listed.moment.start.isoweekday() - 1) % 7 + 1)
        if (day - listed.moment.start).days < 4 and (direction != "past" or day <= today):
            return at(Moment("day", day), anchor="publication", confidence=0.9)
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
        if direction == "future" and 0 < back < 4 and timeline.is_settled(phrase.start, phrase.end):
            day = plus_days(today, -back)  # told on Sunday, "the concert planned for Saturday was cancelled"
    return at(Moment("day", day), anchor="publication", confidence=0.95 if direction or ref else 0.85)


def read_month(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "last November", "next May", "this September", "that March"."""
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
    """Reads "the 21st of this month", "the 15th day of next month"."""
    base = unit_around(phrase, "month", timeline)
    if base is None:
        return unknown(granularity="day")
    day = int(phrase.get("ordinal") or 1)
    moment, anchor_time = base
    found = moment_in(moment.start.year, moment.start.month, day)
    return (
        at(found, anchor="publication" if anchor_time is None else "text", anchor_time=anchor_time) if found else None
    )


def read_bare_day(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "(is expected on) the 15th": the nearest that fits the tense."""
    today = timeline.today
    day = int(phrase.get("ordinal") or 0)
    if today is None:
        return unknown(granularity="day")
    months = [plus_months(today.replace(day=1), step) for step in (-1, 0, 1)]
    candidates = [moment for month in months if (moment := moment_in(month.year, month.month, day)) is not None]
    if not day or not candidates:
        return None
    direction = timeline.direction(phrase.start, phrase.end)
    return at(nearest(candidates, today, direction, SURE_BIAS), anchor="publication", confidence=0.8)


def read_holiday(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "Christmas 2024", "last Thanksgiving", "Labor Day weekend"."""
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
        if phrase.get("unit") == "Y":
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
            direction = timeline.direction(phrase.start, phrase.end)
            moment = nearest(days, today, direction, day_bias(phrase, timeline, direction))
    else:
        if not 2 <= year <= 9997:
            return None
        moment = Moment("day", holiday_in(rule, year))
    if phrase.get("unit") == "W":  # "Easter week"
        moment = Moment.of("week", moment.start)
    elif phrase.has("weekend"):
        day = moment.start
        moment = Moment.of("weekend", plus_days(day, -3) if day.isoweekday() < 4 else day)
    return at(moment, anchor=anchor)
