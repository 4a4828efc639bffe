"""A small news wire to run jobs on: as many articles as a test wants, all different, of our own writing."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb

PLACES = ["Lisbon", "Nairobi", "Lima", "Oslo", "Hanoi", "Accra", "Quito", "Riga"]
PEOPLE = ["Ann Moran", "Joseph Adeyemi", "Clara Lindqvist", "Rui Tavares", "Mei Tanaka", "Pavel Horak", "Ines Duarte"]
ACTS = [
    "signed a trade agreement with its neighbour on Tuesday",
    "will close the border crossing next week, officials said",
    "arrested three men over the theft of museum pieces last month",
    "denied that it had asked for help from abroad",
]


def article(number: int) -> dict[str, str]:
    """Article number `number`: three short paragraphs with a quote, a report and an event."""
    place, person = PLACES[number % len(PLACES)], PEOPLE[number % len(PEOPLE)]
    surname = person.split()[-1]
    act = ACTS[number % len(ACTS)]
    return {
        "id": f"wire-{number:05d}",
        "title": f"{place} council weighs plan number {number}",
        "text": (
            f"{place.upper()} — The government in {place} {act}.\n\n"
            f"“We have read all {number} pages, and we are not convinced,” {person}, the head of the council, said. "
            f"{surname} told reporters that the vote would be held by the end of March.\n\n"
            f"According to two people close to the talks, the mayor has asked for more time."
        ),
        "published_at": f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}T08:30:00Z",
        "language": "en",
        "outlet": "The Harbour Wire",
    }


def write_archive(path: Path, count: int, *, broken: int = 0) -> Path:
    """A gzip archive of so many articles; every `broken`-th line is no JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for number in range(count):
            is_broken = broken and number % broken == broken - 1
            file.write("{not json\n" if is_broken else json.dumps(article(number), ensure_ascii=False) + "\n")
    return path


def ask(sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query by DuckDB."""
    return duckdb.connect().execute(sql).fetchall()


def table_files(lake: Path) -> dict[str, str]:
    """The SHA-256 of every file of the lake's tables by its name; the log, which holds times, is left out."""
    return {
        path.relative_to(lake).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(lake.rglob("*"))
        if path.is_file() and not path.relative_to(lake).parts[0].startswith("_")
    }
