"""Cues: the words that say that somebody says, thinks or wants something. The words are in knowledge/en/cues.tsv."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Token

from copytaster.knowledge import stream, table
from copytaster.records import Polarity

Stance = Literal["speech", "thought", "evidence", "manner"]


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue word: what is done by it, and by which complements (frames) it gives the content."""

    lemma: str
    act: str
    stance: Stance
    frames: dict[str, str]
    """Frame -> act; see the head of cues.tsv."""
    polarity: Polarity

    def prepositions(self, prefix: str) -> frozenset[str]:
        """The prepositions of the frames `p:…` or `op:…`."""
        return frozenset(frame.removeprefix(prefix) for frame in self.frames if frame.startswith(prefix))


@functools.cache
def cue_words(pos: str) -> dict[str, Cue]:
    """The cues of one part of speech (verb, noun, adjective, phrase) by lemma."""
    found = {}
    for row in table("en/cues.tsv"):
        if row["pos"] != pos:
            continue
        frames = {}
        for frame in row["frames"].split():
            name, _, act = frame.partition("=")
            frames[name] = act or row["act"]
        found[row["lemma"]] = Cue(row["lemma"], row["act"], row["stance"], frames, row["polarity"])  # type: ignore[arg-type]
    return found


@functools.cache
def source_words(kind: str) -> frozenset[str]:
    """The words of one kind that tell who a source is; see knowledge/en/source_words.tsv."""
    return frozenset(row["lemma"] for row in table("en/source_words.tsv") if row["kind"] == kind)


@functools.cache
def person_nouns() -> frozenset[str]:
    """Nouns for persons ("diplomat", "baker")."""
    return frozenset(row["noun"] for row in stream("en/person_nouns.tsv") if row["kind"] == "person")


def verb_cue(token: Token) -> Cue | None:
    """The cue that a verb is, with its particle where that makes another verb ("point out")."""
    words = cue_words("verb")
    lemma = token.lemma_.lower()
    for child in token.children:
        if child.i > token.i and child.dep_ in ("prt", "advmod", "prep") and child.i - token.i <= 3:
            phrasal = words.get(f"{lemma} {child.lower_}")
            if phrasal is not None:
                return phrasal
        if child.lower_ == "it" and child.i == token.i + 1 and f"{lemma} it" in words:
            return words[f"{lemma} it"]
    return words.get(lemma) or next((words[base] for base in bases(token.lower_) if base in words), None)


def bases(form: str) -> Iterator[str]:
    """The verbs that a form may be of, for what the lemmatizer gets wrong: "hopes" is of "hope", not of "hop"."""
    for ending in ("s", "d", "ing", "ed", "es"):
        if form.endswith(ending) and len(form) > len(ending) + 2:
            base = form[: -len(ending)]
            yield base
            if ending == "ing":
                yield base + "e"


def cue_of(token: Token) -> Cue | None:
    """The cue that a token is by its part of speech."""
    if token.pos_ in ("VERB", "AUX"):
        return verb_cue(token)
    if token.pos_ in ("NOUN", "PROPN"):
        return cue_words("noun").get(token.lemma_.lower())
    if token.pos_ == "ADJ":
        return cue_words("adjective").get(token.lemma_.lower())
    return None


def headline_cue(token: Token) -> Cue | None:
    """The verb cue that a word in -s is although the tagger took it for a noun, as headlines make it do: "Moran admits".

    It has a subject and a clause, or a colon and a quotation, of its own.
    """
    if token.pos_ not in ("NOUN", "PROPN") or not token.lower_.endswith("s"):
        return None
    if not any(child.dep_ in ("nsubj", "ccomp") for child in token.children):
        return None
    words = cue_words("verb")
    form = token.lower_
    bases = (form[:-1], form[:-2], form[:-3] + "y") if form.endswith("es") else (form[:-1],)
    return next((words[base] for base in bases if base in words and words[base].stance == "speech"), None)
