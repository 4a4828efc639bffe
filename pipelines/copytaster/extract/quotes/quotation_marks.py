"""Quotation marks: which of them open, which close, and what stands between them.

Marks are paired within a paragraph, so that a stray one spoils its own paragraph at most. A quotation that goes on over
several paragraphs opens each of them with a mark and closes only the last; its passages share a `chain` number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from copytaster.extract.story import Story
from copytaster.records import TextBlock

MARK = re.compile(r"``|''|[\"“”„‟«»‹›]|['‘’‚`]")
DOUBLE = frozenset(["``", "''", '"', "“", "”", "„", "‟", "«", "»"])
OPENING = frozenset(["``", "“", "„", "‟", "«", "‹", "‘", "‚", "`"])
CLOSING = frozenset(["”", "»", "›", "’"])
BEFORE_OPENING = frozenset("([{<―—–-/:;,=>|*_")
"""Characters that, besides white space, may stand right before an opening mark."""
AFTER_CLOSING = frozenset(")]}>―—–-/.,;:!?…|*_")
ELISION = re.compile(r"['‘’`](?:\d\ds?\b|(?:em|til|tis|twas|cause|n|bout|round|cos|tween|neath)\b)", re.IGNORECASE)
"""An apostrophe at the head of a word: '90s, 'em, 'til."""
POSSESSIVE_PLURAL = re.compile(r"s['’](?=[ \t]+\w)")
SINGLE_MAX = 1500
"""Code points that a passage in single marks may have: beyond, the marks are taken for apostrophes."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Text between quotation marks. `start`, `end`: the words alone; `outer_start`, `outer_end`: with the marks."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    block: int
    """Index into `Story.blocks`."""
    depth: int = 0
    """0 for a passage in no other one."""
    is_single: bool = False
    is_closed: bool = True
    is_opened: bool = True
    chain: int = -1
    """Passages of one quotation over several paragraphs have the same number; -1 for all others."""


def find_passages(story: Story) -> tuple[Passage, ...]:
    """All passages in quotation marks, nested ones included, sorted by start."""
    found: list[Passage] = []
    for number, block in enumerate(story.blocks):
        found += block_passages(story.text, block, number, continues=block_continues(story, number))
    return tuple(sorted(chained(found), key=lambda p: (p.start, -p.end)))


def block_continues(story: Story, number: int) -> bool:
    """Whether the next block opens with a mark, so that a quotation left open in this one may go on there."""
    following = story.blocks[number + 1 : number + 2]
    return any(is_mark_at(story.text, block.start) for block in following)


def is_mark_at(text: str, at: int) -> bool:
    """Whether an opening double mark stands at the offset."""
    mark = MARK.match(text, at)
    return mark is not None and mark.group() in DOUBLE and mark.group() not in CLOSING


@dataclass(slots=True)
class Open:
    """A mark that waits for its partner."""

    mark: str
    start: int
    end: int
    is_single: bool


def block_passages(text: str, block: TextBlock, number: int, *, continues: bool) -> Iterator[Passage]:
    """The passages of one paragraph."""
    waiting: list[Open] = []
    last_close = block.start
    for match in MARK.finditer(text, block.start, block.end):
        mark = match.group()
        single = mark not in DOUBLE
        role = (single_role if single else double_role)(text, match, block, waiting)
        if role == "reopen":
            left = next(o for o in waiting if not o.is_single)
            yield from unclosed(text, replace(block, end=match.start()), number, left, continues=False)
            waiting.clear()
        if role in ("open", "reopen"):
            waiting.append(Open(mark, match.start(), match.end(), single))
        elif role == "close":
            partner = next((i for i in range(len(waiting) - 1, -1, -1) if waiting[i].is_single == single), None)
            if partner is None:
                passage = unopened(text, block, number, match, last_close)
            else:
                opened = waiting[partner]
                depth = sum(not o.is_single or not single for o in waiting[:partner])
                # a single mark that was opened inside and never closed was an apostrophe
                del waiting[partner:]
                passage = made(text, opened.end, match.start(), opened.start, match.end(), number, depth, single)
            if passage is not None:
                yield passage
            if not waiting:
                last_close = match.end()
    doubles = [o for o in waiting if not o.is_single]
    if doubles:
        yield from unclosed(text, block, number, doubles[0], continues=continues)


def double_role(text: str, match: re.Match[str], block: TextBlock, waiting: list[Open]) -> str:
    """`open`, `close` or nothing for a double mark, by its glyph and by what stands on both sides of it."""
    start, end = match.span()
    before = text[start - 1] if start > block.start else " "
    after = text[end] if end < block.end else " "
    is_open = any(not o.is_single for o in waiting)
    free_before = before.isspace() or before in BEFORE_OPENING or is_quote(before)
    free_after = after.isspace() or after in AFTER_CLOSING or is_quote(after)
    mark = match.group()
    if mark == '"' and not is_open and before.isdigit() and not after.isalpha():
        return ""  # inches: a 12" gun
    if mark in ("``", "«", "„", "‟"):
        return "open" if not (mark == "«" and is_open and free_after) else "close"
    if mark == "“":
        # sloppy typesetting closes with an opening mark: “That is all.“
        if is_open and free_after and not free_before:
            return "close"
        return "open" if after.strip() or not is_open else "close"
    if mark in ("”", "»"):
        if not is_open and free_before and after.strip() and not free_after:
            return "open"
        return "close"
    # straight marks, and '' which some agencies use on both sides
    if is_open:
        # a new opening although one is open: straight marks do not nest, so the first was left open
        return "reopen" if (before.isspace() or before in "([{") and after.isalnum() else "close"
    if not before.strip() and not after.strip():
        return "open"
    if not after.strip():
        return "close"
    if after in AFTER_CLOSING and not free_before:
        return "close"
    return "open"


def single_role(text: str, match: re.Match[str], block: TextBlock, waiting: list[Open]) -> str:
    """The same for a single mark, which is mostly an apostrophe."""
    start, end = match.span()
    before = text[start - 1] if start > block.start else " "
    after = text[end] if end < block.end else " "
    if before.isalnum() and after.isalnum():
        return ""
    is_open = bool(waiting) and waiting[-1].is_single
    if is_open and match.group() not in ("‘", "‚", "`") and before.strip() and not after.isalnum():
        # the workers' plan: a plural's apostrophe, where another mark follows that can close
        if POSSESSIVE_PLURAL.match(text, start - 1) and closes_later(text, end, block.end):
            return ""
        return "close"
    if (
        not is_open
        and match.group() != "’"
        and (before.isspace() or before in BEFORE_OPENING or is_quote(before))
        and (after.isalnum() or after in '“"[$£€….' or is_quote(after))
        and not ELISION.match(text, start)
        and closes_later(text, end, block.end)
    ):
        return "open"
    return ""


CLOSING_SINGLE = re.compile(r"(?<=\S)(?<!\s)['’](?!\w)")


def closes_later(text: str, start: int, end: int) -> bool:
    """Whether a mark that can close a single quotation stands between the offsets: not within a word, no plural's."""
    for match in CLOSING_SINGLE.finditer(text, start, min(end, start + SINGLE_MAX)):
        if not POSSESSIVE_PLURAL.match(text, match.start() - 1):
            return True
    return False


