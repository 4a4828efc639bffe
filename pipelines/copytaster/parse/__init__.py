"""Records to articles: `parse_record` gives an `Article`, or a `Failure` that says why not and what would help.

Everything here is a pure function of the record: no clock, no network, no order of a set. What a producer's format
calls its properties, its module in `formats` knows; what the properties mean is the contract's (`contract`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from email.message import EmailMessage
from typing import Any

from copytaster.parse.addresses import domain, normalised_url
from copytaster.parse.contract import (
    ArticleMessage,
    OutletMessage,
    Reading,
    article_schema,
    read_message,
    shown,
)
from copytaster.parse.dates import Moment, is_future, parse_moment
from copytaster.parse.documents import MAX_MESSAGE, MAX_TEXT, RefusalError, read_object
from copytaster.parse.encodings import decode_page
from copytaster.parse.envelopes import headers_of, key_name, unframed, unwrapped
from copytaster.parse.formats import ADAPTERS, FORMATS, HTML, OWN, recognise
from copytaster.parse.formats.message import Message, is_text
from copytaster.parse.languages import detect_language, language_tag
from copytaster.parse.markup import without_markup
from copytaster.records import Article, Failure, Outlet, RawRecord, digest

__all__ = ["FORMATS", "MAX_MESSAGE", "MAX_TEXT", "article_schema", "normalised_url", "parse_record"]

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
WITHDRAWN = frozenset({"canceled", "cancelled"})
DELETE = frozenset({"delete"})
COUNTRY = re.compile("[A-Za-z]{2}")


def parse_record(record: RawRecord, *, format: str = "auto", default_zone: tzinfo = UTC) -> Article | Failure:
    """The article that a record holds, or why it holds none. Never raises on account of the record.

    `format` is one of `FORMATS`; "auto" tells producers apart by shape. `default_zone` is for times without a zone.
    A record that its source could not give whole keeps the source's reason, with stage `read`. Raises ValueError where
    `format` is not known.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; use one of: {', '.join(FORMATS)}")
    if record.failure is not None:
        return Failure("read", record.failure, record.failure_detail or record.failure)
    try:
        if record.value is None:
            return withdrawn(record)
        if format == HTML or record.media_type.startswith("text/html"):
            return page_article(record, default_zone)
        return json_article(record, format, default_zone)
    except RefusalError as refusal:
        return refusal.failure()
    except (ImportError, MemoryError):  # the installation's or the machine's fault, not the record's
        raise
    except Exception as error:  # a library that breaks on one page must not stop the others
        return Failure.of("parse", error)


def withdrawn(record: RawRecord) -> Article:
    """The article that a null value withdraws; its key is the id."""
    if not (name := key_name(record)):
        raise RefusalError("no_id", "null value without a key; a tombstone names the article by its key")
    return Article(text="", id=name, op="delete", extra=with_headers({}, record))


def page_article(record: RawRecord, default_zone: tzinfo) -> Article:
    """The article of a web page."""
    from copytaster.parse.pages import read_page  # lxml and trafilatura: only where there is HTML

    value = record.value or b""
    if len(value) > MAX_MESSAGE:
        raise RefusalError("too_large", f"page has {len(value)} bytes, at most {MAX_MESSAGE} are taken")
    header = EmailMessage()
    header["Content-Type"] = record.media_type
    html, is_damaged = decode_page(value, header.get_content_charset())
    found = read_page(html, record.url)
    warnings = (*found.warnings, "undecodable_bytes") if is_damaged else found.warnings
    return make_article(read_message(found.fields, found.origin), found.extra, record, default_zone, warnings)


