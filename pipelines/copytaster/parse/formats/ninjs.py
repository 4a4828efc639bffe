"""IPTC ninjs, versions 1.x to 3.x, and the dialect of Superdesk. https://iptc.org/std/ninjs/userguide/"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from copytaster.parse.dates import parse_moment
from copytaster.parse.formats.message import Message, first, is_empty, names

BODIES = ("body_text", "body_xhtml", "body_html", "bodies")
MAIN = frozenset({"main", "full", "body", "text", "complete"})
SHORT = re.compile(
    r"short|summary|teaser|abstract|brief|lead|standfirst|caption|alt|sub|social|seo|push|description|intro"
)
"""Roles of what is not the article itself, or of headlines other than the first."""


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether the object is a ninjs item: it says so, has a publishing status, or a version with a body of its kind."""
    standard = item.get("standard")
    if isinstance(standard, dict) and str(standard.get("name")).lower() == "ninjs":
        return True
    if any(name in item for name in ("pubstatus", "pubStatus", "bodies")):
        return True
    return any(name in item for name in (*BODIES, "headline", "headlines")) and any(
        name in item for name in ("versioncreated", "versionCreated", "body_xhtml")
    )


def adapt(item: Mapping[str, Any]) -> Message:
    """The article of a ninjs item. A publishing status of `canceled` withdraws it."""
    message = Message(item)
    message.take("id", "uri", "guid")
    message.take("title", "headline")
    if "title" not in message.fields:
        message.take("title", "headlines", read=lambda value: chosen(value, "headline"))
    if "title" not in message.fields:
        message.take("title", *by_role(item, "headline_"), "title")
    message.take("text", "body_text")
    if "text" not in message.fields:
        message.take("html", "body_xhtml", "body_html")
    if "html" not in message.fields and "text" not in message.fields:
        read_bodies(message)
    if "html" not in message.fields and "text" not in message.fields:
        message.take("text", *by_role(item, "body_"))
    message.take("published_at", "firstcreated", "firstCreated", "contentcreated", "contentCreated")
    created = "versioncreated" if "versioncreated" in item else "versionCreated"
    message.take("modified_at" if "published_at" in message.fields else "published_at", created)
    message.take("language", "language")
    message.take("authors", "by", "byline", "bylines", "authors", *by_role(item, "byline_"), read=bylines)
    message.take("section", "service", read=lambda value: first(names(value)))
    message.take("topics", "subject", "subjects", read=names)
    message.take("outlet", "source", "infosource", "infosources", "copyrightholder", "copyrightHolder", read=one_name)
    read_status(message, item)
    if is_web_address(item.get("url")):
        message.take("url", "url")
    elif is_web_address(item.get("uri")):
        message.put("url", item["uri"], "uri")
    return message


def read_status(message: Message, item: Mapping[str, Any]) -> None:
    """Takes the publishing status: withdrawn, or to be held back, be it by an embargo that is later than the item."""
    name = "pubStatus" if "pubStatus" in item else "pubstatus"
    status = re.split(r"[:/#]", str(item.get(name)).strip().lower())[-1]  # also `stat:canceled`, as NewsML-G2 has it
    if status in ("canceled", "cancelled"):
        message.extra.pop(name)
        message.put("status", "canceled", name)
    elif status == "withheld" or is_embargoed(item):
        message.warnings = ("withheld",)


def is_embargoed(item: Mapping[str, Any]) -> bool:
    """Whether an item must not be published at the time when it was made."""
    until = next((item[name] for name in ("embargoed", "embargo") if item.get(name)), None)
    made = item.get("versioncreated") or item.get("versionCreated")
    if not isinstance(until, str) or not (end := parse_moment(until)):
        return False
    begin = parse_moment(made) if isinstance(made, str) else None
    return begin is None or end.at > begin.at


def by_role(item: Mapping[str, Any], prefix: str) -> list[str]:
    """The properties of ninjs 1.x that have a role in their name (`headline_main`), the main one first."""
    found = [name for name in item if name.startswith(prefix) and isinstance(item[name], str)]
    return sorted(found, key=lambda name: rank(name.removeprefix(prefix)))


def rank(role: Any) -> int:
    """0 of what is the article itself, 1 of what does not say, 2 of what is short."""
    word = str(role or "").lower()
    return 0 if word in MAIN else 2 if SHORT.search(word) else 1


def read_bodies(message: Message) -> None:
    """Takes the body of ninjs 2.x and 3.x: of several by role and type the main one, plain rather than HTML."""
    bodies = listed(message.extra.get("bodies"))
    ranked = [
        (rank(body.get("role")), preference, body["value"], field)
        for body in bodies
        if isinstance(body.get("value"), str) and body["value"].strip()
        for preference, field in [kind_of(body)]
    ]
    if not ranked:
        message.take("text", "bodies")
        return
    _, _, value, field = min(ranked, key=lambda found: found[:2])
    message.extra.pop("bodies")
    message.put(field, value, "bodies")


def kind_of(body: Mapping[str, Any]) -> tuple[int, str]:
    """How welcome the type of a body is, 0 the most, and which of our properties it is."""
    kind = str(body.get("contenttype") or body.get("contentType") or body.get("type") or "").lower()
    if "plain" in kind:
        return 0, "text"
    if "html" in kind or "xml" in kind or "nitf" in kind:
        return 1, "html"
    return 2, "text"


def listed(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list, or of an object that names them by their role."""
    if isinstance(value, dict):
        named: list[Mapping[str, Any]] = [
            {"role": role} | (body if isinstance(body, dict) else {"value": body}) for role, body in value.items()
        ]
        return [value] if "value" in value else named
    return [body for body in value if isinstance(body, dict)] if isinstance(value, list) else []


def chosen(value: Any, *others: str) -> Any:
    """The value of the main headline, else of the first; what is not a list of objects stays as it is."""
    items = listed(value)
    if not items:
        return value
    ranked = sorted(items, key=lambda item: -1 if item.get("role") in others else rank(item.get("role")))
    return ranked[0].get("value")


def bylines(value: Any) -> Any:
    """The authors: one text, names, or texts with a role."""
    if isinstance(value, list) and all(isinstance(item, dict) and "value" in item for item in value):
        return [item["value"] for item in value]
    return names(value) if isinstance(value, list) else value


def one_name(value: Any) -> Any:
    """The first name among infosources, or the name itself."""
    found = first(names(value))
    return found if not is_empty(found) else value


def is_web_address(value: object) -> bool:
    """Whether a uri can be visited; ninjs uris are often tags or urns."""
    return isinstance(value, str) and value.lower().startswith(("http://", "https://"))
