"""A real Flink for the tests: Beam's job server with an embedded cluster, as a process of the test."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from services.java import end, free_port, jars, owns_listener, wait_until

CONFIG = """
rest.bind-port: {rest}-{rest_end}
rest.port: {rest}
restart-strategy.type: exponential-delay
restart-strategy.exponential-delay.initial-backoff: 1s
restart-strategy.exponential-delay.max-backoff: 5s
state.checkpoints.dir: file://{folder}/checkpoints
taskmanager.memory.process.size: 1g
taskmanager.numberOfTaskSlots: 4
"""

OPENS = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in (
        "java.lang",
        "java.net",
        "java.io",
        "java.nio",
        "java.util",
        "java.util.concurrent",
        "java.text",
        "java.time",
        "sun.nio.ch",
    )
]
"""What Flink 1.19 needs on Java 17."""


class EmbeddedFlink:
    """A job server whose jobs each run on a cluster within it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.job_port, self.rest = free_port(), free_port()
        self.libraries = jars("flink")
        folder.mkdir(parents=True, exist_ok=True)
        config = CONFIG.format(rest=self.rest, rest_end=self.rest + 20, folder=folder)
        (folder / "conf").mkdir(exist_ok=True)
        (folder / "conf" / "flink-conf.yaml").write_text(config)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> EmbeddedFlink:
        """Starts the job server and waits for its port."""
        command = [
            "java", "-Xmx900m", *OPENS, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{self.libraries}/*",
            "org.apache.beam.runners.flink.FlinkJobServerDriver", "--flink-master=[local]", f"--flink-conf-dir={self.folder}/conf",
            f"--job-port={self.job_port}", "--artifact-port=0", "--expansion-port=-1",
        ]  # fmt: skip
        with (self.folder / "flink.log").open("ab") as log:
            self.process = process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        wait_until(lambda: owns_listener(process, self.job_port), "the job server's listener")
        return self

    @property
    def flags(self) -> list[str]:
        """Beam's flags for a job here, with Python workers in the submitting process."""
        return [f"--job_endpoint=127.0.0.1:{self.job_port}", "--environment_type=LOOPBACK"]

    @property
    def rest_address(self) -> str:
        """Flink's REST interface of the first job."""
        return f"http://127.0.0.1:{self.rest}"

    def get(self, path: str) -> Any:
        """What the REST interface says."""
        with urllib.request.urlopen(f"{self.rest_address}{path}", timeout=20) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """Ends the job server."""
        if self.process is not None:
            end(self.process)
            self.process = None
