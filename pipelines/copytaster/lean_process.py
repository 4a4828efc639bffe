"""How a process of the program starts and ends in little time: without imports that it has no use for, and without a search
for garbage where there is none.

Only the program does this, never the library: whoever imports `copytaster` may need all of it.
"""

from __future__ import annotations

import atexit
import functools
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

THRESHOLDS = (50_000, 20, 10)
"""Instead of Python's 700, 10 and 10: nearly all that a start makes lives as long as the process."""


@functools.cache
def collect_seldom() -> None:
    """Garbage is collected a seventieth as often from now on, and not at the end of the process, which gives all back."""
    gc.set_threshold(*THRESHOLDS)
    atexit.register(gc.freeze)


@dataclass(frozen=True)
class Missing:
    """Finds some packages not to be installed; of others it knows nothing."""

    packages: frozenset[str]

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Raises ModuleNotFoundError for such a package, as an import without it would."""
        if name in self.packages:
            raise ModuleNotFoundError(f"{name} is left out", name=name)


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Within it these packages are as if not installed, unless they are imported already."""
    missing = Missing(frozenset(packages))
    sys.meta_path.insert(0, missing)
    try:
        yield
    finally:
        sys.meta_path.remove(missing)


def import_arrow() -> None:
    """pyarrow, which for the first array that it makes imports pandas: 0.3 s. A table's own `to_pandas` still does."""
    import pyarrow as pa

    with without("pandas"):
        pa.array([], pa.null())


def import_beam() -> None:
    """Beam, which for data frames and file systems that are not ours imports pandas and boto3: half a second."""
    with without("pandas", "boto3"):
        import apache_beam  # noqa: F401
