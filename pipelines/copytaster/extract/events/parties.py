"""The parties of a story: phrases as participants and places of events.

Participants are entities of the cast, each with its country; a group without an entity ("Russian forces", "police in
Lima") stands under its own words, with the country that its adjective, possessor or place gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Token

from copytaster.extract.events.affiliation import Affiliations, is_attitude
from copytaster.extract.events.clauses import antecedent, coordinated, objects, prepositional
from copytaster.extract.events.dependents import is_verbal, own
from copytaster.extract.events.misparses import swallowed
from copytaster.extract.events.noun_kinds import PERSONAL, before_hyphen, in_class, is_agent, noun_classes
from copytaster.extract.events.triggers import Match
from copytaster.extract.story import Cast, Story
from copytaster.knowledge import geography
from copytaster.records import Entity, EventPlace, Participant, PlaceRole

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
    "alongside",
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

PLACE_ROLES: dict[str, PlaceRole] = {
    "in": "location", "at": "location", "near": "location", "off": "location", "outside": "location", "on": "location",
    "along": "location", "through": "location", "across": "location", "inside": "location", "around": "location", "throughout": "location",
    "from": "origin", "to": "destination", "into": "destination", "toward": "destination", "towards": "destination",
}  # fmt: skip

MOVES = frozenset({"deport", "withdraw", "visit", "troops", "relocate"})
"""Modes of events that go somewhere: only there does "to Qatar" name a destination and not a recipient."""

ABROAD = frozenset({"president", "minister", "general", "commander", "government", "party", "king", "queen"})
"""Descriptions of those who are as often another country's: only a former one is taken for one's own."""

GROUND = frozenset({"airspace", "water", "coast", "soil", "territory", "frontier", "skies", "shore", "mainland"})
"""Nouns that with a country's adjective name a place."""

MAX_DEPTH = 3


