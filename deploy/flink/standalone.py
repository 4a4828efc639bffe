"""A standalone Flink for copytaster on this machine: each part a process of its own, none of Flink's own scripts needed.

    python deploy/flink/standalone.py [--folder flink] [--task-managers 1] [--slots 2] …

fetches the class path by Maven (once; 155 MB), starts a JobManager, task managers, Beam's job server and the pool that
starts the Python workers, prints the command that submits the job, and ends them all on Ctrl-C or SIGTERM. Run it with
the Python in which copytaster is installed: the workers use the same. Needs Java 17 and Maven.

The tests start the same `Cluster` (tests/services/flink_cluster.py) and kill its parts one by one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOST = "127.0.0.1"

OPTIONS = HERE / "java.options"

ADDED = """
jobmanager.rpc.address: {host}
jobmanager.rpc.port: {rpc}
jobmanager.bind-host: {host}
rest.address: {host}
rest.bind-address: {host}
rest.port: {rest}
rest.bind-port: {rest}
taskmanager.host: {host}
taskmanager.bind-host: {host}
taskmanager.numberOfTaskSlots: {slots}
taskmanager.cpu.cores: {slots}
state.checkpoint-storage: filesystem
state.checkpoints.dir: file://{folder}/checkpoints
io.tmp.dirs: {folder}/tmp
metrics.reporter.prometheus.port: {metrics}
"""
"""What stands behind `flink-conf.yaml`, where the last word counts."""


@dataclass(frozen=True)
class Ports:
    """Where the parts listen; each is one that was free unless it was named."""

    rest: int
    """Flink's REST interface and web pages."""
    job: int
    """Beam's job server."""
    artifact: int
    """The job server's second port, which the submitter sends files to."""
    pool: int
    """The pool of Python workers."""
    rpc: int
    """JobManager and task managers among themselves."""
    metrics: int
    """First of the ports where JobManager and task managers serve Prometheus."""

    @classmethod
    def free(cls, **named: int) -> Ports:
        """Those that are named (not 0), and free ones for the others."""
        names = [name for name in cls.__dataclass_fields__ if not named.get(name)]
        probes = [socket.socket() for _ in names]
        for probe in probes:
            probe.bind((HOST, 0))
        found = {name: probe.getsockname()[1] for name, probe in zip(names, probes, strict=True)}
        for probe in probes:
            probe.close()
        return cls(**{**named, **found})


