"""The paragraphs of an article and what each of them is: headline, lead, body, caption, credit, byline, …

Newspapers mark these by layout, of which plain text keeps only the line breaks; so the rules here read the form of a
line (length, capitals, closing punctuation, set phrases), never its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copytaster.records import BlockKind, TextBlock

TERMINAL = tuple(".!?:;\"”’»)…'_")
HEADLINE_MAX = 160
SUBHEADING_MAX = 100

BYLINE = re.compile(
    r"^(?:Story |Words |Report(?:ing)? |Written )?[Bb][Yy] (?:[A-Z][\w.'’-]+|and|de|van|von|al)(?:[ ,]+(?:[A-Z][\w.'’-]+|and|de|van|von|al|in|for|at|the|of)){0,14}$"
)
"""`By Ann Moran and Joe Lee in Lima`: names and nothing that a sentence would have."""

CREDIT = re.compile(
    r"^\(?(?:photo|image|picture|photograph|video|graphic|illustration|credit|source|file photo)s?(?: credit)?(?:\s*:|\s+by\b|\s*/)"
    r"|^\(?(?:AP|AFP|Reuters|EPA|Getty)\s+(?:Photo|Images?)\b|(?:/|\b)(?:Getty Images|AP Photo|AFP Photo|Shutterstock|Reuters Photo)\)?\.?$",
    re.IGNORECASE,
)
CREDIT_TAIL = re.compile(
    r"\((?=[^()]*+\)\s*+\.?$)(?:[^()]*\b(?:photo|image|picture|credit|photograph|illustration)s?\b\s*+[:/]"
    r"|(?:AP|AFP|EPA|Reuters) (?:Photo|Image))",
    re.IGNORECASE,
)
"""The head of the credit in brackets that closes a caption: `A street in Lima (photo: Ann Moran)`."""

CAPTION = re.compile(
    r"^(?:file photo|file|pictured|in this (?:file )?photo|caption|photo shows)\b\s*[:,–—-]", re.IGNORECASE
)

DATELINE = re.compile(
    r"^(?:[A-Z][A-Z'’.-]+(?: [A-Z][A-Z'’.-]+){0,3}(?:,? [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+)?)?(?:, [A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?)?"
    r"(?:\s*\((?:[A-Z][\w .]*)\))?|\([A-Z][A-Za-z ]{1,20}\))\s*(?:--|—|–|-|_)(?=\s|$)"
)
"""`NAIROBI, Kenya (AP) _`: where and by whom the story was filed, before its first sentence."""


def text_blocks(full_text: str, title: str = "") -> tuple[TextBlock, ...]:
    """The blocks of an article in order, none empty, none overlapping; together they hold all but white space.

    `full_text` is `Article.full_text`, which starts with `title` when there is one.
    """
    blocks: list[TextBlock] = []
    body_start = 0
    if title.strip():
        start, end = trimmed(full_text, 0, len(title))
        blocks.append(TextBlock("headline", start, end))
        body_start = len(title)
    lines = list(paragraphs(full_text, body_start))
    has_lead = False
    for number, (start, end) in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        for kind, a, b in classify(full_text, start, end, is_first=not blocks, has_lead=has_lead, following=following):
            has_lead = has_lead or kind == "lead"
            blocks.append(TextBlock(kind, a, b))
    return tuple(blocks)


def classify(
    text: str, start: int, end: int, *, is_first: bool, has_lead: bool, following: tuple[int, int] | None
) -> Iterator[tuple[BlockKind, int, int]]:
    """The kind of one paragraph; a caption with its credit, or a dateline with its lead, gives two."""
    line = text[start:end]
    ends_open = not line.endswith(TERMINAL)
    if CREDIT.search(line) and len(line) <= HEADLINE_MAX and not CREDIT_TAIL.search(line):
        yield "credit", start, end
    elif (tail := CREDIT_TAIL.search(line)) and len(line) <= 4 * HEADLINE_MAX:
        if tail.start() > 0:
            yield "caption", *trimmed(text, start, start + tail.start())
        yield "credit", start + tail.start(), end
    elif BYLINE.match(line):
        yield "byline", start, end
    elif CAPTION.match(line):
        yield "caption", start, end
    elif (
        is_first
        and following
        and len(line) <= HEADLINE_MAX
        and (ends_open or is_title_case(line))
        and not DATELINE.match(line)
    ):
        yield "headline", start, end
    elif not has_lead and (mark := DATELINE.match(line)):
        yield "dateline", start, start + mark.end()
        rest = trimmed(text, start + mark.end(), end)
        if rest[0] < rest[1]:
            yield "lead", *rest
    elif not has_lead:
        yield "lead", start, end
    elif is_subheading(text, start, end, following):
        yield "subheading", start, end
    else:
        yield "body", start, end


def is_subheading(text: str, start: int, end: int, following: tuple[int, int] | None) -> bool:
    """Whether the line stands over the next paragraph: short, open-ended, and followed by something longer."""
    line = text[start:end]
    return (
        following is not None
        and len(line) <= SUBHEADING_MAX
        and len(line.split()) >= 2
        and not line.endswith(TERMINAL)
        and line[0].isupper()
        and not any(mark in line for mark in ("\t", " | "))
        and following[1] - following[0] > max(80, end - start)
    )


def is_title_case(line: str) -> bool:
    """Whether the line is set as a headline: nearly every longer word has a capital."""
    long_words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    return len(long_words) >= 3 and sum(word[0].isupper() for word in long_words) >= 0.8 * len(long_words)


def paragraphs(text: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Spans of the paragraphs from `start` on: lines, where the hard-wrapped lines of one paragraph are joined."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n\r\u2028\u2029]+", text[start:])]
    lines = [(a, b) for a, b in (trimmed(text, start + a, start + b) for a, b in lines) if a < b]
    wrapped = is_hard_wrapped(text, lines)
    current: tuple[int, int] | None = None
    for a, b in lines:
        if current is not None and is_continuation(text, current, a, wrapped=wrapped):
            current = (current[0], b)
            continue
        if current is not None:
            yield current
        current = (a, b)
    if current is not None:
        yield current


def is_continuation(text: str, before: tuple[int, int], start: int, *, wrapped: bool) -> bool:
    """Whether the line at `start` goes on with the paragraph `before`: a single break, and no sentence ends there."""
    gap = text[before[1] : start]
    if gap.count("\n") != 1 or "    " in gap:
        return False
    last_line = text.rfind("\n", before[0], before[1])
    length = before[1] - max(before[0], last_line)
    if text[start].islower() and length >= 40 and not text[before[0] : before[1]].endswith((".", "!", "?", ":")):
        return True
    return wrapped and 40 <= length <= 100


def is_hard_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether the text was broken at a fixed width: most lines are of like length and end inside a sentence."""
    if len(lines) < 6:
        return False
    full = [(a, b) for a, b in lines if 50 <= b - a <= 90]
    open_ended = [1 for a, b in full if not text[a:b].endswith(TERMINAL)]
    return len(full) >= 0.6 * len(lines) and len(open_ended) >= 0.6 * len(full)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends; empty (start == end) when there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
