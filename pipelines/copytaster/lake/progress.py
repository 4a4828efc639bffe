"""How far a partition is planned and published, and what its published blocks add up to."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field, NonNegativeInt

from copytaster.lake.blocks import Manifest, Plan, Value


class Tally(Value):
    """What published blocks add up to."""

    blocks: NonNegativeInt = 0
    records: NonNegativeInt = 0
    articles: NonNegativeInt = 0
    dead_letters: NonNegativeInt = 0
    incomplete: NonNegativeInt = 0
    """Articles with tables missing, which are dead letters too."""
    lost: NonNegativeInt = 0
    rows: Mapping[str, int] = Field(default_factory=dict)
    """By table."""
    reasons: Mapping[str, int] = Field(default_factory=dict)
    """Dead letters by stage and reason."""
    seconds: Mapping[str, float] = Field(default_factory=dict)
    """Time spent by stage and layer."""
    versions: tuple[tuple[str, str], ...] = ()
    """Extractor and model versions, sorted."""

    @classmethod
    def of(cls, manifest: Manifest) -> Tally:
        """One block's."""
        return cls(
            blocks=1,
            records=manifest.records,
            articles=manifest.articles,
            dead_letters=manifest.dead_letters,
            incomplete=manifest.incomplete,
            lost=manifest.lost,
            rows={table: file.rows for table, file in manifest.files.items()},
            reasons=manifest.reasons,
            seconds=manifest.seconds,
            versions=((manifest.extractor_version, manifest.model_version),),
        )

    @classmethod
    def total(cls, parts: Iterable[Tally]) -> Tally:
        """What tallies add up to."""
        counts: Counter[str] = Counter()
        sums: dict[str, Counter[str]] = {name: Counter() for name in MAPPINGS}
        versions: set[tuple[str, str]] = set()
        for part in parts:
            for name in COUNTS:
                counts[name] += getattr(part, name)
            for name, total in sums.items():
                for key, value in getattr(part, name).items():
                    total[key] += value
            versions.update(part.versions)
        rounded = {name: {key: round(total[key], 3) for key in sorted(total)} for name, total in sums.items()}
        return cls.model_validate({**counts, **rounded, "versions": tuple(sorted(versions))})

    def __add__(self, other: Tally) -> Tally:
        return Tally.total([self, other])

    def since(self, earlier: Tally) -> Tally:
        """What has come to an earlier tally of the same blocks and others."""
        return Tally(
            blocks=self.blocks - earlier.blocks,
            records=self.records - earlier.records,
            articles=self.articles - earlier.articles,
            dead_letters=self.dead_letters - earlier.dead_letters,
            incomplete=self.incomplete - earlier.incomplete,
            lost=self.lost - earlier.lost,
            rows=combined(operator.sub, self.rows, earlier.rows),
            reasons=combined(operator.sub, self.reasons, earlier.reasons),
            seconds=combined(operator.sub, self.seconds, earlier.seconds),
            versions=self.versions,
        )


COUNTS = ("blocks", "records", "articles", "dead_letters", "incomplete", "lost")
MAPPINGS = ("rows", "reasons", "seconds")


class RollUp(Value):
    """That everything of a partition before an offset is planned and published, and what it adds up to."""

    end: NonNegativeInt
    is_last: bool = False
    """The source ends here (archives only)."""
    tally: Tally


@dataclass(frozen=True)
class Progress:
    """How far a partition is planned and published: what is rolled up, and what comes after it."""

    source: str
    partition: int
    rolled: RollUp | None
    plans: tuple[Plan, ...]
    """After the roll-up, each starting where the one before it ends."""
    published: frozenset[int]
    """Where those of the plans start that are published."""

    @property
    def end(self) -> int | None:
        """The offset up to which the partition is planned; None where nothing is."""
        if self.plans:
            return self.plans[-1].block.end
        return self.rolled.end if self.rolled else None

    @property
    def is_planned(self) -> bool:
        """Whether the source is planned to its very end, which only an archive has."""
        if self.plans:
            return self.plans[-1].is_last
        return self.rolled is not None and self.rolled.is_last

    @property
    def unpublished(self) -> list[Plan]:
        """The plans that are not published, in order."""
        return [plan for plan in self.plans if plan.block.start not in self.published]

    @property
    def is_done(self) -> bool:
        """Whether the source is planned to its end and published."""
        return self.is_planned and not self.unpublished

    @property
    def published_to(self) -> int | None:
        """The offset up to which everything is published; None where nothing is planned."""
        return next((plan.block.start for plan in self.unpublished), self.end)

    @property
    def planned_offsets(self) -> int:
        """Offsets in planned blocks; of an archive its records."""
        rolled = self.rolled.tally.records if self.rolled else 0
        return rolled + sum(plan.block.end - plan.block.start for plan in self.plans)

    @property
    def published_offsets(self) -> int:
        """Offsets in published blocks; of an archive its records."""
        return self.planned_offsets - sum(plan.block.end - plan.block.start for plan in self.unpublished)


def combined(operation: Callable[[Any, Any], Any], left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    """The sums or differences by name, to three decimals."""
    return {name: round(operation(left.get(name, 0), right.get(name, 0)), 3) for name in sorted({*left, *right})}
