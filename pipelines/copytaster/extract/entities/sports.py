"""Result lists, standings and line-ups: lines of names and numbers in which place and form tell team from player.

A place that plays is a team ("Chicago 3 Boston 2"), a country stays one; who stands before a country or a team in
brackets, is bowled in cricket or has a shirt number is a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from copytaster.extract.entities.surface import Surface
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge

Role = Literal["team", "player", "place"]

FEWEST_WORDS = 2
"""So many different sports words make an article one on sport, where there is one for every hundred tokens."""

VERSUS = frozenset(("v", "vs", "vs.", "v.", "at"))
DISMISSALS = frozenset(("c", "b", "lbw", "st", "run", "not"))
"""Cricket's notation before a fielder or bowler: "c Moin Khan b Harris"."""

LINE_LENGTH = 40
"""Tokens of the longest line that is read as a row of a table."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Tokens first to last (included) of a row that name a team, a player or a place."""

    first: int
    last: int
    role: Role


def is_on_sport(surface: Surface) -> bool:
    """Whether the story is on sport."""
    words = knowledge.words_of("en/sports_words.tsv")
    found = [word for word in surface.small if word in words]
    return len(set(found)) >= FEWEST_WORDS and len(found) * 100 >= len(surface)


def entries(surface: Surface) -> Iterator[Entry]:
    """The names in all rows of tables of a story on sport."""
    for first, last in lines(surface):
        if last - first < LINE_LENGTH:
            yield from Row(surface, first, last).entries()
        else:
            yield from lineup(Row(surface, first, last))


def lines(surface: Surface) -> Iterator[tuple[int, int]]:
    """First and last token of each line of text."""
    begin: int | None = None
    for i, word in enumerate(surface.words):
        if "\n" in word or (i > 0 and surface.block[i] != surface.block[i - 1]):
            if begin is not None:
                yield begin, i - 1
            begin = None if word.isspace() else i
        elif begin is None and not word.isspace():
            begin = i
    if begin is not None:
        yield begin, len(surface) - 1


def lineup(row: Row) -> Iterator[Entry]:
    """The players of a line-up that runs on for more than a row."""
    for k in range(2, len(row.kinds)):
        if row.kinds[k] == "N" and row.kinds[k - 2 : k] == ["#", "#"] and row.is_shirt_number(k):
            yield Entry(*row.spans[k], "player")


