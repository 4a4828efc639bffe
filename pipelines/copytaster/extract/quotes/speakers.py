"""Who the source of a quote is: the entity and its full name behind a noun phrase, a pronoun or an omission."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, replace

from copytaster.extract.quotes.attribution import Attribution, Party
from copytaster.extract.quotes.cues import person_nouns, source_words
from copytaster.extract.quotes.sources import INDEFINITE, party
from copytaster.extract.story import Cast, Story
from copytaster.records import Mention, Span

PERSONAL = frozenset(["he", "she", "him", "her", "his", "hers", "himself", "herself"])
COLLECTIVE = frozenset(["it", "its", "they", "them", "their"])
SPEAKING_TYPES = frozenset(["PERSON", "ORG", "OTHER", "GPE", "FAC"])
CREDITS = frozenset(["credit", "byline", "dateline"])
"""Blocks that name who made the article and its pictures, who says nothing in it."""
TURN_FRAMES = frozenset(
    ["after", "before", "turn", "that", "wh", "interrupted", "np", "inf", "oinf", "sc", "op:as", "op:of", "op:for"]
)
"""Constructions whose source may go on speaking in a quotation without a cue."""
DETERMINERS = frozenset(["the", "a", "an"])
ADDING = frozenset(["add", "continue"])
"""Verbs whose subject has just been speaking."""
RECENT = 1500
"""Code points back to which a pronoun without a mention looks for a person."""
TITLE_MAX = 60


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: where the text says so, and who that is."""

    span: Span | None = None
    entity: int | None = None
    name: str | None = None
    title: str | None = None
    rule: str | None = None
    """How that was found; see schemas/rules.md."""


EXCHANGE_MAX = 7
"""Words of the turns in which two people have words with each other."""


