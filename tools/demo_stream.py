"""`make demo-stream`: a real broker, the samples on a topic, the job, rows appearing, a clean stop; in about a minute.

Needs Java and Maven (for Kafka's jars, kept in the user's cache). The lake is a folder that is gone afterwards, unless one is
named: `python tools/demo_stream.py lake-stream`.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from copytaster.lake.log import LakeLog  # noqa: E402
from copytaster.lake.storage import Storage  # noqa: E402
from services.kafka_broker import Broker  # noqa: E402  (the tests' broker, which is no part of the package)

PARTITIONS = 4


def copytaster(*arguments: str) -> list[str]:
    """A command line of the program."""
    return [sys.executable, "-m", "copytaster.cli", *arguments]


def published(lake: Path) -> int:
    """Records in published blocks."""
    return sum(manifest.records for manifest in LakeLog(Storage(str(lake))).manifests())


def main() -> None:
    """Shows it all."""
    with tempfile.TemporaryDirectory() as temporary:
        lake = Path(sys.argv[1] if len(sys.argv) > 1 else f"{temporary}/lake")
        print("starting a broker …", flush=True)
        broker = Broker(Path(temporary) / "kafka").start()
        job = None
        try:
            broker.create_topic("articles", PARTITIONS)
            lines = [
                line
                for name in ("wire", "agency.ninjs")
                for line in (ROOT / "samples" / f"{name}.jsonl").read_bytes().splitlines()
                if line
            ]
            sent = broker.send("articles", lines, PARTITIONS)
            print(f"{sent} messages on the topic `articles` at {broker.address}; starting the job …", flush=True)
            before = published(lake)
            flags = ["--brokers", broker.address, "--topic", "articles", "--lake", str(lake), "--max-latency", "1"]
            job = subprocess.Popen(copytaster("run", *flags))
            while published(lake) - before < sent:
                if job.poll() is not None:
                    sys.exit(f"the job ended with code {job.returncode}")
                time.sleep(0.5)
            status = copytaster("status", "--lake", str(lake), "--brokers", broker.address, "--topic", "articles")
            subprocess.run(status, check=True)
            subprocess.run(copytaster("look", "--lake", str(lake), "--rows", "3"), check=True)
            job.send_signal(signal.SIGTERM)
            print(f"the job ended with code {job.wait(40)}", flush=True)
        finally:
            if job is not None and job.poll() is None:
                job.kill()
            broker.stop()


if __name__ == "__main__":
    main()