@dataclass
class Cluster:
    """A JobManager, task managers, Beam's job server and the worker pool, all processes of this one."""

    folder: Path
    """Where configuration, logs and checkpoints go."""
    libraries: Path
    """The class path (`fetch_jars`)."""
    slots: int = 2
    """Of each task manager: how many subtasks it runs at once. The job's --workers must fit into all of them."""
    ports: Ports = field(default_factory=Ports.free)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    """The running processes by name; their logs are `NAME.log` in the folder."""
    started: int = 0
    """Task managers that were ever started; each gets a name of its own."""

    def start(self, task_managers: int = 1) -> Cluster:
        """Starts everything and waits until the task managers have registered. Raises RuntimeError where a part
        ends or a port is taken.
        """
        self.folder = self.folder.resolve()
        for port in (self.ports.rest, self.ports.job, self.ports.artifact, self.ports.pool, self.ports.rpc):
            if is_served(port):
                raise RuntimeError(f"port {port} is taken; name another, or 0 for any that is free")
        for name in ("conf", "tmp", "checkpoints"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        added = ADDED.format(
            host=HOST, rpc=self.ports.rpc, rest=self.ports.rest, slots=self.slots, folder=self.folder,
            metrics=f"{self.ports.metrics}-{self.ports.metrics + 20}",
        )  # fmt: skip
        (self.folder / "conf" / "flink-conf.yaml").write_text((HERE / "flink-conf.yaml").read_text() + added)
        self.start_job_manager()
        for _ in range(task_managers):
            self.start_task_manager()
        self.start_worker_pool()
        self.start_job_server()
        wait_until(lambda: self.registered() >= task_managers, "the task managers' registration")
        return self

    def start_job_manager(self) -> None:
        """The JobManager, which takes jobs and starts them anew when something fails."""
        arguments = ["--configDir", f"{self.folder}/conf", "--executionMode", "cluster"]
        entry = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
        self.start_java("jobmanager", entry, *arguments)
        self.wait_for("jobmanager", self.ports.rest)

    def start_task_manager(self) -> str:
        """One more task manager, which finds the JobManager by itself; gives its name."""
        self.started += 1
        name = f"taskmanager-{self.started}"
        entry = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
        self.start_java(name, entry, "--configDir", f"{self.folder}/conf")
        return name

    def start_job_server(self) -> None:
        """Beam's job server, which makes a Flink job of a Beam pipeline."""
        self.start_java(
            "jobserver", "org.apache.beam.runners.flink.FlinkJobServerDriver",
            f"--flink-master={HOST}:{self.ports.rest}", f"--flink-conf-dir={self.folder}/conf", f"--job-host={HOST}",
            f"--job-port={self.ports.job}", f"--artifact-port={self.ports.artifact}", "--expansion-port=-1",
            f"--artifacts-dir={self.folder}/artifacts",
        )  # fmt: skip
        self.wait_for("jobserver", self.ports.job)

    def start_worker_pool(self) -> None:
        """The pool that starts a Python worker whenever a task manager asks for one."""
        # it starts `python` from the PATH, and the workers import copytaster from where this process does
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        module = "apache_beam.runners.worker.worker_pool_main"
        command = [sys.executable, "-m", module, f"--service_port={self.ports.pool}"]
        # a worker's layers run in threads; where each has memory of its own, glibc gives it back after every batch, and
        # the system clears it anew for the next: a quarter of the worker's time
        self.start_part("workerpool", command, {**os.environ, "PATH": path, "MALLOC_ARENA_MAX": "1"})
        self.wait_for("workerpool", self.ports.pool)

    def start_java(self, name: str, entry: str, *arguments: str) -> None:
        """A Java program of the class path."""
        command = ["java", f"@{OPTIONS}", "-cp", f"{self.libraries}/*", entry, *arguments]
        # where Flink as a library, in the job server, looks for its configuration
        self.start_part(name, command, {**os.environ, "FLINK_CONF_DIR": f"{self.folder}/conf"})

    def start_part(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """A process in a group of its own, so that Ctrl-C reaches it by `stop` only and the pool's workers end with it."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=environment,
                process_group=0,
            )

    def wait_for(self, name: str, port: int, seconds: float = 60.0) -> None:
        """Until the part serves its port."""

        def serves() -> bool:
            self.check_alive(name)
            return is_served(port)

        wait_until(serves, f"{name} on port {port}", seconds)

    def check_alive(self, *names: str) -> None:
        """Raises RuntimeError where one of these parts has ended."""
        for name in names:
            if (code := self.parts[name].poll()) is not None:
                raise RuntimeError(f"{name} ended with code {code}; see {self.folder / name}.log")

    def registered(self) -> int:
        """How many task managers the JobManager knows. Raises RuntimeError where a part has ended."""
        self.check_alive(*self.parts)
        return len(self.get("/taskmanagers")["taskmanagers"])

    def get(self, path: str) -> Any:
        """What the REST interface says."""
        with urllib.request.urlopen(f"{self.rest_address}{path}", timeout=20) as answer:
            return json.load(answer)

    def kill(self, name: str) -> None:
        """Kill -9 of a part."""
        process = self.parts.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """Ends all parts, the pool's workers too, gently and then not."""
        for process in self.parts.values():
            process.terminate()
        for process in self.parts.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            with contextlib.suppress(ProcessLookupError):  # the pool's end by a signal does not reach its workers
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.parts.clear()

    @property
    def flags(self) -> list[str]:
        """Beam's flags for a job here."""
        return [
            f"--job_endpoint={HOST}:{self.ports.job}",
            "--environment_type=EXTERNAL",
            f"--environment_config={HOST}:{self.ports.pool}",
        ]

    @property
    def rest_address(self) -> str:
        """Flink's REST interface and web pages."""
        return f"http://{HOST}:{self.ports.rest}"


def fetch_jars(pom: Path, folder: Path) -> Path:
    """The folder with the class path of a pom, fetched by Maven if it is not there already."""
    stamp = folder / "complete"
    if not stamp.exists() or stamp.read_text() != pom.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        work = folder.with_name(f"{folder.name}-work")
        work.mkdir(parents=True, exist_ok=True)
        shutil.copy(pom, work / "pom.xml")
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
        subprocess.run(["mvn", "-q", "-B", *goal], cwd=work, check=True, timeout=900)
        stamp.write_text(pom.read_text())
    return folder


def is_served(port: int) -> bool:
    """Whether somebody takes connections on the port."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def wait_until(is_ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Until something holds. Raises TimeoutError naming it."""
    end = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.1)


def main() -> None:
    """Starts a cluster and keeps it until a signal comes or a part ends."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "copytaster" / "flink"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("flink"), help="configuration, logs, checkpoints")
    parser.add_argument("--libraries", type=Path, default=cache, help="the class path; filled by Maven if it is empty")
    parser.add_argument("--task-managers", type=int, default=1)
    parser.add_argument(
        "--slots", type=int, default=2, help="of each task manager; --workers must fit into all of them"
    )
    parser.add_argument("--rest-port", type=int, default=8081, help="0, here and below: any that is free")
    parser.add_argument("--job-port", type=int, default=8099)
    parser.add_argument("--artifact-port", type=int, default=8098)
    parser.add_argument("--pool-port", type=int, default=50000)
    parser.add_argument("--rpc-port", type=int, default=6123)
    parser.add_argument("--metrics-port", type=int, default=9249, help="first of the range for Prometheus")
    chosen = parser.parse_args()
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not on the PATH; install it (Java 17, Maven 3)")
    ports = Ports.free(
        rest=chosen.rest_port, job=chosen.job_port, artifact=chosen.artifact_port, pool=chosen.pool_port,
        rpc=chosen.rpc_port, metrics=chosen.metrics_port,
    )  # fmt: skip
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    print("fetching the class path …", flush=True)
    libraries = fetch_jars(HERE / "pom.xml", chosen.libraries)
    cluster = Cluster(chosen.folder, libraries, chosen.slots, ports)
    try:
        cluster.start(chosen.task_managers)
        workers = chosen.slots * chosen.task_managers
        print(f"Flink is at {cluster.rest_address}, logs are in {cluster.folder}. Submit with\n")
        print(f"  copytaster run --runner flink --brokers … --topic … --lake … --workers {workers} \\")
        print(
            f"      --flink-rest {cluster.rest_address} -- {shlex.join(cluster.flags)}\n\nCtrl-C ends it.", flush=True
        )
        while not stop.wait(1.0):
            cluster.check_alive(*cluster.parts)
    except (RuntimeError, TimeoutError) as error:
        sys.exit(str(error))
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
