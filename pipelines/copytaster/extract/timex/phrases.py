"""Phrases and how neighbours join: "10 p.m." + "Wednesday", "the end of" + "March", "two weeks" + "before" + "Easter"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from copytaster.extract.timex.grammar import Match
from copytaster.extract.timex.tokens import TimeToken

DAYS = frozenset({"date", "weekday", "dayword", "holiday", "numeric", "dayofmonth", "unitbefore", "nthof", "offset"})
"""Rules whose phrases can name a day, which a clock time or a part of the day may stand beside."""
CALENDAR = DAYS | {
    "month",
    "season",
    "quarter",
    "half",
    "fiscalyear",
    "year",
    "decade",
    "century",
    "unit",
    "yearend",
    "dated",
    "period",
    "weekno",
}
"""Rules whose phrases name a place on the calendar."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A time expression before it is understood: offsets, tokens [first, last), rule, and what fills its pattern."""

    rule: str
    start: int
    end: int
    first: int
    last: int
    slots: tuple[tuple[str, str], ...] = ()
    """Class -> value of the tokens that fill the pattern, in order."""
    parts: Mapping[str, Phrase] = field(default_factory=dict)
    """Of a joined phrase its parts: `day` and `clock`, `amount` and `base`, `from` and `to`."""
    edge: str | None = None
    """START, MID or END of it is meant."""
    is_narrow: bool = False
    """The edge is its very end ("the end of 2025"), not a late part of it."""
    mod: str | None = None
    """How exact it is: TIMEX3's APPROX, MORE_THAN, …"""
    bound: str | None = None
    """ON_OR_AFTER or ON_OR_BEFORE: it is a limit ("not earlier than in 18 months")."""

    def get(self, name: str) -> str | None:
        """The value of the first token of a class."""
        return next((value for key, value in self.slots if key == name), None)

    def all(self, name: str) -> list[str]:
        """The values of all tokens of a class."""
        return [value for key, value in self.slots if key == name]

    def has(self, name: str) -> bool:
        """Whether a token of the class is in it."""
        return any(key == name for key, _ in self.slots)


def phrases_of(tokens: Sequence[TimeToken], matches: Sequence[Match]) -> list[Phrase]:
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
    found = [without_preposition(phrase, tokens) for phrase in found]
    found = join_offsets(found, tokens)
    found = join_clocks(found, tokens)
    found = [with_edge(phrase, tokens) for phrase in found]
    found = join_bases(found, tokens)
    found = [with_exactness(phrase, tokens) for phrase in found]
    found = [without_article(phrase, tokens) for phrase in found]
    return without_overlaps(join_ranges(found, tokens))


