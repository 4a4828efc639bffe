"""Standard input as an archive: kept in the lake until it is taken in, under a name that its content has.

Exactly once is said of records of archives, which can be read again; what comes through a pipe can be read once. So it is
written down first. The same content given again is the same archive, and goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from copytaster.lake.storage import Storage

FOLDER = "_input"
"""Where in the lake standard input is kept."""

PIECE = 1 << 20


def keep(stream: BinaryIO, lake: Storage) -> str:
    """Writes a stream into the lake, and gives the URL of the file that it is there."""
    if lake.is_local:
        folder = Path(lake.path(FOLDER))
        folder.mkdir(parents=True, exist_ok=True)
    state = hashlib.blake2b(digest_size=6)
    handle, scratch = tempfile.mkstemp(prefix=".stdin-", dir=folder if lake.is_local else None)
    try:
        with os.fdopen(handle, "wb") as file:
            while piece := stream.read(PIECE):
                state.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        path = lake.path(f"{FOLDER}/stdin-{state.hexdigest()}")
        if lake.is_local:
            Path(scratch).replace(path)
            return path
        with Path(scratch).open("rb") as whole, lake.file_system.open(path, "wb") as target:
            shutil.copyfileobj(whole, target, PIECE)
        return str(lake.file_system.unstrip_protocol(path))
    finally:
        Path(scratch).unlink(missing_ok=True)


def is_kept(url: str, lake: Storage) -> bool:
    """Whether a file is standard input that lies in the lake."""
    return f"{lake.path(FOLDER)}/stdin-".lstrip("/") in url


def drop(url: str, lake: Storage) -> None:
    """Removes standard input that has been taken in."""
    lake.delete(f"{FOLDER}/{url.rpartition('/')[2]}")
