"""A text's words and numbers, each with the time classes that the language's word list and its form give it.

A class says what a token can be in a pattern ("month", "unit", "number"); one token may have several ("second" is an
ordinal and a unit, "10" a number, a day and an hour).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Token

from copytaster.extract.story import Story
from copytaster.extract.times.clauses import words_of
from copytaster.extract.times.numerals import join_numerals, with_ordinal
from copytaster.knowledge import table

MARKS = {
    ",": "comma",
    "-": "dash",
    "–": "dash",
    "—": "longdash",
    "‑": "dash",
    "‒": "dash",
    "/": "slash",
    "(": "open",
    ")": "close",
}
FIGURES_BEFORE = re.compile(r"(?<!\d)(\d{1,9})-$")
MONEY = frozenset("$€£¥#№")
NO_CLASSES: Mapping[str, str] = {}


@dataclass(slots=True)
class TimeToken:
    """One word, phrase, number or mark: offsets into the article's text, and its classes with their values."""

    start: int
    end: int
    lower: str
    classes: Mapping[str, str]


@dataclass(frozen=True)
class Lexicon:
    """The word list of one language."""

    words: Mapping[str, Mapping[str, str]]
    """Lower-case word, or the parts of a phrase joined by blanks -> class -> value."""
    needs: Mapping[str, Mapping[str, str]]
    """Word -> class -> what the token must be for it: `capital`, `noun`, `name`, `glued`."""
    longer: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]
    """First two words of the phrases -> the phrases, longest first."""
    language: str
    forms: re.Pattern[str]
    """What cuts a text into tokens."""

    def combinations(self) -> Iterator[Mapping[str, str]]:
        """Every combination of classes, with values, that a token of the word list can have."""
        for key, classes in self.words.items():
            bound = self.needs.get(key, {})
            for needs in [
                (),
                *(tuple(sorted(set(bound.values())))[:i] for i in (1, 2)),
                *((n,) for n in bound.values()),
            ]:
                left = {name: value for name, value in classes.items() if bound.get(name) in (None, *needs)}
                yield left
                if "ordinal" in left:  # "second", also a unit, after number words were joined
                    yield with_ordinal(left)


@functools.cache
def forms(language: str) -> re.Pattern[str]:
    """The forms that a token can have (`knowledge/<language>/time_forms.tsv`), each a group of its name; what a token means
    is for the word list and `classes_of_form` to say.
    """
    return re.compile("|".join(f"(?P<{row['form']}>{row['pattern']})" for row in table(f"{language}/time_forms.tsv")))


@functools.cache
def lexicon(language: str) -> Lexicon:
    """The words of `knowledge/<language>/time_words.tsv` and `time_holidays.tsv`, and the forms of numbers and dates."""
    words: dict[str, dict[str, str]] = {}
    needs: dict[str, dict[str, str]] = {}
    longer: dict[tuple[str, str], set[tuple[str, ...]]] = {}
    shapes = forms(language)
    for row in (*table(f"{language}/time_words.tsv"), *holiday_rows(language)):
        for form in row["words"].split(", "):
            parts = tuple(match.group() for match in shapes.finditer(form.lower().replace("’", "'")))
            key = " ".join(parts)
            if len(parts) > 1:
                longer.setdefault((parts[0], parts[1]), set()).add(parts)
            for name in row["class"].split("+"):
                words.setdefault(key, {})[name] = row["value"]
                if row["needs"]:
                    needs.setdefault(key, {})[name] = row["needs"]
    ordered = {first: tuple(sorted(found, key=lambda p: (-len(p), p))) for first, found in longer.items()}
    return Lexicon(words, needs, ordered, language, shapes)


def holiday_rows(language: str) -> Iterator[dict[str, str]]:
    """The holidays as rows of the word list."""
    for row in table(f"{language}/time_holidays.tsv"):
        yield {"words": row["words"], "class": "holiday", "value": row["rule"], "needs": row["needs"]}


