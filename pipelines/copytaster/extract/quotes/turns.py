"""Utterances without quotation marks that a paragraph of their own shows: turns of an interview, posts that are embedded.

Ann Moran: When did you know?            The harbour is closed. Stay away! — Ann Moran (@annmoran) May 3, 2024
Jo Lund: In May. Nobody had told us.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from spacy.tokens import Token

from copytaster.extract.quotes.attribution import Attribution, Party
from copytaster.extract.quotes.quotation_marks import MARK
from copytaster.extract.story import Cast, Story
from copytaster.records import TextBlock

LABEL = re.compile(r"(?P<name>[A-Z][\w.'’-]{0,40}+(?: [A-Z][\w.'’-]{0,40}+){0,3}):\s++(?=\S)")
"""A name, or initials, at the head of a paragraph."""
POST = re.compile(
    r"\s{0,20}(?:—|–|--)\s{0,20}(?P<name>[^()\n]{2,60}?)\s*\(@\w{1,30}\)(?:\s+\w+\s+\d{1,2},\s+\d{4})?\s*\Z"
)
"""What closes an embedded post: dash, name, handle in brackets, date."""
TURNS_MIN = 4
"""Paragraphs with a label from which on the labels are of speakers; a list of headings repeats none."""
SPOKEN = frozenset(["body", "lead", "subheading"])


def turns(story: Story, cast: Cast) -> Iterator[Attribution]:
    """The utterances of interviews and posts, in the order of the text."""
    labelled = [(block, found) for block in story.blocks if (found := label(story, block)) is not None]
    names = Counter(initials(found.group("name")) for _, found in labelled)
    is_talk = len(labelled) >= TURNS_MIN and len(names) >= 2 and sum(names.values()) >= 2 * len(names)
    is_talk = is_talk and any(may_speak(story, cast, *found.span("name")) for _, found in labelled)
    known: dict[str, Party] = {}
    for block in story.blocks:
        if block.kind not in SPOKEN:
            continue
        found = label(story, block) if is_talk else None
        if found is not None:
            source = known.setdefault(initials(found.group("name")), party_at(story, *found.span("name")))
            yield utterance(found.end(), block.end, source)
            continue
        post = POST.search(story.text, block.start, block.end)
        if post is not None and post.start() - block.start >= 3 and not MARK.match(story.text, block.start):
            yield utterance(block.start, post.start(), party_at(story, *post.span("name")))


def label(story: Story, block: TextBlock) -> re.Match[str] | None:
    """The label of a paragraph that has no marks around what follows it."""
    if block.kind not in SPOKEN:
        return None
    found = LABEL.match(story.text, block.start, block.end)
    if found is None or MARK.match(story.text, found.end()):
        return None
    return found


def may_speak(story: Story, cast: Cast, start: int, end: int) -> bool:
    """Whether a label is of somebody who talks, and no heading that comes again and again ("Read more:", "Watch:")."""
    mention = cast.mention_of(party_at(story, start, end).head)
    return mention is not None and mention.kind == "name" and cast.entities[mention.entity].type == "PERSON"


def initials(name: str) -> str:
    """By which a name and its initials are the same label: "Jo Lund" and "JL" → "JL"."""
    words = name.split()
    return name if len(words) == 1 and not name.isupper() else "".join(w[0] for w in words) if len(words) > 1 else name


def party_at(story: Story, start: int, end: int) -> Party:
    """The tokens of a name."""
    first = last = story.token_at(start)
    while last.i + 1 < len(story.doc) and last.nbor().idx < end:
        last = last.nbor()
    return Party(head_of(first, last), first, last)


def head_of(first: Token, last: Token) -> Token:
    """The last word of a name."""
    return last if not last.is_punct else first


def utterance(start: int, end: int, source: Party) -> Attribution:
    """The attribution of a whole paragraph."""
    found = Attribution("direct", [(start, end)], "turn", party=source, confidence=0.8)
    found.act = "assert"
    return found
