"""Direct speech: passages in quotation marks that are somebody's words.

The marks decide what the content is; the parse, which quotation marks confuse, is asked only about the words around it.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc, Token

from copytaster.extract.quotes.attribution import Attribution
from copytaster.extract.quotes.clauses import clause_subject
from copytaster.extract.quotes.cues import verb_cue
from copytaster.extract.quotes.framing_clauses import (
    Frame,
    begins_new_clause,
    clause_start,
    climb,
    cue_after,
    cue_before,
    label,
    opens_own_content,
    signature,
)
from copytaster.extract.quotes.quotation_marks import Passage
from copytaster.extract.quotes.quotation_windows import (
    CLAUSE_MARKS,
    SILENT_BLOCKS,
    TERMINAL,
    Framed,
    after_window,
    before_window,
    frame,
    last_word,
)
from copytaster.extract.quotes.sources import RELATIVES, party
from copytaster.extract.story import Story

SUBJECT_MAX = 12
"""Tokens that the cue's clause has at most where it divides a subject from its predicate in marks."""
CLAUSE_MAX = 14
"""Tokens that the clause of a cue has at most which ends a passage without a closing mark."""
LONG_FRAGMENT = 4
"""Words in marks from which on an unfinished passage is a clause that goes on behind them."""


@dataclass(slots=True)
class Speech:
    """The direct speech of a story, and the passages that are something else."""

    attributions: list[Attribution] = field(default_factory=list)
    fragments: list[Framed] = field(default_factory=list)
    nested: list[tuple[Attribution, Attribution]] = field(default_factory=list)
    """Quotations inside a quotation, each with the outer one."""
    taken: list[bool] = field(default_factory=list)
    """For each token whether it stands in direct speech."""


def find_speech(story: Story, passages: Sequence[Passage]) -> Speech:
    """The direct speech among the passages."""
    doc = story.doc
    starts = [token.idx for token in doc]
    outer = [p for p in passages if p.depth == 0 and story.blocks[p.block].kind not in SILENT_BLOCKS]
    framed = frame(story, outer, starts)
    inside = [False] * len(doc)
    for item in framed:
        inside[item.first : item.last + 1] = [True] * (item.last + 1 - item.first)
    speech = Speech(taken=[False] * len(doc))
    before: Framed | None = None
    for item in framed:
        if not item.passage.is_closed and item.passage.chain == -1:
            close_before_cue(story, item, inside)
        attribute(story, item, before, inside)
        if item.attribution is not None:
            if not any(item.attribution is a for a in speech.attributions[-1:]):
                speech.attributions.append(item.attribution)
            low = bisect.bisect_left(starts, min(item.passage.start, item.attribution.pieces[-1][0]))
            high = bisect.bisect_left(starts, max(item.passage.end, item.attribution.pieces[-1][1]))
            speech.taken[low:high] = [True] * (high - low)
        else:
            speech.fragments.append(item)
        before = item
    find_nested(story, passages, framed, starts, speech)
    return speech


def close_before_cue(story: Story, item: Framed, inside: list[bool]) -> None:
    """Ends a passage whose closing mark is missing where its cue follows: "We are winning, said the general."

    Only in its first sentence, of which the cue's clause must be the rest.
    """
    doc = story.doc
    end = next((i for i in range(item.first, item.last + 1) if doc[i].text in TERMINAL), item.last + 1)
    for comma in range(item.first + 1, end - 1):
        if doc[comma].text not in (",", "?", "!") or end - comma > CLAUSE_MAX:
            continue
        clause = [doc[i] for i in range(comma + 1, end) if not doc[i].is_punct]
        verb = next((token for token in clause if token.pos_ in ("VERB", "AUX")), None)
        entry = verb_cue(verb) if verb is not None and verb.tag_ in ("VBD", "VBZ") else None
        if entry is None or entry.stance != "speech" or "quote" not in entry.frames or len(clause) < 2:
            continue
        if clause[0].pos_ in ("CCONJ", "SCONJ", "ADP") or any(
            t.pos_ in ("VERB", "AUX", "SCONJ") and t != verb for t in clause
        ):
            continue
        inside[comma + 1 : item.last + 1] = [False] * (item.last - comma)
        passage = replace(item.passage, end=doc[comma].idx + 1, outer_end=doc[comma].idx + 1, is_closed=True)
        item.passage, item.last, item.after = passage, comma, (comma + 1, end)
        return


