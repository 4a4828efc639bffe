"""Texts whose lines a template has broken (and indented), with each paragraph in one line again: what the model reads.

`articles.text` stays as it came in. What is found in the unwrapped text is told by the offsets of the stored one, which
an `Unwrapped` knows. A break goes where it stands inside of a sentence, or where the whole text is filled to one width;
lines that are lines (poems, lists, tables, addresses, turns of an interview, headlines) stay.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from copytaster.knowledge.names import common_words
from copytaster.structure import BYLINE, CREDIT, DATELINE, HEADLINE_MAX, is_hard_wrapped, is_title_case, trimmed

LINE = re.compile(r"[^\n\r\u2028\u2029]+")
BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")
ITEM = re.compile(r"(?:[-–—•*·▪◦‣+>]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
"""What a list's item begins with."""
TURN = re.compile(r"(?:[A-Z][\w.'’-]{0,30}+(?: [A-Z][\w.'’-]{0,30}+){0,3}|[QA]):(?:\s|$)")
"""The label of somebody's turn in an interview."""
COLUMNS = re.compile(r"\t|\S {3,}\S| \| ")
"""A row of a table."""
HYPHENATED = re.compile(r"[^\W\d_]{2,30}+[-\u00ad\u2010]\Z")
ENDED = tuple(".!?:;…")
CLOSING = "\"”’'»)]"
WIDTH_MIN, WIDTH_MAX = 45, 110
"""Characters in which texts are set; longer lines were not broken by width."""
INSIDE = 40
"""Characters of a line after which a small letter at the head of the next one goes on with the sentence."""


@dataclass(frozen=True)
class Unwrapped:
    """A text with its paragraphs in one line each, and where each of its characters stands in the stored text."""

    text: str
    starts: Sequence[int] = field(default=(0,))
    """Offsets at which a piece of the text begins, in order."""
    origins: Sequence[int] = field(default=(0,))
    """Where each piece begins in the stored text."""

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the stored text."""
        return len(self.starts) > 1

    def origin(self, at: int) -> int:
        """The offset in the stored text of the character at an offset of this one."""
        piece = bisect.bisect_right(self.starts, at) - 1
        return self.origins[piece] + at - self.starts[piece]

    def stored(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the stored text that [start, end) of this one is."""
        return self.origin(start), self.origin(end - 1) + 1


def unwrap(text: str, title: str = "") -> Unwrapped:
    """The text of an article, which begins with its title when there is one, without the breaks inside of its paragraphs."""
    body = len(title) if title.strip() else 0
    found = [(m.start() + body, m.end() + body) for m in LINE.finditer(text[body:])]
    lines = [(a, b) for a, b in (trimmed(text, *line) for line in found) if a < b]
    breaks = [at for at in range(1, len(lines)) if is_single_break(text[lines[at - 1][1] : lines[at][0]])]
    if not breaks:
        return Unwrapped(text)
    width = width_of(text, lines, breaks)
    is_wrapped = is_hard_wrapped(text, lines) or is_prose(text, lines, breaks)
    pieces, starts, origins, length = [], [0], [0], 0
    kept = 0
    for at in breaks:
        (start, end), (following, until) = lines[at - 1], lines[at]
        before, after = text[start:end], text[following:until]
        if not goes_on(before, after, indent(text, start), indent(text, following), width, is_wrapped=is_wrapped):
            continue
        joint, cut = joint_of(before, after)
        piece = text[kept : end - cut] + joint
        pieces.append(piece)
        length += len(piece)
        starts.append(length)
        origins.append(following)
        kept = following
    return Unwrapped("".join([*pieces, text[kept:]]), starts, origins)


def is_single_break(gap: str) -> bool:
    """Whether two lines follow each other without an empty one between them."""
    return len(BREAK.findall(gap)) == 1


def indent(text: str, start: int) -> int:
    """How many characters of white space stand before the line's first."""
    at = start
    while at > 0 and text[at - 1] in " \t\u00a0":
        at -= 1
    return start - at


def width_of(text: str, lines: Sequence[tuple[int, int]], breaks: Sequence[int]) -> int:
    """The width that the text is filled to: nearly every broken line had no room for the next one's first word, and lines
    begin inside of sentences as often as prose has it; 0 where there is none. Indentation counts.
    """
    if len(breaks) < 2:
        return 0
    broken = [(indent(text, lines[at - 1][0]) + lines[at - 1][1] - lines[at - 1][0], lines[at]) for at in breaks]
    lengths = sorted(length for length, _ in broken)
    width = lengths[-1]
    if not WIDTH_MIN <= width <= WIDTH_MAX:
        return 0
    inside = sum(not text[a].isupper() and not ITEM.match(text[a:b]) for _, (a, b) in broken)
    full = sum(length + 1 + len(text[a:b].split(None, 1)[0]) > width - 4 for length, (a, b) in broken)
    rows = sum(COLUMNS.search(text[a:b]) is not None for _, (a, b) in broken)
    return width if inside >= 0.45 * len(broken) and full >= 0.75 * len(broken) and rows < 0.2 * len(broken) else 0


def is_prose(text: str, lines: Sequence[tuple[int, int]], breaks: Sequence[int]) -> bool:
    """Whether nearly half of the broken lines go on with a small letter, as prose does that is broken anywhere."""
    return len(breaks) >= 3 and sum(text[lines[at][0]].islower() for at in breaks) >= 0.45 * len(breaks)


def goes_on(before: str, after: str, indented: int, following: int, width: int, *, is_wrapped: bool) -> bool:
    """Whether a line goes on with the paragraph of the line before; `indented`, `following`: how far they are indented."""
    if ITEM.match(after) or TURN.match(after) or COLUMNS.search(before) or COLUMNS.search(after):
        return False
    is_ended = before.rstrip(CLOSING).endswith(ENDED)
    if after[0].islower() and len(before) >= INSIDE and not is_ended:
        return True
    if is_line(before) or is_line(after):
        return False
    if width and indented + len(before) + 1 + len(after.split(None, 1)[0]) > width - 4:
        return not (is_ended and following > indented)  # a first line that is indented begins a paragraph
    if following > indented + 1 and len(before) >= INSIDE and not is_ended:
        return not is_title_case(before) or len(before) > HEADLINE_MAX
    return is_wrapped and INSIDE <= len(before) <= WIDTH_MAX and not is_ended


def is_line(line: str) -> bool:
    """Whether a line stands for itself by its form: a byline, a credit, a heading in capitals."""
    return bool(BYLINE.match(line) or (len(line) <= HEADLINE_MAX and CREDIT.search(line))) or (
        line.isupper() and not DATELINE.match(line)
    )


def joint_of(before: str, after: str) -> tuple[str, int]:
    """What joins two lines, and how many characters go at the end of the first: a hyphen that only the break needed goes,
    that of a compound stays ("long-|term").
    """
    if not HYPHENATED.search(before) or not after[0].islower():
        return ("", 0) if before.endswith(("-", "\u2010")) and not before.endswith((" -", "--")) else (" ", 0)
    first = re.findall(r"[^\W\d_]+", before)[-1]
    rest = re.match(r"[^\W\d_]+", after)
    word = f"{first}{rest[0] if rest else ''}".lower()
    known = common_words()
    is_compound = word not in known and first.lower() in known and rest is not None and rest[0] in known
    return ("", 0) if is_compound and not before.endswith("\u00ad") else ("", 1)
