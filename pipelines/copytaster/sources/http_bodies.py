"""The body of an HTTP message as crawlers stored it: packed as its headers say, or already unpacked, or cut off.

Crawlers that store what they decoded often keep the headers of what they received; what a body is, it shows itself.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import zstandard

from copytaster.sources.streams import GZIP, ZSTD, ZSTD_WINDOW

CHUNK_SIZE = re.compile(rb"[ \t]{0,20}([0-9a-fA-F]{1,8})[ \t]{0,20}(?:;[^\r\n]{0,1000})?\r?\n")
MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?(?<![ \t\r\n\f])[ \t\r\n\f]*+<(?:!--|\?xml|!doctype html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|meta|link|article|main|section)"
    rb"[ \t\r\n\f>/]?",
    re.IGNORECASE,
)
"""How a web page begins, by the WHATWG's MIME sniffing and what pages without `<html>` begin with."""

CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})


class BodyError(Exception):
    """A body cannot be unpacked; the message says why."""


def is_markup(body: bytes) -> bool:
    """Whether a body begins as a web page does."""
    return MARKUP.match(body, 0) is not None or body.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<"))


def unpacked(body: bytes, transfer: str, content: str, limit: int) -> tuple[bytes, bool]:
    """The body without its chunks and packing, at most `limit` bytes of it, and whether it ends before its end.

    `transfer`, `content`: the headers Transfer-Encoding and Content-Encoding, or "". Raises BodyError.
    """
    is_cut = False
    chunked = dechunked(body, is_declared="chunked" in transfer.lower())
    if chunked is not None:
        body, is_cut = chunked
    codings = [name for name in re.split(r"[\s,]+", content.lower()) if name in CODINGS]
    for coding in reversed(codings):
        body, ends_early = decoded(coding, body, limit)
        is_cut = is_cut or ends_early
    if body.startswith(GZIP):  # packed once more, or without saying so
        body, ends_early = decoded("gzip", body, limit)
        is_cut = is_cut or ends_early
    return body, is_cut


def dechunked(body: bytes, *, is_declared: bool) -> tuple[bytes, bool] | None:
    """The chunks of a body in one piece, and whether it ends before their end; None where it is not in chunks."""
    parts: list[bytes] = []
    at = 0
    while match := CHUNK_SIZE.match(body, at):
        size = int(match[1], 16)
        if not size:
            return b"".join(parts), False
        part = body[match.end() : match.end() + size]
        parts.append(part)
        at = match.end() + size
        if len(part) < size or at >= len(body):
            return (b"".join(parts), True) if is_declared else None
        at += 2 if body.startswith(b"\r\n", at) else 1 if body.startswith(b"\n", at) else 0
    if is_declared and parts:
        return b"".join(parts) + body[at:], True
    return None


def decoded(coding: str, body: bytes, limit: int) -> tuple[bytes, bool]:
    """The body without one content coding, and whether it ends early; as it is where it was not coded.

    Raises BodyError for what is neither.
    """
    if not body:
        return body, False
    if body.startswith(GZIP):
        return inflated(body, 31, limit)
    if body.startswith(ZSTD):
        return unzstd(body, limit)
    if coding in ("gzip", "x-gzip", "zstd"):
        return plain(body, coding)
    if is_markup(body):
        return body, False
    if coding == "br":
        return attempt([lambda: unbrotli(body, limit)], body, coding)
    zlib_first = sorted((15, -15), reverse=body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0)
    return attempt([lambda bits=bits: inflated(body, bits, limit) for bits in zlib_first], body, coding)  # type: ignore[misc]


def attempt(ways: list[Callable[[], tuple[bytes, bool]]], body: bytes, coding: str) -> tuple[bytes, bool]:
    """What the first of the ways gives that gives something; the body itself where it is plain."""
    for way in ways:
        try:
            return way()
        except BodyError:
            continue
    return plain(body, coding)


def plain(body: bytes, coding: str) -> tuple[bytes, bool]:
    """The body as it is, if it is text. Raises BodyError."""
    if is_markup(body) or (b"<" in body[:1000] and b"\0" not in body[:1000]):
        return body, False
    raise BodyError(f"{coding} is declared, but the body is neither that nor plain; it begins with {body[:12]!r}")


def inflated(body: bytes, bits: int, limit: int) -> tuple[bytes, bool]:
    """The content of gzip members (`bits` 31), zlib (15) or raw deflate (-15), and whether it ends early."""
    parts: list[bytes] = []
    size = 0
    while body and size < limit:
        member = zlib.decompressobj(bits)
        try:
            out = member.decompress(body, limit - size)
        except zlib.error as error:
            out = salvaged(body, bits, limit - size)
            if not parts and not out:
                raise BodyError(str(error)) from None
            return b"".join([*parts, out]), True
        parts.append(out)
        size += len(out)
        if not member.eof:
            return b"".join(parts), size < limit
        body = member.unused_data.lstrip(b"\0\r\n") if bits == 31 else b""
        if not body.startswith(GZIP):
            break
    return b"".join(parts), False


def salvaged(body: bytes, bits: int, limit: int) -> bytes:
    """What can be had before the byte that zlib stumbles over."""
    member = zlib.decompressobj(bits)
    out = bytearray()
    try:
        for at in range(0, len(body), 256):
            if len(out) >= limit:
                break
            out += member.decompress(body[at : at + 256], limit - len(out))
    except zlib.error:
        pass
    return bytes(out)


def unbrotli(body: bytes, limit: int) -> tuple[bytes, bool]:
    """The content of a Brotli stream, and whether it ends early."""
    stream = brotli.Decompressor()
    try:
        out = stream.process(body, output_buffer_limit=limit)
    except brotli.error as error:
        raise BodyError(f"brotli: {error}") from None
    return out, not stream.is_finished() and len(out) < limit


def unzstd(body: bytes, limit: int) -> tuple[bytes, bool]:
    """The content of zstd frames, and whether it ends early."""
    parts: list[bytes] = []
    size = 0
    try:
        with zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).stream_reader(
            body, read_across_frames=True
        ) as stream:
            while size < limit and (part := stream.read(min(limit - size, 1 << 20))):
                parts.append(part)
                size += len(part)
    except zstandard.ZstdError as error:
        if not parts:
            raise BodyError(f"zstd: {error}") from None
        return b"".join(parts), True
    return b"".join(parts), False
