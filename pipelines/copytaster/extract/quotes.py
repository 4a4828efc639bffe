"""Who said what."""

from __future__ import annotations

from copytaster.extract.story import Cast, Story
from copytaster.records import Quote


def find_quotes(story: Story, cast: Cast) -> tuple[Quote, ...]:
    """The quotes of the story."""
    return ()
