"""Who takes part in an event, and where: the phrases around a predicate as participants and places.

Participants are entities of the cast, each with its country; a group without an entity ("Russian forces", "police in
Lima") stands under its own words, with the country that its adjective, possessor or place gives.
"""

from __future__ import annotations

import functools

from spacy.tokens import Token

from copytaster.extract.clauses import (
    antecedent,
    coordinated,
    holder,
    is_passive,
    is_verbal,
    objects,
    own,
    prepositional,
    subjects,
)
from copytaster.extract.predicates import PERSONAL, Match, in_class, is_agent, light_role, noun_classes
from copytaster.extract.story import Cast, Story
from copytaster.knowledge import geography, table
from copytaster.records import Entity, EventPlace, Participant, PlaceRole

ACTING_TYPES = frozenset({"PERSON", "ORG", "GPE", "NORP", "OTHER"})
PLACE_TYPES = frozenset({"GPE", "LOC", "FAC"})

RECIPIENT_PREPOSITIONS = (
    "against",
    "on",
    "upon",
    "to",
    "at",
    "with",
    "toward",
    "towards",
    "from",
    "over",
    "for",
    "of",
    "between",
    "into",
)
"""At whom an act is directed, the surest first: "sanctions against Peru", "a visit to Peru"."""

ACTOR_PREPOSITIONS = ("by", "from")
PLACE_ROLES: dict[str, PlaceRole] = {
    "in": "location", "at": "location", "near": "location", "off": "location", "outside": "location", "on": "location",
    "along": "location", "across": "location", "inside": "location", "around": "location", "throughout": "location",
    "from": "origin", "to": "destination", "into": "destination", "toward": "destination", "towards": "destination",
}  # fmt: skip

MOVES = frozenset({"deport", "withdraw", "visit", "troops", "relocate"})
"""Modes of events that go somewhere: only there does "to Qatar" name a destination and not a recipient."""

MAX_DEPTH = 3


@functools.cache
def group_countries() -> dict[str, str]:
    """Armed groups, movements, parties and forces -> the country they act in, from `groups.tsv`."""
    return {row["name"].casefold(): row["country"] for row in table("groups.tsv")}


