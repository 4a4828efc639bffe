"""Where the places lie: country, GeoNames id and coordinates of the countries, regions, towns and landforms named.

A name has many readings (the gazetteer knows forty-five towns called Springfield). One is chosen for the whole article,
by what stands right after the name ("Paris, Texas"), by the areas and towns that the article names besides, by the
outlet's country and by size; where nothing speaks for a small town, none is chosen. The idea that the places of an
article lie together is Leidner's "one referent per discourse" and "spatial minimality" (Toponym Resolution in Text, 2007).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace

from copytaster.extract.places import evidence, readings
from copytaster.extract.places.choice import KNOWN_POPULATION, SURE_POPULATION, WEIGHTS, Name, choose
from copytaster.extract.places.metonymy import mark_metonyms
from copytaster.extract.places.readings import Area
from copytaster.extract.story import Story
from copytaster.knowledge import geography
from copytaster.knowledge.gazetteer import Place
from copytaster.records import Entity, Mention

__all__ = ["locate", "mark_metonyms"]

SMALL_TOWN = 5_000
"""A part of a town ("West Side") may have the name of a town that is smaller than that, and mean it never."""


def locate(story: Story, entities: tuple[Entity, ...], mentions: tuple[Mention, ...]) -> tuple[Entity, ...]:
    """The entities with country, GeoNames id and coordinates where they are places that the gazetteer knows.

    A nationality (NORP) gets its country alone. What an entity already has is kept; a place's type may change among
    GPE, LOC and FAC by what it turns out to be.
    """
    names = place_names(story, entities, mentions)
    choices = choose(names, story)
    located = list(entities)
    for name, choice in zip(names, choices, strict=True):
        if name.entity is not None:
            located[name.entity] = with_place(entities[name.entity], choice, name.area)
    for i, entity in enumerate(located):
        if entity.type in ("NORP", "FAC") and entity.country is None:
            country = geography.country_of_demonym(entity.name) or geography.country_of_seat(entity.name)
            located[i] = replace(entity, country=country)
    return tuple(located)


def place_names(story: Story, entities: Sequence[Entity], mentions: Sequence[Mention]) -> list[Name]:
    """The names of places, and as hints those that open with one."""
    by_entity: dict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.kind == "name":
            by_entity[mention.entity].append(mention)
    counties = readings.county_names(story.text)
    towns = {entity.name for entity in entities if entity.type == "GPE"}
    ends = {m.span.end: m.text for m in mentions if m.kind == "name" and entities[m.entity].type == "GPE"}
    names = []
    for i, entity in enumerate(entities):
        if entity.type in ("GPE", "LOC"):
            names.append(read_name(story, i, entity, by_entity[i], ends, counties))
        elif entity.type in ("FAC", "ORG"):
            opening = evidence.opening_place(entity.name, towns)
            if opening:
                # "Truman Library" is not in Truman; "Buffalo City Hall" is in Buffalo, if the article has been there
                is_there = entity.type == "FAC" and (" " in opening or opening in towns)
                options = geography.places_called(opening)[: readings.MOST_READINGS]
                # the U.S. Embassy is anywhere but in the United States
                is_there = is_there and not any(p.kind == "country" for p in options)
                names.append(Name(opening, options, i if is_there else None, WEIGHTS.hint, needs_support=True))
    opening = evidence.opening_place(story.article.outlet.name or "")
    if opening:
        names.append(Name(opening, geography.places_called(opening)[: readings.MOST_READINGS]))
    return names


def read_name(
    story: Story,
    number: int,
    entity: Entity,
    mentions: Sequence[Mention],
    ends: Mapping[int, str],
    counties: Container[str],
) -> Name:
    """The readings of one place entity, limited by what the text says right after it.

    `ends` has the place names of the article by the offset at which they end, `counties` the names that it has of counties.
    """
    bare, area = readings.split_name(entity.name)
    options = readings.readings(bare)
    for mention in mentions:
        if area is None:
            area, _ = readings.area_after(story.text, mention.span.end)
        if readings.is_one_of_counties(story.text, mention.span.end):
            options = readings.counties_called(bare) or options
    if bare in counties:
        options += tuple(p for p in readings.counties_called(bare) if p not in options)
    if len(options) > 1 and mentions:
        # "Albany, New York": what stands behind a town is the state, not its metropolis
        behind = [
            ends.get(m.span.start - 2, "") if story.text.startswith(", ", m.span.start - 2) else "" for m in mentions
        ]
        options = tuple(p for p in options if p.kind == "region" and all(is_in(town, p) for town in behind)) or options
    if not area and any(p.kind == "region" and p.country == "US" for p in options):
        # a town that is called like a state has its own state with it: "Indiana, Pa."
        options = tuple(p for p in options if p.kind != "city" or p.population >= SURE_POPULATION)
    if entity.type == "LOC":
        # "West Side" and "East Bank" are villages of Iowa and Louisiana, and parts of every other town
        options = tuple(p for p in options if p.kind != "city" or p.population >= SMALL_TOWN)
    if area:
        held = tuple(p for p in options if area.holds(p) and p.kind in ("city", "county"))
        held = held or tuple(p for p in options if area.holds(p) and p.kind != "country")
        if not held and any(p.kind != "city" or p.population >= KNOWN_POPULATION for p in options):
            area = None  # a list, "Iraq, Afghanistan and Iran", puts no place into the next
        else:
            options = held
    is_disputed = len(options) > 1 and options[0].kind == "country"
    is_local = is_disputed and readings.has_local_bodies(story.text, occurrences(story.text, bare))
    return Name(bare, options, number, 1.0, area, is_local, entity.type == "LOC")


def is_in(town: str, region: Place) -> bool:
    """Whether the region has a town of that name."""
    area = readings.area_of(region)
    return area is not None and any(area.holds(p) for p in readings.readings(town) if p.kind == "city")


def occurrences(text: str, name: str) -> Iterator[int]:
    """Where the name ends in the text, each time; also within longer names, which are no mentions of it."""
    at = text.find(name)
    while at >= 0:
        yield at + len(name)
        at = text.find(name, at + len(name))


def with_place(entity: Entity, place: Place | None, area: Area | None) -> Entity:
    """The entity with what is known of its place; without a place, with the country that the text puts it in."""
    if place is None:
        country = entity.country or (area.country if area else None) or geography.country_of_seat(entity.name)
        return replace(entity, country=country)
    if entity.type == "FAC":
        # a facility lies in the place that its name opens with, and is not that place
        return replace(
            entity,
            country=entity.country or place.country,
            latitude=place.latitude if entity.latitude is None else entity.latitude,
            longitude=place.longitude if entity.longitude is None else entity.longitude,
        )
    return replace(
        entity,
        type="LOC" if place.kind == "landform" else "GPE",
        country=place.country,
        geonames_id=place.geonames_id,
        latitude=place.latitude,
        longitude=place.longitude,
    )
