"""An article message on its way from a producer's format to ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class Message:
    """The properties of one article in our own names; what no adapter takes stays in `extra`."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        self.extra: dict[str, Any] = {name: value for name, value in item.items() if value is not None}
        self.fields: dict[str, Any] = {}
        self.origin: dict[str, str] = {}
        """Our property -> the producer's name for it, for error messages."""
        self.warnings: tuple[str, ...] = ()

    def take(self, field: str, *names: str, read: Callable[[Any], Any] | None = None) -> None:
        """Moves the first of the producer's properties that holds something to ours, through `read` where given."""
        for name in names:
            value = self.extra.get(name)
            if not is_empty(value):
                del self.extra[name]
                self.put(field, read(value) if read else value, name)
                return

    def put(self, field: str, value: Any, origin: str) -> None:
        """Sets our property, unless the value is empty. `origin`: where it comes from."""
        if not is_empty(value):
            self.fields[field] = value
            self.origin[field] = origin


def is_empty(value: object) -> bool:
    """Whether a JSON value says nothing: null, or an empty string, list or object."""
    return value is None or value == "" or value == [] or value == {}


def is_text(value: object) -> bool:
    """Whether a JSON value is a string or a list of strings."""
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def names(value: Any) -> Any:
    """The names in a list of names or of objects with a `name`, or in one of them.

    What is neither stays as it is, so that the contract refuses it by its value.
    """
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        name = item.get("name") if isinstance(item, dict) else item
        if not isinstance(name, str):
            return value
        found.append(name)
    return [name for name in dict.fromkeys(found) if name]


def split_names(mark: str) -> Callable[[Any], Any]:
    """A reader of names that are one string with a mark in between, or a list already."""

    def read(value: Any) -> Any:
        return [part.strip() for part in value.split(mark) if part.strip()] if isinstance(value, str) else names(value)

    return read


def first(value: Any) -> Any:
    """The first item of a list, or the value itself."""
    return value[0] if isinstance(value, list) and value else value
