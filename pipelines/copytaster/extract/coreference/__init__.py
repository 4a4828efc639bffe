"""Who is meant by "he", "the president" and "I".

One pass over the story in the order of reading: names are known already, descriptions are linked to them or become
entities of their own, pronouns go to whoever is in mind. Nothing is looked for further back than a dozen sentences, so
that the time grows with the text and not with its square.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from copytaster.extract.coreference.discourse import Referent
from copytaster.extract.coreference.first_person import first_person_mentions
from copytaster.extract.coreference.identity import find_referent
from copytaster.extract.coreference.in_mind import find_by_age_or_nation
from copytaster.extract.coreference.introductions import collect_ages, collect_descriptions, introduce
from copytaster.extract.coreference.nominals import Nominal, is_according_to, takes_part
from copytaster.extract.coreference.proceedings import collect_counsel, collect_parties
from copytaster.extract.coreference.pronouns import find_antecedent, pronouns
from copytaster.extract.coreference.roles import lookup
from copytaster.extract.coreference.scene import HEADS, Scene
from copytaster.extract.coreference.utterances import speech_verbs
from copytaster.extract.story import Cast, Story
from copytaster.records import Entity, EntityType, Mention, Quote

NOMINAL_CONFIDENCE = 0.8
ANONYMOUS_CONFIDENCE = 0.7
SURE = 0.6
"""Confidence from which a pronoun tells the gender of somebody whose name does not."""


def resolve(
    story: Story, entities: tuple[Entity, ...], mentions: tuple[Mention, ...]
) -> tuple[tuple[Entity, ...], tuple[Mention, ...]]:
    """Entities and mentions with nominals and pronouns.

    Entities keep their numbers; those that the story only describes ("two aides") come after them, flagged
    `is_anonymous`. Mentions are sorted by start.
    """
    scene = Scene.of(story, entities, mentions)
    collect_ages(scene)
    collect_descriptions(scene)
    introduce(scene)
    collect_parties(scene)
    added = list(read_phrases(scene))
    return tuple(scene.entities), tuple(sorted([*mentions, *added], key=lambda m: (m.span.start, -m.span.end)))


def read_phrases(scene: Scene) -> Iterator[Mention]:
    """Reads the story's phrases in order and yields the mentions that are not names."""
    unnamed: dict[tuple[str, ...], int] = {}
    for head in reading_order(scene):
        yield from read_phrase(scene, head, unnamed)


def reading_order(scene: Scene) -> Iterator[int]:
    """Token numbers by sentence; within one, what stands outside of quotation marks first: it names the speaker."""
    sentences = scene.syntax.sentences
    start = 0
    for i in range(1, scene.syntax.size + 1):
        if i == scene.syntax.size or sentences[i] != sentences[start]:
            yield from (j for j in range(start, i) if scene.utterance_at[j] < 0)
            yield from (j for j in range(start, i) if scene.utterance_at[j] >= 0)
            start = i


def read_phrase(scene: Scene, head: int, unnamed: dict[tuple[str, ...], int]) -> Iterator[Mention]:
    """Reads the phrase that the token heads, if any."""
    syntax = scene.syntax
    found = find_by_age_or_nation(scene, head)
    if found is not None:
        start, person = found
        scene.refers[head] = person
        scene.read(head, person, kind="person", gender=scene.referents[person].gender)
        yield mention_of(scene, start, head + 1, person, NOMINAL_CONFIDENCE, "nominal.age_or_nation")
        return
    if head in scene.name_heads:
        entity = scene.name_heads[head]
        referent = scene.referents[entity]
        is_plural = referent.kind == "people" and syntax.tags[head] in ("NNS", "NNPS")
        scene.read(head, entity, kind=referent.kind, gender=referent.gender, is_plural=is_plural)
        if any(syntax.deps[child] == "conj" and child in scene.name_heads for child in syntax.children[head]):
            scene.read(head, None, kind="people", is_plural=True)  # "they" are both, and no entity
        return
    if scene.named[head] >= 0:
        return
    pronoun = pronouns().get(syntax.lower[head])
    if pronoun is not None:
        if pronoun.person == "3" and syntax.pos[head] in ("PRON", "DET", "ADJ"):
            yield from read_pronoun(scene, head)
        return
    nominal = scene.nominal_at(head)
    if nominal is None:
        read_thing(scene, head)
        return
    yield from read_nominal(scene, nominal, unnamed)


