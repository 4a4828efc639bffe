"""Worker processes: who listens, who dies, and what becomes of their blocks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from copytaster.beam.pool import WorkerDiedError, WorkerPool
from copytaster.beam.runs import ArchivesFailedError, run_backfill
from copytaster.lake.blocks import Block
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.records import DeadLetter, RawRecord
from copytaster.settings import Settings
from copytaster.sources.planning import Reading
from copytaster.sources.tasks import Task
from wire import article, table_files, write_archive


@dataclass(frozen=True)
class Deadly:
    """A source of which whoever reads the blocks named is killed, as by a machine that runs out of memory."""

    deadly: tuple[int, ...]
    title: str = "deadly"

    def read(self, block: Block) -> Reading:
        if block.start in self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        document = {**article(block.start), "language": "de"}
        return Reading((RawRecord(json.dumps(document).encode(), block.start),))

    def report(self, block: Block, letters: list[DeadLetter]) -> None: ...


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two workers, which know this file."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)]))
    return Settings(lake=str(tmp_path / "lake"), workers=2, max_records=2)


def tree(process: psutil.Process) -> list[psutil.Process]:
    """A process and all that it has started."""
    return [process, *process.children(recursive=True)]


def listeners(processes: list[psutil.Process]) -> Iterator[object]:
    """What these processes listen on."""
    for process in processes:
        for connection in process.net_connections(kind="inet"):
            if connection.status == psutil.CONN_LISTEN or connection.type == 2:  # SOCK_DGRAM has no state
                yield connection.laddr


@pytest.mark.slow
def test_nothing_listens_and_a_worker_may_die(tmp_path: Path) -> None:
    """`backfill --workers 2` opens no port at any moment; one worker killed at work is replaced, its block done again."""
    archive = write_archive(tmp_path / "wire.jsonl.gz", 60, broken=10)
    lake = tmp_path / "lake"
    command = [sys.executable, "-m", "copytaster.cli", "backfill", str(archive), "--lake", str(lake)]
    program = subprocess.Popen(
        [*command, "--workers", "2", "--max-records", "4"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    found: set[object] = set()
    victim, seen = None, set()
    while program.poll() is None:
        try:
            processes = tree(psutil.Process(program.pid))
            found.update(listeners(processes))
            seen.update(process.pid for process in processes[1:])
            if victim is None and len(list((lake / "_log" / "published").rglob("*.json"))) >= 4:
                victim = processes[-1]
                victim.kill()
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.05)
    _, errors = program.communicate()
    assert program.returncode == 0, errors
    assert victim is not None
    assert found == set()
    assert len(seen) >= 3  # two, and the one in the victim's place
    run_backfill([str(archive)], Settings(lake=str(tmp_path / "one"), max_records=4))
    assert table_files(lake) == table_files(tmp_path / "one")


def test_a_deadly_block_is_given_up(settings: Settings) -> None:
    """A block that kills every worker that takes it up fails with the reason; all others are done."""
    blocks = [Block(source="deadly", start=n, end=n + 1) for n in range(5)]
    with WorkerPool(settings) as pool:
        for block in blocks:
            pool.submit(Task(Deadly(deadly=(1,)), block))
        outcomes = {}
        while pool.open:
            outcome = pool.next_outcome(60)
            assert outcome is not None, "the pool hangs"
            outcomes[outcome.task.block.start] = outcome.error
        processes = [worker.process for worker in pool.workers]
    assert {n: type(error) for n, error in outcomes.items()} == {1: WorkerDiedError} | dict.fromkeys(
        (0, 2, 3, 4), type(None)
    )
    assert "deadly-0-1-2: 3 worker processes died of it, the last by SIGKILL" in str(outcomes[1])
    assert pool.deaths == 3
    assert all(process.returncode is not None for process in processes)
    log = LakeLog(Storage(settings.lake))
    assert [log.is_published(block) for block in blocks] == [True, False, True, True, True]


def test_a_pool_that_cannot_start_says_why(settings: Settings) -> None:
    """A model that no worker can load ends the job with its reason; nobody waits for ever."""
    broken = settings.model_copy(update={"model": "no_such_model"})
    with WorkerPool(broken) as pool:
        pool.submit(Task(Deadly(deadly=()), Block(source="deadly", start=0, end=1)))
        with pytest.raises(OSError, match="no_such_model"):
            pool.next_outcome(60)


@pytest.mark.parametrize("workers", [1, 2])
def test_trouble_of_one_archive_stays_its_own(workers: int, settings: Settings, tmp_path: Path) -> None:
    """An archive that changes after it was planned, and one that is not what its name says, end no other."""
    good = write_archive(tmp_path / "good.jsonl.gz", 6)
    changed = write_archive(tmp_path / "changed.jsonl.gz", 6)
    chosen = settings.model_copy(update={"workers": workers})
    run_backfill([str(changed)], chosen.model_copy(update={"workers": 1}))
    write_archive(changed, 8)
    (tmp_path / "orc.jsonl").write_bytes(b"ORC" + bytes(100))
    with pytest.raises(ArchivesFailedError) as failed:
        run_backfill([str(tmp_path / "orc.jsonl"), str(changed), str(good)], chosen)
    assert set(failed.value.failures) == {str(tmp_path / "orc.jsonl"), str(changed)}
    assert "An archive must not change" in str(failed.value)
    assert "while running" not in str(failed.value)
    published = [m.records for m in LakeLog(Storage(settings.lake)).manifests() if m.block.source.startswith("good")]
    assert sum(published) == 6
