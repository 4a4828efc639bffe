"""What the knowledge base knows of places: countries, their regions, landforms, and the cities of the gazetteer.

Names are compared as they stand in a text: with capitals ("Turkey", not "turkey"), with or without "the" and a
possessive, and in headlines wholly in capitals ("VENEZUELA"). Codes are ISO 3166-1 alpha-2, and `EU`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from copytaster.knowledge import table
from copytaster.knowledge.gazetteer import Place, fold, gazetteer

SMALLEST_CAPITALS = 4
"""Shorter words in capitals are abbreviations ("US", "WHO") and no name shouted in a headline."""


DIRECTIONS = frozenset(
    ("North", "South", "East", "West", "Central", "Centre", "Northern", "Southern", "Eastern", "Western")
)
"""Cameroon and others have regions of these names; alone they mean a quarter of whatever was spoken of before."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory; `latitude` and `longitude` are its middle, in degrees."""

    code: str
    name: str
    official_name: str
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    capitals: tuple[str, ...]
    seats: tuple[str, ...]
    geonames_id: int | None
    latitude: float
    longitude: float
    continent: str


@functools.cache
def countries() -> dict[str, Country]:
    """All countries and territories by code."""
    return {row["code"]: read_country(row) for row in table("countries.tsv")}


def read_country(row: dict[str, str]) -> Country:
    """The country of one row of countries.tsv."""
    return Country(
        code=row["code"],
        name=row["name"],
        official_name=row["official_name"],
        aliases=values(row["aliases"]),
        demonyms=values(row["demonyms"]),
        capitals=values(row["capital"]),
        seats=values(row["seats"]),
        geonames_id=int(row["geonames_id"]) if row["geonames_id"] else None,
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        continent=row["continent"],
    )


def values(cell: str) -> tuple[str, ...]:
    """The values of a cell that holds several, parted by "|"."""
    return tuple(cell.split("|")) if cell else ()


def plain(text: str) -> str:
    """A name as the indexes have it: one space between words, straight apostrophes, no article, no possessive."""
    name = " ".join(text.replace("’", "'").split())
    if name.endswith("'s") or name.endswith("'S"):
        name = name[:-2]
    elif name.endswith("s'"):
        name = name[:-1]
    return name[4:] if name[:4] in ("the ", "The ", "THE ") else name


