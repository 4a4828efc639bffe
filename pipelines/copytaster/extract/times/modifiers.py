"""The small words that belong to a phrase: "early", "the end of", "nearly", "or so"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from copytaster.extract.times.phrases import CALENDAR, Phrase
from copytaster.extract.times.tokens import TimeToken


def without_preposition(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase:
    """A phrase of the word list without the preposition that it is told by: "at [the moment]"."""
    token = tokens[phrase.first]
    if phrase.rule == "amount" and phrase.slots[0][0] == "between":
        return replace(phrase, start=tokens[phrase.first + 1].start, first=phrase.first + 1, slots=phrase.slots[1:])
    if phrase.last == phrase.first + 1 and token.classes.keys() & {"vagueat", "vagueat2", "pasttime", "intheday"}:
        word = len(token.lower.partition(" ")[0])
        return replace(phrase, start=phrase.start + word + 1)
    return phrase


def without_participle(phrase: Phrase, tokens: Sequence[TimeToken], text: str) -> Phrase:
    """Such as "Following Monday's debate", "Coming September 30": a participle that governs the date, and no part of it."""
    first = tokens[phrase.first]
    if phrase.rule == "weekday" and phrase.get("ref") == "past" and "ref" in first.classes:
        return without_ref(phrase, tokens)  # "can't plan past Wednesday"
    if phrase.rule not in ("weekday", "month", "date", "unit") or phrase.get("ref") not in ("following", "coming"):
        return phrase
    before = tokens[phrase.first - 1] if phrase.first else None
    is_own = before is not None and bool(before.classes.keys() & {"on", "in", "for", "by", "at", "until", "of", "or"})
    if (
        "ref" not in first.classes
        or " " in first.lower
        or is_own
        or phrase.last - phrase.first < 2
        or "the" in first.classes
    ):
        return phrase
    if phrase.get("ref") == "coming" and not text[first.start].isupper():
        return phrase
    return replace(without_ref(phrase, tokens), rule="date" if phrase.rule == "month" else phrase.rule)


def without_ref(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase:
    """The phrase without its first word, which is no part of it."""
    slots = tuple(slot for slot in phrase.slots if slot[0] != "ref")
    return replace(phrase, start=tokens[phrase.first + 1].start, first=phrase.first + 1, slots=slots)


def without_article(phrase: Phrase, tokens: Sequence[TimeToken]) -> Phrase:
    """A phrase that a noun follows without the noun's article: "the [third-quarter] loss", "the [Easter] truce"."""
    first = tokens[phrase.first]
    if (
        not first.classes.keys() & {"the", "a"}
        or not (phrase.has("dash") or phrase.rule == "holiday" or is_joined_edge(phrase, tokens))
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
    if (
        tokens[phrase.last - 1].classes.keys() & {"unit"}
        and not phrase.has("month")
        and "dash" not in tokens[phrase.last - 2].classes
    ):
        return phrase
    return replace(phrase, start=tokens[phrase.first + 1].start, first=phrase.first + 1)


def is_joined_edge(phrase: Phrase, tokens: Sequence[TimeToken]) -> bool:
    """Whether a hyphen joins its edge to it: "the late-November trip"."""
    return (
        phrase.rule == "date"
        and phrase.edge is not None
        and phrase.first + 2 < phrase.last
        and "dash" in tokens[phrase.first + 2].classes
    )


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
    if "edgeprep" in token.classes:  # "halfway through 2025": the words are no part of the span
        return replace(phrase, edge=token.classes["edgeprep"])
    if "edge" in token.classes:
        sign = token.classes["edge"]
        edge = {"-": "START", "+": "END"}.get(sign, sign)
        if at > 0 and "the" in tokens[at - 1].classes:
            first = at - 1
        return replace(phrase, start=tokens[first].start, first=first, edge=edge, is_from_now=sign in "+-")
    if "on" in token.classes and at > 0 and "edge" in tokens[at - 1].classes:  # "late on Sunday"
        sign = tokens[at - 1].classes["edge"]
        edge = {"-": "START", "+": "END"}.get(sign, sign)
        return replace(phrase, start=tokens[at - 1].start, first=at - 1, edge=edge)
    inside = at
    if "the" in token.classes and at > 0:
        inside = at - 1
    if inside > 0 and tokens[inside].classes.keys() & {"of", "in"}:
        noun = tokens[inside - 1]
        if ("edgenoun" in noun.classes and "of" in tokens[inside].classes) or (
            "edge" in noun.classes and "in" in tokens[inside].classes
        ):
            edge = noun.classes.get("edgenoun") or {"-": "START", "+": "END"}.get(
                noun.classes["edge"], noun.classes["edge"]
            )
            first = inside - 1
            narrow = "edgenoun" in noun.classes
            if narrow and first > 0 and "the" in tokens[first - 1].classes:
                first -= 1
            return replace(
                phrase, start=tokens[first].start, first=first, edge=edge, is_narrow=narrow, is_from_now=not narrow
            )
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
    if before is not None and takes_before and "approx" in before.classes:
        mod = before.classes["approx"]
        is_asking = phrase.first > 1 and "asking" in tokens[phrase.first - 2].classes  # "how about two weeks?"
        if is_asking and "outside" in before.classes:
            mod = ""
        if mod == "APPROX" or phrase.rule in ("amount", "offset", "ofamount"):
            # "about" is no part of the span ("about [five hours]"), "nearly", "at least" are
            start = phrase.start if "outside" in before.classes else before.start
            phrase = replace(phrase, start=start, first=phrase.first - 1, mod=mod)
    if after is not None and after.start - phrase.end <= 1:
        name = next((n for n in ("orso", "ormore", "orlater") if n in after.classes), None)
        if (name == "orlater" and phrase.rule in CALENDAR) or (
            name in ("orso", "ormore") and phrase.rule in ("amount", "ofamount", "unit", "offset")
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