def json_article(record: RawRecord, format: str, default_zone: tzinfo) -> Article | Failure:
    """The article of a JSON message in our format or in a producer's."""
    if isinstance(record.document, Failure):
        return record.document
    value, frame = unframed((record.value or b"") if record.document is None else record.document)
    item, warnings = read_object(value)
    opened = unwrapped(item)
    item, notes = opened.item, {**frame, **opened.notes}
    name = recognise(item) if format == "auto" else format
    if name == OWN and isinstance(item, dict):
        own = read_message(item)
        extra = with_notes(own.message.model_extra or {}, notes)
        return make_article(own, extra, record, default_zone, warnings)
    if not isinstance(item, dict) and not (name == "schema.org" and isinstance(item, list)):
        raise RefusalError("not_an_object", f"JSON value is {shown(item)}; send one object per message")
    adapted = ADAPTERS[name][1](item)
    take_our_names(adapted)
    extra = with_notes(adapted.extra, notes)
    warnings += adapted.warnings
    return make_article(read_message(adapted.fields, adapted.origin), extra, record, default_zone, warnings)


def with_notes(extra: Mapping[str, Any], notes: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is kept of an article, with what its envelopes said."""
    return {**extra, "envelope": notes} if notes else extra


def with_headers(extra: Mapping[str, Any], record: RawRecord) -> Mapping[str, Any]:
    """What is kept of an article, with the headers of its message."""
    return {**extra, "kafka_headers": headers_of(record)} if record.headers else extra


def take_our_names(message: Message) -> None:
    """Takes what an item of another format says in our own names, if the format says nothing else of it.

    Producers mix: trafilatura's output with a `published_at` that somebody added.
    """
    for name in ArticleMessage.model_fields:
        if name not in message.fields and is_text(message.extra.get(name)):
            message.take(name, name)


def make_article(
    reading: Reading,
    extra: Mapping[str, Any],
    record: RawRecord,
    default_zone: tzinfo,
    warnings: tuple[str, ...],
) -> Article:
    """The article that a message means, with what was odd in it as warnings."""
    message = reading.message
    warned = [*record.warnings, *warnings, *reading.warnings]
    kept = {**with_headers(extra, record), **reading.kept}
    dates = read_dates(message, default_zone, warned, kept)
    is_withdrawn = withdraws(message, kept)
    title = plain_title(message, warned)
    text = "" if is_withdrawn else body(message, warned)
    if not title.strip():
        title = ""
    if is_withdrawn:
        title = ""
    elif not text.strip():
        if reading.why_no_text:
            raise RefusalError("wrong_type", reading.why_no_text)
        raise RefusalError("no_text", "neither `text` nor `html` holds any text; send the article's body as `text`")
    if len(text) > MAX_TEXT or len(title) > MAX_TEXT:
        raise RefusalError(
            "text_too_large",
            f"text has {len(text)} characters, title {len(title)}; at most {MAX_TEXT} are taken; split the article",
        )
    if has_control_characters(title) or has_control_characters(text):
        warned.append("control_characters")
    published = dates.get("published_at")
    fetched_at = dates["fetched_at"].at if "fetched_at" in dates else None
    modified_at = dates["modified_at"].at if "modified_at" in dates else None
    if record.media_type.startswith("text/html") and fetched_at is None:
        fetched_at = record.timestamp
    if published and is_future(published.at, record.timestamp or fetched_at or modified_at):
        warned.append("published_at_future")
    return Article(
        text=text,
        title=title,
        id=article_id(message, record, title, text),
        url=message.url or None,
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        modified_at=modified_at,
        fetched_at=fetched_at,
        language=read_language(message.language, text, warned, kept),
        outlet=read_outlet(message, warned, kept),
        authors=read_list(message.authors),
        section=message.section or None,
        topics=read_list(message.topics),
        op="delete" if is_withdrawn else "upsert",
        extra=kept,
        warnings=tuple(warned),
    )


def withdraws(message: ArticleMessage, kept: dict[str, Any]) -> bool:
    """Whether a message withdraws its article, by `status` or by `op`; what else they say goes into `kept`."""
    told = {"status": (message.status, WITHDRAWN), "op": (message.op, DELETE)}
    is_withdrawn = False
    for name, (value, withdrawing) in told.items():
        word = value.strip().lower() if isinstance(value, str) else value
        if isinstance(word, str) and word in withdrawing:
            is_withdrawn = True
        elif value is not None and (name, word) != ("op", "upsert"):
            kept[name] = value
    return is_withdrawn


def plain_title(message: ArticleMessage, warned: list[str]) -> str:
    """The title, without the markup that some producers leave in it."""
    title = message.title or ""
    found = without_markup(title)
    if found is None:
        return title
    warned.append("html_in_title")
    return " ".join(found.split())


def body(message: ArticleMessage, warned: list[str]) -> str:
    """The article's text, from HTML where there is no plain text, or where what is given as text is HTML."""
    if message.text and message.text.strip():
        found = without_markup(message.text)
        if found is None:
            return message.text
        if found.strip():
            warned.append("html_in_text")
            return found
    if message.html and message.html.strip():
        from copytaster.parse.pages import html_text

        text, warnings = html_text(message.html)
        warned.extend(warnings)
        return text
    return ""


def article_id(message: ArticleMessage, record: RawRecord, title: str, text: str) -> str:
    """The id as given, else the Kafka key, which is the id by contract, else from the url, else from the text."""
    if message.id is not None and str(message.id).strip():
        return str(message.id)
    if name := key_name(record):
        return name
    if message.url and message.url.strip():
        return digest(normalised_url(message.url))
    if not text:
        raise RefusalError("no_id", "a canceled article without `id`, key or `url` names no article; send its `id`")
    return digest(f"{title}\n\n{text}" if title else text)


def read_dates(
    message: ArticleMessage, default_zone: tzinfo, warned: list[str], kept: dict[str, Any]
) -> dict[str, Moment]:
    """The dates of a message by property; of one that is none, the text is kept in `extra`."""
    dates: dict[str, Moment] = {}
    for name in ("published_at", "modified_at", "fetched_at"):
        text = getattr(message, name)
        if not text or not text.strip():
            continue
        moment = parse_moment(text, default_zone)
        if moment is None:
            warned.append(f"{name}_invalid")
            kept[name] = text
            continue
        dates[name] = moment
        if moment.is_naive:
            warned.append(f"{name}_naive")
    return dates


def read_language(given: str | None, text: str, warned: list[str], kept: dict[str, Any]) -> str | None:
    """The language as given, else as detected."""
    if given and given.strip():
        if tag := language_tag(given):
            return tag
        warned.append("language_invalid")
        kept["language"] = given
    return detect_language(text)


def read_outlet(message: ArticleMessage, warned: list[str], kept: dict[str, Any]) -> Outlet:
    """The outlet; its domain is the url's where none is given."""
    given = message.outlet
    host = domain(message.url) if message.url else None
    if given is None or isinstance(given, str):
        return Outlet(name=given or None, domain=host)
    country = given.country.strip() if given.country else None
    if country and not COUNTRY.fullmatch(country):
        warned.append("outlet_country_invalid")
        country = None
    leftover = outlet_rest(given, country)
    if leftover:
        kept["outlet"] = leftover
    return Outlet(name=given.name or None, domain=given.domain or host, country=country.upper() if country else None)


def outlet_rest(given: OutletMessage, country: str | None) -> dict[str, Any]:
    """What an outlet says beyond the contract: unknown properties, and a country that is no code."""
    rest = dict(given.model_extra or {})
    if given.country and not country:
        rest["country"] = given.country
    return rest


def read_list(given: str | list[str] | None) -> tuple[str, ...]:
    """Names as a tuple, without empty ones."""
    items = [given] if isinstance(given, str) else given or []
    return tuple(item for item in items if item.strip())


def has_control_characters(text: str) -> bool:
    """Whether the text holds control characters other than tab and line break."""
    return not text.replace("\n", "").isprintable() and CONTROL.search(text) is not None
