"""What has been talked about so far, and how much of it is still in mind.

Salience follows Lappin and Leass (1994, "An Algorithm for Pronominal Anaphora Resolution"): a referent scores for each
sentence in which it stands, by its grammatical role there, and half as much with every sentence that follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from copytaster.extract.coreference.roles import (
    Description,
    country_codes,
    describe,
    genders_of_holders,
    genders_of_names,
    seats,
)
from copytaster.extract.coreference.syntax import Role
from copytaster.records import Entity

ROLE_WEIGHT: dict[Role, float] = {
    "subject": 80,
    "agent": 45,
    "object": 50,
    "indirect": 45,
    "oblique": 35,
    "possessor": 35,
    "predicate": 15,
    "modifier": 10,
    "other": 30,
}
RECENCY = 100.0
MOST_PHRASES = 120
"""Phrases looked back over at most, whatever their sentences: text without full stops has very long ones."""

MALE_TITLES = frozenset({"mr", "mr.", "sir", "lord", "king", "prince", "baron", "duke", "sheikh", "pope", "don"})
FEMALE_TITLES = frozenset(
    {"mrs", "mrs.", "ms", "ms.", "miss", "lady", "queen", "princess", "dame", "baroness", "duchess"}
)


@dataclass(slots=True)
class Referent:
    """An entity as far as pronouns and descriptions can tell it from others."""

    kind: str
    """person, people, organisation, place, facility, work, thing."""
    gender: str = ""
    is_plural: bool = False
    descriptions: list[Description] = field(default_factory=list)
    parties: set[str] = field(default_factory=set)
    """Parties and creeds that the article puts before the name, by their stem: "Democrat Jane Doe"."""
    owner: str = ""
    """The key under which offices of it are known: a country's code, or `#` and the entity's number."""
    name: str = ""
    is_outlet: bool = False
    first_sentence: int = -1
    last_sentence: int = -1
    count: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """One noun phrase of the text, in the order of reading."""

    head: int
    """Token number of its head."""
    sentence: int
    role: Role
    kind: str
    gender: str
    is_plural: bool
    entity: int | None
    """None: something that is no entity, but may be what "it" or "they" refer to."""
    utterance: int = -1
    """Number of the utterance in which it stands, -1 outside of quotation marks."""
    is_speaker: bool = False
    """The subject of a verb of speech."""
    is_pronoun: bool = False


class Discourse:
    """The phrases read so far."""

    def __init__(self) -> None:
        self.phrases: list[Phrase] = []

    def add(self, phrase: Phrase) -> None:
        """Reads one more phrase."""
        self.phrases.append(phrase)

    def recent(self, sentence: int, sentences: int) -> list[Phrase]:
        """The phrases of the last so many sentences before and with this one, the latest first."""
        found: list[Phrase] = []
        for phrase in reversed(self.phrases):
            if phrase.sentence < sentence - sentences or len(found) >= MOST_PHRASES:
                break
            found.append(phrase)
        return found

    def salience(
        self, sentence: int, sentences: int, weigh: Callable[[Phrase], float], utterance: int = -1, begun: int = -1
    ) -> dict[int, tuple[float, Phrase]]:
        """Score and latest phrase of each referent of the last sentences; keys of what is no entity are negative.

        `weigh` gives the factor by which a phrase counts, 0 where it cannot be meant. Inside an utterance that began in
        the sentence `begun`, what was said before it is as near as if the utterance were one sentence: a long quote does
        not make the reader forget whom it is about.
        """
        best: dict[tuple[int, int], float] = {}
        latest: dict[int, Phrase] = {}
        reach = sentences + (sentence - begun if utterance >= 0 else 0)
        for phrase in self.recent(sentence, min(reach, 30)):
            factor = weigh(phrase)
            is_before = utterance >= 0 and phrase.utterance != utterance
            distance = max(0, begun - phrase.sentence) if is_before else sentence - phrase.sentence
            if factor <= 0 or distance > sentences:
                continue
            key = phrase.entity if phrase.entity is not None else -1 - phrase.head
            weight = (RECENCY + ROLE_WEIGHT[phrase.role]) * factor * 0.5**distance
            place = (key, phrase.sentence)
            best[place] = max(best.get(place, 0.0), weight)
            latest.setdefault(key, phrase)
        totals: dict[int, tuple[float, Phrase]] = {}
        for (key, _), weight in best.items():
            totals[key] = (totals.get(key, (0.0, latest[key]))[0] + weight, latest[key])
        return totals


def referent_of(entity: Entity, number: int) -> Referent:
    """What is known of a named entity before the text is read for more."""
    kinds = {"PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "region", "FAC": "facility"}
    kind = kinds.get(entity.type, "people" if entity.type == "NORP" else "thing")
    referent = Referent(kind, name=entity.name, is_outlet=entity.is_outlet, owner=owner_key(entity, number))
    if entity.type == "PERSON":
        referent.gender = gender_of(entity)
        referent.descriptions = [found for title in entity.titles if (found := describe(title))]
    return referent


def owner_key(entity: Entity, number: int) -> str:
    """The key under which the offices of a country or body are looked up."""
    codes = country_codes()
    for name in (entity.name, *entity.aliases):
        bare = name.removeprefix("the ").removeprefix("The ")
        seat = seats().get(bare.lower())
        if seat:
            return seat.country
        if entity.type not in ("PERSON", "ORG") and bare in codes:
            return codes[bare]
    return f"#{number}"


def gender_of(entity: Entity) -> str:
    """Gender, m or f, by titles, the office holders known, or the given name; empty where none of them tells."""
    for title in entity.titles:
        words = {word.lower() for word in title.split()}
        if words & MALE_TITLES:
            return "m"
        if words & FEMALE_TITLES:
            return "f"
        description = describe(title)
        if description and description.noun.gender:
            return description.noun.gender
    known = genders_of_holders().get(entity.name)
    if known:
        return known
    words_of_name = entity.name.split()
    if len(words_of_name) > 1:
        first = words_of_name[0].lower()
        if first.rstrip(".") in ("mr", "mrs", "ms"):
            return "m" if first.startswith("mr") and "s" not in first else "f"
        for word in words_of_name[:-1]:
            gender = genders_of_names().get(word.lower()) or genders_of_names().get(word.lower().split("-")[0])
            if gender:
                return gender
    return ""
