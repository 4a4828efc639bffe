"""Which country a word, a person or a group belongs to.

A name may be a country's own, its people's, its capital's or its government's seat; a group carries its country in an
adjective, a possessor or a place ("Russian forces", "rebels in Peru", "King Hussein of Jordan").
"""

from __future__ import annotations

import functools

from spacy.tokens import Token

from copytaster.extract.events.clauses import prepositional
from copytaster.extract.events.dependents import own
from copytaster.extract.story import Cast, Story
from copytaster.knowledge import geography, table
from copytaster.records import Mention

OFFICES = frozenset({"president", "premier", "minister", "chancellor", "secretary", "king", "queen"})

MAX_DEPTH = 3

PARTS = frozenset(
    {"north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "greater"}
)
"""Parts of a country: "southern Lebanon" lies in Lebanon. "South Korea" is found as a whole before."""


@functools.cache
def group_countries() -> dict[str, str]:
    """Armed groups, movements, parties and forces -> the country they act in, from `groups.tsv`."""
    return {row["name"].casefold(): row["country"] for row in table("groups.tsv")}


@functools.cache
def officeholder_countries() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Full name -> country, surname -> country of today's, surname -> country of all; ambiguous ones are out.

    A surname of the past needs a title beside it ("President [Reagan]").
    """
    full: dict[str, set[str]] = {}
    surname: dict[str, set[str]] = {}
    titled: dict[str, set[str]] = {}
    for row in table("officeholders.tsv"):
        if len(row["of"]) == 2:
            full.setdefault(row["name"], set()).add(row["of"])
            surname.setdefault(row["name"].split()[-1], set()).add(row["of"])
    for row in table("past_leaders.tsv"):
        for name in row["name"].split("|"):
            full.setdefault(name, set()).add(row["of"])
            titled.setdefault(name.split()[-1], set()).add(row["of"])
    return (
        {name: min(of) for name, of in full.items() if len(of) == 1},
        {name: min(of) for name, of in surname.items() if len(of) == 1},
        {
            name: min(of)
            for name in surname | titled
            if len(of := surname.get(name, set()) | titled.get(name, set())) == 1
        },
    )


class Affiliations:
    """The story's cast and countries, as asked for by token. One per article: it remembers what it looked up."""

    def __init__(self, story: Story, cast: Cast) -> None:
        self.story = story
        self.cast = cast
        self._countries: dict[int, str | None] = {}
        self._entity_countries: dict[int, str | None] = {}
        self._mentions: dict[int, list[Mention]] = {}
        for mention in cast.mentions:
            self._mentions.setdefault(mention.entity, []).append(mention)
        self._ent_of: dict[int, tuple[int, int]] = {}
        for ent in story.doc.ents:
            for token in ent:
                self._ent_of[token.i] = (ent.start, ent.end)

    def country_of(self, token: Token) -> str | None:
        """The country that the word itself names or belongs to: Peru, Peruvian, Lima, the Kremlin, Hamas."""
        if token.i not in self._countries:
            self._countries[token.i] = self._find_country(token)
        return self._countries[token.i]

    def entity_country(self, number: int) -> str | None:
        """The country of an entity: its own, or what its name or one of its mentions says ("King Hassan of Morocco")."""
        if number not in self._entity_countries:
            self._entity_countries[number] = None  # what the mentions lead back to counts once
            self._entity_countries[number] = self._find_entity_country(number)
        return self._entity_countries[number]

    def _find_entity_country(self, number: int) -> str | None:
        entity = self.cast.entities[number]
        if entity.country and not self.is_named_by_attitude(number):
            return entity.country
        if found := group_countries().get(entity.name.casefold()):
            return found
        if entity.type != "PERSON":
            words = entity.name.split()
            for size in (3, 2, 1):
                for at in range(len(words) - size + 1):
                    text = " ".join(words[at : at + size])
                    if text[:1].isupper() and (found := country_named(text)):
                        return found
        else:
            full, surname, of_title = officeholder_countries()
            if found := full.get(entity.name):
                return found
            titled = any(title in OFFICES for name in entity.titles for title in name.casefold().split())
            last = entity.name.split()[-1]
            if found := of_title.get(last) if titled else surname.get(last) if " " not in entity.name else None:
                return found
        for mention in self._mentions.get(number, [])[:6]:
            if mention.kind == "pronoun":
                continue
            head = self.head_of(mention)
            if head.dep_ == "compound":
                continue
            if found := self.phrase_country(head, 1, is_entity=True, is_person=entity.type == "PERSON"):
                return found
        return None

    def is_named_by_attitude(self, number: int) -> bool:
        """Whether a description says only for or against whom somebody is: "an anti-Chile journalist"."""
        mentions = self._mentions.get(number, [])
        if not mentions or any(m.kind == "name" for m in mentions):
            return False
        words = own(self.head_of(mentions[0]), "amod", "compound", "nmod")
        return any(is_attitude(word) for word in words if word.text[:1].isupper())

    def head_of(self, mention: Mention) -> Token:
        """The syntactic head of a mention."""
        last = self.story.token_at(mention.span.end - 1)
        while last.head != last and mention.span.start <= last.head.idx < mention.span.end:
            last = last.head
        return last

    def _find_country(self, token: Token) -> str | None:
        mention = self.cast.mention_of(token)
        is_meant = mention is not None and (mention.kind != "nominal" or self.cast.mention_headed_by(token) is mention)
        if mention is not None and is_meant and (found := self.entity_country(mention.entity)):
            return found
        texts = []
        if token.i in self._ent_of:
            start, end = self._ent_of[token.i]
            texts.append(self.story.doc[start:end].text)
        if token.pos_ in ("PROPN", "ADJ", "NOUN") and token.text[:1].isupper():
            left = token.nbor(-1) if token.i > token.sent.start else None
            if left is not None and left.text[:1].isupper():
                texts.append(f"{left.text} {token.text}")
            texts.append(token.text)
        for text in texts:
            if found := country_named(text):
                return found
        return None

    def phrase_country(
        self, head: Token, depth: int = 0, *, is_entity: bool = False, is_person: bool = False
    ) -> str | None:
        """The country of a person or group: by its own name, its adjective, possessor, or place."""
        if not is_entity and (found := self.country_of(head)):
            return found
        parts = own(head, "amod", "compound", "poss", "nmod", "nummod")
        parts.sort(key=lambda part: part.pos_ == "PRON")  # "his Chilean counterpart" is Chile's
        for part in parts:
            for word in (part, *own(part, "amod", "compound", "poss", "npadvmod", "advmod")):
                if not is_attitude(word) and (found := self.country_of(word)):
                    return found
        if depth < MAX_DEPTH:
            named = ("of",) if is_person and head.pos_ == "PROPN" else ("of", "in", "from", "for", "at")
            if head.lemma_.lower() in ("party", "side"):  # "parties to the conflict in Peru"
                named = (*named, "to")
            for target in prepositional(head, *named):
                if found := self.phrase_country(target, depth + 1):
                    return found
            for clause in (
                () if is_person and head.pos_ == "PROPN" else own(head, "acl", "relcl")
            ):  # "refugees fleeing the war in Liberia", "an envoy based in Lima"
                near = prepositional(clause, "in", "from", "at", "near") + own(clause, "dobj")
                for target in near if clause.tag_ in ("VBG", "VBN") else ():
                    if found := self.phrase_country(target, depth + 2):
                        return found
            for apposition in own(head, "appos"):
                if found := self.phrase_country(apposition, depth + 1):
                    return found
        return None


def is_attitude(word: Token) -> bool:
    """Whether the word is part of a compound that says for or against whom something is, not whose: "anti-Syria"."""
    doc = word.doc
    before = doc[word.i - 2].lower_ if word.i > 1 and doc[word.i - 1].text == "-" else ""
    after = doc[word.i + 2].lower_ if word.i + 2 < len(doc) and doc[word.i + 1].text == "-" else ""
    if word.lower_.startswith(("anti-", "pro-")) or word.lower_ in ("-", "anti", "pro", "non"):
        return True  # the parts before the name, where the whole compound is one entity
    return before in ("anti", "pro", "non") or after in (
        "led",
        "backed",
        "made",
        "built",
        "occupied",
        "sponsored",
        "funded",
        "owned",
        "supplied",
    )


@functools.lru_cache(maxsize=8192)
def country_named(text: str) -> str | None:
    """The country that a name, demonym, capital, seat of government or known group stands for."""
    return (
        geography.country_of_name(text)
        or geography.country_of_demonym(text)
        or geography.country_of_capital(text)
        or geography.country_of_seat(text)
        or group_countries().get(text.casefold())
        or (
            country_named(text.partition(" ")[2])
            if text.partition(" ")[0].casefold() in PARTS and " " in text
            else None
        )
    )
