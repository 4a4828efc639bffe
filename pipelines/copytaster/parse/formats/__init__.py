"""Producer formats: each module tells its own by the shape, and turns an item into our names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from copytaster.parse.formats import fundus, news_please, ninjs, schema_org, trafilatura_json
from copytaster.parse.formats.message import Message

Adapter = tuple[Callable[[Any], bool], Callable[[Any], Message]]

ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        "schema.org": (schema_org.recognises, schema_org.adapt),
        "ninjs": (ninjs.recognises, ninjs.adapt),
        "news-please": (news_please.recognises, news_please.adapt),
        "fundus": (fundus.recognises, fundus.adapt),
        "trafilatura": (trafilatura_json.recognises, trafilatura_json.adapt),
    }
)
"""Format -> (is an object of it, its article), in the order in which shapes are tried."""

OWN = "copytaster"
HTML = "html"
FORMATS = ("auto", OWN, *ADAPTERS, HTML)
"""What `format` may be: detected, our own contract, one of the producers', or a web page."""

TELLING = frozenset(
    {
        "@type",
        "@graph",
        "@context",
        "standard",
        "pubstatus",
        "pubStatus",
        "versioncreated",
        "versionCreated",
        "bodies",
        "body_text",
        "body_xhtml",
        "body_html",
        "maintext",
        "domain",
        "body",
        "plaintext",
        "source-hostname",
        "fingerprint",
        "raw_text",
    }
)
"""Property names of which one is in every object of a foreign format, so that ours is told at once."""


def recognise(item: Any) -> str:
    """The format that an object's shape tells; our own where it is none of the others."""
    if isinstance(item, dict) and TELLING.isdisjoint(item):
        return OWN
    return next((name for name, (recognises, _) in ADAPTERS.items() if fits(recognises, item)), OWN)


def fits(recognises: Callable[[Any], bool], item: Any) -> bool:
    """Whether a format takes the value; only JSON-LD may be a list."""
    return (isinstance(item, dict) or recognises is schema_org.recognises) and recognises(item)


PROPERTIES = frozenset(
    [
        "id",
        "url",
        "title",
        "text",
        "html",
        "published_at",
        "modified_at",
        "fetched_at",
        "language",
        "outlet",
        "authors",
        "section",
        "topics",
        "op",
        "status",
        "uri",
        "guid",
        "headline",
        "headlines",
        "bodies",
        "by",
        "byline",
        "bylines",
        "firstcreated",
        "firstCreated",
        "contentcreated",
        "contentCreated",
        "versioncreated",
        "versionCreated",
        "service",
        "subject",
        "subjects",
        "source",
        "infosource",
        "infosources",
        "copyrightholder",
        "copyrightHolder",
        "pubstatus",
        "pubStatus",
        "standard",
        "embargoed",
        "embargo",
        "type",
        "maintext",
        "title_page",
        "title_rss",
        "date_publish",
        "date",
        "date_modify",
        "date_download",
        "source_domain",
        "domain",
        "body",
        "plaintext",
        "publishing_date",
        "free_access",
        "lang",
        "publisher",
        "raw_text",
        "hostname",
        "source-hostname",
        "sitename",
        "fingerprint",
        "filedate",
        "author",
        "tags",
        "categories",
        "@id",
        "@type",
        "@graph",
        "@context",
        "mainEntity",
        "mainEntityOfPage",
        "identifier",
        "name",
        "articleBody",
        "liveBlogUpdate",
        "datePublished",
        "dateCreated",
        "dateModified",
        "inLanguage",
        "creator",
        "articleSection",
        "keywords",
        "sourceOrganization",
        "provider",
        "isAccessibleForFree",
        "description",
    ]
)
"""What the properties are called that some format reads, and the description, which nearly all have."""

PREFIXES = ("body_", "headline_", "byline_")
"""How the names begin that ninjs 1.x makes with roles."""


def is_property(name: str) -> bool:
    """Whether some format reads a property of this name."""
    return name in PROPERTIES or name.startswith(PREFIXES)
