"""The grammar of a clause over the parse: who is its subject, what its objects, what hangs on its prepositions.

Deep subjects and objects are meant, not those of the surface: of a passive ("He was arrested by police"), a reduced
relative ("troops sent by Peru"), a control verb ("agreed to withdraw", "urged Peru to withdraw") and a coordination
("met the king and signed a pact") alike. Dependencies are those of spaCy's English models (ClearNLP labels).
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

MAX_DEPTH = 6
"""How far a missing subject is looked for up the tree: deeper nesting is a misparse."""

RELATIVES = frozenset({"who", "whom", "which", "that"})
WEEKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})

APPEALING = frozenset({"call", "appeal", "prevail", "lean", "plead", "reason"})
"""Verbs whose infinitive belongs to whoever stands behind their preposition."""

NEEDING_OBJECT = frozenset(
    {
        "jail", "arrest", "charge", "sentence", "convict", "kill", "injure", "wound", "shoot", "stab", "detain", "sack",
        "oust", "release", "free", "extradite", "deport", "abduct", "kidnap", "murder", "execute", "fine", "hospitalise",
        "hospitalize", "suspend", "ban", "expel", "evacuate", "rescue", "appoint", "acquit", "indict", "impeach", "accuse",
        "imprison", "behead", "bomb", "assassinate", "hang", "seize", "displace", "cancel", "destroy", "elect",
    }
)  # fmt: skip
"""Verbs that have an object when they are active: without one they are passive."""

TIMES = frozenset({"DATE", "TIME"})

CURRENCIES = frozenset({"euro", "dollar", "pound", "yen", "franc", "rupee", "rouble", "ruble", "yuan", "krona", "peso"})

CHARGING = frozenset({"accuse", "suspect", "convict", "charge", "acquit", "absolve", "clear"})
"""Verbs that say of somebody, behind "of" or "with", what they did."""

SUBJECT_CONTROL = frozenset({"promise", "threaten", "vow", "pledge", "use", "need", "take"})
"""Verbs with an object whose infinitive belongs to the subject: "used the money to arm rebels"."""

OBJECT_CONTROL_PREPOSITIONS = frozenset({"of", "for", "from", "into", "with", "as"})
"""After an object, these open a clause about the object: "accused Peru of arming rebels", "barred him from voting"."""


def lemma_of(token: Token) -> str:
    """The lemma in lower case; of a verb whose -e the lemmatiser ate ("staged" → "stag"), with it."""
    lemma = token.lemma_.lower()
    if token.tag_ in ("VBD", "VBN", "VBG", "VBZ") and token.lower_.startswith(lemma):
        rest = token.lower_[len(lemma) :]
        if rest in ("ed", "ing") and lemma[-1:] in "gcszv" and not lemma.endswith(("ss", "zz", "ng", "sc", "gg", "x")):
            return lemma + "e"
    return lemma


def is_verbal(token: Token) -> bool:
    """Whether the token heads a clause: a verb, or a word that the tagger took for a noun though it has an object."""
    if token.pos_ in ("VERB", "AUX"):
        return True
    return token.pos_ in ("NOUN", "PROPN", "ADJ") and any(
        c.dep_ in ("dobj", "nsubj", "nsubjpass") for c in token.children
    )


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


def lacks_auxiliary(verb: Token) -> bool:
    """Whether a headline left the passive's auxiliary out: "Former minister jailed for nine years", "Two shot dead".

    Such a verb takes an object, and there is none.
    """
    if verb.tag_ not in ("VBN", "VBD") or verb.dep_ not in ("ROOT", "ccomp", "conj", "advcl", "parataxis"):
        return False
    lemma = lemma_of(verb)
    if (lemma not in NEEDING_OBJECT and lemma + "e" not in NEEDING_OBJECT) or own(verb, "aux", "ccomp", "dative"):
        return False
    if any(o.lemma_.lower() not in CURRENCIES for o in own(verb, "dobj")) or (own(verb, "dobj") and not doers(verb)):
        return False  # a sum is no object where a doer follows: "Acme fined 10 million euros by regulator"
    named = own(verb, "nsubj")
    if not named or any(s.lower_ in RELATIVES or s.pos_ == "PRON" for s in named):
        return False
    return not any(own(other, "dobj", "ccomp") for other in own(verb, "conj"))  # "shot and killed two"


def doers(verb: Token) -> list[Token]:
    """Who does it, behind the "by" of a passive."""
    sums = [o for o in own(verb, "dobj") if o.lemma_.lower() in CURRENCIES]
    found = [by for bearer in (verb, *sums) for by in own(bearer, "agent", "prep") if by.lower_ == "by"]
    return [p for by in found for p in own(by, "pobj") if p.ent_type_ not in TIMES]


def is_main_after_all(verb: Token) -> bool:
    """Whether the sentence's verb was read as a participle: "The company [named] Ann Moran as its chief".

    A participle that explains a noun ("a man named Moran") is followed by the sentence's verb. Here there is none: it has
    a person as its object, or a past tense goes on with it ("The champion [attacked] on the last hill and won").
    """
    if verb.dep_ != "acl" or verb.tag_ not in ("VBN", "VBD") or verb.head.dep_ != "ROOT" or is_verbal(verb.head):
        return False
    return names_person(verb) is not None or any(
        c.tag_ == "VBD" and not own(c, "nsubj", "nsubjpass") for c in own(verb, "conj")
    )


def names_person(verb: Token) -> Token | None:
    """The person's name behind the verb."""
    return next((c for c in own(verb, "oprd", "dobj") if c.ent_type_ == "PERSON" and c.i > verb.i), None)


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


