"""Passages in quotation marks with the words before and after them, among which their cue is looked for."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from copytaster.extract.quotes.attribution import Attribution
from copytaster.extract.quotes.quotation_marks import Passage
from copytaster.extract.story import Story

TERMINAL = frozenset([".", "!", "?", "…", "...", ";"])
CLAUSE_MARKS = frozenset([",", ":", "―", "—", "–", "--", "-", "(", ";", "...", "…"])
STAMP = re.compile(r"\d{1,2}[:.]\d{2}(?:am|pm)?")
AFTER_MAX = 45
"""Tokens after a passage among which its cue is looked for."""
BEFORE_MAX = 60
SILENT_BLOCKS = frozenset(["caption", "credit", "byline", "dateline"])


@dataclass(slots=True)
class Framed:
    """A passage with the token numbers of its words and of the windows before and after it (half-open)."""

    passage: Passage
    first: int
    last: int
    before: tuple[int, int]
    after: tuple[int, int]
    attribution: Attribution | None = None
    is_turn: bool = False
    """Whether it stands alone, as a sentence of its own."""


def frame(story: Story, passages: Sequence[Passage], starts: list[int]) -> list[Framed]:
    """The passages with their windows."""
    doc = story.doc
    found = []
    for number, passage in enumerate(passages):
        block = story.blocks[passage.block]
        first = bisect.bisect_left(starts, passage.start)
        last = bisect.bisect_left(starts, passage.end) - 1
        if first > last:
            continue
        low = bisect.bisect_left(starts, max(block.start, passages[number - 1].outer_end if number else 0))
        high = bisect.bisect_left(starts, block.end)
        if number + 1 < len(passages):
            high = min(high, bisect.bisect_left(starts, passages[number + 1].outer_start))
        outer_first = bisect.bisect_left(starts, passage.outer_start)
        outer_last = bisect.bisect_left(starts, passage.outer_end)
        before = before_window(doc, low, min(outer_first, first))
        before = after_stamp(doc, *before)
        if before[0] == before[1] and passage.block and block.start == passage.outer_start:
            before = lead_in(story, passage.block - 1, starts)
        found.append(Framed(passage, first, last, before, after_window(doc, max(outer_last, last + 1), high)))
    return found


def after_stamp(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """The window without the time of day that a live page puts before an entry: 11:05 "Stay at home," …"""
    if start < end and STAMP.fullmatch(doc[start].text) and (start == 0 or doc[start - 1].is_space):
        while start < end and (doc[start].is_space or STAMP.fullmatch(doc[start].text) or is_stamp_end(doc[start])):
            start += 1
    return start, end


def is_stamp_end(token: Token) -> bool:
    """Whether a word or mark belongs to the time of day before it: 11.05 am –."""
    return token.lower_ in ("am", "pm", "a.m.", "p.m.", "gmt", "bst", "est", "et", "-", "–", "—", ":", "|")


def lead_in(story: Story, block: int, starts: list[int]) -> tuple[int, int]:
    """The tokens of the last sentence of a paragraph that ends with a colon, and so introduces the next one."""
    previous = story.blocks[block]
    empty = bisect.bisect_left(starts, previous.end)
    if story.text[previous.end - 1] != ":" or previous.kind in SILENT_BLOCKS:
        return empty, empty
    return before_window(story.doc, bisect.bisect_left(starts, previous.start), empty)


def before_window(doc: Doc, low: int, high: int) -> tuple[int, int]:
    """The tokens of the sentence that leads up to a passage."""
    start = high
    while start > low and high - start < BEFORE_MAX:
        token = doc[start - 1]
        if token.text in TERMINAL or (token.is_space and "\n" in token.text):
            break
        start -= 1
    return start, high


def after_window(doc: Doc, low: int, high: int) -> tuple[int, int]:
    """The tokens of the sentence that follows a passage."""
    end = low
    while end < high and end - low < AFTER_MAX:
        token = doc[end]
        if token.is_space and "\n" in token.text and end > low:
            break
        if token.text in TERMINAL and end > low:
            break
        end += 1
    return low, end


def last_word(doc: Doc, start: int, end: int) -> Token | None:
    """The last token of a window that is neither white space nor a mark."""
    for number in range(end - 1, start - 1, -1):
        if not doc[number].is_space and doc[number].text not in ('"', "“", "”", "'", "‘", "``", "''", "’"):
            return doc[number]
    return None


def is_title(doc: Doc, item: Framed) -> bool:
    """Whether a passage is written as a title is: several words, the longer ones with capitals, no stop at its end."""
    words = [doc[i].text for i in range(item.first, item.last + 1) if doc[i].is_alpha]
    return (
        len(words) >= 2
        and all(word[0].isupper() for word in words if len(word) > 3)
        and any(len(word) > 3 for word in words)
        and doc[item.last].text not in (".", "!", "?", ",")
    )