class Speakers:
    """Finds the speakers of a story's quotes in the order of the text: a turn without a cue is its predecessor's."""

    def __init__(self, story: Story, cast: Cast) -> None:
        self.story = story
        self.cast = cast
        self.last = Speaker()
        self.lines: list[tuple[Attribution, str | None]] = []
        """The last two quotations with a source, and whose they are."""
        named = [mention for mention in cast.mentions if mention.kind == "name"]
        heard = [m for m in named if story.block_at(m.span.start).kind not in CREDITS]
        self.credited = {m.entity for m in named} - {m.entity for m in heard}
        self.persons = [m for m in heard if cast.entities[m.entity].type == "PERSON"]

    def of(self, attribution: Attribution) -> Speaker:
        """The speaker of the attribution."""
        source = attribution.party
        if source is None:
            speaks_on = attribution.kind == "direct" and attribution.cue is None and not self.is_answer(attribution)
            return replace(self.last, rule="speaker.last_turn") if speaks_on else Speaker()
        speaker = self.speaks_on(attribution) or self.named(source)
        if attribution.kind == "direct":
            self.lines = [*self.lines[-1:], (attribution, speaker.name)]
        if attribution.frame in TURN_FRAMES and self.can_go_on(attribution, speaker):
            self.last = speaker
        return speaker

    def is_answer(self, attribution: Attribution) -> bool:
        """Whether a turn without a cue stands in an exchange of two: “You cheated,” said Bo. “Prove it.” Nobody knows whose it is.

        Long turns are no exchange: news gives a quotation in several paragraphs, and names who speaks in the first.
        """
        if len(self.lines) < 2 or len({name for _, name in self.lines}) < 2:
            return False
        turns = [*(line for line, _ in self.lines), attribution]
        return all(len(self.story.text[turn.start : turn.end].split()) <= EXCHANGE_MAX for turn in turns)

    def speaks_on(self, attribution: Attribution) -> Speaker | None:
        """The last speaker where "[the mother of two] added" says that he or she says more, and nobody else is known so."""
        source, last = attribution.party, self.last
        if source is None or attribution.entry is None or attribution.entry.lemma not in ADDING:
            return None
        head = source.head
        if (
            head.lower_ == "it"
            and last.span is not None
            and head.idx - last.span.end < RECENT
            and not self.is_person(last)
        ):
            # "The airport said …. The airline has been told, it added": it is no subject of its own words
            return Speaker(self.story.span(head, head), last.entity, last.name, rule="speaker.adding")
        if (
            source.first.lower_ != "the"
            or head.tag_ not in ("NN", "CD", "JJ")
            or head.lemma_.lower() in source_words("document")
        ):
            return None
        mention = self.cast.mention_of(head)
        if mention is not None and not self.cast.entities[mention.entity].is_anonymous:
            return None
        if last.entity is None or last.span is None or head.idx - last.span.end > RECENT:
            return None
        if self.cast.entities[last.entity].type != "PERSON":
            return None
        return Speaker(self.story.span(source.first, source.last), last.entity, last.name, last.title, "speaker.adding")

    def can_go_on(self, attribution: Attribution, speaker: Speaker) -> bool:
        """Whether the next turn may be the same source's: somebody who speaks, not a poll or a document."""
        if speaker.name is None:
            return False
        if attribution.kind == "direct":
            return True
        entry = attribution.entry
        if entry is None or entry.stance not in ("speech", "thought"):
            return False
        return speaker.entity is not None and self.cast.entities[speaker.entity].type in SPEAKING_TYPES

    def named(self, source: Party) -> Speaker:
        """The speaker that a noun phrase names."""
        span = self.story.span(source.first, source.last)
        mention = self.cast.mention_of(source.head)
        if mention is None or (mention.kind == "nominal" and self.cast.entities[mention.entity].is_anonymous):
            name = self.name_beside(source)
            if name is not None and name.entity not in self.credited:
                entity = self.cast.entities[name.entity]
                title = self.title(source, name) or next(iter(entity.titles), None)
                return Speaker(span, name.entity, entity.name, title, "speaker.name_beside")
            unknown = unknown_name(source)
            if unknown is not None:
                return Speaker(span, None, unknown, rule="speaker.unlisted_name")
        if mention is not None and self.names_head(mention, source) and self.fits(source, mention):
            entity = self.cast.entities[mention.entity]
            title = self.title(source, mention) or next(iter(entity.titles), None)
            return Speaker(span, mention.entity, entity.name, title, f"speaker.{mention.kind}")
        if source.head.pos_ == "PRON":
            return self.pronoun(source, span)
        return Speaker(span, None, description(source), rule="speaker.described")

    def name_beside(self, source: Party) -> Mention | None:
        """The person's name that stands beside the noun which the source is: "her agent Joe Lee said"."""
        for child in source.head.children:
            if child.dep_ == "appos" and child.pos_ == "PROPN":
                mention = self.cast.mention_of(child)
                if mention is not None and mention.kind == "name":
                    return mention if self.cast.entities[mention.entity].type == "PERSON" else None
        return None

    def fits(self, source: Party, mention: Mention) -> bool:
        """Whether the mention may be the speaker: not who took the photograph; and "he" is no agency."""
        if mention.entity in self.credited:
            return False
        if source.head.lower_ not in PERSONAL:
            return True
        return self.cast.entities[mention.entity].type in ("PERSON", "OTHER")

    def names_head(self, mention: Mention, source: Party) -> bool:
        """Whether the mention is of the head itself and not of a name that merely lies around it."""
        head = source.head
        end = head.idx + len(head)
        return mention.span.start <= head.idx and end <= mention.span.end

    def pronoun(self, source: Party, span: Span) -> Speaker:
        """The speaker that a pronoun without a mention means: the last one, or the last person named before it."""
        here = source.head.idx
        last = self.last
        if source.head.lower_ in INDEFINITE:
            return Speaker(span, None, source.head.lower_, rule="speaker.indefinite")
        if source.head.lower_ in COLLECTIVE:
            near = last.name and last.span is not None and here - last.span.end < RECENT
            goes_on = near and self.is_collective(last)
            return Speaker(span, last.entity, last.name, rule="speaker.last_speaker") if goes_on else Speaker(span)
        if source.head.lower_ not in PERSONAL:
            return Speaker(span)
        if last.name and last.span is not None and here - last.span.end < RECENT and self.is_person(last):
            return Speaker(span, last.entity, last.name, last.title, "speaker.last_speaker")
        number = bisect.bisect_left(self.persons, here, key=lambda m: m.span.start) - 1
        if number >= 0 and here - self.persons[number].span.end < RECENT:
            mention = self.persons[number]
            entity = self.cast.entities[mention.entity]
            return Speaker(span, mention.entity, entity.name, next(iter(entity.titles), None), "speaker.last_person")
        return Speaker(span)

    def is_collective(self, speaker: Speaker) -> bool:
        """Whether the speaker can be "it" or "they"."""
        if speaker.entity is None:
            return bool(speaker.name and speaker.name.endswith("s"))
        entity = self.cast.entities[speaker.entity]
        return entity.type in ("ORG", "GPE") or (entity.is_anonymous and entity.name.endswith("s"))

    def is_person(self, speaker: Speaker) -> bool:
        """Whether the speaker can be "he" or "she"."""
        return speaker.entity is None or self.cast.entities[speaker.entity].type in ("PERSON", "OTHER")

    def title(self, source: Party, mention: Mention) -> str | None:
        """The title before the name ("US President Donald Trump"), else the apposition after it."""
        if mention.kind != "name" or self.cast.entities[mention.entity].type != "PERSON":
            return None
        before = self.story.text[source.first.idx : max(source.first.idx, mention.span.start)].strip(" ,")
        words = before.split()
        while words and words[0].lower() in DETERMINERS:
            words = words[1:]
        if words and any(c.isalpha() for c in words[0]):
            return " ".join(words)
        for child in source.head.children:
            if child.dep_ == "appos" and child.pos_ == "NOUN" and child.i > source.head.i:
                first, last = child.left_edge, child
                for follower in child.children:
                    if follower.i > child.i and follower.dep_ == "prep":
                        last = follower.right_edge
                text = " ".join(self.story.text[first.idx : last.idx + len(last)].split())
                title = text.split(" ", 1)[1] if text.split(" ", 1)[0].lower() in DETERMINERS and " " in text else text
                return title if len(title) <= TITLE_MAX else None
        return None


def unknown_name(source: Party) -> str | None:
    """The name right behind the noun for a person where no list knows it: "her partner Dean said"."""
    doc, head = source.head.doc, source.head
    first = last = head.i + 1
    if first >= len(doc) or doc[first].dep_ != "appos" or doc[first].head != head or head.lower_ not in person_nouns():
        return None
    if doc[first].pos_ != "PROPN" or doc[first].ent_type_ not in ("", "PERSON"):
        return None
    while last + 1 < len(doc) and doc[last + 1].pos_ == "PROPN" and doc[last].whitespace_:
        last += 1
    return str(doc[first : last + 1].text)


def description(source: Party) -> str:
    """The words of an unnamed source, without article: "two aides", "spokesman for the union"."""
    doc = source.head.doc
    if not source.first.i <= source.head.i <= source.last.i:
        source = party(source.head)  # named by a relative pronoun
    first = source.first.i
    while first < source.head.i and doc[first].lower_ in DETERMINERS:
        first += 1
    words = doc[first : source.last.i + 1].text.split()
    if doc[source.first.i].is_sent_start and doc[first].pos_ not in ("PROPN", "X") and words[0][1:].islower():
        words[0] = words[0].lower()
    return " ".join(words)
