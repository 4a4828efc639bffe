"""Which body or place a description means: "the ministry", "the company", "the country"."""

from __future__ import annotations

import functools

from copytaster.extract.coreference.discourse import Phrase, Referent
from copytaster.extract.coreference.nominals import Nominal, agree
from copytaster.extract.coreference.roles import capitals, country_codes, matches, role_nouns, singular
from copytaster.extract.coreference.scene import Scene
from copytaster.knowledge import table
from copytaster.knowledge.names import name_words

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
    kind = kind_noun(nominal)
    is_placed = any(scene.named[i] >= 0 for i in range(nominal.start, nominal.end))
    if kind is not None and (kind in strict_kinds() or not is_placed):
        listed = scene.discourse.salience(sentence, 8, lambda p: float(is_of_kind(scene, nominal, p, kind)))
        if listed or kind in strict_kinds():
            return best_key(listed)
    scores = scene.discourse.salience(sentence, LOOK_BACK if "generic" in flags else 12, weigh)
    found = best_key(scores)
    return found if found is not None or "generic" not in flags else varied_body(scene, nominal)


def varied_body(scene: Scene, nominal: Nominal) -> int | None:
    """The body that a noun with more to it takes up: "Acme cut its outlook. [The software giant] said".

    Only what acted in the sentences before, alone of its like, and only for a noun that acts itself.
    """
    if nominal.determiner != "definite" or not nominal.modifiers or CONTRAST & set(nominal.modifiers):
        return None
    if nominal.role not in ("subject", "possessor", "agent"):
        return None
    sentence = scene.syntax.sentences[nominal.head]
    owners = scene.owners_of(nominal)
    codes = {owner for owner in owners if not owner.startswith("#")}
    if len(codes) < len(owners) or any(scene.named[i] >= 0 and not codes for i in range(nominal.start, nominal.end)):
        return None  # "the iPhone maker" is whoever makes it

    def weigh(phrase: Phrase) -> float:
        if phrase.entity is None or phrase.kind != "organisation" or phrase.is_plural:
            return 0.0
        referent, country = scene.referents[phrase.entity], scene.entities[phrase.entity].country
        if not referent.name or scene.is_inside(nominal, phrase.entity):
            return 0.0
        if has_other_kind(referent.name, nominal.noun.noun) or is_observer(scene, phrase.head, nominal.noun.flags):
            return 0.0
        if referent.is_outlet or (codes and country is not None and country not in codes):
            return 0.0
        return 1.0 if phrase.role in ACTING else 0.4

    scores = scene.discourse.salience(sentence, 2, weigh)
    ranked = sorted(scores, key=lambda k: (-scores[k][0], k))
    if not ranked or (len(ranked) > 1 and scores[ranked[0]][0] < 1.5 * scores[ranked[1]][0]):
        return None
    return ranked[0] if len(ranked) == 1 or scores[ranked[0]][1].role in ACTING else None


ACTING = frozenset({"subject", "agent", "possessor"})
CONTRAST = frozenset({"other", "another", "rival", "second", "third", "new", "first", "parent", "same"}) | {
    *("foreign", "proposed", "combined", "private", "local", "target", "joint", "separate"),
}
"""Words that say it is another body, or one of many."""
UNIONS = frozenset({"United Nations", "European Union", "African Union"})
"""Bodies that have many bodies."""


@functools.cache
def body_kinds() -> dict[str, dict[str, str]]:
    """The rows of en/body_kinds.tsv by their noun."""
    return {row["noun"]: row for row in table("en/body_kinds.tsv")}


@functools.cache
def strict_kinds() -> frozenset[str]:
    """Nouns that mean bodies of their list only."""
    return frozenset(noun for noun, row in body_kinds().items() if row["strict"])


@functools.cache
def bodies_of(noun: str) -> frozenset[str]:
    """The known bodies that the noun can mean."""
    return frozenset(filter(None, body_kinds()[noun]["bodies"].split("|")))


def kind_noun(nominal: Nominal) -> str | None:
    """The noun of body_kinds.tsv that heads the phrase: "plane maker"."""
    longer = " ".join([*nominal.modifiers[-1:], nominal.noun.noun])
    return next((noun for noun in (longer, nominal.noun.noun) if noun in body_kinds()), None)


