"""Who did what to whom."""

from __future__ import annotations

from copytaster.extract.story import Cast, Story
from copytaster.records import Event, Quote, TimeExpression


def find_events(
    story: Story, cast: Cast, times: tuple[TimeExpression, ...], quotes: tuple[Quote, ...]
) -> tuple[Event, ...]:
    """The events of the story."""
    return ()
