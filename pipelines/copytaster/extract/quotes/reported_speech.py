"""Indirect speech: what stands in no quotation marks and is ascribed to somebody by a cue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Token

from copytaster.extract.quotes.according_to import report_by_phrase
from copytaster.extract.quotes.attribution import Attribution, Complement
from copytaster.extract.quotes.clauses import agent, clause_subject, is_passive
from copytaster.extract.quotes.complements import complements
from copytaster.extract.quotes.content import content_ranges
from copytaster.extract.quotes.cues import Cue, cue_of, headline_cue, person_nouns
from copytaster.extract.quotes.direct_speech import Speech
from copytaster.extract.quotes.marked_predicates import quoted_predicate
from copytaster.extract.quotes.parentheses import ADDRESSED
from copytaster.extract.quotes.quotation_windows import SILENT_BLOCKS
from copytaster.extract.quotes.sources import (
    QUOTING,
    is_impersonal,
    party_of,
    source_beside,
    source_of_adjective,
    source_of_noun,
    source_of_verb,
)
from copytaster.extract.story import Story
from copytaster.records import Polarity

PREDICATES = frozenset(["inf", "oinf", "op:as", "as", "sc"])
"""Frames of which an agent may stand at the end."""
HEARERS = frozenset(["court", "inquest", "inquiry", "jury", "tribunal", "hearing", "trial", "mp", "panel", "committee"])
"""Who is told in "…, court told"."""
NARRATORS = frozenset(["i", "we", "you", "me", "us", "my", "our", "your", "one"])
"""Outside of quotation marks these are the writer and the reader, whose beliefs nobody reports."""


def find_reports(story: Story, speech: Speech) -> Iterator[Attribution]:
    """The attributions whose cue is a word outside of direct speech."""
    doc, taken = story.doc, speech.taken
    speakers: dict[int, Token] = {}
    framing = {a.cue.i for a in speech.attributions if a.cue is not None and a.frame == "after"}
    silent = [block for block in story.blocks if block.kind in SILENT_BLOCKS]
    fragments = {i: (f.first, f.last) for f in speech.fragments for i in range(f.first, f.last + 1)}
    for token in doc:
        if taken[token.i]:
            continue
        while silent and silent[0].end <= token.idx:
            silent.pop(0)
        if silent and silent[0].start <= token.idx:
            continue
        pos = token.pos_
        if pos not in ("VERB", "AUX", "NOUN", "ADJ", "PROPN", "ADP", "SCONJ"):
            continue
        if pos in ("ADP", "SCONJ") or token.lower_ == "according":
            yield from report_by_phrase(token, taken)
            continue
        cue = cue_of(token) or headline_cue(token)
        if cue is None or cue.stance == "manner":
            continue
        if token.i in framing and not any(c.dep_ == "ccomp" and c.i > token.i for c in token.children):
            continue
        yield from report_by_word(story, token, cue, taken, fragments, speakers)


def report_by_word(
    story: Story,
    token: Token,
    cue: Cue,
    taken: list[bool],
    fragments: dict[int, tuple[int, int]],
    speakers: dict[int, Token],
) -> Iterator[Attribution]:
    """The attribution of one cue word, if it has a complement that one of its frames allows."""
    if cue_is_modifier(token) or is_set_phrase(token) or quotes_as_saying(token):
        return
    offered = list(complements(token, cue))
    if "sc" in cue.frames and not any(c.frame in ("sc", "that", "oinf", "op:as") for c in offered):
        offered = [*quoted_predicate(token, fragments), *offered]
    for complement in offered:
        if hides_source(token, complement):
            return
        if is_topic(token, complement, offered) or is_discernment(token, cue, complement):
            continue
        stray = stray_agent(token, complement)
        if stray is not None:
            complement = replace(complement, last=stray.head.i - 1)
        ranges = content_ranges(token, complement, taken, fragments, speakers)
        pieces = [(story.doc[low].idx, story.doc[high].idx + len(story.doc[high])) for low, high in ranges]
        if not pieces:
            continue
        condition = fronted_condition(token, complement, taken)
        if condition is not None:
            pieces.insert(0, condition)
        raised = raised_subject(token, cue, complement, taken)
        if raised is not None:
            pieces.insert(0, raised)
        head = stray or source_of(speakers.get(token.i, token))
        if head is not None and head.lower_ in NARRATORS and cue.stance != "speech":
            return
        if head is None and needs_source(token, cue, complement):
            continue
        if head is None and cue.stance == "speech" and token.pos_ == "VERB":
            head = source_beside(token)
        if cue.lemma == "hear" or (cue.lemma == "tell" and head is not None and is_hearer(token, head)):
            head = None  # "the panel heard that", "Ferry was overloaded, inquiry told": it did not say it
        source = party_of(speakers.get(token.i, token), head) if head is not None else None
        if (
            source is not None
            and complement.first <= source.head.i <= complement.last
            and not complement.first <= token.i <= complement.last
        ):
            source = None
        first, last = cue_span(token)
        yield Attribution(
            "indirect",
            pieces,
            complement.frame,
            token,
            first,
            last,
            cue,
            cue.frames.get(complement.frame, cue.act),
            polarity_of(token, cue),
            source,
        )
        return


def fronted_condition(verb: Token, complement: Complement, taken: list[bool]) -> tuple[int, int] | None:
    """The condition of what is said where it stands before the cue, as offsets: "[If he stays], aides say, the party splits"."""
    if complement.frame != "that" or complement.first < verb.i or verb.pos_ != "VERB":
        return None
    for child in verb.children:
        first, last = child.left_edge, child.right_edge
        if child.dep_ != "advcl" or last.i >= verb.i or first.lower_ not in ("if", "unless"):
            continue
        if first.i == verb.left_edge.i and clause_subject(child) is not None and not any(taken[first.i : last.i + 1]):
            while last.i > first.i and last.is_punct:
                last = last.nbor(-1)
            return first.idx, last.idx + len(last)
    return None


def stray_agent(verb: Token, complement: Complement) -> Token | None:
    """Who does the act of a passive cue where the parser hung it on the content: "called a disgrace [by the mayor]"."""
    if verb.pos_ != "VERB" or complement.first < verb.i or complement.frame not in PREDICATES or not is_passive(verb):
        return None
    doc = verb.doc
    if agent(verb) is not None:
        return None
    for number in range(complement.last, complement.first, -1):
        by = doc[number]
        if by.lower_ != "by" or by.right_edge.i < complement.last:
            continue
        if by.head.tag_ == "VBN" or by.head.i < complement.first:
            return None  # to be led by Moran
        target = next((c for c in by.children if c.dep_ == "pobj"), None)
        if target is None:
            return None
        can_speak = target.ent_type_ in ("PERSON", "ORG", "NORP") or target.lemma_.lower() in person_nouns()
        return target if can_speak else None
    return None


def raised_subject(verb: Token, cue: Cue, complement: Complement, taken: list[bool]) -> tuple[int, int] | None:
    """The subject of a passive cue that is the subject of what is reported, as offsets: "[The bill] is expected to pass".

    Not whom the cue addresses: "Moran was asked to leave".
    """
    frame = complement.frame
    if verb.pos_ != "VERB" or complement.first < verb.i or frame not in PREDICATES | {"op:of"}:
        return None
    if cue.lemma in ADDRESSED or (frame == "oinf" and cue.frames[frame] == "request"):
        return None
    subject = next((c for c in verb.children if c.dep_ == "nsubjpass" and c.i < verb.i), None)
    if subject is None or subject.lower_ == "it" or taken[subject.i]:
        return None
    first, last = subject.left_edge, subject.right_edge
    while last.i > subject.i and last.is_punct:
        last = last.nbor(-1)
    return (first.idx, last.idx + len(last)) if last.i < verb.i else None


def is_topic(token: Token, complement: Complement, offered: list[Complement]) -> bool:
    """Whether the words before the cue's subject are what a headline is about: "Rail strikes: union warns of delays"."""
    doc = token.doc
    last = complement.last
    while last > complement.first and doc[last].is_space:
        last -= 1
    if complement.frame != "after" or doc[last].text != ":":
        return False
    if any(other.first > token.i for other in offered):
        return True
    return not any(doc[i].tag_ in ("VBD", "VBZ", "VBP", "MD") for i in range(complement.first, last))


