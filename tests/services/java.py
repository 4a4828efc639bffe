"""A real Kafka and a real Flink for the tests: jars by Maven, kept outside of the tree, and processes that end with us."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "copytaster"


def jars(name: str) -> Path:
    """The folder with the class path of `NAME.pom.xml`, fetched once by Maven.

    Skips the test where there is no Java or no Maven; where CI is set, that is a failure.
    """
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        message = f"needs {' and '.join(missing)} on the PATH"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    pom = HERE / f"{name}.pom.xml"
    folder = CACHE / name
    stamp = folder / "complete"
    if not stamp.exists() or stamp.read_text() != pom.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        work = CACHE / f"{name}-work"
        work.mkdir(parents=True, exist_ok=True)
        shutil.copy(pom, work / "pom.xml")
        command = [
            "mvn",
            "-q",
            "-B",
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={folder}",
        ]
        subprocess.run(command, cwd=work, check=True, timeout=600)
        stamp.write_text(pom.read_text())
    return folder


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(is_ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Until something holds. Raises TimeoutError naming it."""
    end = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.1)


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
