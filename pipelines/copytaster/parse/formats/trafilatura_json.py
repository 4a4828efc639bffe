"""trafilatura's JSON output (`--json`). https://trafilatura.readthedocs.io"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copytaster.parse.formats.message import Message, split_names


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether the object has trafilatura's names: `source-hostname`, or `fingerprint` and `raw_text` beside `text`."""
    return "source-hostname" in item or {"fingerprint", "text", "hostname"} <= item.keys() or "raw_text" in item


def adapt(item: Mapping[str, Any]) -> Message:
    """The article. trafilatura gives dates to the day; `filedate` is when it ran."""
    message = Message(item)
    message.take("id", "id")
    message.take("text", "text", "raw_text")
    message.extra.pop("raw_text", None)  # the same text again, without its paragraphs
    message.take("title", "title")
    message.take("url", "source", "url")
    message.take("published_at", "date")
    message.take("fetched_at", "filedate")
    message.take("language", "language")
    message.take("authors", "author", read=split_names(";"))
    message.take("topics", "tags", read=split_names(";"))
    message.take("section", "categories", read=section)
    name, domain = item.get("source-hostname") or item.get("sitename"), item.get("hostname")
    if name or domain:
        message.put("outlet", {"name": name, "domain": domain}, "source-hostname")
        for used in ("source-hostname", "sitename", "hostname"):
            message.extra.pop(used, None)
    return message


def section(value: Any) -> Any:
    """The first of the categories."""
    found = split_names(";")(value)
    return found[0] if isinstance(found, list) and found else found
