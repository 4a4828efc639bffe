"""The contract of the input: the properties of an article as JSON, published as schemas/article.schema.json."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copytaster.parse.documents import MAX_MESSAGE, MAX_TEXT, RefusalError

SCHEMA_ID = "urn:copytaster:schema:article"


class OutletMessage(BaseModel):
    """Who published the article."""

    model_config = ConfigDict(strict=True, extra="allow")

    name: str | None = Field(None, description="Name of the outlet.", examples=["The Harbour Post"])
    domain: str | None = Field(None, description="Its web domain; if missing, the host of `url`.")
    country: str | None = Field(None, description="Its country, ISO 3166-1 alpha-2.", examples=["KE"])


class ArticleMessage(BaseModel):
    """One news article. Properties that are not named here are kept in `articles.extra`; null is the same as missing."""

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
        description=f"Body, plain text; paragraphs are lines. At most {MAX_TEXT:,} characters. Kept to the code point.",
    )
    html: str | None = Field(
        None, description="Body as HTML, a page or a fragment; read only where there is no `text`."
    )
    published_at: str | None = Field(
        None,
        description="When the article was published: RFC 3339, or a bare date. Without a time zone the configured one "
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
    status: Any = Field(
        None,
        description="`canceled` withdraws the article: rows get `op = delete`, and no text is needed. Any other value "
        "is kept in `articles.extra`.",
        examples=["canceled"],
    )


CURES = {
    "id": 'a string, e.g. "2025-11-21-0042"',
    "published_at": 'a string in RFC 3339, e.g. "2025-11-21T14:20:00Z", or a bare date',
    "modified_at": 'a string in RFC 3339, e.g. "2025-11-21T14:20:00Z", or a bare date',
    "fetched_at": 'a string in RFC 3339, e.g. "2025-11-21T14:20:00Z", or a bare date',
    "language": 'a BCP 47 tag as a string, e.g. "en"',
    "outlet": 'a string, or an object, e.g. {"name": "The Harbour Post", "domain": "post.example", "country": "KE"}',
    "authors": 'a list of strings, e.g. ["Ann Moran"]',
    "topics": 'a list of strings, e.g. ["economy"]',
}
"""What each property wants, for error messages; a plain string where nothing stands here."""


def read_message(fields: dict[str, Any], origin: dict[str, str] | None = None) -> ArticleMessage:
    """The article message that the properties make. Raises RefusalError `wrong_type`, naming property, value and cure.

    `origin`: the producer's own name of a property, where it has another one.
    """
    try:
        return ArticleMessage.model_validate(fields)
    except ValidationError as error:
        name = str(error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"][0])
        told = (origin or {}).get(name, name)
        raise RefusalError(
            "wrong_type",
            f"{told} is {shown(fields.get(name))} ({json_type(fields.get(name))}); it must be {CURES.get(name, 'a string')}"
            ", null or missing",
        ) from None


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
        ],
    }
