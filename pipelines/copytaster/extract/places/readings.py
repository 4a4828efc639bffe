"""What a place name may mean: its readings in the gazetteer, and what the words right after it say ("Paris, Texas")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from copytaster.knowledge import geography
from copytaster.knowledge.gazetteer import Place

MOST_READINGS = 24
"""The gazetteer has up to ninety towns of one name; the smallest of these are left out where nothing calls for them."""

OPENERS = re.compile(
    r"^(?:City|Town|Village|Borough|Township|State|Province|Republic|District|Port|County) of (?=[A-Z])"
)
CLOSERS = re.compile(
    r"(?<!\s)\s++(?:[Tt]ownship|[Tt]wp\.?|[Bb]orough|[Tt]own|[Vv]illage|[Cc]ity|[Ss]tate|[Pp]rovince|[Rr]egion|[Gg]overnorate"
    r"|[Oo]blast|[Pp]refecture|[Dd]istrict|[Dd]epartment|[Cc]anton|[Pp]eninsula|[Ii]slands?|area)$"
)
"""Words for the kind of place, which the gazetteer has without: "City of Dublin", "Madison Township"."""

COUNTY = re.compile(r"(?<!\s)\s++(?:[Cc]ounty|Co\.|[Pp]arish)$")
COUNTY_NAME = re.compile(r"\b([A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30})?) County\b")
QUALIFIER = re.compile(r",?\s{1,3}\(?([A-Z][\w.'’-]{0,30}(?:\s[A-Z][\w.'’-]{0,30}){0,2})")
COUNTIES = re.compile(r"(?:,? (?:and )?[A-Z][\w.'’-]++){0,16},? (?:[Cc]ounties|[Pp]arishes)\b")
"""What follows a county in a list: "Clarke, Madison and Oconee counties"."""

LOCAL_BODY = re.compile(
    r"(?:['’]s)? (?:(?:city|town|village|public|community|independent|central|unified|area|junior|senior|volunteer) ){0,3}"
    r"(?:council|police|fire|mayor|elementary|high school|middle school|schools?|library|hall|township|chamber of commerce"
    r"|rotary|city manager|planning commission|district|residents?|natives?|man|woman|teen|couple|family)\b",
    re.IGNORECASE,
)
"""What towns have and countries have not: "Jordan Elementary", "Lebanon police"; a country's would be "Lebanese"."""

DIRECTION = re.compile(
    r"^(?:(?:North|South|East|West|Central|Upper|Lower|Greater|Downtown|Inner|Metro|Mid)(?:ern)?|(?:North|South)(?:east|west)(?:ern)?"
    r"|north(?:ern)?|south(?:ern)?|east(?:ern)?|west(?:ern)?|central|downtown|suburban|mainland|upstate|Upstate)[ -](?=[A-Z])"
)
"""A part of a place lies in the place: "Northern Iraq", "East Jerusalem", "downtown Chicago"."""


@dataclass(frozen=True, slots=True)
class Area:
    """A country, or a first-level region of it, that limits what a name can mean."""

    country: str
    admin1: str = ""

    def holds(self, place: Place) -> bool:
        """Whether the place lies in it."""
        return place.country == self.country and (not self.admin1 or place.admin1 == self.admin1)


def area_of(place: Place) -> Area | None:
    """The area that a country, region or county is or lies in."""
    return Area(place.country, place.admin1) if place.country else None


def readings(name: str) -> tuple[Place, ...]:
    """The places that `name` may mean; without the word for their kind where the gazetteer has none with it."""
    found = geography.places_called(name)
    if found:
        return found[:MOST_READINGS]
    for shorter in (
        OPENERS.sub("", name),
        CLOSERS.sub("", name),
        COUNTY.sub(" County", name),
        COUNTY.sub(" Parish", name),
    ):
        if shorter != name and (found := geography.places_called(shorter)):
            return found[:MOST_READINGS]
    if (part := DIRECTION.sub("", name)) != name:
        return geography.places_called(part)[:MOST_READINGS]
    return ()


def counties_called(name: str) -> tuple[Place, ...]:
    """The counties of that name, said without "County"."""
    return geography.places_called(f"{geography.plain(name)} County") + geography.places_called(
        f"{geography.plain(name)} Parish"
    )


def county_names(text: str) -> frozenset[str]:
    """The names of the counties that the text speaks of, without "County": a bare "DeKalb" may then be the county."""
    return frozenset(name for match in COUNTY_NAME.finditer(text) for name in (match[1], match[1].rpartition(" ")[2]))


def split_name(name: str) -> tuple[str, Area | None]:
    """A name and the area that stands in it: "Jacksonville, Fla." -> Jacksonville, Florida."""
    head, comma, tail = name.partition(", ")
    if comma and not geography.places_called(name):
        area = area_called(tail)
        if area:
            return head, area
    return name, None


def area_after(text: str, end: int) -> tuple[Area | None, int]:
    """The area that the text names right after a place, and where its name ends: ", Texas", ", Fla.", " (France)"."""
    match = QUALIFIER.match(text, end)
    if not match:
        return None, end
    opened = text[end : match.start(1)]
    if "\n" in opened or ("," not in opened and "(" not in opened):
        return None, end
    words = match[1].split()
    for size in range(len(words), 0, -1):
        phrase = " ".join(words[:size])
        area = area_called(phrase) or area_called(phrase.rstrip(".,"))
        if area:
            return area, match.start(1) + len(phrase)
    return None, end


def area_called(name: str) -> Area | None:
    """The country, region or single county of that name; "Georgia" after a town is mostly the state."""
    short = geography.region_of_abbreviation(name)
    if short:
        return area_of(short)
    found = [p for p in geography.places_called(name) if p.kind in ("country", "region", "county")]
    regions = [p for p in found if p.kind == "region" and p.country in ("US", "CA", "AU", "GB")]
    if regions:
        return area_of(regions[0])
    if found and (found[0].kind != "county" or len(found) == 1):
        return area_of(found[0])
    return None


def is_one_of_counties(text: str, end: int) -> bool:
    """Whether the name that ends there stands in a list of counties: "Clarke, Madison and Oconee counties"."""
    return COUNTIES.match(text, end, min(len(text), end + 150)) is not None


def has_local_bodies(text: str, ends: Iterable[int]) -> bool:
    """Whether a school, a council or a man is called by the name that ends at one of these offsets, as by a town's."""
    return any(LOCAL_BODY.match(text, end) for end in ends)
