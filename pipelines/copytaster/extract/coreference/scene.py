"""The state of reading an article: its phrases, who is known, and whom each word refers to."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from copytaster.extract.coreference.discourse import Discourse, Phrase, Referent, referent_of
from copytaster.extract.coreference.nominals import Nominal, find_nominal
from copytaster.extract.coreference.roles import Description, seats
from copytaster.extract.coreference.syntax import Syntax
from copytaster.extract.coreference.utterances import Utterance, find_utterances, speech_verbs
from copytaster.extract.story import Story
from copytaster.knowledge import names as knowledge
from copytaster.records import Entity, Mention

MAIN = frozenset({"ROOT", "conj", "parataxis"})
"""Where the verb of a main clause hangs."""

MOST_DESCRIPTIONS = 12
MOST_CANDIDATES = 200
"""Bounds that no article reaches, and that keep a book's time from growing with its square."""

HEADS = frozenset({"chief", "boss", "head", "leader", "ruler", "strongman"})
"""Nouns for whoever is at the top of what stands before them."""


@dataclass(slots=True)
class Scene:
    """A story while its phrases are being resolved, in the order of reading."""

    story: Story
    syntax: Syntax
    entities: list[Entity]
    referents: list[Referent]
    """What is known of each entity, by its number."""
    named: list[int]
    """For each token, the entity that it is part of a name of, or -1."""
    name_heads: dict[int, int]
    """Token that heads a name -> its entity."""
    utterances: list[Utterance]
    utterance_at: list[int]
    """For each token, the number of the utterance that it stands in, or -1."""
    titles: dict[int, int]
    """Title that the parser made the head of the name behind it ("[father] Mohamed Ali said") -> head of the name."""
    name_starts: dict[int, int]
    """Token that heads a name -> first token of the name."""
    refers: dict[int, int] = field(default_factory=dict)
    """Token that heads a name, nominal or pronoun -> the entity that it refers to."""
    discourse: Discourse = field(default_factory=Discourse)
    described: dict[str, dict[int, None]] = field(default_factory=dict)
    """Noun or office -> the entities that are described by it, in order of appearance."""
    surnames: dict[str, list[int]] = field(default_factory=dict)
    """Last word of a name -> the people called so."""
    ages: dict[int, str] = field(default_factory=dict)
    """Person -> age in years, as the article writes it behind the name."""
    nations: dict[int, str] = field(default_factory=dict)
    """Person -> code of the country whose demonym the article has called that person by."""
    introduced: dict[int, int] = field(default_factory=dict)
    """Head of a description -> the person whom the next sentence names; see `introduce`."""
    parties_of_case: dict[str, dict[int, None]] = field(default_factory=dict)
    """Suspect or victim -> the people whom a crime story tells to be that."""
    clients: dict[int, int] = field(default_factory=dict)
    """Lawyer -> whom the article says the lawyer works for."""
    places: dict[str, int] = field(default_factory=dict)
    """Name -> the place of that name."""

    @classmethod
    def of(cls, story: Story, entities: Sequence[Entity], mentions: Sequence[Mention]) -> Scene:
        """The scene before the first word is read."""
        syntax = Syntax(story)
        named = [-1] * syntax.size
        heads: dict[int, int] = {}
        starts: dict[int, int] = {}
        for mention in sorted(mentions, key=lambda m: m.span.start - m.span.end):
            tokens = tokens_of(syntax, mention)
            if not tokens:
                continue
            for i in tokens:
                named[i] = mention.entity
            head = head_of(syntax, tokens)
            heads[head] = mention.entity
            starts[head] = tokens[0]
        utterances = find_utterances(syntax)
        utterance_at = [-1] * syntax.size
        for number, utterance in enumerate(utterances):
            utterance_at[utterance.start : utterance.end] = [number] * (utterance.end - utterance.start)
        referents = [referent_of(entity, number) for number, entity in enumerate(entities)]
        titles = {}
        for head, number in heads.items():
            above = syntax.heads[head]
            is_noun = above < head and above not in heads and syntax.pos[above] in ("NOUN", "PROPN")
            if is_noun and referents[number].kind == "person" and named[above + 1] == number:
                titles[above] = head
        scene = cls(
            story=story,
            syntax=syntax,
            entities=list(entities),
            referents=referents,
            named=named,
            name_heads=heads,
            utterances=utterances,
            utterance_at=utterance_at,
            titles=titles,
            name_starts=starts,
            refers=dict(heads),
        )
        for number, referent in enumerate(referents):
            if referent.kind == "person" and referent.name:
                scene.surnames.setdefault(referent.name.split()[-1], []).append(number)
            elif referent.kind == "place":
                scene.places.setdefault(referent.name, number)
            for description in referent.descriptions:
                scene.index(number, description)
        return scene

    def index(self, entity: int, description: Description) -> None:
        """Makes an entity known by a description of it."""
        for key in (description.noun.noun, *sorted(description.noun.offices)):
            self.described.setdefault(key, {})[entity] = None

    def learn(self, entity: int, description: Description) -> None:
        """Adds a description of an entity that the article gives."""
        referent = self.referents[entity]
        known = referent.descriptions
        if description in known or len(known) >= MOST_DESCRIPTIONS:
            return
        same = [d for d in known if d.noun.noun == description.noun.noun and d.is_former == description.is_former]
        if not description.owners and any(d.owners for d in same):
            return
        # "the Ukrainian president" tells whose president "President Doe" is
        referent.descriptions = [d for d in known if d.owners or d not in same or not description.owners]
        referent.descriptions.append(description)
        self.index(entity, description)

    def candidates(self, sought: Description) -> list[int]:
        """Entities with a description that the one sought may match, at most a few hundred of the latest."""
        found: dict[int, None] = {}
        for key in (sought.noun.noun, *sorted(sought.noun.offices)):
            found.update(dict.fromkeys(itertools.islice(reversed(self.described.get(key, {})), MOST_CANDIDATES)))
        return list(found)

    def anchor(self, i: int) -> int:
        """The token under which the phrase of this one is read: of a title, the name's."""
        return self.titles.get(i, i)

    def owners_of(self, nominal: Nominal) -> frozenset[str]:
        """Keys of the countries and bodies that a description names as its owner.

        "the Venezuelan leader", "Venezuela's president", "the White House chief", "the president of Venezuela", "the
        company's chief executive".
        """
        found = set()
        for i in range(nominal.start, nominal.end):
            entity = self.refers.get(i)
            if i == nominal.head or entity is None:
                continue
            if is_owner(self.referents[entity]) and (leads_party(nominal) or not self.is_party_body(entity)):
                found.add(self.referents[entity].owner)
        return frozenset(found)

    def is_party_body(self, entity: int) -> bool:
        """Whether the entity is a political party by its name; its members hold no office of it ("the Labour MP")."""
        return self.entities[entity].type == "ORG" and is_party_name(self.entities[entity].name)

    def description_of(self, nominal: Nominal) -> Description:
        """The nominal as a description of whoever it means.

        With a seat for its owner, it names the office that heads the seat: the Pentagon chief is a defence minister.
        """
        noun = nominal.noun
        if noun.noun in HEADS:
            for i in range(nominal.start, nominal.end):
                entity = self.refers.get(i)
                seat = (
                    seats().get(self.referents[entity].name.removeprefix("the ").lower())
                    if entity is not None
                    else None
                )
                if seat and i != nominal.head:
                    noun = replace(noun, offices=frozenset({seat.office}))
        return Description(noun, self.owners_of(nominal), nominal.is_former, nominal.is_lower)

    def nominal_at(self, head: int) -> Nominal | None:
        """The descriptive phrase that the token heads."""
        return find_nominal(self.syntax, head, self.named)

    def is_inside(self, nominal: Nominal, entity: int) -> bool:
        """Whether the entity stands inside the phrase: "Maduro's adviser" is not Maduro."""
        inside = range(nominal.start, nominal.end)
        return any(self.refers.get(i) == entity for i in inside if i != nominal.head)

    def speaker_of(self, utterance: int) -> int | None:
        """The entity that speaks an utterance, as far as it is known yet."""
        if utterance < 0:
            return None
        speaker = self.utterances[utterance].speaker
        return self.refers.get(speaker) if speaker is not None else None

    def read(self, head: int, entity: int | None, *, kind: str, gender: str = "", is_plural: bool = False) -> None:
        """Adds a phrase to the discourse."""
        syntax = self.syntax
        top = next((t for t in (syntax.heads[head],) if self.titles.get(t) == head), head)
        role = syntax.role(top)
        verb = syntax.heads[top]
        is_speaker = role == "subject" and syntax.lemmas[verb] in speech_verbs() and syntax.deps[verb] in MAIN
        sentence = syntax.sentences[head]
        phrase = Phrase(
            head,
            sentence,
            role,
            kind,
            gender,
            is_plural,
            entity,
            self.utterance_at[head],
            is_speaker,
            syntax.pos[head] == "PRON",
        )
        self.discourse.add(phrase)
        if entity is not None:
            referent = self.referents[entity]
            referent.count += 1
            referent.last_sentence = sentence
            if referent.first_sentence < 0:
                referent.first_sentence = sentence