def is_quote(character: str) -> bool:
    """Whether the character is a quotation mark of any kind."""
    return character in "\"“”„‟«»‹›'‘’‚`"


def made(
    text: str, start: int, end: int, outer_start: int, outer_end: int, block: int, depth: int, single: bool
) -> Passage | None:
    """The passage between two marks, without white space and marks at its ends; None when no word is left."""
    start, end = trimmed(text, start, end)
    if start >= end or not any(c.isalnum() for c in text[start : min(end, start + 200)]):
        return None
    return Passage(start, end, outer_start, outer_end, block, depth, single)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space and quotation marks at its ends."""
    while start < end and (text[start].isspace() or is_quote(text[start])):
        start += 1
    while end > start and (text[end - 1].isspace() or is_quote(text[end - 1])):
        end -= 1
    return start, end


def unopened(text: str, block: TextBlock, number: int, match: re.Match[str], last_close: int) -> Passage | None:
    """What a closing mark without partner closes: the paragraph so far, if it holds no other quotation."""
    if last_close != block.start or match.group() not in DOUBLE or match.start() - block.start > SINGLE_MAX:
        return None
    passage = made(text, block.start, match.start(), block.start, match.end(), number, 0, single=False)
    return replace(passage, is_opened=False) if passage else None


SENTENCE_END = re.compile(r"[.!?…]['’)]?(?=\s|$)")


def unclosed(text: str, block: TextBlock, number: int, opened: Open, *, continues: bool) -> Iterator[Passage]:
    """What a mark without partner opens: the rest of the paragraph where the next one goes on or where it opened the
    paragraph; elsewhere the rest of its sentence.
    """
    end = block.end
    if not continues and opened.start != block.start:
        stop = SENTENCE_END.search(text, opened.end, block.end)
        end = stop.end() if stop else block.end
    passage = made(text, opened.end, end, opened.start, end, number, 0, single=False)
    if passage:
        yield replace(passage, is_closed=False)


def chained(passages: list[Passage]) -> list[Passage]:
    """The passages, those of one quotation over several paragraphs marked as such."""
    outer = sorted((p for p in passages if p.depth == 0 and not p.is_single), key=lambda p: p.start)
    chain_of: dict[int, int] = {}
    for before, after in pairwise(outer):
        starts_block = after.block == before.block + 1
        if not before.is_closed and starts_block:
            chain_of[after.start] = chain_of.setdefault(before.start, before.start)
    return [replace(p, chain=chain_of.get(p.start, -1)) if p.depth == 0 else p for p in passages]
