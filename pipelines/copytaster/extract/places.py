"""Where the places lie: country, GeoNames id and coordinates of the countries, regions, towns and landforms named.

A name has many readings (the gazetteer knows forty-five towns called Springfield). One is chosen for the whole article,
by what stands right after the name ("Paris, Texas"), by the areas and towns that the article names besides, by the
outlet's country and by size; where nothing speaks for a small town, none is chosen. The idea that the places of an
article lie together is Leidner's "one referent per discourse" and "spatial minimality" (Toponym Resolution in Text, 2007).
"""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from copytaster.extract import place_evidence, place_readings
from copytaster.extract.place_readings import Area
from copytaster.extract.story import Story
from copytaster.knowledge import geography, table
from copytaster.knowledge.gazetteer import Place
from copytaster.records import Entity, Mention

ROUNDS = 3
LEAST_VOTE = 0.01
SUPPORT = 0.3
"""Votes of other names that make it more than chance that an article plays somewhere."""
FINE, COARSE = 0.35, 1.5
"""Degrees of the cells of the two grids on which neighbours are found: a county wide, and 170 km."""
NEIGHBOURS = tuple((i, j) for i in (-1, 0, 1) for j in (-1, 0, 1))


@dataclass(frozen=True, slots=True)
class Weights:
    """What evidence is worth, in powers of ten of a town's population. Set by hand, in round numbers."""

    country: float = 2.0
    region: float = 1.5
    near: float = 1.0
    nowhere: float = 0.1
    """Votes that a country has without any."""
    elsewhere: float = 0.05
    """Votes that a region of a country, or a cell, has without any."""
    hint: float = 0.4
    """A name of which only a part is a place ("Huntsville Police Department") against a place name."""
    country_prior: float = 7.5
    county_prior: float = 4.5
    landform_prior: float = 5.5
    known: float = 2.0
    """Of capitals, and of cities that news names without their state or country."""
    region_penalty: float = 1.0
    """Of regions outside the English-speaking countries, and of those named for their metropolis ("New York")."""
    local: float = 2.0
    """Against a country whose name opens that of a school or a police department."""
    first_sharpness: float = 0.6
    """How much a town of ten times the population is to be preferred before anything else is known."""


WEIGHTS = Weights()
SURE_POPULATION = 100_000
"""A town of this size needs no other sign that it is meant."""
SMALL_TOWN = 5_000
METROPOLIS = 500_000
KNOWN_POPULATION = 20_000
"""From this size on the gazetteer has all towns: that it has none of the name in an area means that none is there."""
SURE_MARGIN = 1.0
"""Powers of ten by which a lone town's population must exceed the next one's of its name."""


@dataclass(slots=True)
class Name:
    """A place name of the article and what it may mean."""

    text: str
    options: tuple[Place, ...]
    entity: int | None = None
    weight: float = 1.0
    area: Area | None = None
    """The area that the text itself puts it in."""
    is_local: bool = False
    """Whether schools, councils and the like are called by it: it then is a town."""
    needs_support: bool = False
    """Whether the name alone is no sign of a place: it is part of another name, or of a thing that is no town."""
    shares: list[float] = field(default_factory=list)
    """How likely each option is, after the last round; they sum to one."""


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
        if entity.type == "NORP" and entity.country is None:
            country = geography.country_of_demonym(entity.name) or geography.country_of_name(entity.name)
            located[i] = replace(entity, country=country) if country else entity
    return tuple(located)


def place_names(story: Story, entities: Sequence[Entity], mentions: Sequence[Mention]) -> list[Name]:
    """The names of places, and as hints those that open with one."""
    by_entity: dict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.kind == "name":
            by_entity[mention.entity].append(mention)
    towns = {entity.name for entity in entities if entity.type == "GPE"}
    names = []
    for i, entity in enumerate(entities):
        if entity.type in ("GPE", "LOC"):
            names.append(read_name(story, i, entity, by_entity[i]))
        elif entity.type in ("FAC", "ORG"):
            opening = place_evidence.opening_place(entity.name)
            if opening:
                # "Truman Library" is not in Truman; "Buffalo City Hall" is in Buffalo, if the article has been there
                is_there = entity.type == "FAC" and (" " in opening or opening in towns)
                options = geography.places_called(opening)[: place_readings.MOST_READINGS]
                names.append(Name(opening, options, i if is_there else None, WEIGHTS.hint, needs_support=True))
    opening = place_evidence.opening_place(story.article.outlet.name or "")
    if opening:
        names.append(Name(opening, geography.places_called(opening)[: place_readings.MOST_READINGS]))
    return names


