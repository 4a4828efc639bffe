"""A row says by which rules it was made: where rows change, the version of the rules must."""

from __future__ import annotations

import json
import re

import pytest
from spacy.language import Language

from copytaster.versions import RULES, code_fingerprint, extractor_version
from golden_rows import GOLDEN, fingerprints, verdict


def test_rules_are_those_of_the_golden_rows(nlp: Language) -> None:
    """Whoever changes the rows of samples/ raises RULES; the message says how."""
    assert verdict(json.loads(GOLDEN.read_text()), fingerprints(nlp), RULES) == ""


@pytest.mark.parametrize(
    ("rules", "rows", "said"),
    [
        (4, {"a 1": {"quotes": "x"}}, ""),
        (4, {"a 1": {"quotes": "y"}}, "the rows of a 1 are others than rules 4 made"),
        (4, {}, "the rows of a 1 are others"),
        (5, {"a 1": {"quotes": "y"}}, "RULES is 5, tests/golden_rows.json is of rules 4"),
    ],
)
def test_changed_rows_ask_for_another_version(rules: int, rows: dict[str, dict[str, str]], said: str) -> None:
    told = verdict({"rules": 4, "rows": {"a 1": {"quotes": "x"}}}, rows, rules)
    assert told.startswith(said)
    assert bool(told) == bool(said)


def test_the_version_is_of_the_rules_and_the_fingerprint_of_the_code() -> None:
    assert re.fullmatch(rf"\d+\.\d+\.\d+\+rules\.{RULES}", extractor_version())
    assert re.fullmatch("[0-9a-f]{12}", code_fingerprint())
