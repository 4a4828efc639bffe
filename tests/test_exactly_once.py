"""Whatever is killed, paused or fails: every article's rows are in the lake exactly once, byte for byte.

Each test compares with the lake of an undisturbed run, and counts.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from spacy.language import Language

from copytaster.batch import (
    Task,
    annotate_batch,
    finish_batch,
    parse_batch,
    publish_batch,
    read_batch,
    run_layer_on_batch,
)
from copytaster.extract import LAYERS
from copytaster.lake.blocks import Manifest
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.sources.archive import open_archive
from copytaster.sources.planning import ArchiveSource, Limits, plan_archive
from wire import ask, table_files, write_archive

ARTICLES = 480
BROKEN = 10
"""Every tenth record is no JSON, so that dead letters too are there exactly once."""
KILLS = 30
SEED = 20260101


def start(archive: Path, lake: Path, workers: int = 1) -> subprocess.Popen[bytes]:
    """The real program over the archive, in a process group of its own."""
    command = [
        sys.executable, "-m", "copytaster.cli", "backfill", str(archive), "--lake", str(lake),
        "--workers", str(workers), "--max-records", "2",
    ]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def finish(process: subprocess.Popen[bytes]) -> None:
    """Waits for the program, which must succeed."""
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors.decode()[-4000:]


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of the program and its workers."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("archive") / "wire.jsonl.gz", ARTICLES, broken=BROKEN)


@pytest.fixture(scope="module")
def undisturbed(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    finish(start(archive, lake))
    return lake


def assert_same_lake(lake: Path, undisturbed: Path) -> None:
    """The tables are the undisturbed run's to the byte, and hold every record once."""
    assert table_files(lake) == table_files(undisturbed)
    articles = ask(f"SELECT count(*), count(DISTINCT article_id) FROM '{lake}/articles/**/*.parquet'")
    letters = ask(f"SELECT count(*), count(DISTINCT source_offset) FROM '{lake}/dead_letters/**/*.parquet'")
    broken = ARTICLES // BROKEN
    assert articles == [(ARTICLES - broken, ARTICLES - broken)]
    assert letters == [(broken, broken)]
    manifests = list(LakeLog(Storage(str(lake))).manifests())
    assert sum(manifest.records for manifest in manifests) == ARTICLES
    for table in ("articles", "entities", "mentions", "quotes", "times", "events", "dead_letters"):
        rows = ask(f"SELECT count(*) FROM '{lake}/{table}/**/*.parquet'")
        assert rows == [(sum(m.files[table].rows for m in manifests if table in m.files),)]


@pytest.mark.slow
def test_killed_thirty_times(archive: Path, undisturbed: Path, tmp_path: Path) -> None:
    """kill -9 at random moments, at least 30 times over one archive, alternately with one process and with two."""
    moments = random.Random(SEED)
    lake = tmp_path / "lake"
    log = LakeLog(Storage(str(lake)))
    source = open_archive(str(archive)).name
    kills = killed_at_work = 0
    while kills < KILLS:
        before = len(log.progress(source).published)
        process = start(archive, lake, workers=1 + kills % 2)
        if kills % 3 == 0:
            time.sleep(moments.uniform(0.2, 4.0))  # at the start: imports, planning, loading
        else:
            wait_for_blocks(log, source, before + 1, process)
            time.sleep(moments.uniform(0.0, 0.2))  # while blocks are extracted and written
        if process.poll() is not None:
            break  # done already: the archive was too small for so many kills, which the assertion below tells
        killed_at_work += len(log.progress(source).published) > before
        kill(process)
        kills += 1
        # a reader may look at any moment: what is there is whole, whether its block is published or not
        assert table_files(lake).items() <= table_files(undisturbed).items()
    assert kills == KILLS
    assert killed_at_work >= KILLS // 3
    finish(start(archive, lake))
    assert_same_lake(lake, undisturbed)


def wait_for_blocks(log: LakeLog, source: str, count: int, process: subprocess.Popen[bytes]) -> None:
    """Until so many blocks are published, or the program has ended."""
    while process.poll() is None and len(log.progress(source).published) < count:
        time.sleep(0.005)


@pytest.mark.slow
def test_paused_while_another_finishes(archive: Path, undisturbed: Path, tmp_path: Path) -> None:
    """A process stopped in the middle and woken when another has done all changes nothing."""
    lake = tmp_path / "lake"
    log = LakeLog(Storage(str(lake)))
    source = open_archive(str(archive)).name
    zombie = start(archive, lake)
    wait_for_blocks(log, source, 3, zombie)
    os.killpg(zombie.pid, signal.SIGSTOP)
    at_pause = len(log.progress(source).published)
    finish(start(archive, lake))
    finished = table_files(lake)
    os.killpg(zombie.pid, signal.SIGCONT)
    finish(zombie)
    assert 3 <= at_pause < ARTICLES // 4  # blocks, of two articles
    assert table_files(lake) == finished
    assert_same_lake(lake, undisturbed)