def without_preposition(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase:
    """A phrase of the word list without the preposition that it is told by: "at [the moment]"."""
    token = tokens[phrase.first]
    if phrase.last == phrase.first + 1 and token.classes.keys() & {"vagueat", "vagueat2", "pasttime", "intheday"}:
        word = len(token.lower.partition(" ")[0])
        return replace(phrase, start=phrase.start + word + 1)
    return phrase


def without_article(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase:
    """A hyphenated phrase that a noun follows without the noun's article: "the [third-quarter] loss"."""
    first = tokens[phrase.first]
    if (
        not first.classes.keys() & {"the", "a"}
        or not phrase.has("dash")
        or phrase.last >= len(tokens)
        or first.end == phrase.end
    ):
        return phrase
    after = tokens[phrase.last]
    if (
        phrase.has("period")
        or not after.lower[0].isalpha()
        or after.classes.keys() & {"in", "of", "and", "to", "on", "at", "ended"}
    ):
        return phrase
    if tokens[phrase.last - 1].classes.keys() & {"unit"} and "dash" not in tokens[phrase.last - 2].classes:
        return phrase
    return replace(phrase, start=tokens[phrase.first + 1].start, first=phrase.first + 1)


def between(left: Phrase, right: Phrase, tokens: Sequence[TimeToken]) -> Sequence[TimeToken]:
    """The tokens between two phrases."""
    return tokens[left.last : right.first]


def classes_match(tokens: Sequence[TimeToken], *names: str) -> bool:
    """Whether the tokens are of these classes, one by one."""
    return len(tokens) == len(names) and all(name in token.classes for token, name in zip(tokens, names, strict=True))


def merged(rule: str, left: Phrase, right: Phrase, **parts: Phrase) -> Phrase:
    """One phrase from the first to the last character of two."""
    return Phrase(rule, left.start, right.end, left.first, right.last, parts=parts)


def join_offsets(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """Amounts with the word that makes a distance of them: "two years ago", "a week earlier", "three days from now"."""
    joined = []
    for phrase in found:
        if phrase.rule == "amount" and phrase.last < len(tokens):
            after = tokens[phrase.last]
            dash = phrase.last + 1 < len(tokens) and "dash" in after.classes
            word = tokens[phrase.last + 1] if dash else after
            for name in ("ago", "earlier", "later", "before2", "after2"):
                if name in word.classes and not (dash and name not in ("ago", "earlier")):
                    last = phrase.last + 1 + dash
                    phrase = Phrase(
                        "offset",
                        phrase.start,
                        word.end,
                        phrase.first,
                        last,
                        ((name, word.classes[name]),),
                        {"amount": phrase},
                    )
                    break
            else:
                if "hence" in after.classes:
                    phrase = Phrase(
                        "offset",
                        phrase.start,
                        after.end,
                        phrase.first,
                        phrase.last + 1,
                        (("now", "+"),),
                        {"amount": phrase},
                    )
        joined.append(phrase)
    return joined


def join_bases(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """Amounts before or after a named time: "two weeks before Christmas", "three days from Tuesday"; "the week of May 6"."""
    joined: list[Phrase] = []
    for phrase in found:
        left = joined[-1] if joined else None
        if left is not None and phrase.rule in CALENDAR and left.last < phrase.first:
            gap = between(left, phrase, tokens)
            if len(gap) <= 2 and "the" in gap[-1].classes:
                gap = gap[:-1]
            if (
                left.rule == "amount"
                and len(gap) == 1
                and (gap[0].classes.keys() & {"before", "after", "from", "since"})
            ):
                sign = "-" if "before" in gap[0].classes else "+"
                base = merged("offset", left, phrase, amount=left, base=phrase)
                joined[-1] = replace(base, slots=(("base", sign),))
                continue
            if left.rule == "offset" and left.get("before2") and not gap:
                continue
            if left.rule == "unitbefore" and not gap:
                joined[-1] = replace(merged("unitbefore", left, phrase, base=phrase), slots=left.slots)
                continue
            if (
                left.rule == "unit"
                and left.has("the")
                and len(gap) == 1
                and ("of" in gap[0].classes)
                and phrase.rule in DAYS
            ):
                joined[-1] = merged("weekof", left, phrase, unit=left, base=phrase)
                continue
        joined.append(phrase)
    return joined


def join_clocks(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """Days with the time of day beside them: "Friday morning", "noon Thursday", "the night of June 2", "Monday at 9"."""
    joined: list[Phrase] = []
    for phrase in found:
        left = joined[-1] if joined else None
        if left is not None:
            gap = [token for token in between(left, phrase, tokens) if not token.classes.keys() & {"comma", "approx"}]
            commas = len(between(left, phrase, tokens)) - len(gap)
            if commas <= 2 and is_day(left) and phrase.rule in ("clock", "partofday"):
                if not gap or (
                    len(gap) == 1
                    and gap[0].classes.keys() & {"at", "atsign", "dash", "by", "in"}
                    and phrase.rule == "clock"
                ):
                    if not (phrase.rule == "partofday" and commas) and not (left.rule == "dated"):
                        joined[-1] = merged("dated", left, phrase, day=left, clock=phrase)
                        continue
            if left.rule == "clock" and phrase.rule == "partofday" and not gap and phrase.has("ref"):
                joined[-1] = merged("dated", left, phrase, day=phrase, clock=left)
                continue
            if commas <= 1 and is_day(phrase) and left.rule in ("clock", "partofday") and not left.has("ref"):
                if not gap or (len(gap) == 1 and gap[0].classes.keys() & {"of", "on"}):
                    joined[-1] = merged("dated", left, phrase, day=phrase, clock=left)
                    continue
            if (
                left.rule == "dated"
                and not gap
                and phrase.rule in ("unit", "date")
                and phrase.has("ref")
                and phrase.get("unit1") == "W"
            ):
                joined[-1] = merged(
                    "dated", left, phrase, day=left.parts["day"], clock=left.parts["clock"], week=phrase
                )
                continue
        joined.append(phrase)
    return joined


def is_day(phrase: Phrase) -> bool:
    """Whether the phrase can name one day."""
    if phrase.rule == "unit":
        return phrase.get("unit1") == "D"
    if phrase.rule == "date":
        return phrase.has("day") or phrase.has("ordinal") or phrase.has("weekday")
    if phrase.rule == "offset":
        return "D" in phrase.parts["amount"].all("unit") + phrase.parts["amount"].all("unit1")
    return phrase.rule in DAYS


def with_edge(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase:
    """The phrase with the words before it that mean a part of it: "early next year", "the end of March", "mid-2026"."""
    if phrase.rule not in CALENDAR and phrase.rule not in ("partofday", "dated"):
        return phrase
    at = phrase.first - 1
    if at >= 0 and "dash" in tokens[at].classes and tokens[at].start > 0:
        at -= 1
    if at < 0:
        return phrase
    token = tokens[at]
    first = at
    if "edge" in token.classes:
        edge = token.classes["edge"]
        edge = {"-": "START", "+": "END"}.get(edge, edge)
        if at > 0 and "the" in tokens[at - 1].classes:
            first = at - 1
        return replace(phrase, start=tokens[first].start, first=first, edge=edge)
    inside = at
    if "the" in token.classes and at > 0:
        inside = at - 1
    if inside > 0 and tokens[inside].classes.keys() & {"of", "in"}:
        noun = tokens[inside - 1]
        if (
            "edgenoun" in noun.classes
            and "of" in tokens[inside].classes
            or "edge" in noun.classes
            and "in" in tokens[inside].classes
        ):
            edge = noun.classes.get("edgenoun") or {"-": "START", "+": "END"}.get(
                noun.classes["edge"], noun.classes["edge"]
            )
            first = inside - 1
            narrow = "edgenoun" in noun.classes
            if narrow and first > 0 and "the" in tokens[first - 1].classes:
                first -= 1
            return replace(phrase, start=tokens[first].start, first=first, edge=edge, is_narrow=narrow)
    if "edgenoun" in token.classes and phrase.rule in ("unit", "month", "date"):
        first = at - 1 if at > 0 and "the" in tokens[at - 1].classes else at
        return replace(phrase, start=tokens[first].start, first=first, edge=token.classes["edgenoun"], is_narrow=True)
    return phrase


def with_exactness(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase:
    """The phrase with the words that say how exact it is: "nearly two years", "about noon", "a year or so"."""
    before = tokens[phrase.first - 1] if phrase.first > 0 else None
    after = tokens[phrase.last] if phrase.last < len(tokens) else None
    takes_before = phrase.rule in (
        "amount",
        "offset",
        "ofamount",
        "clock",
        "dated",
        "date",
        "yearend",
        "holiday",
        "numeric",
        "dayofmonth",
    )
    if before is not None and "the" in before.classes and phrase.rule == "amount" and phrase.first > 1:
        pass
    if before is not None and takes_before and "approx" in before.classes:
        mod = before.classes["approx"]
        if mod == "APPROX" or phrase.rule in ("amount", "offset", "ofamount"):
            phrase = replace(phrase, start=before.start, first=phrase.first - 1, mod=mod)
    if after is not None and after.start - phrase.end <= 1:
        name = next((n for n in ("orso", "ormore", "orlater") if n in after.classes), None)
        if (
            name == "orlater"
            and phrase.rule in CALENDAR
            or name in ("orso", "ormore")
            and phrase.rule in ("amount", "ofamount", "unit", "offset")
        ):
            phrase = replace(phrase, end=after.end, last=phrase.last + 1, mod=after.classes[name])
            ago = tokens[phrase.last] if phrase.last < len(tokens) else None
            if phrase.rule == "amount" and ago is not None and "ago" in ago.classes:
                inner = phrase
                phrase = Phrase(
                    "offset",
                    phrase.start,
                    ago.end,
                    phrase.first,
                    phrase.last + 1,
                    (("ago", "-"),),
                    {"amount": inner},
                    mod=phrase.mod,
                )
    return phrase


def join_ranges(found: list[Phrase], tokens: Sequence[TimeToken]) -> list[Phrase]:
    """Two ends of one stretch: "between March and May", "from May 3 to May 7", "Nov 3–5", "1939-45"."""
    joined: list[Phrase] = []
    for phrase in found:
        left = joined[-1] if joined else None
        if left is not None and left.last < phrase.first and is_same_kind(left, phrase):
            gap = between(left, phrase, tokens)
            before = tokens[left.first - 1] if left.first > 0 else None
            opens = set(before.classes) if before is not None else set()
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
    return [with_second_day(phrase, tokens) for phrase in joined]


def is_same_kind(left: Phrase, right: Phrase) -> bool:
    """Whether two phrases can be the ends of one stretch."""
    if left.edge or right.edge or left.rule == "range":
        return False
    if left.rule == "clock" or right.rule == "clock":
        return left.rule in ("clock", "dated") and right.rule in ("clock", "dated")
    return left.rule in CALENDAR and right.rule in CALENDAR


def with_second_day(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase:
    """ "Nov 3–5": a second day right after the first; "1939-45": a second year."""
    if phrase.rule not in ("date", "year") or phrase.last + 1 >= len(tokens):
        return phrase
    mark, number = tokens[phrase.last], tokens[phrase.last + 1]
    if "dash" not in mark.classes and not ("to" in mark.classes and phrase.rule == "date"):
        return phrase
    following = tokens[phrase.last + 2] if phrase.last + 2 < len(tokens) else None
    if following is not None and following.classes.keys() & {"dash", "slash", "unit", "percent"}:
        return phrase
    slots: tuple[tuple[str, str], ...] | None = None
    if (
        phrase.rule == "date"
        and phrase.has("month")
        and phrase.has("day")
        and not phrase.has("year")
        and "day" in number.classes
    ):
        slots = tuple((k, number.classes["day"] if k == "day" else v) for k, v in phrase.slots if k != "weekday")
    short = number.classes.get("shortyear") or number.classes.get("linkedyear") or ""
    if phrase.rule == "year" and len(short) == 2 and phrase.get("year"):
        slots = (("year", (phrase.get("year") or "")[:2] + short),)
    if slots is None:
        return phrase
    second = Phrase(phrase.rule, number.start, number.end, phrase.last + 1, phrase.last + 2, slots)
    return merged("range", phrase, second, start=phrase, end=second)


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
