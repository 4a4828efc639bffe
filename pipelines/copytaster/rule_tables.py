"""The pipeline's components of rules as tables: the same attributes and lemmas for a tenth of the time.

spaCy's attribute ruler runs a matcher with nearly two hundred patterns over every token, and its lemmatizer asks each
token object anew; but what they say depends on a few columns of a token (and of its neighbour, for "gon na"). A
component that is of no such simple form stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import numpy as np
from spacy.lang.en.lemmatizer import EnglishLemmatizer
from spacy.language import Language
from spacy.pipeline import AttributeRuler, Lemmatizer
from spacy.strings import StringStore
from spacy.tokens import Doc

COMPARED = ("LOWER", "TAG", "DEP", "IS_SPACE")
"""The columns that a rule of the table may ask for."""
WRITTEN = ("TAG", "POS", "MORPH", "LEMMA", "DEP")
"""The columns that a rule of the table may set."""
REMEMBERED = 200_000
"""Words that are remembered at most: a streaming job meets ever new ones."""

Kind = tuple[int, int, int, int]
"""A token's values of `COMPARED`; of words that no rule names all are alike."""
Condition = Callable[[Kind], bool]
Key = tuple[int, int, int]
"""What a lemma depends on: word, part of speech and morphology, as their hashes."""


def use_tables(nlp: Language) -> None:
    """Puts a table into the place of each component of the pipeline that is one in disguise."""
    for name, pipe in list(nlp.pipeline):
        if type(pipe) is AttributeRuler and (rules := attribute_rules(pipe, nlp.vocab.strings)) is not None:
            attributes = nlp.add_pipe("attribute_table", after=name)
            assert isinstance(attributes, AttributeTable)
            attributes.rules = rules
            nlp.remove_pipe(name)
        elif is_table_of_lemmas(pipe):
            lemmas = nlp.add_pipe("lemma_table", after=name)
            assert isinstance(lemmas, LemmaTable)
            lemmas.lemmatizer = pipe
            index = pipe.lookups.get_table("lemma_index", {})
            for part in list(index):
                index[part] = frozenset(index[part])  # a list of 57,000 words is searched for each new one
            nlp.remove_pipe(name)


class Rules:
    """The rules of a ruler in its order, which is that in which they overrule each other."""

    def __init__(self) -> None:
        self.sequences: list[tuple[int, tuple[Condition, ...]]] = []
        """For each pattern the number of its rule and the conditions on tokens that follow each other."""
        self.targets: list[int] = []
        """For each rule which token of its patterns it is about."""
        self.values: list[dict[int, int]] = []
        """For each rule the columns (numbers of `WRITTEN`) that it sets."""
        self.words: set[int] = set()
        """Words in small letters that a rule names."""
        self.word_patterns: list[re.Pattern[str]] = []


def attribute_rules(ruler: AttributeRuler, strings: StringStore) -> Rules | None:
    """The rules of a ruler, or None where one needs more than `COMPARED` or sets other than `WRITTEN`."""
    rules = Rules()
    columns = {strings.add(name): i for i, name in enumerate(WRITTEN)}
    entries: list[Any] = list(ruler.patterns)
    for number, (entry, values) in enumerate(zip(entries, ruler.attrs, strict=True)):
        if not values.keys() <= columns.keys():
            return None
        rules.values.append({columns[attribute]: int(value) for attribute, value in values.items()})
        rules.targets.append(entry["index"])
        for pattern in entry["patterns"]:
            conditions = [condition_of(token, rules, strings) for token in pattern]
            if any(condition is None for condition in conditions) or not 0 <= entry["index"] < len(pattern):
                return None
            rules.sequences.append((number, tuple(c for c in conditions if c is not None)))
    return rules


def condition_of(pattern: Mapping[str, Any], rules: Rules, strings: StringStore) -> Condition | None:
    """Whether a token fits one token's part of a pattern; None where the pattern says more than a table can."""
    allowed: list[tuple[int, frozenset[int], bool]] = []
    written: list[tuple[int, re.Pattern[str]]] = []
    for name, demand in pattern.items():
        if name.upper() not in COMPARED:
            return None
        column = COMPARED.index(name.upper())
        if isinstance(demand, bool):
            allowed.append((column, frozenset((int(demand),)), True))
        elif isinstance(demand, str):
            allowed.append((column, frozenset((strings.add(demand),)), True))
        elif isinstance(demand, dict) and len(demand) == 1 and demand.keys() <= {"IN", "NOT_IN"}:
            ((operator, values),) = demand.items()
            allowed.append((column, frozenset(strings.add(value) for value in values), operator == "IN"))
        elif isinstance(demand, dict) and demand.keys() == {"REGEX"}:
            written.append((column, re.compile(demand["REGEX"])))
        else:
            return None
        if column == 0 and allowed and allowed[-1][0] == 0:
            rules.words |= allowed[-1][1]
    rules.word_patterns += [pattern for column, pattern in written if column == 0]

    def fits(kind: Kind) -> bool:
        return all((kind[column] in values) == wanted for column, values, wanted in allowed) and all(
            pattern.search(strings[kind[column]]) for column, pattern in written
        )

    return fits