def test_two_at_once(archive: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Two programs over the same archive and lake at the same time."""
    lake = tmp_path / "lake"
    first, second = start(archive, lake), start(archive, lake)
    finish(first)
    finish(second)
    assert_same_lake(lake, undisturbed)


def test_second_run_does_nothing(archive: Path, undisturbed: Path) -> None:
    """A finished archive is left alone, and the program says so."""
    before = {path: path.stat().st_mtime_ns for path in undisturbed.rglob("*") if path.is_file()}
    command = [sys.executable, "-m", "copytaster.cli", "backfill", str(archive), "--lake", str(undisturbed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Nothing to do" in done.stdout
    assert before == {path: path.stat().st_mtime_ns for path in undisturbed.rglob("*") if path.is_file()}


@contextlib.contextmanager
def failing_call(number: int) -> Iterator[list[str]]:
    """Makes the `number`-th file-system call of this process's storage fail; gives the calls made."""
    calls: list[str] = []
    targets = [
        (os, "fsync"),
        (os, "link"),
        (os, "open"),
        (Path, "replace"),
        (Path, "mkdir"),
        (Path, "open"),
        (Path, "unlink"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        real_open = Path.open
        for owner, name in targets:
            patch.setattr(owner, name, counted(getattr(owner, name), name, number, calls))
        counted_open = Path.open

        def open_failing(path: Path, mode: str = "r", *rest: object, **named: object) -> object:
            file = counted_open(path, mode, *rest, **named)
            return HalfWriter(file, number, calls) if "b" in mode and mode != "rb" else file

        patch.setattr(Path, "open", open_failing)
        assert real_open is not Path.open
        yield calls


class HalfWriter:
    """A file whose write, when it is the one to fail, leaves half of the bytes: a full disk."""

    def __init__(self, file: object, number: int, calls: list[str]) -> None:
        self.file, self.number, self.calls = file, number, calls

    def __enter__(self) -> HalfWriter:
        self.file.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.file.__exit__(*error)

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)

    def write(self, data: bytes) -> int:
        self.calls.append("write")
        if len(self.calls) == self.number:
            self.file.write(data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return self.file.write(data)


def counted(real, name: str, number: int, calls: list[str]):  # type: ignore[no-untyped-def]
    """The real call, which fails when it is the `number`-th of all."""

    def call(*args: object, **kwargs: object) -> object:
        calls.append(name)
        if len(calls) == number:
            raise OSError(5, f"Input/output error in {name}")
        return real(*args, **kwargs)

    return call


def extracted_batches(archive: Path, lake: Path, nlp: Language) -> Iterator[object]:
    """The batches of the archive as the pipeline has them before they are published."""
    source = open_archive(str(archive))
    for block in plan_archive(LakeLog(Storage(str(lake))), source, Limits(max_records=4)):
        with nlp.memory_zone():
            batch = annotate_batch(parse_batch(read_batch(Task(ArchiveSource(source), block))), nlp)
            for name, layer in LAYERS:
                batch = run_layer_on_batch(batch, name, layer)
            batch = finish_batch(batch)
        yield batch


def test_each_file_system_call_fails_in_turn(tmp_path: Path, nlp: Language) -> None:
    """Wherever the publisher fails: no manifest without all of its files, and trying again gives the undisturbed lake."""
    archive = write_archive(tmp_path / "small.jsonl.gz", 6, broken=6)
    whole = LakeLog(Storage(str(tmp_path / "whole")))
    batches = list(extracted_batches(archive, tmp_path / "whole", nlp))
    for batch in batches:
        publish_batch(batch, whole)
    number, reached_end = 0, False
    while not reached_end:
        number += 1
        lake = tmp_path / f"lake{number}"
        log = LakeLog(Storage(str(lake)))
        with failing_call(number) as calls, contextlib.suppress(OSError):
            for batch in batches:
                publish_batch(batch, log)
        reached_end = len(calls) < number
        assert table_files(lake).items() <= table_files(tmp_path / "whole").items()
        for manifest in log.manifests():
            assert_files_there(lake, manifest)
        for batch in batches:
            publish_batch(batch, log)
        assert table_files(lake) == table_files(tmp_path / "whole")
        assert len(list(log.manifests())) == len(batches)
    assert number > 40  # fsync, mkdir, open, rename of every table of two blocks, and the manifests' links


def assert_files_there(lake: Path, manifest: Manifest) -> None:
    """Every file that a manifest names is in the lake with the bytes that it says."""
    present = table_files(lake)
    for file in manifest.files.values():
        assert present.get(file.path) == file.sha256
