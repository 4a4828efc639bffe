"""Time expressions."""

from __future__ import annotations

from copytaster.extract.story import Story
from copytaster.records import TimeExpression


def find_times(story: Story) -> tuple[TimeExpression, ...]:
    """The time expressions of the story."""
    return ()
