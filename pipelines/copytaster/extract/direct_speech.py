"""Direct speech: passages in quotation marks that are somebody's words, with the clause that says whose.

The marks decide what the content is; the parse, which quotation marks confuse, is asked only about the words around it.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from copytaster.extract.attribution import Attribution, Party
from copytaster.extract.cues import Cue, cue_words, headline_cue, verb_cue
from copytaster.extract.quotation_marks import Passage
from copytaster.extract.sources import NOMINAL, party, source_of_noun, source_of_verb
from copytaster.extract.story import Story

TERMINAL = frozenset([".", "!", "?", "…", "...", ";"])
CLAUSE_MARKS = frozenset([",", ":", "—", "–", "--", "-", "(", ";", "...", "…"])
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
            if found is not None and found.cue is not None and found.party is not None:
                speech.nested.append((made(passage, "nested", found, 0.8), item.attribution))


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
        if before[0] == before[1] and passage.block and block.start == passage.outer_start:
            before = lead_in(story, passage.block - 1, starts)
        found.append(Framed(passage, first, last, before, after_window(doc, max(outer_last, last + 1), high)))
    return found


def is_title(doc: Doc, item: Framed) -> bool:
    """Whether a passage is written as a title is: several words, the longer ones with capitals, no stop at its end."""
    words = [doc[i].text for i in range(item.first, item.last + 1) if doc[i].is_alpha]
    return (
        len(words) >= 2
        and all(word[0].isupper() for word in words if len(word) > 3)
        and any(len(word) > 3 for word in words)
        and doc[item.last].text not in (".", "!", "?", ",")
    )


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


def attribute(story: Story, item: Framed, before: Framed | None, inside: list[bool]) -> None:
    """Decides whether a passage is speech, and finds its cue and its source."""
    doc, passage = story.doc, item.passage
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
    closing = story.text[passage.end - 1]
    embedded = opening is not None and opening.text not in CLAUSE_MARKS
    begins_small = doc[item.first].text[:1].islower()
    after = cue_after(doc, item, inside)
    if after is not None and passage.is_single and not followed_by_cue(doc, item, after):
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
    ahead = cue_before(doc, item, inside, embedded=embedded)
    if joins(story, item, before) and (after is None or (begins_small and ahead is not None)):
        assert before is not None
        extend(before, item)
        return
    if after is not None:
        item.attribution = made(passage, "after", after, 0.95)
        widen(story, item, after, embedded=embedded)
        if after.party is None and ahead is not None and ahead.party is not None:
            item.attribution = made(passage, "before", ahead, 0.9)
    elif ahead is not None:
        item.attribution = made(passage, "before", ahead, 0.93 if ahead.cue is not None else 0.85)
    elif is_turn(story, item, opening):
        item.is_turn = True
        item.attribution = made(passage, "turn", None, 0.8)


def extend(before: Framed, item: Framed) -> None:
    """Adds a passage to the quotation that it goes on with."""
    item.attribution = before.attribution
    item.is_turn = before.is_turn
    if item.attribution is not None:
        item.attribution.pieces.append((item.passage.start, item.passage.end))


@dataclass(slots=True)
class Frame:
    """The clause that frames a quotation."""

    cue: Token | None
    entry: Cue | None
    party: Party | None
    first: Token | None = None
    last: Token | None = None


def made(passage: Passage, frame_name: str, frame: Frame | None, confidence: float) -> Attribution:
    """The attribution of a passage."""
    found = Attribution("direct", [(passage.start, passage.end)], frame_name, confidence=confidence)
    adopt(found, frame)
    if found.cue is None and found.act is None:
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


def last_word(doc: Doc, start: int, end: int) -> Token | None:
    """The last token of a window that is neither white space nor a mark."""
    for number in range(end - 1, start - 1, -1):
        if not doc[number].is_space and doc[number].text not in ('"', "“", "”", "'", "‘", "``", "''", "’"):
            return doc[number]
    return None


def followed_by_cue(doc: Doc, item: Framed, frame: Frame) -> bool:
    """Whether the cue's clause begins right after the passage."""
    return frame.cue is not None and frame.cue.i - item.after[0] <= 8