def find_nested(
    story: Story, passages: Sequence[Passage], outer: Sequence[Framed], starts: list[int], speech: Speech
) -> None:
    """Adds the quotations inside of others that have a cue of their own: "He told me, 'Go home,'" she said."""
    inner = [p for p in passages if p.depth == 1 or (p.depth == 0 and p.is_single)]
    number, inside = 0, [False] * len(story.doc)
    for item in outer:
        while number < len(inner) and inner[number].start < item.passage.start:
            number += 1
        while number < len(inner) and inner[number].start < item.passage.end:
            passage = inner[number]
            number += 1
            if passage.depth == 0 or item.attribution is None:
                continue
            first = bisect.bisect_left(starts, passage.start)
            last = bisect.bisect_left(starts, passage.end) - 1
            if first > last:
                continue
            low, high = bisect.bisect_left(starts, passage.outer_start), bisect.bisect_left(starts, passage.outer_end)
            framed = Framed(
                passage,
                first,
                last,
                before_window(story.doc, item.first, min(low, first)),
                after_window(story.doc, max(high, last + 1), item.last + 1),
            )
            inside[first : last + 1] = [True] * (last + 1 - first)
            opening = last_word(story.doc, *framed.before)
            embedded = opening is not None and opening.text not in CLAUSE_MARKS
            found = cue_before(story.doc, framed, inside, embedded=embedded) or cue_after(story.doc, framed, inside)
            if found is not None and found.cue is not None and found.party is not None and last - first >= 2:
                speech.nested.append((made(passage, "nested", found, 0.8), item.attribution))


def attribute(story: Story, item: Framed, before: Framed | None, inside: list[bool]) -> None:
    """Decides whether a passage is speech, and finds its cue and its source."""
    doc, passage = story.doc, item.passage
    labelled = label(story, item)
    if labelled is not None:
        turn, start = labelled
        item.attribution = made(passage, "before", turn, 0.8)
        item.attribution.pieces[0] = (start, passage.end)
        return
    if (
        before is not None
        and passage.chain != -1
        and passage.chain == before.passage.chain
        and before.attribution is not None
    ):
        extend(before, item)
        if item.attribution is not None and item.attribution.party is None:
            adopt(item.attribution, cue_after(doc, item, inside))
        return
    opening = last_word(doc, *item.before)
    if opening is not None and opening.text.endswith(".") and doc[item.first].text[:1].isupper():
        opening = None  # "in Lima, Calif." ends the sentence with its abbreviation
    embedded = opening is not None and opening.text not in CLAUSE_MARKS
    begins_small = doc[item.first].text[:1].islower()
    after = cue_after(doc, item, inside)
    if after is not None and passage.is_single and not followed_by_cue(item, after):
        after = None
    if after is not None and begins_new_clause(doc, item, after):
        after = None
    if (
        after is not None
        and embedded
        and (
            after.entry is None
            or after.entry.stance != "speech"
            or after.cue is None
            or opens_own_content(after.cue, objects=True)
        )
    ):
        after = None  # on "This Week," Moran said that …
    if after is not None and embedded and is_reported(doc, item):
        after = None  # Lund said she was "tired", the newspaper reported
    ahead = cue_before(doc, item, inside, embedded=embedded)
    if after is not None and ahead is not None and leads_to_next(doc, item, after):
        after = None
    if (
        joins(story, item, before)
        and (after is None or (begins_small and ahead is not None))
        and not has_own_cue(before, ahead)
    ):
        assert before is not None
        extend(before, item)
        return
    if after is not None:
        item.attribution = made(passage, "after", after, 0.95)
        widen(story, item, after, embedded=embedded)
        if after.party is None and ahead is not None and ahead.party is not None:
            item.attribution = made(passage, "before", ahead, 0.9)
    elif ahead is not None:
        opened = subject_before(story, item, ahead, inside) if begins_small else None
        item.attribution = made(passage, "before", ahead if opened is None else opened[1], 0.9)
        widen_onward(story, item, embedded=embedded)
        if opened is not None:
            item.attribution.pieces.insert(0, opened[0])
            item.attribution.kind = "mixed"
    elif is_turn(story, item, opening):
        item.is_turn = True
        item.attribution = made(passage, "turn", signature(story, item), 0.8)


