"""A real Kafka and a real Flink for the tests: jars by Maven, kept outside of the tree, and processes that end with us."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # for programs that use this without pytest; deploy/ is in no package
from deploy.flink import standalone  # noqa: E402

KAFKA_POM = Path(__file__).parent / "kafka.pom.xml"
FLINK_POM = ROOT / "deploy" / "flink" / "pom.xml"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "copytaster"

PATIENCE = 4 if os.environ.get("CI") else 1
"""How many times longer is waited on a machine that others use too; what comes at once is not waited for longer."""


def wait_until(is_ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Until something holds; `PATIENCE` times the seconds at most. Raises TimeoutError naming it."""
    standalone.wait_until(is_ready, what, seconds * PATIENCE)


def jars(name: str, pom: Path) -> Path:
    """The folder of that name with the class path of a pom, fetched once by Maven.

    Skips the test where there is no Java or no Maven; where CI is set, that is a failure.
    """
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        message = f"needs {' and '.join(missing)} on the PATH"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:  # another process of the tests may want the same now
        fcntl.flock(lock, fcntl.LOCK_EX)
        return standalone.fetch_jars(pom, CACHE / name)


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def owns_listener(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether it is this very process that listens on the port: a test on somebody else's server proves nothing."""
    if process.poll() is not None:
        raise RuntimeError(f"process {process.pid} ended with code {process.returncode}")
    connections = psutil.Process(process.pid).net_connections("tcp")
    return any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in connections)


def end(process: subprocess.Popen[bytes], seconds: float = 20.0) -> None:
    """Ends a process that we started, gently and then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
