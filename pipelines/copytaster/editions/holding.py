"""Which version of an article holds, and which dead letters are open: plain functions of what arrived, in order.

The rule: a record that arrives later replaces an earlier one of the same article, unless both say when they are from and
the later arrival is from earlier. A record says when it is from by `modified_at`, else by the time at which Kafka got it or
at which it was fetched. A withdrawal that does not say when it is from holds from its arrival. A dead letter that was
sent through again stands where it stood when it arrived first. An article that a layer failed on is a version and, behind
it, a letter: sent through again it takes its own place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

    def numbered(self, edition: int, number: int) -> Version:
        """The record at its place in the order of arrival."""
        return replace(self, arrival=place(edition, number), number=number)


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

    def numbered(self, edition: int, number: int) -> Letter:
        """The record at its place in the order of arrival."""
        return replace(self, arrival=place(edition, number), number=number)


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

    `held` need only have the articles that arrive, withdrawn ones included, `open_letters` the letters. No letter depends on
    another, and no article either once the letters are settled: so both can be done side by side (`copytaster.beam.editions`).
    """
    records = list(arrived)
    of_letter: dict[str, list[int]] = {}
    for number, one in enumerate(records):
        if (name := letter_of(one)) is not None:
            of_letter.setdefault(name, []).append(number)
    letters = {}
    for name, numbers in of_letter.items():
        settled, change = settle_letter([records[number] for number in numbers], open_letters.get(name))
        for number, one in zip(numbers, settled, strict=True):
            records[number] = one
        if change is not None:
            letters[name] = change
    of_article: dict[str, list[Version]] = {}
    for one in records:
        if isinstance(one, Version):
            of_article.setdefault(one.article_id, []).append(one)
    settled_articles = {name: settle_article(versions, held.get(name)) for name, versions in of_article.items()}
    return Changes({name: change for name, change in settled_articles.items() if change is not None}, letters)


def letter_of(one: Version | Letter) -> str | None:
    """The dead letter that a record is, or was when it came first."""
    return one.letter_id if isinstance(one, Letter) else one.letter


def settle_letter(
    arrived: Sequence[Version | Letter], was_open: Letter | None
) -> tuple[list[Version | Letter], LetterChange | None]:
    """The records of one dead letter, in order, each at its own place in the order of arrival; and what changes of the letter."""
    now, answered = was_open, None
    placed: list[Version | Letter] = []
    for one in arrived:
        if isinstance(one, Letter):
            # an article that came in again and lacks rows again has closed its letter a moment ago
            first = (now or answered) if one.is_redriven else None
            one = now = replace(one, arrival=first.arrival) if first else one
        elif now is not None:
            one = replace(one, arrival=now.arrival)
            now, answered = None, now
        placed.append(one)
    return placed, LetterChange(was_open, now) if was_open or now else None


def settle_article(arrived: Sequence[Version], held: Version | None) -> Change | None:
    """What changes of one article when these versions of it arrive, in this order; None where what held holds on."""
    now = None
    for one in arrived:
        holder = now or held
        if holder is None or replaces(one, holder):
            now = one
    return None if now is None else Change(held, now)
