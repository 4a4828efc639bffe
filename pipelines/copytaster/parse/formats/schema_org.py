"""schema.org NewsArticle and its kin, as JSON-LD. https://schema.org/NewsArticle"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from copytaster.parse.formats.message import Message, first, is_empty, names, split_names

ARTICLE_SUFFIXES = ("Article", "BlogPosting", "LiveBlogPosting", "Report")
"""Ends of the names of schema.org types that are articles: NewsArticle, ReportageNewsArticle, OpinionNewsArticle, …"""

AROUND = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement", "item")
"""Properties in which an article stands that is not the document itself."""

DEPTH = 8
FALSE = (False, "false", "False", "http://schema.org/False", "https://schema.org/False")


def recognises(item: Any) -> bool:
    """Whether the value is JSON-LD with an article in it."""
    return find_article(item) is not None


def find_article(item: Any) -> Mapping[str, Any] | None:
    """The first article of a JSON-LD document: the object itself, or in a list, a `@graph` or what it is a page of."""
    return next(find_articles(item), None)


def find_articles(item: Any, depth: int = DEPTH) -> Iterator[Mapping[str, Any]]:
    """The articles of a JSON-LD document in order, none of those inside another."""
    if isinstance(item, list) and depth:
        for part in item:
            yield from find_articles(part, depth - 1)
    if not isinstance(item, dict) or not depth:
        return
    kinds = item.get("@type")
    if any(isinstance(kind, str) and kind.endswith(ARTICLE_SUFFIXES) for kind in (kinds if isinstance(kinds, list) else [kinds])):  # fmt: skip
        yield item
        return
    for name in AROUND:
        if isinstance(item.get(name), dict | list):
            yield from find_articles(item[name], depth - 1)


def adapt(item: Any) -> Message:
    """The article of a JSON-LD document."""
    found = find_article(item)
    return item_message(item if found is None else found, item)


def item_message(article: Mapping[str, Any], document: Any) -> Message:
    """The article of one JSON-LD object, whose authors and publisher may stand elsewhere in the document."""
    nodes = dict(named_nodes(document))
    message = Message({name: referred(value, nodes) for name, value in article.items()})
    message.take("id", "identifier", read=identifier)
    message.take("title", "headline", "name", read=first)
    message.take("text", "articleBody", "text", read=paragraphs)
    if "text" not in message.fields:
        message.take("text", "liveBlogUpdate", read=updates)
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
    if article.get("isAccessibleForFree") in FALSE:
        message.warnings = ("paywalled",)
    for name in ("@context", "@type"):
        message.extra.pop(name, None)
    return message


def named_nodes(item: Any, depth: int = DEPTH) -> Iterator[tuple[str, Any]]:
    """The objects of a document that have an `@id` and a name."""
    if isinstance(item, list) and depth:
        for part in item:
            yield from named_nodes(part, depth - 1)
    elif isinstance(item, dict) and depth:
        if isinstance(item.get("@id"), str) and not is_empty(item.get("name")):
            yield item["@id"], item
        for value in item.values():
            if isinstance(value, dict | list):
                yield from named_nodes(value, depth - 1)


def referred(value: Any, nodes: Mapping[str, Any]) -> Any:
    """The value with the objects that it only refers to by `@id`."""
    if isinstance(value, list):
        return [referred(part, nodes) for part in value]
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and is_empty(value.get("name")):
        return nodes.get(value["@id"], value)
    return value


def paragraphs(value: Any) -> Any:
    """The text, in one piece where it is a list of paragraphs."""
    is_list = isinstance(value, list) and value and all(isinstance(part, str) for part in value)
    return "\n\n".join(value) if is_list else value


def updates(value: Any) -> Any:
    """The text of a live blog: the headline and body of each of its updates, as they stand."""
    lines: list[str] = []
    for update in value if isinstance(value, list) else [value]:
        if isinstance(update, dict):
            told = [first(update.get(name)) for name in ("headline", "articleBody")]
            lines += [line for line in told if isinstance(line, str) and line.strip()]
    return "\n\n".join(lines) or value


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
        name = first(value.get("name"))
        return name if isinstance(name, str) else None
    return value


def address(value: Any) -> Any:
    """An address: a string, or the `@id` or url of an object."""
    value = first(value)
    if isinstance(value, dict):
        found = value.get("@id") or value.get("url")
        return None if is_empty(found) else found
    return value
