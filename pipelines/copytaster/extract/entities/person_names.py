"""Which names name one person: full names that differ in the middle, and single names with their bearers."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator

from copytaster.extract.entities.candidates import Candidate
from copytaster.extract.entities.grouping import Group, Grouping, Merge
from copytaster.extract.entities.name_forms import person_key, person_words, same_person
from copytaster.extract.entities.name_types import ORDER, as_written
from copytaster.extract.entities.surface import is_known_place
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words

BEARER = 0.8
"""What must speak for a person's full name before its words alone are taken for that person."""

SURNAME_BONUS = 3.0
"""What it weighs for a single word to be a person that somebody in the article bears it as a surname."""

MOST_NAMESAKES = 50
"""So many persons of one surname are told apart; a longer list is a register and no story."""


class PersonNames(Grouping):
    """Brings the names of persons together."""

    def merge_persons(self, merge: Merge) -> dict[int, list[int]]:
        """Full names that differ in middle names; single names go to their bearer, or are to be shared out by mention."""
        by_last: dict[str, list[int]] = defaultdict(list)
        by_first: dict[str, list[int]] = defaultdict(list)
        by_middle: dict[str, list[int]] = defaultdict(list)
        alone = {g.key: g.votes.get("PERSON", 0.0) for g in self.groups if len(g.words) == 1}
        for i, group in enumerate(self.groups):
            words = person_words(group.words)
            if group.type != "PERSON" or len(words) < 2:
                continue
            # what the surname alone does speaks for the full name too: "Femi Adeyinka … Adeyinka said"
            told = group.votes.get("PERSON", 0.0) + alone.get(knowledge.key(words[-1]), 0.0)
            if max(told, group.lead) >= BEARER:
                by_last[person_key(words[-1])].append(i)
                by_first[person_key(words[0])].append(i)
                for word in words[1:-1]:
                    if len(word) > 2 and word[0].isupper():
                        by_middle[person_key(word)].append(i)
        for numbers in by_last.values():
            for at, i in enumerate(numbers):
                for j in numbers[max(0, at - MOST_NAMESAKES) : at]:
                    if same_person(person_words(self.groups[i].words), person_words(self.groups[j].words)):
                        merge(j, i)
                        break
        bearers: dict[int, list[int]] = {}
        for i, group in enumerate(self.groups):
            if group.is_demonym or (group.country and group.votes.get("PERSON", 0.0) < 2.0):
                continue
            words = person_words(group.words)
            is_given = False
            if group.type == "PERSON" and len(words) > 1:
                owners = self.longer_names(i, words, by_last)
            else:
                single = person_key(group.key)
                owners = by_last.get(single, []) or self.longer_surnames(group, by_last)
                if not owners and len(words) == 1:
                    owners = by_first.get(single, []) or by_middle.get(single, [])
                    is_given = True
            owners = [j for j in owners if j != i]
            if owners and (self.may_be_called_so(group) if is_given else self.may_be_person(group)):
                bearers[i] = owners
        # a bearer must not be shared out itself
        return {i: kept for i, owners in bearers.items() if (kept := [j for j in owners if j not in bearers])}

    def longer_surnames(self, group: Group, by_last: dict[str, list[int]]) -> list[int]:
        """Full names that end with a surname of several words: "van der Berg", "Al-Maeena"."""
        if len(group.words) < 2 or len(group.words) > 4:
            return []
        return [
            i
            for i in by_last.get(person_key(group.words[-1]), [])
            if len(self.groups[i].words) > len(group.words) and self.groups[i].key.endswith(group.key)
        ]

    def longer_names(self, i: int, words: list[str], by_last: dict[str, list[int]]) -> list[int]:
        """Full names of which a name of several words is the end: "El-Hassan Mohamed"."""
        key = self.groups[i].key
        return [
            j
            for j in by_last.get(person_key(words[-1]), [])
            if j != i and len(self.groups[j].words) > len(self.groups[i].words) and self.groups[j].key.endswith(key)
        ]

    def may_be_called_so(self, group: Group) -> bool:
        """Whether a name that is somebody's given name means that person: "Chelsea" beside Chelsea Moritz may be the club."""
        if group.mentions[0].known is not None:
            return False
        if not is_known_place(group.mentions[0].text):
            return self.may_be_person(group)
        return group.votes.get("PERSON", 0.0) + 1.0 >= group.votes.get("GPE", 0.0)

    def may_be_person(self, group: Group) -> bool:
        """Whether a name can be the surname of a person although it is more than that elsewhere: Paris, Church."""
        person = group.votes.get("PERSON", 0.0) + SURNAME_BONUS
        others = {kind: group.votes.get(kind, 0.0) for kind in ORDER if kind != "PERSON"}
        if all(person >= weight for weight in others.values()):
            return True
        # a place that is somebody's surname: it is the person unless things happen in it
        is_place = max(others, key=lambda k: others[k]) in ("GPE", "LOC") and group.mentions[0].known is None
        words, before = self.surface.small, [m.first - 1 for m in group.mentions]
        inside = sum(1 for i in before if i >= 0 and words[i] in link_words("place_link"))
        return is_place and inside * 3 <= len(before)

    def shared_out(self, group: Group, owners: list[int]) -> Iterator[tuple[Candidate, int]]:
        """Each mention of a single name with the person it belongs to: by title, else who was named last or most."""
        total = {j: len(self.groups[j].mentions) for j in owners}
        owners = sorted(owners, key=lambda j: (-total[j], j))[:MOST_NAMESAKES]
        block = self.surface.block
        for mention in group.mentions:
            fitting = [j for j in owners if self.title_fits(mention, j)] or owners
            # "Mrs Hawkins" is Sarah rather than Jack, a name that some women have
            fitting = [j for j in fitting if self.title_fits(mention, j, exactly=True)] or fitting
            before = []
            leading = self.protagonist(mention, fitting)
            if leading is not None:
                yield mention, leading
                continue
            for j in fitting:
                at = bisect.bisect_left(self.groups[j].mentions, mention.first, key=lambda m: m.first) - 1
                if at >= 0 and block[mention.first] - block[self.groups[j].mentions[at].first] <= 1:
                    nearest = self.groups[j].mentions[at].first
                    before.append((not self.is_relative(nearest), nearest, j))
            if before:
                yield mention, max(before)[2]
            else:
                yield mention, min(fitting, key=lambda j: (-total[j], self.groups[j].mentions[0].first))

    def is_relative(self, i: int) -> bool:
        """Whether a name is told of as somebody's relative, whom the story is not about: "his brother, [Sam] Dole"."""
        s = self.surface
        i -= 1 if s.words[i - 1 : i] == [","] else 0
        return i > 1 and s.small[i - 1] in link_words("no_title") and s.small[i - 2] in ("his", "her", "their")

    def protagonist(self, mention: Candidate, owners: list[int]) -> int | None:
        """Of several people of one surname the one whom the headline or the lead names, and whom "Kim" means alone.

        The others are told by titles and given names, but where one of them was named just before.
        """
        block = self.surface.block
        if mention.title is not None or len(owners) < 2:
            return None
        early = [j for j in owners if block[self.groups[j].mentions[0].first] <= 1]
        if len(early) != 1 or block[mention.first] < 2:
            return None
        near = [
            m
            for j in owners
            if j != early[0]
            for m in self.groups[j].mentions
            if m.first < mention.first and block[m.first] == block[mention.first]
        ]
        return None if near else early[0]

    def title_fits(self, mention: Candidate, owner: int, *, exactly: bool = False) -> bool:
        """Whether the gender of the mention's title ("Mrs") agrees with the owner's given name; `exactly`, with no other."""
        if mention.title is None:
            return True
        title = self.judge.titles.get(knowledge.key(self.surface.text(*mention.title)))
        gender = self.judge.given.get(as_written(self.groups[owner].words[0]), "")
        if exactly and title is not None and title.gender:
            return title.gender == gender
        return title is None or not title.gender or not gender or title.gender in gender
