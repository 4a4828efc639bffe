"""The way of one story: its blocks' tokens, the phrases in them, and what these mean from first to last."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from copytaster.extract.story import Story
from copytaster.extract.times.grammar import Grammar, grammar
from copytaster.extract.times.joining import phrases_of
from copytaster.extract.times.moments import plus_days, plus_months
from copytaster.extract.times.phrases import Phrase
from copytaster.extract.times.plausibility import is_time
from copytaster.extract.times.readings import Reading
from copytaster.extract.times.resolution import bound_by, expression, read
from copytaster.extract.times.timeline import Timeline, words_of
from copytaster.extract.times.tokens import TimeToken, tokens_of
from copytaster.records import TimeExpression

LANGUAGE = "en"
LENGTHS = re.compile(r"P(\d+)([MY])$")
"""Durations of months and years."""


def find(story: Story, language: str = LANGUAGE) -> tuple[TimeExpression, ...]:
    """The time expressions of a story; see `times.find_times`."""
    rules = grammar(language)
    timeline = Timeline(story, language)
    found: list[TimeExpression] = []
    for block in story.blocks:
        for phrase, tokens in block_phrases(story, block.start, block.end, rules):
            add(phrase, tokens, timeline, found)
    return tuple(found)


def block_phrases(story: Story, start: int, end: int, rules: Grammar) -> list[tuple[Phrase, Sequence[TimeToken]]]:
    """The phrases of one block with the block's tokens."""
    tokens = tokens_of(story, start, end, rules.lexicon)
    return [(phrase, tokens) for phrase in phrases_of(story.text, tokens, rules.search(tokens))]


def add(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline, found: list[TimeExpression]) -> None:
    """Reads a phrase and appends what it says; what is no time leaves no trace."""
    timeline.current_sentence = timeline.story.sentence_at(phrase.start)
    timeline.current_block = timeline.story.block_at(phrase.start).start
    if not is_time(phrase, tokens, timeline):
        if phrase.rule == "range":
            for part in ("start", "end"):
                add(phrase.parts[part], tokens, timeline, found)
        return
    phrase = in_context(phrase, tokens, timeline)
    reading = read(phrase, timeline)
    if reading is None:
        return
    reading = bound_by(reading, phrase, tokens, timeline)
    if "ended" in classes_at(tokens, phrase.first - 1):
        end_before(phrase, tokens, reading, found)
    index = len(found)
    found.append(expression(reading, phrase, timeline))
    if phrase.rule == "inamount" and phrase.bound:
        length = phrase.parts["amount"]
        inner = read(length, timeline)
        if inner is not None:
            found[index] = replace(found[index], anchor_time=index + 1)
            found.append(expression(inner, length, timeline))
    is_point = reading.moment is not None and reading.value is not None and reading.timex_type in ("DATE", "TIME")
    if reading.moment is not None and is_point:
        timeline.add(index, reading, reading.moment, phrase.start)
    if not reading.is_comparison:
        has_months = reading.timex_type == "DURATION" and reading.granularity in ("month", "quarter", "year")
        timeline.note_figures(index, reading.moment if is_point else None, has_months, phrase.start)


def end_before(phrase: Phrase, tokens: Sequence[TimeToken], reading: Reading, found: list[TimeExpression]) -> None:
    """Gives the length that ends with a date its days: "the three months ended June 30"."""
    if not found or reading.moment is None or reading.moment.unit != "day":
        return
    last = found[-1]
    if last.span.end != tokens[phrase.first - 2].end if phrase.first > 1 else True:
        return
    months = LENGTHS.match(last.timex_value or "")
    if months:
        count = int(months.group(1)) * (12 if months.group(2) == "Y" else 1)
    elif last.granularity == "quarter":
        count = 3
    else:
        return
    try:
        start = plus_days(plus_months(plus_days(reading.moment.start, 1), -count), 0)
    except OverflowError:
        return
    found[-1] = replace(last, interval_start=start, interval_end=reading.moment.start)


def classes_at(tokens: Sequence[TimeToken], at: int) -> Mapping[str, str]:
    """The classes of a token; none outside the block."""
    return tokens[at].classes if 0 <= at < len(tokens) else {}


def in_context(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> Phrase:
    """The phrase as the words around it make it another: "in 18 months" is a date ahead of us, "$5 a year" a rate, "the
    year ended June 30" a length.
    """
    before, after = classes_at(tokens, phrase.first - 1), classes_at(tokens, phrase.last)
    if phrase.rule == "amount":
        if "in" in before:
            return ahead(phrase, tokens, timeline)
        if {name for name, _ in phrase.slots} == {"a", "unit1"} and is_rate(phrase, timeline):
            return replace(phrase, rule="rate", parts={"amount": phrase})
    if (
        phrase.rule in ("unit", "fiscalyear")
        and "Y" in (phrase.get("unit1"), phrase.get("unit"))
        and not phrase.has("ref")
    ) and "ended" in after:
        whole = replace(phrase, rule="amount", slots=(("a", "1"), ("unit1", "Y")))
        return replace(phrase, rule="untilend", parts={"amount": whole})
    return phrase


def ahead(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> Phrase:
    """Reads "in 18 months" as a date, where the clause looks ahead; with "not earlier than" before it from these words on."""
    at = phrase.first - 2
    bound = classes_at(tokens, at).get("bound")
    if not bound:
        direction = timeline.direction(phrase.start, phrase.end)
        if direction == "past" or is_superlative(phrase, timeline):
            return phrase
        return replace(phrase, rule="inamount", parts={"amount": phrase})
    return replace(phrase, rule="inamount", start=tokens[at].start, first=at, parts={"amount": phrase}, bound=bound)


def is_superlative(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether something is the first, worst, … "in 20 years": a length that ends now."""
    token = timeline.story.token_at(phrase.start)
    words = timeline.story.doc[max(0, token.i - 9) : token.i]
    ranks = words_of(timeline.language, "rank word")
    return any(w.tag_ in ("JJS", "RBS") or w.lower_ in ranks for w in words)


def is_rate(phrase: Phrase, timeline: Timeline) -> bool:
    """Whether "a year" says how often: after a number, a sum or a plural ("four flights a week")."""
    token = timeline.story.token_at(phrase.start)
    if token.i == 0:
        return False
    before = timeline.story.doc[token.i - 1]
    if before.tag_ == "NN" and any(w.like_num for w in timeline.story.doc[max(0, token.i - 7) : token.i]):
        return True  # "1,800 tons of carbon dioxide a year"
    return before.tag_ in ("NNS", "CD", "NNPS") or before.ent_type_ in ("MONEY", "PERCENT") or before.lower_ == "%"
