"""What nouns say of their referents: kinds, offices, gender; and whose office an article says somebody holds."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from copytaster.knowledge import stream, table

LONGEST = 4
"""Words of the longest role noun ("institution of higher learning")."""

FORMER = frozenset({"former", "ex", "ex-", "late", "one-time", "onetime", "erstwhile", "then", "outgoing", "ousted"})
LOWER = frozenset({"vice", "deputy", "assistant", "associate", "junior", "shadow", "under", "acting", "interim"})
"""Words before an office that make it another office: the deputy minister is not the minister."""


@dataclass(frozen=True, slots=True)
class RoleNoun:
    """A noun for people, bodies or places, e.g. "prime minister": person, offices {premier}."""

    noun: str
    kind: str
    """person, people, organisation, place, facility, work; `none` shuts out a word that people nouns would let in."""
    gender: str = ""
    offices: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    """plural, epithet, weak; see en/roles.tsv."""

    @property
    def is_plural(self) -> bool:
        """The singular form stands for several: "police"."""
        return "plural" in self.flags


@dataclass(frozen=True, slots=True)
class Description:
    """What an article says somebody is: the Venezuelan president, a former minister."""

    noun: RoleNoun
    owners: frozenset[str] = frozenset()
    """Keys of the countries and bodies whose office it is; see `Owners`."""
    is_former: bool = False
    is_lower: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """A house that stands for whoever works in it, and the office that heads it."""

    country: str
    office: str


@functools.cache
def role_nouns() -> dict[str, RoleNoun]:
    """Role nouns by their singular, small letters; words of one's own list go before WordNet's."""
    found: dict[str, RoleNoun] = {}
    for row in stream("en/person_nouns.tsv"):
        found[row["noun"]] = RoleNoun(row["noun"], row["kind"], row["gender"])
    for row in stream("en/roles.tsv"):
        offices = frozenset(row["offices"].split())
        found[row["noun"]] = RoleNoun(row["noun"], row["kind"], row["gender"], offices, frozenset(row["flags"].split()))
    return found


@functools.cache
def seats() -> dict[str, Seat]:
    """Seats by name in small letters, without "the"."""
    return {row["seat"].lower(): Seat(row["country"], row["office"]) for row in table("seats.tsv")}


@functools.cache
def country_codes() -> dict[str, str]:
    """Names, aliases and demonyms of countries, as written, to ISO 3166-1 alpha-2."""
    codes: dict[str, str] = {}
    for row in table("countries.tsv"):
        names = [row["name"], row["official_name"], *row["aliases"].split("|"), *row["demonyms"].split("|")]
        for name in names:
            if name:
                codes.setdefault(name, row["code"])
    return codes


@functools.cache
def small_demonyms() -> frozenset[str]:
    """Demonyms in small letters."""
    return frozenset(name.lower() for row in table("countries.tsv") for name in row["demonyms"].split("|") if name)


@functools.cache
def capitals() -> dict[str, str]:
    """Country code to the name of its capital."""
    return {row["code"]: row["capital"].split("|")[0] for row in table("countries.tsv")}


@functools.cache
def genders_of_names() -> dict[str, str]:
    """Given name in small letters to m or f; names of both genders are left out."""
    found: dict[str, str] = {}
    for file in ("given_names.tsv", "name_genders.tsv"):
        for row in stream(file):
            if row["gender"] in ("m", "f"):
                found.setdefault(row["name"].lower(), row["gender"])
    return found


@functools.cache
def office_holders() -> dict[tuple[str, str], tuple[tuple[str, str, str, str], ...]]:
    """(country code or organisation in small letters, office) to (name, gender, from, to) of its holders."""
    found: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for row in table("officeholders.tsv"):
        found.setdefault((row["of"].lower(), row["office"]), []).append(
            (row["name"], row["gender"], row["from"], row["to"])
        )
    return {key: tuple(rows) for key, rows in found.items()}


@functools.cache
def offices_held() -> dict[str, tuple[tuple[str, str, str, str], ...]]:
    """Surname of an office holder to (full name, office, from, to) of all of that surname."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for row in table("officeholders.tsv"):
        held = (row["name"], row["office"], row["from"], row["to"])
        found.setdefault(row["name"].split()[-1], []).append(held)
    return {surname: tuple(rows) for surname, rows in found.items()}


@functools.cache
def genders_of_holders() -> dict[str, str]:
    """Full name of an office holder to m or f."""
    return {row["name"]: row["gender"] for row in table("officeholders.tsv")}


def holders(owner: str, offices: frozenset[str], day: date | None) -> list[str]:
    """Names of those who held one of the offices on the day (all that ever did, the latest first, without a day)."""
    names = []
    moment = day.isoformat() if day else None
    for office in sorted(offices):
        for name, _, since, until in reversed(office_holders().get((owner.lower(), office), ())):
            if moment is None or (since <= moment and (not until or moment < until)):
                names.append(name)
    return names