def is_discernment(token: Token, cue: Cue, complement: Complement) -> bool:
    """Whether nothing is said: "dogs can tell whether we smile"; "spoke on condition of anonymity to discuss the talks"."""
    if cue.lemma == "tell" and complement.frame == "wh":
        return any(c.tag_ == "MD" for c in token.children) and not any(
            c.dep_ in ("dobj", "dative") for c in token.children
        )
    if token.dep_ == "xcomp" and token.head.lemma_ in ("authorize", "authorise"):
        return any(c.dep_ == "neg" for c in token.head.children)  # was not authorised to speak about the talks
    if cue.lemma == "discuss" and token.tag_ == "VB":
        return any(t.lower_ in ("anonymity", "authorized", "authorised") for t in token.sent)
    return False


def is_hearer(verb: Token, subject: Token) -> bool:
    """Whether the subject of "told" only listens, where a headline leaves out "was": "Guard slept, court told"."""
    if verb.tag_ not in ("VBD", "VBN") or subject.lemma_.lower() not in HEARERS:
        return False
    return not any(c.dep_ in ("dobj", "dative", "xcomp") or (c.dep_ == "ccomp" and c.i > verb.i) for c in verb.children)


def hides_source(token: Token, complement: Complement) -> bool:
    """Whether the infinitive only says that the source stays unnamed: "asked not to be named"."""
    if complement.frame not in ("inf", "oinf"):
        return False
    doc = token.doc
    words = {doc[i].lemma_ for i in range(complement.first, min(complement.last, complement.first + 4) + 1)}
    if token.lemma_ in ("authorize", "authorise", "permit", "allow") and words & {
        "speak",
        "comment",
        "discuss",
        "talk",
    }:
        return True  # was not authorised to speak
    return "be" in words and not words.isdisjoint(("name", "identify", "quote"))


