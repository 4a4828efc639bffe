"""The way of one story: its blocks' tokens, the phrases in them, and what these mean from first to last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from copytaster.extract.story import Story
from copytaster.extract.timex.grammar import Grammar, grammar
from copytaster.extract.timex.phrases import Phrase, phrases_of
from copytaster.extract.timex.plausibility import is_time
from copytaster.extract.timex.resolution import bound_by, expression, read
from copytaster.extract.timex.timeline import Timeline
from copytaster.extract.timex.tokens import TimeToken, tokens_of
from copytaster.records import TimeExpression

LANGUAGE = "en"


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
    return [(phrase, tokens) for phrase in phrases_of(tokens, rules.search(tokens))]


def add(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline, found: list[TimeExpression]) -> None:
    """Reads a phrase and appends what it says; what is no time leaves no trace."""
    timeline.current_sentence = timeline.story.sentence_at(phrase.start)
    if not is_time(phrase, tokens, timeline):
        if phrase.rule == "range":
            for part in ("start", "end"):
                add(phrase.parts[part], tokens, timeline, found)
        return
    phrase = in_context(phrase, tokens, timeline)
    reading = read(phrase, timeline)
    if reading is None:
        return
    reading = bound_by(reading, phrase, tokens)
    if phrase.rule == "inamount" and phrase.bound:
        length = phrase.parts["amount"]
        inner = read(length, timeline)
        if inner is not None:
            found.append(expression(reading, phrase, timeline))
            found.append(expression(inner, length, timeline))
            found[-2] = replace(found[-2], anchor_time=None)
            return
    found.append(expression(reading, phrase, timeline))
    if reading.moment is not None and reading.value is not None and reading.timex_type in ("DATE", "TIME"):
        timeline.add(len(found) - 1, reading.moment, phrase.start, is_comparison=reading.is_comparison)


def in_context(phrase: Phrase, tokens: Sequence[TimeToken], timeline: Timeline) -> Phrase:
    """The phrase as the words around it make it another: "in 18 months" ahead of us, "$5 a year", "the year ended"."""
    return phrase
