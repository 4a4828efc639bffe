"""The three operations that exactly-once rests on, on a disk and on an object store."""

from __future__ import annotations

import os
import pickle
import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from copytaster.lake.scratch import scratch_file
from copytaster.lake.storage import SCRATCH, Storage, WriteError


def test_create_writes_once(storage: Storage) -> None:
    """The first caller's bytes stay; the second is told that it lost."""
    assert storage.create("_log/a.json", b"first") is True
    assert storage.create("_log/a.json", b"second") is False
    assert storage.read("_log/a.json") == b"first"


def test_one_of_many_creators_wins(storage: Storage) -> None:
    """Sixteen threads create the same file at once: one wins, and the file holds the winner's bytes."""
    barrier = threading.Barrier(16)

    def create(number: int) -> bool:
        barrier.wait()
        return storage.create("_log/race.json", str(number).encode())

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(create, range(16)))
    assert won.count(True) == 1
    assert storage.read("_log/race.json") == str(won.index(True)).encode()


def test_put_replaces(storage: Storage) -> None:
    """The last bytes hold."""
    storage.put("quotes/x.parquet", b"old")
    storage.put("quotes/x.parquet", b"new")
    assert storage.read("quotes/x.parquet") == b"new"


def test_what_is_not_there(storage: Storage) -> None:
    """Reading, listing and asking for what is not there raise nothing."""
    assert storage.read("nothing") is None
    assert storage.exists("nothing") is False
    assert storage.names("nothing") == []


def test_names_are_sorted_and_direct(storage: Storage) -> None:
    """A folder's names: its files and folders, none deeper."""
    for name in ("a/2.json", "a/1.json", "a/deep/3.json", "b/4.json"):
        storage.put(name, b"x")
    assert storage.names("a") == ["1.json", "2.json", "deep"]


def test_travels_to_workers(storage: Storage) -> None:
    """A pickled storage opens its file system again."""
    storage.put("x", b"1")
    assert pickle.loads(pickle.dumps(storage)).read("x") == b"1"


@pytest.mark.parametrize("operation", ["create", "put"])
@pytest.mark.parametrize("call", ["fsync", "link", "replace"])
def test_failed_call_leaves_no_half_file(
    operation: str, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a file-system call fails, there is no file of that name, nor rubbish, and trying again works."""
    storage = Storage(str(tmp_path))

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*{"fsync": (os, "fsync"), "link": (os, "link"), "replace": (Path, "replace")}[call], fail)
        reached = call == "fsync" or (call == "link") == (operation == "create")
        if reached:
            with pytest.raises(
                OSError, match=f"cannot write t/x of the lake at {tmp_path}: No space left .* nothing is lost"
            ):
                getattr(storage, operation)("t/x", b"data")
            assert not (tmp_path / "t" / "x").exists()
            assert not any((tmp_path / SCRATCH).iterdir())
    getattr(storage, operation)("t/x", b"data")
    assert storage.read("t/x") == b"data"


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """By a real limit of the kernel: path and lake are named, and no scratch file is left."""
    storage = Storage(str(tmp_path))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(
            WriteError, match=rf"cannot write t/x of the lake at {tmp_path}: File too large\. Mend that"
        ):
            storage.put("t/x", bytes(20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list((tmp_path / SCRATCH).iterdir()) == []


def test_scratch_files_of_killed_processes_go(tmp_path: Path) -> None:
    """One that a process still writes stays."""
    storage = Storage(str(tmp_path))
    (tmp_path / SCRATCH).mkdir()
    (tmp_path / SCRATCH / "abandoned").write_bytes(b"half")
    with scratch_file(tmp_path / SCRATCH, b"whole") as held:
        storage.remove_abandoned()
        assert list((tmp_path / SCRATCH).iterdir()) == [held]
        held.rename(tmp_path / "named")
    assert list((tmp_path / SCRATCH).iterdir()) == []
    assert (tmp_path / "named").read_bytes() == b"whole"
