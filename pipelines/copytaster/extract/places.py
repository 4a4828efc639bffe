"""Where the places lie."""

from __future__ import annotations

from copytaster.extract.story import Story
from copytaster.records import Entity, Mention


def locate(story: Story, entities: tuple[Entity, ...], mentions: tuple[Mention, ...]) -> tuple[Entity, ...]:
    """The entities with country and coordinates."""
    return entities
