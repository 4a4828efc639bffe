"""What a lake is begun with, once and for ever, and what a run must bring to go on in it.

_log/lake.json                  format of the log, versions, and the settings that shape rows
_log/versions/<digest>.json     versions that were accepted later
"""

from __future__ import annotations

from collections.abc import Mapping

from copytaster.lake.log import LakeError, LakeLog
from copytaster.lake.storage import Storage
from copytaster.records import digest
from copytaster.tables import SCHEMAS

FORMAT = 3
LAKE = "_log/lake.json"
EMPTY_FILE = "empty.parquet"
"""A file of no rows in each table, so that a query works before the first row of a table is there."""


class VersionMismatchError(LakeError):
    """The lake's rows were made by another version of the extractor or the model."""


class SettingMismatchError(LakeError):
    """The lake's rows were made with other settings: one record would have rows of two kinds."""


def open_log(
    log: LakeLog, extractor: str, model: str, settings: Mapping[str, str] | None = None, *, accept: bool = False
) -> None:
    """Begins the lake with these versions and settings, or checks that its rows are made by them.

    `settings` are those that shape rows, by name (`default_zone`); those that the lake knows must be equal. Raises
    VersionMismatchError where the versions differ, unless `accept`: then rows of both stand side by side from here on,
    told apart by their columns extractor_version and model_version. Raises SettingMismatchError where a setting differs,
    LakeError where what is there is of another format or no longer whole, and StorageError where the store does not keep
    to create-if-absent.
    """
    storage = log.storage
    storage.remove_abandoned()
    mine = {"format": FORMAT, "extractor_version": extractor, "model_version": model, "settings": dict(settings or {})}
    if not storage.exists(LAKE):
        refuse_ruin(storage)
        storage.probe()
    first = log.record(LAKE, mine)
    if first.get("format") != FORMAT:
        raise LakeError(
            f"the lake at {storage.shown} has log format {first.get('format')}, this copytaster writes {FORMAT}: take its "
            f"archives and topics into a new lake (the old one stays readable), or use a copytaster that knows that format"
        )
    for name, value in (settings or {}).items():
        known = first["settings"].get(name, value)
        if known != value:
            flag = f"--{name.replace('_', '-')}"
            raise SettingMismatchError(
                f"the lake at {storage.shown} was begun with {flag} {known} and this run has {flag} {value}: a record would "
                f"have rows of both kinds. Run it with {flag} {known}, or into a new lake"
            )
    if (first["extractor_version"], first["model_version"]) == (extractor, model):
        return
    accepted = f"_log/versions/{digest(extractor, model)}.json"
    if accept:
        log.record(accepted, {"extractor_version": extractor, "model_version": model})
    elif not storage.exists(accepted):
        raise VersionMismatchError(
            f"the lake at {storage.shown} was begun by extractor {first['extractor_version']} with model "
            f"{first['model_version']}; this is {extractor} with {model}. Backfill into a new lake, or go on in this one with "
            f"--accept-version (new blocks then have the new versions in their columns; published blocks stay as they are)"
        )


def lake_settings(log: LakeLog) -> dict[str, str]:
    """The settings that the lake was begun with, by name."""
    settings: dict[str, str] = (log.recorded(LAKE) or {}).get("settings", {})
    return settings


def refuse_ruin(storage: Storage) -> None:
    """Raises LakeError where there is a ruin: begun anew, every row would stand there twice."""
    if (rest := ruin(storage)) is not None:
        raise LakeError(
            f"{storage.shown} holds {rest} but no {LAKE}: it is a part of a lake whose log was lost or left behind. "
            f"Restore all of _log from a backup, or give an empty folder as the lake"
        )


def ruin(storage: Storage) -> str | None:
    """A manifest or a file of rows where there is no lake.json; None where there is one, or nothing at all."""
    rest = next((f"_log/published/{name}" for name in storage.names("_log/published") if name[0] != "."), None)
    for table in SCHEMAS:
        if rest is not None:
            break
        files = (f"{table}/{day}/{name}" for day in storage.names(table) for name in storage.names(f"{table}/{day}"))
        rest = next((file for file in files if file.endswith(".parquet") and not file.endswith(f"/{EMPTY_FILE}")), None)
    return None if storage.exists(LAKE) else rest  # looked for last: somebody may have begun it meanwhile
