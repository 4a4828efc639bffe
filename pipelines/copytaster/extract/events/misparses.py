"""What the parser reads wrongly in news, and what it is: headlines without auxiliaries, verbs taken for participles.

Each rule holds a form that English does not have to the one that was meant ("the company [named] Ann Moran as its chief").
"""

from __future__ import annotations

from spacy.tokens import Token

from copytaster.extract.events.dependents import CURRENCIES, RELATIVES, TIMES, is_verbal, lemma_of, own

NEEDING_OBJECT = frozenset(
    {
        "jail", "arrest", "charge", "sentence", "convict", "kill", "injure", "wound", "shoot", "stab", "detain", "sack",
        "oust", "release", "free", "extradite", "deport", "abduct", "kidnap", "murder", "execute", "fine", "hospitalise",
        "hospitalize", "suspend", "ban", "expel", "evacuate", "rescue", "appoint", "acquit", "indict", "impeach", "accuse",
        "imprison", "behead", "bomb", "assassinate", "hang", "seize", "displace", "cancel", "destroy", "elect",
    }
)  # fmt: skip
"""Verbs that have an object when they are active: without one they are passive."""


CHARGING = frozenset({"accuse", "suspect", "convict", "charge", "acquit", "absolve", "clear"})
"""Verbs that say of somebody, behind "of" or "with", what they did."""


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
