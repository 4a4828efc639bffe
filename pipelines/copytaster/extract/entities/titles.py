"""The titles that stand before a name, with whose they are: "US Secretary of State", "Uzbek striker"."""

from __future__ import annotations

from copytaster.extract.entities.candidates import POSSESSIVES, Candidate
from copytaster.extract.entities.surface import Surface
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge

LONGEST = 5
"""Words of the longest description before a name that is read as its title."""


def title_tokens(surface: Surface, candidate: Candidate) -> tuple[int, int] | None:
    """First and last token of the title before a name, in capitals or not; None where there is none."""
    if candidate.title is not None:
        begin, end = candidate.title
        return (candidate.modifier if candidate.modifier is not None else begin), end
    end = candidate.first - 1
    if end < 0 or surface.block[end] != surface.block[candidate.first] or not is_role(surface.small[end]):
        return None
    if surface.is_predicate(end):
        return None
    begin = end
    while begin > 0 and end - begin < LONGEST - 1 and surface.block[begin - 1] == surface.block[end]:
        word = surface.words[begin - 1]
        is_country = geography.country_of_demonym(word) or geography.country_of_name(word)
        is_noun = surface.tags[begin - 1] in ("NOUN", "PROPN", "ADJ") and word[0].isalpha()
        # at a sentence's opening only a name is of the title: "Arsenal manager", but not "Yesterday manager"
        opens = surface.is_opening[begin - 1] and not surface.is_capital[begin]
        is_office = knowledge.key(surface.text(begin - 1, end)) in knowledge.titles()  # "Chief executive Jane Doe"
        if not is_country and not is_office and (not is_noun or opens):
            break
        begin -= 1
    return begin, end


def is_role(word: str) -> bool:
    """Whether a word in small letters is what a person may be called before a name: "coach", "spokesman"."""
    if not word.islower() or word in knowledge.link_words("no_title"):
        return False
    return word in knowledge.roles_of_persons() or word in knowledge.titles()


def country_behind(surface: Surface, mention: Candidate) -> str | None:
    """The country behind the name of a title's holder: "King Abdullah of Jordan"."""
    i = mention.last + 1
    if i + 1 >= len(surface) or surface.small[i] != "of":
        return None
    ends = range(min(i + 3, len(surface) - 1), i, -1)
    return next((code for end in ends if (code := geography.country_of_name(surface.text(i + 1, end)))), None)


def country_of_title(surface: Surface, first: int, last: int) -> str | None:
    """The country for which the holder of a title acts: "Venezuelan President", "Japan's foreign minister"."""
    begin = first
    while begin <= last:
        for end in range(min(last, begin + 2), begin - 1, -1):
            text = surface.text(begin, end)
            code = geography.country_of_demonym(text) or geography.country_of_name(text)
            if text == "Georgia":
                return None  # a "Georgia senator" is hardly ever Georgian
            if code is not None:
                return code
            # "New Jersey Governor": of a region of one country, not of Jersey
            if end > begin and (places := geography.places_called(text)):
                return places[0].country
        begin += 1
    if first >= 2 and surface.small[first - 1] in POSSESSIVES:
        for begin in range(max(0, first - 4), first - 1):
            code = geography.country_of_name(surface.text(begin, first - 2))
            if code is not None:
                return code
    return None


def country_of_name(surface: Surface, candidate: Candidate) -> str | None:
    """The country that an organisation's own name tells ("Indonesian Navy"), or the word before it ("Chile's Codelco")."""
    for begin in range(candidate.first, candidate.last + 1):
        for end in range(min(candidate.last, begin + 2), begin - 1, -1):
            text = surface.text(begin, end)
            code = geography.country_of_demonym(text) or geography.country_of_name(text)
            if code is not None and end - begin < candidate.last - candidate.first:
                return code
    before = candidate.first - 1
    if before >= 1 and surface.small[before] in POSSESSIVES:
        return geography.country_of_name(surface.words[before - 1])
    for i in range(max(0, before - 2), before):
        if surface.block[i] == surface.block[candidate.first] and surface.words[before].islower():
            code = geography.country_of_demonym(surface.words[i])
            if code is not None and all(surface.tags[j] in ("NOUN", "ADJ", "PROPN") for j in range(i, before + 1)):
                return code
    return None
