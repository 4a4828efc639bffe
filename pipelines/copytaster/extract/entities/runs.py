"""Runs of words that may be names: what capitals, particles ("Ursula von der Leyen"), "of" after a word that demands it
("Bank of England"), hyphens and quotation marks around a nickname hold together.
"""

from __future__ import annotations

import re
from itertools import pairwise

from copytaster.extract.entities.candidates import HYPHENS, Matcher
from copytaster.extract.entities.surface import Case, Surface, is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words

NICKNAME_OPENERS = frozenset(('"', "“", "'", "‘", "``"))
NICKNAME_CLOSERS = frozenset(('"', "”", "'", "’", "''"))
FUNCTION_TAGS = frozenset(("DET", "PRON", "ADP", "AUX", "SCONJ", "CCONJ", "INTJ", "PART"))
MONTH_OPENERS = frozenset(
    ("in", "since", "until", "till", "by", "from", "last", "next", "this", "late", "early", "mid")
)
"""Before these a word that is a month's name and a person's is the month."""
NUMERAL = re.compile("(?:II|III|IV|VI|VII|VIII|IX|XI|XII)")
ORDINAL = re.compile(r"(?<!\d)\d++(?:st|nd|rd|th)")


class Runs(Matcher):
    """Tells where runs begin and how far they go."""

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self.risen = self.words_risen_inside()
        self.things = self.abbreviations_of_things()

    def abbreviations_of_things(self) -> frozenset[str]:
        """What the text itself tells to be short for a thing: "public-private partnerships ([PPP])"."""
        s = self.surface
        found = set()
        for i in range(3, len(s) - 1):
            word = s.words[i].removesuffix("s")
            if s.words[i - 1] != "(" or s.words[i + 1] != ")" or not (word.isupper() and word.isalpha()):
                continue
            before = [j for j in range(max(0, i - 3 * len(word)), i - 1) if s.words[j].isalpha()][-len(word) :]
            initials = "".join(s.words[j][0] for j in before)
            if initials.upper() == word and initials[1:].islower() and (initials.islower() or s.is_opening[before[0]]):
                found.add(s.words[i])
        return frozenset(found)

    def words_risen_inside(self) -> frozenset[str]:
        """Words that have a capital where no sentence opens: their capital is theirs."""
        s = self.surface
        return frozenset(
            s.words[i]
            for i in range(len(s))
            if s.is_capital[i] and not s.is_opening[i] and s.case[i] is Case.PROSE and s.tags[i] == "PROPN"
        )

    def is_nameable(self, i: int) -> bool:
        """Whether a name may begin or go on with the word."""
        s = self.surface
        if not s.is_capital[i]:
            return self.is_article_of_name(i)
        word = s.words[i]
        if word in self.things:
            return False
        if NUMERAL.fullmatch(word):  # "Charles III", but "Part III" names nothing
            return i > 0 and s.is_capital[i - 1] and s.block[i - 1] == s.block[i]
        if s.small[i] in self.never:
            is_body = word.isupper() and s.block[min(i + 1, len(s) - 1)] == s.block[i] and self.body_end(i) is not None
            return is_body or self.is_person_after_all(i)  # "SME Equity Fund"
        if s.small[i] in link_words("calendar") and i + 1 < len(s) and s.words[i + 1][0].isdigit():
            return False
        if word == "X" and i > 0 and s.small[i - 1] in link_words("platform"):
            return i + 1 >= len(s) or not s.is_capital[i + 1]
        if "$" in word or (len(word) == 1 and not self.opens_with_initials(i)):
            return False
        if s.small[i] == "the" and not s.is_opening[i]:
            return self.match_known(i) is not None or self.opens_title(i)
        if i + 1 < len(s) and s.words[i + 1] in HYPHENS and s.small[i] in link_words("prefix") and s.joined(i, i + 1):
            return False
        if i + 1 < len(s) and s.words[i + 1] == "$" and s.joined(i, i + 1):
            return False
        if not s.is_opening[i]:
            return s.tags[i] not in ("PRON", "DET") or word.isupper()
        return self.is_name_at_opening(i)

    def opens_with_initials(self, i: int) -> bool:
        """Whether two initials without full stops open a person's name: "R B Sreekumar"."""
        s = self.surface
        if i + 2 >= len(s) or s.block[i + 2] != s.block[i]:
            return False
        letters, name = s.words[i] + s.words[i + 1], s.words[i + 2]
        is_name = name.istitle() and len(name) > 2 and s.small[i + 2] not in self.common
        return len(letters) == 2 and letters.isalpha() and letters.isupper() and is_name

    def is_seen_pair(self, left: int, right: int) -> bool:
        """Whether the two words on both sides of a hyphen closed a person's full name before: "Akufo-Addo"."""
        return (self.surface.words[left], self.surface.words[right]) in self.pairs_seen

    def is_person_after_all(self, i: int) -> bool:
        """Whether a month or day is a person's name here: "Theresa May", and later "May said"."""
        s = self.surface
        if s.small[i].endswith("day"):
            return False  # "told a crowd in Florida Friday"
        follows_name = i > 0 and s.words[i - 1] in self.given and s.block[i - 1] == s.block[i]
        is_dated = i > 0 and (s.small[i - 1] in MONTH_OPENERS or s.small[i - 1] in link_words("function"))  # "In March"
        if follows_name and not is_dated and not is_known_place(s.words[i - 1]):
            return True
        if s.words[i] not in self.surnames_seen or (i > 0 and s.small[i - 1] in MONTH_OPENERS):
            return False
        return i + 1 < len(s) and not s.words[i + 1][0].isdigit()

    def is_name_at_opening(self, i: int) -> bool:
        """Whether a word that has to have a capital where it stands is a name, or opens one, all the same."""
        s = self.surface
        word, margin = s.words[i], self.common.get(s.small[i], 0.0)
        if any(a.islower() and b.isupper() for a, b in pairwise(word)):
            return True  # "DuckDuckGo"
        is_couple = i + 3 < len(s) and s.small[i + 1] == "and" and s.words[i + 2] in self.given
        if is_couple and word in self.given and s.is_capital[i + 3]:
            return True  # "Don and Gail Patterson"
        if word.isupper() and len(word) > 4 and margin > 0.5 and self.match_known(i) is None:
            return False  # "SOCCER - "
        if word.isupper() and len(word) > 1 and (s.small[i] not in self.common or margin < 3):
            return True
        if word in self.surnames_seen or self.match_known(i) or self.match_title(i) or self.match_place(i):
            return True
        if s.small[i] in link_words("particle") and self.after_particles(i) is not None:
            return True  # "De la Tour had left"
        if s.small[i] in link_words("function"):
            return self.is_given_before_surname(i)
        goes_on = i + 1 < len(s) and s.is_capital[i + 1] and s.block[i + 1] == s.block[i] and not s.is_opening[i + 1]
        if s.tags[i] in FUNCTION_TAGS:
            return False
        if geography.country_of_name(word) or geography.country_of_demonym(word):
            return True
        is_followed = i + 1 < len(s) and (s.tags[i + 1] in ("VERB", "AUX") or s.words[i + 1] in ("'s", "’s"))
        if word in self.openings_seen and is_followed:
            return True
        if s.small[i] in knowledge.words_of("en/peoples.tsv"):
            return True  # "Kurdish fighters"
        if word in self.risen or is_known_place(word):
            return margin < 1.0 or goes_on
        if goes_on and s.tags[i] in ("PROPN", "NOUN", "ADJ"):
            return margin < 3
        if s.tags[i] == "PROPN":
            return margin < 1.0
        return word in self.given and margin <= 0

    def is_given_before_surname(self, i: int) -> bool:
        """Whether a small word is somebody's given name, as an apposition behind the surname tells: "Will Kerrow, the ..."."""
        s = self.surface
        if s.small[i] not in link_words("given_function") or i + 2 >= len(s) or s.words[i + 2] != ",":
            return False
        return s.is_capital[i + 1] and s.small[i + 1] not in self.common and s.words[i + 1].isalpha()

    def extended(self, first: int, last: int) -> int | None:
        """The last token of the run when it takes in what follows; None where it ends."""
        s = self.surface
        k = last + 1
        if k >= len(s) or s.block[k] != s.block[last] or s.case[k] is not Case.PROSE or k in self.taken:
            return None
        if s.words[k] == "The" and self.match_known(k) is None:
            return None
        title = self.match_title(last)
        if title is not None and title > last and title + 1 < len(s) and s.is_capital[title]:
            return title
        if s.is_opening[k]:
            return None
        if (
            last >= 2
            and s.words[last - 1] in HYPHENS
            and s.small[last - 2] in link_words("prefix")
            and s.joined(last - 1, last)
        ):
            return None
        if s.is_capital[k] and (self.is_nameable(k) or self.is_initial(k) or self.opens_title(first)):
            return k
        if s.small[last] == "model" and len(s.words[k]) == 1 and s.words[k].isupper():
            return k  # "the Model Y"
        if s.words[k].isdigit() and len(s.words[k]) < 4 and self.is_model(first, last):
            return k
        after = k + 1 if k + 1 < len(s) and s.block[k + 1] == s.block[k] else None
        if after is None:
            return None
        word = s.small[k]
        if self.opens_title(first):
            return self.after_title_links(last, k)
        if word == "(" and after + 2 < len(s) and s.words[after + 1] == ")" and s.is_capital[after]:
            # an act is named with what it is in brackets: the Citizenship (Amendment) Act
            closing = self.words_of_names.get((s.small[after + 2], "last"))
            return after + 2 if closing is not None and closing.type == "LAW" and s.is_capital[after + 2] else None
        if word in HYPHENS and s.joined(last, k) and s.joined(k, after):
            return after if self.is_hyphenated(first, last, after) else None
        if word in link_words("particle") and s.words[k].islower():
            return self.after_particles(k)
        if word in ("of", "for", "and", "&"):
            return self.after_link(first, last, word, after)
        if word in ("'s", "’s") and s.is_capital[after]:
            known_last = self.match_known(first)
            is_office = s.small[after] in ("office", "department") and self.match_title(last) == last
            is_court = s.small[after] in ("court", "office") and s.small[last] in link_words("court")
            is_saint = s.small[first] in ("st.", "st", "saint") and (s.small[after], "last") in self.words_of_names
            joins = (
                is_office
                or is_court
                or is_saint
                or s.small[last] in link_words("possessive")
                or (known_last is not None and known_last[0] > last)
            )
            return after if joins and self.is_nameable(after) else None
        if word in ("'", "’") and s.small[last] in link_words("possessive") and s.is_capital[after]:
            return after
        if (
            ORDINAL.fullmatch(word)
            and s.is_capital[after]
            and s.small[after] in ("street", "avenue", "st", "st.", "ave.")
        ):
            return after
        if word == "," and self.is_ministry_list(first, last, after):
            return after
        if (
            word == ","
            and s.small[after] in link_words("company") | link_words("person_suffix")
            and s.is_capital[after]
            and (after + 1 >= len(s) or s.words[after + 1] not in HYPHENS)  # "Tom Schmidt, Co-owner"
        ):
            return after
        if word in NICKNAME_OPENERS and s.words[first] in self.given and s.is_capital[after]:
            for closer in range(after + 1, min(after + 4, len(s) - 1)):  # "Ismael “El Mayo” Zambada"
                if s.words[closer] in NICKNAME_CLOSERS:
                    is_inside = s.is_capital[closer + 1] and s.block[closer + 1] == s.block[k]
                    return closer + 1 if is_inside else None
                if not s.words[closer].isalpha():
                    return None
        return None

    def is_article_of_name(self, i: int) -> bool:
        """Whether a small word is the Arabic article that a hyphen binds to a name: "[al]-Qaeda"."""
        s = self.surface
        is_bound = i + 2 < len(s) and s.words[i + 1] in HYPHENS and s.joined(i, i + 1) and s.joined(i + 1, i + 2)
        return s.small[i] in link_words("article") and is_bound and s.is_capital[i + 2]

    def opens_title(self, i: int) -> bool:
        """Whether a capital "The" inside of a sentence opens the title of a work: "his novel [The] Land in Winter"."""
        s = self.surface
        if s.words[i] != "The" or s.is_opening[i] or i + 1 >= len(s) or s.block[i + 1] != s.block[i]:
            return False
        if self.match_title(i + 1) is not None or s.words[i + 1].isupper():
            return False  # "The Rev. Jane Doe", "AP The US said"
        return s.is_capital[i + 1] and s.case[i] is Case.PROSE and self.match_known(i) is None

    def after_title_links(self, last: int, k: int) -> int | None:
        """The capitalised word after one or two small words in a title: "The Life [of a] Showgirl".

        A name that is whole goes on with "of" only: "The Cooper School in Lima".
        """
        s = self.surface
        closing = self.words_of_names.get((s.small[last], "last"))
        is_whole = closing is not None and closing.type in ("ORG", "FAC")
        if is_whole and s.small[k] not in ("of", "for"):
            return None
        i = k
        while (
            i < len(s) and i - k < 2 and s.small[i] in ("of", "in", "and", "a", "an", "the", "to", "for", "with", "on")
        ):
            i += 1
        is_pair = last > 0 and s.small[k] == "and" and (s.words[last - 1].islower() or s.small[last - 1] == "the")
        if s.small[k] == "and" and not is_pair:
            return None  # "The Long Good Friday and Gosford Park" are two, "The Loneliness of Sonia and Sunny" is one
        if not (k < i < len(s) and s.block[i] == s.block[k] and s.is_capital[i]) or s.small[i] in self.never:
            return None
        return None if s.small[k] == "in" and is_known_place(s.words[i]) else i

    def is_model(self, first: int, last: int) -> bool:
        """Whether a number goes on with a model's name: "iPhone [17]", "Boeing [737] Max"."""
        s = self.surface
        known = self.match_known(first, last)
        if s.small[last] == "model":
            return True  # "the Model 3"
        is_product = known is not None and known[0] == last and known[1].type == "PRODUCT"
        return is_product or s.small[first] in link_words("maker")

    def is_initial(self, k: int) -> bool:
        """Whether a single letter inside a run is part of the name: "Samuel L Jackson", but not "NASA T-shirt"."""
        s = self.surface
        if len(s.words[k]) != 1 or s.words[k] in "IA" or k + 1 >= len(s):
            return False
        return s.is_capital[k + 1] and s.block[k + 1] == s.block[k]

    def is_hyphenated(self, first: int, left: int, right: int) -> bool:
        """Whether a hyphen joins two parts of one name: "Al-Maeena", "Jong-un", but neither "Lima-based" nor "US-China"."""
        s = self.surface
        joiners = link_words("joiner")
        if s.is_capital[right]:
            is_article = s.small[left] in link_words("article")  # "El-Sisi", also where Sisi is known
            if is_article or (s.words[left] in joiners and left > first) or self.is_seen_pair(left, right):
                return True
            if s.small[left] in link_words("prefix") or s.small[right] in link_words("tail"):
                return False
            if s.words[left] in self.surnames_seen or s.words[right] in self.surnames_seen:
                return s.words[first] in self.given and first < left
            return not (self.is_country_word(left) and self.is_country_word(right))
        word = s.small[right]
        is_linked = right + 2 < len(s) and s.words[right + 1] in HYPHENS and s.joined(right, right + 1)
        if s.words[right] in joiners and is_linked:
            return s.is_capital[right + 2]  # "Lashkar-[e]-Taiba"
        if not word.isalpha() or len(word) > 6 or word in link_words("tail"):
            return False
        if left > first and len(word) <= 5 and s.words[left - 1] in knowledge.surnames():
            return s.words[right - 1] == "-" and not is_known_place(s.text(left - 1, left))  # "Pan Men-an"
        return left > first and word not in self.common and not is_known_place(s.text(first, left))

    def after_particles(self, k: int) -> int | None:
        """The capitalised word after one to three particles: "von der Leyen"."""
        s = self.surface
        i = k
        while i < len(s) and i - k < 3 and s.small[i] in link_words("particle"):
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
            if word == "for" and s.small[last] not in link_words("for"):
                return None
            if (
                word == "for"
                and s.small[last] in ("ministry", "department")
                and self.common.get(s.small[target], 0.0) <= 0
            ):
                return None
            # "Council for the Promotion of Trade": the name has begun, and "the" went before its second part
            if head is None and word == "of" and last > first + 1 and s.small[last - 2 : last] == ["for", "the"]:
                return target
            is_second = last > first + 2 and word == "of" and s.small[last - 1] in ("for", "of")
            if head is None and is_second and self.common.get(s.small[last], 0.0) > 0:
                return target  # "Regional Centre for Mapping of Resources"
            return target if head is not None else None
        linked = any(s.small[i] in ("of", "for") for i in range(first, last))
        if linked:
            common = self.common.get(s.small[last], 0.0) > 0 and self.common.get(s.small[target], 0.0) > 0
            return target if common and not is_known_place(s.words[target]) else None
        # "the Maritime and Coastguard Agency": one article, and the first part alone names nothing
        article = last - 1
        opens = article >= max(0, first - 1) and s.small[article] == "the" and self.is_half(s.words[last])
        if opens and (closing_at := self.body_end(target)) is not None and closing_at > target:
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

    def is_half(self, word: str) -> bool:
        """Whether a word may be the first half of a body's double name: no place, nobody's name, no known body."""
        is_word = self.common.get(word.lower(), 0.0) > 0.5
        if (is_known_place(word) and not is_word) or word in self.given or word in self.surnames_seen or word.isupper():
            return False
        return knowledge.key(word) not in knowledge.known_names() and not geography.country_of_demonym(word)

    def body_end(self, first: int) -> int | None:
        """The word that closes a body's name of at most four words, which begins with the token: "Coastguard [Agency]"."""
        s = self.surface
        end = first
        while end + 1 < len(s) and s.is_capital[end + 1] and end - first < 3 and not s.is_opening[end + 1]:
            end += 1
        closing = self.words_of_names.get((s.small[end], "last"))
        return end if closing is not None and closing.type == "ORG" and closing.is_strong else None
