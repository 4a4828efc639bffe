"""Where names stand in prose: runs of capitalised words, joined and split as English names are.

A run is what capitals, particles ("Ursula von der Leyen"), "of" after a word that demands it ("Bank of England") and
hyphens hold together. It is then split: titles ("US Secretary of State | Marco Rubio") and demonyms ("Afghan | coach")
are no part of the name, a word that closes a name ("Indonesian Navy") keeps it whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from copytaster.extract.surface import Case, Surface, is_known_place
from copytaster.knowledge import geography, table
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import KnownName

NAME_LABELS = frozenset(("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW"))
PARTICLES = frozenset(
    [
        "de",
        "da",
        "dos",
        "das",
        "del",
        "della",
        "di",
        "du",
        "la",
        "le",
        "las",
        "los",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "bin",
        "ibn",
        "bint",
        "al",
        "el",
        "ul",
        "ur",
        "zu",
        "af",
        "av",
        "y",
    ]
)
HYPHENS = frozenset("-‐‑–")
COMPANY_SUFFIXES = frozenset(("inc", "inc.", "ltd", "ltd.", "llc", "corp", "corp.", "co", "co.", "plc", "lp", "l.p."))
PERSON_SUFFIXES = frozenset(("jr", "jr.", "sr", "sr."))
POSSESSIVE_OPENERS = frozenset(
    [
        "people",
        "women",
        "men",
        "children",
        "workers",
        "farmers",
        "teachers",
        "writers",
        "players",
        "veterans",
        "citizens",
        "soldiers",
        "girls",
        "boys",
    ]
)
"""Before 's these may open a name: "People's Party", "Women's Tennis Association"."""

JOINED_BY_FOR = frozenset(
    [
        "centre",
        "center",
        "institute",
        "campaign",
        "agency",
        "council",
        "committee",
        "foundation",
        "association",
        "movement",
        "alliance",
        "office",
        "fund",
        "organization",
        "organisation",
        "society",
        "coalition",
        "ministry",
        "department",
        "doctors",
        "reporters",
        "partnership",
        "commission",
        "academy",
        "party",
    ]
)
NICKNAME_OPENERS = frozenset(('"', "\u201c", "'", "\u2018", "``"))
NICKNAME_CLOSERS = frozenset(('"', "\u201d", "'", "\u2019", "''"))
NUMBERED = frozenset(
    ["boeing", "airbus", "route", "highway", "flight", "channel", "article", "section", "apollo", "formula"]
)
FUNCTION_TAGS = frozenset(("DET", "PRON", "ADP", "AUX", "SCONJ", "CCONJ", "INTJ", "PART"))

ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")

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


def never_names() -> frozenset[str]:
    """Words in small letters that have a capital without being names of ours: days, months, and the like."""
    return frozenset(row["word"] for row in table("en/no_names.tsv"))


