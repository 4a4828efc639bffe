"""The grammar of a clause over the parse: who is its subject, what its objects, what hangs on its prepositions.

Deep subjects and objects are meant, not those of the surface: of a passive ("He was arrested by police"), a reduced
relative ("troops sent by Peru"), a control verb ("agreed to withdraw", "urged Peru to withdraw") and a coordination
("met the king and signed a pact") alike. Dependencies are those of spaCy's English models (ClearNLP labels).
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from copytaster.extract.events.dependents import CURRENCIES, RELATIVES, is_verbal, lemma_of, own
from copytaster.extract.events.misparses import (
    CHARGING,
    NEEDING_OBJECT,
    accused_act,
    doers,
    finite_before,
    is_main_after_all,
    lacks_auxiliary,
    names_person,
    swallowed,
)

MAX_DEPTH = 6
"""How far a missing subject is looked for up the tree: deeper nesting is a misparse."""

WEEKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})

APPEALING = frozenset({"call", "appeal", "prevail", "lean", "plead", "reason"})
"""Verbs whose infinitive belongs to whoever stands behind their preposition."""


SUBJECT_CONTROL = frozenset({"promise", "threaten", "vow", "pledge", "use", "need", "take"})
"""Verbs with an object whose infinitive belongs to the subject: "used the money to arm rebels"."""

OBJECT_CONTROL_PREPOSITIONS = frozenset({"of", "for", "from", "into", "with", "as"})
"""After an object, these open a clause about the object: "accused Peru of arming rebels", "barred him from voting"."""


def is_passive(verb: Token) -> bool:
    """Whether the clause is passive, a reduced relative ("troops sent by Peru") included."""
    if any(child.dep_ in ("nsubjpass", "auxpass") for child in verb.children):
        return True
    if lacks_auxiliary(verb) or (own(verb, "agent") and verb.tag_ in ("VBN", "VBD")):  # "Acme fined 10 million by EU"
        return True
    if is_main_after_all(verb):
        return False
    if (
        verb.dep_ == "conj"
        and verb.tag_ == "VBD"
        and lemma_of(verb) in NEEDING_OBJECT
        and not own(verb, "dobj", "nsubj", "aux", "xcomp", "ccomp")
        and is_verbal(verb.head)
    ):
        return is_passive(verb.head)  # "was arrested and [extradited] to Peru", read as a past tense
    if verb.tag_ != "VBN" or any(child.dep_ in ("aux", "dobj", "nsubj") for child in verb.children):
        return False
    if verb.dep_ == "conj" and is_verbal(verb.head):
        return is_passive(verb.head)
    if verb.dep_ in ("oprd", "xcomp") and verb.head.lemma_ == "find":
        return True  # "was found stabbed"
    return verb.dep_ in ("acl", "advcl", "relcl") or (
        verb.dep_ == "ROOT" and any(child.dep_ == "agent" for child in verb.children)
    )


def coordinated(token: Token) -> Iterator[Token]:
    """The token and all that is coordinated with it: Peru, Chile and Bolivia from "Peru"."""
    waiting = [token]
    count = 0
    while waiting and count < 40:
        current = waiting.pop(0)
        count += 1
        yield current
        waiting.extend(child for child in current.children if child.dep_ == "conj" or is_listed(child))


def is_listed(token: Token) -> bool:
    """Whether what reads as an apposition goes on a list: "Peru, Chile, and Bolivia met"."""
    return token.dep_ == "appos" and any(child.dep_ == "cc" for child in token.children)


def undated(token: Token) -> Token:
    """The name that a day was read as the end of: "met with President Assad [Tuesday]" → Assad."""
    if token.ent_type_ in ("DATE", "TIME") or token.lower_ in WEEKDAYS:
        for child in reversed(list(token.lefts)):
            if child.dep_ == "compound" and child.pos_ == "PROPN" and child.ent_type_ not in ("DATE", "TIME"):
                return child if child.lower_ not in WEEKDAYS else token
    return token


def antecedent(token: Token) -> Token:
    """What a relative pronoun stands for: "rebels who attacked" → rebels; any other token stands for itself."""
    if token.lower_ not in RELATIVES or token.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj", "dative"):
        return token
    for ancestor in token.ancestors:
        if ancestor.dep_ == "relcl":
            return ancestor.head
        if ancestor.dep_ in ("ROOT", "ccomp"):
            break
    return token


def subjects(verb: Token, depth: int = 0) -> list[Token]:
    """Who does it: the agents of the clause, coordination not yet unfolded; empty where the clause names none."""
    if is_passive(verb):
        found = (
            doers(verb) if lacks_auxiliary(verb) else [p for agent in own(verb, "agent") for p in own(agent, "pobj")]
        )
        if not found and verb.dep_ == "conj" and is_verbal(verb.head) and is_passive(verb.head):
            found = subjects(verb.head, depth + 1) if depth < MAX_DEPTH else []
        return found
    return surface_subjects(verb, depth)


def surface_subjects(verb: Token, depth: int = 0) -> list[Token]:
    """The grammatical subject, or what stands for it where the clause has none of its own."""
    named = [antecedent(token) for token in own(verb, "nsubj", "nsubjpass") if token.dep_ != "expl"]
    if named or depth >= MAX_DEPTH:
        return named
    head = verb.head
    if head == verb:
        return []
    if (finite := finite_before(verb)) is not None:
        return surface_subjects(finite, depth + 1)
    if verb.dep_ == "conj" and is_verbal(head):
        return surface_subjects(head, depth + 1)
    if swallowed(verb) is not None and is_verbal(head.head):
        return surface_subjects(head.head, depth + 1)
    if verb.dep_ in ("xcomp", "ccomp") and is_verbal(head):
        if verb.dep_ == "ccomp" and verb.tag_ not in ("VB", "VBG"):
            return []
        controlled = [] if head.lemma_ in SUBJECT_CONTROL else own(head, "dobj", "dative")
        controlled = [p for t in controlled for p in (own(t, "pobj") if t.pos_ == "ADP" else [t])]
        if head.lemma_ in APPEALING and not controlled:  # "called on Peru to withdraw", "pleaded with him to stay"
            controlled = [
                p for q in own(head, "prep") if q.lower_ in ("on", "upon", "to", "with") for p in own(q, "pobj")
            ]
        if is_passive(head) and not controlled:
            return surface_subjects(head, depth + 1)
        return controlled or surface_subjects(head, depth + 1)
    if verb.dep_ == "advcl" and head.lemma_ in APPEALING and verb.tag_ == "VB":
        asked = [p for q in own(head, "prep") if q.lower_ in ("on", "to", "with") for p in own(q, "pobj")]
        return asked or surface_subjects(head, depth + 1)
    if verb.dep_ in ("xcomp", "ccomp") and head.pos_ == "ADJ":
        return surface_subjects(head, depth + 1) or [s for s in own(head.head, "nsubj") if head.dep_ == "acomp"]
    if verb.dep_ == "relcl" and verb.tag_ == "VB" and any(c.lower_ == "to" for c in own(verb, "aux")):
        return holder(head, depth)  # "measures to stop the smugglers"
    if is_main_after_all(verb):
        return [head]
    if verb.dep_ == "acl":
        return [] if verb.tag_ == "VBN" else holder(head, depth) if verb.tag_ == "VB" else [head]
    if (content := accused_act(verb)) is not None:
        return surface_subjects(content, depth + 1)
    if verb.dep_ == "advcl" and is_verbal(head):
        if (
            verb.tag_ == "VB"
            and (recipient := own(head, "dobj"))
            and head.lemma_ in ("give", "force", "ask", "order", "urge")
        ):
            return recipient
        return surface_subjects(head, depth + 1)
    if verb.dep_ == "pcomp" and head.head != head:
        governor = head.head
        if is_verbal(governor):
            if head.lower_ in OBJECT_CONTROL_PREPOSITIONS and (patients := objects(governor, depth + 1)):
                return patients
            return surface_subjects(governor, depth + 1)
        if head.lower_ == "of" and governor.dep_ == "dobj" and governor.head.lemma_ in CHARGING:
            return [governor]  # "accused [the army] of shelling a market", with "of" read on the army
        return holder(governor, depth)
    if verb.dep_ in ("acomp", "attr", "oprd") and is_verbal(head):
        return surface_subjects(head, depth + 1)
    return []


def holder(noun: Token, depth: int = 0) -> list[Token]:
    """Whose plan, threat or bid it is: "Peru's plan to attack", "Peru announced a plan to attack"."""
    owners = own(noun, "poss")
    if owners:
        return owners
    by = [p for q in own(noun, "prep") if q.lower_ in ("by", "of") for p in own(q, "pobj")]
    if by:
        return by
    governor = noun.head
    if noun.dep_ in ("dobj", "attr", "nsubjpass") and is_verbal(governor) and depth < MAX_DEPTH:
        return subjects(governor, depth + 1)
    if noun.dep_ == "nsubj":
        return []
    return own(noun, "amod", "compound")


def objects(verb: Token, depth: int = 0) -> list[Token]:
    """Whom or what it is done to, coordination not yet unfolded."""
    if (swallower := swallowed(verb)) is not None:
        return [swallower]
    if is_passive(verb):
        if named := [antecedent(token) for token in own(verb, "nsubjpass")]:
            return named + own(verb, "dobj")
        if verb.dep_ in ("acl", "relcl"):
            return [verb.head]
        return surface_subjects(verb, depth)
    if is_main_after_all(verb) and (person := names_person(verb)) is not None:
        return [person]
    named = [undated(antecedent(token)) for token in own(verb, "dobj")]
    for amount in named:  # "fined Acme two million euros", read as if Acme were a kind of euro
        if amount.lemma_.lower() in CURRENCIES:
            named = [
                c for c in own(amount, "nmod", "compound", "poss") if c.ent_type_ in ("ORG", "GPE", "PERSON")
            ] + named
    if named:
        return named
    named = [c for c in own(verb, "npadvmod") if c.ent_type_ in ("ORG", "GPE", "PERSON") and c.i == verb.i + 1]
    if named:  # "Arsenal beat [Chelsea] 2-0", read as an adverb
        return named
    for particle in own(verb, "prep"):  # "voted [down] the budget", read as a preposition
        if particle.lower_ in ("down", "out", "off", "up"):
            named += own(particle, "pobj")
    if named:
        return named
    for complement in own(verb, "ccomp", "xcomp"):  # "urged Peru to withdraw", parsed as one clause
        if any(c.dep_ == "aux" and c.lower_ == "to" for c in complement.children):
            named += own(complement, "nsubj", "nsubjpass")
        elif complement.tag_ == "VBN" and not own(complement, "aux", "auxpass"):  # "stop suspected smugglers"
            named += own(complement, "dobj")
    if named:
        return named
    names_subject = own(verb, "nsubj") and not any(c.lower_ in RELATIVES for c in own(verb, "nsubj"))
    if verb.dep_ == "relcl" and names_subject and not own(verb, "ccomp", "xcomp", "attr", "acomp"):
        return [verb.head]  # "the rebels (whom) Peru armed"
    if verb.dep_ != "conj":  # "arrested and jailed the rebels": the second verb's object is the first one's too
        for other in own(verb, "conj"):
            if (
                other.tag_ == verb.tag_
                and not own(other, "nsubj", "nsubjpass")
                and not own(verb, "prep", "xcomp", "ccomp")
            ):
                return own(other, "dobj")
    return []


def prepositional(token: Token, *prepositions: str) -> list[Token]:
    """The objects of these prepositions (of any, when none is named) on a verb or noun, with the agent's "by"."""
    found = []
    swallower = swallowed(token)
    for child in token.children if swallower is None else [*token.children, *swallower.children]:
        if child.dep_ not in ("prep", "agent", "dative", "prt", "advmod"):
            continue
        if not prepositions or child.lower_ in prepositions:
            found += [undated(antecedent(t)) for t in own(child, "pobj", "pcomp")]
        elif child.lower_ not in ("out", "up", "away", "back", "down", "off"):
            continue
        for inner in own(child, "prep"):  # "out of", "up to", "away from"
            if not prepositions or inner.lower_ in prepositions:
                found += own(inner, "pobj")
    return found


