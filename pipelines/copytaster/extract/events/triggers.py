"""Where the predicates stand in a text: match one at a token, with what fills its conditions."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from spacy.tokens import Token

from copytaster.extract.events.clauses import prepositional
from copytaster.extract.events.dependents import is_verbal, lemma_of, own
from copytaster.extract.events.frames import Frame, fill
from copytaster.extract.events.noun_kinds import PERSONAL, accepts, is_agent
from copytaster.extract.events.predicates import PEOPLE_VALUES, Predicate, head_words, predicates
from copytaster.knowledge import table


@dataclass(frozen=True, slots=True)
class Match:
    """A predicate in the text."""

    predicate: Predicate
    head: Token
    first: Token
    last: Token
    governor: Token | None = None
    """The light verb of a noun ("launch an attack"), or the verb whose subject it is ("the attack killed")."""
    consumed: tuple[Token, ...] = ()
    """Arguments that are part of the event's name, and so report no event of their own."""


def match_at(token: Token) -> Match | None:
    """The predicate whose head the token is; a blocker too, so that the caller knows what it consumes."""
    table_of = predicates()
    if (
        token.tag_ == "VBN"
        and token.dep_ in ("acomp", "oprd", "ROOT", "ccomp", "conj", "acl", "advcl")
        and not own(token, "agent")
    ):
        keys = [("a", token.lower_), ("v", verb_lemma(token))]  # "is committed to", "is opposed to", tagged as verbs
    elif is_verbal(token):
        keys = [("v", verb_lemma(token))]
        if token.pos_ in ("NOUN", "PROPN", "ADJ"):
            keys += [("n", token.lemma_.lower()), ("n", token.lower_), ("a", token.lower_)]
    elif token.pos_ in ("NOUN", "PROPN"):
        keys = [("n", token.lemma_.lower())]
        if token.lower_ != token.lemma_:
            keys.append(("n", token.lower_))
    elif token.pos_ == "ADJ":
        keys = [("a", token.lower_)]
    else:
        return None
    frame = Frame(token)
    for key in keys:
        for predicate in table_of.get(key, ()):
            if found := fit(predicate, frame):
                return found
    return None


def verb_lemma(token: Token) -> str:
    """The verb's lemma, with an -e that the lemmatiser ate where only so the word is known ("raped" → "rap")."""
    lemma = lemma_of(token)
    ate = token.tag_ in ("VBD", "VBN", "VBG") and token.lower_ in (lemma + "ed", lemma + "ing")
    return lemma + "e" if ate and lemma not in head_words() and lemma + "e" in head_words() else lemma


def fit(predicate: Predicate, frame: Frame) -> Match | None:
    """The match of one predicate at its head word; None where a word or an argument does not fit."""
    token = frame.token
    if predicate.part_of_speech == "n":
        if not predicate.before and frame.is_modifier:
            return None
        edges = noun_edges(predicate, token)
        governor = frame.governor
    else:
        edges = verb_edges(predicate, token)
        governor = None
    if edges is None:
        return None
    consumed: list[Token] = []
    for slot in predicate.slots:
        filled = fill(slot, frame, governor)
        for other in slot.others:
            filled = filled or fill(other, frame, governor)
        if slot.is_absent:
            if filled:
                return None
        elif not filled:
            return None
        elif slot.name in ("obj", "subj", "to", "of", "for", "oprd", "on", "against") and slot.accepted != ("*",):
            names_people = bool(PEOPLE_VALUES & set(slot.accepted))
            consumed += [
                t
                for t in filled
                if isinstance(t, Token)
                and not t.ent_type_
                and not (is_agent(t) if names_people else t.lower_ in PERSONAL)
            ]
    last = phrase_end(predicate, token, edges[1])
    return Match(predicate, token, edges[0], last, governor, tuple(consumed))


PALE = frozenset({"go", "come", "be", "stand", "take", "put", "place", "keep", "remand"})
"""Verbs that name an event only together with the noun behind their preposition."""


def phrase_end(predicate: Predicate, verb: Token, last: Token) -> Token:
    """The last word of the event's name, with the noun of a fixed phrase: "[went on hunger strike]"."""
    if predicate.part_of_speech != "v" or predicate.word not in PALE:
        return last
    for slot in predicate.slots:
        words = [value for value in slot.accepted if value[0] not in "*@"]
        if slot.name in ("on", "in", "into", "under", "to") and words:
            for noun in prepositional(verb, slot.name):
                if verb.i < noun.i <= verb.i + 4 and any(accepts(word, noun) for word in words):
                    return noun
    return last


def noun_edges(predicate: Predicate, token: Token) -> tuple[Token, Token] | None:
    """First and last token of an event noun of several words, which must stand side by side."""
    doc, first, last = token.doc, token, token
    for word in reversed(predicate.before):
        at = first.i - 1
        if at > 0 and doc[at].text in ("-", "–"):
            at -= 1
        if at < 0 or word not in (doc[at].lower_, doc[at].lemma_.lower()):
            return None
        first = doc[at]
    for word in predicate.after:
        at = last.i + 1
        if at < len(doc) and doc[at].dep_ == "det" and word != doc[at].lower_:
            at += 1
        if at >= len(doc) or word not in (doc[at].lower_, doc[at].lemma_.lower()):
            return None
        last = doc[at]
    return first, last


def verb_edges(predicate: Predicate, token: Token) -> tuple[Token, Token] | None:
    """The verb and its particle where they touch ("stepped down"), the verb alone where they are apart."""
    last, at = token, token
    for word in predicate.after:
        found = next(
            (c for c in at.children if word in (c.lower_, c.lemma_) and c.i > token.i and c.dep_ != "conj"), None
        )
        if found is None and at != token:
            found = next((c for c in token.children if word in (c.lower_, c.lemma_) and c.i > token.i), None)
        if found is None:
            return None
        if found.i == last.i + 1:
            last = found
        at = found
    return token, last


def bearer_of(verb: Token) -> str | None:
    """Whether a light verb leaves the event's name to its noun ("held [talks]") or shares it ("[imposed] a curfew")."""
    for child in verb.children:
        if child.dep_ in ("prt", "prep") and (found := bearers().get(f"{lemma_of(verb)} {child.lower_}")):
            return found
    return bearers().get(lemma_of(verb))


@functools.cache
def bearers() -> dict[str, str]:
    """Light verb -> noun or verb, whichever is the trigger."""
    return {row["verb"]: row["trigger"] for row in table("en/light_verbs.tsv")}
