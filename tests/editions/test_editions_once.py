"""Whatever is killed, paused or fails: every edition is in every table once, in order, with the undisturbed run's rows."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from desk import CHILDREN, Desk, Item
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.io.pyarrow import PyArrowFile
from reading import counts, publish, rows, texts

from copytaster.editions.catalog import EDITION, CatalogLockedError, EditionTables, lake_catalog, open_tables
from copytaster.editions.following import Policy, publish_once
from copytaster.editions.layout import NAMESPACE, TABLES
from copytaster.editions.made import read_made
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage

EDITIONS = 14
KILLS = 32
SEED = 20261201

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["copytaster.editions.publishing", "copytaster.editions.catalog", "pyiceberg.io.pyarrow"])


def story(desk: Desk) -> dict[str, str]:
    """Blocks of three records: new articles, corrections and withdrawals of earlier ones; the texts that hold at the end."""
    holds = {}
    for n in range(EDITIONS):
        items = [Item(f"a{n}", f"First {n}"), Item(f"a{n // 2}", f"Second {n}"), Item(f"a{n - 3}", None)]
        for item in items:
            holds[item.id] = item.text
        desk.take(items)
    return {name: text for name, text in holds.items() if text is not None}


def work(lake: str) -> None:
    """One job: an edition a block, of all that waits."""
    publish(LakeLog(Storage(lake)), max_articles=1)


def start(log: LakeLog) -> multiprocessing.process.BaseProcess:
    """A job in a process of its own."""
    process = FORKS.Process(target=work, args=(log.storage.url,))
    process.start()
    return process


def assert_each_edition_once(log: LakeLog, last: int | None = None) -> None:
    """Every table's snapshots are the editions from 1 on, each once, in order; to the end, or as far as they have come."""
    for name in TABLES:
        table = lake_catalog(log.storage).load_table((NAMESPACE, name))
        found = [int((snapshot.summary or {})[EDITION]) for snapshot in table.snapshots()]
        assert found == list(range(1, len(found) + 1))
        assert int(table.properties.get(EDITION, 0)) == len(found)
        assert last is None or len(found) == last


def assert_holds(log: LakeLog, holds: dict[str, str]) -> None:
    """The tables have these articles and their rows, once, and every edition once."""
    assert_each_edition_once(log, EDITIONS)
    assert texts(log) == holds
    assert counts(log) == {"articles": len(holds)} | dict.fromkeys(CHILDREN, 2 * len(holds))
    assert read_made(log, EDITIONS) is not None
    assert read_made(log, EDITIONS + 1) is None


@pytest.mark.slow
def test_killed_thirty_times(desk: Desk) -> None:
    """kill -9 at random moments, at least 30 times over one lake; a reader sees whole editions all the while."""
    holds = story(desk)
    chance = random.Random(SEED)
    open_tables(desk.log)  # a reader may look at any moment
    for kill in range(KILLS):
        wanted = len(files_of(desk.log)) + chance.randrange(1, 24)
        process = start(desk.log)
        while process.is_alive() and len(files_of(desk.log)) < wanted:
            time.sleep(chance.uniform(0.0, 0.02))
        assert process.is_alive(), "the lake was too small for so many kills"
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        if kill % 4 == 0:
            assert_each_edition_once(desk.log)
    publish(desk.log, max_articles=1)
    assert_holds(desk.log, holds)


def files_of(log: LakeLog) -> set[str]:
    """Every file of the log and of the tables."""
    return {str(path) for path in Path(log.storage.path("")).rglob("*") if path.is_file() and "_tmp" not in path.parts}


def test_several_at_once(desk: Desk) -> None:
    """Three jobs over one lake at the same time, and one that comes when they are done."""
    holds = story(desk)
    processes = [start(desk.log) for _ in range(3)]
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert_holds(desk.log, holds)
    assert publish(desk.log) == []


def test_begun_by_several_at_one_moment(tmp_path: Path) -> None:
    """Catalog, namespace and tables are made once, and nobody fails for having come second."""
    several = 6
    for number in range(5):
        log = Desk(tmp_path / f"lake{number}").log
        together = threading.Barrier(several)

        def begin(_: int, log: LakeLog = log, together: threading.Barrier = together) -> set[str]:
            together.wait()
            tables = open_tables(log)
            return {str(tables.table(name).metadata.table_uuid) for name in TABLES}

        with ThreadPoolExecutor(several) as pool:
            found = list(pool.map(begin, range(several)))
        assert len(found[0]) == len(TABLES)
        assert found == [found[0]] * several


