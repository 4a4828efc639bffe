"""A quote in the making: content, cue and source as the grammar gives them, before anybody knows who the source is."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Token

from copytaster.extract.quotes.cues import Cue
from copytaster.records import Polarity, QuoteKind


@dataclass(frozen=True, slots=True)
class Party:
    """A noun phrase that names a source: "Ann Moran" of "Ann Moran, the mayor of Lima"."""

    head: Token
    first: Token
    last: Token


@dataclass(frozen=True, slots=True)
class Complement:
    """What a cue governs: token numbers of the content, both ends included, and the frame that it fills."""

    frame: str
    first: int
    last: int
    hole: tuple[int, int] | None = None
    """The cue's clause where it stands in the midst of the content: "The plan, he said on Monday, failed"."""


@dataclass(slots=True)
class Attribution:
    """Content that the text ascribes to a source by a cue. Pieces are offsets, half-open, in order."""

    kind: QuoteKind
    pieces: list[tuple[int, int]]
    frame: str
    """Which construction gave it: a frame of cues.tsv, or `after`, `before`, `turn`, … of direct speech."""
    cue: Token | None = None
    cue_first: Token | None = None
    cue_last: Token | None = None
    entry: Cue | None = None
    act: str | None = None
    polarity: Polarity = "positive"
    party: Party | None = None
    confidence: float = 0.5
    relay: Token | None = None
    """The head of the outlet that cites the party, where it stands as the cue's subject."""

    @property
    def start(self) -> int:
        """Where the content begins."""
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        """Where the content ends."""
        return self.pieces[-1][1]
