"""What the editions so far hold: of each article the version, of each record the dead letter that is open.

A fold of the editions' files of changes, kept in a SQLite file so that memory is flat and an edition costs what it
changes, not what the lake holds. The file is a cache: it can be made anew from the changes at any time, and is where it is
missing, somebody else's, or of another history. Now and then the fold is written to the lake as a checkpoint.
"""

from __future__ import annotations

import fcntl
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from copytaster.editions.holding import Letter, Version
from copytaster.lake.storage import Storage

CACHE = "_tmp/editions"
EPOCH = date(1970, 1, 1)
CHUNK = 500
"""Ids asked for at once."""

TABLES = """
CREATE TABLE IF NOT EXISTS held (
  kind TEXT, id TEXT, version_id TEXT, day INTEGER, moment INTEGER, arrival INTEGER, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS position (edition INTEGER, history TEXT);
"""

State = tuple[str, str, str | None, int, int | None, int]
"""Kind (article or letter), id, what holds or is open (null: nothing), day since 1970, moment and arrival."""


class Holdings:
    """The state after an edition, in a SQLite file that only this process has open."""

    def __init__(self, storage: Storage) -> None:
        self._lock: IO[str] | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._db = self._open(storage)

    def _open(self, storage: Storage) -> sqlite3.Connection:
        if storage.is_local and (folder := self._locked(Path(storage.path(CACHE)))) is not None:
            try:
                return prepared(folder / "holdings.sqlite")
            except sqlite3.DatabaseError:
                (folder / "holdings.sqlite").unlink()
                return prepared(folder / "holdings.sqlite")
        self._scratch = tempfile.TemporaryDirectory(prefix="copytaster-")
        return prepared(Path(self._scratch.name) / "holdings.sqlite")

    def _locked(self, folder: Path) -> Path | None:
        """The folder, where this process is the only one that uses it now."""
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return None
        self._lock = lock
        return folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()
        if self._lock:
            self._lock.close()
        if self._scratch:
            self._scratch.cleanup()

    @property
    def position(self) -> tuple[int, str]:
        """The last edition that is folded in, 0 where none is, and what names its history."""
        row = self._db.execute("SELECT edition, history FROM position").fetchone()
        return (0, "") if row is None else (row[0], row[1])

    def clear(self) -> None:
        """Forgets all."""
        with self._db:
            self._db.execute("DELETE FROM held")
            self._db.execute("DELETE FROM position")

    def fold(self, states: Iterable[State], edition: int, history: str) -> None:
        """Takes in what an edition changed, wholly or not at all."""
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?, ?)", states)
            self._db.execute("DELETE FROM held WHERE kind = 'letter' AND version_id IS NULL")
            self._db.execute("DELETE FROM position")
            self._db.execute("INSERT INTO position VALUES (?, ?)", (edition, history))

    def versions(self, article_ids: Sequence[str]) -> dict[str, Version]:
        """What holds of these articles, withdrawn ones included; those that never came are left out."""
        return {state[1]: held_version(state) for state in self._states("article", article_ids)}

    def letters(self, letter_ids: Sequence[str]) -> dict[str, Letter]:
        """Those of the dead letters that are open."""
        return {state[1]: held_letter(state) for state in self._states("letter", letter_ids)}

    def _states(self, kind: str, ids: Sequence[str]) -> Iterator[State]:
        for chunk in batches(sorted(ids)):
            marks = ",".join("?" * len(chunk))
            yield from self._db.execute(
                f"SELECT kind, id, version_id, day, moment, arrival FROM held WHERE kind = ? AND id IN ({marks})",
                (kind, *chunk),
            )

    def all(self) -> Iterator[State]:
        """Everything, sorted by kind and id."""
        yield from self._db.execute("SELECT kind, id, version_id, day, moment, arrival FROM held ORDER BY kind, id")


def held_version(state: State) -> Version:
    """What holds of an article."""
    _, name, version_id, day, moment, arrival = state
    return Version(name, version_id or "", moment, arrival, EPOCH + timedelta(days=day), version_id is None)


def held_letter(state: State) -> Letter:
    """A dead letter that is open."""
    _, name, _, day, _, arrival = state
    return Letter(name, arrival, EPOCH + timedelta(days=day))


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in chunks."""
    return (ids[first : first + CHUNK] for first in range(0, len(ids), CHUNK))


def prepared(path: Path) -> sqlite3.Connection:
    """An open file with its tables; it may be lost in a power cut, since it can be made anew."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")
    db.executescript(TABLES)
    return db
