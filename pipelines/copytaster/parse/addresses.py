"""Web addresses: the one form that all links to an article share, and the domain."""

from __future__ import annotations

import functools
from urllib.parse import SplitResult, urlsplit

from copytaster import knowledge

DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised_url(url: str) -> str:
    """The address without what differs between links to the same page.

    Scheme and host in lower case, no default port, no fragment, no parameters that only track the reader
    (knowledge/tracking_parameters.tsv); the order of the others is kept. An address that cannot be split stays as it is.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        if not parts.netloc:
            return url
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    host = f"[{host}]" if ":" in host else host
    scheme = parts.scheme.lower()
    place = host if port is None or port == DEFAULT_PORTS.get(scheme) else f"{host}:{port}"
    query = "&".join(part for part in parts.query.split("&") if part and not is_tracking(part.partition("=")[0]))
    return SplitResult(scheme, place, parts.path or "/", query, "").geturl()


def is_tracking(parameter: str) -> bool:
    """Whether a parameter of a query only tracks where the reader came from."""
    exact, prefixes = tracking_parameters()
    name = parameter.lower()
    return name in exact or name.startswith(prefixes)


@functools.cache
def tracking_parameters() -> tuple[frozenset[str], tuple[str, ...]]:
    """Names of tracking parameters, and beginnings of such names."""
    names = [row["parameter"].lower() for row in knowledge.table("tracking_parameters.tsv")]
    exact = frozenset(name for name in names if not name.endswith("*"))
    return exact, tuple(name[:-1] for name in names if name.endswith("*"))


def domain(url: str) -> str | None:
    """The host of a web address without `www.`; None where there is none."""
    url = url.strip()
    if url.lower().startswith(("//", "www.")):  # as it stands in a page, or as it is said
        url = f"https://{url.removeprefix('//')}"
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme.lower() in DEFAULT_PORTS else None
    except ValueError:
        return None
    return host.rstrip(".").removeprefix("www.") or None if host else None
