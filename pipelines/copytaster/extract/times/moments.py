"""A stretch of the calendar: its unit and its first day, from which follow its TIMEX3 value and its last day.

ISO 8601 weeks; quarters and halves of the calendar year; seasons are the meteorological ones of the northern
hemisphere, and a winter bears the year that it begins in.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from copytaster.records import Granularity

Unit = Literal[
    "day", "week", "weekend", "month", "quarter", "half", "season", "year", "decade", "century", "millennium"
]

MONTHS = {
    "month": 1,
    "quarter": 3,
    "season": 3,
    "half": 6,
    "year": 12,
    "decade": 120,
    "century": 1200,
    "millennium": 12000,
}
"""Length in months of the units that are made of months."""
DAYS = {"day": 1, "week": 7, "weekend": 7}
"""Distance in days from one to the next, of the units that are made of days."""
SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
"""First month of each season."""
FINENESS = ("day", "weekend", "week", "month", "season", "quarter", "half", "year", "decade", "century", "millennium")
"""Units from the shortest to the longest."""
GRANULARITIES: dict[str, Granularity] = {
    "day": "day",
    "weekend": "week",
    "week": "week",
    "month": "month",
    "season": "season",
    "quarter": "quarter",
    "half": "quarter",
    "year": "year",
    "decade": "decade",
    "century": "century",
    "millennium": "century",
}
"""What `TimeExpression.granularity` calls a unit."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A calendar unit that begins on `start`; `clock` is what follows the day in its value ("T09:00Z", "TMO")."""

    unit: Unit
    start: date
    clock: str = ""

    @classmethod
    def of(cls, unit: Unit, day: date) -> Moment:
        """The unit in which a day lies. Raises OverflowError where the calendar ends."""
        if unit == "day":
            return cls(unit, day)
        if unit == "week":
            return cls(unit, plus_days(day, -day.weekday()))
        if unit == "weekend":
            return cls(unit, plus_days(day, 5 - day.weekday()))
        if unit in ("month", "quarter", "half"):
            length = MONTHS[unit]
            return cls(unit, date(day.year, (day.month - 1) // length * length + 1, 1))
        if unit == "season":
            return cls(unit, plus_months(date(day.year, day.month, 1), -(day.month % 3)))
        years = MONTHS[unit] // 12
        return cls(unit, date(max(1, day.year // years * years), 1, 1))

    def shift(self, count: int, unit: Unit | None = None) -> Moment:
        """The moment `count` units later (earlier when negative), counted in its own unit or in another.

        Raises OverflowError outside the years 1 to 9999.
        """
        unit = unit or self.unit
        if unit in DAYS:
            return replace(self, start=plus_days(self.start, count * DAYS[unit]))
        return replace(self, start=plus_months(self.start, count * MONTHS[unit]))

    def at(self, clock: str) -> Moment:
        """The same day at a time of day."""
        return replace(self, clock=clock)

    @property
    def end(self) -> date:
        """Its last day; the calendar's last where it would lie beyond."""
        try:
            if self.unit == "weekend":
                return plus_days(self.start, 1)
            if self.unit in DAYS:
                return plus_days(self.start, DAYS[self.unit] - 1)
            months = MONTHS[self.unit]
            if self.start.year == 1:  # there is no year 0: the first decade, century and millennium begin a year late
                months -= 12 * (months > 12)
            return plus_days(plus_months(self.start, months), -1)
        except OverflowError:
            return date.max

    @property
    def value(self) -> str:
        """The TIMEX3 value: `2025-11-21`, `2025-W48`, `2025-W48-WE`, `2025-Q3`, `2025-SU`, `199`, `19`."""
        year = f"{self.start.year:04d}"
        if self.unit == "day":
            return self.start.isoformat() + self.clock
        if self.unit in ("week", "weekend"):
            iso = self.start.isocalendar()
            return f"{iso.year:04d}-W{iso.week:02d}" + ("-WE" if self.unit == "weekend" else "")
        if self.unit == "month":
            return f"{year}-{self.start.month:02d}"
        if self.unit == "quarter":
            return f"{year}-Q{(self.start.month + 2) // 3}"
        if self.unit == "half":
            return f"{year}-H{1 if self.start.month < 7 else 2}"
        if self.unit == "season":
            return f"{year}-{next(name for name, month in SEASONS.items() if month == self.start.month)}"
        return year[: {"year": 4, "decade": 3, "century": 2, "millennium": 1}[self.unit]]

    @property
    def granularity(self) -> Granularity:
        """What records call the unit; of a clock time the finest part that it names."""
        if self.clock[:2] in ("TM", "TA", "TE", "TN", "TD") or not self.clock:
            return GRANULARITIES[self.unit]
        return "minute" if ":" in self.clock else "hour"

    def contains(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.start <= day <= self.end


def plus_days(day: date, count: int) -> date:
    """The day `count` days later. Raises OverflowError outside the years 1 to 9999."""
    return day + timedelta(days=count)


def plus_months(day: date, count: int) -> date:
    """The same day `count` months later, or the month's last where it is shorter. Raises OverflowError as `plus_days`."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(f"{day.isoformat()} plus {count} months lies outside the years 1 to 9999")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def part_of(moment: Moment, mod: str | None, *, narrow: bool = False) -> tuple[date, date]:
    """First and last day of the start, middle or end of a moment; of the whole moment with any other `mod`.

    A month's parts are its days 1–10, 11–20 and 21 to the last; a year's start and end ("early 2025", "late 2025") its
    first and last quarter, when `narrow` ("the end of 2025") its first and last month; of a week Monday and Tuesday, Wednesday and
    Thursday, and the rest; others in thirds of their months or years, the first with what is over.
    """
    start, end = moment.start, moment.end
    days = (end - start).days + 1
    if mod not in ("START", "MID", "END") or days < 3:
        return start, end
    if moment.unit == "month":
        first, last = {"START": (1, 10), "MID": (11, 20), "END": (21, end.day)}[mod]
        return start.replace(day=first), start.replace(day=last)
    if moment.unit == "year":
        first, last = {"START": (1, 1 if narrow else 3), "MID": (5, 8), "END": (12 if narrow else 10, 12)}[mod]
        return start.replace(month=first), Moment.of("month", start.replace(month=last)).end
    if moment.unit == "week":
        first, last = {"START": (0, 1), "MID": (2, 3), "END": (4, 6)}[mod]
        return plus_days(start, first), plus_days(start, last)
    smaller: Unit = "year" if MONTHS[moment.unit] > 12 else "month"
    count = MONTHS[moment.unit] // MONTHS[smaller]
    third, rest = divmod(count, 3)
    first, last = {
        "START": (0, third + rest - 1),
        "MID": (third, count - third - 1),
        "END": (count - third, count - 1),
    }[mod]
    if mod == "MID":
        first += rest
    last_part = Moment.of(smaller, plus_months(start, last * MONTHS[smaller]))
    return plus_months(start, first * MONTHS[smaller]), min(last_part.end, end)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus' algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def holiday_in(rule: str, year: int) -> date:
    """The day of a holiday in a year, by its rule.

    `12-25`: month and day; `11/4/4`: month, weekday (Monday 1) and which one of the month (-1 the last); `easter-2`: days
    from Easter Sunday; `11/4/4+1`: so many days later.
    """
    if rule.startswith("easter"):
        return plus_days(easter(year), int(rule.removeprefix("easter") or 0))
    base, _, after = rule.partition("+")
    if "/" not in base:
        month, day = map(int, base.split("-"))
        return plus_days(date(year, month, min(day, calendar.monthrange(year, month)[1])), int(after or 0))
    month, weekday, nth = map(int, base.split("/"))
    if nth < 0:
        last = date(year, month, calendar.monthrange(year, month)[1])
        return plus_days(last, int(after or 0) - (last.weekday() + 1 - weekday) % 7)
    first = date(year, month, 1)
    return plus_days(first, (weekday - 1 - first.weekday()) % 7 + 7 * (nth - 1) + int(after or 0))