def is_reported(doc: Doc, item: Framed) -> bool:
    """Whether a verb of saying before the passage has the clause in which it stands: Lund said she was "tired", …"""
    for number in range(*item.before):
        verb = doc[number]
        entry = verb_cue(verb) if verb.pos_ == "VERB" else None
        if entry is None or entry.stance != "speech" or "that" not in entry.frames or clause_subject(verb) is None:
            continue
        if any(c.dep_ == "ccomp" and number < c.left_edge.i <= item.first <= c.right_edge.i for c in verb.children):
            return True
    return False


def leads_to_next(doc: Doc, item: Framed, after: Frame) -> bool:
    """Whether the clause behind a finished passage leads up to the next one: One wrote: "Well done!" Another wrote: "…"."""
    words = [i for i in range(*item.after) if not doc[i].is_space]
    if not words or doc[words[-1]].text != ":" or after.cue is None or after.party is None:
        return False
    is_over = doc[item.last].text[-1:] in ".!?…" or doc[words[0]].text in TERMINAL
    return is_over and doc[after.party.first.i].text[:1].isupper() and after.cue.i > after.party.head.i


def has_own_cue(before: Framed | None, ahead: Frame | None) -> bool:
    """Whether another cue than that of the passage before leads up to this one: "…," he said, adding: "…"."""
    if ahead is None or ahead.cue is None or ahead.entry is None or before is None or before.attribution is None:
        return False
    cue = before.attribution.cue
    return cue is not None and cue.i < ahead.cue.i and ahead.entry.stance == "speech"


def extend(before: Framed, item: Framed) -> None:
    """Adds a passage to the quotation that it goes on with."""
    item.attribution = before.attribution
    item.is_turn = before.is_turn
    if item.attribution is not None:
        item.attribution.pieces.append((item.passage.start, item.passage.end))


def made(passage: Passage, frame_name: str, frame: Frame | None, confidence: float) -> Attribution:
    """The attribution of a passage."""
    found = Attribution("direct", [(passage.start, passage.end)], frame_name, confidence=confidence)
    adopt(found, frame)
    if found.act is None:
        found.act = "assert"
    return found


def adopt(attribution: Attribution, frame: Frame | None) -> None:
    """Gives the attribution the cue and the source of a frame."""
    if frame is None:
        return
    attribution.cue, attribution.entry, attribution.party = frame.cue, frame.entry, frame.party
    attribution.cue_first, attribution.cue_last = frame.first or frame.cue, frame.last or frame.cue
    if frame.entry is not None:
        attribution.act = frame.entry.frames.get("quote", frame.entry.act)


def subject_before(
    story: Story, item: Framed, frame: Frame, inside: list[bool]
) -> tuple[tuple[int, int], Frame] | None:
    """What the cue's clause divides from its predicate in marks, as offsets: The mill, Moran said, "is a ruin" → The mill.

    With the frame, its party put right: in "Moran, an aide said, 'is tired'" the parser makes the aide an apposition.
    """
    doc, cue = story.doc, frame.cue
    if cue is None or cue.pos_ not in ("VERB", "AUX"):
        return None
    start, end = item.before
    low = next((i for i in range(cue.i - 1, start, -1) if doc[i].text in (",", "—", "–", "--")), None)
    if low is None or cue.i - low > SUBJECT_MAX or not all(token.is_punct for token in doc[cue.i + 1 : end]):
        return None
    while start < low and (doc[start].is_punct or doc[start].is_space):
        start += 1
    words = [token for token in doc[start:low] if not token.is_punct]
    if not words or any(inside[token.i] for token in words) or doc[start].pos_ in ("ADP", "SCONJ", "CCONJ", "ADV"):
        return None
    if doc[start].tag_ in ("VBG", "VBN") or not any(token.pos_ in ("NOUN", "PROPN", "PRON") for token in words):
        return None
    if any(token.pos_ in ("CCONJ", "SCONJ") or token.lower_ in RELATIVES for token in doc[low + 1 : cue.i]):
        return None
    subject = next((token for token in doc[low + 1 : cue.i] if token.pos_ in ("NOUN", "PROPN", "PRON")), None)
    if subject is None:
        return None
    if frame.party is None or frame.party.head.i < low:
        frame = replace(frame, party=party(climb(subject, low + 1, cue.i), (low + 1, cue.i - 1)))
    return (doc[start].idx, doc[low - 1].idx + len(doc[low - 1])), frame


