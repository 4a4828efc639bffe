"""Who says "I" and "we" in a quote: its speaker, or the body that the speaker speaks for."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from copytaster.extract.coreference.pronouns import pronouns
from copytaster.extract.coreference.roles import FORMER, country_codes, describe
from copytaster.extract.story import Cast, Story
from copytaster.records import Entity, Mention, Quote, Span

SINGULAR_CONFIDENCE, PLURAL_CONFIDENCE = 0.9, 0.6

BETWEEN = re.compile(r"(?:['’]s?)?(?<!\s)\s++[\w-]++(?:\s++[\w-]++){0,3}\s++")
"""What stands between a body and the name of who speaks for it: "State Department [spokesman] Joe Doe"."""


def first_person_mentions(story: Story, cast: Cast, quotes: Sequence[Quote]) -> list[Mention]:
    """The mentions by pronouns of the first person in direct and mixed quotes.

    "I" is the speaker; in a quote inside a quote, the inner one. "We" and "our" of a minister or a spokesman mean the
    country or the body rather than the man ("they sent [us] drugs"), and are less sure.
    """
    taken = {mention.span.start for mention in cast.mentions if mention.kind == "pronoun"}
    found: dict[int, Mention] = {}
    forms = pronouns()
    bodies: dict[int, int] | None = None
    spoken = [(span, quote) for quote in quotes if quote.kind in ("direct", "mixed") for span in quote.content]
    for span, quote in sorted(spoken, key=lambda pair: pair[0].start - pair[0].end):  # the inner quotes last
        if quote.speaker_entity is None:
            continue
        for token in story.doc[story.token_at(span.start).i : story.token_at(span.end - 1).i + 1]:
            form = forms.get(token.lower_)
            if form is None or form.person != "1" or token.idx in taken or token.text == "US":
                continue
            who, confidence, rule = quote.speaker_entity, SINGULAR_CONFIDENCE, "pronoun.speaker"
            if form.number == "p":
                if bodies is None:
                    bodies = bodies_spoken_for(story, cast)
                rule = "pronoun.speakers_body" if who in bodies else rule
                who, confidence = bodies.get(who, who), PLURAL_CONFIDENCE
            sentence = story.sentence_at(token.idx)
            found[token.idx] = Mention(story.span(token, token), "pronoun", who, sentence, confidence, rule=rule)
    return list(found.values())


def bodies_spoken_for(story: Story, cast: Cast) -> dict[int, int]:
    """Person -> the country or body whose office the article gives that person, by titles and descriptions."""
    found: dict[int, int] = {}
    names = [m for m in cast.mentions if m.kind == "name"]
    starts = [m.span.start for m in names]
    for mention in cast.mentions:
        entity = cast.entities[mention.entity]
        if mention.entity in found or entity.type != "PERSON" or mention.kind == "pronoun":
            continue
        inside = names_within(names, starts, mention.span) if mention.kind == "nominal" else []
        before = body_before(story, names, starts, mention)
        for owner in [*inside, *before]:
            if owner != mention.entity and is_body(cast.entities[owner]):
                found[mention.entity] = owner
                break
    by_name: dict[str, int] = {}
    by_code: dict[str, int] = {}
    for number, entity in enumerate(cast.entities):
        if is_body(entity):
            for name in (entity.name, *entity.aliases):
                by_name.setdefault(name, number)
            by_code.setdefault(code_of(entity), number)
    for number, entity in enumerate(cast.entities):
        for title in entity.titles:
            description = describe(title)
            if number in found or description is None or description.is_former:
                continue
            owners = [n for name, n in by_name.items() if title.startswith(f"{name} ")]
            owners += [by_code[code] for code in sorted(description.owners) if code in by_code]
            if owners:
                found[number] = owners[0]
    return found


def code_of(entity: Entity) -> str:
    """The country code of a country, empty for anything else."""
    return country_codes().get(entity.name, "")


def is_body(entity: Entity) -> bool:
    """Whether somebody can speak for the entity as "we": an organisation or a country, no creed and no party."""
    return entity.type in ("ORG", "GPE") or (entity.type == "NORP" and bool(code_of(entity)))


def names_within(names: Sequence[Mention], starts: Sequence[int], span: Span) -> list[int]:
    """Entities named inside a span."""
    first, last = bisect.bisect_left(starts, span.start), bisect.bisect_left(starts, span.end)
    return [m.entity for m in names[first:last] if m.span.end <= span.end]


def body_before(story: Story, names: Sequence[Mention], starts: Sequence[int], mention: Mention) -> list[int]:
    """The body named just before a person's title: "[State Department] spokesman Joe Doe"."""
    if mention.kind != "name":
        return []
    at = bisect.bisect_left(starts, mention.span.start) - 1
    if at < 0 or names[at].span.end >= mention.span.start or mention.span.start - names[at].span.end > 60:
        return []
    between = story.text[names[at].span.end : mention.span.start]
    if not BETWEEN.fullmatch(between) or FORMER & set(between.lower().split()) or describe(between) is None:
        return []
    first = story.token_at(names[at].span.end + 1).i
    if any(token.pos_ in ("VERB", "AUX") for token in story.doc[first : story.token_at(mention.span.start).i]):
        return []  # "the court suspended Prime Minister Doe"
    return [names[at].entity]
