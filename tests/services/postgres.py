"""A real PostgreSQL as a process of the test, on a socket in its own folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from services.java import end, wait_until


class Postgres:
    """A server in a folder; `dsn` is how to reach it. It listens on no port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """Short: the path of a socket has at most 107 bytes."""
        self.programs = installed()
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        """The server refuses to be run by root."""
        self.dsn = f"host={folder} dbname=postgres user=postgres"

    def __enter__(self) -> Self:
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder / "data"
        subprocess.run(
            [*self.user, self.programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        self.process = subprocess.Popen(
            [*self.user, self.programs / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        ready = [self.programs / "pg_isready", "-q", "-h", self.folder]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, "PostgreSQL")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self.process)


def installed() -> Path:
    """The folder of the newest server that is installed. Skips the test where there is none; where CI is set it fails."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        return found[-1].parent
    if os.environ.get("CI"):
        pytest.fail("needs PostgreSQL (apt-get install postgresql)")
    pytest.skip("needs PostgreSQL (apt-get install postgresql)")
