"""JSON that is not one value a line: the items of one array, or values one after the other, over as many lines as they like.

The items keep their bytes: one that is broken is a dead letter, and the others go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copytaster.parse import MAX_MESSAGE
from copytaster.records import RawRecord
from copytaster.sources.lines import HEAD, MAX_RECORD, Overlong, Piece
from copytaster.sources.streams import DamageError

MARK = re.compile(rb'["\\\[\]{},\n\x1e]')
"""What a reader of JSON must look at: strings, brackets, and what separates values (RFC 7464's too)."""


def value_records(chunks: Iterator[bytes], start: int = 0) -> Iterator[RawRecord]:
    """The records from number `start` on: of a file that begins with `[` its items, else its values."""
    for number, piece in enumerate(values(chunks)):
        if number < start:
            continue
        if isinstance(piece, RawRecord):
            yield RawRecord(piece.value, number, failure=piece.failure, failure_detail=piece.failure_detail)
        else:
            yield RawRecord(piece, number)


def values(chunks: Iterator[bytes]) -> Iterator[Piece]:
    """The items, and at the end the damage; memory is bounded by the longest item taken and a chunk."""
    reader = ValueReader()
    try:
        for chunk in chunks:
            yield from reader.read(chunk)
            if reader.is_too_long:
                return
    except DamageError as damage:
        detail = f"{damage}; the records before it were read"
        yield RawRecord(reader.held[:HEAD], 0, failure="truncated_archive", failure_detail=detail)
        return
    rest = reader.held.strip(b" \t\r\n,")
    if reader.overlong is not None:
        yield reader.overlong.record()
    elif reader.is_array:
        detail = "JSON: the array does not end; the records before it were read"
        yield RawRecord(rest[:HEAD], 0, failure="truncated_archive", failure_detail=detail)
    elif rest:
        yield rest


BEFORE = b" \t\r\n\x1e\xef\xbb\xbf"
"""What may stand before the first value."""


class ValueReader:
    """Finds where values end, chunk by chunk."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        """Of the value that has begun."""
        self.size = 0
        self.overlong: Overlong | None = None
        self.depth = 0
        self.is_array: bool | None = None
        """Whether the values are the items of an array that is open; None before the first byte that counts."""
        self.is_in_string = False
        self.is_escaped = False

    @property
    def held(self) -> bytes:
        """What there is of the value that has begun."""
        return self.overlong.head if self.overlong else b"".join(self.parts)

    @property
    def is_too_long(self) -> bool:
        """Whether a value has no end within all reason."""
        return self.overlong is not None and self.overlong.size > MAX_RECORD

    def read(self, chunk: bytes) -> Iterator[Piece]:
        """The values that end in the chunk."""
        begin = 0
        if self.is_array is None:
            begin = len(chunk) - len(chunk.lstrip(BEFORE))
            if begin == len(chunk):
                return
            self.is_array = chunk[begin : begin + 1] == b"["
            begin += self.is_array
        at = begin + self.is_escaped
        self.is_escaped = False
        while match := MARK.search(chunk, at):
            at = match.end()
            mark = match[0]
            if self.is_in_string:
                if mark == b"\\":
                    self.is_escaped = at == len(chunk)
                    at += 1
                elif mark == b'"':
                    self.is_in_string = False
                elif (
                    mark == b"\n"
                ):  # no string goes over a line: what is broken ends with it, and its value if that may be
                    self.is_in_string = False
                    if chunk[begin : match.start()].rstrip(b" \t\r,").endswith(b"}"):
                        self.depth = 0
                        yield from self.take(chunk[begin : match.start()])
                        begin = at
                continue
            if mark == b'"':
                self.is_in_string = True
            elif mark in b"[{":
                self.depth += 1
            elif mark in b"]}":
                if self.depth == 0 and self.is_array and mark == b"]":
                    yield from self.take(chunk[begin : match.start()])
                    self.is_array = False
                    begin = at
                    continue
                self.depth = max(0, self.depth - 1)
                if self.depth == 0 and not self.is_array:
                    yield from self.take(chunk[begin:at])
                    begin = at
            elif self.depth == 0 and (mark == b"," or (mark in b"\n\x1e" and not self.is_array)):
                yield from self.take(chunk[begin : match.start()])
                begin = at
        self.add(chunk[begin:])

    def add(self, part: bytes) -> None:
        """Takes a part of a value that goes on."""
        if self.overlong is not None:
            self.overlong.add(part)
            return
        self.parts.append(part)
        self.size += len(part)
        if self.size > MAX_MESSAGE:
            self.overlong, self.parts = Overlong(self.parts), []

    def take(self, part: bytes) -> Iterator[Piece]:
        """The value that ends with a part, if it is one."""
        self.add(part)
        if self.overlong is not None:
            yield self.overlong.record()
        elif value := b"".join(self.parts).strip(b" \t\r\n,\x1e"):
            yield value
        self.parts, self.size, self.overlong = [], 0, None
