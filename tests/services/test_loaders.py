"""The loaders of deploy/loaders against real databases, killed between any two of their statements."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from chdb.session import Session
from deploy.loaders import to_duckdb, to_postgres

from copytaster.lake.log import LakeLog
from copytaster.tables import SCHEMAS
from editions.desk import DAY, Desk, Item, wire
from editions.reading import publish, rows
from services.postgres import Postgres

LOADERS = Path(__file__).parents[2] / "deploy" / "loaders"
FORK = multiprocessing.get_context("fork")
Rows = dict[str, Counter[str]]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> LakeLog:
    """A lake of two editions, with corrections, a withdrawal, a letter that is taken in, and awkward characters."""
    desk = Desk(tmp_path_factory.mktemp("loaders") / "lake")
    desk.take([*wire(6), Item("odd", "A tab\t, a slash \\, a NUL \0, „quotes“ and\nlines."), Item("x", broken=True)])
    publish(desk.log)
    desk.take(
        [
            Item("wire-000001", "Corrected."),
            Item("wire-000002", None),
            Item("wire-000003", "Text 3.", published_at=None),
        ]
    )
    desk.redrive({7: Item("x", "Read at last.", timestamp=DAY)})
    publish(desk.log)
    return desk.log


@pytest.fixture(scope="module")
def expected(log: LakeLog) -> Rows:
    """What the Iceberg tables hold."""
    return {table: Counter(map(plain, rows(log, table).to_pylist())) for table in SCHEMAS}


def plain(row: dict[str, Any]) -> str:
    """A row that can be compared, as each of the databases has it."""
    row = {name: value.timestamp() if isinstance(value, datetime) else value for name, value in row.items()}
    return json.dumps(row, sort_keys=True, default=str, ensure_ascii=False).replace(
        "\\u0000", "\N{REPLACEMENT CHARACTER}"
    )


class Killed:
    """A connection whose process kills itself before its statement number `at`."""

    def __init__(self, db: Any, at: int) -> None:
        self.db, self.left = db, at

    def execute(self, *statement: Any) -> Any:
        self.count()
        return self.db.execute(*statement)

    def cursor(self) -> Any:
        self.count()
        return self.db.cursor()

    def register(self, *view: Any) -> None:
        self.db.register(*view)

    def count(self) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def killed_everywhere(
    connect: Callable[[], Any], load: Callable[[Any, str], int], log: LakeLog, count: Callable[[Any], tuple[int, int]]
) -> int:
    """Kills the loader before each of its statements in turn, edition after edition, until a run comes to its end; how
    often. `count` gives the edition that is loaded and how many articles are there: 0, 7 of edition 1, 7 of edition 2.
    """

    def attempt(at: int) -> None:
        with connect() as db:
            load(Killed(db, at), log.storage.url)

    killed, at, loaded = 0, 1, 0
    while at < 100:
        process = FORK.Process(target=attempt, args=(at,))
        process.start()
        process.join()
        with connect() as db:
            edition, articles = count(db)
        assert articles == (0, 7, 7)[edition]
        if process.exitcode == 0:
            assert edition == 2
            return killed
        assert process.exitcode == -signal.SIGKILL
        killed += 1
        at = at + 1 if edition == loaded else 1
        loaded = edition
    raise AssertionError("it never came to its end")


def test_duckdb(log: LakeLog, expected: Rows, tmp_path: Path) -> None:
    """Killed before every statement: after each death the database holds an edition whole, in the end all of them once."""
    path = str(tmp_path / "news.duckdb")

    def held() -> Rows:
        with duckdb.connect(path) as db:
            return {
                table: Counter(map(plain, db.sql(f"FROM {table}").to_arrow_table().to_pylist())) for table in SCHEMAS
            }

    def count(db: Any) -> tuple[int, int]:
        names = {name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if "articles" not in names:
            return 0, 0
        return db.execute("SELECT max(edition), (SELECT count(*) FROM articles) FROM loaded").fetchone()

    assert killed_everywhere(lambda: duckdb.connect(path), to_duckdb.load, log, count) > 50
    assert held() == expected
    with duckdb.connect(path) as db:
        assert to_duckdb.load(db, log.storage.url) == 0


@contextmanager
def short_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_postgres(log: LakeLog, expected: Rows) -> None:
    """The same, and two at once load each edition once."""
    with short_folder() as folder, Postgres(folder) as server:

        def connect() -> Any:
            return psycopg.connect(server.dsn, autocommit=True)

        def held() -> Rows:
            found = {}
            for table in SCHEMAS:
                with connect() as db:
                    cursor = db.execute(f"SELECT * FROM {table}")
                    names = [column.name for column in cursor.description or ()]
                    found[table] = Counter(plain(dict(zip(names, row, strict=True))) for row in cursor)
            return found

        def count(db: Any) -> tuple[int, int]:
            if db.execute("SELECT to_regclass('articles')").fetchone() == (None,):
                return 0, 0
            return db.execute("SELECT max(edition), (SELECT count(*) FROM articles) FROM loaded").fetchone()

        assert killed_everywhere(connect, to_postgres.load, log, count) > 50
        assert held() == expected
        with connect() as db:
            for table in SCHEMAS:
                db.execute(f"TRUNCATE {table}")
            db.execute("UPDATE loaded SET edition = 0")
        both = [FORK.Process(target=lambda: load_once(connect, log)) for _ in range(2)]
        for process in both:
            process.start()
        for process in both:
            process.join()
        assert [process.exitcode for process in both] == [0, 0]
        assert held() == expected


def load_once(connect: Callable[[], Any], log: LakeLog) -> None:
    """One of two that run at once."""
    with connect() as db:
        to_postgres.load(db, log.storage.url)


def test_clickhouse_reads_the_editions(log: LakeLog, expected: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published statements, from the folder that holds the lake: as many rows as the tables hold."""
    monkeypatch.chdir(Path(log.storage.url).parent)
    with Session() as session:
        for statement in (LOADERS / "sql" / "clickhouse.sql").read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                session.query(statement)
        for table in SCHEMAS:
            assert int(str(session.query(f"SELECT count(*) FROM {table}"))) == expected[table].total()
