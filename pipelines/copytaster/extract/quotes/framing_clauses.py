"""The clause that frames a quotation and says whose it is: "…," said Moran; Moran added: "…"; — Ann Moran, baker.

It is looked for in the words around the marks, since the marks confuse the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from copytaster.extract.quotes.attribution import Party
from copytaster.extract.quotes.clauses import NOMINAL
from copytaster.extract.quotes.cues import Cue, bases, cue_words, headline_cue, verb_cue
from copytaster.extract.quotes.quotation_windows import TERMINAL, Framed, is_title, last_word
from copytaster.extract.quotes.sources import INDEFINITE, nominal_before, party, source_of_noun, source_of_verb
from copytaster.extract.story import Story

SIGNATURE = re.compile(r"\s{0,20}[-–—―]{1,2}\s*+(?=\w)")
LABEL = re.compile(r"([A-Z][A-Z.'’-]{1,40}+(?: [A-Z][A-Z.'’-]{1,40}+){0,3}):\s++(?=\S)")
SIGNATURE_MAX = 90
LABELS = frozenset(
    ["q&a", "q & a", "opinion", "analysis", "comment", "editorial", "watch", "video", "live", "exclusive"]
)
LABELS |= frozenset(["breaking", "interview", "podcast", "profile", "review", "explainer", "letters", "fact check"])
"""What a headline puts before a colon to say what kind of piece follows: nobody who speaks."""
SHOUTS = frozenset(["chant", "cry", "scream", "shout", "shriek", "yell"])
"""Verbs of which what stands in marks is no title: chanted "Shame on Them"."""


@dataclass(slots=True)
class Frame:
    """The clause that frames a quotation."""

    cue: Token | None
    entry: Cue | None
    party: Party | None
    first: Token | None = None
    last: Token | None = None


def cue_after(doc: Doc, item: Framed, inside: list[bool]) -> Frame | None:
    """The frame that follows a passage: "…," said Ann Moran; "…," the mayor told reporters."""
    start, end = item.after
    while start < end and (doc[start].is_punct or doc[start].is_space) and doc[start].text not in ("(", "["):
        start += 1
    if start >= end:
        return None
    according = according_source(doc, start, end)
    if according is not None:
        phrase = cue_words("phrase")["according to"]
        return Frame(doc[start], phrase, party(according, (start, end - 1)), doc[start], doc[start + 1])
    closing = doc[item.last].text[-1:]
    sentence_over = closing == "." or doc[item.after[0]].text in TERMINAL
    words = cue_words("verb")
    occupation: Token | None = None
    for number in range(start, min(end, start + 30)):
        token = doc[number]
        entry = verb_cue(token)
        noun_like = token.tag_ == "NNS" and closing == "," and start < number <= start + 4
        if (
            noun_like
            and doc[number - 1].pos_ in ("NOUN", "PROPN", "PRON")
            and (spoken := present_cue(token)) is not None
        ):
            # "…," the poet mutters: behind a quotation the tagger sees a plural
            return Frame(token, spoken, Party(doc[number - 1], doc[start], doc[number - 1]), token, token)
        if token.pos_ not in ("VERB", "AUX") and not (token.lemma_ in words and token.tag_.startswith("VB")):
            continue
        if token.dep_ in ("relcl", "acl", "amod") and number > start:
            continue
        if token.dep_ in ("aux", "auxpass"):
            continue
        if entry is None or "quote" not in entry.frames:
            if number == start and is_occupation(doc, number, end):
                occupation = token
                continue
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
        source = party(subject, (start, end - 1))
        if occupation is not None:
            source = replace(source, first=occupation)
        return Frame(token, entry, source, first, last)
    return None


def is_occupation(doc: Doc, number: int, end: int) -> bool:
    """Whether what the tagger takes for a verb is what somebody is, before a name and its cue: "…," epidemiologist Jun
    Tanaka said; "…," care home manager Ilse Brandt said.
    """
    if not doc[number].is_lower or doc[number].tag_ not in ("VB", "VBP"):
        return False
    for i in range(number + 1, min(end, number + 8)):
        token = doc[i]
        if token.tag_ in ("VBD", "VBZ") and (entry := verb_cue(token)) is not None and "quote" in entry.frames:
            return doc[i - 1].pos_ == "PROPN"
        if token.pos_ not in ("NOUN", "PROPN", "ADJ") and token.text != "-":
            return False
    return False


def present_cue(token: Token) -> Cue | None:
    """The cue of words said that a form in -s is of, whatever the tagger took it for."""
    words = cue_words("verb")
    entry = next((words[base] for base in bases(token.lower_) if base in words), None)
    return entry if entry is not None and entry.stance in ("speech", "manner") and "quote" in entry.frames else None


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
            if doc[number].lower_ in INDEFINITE and (number + 1 >= end or doc[number + 1].is_punct):
                return doc[number]
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
    words = [i for i in range(start, end) if not doc[i].is_space and not doc[i].is_punct]
    source = according_source(doc, words[0], opening.i) if words and opening.text == "," else None
    if source is not None:
        phrase = cue_words("phrase")["according to"]
        return Frame(doc[words[0]], phrase, party(source, (start, end - 1)), doc[words[0]], doc[words[0] + 1])
    if embedded:
        entry = verb_cue(opening) if opening.pos_ in ("VERB", "AUX") else None
        speaks = entry is not None and "quote" in entry.frames and not entry.frames.keys() & {"np", "sc", "as"}
        titled = is_title(doc, item) and not (entry is not None and entry.lemma in SHOUTS)
        if not speaks or titled or (doc[item.first].text[:1].islower() and item.last - item.first < 4):
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
            head = nominal_after(doc, number, opening.i) or nominal_before(token, start)
        limit = (number + 1, opening.i) if head is not None and head.i > number else None
        return Frame(token, entry, party(head, limit) if head is not None else None, first, last)
    if opening.text in (",", ":"):
        frame = noun_frame(doc, start, opening.i, inside)
        if frame is not None:
            return frame
    if opening.text == ":":
        return colon_frame(doc, start, opening.i)
    return None


def nominal_after(doc: Doc, verb: int, end: int) -> Token | None:
    """The noun phrase right behind an inverted verb: Said Moran: "…"."""
    if verb + 1 < end and doc[verb + 1].pos_ in ("PROPN", "DET", "NOUN", "PRON") and doc[verb].is_sent_start:
        nominal = next((doc[i] for i in range(verb + 1, end) if doc[i].pos_ in ("PROPN", "NOUN", "PRON")), None)
        return climb(nominal, verb + 1, end) if nominal is not None else None
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
    words = [doc[i] for i in range(start, colon) if not doc[i].is_space]
    if not nominals or " ".join(token.lower_ for token in words) in LABELS:
        return Frame(None, None, None)
    last = words[-1]
    entry = cue_words("verb").get(last.lower_[:-1]) if len(words) > 1 and last.lower_.endswith("s") else None
    if entry is not None and entry.stance == "speech" and "quote" in entry.frames and last.text.islower():
        # the tagger takes it for a noun: "Great Western Railway tweets: …"
        nominals = [token for token in nominals if token.i < last.i]
        source = party(climb(nominals[0], start, last.i), (start, last.i - 1)) if nominals else None
        return Frame(last, entry, source, last, last)
    subject = next((t for t in nominals if t.dep_ in ("nsubj", "nsubjpass")), None)
    head = subject or climb(nominals[0], start, colon)
    return Frame(doc[colon], None, party(head, (start, colon - 1)))


def signature(story: Story, item: Framed) -> Frame | None:
    """The name behind a dash, after a quotation that stands alone or in the paragraph after it: — Ann Moran, baker."""
    block = story.blocks[item.passage.block]
    start = item.passage.outer_end
    if not story.text[start : block.end].strip() and item.passage.block + 1 < len(story.blocks):
        block = story.blocks[item.passage.block + 1]
        start = block.start
    dash = SIGNATURE.match(story.text, start, block.end)
    if dash is None or block.end - dash.end() > SIGNATURE_MAX or not story.text[dash.end()].isupper():
        return None
    first = story.token_at(dash.end())
    doc, end = story.doc, first.i
    while end < len(doc) and doc[end].idx < block.end:
        end += 1
    if any(doc[i].tag_ in ("VBD", "VBZ", "VBP") for i in range(first.i, end)):
        return None
    nominal = next((doc[i] for i in range(first.i, end) if doc[i].pos_ in ("PROPN", "NOUN")), None)
    return Frame(None, None, party(climb(nominal, first.i, end), (first.i, end - 1))) if nominal is not None else None


def label(story: Story, item: Framed) -> tuple[Frame, int] | None:
    """The name before a colon that opens a turn of a transcript ("ADA LUND: We are late."), and where the turn begins."""
    found = LABEL.match(story.text, item.passage.start, item.passage.end)
    if found is None:
        return None
    doc, last = story.doc, item.first
    while doc[last + 1].idx < found.end(1):
        last += 1
    return Frame(None, None, Party(doc[last], doc[item.first], doc[last])), found.end()
