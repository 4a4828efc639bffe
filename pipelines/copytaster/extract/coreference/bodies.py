"""Which body or place a description means: "the ministry", "the company", "the country"."""

from __future__ import annotations

from copytaster.extract.coreference.discourse import Phrase, Referent
from copytaster.extract.coreference.nominals import Nominal, agree
from copytaster.extract.coreference.roles import capitals, country_codes, matches, role_nouns, singular
from copytaster.extract.coreference.scene import Scene

LOOK_BACK = 3
"""Sentences over which a bare "the company" reaches back."""


def find_body(scene: Scene, nominal: Nominal) -> int | None:
    """The organisation that "the ministry" or "the company" means."""
    named = in_front(scene, nominal)
    if named is None:
        named = by_name_word(scene, nominal)
    if named is not None:
        return named
    sought = scene.description_of(nominal)
    noun, flags = nominal.noun.noun, nominal.noun.flags
    sentence = scene.syntax.sentences[nominal.head]

    is_based = bool(SEATED & set(nominal.modifiers))

    def weigh(phrase: Phrase) -> float:
        if phrase.entity is None or phrase.kind != "organisation" or phrase.is_plural:
            return 0.0
        if scene.is_inside(nominal, phrase.entity) or is_observer(scene, phrase.head, flags):
            return 0.0
        referent = scene.referents[phrase.entity]
        fits = max((matches(sought, known) for known in referent.descriptions), default=0.0)
        if fits >= 1.0:
            return 4.0
        is_bare = nominal.determiner == "definite" and not (sought.owners or nominal.modifiers)
        if "outlet" in nominal.noun.offices and referent.is_outlet and is_bare:
            return 2.0
        if "generic" not in flags or not referent.name or has_other_kind(referent.name, noun):
            return 0.0
        if is_based:  # "Acme cut its outlook. The Lima-based firm"
            return 1.0 if phrase.role in ("subject", "agent", "possessor") else 0.5
        if sought.owners:  # "the German company": whoever acted in the sentence before
            is_next = phrase.role == "subject" and phrase.sentence >= sentence - 1
            return 1.0 if is_next and not any(owner.startswith("#") for owner in sought.owners) else 0.0
        return 0.0 if nominal.modifiers else 1.0

    if nominal.determiner not in ("definite", "possessed"):
        return None
    scores = scene.discourse.salience(sentence, LOOK_BACK if "generic" in flags else 12, weigh)
    return best_key(scores)


SEATED = frozenset({"based", "headquartered", "listed", "traded"})
"""What follows a place's name and tells of a body only where it sits: "the Lagos-based lender"."""

OBSERVERS = frozenset({"analyst", "economist", "strategist", "researcher", "expert", "professor", "lecturer", "fellow"})
"""People named with the house they work for, who speak of others: "analysts at Acme Capital said the company"."""


def is_observer(scene: Scene, head: int, flags: frozenset[str]) -> bool:
    """Whether a body is only where an observer works, and so none that "the company" takes up."""
    syntax = scene.syntax
    at = syntax.heads[head]
    if "generic" not in flags or syntax.pos[at] != "ADP":
        return False
    return syntax.lemmas[syntax.heads[at]] in OBSERVERS


def in_front(scene: Scene, nominal: Nominal) -> int | None:
    """The body whose name stands before the noun that says what it is: "the [Hamas] group", "the [Argus] newspaper"."""
    syntax = scene.syntax
    if nominal.determiner not in ("definite", "possessed") or not nominal.noun.flags & {"generic", "kind"}:
        return None
    for child in syntax.children[nominal.head]:
        entity = scene.name_heads.get(child)
        if entity is not None and child == nominal.head - 1 and syntax.deps[child] in ("compound", "nmod"):
            return entity if scene.referents[entity].kind == "organisation" else None
    return None


def best_key(scores: dict[int, tuple[float, Phrase]]) -> int | None:
    """The entity with the highest score, the later one of two alike."""
    if not scores:
        return None
    key = max(scores, key=lambda k: (scores[k][0], scores[k][1].head))
    return key if key >= 0 else None


