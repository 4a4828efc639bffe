"""What kind of thing a noun names: somebody who acts, a place, or a class of `noun_classes.tsv` (troops, sanctions, …)."""

from __future__ import annotations

import functools

from spacy.tokens import Token

from copytaster.extract.events.clauses import is_listed, prepositional
from copytaster.extract.events.dependents import RELATIVES, own
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


AMBIGUOUS = frozenset(
    [
        "order",
        "border",
        "paper",
        "cover",
        "counter",
        "carrier",
        "tender",
        "charter",
        "planter",
        "cutter",
        "printer",
        "trailer",
        "cruiser",
        "destroyer",
        "tractor",
        "conductor",
        "monitor",
        "pointer",
        "folder",
        "liner",
        "sleeper",
        "lighter",
        "cracker",
        "poker",
        "starter",
        "launcher",
        "poster",
        "matter",
        "member",
        "offer",
        "major",
        "minor",
        "factor",
        "sector",
        "power",
        "tanker",
        "freighter",
        "container",
        "reactor",
        "razor",
        "elevator",
        "indicator",
        "detector",
        "merchant",
        "server",
        "printer",
        "browser",
        "router",
        "scanner",
        "charger",
        "speaker",
    ]
)
"""Person nouns of that kind that more often name a thing."""


@functools.cache
def noun_classes() -> dict[str, frozenset[str]]:
    """Class -> lemmas, from `noun_classes.tsv`."""
    found: dict[str, set[str]] = {}
    for row in table("en/noun_classes.tsv"):
        found.setdefault(row["class"], set()).add(row["noun"])
    return {name: frozenset(words) for name, words in found.items()}


@functools.cache
def person_nouns() -> frozenset[str]:
    """Nouns made for those who do something ("docker", "geologist"), of the many for persons in `person_nouns.tsv`.

    Only with such an ending: the others mean a thing as often ("star", "figure", "model").
    """
    endings = ("er", "or", "ist", "man", "woman", "ian", "ee", "eer", "ess", "ster", "ant")
    rows = (row["noun"] for row in table("en/person_nouns.tsv") if row["kind"] == "person")
    return frozenset(noun for noun in rows if noun.endswith(endings) and noun not in AMBIGUOUS)


def looked_through(token: Token, depth: int = 0) -> Token:
    """The noun that a measure or series counts: "a series of [attacks]", "two tons of food [aid]", "$2bn in [aid]"."""
    if depth < 3 and token.ent_type_ == "MONEY":
        for inner in prepositional(token, "in", "of"):
            return looked_through(inner, depth + 1)
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
            or any(c.dep_ == "conj" or is_listed(c) for c in token.children)
            or token.lower_ in ("they", "we", "who")
        )
        return several and accepts(value[:-1], token)
    if not value.startswith("@"):
        if value in (token.lemma_.lower(), token.lower_):
            return True
        return "-" in value and compound_of(token) == value  # "hunger-strike", written with a hyphen or a space
    name = value[1:]
    if name == "cash" and token.ent_type_ == "MONEY":
        return True
    if name == "agent":
        return is_agent(token)
    if name in ("gpe", "place"):
        return token.ent_type_ in (("GPE",) if name == "gpe" else PLACE_ENTITIES) or (
            name == "place" and in_class(token, "territory")
        )
    if name == "named":
        return token.ent_type_ == "PERSON"
    if name == "party":
        return token.ent_type_ in ("PERSON", "ORG") or token.lower_ in PERSONAL
    if name == "org":
        return token.ent_type_ == "ORG"
    if name in ("people", "official", "prisoner"):
        by_noun = in_class(token, name) or (name == "people" and is_personal(token))
        return by_noun or token.ent_type_ in ("PERSON", "NORP") or token.lower_ in PERSONAL
    if name == "company":
        return in_class(token, name) or token.ent_type_ == "ORG"
    return in_class(token, name)


def in_class(token: Token, name: str) -> bool:
    """Whether the noun, or the first part of a compound with a carrier noun ("aid [delivery]"), is of the class."""
    words = noun_classes().get(name, frozenset())
    if token.lemma_.lower() in words or token.lower_ in words:
        return True
    if before_hyphen(token) is not None and compound_of(token) in words:
        return True  # "cease-fire", which spaCy parts in three
    if name == "natural" and token.pos_ == "PROPN" and any(c.lower_ in words for c in own(token, "compound")):
        return True  # "Hurricane [Melissa]"
    if token.pos_ == "PROPN" and token.lower_.removesuffix("s") in words:
        return True  # a plural that opens the sentence and was read as a name: "[Wildfires] forced …"
    if token.lemma_.lower() in noun_classes()["carrier"]:
        return any(c.lemma_.lower() in words for c in own(token, "compound", "amod"))
    return False


EVENTIVE = (
    "attack",
    "talks",
    "visit",
    "protest",
    "violence",
    "sanction",
    "investigation",
    "yield",
    "demand",
    "offer",
    "ban",
)
"""Classes of nouns that name what happens, unlike the things that are given or opened ("money", "an airport")."""


def is_eventive(token: Token) -> bool:
    """Whether the noun names something that happens."""
    return any(in_class(token, name) for name in EVENTIVE)


def before_hyphen(token: Token) -> Token | None:
    """The word that a hyphen joins to this one: "cease" of "cease-fire"."""
    if token.i < 2 or token.nbor(-1).text != "-" or token.nbor(-1).whitespace_ or token.nbor(-2).whitespace_:
        return None
    return token.nbor(-2)


def compound_of(token: Token) -> str | None:
    """The word with the one before it that is joined to it, by a hyphen or as a compound: "hunger-strike"."""
    first = before_hyphen(token)
    if first is None and token.i and token.nbor(-1).dep_ == "compound" and token.nbor(-1).head == token:
        first = token.nbor(-1)
    return f"{first.lower_}-{token.lemma_.lower()}" if first is not None else None


def is_personal(token: Token) -> bool:
    """Whether the noun means a person or a group of people."""
    lemma = token.lemma_.lower()
    return lemma in noun_classes()["people"] or lemma in person_nouns()


def is_agent(token: Token) -> bool:
    """Whether the word can stand for somebody who acts: a name, a people, a person or group, a personal pronoun."""
    if token.ent_type_ in AGENT_ENTITIES or token.lower_ in PERSONAL:
        return True
    if token.lower_ in RELATIVES:
        return False
    if token.lower_ in ("old", "olds") and before_hyphen(token) is not None:
        return True  # "a 17-year-old"
    if token.pos_ == "PROPN" and not token.ent_type_:
        return True
    if token.pos_ in ("NOUN", "ADJ", "NUM", "PROPN") and is_personal(token):
        return True
    core = looked_through(token)
    return core != token and is_agent(core)