PARTY_OFFICES = frozenset({"any_politician", "candidate", "mp", "councillor", "senator", "governor"})
LEADING = frozenset({"leader", "chief", "boss", "head", "chair", "chairman", "chairwoman", "president", "secretary"})
"""Nouns for offices that a party itself gives."""


def leads_party(nominal: Nominal) -> bool:
    """Whether a party named in the phrase gives the office: "the Labour leader", and not "the Labour senator"."""
    return nominal.noun.noun.split()[-1] in LEADING or not nominal.noun.offices & PARTY_OFFICES


def is_party_name(name: str) -> bool:
    """Whether a name is a party's."""
    known = knowledge.known_names().get(knowledge.key(name))
    return (known is not None and known.is_party) or name.endswith(" Party")


def is_owner(referent: Referent) -> bool:
    """Whether somebody can be president or spokesman of the referent: a country or a body, no party's name ("Republican")."""
    return referent.kind != "person" and not is_party(referent)


def party_stem(referent: Referent) -> str:
    """What "Democrat", "Democratic" and "Democrats" share."""
    return referent.name.lower()[:8]


def is_party(referent: Referent) -> bool:
    """Whether the referent is a party, a creed or another group that people belong to, and no nation."""
    return referent.kind == "people" and referent.owner.startswith("#")


def parties_before(scene: Scene, first: int, last: int) -> set[str]:
    """Stems of the parties named in tokens [first, last)."""
    found = {scene.named[i] for i in range(max(0, first), last) if scene.named[i] >= 0}
    return {party_stem(scene.referents[number]) for number in sorted(found) if is_party(scene.referents[number])}


def tokens_of(syntax: Syntax, mention: Mention) -> range:
    """The tokens of a mention; one that the mention covers in part belongs to it ("Lima-based")."""
    first = syntax.token_at(mention.span.start)
    last = first
    while last + 1 < syntax.size and syntax.starts[last + 1] < mention.span.end:
        last += 1
    return range(first, last + 1) if syntax.size else range(0)


def head_of(syntax: Syntax, tokens: range) -> int:
    """The token of a name on which the others hang: the last one whose head lies outside."""
    outside = [i for i in tokens if syntax.heads[i] not in tokens or syntax.heads[i] == i]
    nouns = [i for i in outside if syntax.pos[i] in ("PROPN", "NOUN")]
    return (nouns or outside or [tokens[-1]])[-1]