def is_of_kind(scene: Scene, nominal: Nominal, phrase: Phrase, kind: str) -> bool:
    """Whether a phrase is the name of a body of the kind: Korean Air of "airline"."""
    if phrase.entity is None or phrase.kind != "organisation" or scene.is_inside(nominal, phrase.entity):
        return False
    name = scene.referents[phrase.entity].name
    if name in bodies_of(kind):
        return True
    small = f" {name.lower()} "
    return any(f" {word} " in small for word in filter(None, body_kinds()[kind]["words"].split("|")))


SEATED = frozenset({"based", "headquartered", "listed", "traded"})
"""What follows a place's name and tells of a body only where it sits: "the Lagos-based lender"."""

OBSERVERS = frozenset({"analyst", "economist", "strategist", "researcher", "expert", "professor", "lecturer", "fellow"})
"""People named with the house they work for, who speak of others: "analysts at Acme Capital said the company".

So does "Jane Doe of Acme Capital".
"""


def is_observer(scene: Scene, head: int, flags: frozenset[str]) -> bool:
    """Whether a body is only where an observer works, and so none that "the company" takes up."""
    syntax = scene.syntax
    at = syntax.heads[head]
    if "generic" not in flags or syntax.pos[at] != "ADP":
        return False
    above = syntax.heads[at]
    is_person = above in scene.name_heads and scene.referents[scene.name_heads[above]].kind == "person"
    return is_person or syntax.lemmas[above] in OBSERVERS


def in_front(scene: Scene, nominal: Nominal) -> int | None:
    """The body whose name stands before the noun that says what it is: "the [Hamas] group", "the [Argus] newspaper"."""
    syntax = scene.syntax
    if nominal.determiner not in ("definite", "possessed") or not nominal.noun.flags & {"generic", "kind"}:
        return None
    for child in syntax.children[nominal.head]:
        entity = scene.name_heads.get(child)
        if entity is not None and child == nominal.head - 1 and syntax.deps[child] in ("compound", "nmod"):
            if scene.referents[entity].name in UNIONS:
                return None  # "the UN agency" is one of many
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
    described = {singular(word) for word in nominal.modifiers}
    owners = scene.owners_of(nominal)
    sentence = scene.syntax.sentences[nominal.head]

    def weigh(phrase: Phrase) -> float:
        if phrase.entity is None or scene.is_inside(nominal, phrase.entity):
            return 0.0
        referent = scene.referents[phrase.entity]
        if not referent.name or not agree(nominal, referent):
            return 0.0
        written = head_words(referent.name)
        words = [singular(word) for word in written]
        if noun not in words or (owners and not any(o in owners for o in name_owners(referent))):
            return 0.0
        if not qualifiers <= set(words) or ("generic" in nominal.noun.flags and not described <= set(words)):
            return 0.0  # "the communist group" is not the Mines Advisory Group
        return 1.0 if noun in written else 0.5  # "the hospital" is not the Lima Hospitals Trust, if there is another

    return best_key(scene.discourse.salience(sentence, 15, weigh))


def head_words(name: str) -> list[str]:
    """The words of a name that may say what it is, in small letters; "Council House" is no council.

    All of them where one governs the rest ("University of Lima") or nothing closes the name ("Hotel Marlin").
    """
    words = name.lower().replace("-", " ").split()
    closing = name_words().get((words[-1], "last")) if words else None
    is_linked = any(word in ("of", "for", "de") for word in words)
    is_building = closing is not None and closing.is_strong and closing.type == "FAC"
    return words[-1:] if is_building and not is_linked else words


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
FIGHTERS = frozenset({"force", "army", "front", "movement", "brigade", "militia", "resistance", "guard"})
"""What armed groups call themselves."""
ANY_BODY = frozenset({"agency", "organization", "organisation", "body", "institution"})
"""Nouns above others: a bureau or a council is an agency or a body too."""
CLEAR_KINDS = frozenset({"court", "ministry", "party", "university", "parliament", "senate", "club"})


def has_other_kind(name: str, noun: str) -> bool:
    """Whether a name says that its bearer is another kind of body than the noun: no company is a ministry."""
    nouns = role_nouns()
    words = {singular(word) for word in name.lower().split()}
    if noun in ANY_BODY:
        return bool(words & CLEAR_KINDS)
    may_be = (TRADES if noun in BUSINESSES else frozenset()) | (FIGHTERS if noun == "group" else frozenset())
    kinds = [nouns[word] for word in sorted(words - may_be) if word in nouns]
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
    after = nominal.head + 1
    if after + 1 < scene.syntax.size and scene.syntax.lower[after] == "of" and scene.named[after + 1] >= 0:
        return None  # "the state of Victoria" is named by what follows
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