def tokens_of(story: Story, start: int, end: int, words: Lexicon) -> list[TimeToken]:
    """The tokens of one block in order; phrases of the word list, and numbers in words, are one token each."""
    text = story.text
    raw = [
        (m.start(), m.end(), m.lastgroup or "", m.group().lower().replace("’", "'"))
        for m in words.forms.finditer(text, start, end)
    ]
    raw = without_brackets(raw)
    tokens: list[TimeToken] = []
    at = 0
    while at < len(raw):
        first, last, form, lower = raw[at]
        at += 1
        if form == "word" or form == "mark":
            phrases = words.longer.get((lower, raw[at][3])) if at < len(raw) else None
            if phrases:
                count = phrase_length(raw, at - 1, phrases)
                if count:
                    last = raw[at + count - 2][1]
                    lower = " ".join(part[3] for part in raw[at - 1 : at - 1 + count])
                    at += count - 1
            classes = words.words.get(lower, NO_CLASSES)
            if classes and lower in words.needs:
                classes = allowed(story, first, classes, words.needs[lower], words.language)
            if form == "mark" and not classes:
                classes = {MARKS[lower]: lower} if lower in MARKS else NO_CLASSES
            tokens.append(TimeToken(first, last, lower, classes))
        else:
            classes = classes_of_form(text, first, last, form, text[first:last])
            tokens.append(TimeToken(first, last, lower, classes))
    return join_numerals(tokens)


def without_brackets(raw: list[tuple[int, int, str, str]]) -> list[tuple[int, int, str, str]]:
    """The tokens without the square brackets around one word, which an editor put in: "[Ten] years ago"."""
    if not any(part[3] == "[" for part in raw):
        return raw
    kept = list(raw)
    for at in range(len(raw) - 3, -1, -1):
        if raw[at][3] == "[" and raw[at + 2][3] == "]" and raw[at + 1][2] != "mark":
            del kept[at + 2], kept[at]
    return kept


def phrase_length(raw: list[tuple[int, int, str, str]], at: int, phrases: tuple[tuple[str, ...], ...]) -> int:
    """How many tokens the longest phrase of the word list that begins at `at` has; 0 when none does."""
    for phrase in phrases:
        if at + len(phrase) <= len(raw) and all(raw[at + i][3] == part for i, part in enumerate(phrase)):
            if phrase[-1] == "." and raw[at + len(phrase) - 1][0] != raw[at + len(phrase) - 2][1]:
                continue
            return len(phrase)
    return 0


def allowed(
    story: Story, start: int, classes: Mapping[str, str], needs: Mapping[str, str], language: str
) -> Mapping[str, str]:
    """The classes whose needs the token fulfils: "march" is a month with a capital, "May" as a name, "second" as a noun."""
    return {
        name: value
        for name, value in classes.items()
        if name not in needs or is_fit(story, start, needs[name], language)
    }


def is_fit(story: Story, start: int, need: str, language: str) -> bool:
    """Whether the token at an offset is what a class needs."""
    text = story.text
    if need == "glued":
        return start > 0 and text[start - 1].isdigit()
    if need == "capital":
        return text[start].isupper()
    token = story.token_at(start)
    if need == "name":
        if not text[start].isupper() or token.pos_ in ("AUX", "VERB", "PRON"):
            return False
        return token.ent_type_ != "PERSON" or is_listed(token)
    if need == "unverbal":
        return token.pos_ not in ("VERB", "AUX")  # not "will last two weeks"
    if need == "quantity":
        return token.dep_ in words_of(language, "quantity relation") or token.pos_ == "ADV"
    if need == "adverb":
        return token.pos_ in ("ADV", "INTJ", "SCONJ")
    return token.pos_ in ("NOUN", "PROPN", "NUM") and token.ent_type_ != "PERSON"


def is_listed(token: Token) -> bool:
    """Whether a name stands near a date of one name, as in "April was weak, May was weaker"; the model takes such months
    for persons.
    """
    doc = token.doc
    beside = [near for near in doc[max(0, token.i - 1) : token.i + 2] if near.i != token.i]
    if any(near.ent_type_ == "PERSON" for near in beside):
        return False
    around = doc[max(token.sent.start, token.i - 7) : min(token.sent.end, token.i + 8)]
    return any(near.ent_type_ == "DATE" and near.pos_ == "PROPN" for near in around)