class Finder:
    """Finds the candidates of one story."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.never = never_names()
        self.common = knowledge.common_words()
        self.given = knowledge.given_names()
        self.words_of_names = knowledge.name_words()
        self.titles = knowledge.titles()
        self.risen = self.words_risen_inside()
        self.taken: frozenset[int] = frozenset()
        self.surnames_seen: set[str] = set()

    def words_risen_inside(self) -> frozenset[str]:
        """Words that have a capital where no sentence opens: their capital is theirs."""
        s = self.surface
        return frozenset(
            s.words[i]
            for i in range(len(s))
            if s.is_capital[i] and not s.is_opening[i] and s.case[i] is Case.PROSE and s.tags[i] == "PROPN"
        )

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
            while (following := self.extended(i, last)) is not None:
                last = following
            for candidate in self.split(i, last):
                if candidate.last == last and self.is_administration(candidate):
                    candidate = replace(candidate, last=last + 1, text=s.text(candidate.first, last + 1), title=None)
                    last += 1
                if self.is_likely(candidate):
                    self.remember(candidate)
                    yield candidate
            i = last + 1

    def is_administration(self, candidate: Candidate) -> bool:
        """Whether the name of a head of government goes on as that of the government: "the Trump administration"."""
        s = self.surface
        i = candidate.last + 1
        if i >= len(s) or s.words[i] != "administration" or s.block[i] != s.block[candidate.first]:
            return False
        return candidate.kind == "name" and candidate.known is None and not is_known_place(candidate.text)

    def is_likely(self, candidate: Candidate) -> bool:
        """Whether a candidate is more than a common word at the opening of a sentence: "Election | Results"."""
        s = self.surface
        if candidate.first < candidate.last or candidate.known is not None or candidate.title is not None:
            return True
        i = candidate.first
        opens = s.is_opening[i] or (i > 0 and s.is_opening[i - 1] and s.is_capital[i - 1])
        if not opens or s.words[i].isupper() or s.words[i] in self.surnames_seen:
            return True
        return self.common.get(s.small[i], 0.0) < 1.5 or is_known_place(s.words[i])

    def remember(self, candidate: Candidate) -> None:
        """Keeps the surnames of persons named in full: later "May" or "Young" alone is such a person."""
        s = self.surface
        is_full = s.words[candidate.first] in self.given or s.labels[candidate.last] == "PERSON"
        if candidate.known is None and candidate.first < candidate.last and is_full:
            self.surnames_seen.add(s.words[candidate.last])

    # ---- runs

    def is_nameable(self, i: int) -> bool:
        """Whether a name may begin or go on with the word."""
        s = self.surface
        if not s.is_capital[i]:
            return False
        word = s.words[i]
        if s.small[i] in self.never:
            return self.is_person_after_all(i)
        if len(word) == 1 or "$" in word:
            return False
        if i + 1 < len(s) and s.words[i + 1] in HYPHENS and s.small[i] in HYPHEN_HEADS and s.joined(i, i + 1):
            return False
        if i + 1 < len(s) and s.words[i + 1] == "$" and s.joined(i, i + 1):
            return False
        if not s.is_opening[i]:
            return s.tags[i] not in ("PRON", "DET") or word.isupper() or s.labels[i] in NAME_LABELS
        return self.is_name_at_opening(i)

    def is_person_after_all(self, i: int) -> bool:
        """Whether a month or day is a person's name here: "Theresa May", and later "May said"."""
        s = self.surface
        if i > 0 and s.words[i - 1] in self.given and s.block[i - 1] == s.block[i] and s.labels[i] != "DATE":
            return True
        if s.words[i] not in self.surnames_seen or s.labels[i] == "DATE":
            return False
        return i + 1 < len(s) and not s.words[i + 1][0].isdigit()

    def is_name_at_opening(self, i: int) -> bool:
        """Whether a word that has to have a capital where it stands is a name, or opens one, all the same."""
        s = self.surface
        word, margin = s.words[i], self.common.get(s.small[i], 0.0)
        if word.isupper() and len(word) > 1 and (s.small[i] not in self.common or margin < 3):
            return True
        if word in self.surnames_seen or self.match_known(i) or self.match_title(i) or self.match_place(i):
            return True
        if s.small[i] in PARTICLES and i + 1 < len(s) and s.is_capital[i + 1] and not s.is_opening[i + 1]:
            return True
        if s.small[i] in STOP_AT_OPENING:
            return False
        goes_on = i + 1 < len(s) and s.is_capital[i + 1] and s.block[i + 1] == s.block[i] and not s.is_opening[i + 1]
        if s.tags[i] in FUNCTION_TAGS and s.labels[i] not in NAME_LABELS:
            return False
        if geography.country_of_name(word) or geography.country_of_demonym(word):
            return True
        if word in self.risen or is_known_place(word):
            return margin < 1.0 or goes_on
        if goes_on and s.tags[i] in ("PROPN", "NOUN", "ADJ"):
            return margin < 3 or s.labels[i] in NAME_LABELS
        if s.tags[i] == "PROPN" or s.labels[i] in NAME_LABELS:
            return margin < 1.0 or (margin < 1.6 and s.labels[i] in ("PERSON", "ORG", "GPE"))
        return word in self.given and margin <= 0

    def extended(self, first: int, last: int) -> int | None:
        """The last token of the run when it takes in what follows; None where it ends."""
        s = self.surface
        k = last + 1
        if k >= len(s) or s.block[k] != s.block[last] or s.case[k] is not Case.PROSE or k in self.taken:
            return None
        title = self.match_title(last)
        if title is not None and title > last and title + 1 < len(s) and s.is_capital[title]:
            return title
        if s.is_opening[k]:
            return None
        if (
            last >= 2
            and s.words[last - 1] in HYPHENS
            and s.small[last - 2] in HYPHEN_HEADS
            and s.joined(last - 1, last)
        ):
            return None
        if s.is_capital[k] and (self.is_nameable(k) or self.is_initial(k)):
            return k
        after = k + 1 if k + 1 < len(s) and s.block[k + 1] == s.block[k] else None
        if after is None:
            return None
        word = s.small[k]
        if word in HYPHENS and s.joined(last, k) and s.joined(k, after):
            return after if self.is_hyphenated(first, last, after) else None
        if word in PARTICLES and s.words[k].islower():
            return self.after_particles(k)
        if word in ("of", "for", "and", "&"):
            return self.after_link(first, last, word, after)
        if word in ("'s", "’s") and s.is_capital[after]:
            known_last = self.match_known(first)
            is_office = s.small[after] in ("office", "department") and self.match_title(last) == last
            joins = (
                is_office or s.small[last] in POSSESSIVE_OPENERS or (known_last is not None and known_last[0] > last)
            )
            return after if joins and self.is_nameable(after) else None
        if (
            word in ("'", "’")
            and s.small[last] in ("workers", "farmers", "teachers", "writers", "players")
            and s.is_capital[after]
        ):
            return after
        if (
            ORDINAL.fullmatch(word)
            and s.is_capital[after]
            and s.small[after] in ("street", "avenue", "st", "st.", "ave.")
        ):
            return after
        if word == "," and s.small[after] in COMPANY_SUFFIXES | PERSON_SUFFIXES and s.is_capital[after]:
            return after
        if word in NICKNAME_OPENERS and s.words[first] in self.given and after + 2 < len(s):
            closes = s.words[after + 1] in NICKNAME_CLOSERS and s.is_capital[after] and s.is_capital[after + 2]
            return after + 2 if closes and s.block[after + 2] == s.block[k] else None
        return None

    def is_initial(self, k: int) -> bool:
        """Whether a single letter inside a run is part of the name: "Samuel L Jackson", but not "NASA T-shirt"."""
        s = self.surface
        if len(s.words[k]) != 1 or s.words[k] in "IA" or k + 1 >= len(s):
            return False
        return s.is_capital[k + 1] and s.block[k + 1] == s.block[k]

    def is_hyphenated(self, first: int, left: int, right: int) -> bool:
        """Whether a hyphen joins two parts of one name: "Al-Maeena", "Jong-un", but neither "Lima-based" nor "US-China"."""
        s = self.surface
        if s.is_capital[right]:
            if s.small[left] in HYPHEN_HEADS or s.small[right] in HYPHEN_TAILS:
                return False
            return not (self.is_country_word(left) and self.is_country_word(right))
        word = s.small[right]
        if not word.isalpha() or len(word) > 6 or word in HYPHEN_TAILS:
            return False
        if (
            left > first
            and len(word) <= 5
            and s.words[first] in knowledge.surnames()
            and s.labels[left] in ("PERSON", "ORG", "")
        ):
            return not is_known_place(s.text(first, left))
        if self.common.get(word, 0.0) > 2.0:
            return False
        return s.labels[right] == "PERSON" or (s.labels[left] == "PERSON" and word not in self.common)

    def is_country_word(self, i: int) -> bool:
        """Whether the word names a country or its people."""
        word = self.surface.words[i]
        return bool(geography.country_of_name(word) or geography.country_of_demonym(word))

    def after_particles(self, k: int) -> int | None:
        """The capitalised word after one to three particles: "von der Leyen"."""
        s = self.surface
        i = k
        while i < len(s) and i - k < 3 and s.small[i] in PARTICLES:
            i += 1
        if i < len(s) and s.words[i] in HYPHENS and i + 1 < len(s) and s.joined(i - 1, i):
            i += 1
        return i if i < len(s) and s.block[i] == s.block[k] and s.is_capital[i] and not s.is_opening[i] else None

    def after_link(self, first: int, last: int, word: str, after: int) -> int | None:
        """The word after "of", "for", "and" or "&", where these hold a name together."""
        s = self.surface
        if word == "&":
            return after if s.is_capital[after] else None
        target = after
        if s.small[after] == "the" and word != "and" and after + 1 < len(s):
            target = after + 1
        if not s.is_capital[target] or s.small[target] in self.never or s.block[target] != s.block[last]:
            return None
        known = self.match_known(first)
        if known is not None and known[0] >= target:
            return target
        if word in ("of", "for"):
            head = self.words_of_names.get((s.small[last], "head_of"))
            if word == "for" and s.small[last] not in JOINED_BY_FOR:
                return None
            if (
                word == "for"
                and s.small[last] in ("ministry", "department")
                and self.common.get(s.small[target], 0.0) <= 0
            ):
                return None
            if head is None or (not head.is_strong and s.labels[target] != s.labels[last]):
                return None
            return target
        linked = any(s.small[i] in ("of", "for") for i in range(first, last))
        if linked:
            common = self.common.get(s.small[last], 0.0) > 0 and self.common.get(s.small[target], 0.0) > 0
            return target if common and not is_known_place(s.words[target]) else None
        # "The Globe and Mail": the model has one name, and none of the parts is known
        label = s.labels[last + 1]
        if label == "ORG" and s.labels[last] == s.labels[target] == label and self.match_known(target) is None:
            alone = s.text(first, last)
            if not is_known_place(alone) and self.match_known(first) is None and alone not in self.given:
                return target
        # "Monopolies and Mergers Commission": both sides are words, and a word that closes names follows
        if self.common.get(s.small[last], 0.0) <= 0.3 or self.common.get(s.small[target], 0.0) <= 0.3:
            return None
        end = target
        while end + 1 < len(s) and s.is_capital[end + 1] and end - target < 3 and not s.is_opening[end + 1]:
            end += 1
        closing = self.words_of_names.get((s.small[end], "last"))
        closes = (closing is not None and closing.type == "ORG") or self.match_title(end) is not None
        return target if end > target and closes else None

    # ---- what the knowledge base knows

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
            joined += knowledge.key(s.words[j])
            entry = known.get(joined)
            if entry is not None and self.is_written_as_name(i, j, joined):
                found = (j, entry)
        if found is not None and found[0] == i and s.is_opening[i] and not s.words[i].isupper():
            # "Time is running out": a word first, and a magazine only where its capital is its own
            if self.common.get(s.small[i], 0.0) > 0.3 and s.words[i] not in self.risen:
                return None
        return found

    def match_with_article(self, first: int, last: int) -> KnownName | None:
        """The entry of a known name whose article stands small before it: "the Independent"."""
        s = self.surface
        if first == 0 or s.small[first - 1] != "the":
            return None
        entry = knowledge.known_names().get("the" + knowledge.key(s.text(first, last)))
        return entry if entry is not None and entry.name.startswith("The ") else None

    def is_written_as_name(self, first: int, last: int, joined: str) -> bool:
        """Whether the tokens have the capitals of a name: "WHO" has, "who" and "Who" have not."""
        s = self.surface
        if not s.is_capital[first] or (not s.words[last][-1:].isalnum() and s.words[last][-1:] != "."):
            return False
        if joined in knowledge.acronyms():
            return all(s.words[i].isupper() for i in range(first, last + 1) if s.words[i][0].isalnum())
        return all(s.is_capital[i] or len(s.words[i]) <= 3 for i in range(first, last + 1))

    def match_place(self, i: int) -> int | None:
        """The last token of the longest place name of several words that begins with token i: "New Zealand"."""
        s = self.surface
        for last in range(min(len(s) - 1, i + 3), i, -1):
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
        return found

    # ---- splitting

    def split(self, first: int, last: int) -> Iterator[Candidate]:
        """The names of a run."""
        s = self.surface
        if s.small[first] == "the" and last > first:
            known = self.match_known(first, last) or self.match_known(first + 1, last)
            if not (known and known[0] == last and known[1].name.startswith("The ")):
                first += 1
        known = self.match_known(first, last)
        if known and known[0] == last:
            yield self.candidate(first, last, known=known[1])
            return
        with_article = self.match_with_article(first, last)
        if with_article is not None:
            yield self.candidate(first, last, known=with_article)
            return
        first = self.without_openers(first, last)
        title = self.first_title(first, last)
        if title is not None:
            yield from self.split_at_title(first, last, *title)
            return
        yield from self.split_plain(first, last, None)

    def without_openers(self, first: int, last: int) -> int:
        """The first token after words that have their capital from opening a sentence: "Striker | Alan Shearer"."""
        s = self.surface
        while first < last and s.is_opening[first]:
            margin = self.common.get(s.small[first], 0.0)
            closing = self.words_of_names.get((s.small[last], "last"))
            is_noun = s.small[first] in knowledge.person_nouns() and s.words[first] not in self.given
            is_word = is_noun or (
                margin >= 1.5 and s.words[first] not in self.risen and s.words[first] not in self.given
            )
            person_follows = s.words[first + 1] in self.given or s.labels[first + 1] == "PERSON"
            if not is_word or self.match_title(first) is not None or s.words[first].isupper():
                break
            if self.match_known(first) is not None or is_known_place(s.text(first, first + 1)):
                break
            if (closing is not None and closing.is_strong) and not person_follows:
                break
            if s.labels[first] in NAME_LABELS and s.labels[first] == s.labels[first + 1] and not person_follows:
                break
            first += 1
        return first

    def first_title(self, first: int, last: int) -> tuple[int, int] | None:
        """The first title of the run that is not inside a known name."""
        i = first
        while i <= last:
            known = self.match_known(i, last)
            if known is not None and known[0] > i:
                i = known[0] + 1
                continue
            end = self.match_title(i)
            if end is not None and end <= last and not self.is_given_name(i, last):
                return i, end
            i += 1
        return None

    def is_given_name(self, i: int, last: int) -> bool:
        """Whether a word that may be a title is a given name here: "Dean Smith", "Earl Woods"."""
        s = self.surface
        if i == last and s.words[i] in self.surnames_seen:
            return True
        return (
            s.words[i] in self.given and s.words[i] in ("Dean", "Earl", "Duke", "Don", "King", "Marshal") and i < last
        )

    def split_at_title(self, first: int, last: int, begin: int, end: int) -> Iterator[Candidate]:
        """Modifier, title and holder: "White House | Press Secretary | Ann Moran" gives the first and the last."""
        s = self.surface
        closing = self.words_of_names.get((s.small[last], "last"))
        holder = end + 1
        is_company = s.small[last] in COMPANY_SUFFIXES
        is_holder = holder < last and s.words[holder] in self.given and last - holder <= 2 and not is_company
        if (
            end < last
            and closing is not None
            and closing.is_strong
            and not is_holder
            and not s.words[begin].endswith(".")
        ):
            title = self.titles.get(knowledge.key(s.text(begin, end)))
            if not (title is not None and title.kind == "honorific"):
                yield from self.split_plain(first, last, None)
                return
        while holder <= last and (more := self.match_title(holder)) is not None and more <= last:
            if self.is_given_name(holder, last) and more == holder:
                break
            end, holder = more, more + 1
        if first < begin:
            yield from self.split_modifier(first, begin - 1)
        if holder <= last:
            for candidate in self.split_plain(holder, last, (begin, end)):
                yield replace(candidate, modifier=first) if candidate.title is not None else candidate

    def split_modifier(self, first: int, last: int) -> Iterator[Candidate]:
        """What stands before a title: a country, an organisation; "Foreign" and "Deputy" are none."""
        s = self.surface
        known = self.match_known(first, last)
        if known is not None:
            yield self.candidate(first, known[0], known=known[1])
            if known[0] < last:
                yield from self.split_modifier(known[0] + 1, last)
            return
        for end in range(last, first - 1, -1):
            text = s.text(first, end)
            if geography.country_of_demonym(text):
                yield self.candidate(first, end, kind="demonym")
            elif first == end and s.small[first] in knowledge.peoples():
                yield self.candidate(first, end)
            elif is_known_place(text) and not (first == end and self.common.get(s.small[first], 0.0) > 1):
                yield self.candidate(first, end)
            else:
                continue
            if end < last:
                yield from self.split_modifier(end + 1, last)
            return
        closing = self.words_of_names.get((s.small[last], "last"))
        if closing is not None and closing.type == "ORG" and last > first:
            yield self.candidate(first, last)
        elif self.common.get(s.small[first], 0.0) <= 0 and s.labels[first] in NAME_LABELS | {""}:
            if all(self.common.get(s.small[i], 0.0) <= 0.5 for i in range(first, last + 1)):
                yield self.candidate(first, last)
        elif first < last:
            yield from self.split_modifier(first + 1, last)

    def split_plain(self, first: int, last: int, title: tuple[int, int] | None) -> Iterator[Candidate]:
        """A run without titles: whole where its last word says so, else without the demonyms at its start."""
        s = self.surface
        known = self.match_known(first, last)
        if known is not None and known[0] == last:
            yield self.candidate(first, last, known=known[1], title=title)
            return
        text = s.text(first, last)
        if geography.country_of_demonym(text) and not geography.country_of_name(text):
            yield self.candidate(first, last, kind="demonym", title=title)
            return
        if (
            first < last
            and s.small[first] in knowledge.peoples()
            and title is None
            and s.words[first + 1] not in HYPHENS
        ):
            closes = self.words_of_names.get((s.small[last], "last"))
            if closes is None or not closes.is_strong:
                yield self.candidate(first, first)
                yield from self.split(first + 1, last)
                return
        closing = self.words_of_names.get((s.small[last], "last"))
        if first == last or (closing is not None and closing.is_strong and title is None):
            yield self.candidate(first, last, title=title)
            return
        if known is not None and known[0] + 1 < last and s.words[known[0] + 1] in self.given:
            yield self.candidate(first, known[0], known=known[1], title=title)
            yield from self.split(known[0] + 1, last)
            return
        border = self.person_border(first, last)
        if border is not None:
            yield from self.split(first, border - 1)
            yield from self.split(border, last)
            return
        if title is None:
            for end in range(min(last - 1, first + 2), first - 1, -1):
                opening = s.text(first, end)
                rest_is_person = s.words[end + 1] in self.given and end + 1 < last
                if s.words[end + 1] in HYPHENS:
                    continue
                if geography.country_of_demonym(opening) and not (first == end and s.labels[first] == "PERSON"):
                    yield self.candidate(first, end, kind="demonym")
                    yield from self.split(end + 1, last)
                    return
                if geography.country_of_name(opening) and (rest_is_person or self.is_border(end)):
                    yield self.candidate(first, end)
                    yield from self.split(end + 1, last)
                    return
        yield self.candidate(first, last, title=title)

    def person_border(self, first: int, last: int) -> int | None:
        """Where a person's name follows another name: "University of Texas Arlington | Amneh Jafari"."""
        s = self.surface
        for i in range(first + 1, last):
            if s.labels[i] != "PERSON" or s.words[i - 1] in HYPHENS:
                continue
            if s.words[i] not in self.given and not (
                s.labels[i - 1] in ("ORG", "GPE", "NORP") and s.labels[last] == "PERSON"
            ):
                continue
            if s.labels[i - 1] != "PERSON" and s.words[i - 1][0].isalnum() and s.small[i - 1] not in PARTICLES:
                if s.words[i - 1] in self.given or s.small[i - 1] in ("of", "for", "and"):
                    continue
                return i
        return None

    def is_border(self, end: int) -> bool:
        """Whether the model's names have a border after the token."""
        s = self.surface
        return s.labels[end] in ("GPE", "NORP") and s.labels[end + 1] != s.labels[end] and s.labels[end + 1] != ""

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


