"""What kind of thing a name names: evidence of every mention, added up, one decision for the article.

Each piece of evidence speaks for a type with a weight; the weights are set by hand. Titles and closing words ("Mr",
"Inc", "Party") weigh most, then the knowledge base, then the words around ("in X", "X, 45,").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from copytaster.extract.entities.candidates import HYPHENS, Candidate
from copytaster.extract.entities.surface import VILLAGE, Surface, is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words
from copytaster.records import EntityType

ROLE_TYPES: dict[str, EntityType] = {"team": "ORG", "player": "PERSON", "place": "GPE"}
"""What a table of results or a dateline makes of a name."""

ORDER: tuple[EntityType, ...] = (
    "PERSON",
    "ORG",
    "GPE",
    "LOC",
    "FAC",
    "EVENT",
    "NORP",
    "PRODUCT",
    "WORK",
    "LAW",
    "OTHER",
)
"""Which type wins where the evidence is even."""

RIVERSIDE = re.compile(r"\w-(?:under|upon|on|by|in|sur|sous|en|le|les|aux|am)-[A-Z]")
"""How towns are told from others of their name: "Stoke-on-Trent", "Aix-en-Provence"."""

Votes = dict[EntityType, float]


class Judge:
    """Weighs the evidence for the type of each name."""

    def __init__(self, surface: Surface, *, on_sport: bool = False) -> None:
        self.surface = surface
        self.on_sport = on_sport
        self.contexts = knowledge.context_words()
        self.given = knowledge.given_names()
        self.surnames = knowledge.surnames()
        self.words_of_names = knowledge.name_words()
        self.common = knowledge.common_words()
        self.titles = knowledge.titles()

    def votes(self, candidates: Iterable[Candidate]) -> Votes:
        """The evidence of all mentions of one name."""
        total: Votes = defaultdict(float)
        for number, candidate in enumerate(candidates):
            if number == 0:
                self.add_form(candidate, total)
            self.add_mention(candidate, total)
        return total

    def is_team_place(self, candidate: Candidate) -> bool:
        """Whether a place is a team here: on sport, where it is no country and nothing happens "in" it."""
        return self.on_sport and candidate.role != "place" and not is_nation(candidate)

    # ---- the name itself

    def add_form(self, candidate: Candidate, total: Votes) -> None:
        """What the name's own words tell."""
        s = self.surface
        words = s.words[candidate.first : candidate.last + 1]
        if candidate.known is not None:
            total[candidate.known.type] += 6.0
            if candidate.known.is_team and not self.on_sport and is_known_place(candidate.text):
                total[candidate.known.type] -= 6.0
            else:
                return
        if words[-1] == "administration":
            total["ORG"] += 8.0
            return
        if s.small[candidate.first] in link_words("maker") and any(word.isdigit() for word in words):
            total["PRODUCT"] += 6.0  # "Boeing 737 Max"
            return
        if words[0] == "The" and not s.is_opening[candidate.first] and len(words) > 2:
            total["WORK"] += 2.5 if any(word.islower() for word in words) else 1.5
            total["PERSON"] -= 1.5
            total["GPE"] -= 1.5
        if len(words) == 2 and words[0] == "Model":
            total["PRODUCT"] += 2.0  # "Model Y"
        if len(words) > 1 and geography.country_of_demonym(words[0]):
            of_nation = knowledge.known_names().get(knowledge.key("".join(words[1:])))
            if of_nation is not None:
                total[of_nation.type] += 4.0  # "Indonesian Red Cross"
        if len(words) > 1 and words[-1].isdigit() and self.known_opening(words) == "PRODUCT":
            total["PRODUCT"] += 4.0
        if (len(words) == 1 and is_people(s.small[candidate.first])) or (
            geography.region_of_demonym(candidate.text) is not None and not is_known_place(candidate.text)
        ):
            total["NORP"] += 4.0
        text = as_written(candidate.text)
        if RIVERSIDE.search(candidate.text):
            total["GPE"] += 3.0
        place = self.place_weight(text)
        if len(words) in (2, 3) and words[0] in geography.DIRECTIONS:
            # "Northern Uganda", "South Tura": the part of a place, and mostly one that is governed
            total["LOC" if words[0].endswith("ern") else "GPE"] += 1.2 + 0.5 * self.place_weight(" ".join(words[1:]))
        if place:
            if self.is_team_place(candidate):
                total["ORG"] += place + 1.5
            else:
                total[place_type(text)] += place
        first, last = as_written(words[0]), as_written(words[-1])
        small_first, small_last = s.small[candidate.first], s.small[candidate.last]
        opens_of = self.words_of_names.get((small_first, "head_of"))
        has_of = any(s.small[i] in ("of", "for") for i in range(candidate.first + 1, candidate.last))
        if has_of:
            for i in range(candidate.first, candidate.last):
                if s.small[i + 1] in ("of", "for"):
                    opens_of = self.words_of_names.get((s.small[i], "head_of"))
                    if opens_of is None:
                        opens_of = self.words_of_names.get((s.small[i], "last"))
                    if opens_of is not None:
                        total[opens_of.type] += 3.5 if opens_of.is_strong else 1.5
                    break
        closing = self.words_of_names.get((small_last, "last"))
        particles = link_words("particle")
        if (first in self.given or small_first in particles) and particles.intersection(words[1:-1]):
            closing = None  # "Anne-Sophie de la Tour"
        if len(words) > 1:  # "Convention Centre" is a building, "Policy Centre" is none
            closing = self.words_of_names.get((f"{s.small[candidate.last - 1]} {small_last}", "last"), closing)
            if (longer := self.known_opening(words)) is not None:
                total[longer] += 3.0
        if small_last == "state" and len(words) > 1:  # "Niger State" is governed, "Arizona State" plays
            closing = None
            total["ORG" if self.on_sport else "GPE"] += 2.0
        if closing is not None and not has_of:
            # "Nathan Law" is no act
            is_person = len(words) == 2 and first in self.given and (last in self.surnames or closing.type == "LAW")
            weight = (4.0 if closing.is_strong else 1.5) if len(words) > 1 else 0.8
            total[closing.type] += weight * (0.4 if is_person else 1.0)
            total["PERSON"] += 2.5 if is_person and closing.type == "LAW" else 0.0
        opening = self.words_of_names.get((small_first, "first"))
        if opening is not None and len(words) > 1:
            # "Storm Ashley": people lend their given names to storms, ships and operations
            total[opening.type] += 5.0 if opening.type in ("EVENT", "PRODUCT") else 3.0
        if "," in words:
            total["ORG"] += 1.5
        if "&" in words:
            total["ORG"] += 4.0  # partners of a firm: "Simon & Schuster"
        if closing is None and not has_of and link_words("person_particle").intersection(words[1:-1]):
            total["PERSON"] += 1.0
        if geography.region_of_abbreviation(candidate.text) is not None:
            total["GPE"] += 3.0  # "Mich."
        if len(words) > 1 and self.is_body(words[0]):
            total["ORG"] += 1.0  # "Apple Music"
        if opens_with_article(words):
            total["PERSON"] += 0.7
        is_bound = len(words) == 4 and words[2] in HYPHENS and words[3].islower() and words[1].istitle()
        if is_bound and (first in self.surnames or small_last not in self.common):
            total["PERSON"] += 2.5  # "Leung Kwok-hung"
        if len(words) == 1:
            self.add_single(words[0], total)
        elif len(words) == 2 and closing is None and self.is_firm_of_country(first, last):
            total["ORG"] += 1.5
        elif first in self.given and not self.is_no_given_name(words):
            weight = 2.5 if self.common.get(small_first, 0.0) <= 0.5 else 1.2
            is_words = all(self.common.get(word.lower(), 0.0) > 1.0 for word in words) and last not in self.surnames
            if place >= 2.5 or is_words:
                weight *= 0.3  # "Abu Dhabi", "Peace Facility"
            if closing is None and not has_of:
                total["PERSON"] += weight + (0.7 if last in self.surnames else 0.0)
        elif closing is None and not has_of and 2 <= len(words) <= 4:
            if last in self.surnames and self.common.get(small_last, 0.0) <= 0.5:
                total["PERSON"] += 0.9
            if len(words[0]) == 1 or (len(words[0]) == 2 and words[0][1] == "."):
                total["PERSON"] += 2.0
            if not (place or self.on_sport or any(word.lower() in self.common for word in words)):
                total["PERSON"] += 0.4  # two strange words are most often somebody

    def is_no_given_name(self, words: list[str]) -> bool:
        """Whether what some are called is none here: an article ("Al-Rai"), a direction ("North Tura"), a firm's partner."""
        return opens_with_article(words) or words[0] in geography.DIRECTIONS or "&" in words

    def is_firm_of_country(self, first: str, last: str) -> bool:
        """Whether a country and a word that is nobody's name make a firm's: "China Moly", but not "Jordan Pickford"."""
        if geography.country_of_name(first) is None or first.lower() in link_words("given_country"):
            return False
        return last not in self.surnames and last not in self.given

    def known_opening(self, words: list[str]) -> EntityType | None:
        """The type of a known name of several words that a longer one opens with: "Amnesty International Indonesia"."""
        for end in range(len(words) - 1, 0 if words[0].isupper() else 1, -1):
            known = knowledge.known_names().get(knowledge.key("".join(words[:end])))
            if known is not None:
                return known.type
        return None

    def is_body(self, word: str) -> bool:
        """Whether a word alone is a known body's name."""
        known = knowledge.known_names().get(knowledge.key(word))
        return known is not None and known.type == "ORG" and not known.is_team

    def place_weight(self, text: str) -> float:
        """How much a gazetteer speaks for a place: a country is hardly anything else, a village is anything."""
        if geography.country_of_name(text):
            return 4.0
        if geography.country_of_capital(text):
            return 2.5
        places = geography.places_called(text)
        if not places:
            return 0.0
        several = 1.5 if " " in text else 0.0
        if places[0].kind != "city":
            return 1.5 + several
        population = places[0].population
        size = 2.0 if population >= 1_000_000 else 1.4 if population >= 50_000 else 0.8
        return size + several if population >= VILLAGE else 0.3

    def is_abbreviation(self, word: str) -> bool:
        """Whether a word in capitals may be short for a body's name; one of six letters is none that is a word too."""
        letters = len(word.replace(".", ""))
        if not word.isupper() or not 2 <= letters <= 7 or is_known_place(as_written(word)):
            return False
        if letters < 6:
            return True
        written = as_written(word)
        return word.lower() not in self.common and written not in self.surnames and written not in self.given

    def add_single(self, word: str, total: Votes) -> None:
        """What a name of one word tells by its form."""
        if any(c.isdigit() for c in word) and word[0].isalpha():
            total["PRODUCT"] += 2.0
        elif self.is_abbreviation(word):
            total["ORG"] += 1.5
            total["PERSON"] -= 1.5  # "he told IPS"
        elif as_written(word) in knowledge.holders_surnames() and self.common.get(word.lower(), 0.0) <= 0.3:
            total["PERSON"] += 0.8 if self.place_weight(as_written(word)) > 1.0 else 2.0
        elif as_written(word) in self.given:
            total["PERSON"] += 0.8 if is_known_place(as_written(word)) else 1.5
        elif as_written(word) in self.surnames:
            total["PERSON"] += 0.5

    # ---- one mention

    def add_mention(self, candidate: Candidate, total: Votes) -> None:
        """What the words around one mention tell."""
        s = self.surface
        if candidate.role:
            total[ROLE_TYPES[candidate.role]] += 5.0
        if candidate.title is not None:
            title = self.titles.get(knowledge.key(s.text(*candidate.title)))
            total["PERSON"] += 6.0 if title is not None and title.kind == "honorific" else 4.0
        self.add_before(candidate, total)
        self.add_after(candidate, total)

    def tell(self, word: str, place: str, total: Votes) -> None:
        """Adds what a word beside the name tells."""
        for kind, weight in self.contexts.get((word, place), ()):
            total[kind] += weight

    def add_before(self, candidate: Candidate, total: Votes) -> None:
        """The word before the name, and the noun before that has the name as its apposition."""
        s = self.surface
        i = candidate.first - 1
        if i < 0 or s.block[i] != s.block[candidate.first]:
            return
        if s.small[i] == "the" and i > 0:
            after = candidate.last + 1
            if after >= len(s) or s.tags[after] != "NOUN":  # "the Cruise video" tells nothing
                total["PERSON"] -= 1.7 if candidate.first == candidate.last else 0.7
                total["ORG"] += 0.3
            i -= 1
        if s.small[i] != "off" or self.place_weight(candidate.text) < 1.0:  # "off Mombasa" is at sea, the town is none
            self.tell(s.small[i], "before", total)
        if s.small[i] == "of" and i > 0:
            self.tell(s.small[i - 1], "before_of", total)
        is_told = (s.small[i], "before") in self.contexts
        if not is_told and s.words[i].islower() and s.small[i] in knowledge.person_nouns() and not s.is_predicate(i):
            total["PERSON"] += 1.5
        is_quoted = s.words[i] in ('"', "“", "‘") and candidate.last + 1 < len(s)
        if is_quoted and candidate.first < candidate.last:
            # American usage puts the comma before the closing mark: “The Long Game,”
            closing = candidate.last + (2 if s.words[candidate.last + 1] in (",", ".") else 1)
            if closing < len(s) and s.words[closing] in ('"', "”", "’"):
                total["WORK"] += 2.0 if closing == candidate.last + 1 else 3.0
        if s.words[i] == "," and i > 0:
            self.tell(s.small[i - 1], "before_comma", total)
            if s.words[i - 1].islower() and s.small[i - 1] in knowledge.person_nouns():
                total["PERSON"] += 1.0

    def add_after(self, candidate: Candidate, total: Votes) -> None:
        """The words after the name: its verb, its age, its apposition."""
        s = self.surface
        i = candidate.last + 1
        if i >= len(s) or s.block[i] != s.block[candidate.first]:
            return
        word = s.small[i]
        self.tell(word, "after", total)
        if word in ("'s", "’s") and i + 1 < len(s):
            self.tell(s.small[i + 1], "possessed", total)
        elif word == "," and i + 1 < len(s):
            if s.words[i + 1].isdigit() and len(s.words[i + 1]) == 2 and i + 2 < len(s) and s.words[i + 2] in ",.":
                total["PERSON"] += 2.5
            for j in range(i + 1, min(i + 6, len(s))):
                if s.small[j] in (",", "."):
                    break
                self.tell(s.small[j], "apposition", total)
            self.tell(s.small[i + 1], "after_comma", total)
        elif word in "-‐‑" and i + 1 < len(s) and s.small[i + 1] == "based":
            total["GPE"] += 3.0


