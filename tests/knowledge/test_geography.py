"""What the knowledge base says of places: its files are sound, and names are found as texts write them."""

from __future__ import annotations

import gzip
from collections import Counter
from importlib import resources

import pytest

from copytaster.knowledge import geography, table
from copytaster.knowledge.gazetteer import fold, gazetteer

FILES = [
    "countries.tsv",
    "regions.tsv",
    "landforms.tsv",
    "places.tsv.gz",
    "en/known_cities.tsv",
    "en/country_hints.tsv",
]


def lines_of(name: str) -> list[str]:
    """The lines of a knowledge file."""
    data = resources.files("copytaster.knowledge").joinpath(name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8").split("\n")


@pytest.mark.parametrize("name", FILES)
def test_every_file_states_source_and_licence(name: str) -> None:
    """A head of comment lines says where the data is from and on what terms."""
    head = [line for line in lines_of(name)[:12] if line.startswith("#")]
    assert any("Source:" in line for line in head)
    assert any("icence" in line for line in head)


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_small(name: str) -> None:
    """No file of the repository is larger than 5 MB."""
    assert len(resources.files("copytaster.knowledge").joinpath(name).read_bytes()) < 5_000_000


@pytest.mark.parametrize("name", ["countries.tsv", "regions.tsv", "landforms.tsv"])
def test_coordinates_are_on_the_globe(name: str) -> None:
    """Latitudes are within 90 degrees, longitudes within 180."""
    for row in table(name):
        assert -90 <= float(row["latitude"]) <= 90, row
        assert -180 <= float(row["longitude"]) <= 180, row


def test_rows_of_the_gazetteer_are_sorted_and_whole() -> None:
    """Halving needs sorted keys; each row has its nine cells, coordinates and a known country."""
    rows = [line.split("\t") for line in lines_of("places.tsv.gz") if line and not line.startswith("#")][1:]
    keys = [row[0].encode("utf-8") for row in rows]
    assert keys == sorted(keys)
    assert {len(row) for row in rows} == {9}
    assert {row[3] for row in rows} <= set(geography.countries()) | {"AN", "CS"}
    assert all(-90 <= float(row[5]) <= 90 and -180 <= float(row[6]) <= 180 for row in rows)
    assert {row[8] for row in rows} == {"city", "county"}
    assert len(rows) == len(gazetteer())


def test_country_codes_are_unique_and_complete() -> None:
    """All 249 codes of ISO 3166-1, Kosovo and the European Union, each once."""
    codes = Counter(row["code"] for row in table("countries.tsv"))
    assert [code for code, n in codes.items() if n > 1] == []
    assert {"US", "GB", "RU", "CN", "VE", "PS", "TW", "XK", "EU", "SS", "CW"} <= set(codes)
    assert len(codes) == 251
    assert all(len(code) == 2 and code.isupper() for code in codes)


def test_continents_are_known() -> None:
    """Continents have GeoNames' codes."""
    assert {row["continent"] for row in table("countries.tsv")} == {"AF", "AN", "AS", "EU", "NA", "OC", "SA"}


@pytest.mark.parametrize("column", ["demonyms", "capital", "seats"])
def test_every_name_belongs_to_one_country(column: str) -> None:
    """No demonym, capital or seat of government stands for two countries."""
    owners: dict[str, set[str]] = {}
    for row in table("countries.tsv"):
        for name in geography.values(row[column]):
            owners.setdefault(geography.plain(name), set()).add(row["code"])
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


def test_every_country_name_belongs_to_one_country() -> None:
    """Names, official names and aliases are unambiguous."""
    owners: dict[str, set[str]] = {}
    for c in geography.countries().values():
        for name in (c.name, c.official_name, *c.aliases):
            owners.setdefault(geography.plain(name), set()).add(c.code)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


def test_region_ids_and_codes_are_unique() -> None:
    """Each region is there once."""
    rows = table("regions.tsv")
    assert len({(r["country"], r["code"]) for r in rows}) == len(rows)
    ids = [r["geonames_id"] for r in rows if r["geonames_id"]]
    assert len(set(ids)) == len(ids)


def test_all_states_have_a_postal_code() -> None:
    """The fifty states and the District of Columbia are known by postal code."""
    states = [p for k, p in geography.regions().items() if k.startswith("US.")]
    assert len(states) == 51
    assert all(geography.region_of_abbreviation(p.admin1) == p for p in states)


NAMES = [
    ("Venezuela", "VE"),
    ("VENEZUELA", "VE"),
    ("the U.S.", "US"),
    ("U.S.", "US"),
    ("US", "US"),
    ("USA", "US"),
    ("America's", "US"),
    ("the United States’", "US"),
    ("UK", "GB"),
    ("Britain", "GB"),
    ("Côte d’Ivoire", "CI"),
    ("Ivory Coast", "CI"),
    ("The Netherlands", "NL"),
    ("Holland", "NL"),
    ("DRC", "CD"),
    ("Congo", "CD"),
    ("Republic of the Congo", "CG"),
    ("South Korea", "KR"),
    ("DPRK", "KP"),
    ("Burma", "MM"),
    ("Swaziland", "SZ"),
    ("Soviet Union", "RU"),
    ("Türkiye", "TR"),
    ("Georgia", "GE"),
    ("Palestinian Authority", "PS"),
    ("European Union", "EU"),
    ("us", None),
    ("turkey", None),
    ("chad", None),
    ("Atlantis", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_country_of_name(text: str, expected: str | None) -> None:
    """Names with capitals give the country, common nouns nothing."""
    assert expected == geography.country_of_name(text)


DEMONYMS = [
    ("Venezuelan", "VE"),
    ("Venezuelans", "VE"),
    ("BRITISH", "GB"),
    ("Frenchman", "FR"),
    ("Swiss", "CH"),
    ("Dutch", "NL"),
    ("Filipinos", "PH"),
    ("Danes", "DK"),
    ("Congolese", "CD"),
    ("Dominican", "DO"),
    ("Nigerien", "NE"),
    ("Nigerians", "NG"),
    ("Kosovar", "XK"),
    ("North Koreans", "KP"),
    ("Kiwi", "NZ"),
    ("french", None),
    ("polish", None),
    ("Martian", None),
]


@pytest.mark.parametrize(("text", "expected"), DEMONYMS)
def test_country_of_demonym(text: str, expected: str | None) -> None:
    """Adjectives and nouns, singular and plural."""
    assert expected == geography.country_of_demonym(text)


SEATS = [
    ("the White House", "US"),
    ("KREMLIN", "RU"),
    ("Downing Street", "GB"),
    ("10 Downing Street's", "GB"),
    ("Élysée Palace", "FR"),
    ("Miraflores Palace", "VE"),
    ("the Blue House", "KR"),
    ("Zhongnanhai", "CN"),
    ("white house", None),
]


@pytest.mark.parametrize(("text", "expected"), SEATS)
def test_country_of_seat(text: str, expected: str | None) -> None:
    """Buildings that stand for a government."""
    assert expected == geography.country_of_seat(text)


CAPITALS = [
    ("Moscow", "RU"),
    ("The Hague", "NL"),
    ("Kyiv", "UA"),
    ("Kiev", "UA"),
    ("Washington", "US"),
    ("Washington, D.C.", "US"),
    ("Caracas", "VE"),
    ("Chicago", None),
]


@pytest.mark.parametrize(("text", "expected"), CAPITALS)
def test_country_of_capital(text: str, expected: str | None) -> None:
    """Capitals and other cities of government."""
    assert expected == geography.country_of_capital(text)


REGIONS = [
    ("Calif.", "US.CA"),
    ("CA", "US.CA"),
    ("W.Va.", "US.WV"),
    ("N.Y.", "US.NY"),
    ("WA", "US.WA"),
    ("Ont.", "CA.08"),
    ("NSW", "AU.02"),
    ("XX", None),
]


@pytest.mark.parametrize(("text", "expected"), REGIONS)
def test_region_of_abbreviation(text: str, expected: str | None) -> None:
    """Newspaper and postal abbreviations; the United States come first."""
    place = geography.region_of_abbreviation(text)
    assert expected == (f"{place.country}.{place.admin1}" if place else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Texans", "Texas"), ("Ontarian", "Ontario"), ("Chechen", "Chechnya"), ("European", "Europe"), ("Smith", None)],
)
def test_region_of_demonym(text: str, expected: str | None) -> None:
    """People of states, provinces and continents."""
    place = geography.region_of_demonym(text)
    assert expected == (place.name if place else None)


@pytest.mark.parametrize(
    ("text", "population", "expected"),
    [
        ("Venezuela", 0, True),
        ("Texas", 0, True),
        ("Black Sea", 0, True),
        ("Rapides Parish", 0, True),
        ("ALEXANDRIA", 0, True),
        ("Sao Paulo", 0, True),
        ("St Louis", 0, True),
        ("Saint Louis", 0, True),
        ("Avondale Estates", 0, True),
        ("Avondale Estates", 100_000, False),
        ("Chicago", 100_000, True),
        ("reading", 0, False),
        ("Qwertyville", 0, False),
        ("", 0, False),
        ("'s", 0, False),
    ],
)
def test_is_place(text: str, population: int, expected: bool) -> None:
    """Any place of the gazetteer, or only larger ones; names have a capital."""
    assert expected == geography.is_place(text, population)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("Tbilisi", 1_000_000, 2_000_000),
        ("Atlanta", 400_000, 1_000_000),
        ("Texas", 10_000_000, 10_000_000),
        ("Georgia", 10_000_000, 10_000_000),
        ("Avondale Estates", 500, 10_000),
        ("Qwertyville", 0, 0),
    ],
)
def test_largest_population(text: str, least: int, most: int) -> None:
    """How well a name is known as a place."""
    assert least <= geography.largest_population(text) <= most


def test_most_populous_city_comes_first() -> None:
    """Countries, then regions, then cities by population."""
    found = geography.places_called("Paris")
    assert (found[0].country, found[0].geonames_id) == ("FR", 2988507)
    sizes = [p.population for p in found if p.kind == "city"]
    assert sizes == sorted(sizes, reverse=True)
    assert [p.kind for p in geography.places_called("Georgia")][:2] == ["country", "region"]


@pytest.mark.parametrize(
    "alias", ["New York", "Bombay", "Kiev", "Leningrad", "Saigon", "Gaza City", "Quebec City", "Raqqa"]
)
def test_names_of_english_news_are_known(alias: str) -> None:
    """Older and English names of cities that GeoNames lists under another."""
    assert any(p.kind == "city" for p in geography.places_called(alias))


def test_folding() -> None:
    """Accents, points, hyphens and the long forms of "Saint" make no difference."""
    assert fold("Saint-Étienne") == fold("St. Etienne") == "st etienne"
    assert fold("Łódź") == "lodz"
    assert fold("N’Djamena") == fold("N'Djamena") == "ndjamena"


def test_known_cities_are_in_the_gazetteer() -> None:
    """A misspelt row of known_cities.tsv would do nothing."""
    for row in table("en/known_cities.tsv"):
        assert any(p.country == row["country"] for p in geography.places_called(row["name"])), row


def test_hints_name_countries() -> None:
    """Weights lie between 0 and 1, countries exist, words stand once."""
    rows = table("en/country_hints.tsv")
    assert {row["country"] for row in rows} <= set(geography.countries())
    assert all(0 < float(row["weight"]) <= 1 for row in rows)
    assert len({row["word"] for row in rows}) == len(rows)
