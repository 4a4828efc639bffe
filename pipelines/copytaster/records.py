"""The vocabulary: what an article is, and what is found in one.

Everything here is a frozen value made of the standard library's types. Offsets are Unicode code points, half-open,
into `Article.full_text`. Where one record refers to another of the same article, it does so by its position in the
`Extraction` (`Mention.entity` is an index into `Extraction.entities`); the hashes that rows carry are made in `tables`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

BlockKind = Literal["headline", "lead", "body", "subheading", "caption", "credit", "byline", "dateline"]
EntityType = Literal["PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "PRODUCT", "WORK", "LAW", "OTHER"]
MentionKind = Literal["name", "nominal", "pronoun"]
QuoteKind = Literal["direct", "indirect", "mixed"]
SourceRole = Literal["speaker", "outlet", "anonymous_source", "medium"]
Polarity = Literal["positive", "negative"]
TimexType = Literal["DATE", "TIME", "DURATION", "SET"]
Granularity = Literal[
    "minute", "hour", "day", "week", "month", "quarter", "season", "year", "decade", "century", "fiscal quarter", "fiscal year"
]  # fmt: skip
TimeAnchor = Literal["publication", "text", "none"]
Modality = Literal[
    "asserted",
    "reported",
    "alleged",
    "planned",
    "threatened",
    "demanded",
    "proposed",
    "conditional",
    "questioned",
    "denied",
]
DateBasis = Literal["explicit", "relative", "coreference", "publication", "none"]
LocationBasis = Literal["explicit", "sentence", "scene", "dateline", "none"]
PlaceRole = Literal["location", "origin", "destination"]
Operation = Literal["upsert", "delete"]
Stage = Literal["read", "parse", "annotate", "extract"]
Precision = Literal["second", "minute", "hour", "day"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of `Article.full_text`: code points [start, end), and the text that stands there."""

    start: int
    end: int
    text: str

    @classmethod
    def cut(cls, text: str, start: int, end: int) -> Span:
        """The span [start, end) of `text`. Raises ValueError when it is empty or out of range."""
        if not 0 <= start < end <= len(text):
            raise ValueError(f"span [{start}, {end}) is empty or outside the text of {len(text)} code points")
        return cls(start, end, text[start:end])

    def overlap(self, other: Span) -> int:
        """How many code points the two spans share; 0 when they are apart."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def covers(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who published the article: its name, web domain, and country (ISO 3166-1 alpha-2)."""

    name: str | None = None
    domain: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as it came in. `text` is the body; offsets refer to `full_text`.

    `id` may be left empty: it is then derived from the url, else from the text. `published_at` must carry a time zone:
    its local date is what "today" means in the text.
    """

    text: str
    title: str = ""
    id: str = ""
    url: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    """What `published_at` is exact to: a bare date is exact to the day."""
    modified_at: datetime | None = None
    fetched_at: datetime | None = None
    language: str | None = None
    """BCP 47, as given or detected."""
    outlet: Outlet = Outlet()
    authors: tuple[str, ...] = ()
    section: str | None = None
    topics: tuple[str, ...] = ()
    op: Operation = "upsert"
    """`delete`: the article was withdrawn; it has an id and no text."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Properties of the input that the contract does not name."""
    warnings: tuple[str, ...] = ()
    """What was odd in the input and kept all the same, e.g. `published_at_naive`, `published_at_future`."""

    def __post_init__(self) -> None:
        for name in ("published_at", "modified_at", "fetched_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} {moment.isoformat()} has no time zone; give one, e.g. tzinfo=timezone.utc")
        if self.published_at is not None and self.published_precision is None:
            object.__setattr__(self, "published_precision", "second")
        if not self.id:
            object.__setattr__(self, "id", digest(self.url or self.full_text))

    @property
    def full_text(self) -> str:
        """The exact string that every offset refers to: title, two line feeds, body; the body alone without a title."""
        return f"{self.title}\n\n{self.text}" if self.title else self.text

    @property
    def version_id(self) -> str:
        """The article's id and a hash of its text: a corrected text is another version."""
        return f"{self.id}@{digest(self.full_text)}"

    @property
    def reference_date(self) -> date | None:
        """The local day of publication, from which "yesterday" counts; None when unknown or not to be trusted."""
        if self.published_at is None or "published_at_future" in self.warnings:
            return None
        return self.published_at.date()


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph of the article and its part in it. Sentences, quotes and names never cross its border."""

    kind: BlockKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, organisation, place or other named or described thing, once per article."""

    name: str
    """Canonical and full: "Nicolás Maduro", not "Maduro"."""
    type: EntityType
    aliases: tuple[str, ...] = ()
    """Other names the article uses for it, in order of appearance."""
    titles: tuple[str, ...] = ()
    country: str | None = None
    """ISO 3166-1 alpha-2. Of a place: where it lies; of a person or organisation: whom it acts for."""
    geonames_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    wikidata_id: str | None = None
    is_outlet: bool = False
    is_anonymous: bool = False
    """Described but not named: "two aides", "sources"."""
    salience: float = 0.0
    """From 0 to 1; the article's main actors come first."""