def read_name(story: Story, number: int, entity: Entity, mentions: Sequence[Mention]) -> Name:
    """The readings of one place entity, limited by what the text says right after it."""
    bare, area = place_readings.split_name(entity.name)
    options = place_readings.readings(bare)
    for mention in mentions:
        if area is None:
            area, _ = place_readings.area_after(story.text, mention.span.end)
        if place_readings.is_one_of_counties(story.text, mention.span.end):
            options = place_readings.counties_called(bare) or options
    if f"{bare} County" in story.text:
        options += tuple(p for p in place_readings.counties_called(bare) if p not in options)
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
    is_local = is_disputed and place_readings.has_local_bodies(story.text, occurrences(story.text, bare))
    return Name(bare, options, number, 1.0, area, is_local, entity.type == "LOC")


def occurrences(text: str, name: str) -> Iterator[int]:
    """Where the name ends in the text, each time; also within longer names, which are no mentions of it."""
    at = text.find(name)
    while at >= 0:
        yield at + len(name)
        at = text.find(name, at + len(name))


def choose(names: Sequence[Name], story: Story) -> list[Place | None]:
    """The reading of each name that fits the others and the rest of the text best, or None."""
    votes = Votes()
    votes.add_areas(story)
    priors = [
        [prior(p) - (WEIGHTS.local if name.is_local and p.kind == "country" else 0.0) for p in name.options]
        for name in names
    ]
    for name, values in zip(names, priors, strict=True):
        name.shares = shares([v * WEIGHTS.first_sharpness for v in values])
        votes.add(name, 1.0)
    scores = [list(values) for values in priors]
    for _ in range(ROUNDS):
        for i, name in enumerate(names):
            if len(name.options) > 1:
                votes.add(name, -1.0)
                scores[i] = [v + votes.support(p) for v, p in zip(priors[i], name.options, strict=True)]
                name.shares = shares(scores[i])
                votes.add(name, 1.0)
    return [pick(name, values, votes) for name, values in zip(names, scores, strict=True)]


def pick(name: Name, scores: Sequence[float], votes: Votes) -> Place | None:
    """The best option, if anything but chance speaks for it."""
    if not name.options:
        return None
    best = max(range(len(scores)), key=lambda i: (scores[i], -i))
    place = name.options[best]
    if name.area or place.kind in ("country", "landform", "county"):
        return place
    if place.kind == "region" and place.country in place_evidence.ENGLISH_REGIONS:
        return place
    is_word = place_evidence.is_common_word(name.text)
    if place.population >= SURE_POPULATION and not is_word and not name.needs_support:
        return place
    votes.add(name, -1.0)
    is_supported, is_in_country = votes.is_supported(place), votes.is_in_country(place)
    votes.add(name, 1.0)
    if is_supported:
        return place
    others = [p.population for i, p in enumerate(name.options) if i != best]
    is_lone = not others or math.log10(place.population + 1) - math.log10(max(others) + 1) >= SURE_MARGIN
    return place if is_lone and is_in_country and not is_word and not name.needs_support else None


