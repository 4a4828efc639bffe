"""What importing costs, and that the published contracts are the code's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import copytaster
from copytaster.contracts import contract_files

SCHEMAS = Path(__file__).parent.parent / "schemas"


def test_import_brings_neither_beam_nor_kafka() -> None:
    """A notebook that calls `extract` pays for neither."""
    code = "import sys, copytaster; print([m for m in sys.modules if m.split('.')[0] in ('apache_beam', 'kafka', 'duckdb')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_public_names_are_there() -> None:
    """Everything that `__all__` promises."""
    for name in copytaster.__all__:
        assert getattr(copytaster, name) is not None


def test_schemas_are_what_the_code_says() -> None:
    """`copytaster schemas` writes exactly the files in schemas/."""
    found = {
        path.relative_to(SCHEMAS).as_posix(): path.read_text("utf-8") for path in SCHEMAS.rglob("*") if path.is_file()
    }
    assert found == contract_files()