def read_pronoun(scene: Scene, head: int) -> Iterator[Mention]:
    """Resolves a pronoun of the third person, if it can be."""
    found = find_antecedent(scene, head)
    if found is None:
        return
    entity, confidence = found.entity, found.confidence
    scene.refers[head] = entity
    referent = scene.referents[entity]
    gender = pronouns()[scene.syntax.lower[head]].gender
    if referent.kind == "person" and not referent.gender and gender in ("m", "f") and confidence >= SURE:
        referent.gender = gender
    scene.read(head, entity, kind=referent.kind, gender=referent.gender, is_plural=referent.is_plural)
    mention = mention_of(scene, head, head + 1, entity, confidence, found.rule)
    yield replace(mention, kind="pronoun", runner_up=found.runner_up)


def read_thing(scene: Scene, head: int) -> None:
    """Reads a noun for neither people nor bodies: nothing to mention, but "it" and "they" may mean it."""
    syntax = scene.syntax
    noun = lookup(syntax.lower[head], syntax.lemmas[head]) if syntax.pos[head] in ("NOUN", "PROPN") else None
    if syntax.pos[head] not in ("NOUN", "PROPN") or (noun and noun.kind == "time"):
        return
    if syntax.role(head) in ("modifier", "other"):
        return
    scene.read(head, None, kind="thing", is_plural=syntax.tags[head] in ("NNS", "NNPS"))


def read_nominal(scene: Scene, nominal: Nominal, unnamed: dict[tuple[str, ...], int]) -> Iterator[Mention]:
    """Links a description to whom it means, or makes an unnamed entity of a speaker or participant."""
    head = nominal.head
    entity, rule = find_referent(scene, nominal) or (None, "")
    confidence = NOMINAL_CONFIDENCE
    if entity is None and nominal.role != "predicate":
        entity = unnamed.get(nominal.key) if nominal.determiner in ("bare", "definite") else None
        rule = "nominal.described_again"
        if entity is None:
            entity, rule = from_headline(scene, nominal, unnamed), "nominal.headline"
        if entity is None and is_worth_an_entity(scene, nominal) and not is_summary(scene, nominal):
            entity, rule = add_unnamed(scene, nominal), "nominal.unnamed"
            if nominal.determiner in ("bare", "definite"):
                unnamed[nominal.key] = entity
        confidence = ANONYMOUS_CONFIDENCE
    elif nominal.role == "predicate":
        entity = None
    if entity is None:
        scene.read(head, None, kind=nominal.noun.kind, gender=nominal.noun.gender, is_plural=nominal.is_plural)
        return
    scene.refers[head] = entity
    collect_counsel(scene, nominal, entity)
    referent = scene.referents[entity]
    if nominal.noun.gender and not referent.gender:
        referent.gender = nominal.noun.gender
    is_vague = (
        nominal.noun.noun in HEADS and referent.descriptions
    )  # "leader" would make a president every kind of head
    if not is_vague and not any(d.noun.noun == nominal.noun.noun for d in referent.descriptions):
        scene.learn(entity, scene.description_of(nominal))
    scene.read(head, entity, kind=referent.kind, gender=referent.gender, is_plural=referent.is_plural)
    yield mention_of(scene, nominal.start, nominal.end, entity, confidence, rule)


def is_summary(scene: Scene, nominal: Nominal) -> bool:
    """Whether the phrase sums up several who were named one by one: "the two men", "both countries"."""
    words = scene.syntax.lower[nominal.start : nominal.head]
    counts = any(scene.syntax.tags[i] == "CD" for i in range(nominal.start, nominal.head))
    return nominal.is_plural and ("both" in words or (nominal.determiner == "definite" and counts))