@dataclass(frozen=True, slots=True)
class Because:
    """Why something of a record is as it is: the rule that decided (schemas/rules.md), and the words that it rests on."""

    what: Literal["mention", "time", "quote", "speaker", "event", "modality"]
    rule: str
    words: tuple[Span, ...] = ()
    runner_up: int | None = None
    """Index into `Extraction.entities` of what would have been chosen else."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that refers to `Extraction.entities[entity]`."""

    span: Span
    kind: MentionKind
    entity: int
    sentence: int
    """Index into `Extraction.sentences`."""
    confidence: float = 1.0
    metonym_country: str | None = None
    """Of a place's name that stands for a government ("Moscow said"): that country's ISO 3166-1 alpha-2 code."""
    rule: str | None = None
    """Of a description or pronoun: the rule that found whom it means."""
    runner_up: int | None = None
    """Index into `Extraction.entities` of whom it would mean else, where there was a choice."""

    @property
    def text(self) -> str:
        """The mention as it stands in the article."""
        return self.span.text

    @property
    def because(self) -> tuple[Because, ...]:
        """Why it means whom it means; nothing for a name."""
        return (Because("mention", self.rule, (self.span,), self.runner_up),) if self.rule else ()


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time expression, normalised as TimeML's TIMEX3 has it.

    `interval_start` and `interval_end` are inclusive days; None is open (or unknown, when both are).
    """

    span: Span
    timex_type: TimexType
    timex_value: str | None
    """TIMEX3 value; None when it cannot be known, e.g. "yesterday" in an article without a publication date."""
    mod: str | None = None
    interval_start: date | None = None
    interval_end: date | None = None
    granularity: Granularity | None = None
    anchor: TimeAnchor = "none"
    anchor_time: int | None = None
    """Index into `Extraction.times` of the expression that this one counts from."""
    is_vague: bool = False
    confidence: float = 1.0
    rule: str | None = None
    """The rule that read it."""

    @property
    def text(self) -> str:
        """The expression as it stands in the article."""
        return self.span.text

    @property
    def because(self) -> tuple[Because, ...]:
        """Why it has its value."""
        return (Because("time", self.rule, (self.span,)),) if self.rule else ()


@dataclass(frozen=True, slots=True)
class Source:
    """One party of the chain through which a quote came to the article."""

    name: str
    role: SourceRole
    entity: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words or a proposition that the article ascribes to somebody.

    `span` reaches from the first content span to the last; `content` holds the words alone, without marks and cue.
    """

    kind: QuoteKind
    span: Span
    content: tuple[Span, ...]
    cue: Span | None = None
    cue_lemma: str | None = None
    speech_act: str | None = None
    """assert, deny, question, request, promise, threaten, … of the cue; see knowledge/en/cues.tsv."""
    speaker: Span | None = None
    """Where the text names the speaker, be it by a pronoun."""
    speaker_entity: int | None = None
    speaker_name: str | None = None
    """Canonical name of the speaker; never a pronoun."""
    speaker_title: str | None = None
    source_chain: tuple[Source, ...] = ()
    """From the party nearest to the article to the speaker; the narrator is not listed."""
    is_headline: bool = False
    polarity: Polarity = "positive"
    same_as: int | None = None
    """Index into `Extraction.quotes` of the record that stands for the same utterance."""
    confidence: float = 1.0
    rule: str | None = None
    """The construction that it was read off."""
    speaker_rule: str | None = None
    """How it was found who speaks; None where that is not known."""

    @property
    def text(self) -> str:
        """From the first to the last word of the quote."""
        return self.span.text

    @property
    def cue_text(self) -> str | None:
        """The cue as it stands in the article."""
        return self.cue.text if self.cue else None

    @property
    def because(self) -> tuple[Because, ...]:
        """Why it is a quote, and why its speaker's."""
        quote = (Because("quote", self.rule, (self.cue,) if self.cue else ()),) if self.rule else ()
        named = (self.speaker,) if self.speaker else ()
        return (*quote, Because("speaker", self.speaker_rule, named)) if self.speaker_rule else quote


