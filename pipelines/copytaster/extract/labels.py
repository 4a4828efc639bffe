"""What the layers found, as labels of the tokens: later layers ask a token for its `ent_type_` as they ask for its `pos_`.

The labels are OntoNotes' (PERSON, ORG, GPE, NORP, …, DATE, TIME, MONEY, PERCENT), as spaCy's recognizers give them; here
they say what the whole article has decided, not what a model guesses of one mention.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from copytaster.extract.story import Story
from copytaster.knowledge import geography
from copytaster.records import Entity, Mention, Span, TimeExpression

BEGIN, INSIDE, OUTSIDE = 3, 1, 2
"""spaCy's numbers for the first token of a name, its others, and none."""
CURRENCY_WORDS = frozenset(
    (
        "dollar",
        "euro",
        "pound",
        "yen",
        "yuan",
        "rupee",
        "ruble",
        "rouble",
        "peso",
        "franc",
        "krona",
        "cent",
        "mark",
        "lira",
    )
)
PERCENT_WORDS = frozenset(("%", "percent", "pct"))


def label_names(story: Story, entities: Sequence[Entity], mentions: Iterable[Mention]) -> None:
    """Labels the tokens of each name with its entity's type, a people's adjective NORP, and amounts of money and per cent.

    Labels that were there before are gone.
    """
    labels = [""] * len(story.doc)
    begins = [OUTSIDE] * len(story.doc)
    amounts(story, labels, begins)
    for mention in mentions:
        kind: str = entities[mention.entity].type
        if kind == "GPE" and is_demonym(mention.span.text):
            kind = "NORP"
        put(story, mention.span, {"WORK": "WORK_OF_ART", "OTHER": ""}.get(kind, kind), labels, begins)
    write(story, labels, begins)


def label_times(story: Story, times: Iterable[TimeExpression]) -> None:
    """Labels the tokens of each time that are no name's: TIME for times of day, DATE for all others."""
    labels = [token.ent_type_ for token in story.doc]
    begins = [token.ent_iob for token in story.doc]
    for time in times:
        put(story, time.span, "TIME" if time.timex_type == "TIME" else "DATE", labels, begins, keep=True)
    write(story, labels, begins)


def is_demonym(text: str) -> bool:
    """Whether a name of a country is its people's or its adjective: "Peruvian", not "Peru"."""
    return geography.country_of_name(text) is None and geography.country_of_demonym(text) is not None


def put(story: Story, span: Span, label: str, labels: list[str], begins: list[int], *, keep: bool = False) -> None:
    """Labels the tokens of a span; with `keep` only where none of them has a name's label."""
    first = max(0, bisect.bisect_right(story.starts, span.start) - 1)
    end = max(first + 1, bisect.bisect_left(story.starts, span.end))
    if not label or (keep and any(labels[first:end])):
        return
    labels[first:end] = [label] * (end - first)
    begins[first:end] = [BEGIN] + [INSIDE] * (end - first - 1)


def amounts(story: Story, labels: list[str], begins: list[int]) -> None:
    """Labels sums of money ("$2.5bn", "40 million euros") and shares ("12 percent")."""
    words, lemmas, pos, tags = story.columns.words, story.columns.lemmas, story.columns.pos, story.columns.tags
    i = 0
    while i < len(words):
        if pos[i] != "NUM":
            i += 1
            continue
        end = i + 1
        while end < len(words) and (
            pos[end] == "NUM" or (words[end] in "-–" and end + 1 < len(words) and pos[end + 1] == "NUM")
        ):
            end += 1
        first, following = i, lemmas[end].lower() if end < len(words) else ""
        if i and tags[i - 1] == "$":
            first = i - 1
            label = "MONEY"
        elif following in PERCENT_WORDS or (following == "per" and lemmas[end + 1 : end + 2] == ["cent"]):
            label, end = "PERCENT", end + 1 + (following == "per")
        elif following in CURRENCY_WORDS or tags[end : end + 1] == ["$"]:
            label, end = "MONEY", end + 1
        else:
            label = ""
        if label:
            labels[first:end] = [label] * (end - first)
            begins[first:end] = [BEGIN] + [INSIDE] * (end - first - 1)
        i = end


def write(story: Story, labels: list[str], begins: list[int]) -> None:
    """Writes the labels into the annotation."""
    if not labels:
        return
    strings = story.doc.vocab.strings
    keys = {label: strings.add(label) for label in set(labels)}
    table: Any = np.array([begins, [keys[label] for label in labels]], dtype="uint64").T
    story.doc.from_array(["ENT_IOB", "ENT_TYPE"], table)
