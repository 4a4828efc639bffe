"""Files of published blocks that were dropped on purpose, since editions hold their rows.

    _log/dropped/<source>-<partition>/<start>-<end>.json    create-if-absent, before the first file goes: their paths

Manifests, plans and cuts stay: they are what exactly-once rests on. Dead letters stay too, since they can be sent through again.
"""

from __future__ import annotations

import json

from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog


def drop_files(log: LakeLog, block: Block) -> bool:
    """Drops the files of a published block but for its dead letters; whether there were any."""
    manifest = log.manifest(block)
    paths = [file.path for table, file in sorted(manifest.files.items()) if table != "dead_letters"] if manifest else []
    if not paths:
        return False
    log.storage.create(dropped_name(block), json.dumps({"files": paths}).encode())
    for path in paths:
        log.storage.delete(path)
    return True


def is_dropped(log: LakeLog, block: Block) -> bool:
    """Whether files of a published block are gone on purpose."""
    return log.storage.exists(dropped_name(block))


def dropped_name(block: Block) -> str:
    """Where it is recorded that a block's files were dropped."""
    return f"_log/dropped/{block.partition_name}/{block.start:020d}-{block.end:020d}.json"
