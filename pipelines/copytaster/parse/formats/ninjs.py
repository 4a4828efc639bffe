"""IPTC ninjs, versions 1.x to 3.x, and the dialect of Superdesk. https://iptc.org/std/ninjs/userguide/"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copytaster.parse.formats.message import Message, first, is_empty, names

BODIES = ("body_text", "body_xhtml", "body_html", "bodies")


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether the object is a ninjs item: a publishing status, or a version with a body or headline of its kind."""
    if "pubstatus" in item or "bodies" in item:
        return True
    return any(name in item for name in (*BODIES, "headline", "headlines")) and (
        "versioncreated" in item or "body_xhtml" in item
    )


def adapt(item: Mapping[str, Any]) -> Message:
    """The article of a ninjs item. A `pubstatus` of `canceled` withdraws it."""
    message = Message(item)
    message.take("id", "uri", "guid")
    message.take("title", "headline")
    message.take("title", "headlines", read=lambda value: chosen(value, "main", "headline"))
    message.take("text", "body_text")
    if "text" not in message.fields:
        message.take("html", "body_xhtml", "body_html")
    if "html" not in message.fields and "text" not in message.fields:
        read_bodies(message)
    message.take("published_at", "firstcreated", "firstCreated", "contentcreated", "contentCreated")
    created = "versioncreated" if "versioncreated" in item else "versionCreated"
    message.take("modified_at" if "published_at" in message.fields else "published_at", created)
    message.take("language", "language")
    message.take("authors", "by", "byline")
    message.take("section", "service", read=lambda value: first(names(value)))
    message.take("topics", "subject", "subjects", read=names)
    message.take("outlet", "source", "infosource", "infosources", "copyrightholder", "copyrightHolder", read=one_name)
    if str(item.get("pubstatus")).lower() in ("canceled", "cancelled"):
        message.take("status", "pubstatus")
    elif item.get("pubstatus") == "withheld":
        message.warnings = ("withheld",)
    if is_web_address(item.get("url")):
        message.take("url", "url")
    elif is_web_address(item.get("uri")):
        message.put("url", item["uri"], "uri")
    return message


def read_bodies(message: Message) -> None:
    """Takes the body of ninjs 2.x: a list of bodies of several types, of which plain text is the best."""
    bodies = message.extra.get("bodies")
    if not isinstance(bodies, list):
        message.take("text", "bodies")
        return
    for kind, field in (("text/plain", "text"), ("html", "html"), ("", "text")):
        for body in bodies:
            if isinstance(body, dict) and kind in str(body.get("contenttype") or body.get("contentType") or ""):
                del message.extra["bodies"]
                message.put(field, body.get("value"), "bodies")
                return


def chosen(value: Any, role: str, *others: str) -> Any:
    """The value of the item with a role, else of the first item; what is not a list of objects stays as it is."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return value
    ranked = sorted(value, key=lambda item: item.get("role") not in (role, *others))
    return ranked[0].get("value")


def one_name(value: Any) -> Any:
    """The first name among infosources, or the name itself."""
    found = first(names(value))
    return found if not is_empty(found) else value


def is_web_address(value: object) -> bool:
    """Whether a uri can be visited; ninjs uris are often tags or urns."""
    return isinstance(value, str) and value.lower().startswith(("http://", "https://"))