def polarity_of(token: Token, cue: Cue) -> Polarity:
    """Whether the source holds the content true; a negated cue turns that round: "did not say that", "did not deny"."""
    is_negated = any(child.dep_ == "neg" or child.lower_ == "never" for child in token.children)
    if not is_negated and token.dep_ == "xcomp" and token.head.pos_ in ("VERB", "AUX"):
        is_negated = any(child.dep_ == "neg" for child in token.head.children)  # did not want to say
    if not is_negated:
        return cue.polarity
    return "positive" if cue.polarity == "negative" else "negative"


def needs_source(token: Token, cue: Cue, complement: Complement) -> bool:
    """Whether nothing is reported without a source: "a man called X", "support for Y", "considered as Z".

    "It was reported that", "is expected to", "the claim that" do report, though nobody is named.
    """
    frame = complement.frame
    if token.dep_ == "acl" and token.tag_ == "VBN":
        return True  # states expected to be close
    if token.pos_ in ("VERB", "AUX"):
        if frame == "after" and (subject := clause_subject(token)) is not None and is_impersonal(subject, token):
            return False  # The mill will close, it was announced
        return (
            frame in ("np", "sc", "as", "after", "inf", "ger")
            or (frame == "wh" and not is_passive(token) and (cue.stance != "speech" or token.tag_ == "VB"))
            or frame.startswith("p:")
            or (frame == "op:as" and cue.stance == "thought")
        )
    return frame not in ("that", "wh")


def is_set_phrase(token: Token) -> bool:
    """Whether the word is part of a phrase that reports nothing: "in order to", "make sure that", "mean to say"."""
    doc = token.doc
    before = doc[token.i - 1].lower_ if token.i else ""
    if token.lower_ == "order":
        return before == "in"
    if token.lower_ == "clear":
        return token.head.lemma_ != "make"
    if token.lower_ in ("sure", "certain"):
        return token.head.lemma_ in ("make", "be") and (token.head.lemma_ == "make" or token.head.tag_ == "VB")
    if before in ("'s", "’s") and token.i > 1 and doc[token.i - 2].lower_ == "let":
        return True
    return (
        token.lower_ == "say"
        and before in ("to", "let", "'s")
        and doc[token.i + 1 : token.i + 2].text in (",", "nothing")
    )


def quotes_as_saying(token: Token) -> bool:
    """Whether the verb only hands words on that another cue gives: "cited a source as [saying] that"."""
    if token.lemma_ not in QUOTING:
        return False
    near = [*token.children, *(c for child in token.children if child.dep_ == "dobj" for c in child.children)]
    return any(c.lower_ == "as" and any(g.dep_ == "pcomp" and g.tag_ == "VBG" for g in c.children) for c in near)


def cue_is_modifier(token: Token) -> bool:
    """Whether a participle is an adjective of a noun ("the reported efforts") and so introduces nothing."""
    return (
        token.dep_ in ("amod", "compound")
        and token.pos_ in ("VERB", "ADJ", "NOUN", "PROPN")
        and not any(c.dep_ in ("ccomp", "xcomp") for c in token.children)
    )


def source_of(token: Token) -> Token | None:
    """The head of the source's noun phrase."""
    if token.pos_ == "ADJ":
        return source_of_adjective(token)
    if token.pos_ in ("VERB", "AUX") or clause_subject(token) is not None:
        return source_of_verb(token)
    return source_of_noun(token)


def cue_span(token: Token) -> tuple[Token, Token]:
    """The cue word, with its particle or preposition where that makes the cue."""
    last = token
    for child in token.children:
        if child.dep_ == "prt" and 0 < child.i - token.i <= 2:
            last = child
    return token, last
