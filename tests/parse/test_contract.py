"""The published schema says what the parser takes: no more, no less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from copytaster.parse import article_schema, parse_record
from copytaster.parse.contract import ArticleMessage
from copytaster.parse.conversions import CONVERSIONS
from copytaster.records import Failure, RawRecord

SAMPLES = Path(__file__).parent.parent.parent / "samples"
VALIDATOR = jsonschema.Draft202012Validator(article_schema())

VALUES = (
    st.none()
    | st.text(max_size=5)
    | st.integers(-5, 5)
    | st.booleans()
    | st.lists(st.text(max_size=3) | st.integers(), max_size=2)
)
OUTLETS = st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "domain", "country", "reach"), VALUES))


def test_every_property_is_described() -> None:
    schema = article_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == list(ArticleMessage.model_fields)
    for properties in (schema["properties"], schema["$defs"]["OutletMessage"]["properties"]):
        assert [name for name, told in properties.items() if not told.get("description")] == []
    assert set(CONVERSIONS) == set(schema["properties"]) - {"op", "status"}


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {"id": st.just("a")},
        optional={name: VALUES | OUTLETS for name in ArticleMessage.model_fields if name not in ("id", "html")},
    )
)
def test_what_the_schema_takes_the_parser_takes(properties: dict[str, Any]) -> None:
    found = parse_record(RawRecord(json.dumps(properties).encode(), 0), format="copytaster")
    if isinstance(found, Failure):
        assert found.reason in ("wrong_type", "no_text")
        assert not VALIDATOR.is_valid(properties) or not properties["text"].strip()
        return
    is_mended = any(warning.endswith(("_converted", "_dropped")) for warning in found.warnings)
    assert is_mended != VALIDATOR.is_valid(properties | {"status": properties.get("status")})


def test_the_wire_samples_are_valid() -> None:
    lines = (SAMPLES / "wire.jsonl").read_bytes().splitlines()
    broken = [line for line in lines if not line.endswith(b"}")]
    assert len(broken) == 1
    for line in lines:
        if line not in broken:
            VALIDATOR.validate(json.loads(line))
