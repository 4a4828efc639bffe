"""Who takes part in an event, and where: the phrases around a predicate as participants and places.

Participants are entities of the cast, each with its country; a group without an entity ("Russian forces", "police in
Lima") stands under its own words, with the country that its adjective, possessor or place gives.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Token

from copytaster.extract.clauses import (
    antecedent,
    complements,
    coordinated,
    holder,
    is_passive,
    is_verbal,
    objects,
    own,
    prepositional,
    subjects,
    surface_subjects,
)
from copytaster.extract.predicates import (
    PEOPLE_VALUES,
    PERSONAL,
    Match,
    in_class,
    is_agent,
    light_role,
    looked_through,
    noun_classes,
)
from copytaster.extract.story import Cast, Story
from copytaster.knowledge import geography, table
from copytaster.records import Entity, EventPlace, Mention, Participant, PlaceRole

REFLEXIVES = frozenset({"himself", "herself", "itself", "themselves", "ourselves", "myself", "yourself"})
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

OFFICES = frozenset({"president", "premier", "minister", "chancellor", "secretary", "king", "queen"})

GROUND = frozenset({"airspace", "water", "coast", "soil", "territory", "frontier", "skies", "shore", "mainland"})
"""Nouns that with a country's adjective name a place."""

MAX_DEPTH = 3

