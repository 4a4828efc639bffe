"""What a whole lake's log says, summed up, at a cost that does not grow with its age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from copytaster.lake.blocks import Plan, Value
from copytaster.lake.log import LakeLog, to_json
from copytaster.lake.progress import Progress, RollUp, Tally

FINISHED = "_log/rolled/finished.json"


@dataclass
class LakeState:
    """What a lake's log says, summed up."""

    tally: Tally
    """Of what is published."""
    redriven: Tally
    """Of the dead letters that were sent through again."""
    unpublished: list[Plan]
    """What is planned and not published, the oldest plan first."""


class Finished(Value):
    """The archives that are published to their end, and what they add up to: nobody needs to ask for each of them.

    Whoever reads the log may write it anew, from the roll-ups; an older one is only slower.
    """

    partitions: frozenset[str] = frozenset()
    tally: Tally = Field(default_factory=Tally)

    def with_more(self, done: Mapping[str, Tally]) -> Finished:
        """These and others, by name."""
        return Finished(partitions=self.partitions | done.keys(), tally=Tally.total([self.tally, *done.values()]))


def lake_state(log: LakeLog) -> LakeState:
    """Reads the log, and rolls up what is worth it, so that the next reader need not."""
    finished = log.entry(FINISHED, Finished) or Finished()
    states = [
        log.roll_up(log.progress(source, partition))
        for source, partition in log.partitions()
        if f"{source}-{partition}" not in finished.partitions
    ]
    done = {
        f"{state.source}-{state.partition}": tally_of(state.rolled) for state in states if is_rolled_to_its_end(state)
    }
    rest = [state for state in states if f"{state.source}-{state.partition}" not in done]
    if done:
        finished = finished.with_more(done)
        log.spare(FINISHED, to_json(finished))
    unpublished = sorted((plan for state in rest for plan in state.unpublished), key=lambda plan: plan.planned_at)
    first, again = ([log.tally(s) for s in rest if ("~" in s.source) is is_again] for is_again in (False, True))
    return LakeState(Tally.total([finished.tally, *first]), Tally.total(again), unpublished)


def is_rolled_to_its_end(state: Progress) -> bool:
    """Whether nothing more can come of a partition, and its roll-up says all of it."""
    return state.is_done and not state.plans


def tally_of(rolled: RollUp | None) -> Tally:
    """What a roll-up adds up to."""
    return rolled.tally if rolled else Tally()
