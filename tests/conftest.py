"""What several tests share."""

from __future__ import annotations

import pytest
from spacy.language import Language

import copytaster


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The default model, loaded once."""
    return copytaster.load_model()
