"""Names where capitals tell nothing: headlines in Title Case and lines WHOLLY IN CAPITALS.

There a name is what the article's prose names too, what the knowledge base knows, a given name with a surname, or, in
Title Case, what is read as a name and is no ordinary word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copytaster.extract.entities.candidates import Candidate
from copytaster.extract.entities.finder import Finder
from copytaster.extract.entities.surface import Case, is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge

LONGEST_PLACE = 4
LONGEST_GUESS = 4


class BodyNames:
    """The names that the prose of an article uses, and the surnames of its people."""

    def __init__(self, candidates: Iterable[Candidate], finder: Finder) -> None:
        s = finder.surface
        self.keys: set[str] = set()
        self.openings: set[str] = set()
        for candidate in candidates:
            if candidate.kind == "demonym" or not candidate.key:
                continue
            words = s.words[candidate.first : candidate.last + 1]
            single = len(words) == 1 and finder.common.get(words[0].lower(), 0.0) > 2.5
            if not single or candidate.title is not None:
                self.add(candidate.key, words)
            last = words[-1]
            is_surname = (
                finder.common.get(last.lower(), 0.0) <= 0.7 and (last.lower(), "last") not in finder.words_of_names
            )
            if len(words) > 1 and candidate.known is None and is_surname:
                self.add(knowledge.key(last), [last])

    def add(self, key: str, words: list[str]) -> None:
        """Adds one name."""
        self.keys.add(key)
        self.openings.add(knowledge.key(words[0]))


def headline_names(finder: Finder, body: BodyNames) -> Iterator[Candidate]:
    """The candidates of all sentences in Title Case or capitals."""
    s = finder.surface
    i = 0
    while i < len(s):
        if s.case[i] is Case.PROSE or s.block[i] < 0 or not s.is_capital[i] or i in finder.taken:
            i += 1
            continue
        candidate = known_at(finder, body, i) or guessed_at(finder, i)
        if candidate is None:
            i += 1
            continue
        yield candidate
        i = candidate.last + 1


def known_at(finder: Finder, body: BodyNames, i: int) -> Candidate | None:
    """The longest name known from the prose or the knowledge base that begins with token i."""
    s = finder.surface
    found: Candidate | None = None
    head = knowledge.key(s.words[i])
    if head in body.openings:
        joined = ""
        for j in range(i, min(len(s), i + knowledge.LONGEST)):
            if s.block[j] != s.block[i]:
                break
            joined += knowledge.key(s.words[j])
            if j in finder.taken:
                break
            if joined in body.keys and s.words[j][-1:].isalnum() | s.words[j].endswith("."):
                found = finder.candidate(i, j)
    known = finder.match_known(i)
    if known is not None and (found is None or known[0] >= found.last):
        margin = finder.common.get(s.small[i], 0.0) if known[0] == i else 0.0
        if margin < 0.5 or knowledge.key(s.words[i]) in body.keys:
            found = finder.candidate(i, known[0], known=known[1])
    place = place_at(finder, i)
    if place is not None and (found is None or place.last > found.last):
        found = place
    return found


def place_at(finder: Finder, i: int) -> Candidate | None:
    """The longest place or demonym that begins with token i."""
    s = finder.surface
    for last in range(min(len(s) - 1, i + LONGEST_PLACE - 1), i - 1, -1):
        if s.block[last] != s.block[i] or not s.is_capital[last]:
            continue
        text = s.text(i, last)
        if i == last and finder.common.get(s.small[i], 0.0) > 0.8 and not geography.country_of_name(text):
            continue
        if i == last and len(text) < 4 and not geography.country_of_name(text):
            continue
        if geography.country_of_name(text) is None and geography.country_of_demonym(text):
            return finder.candidate(i, last, kind="demonym")
        is_word = i == last and (s.small[i] in finder.common or text.title() in finder.given)
        if is_known_place(text, 300_000 if is_word else 20_000):
            return finder.candidate(i, last)
    return None


def guessed_at(finder: Finder, i: int) -> Candidate | None:
    """A name that nothing but its form tells of."""
    s = finder.surface
    word = s.words[i]
    written = word.title() if word.isupper() else word
    if written in finder.given and finder.common.get(s.small[i], 0.0) <= 0.5:
        last = i
        while last + 1 < len(s) and last - i < 2 and s.block[last + 1] == s.block[i] and s.is_capital[last + 1]:
            following = s.small[last + 1]
            if finder.common.get(following, 0.0) > 0.4 or not following.replace("-", "").replace(".", "").isalpha():
                break
            last += 1
        if last > i:
            return finder.candidate(i, last)
    if s.case[i] is not Case.TITLE or not is_strange(finder, i) or finder.match_title(i) is not None:
        return None
    last = i
    while last - i < LONGEST_GUESS and last + 1 < len(s) and s.block[last + 1] == s.block[i]:
        if not is_strange(finder, last + 1):
            break
        last += 1
    return finder.candidate(i, last)


def is_strange(finder: Finder, i: int) -> bool:
    """Whether a word of a headline that uses capitals throughout is read as a name, and is no word of the language."""
    s = finder.surface
    is_word = s.small[i] in finder.common or s.small[i] in finder.never
    return s.is_capital[i] and s.tags[i] == "PROPN" and s.words[i].isalpha() and not is_word


def datelines(finder: Finder) -> Iterator[tuple[int, int]]:
    """First and last tokens of the places that open an article: "NAIROBI, Kenya (AP) _", "LONDON 1996-12-06"."""
    s = finder.surface
    previous = -1
    for i in range(len(s)):
        if s.block[i] == previous or s.block[i] < 0 or not s.words[i].isupper() or len(s.words[i]) < 2:
            previous = s.block[i]
            continue
        previous = s.block[i]
        end = i
        while end + 1 < len(s) and s.block[end + 1] == s.block[i] and is_dateline_word(s.words[end + 1]):
            end += 1
        while end > i and not s.words[end][-1].isalpha():
            end -= 1
        if end - i > 5 or end + 1 >= len(s) or s.block[end + 1] != s.block[i]:
            continue
        is_dash = s.words[end + 1] in ("--", "—", "–", "-", "_")
        if is_dash and finder.common.get(s.small[i], 0.0) > 0.3 and not is_known_place(s.text(i, end)):
            continue  # "SOCCER - "
        if closes_dateline(finder, end + 1):
            yield i, end
        elif s.words[end + 1] == ",":
            last = end + 2
            while last < len(s) and s.block[last] == s.block[i] and s.is_capital[last] and last - end < 6:
                last += 1
            if last > end + 2 and last < len(s) and s.block[last] == s.block[i] and closes_dateline(finder, last):
                yield i, end
                if s.small[end + 2] not in finder.never:
                    yield end + 2, last - 1


def is_dateline_word(word: str) -> bool:
    """Whether a word may belong to the place of a dateline: capitals, hyphens, apostrophes."""
    return word.isupper() or word in "-'’" or word in ("de", "del", "la")


def closes_dateline(finder: Finder, i: int) -> bool:
    """Whether what follows the place makes it a dateline: a date, an agency in brackets, a dash before prose."""
    s = finder.surface
    word = s.words[i]
    if word[0].isdigit() and len(word) == 4:
        return True
    if word == "(" or s.small[i] in finder.never:
        return True
    if word in ("--", "—", "–", "-", "_"):
        return i + 1 >= len(s) or s.block[i + 1] != s.block[i] or not s.words[i + 1].isupper()
    return False