def singular(word: str) -> str:
    """The singular of a noun as its regular plural has it: "ministries" -> "ministry"."""
    if word.endswith("men"):
        return word[:-3] + "man"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def lookup(word: str, lemma: str) -> RoleNoun | None:
    """The role noun of one word, by its form, the tagger's lemma or its regular singular."""
    nouns = role_nouns()
    for form in (word, lemma, singular(word)):
        noun = nouns.get(form)
        if noun is not None:
            return noun
    if "-" in word:  # co-president, ex-minister, vice-chair; city-state stays what its last part is
        last = word.rsplit("-", 1)[1]
        return nouns.get(last) or nouns.get(singular(last))
    return None


def longest_role(words: Sequence[str], lemmas: Sequence[str], head: int, end: int) -> tuple[RoleNoun, int, int] | None:
    """The longest role noun with the head in it, and its first and last token: "secretary of state", "prime minister".

    `words` are in small letters; `end` is where the phrase ends at most.
    """
    nouns = role_nouns()
    for size in range(LONGEST, 1, -1):
        for first in (head - size + 1, head):
            last = first + size - 1
            if first < 0 or last >= end:
                continue
            stem = " ".join(words[first:last])
            for form in (words[last], lemmas[last], singular(words[last])):
                noun = nouns.get(f"{stem} {form}".replace(" - ", "-"))
                if noun is not None:
                    return noun, first, last
            if first == head:  # plural in front: "heads of state"
                noun = nouns.get(" ".join([lemmas[first], *words[first + 1 : last + 1]]))
                if noun is not None:
                    return noun, first, last
    noun = lookup(words[head], lemmas[head])
    return (noun, head, head) if noun is not None else None


def role_ending_at(words: Sequence[str], lemmas: Sequence[str], last: int) -> tuple[RoleNoun, int] | None:
    """The longest role noun whose last word is that one, and its first word."""
    nouns = role_nouns()
    for size in range(LONGEST, 1, -1):
        first = last - size + 1
        if first >= 0:
            noun = nouns.get(" ".join(words[first : last + 1]).replace(" - ", "-"))
            if noun is not None:
                return noun, first
    single = lookup(words[last], lemmas[last])
    return (single, last) if single is not None else None


def describe(text: str) -> Description | None:
    """The description that a title gives: "former US Secretary of State" -> secretary of state, of US, former."""
    raw = text.replace("-", " - ").replace("’s", " ’s").replace("'s", " 's").split()
    words = [w.lower() for w in raw]
    best: tuple[RoleNoun, int, int] | None = None
    for head in range(len(words)):
        found = longest_role(words, words, head, len(words))
        if found and found[0].kind == "person" and (best is None or found[2] - found[1] >= best[2] - best[1]):
            best = found
    if best is None:
        return None
    noun, first, last = best
    around = {*words[:first], *words[last + 1 :]}
    return Description(noun, owners_in(raw), bool(around & FORMER), bool(around & LOWER))


def owners_in(words: Sequence[str]) -> frozenset[str]:
    """Countries named among the words, as owner keys."""
    codes = country_codes()
    found = set()
    for size in (3, 2, 1):
        for i in range(len(words) - size + 1):
            code = codes.get(" ".join(words[i : i + size]))
            if code:
                found.add(code)
    return frozenset(found)


def matches(sought: Description, known: Description) -> float:
    """How well a known description fits the one sought, from 0 (not at all) to 4 (same office of the same owner)."""
    if sought.noun.kind != known.noun.kind or sought.is_lower != known.is_lower:
        return 0.0
    if sought.noun.gender and known.noun.gender and sought.noun.gender != known.noun.gender:
        return 0.0
    if sought.noun.noun == known.noun.noun:
        score = 2.0
    else:
        shared = sought.noun.offices & known.noun.offices
        if not shared:
            return 0.0
        if all(office.startswith("any") for office in shared):
            # "the billionaire" may be the founder, but the founder is not the chief executive for both being in business
            if not all(office.startswith("any") for office in sought.noun.offices):
                return 0.0
            score = 1.0
        else:
            score = 1.5
    if sought.owners and known.owners:
        if not sought.owners & known.owners:
            return 0.0
        score += 2.0
    elif sought.owners:
        # "Thailand's foreign minister" is not the Secretary of State; "the Ruritanian leader" may be President Doe
        # "the Fed chief" may be Chair Doe: a body has one head
        is_head = sought.noun.noun in ("chief", "boss") and all(o.startswith("#") for o in sought.owners)
        if sought.noun.noun not in (known.noun.noun, "leader") and not is_head:
            return 0.0
        score -= 0.75
    if sought.is_former != known.is_former:
        score -= 0.5 if sought.is_former else 1.0
    return score
