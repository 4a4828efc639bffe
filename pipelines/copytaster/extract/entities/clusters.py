"""Which names name the same: full names and surnames, organisations and their abbreviations, countries and peoples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from copytaster.extract.entities.candidates import Candidate
from copytaster.extract.entities.grouping import CERTAIN, Group, Merge
from copytaster.extract.entities.name_types import ORDER, Votes, decide
from copytaster.extract.entities.organisation_names import OrganisationNames, is_christened
from copytaster.extract.entities.person_names import PersonNames
from copytaster.records import EntityType


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


class Clusterer(PersonNames, OrganisationNames):
    """Brings the candidates of a story together."""

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

    def is_mere_word(self, cluster: Cluster) -> bool:
        """Whether nothing but the capital of a sentence's first word speaks for a name."""
        opening = self.surface.is_opening
        return cluster.type == "OTHER" and all(m.first == m.last and opening[m.first] for m in cluster.mentions)

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