def cue_after(doc: Doc, item: Framed, inside: list[bool]) -> Frame | None:
    """The frame that follows a passage: "…," said Ann Moran; "…," the mayor told reporters."""
    start, end = item.after
    while start < end and (doc[start].is_punct or doc[start].is_space) and doc[start].text not in ("(", "["):
        start += 1
    if start >= end:
        return None
    source = according_source(doc, start, end)
    if source is not None:
        phrase = cue_words("phrase")["according to"]
        return Frame(doc[start], phrase, party(source, (start, end - 1)), doc[start], doc[start + 1])
    closing = doc[item.last].text[-1:]
    sentence_over = closing == "." or doc[item.after[0]].text in TERMINAL
    words = cue_words("verb")
    for number in range(start, min(end, start + 30)):
        token = doc[number]
        if token.pos_ not in ("VERB", "AUX") and not (token.lemma_ in words and token.tag_.startswith("VB")):
            continue
        entry = verb_cue(token)
        if token.dep_ in ("relcl", "acl", "amod") and number > start:
            continue
        if token.dep_ in ("aux", "auxpass"):
            continue
        if entry is None or "quote" not in entry.frames:
            if entry is None and token.dep_ in ("advcl", "pcomp", "xcomp"):
                continue
            return None
        subject = subject_around(doc, token, start, end, inside)
        if subject is None:
            return None
        if sentence_over and ((doc[start].text[:1].isupper() and number - start > 6) or opens_own_content(token)):
            return None
        if subject.lower_ in ("it", "that", "this", "there"):
            return None
        first, last = cue_extent(token)
        return Frame(token, entry, party(subject, (start, end - 1)), first, last)
    return None


def according_source(doc: Doc, start: int, end: int) -> Token | None:
    """The source of "according to X" where that begins the window."""
    if start + 2 >= end or doc[start].lower_ != "according" or doc[start + 1].lower_ != "to":
        return None
    nominal = next((doc[i] for i in range(start + 2, end) if doc[i].pos_ in ("NOUN", "PROPN", "PRON")), None)
    return climb(nominal, start + 2, end) if nominal is not None else None


def opens_own_content(verb: Token, *, objects: bool = False) -> bool:
    """Whether the verb has a clause (or an object) of its own after it, so that it does not look back at a passage."""
    deps = ("ccomp", "xcomp", "dobj", "oprd") if objects else ("ccomp", "xcomp")
    return any(c.dep_ in deps and c.i > verb.i for c in verb.children)


def clause_start(frame: Frame) -> int:
    """The number of the first token of the cue's clause."""
    assert frame.cue is not None
    start = frame.cue.i
    if frame.party is not None:
        start = min(start, frame.party.first.i)
    return start


def begins_new_clause(doc: Doc, item: Framed, frame: Frame) -> bool:
    """Whether a conjunction divides the cue's clause from the passage: "…," but he also noted."""
    if frame.cue is None:
        return False
    between = [doc[i] for i in range(item.after[0], clause_start(frame)) if not doc[i].is_punct and not doc[i].is_space]
    return bool(between) and between[0].lower_ in (
        "but",
        "and",
        "while",
        "when",
        "where",
        "who",
        "which",
        "as",
        "because",
        "although",
        "though",
        "after",
        "before",
        "if",
        "or",
        "so",
        "since",
        "with",
    )


def widen(story: Story, item: Framed, frame: Frame, *, embedded: bool) -> None:
    """Takes the whole reported clause as content where only a part of it stands in marks.

    Voters "want change," she said → Voters "want change".
    """
    doc, found = story.doc, item.attribution
    assert found is not None
    start, end = found.pieces[0]
    if embedded:
        words = [i for i in range(*item.before) if not doc[i].is_space and not doc[i].is_punct]
        if words:
            start = doc[words[0]].idx
            found.kind = "mixed"
    between = [i for i in range(item.after[0], clause_start(frame)) if not doc[i].is_space and not doc[i].is_punct]
    if between and any(doc[i].pos_ not in ("ADV", "CCONJ", "INTJ") for i in between):
        end = doc[between[-1]].idx + len(doc[between[-1]])
        found.kind = "mixed"
    found.pieces[0] = (start, end)


def cue_extent(verb: Token) -> tuple[Token, Token]:
    """The verb with its particle."""
    for child in verb.children:
        if child.dep_ == "prt" and child.i == verb.i + 1:
            return verb, child
    return verb, verb


