"""Archives of articles: JSON Lines, Parquet and WARC, from a path or any fsspec URL, as numbered records.

An archive gives the same records with the same numbers each time it is read, damage included: planning and reading,
today and after a restart on another machine, agree on what record 4711 is.
"""

from __future__ import annotations

import os
import posixpath
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from fsspec.core import url_to_fs

from copytaster.records import RawRecord, digest
from copytaster.redaction import redacted, unsigned
from copytaster.sources.documents import document_records
from copytaster.sources.feeds import feed_records
from copytaster.sources.fingerprints import content_hash, head_keys, local_fingerprint, remote_fingerprint
from copytaster.sources.json_values import value_records
from copytaster.sources.kinds import beginning, kind_of, with_line_feeds
from copytaster.sources.lines import line_records
from copytaster.sources.parquet import RowRecords
from copytaster.sources.streams import ArchiveError, decompressed
from copytaster.sources.warc import page_records

__all__ = [
    "Archive",
    "ArchiveChangedError",
    "ArchiveCursor",
    "ArchiveError",
    "ArchiveNotFoundError",
    "check_readable",
    "count_records",
    "expand",
    "open_archive",
    "read_records",
]

NAME_LENGTH = 100
"""Characters of an archive's name."""


class ArchiveNotFoundError(ArchiveError, FileNotFoundError):
    """No file is where one was named."""


class ArchiveChangedError(ArchiveError):
    """The file is no longer the one that was planned."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One file of articles."""

    url: str = field(repr=False)
    """Absolute path, or fsspec URL; it may hold a signature or a password, and is never shown or kept."""
    size: int
    """Bytes of the file."""
    fingerprint: str
    """32 hexadecimal digits that name the content: `content_hash` of a local file, `remote_fingerprint` of another."""
    name: str
    """Names the archive in the lake: safe in a path, at most 100 characters. Its contents have one name in a lake, wherever
    the file lies (see `copytaster.sources.registry`).
    """

    @property
    def place(self) -> str:
        """The URL as it may be shown and kept."""
        return redacted(self.url)

    @property
    def place_key(self) -> str:
        """Names the place where the file lies, in all spellings of it: links, `..`, and signatures are none of it."""
        if self.is_local:
            return digest(os.path.realpath(self.url))
        url = unsigned(self.url)
        if url.startswith("http"):
            parts = urlsplit(url)
            url = parts._replace(path=posixpath.normpath(parts.path)).geturl()
        return digest(url)

    @property
    def is_local(self) -> bool:
        """Whether the file is on this machine's disk."""
        return "://" not in self.url

    def content_hash(self, size: int | None = None) -> str:
        """The hash of the whole content, or of its first `size` bytes, which a remote file is read for."""
        if self.is_local and size is None:
            return self.fingerprint
        files, path = url_to_fs(self.url)
        return content_hash(files, path, self.size if size is None else size)

    def head_keys(self) -> list[str]:
        """See `copytaster.sources.fingerprints.head_keys`."""
        files, path = url_to_fs(self.url)
        return head_keys(files, path, self.size)

    def read(self, start: int = 0, end: int | None = None) -> Iterator[RawRecord]:
        """`read_records` of this archive."""
        return read_records(self, start, end)


def expand(urls: list[str]) -> list[str]:
    """The archives that paths, globs and fsspec URLs name, absolute, sorted, each once.

    Raises ArchiveNotFoundError naming the first that matches nothing.
    """
    found: set[str] = set()
    for url in urls:
        matches = matching(url)
        if not matches:
            raise ArchiveNotFoundError(
                f"no archive matches {redacted(url)!r}; give a file, a glob such as 'archive/*.jsonl.gz', or a URL"
            )
        found.update(matches)
    return sorted(found)


def matching(url: str) -> list[str]:
    """The files that one path, glob or URL names."""
    files, path = url_to_fs(url)
    if files.isfile(path):
        return [located(files, path)]
    if files.isdir(path):
        found = [located(files, name) for name in sorted(files.find(path)) if not is_hidden(name, path)]
        if not found:
            raise ArchiveNotFoundError(
                f"the directory {url!r} holds no files; give an archive, or a directory of archives"
            )
        return found
    if not re.search(r"[*?\[]", path):
        return []
    return [located(files, match) for match in files.glob(path) if files.isfile(match)]


def is_hidden(name: str, folder: str) -> bool:
    """Whether a file below a folder is hidden, or in a folder that is: `.git`, `.DS_Store`, `_SUCCESS`, a lake's `_log`."""
    inside = name.removeprefix(folder).strip("/\\")
    return any(part.startswith((".", "_")) for part in re.split(r"[/\\]", inside))


def located(files: Any, path: str) -> str:
    """The URL of a file; of a local one its absolute path."""
    return path if "file" in protocols(files) else files.unstrip_protocol(path)


def protocols(files: Any) -> tuple[str, ...]:
    """The names under which fsspec knows a file system."""
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)


def open_archive(url: str) -> Archive:
    """What identifies the archive at a URL.

    Raises ArchiveNotFoundError where there is none, ArchiveError where its size cannot be known.
    """
    files, path = url_to_fs(url)
    files.invalidate_cache(path)  # object stores remember what they listed
    try:
        facts = files.info(path)
    except FileNotFoundError as error:
        raise ArchiveNotFoundError(f"there is no archive {redacted(url)}") from error
    size = facts["size"]
    if size is None:
        raise ArchiveError(
            f"the size of {redacted(url)} is unknown: its server does not tell it; download the file first"
        )
    if "file" in protocols(files):
        fingerprint = local_fingerprint(path, int(size), Path(path).stat().st_mtime_ns)
    else:
        fingerprint = remote_fingerprint(files, path, facts)
    return Archive(located(files, path), int(size), fingerprint, archive_name(path, fingerprint))


