"""news-please, and the CC-NEWS data sets made with it. https://github.com/fhamborg/news-please"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copytaster.parse.formats.message import Message


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether the object has news-please's `maintext`, or is a row of CC-NEWS as published (`text`, `domain`, `date`)."""
    if "maintext" in item:
        return True
    return {"text", "domain", "date"} <= item.keys() and "published_at" not in item


def adapt(item: Mapping[str, Any]) -> Message:
    """The article. news-please writes times without a zone."""
    message = Message(item)
    message.take("text", "maintext", "text")
    message.take("title", "title", "title_page", "title_rss")
    message.take("url", "url")
    message.take("published_at", "date_publish", "date")
    message.take("modified_at", "date_modify")
    message.take("fetched_at", "date_download")
    message.take("language", "language")
    message.take("authors", "authors")
    message.take("outlet", "source_domain", "domain", read=lambda value: {"domain": value})
    return message
