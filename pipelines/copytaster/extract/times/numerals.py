"""Numbers written in words: "twenty-one", "two hundred and ten", "nineteen ninety-six", "two thousand and fifteen".

A language's word list gives the parts: `numeral` (a value below 100) and `scale` (hundred, thousand, …).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copytaster.extract.times.tokens import TimeToken


LARGEST = 1_000_000_000
"""Where a run of number words is given up as none."""


def join_numerals(tokens: list[TimeToken]) -> list[TimeToken]:
    """The tokens with each run of number words put together to one token."""
    if not any("numeral" in token.classes or "scale" in token.classes for token in tokens):
        return tokens
    joined: list[TimeToken] = []
    at = 0
    while at < len(tokens):
        if "numeral" in tokens[at].classes or "scale" in tokens[at].classes:
            count, classes = read_numeral(tokens, at)
            if count > 1 or "numeral" in tokens[at].classes:
                first, last = tokens[at], tokens[at + count - 1]
                if count == 1 and "ordinal" in first.classes:
                    classes = with_ordinal(first.classes)
                first.end, first.classes = last.end, classes
                joined.append(first)
                at += count
                continue
            if joined and "number" in joined[-1].classes and joined[-1].lower[0].isdigit():  # "3.5 billion years"
                number = float(joined[-1].classes["number"]) * float(tokens[at].classes["scale"])
                joined[-1].end, joined[-1].classes = tokens[at].end, {"number": f"{number:.0f}"}
                at += 1
                continue
            if joined and "a" in joined[-1].classes:  # "a hundred years"
                joined[-1].end, joined[-1].classes = tokens[at].end, classes
                at += count
                continue
        joined.append(tokens[at])
        at += 1
    return joined


def read_numeral(tokens: list[TimeToken], at: int) -> tuple[int, Mapping[str, str]]:
    """How many tokens the number at `at` has, and its classes."""
    groups: list[int] = []
    """Finished numbers below a hundred, in the order they are said: "nineteen ninety-six" is 19, 96."""
    total, current, index, last_end = 0, 0, at, at
    ordinal = False
    has_scale = False
    while index < len(tokens) and not ordinal and total + current < LARGEST:
        classes = tokens[index].classes
        if "numeral" in classes:
            value = int(classes["numeral"])
            is_ordinal = "ordinal" in classes
            if groups and current % 100 and not (value < 10 and current % 10 == 0 and current % 100 >= 20):
                if has_scale or not 10 <= current <= 20 or value < 10 or len(groups) > 1 or is_ordinal:
                    break
                groups.append(value)
                total, current = current * 100, value
                has_scale = True
            else:
                current += value
                groups.append(value)
            ordinal = is_ordinal
        elif "scale" in classes and (groups or index == at):
            scale = int(classes["scale"])
            if scale == 100:
                current = max(1, current) * 100
            else:
                total, current = total + max(1, current) * scale, 0
            has_scale = True
            groups.append(scale)
        else:
            break
        index += 1
        last_end = index
        if index + 1 < len(tokens) and not ordinal:
            following = tokens[index + 1].classes
            is_part = "numeral" in following and (
                (
                    "dash" in tokens[index].classes
                    and current % 10 == 0
                    and int(following["numeral"]) < 10
                    and "numeral" in classes
                )
                or (
                    "and" in tokens[index].classes
                    and ("scale" in classes or (current % 10 == 0 and current >= 20 and int(following["numeral"]) < 10))
                )
            )
            if is_part:
                index += 1
    number = total + current
    return last_end - at, dict(number_word_classes(number, ordinal=ordinal))


def number_word_classes(number: int, *, ordinal: bool) -> Iterator[tuple[str, str]]:
    """What a number in words can be; ordinals are days and places in a row, other numbers amounts."""
    if ordinal:
        yield "ordinal", str(number)
        if number == 2:
            yield "secondword", "2"
    else:
        yield "number", str(number)
        yield "word", str(number)
    if 1 <= number <= 31:
        yield "day", str(number)
    if number <= 12 and not ordinal:
        yield "hour", str(number)
    if 1000 <= number <= 2199 and not ordinal:
        yield "wordyear", str(number)


def with_ordinal(classes: Mapping[str, str]) -> dict[str, str]:
    """The classes of an ordinal that stands alone: those it has as a number, and others of its own ("second")."""
    other = {name: value for name, value in classes.items() if name not in ("numeral", "ordinal")}
    return {**other, **dict(number_word_classes(int(classes["ordinal"]), ordinal=True))}


def numeral_combinations() -> Iterator[frozenset[str]]:
    """Every combination of classes that a number in words can have."""
    for number in (0, 1, 2, 12, 20, 40, 1000, 5000):
        for ordinal in (False, True):
            yield frozenset(name for name, _ in number_word_classes(number, ordinal=ordinal))
