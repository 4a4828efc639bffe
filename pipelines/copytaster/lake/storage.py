"""Where a lake lies, on a local disk or an object store: the three operations that exactly-once rests on.

`create` (only if absent), `put` (all or nothing, same name overwritten) and `read`. On a local disk a file is written
under another name, synced, and then linked or renamed to its own, so that no reader and no crash ever sees half of it;
an object store puts a key at once by its nature.
"""

from __future__ import annotations

import contextlib
import functools
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

SCRATCH = "_tmp"
"""Where files are written before they get their name; what a killed process leaves here is in nobody's way."""


class StorageError(Exception):
    """A URL that names no file system that is installed here."""


@dataclass(frozen=True)
class Storage:
    """A folder on local disk or under any fsspec URL (`s3://bucket/lake`). Paths are relative to it, with slashes.

    Credentials and endpoints are the file system's own settings (for S3 the AWS_* environment); they are never kept
    here, so that a Storage may travel to workers and be logged.
    """

    url: str

    @property
    def _opened(self) -> tuple[Any, str]:
        return open_file_system(self.url)

    @property
    def file_system(self) -> Any:
        """The fsspec file system that the storage is on."""
        return self._opened[0]

    @property
    def is_local(self) -> bool:
        """Whether files are on this machine's disk."""
        return isinstance(self._opened[0], LocalFileSystem)

    def path(self, name: str) -> str:
        """The full path of a file of this storage, as its file system wants it."""
        return f"{self._opened[1]}/{name}"

    def create(self, name: str, data: bytes) -> bool:
        """Writes the file if there is none of that name; whether it was written. Exactly one of many callers wins."""
        if not self.is_local:
            try:
                self._opened[0].pipe_file(self.path(name), data, mode="create")
            except FileExistsError:
                return False
            return True
        target = Path(self.path(name))
        if target.exists():
            return False
        scratch = self._write_scratch(data)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(scratch, target)
        except FileExistsError:
            return False
        finally:
            scratch.unlink(missing_ok=True)
        sync_folder(target.parent)
        return True

    def put(self, name: str, data: bytes) -> None:
        """Writes the file, over one of the same name if need be; a reader sees the old bytes or the new, never half."""
        if not self.is_local:
            self._opened[0].pipe_file(self.path(name), data)
            return
        target = Path(self.path(name))
        scratch = self._write_scratch(data)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            scratch.replace(target)
        except BaseException:
            scratch.unlink(missing_ok=True)
            raise
        sync_folder(target.parent)

    def read(self, name: str) -> bytes | None:
        """The file's bytes, or None when there is none of that name."""
        try:
            data: bytes = self._opened[0].cat_file(self.path(name))
        except FileNotFoundError:
            return None
        return data

    def delete(self, name: str) -> None:
        """Removes the file; it need not be there."""
        with contextlib.suppress(FileNotFoundError):
            self._opened[0].rm_file(self.path(name))

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""
        return bool(self._opened[0].exists(self.path(name)))

    def names(self, folder: str) -> list[str]:
        """The names of the files and folders right below a folder, sorted; none when the folder is not there."""
        try:
            found = self._opened[0].ls(self.path(folder), detail=False, refresh=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(path.rstrip("/").rsplit("/", 1)[-1] for path in found)

    def _write_scratch(self, data: bytes) -> Path:
        folder = Path(self.path(SCRATCH))
        folder.mkdir(parents=True, exist_ok=True)
        scratch = folder / uuid.uuid4().hex
        with scratch.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return scratch


@functools.cache
def open_file_system(url: str) -> tuple[Any, str]:
    """The file system of a URL, opened once per process, and the root's path in it."""
    try:
        fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except (ValueError, ImportError) as error:
        raise StorageError(f"cannot open {url}: {error}") from error
    return fs, root.rstrip("/")


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
