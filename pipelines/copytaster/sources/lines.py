"""JSON Lines: one record a line, whatever the length of the lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from copytaster.parse import MAX_MESSAGE
from copytaster.records import RawRecord
from copytaster.sources.streams import DamageError

HEAD = 1 << 16
"""Bytes that are kept of a record that is too large, and of the rest before a damage."""

MAX_RECORD = 1_000_000_000
"""Bytes of one record beyond which the archive is not read on: it is a decompression bomb, or no archive."""

Piece = bytes | RawRecord
"""A line as it stands, or why it could not be given; the record's number is filled in later."""


def line_records(chunks: Iterator[bytes], start: int = 0) -> Iterator[RawRecord]:
    """The records of JSON Lines from number `start` on. Blank lines are skipped without a number."""
    for number, line in enumerate(lines(chunks)):
        if number < start:
            continue
        if isinstance(line, RawRecord):
            yield RawRecord(line.value, number, failure=line.failure, failure_detail=line.failure_detail)
        else:
            yield RawRecord(line, number)


def lines(chunks: Iterator[bytes]) -> Iterator[Piece]:
    """The lines that are not blank, without their ends; memory is bounded by the longest line taken and a chunk."""
    held: list[bytes] = []
    size = since = 0  # bytes held, bytes since the last line given
    overlong: Overlong | None = None
    try:
        for chunk in chunks:
            since += len(chunk)
            head, mark, rest = chunk.rpartition(b"\n")
            if not mark:
                if overlong is None:
                    held.append(chunk)
                    size += len(chunk)
                    if size > MAX_MESSAGE + 1:  # a carriage return may still go
                        overlong, held, size = Overlong(held), [], 0
                else:
                    overlong.add(chunk)
            else:
                if overlong is not None:
                    ending, _, head = head.partition(b"\n")
                    overlong.add(ending)
                    yield overlong.record()
                    overlong = None
                    since = 0
                else:
                    head = b"".join(held) + head
                for line in head.split(b"\n") if not head.isspace() else ():
                    if line and not line.isspace():
                        since = 0
                        yield whole(line)
                held, size = [rest], len(rest)
            if since > MAX_RECORD:
                yield (overlong or Overlong([b""])).record(ends=since)
                return
    except DamageError as damage:
        kept = overlong.head if overlong else b"".join(held)[:HEAD]
        yield RawRecord(
            kept, 0, failure="truncated_archive", failure_detail=f"{damage}; the records before it were read"
        )
        return
    if overlong is not None:
        yield overlong.record()
    elif (last := b"".join(held)) and not last.isspace():
        yield whole(last)


def whole(line: bytes) -> Piece:
    """A line without its carriage return, unless it is too long."""
    line = line.removesuffix(b"\r")
    return line if len(line) <= MAX_MESSAGE else Overlong([line]).record()


class Overlong:
    """A record that is too large: its beginning, its size, and the digest of the whole, without keeping the whole."""

    def __init__(self, parts: list[bytes]) -> None:
        self.head = b""
        self.size = 0
        self.sha256 = hashlib.sha256()
        for part in parts:
            self.add(part)

    def add(self, part: bytes) -> None:
        """Takes the next bytes of the record."""
        if len(self.head) < HEAD:
            self.head += part[: HEAD - len(self.head)]
        self.size += len(part)
        self.sha256.update(part)

    def record(self, offset: int = 0, ends: int = 0) -> RawRecord:
        """The record that stands for it. `ends`: bytes after which the archive is not read on."""
        detail = f"record has {self.size} bytes (sha256 {self.sha256.hexdigest()}), at most {MAX_MESSAGE} are taken"
        if ends:
            detail = (
                f"{ends} bytes without the end of a record, sha256 {self.sha256.hexdigest()}; the archive ends here"
            )
        return RawRecord(self.head, offset, failure="too_large", failure_detail=detail)
