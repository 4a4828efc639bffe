"""The way to a table for readers that have no catalog: `metadata/version-hint.text` names its newest metadata file."""

from __future__ import annotations

import re

from pyiceberg.table import Table

from copytaster.editions.catalog import local_path
from copytaster.lake.storage import Storage

ENDING = ".metadata.json"
VERSION = re.compile(r"v\d+")
"""What file-system catalogs call a state; their readers expect the number alone."""


def write_hint(table: Table, metadata_location: str) -> None:
    """Points the hint to the table's metadata, where it does not yet."""
    stem = metadata_location.rsplit("/", 1)[-1].removesuffix(ENDING)
    name = stem.removeprefix("v").encode() if VERSION.fullmatch(stem) else stem.encode()
    location = f"{table.location()}/metadata/version-hint.text"
    if (place := local_path(location)) is not None:
        if not place.exists() or place.read_bytes() != name:
            storage = Storage(str(place.parents[2]))
            storage.put(str(place.relative_to(place.parents[2])), name)
        return
    with table.io.new_output(location).create(overwrite=True) as file:
        file.write(name)
