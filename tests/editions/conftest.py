"""A desk that writes blocks."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty lake on disk."""
    return Desk(tmp_path / "lake")
