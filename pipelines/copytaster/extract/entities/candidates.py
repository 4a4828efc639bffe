"""Candidates for names, and the matching of tokens with what the knowledge base knows of names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copytaster.extract.entities.surface import Surface, is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import KnownName, link_words

POSSESSIVES = ("'s", "\u2019s")

HYPHENS = frozenset("-‐‑–")

CandidateKind = Literal["name", "demonym"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Tokens first to last (included) that may be a name, without title and determiner."""

    first: int
    last: int
    text: str
    kind: CandidateKind = "name"
    known: KnownName | None = None
    title: tuple[int, int] | None = None
    """The tokens of the title right before it."""
    modifier: int | None = None
    """The first token of the title with whose it is: "US" of "US Secretary of State"."""
    role: Literal["", "team", "player", "place"] = ""
    """What a table of results or a dateline tells of it."""

    @property
    def key(self) -> str:
        """What is equal in equal names."""
        return knowledge.key(self.text)


class Matcher:
    """Finds known names, places and titles in the tokens of one story."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.never = knowledge.words_of("en/no_names.tsv")
        self.common = knowledge.common_words()
        self.given = knowledge.given_names()
        self.words_of_names = knowledge.name_words()
        self.titles = knowledge.titles()
        self.risen: frozenset[str] = frozenset()
        self.taken: frozenset[int] = frozenset()
        self.surnames_seen: set[str] = set()
        self.tails_seen: set[tuple[str, ...]] = set()
        """Surnames with the small particles before them, as full names had them: ("von", "der", "Leyen")."""
        self.pairs_seen: set[tuple[str, str]] = set()
        """Surnames of two words that a hyphen binds."""
        self.openings_seen: set[str] = set()
        """First words of bodies: "Beacon Foods" is later called "Beacon"."""

    def match_known(self, i: int, limit: int | None = None) -> tuple[int, KnownName] | None:
        """Last token and entry of the longest known name that begins with token i."""
        s = self.surface
        pieces = knowledge.first_pieces()
        head = knowledge.key(s.words[i])
        if not head or head not in pieces:
            return None
        known = knowledge.known_names()
        found = None
        joined = ""
        end = min(len(s), i + knowledge.LONGEST, (limit + 1) if limit is not None else len(s))
        for j in range(i, end):
            if s.block[j] != s.block[i]:
                break
            if not s.words[j][0].isalnum():
                joined += knowledge.key(s.words[j])
                entry = known.get(joined) if s.small[j] in POSSESSIVES else None
                if entry is not None and self.is_firms_own(i, j):
                    found = (j, entry)  # "Sotheby's"
                continue
            joined += knowledge.key(s.words[j])
            entry = known.get(joined)
            if entry is not None and not self.opens_score(j) and self.is_written_as_name(i, j, joined):
                found = (j, entry)
        # "Time is running out": a word first, and a magazine only where its capital is its own
        # "The Australian executive": a nation, and a newspaper only where no noun follows
        is_named = found is not None and found[0] == i + 1 and s.small[i] == "the"
        if is_named and geography.country_of_demonym(s.words[i + 1]) and self.describes(i + 2):
            return None
        is_single = found is not None and found[0] == i and s.is_opening[i] and not s.words[i].isupper()
        if is_single and self.common.get(s.small[i], 0.0) > 0.3 and s.words[i] not in self.risen:
            return None
        return found

    def is_firms_own(self, i: int, j: int) -> bool:
        """Whether the 's that is token j is the firm's own: not where somebody has the name and something: "Moody's wife"."""
        s = self.surface
        is_somebodys = s.words[j - 1] in self.surnames_seen and (self.describes(j + 1) or s.tags[j] == "VERB")
        return s.is_capital[i] and not is_somebodys

    def opens_score(self, i: int) -> bool:
        """Whether the token is the first number of a score: "France 24-20", but "France 24" is a broadcaster."""
        words = self.surface.words[i : i + 3]
        return len(words) == 3 and words[0].isdigit() and not words[1][0].isalnum() and words[2].isdigit()

    def describes(self, i: int) -> bool:
        """Whether the token is a noun in small letters, or an adjective before one."""
        s = self.surface
        return i < len(s) and s.tags[i] in ("NOUN", "ADJ") and s.words[i].islower()

    def match_with_article(self, first: int, last: int) -> KnownName | None:
        """The entry of a known name whose article stands small before it: "the Independent"."""
        s = self.surface
        if first == 0 or s.small[first - 1] != "the":
            return None
        is_nation = first == last and geography.country_of_demonym(s.words[first])
        if is_nation and self.describes(last + 1):
            return None
        entry = knowledge.known_names().get("the" + knowledge.key(s.text(first, last)))
        return entry if entry is not None and entry.name.startswith("The ") else None

    def is_written_as_name(self, first: int, last: int, joined: str) -> bool:
        """Whether the tokens have the capitals of a name: "WHO" has, "who" and "Who" have not."""
        s = self.surface
        is_article = s.small[first] in link_words("article") and first < last
        if not (s.is_capital[first] or is_article) or (not s.words[last][-1:].isalnum() and s.words[last][-1:] != "."):
            return False
        if joined in knowledge.acronyms():
            return all(s.words[i].isupper() for i in range(first, last + 1) if s.words[i][0].isalnum())
        # "Medecins sans Frontieres", "Gazzetta dello Sport": what stands inside may be small
        return s.is_capital[last] or len(s.words[last]) <= 3

    def match_place(self, i: int) -> int | None:
        """The last token of the longest place name of several words that begins with token i: "Port-au-Prince"."""
        s = self.surface
        longest = i + 4 if i + 1 < len(s) and s.words[i + 1] in HYPHENS else i + 3
        for last in range(min(len(s) - 1, longest), i, -1):
            if (
                s.is_capital[last]
                and s.words[last][-1].isalpha()
                and s.block[last] == s.block[i]
                and is_known_place(s.text(i, last))
            ):
                return last
        return None

    def match_title(self, i: int) -> int | None:
        """The last token of the longest title that begins with token i."""
        s = self.surface
        if not s.is_capital[i]:
            return None
        found = None
        joined = ""
        for j in range(i, min(len(s), i + 5)):
            if s.block[j] != s.block[i]:
                break
            joined += knowledge.key(s.words[j])
            if joined in self.titles and s.words[j] not in HYPHENS and not s.words[j].startswith(("'", "’", ",")):
                found = j
        if found == i and self.is_short_for_title(i):
            return found if i + 1 < len(s) and s.is_capital[i + 1] and s.block[i + 1] == s.block[i] else None
        return found

    def is_short_for_title(self, i: int) -> bool:
        """Whether the word abbreviates a title, which only ever stands before a name: "Sen Doe", but "Hun Sen said"."""
        return self.surface.small[i].rstrip(".") in link_words("short_title")

    def is_country_word(self, i: int) -> bool:
        """Whether the word names a country or its people."""
        word = self.surface.words[i]
        return bool(geography.country_of_name(word) or geography.country_of_demonym(word))

    def is_given_name(self, i: int, last: int) -> bool:
        """Whether a word that may be a title is a given name here: "Dean Smith", "Earl Woods"."""
        s = self.surface
        if i == last and s.words[i] in self.surnames_seen:
            return True
        is_both = s.words[i] in self.given and s.words[i] in link_words("given_title") and i < last
        # kings go by their given name: "King Abdullah", but "King Vidor"
        return is_both and not (s.words[i] == "King" and s.words[i + 1] in self.given)

    def is_ministry_list(self, first: int, last: int, after: int) -> bool:
        """Whether a comma parts what a body sees to: "Ministry of Gender[,] Labour and Social Development".

        The body opens the run, plain words with capitals are listed, and "and" goes before the last of them.
        """
        s = self.surface
        head = next((i for i in range(first, last) if s.small[i] in link_words("department")), None)
        if head is None or not any(s.small[i] in ("of", "for") for i in range(head, last)):
            return False
        i = after
        while i < len(s) and i - after < 12 and s.block[i] == s.block[after]:
            if s.small[i] == "and":
                return i + 1 < len(s) and self.is_plain_capital(i + 1)
            if s.words[i] != "," and not self.is_plain_capital(i):
                return False
            i += 1
        return False

    def is_plain_capital(self, i: int) -> bool:
        """Whether a common word that is no name and no title has a capital: "Labour", "Science"."""
        s = self.surface
        if not s.is_capital[i] or self.common.get(s.small[i], 0.0) <= 0 or self.match_title(i) is not None:
            return False
        known = self.match_known(i)
        return s.words[i] not in self.surnames_seen and (known is None or known[1].name.lower() != s.small[i])

    def candidate(
        self,
        first: int,
        last: int,
        *,
        kind: CandidateKind = "name",
        known: KnownName | None = None,
        title: tuple[int, int] | None = None,
    ) -> Candidate:
        """The candidate of these tokens."""
        return Candidate(first, last, self.surface.text(first, last), kind, known, title)
