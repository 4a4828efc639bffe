"""Files on a local disk that have no name of their own yet: written and synced elsewhere, then linked or renamed.

Whoever writes one holds a lock on it until it has its name. One that nobody holds was left by a process that was killed.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def scratch_file(folder: Path, data: bytes) -> Iterator[Path]:
    """A file of these bytes, on disk for certain. It goes at the end, unless it was given another name.

    Raises OSError where it cannot be written, and then leaves nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with held_file(folder) as (path, file):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        yield path


@contextmanager
def held_file(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file that is locked by this process, where the file system has locks."""
    while True:
        path = folder / uuid.uuid4().hex
        with path.open("xb") as file:
            try:
                with suppress(OSError):
                    fcntl.flock(file, fcntl.LOCK_EX)
                if os.fstat(file.fileno()).st_nlink:
                    yield path, file
                    return
                # taken for abandoned before it was locked: once more
            finally:
                path.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> None:
    """Removes what killed processes left in the folder."""
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError), path.open("r+b") as file:  # a writer holds it, or it is gone meanwhile
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
