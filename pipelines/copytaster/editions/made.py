"""What an edition is made of: its data files and its changes, recorded once when all of them are written.

    _log/editions_made/<N>.json                     create-if-absent: these are the files of edition N
    _log/editions_changes/<N>-<sha256>.parquet      what it changes, see `changes`

Files are named for their contents, so whoever makes an edition again writes the same names, and where another version of
the program made other bytes, it wrote other names: the record says whose are the edition's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import Field, NonNegativeInt, PositiveInt

from copytaster.lake.blocks import TableFile, Value
from copytaster.lake.log import LakeError, LakeLog


class EditionFile(Value):
    """A data file of an edition. `path` is relative to the location of its table."""

    path: str
    ingest_date: date
    rows: NonNegativeInt
    bytes: NonNegativeInt
    sha256: str


class Made(Value):
    """That an edition is made: its files are there and hold all rows that it adds."""

    edition: PositiveInt
    files: Mapping[str, tuple[EditionFile, ...]] = Field(default_factory=dict)
    """By table."""
    changes: TableFile
    articles: NonNegativeInt
    """Versions that it adds."""
    removed: NonNegativeInt
    """Versions that it removes, the corrected ones included."""
    records: NonNegativeInt
    """Records of its blocks."""


def record_made(log: LakeLog, made: Made) -> Made:
    """Records that the edition is made; the record that holds, which is another's where somebody was first."""
    log.storage.create(made_name(made.edition), made.model_dump_json().encode())
    found = read_made(log, made.edition)
    if found is None:
        raise LakeError(f"{made_name(made.edition)} was there and is gone; the log must not be changed by hand")
    return found


def read_made(log: LakeLog, edition: int) -> Made | None:
    """What the edition is made of, if it is made."""
    data = log.storage.read(made_name(edition))
    return None if data is None else Made.model_validate_json(data)


def read_changes(log: LakeLog, made: Made) -> bytes:
    """The file of what the edition changes. Raises LakeError where it is gone."""
    data = log.storage.read(made.changes.path)
    if data is None:
        raise LakeError(f"{log.storage.url}/{made.changes.path} is gone; the log must not be changed by hand")
    return data


def made_name(edition: int) -> str:
    """Where the record lies that an edition is made."""
    return f"_log/editions_made/{edition:012d}.json"
