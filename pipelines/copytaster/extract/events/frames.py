"""What stands in the places of a predicate: the arguments of a word in the text, held against a predicate's conditions."""

from __future__ import annotations

import functools

from spacy.tokens import Token

from copytaster.extract.events.clauses import (
    complements,
    completes_particle,
    coordinated,
    is_passive,
    negation,
    objects,
    prepositional,
    subjects,
    surface_subjects,
)
from copytaster.extract.events.dependents import is_verbal, lemma_of, own
from copytaster.extract.events.noun_kinds import accepts, is_eventive, looked_through, noun_classes
from copytaster.extract.events.predicates import PEOPLE_VALUES, Slot, light_verbs

NOBODY = frozenset({"no", "nobody", "none", "neither"})


class Frame:
    """The arguments of a word, each kind looked up once for all the predicates that ask for it."""

    def __init__(self, token: Token) -> None:
        self.token = token
        self.by_preposition: dict[tuple[str, bool], list[list[Token]]] = {}

    @functools.cached_property
    def objects(self) -> list[Token]:
        """Deep objects."""
        return objects(self.token)

    @functools.cached_property
    def subjects(self) -> list[Token]:
        """Deep subjects."""
        return subjects(self.token)

    @functools.cached_property
    def governor(self) -> Token | None:
        """The verb that carries the word, as a noun."""
        return governor_of(self.token)

    @functools.cached_property
    def is_modifier(self) -> bool:
        """Whether the word, as a noun, only tells the kind of a thing."""
        return is_modifier(self.token)

    def behind(self, name: str, governor: Token | None) -> list[list[Token]]:
        """What stands behind a preposition (`out_of` after both): on the word, on its object, on its light verb."""
        key = (name, governor is not None)
        if key not in self.by_preposition:
            words = name.split("_")
            bearers = [self.token, *self.objects[:1]] if is_verbal(self.token) else [self.token]
            if governor is not None and light_role(governor):
                bearers.append(governor)
            self.by_preposition[key] = [
                [t for t in prepositional(bearer, words[-1]) if t.ent_type_ not in ("DATE", "TIME")]
                if len(words) == 1 or any(c.lower_ == words[0] for c in bearer.children)
                else []
                for bearer in bearers
            ]
        return self.by_preposition[key]


def is_modifier(noun: Token) -> bool:
    """Whether the noun only tells the kind of a thing: "[kidnapping] insurance", not "a [rescue] operation"."""
    head = noun.head
    if noun.dep_ != "compound" or head.pos_ != "NOUN" or head.i != noun.i + 1:
        return False
    return head.lemma_.lower() not in noun_classes()["carrier"] and not is_eventive(head)


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


def fill(slot: Slot, frame: Frame, governor: Token | None) -> list[Token] | list[bool]:
    """What fills the condition's place and is accepted; empty where nothing is."""
    name, token = slot.name, frame.token
    if name == "obj":
        return accepted(frame.objects, slot)
    if name == "subj":
        return accepted(frame.subjects, slot)
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
        found = [c for c in complements(token) if c.i > token.i and any(a.lower_ == "to" for a in own(c, "aux"))]
        if slot.accepted != ("*",):
            found = [c for c in found if negation(c) is None]  # not "promised never to attack"
        return accepted(found, slot)
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
        is_negated = any(negation(t) is not None for t in (token, *own(token, "acomp", "oprd")))  # "found not guilty"
        return [True] if none or is_negated else []  # "neither side accepted"
    if name == "score":
        return [t for t in token.subtree if is_score(t)][:1]
    return accepted_preposition(slot, frame, governor)


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


def accepted_preposition(slot: Slot, frame: Frame, governor: Token | None) -> list[Token] | list[bool]:
    """What fills a preposition's place: on the word itself, on its object, or on the verb that carries it."""
    for number, found in enumerate(frame.behind(slot.name, governor)):
        if hits := accepted(found, slot):
            return hits
        if slot.accepted == ("*",) and number == 0:
            word = slot.name.split("_")[0]
            if any(c.lower_ == word for c in own(frame.token, "prep", "prt", "advmod")):
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
