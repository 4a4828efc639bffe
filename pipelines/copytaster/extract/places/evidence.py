"""What an article says of where it plays, beside its place names: states and countries it names, its dateline, outlet."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Container

from copytaster.extract.places.readings import Area
from copytaster.extract.story import Story
from copytaster.knowledge import geography, table
from copytaster.knowledge import names as knowledge

OPENER = re.compile(r"\b[^\W\d_a-z][^\W\d_]*")
"""A word with a capital, where a name may open."""

CAPITAL_AFTER = re.compile(r" [A-Z]")
CAPITAL_BEFORE = re.compile(r"\b[A-Z][\w.]{0,30} $")

WORD = re.compile(r"£|[^\W\d_]+(?:['’]s|\.)?")
ZIP_CODE = re.compile(r"\b([A-Z]{2}) \d{5}\b")
OUTLET_WEIGHT = 1.0
MOST_HINTS = 1.5
"""What all hints of one country together are worth, in mentions of it."""
COMMON = 0.5
METROPOLIS = 500_000
ENGLISH_REGIONS = ("US", "CA", "AU", "GB")


@functools.cache
def area_names() -> dict[str, Area]:
    """Countries, demonyms, and the regions of English-speaking countries, by the words a text has for them.

    Names that are towns or people as well say little: "Washington", "New York" and "Jordan" are left out.
    """
    found: dict[str, Area] = {}
    for country in geography.countries().values():
        for name in (country.name, *country.aliases, *country.demonyms):
            if not is_shared(name):
                found[name] = Area(country.code)
    for region in geography.regions().values():
        if region.country in ENGLISH_REGIONS and region.country and not is_shared(region.name):
            found[region.name] = Area(region.country, region.admin1)
    for short, region in geography.abbreviation_index().items():
        if short.endswith(".") and region.country:
            found[short] = Area(region.country, region.admin1)
    for name, place in geography.region_demonym_index().items():
        if place.kind == "region" and place.country:
            found.setdefault(name, Area(place.country, place.admin1))
    return found


def is_shared(name: str) -> bool:
    """Whether the name is also that of a big town of elsewhere, or of another area: it then is no evidence."""
    kinds = {
        (p.kind, p.country) for p in geography.places_called(name) if p.kind != "city" or p.population >= METROPOLIS
    }
    return len(kinds) > 1


@functools.cache
def names_by_opener() -> dict[str, tuple[str, ...]]:
    """The names of areas by their first word, the longest first."""
    found: dict[str, list[str]] = {}
    for name in area_names():
        if opener := OPENER.match(name):
            found.setdefault(opener[0], []).append(name)
    return {word: tuple(sorted(names, key=len, reverse=True)) for word, names in found.items()}


def areas_named(story: Story) -> Counter[Area]:
    """How often the text names each area, by name, demonym, abbreviation or postal code."""
    found: Counter[Area] = Counter()
    names, openers, text = area_names(), names_by_opener(), story.text
    done = 0
    for match in OPENER.finditer(text):
        start = match.start()
        for name in openers.get(match[0], ()) if start >= done else ():
            end = start + len(name)
            if text.startswith(name, start) and not text[end : end + 1].isalnum() and not is_in_name(text, start, end):
                found[names[name]] += 1
                done = end
                break
    for match in ZIP_CODE.finditer(text):
        region = geography.region_of_abbreviation(match[1])
        if region and region.country:
            found[Area(region.country, region.admin1)] += 1
    return found


def is_in_name(text: str, start: int, end: int) -> bool:
    """Whether a name that is a given name, too, stands in that of a person: "Michael Jordan", "Virginia Woolf"."""
    if text[start:end] not in knowledge.given_names() and text[start:end].lower() not in knowledge.given_names():
        return False
    return bool(CAPITAL_AFTER.match(text, end) or CAPITAL_BEFORE.search(text, max(0, start - 30), start))


@functools.cache
def country_hints() -> dict[str, tuple[str, float]]:
    """Country and weight of words that show where a text was written: "sheriff", "lakh"."""
    return {row["word"]: (row["country"], float(row["weight"])) for row in table("en/country_hints.tsv")}


def countries_hinted(story: Story) -> dict[str, float]:
    """How much the choice of words speaks for each country; each word counts once."""
    hints = country_hints()
    seen = set(WORD.findall(story.text))
    seen |= {word.rstrip(".") for word in seen if word.endswith(".")}
    found: dict[str, float] = {}
    for word, (country, weight) in hints.items():
        if word in seen or (word.islower() and word.capitalize() in seen):
            found[country] = min(MOST_HINTS, found.get(country, 0.0) + weight)
    return found


def outlet_country(story: Story) -> str | None:
    """Where the article's outlet publishes, if that is known."""
    country = story.article.outlet.country
    return country.upper() if country and country.upper() in geography.countries() else None


def is_common_word(name: str) -> bool:
    """Whether the name is a word that is mostly written small: "Freedom", "Level" and "Time" are villages, too."""
    return knowledge.common_words().get(name.lower(), 0.0) > COMMON


def opening_place(name: str, towns: Container[str] = ()) -> str:
    """The place name that a longer name opens with, or "": "Clarke County Superior Court", "Huntsville Police Department".

    `towns` are names that the article has by themselves: "Buffalo City Hall" is Buffalo's and not that of Buffalo City.
    A single common word is none: "Grand Mosque", "Independence Hall".
    """
    words = name.split()
    if words and words[0] in ("The", "the"):
        words = words[1:]
    openings = [" ".join(words[:size]) for size in range(min(3, len(words) - 1), 0, -1)]
    for opening in openings:
        if opening in towns and geography.places_called(opening):
            return opening
    for opening in openings:
        if (" " in opening or not is_common_word(opening)) and geography.places_called(opening):
            return opening
    return ""
