"""The tables: the Arrow schema of each, and the rows that an extraction gives.

Rows are a pure function of the article and of what was found in it: no clock, no random number, no set order; scores
are rounded to three decimals. Row ids are hashes of the article's version, the table and the spans, so that a
redelivered or reprocessed article gets the same ids again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from copytaster.records import DeadLetter, Extraction, RawRecord, Span, digest
from copytaster.versions import extractor_version

Row = dict[str, Any]

INT = pa.int32()
TEXT = pa.string()
TEXTS = pa.list_(pa.field("item", TEXT, nullable=False))
MOMENT = pa.timestamp("us", tz="UTC")
SPAN = pa.struct([pa.field("start", INT, nullable=False), pa.field("end", INT, nullable=False)])


def listed(item: pa.DataType) -> pa.DataType:
    """A list that never holds a null."""
    return pa.list_(pa.field("item", item, nullable=False))


def column(name: str, kind: pa.DataType, description: str, *, nullable: bool = True) -> pa.Field:
    """A column with its description; lists are never null: empty means that none was found."""
    return pa.field(name, kind, nullable=nullable and not pa.types.is_list(kind), metadata={"description": description})


COMMON = [
    column("article_id", TEXT, "The article's id, as given, else derived from its url or text.", nullable=False),
    column(
        "version_id", TEXT, "Article id and a hash of its text: a corrected text is another version.", nullable=False
    ),
    column("published_at", MOMENT, "When the article was published; null where the input did not say."),
    column("outlet_name", TEXT, "Who published the article."),
    column(
        "extractor_version",
        TEXT,
        "Version of copytaster and of its rules that made the row: equal versions make equal rows.",
        nullable=False,
    ),
    column("model_version", TEXT, "Name and version of the spaCy pipeline that annotated the text.", nullable=False),
]

SOURCE = [
    column("source", TEXT, "Where the record came from: the archive's name, or the Kafka topic.", nullable=False),
    column("source_partition", INT, "Kafka partition; 0 for an archive.", nullable=False),
    column("source_offset", pa.int64(), "Kafka offset, or the record's number in its archive from 0.", nullable=False),
]

RECORD_TIMESTAMP = column("record_timestamp", MOMENT, "When the source got the record: Kafka timestamp, WARC-Date.")

PARTICIPANTS = listed(pa.struct([pa.field("entity_id", TEXT), pa.field("name", TEXT), pa.field("country", TEXT)]))


def offsets(what: str) -> list[pa.Field]:
    """The columns start, end and text of a span row."""
    return [
        column("start", INT, f"First code point of the {what} in articles.text.", nullable=False),
        column("end", INT, f"Code point after the last of the {what}.", nullable=False),
        column("text", TEXT, "articles.text[start:end].", nullable=False),
    ]


RULE = column("rule", TEXT, "The rule that made the row; see rules.md.")

CONFIDENCE = column("confidence", pa.float64(), "From 0 to 1; orders right before wrong, is not a probability.")

SCHEMAS: Mapping[str, pa.Schema] = {
    "articles": pa.schema(
        [
            *COMMON,
            column("url", TEXT, "Address of the article."),
            column("title", TEXT, "Headline as given."),
            column(
                "text",
                TEXT,
                "The exact string that all offsets refer to: title, two line feeds, body. Null when op is delete.",
            ),
            column("language", TEXT, "BCP 47 tag, given or detected."),
            column("outlet_domain", TEXT, "Web domain of the outlet."),
            column("outlet_country", TEXT, "Country of the outlet, ISO 3166-1 alpha-2."),
            column("authors", TEXTS, "Authors as given."),
            column("section", TEXT, "Section or desk as given."),
            column("topics", TEXTS, "Topics as given."),
            column("published_precision", TEXT, "What published_at is exact to: second, minute, hour or day."),
            column("modified_at", MOMENT, "When the article was last changed."),
            column("fetched_at", MOMENT, "When the article was fetched, e.g. WARC-Date."),
            column("op", TEXT, "upsert, or delete: the article was withdrawn.", nullable=False),
            column("status", TEXT, "ok; skipped_language: no model, nothing extracted; deleted.", nullable=False),
            column(
                "warnings",
                TEXTS,
                "What was odd in the input and kept all the same; extractor_failed: see missing_tables.",
            ),
            column(
                "missing_tables",
                TEXTS,
                "Tables that have no row of this article because a layer failed on it; a dead letter says why.",
            ),
            column(
                "blocks",
                listed(pa.struct([pa.field("kind", TEXT, nullable=False), *SPAN])),
                "Paragraphs and their kind: headline, lead, body, subheading, caption, credit, byline, dateline.",
            ),
            column("sentences", listed(SPAN), "Sentences; `sentence` columns count them from 0."),
            *SOURCE,
            RECORD_TIMESTAMP,
            column("extra", TEXT, "Properties of the input that the contract does not name, as a JSON object."),
        ]
    ),
    "entities": pa.schema(
        [
            *COMMON,
            column("entity_id", TEXT, "Names the entity within this version of the article.", nullable=False),
            column("name", TEXT, "Canonical full name; of an unnamed entity its description.", nullable=False),
            column("type", TEXT, "PERSON ORG GPE LOC FAC NORP EVENT PRODUCT WORK LAW OTHER.", nullable=False),
            column("aliases", TEXTS, "Other names that the article uses."),
            column("titles", TEXTS, "Titles and offices that the article gives it."),
            column("country", TEXT, "ISO 3166-1 alpha-2: where a place lies, whom a person or organisation acts for."),
            column("geonames_id", pa.int64(), "GeoNames id of a place."),
            column("latitude", pa.float64(), "WGS 84 degrees north."),
            column("longitude", pa.float64(), "WGS 84 degrees east."),
            column("wikidata_id", TEXT, "Wikidata item, where known."),
            column("is_outlet", pa.bool_(), "A news outlet or agency.", nullable=False),
            column(
                "is_anonymous",
                pa.bool_(),
                "A party that is described and never named, be it a source or a group: two aides, protesters.",
                nullable=False,
            ),
            column("mention_count", INT, "How often it is mentioned, pronouns included.", nullable=False),
            column("salience", pa.float64(), "From 0 to 1, the article's main actors highest.", nullable=False),
        ]
    ),
    "mentions": pa.schema(
        [
            *COMMON,
            column("mention_id", TEXT, "Names the row.", nullable=False),
            column("entity_id", TEXT, "entities.entity_id.", nullable=False),
            *offsets("mention"),
            column("kind", TEXT, "name, nominal or pronoun.", nullable=False),
            column("sentence", INT, "Number of the sentence in articles.sentences, from 0.", nullable=False),
            column(
                "metonym_country",
                TEXT,
                'ISO 3166-1 alpha-2, where a capital stands for its government ("Moscow said"); entity_id stays the place.',
            ),
            column(
                "rule", TEXT, "How it was found whom a description or pronoun means, see rules.md; null for a name."
            ),
            CONFIDENCE,
        ]
    ),
    "quotes": pa.schema(
        [
            *COMMON,
            column("quote_id", TEXT, "Names the row.", nullable=False),
            column("kind", TEXT, "direct, indirect, or mixed (indirect with quoted words).", nullable=False),
            *offsets("quote, from its first to its last word"),
            column("content_spans", listed(SPAN), "The words alone, without marks and without a cue in between."),
            column("cue_text", TEXT, "The verb, noun or phrase that introduces the quote."),
            column("cue_start", INT, "First code point of the cue."),
            column("cue_end", INT, "Code point after the cue."),
            column("cue_lemma", TEXT, "The cue's base form."),
            column("speech_act", TEXT, "What the cue does: assert, deny, question, request, promise, threaten, …"),
            column("speaker_text", TEXT, "The speaker as named next to the quote, be it by a pronoun."),
            column("speaker_start", INT, "First code point of the speaker's mention."),
            column("speaker_end", INT, "Code point after the speaker's mention."),
            column("speaker_entity_id", TEXT, "entities.entity_id of the speaker."),
            column(
                "speaker_name", TEXT, "Canonical name of the speaker, never a pronoun; null where the text gives none."
            ),
            column("speaker_title", TEXT, "Title of the speaker in this article."),
            column(
                "source_chain",
                listed(pa.struct([pa.field("name", TEXT), pa.field("role", TEXT), pa.field("entity_id", TEXT)])),
                "From the party nearest to the article to the speaker; roles: speaker, outlet, anonymous_source, medium.",
            ),
            column("hearsay_depth", INT, "Length of source_chain.", nullable=False),
            column("is_headline", pa.bool_(), "Stands in the headline.", nullable=False),
            column("polarity", TEXT, "negative: the cue denies its content, or is itself negated.", nullable=False),
            column(
                "same_as_quote_id",
                TEXT,
                "quotes.quote_id of the record that stands for the same utterance: count only rows where this is null.",
            ),
            column(
                "content_hash",
                TEXT,
                "Hash of the words, lower-cased: finds the same words in other articles.",
                nullable=False,
            ),
            RULE,
            column("speaker_rule", TEXT, "How it was found who speaks, see rules.md; null where that is not known."),
            CONFIDENCE,
        ]
    ),
    "times": pa.schema(
        [
            *COMMON,
            column("time_id", TEXT, "Names the row.", nullable=False),
            *offsets("expression"),
            column("timex_type", TEXT, "DATE TIME DURATION SET (TIMEX3).", nullable=False),
            column(
                "timex_value",
                TEXT,
                "TIMEX3 value: `2025-11-28`, `2025-W48`, `P3M`, `PAST_REF`, a stretch `2025-05-03/2025-05-07`, what comes again "
                "`XXXX-WXX-2`, `T09:00`; null where it cannot be known, e.g. no publication date.",
            ),
            column("mod", TEXT, "TIMEX3 modifier: START MID END APPROX BEFORE AFTER ON_OR_BEFORE …"),
            column("interval_start", pa.date32(), "First day, inclusive; null is open."),
            column("interval_end", pa.date32(), "Last day, inclusive; null is open."),
            column(
                "granularity",
                TEXT,
                "The unit named: minute hour day week month quarter season year decade century; fiscal quarter, fiscal year: "
                "as the text counts them, with no interval unless it tells one.",
            ),
            column(
                "anchor", TEXT, "What it counts from: publication, text (another expression) or none.", nullable=False
            ),
            column("anchor_time_id", TEXT, "times.time_id of the expression that it counts from."),
            column("is_vague", pa.bool_(), "recently, soon, months: no calendar value.", nullable=False),
            RULE,
            CONFIDENCE,
        ]
    ),
    "events": pa.schema(
        [
            *COMMON,
            column("event_id", TEXT, "Names the row: one mention of an event.", nullable=False),
            column("trigger_start", INT, "First code point of the word that expresses the event.", nullable=False),
            column("trigger_end", INT, "Code point after the trigger.", nullable=False),
            column("trigger_text", TEXT, "The trigger.", nullable=False),
            column(
                "event_type",
                TEXT,
                "PLOVER type; OTHER: news outside of PLOVER, of the kind that event_mode names; null: neither.",
            ),
            column(
                "event_mode",
                TEXT,
                "PLOVER mode; with OTHER our own kind: accident, appointment, deal, disaster, results, verdict, …",
            ),
            column("cameo_code", TEXT, "CAMEO code that the type and mode stand for."),
            column("actors", PARTICIPANTS, "Who acts; for symmetric events all parties."),
            column("recipients", PARTICIPANTS, "At whom the act is directed."),
            column(
                "locations",
                listed(
                    pa.struct(
                        [
                            pa.field("entity_id", TEXT),
                            pa.field("name", TEXT),
                            pa.field("role", TEXT),
                            pa.field("country", TEXT),
                        ]
                    )
                ),
                "Places; roles: location, origin, destination.",
            ),
            column("location_basis", TEXT, "Where the places come from: explicit, sentence, scene, dateline or none."),
            column("date_start", pa.date32(), "First day of the event itself, inclusive."),
            column("date_end", pa.date32(), "Last day, inclusive."),
            column("date_granularity", TEXT, "Unit of the time expression that dates it."),
            column("date_basis", TEXT, "explicit, relative, coreference, publication or none.", nullable=False),
            column("time_ids", TEXTS, "times.time_id of the expressions that date it."),
            column(
                "modality",
                TEXT,
                "asserted reported alleged planned threatened demanded proposed conditional questioned denied.",
                nullable=False,
            ),
            column("polarity", TEXT, "negative: the clause says that it did not happen.", nullable=False),
            column("is_realized", pa.bool_(), "Asserted or reported, and positive.", nullable=False),
            column("source_quote_id", TEXT, "quotes.quote_id of the quote that carries the event."),
            column(
                "event_cluster_id",
                TEXT,
                "The same for all mentions of one happening: count these, not rows.",
                nullable=False,
            ),
            column("sentence_start", INT, "First code point of the sentence.", nullable=False),
            column("sentence_end", INT, "Code point after the sentence.", nullable=False),
            RULE,
            column("modality_rule", TEXT, "What made the modality; see rules.md."),
            CONFIDENCE,
        ]
    ),
    "dead_letters": pa.schema(
        [
            column("dead_letter_id", TEXT, "Names the row.", nullable=False),
            column("stage", TEXT, "Where it failed: read, parse, annotate or extract.", nullable=False),
            column("reason", TEXT, "Short code to count by, e.g. not_json, no_text, too_large.", nullable=False),
            column("exception", TEXT, "Class of the exception."),
            column("message", TEXT, "What went wrong, for a reader."),
            column(
                "payload", pa.binary(), "The original bytes; of what was too large, the first part.", nullable=False
            ),
            column("payload_sha256", TEXT, "SHA-256 of the payload column.", nullable=False),
            column("is_tombstone", pa.bool_(), "The record had no value: the payload is its key.", nullable=False),
            column("record_key", pa.binary(), "Key of a Kafka message."),
            RECORD_TIMESTAMP,
            column(
                "record_headers",
                listed(pa.struct([pa.field("name", TEXT, nullable=False), pa.field("value", pa.binary())])),
                "Headers of the message in Kafka, in order.",
            ),
            column("media_type", TEXT, "application/json, or text/html for a web page.", nullable=False),
            column("url", TEXT, "Address of a web page."),
            column(
                "version_id", TEXT, "Version of the article, where it was taken in all the same, with tables missing."
            ),
            *SOURCE,
            *COMMON[-2:],
        ]
    ),
}
"""The tables by name. Every column has a description; `schemas/` is generated from here."""


def rows_of(found: Extraction, record: RawRecord, source: str, partition: int = 0) -> dict[str, list[Row]]:
    """The rows of one article by table. `source` and `partition` say which archive or topic `record` came from."""
    common = common_columns(found)
    ids = Ids(found, common["version_id"])
    return {
        "articles": [
            article_row(found, common)
            | source_columns(source, partition, record.offset)
            | {"record_timestamp": in_utc(record.timestamp)}
        ],
        "entities": entity_rows(found, common, ids),
        "mentions": mention_rows(found, common, ids),
        "quotes": quote_rows(found, common, ids),
        "times": time_rows(found, common, ids),
        "events": event_rows(found, common, ids),
    }


def dead_letter_id(letter: DeadLetter, source: str, partition: int) -> str:
    """Names the record that the letter is about, however often it failed."""
    return digest("dead_letters", source, partition, letter.record.offset)


def dead_letter_row(letter: DeadLetter, model_version: str, source: str, partition: int = 0) -> Row:
    """The row of one dead letter."""
    failure, record = letter.failure, letter.record
    return {
        "dead_letter_id": dead_letter_id(letter, source, partition),
        "stage": failure.stage,
        "reason": failure.reason,
        "exception": failure.exception,
        "message": clean(failure.message),
        "payload": letter.payload,
        "payload_sha256": hashlib.sha256(letter.payload).hexdigest(),
        "is_tombstone": record.value is None,
        "record_key": record.key,
        "record_timestamp": record.timestamp,
        "record_headers": [{"name": name, "value": value} for name, value in record.headers],
        "media_type": record.media_type,
        "url": record.url,
        "version_id": letter.version_id,
        **source_columns(source, partition, record.offset),
        "extractor_version": extractor_version(),
        "model_version": model_version,
    }


class Ids:
    """The row ids of one extraction, by position of the record."""

    def __init__(self, found: Extraction, version: str) -> None:
        first: dict[int, tuple[int, int]] = {}
        for mention in found.mentions:
            span = (mention.span.start, mention.span.end)
            first[mention.entity] = min(first.get(mention.entity, span), span)
        self.entities = [digest(version, "entities", *first.get(i, (e.name, i))) for i, e in enumerate(found.entities)]
        self.mentions = unique(digest(version, "mentions", m.span.start, m.span.end, m.kind) for m in found.mentions)
        self.times = unique(digest(version, "times", t.span.start, t.span.end) for t in found.times)
        self.quotes = unique(
            digest(version, "quotes", *(x for s in q.content for x in (s.start, s.end))) for q in found.quotes
        )
        self.events = unique(
            digest(version, "events", e.trigger.start, e.trigger.end, e.event_type) for e in found.events
        )
        self.clusters: dict[int, str] = {}
        for event in found.events:
            self.clusters.setdefault(event.cluster, digest(version, "clusters", event.trigger.start, event.trigger.end))

    def entity(self, number: int | None) -> str | None:
        """The id of an entity, or None of None."""
        return None if number is None else self.entities[number]


def unique(ids: Iterable[str]) -> list[str]:
    """The ids, where one that came before gets a running number: two records of one kind may share a span."""
    seen: dict[str, int] = {}
    out = []
    for name in ids:
        count = seen.get(name, 0)
        seen[name] = count + 1
        out.append(name if not count else digest(name, count))
    return out


def common_columns(found: Extraction) -> Row:
    """The columns that every table has."""
    return {
        "article_id": found.article.id,
        "version_id": found.article.version_id,
        "published_at": in_utc(found.article.published_at),
        "outlet_name": found.article.outlet.name,
        "extractor_version": extractor_version(),
        "model_version": found.model_version,
    }


def source_columns(source: str, partition: int, offset: int) -> Row:
    """The columns that say where a record came from."""
    return {"source": source, "source_partition": partition, "source_offset": offset}


def article_row(found: Extraction, common: Row) -> Row:
    """The row of `articles`, without its source columns."""
    article = found.article
    return common | {
        "url": article.url,
        "title": article.title or None,
        "text": None if article.op == "delete" else article.full_text,
        "language": article.language,
        "outlet_domain": article.outlet.domain,
        "outlet_country": article.outlet.country,
        "authors": list(article.authors),
        "section": article.section,
        "topics": list(article.topics),
        "published_precision": article.published_precision,
        "modified_at": in_utc(article.modified_at),
        "fetched_at": in_utc(article.fetched_at),
        "op": article.op,
        "status": found.status,
        "warnings": [*article.warnings, *([found.failure.reason] if found.failure else [])],
        "missing_tables": list(found.missing_tables),
        "blocks": [{"kind": b.kind, "start": b.start, "end": b.end} for b in found.blocks],
        "sentences": [{"start": start, "end": end} for start, end in found.sentences],
        "extra": json.dumps(article.extra, ensure_ascii=False, sort_keys=True, default=str),
    }


def entity_rows(found: Extraction, common: Row, ids: Ids) -> list[Row]:
    """The rows of `entities`."""
    counts: dict[int, int] = {}
    for mention in found.mentions:
        counts[mention.entity] = counts.get(mention.entity, 0) + 1
    return [
        common
        | {
            "entity_id": ids.entities[number],
            "name": entity.name,
            "type": entity.type,
            "aliases": list(entity.aliases),
            "titles": list(entity.titles),
            "country": entity.country,
            "geonames_id": entity.geonames_id,
            "latitude": entity.latitude,
            "longitude": entity.longitude,
            "wikidata_id": entity.wikidata_id,
            "is_outlet": entity.is_outlet,
            "is_anonymous": entity.is_anonymous,
            "mention_count": counts.get(number, 0),
            "salience": round(entity.salience, 3),
        }
        for number, entity in enumerate(found.entities)
    ]


def mention_rows(found: Extraction, common: Row, ids: Ids) -> list[Row]:
    """The rows of `mentions`."""
    return [
        common
        | span_columns(mention.span)
        | {
            "mention_id": ids.mentions[number],
            "entity_id": ids.entities[mention.entity],
            "kind": mention.kind,
            "sentence": mention.sentence,
            "metonym_country": mention.metonym_country,
            "rule": mention.rule,
            "confidence": round(mention.confidence, 3),
        }
        for number, mention in enumerate(found.mentions)
    ]


def quote_rows(found: Extraction, common: Row, ids: Ids) -> list[Row]:
    """The rows of `quotes`."""
    return [
        common
        | span_columns(quote.span)
        | span_columns(quote.cue, "cue_")
        | span_columns(quote.speaker, "speaker_")
        | {
            "quote_id": ids.quotes[number],
            "kind": quote.kind,
            "content_spans": [{"start": s.start, "end": s.end} for s in quote.content],
            "cue_lemma": quote.cue_lemma,
            "speech_act": quote.speech_act,
            "speaker_entity_id": ids.entity(quote.speaker_entity),
            "speaker_name": quote.speaker_name,
            "speaker_title": quote.speaker_title,
            "source_chain": [
                {"name": s.name, "role": s.role, "entity_id": ids.entity(s.entity)} for s in quote.source_chain
            ],
            "hearsay_depth": len(quote.source_chain),
            "is_headline": quote.is_headline,
            "polarity": quote.polarity,
            "same_as_quote_id": None if quote.same_as is None else ids.quotes[quote.same_as],
            "content_hash": digest(" ".join(" ".join(s.text for s in quote.content).casefold().split())),
            "rule": quote.rule,
            "speaker_rule": quote.speaker_rule,
            "confidence": round(quote.confidence, 3),
        }
        for number, quote in enumerate(found.quotes)
    ]


def time_rows(found: Extraction, common: Row, ids: Ids) -> list[Row]:
    """The rows of `times`."""
    return [
        common
        | span_columns(time.span)
        | {
            "time_id": ids.times[number],
            "timex_type": time.timex_type,
            "timex_value": time.timex_value,
            "mod": time.mod,
            "interval_start": time.interval_start,
            "interval_end": time.interval_end,
            "granularity": time.granularity,
            "anchor": time.anchor,
            "anchor_time_id": None if time.anchor_time is None else ids.times[time.anchor_time],
            "is_vague": time.is_vague,
            "rule": time.rule,
            "confidence": round(time.confidence, 3),
        }
        for number, time in enumerate(found.times)
    ]


def event_rows(found: Extraction, common: Row, ids: Ids) -> list[Row]:
    """The rows of `events`."""
    return [
        common
        | span_columns(event.trigger, "trigger_")
        | {
            "event_id": ids.events[number],
            "event_type": event.event_type,
            "event_mode": event.event_mode,
            "cameo_code": event.cameo_code,
            "actors": [{"entity_id": ids.entity(p.entity), "name": p.name, "country": p.country} for p in event.actors],
            "recipients": [
                {"entity_id": ids.entity(p.entity), "name": p.name, "country": p.country} for p in event.recipients
            ],
            "locations": [
                {"entity_id": ids.entity(p.entity), "name": p.name, "role": p.role, "country": p.country}
                for p in event.locations
            ],
            "location_basis": event.location_basis,
            "date_start": event.date_start,
            "date_end": event.date_end,
            "date_granularity": event.date_granularity,
            "date_basis": event.date_basis,
            "time_ids": [ids.times[i] for i in event.times],
            "modality": event.modality,
            "polarity": event.polarity,
            "is_realized": event.is_realized,
            "source_quote_id": None if event.source_quote is None else ids.quotes[event.source_quote],
            "event_cluster_id": ids.clusters[event.cluster],
            "sentence_start": event.sentence.start,
            "sentence_end": event.sentence.end,
            "rule": event.rule,
            "modality_rule": event.modality_rule,
            "confidence": round(event.confidence, 3),
        }
        for number, event in enumerate(found.events)
    ]


def span_columns(span: Span | None, prefix: str = "") -> Row:
    """Start, end and text of a span under a prefix; nulls of none."""
    return {
        f"{prefix}start": span.start if span else None,
        f"{prefix}end": span.end if span else None,
        f"{prefix}text": span.text if span else None,
    }


def in_utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC, as the tables store it."""
    return None if moment is None else moment.astimezone(UTC)


def clean(text: str) -> str:
    """The text without lone surrogates, which no UTF-8 column can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def to_arrow(table: str, rows: list[Row]) -> pa.Table:
    """The rows as an Arrow table of the published schema. Raises pyarrow.ArrowInvalid where a row does not fit it."""
    return pa.Table.from_pylist(rows, schema=SCHEMAS[table])
