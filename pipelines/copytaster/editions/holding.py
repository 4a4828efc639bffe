"""Which version of an article holds, and which dead letters are open: plain functions of what arrived, in order.

The rule: a record that arrives later replaces an earlier one of the same article, unless both say when they are from and
the later arrival is from earlier. A record says when it is from by `modified_at`, else by the time at which Kafka got it or
at which it was fetched. A withdrawal that does not say when it is from holds from its arrival. A dead letter that was
sent through again stands where it stood when it arrived first. An article that a layer failed on is a version and, behind
it, a letter: sent through again it takes its own place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article as it arrived."""

    article_id: str
    version_id: str
    moment: int | None
    """When it is from, in microseconds since 1970; None where it does not say."""
    arrival: int
    """Its place in the order of arrival, over all editions; see `place`."""
    day: date
    """The ingest_date that its rows are filed under."""
    is_withdrawal: bool = False
    letter: str | None = None
    """Id of the dead letter that the same record was when it came first, where it was sent through again."""
    number: int = -1
    """Its number in the edition that is made; of what an edition before held, -1."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter as it arrived."""

    letter_id: str
    arrival: int
    day: date
    is_redriven: bool = False
    """Whether it was a dead letter before, was sent through again and has failed again."""
    number: int = -1
    """Its number in the edition that is made; of what an edition before held, -1."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an edition changes of an article: what held before, None where nothing did, and what holds now."""

    before: Version | None
    after: Version

    @property
    def removed(self) -> Version | None:
        """The version whose rows must go; None where there are none."""
        return None if self.before is None or self.before.is_withdrawal else self.before

    @property
    def added(self) -> Version | None:
        """The version whose rows come; None where the article is withdrawn."""
        return None if self.after.is_withdrawal else self.after


@dataclass(frozen=True, slots=True)
class LetterChange:
    """What an edition changes of a dead letter: what was open before, and what is now; None where nothing."""

    before: Letter | None
    after: Letter | None


@dataclass(frozen=True)
class Changes:
    """What an edition changes, by article and by dead letter, in the order of their first arrival in it."""

    articles: Mapping[str, Change] = field(default_factory=dict)
    letters: Mapping[str, LetterChange] = field(default_factory=dict)


def place(edition: int, number: int) -> int:
    """The place in the order of arrival of record `number` (from 0) of an edition."""
    return edition << 32 | number


def replaces(new: Version, held: Version) -> bool:
    """Whether a version takes the place of the one that held until it came."""
    both_dated = new.moment is not None and held.moment is not None
    if new.arrival > held.arrival:
        return not (both_dated and new.moment < held.moment)  # type: ignore[operator]
    return both_dated and held.moment < new.moment  # type: ignore[operator]


def decide(
    arrived: Iterable[Version | Letter], held: Mapping[str, Version], open_letters: Mapping[str, Letter]
) -> Changes:
    """What changes when these arrive, in this order, after editions that left these holding and these letters open.

    `held` need only have the articles that arrive, withdrawn ones included, `open_letters` the letters.
    """
    now: dict[str, Version] = {}
    letters: dict[str, Letter | None] = {}
    answered: dict[str, Letter] = {}

    def letter_now(name: str) -> Letter | None:
        return letters[name] if name in letters else open_letters.get(name)

    for one in arrived:
        if isinstance(one, Letter):
            # an article that came in again and lacks rows again has closed its letter a moment ago
            first = (letter_now(one.letter_id) or answered.get(one.letter_id)) if one.is_redriven else None
            letters[one.letter_id] = replace(one, arrival=first.arrival) if first else one
            continue
        if one.letter is not None and (first := letter_now(one.letter)) is not None:
            one = replace(one, arrival=first.arrival)
            letters[first.letter_id] = None
            answered[first.letter_id] = first
        holder = now.get(one.article_id) or held.get(one.article_id)
        if holder is None or replaces(one, holder):
            now[one.article_id] = one
    return Changes(
        {name: Change(held.get(name), version) for name, version in now.items()},
        {
            name: LetterChange(open_letters.get(name), letter)
            for name, letter in letters.items()
            if letter is not None or name in open_letters
        },
    )