STOP_AT_OPENING = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "it",
        "he",
        "she",
        "we",
        "they",
        "i",
        "you",
        "my",
        "our",
        "their",
        "his",
        "her",
        "its",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "of",
        "with",
        "and",
        "but",
        "or",
        "so",
        "if",
        "as",
        "when",
        "while",
        "after",
        "before",
        "since",
        "because",
        "although",
        "though",
        "however",
        "meanwhile",
        "what",
        "who",
        "why",
        "how",
        "where",
        "which",
        "not",
        "no",
        "yes",
        "all",
        "some",
        "many",
        "most",
        "more",
        "both",
        "each",
        "every",
        "any",
        "another",
        "other",
        "such",
        "only",
        "just",
        "even",
        "also",
        "then",
        "now",
        "today",
        "yesterday",
        "tomorrow",
        "about",
        "over",
        "under",
        "between",
        "during",
        "despite",
        "according",
        "to",
        "is",
        "are",
        "was",
        "were",
        "be",
        "do",
        "does",
        "did",
        "has",
        "have",
        "had",
        "can",
        "could",
        "will",
        "would",
        "may",
        "might",
        "must",
        "shall",
        "should",
        "let",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "first",
        "second",
        "third",
        "last",
        "next",
        "late",
        "former",
        "new",
        "old",
        "early",
        "earlier",
        "later",
        "still",
        "again",
        "once",
        "until",
        "till",
        "unless",
        "whether",
        "since",
    ]
)
HYPHEN_HEADS = frozenset("pro anti ex non pan mid post pre neo co".split())
HYPHEN_TAILS = frozenset(
    [
        "based",
        "led",
        "born",
        "backed",
        "style",
        "wide",
        "run",
        "owned",
        "built",
        "made",
        "held",
        "funded",
        "controlled",
        "occupied",
        "elect",
    ]
)
