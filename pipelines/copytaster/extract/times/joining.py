"""Neighbouring phrases as one: "10 p.m." + "Wednesday", "two weeks" + "before" + "Easter", "May 3" + "to" + "May 7"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from copytaster.extract.times.clock import clock_of
from copytaster.extract.times.grammar import Match
from copytaster.extract.times.modifiers import (
    with_edge,
    with_exactness,
    without_article,
    without_participle,
    without_preposition,
)
from copytaster.extract.times.phrases import CALENDAR, DAYS, Phrase
from copytaster.extract.times.ranges import between, join_ranges, merged
from copytaster.extract.times.tokens import TimeToken


def phrases_of(text: str, tokens: Sequence[TimeToken], matches: Sequence[Match]) -> list[Phrase]:
    """The phrases of one block in order, joined with their neighbours and the words that belong to them."""
    found = [
        Phrase(
            match.rule,
            tokens[match.first].start,
            tokens[match.last - 1].end,
            match.first,
            match.last,
            tuple((name, tokens[at].classes[name]) for name, at in match.slots),
        )
        for match in matches
    ]
    if not found:
        return found
    found = [without_participle(without_preposition(phrase, tokens), tokens, text) for phrase in found]
    found = join_offsets(join_rates(found), tokens)
    found = with_shared_days(join_clocks(found, tokens, text), tokens)
    found = [with_edge(phrase, tokens) for phrase in found]
    found = join_bases(found, tokens)
    found = [with_exactness(phrase, tokens) for phrase in found]
    found = [without_article(phrase, tokens) for phrase in found]
    return with_repeated_clocks(without_overlaps(join_ranges(found, tokens)), tokens)


def with_repeated_clocks(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """The phrases with the clock times of what comes again and again as those of no certain day: "9am to 5pm on weekdays"."""
    result = list(found)
    for i in range(len(found) - 1):
        left, right = found[i : i + 2]
        gap = between(left, right, tokens)
        if len(gap) > 1 or not all(token.classes.keys() & {"on", "at", "from", "between", "comma"} for token in gap):
            continue
        for at, clock, other in ((i, left, right), (i + 1, right, left)):
            ends = [*clock.parts.values()] if clock.rule == "range" else [clock]
            if other.rule == "set" and all(end.rule == "clock" for end in ends):
                result[at] = replace(clock, rule="anyclock")
    return result


def join_offsets(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """Amounts with the word that makes a distance of them: "two years ago", "a week earlier", "three days from now"."""
    joined = []
    for phrase in found:
        before = tokens[phrase.first - 1].classes if phrase.first else {}
        if phrase.rule == "amount" and "agobefore" in before:  # German "vor drei Jahren", French "il y a trois ans"
            phrase = replace(
                distance(phrase, "ago", "-", phrase.end, phrase.last),
                start=tokens[phrase.first - 1].start,
                first=phrase.first - 1,
            )
        elif phrase.rule == "amount" and phrase.last < len(tokens):
            after = tokens[phrase.last]
            following = tokens[phrase.last + 1] if phrase.last + 1 < len(tokens) else None
            if "before" in after.classes and (following is None or not following.lower[0].isalnum()):
                # "three weeks before, he had bought a knife"
                joined.append(distance(phrase, "before2", after.classes["before"], after.end, phrase.last + 1))
                continue
            sign = after.classes.get("before") or after.classes.get("after")
            if sign and is_that_alone(tokens, phrase.last + 1):
                # "hosts in 2028 and Brisbane four years after that"
                name = "earlier" if "before" in after.classes else "later"
                joined.append(distance(phrase, name, sign, tokens[phrase.last + 1].end, phrase.last + 2))
                continue
            dash = phrase.last + 1 < len(tokens) and "dash" in after.classes
            word = tokens[phrase.last + 1] if dash else after
            for name in ("ago", "earlier", "later", "before2", "after2"):
                beyond = tokens[phrase.last + 1 + dash].classes if phrase.last + 1 + dash < len(tokens) else {}
                if "than" in beyond:  # "five weeks earlier than usual" is a length
                    continue
                if name in word.classes and not (dash and name not in ("ago", "earlier")):
                    phrase = distance(phrase, name, word.classes[name], word.end, phrase.last + 1 + dash)
                    break
            else:
                if "hence" in after.classes:
                    phrase = distance(phrase, "now", "+", after.end, phrase.last + 1)
        joined.append(phrase)
    return joined


def distance(amount: Phrase, name: str, sign: str, end: int, last: int) -> Phrase:
    """An amount with the word, of class `name`, up to `end` that makes a distance of it."""
    return Phrase("offset", amount.start, end, amount.first, last, ((name, sign),), {"amount": amount})


def is_that_alone(tokens: Sequence[TimeToken], at: int) -> bool:
    """Whether a token is a "that" of its own: "four years after that", not "after that vote"."""
    if at >= len(tokens) or "that" not in tokens[at].classes:
        return False
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        following is None
        or not following.lower[0].isalnum()
        or bool(following.classes.keys() & {"and", "in", "at", "on"})
    )


def is_named(phrase: Phrase, tokens: Sequence[TimeToken]) -> bool:
    """Whether a year or a holiday is the name of what follows: "the 2017 vote", "the New Year's Day fire"."""
    follows = tokens[phrase.last] if phrase.last < len(tokens) else None
    is_noun = follows is not None and follows.lower[0].isalpha() and not follows.classes
    return is_noun and (phrase.has("the") or (phrase.first > 0 and "the" in tokens[phrase.first - 1].classes))


def is_near_today(phrase: Phrase) -> bool:
    """Whether a phrase names today, yesterday, tomorrow or the present week or month."""
    if phrase.rule == "dayword":
        return phrase.has("dayword")
    return phrase.rule == "unit" and phrase.get("ref") == "this" and phrase.get("unit1") in ("W", "M")


def is_part_of_year(left: Phrase, right: Phrase) -> bool:
    """Whether months that are a quarter or half are told by their place in a year: "the first three months of 2025", "the
    last six months of last year"; not "the first nine months of 1997".
    """
    if left.rule != "ofamount" or not (left.has("ordinal") or left.has("ref") or left.has("quarterrank")):
        return False
    unit, number = left.get("units") or left.get("unit"), left.get("number")
    is_whole = (unit == "M" and number in ("3", "6")) or (unit == "Q" and number in ("1", "2"))
    is_year = right.rule == "year" or (right.rule == "unit" and right.get("unit1") == "Y" and right.has("ref"))
    return is_whole and is_year and not right.edge


def is_part_of(left: Phrase, right: Phrase) -> bool:
    """Whether days or weeks are the first or last of a month or year: "the first two weeks of March"."""
    is_edge = left.get("ordinal") == "1" or left.get("ref") == "last" or left.get("quarterrank") == "4"
    unit = left.get("units") or left.get("unit")
    is_month = right.rule == "date" and right.has("month") and not right.has("day")
    is_named = is_month or right.rule == "year" or (right.rule == "unit" and right.get("unit1") in ("M", "Y"))
    is_counted = left.rule == "ofamount" and left.get("number") is not None and not right.edge
    return is_counted and is_edge and is_named and unit in ("D", "W")


def join_rates(found: list[Phrase]) -> list[Phrase]:
    """Amounts of a unit in each longer one as one recurrence: "300 days a year", "24 hours a day", "three nights a week"."""
    joined: list[Phrase] = []
    for phrase in found:
        left = joined[-1] if joined else None
        if (
            left is not None
            and left.rule == "amount"
            and phrase.rule == "amount"
            and left.last == phrase.first
            and left.has("number")
            and (left.has("units") or left.has("unit"))
            and [name for name, _ in phrase.slots] in (["a", "unit1"], ["a", "unit"])
        ):
            joined[-1] = merged("rate", left, phrase, amount=phrase)
            continue
        joined.append(phrase)
    return joined


def join_bases(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """Amounts before or after a named time: "two weeks before Christmas", "three days from Tuesday"; "the week of May 6"."""
    joined: list[Phrase] = []
    for phrase in found:
        left = joined[-1] if joined else None
        if left is not None and phrase.rule in CALENDAR and left.last <= phrase.first:
            gap = between(left, phrase, tokens)
            if gap and len(gap) <= 2 and "the" in gap[-1].classes:
                gap = gap[:-1]
            is_ago = left.rule == "offset" and left.has("ago") and len(left.parts) == 1
            if is_ago and not gap and is_near_today(phrase):  # "24 years ago today", "30 years ago this month"
                base = merged("offset", left, phrase, amount=left.parts["amount"], base=phrase)
                joined[-1] = replace(base, slots=(("base", "-"),))
                continue
            if phrase.rule in ("year", "holiday") and gap and is_named(phrase, tokens):
                joined.append(phrase)  # "six months after the 2017 vote"
                continue
            # "for two weeks from December 22" tells how long, "two weeks from December 22" when
            is_length = left.first > 0 and "for" in tokens[left.first - 1].classes
            units = left.all("unit") + left.all("unit1") + left.all("units")
            is_length = is_length or (bool(gap) and "from" in gap[0].classes and any(u.startswith("PT") for u in units))
            if (
                left.rule == "amount"
                and not is_length
                and len(gap) == 1
                and (gap[0].classes.keys() & {"before", "after", "from", "since"})
            ):
                sign = "-" if "before" in gap[0].classes else "+"
                base = merged("offset", left, phrase, amount=left, base=phrase)
                joined[-1] = replace(base, slots=(("base", sign),))
                continue
            if left.rule == "offset" and left.get("before2") and not gap:
                continue
            if len(gap) == 1 and "of" in gap[0].classes and (is_part_of_year(left, phrase) or is_part_of(left, phrase)):
                joined[-1] = merged("partof", left, phrase, amount=left, base=phrase)
                continue
            if left.rule == "unitbefore" and not gap:
                joined[-1] = replace(merged("unitbefore", left, phrase, base=phrase), slots=left.slots)
                continue
            if (
                left.rule == "unit"
                and left.has("the")
                and len(gap) in (1, 2)
                and (gap[0].classes.keys() & {"of", "starts"} and (len(gap) == 1 or "on" in gap[1].classes))
                and phrase.rule in DAYS
            ):
                joined[-1] = merged("weekof", left, phrase, unit=left, base=phrase)
                continue
        joined.append(phrase)
    return joined


def join_clocks(found: list[Phrase], tokens: Sequence[TimeToken], text: str) -> list[Phrase]:
    """Days with the time of day beside them: "Friday morning", "noon Thursday", "the night of June 2", "Monday at 9"."""
    joined: list[Phrase] = []
    for phrase in found:
        left = joined[-1] if joined else None
        gap = between(left, phrase, tokens) if left is not None else ()
        if left is None or any(text[token.start].isupper() for token in gap):  # "closes at 4 p.m. On Friday, she'll"
            joined.append(phrase)
        elif is_day_with_clock(left, phrase, tokens):
            joined[-1] = merged("dated", left, phrase, day=left, clock=phrase)
        elif is_clock_with_day(left, phrase, tokens):
            joined[-1] = merged("dated", left, phrase, day=phrase, clock=left)
        elif is_of_small_hours(left, phrase):
            joined[-1] = replace(left, end=phrase.end, last=phrase.last)
        elif is_of_part(left, phrase):
            clock = left.parts["clock"]
            half = ("ampm", "am" if phrase.get("part") == "MO" else "pm")
            clock = clock if clock.has("ampm") else replace(clock, slots=(*clock.slots, half))
            joined[-1] = replace(
                left, end=phrase.end, last=phrase.last, parts={"day": left.parts["day"], "clock": clock}
            )
        elif is_of_week(left, phrase):
            day, clock = left.parts["day"], left.parts["clock"]
            week = tuple(slot for slot in phrase.slots if slot[0] == "ref")
            day = replace(day, slots=(*day.slots, *week, ("unit", "W")))
            joined[-1] = merged("dated", left, phrase, day=day, clock=clock)
        else:
            joined.append(phrase)
    return joined


def with_shared_days(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """Clock times that share the day after them: "at 10:35 a.m. (0735 GMT) Friday"."""
    shared = list(found)
    for i in range(len(found) - 1):
        first, second = found[i : i + 2]  # "at 4 in the morning (4 a.m. EDT Thursday)"
        if first.rule == "clock" and second.rule == "dated" and second.parts["clock"].rule == "clock":
            is_beside = classes_match(between(first, second, tokens), "open")
            if is_beside and are_of_one_day(first, second.parts["clock"]):
                shared[i] = replace(first, rule="dated", parts={"day": second.parts["day"], "clock": first})
    for i in range(len(found) - 2):
        first, second, day = found[i : i + 3]
        if first.rule == "clock" and second.rule == "clock" and is_day(day):
            opening, closing = between(first, second, tokens), between(second, day, tokens)
            if classes_match(opening, "open") and classes_match(closing[:1], "close") and len(closing) <= 2:
                shared[i] = replace(first, rule="dated", parts={"day": day, "clock": first})
                shared[i + 1] = replace(second, rule="dated", parts={"day": day, "clock": second})
    return shared


def are_of_one_day(first: Phrase, second: Phrase) -> bool:
    """Whether two clocks of one moment show the same day: not "12:59 a.m. local time (2029 GMT on Sunday)"."""
    hours = [int(clock[1:3]) for phrase in (first, second) if (clock := clock_of(phrase))]
    return len(hours) == 2 and abs(hours[0] - hours[1]) < 12


def classes_match(tokens: Sequence[TimeToken], *names: str) -> bool:
    """Whether the tokens are of these classes, one by one."""
    return len(tokens) == len(names) and all(name in token.classes for token, name in zip(tokens, names, strict=True))


def is_of_small_hours(left: Phrase, right: Phrase) -> bool:
    """Such as "the early hours of Tuesday" + "morning"."""
    return (
        left.rule == "dated"
        and left.parts["clock"].has("hours")
        and right.rule == "partofday"
        and len(right.slots) == 1
        and left.last == right.first
    )


def is_of_part(left: Phrase, right: Phrase) -> bool:
    """Such as "half past seven on Friday" + "morning"."""
    return (
        left.rule == "dated"
        and left.parts["clock"].rule == "clock"
        and left.last == right.first
        and right.rule == "partofday"
        and [name for name, _ in right.slots] == ["part"]
    )


def is_of_week(left: Phrase, right: Phrase) -> bool:
    """Such as "Wednesday evening" + "next week"."""
    return (
        left.rule == "dated"
        and left.parts["day"].rule == "weekday"
        and not left.parts["day"].has("ref")
        and right.rule == "unit"
        and right.get("unit1") == "W"
        and right.has("ref")
        and left.last == right.first
    )


def is_day_with_clock(left: Phrase, right: Phrase, tokens: Sequence[TimeToken]) -> bool:
    """Such as "Friday morning", "Monday at 9 a.m.", "Nov. 6, around noon"."""
    if not is_day(left) or right.rule not in ("clock", "partofday") or right.has("ref"):
        return False
    gap = between(left, right, tokens)
    joints = [token for token in gap if not token.classes.keys() & {"comma", "approx"}]
    if len(gap) - len(joints) > 2 or (right.rule == "partofday" and gap):
        return False
    return not joints or (len(joints) == 1 and bool(joints[0].classes.keys() & {"at", "atsign", "dash", "by"}))


def is_clock_with_day(left: Phrase, right: Phrase, tokens: Sequence[TimeToken]) -> bool:
    """Such as "noon Thursday", "5 p.m. EST, Nov. 6", "the early hours of Monday", "8 a.m. this morning"."""
    gap = between(left, right, tokens)
    if left.rule == "clock" and right.rule == "partofday" and right.has("ref"):
        return not gap
    if left.rule not in ("clock", "partofday") or left.has("ref") or not is_day(right):
        return False
    joints = [token for token in gap if "comma" not in token.classes]
    if len(gap) - len(joints) > 1:
        return False
    allowed = {"of", "on"} if left.rule == "clock" or left.has("partword") else {"of"}
    is_part = left.rule == "partofday" and left.has("part") and not left.has("the") and right.rule != "dayword"
    if not joints:
        return not is_part  # "if he has a good night Tuesday" names no night
    return len(joints) == 1 and bool(joints[0].classes.keys() & allowed)


def is_day(phrase: Phrase) -> bool:
    """Whether the phrase can name one day."""
    if phrase.rule == "unit":
        return phrase.get("unit1") == "D"
    if phrase.rule == "date":
        return phrase.has("day") or phrase.has("ordinal") or phrase.has("weekday")
    if phrase.rule == "offset":
        return "D" in phrase.parts["amount"].all("unit") + phrase.parts["amount"].all("unit1")
    return phrase.rule in DAYS


def without_overlaps(found: list[Phrase]) -> list[Phrase]:
    """The phrases without those that begin inside the one before, the longer of two kept."""
    kept: list[Phrase] = []
    for phrase in found:
        if kept and phrase.start < kept[-1].end:
            if phrase.end - phrase.start > kept[-1].end - kept[-1].start:
                kept[-1] = phrase
            continue
        kept.append(phrase)
    return kept
