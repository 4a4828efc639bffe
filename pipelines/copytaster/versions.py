"""Which rules made a row, and which code: the first stands in every row, the second in the manifests."""

from __future__ import annotations

import functools
import hashlib
from importlib import metadata, resources
from pathlib import Path

RULES = 9
"""Raised by whoever changes what any article's rows are; `tests/test_versions.py` says when it must be."""

SHAPING = (
    "records.py",
    "sources",
    "parse",
    "structure.py",
    "wrapping.py",
    "arithmetic.py",
    "rule_tables.py",
    "annotate.py",
    "extract",
    "knowledge",
    "tables.py",
    "batch.py",
    "lake/files.py",
)
"""Code and knowledge that shape rows."""


@functools.cache
def extractor_version() -> str:
    """The package's version and that of its rules, `0.1.0+rules.9`: equal versions make equal rows of equal records."""
    return f"{metadata.version('copytaster')}+rules.{RULES}"


@functools.cache
def code_fingerprint() -> str:
    """Twelve hex digits of a hash over the code and knowledge that shape rows: another comment is another fingerprint."""
    package = Path(str(resources.files("copytaster")))
    roots = [package / name for name in SHAPING]
    paths = sorted(path for root in roots for path in ([root] if root.is_file() else root.rglob("*")))
    fingerprint = hashlib.sha256()
    for path in paths:
        if path.is_file() and "__pycache__" not in path.parts:
            data = path.read_bytes()
            fingerprint.update(f"{path.relative_to(package).as_posix()}\0{len(data)}\0".encode())
            fingerprint.update(data)
    return fingerprint.hexdigest()[:12]