def test_paused_while_another_finishes(desk: Desk) -> None:
    """A job stopped in the middle of an edition and woken when another has done all changes nothing, nor does it fail."""
    holds = story(desk)
    zombies = []
    for pause in (0.5, 0.8, 1.2):
        zombie = start(desk.log)
        time.sleep(pause)
        stop_outside_of_the_catalog(zombie.pid or 0, catalog_file(desk))
        zombies.append(zombie)
    publish(desk.log, max_articles=1)
    assert_holds(desk.log, holds)
    for zombie in zombies:
        os.kill(zombie.pid or 0, signal.SIGCONT)
        zombie.join()
        assert zombie.exitcode == 0
    assert_holds(desk.log, holds)


def catalog_file(desk: Desk) -> Path:
    """The catalog in the lake."""
    return Path(desk.log.storage.path("editions/catalog.sqlite"))


def stop_outside_of_the_catalog(pid: int, catalog: Path) -> None:
    """Pauses a process at a moment when it has no lock on the catalog, for which all others would wait."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        if not catalog.exists():
            return
        with contextlib.closing(sqlite3.connect(catalog, timeout=0.2, isolation_level=None)) as db:
            try:
                db.execute("BEGIN EXCLUSIVE")
                db.execute("ROLLBACK")
                return
            except sqlite3.OperationalError:
                os.kill(pid, signal.SIGCONT)
                time.sleep(0.005)


def test_a_locked_catalog_is_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as a backup may take; then the error says who is in the way, and the next try makes the edition."""
    desk.take([Item("a0", "Text 0")])
    open_tables(desk.log)
    with contextlib.closing(
        sqlite3.connect(catalog_file(desk), isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr("copytaster.editions.catalog.LOCK_SECONDS", 0.2)
        with pytest.raises(CatalogLockedError, match=r"catalog\.sqlite has been locked by another process for 0\.2 s"):
            publish_once(desk.log, None, Policy(), threading.Event(), print)
        monkeypatch.undo()
        threading.Timer(1.0, other.execute, ["ROLLBACK"]).start()
        assert publish_once(desk.log, None, Policy(), threading.Event(), print) == 1
    assert_each_edition_once(desk.log, 1)


class BrokenStoreError(OSError):
    """The failure that a test causes."""


@contextlib.contextmanager
def failing(number: int, *, after: bool = False) -> Iterator[list[str]]:
    """Makes the `number`-th call of store or catalog fail, before it does anything or after it has done it; gives the calls."""
    calls: list[str] = []
    targets: list[tuple[type, str]] = [
        (Storage, "create"),
        (Storage, "put"),
        (EditionTables, "put_file"),
        (PyArrowFile, "create"),
        (SqlCatalog, "commit_table"),
    ]

    def counted(real: Callable[..., object], name: str) -> Callable[..., object]:
        def call(*args: object, **named: object) -> object:
            calls.append(name)
            mine = len(calls) == number
            if mine and not after:
                raise BrokenStoreError(5, f"Input/output error in {name}")
            result = real(*args, **named)
            if mine:
                raise BrokenStoreError(5, f"no answer from {name}")
            return result

        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in targets:
            patch.setattr(owner, name, counted(getattr(owner, name), name))
        yield calls


@pytest.mark.slow
def test_each_call_fails_in_turn(desk: Desk) -> None:
    """Wherever an edition breaks, before a call or with its answer lost: the next job finishes it, and it is there once."""
    desk.take([Item("a0", "Text 0")])
    publish(desk.log)
    reached_end = False
    for number in itertools.count(1):
        desk.take([Item(f"a{number}", f"Text {number}"), Item(f"a{number - 1}", None)])
        with failing(number, after=number % 2 == 0) as calls, contextlib.suppress(BrokenStoreError):
            publish(desk.log)
        publish(desk.log)
        reached_end = len(calls) < number
        if number % 8 == 0 or reached_end:
            assert_each_edition_once(desk.log, number + 1)
            assert texts(desk.log) == {f"a{number}": f"Text {number}"}
        if reached_end:
            break
    assert number > 40  # cut, files and deletes of seven tables, changes, record, manifests, lists, commits, hints
    assert {"create", "put", "put_file", "commit_table"} == set(calls)
    for name in CHILDREN:
        assert rows(desk.log, name).num_rows == 2


def test_a_commit_that_lost_is_looked_at_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another job commits the same edition between this one's look and its commit: the edition is there once."""
    desk.take([Item("a")])
    real = SqlCatalog.commit_table
    raced = []

    def race(self: SqlCatalog, table, requirements, updates):  # type: ignore[no-untyped-def]
        name = table.name()[-1]
        if name not in raced:
            raced.append(name)
            real(self, table, requirements, updates)  # the other job's
            with pytest.raises(CommitFailedException):
                real(self, table, requirements, updates)
            raise CommitFailedException("lost")
        return real(self, table, requirements, updates)

    monkeypatch.setattr(SqlCatalog, "commit_table", race)
    publish(desk.log)
    assert sorted(raced) == sorted(TABLES)
    assert_each_edition_once(desk.log, 1)
    assert counts(desk.log) == {"articles": 1} | dict.fromkeys(CHILDREN, 2)
