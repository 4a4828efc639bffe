"""Cities and counties by name: a hundred thousand rows, packed as one string of bytes and searched by halving."""

from __future__ import annotations

import functools
import gzip
import unicodedata
from array import array
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import numpy as np

PlaceKind = Literal["country", "region", "county", "city", "landform"]

SHORT_FORMS = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}
"""Words that place names write long or short: "Saint Louis", "St. Louis"."""

TRANSLITERATED = str.maketrans({"’": "", "'": "", "‘": "", "`": "", "ʼ": "", ".": "", "-": " ", "–": " ", "ı": "i", "ł": "l",
                                "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer. `admin1` is GeoNames' code of the first-level region, for the United States "TX"."""

    name: str
    kind: PlaceKind
    country: str | None
    admin1: str
    geonames_id: int | None
    latitude: float
    longitude: float
    population: int = 0


def fold(name: str) -> str:
    """The key of a name: small letters without accents, points and hyphens; "Saint" and "Fort" short."""
    folded = name.translate(TRANSLITERATED).lower()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return " ".join(SHORT_FORMS.get(word, word) for word in folded.split())


class Gazetteer:
    """The rows of places.tsv.gz in memory: one string of bytes, and where its lines start."""

    def __init__(self, data: bytes) -> None:
        """`data`: comment lines, a header, then lines sorted by their first cell."""
        start = 0
        while data.startswith(b"#", start):
            start = data.index(b"\n", start) + 1
        start = data.index(b"\n", start) + 1  # the header
        self._data = data[start:]
        ends = np.flatnonzero(np.frombuffer(self._data, np.uint8) == ord("\n"))
        self._starts = array("I", np.insert(ends + 1, 0, 0)[:-1].astype(np.uintc).tobytes())

    def __len__(self) -> int:
        return len(self._starts)

    def find(self, key: str) -> tuple[Place, ...]:
        """The places whose folded name is `key`, the most populous first."""
        return tuple(self._read(i) for i in self._lines(key.encode("utf-8") + b"\t"))

    def has(self, key: str) -> bool:
        """Whether any place has that folded name."""
        return bool(self._lines(key.encode("utf-8") + b"\t"))

    def _lines(self, prefix: bytes) -> range:
        """Numbers of the lines that begin with `prefix`. A tab sorts before every character of a key."""
        data, starts = self._data, self._starts
        low, high, size = 0, len(starts), len(prefix)
        while low < high:
            mid = (low + high) // 2
            at = starts[mid]
            if data[at : at + size] < prefix:
                low = mid + 1
            else:
                high = mid
        end = low
        while end < len(starts) and data.startswith(prefix, starts[end]):
            end += 1
        return range(low, end)

    def _read(self, line: int) -> Place:
        at = self._starts[line]
        cells = self._data[at : self._data.index(b"\n", at)].decode("utf-8").split("\t")
        key, name, geonames_id, country, admin1, latitude, longitude, population, kind = cells
        return Place(
            name=name or key.title(),
            kind="county" if kind == "county" else "city",
            country=country,
            admin1=admin1,
            geonames_id=int(geonames_id) if geonames_id else None,
            latitude=float(latitude),
            longitude=float(longitude),
            population=int(population),
        )


@functools.cache
def gazetteer() -> Gazetteer:
    """Cities and counties; read once per process, when first asked for (40 ms, 8 MB)."""
    data = resources.files("copytaster.knowledge").joinpath("places.tsv.gz").read_bytes()
    return Gazetteer(gzip.decompress(data))