def complements(verb: Token) -> list[Token]:
    """The verbs of the clauses that complete the verb: what is agreed, demanded, threatened, said."""
    found = own(verb, "xcomp", "ccomp")
    found += [c for c in own(verb, "advcl") if any(a.lower_ == "to" and a.dep_ == "aux" for a in c.children)]
    if verb.pos_ in ("NOUN", "ADJ") or not found:
        found += [c for c in own(verb, "acl") if c.tag_ == "VB"]
    for noun in own(verb, "dobj", "npadvmod"):  # "urged Peru to withdraw", "gave them two days to leave"
        found += [c for c in own(noun, "acl", "relcl") if c.tag_ == "VB"] if not found else []
    return found + [c for c in own(verb, "advcl") if completes_particle(c)]


def completes_particle(clause: Token) -> bool:
    """Whether a participle clause right after a particle is the verb's object: "ruled out [recognising] Kosovo"."""
    if clause.dep_ != "advcl" or clause.tag_ != "VBG" or own(clause, "mark", "prep", "nsubj"):
        return False
    return (
        clause.left_edge.i > 0
        and clause.left_edge.nbor(-1).dep_ == "prt"
        and clause.left_edge.nbor(-1).head == clause.head
    )


def negation(token: Token) -> Token | None:
    """The word that negates the clause or phrase: not, never, no; None where it is positive."""
    for child in token.children:
        if child.dep_ == "neg" or (
            child.dep_ in ("det", "advmod", "preconj") and child.lower_ in ("no", "never", "neither", "hardly")
        ):
            return child
        if (
            child.dep_ == "advmod"
            and child.lower_ in ("longer", "more")
            and any(c.lower_ == "no" for c in child.children)
        ):
            return child  # "will no longer tolerate"
    return None


def auxiliaries(verb: Token) -> set[str]:
    """Lower-case auxiliaries of the verb, its own or, coordinated without any, those of its first conjunct."""
    found = {child.lower_ for child in verb.children if child.dep_ in ("aux", "auxpass")}
    if not found and verb.dep_ == "conj" and is_verbal(verb.head) and not own(verb, "nsubj", "nsubjpass"):
        return {child.lower_ for child in verb.head.children if child.dep_ in ("aux", "auxpass")}
    return found
