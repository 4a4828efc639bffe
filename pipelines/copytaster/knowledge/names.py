"""What the knowledge base knows of names: persons' names, titles, organisations, outlets, and telling words."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import cast

from copytaster.knowledge import stream, table
from copytaster.records import EntityType

LONGEST = 9
"""Tokens of the longest known name or title that is looked for."""

INSTITUTIONS = frozenset(("government", "international", "ngo", "party", "league"))

PIECE = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name of the knowledge base: organisation, outlet, landmark, event, …"""

    name: str
    """Canonical."""
    type: EntityType
    country: str | None = None
    is_outlet: bool = False
    domain: str | None = None
    is_team: bool = False
    is_institution: bool = False
    """Of a kind that many countries have: "Supreme Court", "Red Cross"."""
    is_party: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """A title before a name: `kind` is honorific, office or rank; `gender` m, f or empty."""

    kind: str
    gender: str


@dataclass(frozen=True, slots=True)
class NameWord:
    """A word that tells the type of the name it closes (`last`), opens (`first`), or opens before "of" (`head_of`)."""

    type: EntityType
    place: str
    is_strong: bool


def key(text: str) -> str:
    """What is compared of a name: letters and digits, small. "Al-Jazeera" and "al Jazeera" are one key."""
    return "".join(PIECE.findall(text)).lower().replace("_", "")


@functools.cache
def holders_surnames() -> frozenset[str]:
    """Last words of the names of office holders: "Trump", "Orbán" and "Orban"."""
    names = {row["name"].split()[-1] for row in table("officeholders.tsv")}
    plain = {"".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)) for name in names}
    return frozenset(names | plain)


@functools.cache
def known_names() -> dict[str, KnownName]:
    """Known names by the key of each of their forms; the first file and row wins."""
    found: dict[str, KnownName] = {}
    for row in table("outlets.tsv"):
        thing = KnownName(row["name"], "ORG", row["country"] or None, True, row["domain"] or None)
        for form in (row["name"], *filter(None, row["aliases"].split("|"))):
            found.setdefault(key(form), thing)
    for row in table("organisations.tsv"):
        kind = cast("EntityType", row["type"] or "ORG")
        thing = KnownName(
            row["name"],
            kind,
            row["country"] or None,
            is_team=row["kind"] == "team",
            is_institution=row["kind"] in INSTITUTIONS,
            is_party=row["kind"] == "party",
        )
        for form in (row["name"], *filter(None, row["aliases"].split("|"))):
            found.setdefault(key(form), thing)
    return found


@functools.cache
def acronyms() -> frozenset[str]:
    """Keys of known names that are written in capitals only ("WHO"), so that "who" is none of them."""
    forms: set[str] = set()
    for file in ("outlets.tsv", "organisations.tsv"):
        for row in table(file):
            forms.update(f for f in (row["name"], *row["aliases"].split("|")) if f.isupper() and " " not in f)
    return frozenset(key(form) for form in forms)


@functools.cache
def first_pieces() -> frozenset[str]:
    """The first pieces of all known names and titles: where none of these stands, nothing known begins."""
    forms: list[str] = []
    for file in ("outlets.tsv", "organisations.tsv"):
        for row in table(file):
            forms += (row["name"], *row["aliases"].split("|"))
    pieces = {match.group().lower() for form in forms if (match := PIECE.search(form))}
    return frozenset(pieces | {key(form.split(" ")[0]) for form in forms if form})


@functools.cache
def titles() -> dict[str, Title]:
    """Titles by key, "Lt. Gov." as `ltgov`."""
    return {key(row["title"]): Title(row["kind"], row["gender"]) for row in table("en/titles.tsv")}


@functools.cache
def name_words() -> dict[tuple[str, str], NameWord]:
    """(word in small letters, place) -> what it tells."""
    found: dict[tuple[str, str], NameWord] = {}
    for row in table("en/name_words.tsv"):
        word = NameWord(cast("EntityType", row["type"]), row["place"], row["strength"] == "strong")
        before = found.get((row["word"], row["place"]))
        if before is None or (word.is_strong and not before.is_strong):
            found[row["word"], row["place"]] = word
    return found


@functools.cache
def given_names() -> dict[str, str]:
    """Given names and their genders: m, f, fm."""
    return {row["name"]: row["gender"] for row in stream("given_names.tsv")}


@functools.cache
def surnames() -> frozenset[str]:
    """Surnames."""
    return frozenset(row["name"] for row in stream("surnames.tsv"))


@functools.cache
def common_words() -> dict[str, float]:
    """English words by how much likelier they are written small than with a capital (natural logarithm)."""
    return {row["word"]: float(row["margin"]) for row in stream("en/common_words.tsv")}


@functools.cache
def person_nouns() -> frozenset[str]:
    """Common nouns for persons, in small letters: "striker", "scientist"."""
    return frozenset(row["noun"] for row in stream("en/person_nouns.tsv") if row["kind"] == "person")


@functools.cache
def roles_of_persons() -> frozenset[str]:
    """Nouns of en/roles.tsv for what a person does, with those of `person_nouns`: "ranger", "midfielder"."""
    roles = {row["noun"]: row["kind"] for row in table("en/roles.tsv")}
    return frozenset(noun for noun in person_nouns() | roles.keys() if roles.get(noun, "person") == "person")


@functools.cache
def link_words(role: str) -> frozenset[str]:
    """Words of one role in en/name_links.tsv."""
    return frozenset(row["word"] for row in table("en/name_links.tsv") if row["role"] == role)


@functools.cache
def words_of(file: str) -> frozenset[str]:
    """The column `word` of a file of words."""
    return frozenset(row["word"] for row in table(file))


@functools.cache
def context_words() -> dict[tuple[str, str], tuple[tuple[EntityType, float], ...]]:
    """(word, its place beside a name) -> types it speaks for, with weights."""
    found: dict[tuple[str, str], tuple[tuple[EntityType, float], ...]] = {}
    for row in table("en/name_contexts.tsv"):
        for word in row["words"].split("|"):
            entry = (cast("EntityType", row["type"]), float(row["weight"]))
            found[word, row["place"]] = (*found.get((word, row["place"]), ()), entry)
    return found
