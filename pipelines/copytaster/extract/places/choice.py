"""Which of its readings each place name of an article has: the votes of the names for one another, and of the text.

Every name spreads one vote over the countries, regions and surroundings of its readings; a reading gains where others
have voted. Scores are in powers of ten of population, so that evidence can be weighed against size: it takes some to
make "Paris" the seat of Henry County, Tennessee.
"""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from copytaster.extract.places import evidence
from copytaster.extract.places.readings import Area
from copytaster.extract.story import Story
from copytaster.knowledge import geography, table
from copytaster.knowledge.gazetteer import Place

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


def choose(names: Sequence[Name], story: Story) -> list[Place | None]:
    """The reading of each name that fits the others and the rest of the text best, or None."""
    votes = Votes()
    votes.add_areas(story)
    seen: set[tuple[Place, ...]] = set()
    for name in names:  # "Kasai" and "Kasai Province" are one name twice, and no witnesses for each other
        if len(name.options) > 1 and name.options in seen:
            name.weight = 0.0
        seen.add(name.options)
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
    if place.kind == "region" and place.country in evidence.ENGLISH_REGIONS:
        return place
    is_word = evidence.is_common_word(name.text)
    if place.population >= SURE_POPULATION and not is_word and (not name.needs_support or is_known(place)):
        return place
    votes.add(name, -1.0)
    is_supported, is_in_country = votes.is_supported(place), votes.is_in_country(place)
    votes.add(name, 1.0)
    if is_supported:
        return place
    others = [p.population for i, p in enumerate(name.options) if i != best and p.country == place.country]
    if not others and len(name.options) == 1 and " " in name.text and not name.needs_support:
        return place  # "Avondale Estates": nothing else in the world is called so
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
        for area, count in evidence.areas_named(story).items():
            weight = 0.7 + 0.3 * math.log2(count)
            self.add_country(area.country, weight)
            if area.admin1:
                self.regions[(area.country, area.admin1)] += weight
        for country, weight in evidence.countries_hinted(story).items():
            self.add_country(country, weight)
        home = evidence.outlet_country(story)
        if home:
            self.add_country(home, evidence.OUTLET_WEIGHT)

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
    return place.country not in evidence.ENGLISH_REGIONS or any(
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
