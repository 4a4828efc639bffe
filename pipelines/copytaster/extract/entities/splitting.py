"""Runs cut into names: titles ("US Secretary of State | Marco Rubio") and demonyms ("Afghan | coach") are no part of a
name, a word that closes one ("Indonesian Navy") keeps it whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from copytaster.extract.entities.candidates import HYPHENS, Candidate, Matcher
from copytaster.extract.entities.surface import is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words


class Splitter(Matcher):
    """Splits runs into candidates."""

    def split(self, first: int, last: int) -> Iterator[Candidate]:
        """The names of a run."""
        s = self.surface
        if s.words[first] == "The" and not s.is_opening[first] and last > first:
            known = self.match_known(first, last) or self.match_known(first + 1, last)
            if known is None or known[0] < last:
                yield self.candidate(first, last)
                return
        is_model = s.small[first] in link_words("maker") and any(s.words[i].isdigit() for i in range(first, last + 1))
        if is_model:
            yield self.candidate(first, last)
            return
        if s.small[first] == "the" and last > first:
            known = self.match_known(first, last) or self.match_known(first + 1, last)
            if not (known and known[0] == last and known[1].name.startswith("The ")):
                first += 1
        known = self.match_known(first, last)
        if known and known[0] == last:
            yield self.candidate(first, last, known=known[1])
            return
        if known and known[0] == last - 1 and s.small[last] in link_words("company"):
            yield self.candidate(first, last, known=known[1])
            return
        if first < last and self.match_place(first) == last:  # "Port-au-Prince" holds no prince
            yield self.candidate(first, last)
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
            person_follows = s.words[first + 1] in self.given
            if not is_word or self.match_title(first) is not None or s.words[first].isupper():
                break
            if self.match_known(first) is not None or is_known_place(s.text(first, first + 1)):
                break
            if (closing is not None and closing.is_strong) and not person_follows:
                break
            first += 1
        return first

    def first_title(self, first: int, last: int) -> tuple[int, int] | None:
        """The first title of the run that is not inside a known name."""
        i = first
        while i <= last:
            known = self.match_known(i, last)
            if known is not None and known[0] > i:
                # "US Treasury Secretary": the title goes beyond the name
                for inner in range(i + 1, known[0] + 1):
                    end = self.match_title(inner)
                    if end is not None and known[0] < end <= last:
                        return inner, end
                i = known[0] + 1
                continue
            end = self.match_title(i)
            if end is not None and end <= last and not self.is_given_name(i, last) and not self.is_inner(i, first):
                return i, end
            if self.is_role_before(i, last):
                return self.role_begin(first, i), i
            i += 1
        return None

    def is_role_before(self, i: int, last: int) -> bool:
        """Whether the word is what the person whose full name ends the run is: "DOC Senior [Ranger] Dave Rogers"."""
        s = self.surface
        if not 2 <= last - i <= 3 or s.words[i + 1] not in self.given or (s.small[last], "last") in self.words_of_names:
            return False
        return s.words[i].istitle() and s.words[i] not in self.given and s.small[i] in knowledge.roles_of_persons()

    def role_begin(self, first: int, i: int) -> int:
        """The first token of a role with the plain words before it: "[Senior] Ranger"."""
        s = self.surface
        while i > first and s.words[i - 1].istitle() and self.common.get(s.small[i - 1], 0.0) >= 1.5:
            i -= 1
        return i

    def is_inner(self, i: int, first: int) -> bool:
        """Whether a word that is a title elsewhere is part of a person's name: "Shaheen [Shah] Afridi"."""
        s = self.surface
        is_bound = i > first and s.small[i] in link_words("inner_title")
        if not is_bound or i + 1 >= len(s):
            return False
        return s.words[i - 1] in self.given or (s.small[i - 1] not in self.common and s.small[i + 1] not in self.common)

    def split_at_title(self, first: int, last: int, begin: int, end: int) -> Iterator[Candidate]:
        """Modifier, title and holder: "White House | Press Secretary | Ann Moran" gives the first and the last."""
        s = self.surface
        closing = self.words_of_names.get((s.small[last], "last"))
        holder = end + 1
        is_company = s.small[last] in link_words("company")
        is_holder = holder < last and s.words[holder] in self.given and last - holder <= 2 and not is_company
        is_building = closing is not None and closing.type == "FAC" and closing.is_strong and last == holder + 1
        if is_building and s.words[last] not in knowledge.surnames():
            is_holder = False  # "Sheikh Zayed Stadium", but "MP Jo Field"
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
        if self.is_role_before(holder, last):
            end, holder = holder, holder + 1  # "Chief | Engineer | Maria Silva"
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
        closing = self.words_of_names.get((s.small[last], "last"))
        if is_known_place(s.words[first]) and self.is_body_with_of(first, last):
            yield self.candidate(first, last)  # "Bagerhat Chamber of Commerce | President"
            return
        for end in range(last, first - 1, -1):
            text = s.text(first, end)
            if geography.country_of_demonym(text):
                yield self.candidate(first, end, kind="demonym")
            elif (first == end and s.small[first] in knowledge.words_of("en/peoples.tsv")) or (
                is_known_place(text) and not (first == end and self.common.get(s.small[first], 0.0) > 1)
            ):
                yield self.candidate(first, end)
            else:
                continue
            if end < last:
                yield from self.split_modifier(end + 1, last)
            return
        if closing is not None and closing.type == "ORG" and last > first:
            yield self.candidate(first, last)
        elif self.common.get(s.small[first], 0.0) <= 0:
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
        if title is None and self.is_body_of_nation(first, last):
            yield self.candidate(first, last)
            return
        if (
            first < last
            and s.small[first] in knowledge.words_of("en/peoples.tsv")
            and title is None
            and s.words[first + 1] not in HYPHENS
        ):
            closes = self.words_of_names.get((s.small[last], "last"))
            is_linked = any(s.small[i] in ("of", "for") for i in range(first + 1, last))
            if not is_linked and (closes is None or not closes.is_strong):
                yield self.candidate(first, first)
                yield from self.split(first + 1, last)
                return
        bound = self.bound_person(first, last)
        if bound is not None:
            if bound > first:
                yield from self.split(first, bound - 1)
            yield self.candidate(bound, last, title=title if bound == first else None)
            return
        closing = self.words_of_names.get((s.small[last], "last"))
        if first == last or (closing is not None and closing.is_strong and title is None):
            yield self.candidate(first, last, title=title)
            return
        if known is not None and known[0] + 1 < last and self.is_person_after(known[0], first, last):
            yield self.candidate(first, known[0], known=known[1], title=title)
            yield from self.split(known[0] + 1, last)
            return
        if s.small[last] in knowledge.words_of("en/peoples.tsv") and is_known_place(s.text(first, last - 1)):
            yield self.candidate(first, last - 1)
            yield self.candidate(last, last)
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
                if self.is_national_body(opening, end + 1, last):
                    yield self.candidate(first, last)
                    return
                if geography.country_of_demonym(opening):
                    yield self.candidate(first, end, kind="demonym")
                    yield from self.split(end + 1, last)
                    return
                if geography.country_of_name(opening) and (rest_is_person or self.is_stranger(end + 1, last)):
                    yield self.candidate(first, end)
                    yield from self.split(end + 1, last)
                    return
        yield self.candidate(first, last, title=title)

    def bound_person(self, first: int, last: int) -> int | None:
        """Where at the run's end a surname with a given name of two words stands, as East Asia's are written: "[Moon] Jae-in",
        "[Paul] Lam Ting-kwok".
        """
        s = self.surface
        if last - 3 < first or s.words[last - 1] not in HYPHENS or not s.words[last].islower():
            return None
        if s.words[last - 3] not in knowledge.surnames() or not s.words[last - 2].istitle():
            return None
        return last - 4 if last - 4 >= first and s.words[last - 4] in self.given else last - 3

    def is_stranger(self, first: int, last: int) -> bool:
        """Whether two or three words that no list has are somebody: "ambassador to the United States | Hamdullah Mohib"."""
        words = self.surface.small[first : last + 1]
        is_plain = all(word.isalpha() and word not in self.common for word in words)
        is_name = (words[-1], "last") not in self.words_of_names and self.surface.words[last] not in self.given
        return 2 <= len(words) <= 3 and is_plain and is_name and not is_known_place(self.surface.text(first, last))

    def is_body_of_nation(self, first: int, last: int) -> bool:
        """Whether a demonym opens the name of a body with "of": "Nigerian Union of Journalists", but not "Kuwaiti | Ministry
        of Culture": what a state has of itself goes by its own name.
        """
        s = self.surface
        if not geography.country_of_demonym(s.words[first]) and s.small[first] not in knowledge.words_of(
            "en/peoples.tsv"
        ):
            return False
        return self.is_body_with_of(first, last)

    def is_body_with_of(self, first: int, last: int) -> bool:
        """Whether behind the first word a body's name goes on with "of": "Bagerhat [Chamber of] Commerce"."""
        s = self.surface
        of = next((i for i in range(first + 2, last) if s.small[i] in ("of", "for")), None)
        if of is None or s.small[of - 1] in link_words("state_body"):
            return False
        head = self.words_of_names.get((s.small[of - 1], "head_of"))
        return head is not None and head.type == "ORG" and head.is_strong

    def is_national_body(self, opening: str, begin: int, last: int) -> bool:
        """Whether a demonym and a known institution are one name: "Indonesian Red Cross", "Israeli Supreme Court"."""
        known = self.match_known(begin, last)
        country = geography.country_of_demonym(opening)
        if country is None or known is None or known[0] != last or not known[1].is_institution:
            return False
        return known[1].country in (None, country)

    def is_person_after(self, end: int, first: int, last: int) -> bool:
        """Whether a known name that ends with a token is followed by a person's: "AC Milan | George Weah"."""
        s = self.surface
        if not s.is_capital[end + 1]:
            return False  # "Supreme Court of Victoria"
        if s.words[end + 1] in self.given:
            return True
        return (
            end > first
            and s.words[end + 1][0].isalnum()
            and last - end == 2
            and (s.small[last], "last") not in self.words_of_names
        )

    def person_border(self, first: int, last: int) -> int | None:
        """Where a person's name follows another name: "University of Texas Arlington | Amneh Jafari"."""
        s = self.surface
        for i in range(first + 1, last):
            closes = self.words_of_names.get((s.small[i - 1], "last"))
            if closes is not None and closes.is_strong and s.words[i] in self.given and last - i <= 2 and i > first + 1:
                return i  # "Fire Services | Andy Yeung"
            of_place = i > first + 2 and s.small[i - 2] == "of" and is_known_place(s.words[i - 1])
            if of_place and last == i + 1 and s.words[i] in self.given and s.words[last] in knowledge.surnames():
                return i  # "University of Havana | Julio Estrada"
        return None
