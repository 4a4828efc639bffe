"""Bytes to a JSON object, whatever the bytes are: every fault is a `RefusalError` with a reason code and a cure."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from copytaster.records import Failure, Stage

MAX_MESSAGE = 10_000_000
"""Bytes of one message (10 MB)."""

MAX_TEXT = 1_000_000
"""Code points of one text."""

MAX_DEPTH = 100
"""Objects and lists inside of each other; no producer's format comes near it."""

CUT_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
"""A JSON string, or what follows an opening mark that is never closed; possessive, so linear on any input."""

LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class RefusalError(Exception):
    """Why a record cannot be taken in: a short code to count by, and a sentence that says the cure."""

    def __init__(self, reason: str, message: str, cause: BaseException | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.cause = cause

    def failure(self, stage: Stage = "parse") -> Failure:
        """The refusal as a value."""
        cause = self.cause
        name = f"{type(cause).__module__}.{type(cause).__qualname__}".removeprefix("builtins.") if cause else None
        return Failure(stage, self.reason, str(self)[:1000], name)


def read_object(value: bytes) -> tuple[Any, tuple[str, ...]]:
    r"""The JSON value that the bytes spell, and warnings. Raises RefusalError: too_large, not_utf8, too_deep, not_json.

    More lenient than RFC 8259 where a reader loses nothing: a byte order mark, raw control characters in strings, and
    `NaN` (null, as pandas writes missing values). A lone surrogate (`"\ud800"`), which no file can hold, becomes U+FFFD.
    """
    if len(value) > MAX_MESSAGE:
        raise RefusalError(
            "too_large", f"message has {len(value)} bytes, at most {MAX_MESSAGE} are taken; send the text only"
        )
    try:
        text = value.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusalError(
            "not_utf8",
            f"byte {error.start} (0x{value[error.start]:02x}) is not UTF-8: {error.reason}; encode messages as UTF-8",
            error,
        ) from None
    if is_too_deep(value):
        raise RefusalError("too_deep", f"JSON is nested more than {MAX_DEPTH} deep; flatten the message")
    try:
        found = DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise RefusalError("not_json", f"not JSON: {error}; send one JSON object per message", error) from None
    return mended(found, value)


def mended(found: Any, value: bytes) -> tuple[Any, tuple[str, ...]]:
    """The JSON value without lone surrogates and infinite numbers, and the warning when there were surrogates.

    Only an escape can bring a surrogate, and only a large exponent an infinity, so that few messages are looked through.
    """
    has_surrogate = re.search(rb"\\u[dD][89a-fA-F]", value) is not None and holds_surrogate(found)
    if has_surrogate or re.search(rb"[0-9][eE]\+?[0-9]{3}", value):
        found = mend(found)
    return found, ("lone_surrogate",) if has_surrogate else ()


def holds_surrogate(found: Any) -> bool:
    """Whether some string of a JSON value cannot be encoded."""
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def mend(found: Any) -> Any:
    """A JSON value with U+FFFD for each lone surrogate and null for each infinite number."""
    if isinstance(found, str):
        return LONE_SURROGATE.sub("\ufffd", found)
    if isinstance(found, float):
        return found if math.isfinite(found) else None
    if isinstance(found, list):
        return [mend(item) for item in found]
    if isinstance(found, dict):
        return {mend(name): mend(item) for name, item in found.items()}
    return found


def is_too_deep(value: bytes) -> bool:
    """Whether the objects and lists of a JSON text stand more than MAX_DEPTH deep inside of each other.

    Told before it is decoded: how deep the decoder gets depends on who calls it.
    """
    if value.count(b"[") + value.count(b"{") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in re.finditer(rb"[\[{\]}]", CUT_STRING.sub(b"", value)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def null(_: str) -> None:
    """What `NaN` and `Infinity` mean: nothing."""


DECODER = json.JSONDecoder(strict=False, parse_constant=null)