def classes_of_form(text: str, start: int, end: int, form: str, surface: str) -> Mapping[str, str]:
    """The classes of a number or another token that is known by its form."""
    if form == "number":
        before = text[start - 1] if start else " "
        after = text[end] if end < len(text) else " "
        if before in MONEY or before == "." or after == "%":
            return NO_CLASSES
        if before.isalpha():
            return linked_number(surface)
        if before in ",/:" and start > 1 and text[start - 2].isdigit():
            year = text[max(0, start - 5) : start - 1]
            is_next = len(surface) == 2 and year.isdigit() and len(year) == 4 and (int(year) + 1) % 100 == int(surface)
            return {"shortyear": surface} if before == "/" and is_next else NO_CLASSES  # "2012/13"
        if before == "-" and start > 1 and text[start - 2].isdigit() and is_serial(text, start, surface):
            return NO_CLASSES
        if before == "-" and start > 1 and text[start - 2].isdigit() and (after == "-" or after.isalpha()):
            return NO_CLASSES
        if after.isalpha() and not surface.isdigit():
            return NO_CLASSES
        return number_classes(surface)
    if form == "ordinal":
        number = int(re.sub(r"\D", "", surface))
        return {"ordinal": str(number), **({"day": str(number)} if 1 <= number <= 31 else {})}
    if form == "fraction":
        part = {"½": 0.5, "¼": 0.25, "¾": 0.75}.get(surface) or int(surface[0]) / max(1, int(surface[-1]))
        return {"fraction": str(part)}
    if form == "decade":
        digits = re.sub(r"\D", "", surface)
        return {"decade": digits[:-1] if len(digits) == 4 else "19" + digits[0]}
    return {form: surface}


def is_serial(text: str, start: int, surface: str) -> bool:
    """Whether a number after "4-" belongs to a telephone or other serial number: "82-2100", not "1998-2001", "3-5"."""
    before = FIGURES_BEFORE.search(text, max(0, start - 12), start)
    return len(surface) > 2 and (before is None or len(before.group(1)) != len(surface))


def linked_number(surface: str) -> Mapping[str, str]:
    """A number right after letters ("FY24", "mid-2026"): a year or nothing."""
    if len(surface) == 4 and "1000" <= surface <= "2199":
        return {"linkedyear": surface}
    return {"linkedyear": surface} if len(surface) == 2 and surface.isdigit() else NO_CLASSES


@functools.lru_cache(maxsize=4096)
def number_classes(surface: str) -> Mapping[str, str]:
    """What a number can be: an amount, and by its size and length a day, an hour, a year, a clock time (0900)."""
    classes = {"number": surface.replace(",", "")}
    if surface.isascii() and surface.isdigit():
        number = int(surface) if len(surface) < 9 else -1
        if len(surface) <= 2:
            if 1 <= number <= 31:
                classes["day"] = str(number)
            if number <= 24:
                classes["hour"] = str(number)
            if len(surface) == 2:
                classes["shortyear"] = surface
        elif len(surface) == 4:
            if 1000 <= number <= 2199:
                classes["year"] = surface
            if number // 100 <= 24 and number % 100 < 60:
                classes["hhmm"] = surface
        elif (
            len(surface) == 8
            and 1 <= number // 100 % 100 <= 12
            and 1 <= number % 100 <= 31
            and 1900 <= number // 10000 <= 2199
        ):
            classes = {"stamp": f"{surface[:4]}-{surface[4:6]}-{surface[6:]}"}
    return classes


def number_combinations() -> Iterator[frozenset[str]]:
    """Every combination of classes that a number or another token known by its form can have."""
    samples = [
        "3",
        "03",
        "28",
        "31",
        "24",
        "45",
        "150",
        "1998",
        "1930",
        "2360",
        "2130",
        "0900",
        "0999",
        "9999",
        "20240131",
        "1.5",
        "1,500",
        "12345",
    ]
    samples += [f"{hour:02d}{minute}" for hour in (0, 3, 10, 19, 21, 22, 24, 25) for minute in (15, 75)]
    for sample in samples:
        yield frozenset(number_classes(sample))
        yield frozenset(linked_number(sample))
    for form in ("ampm", "stamp", "numeric", "monthly", "time", "decade", "yy", "ordinal", "fraction"):
        yield frozenset({form})
    yield frozenset({"ordinal", "day"})
    for name in sorted(set(MARKS.values())):
        yield frozenset({name})
