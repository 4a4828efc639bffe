"""What a planner gives out at a tick: each block once, again when it does not come back, and anew after a restart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from copytaster.beam import ticks
from copytaster.beam.ticks import Offers, PlanTick
from copytaster.lake.blocks import Block
from copytaster.settings import Settings
from copytaster.sources.kafka import BrokerSilentError, KafkaTopic

TOPIC = KafkaTopic("localhost:9", "news")


def block(start: int) -> Block:
    """A block of ten offsets."""
    return Block(source="news", partition=0, start=start, end=start + 10)


@dataclass
class Planner:
    """Stands for a TopicPlanner: says what is outstanding."""

    outstanding: list[Block] = field(default_factory=list)
    is_broken: bool = False
    topic: KafkaTopic = TOPIC

    def tick(self) -> list[Block]:
        """What the test says."""
        if self.is_broken:
            raise BrokerSilentError("gone")
        return list(self.outstanding)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which a test sets."""
    now = [1000.0]
    monkeypatch.setattr(ticks.time, "monotonic", lambda: now[0])
    return now


def test_a_block_is_given_out_again_only_when_it_stays_away(clock: list[float]) -> None:
    """Published ones are forgotten; the others come again after the stated time and not before."""
    planner = Planner([block(0), block(10)])
    offers = Offers(planner, offer_again=300)  # type: ignore[arg-type]
    assert offers.due() == [block(0), block(10)]
    clock[0] += 299
    planner.outstanding = [block(10), block(20)]
    assert offers.due() == [block(20)]
    clock[0] += 1
    assert offers.due() == [block(10)]
    assert offers.due() == []
    clock[0] += 300
    assert offers.due() == [block(10), block(20)]
    assert set(offers.given) == {block(10), block(20)}


def test_a_restart_in_the_same_process_gives_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that is set up anew gets a planner anew, which gives out what the log says is not published."""
    made: list[Planner] = []

    def planner(*_: Any, **__: Any) -> Planner:
        made.append(Planner([block(0)]))
        return made[-1]

    monkeypatch.setattr(ticks, "TopicPlanner", planner)
    step = PlanTick(Settings(), TOPIC)
    step.setup()
    assert [task.block for task in step.process(None)] == [block(0)]
    assert list(step.process(None)) == []
    step.setup()
    assert [task.block for task in step.process(None)] == [block(0)]
    assert len(made) == 2
    made[-1].is_broken = True
    assert list(step.process(None)) == []  # and is asked again at the next tick, by a new planner
    assert [task.block for task in step.process(None)] == [block(0)]
    ticks.offers.cache_clear()
