"""The gold set of news: articles with their events, tempting non-events and quotes marked, and how a mark finds its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from copytaster.records import Article

FOLDER = Path(__file__).parent / "news"
TYPES = set(
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE COERCE ASSAULT".split()
)
MODALITIES = set("asserted reported alleged planned threatened demanded proposed conditional questioned denied".split())
EVENT_KEYS = {"trigger", "type", "who", "whom", "where", "when", "modality", "negative", "cluster"}


@dataclass(frozen=True)
class MarkedEvent:
    """An event as a reader marks it. `place` and `when` are empty where the article allows none."""

    start: int
    end: int
    event_type: str
    who: tuple[tuple[str, ...], ...]
    """Each party with the names that are right for it."""
    whom: tuple[tuple[str, ...], ...]
    places: tuple[str, ...]
    when: tuple[str, str] | None
    """First and last day."""
    is_realized: bool
    cluster: str


@dataclass(frozen=True)
class MarkedQuote:
    """A quote as a reader marks it; speaker None where the text gives no source."""

    start: int
    end: int
    kind: str
    speaker: str | None


@dataclass(frozen=True)
class MarkedArticle:
    """An article and all its marks."""

    name: str
    article: Article
    events: tuple[MarkedEvent, ...]
    tempting: tuple[tuple[int, int], ...]
    quotes: tuple[MarkedQuote, ...]

    @property
    def half(self) -> str:
        """`blind` (written from the guidelines alone; its errors stay unread) or `open`."""
        return "blind" if self.name.startswith("blind-") else "open"


def find(text: str, mark: str) -> tuple[int, int]:
    """Where a mark stands: `words [trigger] words`, `first words ... last words`, or the words alone; `#2` at the end: the second.

    Raises ValueError when the words are missing, or stand there more than once and no number says which.
    """
    words, _, number = mark.partition("#")
    pattern = re.escape(words).replace(r"\[", "(?P<span>").replace(r"\]", ")").replace(r"\ \.\.\.\ ", r".*?")
    found = list(re.finditer(pattern, text, re.DOTALL))
    if not found or (not number and len(found) > 1) or int(number or 1) > len(found):
        raise ValueError(f"the mark {mark!r} is found {len(found)} times")
    match = found[int(number or 1) - 1]
    return match.span("span" if "[" in words else 0)


def _names(parties: list[str] | None) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(party.split(" | ")) for party in parties or ())


def _event(text: str, mark: dict[str, Any]) -> MarkedEvent:
    if unknown := mark.keys() - EVENT_KEYS:
        raise ValueError(f"unknown keys {sorted(unknown)} in {mark}")
    modality = mark.get("modality", "asserted")
    if mark["type"] not in TYPES or modality not in MODALITIES:
        raise ValueError(f"unknown type or modality in {mark}")
    start, end = find(text, mark["trigger"])
    first, _, last = str(mark.get("when") or "").partition("/")
    return MarkedEvent(
        start,
        end,
        mark["type"],
        _names(mark.get("who")),
        _names(mark.get("whom")),
        tuple(mark.get("where") or ()),
        (first, last or first) if first else None,
        modality in ("asserted", "reported") and not mark.get("negative", False),
        str(mark.get("cluster", mark["trigger"])),
    )


def load(path: Path) -> MarkedArticle:
    """One file of the set. Raises ValueError, which names the file, when a mark does not fit the text."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    published = datetime.fromisoformat(f"{data['published']}T12:00:00").replace(tzinfo=UTC)
    article = Article(
        id=path.stem, title=data["title"], text=data["text"].rstrip("\n"), published_at=published, language="en"
    )
    text = article.full_text
    try:
        quotes = tuple(
            MarkedQuote(*find(text, mark["span"]), mark["kind"], mark["speaker"]) for mark in data.get("quotes") or ()
        )
        events = tuple(_event(text, mark) for mark in data.get("events") or ())
        tempting = tuple(find(text, mark) for mark in data.get("tempting") or ())
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    return MarkedArticle(path.stem, article, events, tempting, quotes)


def load_all(half: str = "all") -> list[MarkedArticle]:
    """The whole set, or one half of it, in the order of the names."""
    articles = [load(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return [article for article in articles if half in ("all", article.half)]
