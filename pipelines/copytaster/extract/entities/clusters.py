"""Which names name the same: full names and surnames, organisations and their abbreviations, countries and peoples."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from copytaster.extract.entities.candidates import Candidate
from copytaster.extract.entities.name_forms import (
    abbreviations,
    letters_fit,
    person_key,
    person_words,
    same_person,
    short_forms,
    team_short_form,
)
from copytaster.extract.entities.name_types import ORDER, Judge, Votes, as_written, decide, is_nation
from copytaster.extract.entities.surface import Surface, is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words
from copytaster.records import EntityType

BEARER = 0.8
"""What must speak for a person's full name before its words alone are taken for that person."""

Merge = Callable[[int, int], None]
"""Tells that two groups, by their numbers, name the same."""

SURNAME_BONUS = 3.0
"""What it weighs for a single word to be a person that somebody in the article bears it as a surname."""


CERTAIN = 6.0
"""A lead in votes after which a type is beyond doubt: that of a known name."""

MOST_NAMESAKES = 50
"""So many persons of one surname are told apart; a longer list is a register and no story."""


def is_christened(word: str) -> bool:
    """Whether a word opens the names of storms and ships, which are called by the rest as well: Storm, Hurricane, HMS."""
    return word in link_words("christened")


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


@dataclass
class Cluster:
    """The names of one thing and their mentions."""

    type: EntityType
    groups: list[Group]
    mentions: list[Candidate] = field(default_factory=list)
    confidence: float = 1.0
    """From 0.5, where nothing speaks for the type, to 1."""

    @property
    def full_name(self) -> str | None:
        """The whole name of a person who is only named by the first half of it: "Sarah [and Jack] Hawkins"."""
        longest = max((g.words for g in self.groups), key=len)
        is_implied = self.type == "PERSON" and len(longest) == 2 and all(m.first == m.last for m in self.mentions)
        bearer = next((g for g in self.groups if len(g.words) == 2), None)
        return " ".join(longest) if is_implied and bearer is not None else None


