"""What a time expression counts from: the publication, the times the text has named so far, the tense of its clause."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from spacy.tokens import Token

from copytaster.extract.times.clauses import Clauses, Direction, words_of
from copytaster.extract.times.moments import FINENESS, Moment, Unit, plus_days
from copytaster.extract.times.readings import Reading
from copytaster.knowledge.names import given_names

TOLD: tuple[Unit, ...] = ("day", "month", "year")
"""What names the time of a story, so that months and days behind it are of that time."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A time that the text has named: its place in the result, what it is, where it stands, and whether it is a year-ago
    comparison.
    """

    index: int
    moment: Moment
    sentence: int
    block: int
    """Where its paragraph begins."""
    is_comparison: bool = False
    start: int = 0
    """Where its words begin."""
    end: int = 0
    """Where its words end."""
    is_dated: bool = False
    """Its words name the year, or it was counted from one that do."""
    is_of_event: bool = False
    """It is told by an event ("the day after the attack"), so that other such days do not count from it."""
    is_since: bool = False
    """It opens a stretch ("since 2014")."""
    is_quoted: bool = False
    """It stands in quotation marks."""
    is_limit: bool = False
    """It bounds something ("since Friday"), so that the text does not go on to speak of that day."""


@dataclass
class Timeline(Clauses):
    """The times of one story, as far as it has been read."""

    mentions: list[Mention] = field(default_factory=list)
    persons: dict[str, bool] = field(default_factory=dict)
    """Of the months' names that were met, whether the text has a person of that name."""
    basis: Mention | None = None
    """The quarter that figures are reported for."""
    current_sentence: int = 0
    """Number of the sentence that is being read."""
    current_block: int = 0
    """Where the paragraph that is being read begins."""

    @property
    def today(self) -> date | None:
        """The local day of publication."""
        return self.story.article.reference_date

    @property
    def now(self) -> datetime | None:
        """The local minute of publication, where it is known that exactly."""
        article = self.story.article
        if self.today is None or article.published_precision not in ("second", "minute"):
            return None
        if article.published_at is not None and not (article.published_at.hour or article.published_at.minute):
            return None  # what knows only the day often writes midnight
        return article.published_at

    @property
    def reported_quarter(self) -> Mention | None:
        """The quarter whose figures the text reports, unless it has turned to a year's or to some months' figures."""
        return self.basis

    def note_figures(self, index: int, moment: Moment | None, months: bool, offset: int) -> None:
        """Follows what period the figures are about: a quarter that has begun, or (None) any other stretch of months."""
        if moment is not None and moment.unit == "quarter":
            if self.today is None or moment.start <= self.today:
                self.basis = Mention(index, moment, self.story.sentence_at(offset), self.story.block_at(offset).start)
        elif months or (moment is not None and moment.unit == "year"):
            self.basis = None

    def add(
        self,
        index: int,
        reading: Reading,
        moment: Moment,
        offset: int,
        end: int,
        *,
        is_of_event: bool = False,
        is_limit: bool = False,
    ) -> None:
        """Notes a time, at these offsets, that later ones may count from."""
        is_limit = is_limit or (None in reading.interval and reading.is_interval_known)
        sentence = self.story.sentence_at(offset)
        block = self.story.block_at(offset).start
        self.mentions.append(
            Mention(
                index,
                moment,
                sentence,
                block,
                is_comparison=reading.is_comparison,
                start=offset,
                end=end,
                is_dated=reading.anchor != "publication",
                is_of_event=is_of_event,
                is_since=is_limit and reading.interval[1] is None,
                is_limit=is_limit,
                is_quoted=self.is_quoted(offset),
            )
        )

    def last(self, unit: Unit, *, skip_comparisons: bool = False) -> Mention | None:
        """The last named time that lies within one `unit`: for "the next day" a day, for "that year" anything shorter."""
        limit = FINENESS.index(unit)
        for mention in reversed(self.mentions[-40:]):
            if FINENESS.index(mention.moment.unit) <= limit and not (skip_comparisons and mention.is_comparison):
                return mention
        return None

    def days_near(
        self, *, with_limits: bool = False, in_paragraph: bool = True, is_quoted: bool | None = None
    ) -> list[Mention]:
        """The days named in this or the three sentences before (of the paragraph, unless told otherwise), the last first; those
        that bound something ("since Friday") only `with_limits`, those in or outside of quotation marks only if asked for.
        """
        return [
            mention
            for mention in reversed(self.mentions[-40:])
            if mention.moment.unit == "day"
            and mention.sentence >= self.current_sentence - 3
            and (mention.block == self.current_block or not in_paragraph)
            and (with_limits or not mention.is_limit)
            and (is_quoted is None or mention.is_quoted == is_quoted)
        ]

    def event_day(self) -> Mention | None:
        """The day of an event that the text tells of: the last one named shortly before, by its date."""
        for mention in reversed(self.mentions[-12:]):
            is_near = mention.sentence >= self.current_sentence - 6
            if is_near and mention.moment.unit == "day" and not (mention.is_of_event or mention.is_limit):
                return mention
        return None

    def narrated(self) -> Mention | None:
        """The time of an earlier year that the text tells of: the last one named in this or the two sentences before."""
        for mention in reversed(self.mentions[-6:]):
            is_near = mention.sentence >= self.current_sentence - 2
            if is_near and not (mention.is_since or mention.is_comparison) and mention.moment.unit in TOLD:
                is_old = self.today is not None and mention.moment.end.year < self.today.year
                # not "after the August 1988 cease-fire"
                is_told = not self.is_in_noun_phrase(mention.start, mention.end)
                return mention if is_old and mention.is_dated and is_told else None
        return None

    def goes_on(self, told: Mention, offset: int) -> bool:
        """Whether the text at an offset goes on in the year of an earlier time: in one sentence with it ("In 2017 she left in
        May"), behind sentences that it opens ("In 2008 the bank failed. …"), or opening the very next one ("They met in May
        2019. In June they signed"). Else a month is of late, as news has it.
        """
        if self.is_of_noun(told):
            return False
        if told.sentence == self.current_sentence:
            return True
        if told.block != self.current_block:
            return False
        is_next = told.sentence == self.current_sentence - 1 and told.moment.unit != "year"
        return self.opens_sentence(told.start) or (is_next and self.opens_sentence(offset))

    def is_of_noun(self, told: Mention) -> bool:
        """Whether a time is told by the way of some noun: "a program approved in 1987"."""
        token = self.head(told.start, told.end)
        while token.pos_ not in ("VERB", "AUX") and token.head is not token:
            token = token.head
        return token.dep_ in words_of(self.language, "noun clause")

    def opens_sentence(self, offset: int) -> bool:
        """Whether at most a preposition stands before an offset in its sentence: "In [2008] the bank failed"."""
        start = self.story.sentences[self.story.sentence_at(offset)][0]
        return len(self.story.text[start:offset].split()) <= 1

    def listed_before(self, start: int) -> Mention | None:
        """The day that a phrase stands beside in a list: "Wednesday, Thursday and Friday"."""
        last = self.mentions[-1] if self.mentions else None
        if last is None or last.moment.unit != "day" or last.block != self.current_block or last.end > start:
            return None
        gap = self.story.text[last.end : start].replace(",", " ").split()
        is_listed = not gap or gap[0] in words_of(self.language, "list word")
        return last if start > last.end and len(gap) <= 1 and is_listed else None

    def is_apposition(self, start: int, mention: Mention) -> bool:
        """Whether a phrase stands beside a time as another name of it, a comma between them."""
        return self.story.text[mention.end : start].strip() == "," and mention.moment.unit == "day"

    def last_of(self, unit: Unit) -> Mention | None:
        """The last named time of exactly this unit that is no comparison with a year ago and bounds nothing ("the first loss
        since the fourth quarter").
        """
        for mention in reversed(self.mentions[-40:]):
            if mention.moment.unit == unit and not mention.is_comparison and not mention.is_limit:
                return mention
        return None

    def is_person_here(self, token: Token) -> bool:
        """Whether the text has a person of this name: "Dean March", "Mrs May"."""
        if token.lower_ not in self.persons:
            before = (
                self.story.token_at(found.start())
                for found in re.finditer(rf"(?<!\w)\w++(?= {re.escape(token.text)}\b)", self.story.text)
            )
            self.persons[token.lower_] = any(
                word.pos_ == "PROPN" and (word.ent_type_ == "PERSON" or word.text in given_names()) for word in before
            )
        return self.persons[token.lower_]


def nearest(candidates: Iterable[Moment], today: date, direction: Direction | None, bias: int) -> Moment:
    """The candidate nearest to a day; one that contradicts the tense counts `bias` times as far."""

    def distance(moment: Moment) -> tuple[int, bool]:
        if direction == "past" and moment.unit == "month" and moment.contains(today) and today.day < 3:
            return 400, True  # told on 1 January, "only January was cooler" is of the year before
        if moment.contains(today):
            return 0, False
        days = (moment.start - today).days if moment.start > today else (today - moment.end).days
        if direction in ("present", "scheduled"):  # "is up for re-election in November": rather ahead
            return days * (3 if moment.end < today else 1), moment.start > today
        against = (direction == "past" and moment.start > today) or (direction == "future" and moment.end < today)
        return days * (bias if against else 1), moment.start > today

    return min(candidates, key=distance)


def weekday_near(today: date, weekday: int, direction: Direction | None) -> date:
    """The day of the week (Monday 1) that a bare weekday means: the last one, today included; ahead, the next one."""
    back = (today.isoweekday() - weekday) % 7
    if direction in ("future", "scheduled") and back:
        return plus_days(today, 7 - back)
    return plus_days(today, -back)
