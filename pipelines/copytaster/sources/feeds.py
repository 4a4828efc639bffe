"""RSS and Atom: one record an item, as a message of our own contract."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from copytaster.parse import MAX_MESSAGE
from copytaster.records import RawRecord
from copytaster.sources.lines import HEAD, Overlong
from copytaster.sources.streams import DamageError

MAX_FEED = 200_000_000
"""Bytes of a feed; what is larger is no feed."""

END = re.compile(rb"</(?:\w{1,20}:)?(?:rss|feed|RDF)\s*>\s*(?:<!--.{0,1000}-->\s*)?\Z", re.DOTALL)
ADDRESS_AND_NAME = re.compile(r"\A[^\s@]+@[^\s@]+\s*\((.+)\)")
"""An author of RSS 2.0: `ann@post.example (Ann Moran)`."""


def feed_records(chunks: Iterator[bytes], start: int = 0) -> Iterator[RawRecord]:
    """The items from number `start` on. One without a body gives its summary, with a warning."""
    parts: list[bytes] = []
    damage = ""
    try:
        for chunk in chunks:
            parts.append(chunk)
            if sum(map(len, parts)) > MAX_FEED:
                damage = f"feed: more than {MAX_FEED} bytes"
                break
    except DamageError as error:
        damage = str(error)
    content = b"".join(parts)
    number = 0
    for item, channel in items(content):
        if number >= start:
            yield item_record(item, channel, number)
        number += 1
    if not END.search(content, max(0, len(content) - 2_000)):
        damage = damage or "feed: the file ends before its end"
    if damage and number >= start:
        detail = f"{damage}; the records before it were read"
        yield RawRecord(content[-HEAD:], number, failure="truncated_archive", failure_detail=detail)


def items(content: bytes) -> Iterator[tuple[Any, Any]]:
    """The items of a feed that are whole, each with what stands around it."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True
    )
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except etree.XMLSyntaxError:
        return
    if root is None:
        return
    channel = next((node for node in root.iter() if local(node) == "channel"), root)
    for node in root.iter():
        if local(node) in ("item", "entry"):
            yield node, channel


def local(node: Any) -> str:
    """The name of an element without its namespace; "" of what is none."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def item_record(item: Any, channel: Any, number: int) -> RawRecord:
    """The record of one item."""
    found = {name: value for name, value in properties(item, channel).items() if value}
    value = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    if len(value) > MAX_MESSAGE:
        return Overlong([value]).record(number)
    return RawRecord(value, number, warnings=() if "html" in found or "text" not in found else ("summary_only",))


def properties(item: Any, channel: Any) -> dict[str, Any]:
    """The properties of an item in our own names."""
    outlet = first(children(channel, "title"))
    body = first([markup(node) for node in item if local(node) in ("encoded", "content", "fulltext") and markup(node)])
    summary = first([markup(node) for node in item if local(node) in ("description", "summary") and markup(node)])
    published = first(children(item, "pubDate", "published", "issued", "date", "created"))
    updated = first(children(item, "updated", "modified"))
    return {
        "id": first(children(item, "guid", "id")) or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"),
        "url": link(item),
        "title": first(children(item, "title")),
        "html": body,
        "text": None if body else summary,
        "published_at": published or updated,
        "modified_at": updated if published else None,
        "language": first(children(channel, "language")) or lang(item),
        "outlet": outlet,
        "authors": authors(item),
        "topics": [text for node in item if local(node) == "category" and (text := node.get("term") or plain(node))],
    }


def children(node: Any, *names: str) -> list[str]:
    """The texts of an element's children of those names, in the order of the names."""
    return [text for name in names for child in node if local(child) == name and (text := plain(child))]


def plain(node: Any) -> str:
    """The text of an element."""
    return "".join(node.itertext()).strip()


def first(found: list[str]) -> str | None:
    """The first of what was found."""
    return found[0] if found else None


def markup(node: Any) -> str:
    """The HTML that an element holds: as its text, or as elements (XHTML in Atom)."""
    if len(node) and node.get("type") in (None, "xhtml", "html", "application/xhtml+xml"):
        inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in node)
        return f"{node.text or ''}{inner}".strip()
    return plain(node) if not (node.get("src") and not plain(node)) else ""


def link(item: Any) -> str | None:
    """The address of the article: the original one, the link, or a permanent id."""
    if original := children(item, "origLink"):
        return original[0]
    for node in item:
        if local(node) == "link":
            found = node.get("href") if node.get("rel") in (None, "alternate") else None
            if text := (found or plain(node)):
                return text.strip()
    for node in item:
        if (
            local(node) in ("guid", "id")
            and node.get("isPermaLink") != "false"
            and plain(node).startswith(("http://", "https://"))
        ):
            return plain(node)
    return None


def authors(item: Any) -> list[str]:
    """The names of the authors."""
    found: list[str] = []
    for node in item:
        if local(node) in ("creator", "author", "contributor"):
            name = first(children(node, "name")) or plain(node)
            match = ADDRESS_AND_NAME.fullmatch(name)
            found.append(match[1] if match else name)
    return list(dict.fromkeys(name for name in found if name))


def lang(item: Any) -> str | None:
    """The language that an element or one around it has."""
    while item is not None:
        if found := item.get("{http://www.w3.org/XML/1998/namespace}lang"):
            return str(found)
        item = item.getparent()
    return None
