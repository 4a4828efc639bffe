"""Where the predicates stand in a text: match one at a token, with what fills its conditions."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from spacy.tokens import Token

from copytaster.extract.events.clauses import (
    complements,
    completes_particle,
    coordinated,
    is_passive,
    is_verbal,
    lemma_of,
    negation,
    objects,
    own,
    prepositional,
    subjects,
    surface_subjects,
)
from copytaster.extract.events.noun_kinds import PERSONAL, accepts, is_agent, is_eventive, looked_through, noun_classes
from copytaster.extract.events.predicates import PEOPLE_VALUES, Predicate, Slot, head_words, light_verbs, predicates
from copytaster.knowledge import table

NOBODY = frozenset({"no", "nobody", "none", "neither"})


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
    for key in keys:
        for predicate in table_of.get(key, ()):
            if found := fit(predicate, token):
                return found
    return None


def is_modifier(noun: Token) -> bool:
    """Whether the noun only tells the kind of a thing: "[kidnapping] insurance", not "a [rescue] operation"."""
    head = noun.head
    if noun.dep_ != "compound" or head.pos_ != "NOUN" or head.i != noun.i + 1:
        return False
    return head.lemma_.lower() not in noun_classes()["carrier"] and not is_eventive(head)


def verb_lemma(token: Token) -> str:
    """The verb's lemma, with an -e that the lemmatiser ate where only so the word is known ("raped" → "rap")."""
    lemma = lemma_of(token)
    ate = token.tag_ in ("VBD", "VBN", "VBG") and token.lower_ in (lemma + "ed", lemma + "ing")
    return lemma + "e" if ate and lemma not in head_words() and lemma + "e" in head_words() else lemma


def fit(predicate: Predicate, token: Token) -> Match | None:
    """The match of one predicate at its head word; None where a word or an argument does not fit."""
    if predicate.part_of_speech == "n":
        if not predicate.before and is_modifier(token):
            return None
        edges = noun_edges(predicate, token)
        governor = governor_of(token)
    else:
        edges = verb_edges(predicate, token)
        governor = None
    if edges is None:
        return None
    consumed: list[Token] = []
    for slot in predicate.slots:
        filled = fill(slot, token, governor)
        for other in slot.others:
            filled = filled or fill(other, token, governor)
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


def governor_of(noun: Token) -> Token | None:
    """The verb that carries an event noun: "launched [an attack]", "[talks] were held", "[the attack] killed"."""
    token = noun
    for _ in range(3):
        if token.dep_ == "conj" and token.head.pos_ in ("NOUN", "PROPN"):
            token = token.head
        elif token.dep_ == "pobj" and token.head.dep_ == "prep" and token.head.lower_ == "of":
            above = token.head.head
            if above.lemma_.lower() not in noun_classes()["partitive"]:
                return None
            token = above
        else:
            break
    if token.dep_ in ("dobj", "nsubjpass", "nsubj", "attr") and is_verbal(token.head):
        return token.head
    if token.dep_ == "pobj" and token.head.dep_ == "prep" and is_verbal(token.head.head):
        verb = token.head.head
        return verb if f"{verb.lemma_} {token.head.lower_}" in light_verbs() else None
    return None


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


def light_role(governor: Token | None) -> str | None:
    """What the governor's subject is in the noun's event: actor, recipient or none; None: the verb is not light."""
    if governor is None:
        return None
    lights = light_verbs()
    lemma = lemma_of(governor)
    for child in governor.children:
        if child.dep_ in ("prt", "prep") and f"{lemma} {child.lower_}" in lights:
            return lights[f"{lemma} {child.lower_}"]
    return lights.get(lemma)