@Language.factory("attribute_table")
class AttributeTable:
    """Sets tags, parts of speech, morphology, lemmas and labels as the ruler with these rules does."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.strings = nlp.vocab.strings
        self.name = name
        self.rules = Rules()
        self.known_words: dict[int, int] = {}
        self.kinds: dict[Kind, tuple[int, tuple[int, ...]]] = {}
        """For each kind of token the row of the single-token rules that it fits, and the longer patterns that it may begin."""
        self.rows: dict[tuple[int, ...], int] = {}
        """For each combination of rules its row in `values` and `is_set`, which have the columns `WRITTEN`."""
        self.values = np.zeros((0, len(WRITTEN)), dtype="uint64")
        self.is_set = np.zeros((0, len(WRITTEN)), dtype=bool)

    def __call__(self, doc: Doc) -> Doc:
        """The Doc with its attributes set."""
        if not len(doc):
            return doc
        words, *others = doc.to_array(list(COMPARED)).T.tolist()
        for word in set(words) - self.known_words.keys():
            self.known_words[word] = word if self.is_named(word) else 0
        kinds: list[Kind] = list(zip(map(self.known_words.__getitem__, words), *others, strict=True))
        if len(self.known_words) > REMEMBERED:
            self.known_words.clear()
        present = set(kinds)
        for kind in present - self.kinds.keys():
            self.kinds[kind] = self.fitting(kind)
        rows = [self.kinds[kind][0] for kind in kinds]
        if any(self.kinds[kind][1] for kind in present):
            self.apply_longer(kinds, rows)
        is_set = self.is_set[rows]
        columns = np.flatnonzero(is_set.any(axis=0))
        if len(columns):
            table: Any = np.where(is_set, self.values[rows], doc.to_array(list(WRITTEN)))
            doc.from_array([WRITTEN[column] for column in columns], table[:, columns])
        return doc

    def apply_longer(self, kinds: list[Kind], rows: list[int]) -> None:
        """Adds the rules of patterns of several tokens to those that apply to each token."""
        for i, kind in enumerate(kinds):
            for sequence in self.kinds[kind][1]:
                number, conditions = self.rules.sequences[sequence]
                if i + len(conditions) <= len(kinds) and all(c(kinds[i + k]) for k, c in enumerate(conditions)):
                    target = i + self.rules.targets[number]
                    standing = next(numbers for numbers, row in self.rows.items() if row == rows[target])
                    rows[target] = self.row_of({*standing, number})

    def is_named(self, word: int) -> bool:
        """Whether any rule tells this word from others."""
        return word in self.rules.words or any(p.search(self.strings[word]) for p in self.rules.word_patterns)

    def fitting(self, kind: Kind) -> tuple[int, tuple[int, ...]]:
        """What `kinds` holds of a kind of token."""
        begun = [i for i, (_, conditions) in enumerate(self.rules.sequences) if conditions[0](kind)]
        single = {self.rules.sequences[i][0] for i in begun if len(self.rules.sequences[i][1]) == 1}
        return self.row_of(single), tuple(i for i in begun if len(self.rules.sequences[i][1]) > 1)

    def row_of(self, combination: set[int]) -> int:
        """The row that says what these rules together set: the later overrule the earlier."""
        numbers = tuple(sorted(combination))
        if numbers not in self.rows:
            merged = {column: value for number in numbers for column, value in self.rules.values[number].items()}
            columns = range(len(WRITTEN))
            self.rows[numbers] = len(self.rows)
            self.values = np.vstack([self.values, np.array([merged.get(i, 0) for i in columns], dtype="uint64")])
            self.is_set = np.vstack([self.is_set, np.array([i in merged for i in columns])])
        return self.rows[numbers]


def is_table_of_lemmas(pipe: object) -> TypeGuard[Lemmatizer]:
    """Whether it is a lemmatizer that asks a token for word, part of speech and morphology alone, and keeps lemmas that stand."""
    if not isinstance(pipe, Lemmatizer) or type(pipe) not in (Lemmatizer, EnglishLemmatizer):
        return False
    return pipe.mode == "rule" and not pipe.overwrite


@Language.factory("lemma_table")
class LemmaTable:
    """Sets the lemmas that the lemmatizer gives, asking it once for each word, part of speech and morphology."""

    lemmatizer: Lemmatizer

    def __init__(self, nlp: Language, name: str) -> None:
        self.strings = nlp.vocab.strings
        self.name = name
        self.lemmas: dict[Key, str] = {}

    def __call__(self, doc: Doc) -> Doc:
        """The Doc with a lemma for each token that has none."""
        if not len(doc):
            return doc
        *columns, lemmas = doc.to_array(["ORTH", "POS", "MORPH", "LEMMA"]).T.tolist()
        keys: list[Key] = list(zip(*columns, strict=True))
        places = dict(zip(keys, range(len(keys)), strict=True))
        # added to the strings of each Doc anew: those of the last may be forgotten with it
        found = {key: self.strings.add(self.lemma_of(key, doc, i)) for key, i in places.items()}
        news = [lemma or found[key] for lemma, key in zip(lemmas, keys, strict=True)]
        column: Any = np.array(news, dtype="uint64")
        doc.from_array(["LEMMA"], column)
        return doc

    def lemma_of(self, key: Key, doc: Doc, i: int) -> str:
        """The lemma of token i of a Doc, which has this key."""
        if key not in self.lemmas:
            if len(self.lemmas) > REMEMBERED:
                self.lemmas.clear()
                self.lemmatizer.cache.clear()
            self.lemmas[key] = self.lemmatizer.lemmatize(doc[i])[0]
        return self.lemmas[key]
