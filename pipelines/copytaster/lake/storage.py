"""Where a lake lies, on a local disk or an object store: the three operations that exactly-once rests on.

`create` (only if absent), `put` (all or nothing, same name overwritten) and `read`. On a local disk a file is written
under another name, synced, and then linked or renamed to its own, so that no reader and no crash ever sees half of it;
an object store puts a key at once by its nature.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from copytaster.lake.scratch import remove_abandoned, scratch_file
from copytaster.redaction import redacted

SCRATCH = "_tmp"
"""Where files are written before they get their name."""

CONFLICT_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds before another try, where the store says that somebody else is just writing the same name."""


class StorageError(Exception):
    """A lake cannot lie there; the message says why, and the cure."""


class WriteError(StorageError, OSError):
    """A file could not be written: the disk is full, or writing is not allowed. Nothing of it is left."""


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
    def shown(self) -> str:
        """The URL as it may be shown and kept."""
        return redacted(self.url)

    @property
    def is_local(self) -> bool:
        """Whether files are on this machine's disk."""
        return isinstance(self._opened[0], LocalFileSystem)

    def path(self, name: str) -> str:
        """The full path of a file of this storage, as its file system wants it."""
        return f"{self._opened[1]}/{name}"

    def create(self, name: str, data: bytes) -> bool:
        """Writes the file if there is none of that name; whether it was written. Exactly one of many callers wins."""
        with self._writing(name):
            if not self.is_local:
                return self._create_remote(name, data)
            target = Path(self.path(name))
            if target.exists():
                return False
            with scratch_file(Path(self.path(SCRATCH)), data) as scratch:
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    os.link(scratch, target)
                except FileExistsError:
                    return False
            sync_folder(target.parent)
            return True

    def _create_remote(self, name: str, data: bytes) -> bool:
        for wait in (*CONFLICT_WAITS, None):
            try:
                self._opened[0].pipe_file(self.path(name), data, mode="create")
            except FileExistsError:
                return False
            except OSError as error:
                if not is_conflict(error) or wait is None:
                    raise
                time.sleep(wait)
            else:
                return True
        raise AssertionError("the last try ends in one way or the other")

    def put(self, name: str, data: bytes) -> None:
        """Writes the file, over one of the same name if need be; a reader sees the old bytes or the new, never half."""
        with self._writing(name):
            if not self.is_local:
                self._opened[0].pipe_file(self.path(name), data)
                return
            target = Path(self.path(name))
            with scratch_file(Path(self.path(SCRATCH)), data) as scratch:
                target.parent.mkdir(parents=True, exist_ok=True)
                scratch.replace(target)
            sync_folder(target.parent)

    def read(self, name: str) -> bytes | None:
        """The file's bytes, or None when there is none of that name."""
        try:
            data: bytes = self._opened[0].cat_file(self.path(name))
        except FileNotFoundError:
            return None
        return data

    def read_all(self, names: Sequence[str]) -> list[bytes | None]:
        """`read` of many files, in their order; an object store is asked for many at once."""
        if self.is_local or not names:
            return [self.read(name) for name in names]
        paths = [self.path(name) for name in names]
        found = self._opened[0].cat(paths, on_error="return")
        for path in paths:
            if isinstance(found[path], Exception) and not isinstance(found[path], FileNotFoundError):
                raise found[path]
        return [None if isinstance(found[path], FileNotFoundError) else found[path] for path in paths]

    def delete(self, name: str) -> None:
        """Removes the file; it need not be there."""
        with contextlib.suppress(FileNotFoundError):
            self._opened[0].rm_file(self.path(name))

    def size(self, name: str) -> int | None:
        """Bytes of the file; None where there is none."""
        try:
            return int(self._opened[0].size(self.path(name)))
        except FileNotFoundError:
            return None

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""
        return bool(self._opened[0].exists(self.path(name)))

    def names(self, folder: str, *, prefix: str = "") -> list[str]:
        """The names of the files and folders right below a folder, sorted; none when the folder is not there.

        With a prefix only those that start so, which an object store need not list the others for; no folders then.
        """
        try:
            if prefix and not self.is_local:
                found = self._opened[0].find(self.path(folder), prefix=prefix)
            else:
                found = self._opened[0].ls(self.path(folder), detail=False, refresh=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        names = (path.rstrip("/").rsplit("/", 1)[-1] for path in found)
        return sorted(name for name in names if name.startswith(prefix))

    def sizes(self, folder: str) -> dict[str, int]:
        """The files below a folder, at any depth, with their bytes."""
        found = self._opened[0].find(self.path(folder), detail=True)
        return {path.removeprefix(f"{self._opened[1]}/"): int(facts["size"]) for path, facts in sorted(found.items())}

    def remove_abandoned(self) -> None:
        """Removes files without a name that killed processes left."""
        if self.is_local:
            remove_abandoned(Path(self.path(SCRATCH)))

    def probe(self) -> None:
        """Raises StorageError where `create` does not hold: a store that overwrites would have every record twice."""
        name = f"{SCRATCH}/probe-{uuid.uuid4().hex}"
        try:
            self.create(name, b"first")
            holds = not self.create(name, b"second") and self.read(name) == b"first"
        except (NotImplementedError, TypeError, ValueError):  # the file system knows no mode "create"
            holds = False
        finally:
            self.delete(name)
        if not holds:
            raise StorageError(
                f"{self.shown}: this store writes over a file that it was asked to create only if absent "
                f"(If-None-Match: *), so no lake can lie there. Use a store that keeps to it (AWS S3, MinIO, Ceph, R2, "
                f"Google Cloud Storage do in their present versions), or a local disk"
            )

    @contextlib.contextmanager
    def _writing(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            told = WriteError(
                f"cannot write {name} of the lake at {self.shown}: {redacted(error.strerror or str(error))}. Mend that "
                f"and run the same command again: nothing is lost or doubled"
            )
            told.errno = error.errno
            raise told from error


def is_conflict(error: OSError) -> bool:
    """Whether a store refused a conditional write only because another is under way: S3 asks to try again (409)."""
    return error.errno == errno.EBUSY or "ConditionalRequestConflict" in str(error)


@functools.cache
def open_file_system(url: str) -> tuple[Any, str]:
    """The file system of a URL, opened once per process, and the root's path in it."""
    try:
        fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except (ValueError, ImportError) as error:
        raise StorageError(redacted(f"cannot open {url}: {error}")) from error
    return fs, root.rstrip("/")


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