class Parties:
    """The story's cast and countries, as asked for by token. One per article: it remembers what it looked up."""

    def __init__(self, story: Story, cast: Cast) -> None:
        self.story = story
        self.cast = cast
        self._countries: dict[int, str | None] = {}
        self._ent_of: dict[int, tuple[int, int]] = {}
        for ent in story.doc.ents:
            for token in ent:
                self._ent_of[token.i] = (ent.start, ent.end)

    def country_of(self, token: Token) -> str | None:
        """The country that the word itself names or belongs to: Peru, Peruvian, Lima, the Kremlin, Hamas."""
        if token.i not in self._countries:
            self._countries[token.i] = self._find_country(token)
        return self._countries[token.i]

    def _find_country(self, token: Token) -> str | None:
        mention = self.cast.mention_of(token)
        if mention is not None:
            entity = self.cast.entities[mention.entity]
            if entity.country:
                return entity.country
            if found := group_countries().get(entity.name.casefold()):
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

    def phrase_country(self, head: Token, depth: int = 0) -> str | None:
        """The country of a person or group: by its own name, its adjective, possessor, or place."""
        if found := self.country_of(head):
            return found
        parts = own(head, "amod", "compound", "poss", "nmod", "nummod")
        for part in parts:
            for word in (part, *own(part, "amod", "compound", "poss", "npadvmod", "advmod")):
                if found := self.country_of(word):
                    return found
        if depth < MAX_DEPTH:
            for target in prepositional(head, "of", "in", "from", "for", "at"):
                if found := self.phrase_country(target, depth + 1):
                    return found
            for apposition in own(head, "appos"):
                if found := self.phrase_country(apposition, depth + 1):
                    return found
        return None

    def participants(self, head: Token, *, allow_outlet: bool = True) -> list[Participant]:
        """The head and what is coordinated with it, as participants; things that cannot act are left out."""
        found: list[Participant] = []
        for token in coordinated(head):
            for one in self.one(token, allow_outlet=allow_outlet):
                if one not in found:
                    found.append(one)
        return found

    def one(self, token: Token, *, allow_outlet: bool = True, depth: int = 0) -> list[Participant]:
        """The participant that one phrase head names, in a list; empty when it names none."""
        token = antecedent(token)
        mention = self.cast.mention_headed_by(token) or self.cast.mention_of(token)
        if mention is not None and (mention.kind != "name" or token.dep_ not in ("compound",)):
            entity = self.cast.entities[mention.entity]
            covered = entity.name if mention.kind == "name" else mention.text
            if entity.is_outlet and not allow_outlet:
                return []
            if entity.type in ACTING_TYPES or (entity.type == "LOC" and entity.country):
                country = entity.country or group_countries().get(entity.name.casefold()) or self.phrase_country(token)
                return [Participant(entity.name or covered, mention.entity, country)]
            if not self.country_of(token):
                return []
        if token.lemma_.lower() in noun_classes()["partitive"] or token.pos_ == "NUM":
            inner = (
                [p for t in prepositional(token, "of") for p in self.one(t, allow_outlet=allow_outlet, depth=depth + 1)]
                if depth < MAX_DEPTH
                else []
            )
            if inner:
                return inner
        if token.lower_ in PERSONAL or token.pos_ == "PRON":
            return []
        country = self.phrase_country(token)
        if not is_agent(token) and not self.country_of(token):
            return []
        if token.pos_ == "ADJ" and not country:
            return []
        return [Participant(self.words(token), None, country)]

    def words(self, head: Token) -> str:
        """The phrase as a name: the head with its modifiers, without article and what follows."""
        parts = [t for t in head.lefts if t.dep_ in ("amod", "compound", "nmod", "poss", "nummod")]
        first = head
        for part in parts:
            left = part.left_edge
            if left.i < first.i and left.dep_ not in ("det",):
                first = left
            elif left.i < first.i and left.i + 1 < head.i:
                first = left.nbor(1)
        return self.story.doc[first.i : head.i + 1].text

    def inside(self, head: Token, depth: int = 0, *, allow_outlet: bool = True) -> list[Participant]:
        """Those whom a thing belongs to or is about: "Palestinian homes", "a curfew in Lima", "ties with Peru"."""
        found: list[Participant] = []
        for word in own(head, "poss"):
            found += self.participants(word, allow_outlet=allow_outlet)
        for word in own(head, "amod", "compound", "nmod"):
            if self.country_of(word) and not self.names_more(word):
                found += self.one(word, allow_outlet=allow_outlet) or [
                    Participant(word.text, None, self.country_of(word))
                ]
        if found or depth >= MAX_DEPTH:
            return found
        for preposition in (*RECIPIENT_PREPOSITIONS, "in"):
            for target in prepositional(head, preposition):
                found += self.participants(target, allow_outlet=allow_outlet) or self.inside(
                    target, depth + 1, allow_outlet=allow_outlet
                )
            if found:
                return found
        return found

    def names_more(self, word: Token) -> bool:
        """Whether the word is only a part of a longer name that names no country ("New York" in "New York Post")."""
        mention = self.cast.mention_of(word)
        return (
            mention is not None
            and mention.span.end > word.idx + len(word)
            and not self.cast.entities[mention.entity].country
        )

    def places(self, match: Match, mode: str | None) -> tuple[EventPlace, ...]:
        """Where it happens, comes from and goes to."""
        bearers = [match.head]
        if match.governor is not None:
            bearers.append(match.governor)
        if is_verbal(match.head):
            bearers += objects(match.head)[:1]
        found: list[EventPlace] = []
        for bearer in bearers:
            for child in bearer.children:
                if child.dep_ not in ("prep", "agent") or child.lower_ not in PLACE_ROLES:
                    continue
                role = PLACE_ROLES[child.lower_]
                if role == "destination" and mode not in MOVES and child.lower_ not in ("into",):
                    continue
                for target in [t for p in own(child, "pobj") for t in coordinated(p)]:
                    if (place := self.place(target, role)) and all(place.name != other.name for other in found):
                        found.append(place)
        return tuple(found)

    def place(self, token: Token, role: PlaceRole) -> EventPlace | None:
        """The place that the token names."""
        mention = self.cast.mention_of(token)
        if mention is not None:
            entity: Entity = self.cast.entities[mention.entity]
            if entity.type in PLACE_TYPES:
                return EventPlace(entity.name, role, mention.entity, entity.country)
            return None
        if token.ent_type_ in PLACE_TYPES and (country := self.country_of(token)):
            return EventPlace(token.text, role, None, country)
        return None


