"""The model's matrix products on the fast arithmetic that numpy brings, in one thread a process.

thinc multiplies with its own copy of BLIS, which reaches a third of what OpenBLAS does on the same core at the model's
shapes (2,500 x 288 x 288). The rows are the same.
"""

from __future__ import annotations

import ctypes
import functools
import platform
from collections.abc import Iterator

import numpy as np
import structlog
from spacy.language import Language
from thinc.api import Model, NumpyOps
from threadpoolctl import threadpool_limits

LOG = structlog.get_logger(__name__)

FAST = ("openblas", "mkl", "accelerate", "blis", "armpl", "nvpl", "flexiblas")
"""What is found in the names of the BLAS libraries that are worth to change to, as numpy's builds give them."""


def use_fast_arithmetic(nlp: Language, library: str | None = None) -> None:
    """Lets every model of the pipeline that runs on thinc's own arithmetic run on numpy's instead.

    What runs elsewhere (a GPU, PyTorch, Apple's own) stays there. Where numpy has no fast library all stays as it is, and
    the log says so. `library` is the name of numpy's, and found out when not given. Limits numpy's linear algebra to one
    thread in this process: there is a process a core, and two with two threads each wait for each other.
    """
    name = blas_library() if library is None else library
    if not any(fast in name.lower() for fast in FAST):
        cure = "a numpy wheel from the package index has OpenBLAS; without it the model takes half as long again"
        LOG.warning("numpy has no fast linear algebra", library=name or "none", cure=cure)
        return
    threadpool_limits(1, user_api="blas")
    numpys = NumpyOps(use_blis=False)
    for node in nodes(nlp):
        if type(node.ops) is NumpyOps:
            node.ops = numpys


MEMORY_OPTIONS = {-1: 512 << 20, -3: 64 << 20, -2: 16 << 20}
"""glibc's M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_TOP_PAD, in bytes (mallopt(3))."""


@functools.cache
def keep_memory() -> None:
    """Lets this process use the memory of the last batch's matrices for the next batch's, where its C library is glibc.

    By itself that gives large pieces back at once and asks for them anew, and for each page of them the system is called,
    which clears it: a fifth of the model's time.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    set_option = ctypes.CDLL(None).mallopt
    for option, value in MEMORY_OPTIONS.items():
        set_option(option, value)


def blas_library() -> str:
    """The name of the linear algebra library that numpy was built with, e.g. `scipy-openblas`; empty without any."""
    found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return str(found.get("name", "")) if found.get("found") else ""


def nodes(nlp: Language) -> Iterator[Model]:  # type: ignore[type-arg]
    """Every layer of every component's model."""
    for _, pipe in nlp.pipeline:
        model = getattr(pipe, "model", None)
        if isinstance(model, Model):
            yield from model.walk()