@dataclass(frozen=True, slots=True)
class Participant:
    """Who acts in an event, or at whom the act is directed."""

    name: str
    entity: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class EventPlace:
    """Where an event happens, comes from or goes to."""

    name: str
    role: PlaceRole = "location"
    entity: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Who does what to whom, where, when, and how certain that is. Types and modes are PLOVER's (or ours, marked)."""

    trigger: Span
    event_type: str | None
    sentence: Span
    event_mode: str | None = None
    cameo_code: str | None = None
    actors: tuple[Participant, ...] = ()
    recipients: tuple[Participant, ...] = ()
    locations: tuple[EventPlace, ...] = ()
    location_basis: LocationBasis = "none"
    date_start: date | None = None
    date_end: date | None = None
    """Inclusive days; None is open, or unknown when both are."""
    date_granularity: Granularity | None = None
    date_basis: DateBasis = "none"
    times: tuple[int, ...] = ()
    """Indexes into `Extraction.times`."""
    modality: Modality = "asserted"
    polarity: Polarity = "positive"
    source_quote: int | None = None
    """Index into `Extraction.quotes` of the quote that carries the event."""
    cluster: int = 0
    """Events of one article with the same number are reports of the same happening."""
    confidence: float = 1.0
    rule: str | None = None
    """The row of predicates.tsv that found it."""
    modality_rule: str | None = None
    """What made its modality."""
    modality_word: Span | None = None
    """The word above or beside the trigger that the modality rests on."""

    @property
    def is_realized(self) -> bool:
        """Whether it happened, as far as the article goes: told as fact or reported, and not negated."""
        return self.modality in ("asserted", "reported") and self.polarity == "positive"

    @property
    def because(self) -> tuple[Because, ...]:
        """Why it is an event of its type, and why it has its modality."""
        event = (Because("event", self.rule, (self.trigger,)),) if self.rule else ()
        word = (self.modality_word,) if self.modality_word else ()
        return (*event, Because("modality", self.modality_rule, word)) if self.modality_rule else event


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one article."""

    article: Article
    blocks: tuple[TextBlock, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    entities: tuple[Entity, ...] = ()
    mentions: tuple[Mention, ...] = ()
    times: tuple[TimeExpression, ...] = ()
    quotes: tuple[Quote, ...] = ()
    events: tuple[Event, ...] = ()
    status: Literal["ok", "skipped_language", "deleted"] = "ok"
    failure: Failure | None = None
    """Why tables are missing, where a layer failed."""
    missing_tables: tuple[str, ...] = ()
    """Tables that have no row of the article, because a layer failed."""
    model_version: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time spent by layer (annotate, entities, coreference, …); never part of a row."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as a source gave it: a Kafka message, a line, a Parquet row (as JSON), a WARC response."""

    value: bytes | None
    """None: a tombstone, the article named by `key` is withdrawn."""
    offset: int
    """Position in its source: Kafka offset, or the record's number in its archive, from 0."""
    key: bytes | None = None
    timestamp: datetime | None = None
    """When the source got it: Kafka timestamp, WARC-Date."""
    media_type: str = "application/json"
    """`text/html` for a web page, whose address is then `url`."""
    url: str | None = None
    failure: str | None = None
    """Why the source could not give the record whole (`truncated_archive`, `too_large`); `value` holds what there is."""
    failure_detail: str | None = None
    warnings: tuple[str, ...] = ()
    """What was odd about how the source held the record, for `articles.warnings`."""
    headers: tuple[tuple[str, bytes | None], ...] = ()
    """The message's headers in Kafka, in order."""
    document: bytes | Failure | None = None
    """The value as JSON, where a schema registry was needed to read it, or why that could not be done."""
    key_text: str | None = None
    """What the key spells, where a schema registry was needed to read it."""


class TooSlowError(Exception):
    """The article takes longer than it may."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something could not be done with an article."""

    stage: Stage
    reason: str
    """A short code to count by, e.g. `not_json`, `no_text`, `extractor_failed`, `too_slow`."""
    message: str
    exception: str | None = None
    """Class of the exception."""

    @classmethod
    def of(cls, stage: Stage, error: Exception, *, where: str = "") -> Failure:
        """The failure that an exception in a stage means; `where` names the layer."""
        reason = "extractor_failed" if stage == "extract" else f"{stage}_failed"
        if isinstance(error, TooSlowError):
            reason = "too_slow"
        message = f"{where}: {error}" if where else str(error)
        return cls(stage, reason, message[:1000], f"{type(error).__module__}.{type(error).__qualname__}")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be taken in, or not all of it, whole, with the reason."""

    failure: Failure
    record: RawRecord
    version_id: str | None = None
    """The article's version, where it was taken in all the same, with tables missing."""

    @property
    def payload(self) -> bytes:
        """The original bytes, of what was too large the first part; of a tombstone its key."""
        return self.record.value if self.record.value is not None else self.record.key or b""


def digest(*parts: object) -> str:
    """32 hexadecimal digits that name the parts: equal parts, equal digits, on every machine."""
    joined = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