def archive_name(path: str, fingerprint: str) -> str:
    """The archive's name: what is plain in the file's name, and twelve digits of the fingerprint."""
    if "://" in path:
        path = urlsplit(path).path  # what stands behind it may be a signature
    base = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    digits = fingerprint[:12]
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", base).strip(".-_")[: NAME_LENGTH - len(digits) - 1].rstrip(".-_")
    return f"{slug or 'archive'}-{digits}"


def read_records(archive: Archive, start: int = 0, end: int | None = None) -> Iterator[RawRecord]:
    """The archive's records [start, end), numbered from 0; all from `start` on without an end.

    What cannot be given whole is a record with a `failure`: `too_large`, `unreadable_row`, `bad_encoding`, and, as the
    last one, `truncated_archive`. Raises ArchiveChangedError where the file is no longer the one that `archive` names.
    """
    verify(archive)
    with closing(Records(archive, start)) as records:
        yield from records.until(end)


def count_records(archive: Archive) -> int:
    """How many records the archive has, damage included."""
    return sum(1 for _ in read_records(archive))


def verify(archive: Archive) -> None:
    """Raises ArchiveChangedError where the file is no longer the one that `archive` names."""
    now = open_archive(archive.url)
    if (now.size, now.fingerprint) != (archive.size, archive.fingerprint):
        raise ArchiveChangedError(
            f"{archive.place} has changed since it was planned: it had {archive.size} bytes and fingerprint "
            f"{archive.fingerprint}, now {now.size} bytes and {now.fingerprint}; put the planned file back, or give the "
            f"new one another name and backfill that"
        )


class Records:
    """An open archive, read forwards; `next` is the number of the record that comes next."""

    def __init__(self, archive: Archive, start: int = 0) -> None:
        files, path = url_to_fs(archive.url)
        self.next = start
        self.file: BinaryIO = cast(BinaryIO, files.open(path, "rb"))
        self.rows: RowRecords | None = None
        """Of Parquet, whose rows can be passed over."""
        try:
            self.stream = self.open_stream(archive, start)
        except BaseException:
            self.file.close()
            raise

    def open_stream(self, archive: Archive, start: int) -> Iterator[RawRecord]:
        """The records from `start` on, by what the file holds. Raises UnsupportedArchiveError."""
        if self.file.read(4) == b"PAR1":
            self.rows = RowRecords(self.file, start)
            return self.rows
        self.file.seek(0)
        head, chunks = beginning(decompressed(self.file, archive.url))
        kind = kind_of(head, archive.url)
        if kind == "warc":
            return page_records(chunks, start)
        if kind == "feed":
            return feed_records(chunks, start)
        if kind in ("page", "text"):
            return document_records(chunks, start, is_page=kind == "page")
        return value_records(chunks, start) if kind == "values" else line_records(with_line_feeds(chunks, head), start)

    def until(self, end: int | None) -> Iterator[RawRecord]:
        """The records before `end`; all that are left without one."""
        while end is None or self.next < end:
            record = next(self.stream, None)
            if record is None:
                return
            self.next = record.offset + 1
            yield record

    def skip(self, number: int) -> None:
        """Goes on to the record of that number."""
        if self.rows is not None:
            self.rows.start = max(self.rows.start, number)
            self.next = max(self.next, number)
            return
        for _ in self.until(number):
            pass

    def is_better_reopened(self, start: int) -> bool:
        """Whether a new reader is at record `start` sooner than this one: it lies behind, or row groups ahead."""
        return self.next > start or (self.rows is not None and self.rows.is_far(start, self.next))

    def close(self) -> None:
        """Closes the file."""
        self.file.close()


def check_readable(archive: Archive) -> None:
    """Raises UnsupportedArchiveError where the file is of a kind that is not read, or cannot be told."""
    with closing(Records(archive)):
        pass


class ArchiveCursor:
    """Reads ranges of archives, and keeps them open in between: successive ranges cost one decompression.

    One per worker process; safe to share between its threads. A range before the last one opens the archive again.
    """

    def __init__(self, limit: int = 4) -> None:
        self.limit = limit
        """Archives that are kept open."""
        self.kept: OrderedDict[tuple[str, str], Records] = OrderedDict()
        self.lock = threading.Lock()

    def read(self, archive: Archive, start: int, end: int) -> Iterator[RawRecord]:
        """As `read_records`."""
        verify(archive)
        records = self.take(archive, start)
        is_kept = False
        try:
            records.skip(start)
            yield from records.until(end)
            self.keep(archive, records)
            is_kept = True
        finally:
            if not is_kept:  # reading failed, or whoever read had enough
                records.close()

    def take(self, archive: Archive, start: int) -> Records:
        """The open archive if it stands at `start` or before it, else a new one that nobody else reads."""
        with self.lock:
            records = self.kept.pop((archive.url, archive.fingerprint), None)
        if records is not None and records.is_better_reopened(start):
            records.close()
            records = None
        return records if records is not None else Records(archive, start)

    def keep(self, archive: Archive, records: Records) -> None:
        """Keeps an archive open for the next range, and closes the one that was not used for longest."""
        with self.lock:
            dropped = [self.kept.pop((archive.url, archive.fingerprint), None)]
            self.kept[archive.url, archive.fingerprint] = records
            if len(self.kept) > self.limit:
                dropped.append(self.kept.popitem(last=False)[1])
        for old in dropped:
            if old is not None:
                old.close()

    def close(self) -> None:
        """Closes all archives."""
        with self.lock:
            kept, self.kept = self.kept, OrderedDict()
        for records in kept.values():
            records.close()
