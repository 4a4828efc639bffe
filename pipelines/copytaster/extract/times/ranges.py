"""Two ends of one stretch as one phrase: "between March and May", "Nov 3–5", "1939-45", "2012/13"."""

from __future__ import annotations

from collections.abc import Sequence

from copytaster.extract.times.phrases import CALENDAR, Phrase
from copytaster.extract.times.tokens import TimeToken


def between(left: Phrase, right: Phrase, tokens: Sequence[TimeToken]) -> Sequence[TimeToken]:
    """The tokens between two phrases."""
    return tokens[left.last : right.first]


def merged(rule: str, left: Phrase, right: Phrase, **parts: Phrase) -> Phrase:
    """One phrase from the first to the last character of two."""
    return Phrase(rule, left.start, right.end, left.first, right.last, parts=parts)


def join_ranges(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """Two ends of one stretch: "between March and May", "from May 3 to May 7", "Nov 3–5", "1939-45"."""
    joined: list[Phrase] = []
    for phrase in found:
        left = joined[-1] if joined else None
        before = tokens[left.first - 1] if left is not None and left.first > 0 else None
        opens = set(before.classes) if before is not None else set()
        is_opened = bool(opens & {"from", "between"})
        if left is not None and left.last < phrase.first and is_same_kind(left, phrase, is_opened=is_opened):
            gap = between(left, phrase, tokens)
            if len(gap) == 2 and "comma" in gap[0].classes and left.has("year"):
                gap = gap[1:]  # "between June 23, 2019, and June 23, 2025"
            if len(gap) == 1 and (
                "dash" in gap[0].classes
                or (
                    gap[0].classes.keys() & {"to", "through", "until"} and ("from" in opens or left.rule == phrase.rule)
                )
                or ("and" in gap[0].classes and "between" in opens)
            ):
                joined[-1] = merged("range", left, phrase, start=left, end=phrase)
                continue
        joined.append(phrase)
    return [part for phrase in joined for part in with_second_day(phrase, tokens)]


def is_same_kind(left: Phrase, right: Phrase, *, is_opened: bool) -> bool:
    """Whether two phrases can be the ends of one stretch; parts of a day or year ("from late Wednesday to Friday") only
    after a word that opens one.
    """
    if ((left.edge or right.edge) and not is_opened) or left.rule == "range":
        return False
    if left.rule == "clock" or right.rule == "clock":
        return left.rule in ("clock", "dated") and right.rule in ("clock", "dated")
    return left.rule in CALENDAR and right.rule in CALENDAR


def with_second_day(phrase: Phrase, tokens: Sequence[TimeToken]) -> list[Phrase]:
    """A date with the day that it shares its month with: "Nov 3–5" and "3-5 November" as one stretch, "June 3 and 4" as two
    dates; "1939-45" as one stretch of years.
    """
    if phrase.rule == "date" and phrase.has("month") and phrase.has("day"):
        first = day_before(phrase, tokens)
        if first is not None:
            joint = tokens[phrase.first - 1].classes
            opens = tokens[phrase.first - 3].classes if phrase.first > 2 else {}
            is_apart = int(phrase.get("day") or 0) - int(first.get("day") or 0) > 1  # "3 and 9 May", not "6 and 7 May"
            if "and" in joint and "between" not in opens and is_apart:
                return [first, phrase]
            return [merged("range", first, phrase, start=first, end=phrase)]
    elif phrase.rule in ("clock", "dated"):
        return with_first_hour(phrase, tokens)
    elif phrase.rule != "year":
        return [phrase]
    if phrase.last + 1 >= len(tokens):
        return [phrase]
    mark, number = tokens[phrase.last], tokens[phrase.last + 1]
    second = second_part(phrase, number)
    if second is None:
        return [phrase]
    following = tokens[phrase.last + 2] if phrase.last + 2 < len(tokens) else None
    if following is not None and following.classes.keys() & {"dash", "slash", "unit", "ampm"}:
        return [phrase]
    if "slash" in mark.classes:  # "2012/13"
        is_next = phrase.rule == "year" and int(second.get("year") or 0) == int(phrase.get("year") or 0) + 1
        return [merged("range", phrase, second, start=phrase, end=second)] if is_next else [phrase]
    if "dash" in mark.classes or ("to" in mark.classes and phrase.rule == "date"):
        return [merged("range", phrase, second, start=phrase, end=second)]
    is_free = (
        following is None or not following.lower[0].isalnum() or bool(following.classes.keys() & {"in", "at", "of"})
    )
    if "and" in mark.classes and phrase.rule == "date" and is_free:
        return [phrase, second]
    return [phrase]


def with_first_hour(phrase: Phrase, tokens: Sequence[TimeToken]) -> list[Phrase]:
    """A clock time with the hour that shares its half of the day: "between 9 and 11 a.m.", "6-8 p.m. on Friday"."""
    clock = phrase.parts.get("clock", phrase)
    half, at = clock.get("ampm"), phrase.first - 2
    if clock.rule != "clock" or clock.first != phrase.first or half is None or at < 0:
        return [phrase]
    hour, joint = tokens[at], tokens[at + 1]
    opens = tokens[at - 1].classes if at else {}
    is_joined = "dash" in joint.classes or (
        "between" in opens if "and" in joint.classes else "to" in joint.classes and "from" in opens
    )
    named = "hour" if "hour" in hour.classes else "time"
    if not is_joined or named not in hour.classes:
        return [phrase]
    until = clock.get("hour") or (clock.get("time") or "").partition(":")[0].partition(".")[0]
    is_other_half = (
        until.isdigit() and int(hour.classes[named].partition(":")[0].partition(".")[0]) % 12 > int(until) % 12
    )
    if is_other_half:  # "from 9 to 5 p.m." begins in the morning
        half = "am" if half.lower().startswith("p") else "pm"
    first = Phrase("clock", hour.start, hour.end, at, at + 1, ((named, hour.classes[named]), ("ampm", half)))
    return [merged("range", first, phrase, start=first, end=phrase)]


def second_part(phrase: Phrase, number: TimeToken) -> Phrase | None:
    """The phrase with another day or year in the place of its own; None where the number can be neither."""
    short = number.classes.get("shortyear") or number.classes.get("linkedyear") or ""
    if phrase.rule == "date" and phrase.has("month") and not phrase.has("year") and "day" in number.classes:
        slots = tuple((k, number.classes["day"] if k == "day" else v) for k, v in phrase.slots if k != "weekday")
    elif phrase.rule == "year" and len(short) == 2 and phrase.get("year"):
        slots = (("year", (phrase.get("year") or "")[:2] + short),)
    else:
        return None
    at = phrase.last + 1
    return Phrase(phrase.rule, number.start, number.end, at, at + 1, slots)


def day_before(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase | None:
    """The first day of "3-5 November", "13 and 14 December", "10 to 12 June", which stands before the phrase."""
    if phrase.first < 2 or phrase.slots[0][0] != "day":
        return None
    number, mark = tokens[phrase.first - 2], tokens[phrase.first - 1]
    if "day" not in number.classes or not mark.classes.keys() & {"dash", "and", "to"}:
        return None
    if int(number.classes["day"]) >= int(phrase.get("day") or 0):
        return None
    slots = tuple((k, number.classes["day"] if k == "day" else v) for k, v in phrase.slots)
    return Phrase(phrase.rule, number.start, number.end, phrase.first - 2, phrase.first - 1, slots)