def fill(slot: Slot, token: Token, governor: Token | None) -> list[Token] | list[bool]:
    """What fills the condition's place and is accepted; empty where nothing is."""
    name = slot.name
    if name == "obj":
        return accepted(objects(token), slot)
    if name == "subj":
        return accepted(subjects(token), slot)
    if name == "othersubj":  # the clause that completes the verb is about somebody else
        return other_subjects(token, slot)
    if name == "obj2":
        return accepted(own(token, "dobj", "npadvmod", "dative")[0:3], slot)
    if name in ("comp", "that"):
        found = complements(token)
        if name == "comp" and token.pos_ != "NOUN":
            found = [c for c in found if c.i > token.i]  # not the clause before a parenthesis: "…, Peru warned"
        if name == "that":
            found = [c for c in found if c.dep_ == "ccomp" and not any(a.lower_ == "to" for a in own(c, "aux"))]
        return accepted(found, slot)
    if name == "fact":  # "agreed that the pitch was poor": an opinion, nobody promises anything
        return accepted([c for c in own(token, "ccomp") if c.i > token.i and states_fact(c)], slot)
    if name == "act":  # "proposed holding talks": what the subject itself would do
        found = [c for c in own(token, "xcomp") if c.tag_ == "VBG" or is_verbal(c)]
        return accepted(found + [c for c in own(token, "advcl") if completes_particle(c)], slot)
    if name == "bare":  # "demanded that he go"
        return accepted([c for c in own(token, "ccomp") if is_bare(c)], slot)
    if name == "inf":
        return accepted(
            [c for c in complements(token) if c.i > token.i and any(a.lower_ == "to" for a in own(c, "aux"))], slot
        )
    if name == "light":
        return [True] if light_role(governor) else []
    if name == "poss":
        return (
            accepted(own(token, "poss", "amod", "compound", "nmod"), slot)
            if "@agent" in slot.accepted
            else accepted(own(token, "poss"), slot)
        )
    if name == "compound":
        return accepted(own(token, "compound", "amod", "nmod"), slot)
    if name in ("oprd", "acomp", "npadvmod"):
        found = own(token, name, "attr") if name == "oprd" else own(token, name)
        if name in ("oprd", "acomp"):
            for clause in own(token, "ccomp", "xcomp"):  # small clause: "called him a liar"
                found += [clause] if clause.pos_ in ("NOUN", "PROPN", "ADJ") else []
        return accepted(found, slot)
    if name == "passive":
        return [True] if is_passive(token) else []
    if name == "neg":
        none = any(s.lower_ in NOBODY or any(d.lower_ in NOBODY for d in own(s, "det")) for s in own(token, "nsubj"))
        return [True] if none or negation(token) is not None else []  # "neither side accepted"
    if name == "score":
        return [t for t in token.subtree if is_score(t)][:1]
    return accepted_preposition(slot, token, governor)


def is_score(token: Token) -> bool:
    """Whether a score stands there: 2-1, in one token or in three."""
    if not token.text[:1].isdigit():
        return False
    if "-" in token.text or "–" in token.text:
        return len(token) <= 7
    following = token.doc[token.i + 1 : token.i + 3]
    return len(following) == 2 and following[0].text in ("-", "–") and following[1].text.isdigit()


def states_fact(clause: Token) -> bool:
    """Whether the clause is finite and speaks of what is, not of what shall be."""
    helpers = {c.lower_ for c in own(clause, "aux", "auxpass")}
    if helpers & {"to", "will", "would", "shall", "should", "must", "'ll", "’ll", "could", "might", "may"}:
        return False
    return clause.tag_ in ("VBD", "VBZ", "VBP", "MD") or bool(
        helpers & {"is", "are", "was", "were", "has", "have", "had"}
    )


def is_bare(clause: Token) -> bool:
    """Whether the clause has a bare verb or should: what is asked for, not what is said to be so."""
    helpers = {c.lower_ for c in own(clause, "aux", "auxpass")}
    if helpers & {"should", "be"} and not helpers & {"to", "will", "would", "could", "might", "may", "can"}:
        return True
    subject = own(clause, "nsubj")
    # "that he go"; of a plural ("that they go") only the tagger's VB tells it from a statement
    is_singular = bool(subject) and subject[0].tag_ in ("NN", "NNP") and not own(subject[0], "conj")
    return bool(subject) and not helpers and (clause.tag_ == "VB" or (clause.tag_ == "VBP" and is_singular))


def accepted_preposition(slot: Slot, token: Token, governor: Token | None) -> list[Token] | list[bool]:
    """What fills a preposition's place: on the word itself, on its object, or on the verb that carries it."""
    words = slot.name.split("_")
    bearers = [token, *objects(token)[:1]] if is_verbal(token) else [token]
    if governor is not None and light_role(governor):
        bearers.append(governor)
    for bearer in bearers:
        found = [t for t in prepositional(bearer, words[-1]) if t.ent_type_ not in ("DATE", "TIME")]
        if len(words) == 2 and not any(c.lower_ == words[0] for c in bearer.children):
            found = []
        if hits := accepted(found, slot):
            return hits
        if (
            slot.accepted == ("*",)
            and bearer == token
            and any(c.lower_ == words[0] for c in own(token, "prep", "prt", "advmod"))
        ):
            return [True]
    return []


def other_subjects(token: Token, slot: Slot) -> list[Token]:
    """Subjects of the completing clause that are neither a pronoun nor the subject of the verb itself."""
    mine = {t.lower_ for t in surface_subjects(token)}
    found = [s for c in own(token, "ccomp") for s in own(c, "nsubj", "nsubjpass")]
    return accepted([s for s in found if s.lower_ not in mine and s.pos_ != "PRON"], slot)


def accepted(found: list[Token], slot: Slot) -> list[Token]:
    """Those tokens, looked through "dozens of" and the like, that the condition accepts; [] where it accepts none."""
    hits = []
    for token in found:
        for one in coordinated(token):
            core = one if slot.accepted == ("*",) else looked_through(one)
            if any(
                accepts(v, core) or (core != one and v not in PEOPLE_VALUES and accepts(v, one)) for v in slot.accepted
            ):
                # "dozens of kilos of heroin" are nobody, though "dozens" may be
                hits.append(one)
                if core != one:
                    hits.append(core)
    return hits
