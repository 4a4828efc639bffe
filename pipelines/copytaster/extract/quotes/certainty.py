"""How sure a quote is, from the construction that gave it and from whether its source is known."""

from __future__ import annotations

from copytaster.extract.quotes.attribution import Attribution
from copytaster.records import Quote

CONSTRUCTIONS = {
    "after": 0.95,
    "before": 0.85,
    "turn": 0.75,
    "nested": 0.7,
    "headline": 0.75,
    "according": 0.85,
    "that": 0.8,
    "interrupted": 0.8,
    "wh": 0.7,
    "op:of": 0.8,
    "sc": 0.65,
    "op:as": 0.65,
    "op:for": 0.7,
    "np": 0.55,
    "oinf": 0.55,
    "inf": 0.5,
    "ger": 0.5,
    "call-on": 0.6,
}
"""How seldom the parser and the list of cues err on each construction."""
OTHER = 0.45
NOUN_OR_ADJECTIVE = 0.75
THOUGHT = 0.8
NO_SPEAKER = 0.75
NESTED = 0.7
REPORTED_AFTER = 0.85
"""Indirect speech whose cue comes last: where it begins is less sure than where marks show it."""


def certainty(attribution: Attribution, quote: Quote, *, is_nested: bool) -> float:
    """Between 0 and 1: the share of such quotes that are right, as far as the construction tells."""
    score = CONSTRUCTIONS.get(attribution.frame, OTHER)
    if attribution.frame == "after" and quote.kind != "direct":
        score *= REPORTED_AFTER
    if attribution.cue is not None and attribution.cue.pos_ in ("NOUN", "PROPN", "ADJ") and quote.kind != "direct":
        score *= NOUN_OR_ADJECTIVE
    if attribution.entry is not None and attribution.entry.stance == "thought":
        score *= THOUGHT
    if quote.speaker_name is None:
        score *= NO_SPEAKER
    if is_nested:
        score *= NESTED
    return round(score, 3)