def index(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Codes by name, with each name's form in capitals; the first of several codes wins."""
    found: dict[str, str] = {}
    shouted: dict[str, str] = {}
    for name, code in pairs:
        found.setdefault(name, code)
        if len(name) >= SMALLEST_CAPITALS:
            shouted.setdefault(name.upper(), code)
    return {**shouted, **found}


@functools.cache
def name_index() -> dict[str, str]:
    """Names, official names and aliases of countries."""
    return index((plain(n), c.code) for c in countries().values() for n in (c.name, c.official_name, *c.aliases))


@functools.cache
def demonym_index() -> dict[str, str]:
    """Demonyms: adjectives and nouns, singular and plural."""
    return index((plain(n), c.code) for c in countries().values() for n in c.demonyms)


@functools.cache
def capital_index() -> dict[str, str]:
    """Capitals and further seats of government that are cities."""
    return index((plain(n), c.code) for c in countries().values() for n in c.capitals)


@functools.cache
def seat_index() -> dict[str, str]:
    """Buildings, streets and hills that stand for a government."""
    return index((plain(n), c.code) for c in countries().values() for n in c.seats)


@functools.cache
def regions() -> dict[str, Place]:
    """First-level regions by "country.code": "US.TX", "CA.08"."""
    return {f"{row['country']}.{row['code']}": region_place(row) for row in table("regions.tsv")}


def region_place(row: dict[str, str]) -> Place:
    """The place of one row of regions.tsv."""
    return Place(
        row["name"],
        "region",
        row["country"],
        row["code"],
        int(row["geonames_id"]) if row["geonames_id"] else None,
        float(row["latitude"]),
        float(row["longitude"]),
        int(row["population"]),
    )


@functools.cache
def region_index() -> dict[str, tuple[Place, ...]]:
    """Regions by folded name and alias."""
    found: dict[str, dict[Place, None]] = {}
    for row in table("regions.tsv"):
        place = regions()[f"{row['country']}.{row['code']}"]
        for name in (row["name"], *values(row["aliases"])):
            if name not in DIRECTIONS:
                found.setdefault(fold(plain(name)), {})[place] = None
    return {key: tuple(places) for key, places in found.items()}


@functools.cache
def abbreviation_index() -> dict[str, Place]:
    """Regions by the abbreviations that follow a town's name: "Calif.", "CA", "Ont."."""
    found: dict[str, Place] = {}
    for row in table("regions.tsv"):
        for short in values(row["abbreviations"]):
            # the United States come first: "WA" is Washington before it is Western Australia
            if short not in found or row["country"] == "US":
                found[short] = regions()[f"{row['country']}.{row['code']}"]
    return found


@functools.cache
def region_demonym_index() -> dict[str, Place]:
    """Regions and landforms by what their people and things are called: "Texan", "Darfuri"."""
    found: dict[str, Place] = {}
    for row in table("regions.tsv"):
        for name in values(row["demonyms"]):
            found.setdefault(name, regions()[f"{row['country']}.{row['code']}"])
    for row in table("landforms.tsv"):
        for name in values(row["demonyms"]):
            found.setdefault(name, landform_place(row))
    return found


@functools.cache
def landform_index() -> dict[str, Place]:
    """Seas, rivers, mountains, islands and areas by folded name and alias."""
    found: dict[str, Place] = {}
    for row in table("landforms.tsv"):
        for name in (row["name"], *values(row["aliases"])):
            found.setdefault(fold(plain(name)), landform_place(row))
    return found


def landform_place(row: dict[str, str]) -> Place:
    """The place of one row of landforms.tsv."""
    return Place(
        row["name"],
        "landform",
        row["country"] or None,
        "",
        int(row["geonames_id"]) if row["geonames_id"] else None,
        float(row["latitude"]),
        float(row["longitude"]),
    )


def country_of_name(text: str) -> str | None:
    """The code of the country of that name: "the U.S." -> US. "Georgia" and "Jordan" give the country."""
    return name_index().get(plain(text))


def country_of_demonym(text: str) -> str | None:
    """The code of the country whose people or things are called so: "Venezuelans" -> VE, "British" -> GB."""
    return demonym_index().get(plain(text))


@functools.cache
def former_state_index() -> dict[str, str]:
    """Names of states that are no more by every name and demonym, compared as `plain` leaves them."""
    return {
        plain(form): row["name"]
        for row in table("former_states.tsv")
        for form in (row["name"], *values(row["aliases"]), *values(row["demonyms"]))
    }


def former_state(text: str) -> str | None:
    """The name of the state that is no more and is called so, or its people: "USSR" -> "Soviet Union"."""
    return former_state_index().get(plain(text))


def country_of_capital(text: str) -> str | None:
    """The code of the country that is governed from that city: "Moscow" -> RU, "The Hague" -> NL."""
    return capital_index().get(plain(text))


def country_of_seat(text: str) -> str | None:
    """The code of the country whose government sits there: "the White House" -> US, "Downing Street" -> GB."""
    return seat_index().get(plain(text))


def country_name(code: str) -> str:
    """The common English name of a country: VE -> "Venezuela". An unknown code gives itself."""
    country = countries().get(code)
    return country.name if country else code


@functools.cache
def country_place(code: str) -> Place:
    """The country as a place. Raises KeyError for an unknown code."""
    c = countries()[code]
    return Place(c.name, "country", c.code, "", c.geonames_id, c.latitude, c.longitude)


def region_of_abbreviation(text: str) -> Place | None:
    """The region that is written so after a town's name: "Fla.", "W.Va.", "Ont."."""
    return abbreviation_index().get(text)


def region_of_demonym(text: str) -> Place | None:
    """The region or landform whose people or things are called so: "Texans", "Chechen", "European"."""
    return region_demonym_index().get(plain(text))


@functools.lru_cache(maxsize=4096)
def places_called(text: str) -> tuple[Place, ...]:
    """Every place of that name: countries first, then regions, landforms, cities from the most populous on, counties.

    Only names with a capital: "Turkey", "MOBILE", never "reading".
    """
    name = plain(text)
    if not is_written_as_name(name):
        return ()
    found: dict[Place, None] = {}
    country = name_index().get(name)
    key = fold(name)
    if (
        country and key not in landform_index()
    ):  # "Gaza" and "Zanzibar" stand for their country and lie in a corner of it
        found[country_place(country)] = None
    for region in region_index().get(key, ()):
        found[region] = None
    if key in landform_index():
        found[landform_index()[key]] = None
    short = abbreviation_index().get(name)
    if short and len(name) > 2:
        found[short] = None
    for city in gazetteer().find(key):
        found[city] = None
    return tuple(found)


def is_written_as_name(name: str) -> bool:
    """Whether the first letter is a capital, and there is one."""
    first = next((c for c in name if c.isalpha()), "")
    return first.isupper()


def is_place(text: str, population: int = 0) -> bool:
    """Whether the gazetteer has a country, region, landform, county or city of that name.

    `population` leaves out cities that are smaller; give one where the text has no sign of a place, for nearly every
    English surname is also a village.
    """
    if population <= 0:
        return bool(places_called(text))
    return any(place.kind != "city" or place.population >= population for place in places_called(text))


AREA_POPULATION = 10_000_000
"""What a country, region or landform counts as, whatever its size: its name is rarely anything else."""


def largest_population(text: str) -> int:
    """How many people the largest place of that name has, 0 where there is none: how well a bare name is known as a place.

    Countries, states of the United States, landforms and counties ("Rapides Parish") count as ten million.
    """
    sizes = (
        AREA_POPULATION
        if p.kind in ("country", "landform", "county") or (p.kind == "region" and p.country == "US")
        else p.population
        for p in places_called(text)
    )
    return max(sizes, default=0)