PARTS = frozenset(
    {"north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "greater"}
)
"""Parts of a country: "southern Lebanon" lies in Lebanon. "South Korea" is found as a whole before."""

INSTRUMENTS = frozenset({"AID", "AGREE", "MOBILIZE", "RETREAT", "CONCEDE"})
"""Types in which troops, inspectors and the like are sent or taken back: what is moved, not whom it is done to."""


@functools.cache
def group_countries() -> dict[str, str]:
    """Armed groups, movements, parties and forces -> the country they act in, from `groups.tsv`."""
    return {row["name"].casefold(): row["country"] for row in table("groups.tsv")}


@functools.cache
def officeholder_countries() -> tuple[dict[str, str], dict[str, str]]:
    """Full name -> country, and surname -> country, of those in the table of office holders; ambiguous ones are out."""
    full: dict[str, set[str]] = {}
    surname: dict[str, set[str]] = {}
    for row in table("officeholders.tsv"):
        if len(row["of"]) == 2:
            full.setdefault(row["name"], set()).add(row["of"])
            surname.setdefault(row["name"].split()[-1], set()).add(row["of"])
    return (
        {name: min(of) for name, of in full.items() if len(of) == 1},
        {name: min(of) for name, of in surname.items() if len(of) == 1},
    )


class Parties:
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
        if entity.country:
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
            full, surname = officeholder_countries()
            if found := full.get(entity.name):
                return found
            titled = any(title in OFFICES for name in entity.titles for title in name.casefold().split())
            if titled and (found := surname.get(entity.name.split()[-1])):
                return found
        for mention in self._mentions.get(number, [])[:6]:
            if mention.kind == "pronoun":
                continue
            head = self.head_of(mention)
            if found := self.phrase_country(head, 1, is_entity=True):
                return found
        return None

    def head_of(self, mention: Mention) -> Token:
        """The syntactic head of a mention."""
        last = self.story.token_at(mention.span.end - 1)
        while last.head != last and mention.span.start <= last.head.idx < mention.span.end:
            last = last.head
        return last

    def _find_country(self, token: Token) -> str | None:
        mention = self.cast.mention_of(token)
        if mention is not None and (mention.kind != "nominal" or self.cast.mention_headed_by(token) is mention):
            if found := self.entity_country(mention.entity):
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

    def phrase_country(self, head: Token, depth: int = 0, *, is_entity: bool = False) -> str | None:
        """The country of a person or group: by its own name, its adjective, possessor, or place."""
        if not is_entity and (found := self.country_of(head)):
            return found
        parts = own(head, "amod", "compound", "poss", "nmod", "nummod")
        for part in parts:
            for word in (part, *own(part, "amod", "compound", "poss", "npadvmod", "advmod")):
                if not is_attitude(word) and (found := self.country_of(word)):
                    return found
        if depth < MAX_DEPTH:
            for target in prepositional(head, "of", "in", "from", "for", "at"):
                if found := self.phrase_country(target, depth + 1):
                    return found
            for clause in own(head, "acl", "relcl"):  # "refugees fleeing the war in Liberia", "an envoy based in Lima"
                near = prepositional(clause, "in", "from", "at", "near") + own(clause, "dobj")
                for target in near if clause.tag_ in ("VBG", "VBN") else ():
                    if found := self.phrase_country(target, depth + 2):
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
        if token.lower_ in REFLEXIVES:
            return []
        mention = self.cast.mention_headed_by(token) or self.cast.mention_of(token)
        if mention is not None and (mention.kind != "name" or token.dep_ not in ("compound",)):
            entity = self.cast.entities[mention.entity]
            covered = entity.name if mention.kind == "name" else mention.text
            if entity.is_outlet and not allow_outlet:
                return []
            if entity.type in ACTING_TYPES or (entity.type == "LOC" and entity.country):
                country = self.entity_country(mention.entity) or self.phrase_country(token)
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
            if word.pos_ != "PRON":  # "its forces in Peru": the owner is known, the place is news
                found += self.participants(word, allow_outlet=allow_outlet)
        for word in own(head, "amod", "compound", "nmod"):
            if self.country_of(word) and not self.names_more(word):
                found += self.one(word, allow_outlet=allow_outlet) or [
                    Participant(word.text, None, self.country_of(word))
                ]
        if found or depth >= MAX_DEPTH:
            return found
        for clause in own(head, "acl"):  # "crimes committed by Croat forces"
            for agent in own(clause, "agent"):
                found += [p for t in own(agent, "pobj") for p in self.participants(t, allow_outlet=allow_outlet)]
        if found:
            return found
        for preposition in ("by", *RECIPIENT_PREPOSITIONS, "in", "among"):
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
        found: dict[str, EventPlace] = {}
        for bearer in bearers:
            for place in self.places_at(bearer, mode):
                found.setdefault(place.name, place)
        return tuple(found.values())

    def places_at(self, bearer: Token, mode: str | None, depth: int = 0) -> Iterator[EventPlace]:
        """The places in the prepositions of a word, and what its adjective says of a territory ("Peruvian airspace")."""
        if in_class(bearer, "territory") or bearer.lemma_ in GROUND:
            for word in own(bearer, "amod", "compound", "poss", "nmod"):
                if (country := self.country_of(word)) and not is_attitude(word):
                    mention = self.cast.mention_of(word)
                    name = self.cast.entities[mention.entity].name if mention else geography.country_name(country)
                    yield EventPlace(name, "location", mention.entity if mention else None, country)
        for child in bearer.children:
            if child.dep_ not in ("prep", "agent"):
                continue
            role = PLACE_ROLES.get(child.lower_)
            targets = [t for p in own(child, "pobj") for t in coordinated(p)]
            if role is not None and (role != "destination" or mode in MOVES or child.lower_ == "into"):
                for target in targets:
                    if place := self.place(target, role):
                        yield place
                    elif depth < 2 and target.ent_type_ not in ("DATE", "TIME"):
                        for inner in self.places_at(target, mode, depth + 1):
                            yield replace(inner, role=role)
            elif child.lower_ == "of" and depth < 2:
                for target in targets:
                    yield from self.places_at(target, mode, depth + 1)

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


def is_attitude(word: Token) -> bool:
    """Whether the word is part of a compound that says for or against whom something is, not whose: "anti-Syria"."""
    doc = word.doc
    before = doc[word.i - 2].lower_ if word.i > 1 and doc[word.i - 1].text == "-" else ""
    after = doc[word.i + 2].lower_ if word.i + 2 < len(doc) and doc[word.i + 1].text == "-" else ""
    if word.lower_.startswith(("anti-", "pro-")):
        return True
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
        sides = unique([*actors, *recipients])
        if len(sides) == 1 and match.predicate.part_of_speech == "n" and match.predicate.event_type == "CONSULT":
            sides = unique([*company(match, parties), *sides])
        return sides, ()
    if "swap" in roles:
        actors, recipients = recipients, actors
    return unique(actors), unique(recipients, without=unique(actors))


def company(match: Match, parties: Parties) -> list[Participant]:
    """The other side of a meeting that is told as a circumstance: "during a call with Peru's president, [she] said"."""
    preposition = match.head.head
    if match.head.dep_ != "pobj" or preposition.lower_ not in ("during", "in", "at", "after", "following", "before"):
        return []
    if not any(c.dep_ == "prep" and c.lower_ in ("with", "to") for c in match.head.children):
        return []
    verb = preposition.head
    return [p for t in subjects(verb) for p in parties.participants(t, allow_outlet=False)] if is_verbal(verb) else []


def verb_participants(match: Match, parties: Parties) -> tuple[list[Participant], list[Participant]]:
    """Who does it and to whom, of a verb or predicative adjective."""
    head = match.head
    bearer = head
    if head.pos_ == "ADJ" and head.dep_ in ("acomp", "attr", "oprd") and is_verbal(head.head):
        bearer = head.head
    agents = subjects(bearer) if is_verbal(bearer) else holder(bearer) or ([head.head] if head.dep_ == "amod" else [])
    if match.predicate.part_of_speech == "a" and is_passive(head):
        agents = surface_subjects(head)  # "is opposed to", "is committed to"
    actors = [p for t in agents for p in parties.participants(t, allow_outlet=False) or group_behind(t, parties)]
    roles = match.predicate.roles.split()
    if "intr" in roles:
        return actors, []
    recipients: list[Participant] = [p for t in own(head, "dative") if t.pos_ != "ADP" for p in parties.participants(t)]
    things: list[Token] = []
    has_receiver = bool(recipients)
    for token in [] if match.predicate.part_of_speech == "a" else objects(head):
        if is_instrument(token, match, has_receiver=has_receiver):
            things.append(token)
            continue
        found = parties.participants(token)
        recipients += found
        things += [] if found else [token]
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
    if "sym" in roles or not recipients:
        recipients += by_preposition
    if not recipients or "sym" in roles:
        recipients += [p for token in things for p in parties.inside(token)]
    if not recipients:  # "threatened to storm [his residence]": whom the clause that completes the verb is about
        for complement in complements(head)[:2]:
            if complement.i > head.i:
                recipients += completing(complement, actors, parties)
    if not recipients and directed(match):
        place = [p for t in prepositional(head, "in") if not is_verbal(t) for p in parties.participants(t) if p.country]
        recipients = [
            p for p in place if all(p.country != a.country for a in actors) or match.predicate.event_type != "MOBILIZE"
        ]
    return actors, recipients


def completing(verb: Token, actors: list[Participant], parties: Parties) -> list[Participant]:
    """Whom a completing clause that is no event of its own is about: its object, what stands behind it, its subject."""
    found = [
        p
        for t in objects(verb)
        if not in_class(looked_through(t), "troops")
        for p in parties.participants(t) or parties.inside(t)
    ]
    for preposition in () if found else RECIPIENT_PREPOSITIONS:
        for target in prepositional(verb, preposition):
            if not is_verbal(target) and target.ent_type_ not in ("DATE", "TIME"):
                found += parties.participants(target) or parties.inside(target)
        if found:
            break
    named = [p for t in own(verb, "nsubj", "nsubjpass") for p in parties.participants(t)]
    known = {key(p) for p in actors}
    return [p for p in named if key(p) not in known] or [p for p in found if key(p) not in known]


def is_instrument(token: Token, match: Match, *, has_receiver: bool) -> bool:
    """Whether the object is what is given, moved or imposed rather than whom it is done to."""
    if has_receiver or match.predicate.event_type == "MOBILIZE":
        return True
    core = looked_through(token)
    if (
        any(c.dep_ == "poss" and c.pos_ == "PRON" for c in token.children)
        and not core.ent_type_
        and in_class(core, "troops")
    ):
        return True  # "strengthened its forces"
    if (
        match.predicate.event_type in INSTRUMENTS
        and match.predicate.mode != "release"
        and not core.ent_type_
        and (in_class(core, "troops") or in_class(core, "peacekeepers") or in_class(core, "police"))
    ):
        return True
    if match.predicate.mode == "investigate" and in_class(core, "peacekeepers"):
        return True
    if token in match.consumed or core in match.consumed:
        accepted = {value for slot in match.predicate.slots if slot.name == "obj" for value in slot.accepted}
        return bool(accepted) and not (accepted & PEOPLE_VALUES) and not core.ent_type_ and not is_agent(core)
    return False


def directed(match: Match) -> bool:
    """Whether the type needs somebody at whom it is directed, so that the place may stand for them ("curfew in Lima")."""
    return match.predicate.event_type in (
        "COERCE",
        "ASSAULT",
        "SANCTION",
        "AID",
        "CONCEDE",
        "RETREAT",
        "THREATEN",
        "MOBILIZE",
    )


def group_behind(token: Token, parties: Parties) -> list[Participant]:
    """Whoever stands behind a thing that acts: "Israeli bulldozers demolished", "a French warship shelled"."""
    if token.lower_ in PERSONAL or token.pos_ == "PRON":
        # unresolved: of what somebody says about "it" or "they" would do, the one who says so is meant
        verb = token.head
        if (
            token.dep_ == "nsubj"
            and verb.dep_ == "ccomp"
            and token.lower_ in ("it", "they", "he", "she")
            and is_verbal(verb.head)
        ):
            return [p for t in own(verb.head, "nsubj") for p in parties.participants(t, allow_outlet=False)]
        return []
    if in_class(token, "explosive"):
        return []
    owners = parties.inside(token, 2, allow_outlet=False)
    if owners or token.dep_ not in ("dobj", "nsubjpass", "pobj") or not is_verbal(token.head):
        return owners
    # "issued a declaration demanding …": whoever issued it demands
    return [p for t in subjects(token.head) for p in parties.participants(t, allow_outlet=False)]


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
    of = [
        p
        for t in prepositional(head, "of")
        if t.i > match.last.i or t.i < match.first.i
        for p in parties.participants(t) or parties.inside(t)
    ]
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
            if bearer == governor and preposition in ("for", "at"):
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
