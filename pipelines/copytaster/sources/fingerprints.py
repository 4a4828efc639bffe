"""Hashes that say which file is which: of the whole content, of its beginning, or of what a store tells cheaply."""

from __future__ import annotations

import functools
import hashlib
from typing import Any

from fsspec.implementations.local import LocalFileSystem

EDGE = 1 << 16
"""Bytes at the beginning and at the end of a remote file that its fingerprint is made of."""

PIECE = 1 << 20
"""Bytes read at once."""


def content_hash(files: Any, path: str, size: int) -> str:
    """A hash of a file's first `size` bytes and their number: of its whole content, where that is its size."""
    state = hashlib.blake2b(f"{size}\0".encode(), digest_size=16)
    with files.open(path, "rb") as file:
        while size > 0 and (piece := file.read(min(PIECE, size))):
            state.update(piece)
            size -= len(piece)
    return state.hexdigest()


@functools.lru_cache(maxsize=4096)
def local_fingerprint(path: str, size: int, modified: int) -> str:  # noqa: ARG001  (a part of the cache's key)
    """`content_hash` of a local file. Remembered for as long as neither size nor time of change differ."""
    return content_hash(LocalFileSystem(), path, size)


def remote_fingerprint(files: Any, path: str, facts: dict[str, Any]) -> str:
    """A hash of a remote file's size, of its first and last 64 KiB, and of the store's own tag of its content, if any."""
    tag = next((str(facts[key]) for key in ("ETag", "etag", "md5Hash", "checksum") if facts.get(key)), "")
    state = hashlib.blake2b(f"{facts['size']}\0{tag}\0".encode(), digest_size=16)
    with files.open(path, "rb") as file:
        state.update(file.read(EDGE))
        file.seek(max(0, facts["size"] - EDGE))
        state.update(file.read(EDGE))
    return state.hexdigest()


def head_keys(files: Any, path: str, size: int) -> list[str]:
    """Hashes of the first 1, 2, 4, … bytes, up to 64 KiB and to the file's end; the last is the longest. None of an empty one.

    A file that begins with the whole of a shorter one has the shorter one's last key among its own.
    """
    with files.open(path, "rb") as file:
        head = file.read(min(EDGE, size))
    lengths = [1 << power for power in range(len(head).bit_length())]
    return [f"{length}-{hashlib.blake2b(head[:length], digest_size=16).hexdigest()}" for length in lengths]
