"""How one name is written: with and without a middle name, "Inc" or a country, and shortened to its initials."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from copytaster.extract.entities.surface import is_known_place
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import link_words


def letters_fit(short: str, long: str) -> bool:
    """Whether the letters of an abbreviation come in order in the name, the first opening it: DAB, BoE, Interpol."""
    small = iter(long.lower())
    return short[:1].lower() == long[:1].lower() and all(letter in small for letter in short.lower())


def person_key(name: str) -> str:
    """What is equal in spellings of one person's name: doubled letters count once, "Zelenskyy" is "Zelensky"."""
    key = knowledge.key(unaccented(name))
    return "".join(letter for i, letter in enumerate(key) if i == 0 or letter != key[i - 1])


def unaccented(name: str) -> str:
    """The name with plain letters, as much of the press writes it: "Orbán" -> "Orban"."""
    if name.isascii():
        return name
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return plain.translate(PLAIN)


PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae"})


def person_words(words: list[str]) -> list[str]:
    """The words of a person's name without "Jr"."""
    return [w for w in words if w.lower() not in link_words("person_suffix")] or words


def same_person(a: list[str], b: list[str]) -> bool:
    """Whether two full names with one surname are one person's: the given names agree, middle ones do not clash."""
    first, second = (unaccented(x[0]).lower().rstrip(".") for x in (a, b))
    if (
        first != second
        and not (len(first) == 1 and second.startswith(first))
        and not (len(second) == 1 and first.startswith(second))
    ):
        return False
    middle_a, middle_b = ({w[0].lower() for w in x[1:-1]} for x in (a, b))
    return not middle_a or not middle_b or middle_a <= middle_b or middle_b <= middle_a


def abbreviations(words: list[str]) -> Iterator[str]:
    """Initials of a name, with and without its small words: "Bank of England" -> boe, be; "Acme & Sons" -> a&s."""
    if "&" in words:
        yield "".join(w[0] for w in words if w.lower() not in link_words("company")).lower()
    yield "".join(w[0] for w in words if w.lower() not in link_words("small")).lower()
    yield "".join(w[0] for w in words if w.lower() != "the").lower()


def short_forms(words: list[str]) -> Iterator[str]:
    """Keys of what a name may be shortened to: without "Inc", without a leading country, its telling first words.

    What tells a company's trade lets a common word be its name too: "Summit Energy … Summit".
    """
    kept = list(words)
    while len(kept) > 1 and kept[-1].lower() in link_words("company") | link_words("short_company"):
        kept.pop()
    if len(kept) < len(words):
        yield knowledge.key("".join(kept))
    if len(kept) > 2 and (geography.country_of_demonym(kept[0]) or geography.country_of_name(kept[0])):
        yield knowledge.key("".join(kept[1:]))
    is_trade = len(kept) == 2 and kept[1].lower() in link_words("trade")
    is_company = len(kept) < len(words) or is_trade
    is_common = kept[0].lower() in knowledge.common_words() and not is_trade
    is_telling = not is_common and knowledge.key(kept[0]) not in knowledge.known_names()
    is_place = is_known_place(kept[0], 100_000 if is_company else 1) or geography.country_of_demonym(kept[0])
    if len(kept) > 1 and is_telling and not is_place:
        yield knowledge.key(kept[0])
    if "of" in kept[1:-1]:
        at = kept.index("of")
        yield knowledge.key("".join(kept[:at]))
        rest = [w for w in kept[at + 1 :] if w.lower() != "the"]
        if len(rest) == 1 and not is_known_place(rest[0], 100_000):
            yield knowledge.key(rest[0])


def team_short_form(words: list[str]) -> str:
    """The key of what a team is called by in its own report: "City" for Manchester City."""
    return knowledge.key(words[-1])
