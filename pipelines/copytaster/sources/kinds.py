"""What a file holds, told by its first bytes, and by its name where these leave it open.

What is not plain is refused before anything is planned, with the cure: a file once planned is planned for ever.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Literal

from copytaster.sources.http_bodies import is_markup
from copytaster.sources.streams import DamageError, UnsupportedArchiveError

Kind = Literal["warc", "lines", "values", "feed", "page", "text"]

HEAD_BYTES = 1 << 20
"""Bytes (unpacked) that a file is told by."""

PACKED = (".gz", ".gzip", ".zst", ".zstd")
JSON_ENDINGS = (".json", ".jsonl", ".ndjson", ".jl", ".jsonlines", ".ldjson", ".jsonld")
PAGE_ENDINGS = (".html", ".htm", ".xhtml")
TEXT_ENDINGS = (".txt", ".text")
TABLE_ENDINGS = (".csv", ".tsv")

FEEDS = frozenset({b"rss", b"feed", b"rdf"})
"""Names of the first elements of feeds, in small letters, without their prefix."""

FOREIGN = {
    b"%PDF": "PDF: give its text as .txt or JSON Lines",
    b"filedesc://": "ARC, the form before WARC: convert it, e.g. with warcio recompress",
    b"{\\rtf": "RTF: give its text as .txt or JSON Lines",
    b"SQLite format 3": "SQLite: export its rows as JSON Lines",
    b"\x89PNG": "a picture",
}


def kind_of(head: bytes, url: str) -> Kind:
    """What a file is that begins with these bytes (unpacked; at most HEAD_BYTES) and has this name.

    Raises UnsupportedArchiveError where that is nothing that is read, or cannot be told.
    """
    name = file_name(url)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if head.startswith(b"WARC/"):
        return "warc"
    if head.lstrip().startswith(b"\x1e"):
        return "values"
    if name.endswith(JSON_ENDINGS) or start[:1] in (b"[", b"{") or not start:
        foreign = next((kind for mark, kind in FOREIGN.items() if start.startswith(mark)), None)
        if foreign is None:
            return json_kind(start)
    if name.endswith(PAGE_ENDINGS):
        return "page"
    if name.endswith(TEXT_ENDINGS):
        return "text"
    for mark, told in FOREIGN.items():
        if start.startswith(mark):
            raise UnsupportedArchiveError(f"{url} is a file of {told}")
    if name.endswith(TABLE_ENDINGS) or is_table(start):
        raise UnsupportedArchiveError(
            f"{url} is a table of text (CSV), whose columns and quoting are not plain; give Parquet or JSON Lines, e.g. by "
            f"duckdb -c \"COPY (FROM 'articles.csv') TO 'articles.jsonl'\""
        )
    root = root_of(start)
    if root in FEEDS:
        return "feed"
    if root == b"html" or (is_markup(start) and not start.startswith(b"<?xml")):
        return "page"
    if root:
        raise UnsupportedArchiveError(
            f"{url} is XML that is no RSS, Atom or XHTML; give its articles as JSON Lines or Parquet"
        )
    if any(is_object(line) for line in start.split(b"\n", 20)[:20]):
        return "lines"
    raise UnsupportedArchiveError(
        f"{url}: what it holds cannot be told from its name and its beginning, {start[:20]!r}; give JSON Lines, JSON, Parquet, "
        f"WARC, RSS or Atom, .html or .txt (plain, gzip, zstd)"
    )


def root_of(start: bytes) -> bytes:
    """The name of the first element of XML or HTML, in small letters, without its prefix; empty where there is none."""
    for _ in range(20):  # declarations and comments before it
        start = start.lstrip()
        end = b"-->" if start.startswith(b"<!--") else b">" if start[:2] in (b"<?", b"<!") else None
        if end is None:
            break
        if b"[" in start[: max(0, start.find(b">"))]:
            end = b"]>"
        start = start.partition(end)[2]
    element = re.match(rb"<(?:[\w.-]{1,40}:)?([\w.-]{1,40})[\s/>]", start)
    return element[1].lower() if element else b""


def file_name(url: str) -> str:
    """The name of a file in small letters, without folders, query and the endings of packing."""
    name = re.split(r"[/\\]", re.split(r"[?#]", url)[0].rstrip("/\\"))[-1].lower()
    for ending in PACKED:
        name = name.removesuffix(ending)
    return name


def json_kind(start: bytes) -> Kind:
    """Whether JSON is one value a line, or one array, or values that go over several lines."""
    first, _, rest = start.partition(b"\n")
    if start.startswith(b"["):
        following = rest.lstrip().startswith(b"[")
        return "lines" if following and is_value(first) else "values"
    if not start.startswith(b"{") or is_value(first):
        return "lines"
    try:
        _, end = json.JSONDecoder().raw_decode(start.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        # the first value is longer than the beginning, if it is one: pretty-printed, its first line is a bracket alone
        return "values" if first.strip() == b"{" and len(start) > HEAD_BYTES // 2 else "lines"
    return "values" if end else "lines"


def is_value(line: bytes) -> bool:
    """Whether a line is a JSON value as it stands."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def is_object(line: bytes) -> bool:
    """Whether a line is a JSON object as it stands."""
    return line.lstrip().startswith(b"{") and is_value(line)


def is_table(start: bytes) -> bool:
    """Whether the first lines have the same separators, as a table's do."""
    lines = [line for line in start[:20_000].split(b"\n") if line.strip()][:3]
    if len(lines) < 2 or not re.fullmatch(rb"\A[\w \"'.-]+([,;\t|])[\w \"'.,;\t|-]*\r?", lines[0]):
        return False
    return any(
        line.count(mark) >= lines[0].count(mark) > 0 for mark in (b",", b";", b"\t", b"|") for line in lines[1:2]
    )


def beginning(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes of a file, by which its kind is told, and all of them; text in UTF-16 becomes UTF-8."""
    first: list[bytes] = []
    damage: DamageError | None = None
    try:
        while sum(map(len, first)) < HEAD_BYTES and (piece := next(chunks, b"")):
            first.append(piece)
    except DamageError as error:
        damage = error
    head = b"".join(first)
    whole = chain([head] if head else [], raising(damage) if damage else chunks)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return beginning(recoded(whole))
    return head[:HEAD_BYTES], whole


def recoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-16 with a byte order mark as UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")


def with_line_feeds(chunks: Iterator[bytes], head: bytes) -> Iterator[bytes]:
    """Lines that end with a carriage return alone, as old Macintoshes wrote them, with line feeds."""
    if b"\n" in head or b"}\r" not in head:
        return chunks
    return (chunk.replace(b"\r", b"\n") for chunk in chunks)


def raising(error: Exception) -> Iterator[bytes]:
    """No bytes, and the error."""
    raise error
    yield b""
