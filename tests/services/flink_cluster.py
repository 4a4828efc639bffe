"""A real Flink for the tests: a standalone cluster by the script that users follow, or one within Beam's job server."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psutil
from deploy.flink.standalone import HERE, OPTIONS, Cluster

from services.java import FLINK_POM, end, free_port, jars, owns_listener, wait_until

EMBEDDED = """
jobmanager.rpc.address: 127.0.0.1
rest.address: 127.0.0.1
rest.bind-port: {rest}-{rest_end}
rest.port: {rest}
state.checkpoints.dir: file://{folder}/checkpoints
state.checkpoint-storage: filesystem
taskmanager.numberOfTaskSlots: 4
metrics.reporter.prometheus.port: {metrics}-{metrics_end}
"""


def standalone(folder: Path, slots: int = 2) -> Cluster:
    """A running cluster, each of its parts a process of the test."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(folder, jars("flink", FLINK_POM), slots)
    try:
        return cluster.start()
    except BaseException:
        cluster.stop()
        raise


def python_workers(cluster: Cluster) -> list[psutil.Process]:
    """The worker processes that the pool has started and that run, oldest first."""
    workers = psutil.Process(cluster.parts["workerpool"].pid).children()
    running = [worker for worker in workers if worker.status() != psutil.STATUS_ZOMBIE]
    return sorted(running, key=lambda worker: worker.create_time())


class EmbeddedFlink:
    """A job server whose jobs each run on a cluster within it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.job_port, self.rest = free_port(), free_port()
        self.libraries = jars("flink", FLINK_POM)
        folder.mkdir(parents=True, exist_ok=True)
        metrics = free_port()
        added = EMBEDDED.format(
            rest=self.rest, rest_end=self.rest + 20, metrics=metrics, metrics_end=metrics + 20, folder=folder
        )
        config = (HERE / "flink-conf.yaml").read_text() + added
        (folder / "conf").mkdir(exist_ok=True)
        (folder / "conf" / "flink-conf.yaml").write_text(config)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> EmbeddedFlink:
        """Starts the job server and waits for its port."""
        command = [
            "java", f"@{OPTIONS}", "-Xmx900m", "-cp", f"{self.libraries}/*",
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

    def stop(self) -> None:
        """Ends the job server."""
        if self.process is not None:
            end(self.process)
            self.process = None