def own(verb: Token, *deps: str) -> list[Token]:
    """The direct dependents of these kinds."""
    return [child for child in verb.children if child.dep_ in deps]


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


def accused_act(verb: Token) -> Token | None:
    """The act of which somebody is accused, where a participle goes on with it: "accused him of [shelling] a town, killing ten"."""
    if verb.dep_ != "advcl" or verb.tag_ != "VBG" or verb.head.lemma_ not in CHARGING or own(verb, "mark", "nsubj"):
        return None
    for bearer in (verb.head, *own(verb.head, "dobj", "nsubjpass")):
        for preposition in own(bearer, "prep"):
            if preposition.lower_ in ("of", "with") and preposition.i < verb.i:
                for content in own(preposition, "pcomp"):
                    return content
    return None


def finite_before(verb: Token) -> Token | None:
    """The finite verb that a finite verb goes on, where it was read as going on what stands under that one.

    "[accused] Peru of rigging the vote and called for …", "[failed] to find a buyer and filed …": a finite form is no
    part of a gerund or an infinitive. None where the verb is coordinated with its like.
    """
    if verb.dep_ != "conj" or verb.tag_ not in ("VBD", "VBZ", "VBP") or not is_verbal(verb.head):
        return None
    if verb.head.tag_ not in ("VB", "VBG") or own(verb, "nsubj", "nsubjpass") or auxiliary_of(verb.head):
        return None
    for above in verb.head.ancestors:
        if is_verbal(above) and above.tag_ in ("VBD", "VBZ", "VBP", "VBN"):
            return above
    return None


def auxiliary_of(verb: Token) -> bool:
    """Whether the verb is finite through an auxiliary: "was marching"."""
    return any(c.lower_ != "to" for c in own(verb, "aux", "auxpass"))


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


def swallowed(verb: Token) -> Token | None:
    """The object that a misparse made the verb's head: "Peru threatened Chile" read as if Chile were threatened-Chile.

    A finite past tense is never an attribute, nor is a participle after a comma (", striking vessels") or after an
    auxiliary read as the verb ("Peru [had] targeted civilians").
    """
    if verb.dep_ != "amod" or verb.i + 1 > verb.head.i:
        return None
    if verb.tag_ == "VBN" and verb.i and verb.nbor(-1).lemma_ == "have" and verb.head.head == verb.nbor(-1):
        return verb.head
    if verb.tag_ == "VBD" or (verb.tag_ == "VBG" and verb.i > 0 and verb.nbor(-1).text == ","):
        return verb.head
    return None


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
