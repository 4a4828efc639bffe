"""The Beam layer: transforms of the same names as the steps, and the jobs made of them. Thin on purpose."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from copytaster.beam.transforms import ExtractArticles, ParseArticles, PlanArchive, ReadBlocks, WriteLake

__all__ = ["ExtractArticles", "ParseArticles", "PlanArchive", "ReadBlocks", "WriteLake"]


def __getattr__(name: str) -> Any:
    """The transforms, when they are asked for: Beam takes two seconds to import, and a program with workers needs none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("copytaster.beam.transforms"), name)