def is_people(word: str) -> bool:
    """Whether a word, in small letters, is a people's name, one or several of them: "yoruba", "yorubas"."""
    peoples = knowledge.words_of("en/peoples.tsv")
    return word in peoples or word.removesuffix("s") in peoples


def opens_with_article(words: list[str]) -> bool:
    """Whether the name is an Arabic article and what a hyphen binds to it: "Al-Fadhel", "Al-Rai"."""
    return len(words) > 2 and words[0].lower() in link_words("article") and words[1] in HYPHENS


def place_type(text: str) -> EntityType:
    """LOC for seas, rivers and continents, GPE for what is governed."""
    places = geography.places_called(text)
    return "LOC" if places and places[0].kind == "landform" else "GPE"


def is_nation(candidate: Candidate) -> bool:
    """Whether the name is a country's or a part of the world's that fields a team of its own: Italy, Wales, West Indies."""
    if candidate.known is not None and candidate.known.type in ("GPE", "LOC"):
        return True
    return geography.country_of_name(candidate.text) is not None


def as_written(text: str) -> str:
    """The name with one capital a word where it stands in capitals or has the wrong one: "MADURO" -> "Maduro", "iSrael"."""
    is_shifted = text[:1].islower() and text[1:2].isupper()
    return text.title() if (text.isupper() and len(text) > 3) or is_shifted else text


def decide(votes: Votes) -> tuple[EntityType, float]:
    """The type that most speaks for, and by how much it leads."""
    ranked = sorted(ORDER, key=lambda kind: (-votes.get(kind, 0.0), ORDER.index(kind)))
    best, second = ranked[0], ranked[1]
    if votes.get(best, 0.0) <= 0:
        return "OTHER", 0.0
    return best, votes.get(best, 0.0) - max(0.0, votes.get(second, 0.0))
