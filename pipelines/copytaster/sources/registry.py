"""Which archive is which: told by its contents, in whatever place and spelling, and refused once it has changed.

    _log/places/<digest>.json               what lies at a place: its name in the lake, size, hash of its contents
    _log/contents/<hash>.json               the name of an archive of these contents, given once
    _log/heads/<key>/<hash>.json            the archives that begin so: one that is the beginning of another has grown

A place is kept as it may be shown; only a hash of it says more (see `copytaster.redaction`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fsspec.core import url_to_fs

from copytaster.lake.log import LakeError, LakeLog
from copytaster.sources.archive import Archive, archive_name


class SourceChangedError(LakeError):
    """An archive is not what it was when it was planned."""


def registered(log: LakeLog, archive: Archive) -> Archive:
    """The archive under the name that the lake knows its contents by; registers it where they are new.

    A remote archive is read for its hash once for each place that is new to the lake. Raises SourceChangedError where the
    place was planned with other contents, or where another archive that was planned has grown into this one.
    """
    place = f"_log/places/{archive.place_key}.json"
    known = log.recorded(place)
    if known and (known["size"], known["fingerprint"]) == (archive.size, archive.fingerprint):
        return replace(archive, name=known["name"])
    contents = archive.content_hash()
    if known and known["contents"] != contents and is_planned(log, known["name"]):
        raise changed(archive, known)
    name = name_of(log, archive, contents)
    facts = {
        "name": name, "place": archive.place, "size": archive.size, "fingerprint": archive.fingerprint, "contents": contents
    }  # fmt: skip
    if known and known["contents"] != contents:  # it was never planned
        log.replace(place, facts)
    elif (first := log.record(place, facts))["contents"] != contents:
        raise changed(archive, first)
    return replace(archive, name=name)


def name_of(log: LakeLog, archive: Archive, contents: str) -> str:
    """The name of these contents in the lake, given now where they are new.

    Raises SourceChangedError where they begin with the whole of an archive that was planned.
    """
    known: dict[str, Any] | None = log.recorded(f"_log/contents/{contents}.json")
    if known is not None:
        return str(known["name"])
    keys = archive.head_keys()
    name = planned_name(log, contents) or archive_name(url_to_fs(archive.url)[1], contents)
    mine = {"name": name, "place": archive.place, "size": archive.size, "contents": contents}
    if keys:  # first say what is there, then look: of two that come at once, one sees the other
        log.record(f"_log/heads/{keys[-1]}/{contents}.json", mine)
    for key in keys:
        for file in log.storage.names(f"_log/heads/{key}"):
            other = log.recorded(f"_log/heads/{key}/{file}") if file.endswith(".json") else None
            if (
                other
                and other["size"] < archive.size
                and is_planned(log, other["name"])
                and archive.content_hash(other["size"]) == other["contents"]
            ):
                raise changed(archive, other)
    return str(log.record(f"_log/contents/{contents}.json", mine)["name"])


def planned_name(log: LakeLog, contents: str) -> str | None:
    """The name under which these contents are planned although no record says so, which was then lost."""
    return next((source for source, _ in log.partitions() if source.endswith(f"-{contents[:12]}")), None)


def is_planned(log: LakeLog, name: str) -> bool:
    """Whether any block of the archive of that name is planned."""
    return log.progress(name).end is not None


def changed(archive: Archive, known: dict[str, Any]) -> SourceChangedError:
    """The error that an archive was planned and has changed."""
    return SourceChangedError(
        f"{archive.place} was planned as {known['name']} ({known['size']} bytes, fingerprint {known['contents']}, at "
        f"{known['place']}) and is now {archive.name} ({archive.size} bytes, fingerprint {archive.fingerprint}). An archive "
        f"must not change once it is planned: put new articles into a new file, and restore this one"
    )
