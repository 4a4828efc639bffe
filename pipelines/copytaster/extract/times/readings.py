"""What a phrase was understood to mean, before the words around it bound it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from copytaster.extract.times.moments import Moment, part_of
from copytaster.records import Granularity, TimeAnchor, TimexType


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning: TIMEX3 type and value, and where it lies on the calendar (`moment`) when it lies there."""

    timex_type: TimexType
    value: str | None
    moment: Moment | None = None
    granularity: Granularity | None = None
    interval: tuple[date | None, date | None] = (None, None)
    mod: str | None = None
    anchor: TimeAnchor = "none"
    anchor_time: int | None = None
    is_vague: bool = False
    is_comparison: bool = False
    """A year-ago figure, which later comparisons do not count from."""
    is_interval_known: bool = True
    """False: the value names a stretch whose days the text does not tell (a fiscal quarter)."""
    confidence: float = 1.0


def at(moment: Moment, **more: object) -> Reading:
    """The reading of a place on the calendar: a DATE, or a TIME when it has a clock."""
    reading = Reading(
        "TIME" if moment.clock else "DATE", moment.value, moment, moment.granularity, (moment.start, moment.end)
    )
    return replace(reading, **more)  # type: ignore[arg-type]


def fiscal(moment: Moment, **more: object) -> Reading:
    """The reading of a fiscal quarter, half or year: the value names it as the text does, its days are not known, for the text
    seldom tells when a company's year begins; the granularity says that it is fiscal.
    """
    granularity: Granularity = "fiscal year" if moment.granularity == "year" else "fiscal quarter"
    return at(moment, **{**more, "granularity": granularity, "is_interval_known": False})


def unknown(timex_type: TimexType = "DATE", granularity: Granularity | None = None) -> Reading:
    """An expression that counts from a time that nobody tells: no value."""
    return Reading(timex_type, None, granularity=granularity or "day", confidence=0.5)


def vague(value: str, timex_type: TimexType = "DATE", **more: object) -> Reading:
    """An expression that names no place on the calendar and shall not be given one."""
    return replace(Reading(timex_type, value, is_vague=True), **more)  # type: ignore[arg-type]


def with_edge(reading: Reading, edge: str | None, *, is_narrow: bool) -> Reading:
    """The reading of a part of it: "early 2025" keeps the value 2025 and has mod START and the first months."""
    if edge is None:
        return reading
    reading = replace(reading, mod=edge)
    if reading.moment is None or reading.moment.clock:
        return reading
    return replace(reading, interval=part_of(reading.moment, edge, narrow=is_narrow))


def from_text(moment: Moment, index: int, **more: object) -> Reading:
    """A reading that counts from an earlier expression."""
    return at(moment, anchor="text", anchor_time=index, confidence=0.9, **more)
