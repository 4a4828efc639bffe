"""copytaster reads the news wire: entities, quotes and events out of articles, into tables."""

from copytaster.annotate import load_model
from copytaster.extract import extract, extract_many
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
