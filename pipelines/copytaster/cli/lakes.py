"""The lake that a command is about."""

from __future__ import annotations

from copytaster.cli.terminal import fail
from copytaster.lake.files import begin_lake
from copytaster.lake.log import LakeLog
from copytaster.lake.opening import LAKE, refuse_ruin
from copytaster.lake.storage import Storage
from copytaster.models import installed_version
from copytaster.settings import Settings
from copytaster.versions import extractor_version


def open_lake(settings: Settings, *, accept_version: bool, may_differ: str = "") -> LakeLog:
    """The log of the lake, begun if there is none; one setting may be another than the lake's.

    Raises what `open_log` raises where the lake and the run do not fit.
    """
    log = LakeLog(Storage(settings.lake))
    model = installed_version(settings.model)
    shaping = {name: value for name, value in settings.shaping.items() if name != may_differ}
    begin_lake(log, extractor_version(), model, shaping, accept=accept_version)
    return log


def existing_lake(settings: Settings) -> LakeLog:
    """The log of the lake; ends the program where there is none. Raises LakeError where only parts of one are left."""
    log = LakeLog(Storage(settings.lake))
    if not log.storage.exists(LAKE):
        refuse_ruin(log.storage)
        fail(f"there is no lake at {settings.lake}; `copytaster backfill ARCHIVE --lake {settings.lake}` makes one")
    return log
