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


def test_the_program_starts_without_spacy() -> None:
    """What needs no model does not wait for spaCy and Beam, which take two seconds each to import; nor does a program that
    has workers for it.
    """
    code = (
        "import sys, copytaster.cli, copytaster.beam.runs, copytaster.beam.streaming; "
        "print([m for m in ('spacy', 'apache_beam', 'dateparser') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_program_leaves_out_what_it_never_uses() -> None:
    """pyarrow and Beam import pandas and boto3 where they are installed, as here; whoever wants them later has them."""
    code = (
        "import sys; from copytaster.lean_process import import_arrow, import_beam; import_arrow(); import_beam(); "
        "print([m for m in ('pandas', 'boto3') if m in sys.modules]); import boto3, pyarrow as pa; "
        "print(len(pa.table({'a': [1, 2]}).to_pandas()))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n2\n"


def test_extract_is_the_function() -> None:
    """Whoever has imported the package of that name before."""
    code = "import copytaster.extract, copytaster.beam; print(copytaster.extract.__name__, copytaster.beam.ReadBlocks)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("extract <class 'copytaster.beam.transforms.ReadBlocks'>")


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
