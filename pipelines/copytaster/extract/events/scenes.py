"""Where an event that names no place of its own happens, and what tells so.

In this order: the place of the clause or sentence around it ("At a rally in Lima, police arrested ten": `sentence`), that
of the happening or of the scene told just before (`scene`), the dateline of an agency's first paragraph (`dateline`). Only
what happens at a place gets one: a fight, a protest, an arrest, an accident; words and decisions do not. Where the
sentence names another place nothing is inferred, and never the outlet's country.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from spacy.tokens import Token

from copytaster.extract.events.clusters import dates_agree
from copytaster.extract.events.dependents import is_verbal, own
from copytaster.extract.events.governors import effect_of, is_speech
from copytaster.extract.events.parties import PLACE_TYPES, Parties
from copytaster.extract.story import Story
from copytaster.knowledge.geography import country_name
from copytaster.records import Event, EventPlace, LocationBasis

BODILY = frozenset({"ASSAULT", "PROTEST"})
BODILY_MODES = frozenset(
    {
        ("COERCE", "arrest"),
        ("COERCE", "seize"),
        ("COERCE", "curfew"),
        ("OTHER", "accident"),
        ("OTHER", "disaster"),
        ("OTHER", "crime"),
        ("OTHER", "death"),
        ("OTHER", "match"),
        ("CONSULT", "multilateral"),
    }
)
"""Types and modes of what happens bodily at one place."""

SCENIC = frozenset({"in", "at", "near", "outside", "inside"})
MONTH = timedelta(days=31)
REACH = 2
"""Sentences back to which a scene reaches, and after the dateline to which it does."""


class Scenes:
    """The places of a story by sentence."""

    def __init__(self, story: Story, parties: Parties) -> None:
        self.story = story
        self.parties = parties
        self.entities = parties.cast.entities
        self.named: dict[int, set[int]] = {}
        for mention in parties.cast.mentions:
            if mention.kind == "name" and self.entities[mention.entity].type in PLACE_TYPES:
                self.named.setdefault(story.sentence_at(mention.span.start), set()).add(mention.entity)

    def placed(self, events: Sequence[Event]) -> list[Event]:
        """The events with the places that their surroundings give them, and the basis of each."""
        found = [self.by_itself(event) for event in events]
        scene: dict[int, tuple[EventPlace, ...]] = {}
        for event in found:
            if len(places := scenery(event)) == 1 and event.is_realized:
                scene.setdefault(event.cluster, places)
        last: Event | None = None
        for number, event in enumerate(found):
            if event.location_basis == "none" and self.may_share(event):
                event = self.by_surroundings(event, scene.get(event.cluster, ()), last)
                found[number] = event
            if is_bodily(event) and event.is_realized and event.location_basis in ("explicit", "sentence"):
                last = event if len(scenery(event)) == 1 else last
        return found

    def may_share(self, event: Event) -> bool:
        """Whether a realised verb tells it, and of no more than a month: a noun ("the killing of …") as often names what
        happened elsewhere, and what went on for years did so in many places.
        """
        if event.date_start is not None and event.date_end is not None and event.date_end - event.date_start > MONTH:
            return False
        return is_bodily(event) and event.is_realized and is_verbal(self.story.token_at(event.trigger.start))

    def by_itself(self, event: Event) -> Event:
        """The event by its own places, else by those of its clause."""
        if event.locations:
            return replace(event, location_basis="explicit")
        if not self.may_share(event):
            return event
        around = list(dict.fromkeys(self.around(self.story.token_at(event.trigger.start))))
        return with_places(event, tuple(around), "sentence") if len(around) == 1 else event

    def by_surroundings(self, event: Event, retold: tuple[EventPlace, ...], last: Event | None) -> Event:
        """The event by another mention of it, by the scene before it, by the dateline."""
        if retold and self.is_free(event, retold):
            return with_places(event, retold, "scene")
        if is_background(self.story.token_at(event.trigger.start)):
            return event
        if last is not None and dates_agree(last, event) and self.is_near(last, event):
            places = scenery(last)
            return with_places(event, places, "scene") if self.is_free(event, places) else event
        filed = self.filed_from(event)
        return with_places(event, filed, "dateline") if filed and self.is_free(event, filed) else event

    def around(self, trigger: Token) -> Iterator[EventPlace]:
        """The places of the verbs above the trigger, as far as what they tell is one scene with it."""
        for verb in verbs_around(trigger):
            for place in self.parties.places_at(verb, None):
                if place.role == "location":
                    yield place

    def is_free(self, event: Event, places: tuple[EventPlace, ...]) -> bool:
        """Whether the event's sentence names no place but these and the country that they lie in."""
        mine = {place.entity for place in places}
        states = {place.country for place in places} - {None}
        others = self.named.get(self.story.sentence_at(event.trigger.start), set()) - mine
        return {self.entities[n].name for n in others} <= {country_name(code) for code in states if code is not None}

    def is_near(self, last: Event, event: Event) -> bool:
        """Whether the scene still reaches to the event."""
        return self.story.sentence_at(event.trigger.start) - self.story.sentence_at(last.trigger.start) <= REACH

    def filed_from(self, event: Event) -> tuple[EventPlace, ...]:
        """The place of the dateline before the event's paragraph."""
        for block in self.story.blocks:
            if block.kind != "dateline":
                continue
            first = self.story.sentence_at(block.end)
            if not 0 <= self.story.sentence_at(event.trigger.start) - first <= REACH:
                continue
            names = [
                m.entity
                for m in self.parties.cast.mentions
                if block.start <= m.span.start < block.end and self.entities[m.entity].type in PLACE_TYPES
            ]
            if names:
                entity = self.entities[names[0]]
                return (EventPlace(entity.name, "location", names[0], entity.country),)
        return ()


def verbs_around(trigger: Token) -> Iterator[Token]:
    """The verbs whose place is the trigger's too: joined to it, or above it but for what is said or explained there."""
    joined = [t for t in trigger.conjuncts if is_verbal(t) and trigger.dep_ != "relcl"]
    # "families clashed in Akkar and groups opened fire in the valley" are two scenes
    yield from (t for t in joined if not own(max(t, trigger, key=lambda verb: verb.i), "nsubj", "nsubjpass"))
    token = trigger
    for _ in range(6):
        head = token.head
        if head == token or token.dep_ in ("relcl", "acl"):
            return
        if is_verbal(head):
            if token.dep_ == "ccomp" or is_speech(effect_of(head)):
                return
            yield head
        token = head


def scenery(event: Event) -> tuple[EventPlace, ...]:
    """Where the event happens, of where it comes from and goes to."""
    return tuple(place for place in event.locations if place.role == "location")


def is_bodily(event: Event) -> bool:
    """Whether it happens at a place, as no word or decision does."""
    return event.event_type in BODILY or (event.event_type, event.event_mode) in BODILY_MODES


def is_background(trigger: Token) -> bool:
    """Whether the clause tells of what went before: "had been jailed in 2019"."""
    verb = trigger
    while not is_verbal(verb) and verb.head != verb:
        verb = verb.head
    return any(c.lower_ in ("had", "'d", "’d") for c in own(verb, "aux")) or trigger.dep_ in ("relcl", "acl")


def with_places(event: Event, places: tuple[EventPlace, ...], basis: LocationBasis) -> Event:
    """The event there."""
    return replace(event, locations=places, location_basis=basis)