def country_named(text: str) -> str | None:
    """The country that a name, demonym, capital, seat of government or known group stands for."""
    return (
        geography.country_of_name(text)
        or geography.country_of_demonym(text)
        or geography.country_of_capital(text)
        or geography.country_of_seat(text)
        or group_countries().get(text.casefold())
    )


def unique(found: list[Participant], without: tuple[Participant, ...] = ()) -> tuple[Participant, ...]:
    """Each participant once, by entity or else by name, without those of another role."""
    seen = {key(p) for p in without}
    kept = []
    for one in found:
        if key(one) not in seen:
            seen.add(key(one))
            kept.append(one)
    return tuple(kept)


def key(participant: Participant) -> tuple[int, str]:
    """What tells participants apart: the entity, or without one the name."""
    return (participant.entity, "") if participant.entity is not None else (-1, participant.name.casefold())


def participants_of(match: Match, parties: Parties) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
    """Actors and recipients of the event that the predicate reports."""
    if match.predicate.part_of_speech == "n":
        actors, recipients = noun_participants(match, parties)
    else:
        actors, recipients = verb_participants(match, parties)
    roles = match.predicate.roles.split()
    if "sym" in roles:
        return unique([*actors, *recipients]), ()
    if "swap" in roles:
        actors, recipients = recipients, actors
    return unique(actors), unique(recipients, without=unique(actors))


def verb_participants(match: Match, parties: Parties) -> tuple[list[Participant], list[Participant]]:
    """Who does it and to whom, of a verb or predicative adjective."""
    head = match.head
    bearer = head
    if head.pos_ == "ADJ" and head.dep_ in ("acomp", "attr", "oprd") and is_verbal(head.head):
        bearer = head.head
    agents = subjects(bearer) if is_verbal(bearer) else holder(bearer) or ([head.head] if head.dep_ == "amod" else [])
    actors = [p for t in agents for p in parties.participants(t, allow_outlet=False) or group_behind(t, parties)]
    roles = match.predicate.roles.split()
    if "intr" in roles:
        return actors, []
    recipients: list[Participant] = []
    things: list[Token] = []
    for token in objects(head):
        found = parties.participants(token)
        recipients += found
        things += [] if found else [token]
    if recipients and all(is_thing(t) for t in objects(head)):
        things = list(objects(head))
    by_preposition: list[Participant] = []
    for preposition in RECIPIENT_PREPOSITIONS:
        if preposition in ("from", "for", "of", "over", "into") and (recipients or by_preposition):
            break
        for target in prepositional(head, preposition):
            if is_verbal(target):
                continue
            by_preposition += parties.participants(target) or (
                [] if target.ent_type_ in ("DATE", "TIME") else parties.inside(target)
            )
        if by_preposition:
            break
    if "sym" in roles or not recipients or not match.predicate.slots:
        recipients += by_preposition if "sym" in roles or not recipients else []
    if not recipients:
        recipients = [p for token in things for p in parties.inside(token)]
    if not recipients and not things:
        recipients = (
            [p for t in prepositional(head, "in") if not is_verbal(t) for p in parties.participants(t) if p.country]
            if directed(match)
            else []
        )
    if not recipients and things and directed(match):
        recipients = [p for t in prepositional(head, "in") for p in parties.participants(t) if p.country]
    return actors, recipients


