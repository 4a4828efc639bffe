"""Named entities."""

from __future__ import annotations

from copytaster.extract.story import Story
from copytaster.records import Entity, EntityType, Mention

TYPES: dict[str, EntityType] = {
    "PERSON": "PERSON",
    "ORG": "ORG",
    "GPE": "GPE",
    "LOC": "LOC",
    "FAC": "FAC",
    "NORP": "NORP",
    "EVENT": "EVENT",
    "PRODUCT": "PRODUCT",
    "WORK_OF_ART": "WORK",
    "LAW": "LAW",
}


def find_entities(story: Story) -> tuple[tuple[Entity, ...], tuple[Mention, ...]]:
    """Entities and mentions by name."""
    number: dict[str, int] = {}
    found: list[Entity] = []
    mentions = []
    for ent in story.doc.ents:
        if ent.label_ not in TYPES:
            continue
        if ent.text not in number:
            number[ent.text] = len(found)
            found.append(Entity(ent.text, TYPES[ent.label_]))
        mentions.append(
            Mention(story.span(ent[0], ent[-1]), "name", number[ent.text], story.sentence_at(ent.start_char))
        )
    return tuple(found), tuple(mentions)


def with_salience(story: Story, entities: tuple[Entity, ...], mentions: tuple[Mention, ...]) -> tuple[Entity, ...]:
    """The entities with their salience."""
    return entities
