"""The contract of the input: the properties of an article as JSON, published as schemas/article.schema.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copytaster.parse.conversions import CONVERSIONS, is_whole
from copytaster.parse.documents import MAX_MESSAGE, MAX_TEXT

SCHEMA_ID = "urn:copytaster:schema:article"


class OutletMessage(BaseModel):
    """Who published the article."""

    model_config = ConfigDict(strict=True, extra="allow")

    name: str | None = Field(None, description="Name of the outlet.", examples=["The Harbour Post"])
    domain: str | None = Field(None, description="Its web domain; if missing, the host of `url`.")
    country: str | None = Field(None, description="Its country, ISO 3166-1 alpha-2.", examples=["KE"])


class ArticleMessage(BaseModel):
    """One news article. Properties that are not named here are kept in `articles.extra`; null is the same as missing.

    An article is not refused for its metadata: what is of another type than this says is converted where its meaning is
    plain, else left out, and `articles.warnings` says so.
    """

    model_config = ConfigDict(strict=True, extra="allow")

    id: str | int | None = Field(
        None,
        description="Names the article for good: a later message with the same id is a correction. If missing: the "
        "Kafka key, else derived from the normalised `url`, else from the text.",
    )
    url: str | None = Field(None, description="Address of the article, kept as given.")
    title: str | None = Field(None, description="Headline, plain text.")
    text: str | None = Field(
        None,
        description=f"Body, plain text; paragraphs are lines. At most {MAX_TEXT:,} characters. Kept to the code point, "
        "but for tags and entities of HTML, which are taken off, with a warning.",
    )
    html: str | None = Field(
        None, description="Body as HTML, a page or a fragment; read only where there is no `text`."
    )
    published_at: str | None = Field(
        None,
        description="When the article was published: RFC 3339, or a bare date; what programs and feeds write besides is "
        "read where it has one meaning (RFC 2822, Unix time in seconds or milliseconds, …). Without a time zone the configured one "
        "is taken, with a warning. If missing, relative dates in the text stay unresolved.",
        examples=["2025-11-21T14:20:00+02:00", "2025-11-21"],
    )
    modified_at: str | None = Field(None, description="When it was last changed; form as `published_at`.")
    fetched_at: str | None = Field(None, description="When it was fetched; form as `published_at`.")
    language: str | None = Field(
        None, description="BCP 47 tag; detected from the text if missing.", examples=["en", "en-GB"]
    )
    outlet: str | OutletMessage | None = Field(
        None, description="Who published the article: a name, or an object with name, domain and country."
    )
    authors: str | list[str] | None = Field(None, description="Names of the authors: a list, or one as text.")
    section: str | None = Field(None, description="Section or desk.", examples=["world"])
    topics: str | list[str] | None = Field(None, description="Topics: a list, or one as text.")
    op: Any = Field(
        None,
        description="`delete` withdraws the article, as in the tables; no text is needed. `upsert` is the same as missing, "
        "and any other value is kept in `articles.extra`.",
        examples=["delete"],
    )
    status: Any = Field(
        None,
        description="`canceled` withdraws the article: rows get `op = delete`, and no text is needed. Any other value "
        "is kept in `articles.extra`.",
        examples=["canceled"],
    )


class Reading(NamedTuple):
    """A message as far as its properties are of the contract's types."""

    message: ArticleMessage
    warnings: tuple[str, ...] = ()
    """`<property>_converted` and `<property>_dropped`."""
    kept: Mapping[str, Any] = MappingProxyType({})
    """What conversion did not bring over whole, for `articles.extra`."""
    why_no_text: str = ""
    """Of a text of which nothing could be made: property, value and cure."""


def read_message(fields: dict[str, Any], origin: dict[str, str] | None = None) -> Reading:
    """The article message that the properties make; those of another type are converted, or dropped, with a warning.

    `origin`: the producer's own name of a property, where it has another one.
    """
    try:
        return Reading(ArticleMessage.model_validate(fields))
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors(include_url=False, include_context=False)}
    mended, warnings, kept = dict(fields), [], {}
    for name in (name for name in fields if name in wrong):
        mended[name] = CONVERSIONS[name](fields[name])
        if mended[name] is None:
            warnings.append(f"{name}_dropped")
        else:
            warnings.append(f"{name}_converted")
        if mended[name] is None or (name not in ("text", "html") and not is_whole(fields[name])):
            kept[name] = fields[name]
    why = ""
    for name in ("text", "html"):
        if f"{name}_dropped" in warnings:
            told, value = (origin or {}).get(name, name), fields[name]
            why = why or f"{told} is {shown(value)} ({json_type(value)}); it must be a string, null or missing"
    return Reading(ArticleMessage.model_validate(mended), tuple(warnings), kept, why)


def shown(value: object) -> str:
    """The beginning of a JSON value, for an error message."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."


def json_type(value: object) -> str:
    """What JSON calls the type of a value; for a list or object, also of the first item that is not a string."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        odd = next((item for item in value if not isinstance(item, str)), None)
        return "list" if odd is None else f"list with a {json_type(odd)}"
    if isinstance(value, dict):
        return "object"
    return "string" if isinstance(value, str) else "null"


def article_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an article message, every property described."""
    schema = ArticleMessage.model_json_schema()
    described = {key: value for key, value in schema.items() if key != "title"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Article",
        "$comment": f"UTF-8, one object per message or line, at most {MAX_MESSAGE:,} bytes. A Kafka message with a null "
        "value withdraws the article that its key names.",
        **described,
        "anyOf": [
            {"required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}},
            {"required": ["html"], "properties": {"html": {"type": "string", "minLength": 1}}},
            {"required": ["status"], "properties": {"status": {"const": "canceled"}}},
            {"required": ["op"], "properties": {"op": {"const": "delete"}}},
        ],
    }
