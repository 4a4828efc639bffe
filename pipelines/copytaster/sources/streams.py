"""Bytes of an archive, decompressed in bounded pieces, up to the place where the file is damaged."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

PIECE = 1 << 20
"""Bytes given at once, at most (zstd: see ZSTD_SLICE)."""

COMPRESSED_PIECE = 1 << 16
"""Compressed bytes read at once: small, as what follows a member or frame is copied for the next one."""

ZSTD_SLICE = 1 << 10
"""Compressed bytes given to zstd at once: as every block of 128 KiB takes at least 4, they give 32 MiB at most."""

ZSTD_WINDOW = 1 << 27
"""Largest window (128 MiB, zstd's own default limit): the memory that decompression takes."""

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
FOREIGN = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"PK\x03\x04": "zip",
    b"\x04\x22\x4d\x18": "lz4",
    b"Obj\x01": "Avro",
    b"ORC": "ORC",
}
"""First bytes of files that we do not read."""


class DamageError(Exception):
    """The file cannot be read beyond this place: it was cut off, or its bytes were changed."""


class ArchiveError(Exception):
    """An archive cannot be read as asked; the message names it and the cure."""


class UnsupportedArchiveError(ArchiveError):
    """The file is of a kind that is not read; the message names the cure."""


def decompressed(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The bytes of a file, decompressed by what its first bytes say, whatever its name.

    Raises DamageError after the last byte before the damage, UnsupportedArchiveError for what is neither plain nor
    gzip nor zstd. An OSError of the file is none of these: reading may succeed another time.
    """
    head = file.read(8)
    file.seek(0)
    if head.startswith(GZIP):
        yield from gunzip(file)
    elif is_zstd(head):
        yield from unzstd(file)
    elif kind := next((kind for mark, kind in FOREIGN.items() if head.startswith(mark)), None):
        raise UnsupportedArchiveError(
            f"{name} is a file of {kind}; give JSON Lines (plain, gzip, zstd), Parquet or WARC"
        )
    else:
        while piece := file.read(PIECE):
            yield piece


def is_zstd(head: bytes) -> bool:
    """Whether a file begins with a zstd frame, be it a skippable one."""
    return head.startswith(ZSTD) or (len(head) >= 4 and head[0] & 0xF0 == 0x50 and head[1:4] == b"\x2a\x4d\x18")


def gunzip(file: BinaryIO) -> Iterator[bytes]:
    """The content of a gzip file of one or more members; zero bytes after the last one are padding."""
    data = file.read(COMPRESSED_PIECE)
    while data:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            before = member.copy()
            try:
                out = member.decompress(data, PIECE)
            except zlib.error as error:
                yield from bytewise(before, data)
                raise DamageError(f"gzip: {error}") from None
            if out:
                yield out
            data = member.unconsumed_tail
            if not data and not member.eof and len(out) < PIECE and not (data := file.read(COMPRESSED_PIECE)):
                raise DamageError("gzip: the file ends inside a member")
        data = member.unused_data.lstrip(b"\0")
        while not data and (data := file.read(COMPRESSED_PIECE)):
            data = data.lstrip(b"\0")


def bytewise(member: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What can be had of the data before the byte that zlib stumbles over."""
    for step in (4096, 1):
        while data:
            before = member.copy()
            try:
                out = member.decompress(data[:step], PIECE)
            except zlib.error:
                member = before
                break
            if out:
                yield out
            data = member.unconsumed_tail + data[step:]


def unzstd(file: BinaryIO) -> Iterator[bytes]:
    """The content of a zstd file of one or more frames."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    data = b""
    while data or (data := file.read(COMPRESSED_PIECE)):
        frame = decompressor.decompressobj()
        while not frame.eof:
            if not data and not (data := file.read(COMPRESSED_PIECE)):
                raise DamageError("zstd: the file ends inside a frame")
            try:
                out = frame.decompress(data[:ZSTD_SLICE])
            except zstandard.ZstdError as error:
                raise DamageError(f"zstd: {error}") from None
            if out:
                yield out
            data = data[ZSTD_SLICE:] if not frame.eof else frame.unused_data + data[ZSTD_SLICE:]
