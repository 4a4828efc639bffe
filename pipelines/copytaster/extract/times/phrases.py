"""A phrase that the grammar found, before it is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DAYS = frozenset(
    {"date", "weekday", "dayword", "holiday", "numeric", "dayofmonth", "unitbefore", "nthof", "offset", "weekon"}
)
"""Rules whose phrases can name a day, which a clock time or a part of the day may stand beside."""
CALENDAR = DAYS | {
    "month",
    "season",
    "quarter",
    "half",
    "fiscalyear",
    "year",
    "decade",
    "century",
    "unit",
    "sameunit",
    "yearend",
    "dated",
    "period",
    "weekno",
}
"""Rules whose phrases name a place on the calendar."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A time expression before it is understood: offsets, tokens [first, last), rule, and what fills its pattern."""

    rule: str
    start: int
    end: int
    first: int
    last: int
    slots: tuple[tuple[str, str], ...] = ()
    """Class -> value of the tokens that fill the pattern, in order."""
    parts: Mapping[str, Phrase] = field(default_factory=dict)
    """Of a joined phrase its parts: `day` and `clock`, `amount` and `base`, `from` and `to`."""
    edge: str | None = None
    """START, MID or END of it is meant."""
    is_narrow: bool = False
    """The edge is its very end ("the end of 2025"), not a late part of it."""
    is_from_now: bool = False
    """The edge is counted from the present: "later this year"."""
    mod: str | None = None
    """How exact it is: TIMEX3's APPROX, MORE_THAN, …"""
    bound: str | None = None
    """ON_OR_AFTER or ON_OR_BEFORE: it is a limit ("not earlier than in 18 months")."""

    def get(self, name: str) -> str | None:
        """The value of the first token of a class."""
        return next((value for key, value in self.slots if key == name), None)

    def all(self, name: str) -> list[str]:
        """The values of all tokens of a class."""
        return [value for key, value in self.slots if key == name]

    def has(self, name: str) -> bool:
        """Whether a token of the class is in it."""
        return any(key == name for key, _ in self.slots)
