"""What may be shown and kept of a URL: no user, no password, and nothing of its query, where signatures and tokens stand."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

URL = re.compile(
    r"\b(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30})://(?P<user>[^\s/?#'\"<>@]*@)?(?P<place>[^\s?#'\"<>]*)(?P<query>[?#][^\s'\"<>)]*)?"
)
"""A URL in a text. What stands before an @ in its first part is user and password."""

SIGNATURE = re.compile(
    r"^(x-(amz|goog|oss|cos|ms)-|aws|google|oss|q-)|signature|token|secret|passw|credential"
    r"|^(sig|sign|signed|expires|policy|auth|authorization|user|pwd|api[-_]?key|access[-_]?key([-_]?id)?|key-pair-id)$",
    re.IGNORECASE,
)
"""Names of the parts of a query that let somebody in, for a while, and say nothing of what lies there: those of S3, Google
Cloud Storage, CloudFront, OSS and COS, and what servers like to call such things.
"""

SHARED_ACCESS = frozenset(
    [
        "sv",
        "ss",
        "srt",
        "sr",
        "st",
        "se",
        "sp",
        "sip",
        "spr",
        "skoid",
        "sktid",
        "skt",
        "ske",
        "sks",
        "skv",
        "sdd",
        "saoid",
        "suoid",
        "scid",
    ]
)
"""The rest of an Azure shared access signature, whose `sig` is the signature."""


def redacted(text: str) -> str:
    """The text with no user info and no query in any of its URLs."""
    return URL.sub(lambda found: f"{found['scheme']}://{found['place']}{'?…' if found['query'] else ''}", text)


def unsigned(url: str) -> str:
    """The URL without what only lets somebody in: user info, and parts of the query that sign it; the others in order.

    Two spellings of one place, signed anew, are the same. It still holds what a server may take for the name of a file, and
    perhaps a secret that it calls otherwise: only a hash of it may be kept.
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    dropped = SHARED_ACCESS if "sig" in dict(query) else frozenset()
    kept = [(name, value) for name, value in query if name not in dropped and not SIGNATURE.search(name)]
    return parts._replace(
        scheme=parts.scheme.lower(),
        netloc=parts.netloc.rpartition("@")[2].lower(),
        query=urlencode(sorted(kept)),
        fragment="",
    ).geturl()
