"""Fundus: articles as `Article.to_json` gives them. https://github.com/flairNLP/fundus"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from copytaster.parse.formats.message import Message, is_empty, names


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether the object has Fundus' names: `publishing_date`, and its text as `plaintext` or in a structured `body`."""
    if isinstance(item.get("body"), dict):
        return "sections" in item["body"]
    return "plaintext" in item and ("publishing_date" in item or "free_access" in item)


def adapt(item: Mapping[str, Any]) -> Message:
    """The article. Summary, subheadings and paragraphs of a structured body become lines."""
    message = Message(item)
    body = item.get("body")
    if isinstance(body, dict):
        message.put("text", "\n\n".join(paragraphs(body)), "body")
        message.extra.pop("body")
    message.take("text" if "text" not in message.fields else "_", "plaintext", "body")
    message.fields.pop("_", None)
    message.take("title", "title")
    message.take("published_at", "publishing_date")
    message.take("authors", "authors", read=names)
    message.take("topics", "topics", read=names)
    message.take("language", "lang")
    message.take("outlet", "publisher")
    page = item.get("html")
    if isinstance(page, dict):
        read_origin(message, page)
    message.take("url", "url")
    return message


def read_origin(message: Message, page: Mapping[str, Any]) -> None:
    """Takes what Fundus says about the page: address, crawl date, publisher; the page itself is not needed."""
    message.put("url", page.get("responded_url") or page.get("requested_url"), "html.responded_url")
    message.put("fetched_at", page.get("crawl_date"), "html.crawl_date")
    source = page.get("source_info")
    if isinstance(source, dict) and "outlet" not in message.fields:
        message.put("outlet", source.get("publisher"), "html.source_info.publisher")
    taken = ("responded_url", "requested_url", "crawl_date", "content")
    rest = {name: value for name, value in page.items() if name not in taken and not is_empty(value)}
    message.extra.pop("html")
    if rest:
        message.extra["html"] = rest


def paragraphs(body: Mapping[str, Any]) -> Iterator[str]:
    """The paragraphs of an ArticleBody: its summary, then each section's headline and text."""
    yield from lines(body.get("summary"))
    sections = body.get("sections")
    for section in sections if isinstance(sections, list) else []:
        if isinstance(section, dict):
            yield from lines(section.get("headline"))
            yield from lines(section.get("paragraphs"))


def lines(value: Any) -> list[str]:
    """The strings in a list of strings, or the string itself."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item.strip()]