class Parties(Affiliations):
    """The story's participants and places, as asked for by token."""

    def __init__(self, story: Story, cast: Cast) -> None:
        super().__init__(story, cast)
        self.at_home: set[int] = set()
        """Entities that a description makes their own country's: see `is_described_at_home`."""

    def is_inside_name(self, match: Match) -> bool:
        """Whether an event noun is only a part of somebody's name: "the National [Rally]", "a [Strike] Force"."""
        mention = self.cast.mention_of(match.head)
        if mention is None or mention.kind != "name" or match.head.pos_ != "PROPN":
            return False
        is_longer = mention.span.end - mention.span.start > match.last.idx + len(match.last) - match.first.idx
        return is_longer and self.cast.entities[mention.entity].type in ("PERSON", "ORG", "WORK", "PRODUCT", "LAW")

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
        described, token = token, self.named_beside(token)
        mention = self.cast.mention_headed_by(token) or self.cast.mention_of(token)
        if mention is not None and mention.kind == "nominal" and (several := self.of_several(token)):
            return several
        if mention is not None and (mention.kind != "name" or token.dep_ != "compound"):
            entity = self.cast.entities[mention.entity]
            covered = entity.name if mention.kind == "name" else mention.text
            if entity.is_outlet and not allow_outlet:
                return []
            if self.is_described_at_home(token):
                self.at_home.add(mention.entity)
            if entity.type in ACTING_TYPES or (entity.type == "LOC" and entity.country):
                country = self.entity_country(mention.entity) or self.phrase_country(described)
                return [Participant(entity.name or covered, mention.entity, country)]
            if entity.type in ("EVENT", "LAW", "WORK", "PRODUCT") or not self.country_of(token):
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
        if token.pos_ == "ADJ" and not country and before_hyphen(token) is None:
            return []
        return self.of_several(token) or [Participant(self.words(token), None, country)]

    def named_beside(self, token: Token) -> Token:
        """The name that explains a description: "his Peruvian counterpart, Ann Moran"."""
        if token.tag_ != "NN":
            return token
        for name in own(token, "appos"):
            if name.ent_type_ == "PERSON" and name.i > token.i and not own(name, "cc"):
                mention = self.cast.mention_of(name)
                if mention is not None and mention.kind == "name":
                    return name
        return token

    def of_several(self, head: Token) -> list[Participant]:
        """A group for each country that a plural names: "Indian and Russian troops", "ministers of Greece and Turkey"."""
        if head.tag_ not in ("NNS", "NNPS"):
            return []
        for word in own(head, "amod", "nmod", "compound"):
            parts = [t for t in coordinated(word) if self.country_of(t)]
            if len(parts) > 1:
                return [Participant(f"{t.text} {head.text}", None, self.country_of(t)) for t in parts]
        for word in prepositional(head, "of", "from", "in"):
            parts = [t for t in coordinated(word) if self.country_of(t)]
            if len(parts) > 1:
                return [Participant(f"{head.text} of {t.text}", None, self.country_of(t)) for t in parts]
        return []

    def is_described_at_home(self, token: Token) -> bool:
        """Whether the name comes with a description of one's own country's people: "opposition leader Ann Moran"."""
        names = {t.lower_ for t in token.doc[token.left_edge.i : token.i]}
        for part in own(token, "compound", "nmod", "amod", "appos"):
            lemma = part.lemma_.lower()
            if in_class(part, "domestic") and (lemma not in ABROAD or "former" in names):
                return True
        return False

    def words(self, head: Token) -> str:
        """The phrase as a name: the head with its modifiers, without article, and a short complement."""
        parts = [
            t for t in head.lefts if t.dep_ in ("amod", "compound", "nmod", "poss", "nummod") and swallowed(t) is None
        ]
        first = head
        if before_hyphen(head) is not None:  # "a 17-year-old"
            parts = own(head, "npadvmod", "compound")
        for part in parts:
            left = part.left_edge
            if left.tag_ in ("WP$", "WDT"):  # "[whose] former chief"
                left = left.nbor(1)
            if left.i < first.i and left.dep_ != "det":
                first = left
            elif left.i < first.i and left.i + 1 < head.i:
                first = left.nbor(1)
        last = head
        for part in head.rights:  # "members of the council", "vessels suspected of smuggling"
            is_close = part.i == head.i + 1 and (
                (part.lower_ == "of" and head.dep_ != "dobj") or (part.dep_ == "acl" and part.tag_ == "VBN")
            )
            edge = part.right_edge
            if is_close and edge.i - head.i <= 5 and edge.is_alpha:
                last = edge
        return self.story.doc[first.i : last.i + 1].text

    def inside(
        self, head: Token, depth: int = 0, *, allow_outlet: bool = True, allow_scene: bool = True
    ) -> list[Participant]:
        """Those whom a thing belongs to or is about: "Palestinian homes", "a curfew in Lima", "ties with Peru".

        Without `allow_scene` the place in which it is does not count: something may be done to it, but it does nothing.
        """
        found: list[Participant] = []
        for word in own(head, "poss"):
            if word.pos_ != "PRON":  # "its forces in Peru": the owner is known, the place is news
                found += self.participants(word, allow_outlet=allow_outlet)
        found += self.adjectival(head, allow_outlet=allow_outlet, allow_scene=allow_scene)
        if found or depth >= MAX_DEPTH:
            return found
        for clause in own(head, "acl"):  # "crimes committed by Croat forces"
            for agent in own(clause, "agent"):
                found += [p for t in own(agent, "pobj") for p in self.participants(t, allow_outlet=allow_outlet)]
        if found:
            return found
        for preposition in ("by", *RECIPIENT_PREPOSITIONS, "in", "among"):
            for target in prepositional(head, preposition):
                is_scene = target.ent_type_ in PLACE_TYPES or self.country_of(target) is not None
                if preposition == "in" and not (allow_scene if is_scene else any(target.children)):
                    continue  # "challenge the decision in court"
                found += self.participants(target, allow_outlet=allow_outlet) or self.inside(
                    target, depth + 1, allow_outlet=allow_outlet, allow_scene=allow_scene
                )
            if found:
                return found
        return found

    def adjectival(self, head: Token, *, allow_outlet: bool = True, allow_scene: bool = True) -> list[Participant]:
        """The parties that adjectives and first parts of compounds name: "French and Egyptian [warships]"."""
        found: list[Participant] = []
        for word in own(head, "amod", "compound", "nmod"):
            for part in coordinated(word):
                country = self.country_of(part)
                if (
                    country
                    and part.i < head.i
                    and not (self.names_more(part) or is_attitude(part) or (self.is_scene(part) and not allow_scene))
                ):
                    found += self.one(part, allow_outlet=allow_outlet) or [Participant(part.text, None, country)]
        return found

    def is_scene(self, word: Token) -> bool:
        """Whether it is a town or region before an event noun, which is where and not who: "the [Leeds] arson attack"."""
        mention = self.cast.mention_of(word)
        if mention is None or word.dep_ not in ("compound", "nmod") or mention.metonym_country is not None:
            return False
        entity = self.cast.entities[mention.entity]
        may_be_state = geography.country_of_name(entity.name) or geography.country_of_capital(entity.name)
        return entity.type == "GPE" and may_be_state is None  # "Beijing sanctions"

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
        is_elsewhere = bearer.lemma_ in ("base", "camp", "embassy", "post") and prepositional(
            bearer, "in", "at", "near"
        )
        if (in_class(bearer, "territory") or bearer.lemma_ in GROUND) and not is_elsewhere:
            for word in own(bearer, "amod", "compound", "poss", "nmod"):
                if (country := self.country_of(word)) and not is_attitude(word):
                    mention = self.cast.mention_of(word)
                    if mention and self.cast.entities[mention.entity].type not in (*PLACE_TYPES, "NORP"):
                        mention = None  # "our ports": the speaker's country, not the speaker
                    name = self.cast.entities[mention.entity].name if mention else geography.country_name(country)
                    yield EventPlace(name, "location", mention.entity if mention else None, country)
        if depth == 0 and bearer.pos_ == "NOUN":
            scenes = [word for word in own(bearer, "compound", "nmod") if self.is_scene(word)]
            yield from (place for word in scenes if (place := self.place(word, "location")))
        for child in bearer.children:
            if child.dep_ not in ("prep", "agent"):
                continue
            role = PLACE_ROLES.get(child.lower_)
            targets = [t for p in own(child, "pobj") for t in coordinated(p)]
            if role is not None and (role != "destination" or mode in MOVES or child.lower_ == "into"):
                for target in targets:
                    if target.ent_type_ in ("GPE", "NORP") and child.lower_ in ("on", "at"):
                        continue  # "sanctions on Peru", "fired at Israel": a target, not a scene
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
