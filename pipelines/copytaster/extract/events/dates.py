"""When an event happened: the time expression that belongs to its clause, as an interval with its basis.

A time belongs to the event when it hangs on the trigger, on the verb that carries it, or on the clause around them
("On Monday Peru recalled its envoy and closed the border"). The time of saying is not that of what is said: "said on
Tuesday that it had closed the border" dates the saying. Nothing is dated by the day of publication for want of better.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Token

from copytaster.extract.events.dependents import is_verbal, own
from copytaster.extract.events.governors import effect_of, is_speech
from copytaster.extract.events.triggers import Match
from copytaster.extract.story import Story
from copytaster.records import DateBasis, Granularity, TimeExpression

DEADLINES = frozenset({"by", "until", "till", "before"})
BOUNDS = frozenset({"since", "after", "before", "until", "till", "following"})
BEGINNINGS = frozenset({"since", "after", "from"})


@dataclass(frozen=True, slots=True)
class When:
    """The date of an event as its columns have it."""

    start: date | None = None
    end: date | None = None
    granularity: Granularity | None = None
    basis: DateBasis = "none"
    times: tuple[int, ...] = ()


class Calendar:
    """The story's times by sentence, each with the word that it hangs on."""

    def __init__(self, story: Story, times: Sequence[TimeExpression]) -> None:
        self.story = story
        self.times = times
        usable = [i for i, t in enumerate(times) if t.timex_type != "SET" and (t.interval_start or t.interval_end)]
        self.order = sorted(usable, key=lambda i: times[i].span.start)
        self.starts = [times[i].span.start for i in self.order]

    def of(self, match: Match, *, is_realized: bool) -> When:
        """The date of the event; undated where no time belongs to it."""
        if not self.order:
            return When()
        sentence = match.head.sent
        low = bisect.bisect_left(self.starts, sentence.start_char)
        high = bisect.bisect_left(self.starts, sentence.end_char)
        if low == high:
            return When()
        ranked = []
        for place in range(low, high):
            number = self.order[place]
            distance = self.distance(match, number)
            if distance is not None:
                ranked.append((distance, abs(self.starts[place] - match.head.idx), number))
        if not ranked:
            return When()
        return self.dated(min(ranked)[2], is_realized=is_realized)

    def distance(self, match: Match, number: int) -> int | None:
        """0 where the time hangs on the event's own clause, more the further up; None where it does not belong to it."""
        span = self.times[number].span
        first = self.story.token_at(span.start)
        last = self.story.token_at(span.end - 1)
        head = first
        while head.head != head and first.i <= head.head.i <= last.i:
            head = head.head
        if head.dep_ == "poss" and head.head.head.lower_ in BOUNDS:
            # "in the first thaw since [last May]'s fighting": of the noun alone
            return 0 if match.head.i == head.head.i else None
        if head.dep_ == "pobj" and head.head.lower_ == "since" and not is_verbal(head.head.head):
            return 0 if match.head.i == head.head.head.i else None
        bearers = {head.head.i}
        above = head
        for _ in range(8):
            above = above.head
            bearers.add(above.i)
            if is_verbal(above) or above.head == above:
                break
        if above.tag_ == "VBN" and above.dep_ == "conj" and above.i < first.i and not own(above, "aux", "auxpass"):
            bearers.add(above.head.i)  # "two were killed and five injured on Sunday"
        if match.head.i in bearers:
            return 0
        if match.governor is not None and match.governor.i in bearers:
            return 0
        return climbed(match.head, bearers, head)

    def dated(self, number: int, *, is_realized: bool) -> When:
        """The columns that a time expression gives."""
        time = self.times[number]
        start, end = time.interval_start, time.interval_end
        first = self.story.token_at(time.span.start)
        before = first.nbor(-1).lower_ if first.i > first.sent.start else ""
        if before in DEADLINES or time.mod in ("BEFORE", "ON_OR_BEFORE"):
            start = None
            end = end or time.interval_start
        elif before in BEGINNINGS or time.mod in ("AFTER", "ON_OR_AFTER"):
            end = None if time.mod in ("AFTER", "ON_OR_AFTER") or before == "since" else end
        published = self.story.article.reference_date
        if (
            is_realized
            and published is not None
            and start is not None
            and start <= published
            and (end is None or end > published)
        ):
            end = published  # what is told as done cannot reach beyond the telling
        basis: DateBasis = "relative" if time.anchor in ("publication", "text") else "explicit"
        return When(start, end, time.granularity, basis, (number,))


def climbed(token: Token, bearers: set[int], time_head: Token) -> int | None:
    """How far up from the trigger the time hangs; None beyond a verb of saying or a complement of its own."""
    for distance in range(1, 7):
        head = token.head
        if head == token:
            return None
        if token.dep_ == "ccomp" and is_verbal(head) and (is_speech(effect_of(head)) or effect_of(head) is not None):
            return None
        if token.dep_ in ("xcomp", "acl", "advcl", "relcl") and is_verbal(token):
            realised = effect_of(head) in ("realised", None) and token.dep_ in ("xcomp", "advcl")
            if not realised or (token.dep_ == "advcl" and token.tag_ not in ("VBG", "VBN")):
                return None
        if token.dep_ == "conj" and is_verbal(head) and time_head.i > head.i and time_head.i < token.i:
            return None  # the first verb's own time: "met on Monday and will sign"
        if head.i in bearers:
            return distance
        token = head
    return None
