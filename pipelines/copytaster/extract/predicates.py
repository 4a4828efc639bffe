"""Which words report an event, and of which type: the predicates of `knowledge/en/predicates.tsv` over the parse.

A predicate is a verb, noun or adjective, perhaps of several words ("step down", "air strike", "state of siege"), with
conditions on its arguments: "impose" is SANCTION with sanctions as its object, COERCE with a curfew. Of the predicates
that fit, the one with most conditions wins. Rows of type `-` are phrases that only look like an event ("heart attack").
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from spacy.tokens import Token

from copytaster.extract.clauses import (
    RELATIVES,
    complements,
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
from copytaster.knowledge import table

PERSONAL = frozenset(
    [
        "he",
        "she",
        "they",
        "him",
        "her",
        "them",
        "we",
        "us",
        "i",
        "me",
        "you",
        "who",
        "whom",
        "himself",
        "herself",
        "themselves",
        "ourselves",
    ]
)
AGENT_ENTITIES = frozenset({"PERSON", "NORP", "ORG", "GPE"})
PLACE_ENTITIES = frozenset({"GPE", "LOC", "FAC"})
PREPOSITIONS_BETWEEN = frozenset({"of", "in", "to", "at", "on", "with", "for", "from", "by"})


PEOPLE_VALUES = frozenset(
    {"@agent", "@people", "@prisoner", "@official", "@gpe", "@place", "@org", "@company", "@agent+", "@people+", "*"}
)
"""Values whose filler takes part in the event; what fills another ("troops", "a curfew") is part of its name."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One condition on an argument: its place (`obj`, `subj`, a preposition, …) and what may stand there."""

    name: str
    accepted: tuple[str, ...]
    is_absent: bool = False
    """`obj!=*`: nothing of the kind may stand there."""
    others: tuple[Slot, ...] = ()
    """Conditions of which one will do instead: `on=*|against=*`."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """One row of the table."""

    word: str
    part_of_speech: str
    slots: tuple[Slot, ...]
    event_type: str
    mode: str | None
    cameo: str | None
    roles: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    number: int = 0

    @property
    def is_blocker(self) -> bool:
        """Whether the phrase only looks like an event."""
        return self.event_type == "-"


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


@functools.cache
def noun_classes() -> dict[str, frozenset[str]]:
    """Class -> lemmas, from `noun_classes.tsv`."""
    found: dict[str, set[str]] = {}
    for row in table("en/noun_classes.tsv"):
        found.setdefault(row["class"], set()).add(row["noun"])
    return {name: frozenset(words) for name, words in found.items()}


@functools.cache
def light_verbs() -> dict[str, str]:
    """Verbs that carry an event noun -> the part their subject has in it: actor, recipient, none."""
    return {row["verb"]: row["subject"] for row in table("en/light_verbs.tsv")}


@functools.cache
def predicates() -> dict[tuple[str, str], tuple[Predicate, ...]]:
    """(part of speech, head word) -> its predicates, those with most conditions first."""
    found: dict[tuple[str, str], list[Predicate]] = {}
    for number, row in enumerate(table("en/predicates.tsv")):
        words = row["word"].split()
        at = 0
        if row["pos"] == "n":
            at = next((i - 1 for i, w in enumerate(words) if i and w in PREPOSITIONS_BETWEEN), len(words) - 1)
        slots = tuple(parse_slot(cell) for cell in row["with"].split())
        predicate = Predicate(
            row["word"], row["pos"], slots, row["type"], row["mode"] or None, row["cameo"] or None, row["roles"],
            tuple(words[:at]), tuple(words[at + 1 :]), number,
        )  # fmt: skip
        found.setdefault((row["pos"], words[at]), []).append(predicate)
    return {key: tuple(sorted(rows, key=rank)) for key, rows in found.items()}


@functools.cache
def head_words() -> frozenset[str]:
    """All words at which a predicate may be found."""
    return frozenset(word for _, word in predicates())


def rank(predicate: Predicate) -> tuple[int, int]:
    """Sorts the more specific predicate before the less: words and conditions count, an open condition half."""
    weight = 8 * (len(predicate.before) + len(predicate.after))
    for slot in predicate.slots:
        is_open = slot.accepted == ("*",) or slot.others
        weight += 2 if is_open else 4 if any(value.startswith("@") for value in slot.accepted) else 5
    return -weight, predicate.number


def parse_slot(cell: str) -> Slot:
    """`obj=@sanction|tariff` → the condition; `on=*|against=*` → the first, with the others as alternatives."""
    found: list[tuple[str, list[str]]] = []
    for value in cell.split("|"):
        name, equals, accepted_value = value.partition("=")
        if equals:
            found.append((name, [accepted_value]))
        else:
            found[-1][1].append(name)
    slots = [Slot(name.removesuffix("!"), tuple(values), name.endswith("!")) for name, values in found]
    return slots[0] if len(slots) == 1 else replace(slots[0], others=tuple(slots[1:]))


def match_at(token: Token) -> Match | None:
    """The predicate whose head the token is; a blocker too, so that the caller knows what it consumes."""
    table_of = predicates()
    if (
        token.tag_ == "VBN"
        and token.dep_ in ("acomp", "oprd", "ROOT", "ccomp", "conj", "acl", "advcl")
        and not own(token, "agent")
    ):
        keys = [("a", token.lower_), ("v", lemma_of(token))]  # "is committed to", "is opposed to", tagged as verbs
    elif is_verbal(token):
        keys = [("v", lemma_of(token))]
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


def fit(predicate: Predicate, token: Token) -> Match | None:
    """The match of one predicate at its head word; None where a word or an argument does not fit."""
    if predicate.part_of_speech == "n":
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
    return Match(predicate, token, edges[0], edges[1], governor, tuple(consumed))


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


def light_role(noun: Token, governor: Token | None) -> str | None:
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
    if name == "inf":
        return accepted(
            [c for c in complements(token) if c.i > token.i and any(a.lower_ == "to" for a in own(c, "aux"))], slot
        )
    if name == "light":
        return [True] if light_role(token, governor) else []
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
        return [True] if negation(token) is not None else []
    if name == "score":
        return [t for t in token.subtree if t.pos_ == "NUM" and "-" in t.text][:1]
    return accepted_preposition(slot, token, governor)


def accepted_preposition(slot: Slot, token: Token, governor: Token | None) -> list[Token] | list[bool]:
    """What fills a preposition's place: on the word itself, on its object, or on the verb that carries it."""
    words = slot.name.split("_")
    bearers = [token, *objects(token)[:1]] if is_verbal(token) else [token]
    if governor is not None and light_role(token, governor):
        bearers.append(governor)
    for bearer in bearers:
        found = prepositional(bearer, words[-1])
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
            if any(accepts(value, core) or (core != one and accepts(value, one)) for value in slot.accepted):
                hits.append(one)
                if core != one:
                    hits.append(core)
    return hits


