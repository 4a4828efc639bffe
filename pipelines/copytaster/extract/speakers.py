"""Who the source of a quote is: the entity and its full name behind a noun phrase, a pronoun or an omission."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Token

from copytaster.extract.attribution import Attribution, Party
from copytaster.extract.story import Cast, Story
from copytaster.records import Span

PERSONAL = frozenset(["he", "she", "him", "her", "his", "hers", "himself", "herself"])


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: where the text says so, and who that is."""

    span: Span | None = None
    entity: int | None = None
    name: str | None = None


class Speakers:
    """Finds the speakers of a story's quotes in the order of the text: a turn without a name is its predecessor's."""

    def __init__(self, story: Story, cast: Cast) -> None:
        self.story = story
        self.cast = cast
        self.last = Speaker()

    def of(self, attribution: Attribution) -> Speaker:
        """The speaker of the attribution."""
        source = attribution.party
        if source is None:
            if attribution.frame == "turn":
                return self.last
            return Speaker()
        speaker = self.named(source)
        if attribution.kind == "direct" or attribution.entry is not None and attribution.entry.stance == "speech":
            self.last = speaker
        return speaker

    def named(self, source: Party) -> Speaker:
        """The speaker that a noun phrase names."""
        span = self.story.span(source.first, source.last)
        mention = self.cast.mention_of(source.head)
        if mention is not None:
            return Speaker(span, mention.entity, self.cast.entities[mention.entity].name)
        if source.head.pos_ == "PRON":
            if source.head.lower_ in PERSONAL and self.last.name:
                return Speaker(span, self.last.entity, self.last.name)
            return Speaker(span)
        return Speaker(span, None, span.text)
