"""Cue clauses in the midst or at the end of what they report: "The plan, he said on Monday, would fail"."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from copytaster.extract.quotes.attribution import Complement
from copytaster.extract.quotes.clauses import INQUIRING, clause_subject
from copytaster.extract.quotes.sources import CUE_SIDE, RELATIVES, lost_subject

SENTENCE_ENDS = frozenset([".", "!", "?", "…", "...", ";", '"', "”", "''", "’", "'", ")", "]", ":"])
DASHES = frozenset([",", "―", "—", "–", "--", "-"])
ADDRESSED = frozenset(["tell", "remind", "assure", "inform", "reassure", "warn", "ask"])
"""Verbs whose object is the hearer."""
MAIN = frozenset(["ROOT", "ccomp", "conj", "parataxis"])
"""Dependencies of a verb whose clause stands in no other than a report's."""
NO_CONTINUATION = frozenset(
    [
        "that",
        "but",
        "and",
        "who",
        "which",
        "while",
        "as",
        "because",
        "although",
        "though",
        "where",
        "when",
        "after",
        "before",
        "or",
        "with",
        '"',
        "“",
        "''",
        "``",
    ]
)


def content_around_as(verb: Token) -> Iterator[Complement]:
    """The sentence around "as X said": "As the mayor noted, taxes rose"."""
    doc, sentence = verb.doc, verb.sent
    first, last = verb.left_edge.i, verb.right_edge.i
    if verb.dep_ != "advcl" or doc[first].lower_ != "as" or clause_subject(verb) is None or last - first > 20:
        return
    if first > sentence.start and doc[first - 1].text not in DASHES:
        return
    if first > sentence.start:
        yield Complement("interrupted", sentence.start, sentence.end - 1, hole=(first - 1, last + 1))
    elif doc[min(last + 1, len(doc) - 1)].text == ",":
        yield Complement("after", last + 1, sentence.end - 1)


def interrupted_content(verb: Token, clauses: list[Token], *, has_clause: bool) -> Iterator[Complement]:
    """The sentence that a cue's clause interrupts, or that it closes where the parse gives the cue no clause.

    The plan, he said on Monday, would fail. The plan would fail, he said.
    """
    doc = verb.doc
    if verb.dep_ in ("relcl", "acl", "xcomp", "pcomp", "advcl") and verb.tag_ in ("VBG", "VBN", "VB"):
        return
    low = high = verb.i
    has_subject = False
    for child in verb.children:
        if child.dep_ in CUE_SIDE:
            if child.lower_ in RELATIVES:
                return
            if child.dep_ in ("nsubj", "nsubjpass", "expl"):
                has_subject = True
            low, high = min(low, child.left_edge.i), max(high, child.right_edge.i if child.i > verb.i else child.i)
    if not has_subject and (subject := lost_subject(verb)) is not None:
        has_subject, low = True, subject.left_edge.i
    if not has_subject or high - low > 25:
        return
    sentence = verb.sent
    if low - 1 <= sentence.start or doc[low - 1].text not in DASHES:
        return
    stop = high + 1
    while stop < sentence.end and stop - high <= 14 and not doc[stop].is_punct and doc[stop].text not in DASHES:
        if doc[stop].pos_ in ("VERB", "AUX", "SCONJ") or doc[stop].lower_ in ("that", "whether", "to"):
            return
        stop += 1
    if any(clause.left_edge.i < stop for clause in clauses):
        return
    if stop >= sentence.end - 1 or doc[stop].text in SENTENCE_ENDS:
        if not has_clause and not clauses and is_clause(doc, sentence.start, low - 1):
            yield Complement("after", sentence.start, low - 1)
        return
    if doc[stop].text not in DASHES:
        return
    if doc[stop + 1].lower_ in NO_CONTINUATION or is_participle(doc[stop + 1]):
        # the content is over, the sentence goes on: "The plan failed, he said, and the council met again"
        if not has_clause and not clauses and is_clause(doc, sentence.start, low - 1):
            yield Complement("after", sentence.start, low - 1)
        return
    first, last = sentence.start, sentence.end - 1
    if verb.dep_ == "parataxis" and verb.head.dep_ in ("relcl", "ccomp", "advcl"):
        first, last = verb.head.left_edge.i, verb.head.right_edge.i
    if first < low - 1 and stop + 1 <= last:
        yield Complement("interrupted", first, last, hole=(low - 1, stop + 1))


def is_participle(token: Token) -> bool:
    """Whether an -ing form hangs on the cue's clause and is no subject: "…, he said, referring to"."""
    return token.tag_ == "VBG" and token.dep_ not in ("csubj", "csubjpass", "nsubj", "amod", "compound")


def is_clause(doc: Doc, first: int, last: int) -> bool:
    """Whether a main clause stands between the tokens: "In Lima, the mill is closed", not "In the week that followed"."""
    while first < last and (doc[first].is_punct or doc[first].is_space):
        first += 1
    if doc[first].tag_ in ("VBG", "VBN") or (doc[first].lemma_ in INQUIRING and doc[first].tag_ == "VBD"):
        return False  # Asked whether it was over, he …
    begins_below = doc[first].pos_ in ("SCONJ", "ADP")
    for number in range(first, last):
        if doc[number].tag_ not in ("VBD", "VBZ", "VBP", "MD"):
            continue
        verb = doc[number].head if doc[number].dep_ in ("aux", "auxpass") else doc[number]
        if verb.dep_ == "relcl" or (begins_below and (verb.dep_ not in MAIN or clause_subject(verb) is None)):
            continue
        return True
    return False
