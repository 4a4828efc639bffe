"""What a web page says of itself: JSON-LD, `<meta>` and microdata, in whatever way they were put there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from copytaster.parse.addresses import normalised_url
from copytaster.parse.conversions import CONVERSIONS
from copytaster.parse.dates import parse_moment
from copytaster.parse.documents import RefusalError, read_object
from copytaster.parse.formats import schema_org
from copytaster.parse.formats.message import Message, is_text

PUBLISHED = (
    "article:published_time", "datepublished", "og:article:published_time", "og:published_time", "parsely-pub-date", "sailthru.date",
    "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "dcterms.date", "dc.date", "dcterms.available",
    "publish-date", "publish_date", "publishdate", "publication_date", "publication-date", "pubdate", "article.published",
    "article:published", "article_date_original", "date.published", "date_published", "published_at", "published-date", "published",
    "citation_publication_date", "citation_date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "rbpubdate",
    "bt:pubdate", "ptime", "originalpublicationdate", "releasedate", "dcsext.articlefirstpublished", "date",
)  # fmt: skip
"""Names of `<meta>` and `itemprop`, in small letters, that publishers and content systems give the date of publication."""

MODIFIED = (
    "article:modified_time", "datemodified", "og:updated_time", "og:article:modified_time", "dc.date.modified",
    "dcterms.modified", "article.updated", "lastmod", "last-modified", "revised", "article:modified", "date_modified",
)  # fmt: skip

OPENING = re.compile(r"(?://|/\*)?\s{0,20}(?:<!\[CDATA\[|<!--)\s{0,20}(?:\*/|//)?")
CLOSING = re.compile(r"(?://|/\*)?\s{0,20}(?:\]\]>|-->)\s{0,20}(?:\*/)?\s{0,20};?\Z")
"""What hides a script from old browsers and XML parsers."""

STRING_OR_FLAW = re.compile(
    r'("(?:[^"\\]++|\\.)*+(?:"|\\?\Z))|/\*(?:[^*]|\*(?!/)){0,2000}+\*/|,(?=\s{0,200}[\]}])|;(?=\s{0,200}\Z)', re.DOTALL
)
"""A JSON string, or what JSON does not know and page authors write: comments, a comma behind the last, a semicolon."""


def declared(tree: Any, url: str | None = None) -> Message:
    """The properties that a page declares, as far as it does; the text too where it stands in the JSON-LD."""
    message = json_ld(tree, url)
    metas = named_contents(tree)
    for field, names in (("published_at", PUBLISHED), ("modified_at", MODIFIED)):
        told = message.fields.get(field)
        if not isinstance(told, str) or parse_moment(told) is None:
            values = [metas[name] for name in names if metas.get(name)]
            found = next((value for value in values if parse_moment(value) is not None), None)
            if found or not isinstance(told, str):
                message.fields.pop(field, None)
            message.put(field, found, "page")
    if metas.get("article:content_tier", "").strip().lower() == "locked":
        message.warnings = ("paywalled",)
    return message


def json_ld(tree: Any, url: str | None) -> Message:
    """The article that the page's JSON-LD describes: that of the page's address, else the first."""
    documents = list(json_documents(tree))
    articles = list(schema_org.find_articles(documents))
    if not articles:
        return Message({})
    messages = [schema_org.item_message(article, documents) for article in articles[:20]]
    here = normalised_url(url) if url else None
    same = (found for found in messages if here and normalised_url(str(found.fields.get("url"))) == here)
    message = next(same, messages[0])
    fields = {name: value if is_text(value) else CONVERSIONS[name](value) for name, value in message.fields.items()}
    if isinstance(outlet := fields.get("outlet"), dict):
        fields["outlet"] = outlet.get("name")
    message.fields = {name: value for name, value in fields.items() if value}
    return message


def json_documents(tree: Any) -> Iterator[Any]:
    """The JSON-LD scripts of a page that can be read; what cannot is emptied: trafilatura takes the square of its length."""
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            text = unwrapped(script.text or "")
            for attempt in (text, STRING_OR_FLAW.sub(lambda match: match[1] or "", text), html.unescape(text)):
                try:
                    yield read_object(attempt.encode("utf-8", "replace"))[0]
                except RefusalError:
                    continue
                break
            else:
                script.text = None


def unwrapped(text: str) -> str:
    """A script without the comments around it."""
    text = text.strip()
    if opening := OPENING.match(text):
        text = text[opening.end() :]
    closing = CLOSING.search(text, max(0, len(text) - 100))
    return text[: closing.start()] if closing else text


def named_contents(tree: Any) -> Mapping[str, str]:
    """What `<meta>` and microdata say, by their names in small letters; the first of each name."""
    found: dict[str, str] = {}
    for element in tree.iter("meta", "time", "span", "div", "p", "abbr", "link"):
        value = element.get("content") or element.get("datetime")
        name = element.get("property") or element.get("name") or element.get("itemprop")
        if element.tag != "meta":
            name = element.get("itemprop") or (
                "pubdate" if element.tag == "time" and "pubdate" in element.attrib else None
            )
        if name and value:
            found.setdefault(name.strip().lower(), value)
    return found


def moment_of_day(tree: Any, day: str) -> str:
    """The time of day that a `<time>` of the page gives for a day of the calendar, or the day as it is."""
    for element in tree.iter("time"):
        value = (element.get("datetime") or "").strip()
        moment = parse_moment(value)
        if moment is not None and moment.precision != "day" and moment.at.date().isoformat() == day:
            return value
    return day