class Row:
    """One line, cut into names, numbers and the rest."""

    def __init__(self, surface: Surface, first: int, last: int) -> None:
        self.surface = surface
        self.kinds: list[str] = []
        """N name, # number, v versus, b beat, c cricket, ( ) brackets, w other words, p other marks."""
        self.spans: list[tuple[int, int]] = []
        i = first
        while i <= last:
            kind, end = self.cut(i, last)
            self.kinds.append(kind)
            self.spans.append((i, end))
            i = end + 1

    def cut(self, i: int, last: int) -> tuple[str, int]:
        """Kind and last token of the piece that begins with token i."""
        s = self.surface
        word, small = s.words[i], s.small[i]
        known = self.known_at(i, last)
        if known > i or (known == i and s.words[i][0].isalpha()):
            return "N", known
        if word[0].isdigit() or (word[0] in ".+" and word[1:2].isdigit()) or word in ("-", "--", "–", "½"):
            return "#", i
        if word in "([":
            return "(", i
        if word in ")]":
            return ")", i
        if small in VERSUS:
            return "v", i
        if small in ("beat", "bt", "def", "def.", "defeated", "beats"):
            return "b", i
        if small in DISMISSALS and not word[0].isupper():
            return "c", i
        if s.is_capital[i] and word[0].isalpha():
            end = i
            while end < last and self.goes_on(end + 1, last):
                end += 1
            while end > i and not (s.words[end][0].isalnum()):
                end -= 1
            return "N", end
        return ("w" if word[0].isalpha() else "p"), i

    def known_at(self, i: int, last: int) -> int:
        """The last token of the longest team that the knowledge base has at token i, else -1: "Schalke 04"."""
        s = self.surface
        if not (s.words[i][0].isupper() or s.words[i][0].isdigit()):
            return -1
        joined, found = "", -1
        for j in range(i, min(last, i + 5) + 1):
            joined += knowledge.key(s.words[j])
            entry = knowledge.known_names().get(joined)
            if entry is not None and entry.is_team and s.words[j][-1].isalnum():
                found = j
        return found if found > i else -1

    def goes_on(self, i: int, last: int) -> bool:
        """Whether the name goes on with token i."""
        s = self.surface
        word = s.words[i]
        if s.small[i] in VERSUS:
            return False
        if s.is_capital[i] and word[0].isalpha():
            return True
        if word in "-‐'’&" or (word[0] in "'’" and len(word) > 1 and s.joined(i - 1, i)):
            return i < last and s.words[i + 1][:1].isalpha() and (s.joined(i - 1, i) or word == "&")
        if s.small[i] in ("de", "van", "der", "da", "la", "le", "di", "el", "al", "von", "dos", "and") and i < last:
            return s.small[i] != "and" and s.is_capital[i + 1]
        return s.joined(i - 1, i) and s.words[i - 1] in "-‐'’" and word.isalpha()

    def entries(self) -> Iterator[Entry]:
        """The entries of the row; none where it is no row of a table."""
        kinds = "".join(self.kinds)
        names = [k for k, kind in enumerate(self.kinds) if kind == "N"]
        if not names:
            return
        small_words = kinds.count("w")
        if small_words > 2 + kinds.count("#") // 3 or ("#" not in kinds and "(" not in kinds and "v" not in kinds):
            return
        depth = 0
        for k, kind in enumerate(self.kinds):
            depth += (kind == "(") - (kind == ")")
            if kind == "N" and (role := self.role(k, depth > 0, kinds)) is not None:
                yield Entry(*self.spans[k], role)

    def role(self, k: int, in_brackets: bool, kinds: str) -> Role | None:
        """What the k-th piece, a name, is in its row."""
        before = kinds[k - 1] if k else ""
        after = kinds[k + 1 : k + 5]
        text = self.surface.text(*self.spans[k])
        if self.is_heading(k):
            return None
        is_country = geography.country_of_name(text) is not None
        if in_brackets:
            if is_country:
                return "place"
            if after.startswith(")") and kinds[max(0, k - 2) : k] == "N(":
                return "team"
            return "player" if after.startswith("#") else None
        if before == "#" and kinds[max(0, k - 2) : k] == "##" and self.is_shirt_number(k):
            return "player"
        if before == "c" or after.startswith("c"):
            return "player" if not is_country else "place"
        if after.startswith("(N)") and k + 2 < len(self.spans):
            inside = self.surface.text(*self.spans[k + 2])
            if geography.country_of_name(inside) is None:
                return "player"
            # "Limoges (France) 9 3 6": a club with its record; "J. Ronnback (Sweden) 25.76": a competitor
            tail = kinds[k + 4 :]
            whole = [self.surface.words[i] for i, _ in self.spans[k + 4 :]]
            is_record = len(tail) >= 3 and set(tail[:4]) == {"#"} and all(w.isdigit() for w in whole[:3])
            is_score = tail.startswith("#N(") and whole[0].isdigit()
            after_score = before == "#" and k > 3 and kinds[:k].startswith("N(N)#")
            return "team" if is_record or is_score or after_score else "player"
        if is_country:
            return "place"
        if before == "v" or after.startswith("v"):
            at_home = before == "v" and self.surface.small[self.spans[k - 1][0]] == "at"
            return None if "b" in kinds else "place" if at_home else "team"
        if before == "b" or after.startswith("b"):
            return None
        return self.role_by_numbers(k, before, after, kinds)

    def role_by_numbers(self, k: int, before: str, after: str, kinds: str) -> Role | None:
        """What a name is by the numbers around it: "Leeds 16 6 2 8", "Hull 1 Crewe 5", "4. Okabe 146"."""
        is_after_dash = k >= 1 and self.is_dash(k - 1) and (k == 1 or not self.is_shirt_number(k))
        if is_after_dash or (k == 0 and len(self.spans) > 1 and self.is_dash(1)):
            return "player" if is_after_dash else None  # "Forwards - Altin Rraklli", "UAE - Hassan Ahmed 53"
        if k == 0 and after.startswith("#)"):
            return "player"  # the rest of a bracket that a line break cut
        is_row = before == "#" and kinds.startswith("N#")
        if after.startswith("#"):
            if k == 0 or (is_row and kinds.count("N") == 2):
                return self.leader(k, kinds)
            if before == "#" and (is_row or k == 1):
                return "team" if is_row else "player"
        if is_row and k >= 2:
            return "team"
        is_listed = before == "#" and ((k == 1 and after[:1] in ("p", "")) or kinds[max(0, k - 2) : k - 1] == "p")
        return "player" if is_listed else None

    def is_dash(self, k: int) -> bool:
        """Whether the k-th piece is a dash."""
        return self.surface.words[self.spans[k][0]] in ("-", "--", "–")

    def is_shirt_number(self, k: int) -> bool:
        """Whether the k-th piece follows a number and a dash, as in a line-up: "23 - Yoo Sang Chul"."""
        s = self.surface
        dash, number = self.spans[k - 1][0], self.spans[k - 2][0]
        return s.words[dash] in ("-", "–") and s.words[number].isdigit() and len(s.words[number]) <= 2

    def leader(self, k: int, kinds: str) -> Role | None:
        """Whether a name with numbers is a team with its record or score, or a player with marks."""
        first, last = self.spans[k]
        words = self.surface.words[first : last + 1]
        is_record = kinds.count("#") >= 5  # played, won, drawn, lost, points: a team's
        if len(words) == 2 and words[0] in knowledge.given_names() and kinds.count("N") == 1 and not is_record:
            return "player"
        if len(words) >= 2 and len(words[0]) <= 2 and words[0].rstrip(".").isupper() and kinds.count("N") == 1:
            return "player" if words[0].endswith(".") else "team"
        return "team"

    def is_heading(self, k: int) -> bool:
        """Whether the words are a heading of the table and no name: "Group A", "Division two", "W L PCT GB"."""
        first, last = self.spans[k]
        s = self.surface
        if self.known_at(first, last) == last:
            return False
        headings = knowledge.words_of("en/table_headings.tsv")
        small = s.small[first : last + 1]
        return (
            all(len(word) <= 3 and word.isupper() for word in s.words[first : last + 1]) and last > first + 1
        ) or any(word in headings for word in small)
