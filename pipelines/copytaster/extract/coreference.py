"""Who is meant by "he", "the president" and "I"."""

from __future__ import annotations

from copytaster.extract.story import Cast, Story
from copytaster.records import Entity, Mention, Quote


def resolve(
    story: Story, entities: tuple[Entity, ...], mentions: tuple[Mention, ...]
) -> tuple[tuple[Entity, ...], tuple[Mention, ...]]:
    """Entities and mentions with nominals and pronouns."""
    return entities, mentions


def resolve_first_person(story: Story, cast: Cast, quotes: tuple[Quote, ...]) -> tuple[Mention, ...]:
    """All mentions, with those of the speakers by "I" and "we" in their quotes."""
    return cast.mentions