def by_name_word(scene: Scene, nominal: Nominal) -> int | None:
    """The latest named entity whose name ends (or begins) with the noun: "the court" after "the Supreme Court"."""
    if nominal.determiner not in ("definite", "possessed"):
        return None
    noun = nominal.noun.noun.split()[-1]
    syntax = scene.syntax
    owner = next((c for c in syntax.children[nominal.head] if syntax.deps[c] == "poss"), None)
    if owner is not None and (owner not in scene.refers or scene.referents[scene.refers[owner]].kind == "person"):
        return None  # "his party" is not the party that was last spoken of
    # "the appeals court" is not the Supreme Court
    qualifiers = {
        singular(syntax.lower[c])
        for c in syntax.children[nominal.head]
        if syntax.deps[c] == "compound" and syntax.pos[c] == "NOUN"
    }
    owners = scene.owners_of(nominal)
    sentence = scene.syntax.sentences[nominal.head]

    def weigh(phrase: Phrase) -> float:
        if phrase.entity is None or scene.is_inside(nominal, phrase.entity):
            return 0.0
        referent = scene.referents[phrase.entity]
        if not referent.name or not agree(nominal, referent):
            return 0.0
        written = referent.name.lower().replace("-", " ").split()
        words = [singular(word) for word in written]
        if noun not in words or (owners and not any(o in owners for o in name_owners(referent))):
            return 0.0
        if not qualifiers <= set(words):
            return 0.0
        return 1.0 if noun in written else 0.5  # "the hospital" is not the Lima Hospitals Trust, if there is another

    return best_key(scene.discourse.salience(sentence, 15, weigh))


def name_owners(referent: Referent) -> set[str]:
    """Countries that the name itself tells: "Russian Defence Ministry"."""
    codes = country_codes()
    return {codes[word] for word in referent.name.split() if word in codes}


BUSINESSES = frozenset(
    {
        *("company", "firm", "corporation", "group", "conglomerate", "operator", "giant", "lender", "insurer"),
        *("retailer", "carrier", "airline", "developer", "startup", "start-up", "manufacturer", "maker", "supplier"),
    }
)
"""Nouns for whatever trades."""
TRADES = frozenset(
    {
        *("bank", "newspaper", "magazine", "broadcaster", "network", "publisher", "studio", "label", "fund", "chain"),
        *("brokerage", "utility", "consultancy", "company", "group", "corporation", "station", "channel", "paper"),
        *("airline", "carrier", "unit", "press", "media", "house", "club", "foundation"),
    }
)
"""Kinds of bodies, as names tell them, that are businesses as well: Zenith Bank is a company, the Foreign Ministry none."""
ANY_BODY = frozenset({"agency", "organization", "organisation", "body", "institution"})
"""Nouns above others: a bureau or a council is an agency or a body too."""
CLEAR_KINDS = frozenset({"court", "ministry", "party", "university", "parliament", "senate", "club"})


def has_other_kind(name: str, noun: str) -> bool:
    """Whether a name says that its bearer is another kind of body than the noun: no company is a ministry."""
    nouns = role_nouns()
    words = {singular(word) for word in name.lower().split()}
    if noun in ANY_BODY:
        return bool(words & CLEAR_KINDS)
    kinds = [nouns[word] for word in sorted(words - (TRADES if noun in BUSINESSES else frozenset())) if word in nouns]
    return noun not in words and any(k.kind == "organisation" and "generic" not in k.flags for k in kinds)


def find_place(scene: Scene, nominal: Nominal) -> int | None:
    """The country that "the country" means, the city of "the city", the capital of "the Afghan capital"."""
    noun, flags = nominal.noun.noun, nominal.noun.flags
    codes = country_codes()
    if noun == "capital":
        owners = scene.owners_of(nominal)
        names = [capitals().get(owner, "") for owner in sorted(owners)]
        return next((scene.places[name] for name in names if name in scene.places), None)
    if nominal.determiner not in ("definite", "possessed"):
        return None
    sentence = scene.syntax.sentences[nominal.head]

    def weigh(phrase: Phrase) -> float:
        if phrase.entity is None or scene.is_inside(nominal, phrase.entity):
            return 0.0
        referent = scene.referents[phrase.entity]
        is_country = not referent.owner.startswith("#") and referent.name in codes
        if "country" in flags:
            return 1.0 if is_country else 0.0
        if noun in ("region", "area"):
            return 1.0 if referent.kind == "region" else 0.0
        if "town" in flags:
            return 1.0 if referent.kind == "place" and not is_country else 0.0
        return 0.0

    if "country" in flags or "town" in flags or noun in ("region", "area"):
        if nominal.determiner == "possessed" or nominal.modifiers:
            return None
        return best_key(scene.discourse.salience(sentence, 4, weigh))
    return by_name_word(scene, nominal)
