"""Seasons, quarters, halves, fiscal years, years, decades and centuries."""

from __future__ import annotations

from datetime import date

from copytaster.extract.times.clauses import Direction
from copytaster.extract.times.dates import MONTH_BIAS, STEPS, UNITS, moment_in, shifted_year, unit_around, year_of
from copytaster.extract.times.moments import SEASONS, Moment, plus_days
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.readings import Reading, at, fiscal, unknown
from copytaster.extract.times.timeline import Timeline, nearest
from copytaster.records import TimeAnchor


def read_season(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "the winter of 1994", "last fall", "this summer", "the summer"."""
    month = SEASONS[phrase.get("season") or "SU"]
    year = year_of(phrase, timeline)
    if phrase.has("monthly"):  # "the winter of 2011-12"
        year = int((phrase.get("monthly") or "")[:4]) if (phrase.get("monthly") or "")[:4].isdigit() else None
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
            if step > 0 and mention.moment.unit != "year" and mention.moment.start.month < month:
                step -= 1  # "in January 1988 … the following fall"
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
    direction = timeline.direction(phrase.start, phrase.end)
    is_of_noun = timeline.is_in_noun_phrase(phrase.start, phrase.end)
    moment = chosen_season(candidates, ref, today, direction, is_of_noun)
    return at(moment, anchor="publication", confidence=0.9)


def chosen_season(
    candidates: list[Moment], ref: str | None, today: date, direction: Direction | None, is_of_noun: bool
) -> Moment:
    """Which year's season is meant: the last that is over, the next, this year's, or the nearest that fits the tense."""
    if ref in ("last", "previous", "latest"):
        return max((m for m in candidates if m.end < today), default=candidates[0], key=lambda m: m.start)
    if ref == "past":
        return max((m for m in candidates if m.start <= today), default=candidates[0], key=lambda m: m.start)
    if ref in ("next", "coming", "following"):
        return min((m for m in candidates if m.start > today), default=candidates[-1], key=lambda m: m.start)
    if ref in ("this", "current"):
        own = [m for m in candidates if m.start.year == today.year]
        is_winter = candidates[0].start.month == 12
        is_over = direction == "future" and own and own[0].end < today
        return nearest(candidates if is_winter or is_over or not own else own, today, direction, 2)
    if direction == "future" and not is_of_noun:  # "could start in the autumn", told in December
        candidates = [m for m in candidates if m.end >= today] or candidates
    return nearest(candidates, today, direction, 3 if is_of_noun else MONTH_BIAS)


def read_quarter(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "the third quarter", "Q3 2025", "this year's third quarter", "the latest quarter"."""
    number = int(phrase.get("ordinal") or phrase.get("quartername") or phrase.get("quarterrank") or 0)
    if phrase.has("month"):  # "the March quarter" ends with March
        first, last = int(phrase.all("month")[0]), int(phrase.all("month")[-1])
        number = (last + 2) // 3
        if last % 3 or first not in (last, last - 2):
            return read_stretch(first, last, timeline)  # no quarter of the calendar year
    is_fiscal = phrase.has("fiscal")
    year = year_of(phrase, timeline)
    today = timeline.today
    anchor: TimeAnchor = "none"
    anchor_time: int | None = None
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
        elif direction in ("future", "scheduled") and quarter.end < today and (today - quarter.end).days > 150:
            quarter = quarter.shift(4)
        moment = quarter
    else:
        if not 1 <= year <= 9999:
            return None
        moment = Moment("quarter", date(year, 3 * (number or 1) - 2, 1))
        if not number:
            return None
    is_comparison = bool(today and moment.end < plus_days(today, -270))
    told = fiscal if is_fiscal else at
    return told(moment, anchor=anchor, anchor_time=anchor_time, is_comparison=is_comparison)


def read_stretch(first: int, last: int, timeline: Timeline) -> Reading | None:
    """Reads "the December-February quarter", "the April quarter": the last such months that have begun."""
    if timeline.today is None:
        return unknown(granularity="quarter")
    first = first if first != last else (last - 3) % 12 + 1
    ends = [Moment("month", date(timeline.today.year - step, last, 1)) for step in (0, 1)]
    end = next((m for m in ends if m.start <= timeline.today), ends[-1])
    begin = end.shift(-((last - first) % 12))
    interval = (begin.start, end.end)
    return Reading("DATE", f"{begin.value}/{end.value}", None, "quarter", interval, anchor="publication")


def quarter_by_ref(phrase: Phrase, timeline: Timeline, today: date) -> Reading | None:
    """Reads "last quarter", "the current quarter"; "the latest quarter" is the one that the text reports on."""
    ref = phrase.get("ref") or "this"
    mention = timeline.last_of("quarter")
    if ref == "latest" and mention is not None and mention.moment.end < today:
        return at(mention.moment, anchor="text", anchor_time=mention.index)
    if phrase.has("unit"):  # "last year's quarter"
        base = mention.moment if mention else Moment.of("quarter", today).shift(-1)
        return at(base.shift(4 * STEPS.get(ref, 0)), anchor="publication", is_comparison=True)
    told = fiscal if phrase.has("fiscal") else at
    return told(Moment.of("quarter", today).shift(STEPS.get(ref, 0)), anchor="publication")


def read_half(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "the first half of 1990", "H2 2025", "the second half of the month"."""
    number = int(phrase.get("ordinal") or phrase.get("halfname") or 0)
    if phrase.get("ref") == "last" and not number:
        number = 2
    if number not in (1, 2):
        return None
    if phrase.has("decade"):
        decade = read_decade(phrase, timeline)
        return decade and at(decade.moment, mod="START" if number == 1 else "END") if decade and decade.moment else None
    year = year_of(phrase, timeline)
    anchor: TimeAnchor = "none"
    letters = phrase.all("unit") + phrase.all("unit1")
    if phrase.has("month") or (letters and letters[0] != "Y"):
        return read_half_of(phrase, number, timeline, letters)
    if year is None and (phrase.has("that") or phrase.has("same")):
        found = shifted_year(phrase, timeline)
        if found is not None and found[1] is not None:
            return at(Moment("half", date(found[0], 6 * number - 5, 1)), anchor="text", anchor_time=found[1])
    if year is None:
        if timeline.today is None:
            return unknown(granularity="quarter")
        refs = [ref for ref in phrase.all("ref") if ref != "last" or phrase.has("ordinal")]
        year, anchor = timeline.today.year + STEPS.get(refs[-1] if refs else "this", 0), "publication"
        if phrase.has("dash") and date(year, 6 * number - 5, 1) > timeline.today:
            year -= 1  # "second-half profit", told in February
    if not 1 <= year <= 9999:
        return None
    told = fiscal if phrase.has("fiscal") else at
    return told(Moment("half", date(year, 6 * number - 5, 1)), anchor=anchor)


def read_half_of(phrase: Phrase, number: int, timeline: Timeline, letters: list[str]) -> Reading | None:
    """Reads "the second half of the month", "the first half of March"."""
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
    """Reads "fiscal 1989", "FY24", "the current fiscal year": the year named; its days depend on a calendar not told."""
    year = year_of(phrase, timeline)
    if year is None:
        if timeline.today is None:
            return unknown(granularity="year")
        ref = phrase.get("ref")
        year = timeline.today.year + (STEPS.get(ref, 0) if ref else 0)
        return fiscal(Moment("year", date(year, 1, 1)), anchor="publication") if 1 <= year <= 9999 else None
    return fiscal(Moment("year", date(year, 1, 1))) if 1 <= year <= 9999 else None


def read_year(phrase: Phrase, timeline: Timeline) -> Reading | None:
    """Reads "1998", "the year 2008", "'98", "500 BC"."""
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


def read_full_year(phrase: Phrase, timeline: Timeline) -> Reading:
    """Reads "full-year (profit)": this year's, or that of the year before where it is told early in the next."""
    today = timeline.today
    if today is None:
        return unknown(granularity="year")
    is_over = today.month <= 3 and timeline.direction(phrase.start, phrase.end) not in ("future", "scheduled")
    return at(Moment("year", date(today.year - is_over, 1, 1)), anchor="publication", confidence=0.8)


def read_year_pair(phrase: Phrase) -> Reading | None:
    """Reads "the 2023-24 school year": a year that begins in one calendar year and ends in the next."""
    first = int(phrase.get("year") or 0)
    last = first - first % 100 + int(phrase.get("shortyear") or 0)
    if last != first + 1 or not 1 <= first <= 9998:
        return None
    return Reading(
        "DATE", f"{first}/{last}", None, "year", (date(first, 1, 1), date(last, 12, 31)), is_interval_known=False
    )


def read_decade(phrase: Phrase, _: Timeline) -> Reading | None:
    """Reads "the 1990s", "the nineties"."""
    digits = phrase.get("decade") or phrase.get("decadeword") or ""
    if not digits.isdigit() or int(digits) < 1:
        return None
    if digits[-1] == "0" and int(digits) < 200:  # "the 1800s" are a century, "the 2000s" a decade
        return at(Moment("century", date(int(digits) * 10, 1, 1)))
    return at(Moment("decade", date(int(digits) * 10, 1, 1)))


def read_century(phrase: Phrase, _: Timeline) -> Reading | None:
    """Reads "the 20th century" is TIMEX3's 19."""
    number = int(phrase.get("ordinal") or 0)
    if phrase.get("era") == "BC":
        return Reading("DATE", f"BC{number - 1:02d}", granularity="century")
    if not 1 <= number <= 99:
        return None
    start = date(max(1, (number - 1) * 100), 1, 1)
    moment = Moment("century", start)
    return at(moment, value=f"{number - 1:02d}")