def looked_through(token: Token, depth: int = 0) -> Token:
    """The noun that a measure or series counts: "a series of [attacks]", "two tons of food [aid]"."""
    if depth < 3 and (token.pos_ == "NUM" or token.lemma_.lower() in noun_classes()["partitive"]):
        for inner in prepositional(token, "of"):
            return looked_through(inner, depth + 1)
    return token


def accepts(value: str, token: Token) -> bool:
    """Whether the token is what the condition's value says: `*`, `@class`, or a word."""
    if value == "*":
        return True
    if value.endswith("+"):
        several = (
            token.tag_ in ("NNS", "NNPS")
            or any(c.dep_ == "conj" for c in token.children)
            or token.lower_ in ("they", "we", "who")
        )
        return several and accepts(value[:-1], token)
    if not value.startswith("@"):
        return value in (token.lemma_.lower(), token.lower_)
    name = value[1:]
    if name == "agent":
        return is_agent(token)
    if name in ("gpe", "place"):
        return token.ent_type_ in (("GPE",) if name == "gpe" else PLACE_ENTITIES) or (
            name == "place" and in_class(token, "territory")
        )
    if name == "org":
        return token.ent_type_ == "ORG"
    if name in ("people", "official", "prisoner"):
        return in_class(token, name) or token.ent_type_ in ("PERSON", "NORP") or token.lower_ in PERSONAL
    if name == "company":
        return in_class(token, name) or token.ent_type_ == "ORG"
    return in_class(token, name)


def in_class(token: Token, name: str) -> bool:
    """Whether the noun, or the first part of a compound with a carrier noun ("aid [delivery]"), is of the class."""
    words = noun_classes().get(name, frozenset())
    if token.lemma_.lower() in words or token.lower_ in words:
        return True
    if token.lemma_.lower() in noun_classes()["carrier"]:
        return any(c.lemma_.lower() in words for c in own(token, "compound", "amod"))
    return False


def is_agent(token: Token) -> bool:
    """Whether the word can stand for somebody who acts: a name, a people, a person or group, a personal pronoun."""
    if token.ent_type_ in AGENT_ENTITIES or token.lower_ in PERSONAL:
        return True
    if token.lower_ in RELATIVES:
        return False
    if token.pos_ == "PROPN" and not token.ent_type_:
        return True
    if token.pos_ in ("NOUN", "ADJ", "NUM", "PROPN") and token.lemma_.lower() in noun_classes()["people"]:
        return True
    core = looked_through(token)
    return core != token and is_agent(core)