class Clusterer:
    """Brings the candidates of a story together."""

    def __init__(self, surface: Surface, judge: Judge) -> None:
        self.surface = surface
        self.judge = judge
        self.groups: list[Group] = []
        self.ends: dict[int, int] = {}
        """First token of each candidate -> its last one."""
        self.namesakes: dict[int, str] = {}
        """First tokens of places of which the article has another of that name -> in what country or region each is."""

    def clusters(self, candidates: Iterable[Candidate]) -> list[Cluster]:
        """The clusters in order of first mention; candidates that name nothing are left out."""
        candidates = list(candidates)
        self.ends = {c.first: c.last for c in candidates}
        self.namesakes = self.told_apart(candidates)
        self.groups = list(self.grouped(candidates))
        parent = list(range(len(self.groups)))

        def find(i: int) -> int:
            while parent[i] != i:
                parent[i] = parent[parent[i]]
                i = parent[i]
            return i

        def merge(i: int, j: int) -> None:
            a, b = find(i), find(j)
            if a != b:
                parent[max(a, b)] = min(a, b)

        self.merge_countries(merge)
        self.merge_known(merge)
        bearers = self.merge_persons(merge)
        self.merge_organisations(merge)
        members: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self.groups)):
            if i not in bearers:
                members[find(i)].append(i)
        clusters: dict[int, Cluster] = {}
        for root, numbers in members.items():
            groups = [self.groups[i] for i in numbers]
            kind, lead = self.type_of(groups)
            found_in = [m for g in groups for m in g.mentions]
            clusters[root] = Cluster(kind, groups, found_in, min(1.0, 0.5 + lead / CERTAIN))
        for i, owners in bearers.items():
            for mention, owner in self.shared_out(self.groups[i], owners):
                cluster = clusters[find(owner)]
                cluster.mentions.append(mention)
                if self.groups[i] not in cluster.groups:
                    cluster.groups.append(self.groups[i])
        found = [c for c in clusters.values() if c.mentions and not self.is_mere_word(c)]
        for cluster in found:
            cluster.mentions.sort(key=lambda m: m.first)
        return sorted(found, key=lambda c: c.mentions[0].first)

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

    def is_mere_word(self, cluster: Cluster) -> bool:
        """Whether nothing but the capital of a sentence's first word speaks for a name."""
        opening = self.surface.is_opening
        return cluster.type == "OTHER" and all(m.first == m.last and opening[m.first] for m in cluster.mentions)

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

    def type_of(self, groups: list[Group]) -> tuple[EntityType, float]:
        """The type that most speaks for in all names of a cluster, and by how much it leads."""
        named = [g for g in groups if not g.is_demonym]
        if not named:
            return "NORP", CERTAIN
        small = self.surface.small
        bearer = next((g for g in named if is_christened(small[g.mentions[0].first]) and g.type != "PERSON"), None)
        if bearer is not None:
            return bearer.type, CERTAIN
        total: Votes = defaultdict(float)
        for group in named:
            for kind in ORDER:
                total[kind] += group.votes.get(kind, 0.0)
        return decide(total)

    # ---- what belongs together

    def merge_countries(self, merge: Merge) -> None:
        """Names and demonyms of one country."""
        first: dict[str, int] = {}
        for i, group in enumerate(self.groups):
            if (nation := group.state or group.country) is not None:
                merge(first.setdefault(nation, i), i)
            elif group.type == "NORP" and not group.is_demonym and len(group.words) == 1:
                # "Republican" and "Republicans", "Democrat" and "Democratic"
                stem = group.key.removesuffix("s").removesuffix("ic")
                merge(first.setdefault(stem, i), i)

    def merge_known(self, merge: Merge) -> None:
        """Forms of one known name."""
        first: dict[str, int] = {}
        for i, group in enumerate(self.groups):
            known = group.mentions[0].known
            if known is not None:
                merge(first.setdefault(known.name, i), i)

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

    def introduced(self) -> Iterator[tuple[int, int]]:
        """Pairs of groups of which the first is introduced in brackets as short for the second: "National Rally (RN)"."""
        s = self.surface
        ends = {m.last: i for i, group in enumerate(self.groups) for m in group.mentions if len(group.words) > 1}
        for i, group in enumerate(self.groups):
            for mention in group.mentions:
                at = mention.first
                if len(group.words) != 1 or at < 2 or s.words[at - 1] != "(":
                    continue
                if sum(c.isupper() for c in mention.text) < 2 and not (
                    at - 2 in ends and group.key in abbreviations(self.groups[ends[at - 2]].words)
                ):
                    continue  # "(Unesco)" has all initials, "(Germany)" has not
                if mention.last + 1 < len(s) and s.words[mention.last + 1] == ")" and at - 2 in ends:
                    j = ends[at - 2]
                    is_body = self.groups[j].type == "ORG" and mention.text.isupper() and mention.known is None
                    if letters_fit(group.key, "".join(self.groups[j].words)) or is_body:
                        yield i, j
                        break

    def called(self) -> Iterator[tuple[int, int]]:
        """Pairs of groups of which the first is what the second, a person, is "known as"."""
        s = self.surface
        ends = {m.last: i for i, g in enumerate(self.groups) for m in g.mentions if g.type == "PERSON"}
        for i, group in enumerate(self.groups):
            for mention in group.mentions:
                at = mention.first - 1
                if at > 0 and s.words[at] in ('"', "“", "‘", "'"):
                    at -= 1
                if at < 3 or s.small[at] not in ("as", "nicknamed") or s.block[at] != s.block[mention.first]:
                    continue
                before = next((j for j in range(at, max(at - 5, 0), -1) if s.words[j] in (",", "(")), None)
                tells = before is not None and ("known" in s.small[before:at] or s.small[at] == "nicknamed")
                if before is not None and tells and before - 1 in ends and ends[before - 1] != i:
                    yield i, ends[before - 1]
                    break

    def named_after(self) -> dict[str, int]:
        """Keys of single names that a storm or a ship bears, and that nobody here does: "Storm Ashley … Ashley"."""
        s = self.surface
        found = {
            knowledge.key(g.words[-1]): i
            for i, g in enumerate(self.groups)
            if len(g.words) == 2 and g.type in ("EVENT", "PRODUCT") and is_christened(s.small[g.mentions[0].first])
        }
        people = self.words_of_people()
        return {key: i for key, i in found.items() if key not in people}

    def words_of_people(self) -> set[str]:
        """Keys of the words of all full names of persons."""
        return {knowledge.key(w) for g in self.groups if g.type == "PERSON" and len(g.words) > 1 for w in g.words}

    def forget_foreign_initials(self) -> None:
        """Lets an abbreviation mean what the article spells out: in a story of the Rapid Support Forces "RSF" is no other body."""
        spelled: dict[str, str] = {}
        for group in self.groups:
            if group.type == "ORG" and len(group.words) > 2:
                known = group.mentions[0].known
                for initials in abbreviations(group.words):
                    spelled.setdefault(initials, known.name if known is not None else group.key)
        full = {g.mentions[0].known.name for g in self.groups if g.mentions[0].known is not None and len(g.words) > 1}
        for group in self.groups:
            known = group.mentions[0].known
            name = spelled.get(group.key)
            is_short = known is not None and len(group.words) == 1 and group.words[0].replace(".", "").isupper()
            if known is not None and is_short and name not in (None, known.name) and known.name not in full:
                group.mentions = [replace(m, known=None) for m in group.mentions]

    def merge_organisations(self, merge: Merge) -> None:
        """Abbreviations, names with and without "Inc", short forms of a longer name."""
        for i, j in [*self.introduced(), *self.called()]:
            merge(j, i)
        self.forget_foreign_initials()
        by_initials: dict[str, int] = {}
        named_after, people = self.named_after(), self.words_of_people()
        by_short: dict[str, int] = {}
        for i, group in enumerate(self.groups):
            if (
                group.is_demonym
                or len(group.words) < 2
                or group.type == "PERSON"
                or group.words[-1] == "administration"
            ):
                continue
            written = group.mentions[0].text.split() if "&" in group.mentions[0].text else group.words
            for initials in abbreviations(written):
                by_initials.setdefault(initials, i)
            for short in short_forms(group.words):
                by_short.setdefault(short, i)
            known = group.mentions[0].known
            is_known = known is not None and known.is_team
            in_report = self.judge.on_sport and (is_known or group.words[-1].lower() in link_words("team"))
            if in_report or (is_known and group.words[-1].endswith("s")):
                by_short.setdefault(team_short_form(group.words), i)
            if in_report:
                by_short.setdefault(knowledge.key("".join(group.words[:-1])), i)  # "Marlow Rovers … Marlow"
        for i, group in enumerate(self.groups):
            if group.is_demonym:
                continue
            longer = by_short.get(group.key)
            is_firm = longer is not None and self.groups[longer].words[-1].lower() in link_words("trade")
            limit = CERTAIN if is_firm and group.key not in people else 1.5  # "Dalton Stores … Dalton", a surname too
            if group.type == "PERSON" and group.lead > limit and group.key not in named_after:
                continue
            word = group.mentions[0].text.replace(".", "")
            if group.key in named_after and named_after[group.key] != i:
                merge(named_after[group.key], i)
                continue
            if "&" in word and word.isupper() and word.lower() in by_initials and by_initials[word.lower()] != i:
                merge(by_initials[word.lower()], i)
                continue
            if len(group.words) == 1 and word.isupper() and 2 <= len(word) <= 7 and word.lower() in by_initials:
                j = by_initials[word.lower()]
                if group.country is None and (
                    group.mentions[0].known is None or self.groups[j].mentions[0].known is None
                ):
                    merge(j, i)
            elif longer is not None and longer != i and group.country is None:
                if len(group.words) == 1 and self.may_be_no_name(group):
                    continue
                places = group.votes.get("GPE", 0.0) + group.votes.get("LOC", 0.0)
                if places < 2.0 or (is_firm and group.type == "PERSON") or self.groups[longer].type in ("GPE", "LOC"):
                    merge(longer, i)
