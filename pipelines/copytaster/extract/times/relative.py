"""Units that are counted from the publication or from a time in the text: "last year", "the next day", "a week earlier"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from copytaster.extract.times.amounts import Amount, amount_of, read_amount
from copytaster.extract.times.clauses import Direction, words_of
from copytaster.extract.times.comparisons import year_comparison
from copytaster.extract.times.dates import STEPS, UNITS, read_weekday
from copytaster.extract.times.moments import GRANULARITIES, Moment, Unit, part_of, plus_days
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading, at, from_text, unknown, vague
from copytaster.extract.times.timeline import Timeline

CLOCK = re.compile(r"T(\d\d):(\d\d)(|Z|[+-]\d\d:\d\d)")
"""A time of day to the minute."""
CLOCK_UNITS = {"PTS": "seconds", "PTM": "minutes", "PTH": "hours"}


def read_unit(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "last year", "this week", "the next day", "that month", "the year"."""
    letter = phrase.get("unit1") or phrase.get("weekend") or ""
    unit = UNITS.get(letter)
    ref = phrase.get("ref")
    if phrase.has("newyear"):
        return read_new_year(phrase, timeline)
    if letter == "F" and ref is not None and ref not in ("this", "current"):  # "the past fortnight"
        return Reading("DURATION", Amount(1, letter).value, granularity="week")
    if unit is None:
        return None
    today = timeline.today
    step = STEPS.get(ref or "this", 0)
    if phrase.has("after") or phrase.has("before"):
        step = step * 2 if ref in ("next", "last") else step
        return at(Moment.of(unit, today).shift(step), anchor="publication") if today else unknown()
    is_ahead = ref == "next" and unit != "day" and timeline.direction(phrase.start, phrase.end) == "future"
    if is_counted_from_text(phrase, unit) and not is_ahead:  # "will retire in the next year"
        mention = timeline.last(unit)
        latest = timeline.mentions[-1] if timeline.mentions else None
        is_near = latest is not None and latest.sentence >= timeline.current_sentence - 1
        if (
            latest
            and is_near
            and unit == "day"
            and latest.moment.unit == "month"
            and ref is None
            and not phrase.has("the")
        ):
            # "was shot last October. That same day …": a day of that month
            return vague(f"{latest.moment.value}-XX", granularity="day", anchor="text", anchor_time=latest.index)
        is_past_day = mention is not None and unit == "day" and ref is None and phrase.has("the")
        if mention and is_past_day and today and mention.moment.end < today and is_now(phrase, timeline):
            mention = None  # "Putin leaves Beijing later in the day", whatever days of the past were named
        is_ahead_day = mention is not None and unit == "day" and today is not None and mention.moment.start > today
        if is_ahead_day and ref is None and phrase.has("the") and is_past(phrase, timeline):
            mention = None  # "will meet on Wednesday. Earlier in the day, shells fell"
        if mention is not None:
            return from_text(Moment.of(unit, mention.moment.start).shift(step), mention.index)
        if phrase.has("that"):
            return unknown(granularity=GRANULARITIES[unit])
    if today is None:
        return unknown(granularity=at(Moment.of(unit, date(2000, 1, 1))).granularity)
    current = Moment.of(unit, today)
    if ref == "latest" or (unit == "quarter" and ref is None):
        mention = timeline.last_of(unit)
        if mention is not None and (mention.moment.start <= today if ref is None else mention.moment.end < today):
            return from_text(mention.moment, mention.index)
        return at(current.shift(-1), anchor="publication")
    if unit in ("decade", "century", "millennium") and ref in ("past", "next", "coming"):
        years = {"decade": 10, "century": 100, "millennium": 1000}[unit]
        return Reading("DURATION", f"P{years}Y", granularity="year")
    if ref is None and unit in ("week", "month", "year") and phrase.has("the") and not phrase.has("whole"):
        is_total = timeline.words_before(phrase.start) & words_of(timeline.language, "total preposition")
        has_begun = today == current.start if unit == "week" else unit == "year" and today.month <= 3
        is_over = has_begun and bool(is_total) and is_past(phrase, timeline)
        return at(current.shift(-1) if is_over else current, anchor="publication", confidence=0.7)
    if unit == "weekend":
        return at(weekend_near(phrase, timeline, today, step), anchor="publication")
    if unit == "day" and ref is not None and ref not in ("this", "current"):
        return None if ref in ("last", "past") else at(current.shift(step), anchor="publication", confidence=0.6)
    return at(current.shift(step), anchor="publication")


