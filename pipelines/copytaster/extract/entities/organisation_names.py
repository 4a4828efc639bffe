"""Which names name one organisation: abbreviations, names with and without "Inc", short forms of a longer name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from copytaster.extract.entities.grouping import CERTAIN, Grouping, Merge
from copytaster.extract.entities.name_forms import abbreviations, letters_fit, short_forms, team_short_form
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words


def is_christened(word: str) -> bool:
    """Whether a word opens the names of storms and ships, which are called by the rest as well: Storm, Hurricane, HMS."""
    return word in link_words("christened")


class OrganisationNames(Grouping):
    """Brings the names of organisations together, and those of ships and storms."""

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
