"""Which words stand in quotation marks, and whose they seem to be: what pronouns need to know before quotes are read.

The quotes layer decides about quotes, later and better; here a pair of marks in a paragraph and the nearest speech verb
outside of it do.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from copytaster.extract.coreference.syntax import Syntax
from copytaster.knowledge import table

OPENING = {"“": "”", "„": "”", "«": "»", "‘": "’"}
STRAIGHT = frozenset({'"', "``", "''"})


@dataclass(frozen=True, slots=True)
class Utterance:
    """Tokens [start, end) between quotation marks, and the token that heads their speaker, if one is seen."""

    start: int
    end: int
    speaker: int | None


@functools.cache
def speech_verbs() -> frozenset[str]:
    """Lemmas of the verbs of speech."""
    rows = table("en/cues.tsv")
    return frozenset(r["lemma"].lower() for r in rows if r["pos"] == "verb" and r["stance"] in ("speech", "manner"))


@functools.cache
def thought_verbs() -> frozenset[str]:
    """Lemmas of all verbs that introduce what somebody says, thinks or wants: their subjects are people or bodies."""
    return frozenset(r["lemma"].lower() for r in table("en/cues.tsv") if r["pos"] == "verb")


def find_utterances(syntax: Syntax) -> list[Utterance]:
    """The utterances of a story in order; marks are paired within a paragraph, and an unpaired one is dropped."""
    found: list[Utterance] = []
    for start, end in mark_pairs(syntax):
        speaker = speaker_of(syntax, start, end)
        if speaker is None and found and goes_on(syntax, found[-1].end, start):
            speaker = found[-1].speaker
        found.append(Utterance(start, end, speaker))
    return found


def goes_on(syntax: Syntax, end: int, start: int) -> bool:
    """Whether a second utterance continues the first: only a short cue clause stands between, in one paragraph."""
    return start - end < 15 and not any("\n" in word for word in syntax.words[end:start])


def mark_pairs(syntax: Syntax) -> list[tuple[int, int]]:
    """Token ranges between double quotation marks (curly singles too), outermost only."""
    pairs = []
    blocks = iter(syntax.story.blocks)
    block_end = -1
    opened: int | None = None
    closing = ""
    first = 0
    for i, word in enumerate(syntax.words):
        while syntax.starts[i] >= block_end:
            # a paragraph that opens with a mark and does not close it goes on in the next one
            if opened is not None and opened == first and i > opened + 1:
                pairs.append((opened + 1, i))
            opened, first = None, i
            block = next(blocks, None)
            block_end = block.end if block else len(syntax.story.text) + 1
        if opened is None:
            if word in OPENING and not (word == "‘" and i + 1 < syntax.size and syntax.words[i + 1] == "s"):
                opened, closing = i, OPENING[word]
            elif word in STRAIGHT or (word == "'" and opens_single(syntax, i)):
                opened, closing = i, word
        elif (word == closing and not (word == "'" and is_possessive_mark(syntax, i))) or (
            closing in STRAIGHT and word in STRAIGHT
        ):
            if i > opened + 1:
                pairs.append((opened + 1, i))
            opened = None
    return pairs


def opens_single(syntax: Syntax, i: int) -> bool:
    """Whether a straight single mark opens a quote: it stands after a space and before a word ("workers' rights" not)."""
    text, at = syntax.story.text, syntax.starts[i]
    return (at == 0 or text[at - 1].isspace()) and at + 1 < len(text) and text[at + 1].isupper()


def is_possessive_mark(syntax: Syntax, i: int) -> bool:
    """Whether a straight single mark is the apostrophe of a plural ("the workers' rights"), not the end of a quote.

    The tagger takes the mark after any word in -s for one; the last mark of a line ends the quote that began there.
    """
    if syntax.tags[i] != "POS":
        return False
    for j in range(i + 1, min(i + 40, syntax.size)):
        if "\n" in syntax.words[j]:
            return False
        if syntax.words[j] == "'":
            return True
    return False


def speaker_of(syntax: Syntax, start: int, end: int) -> int | None:
    """The subject of the speech verb nearest to the marks, in the sentences that they begin and end in."""
    verbs = speech_verbs()
    best: tuple[int, int] | None = None
    for i in [*range(max(0, start - 30), start - 1), *range(end + 1, min(syntax.size, end + 30))]:
        if syntax.pos[i] != "VERB" or syntax.lemmas[i] not in verbs:
            continue
        border = start if i < start else end - 1
        if syntax.sentences[i] != syntax.sentences[border] and syntax.words[max(0, start - 2)] != ":":
            # the parser often starts a sentence after the closing mark: “…,” Trump said.
            if i < start or syntax.sentences[i] != syntax.sentences[min(end + 1, syntax.size - 1)]:
                continue
            if syntax.words[end - 1] not in (",", "?", "!", "—"):
                continue
        subject = syntax.subject(i)
        if subject is None or start <= subject < end:
            continue
        distance = start - i if i < start else i - end
        if best is None or distance < best[0]:
            best = (distance, subject)
    return best[1] if best else None
