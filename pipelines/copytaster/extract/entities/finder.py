"""The candidates for names in the sentences that use capitals as prose does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from copytaster.extract.entities.candidates import HYPHENS, Candidate
from copytaster.extract.entities.runs import Runs
from copytaster.extract.entities.splitting import Splitter
from copytaster.extract.entities.surface import Case, is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words

LONGEST_RUN = 25
"""Tokens after which a run is cut: no name is longer, but a list without commas may be."""


class Finder(Runs, Splitter):
    """Finds the candidates of one story: runs of capitals, cut into names."""

    def prose(self, taken: frozenset[int] = frozenset()) -> Iterator[Candidate]:
        """The candidates of all sentences that use capitals as prose does; `taken` are tokens that are told already."""
        self.taken = taken
        s = self.surface
        i = 0
        while i < len(s):
            if s.case[i] is not Case.PROSE or s.block[i] < 0 or i in taken or not self.is_nameable(i):
                i += 1
                continue
            known = self.match_known(i)
            last = max(known[0] if known is not None else i, self.match_place(i) or i)
            while last - i < LONGEST_RUN and (following := self.extended(i, last)) is not None:
                last = following
            for candidate in self.split(i, last):
                if candidate.last == last and self.is_administration(candidate):
                    candidate = replace(candidate, last=last + 1, text=s.text(candidate.first, last + 1), title=None)
                    last += 1
                if self.is_likely(candidate):
                    self.remember(candidate)
                    yield self.with_particles(candidate)
            i = last + 1

    def parted(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """The candidates, where two names that a hyphen only puts side by side are two: "Zelensky-Putin summit"."""
        s = self.surface
        for candidate in candidates:
            first, last = candidate.first, candidate.last
            # "tells Trump Taiwan's return is part of it": a surname before a country is a name of its own
            is_open = last - first == 1 and candidate.known is None and candidate.title is None
            if is_open and s.words[first] in self.surnames_seen and geography.country_of_name(s.words[last]):
                yield self.candidate(first, first)
                yield self.candidate(last, last)
                continue
            is_pair = last - first == 2 and s.words[first + 1] in HYPHENS and candidate.known is None
            if is_pair and (s.small[first] in link_words("article") or self.is_seen_pair(first, last)):
                yield candidate
            elif is_pair and (s.words[first] in self.surnames_seen or s.words[last] in self.surnames_seen):
                yield self.candidate(first, first)
                yield self.candidate(last, last)
            else:
                yield candidate

    def with_particles(self, candidate: Candidate) -> Candidate:
        """The candidate with the small words before it that a full name had: "He told [bin] Salman"."""
        s, first = self.surface, candidate.first
        while first > 0 and s.words[first - 1] in link_words("particle") and s.block[first - 1] == s.block[first]:
            first -= 1
        if first == candidate.first or tuple(s.words[first : candidate.last + 1]) not in self.tails_seen:
            return candidate
        return replace(candidate, first=first, text=s.text(first, candidate.last))

    def is_administration(self, candidate: Candidate) -> bool:
        """Whether the name of a head of government goes on as that of the government: "the Trump administration"."""
        s = self.surface
        i = candidate.last + 1
        if i >= len(s) or s.words[i] != "administration" or s.block[i] != s.block[candidate.first]:
            return False
        return candidate.kind == "name" and candidate.known is None and not is_known_place(candidate.text, 500_000)

    def is_likely(self, candidate: Candidate) -> bool:
        """Whether a candidate is more than a common word at the opening of a sentence: "Election | Results"."""
        s = self.surface
        after = candidate.last + 1
        if (
            after < len(s)
            and s.small[after] in ("dollar", "dollars", "$")
            and s.block[after] == s.block[candidate.last]
        ):
            return False  # "500 US dollars"
        if candidate.first < candidate.last or candidate.known is not None or candidate.title is not None:
            return True
        i = candidate.first
        # "JN: So much has changed": who speaks in an interview, by initials
        is_label = i + 1 < len(s) and s.words[i + 1] == ":" and s.words[i].isupper() and len(s.words[i]) <= 4
        if is_label and (i == 0 or s.block[i - 1] != s.block[i]):
            return False
        # "Group A", "Division One": a heading of a table, not a name
        is_numbered = i + 1 < len(s) and (len(s.words[i + 1]) == 1 or s.small[i + 1] in ("one", "two", "three", "four"))
        if is_numbered and s.small[i] in knowledge.words_of("en/table_headings.tsv") and s.words[i + 1].isalnum():
            return False
        # "Section 12"
        if i + 1 < len(s) and s.words[i + 1].isdigit() and self.common.get(s.small[i], 0.0) >= 1.0:
            return is_known_place(s.words[i]) or s.words[i] in self.surnames_seen
        # "Secretary for Security": of an office, and no name
        is_office = i > 1 and s.small[i - 1] in ("of", "for") and s.small[i - 2] in self.titles and s.is_capital[i - 2]
        if is_office and self.common.get(s.small[i], 0.0) > 1.0:
            return False
        if self.is_mere_word(i):
            return False
        opens = s.is_opening[i] or (i > 0 and s.is_opening[i - 1] and s.is_capital[i - 1])
        if not opens or s.words[i].isupper() or s.words[i] in self.surnames_seen:
            return True
        return self.common.get(s.small[i], 0.0) < 1.5 or is_known_place(s.words[i])

    def is_mere_word(self, i: int) -> bool:
        """Whether a capital is all that a word alone has of a name: "the State", "in the Region", "Indigenous people"."""
        word = self.surface.words[i]
        if self.common.get(self.surface.small[i], 0.0) < 1.5 or not word.istitle():
            return False
        if word in self.surnames_seen or word in self.openings_seen or word in self.given or is_known_place(word):
            return False
        return self.surface.small[i] not in link_words("lone_body") and not geography.country_of_demonym(word)

    def remember(self, candidate: Candidate) -> None:
        """Keeps the surnames of persons named in full (later "May" or "Young" alone is such a person) and how bodies' names open."""
        s = self.surface
        is_full = s.words[candidate.first] in self.given or candidate.title is not None
        if candidate.known is None and candidate.first < candidate.last and is_full:
            self.surnames_seen.add(s.words[candidate.last])
            small = [i for i in range(candidate.first + 1, candidate.last) if s.words[i] in link_words("particle")]
            if small:
                self.tails_seen.add(tuple(s.words[small[0] : candidate.last + 1]))
            is_long = candidate.last - candidate.first > 2 or candidate.title is not None
            if is_long and s.words[candidate.last - 1] in HYPHENS:
                self.pairs_seen.add((s.words[candidate.last - 2], s.words[candidate.last]))
        closing = self.words_of_names.get((s.small[candidate.last], "last"))
        if closing is not None and closing.type == "ORG" and candidate.first < candidate.last:
            self.openings_seen.add(s.words[candidate.first])
