"""Patterns over token classes: finding the phrases of a block.

A pattern reads like "month day (comma? year)?"; its names are token classes. Each combination of classes that a token
can have is one character, so a pattern becomes a regular expression over these characters, and the phrases of a block
are found in the string of its tokens' characters.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from copytaster.extract.times.numerals import numeral_combinations
from copytaster.extract.times.tokens import Lexicon, TimeToken, lexicon, number_combinations
from copytaster.knowledge import table

NAME = re.compile(r"@?[a-z][a-z0-9]*(?:=\w+)?")


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase: the rule that understands it, its tokens [first, last), and the tokens that fill the pattern's names."""

    rule: str
    first: int
    last: int
    slots: tuple[tuple[str, int], ...] = field(default=())
    """Class name and token number, in order; of `unit=Q` the class is `unit`."""

    def shifted(self, by: int) -> Match:
        """The same phrase so many tokens on."""
        return Match(self.rule, self.first + by, self.last + by, tuple((name, at + by) for name, at in self.slots))


@dataclass(frozen=True, eq=False)
class Grammar:
    """The patterns of one language, ready to search."""

    lexicon: Lexicon
    codes: dict[frozenset[str], str]
    """Combination of classes -> its character."""
    by_first: dict[str, tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]]
    """First character -> (rule, regular expression, names of its groups) of what can begin so, as in the file."""
    valued: dict[tuple[str, str], str]
    """(class, value) -> the class that stands for this pair, for classes of which patterns want a value."""

    def code_of(self, token: TimeToken) -> str:
        """The character of a token; `.` for what no pattern can use."""
        if not token.classes:
            return "."
        return self.codes.get(self.signature(token.classes.items()), ".")

    def signature(self, classes: Iterable[tuple[str, str]]) -> frozenset[str]:
        """The combination of a token's classes, with those that stand for a class and its value."""
        names = set()
        for name, value in classes:
            names.add(name)
            if (name, value) in self.valued:
                names.add(self.valued[name, value])
        return frozenset(names)

    def search(self, tokens: Sequence[TimeToken]) -> list[Match]:
        """The phrases from left to right, none overlapping: at each token the longest that begins there."""
        codes = "".join(map(self.code_of, tokens))
        return [
            match.shifted(live.start()) if live.start() else match
            for live in re.finditer(r"[^.]+", codes)
            for match in self.search_run(live.group())
        ]

    @functools.lru_cache(maxsize=8192)  # noqa: B019 - a grammar is made once per process
    def search_run(self, codes: str) -> tuple[Match, ...]:
        """The phrases of tokens that a pattern can use, counted from the first; few such runs differ ("the", "a number")."""
        matches = []
        at = 0
        while at < len(codes):
            match = self.longest(codes, at)
            if match is None:
                at += 1
            else:
                matches.append(match)
                at = match.last
        return tuple(matches)

    def longest(self, codes: str, at: int) -> Match | None:
        """The longest phrase that begins at a token; of equally long ones the first in the file."""
        best: tuple[str, re.Match[str], tuple[str, ...]] | None = None
        end = at
        for rule, pattern, names in self.by_first.get(codes[at], ()):
            found = pattern.match(codes, at)
            if found and found.end() > end:
                best, end = (rule, found, names), found.end()
        if best is None:
            return None
        rule, found, names = best
        slots = sorted((found.start(i), name) for i, name in enumerate(names, 1) if found.start(i) >= 0)
        return Match(rule, at, end, tuple((name, start) for start, name in slots))


@functools.cache
def grammar(language: str) -> Grammar:
    """The grammar of `knowledge/<language>/time_patterns.tsv` over the language's word list; made once per process."""
    words = lexicon(language)
    parts: dict[str, str] = {}
    rules: list[tuple[str, str]] = []
    for row in table(f"{language}/time_patterns.tsv"):
        pattern = NAME.sub(lambda m: parts.get(m.group(), m.group()), row["pattern"])
        if row["rule"].startswith("@"):
            parts[row["rule"]] = pattern
        else:
            rules.append((row["rule"], pattern))
    wanted = (name for _, pattern in rules for name in NAME.findall(pattern) if "=" in name)
    valued = {(name.partition("=")[0], name.partition("=")[2]): name for name in wanted}
    made = Grammar(words, {}, {}, valued)
    combinations = [*number_combinations(), *numeral_combinations()]
    combinations += (made.signature(classes.items()) for classes in words.combinations())
    for combination in combinations:
        if combination and combination not in made.codes:
            made.codes[combination] = chr(0xE000 + len(made.codes))
    holding: dict[str, str] = {}
    for combination, code in made.codes.items():
        for name in sorted(combination):
            holding[name] = holding.get(name, "") + code
    by_first: dict[str, list[tuple[str, re.Pattern[str], tuple[str, ...]]]] = {}
    for rule, pattern in rules:
        reader = PatternReader(pattern, holding)
        entry = (rule, reader.compiled, tuple(name.partition("=")[0] for name in reader.names))
        for code in sorted({code for name in reader.first for code in holding.get(name, "")}):
            by_first.setdefault(code, []).append(entry)
    made.by_first.update({code: tuple(entries) for code, entries in by_first.items()})
    return made


class PatternReader:
    """One pattern as a regular expression over token characters: `compiled`, the class `names` of its groups in order,
    and the classes that a phrase of it can begin with (`first`).

    Raises ValueError, naming the pattern, where a class is unknown or brackets do not pair.
    """

    def __init__(self, pattern: str, holding: dict[str, str]) -> None:
        self.pattern = pattern
        self.names: list[str] = []
        self._holding = holding
        self._parts = re.findall(r"[a-z][a-z0-9]*(?:=\w+)?|[()|?]", pattern)
        self._at = 0
        regex, self.first, _ = self.alternatives()
        if self._at != len(self._parts):
            raise ValueError(f"pattern {pattern!r}: brackets do not pair")
        self.compiled = re.compile(regex)

    def alternatives(self) -> tuple[str, set[str], bool]:
        """Regular expression, first classes and whether it can be empty, of choices up to a closing bracket."""
        regex, first, nullable = self.sequence()
        while self._at < len(self._parts) and self._parts[self._at] == "|":
            self._at += 1
            other, more, empty = self.sequence()
            regex, first, nullable = f"{regex}|{other}", first | more, nullable or empty
        return regex, first, nullable

    def sequence(self) -> tuple[str, set[str], bool]:
        """The same of what stands in a row."""
        regex, first, nullable = "", set[str](), True
        while self._at < len(self._parts) and self._parts[self._at] not in ("|", ")"):
            part, begins, empty = self.item()
            regex += part
            if nullable:
                first |= begins
            nullable = nullable and empty
        return regex, first, nullable

    def item(self) -> tuple[str, set[str], bool]:
        """The same of one class or one bracket, with its `?`."""
        part = self._parts[self._at]
        self._at += 1
        if part == "(":
            inner, first, nullable = self.alternatives()
            if self._at >= len(self._parts):
                raise ValueError(f"pattern {self.pattern!r}: brackets do not pair")
            self._at += 1
            regex = f"(?:{inner})"
        else:
            if part not in self._holding:
                raise ValueError(f"pattern {self.pattern!r}: no word has the class {part!r}")
            self.names.append(part)
            regex, first, nullable = f"([{self._holding[part]}])", {part}, False
        if self._at < len(self._parts) and self._parts[self._at] == "?":
            self._at += 1
            return regex + "?", first, True
        return regex, first, nullable