def directed(match: Match) -> bool:
    """Whether the type needs somebody at whom it is directed, so that the place may stand for them ("curfew in Lima")."""
    return match.predicate.event_type in ("COERCE", "ASSAULT", "SANCTION", "AID", "CONCEDE", "RETREAT", "THREATEN")


def is_thing(token: Token) -> bool:
    """Whether the phrase names no one who can act."""
    return not is_agent(token)


def group_behind(token: Token, parties: Parties) -> list[Participant]:
    """Whoever stands behind a thing that acts: "Israeli bulldozers demolished", "a French warship shelled"."""
    if token.lower_ in PERSONAL or token.pos_ == "PRON" or in_class(token, "explosive"):
        return []
    return parties.inside(token, 2, allow_outlet=False)


def noun_participants(match: Match, parties: Parties) -> tuple[list[Participant], list[Participant]]:
    """Who does it and to whom, of an event noun: "Russia's strike on Kyiv", "the arrest of activists by police"."""
    head, governor = match.head, match.governor
    roles = match.predicate.roles.split()
    actors: list[Participant] = []
    recipients: list[Participant] = []
    owners = [p for t in own(head, "poss") for p in parties.participants(t, allow_outlet=False)]
    adjectives = [
        p
        for t in own(head, "amod", "compound", "nmod")
        if not (match.first.i <= t.i <= match.last.i) and parties.country_of(t) and not parties.names_more(t)
        for p in parties.one(t, allow_outlet=False) or [Participant(t.text, None, parties.country_of(t))]
    ]
    by = [p for t in prepositional(head, "by") for p in parties.participants(t, allow_outlet=False)]
    of = [p for t in prepositional(head, "of") for p in parties.participants(t) or parties.inside(t)]
    if "of=act" in roles:
        actors += of
    elif "of=none" not in roles:
        recipients += of
    actors += by or owners or adjectives
    if by and owners and not recipients:
        recipients += owners
    elif "of=obj" in roles and owners and not of and not by:  # "the activist's arrest"
        actors, recipients = [], owners
    role = light_role(head, governor)
    if governor is not None and role in ("actor", "recipient"):
        side = [
            p
            for t in subjects(governor)
            for p in parties.participants(t, allow_outlet=False) or group_behind(t, parties)
        ]
        if role == "actor":
            if actors and not by and side and not recipients and "of=act" not in roles and "sym" not in roles:
                recipients += actors  # "Iran launched its Gulf offensive"
                actors = []
            actors = side + actors if "sym" in roles else side or actors
        else:
            recipients += side
            given = [
                p for t in prepositional(governor, "from", "by") for p in parties.participants(t, allow_outlet=False)
            ]
            actors += given
    bearers = [head, *([governor] if governor is not None and role else [])]
    for bearer in bearers:
        for preposition in (
            "against",
            "on",
            "upon",
            "between",
            "with",
            "to",
            "at",
            "toward",
            "towards",
            "among",
            "for",
            "into",
            "from",
        ):
            if bearer is governor and preposition in ("for", "from", "at"):
                continue
            for target in prepositional(bearer, preposition):
                if target.ent_type_ in ("DATE", "TIME"):
                    continue
                recipients += parties.participants(target) or (
                    parties.inside(target) if preposition in ("against", "on", "with") else []
                )
            if recipients and "sym" not in roles:
                break
        if recipients and "sym" not in roles:
            break
    if (
        governor is not None
        and not recipients
        and governor.lemma_ in ("kill", "wound", "injure", "hit", "strike", "target")
        and not is_passive(governor)
    ):
        recipients += [p for t in objects(governor) for p in parties.participants(t)]
    if not recipients and directed(match):
        recipients += [p for b in bearers for t in prepositional(b, "in") for p in parties.participants(t) if p.country]
    return actors, recipients
