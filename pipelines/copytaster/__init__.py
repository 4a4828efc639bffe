"""copytaster reads the news wire: entities, quotes and events out of articles, into tables."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from copytaster.records import (
    Article,
    Entity,
    Event,
    Extraction,
    Failure,
    Mention,
    Outlet,
    Quote,
    Source,
    Span,
    TextBlock,
    TimeExpression,
)

if TYPE_CHECKING:
    from copytaster.annotate import load_model
    from copytaster.extract import extract, extract_many

__all__ = [
    "Article",
    "Entity",
    "Event",
    "Extraction",
    "Failure",
    "Mention",
    "Outlet",
    "Quote",
    "Source",
    "Span",
    "TextBlock",
    "TimeExpression",
    "extract",
    "extract_many",
    "load_model",
]


class Package(ModuleType):
    """The package itself. What needs spaCy is imported when it is asked for: that takes two seconds, for which `copytaster status`
    need not wait.
    """

    @property
    def extract(self) -> Any:
        """The function. Importing the package of the same name, which its module lies in, would hide it."""
        return importlib.import_module("copytaster.extract").extract

    @extract.setter
    def extract(self, _: ModuleType) -> None:
        """Importing that package sets this."""

    @property
    def extract_many(self) -> Any:
        """The function."""
        return importlib.import_module("copytaster.extract").extract_many

    @property
    def load_model(self) -> Any:
        """The function."""
        return importlib.import_module("copytaster.annotate").load_model


sys.modules[__name__].__class__ = Package
