"""Times of day: clock times with their zone, mornings and nights."""

from __future__ import annotations

import re
from datetime import date, datetime

from copytaster.extract.times.clauses import Direction, words_of
from copytaster.extract.times.moments import Moment, plus_days
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading, at, unknown
from copytaster.extract.times.timeline import Timeline


def clock_of(phrase: Phrase) -> str | None:
    """What follows the day in the value: "T21:00", "T09:00Z", "T17:30-05:00"; None for what is no time of day."""
    zones = [zone for zone in phrase.all("zone") if zone]
    zone = zones[0] if zones else ""
    if phrase.has("noon"):
        return "T12:00" + zone
    if phrase.has("midnight"):
        return "T24:00" + zone
    hhmm = phrase.get("hhmm")
    time = phrase.get("time")
    second = ""
    if hhmm:
        hour, minute = int(hhmm[:2]), int(hhmm[2:])
    elif time:
        parts = time.replace(".", ":").split(":")
        hour, minute = int(parts[0]), int(parts[1])
        second = f":{parts[2]}" if len(parts) > 2 else ""
    else:
        words = phrase.all("word")
        hour, minute = int(float(phrase.get("hour") or (words[0] if words else 0))), 0
        if len(words) > 1:
            minute = int(words[1])
        if phrase.has("pastword"):
            minute = int(phrase.get("pastword") or 0)
        elif phrase.has("number"):
            minute = int(float(phrase.get("number") or 0))
        if minute < 0:
            hour, minute = (hour - 1) % 24, minute + 60
    half = (phrase.get("ampm") or phrase.get("inthe") or "").replace(".", "").upper()
    if half.startswith("P") and hour < 12:
        hour += 12
    elif half.startswith("A") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return f"T{hour:02d}:{minute:02d}{second}{zone}"


def after(first: str, second: str) -> str:
    """A time of day that nobody says the half of, as the first such time after another: "3pm to half past three"."""
    hour = second[1:3]
    is_open = hour.isdigit() and first[1:3].isdigit() and second < first and 0 < int(hour) < 12
    later = f"T{int(hour) + 12:02d}{second[3:]}" if is_open else second
    return later if later > first else second


def part_clock(phrase: Phrase) -> str:
    """The part of the day that a phrase names, as a value has it: "TMO", "TNI"."""
    for name in ("part", "partword", "hours", "intheday"):
        found = phrase.get(name)
        if found:
            return f"T{found}" if found != "MI" else "T12:00"
    return "TNI"


