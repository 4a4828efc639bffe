"""The candidates for names by how they are written, each name with one decision on its type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from copytaster.extract.entities.candidates import Candidate
from copytaster.extract.entities.name_types import Judge, Votes, as_written, decide, is_nation
from copytaster.extract.entities.surface import Surface, is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words
from copytaster.records import EntityType

Merge = Callable[[int, int], None]
"""Tells that two groups, by their numbers, name the same."""

CERTAIN = 6.0
"""A lead in votes after which a type is beyond doubt: that of a known name."""


@dataclass
class Group:
    """The mentions of one written name, capitals apart."""

    key: str
    mentions: list[Candidate]
    words: list[str]
    """The words of its fullest form."""
    votes: Votes
    type: EntityType
    lead: float
    country: str | None = None
    """Of a country or its demonym: its code."""
    is_demonym: bool = False
    state: str | None = None
    """Of a state that is no more, or its demonym: its name."""


class Grouping:
    """The groups of a story's candidates."""

    def __init__(self, surface: Surface, judge: Judge) -> None:
        self.surface = surface
        self.judge = judge
        self.groups: list[Group] = []
        self.ends: dict[int, int] = {}
        """First token of each candidate -> its last one."""
        self.namesakes: dict[int, str] = {}
        """First tokens of places of which the article has another of that name -> in what country or region each is."""

    def told_apart(self, candidates: Iterable[Candidate]) -> dict[int, str]:
        """`namesakes`: "Athens, Georgia, … Athens, Greece"; one that is named alone is the one named last."""
        s = self.surface
        wheres: dict[str, dict[int, str]] = defaultdict(dict)
        for candidate in candidates:
            if candidate.kind != "name":
                continue
            where, after = "", candidate.last + 2
            if after in self.ends and s.words[after - 1] == "," and s.block[after] == s.block[candidate.first]:
                where = s.text(after, self.ends[after]).rstrip(".")
                if not geography.country_of_name(where) and not any(
                    place.kind == "region" for place in geography.places_called(where)
                ):
                    where = ""
            wheres[candidate.key][candidate.first] = where
        found: dict[int, str] = {}
        for by_first in wheres.values():
            if len({where for where in by_first.values() if where}) < 2:
                continue
            latest = next(where for where in by_first.values() if where)
            for first, where in by_first.items():
                latest = where or latest
                found[first] = latest
        return found

    def may_be_no_name(self, group: Group) -> bool:
        """Whether it is a common word of no type that has its capital only where a sentence begins."""
        is_common = group.type == "OTHER" and group.words[0].lower() in knowledge.common_words()
        return is_common and all(self.surface.is_opening[m.first] for m in group.mentions)

    def grouped(self, candidates: Iterable[Candidate]) -> Iterator[Group]:
        """The candidates by key, with one decision on the type of each."""
        by_key: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            sense = self.sense(candidate)
            by_key[sense + candidate.key].append(replace(candidate, role="place") if sense == "place:" else candidate)
        s = self.surface
        for key, mentions in by_key.items():
            best = next((m for m in mentions if not m.text.isupper()), mentions[0])
            words = [w for w in s.words[best.first : best.last + 1] if w[:1].isalnum()]
            if not words:
                continue
            if len(words) == 1 and (surname := self.shared_surname(mentions)):
                words.append(surname)
            if key.startswith("demonym:"):
                country = geography.country_of_demonym(best.text)
                state = geography.former_state(best.text)
                yield Group(key, mentions, words, {"NORP": 1.0}, "NORP", 1.0, country, is_demonym=True, state=state)
                continue
            votes = self.judge.votes(mentions)
            kind, lead = decide(votes)
            country = (
                geography.country_of_name(best.text) or geography.country_of_name(as_written(best.text))
                if kind in ("GPE", "NORP", "LOC")
                else None
            )
            state = geography.former_state(best.text) if kind in ("GPE", "NORP", "LOC") else None
            yield Group(key, mentions, words, votes, kind, lead, country, state=state)

    def shared_surname(self, mentions: list[Candidate]) -> str | None:
        """The surname that a given name shares with the full name joined to it: "Sarah and Jack [Hawkins]"."""
        s = self.surface
        for mention in mentions:
            after = mention.last + 2
            is_joined = (
                after < len(s) and s.small[after - 1] in ("and", "&") and s.words[mention.first] in self.judge.given
            )
            if not is_joined or s.words[after] not in self.judge.given or s.block[after] != s.block[mention.first]:
                continue
            last = self.ends.get(after, after)
            is_surname = (
                last > after and s.words[last].isalpha() and (s.small[last], "last") not in knowledge.name_words()
            )
            if is_surname and last - after < 3:
                return s.words[last]
        return None

    def is_visited(self, candidate: Candidate) -> bool:
        """Whether somebody goes "to" the name, on sport a town then: "Arsenal travel to Madrid", but "lost to Madrid"."""
        s, i = self.surface, candidate.first
        return i > 1 and s.small[i - 1] == "to" and s.small[i - 2] in link_words("travel")

    def sense(self, candidate: Candidate) -> str:
        """What tells apart names that are written alike: a people, and in sport a place from its team."""
        if candidate.kind == "demonym":
            return "demonym:"
        if (where := self.namesakes.get(candidate.first)) is not None:
            return f"{where}:"
        if not self.judge.on_sport or is_nation(candidate):
            return ""
        before = self.surface.small[candidate.first - 1] if candidate.first else ""
        is_place = is_known_place(candidate.text)
        goes = before in link_words("team_place") or self.is_visited(candidate)
        if candidate.role == "place" or (not candidate.role and is_place and goes):
            return "place:"
        return ""
