"""schema.org NewsArticle and its kin, as JSON-LD. https://schema.org/NewsArticle"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copytaster.parse.formats.message import Message, first, is_empty, names, split_names

ARTICLE_SUFFIXES = ("Article", "BlogPosting", "LiveBlogPosting", "Report")
"""Ends of the names of schema.org types that are articles: NewsArticle, ReportageNewsArticle, OpinionNewsArticle, …"""


def recognises(item: Any) -> bool:
    """Whether the value is JSON-LD with an article in it."""
    return find_article(item) is not None


def find_article(item: Any) -> Mapping[str, Any] | None:
    """The first article of a JSON-LD document: the object itself, or in a list or `@graph`."""
    if isinstance(item, list):
        return next((found for part in item if (found := find_article(part)) is not None), None)
    if not isinstance(item, dict):
        return None
    kinds = item.get("@type")
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if isinstance(kind, str) and kind.endswith(ARTICLE_SUFFIXES):
            return item
    return find_article(item["@graph"]) if "@graph" in item else None


def adapt(item: Any) -> Message:
    """The article of a JSON-LD document."""
    found = find_article(item)
    message = Message(item if found is None else found)
    message.take("id", "identifier", read=identifier)
    message.take("title", "headline", "name", read=first)
    message.take("text", "articleBody", "text", read=first)
    message.take("published_at", "datePublished", "dateCreated", read=first)
    message.take("modified_at", "dateModified", read=first)
    message.take("language", "inLanguage", read=language)
    message.take("authors", "author", "creator", read=names)
    message.take("section", "articleSection", read=first)
    message.take("topics", "keywords", read=split_names(","))
    message.take("outlet", "publisher", "sourceOrganization", "provider", read=outlet)
    message.take("url", "url", "mainEntityOfPage", "@id", read=address)
    if not isinstance(message.fields.get("url"), str) or "://" not in message.fields["url"]:
        message.fields.pop("url", None)
    for name in ("@context", "@type"):
        message.extra.pop(name, None)
    return message


def identifier(value: Any) -> Any:
    """An id: a string, or the value of a PropertyValue."""
    value = first(value)
    return value.get("value") if isinstance(value, dict) else value


def language(value: Any) -> Any:
    """A language tag: a string, or a Language with its tag as alternateName."""
    value = first(value)
    return (value.get("alternateName") or value.get("name")) if isinstance(value, dict) else value


def outlet(value: Any) -> Any:
    """The publisher: its name alone, or with the domain of its address."""
    value = first(value)
    if isinstance(value, dict):
        name = value.get("name")
        return name if isinstance(name, str) else None
    return value


def address(value: Any) -> Any:
    """An address: a string, or the `@id` or url of an object."""
    value = first(value)
    if isinstance(value, dict):
        found = value.get("@id") or value.get("url")
        return None if is_empty(found) else found
    return value