def followed_by_cue(item: Framed, frame: Frame) -> bool:
    """Whether the cue's clause begins right after the passage."""
    return frame.cue is not None and frame.cue.i - item.after[0] <= 8


def widen(story: Story, item: Framed, frame: Frame, *, embedded: bool) -> None:
    """Takes the whole reported clause as content where only a part of it stands in marks.

    Voters "want change," she said → Voters "want change".
    """
    doc, found = story.doc, item.attribution
    assert found is not None
    start, end = found.pieces[0]
    if embedded or has_subject_before(doc, item):
        words = [i for i in range(*item.before) if not doc[i].is_space and not doc[i].is_punct]
        if words:
            start = doc[words[0]].idx
            found.kind = "mixed"
    between = [i for i in range(item.after[0], clause_start(frame)) if not doc[i].is_space and not doc[i].is_punct]
    if between and any(doc[i].pos_ not in ("ADV", "CCONJ", "INTJ") for i in between):
        end = doc[between[-1]].idx + len(doc[between[-1]])
        found.kind = "mixed"
    found.pieces[0] = (start, end)


def has_subject_before(doc: Doc, item: Framed) -> bool:
    """Whether the subject of what stands in marks stands before them: The fair, held in May, "brings us all together"."""
    if not doc[item.first].text[:1].islower() or doc[item.first].pos_ not in ("VERB", "AUX"):
        return False
    return any(
        doc[i].dep_ in ("nsubj", "nsubjpass") and item.first <= doc[i].head.i <= item.last for i in range(*item.before)
    )


def widen_onward(story: Story, item: Framed, *, embedded: bool) -> None:
    """Takes the rest of the clause as content too: She says "the wind is with us" despite the defeat."""
    doc, found = story.doc, item.attribution
    assert found is not None
    start, end = item.after
    if not embedded or start >= end or item.last - item.first < LONG_FRAGMENT:
        return
    if not doc[start].text[:1].islower() or doc[start].pos_ in ("CCONJ", "VERB") or doc[item.last].is_punct:
        return
    last = next((i for i in range(start, end) if doc[i].text in CLAUSE_MARKS), end) - 1
    while last > start and (doc[last].is_punct or doc[last].is_space):
        last -= 1
    found.pieces[0] = (found.pieces[0][0], doc[last].idx + len(doc[last]))
    found.kind = "mixed"


def joins(story: Story, item: Framed, before: Framed | None) -> bool:
    """Whether a passage goes on with the one before, of which only its cue's clause divides it."""
    if before is None or before.attribution is None or before.passage.block != item.passage.block:
        return False
    if before.attribution.cue is None or before.attribution.frame not in ("after", "before"):
        return False
    doc = story.doc
    low, high = before.after
    cue = before.attribution.cue
    if not low <= cue.i < max(high, item.before[1]):
        return False
    opening = last_word(doc, low, item.before[1])
    party_last = before.attribution.party.last.i if before.attribution.party is not None else -1
    is_stop = opening is not None and (opening.is_punct or opening.text.endswith("."))
    if opening is not None and not is_stop and opening.i not in (cue.i, party_last):
        return False  # he said on "This Week"
    gap = [
        doc[i]
        for i in range(high, item.before[1])
        if not doc[i].is_space and doc[i].text not in ('"', "“", "''", "``", "'", "‘")
    ]
    return all(token.text in TERMINAL for token in gap)


def is_turn(story: Story, item: Framed, opening: Token | None) -> bool:
    """Whether a passage without a frame is an utterance: it stands where a sentence stands, and ends as one."""
    passage = item.passage
    if passage.is_single or (opening is not None and opening.text not in (":", "—", "–", "--", "...", "…")):
        return False
    words = sum(1 for i in range(item.first, item.last + 1) if not story.doc[i].is_punct)
    ends = story.text[passage.end - 1] in ".!?…,—-" or not passage.is_closed or passage.chain != -1
    has_verb = any(story.doc[i].pos_ in ("VERB", "AUX") for i in range(item.first, item.last + 1))
    following = story.text[passage.outer_end : passage.outer_end + 2]
    alone = not following.strip() or following.startswith((".", "\n"))
    return (ends and words >= 1 and (has_verb or words >= 4 or alone)) or (alone and has_verb and words >= 3)