def subject_around(doc: Doc, verb: Token, start: int, end: int, inside: list[bool]) -> Token | None:
    """The source of a verb within a window: its subject, or the noun phrase next to it where the parse has none."""
    head = source_of_verb(verb)
    if head is not None and start <= head.i < end and not inside[head.i] and head.i != verb.i:
        return head
    if all(doc[i].is_punct or doc[i].pos_ in ("ADV", "CCONJ") for i in range(start, verb.i)):
        # inverted: said Ann Moran
        for number in range(verb.i + 1, min(end, verb.i + 12)):
            if doc[number].pos_ in ("NOUN", "PROPN", "PRON"):
                return climb(doc[number], verb.i + 1, end)
            if doc[number].is_punct:
                break
    for number in range(start, verb.i):
        if doc[number].pos_ in ("NOUN", "PROPN", "PRON"):
            return climb(doc[number], start, verb.i)
    if head is not None and not inside[head.i] and head.i < start:
        return None
    return None


def climb(token: Token, start: int, end: int) -> Token:
    """The head of the noun phrase that a token belongs to, within a window."""
    for _ in range(8):
        above = token.head
        if above == token or not start <= above.i < end or above.pos_ not in NOMINAL or token.dep_ in ("conj", "appos"):
            break
        token = above
    return token


def cue_before(doc: Doc, item: Framed, inside: list[bool], *, embedded: bool) -> Frame | None:
    """The frame that leads up to a passage: The mayor said, "…"; Moran: "…"."""
    start, end = item.before
    opening = last_word(doc, start, end)
    if opening is None:
        return None
    if embedded:
        entry = verb_cue(opening) if opening.pos_ in ("VERB", "AUX") else None
        speaks = entry is not None and "quote" in entry.frames and not entry.frames.keys() & {"np", "sc", "as"}
        if not speaks or is_title(doc, item) or (doc[item.first].text[:1].islower() and item.last - item.first < 4):
            return None
    if opening.text == "(":
        return None
    for number in range(opening.i, start - 1, -1):
        token = doc[number]
        entry = headline_cue(token)
        if entry is None:
            if token.pos_ not in ("VERB", "AUX") or token.dep_ in ("aux", "auxpass"):
                continue
            entry = verb_cue(token)
        if entry is None or "quote" not in entry.frames:
            continue
        if token.dep_ == "relcl" and opening.text != ":" and opening.i - number > 3:
            continue
        if opening.text == "," and opens_own_content(token) and not embedded and token.tag_ != "VBG":
            complement = next(c for c in token.children if c.dep_ in ("ccomp", "xcomp") and c.i > token.i)
            if complement.i < opening.i and not inside[complement.i]:
                continue
        first, last = cue_extent(token)
        head = source_of_verb(token)
        if head is not None and (inside[head.i] or head.i == token.i):
            head = None
        if head is None:
            head = next(
                (
                    climb(doc[i], start, number)
                    for i in range(start, number)
                    if doc[i].pos_ in ("PROPN", "NOUN", "PRON")
                ),
                None,
            )
        return Frame(token, entry, party(head) if head is not None else None, first, last)
    if opening.text in (",", ":"):
        frame = noun_frame(doc, start, opening.i, inside)
        if frame is not None:
            return frame
    if opening.text == ":":
        return colon_frame(doc, start, opening.i)
    return None


def noun_frame(doc: Doc, start: int, end: int, inside: list[bool]) -> Frame | None:
    """The frame that a noun of saying makes: The ministry issued a statement: "…"."""
    nouns = cue_words("noun")
    for number in range(end - 1, start - 1, -1):
        token = doc[number]
        entry = nouns.get(token.lemma_.lower()) if token.pos_ == "NOUN" else None
        if entry is None or entry.stance != "speech" or "that" not in entry.frames:
            continue
        head = source_of_noun(token)
        if head is not None and start <= head.i < end and not inside[head.i]:
            return Frame(token, entry, party(head, (start, end - 1)))
    return None


def colon_frame(doc: Doc, start: int, colon: int) -> Frame | None:
    """What stands before a colon and has no verb of saying: the subject of its clause, or its noun phrase ("Moran:")."""
    nominals = [doc[i] for i in range(start, colon) if doc[i].pos_ in ("PROPN", "NOUN", "PRON")]
    if not nominals:
        return Frame(None, None, None)
    subject = next((t for t in nominals if t.dep_ in ("nsubj", "nsubjpass")), None)
    head = subject or climb(nominals[0], start, colon)
    return Frame(doc[colon], None, party(head, (start, colon - 1)))


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
