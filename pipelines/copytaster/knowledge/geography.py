"""What the knowledge base knows of places: countries by name, demonym, capital and seat of government.

Names are compared as they stand in a text: with capitals ("Turkey", not "turkey"), with or without "the" and a
possessive, and in headlines wholly in capitals ("VENEZUELA"). Codes are ISO 3166-1 alpha-2, and `EU`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from copytaster.knowledge import table

SMALLEST_CAPITALS = 4
"""Shorter words in capitals are abbreviations ("US", "WHO") and no name shouted in a headline."""


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
    """name -> code, with each name's form in capitals; the first of several codes wins."""
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


def country_of_name(text: str) -> str | None:
    """The code of the country of that name: "the U.S." -> US. "Georgia" and "Jordan" give the country."""
    return name_index().get(plain(text))


def country_of_demonym(text: str) -> str | None:
    """The code of the country whose people or things are called so: "Venezuelans" -> VE, "British" -> GB."""
    return demonym_index().get(plain(text))


def country_of_capital(text: str) -> str | None:
    """The code of the country that is governed from that city: "Moscow" -> RU, "The Hague" -> NL."""
    name = plain(text)
    return capital_index().get(name)


def country_of_seat(text: str) -> str | None:
    """The code of the country whose government sits there: "the White House" -> US, "Downing Street" -> GB."""
    return seat_index().get(plain(text))


def country_name(code: str) -> str:
    """The common English name of a country: VE -> "Venezuela". An unknown code gives itself."""
    country = countries().get(code)
    return country.name if country else code


def is_place(text: str) -> bool:
    """Whether the gazetteer has a place of that name: country, region, city."""
    return country_of_name(text) is not None or country_of_capital(text) is not None