def read_clock(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "9 p.m. EST" alone: on the last day that the text named, else on the day of publication."""
    clock = clock_of(phrase)
    return None if clock is None else on_current_day(clock, phrase, timeline)


def on_current_day(clock: str, phrase: Phrase, timeline: Timeline) -> Reading:
    """A time of day on the day that the text speaks of: the last one named in this sentence, or in the three before of
    the paragraph one that does not contradict the tense ("The vote, called last week, is on June 6. Polls will open at 7 a.m."),
    else on the day of publication; "came into force at midnight" is of the midnight that it began with, "shortly before midnight"
    of the evening before.
    """
    today = timeline.today
    direction = timeline.direction(phrase.start, phrase.end)
    is_quoted = timeline.is_quoted(phrase.start)
    near = timeline.days_near(is_quoted=is_quoted)
    now = timeline.now
    is_later = is_after(clock, now)
    if now is not None and is_later and direction == "past" and not phrase.has("zone"):
        # told at 01:15, "polls closed at 8 p.m." is of the day before
        near = [m for m in near if m.moment.start < now.date()]
        today = plus_days(now.date(), -1)
    is_beside = bool(near) and near[0].sentence == timeline.current_sentence
    if is_beside and today is not None and direction in ("future", "scheduled"):
        # "under the deal signed on Wednesday, both sides are to stop firing at midnight"
        beside = [m.moment for m in near if m.sentence == timeline.current_sentence]
        is_beside = any(moment.start >= today or moment.clock for moment in beside)
    if today is not None and not is_beside and direction in ("past", "future", "scheduled"):
        fitting = [m for m in near if is_fitting(m.moment.start, today, direction)]
        near = fitting or (near if direction == "scheduled" else [])
    if today is not None and not near and direction is not None:
        before = timeline.days_near(in_paragraph=False, is_quoted=is_quoted)
        near = [m for m in before if is_fitting(m.moment.start, today, direction)]
        may_be_today = direction == "past" and now is not None and not is_later
        if near and may_be_today and (today - near[0].moment.start).days == 1:
            near = []  # told on Sunday morning after what was on Saturday, "at 5 a.m." may be today's
    if near:
        mention = next((m for m in near if m.moment.clock == clock), near[0])  # "at 6pm on Monday … shortly after 6pm"
        earlier = [m for m in timeline.days_near(with_limits=True) if m.moment.start < mention.moment.start]
        if mention.moment.clock != clock and earlier and timeline.is_before(phrase.start, phrase.end):
            mention = earlier[0]  # "lost since Friday, were found on Tuesday. They had set off at 5 a.m."
        day = mention.moment.start
        if clock.startswith("T24") and timeline.words_before(phrase.start) & words_of(timeline.language, "later word"):
            # "shortly after midnight" is of the day named beside it, else of the day after the one that the text spoke of
            day, clock = plus_days(day, not is_beside and day != timeline.today), clock.replace("T24", "T00")
        return at(Moment("day", day, clock), anchor="text", anchor_time=mention.index, confidence=0.8)
    if today is None:
        return unknown("TIME", "minute" if ":" in clock else "day")
    if clock.startswith("T24") and direction == "past":
        if timeline.words_before(phrase.start) & words_of(timeline.language, "earlier word"):
            return at(Moment("day", plus_days(today, -1), clock), anchor="publication", confidence=0.8)
        clock = clock.replace("T24", "T00")
    return at(Moment("day", today, clock), anchor="publication", confidence=0.8)


def is_after(clock: str, now: datetime | None) -> bool:
    """Whether a time of day to the minute, midnight aside, is still to come on the day of publication."""
    if now is None or not re.fullmatch(r"T\d\d:\d\d", clock):
        return False
    return f"T{now:%H:%M}" < clock < "T24:00"


def is_fitting(day: date, today: date, direction: Direction) -> bool:
    """Whether a day lies where the clause looks."""
    return day <= today if direction == "past" else day >= today


def read_part(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "this morning", "that evening", "the next morning", "overnight"."""
    clock = part_clock(phrase)
    ref = phrase.get("ref")
    today = timeline.today
    if phrase.has("overnight"):
        return read_overnight(phrase, timeline)
    step = {"last": -1, "past": -1, "previous": -1, "next": 1, "following": 1, "coming": 1}.get(ref or "", 0)
    if ref in ("this", "current", "last", "past", "coming"):
        return at(Moment("day", plus_days(today, step), clock), anchor="publication") if today else unknown("TIME")
    if phrase.has("that") or phrase.has("same") or ref is not None:
        mention = timeline.last("day")
        if mention is not None:
            moment = Moment("day", plus_days(mention.moment.start, step), clock)
            return at(moment, anchor="text", anchor_time=mention.index, confidence=0.9)
        return (
            at(Moment("day", plus_days(today, step), clock), anchor="publication", confidence=0.6)
            if today
            else unknown("TIME")
        )
    if phrase.has("the") or phrase.has("edge") or phrase.has("intheday") or phrase.has("partword"):
        return on_current_day(clock, phrase, timeline)
    return None


def read_overnight(phrase: Phrase, timeline: Timeline) -> Reading:
    """Reads "overnight": the night that is coming in a clause that looks ahead, else the one before the day that the text
    speaks of; told of an earlier day, the night after it ("Polls closed on Tuesday and results were expected overnight").
    """
    today = timeline.today
    mention = timeline.last("day")
    is_near = (
        mention is not None
        and mention.sentence >= timeline.current_sentence - 1
        and (mention.block == timeline.current_block or today is None or (today - mention.moment.start).days < 2)
        and not mention.is_limit
    )
    is_ahead = timeline.direction(phrase.start, phrase.end) == "future"
    is_earlier = is_ahead and is_near and mention is not None and today is not None and mention.moment.start < today
    if today is not None and is_ahead and not is_earlier:
        return at(Moment("day", today, "TNI"), anchor="publication", confidence=0.7)
    if mention is not None and is_near:
        moment = Moment("day", plus_days(mention.moment.start, 0 if is_earlier else -1), "TNI")
        return at(moment, anchor="text", anchor_time=mention.index, confidence=0.7)
    if today is None:
        return unknown("TIME")
    return at(Moment("day", plus_days(today, -1), "TNI"), anchor="publication", confidence=0.7)


def with_clock(day: Reading, clock: Phrase) -> Reading | None:
    """A day's reading with the time of day beside it: "noon Thursday", "the night of June 2"."""
    found = clock_of(clock) if clock.rule == "clock" else part_clock(clock)
    if found is None:
        return None
    if day.moment is None or day.moment.unit != "day":
        return unknown("TIME") if day.value is None else day
    moment = day.moment
    reading = at(moment.at(found), anchor=day.anchor, anchor_time=day.anchor_time, confidence=day.confidence)
    return (
        at(moment.at(found), anchor=day.anchor, anchor_time=day.anchor_time, mod="START")
        if clock.has("hours")
        else reading
    )
