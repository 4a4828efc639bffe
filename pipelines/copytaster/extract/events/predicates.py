"""Which words report an event, and of which type: the predicates of `knowledge/en/predicates.tsv` over the parse.

A predicate is a verb, noun or adjective, perhaps of several words ("step down", "air strike", "state of siege"), with
conditions on its arguments: "impose" is SANCTION with sanctions as its object, COERCE with a curfew. Of the predicates
that fit, the one with most conditions wins. Rows of type `-` are phrases that only look like an event ("heart attack").
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from copytaster.knowledge import table

KINDS = {"v": "verb", "n": "noun", "a": "adjective"}
PREPOSITIONS_BETWEEN = frozenset({"of", "in", "to", "at", "on", "with", "for", "from", "by"})


PEOPLE_VALUES = frozenset(
    {
        "@agent",
        "@people",
        "@prisoner",
        "@official",
        "@gpe",
        "@place",
        "@org",
        "@company",
        "@agent+",
        "@people+",
        "@named",
        "@party",
        "*",
    }
)
"""Values whose filler takes part in the event; what fills another ("troops", "a curfew") is part of its name."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One condition on an argument: its place (`obj`, `subj`, a preposition, …) and what may stand there."""

    name: str
    accepted: tuple[str, ...]
    is_absent: bool = False
    """`obj!=*`: nothing of the kind may stand there."""
    others: tuple[Slot, ...] = ()
    """Conditions of which one will do instead: `on=*|against=*`."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """One row of the table."""

    word: str
    part_of_speech: str
    slots: tuple[Slot, ...]
    event_type: str
    mode: str | None
    cameo: str | None
    roles: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    number: int = 0

    @property
    def name(self) -> str:
        """The rule's name: kind and word, the places that have conditions, type and mode: `verb.agree.with.agree`. Rows that
        differ in what may stand in those places are one rule.
        """
        places = [f"no_{slot.name}" if slot.is_absent else slot.name for slot in self.slots]
        type_and_mode = [part.lower() for part in (self.event_type, self.mode) if part]
        return ".".join([KINDS[self.part_of_speech], self.word.replace(" ", "_"), *places, *type_and_mode])

    @property
    def is_blocker(self) -> bool:
        """Whether the phrase only looks like an event."""
        return self.event_type == "-"


@functools.cache
def light_verbs() -> dict[str, str]:
    """Verbs that carry an event noun -> the part their subject has in it: actor, recipient, none."""
    return {row["verb"]: row["subject"] for row in table("en/light_verbs.tsv")}


@functools.cache
def predicates() -> dict[tuple[str, str], tuple[Predicate, ...]]:
    """(part of speech, head word) -> its predicates, those with most conditions first."""
    found: dict[tuple[str, str], list[Predicate]] = {}
    for number, row in enumerate(table("en/predicates.tsv")):
        words = row["word"].split()
        at = 0
        if row["pos"] == "n":
            at = next((i - 1 for i, w in enumerate(words) if i and w in PREPOSITIONS_BETWEEN), len(words) - 1)
        slots = tuple(parse_slot(cell) for cell in row["with"].split())
        before, after = words[:at], words[at + 1 :]
        if row["pos"] == "n" and "-" in words[at]:  # spaCy parts a "sit-in" at its hyphen; the last part is the head
            *first, words[at] = words[at].split("-")
            before += first
        predicate = Predicate(
            row["word"], row["pos"], slots, row["type"], row["mode"] or None, row["cameo"] or None, row["roles"],
            tuple(before), tuple(after), number,
        )  # fmt: skip
        found.setdefault((row["pos"], words[at]), []).append(predicate)
    return {key: tuple(sorted(rows, key=rank)) for key, rows in found.items()}


@functools.cache
def head_words() -> frozenset[str]:
    """All words at which a predicate may be found."""
    return frozenset(word for _, word in predicates())


def rank(predicate: Predicate) -> tuple[int, int]:
    """Sorts the more specific predicate before the less: words and conditions count, an open condition half."""
    weight = 8 * (len(predicate.before) + len(predicate.after))
    for slot in predicate.slots:
        is_open = slot.accepted == ("*",) or slot.others
        if any("-" in value for value in slot.accepted) or slot.name == "fact":
            weight += 1  # "hunger-strike" says more than "strike", a statement more than any clause
        weight += 2 if is_open else 4 if any(value.startswith("@") for value in slot.accepted) else 5
    return -weight, predicate.number


def parse_slot(cell: str) -> Slot:
    """`obj=@sanction|tariff` → the condition; `on=*|against=*` → the first, with the others as alternatives."""
    found: list[tuple[str, list[str]]] = []
    for value in cell.split("|"):
        name, equals, accepted_value = value.partition("=")
        if equals:
            found.append((name, [accepted_value]))
        else:
            found[-1][1].append(name)
    slots = [Slot(name.removesuffix("!"), tuple(values), name.endswith("!")) for name, values in found]
    return slots[0] if len(slots) == 1 else replace(slots[0], others=tuple(slots[1:]))
