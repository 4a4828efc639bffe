"""Which entities the article is about."""

from __future__ import annotations

from dataclasses import replace

from copytaster.extract.story import Story
from copytaster.records import Entity, Mention

KIND_WEIGHT = {"name": 1.0, "nominal": 0.7, "pronoun": 0.5}
BLOCK_WEIGHT = {"headline": 4.0, "lead": 2.0, "caption": 0.5, "credit": 0.0, "byline": 0.0, "dateline": 0.2}
ACTOR_TYPES = frozenset(("PERSON", "ORG", "GPE", "NORP"))
PLACES = frozenset(("GPE", "LOC", "FAC", "NORP"))
SETTING_WEIGHT = 0.4
"""What the mention of a place counts where it tells where or whose, and not who: "in Lima", "Peruvian workers"."""

SUBJECTS = frozenset(("nsubj", "nsubjpass", "agent", "csubj"))


def with_salience(story: Story, entities: tuple[Entity, ...], mentions: tuple[Mention, ...]) -> tuple[Entity, ...]:
    """The entities with their salience, from 0 to 1: 1 is the article's main actor.

    What counts is where and how something is mentioned: in the headline and the lead, early, by name, as the subject
    of a verb. Credits and bylines count nothing; places, works and the like count half of what actors do.
    """
    weight = [0.0] * len(entities)
    length = max(1, len(story.text))
    for mention in mentions:
        start = mention.span.start
        value = KIND_WEIGHT[mention.kind] * BLOCK_WEIGHT.get(story.block_at(start).kind, 1.0)
        value *= 1.0 - 0.5 * start / length
        token = story.token_at(max(start, mention.span.end - 1))
        if token.dep_ in SUBJECTS:
            value *= 1.5
        elif entities[mention.entity].type in PLACES and is_setting(story, mention):
            value *= SETTING_WEIGHT
        weight[mention.entity] += value
    for i, entity in enumerate(entities):
        if entity.type not in ACTOR_TYPES or entity.is_anonymous:
            weight[i] *= 0.5
        elif entity.is_outlet:
            weight[i] *= 0.6
    top = max(weight, default=0.0)
    return tuple(replace(entity, salience=weight[i] / top if top else 0.0) for i, entity in enumerate(entities))


def is_setting(story: Story, mention: Mention) -> bool:
    """Whether a place is named as the scene or the origin of something, not as one who acts."""
    token = story.token_at(max(mention.span.start, mention.span.end - 1))
    return token.dep_ in ("pobj", "amod", "compound", "poss", "appos", "nmod")