def read_new_year(phrase: Phrase, timeline: Timeline) -> Reading:
    """Reads "(will vote in) the new year": the first months of the year that begins nearest; "until the new year" its first
    day, as "the New Year".
    """
    if timeline.today is None:
        return unknown(granularity="year")
    year = Moment.of("year", timeline.today).shift(timeline.today.month > 6)
    is_limit = bool(timeline.words_before(phrase.start) & words_of(timeline.language, "limit preposition"))
    if is_limit or timeline.story.text[phrase.end - 4].isupper():
        return at(Moment("day", year.start), anchor="publication")
    return at(year, anchor="publication", mod="START", interval=part_of(year, "START"))


def is_now(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether the clause tells of what is to come."""
    return timeline.direction(phrase.start, phrase.end) in ("future", "scheduled")


def is_past(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether the clause looks back: told on a Monday, "stocks fell 3% for the week" is of the week before, told in
    January "for the full year profit fell" of the year before.
    """
    return timeline.direction(phrase.start, phrase.end) == "past"


def is_counted_from_text(phrase: Phrase, unit: Unit) -> bool:
    """Whether a unit is one after, before or around another time of the text: "that month", "the following year";
    "the next day" always is, "next year" never.
    """
    ref = phrase.get("ref")
    if phrase.has("that") or phrase.has("same") or ref in ("following", "previous"):
        return True
    if ref == "next":
        return unit == "day" or (unit in ("week", "month", "year") and phrase.has("the"))
    return ref is None and unit == "day" and phrase.has("the")


def weekend_near(phrase: Phrase, timeline: Timeline, today: date, step: int) -> Moment:
    """Which weekend is meant: told on a weekday, "this weekend" with a past tense is the one before."""
    current = Moment.of("weekend", today)
    if step:
        return current.shift(step)
    direction = timeline.direction(phrase.start, phrase.end)
    if timeline.words_before(phrase.start) & words_of(timeline.language, "limit preposition"):
        return current  # "warned of flooding through the weekend"
    if today < current.start and direction == "past" and (phrase.get("ref") is None or today.isoweekday() <= 4):
        return current.shift(-1)
    return current


def read_unit_before(phrase: Phrase, timeline: Timeline, base: Reading | None) -> Reading | None:
    """Reads "the day before", "the year after"; with a base "the day after Thanksgiving"."""
    letter = phrase.get("unit1")
    if phrase.has("weekday"):  # "the day before last Tuesday"
        base = read_weekday(phrase, timeline)
    sign = phrase.get("before") or phrase.get("before2") or phrase.get("after") or "-"
    step = -1 if sign == "-" else 1
    if letter is None:  # "the night before"
        return part_before(phrase, timeline, step)
    unit = UNITS.get(letter) if letter != "N" else "day"
    if unit is None:
        return None
    clock = "TNI" if letter == "N" else ""
    if base is not None and base.moment is not None:
        moment = Moment.of(unit, base.moment.start).shift(step)
        return at(moment.at(clock), anchor=base.anchor, anchor_time=base.anchor_time)
    mention = timeline.last(unit)
    if mention is not None:
        if timeline.is_apposition(phrase.start, mention):
            step = 0  # "on Nov. 3, the day before a warrant was issued"
        return from_text(Moment.of(unit, mention.moment.start).shift(step).at(clock), mention.index)
    if timeline.today is None:
        return unknown()
    return at(Moment.of(unit, timeline.today).shift(step).at(clock), anchor="publication", confidence=0.5)


def read_event_day(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "the day after (his death)", "the night before (the murder)", "the morning of (her arrest)": from the day on which
    the text has it happen; no value where it names none.
    """
    part = phrase.get("part") or ("NI" if phrase.get("unit1") == "N" else "")
    clock = f"T{part}" if part else ""
    mention = timeline.event_day()
    if mention is None:
        return unknown("TIME" if clock else "DATE")
    step = {"-": -1, "+": 1}.get(phrase.get("before") or phrase.get("before2") or phrase.get("after") or "", 0)
    if timeline.is_apposition(phrase.start, mention):
        step = 0  # "on Nov. 3, the day before a warrant was issued"
    return from_text(Moment("day", plus_days(mention.moment.start, step), clock), mention.index)


def part_before(phrase: Phrase, timeline: Timeline, step: int) -> Reading | None:
    """Reads "the night before", "the morning after"."""
    mention = timeline.last("day")
    base = mention.moment.start if mention else timeline.today
    if base is None:
        return unknown("TIME")
    moment = Moment("day", plus_days(base, step), f"T{phrase.get('part') or 'NI'}")
    return from_text(moment, mention.index) if mention else at(moment, anchor="publication", confidence=0.5)


def read_week_of(phrase: Phrase, base: Reading | None) -> Reading | None:
    """Reads "the week of March 6", "the night of Friday", "the month of May": the unit around a named time."""
    letter = phrase.parts["unit"].get("unit1") or phrase.parts["unit"].get("weekend") or ""
    if base is None or base.moment is None:
        return base
    if letter == "N":
        return at(Moment("day", base.moment.start, "TNI"), anchor=base.anchor, anchor_time=base.anchor_time)
    unit = UNITS.get(letter)
    if unit is None:
        return None
    return at(Moment.of(unit, base.moment.start), anchor=base.anchor, anchor_time=base.anchor_time)


def read_week_on(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "a week on Monday", "a fortnight tomorrow": so many weeks after the coming Monday, after tomorrow."""
    today = timeline.today
    if today is None:
        return unknown(granularity="day")
    weeks = 2 if phrase.get("unit1") == "F" else 1
    weekday = phrase.get("weekday")
    ahead = (int(weekday) - today.isoweekday() - 1) % 7 + 1 if weekday else int(phrase.get("dayword") or 0)
    return at(Moment("day", plus_days(today, ahead + 7 * weeks)), anchor="publication")


def read_dayword(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "today", "yesterday", "tonight", "the year to date"."""
    today = timeline.today
    night = phrase.get("tonight")
    hour = int(phrase.get("hour") or -1)
    if today is None:
        return unknown("TIME" if night is not None else "DATE", "year" if phrase.has("ytd") else "day")
    if phrase.has("ytd"):
        return at(Moment.of("year", today), anchor="publication", interval=(date(today.year, 1, 1), today))
    if night is not None:
        clock = "TNI" if hour < 0 else f"T{hour + 12 if 5 <= hour < 12 else hour:02d}:00"
        return at(Moment("day", plus_days(today, int(night)), clock), anchor="publication")
    step = int(phrase.get("dayword") or 0)
    return at(Moment("day", plus_days(today, step)), anchor="publication")


def read_offset(phrase: Phrase, timeline: Timeline, base: Reading | None) -> Reading | None:
    """Reads "two years ago", "a week earlier", "three days after the vote", "two weeks before Christmas", "a year from now"."""
    amount = amount_of(phrase.parts["amount"])
    if amount is None:  # "3.5 billion years ago"
        return vague("PAST_REF", anchor="publication" if timeline.today else "none") if phrase.has("ago") else None
    mod = phrase.mod or phrase.parts["amount"].mod or amount.mod
    if phrase.has("ago") or phrase.has("now"):
        return from_day(amount, timeline, -1 if phrase.has("ago") else 1, mod)
    if phrase.has("base"):
        if base is None or base.moment is None:
            return base and unknown()
        if amount.count is None:
            return vague("PAST_REF" if phrase.get("base") == "-" else "FUTURE_REF", anchor="text")
        step = -1 if phrase.get("base") == "-" else 1
        start = Moment("day", base.moment.start) if base.moment.unit != "day" else base.moment.at("")
        moment = shifted(start, amount, step, is_exact=True)
        if moment and phrase.parts["base"].rule == "unit":  # "30 years ago this month"
            moment = Moment.of(base.moment.unit, moment.start)
        return at(moment, anchor=base.anchor, anchor_time=base.anchor_time, mod=mod) if moment else None
    sign = next(v for n in ("earlier", "later", "before2", "after2") if (v := phrase.get(n)))
    direction = timeline.direction(phrase.start, phrase.end)
    return from_mention(amount, phrase, timeline, -1 if sign == "-" else 1, mod, direction)


def from_clock(amount: Amount, phrase: Phrase, timeline: Timeline, step: int, mod: str | None) -> Reading | None:
    """Reads "eight minutes later" where the text has just named a time of day: "at 11:20 p.m. … eight minutes later"."""
    mention = timeline.last("day")
    if mention is None or amount.count is None or mention.sentence < timeline.current_sentence - 2:
        return None
    if mention.is_quoted != timeline.is_quoted(phrase.start):
        return None
    clock = CLOCK.fullmatch(mention.moment.clock)
    if clock is None:
        return None
    begin = datetime.combine(mention.moment.start, time()) + timedelta(hours=int(clock[1]), minutes=int(clock[2]))
    then = begin + step * timedelta(**{CLOCK_UNITS[amount.letter]: amount.count})
    moment = Moment("day", then.date(), f"T{then:%H:%M}{clock[3]}")
    return from_text(moment, mention.index, mod=mod)


def from_mention(
    amount: Amount, phrase: Phrase, timeline: Timeline, step: int, mod: str | None, direction: Direction | None
) -> Reading | None:
    """Reads "a week earlier", "two days later": from the last time named in the text."""
    if amount.count is None:
        return vague(amount.value, "DURATION", granularity=amount.granularity)
    if amount.letter in CLOCK_UNITS and timeline.mentions:
        reading = from_clock(amount, phrase, timeline, step, mod)
        if reading is not None:
            return reading
        return Reading("DURATION", amount.value, granularity=amount.granularity, mod=mod)
    if amount.letter == "Y" and step < 0 and amount.count == int(amount.count) and timeline.reported_quarter:
        return year_comparison(int(amount.count), timeline)
    unit = UNITS.get(amount.letter)
    is_comparison = amount.letter == "Y" and step < 0
    mention = timeline.last(unit or "day", skip_comparisons=is_comparison)
    if mention is None and unit in ("week", "month"):
        mention = timeline.last("month")
    if mention is not None:
        moment = shifted(mention.moment, amount, step, is_exact=False)
        is_told = direction == "past" or (unit == "year" and direction in ("present", "scheduled"))
        if moment and step > 0 and is_told and timeline.today and moment.start > timeline.today:
            return unknown(granularity=amount.granularity)  # counts from a time that the text does not name
        return from_text(moment, mention.index, mod=mod, is_comparison=is_comparison) if moment else None
    is_clock = amount.letter in CLOCK_UNITS
    if (is_clock and step < 0) or (step > 0 and (direction == "past" or (direction is None and not is_clock))):
        # "half an hour before": before what the text does not time
        return unknown("TIME" if is_clock else "DATE", amount.granularity)
    return from_day(amount, timeline, step, mod)


def from_day(amount: Amount, timeline: Timeline, step: int, mod: str | None) -> Reading | None:
    """Reads "six weeks ago", "in five minutes": from the day, or the minute, of publication."""
    if amount.count is None:
        return vague("PAST_REF" if step < 0 else "FUTURE_REF", anchor="publication" if timeline.today else "none")
    if amount.letter == "Y" and step < 0 and amount.count == 1 and timeline.reported_quarter:
        return year_comparison(1, timeline)
    now, today = timeline.now, timeline.today
    if today is None:
        return unknown("TIME" if amount.letter in CLOCK_UNITS else "DATE", amount.granularity)
    if amount.letter in CLOCK_UNITS:
        if now is None:
            days = amount.count * (1 if amount.letter == "PTH" else 0) // 24
            return at(Moment("day", plus_days(today, step * int(days))), anchor="publication", mod="APPROX")
        try:
            then = now + step * timedelta(**{CLOCK_UNITS[amount.letter]: amount.count})
        except OverflowError:
            return None
        return at(Moment("day", then.date(), then.strftime("T%H:%M")), anchor="publication", mod=mod)
    moment = shifted(Moment("day", today), amount, step, is_exact=False)
    if moment is None and step < 0 and amount.letter in UNITS:
        return vague("PAST_REF", anchor="publication")  # "12,000 years ago": before any calendar
    return at(moment, anchor="publication", mod=mod) if moment else None


def shifted(start: Moment, amount: Amount, step: int, *, is_exact: bool) -> Moment | None:
    """The moment an amount away: the unit named, around that day ("two months ago" is a month); with `is_exact`, for an
    amount counted from a named day, the day itself. None outside the calendar.
    """
    try:
        moment = start.at("")
        for count, letter in amount.steps():
            if letter not in UNITS:
                return None
            moment = moment.shift(step * count, UNITS[letter])
    except OverflowError:
        return None
    unit = UNITS[amount.smallest]
    if unit in ("decade", "century", "millennium"):
        unit = "year"
    if is_exact and moment.unit == "day":
        return moment
    return moment if finer(unit, moment.unit) else Moment.of(unit, moment.start)


def finer(unit: Unit, other: Unit) -> bool:
    """Whether a unit is shorter than another, so that the longer one says all there is to know."""
    order = ("day", "weekend", "week", "month", "quarter", "season", "half", "year", "decade", "century", "millennium")
    return order.index(unit) < order.index(other)


def read_part_of_year(phrase: Phrase, base: Reading | None, amount: Amount | None) -> Reading | None:
    """Reads "the first three months of 2025", "the last six months of last year" as the quarter or half that they are."""
    if base is None or base.moment is None or amount is None or amount.count is None:
        return base
    length = phrase.parts["amount"]
    months = int(amount.count) * (3 if amount.letter == "Q" else 1)
    is_last = length.get("ref") == "last" or length.get("quarterrank") == "4"
    if not is_last and "1" not in (length.get("ordinal"), length.get("quarterrank")):
        return None
    if not (amount.letter in ("M", "Q") and months in (3, 6) and base.moment.unit == "year"):
        return edge_of(base, base.moment, amount, is_last=is_last)
    start = base.moment.start.replace(month=13 - months if is_last else 1)
    unit: Unit = "quarter" if months == 3 else "half"
    return at(Moment(unit, start), anchor=base.anchor, anchor_time=base.anchor_time)


def edge_of(base: Reading, whole: Moment, amount: Amount, *, is_last: bool) -> Reading | None:
    """The first or last days of a stretch: "the first two weeks of March"."""
    border = plus_days(whole.end, 1) if is_last else whole.start
    other = shifted(Moment("day", border), Amount(amount.count, amount.letter), -1 if is_last else 1, is_exact=True)
    if other is None:
        return None
    days = (other.start, whole.end) if is_last else (whole.start, plus_days(other.start, -1))
    return Reading(
        "DATE",
        f"{days[0]}/{days[1]}",
        granularity="day",
        interval=days,
        anchor=base.anchor,
        anchor_time=base.anchor_time,
    )


def read_in_amount(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "(will resign) in 18 months": so far after the publication."""
    amount = amount_of(phrase)
    if amount is None or amount.count is None:  # "in a few days"
        return read_amount(phrase)
    return from_day(amount, timeline, 1, phrase.mod or amount.mod)