class Votes:
    """How much of an article lies in each country, region and cell of the globe."""

    def __init__(self) -> None:
        self.total = 0.0
        self.countries: dict[str, float] = defaultdict(float)
        self.regions: dict[tuple[str, str], float] = defaultdict(float)
        self.cells: dict[tuple[float, int, int], float] = defaultdict(float)
        """The votes of each cell and the eight around it."""

    def add_areas(self, story: Story) -> None:
        """Counts the areas that the text names, what its words hint at, and the outlet's country."""
        for area, count in place_evidence.areas_named(story).items():
            weight = 0.7 + 0.3 * math.log2(count)
            self.add_country(area.country, weight)
            if area.admin1:
                self.regions[(area.country, area.admin1)] += weight
        for country, weight in place_evidence.countries_hinted(story).items():
            self.add_country(country, weight)
        home = place_evidence.outlet_country(story)
        if home:
            self.add_country(home, place_evidence.OUTLET_WEIGHT)

    def add_country(self, country: str, weight: float) -> None:
        """Counts a vote for a country."""
        self.countries[country] += weight
        self.total += weight

    def add(self, name: Name, sign: float) -> None:
        """Counts (or with -1 takes back) a name by the shares of its options."""
        for place, share in zip(name.options, name.shares, strict=True):
            weight = name.weight * share
            if weight < LEAST_VOTE or place.country is None:
                continue
            weight *= sign
            self.add_country(place.country, weight)
            if place.admin1:
                self.regions[(place.country, place.admin1)] += weight
            if place.kind in ("city", "county"):
                for size in (FINE, COARSE):
                    _, row, column = cell(place, size)
                    for i, j in NEIGHBOURS:
                        self.cells[(size, row + i, column + j)] += weight

    def support(self, place: Place) -> float:
        """What speaks for a place: how likely the article is of its country, its region, its surroundings."""
        if place.country is None:
            return 0.0
        votes = self.countries[place.country]
        total = WEIGHTS.country * log10((votes + WEIGHTS.nowhere) / (self.total + 1.0))
        if place.admin1:
            region = self.regions.get((place.country, place.admin1), 0.0)
            total += WEIGHTS.region * log10((region + WEIGHTS.elsewhere * (1.0 + votes)) / (votes + 1.0))
        if place.kind in ("city", "county"):
            by_chance = WEIGHTS.elsewhere * (1.0 + votes)  # the more places an article names, the more are neighbours
            for size in (FINE, COARSE):
                near = self.cells.get(cell(place, size), 0.0)
                total += WEIGHTS.near * log10((near + by_chance) / by_chance)
        return total

    def is_supported(self, place: Place) -> bool:
        """Whether anything else of the article lies in the place's region or near it."""
        region = self.regions.get((place.country or "", place.admin1), 0.0)
        return region > SUPPORT or self.cells.get(cell(place, COARSE), 0.0) > SUPPORT

    def is_in_country(self, place: Place) -> bool:
        """Whether a good part of the rest of the article lies in the place's country."""
        return self.countries.get(place.country or "", 0.0) > max(SUPPORT, 0.2 * self.total)


def cell(place: Place, size: float) -> tuple[float, int, int]:
    """The cell in which the place lies on the grid of that size."""
    return size, math.floor(place.latitude / size), math.floor(place.longitude / size)


def log10(ratio: float) -> float:
    """The logarithm, never of zero or less, which sums of shares can reach by rounding."""
    return math.log10(max(ratio, 1e-4))


def prior(place: Place) -> float:
    """How likely a place is named at all, before the article is looked at: its population's power of ten, for towns."""
    if place.kind == "country":
        return WEIGHTS.country_prior
    if place.kind == "landform":
        return WEIGHTS.landform_prior
    if place.kind == "county":
        return WEIGHTS.county_prior
    size = math.log10(max(place.population, 100))
    if place.kind == "region":
        return size - (WEIGHTS.region_penalty if is_minor_region(place) else 0.0)
    return size + (WEIGHTS.known if place.population >= KNOWN_POPULATION and is_known(place) else 0.0)


@functools.cache
def known_cities() -> frozenset[tuple[str, str]]:
    """Name and country of the cities that need no state or country beside them."""
    return frozenset((row["name"], row["country"]) for row in table("en/known_cities.tsv"))


def is_known(place: Place) -> bool:
    """Whether the bare name of a city means it, wherever the article plays."""
    country = place.country or ""
    return (place.name, country) in known_cities() or geography.country_of_capital(place.name) == country


@functools.lru_cache(maxsize=1024)
def is_minor_region(place: Place) -> bool:
    """Whether a bare name hardly means the region: it is a far one, or has its name from its own metropolis."""
    return place.country not in place_evidence.ENGLISH_REGIONS or any(
        p.kind == "city" and p.admin1 == place.admin1 and p.country == place.country and p.population >= METROPOLIS
        for p in geography.places_called(place.name)
    )


def shares(scores: Sequence[float]) -> list[float]:
    """The scores as shares of one, ten times as much for each point more."""
    if not scores:
        return []
    top = max(scores)
    powers = [10.0 ** (score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


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