def from_headline(scene: Scene, nominal: Nominal, unnamed: dict[tuple[str, ...], int]) -> int | None:
    """The party of the headline that the story introduces anew: "Woman held … [A woman] has been arrested".

    Only the first such phrase of the body is taken for it: a second woman is another one.
    """
    key = ("headline", nominal.noun.noun, "plural" if nominal.is_plural else "singular", *nominal.modifiers[:1])
    if scene.story.block_at(scene.syntax.starts[nominal.head]).kind == "headline":
        if key not in unnamed and is_worth_an_entity(scene, nominal):
            unnamed[key] = len(scene.entities)  # the number that it is about to get
        return None
    return unnamed.pop(key, None) if nominal.determiner in ("indefinite", "bare") else None


def is_worth_an_entity(scene: Scene, nominal: Nominal) -> bool:
    """Whether an unnamed party takes part in what is told: people and bodies that act, speak or are acted upon."""
    syntax = scene.syntax
    if nominal.noun.kind == "work":
        # documents and broadcasts are parties only where they speak
        is_subject = nominal.role == "subject" and syntax.lemmas[syntax.heads[nominal.head]] in speech_verbs()
        return is_subject or is_according_to(syntax, nominal.head)
    if nominal.noun.kind not in ("person", "people", "organisation"):
        return False
    if "weak" in nominal.noun.flags or nominal.noun.noun == "source":
        return (
            nominal.role == "subject" and syntax.lemmas[syntax.heads[nominal.head]] in speech_verbs()
        ) or is_according_to(syntax, nominal.head)
    block = scene.story.block_at(scene.syntax.starts[nominal.head]).kind
    if block in ("credit", "byline", "dateline"):
        return False
    return takes_part(scene.syntax, nominal)


CROWDS = frozenset(
    [
        "attacker",
        "defendant",
        "farmer",
        "hostage",
        "man",
        "migrant",
        "militant",
        "neighbour",
        "parent",
        "passenger",
        "person",
        "prisoner",
        "protester",
        "resident",
        "student",
        "survivor",
        "suspect",
        "tourist",
        "victim",
        "witness",
        "woman",
        "worker",
    ]
)
"""What several people may be without a task or an office of their own: protesters, suspected traffickers; not aides."""


def add_unnamed(scene: Scene, nominal: Nominal) -> int:
    """A new entity that is only described, named by its description."""
    syntax = scene.syntax
    span = scene.story.span(syntax.doc[nominal.start], syntax.doc[nominal.end - 1])
    name = span.text
    first, _, rest = name.partition(" ")
    if first.lower() in ("the", "a", "an") and rest:
        name = rest
    elif not first.isupper() and scene.named[nominal.start] < 0 and syntax.pos[nominal.start] != "PROPN":
        name = name[0].lower() + name[1:]
    types: dict[str, EntityType] = {"person": "PERSON", "organisation": "ORG", "people": "OTHER", "work": "WORK"}
    kind = nominal.noun.kind
    entity_type = types[kind]
    if kind == "person" and nominal.is_plural and nominal.noun.offices <= CROWDS:
        entity_type = "OTHER"
    # "US officials" act for the United States, "the Thai minister's aide" for nobody in particular
    codes = sorted(owner for owner in scene.owners_of(nominal) if not owner.startswith("#"))
    country = codes[0] if len(codes) == 1 else None
    scene.entities.append(Entity(" ".join(name.split()), entity_type, country=country, is_anonymous=True))
    scene.referents.append(
        Referent(
            kind,
            nominal.noun.gender,
            nominal.is_plural,
            owner=f"#{len(scene.entities) - 1}",
        )
    )
    scene.learn(len(scene.entities) - 1, scene.description_of(nominal))
    return len(scene.entities) - 1


def mention_of(scene: Scene, start: int, end: int, entity: int, confidence: float, rule: str) -> Mention:
    """The mention of an entity by the description of tokens [start, end)."""
    doc = scene.syntax.doc
    span = scene.story.span(doc[start], doc[end - 1])
    sentence = scene.story.sentence_at(span.start)
    return Mention(span, "nominal", entity, sentence, confidence, rule=rule)


def resolve_first_person(story: Story, cast: Cast, quotes: tuple[Quote, ...]) -> tuple[Mention, ...]:
    """All mentions, with those of the speakers by "I" and "we" in their quotes, sorted by start."""
    found = first_person_mentions(story, cast, quotes)
    return tuple(sorted([*cast.mentions, *found], key=lambda m: (m.span.start, -m.span.end)))
