"""Properties of another type than the contract has, to the type it has: an article is not lost for its metadata.

Databases and mappers write an author as an object, a date as a number, one title as a list of one. What plainly means one
thing is converted; `None` says that a value cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

NAMES = (
    "name", "full_name", "fullName", "display_name", "displayName", "label", "term", "prefLabel", "title", "value",
    "rendered", "text", "content", "tag", "#text", "_text", "$t", "_", "@value", "@id", "$oid", "id", "code", "alternateName",
)  # fmt: skip
"""What an object calls the one string that it stands for, in the order of trust (JSON-LD, XML mappers, WordPress, MongoDB)."""

GIVEN = ("given_name", "givenName", "first_name", "firstName", "firstname", "given", "first")
FAMILY = ("family_name", "familyName", "last_name", "lastName", "lastname", "family", "last")

MOMENTS = ("$date", "date", "iso", "datetime", "dateTime", "date_time", "value", "@value", "#text", "$numberLong",
           "$numberDouble", "seconds", "_seconds", "epoch", "timestamp", "time", "rendered", "raw", "gmt", "utc")  # fmt: skip
"""What an object calls the moment that it stands for (MongoDB, Firestore, PHP, Elasticsearch)."""

DEPTH = 4
"""Lists and objects inside of each other that are looked through."""


def plain_text(value: Any, depth: int = DEPTH) -> str | None:
    """The one string that a value stands for: of a list its first, of an object its name, of a number its digits."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return digits(value)
    if depth:
        if isinstance(value, list):
            return next((text for item in value if (text := plain_text(item, depth - 1))), None)
        if isinstance(value, dict):
            whole = " ".join(text for names in (GIVEN, FAMILY) if (text := first_of(value, names, depth)))
            return first_of(value, NAMES[:5], depth) or whole or first_of(value, NAMES[5:], depth)
    return None


def first_of(value: Mapping[str, Any], names: tuple[str, ...], depth: int) -> str | None:
    """The string of the first property of an object that has one."""
    return next((text for name in names if (text := plain_text(value.get(name), depth - 1))), None)


def digits(value: float) -> str:
    """A number as it is written: pandas makes 12 a float where a column has gaps."""
    return str(int(value)) if value == int(value) else repr(value)


def identifier(value: Any) -> str | None:
    """An id: the string or number itself, alone in a list, or MongoDB's object of one."""
    if isinstance(value, list):
        return identifier(value[0]) if len(value) == 1 else None
    if isinstance(value, dict):
        return next((text for name in ("$oid", "@id", "@value", "$numberLong", "value", "#text", "id") if (text := identifier(value.get(name)))), None)  # fmt: skip
    return plain_text(value)


def body_text(value: Any) -> str | None:
    """A text: paragraphs that stand in a list, or the string in an object."""
    if isinstance(value, list):
        parts = [plain_text(item) for item in value if not isinstance(item, int | float)]
        return "\n\n".join(part for part in parts if part) or None
    if isinstance(value, dict):
        found = next((value[name] for name in ("value", "rendered", "text", "content", "html", "#text", "$t", "@value", "plaintext", "paragraphs") if value.get(name)), None)  # fmt: skip
        return found if isinstance(found, str) else body_text(found) if isinstance(found, list) else None
    return None


def name_list(value: Any) -> list[str] | None:
    """Names: of objects their names, of lists in lists all; numbers and the like are left out."""
    items = value if isinstance(value, list) else [value]
    found: list[str] = []
    for item in items:
        if isinstance(item, list):
            found += name_list(item) or []
        elif isinstance(item, str | dict) and (name := plain_text(item)):
            found.append(name)
    return list(dict.fromkeys(found)) or None


def moment_text(value: Any, depth: int = DEPTH) -> str | None:
    """A date: a number of Unix time, an object around one or of PHP's or MongoDB's kind, a list of year, month, day, …"""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not depth:
        return None
    if isinstance(value, int | float):
        return digits(value) if value == int(value) else f"{value:.6f}"
    if isinstance(value, list):
        if 3 <= len(value) <= 9 and all(isinstance(part, int) for part in value):
            return calendar_text(value)
        return next((text for item in value if (text := moment_text(item, depth - 1))), None)
    if isinstance(value, dict):
        parts = [value.get(name) for name in ("year", "month", "day")]
        if all(isinstance(part, int) for part in parts):
            return calendar_text([*parts, *(value.get(name) for name in ("hour", "minute", "second"))])
        found = next((text for name in MOMENTS if (text := moment_text(value.get(name), depth - 1))), None)
        zone = value.get("timezone")
        return f"{found} {zone}" if found and isinstance(zone, str) and value.get("timezone_type") else found
    return None


def calendar_text(parts: list[Any]) -> str:
    """The date of a list such as [2025, 11, 21, 14, 20] (Java, Python)."""
    year, month, day = parts[:3]
    clock = [part for part in parts[3:6] if isinstance(part, int)]
    date = f"{year:04}-{month:02}-{day:02}"
    return f"{date}T" + ":".join(f"{part:02}" for part in clock) if len(clock) > 1 else date


def outlet_of(value: Any) -> Any:
    """An outlet: its name, or an object of which name, domain and country are strings."""
    if isinstance(value, list):
        return next((found for item in value if (found := outlet_of(item))), None)
    if isinstance(value, dict):
        told = {name: plain_text(value.get(name)) for name in ("name", "domain", "country")}
        if told["name"] or told["domain"]:
            return {**value, **told}
    return plain_text(value)


CONVERSIONS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "id": identifier,
        "url": plain_text,
        "title": plain_text,
        "text": body_text,
        "html": body_text,
        "published_at": moment_text,
        "modified_at": moment_text,
        "fetched_at": moment_text,
        "language": plain_text,
        "outlet": outlet_of,
        "authors": name_list,
        "section": plain_text,
        "topics": name_list,
    }
)
"""Property -> what makes its type of a value of another one, None where nothing does."""


def is_whole(value: Any) -> bool:
    """Whether a converted value says all that the original said: a number, or a list of one string or number."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return isinstance(value, str | int | float)
