"""Everything that the READMEs show is run: commands, Python and SQL."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from wire import article, ask, write_archive

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def code(text: str, language: str) -> list[str]:
    """The fenced blocks of a language; "" is those without one."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [body for name, body in blocks if name == language]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader tries it out: an archive, and the lake that the README's own commands make of it."""
    folder = tmp_path_factory.mktemp("readme")
    write_archive(folder / "archive" / "wire.jsonl.gz", 12, broken=12)
    commands = [line for block in code(README, "") for line in block.splitlines() if line.startswith("copytaster ")]
    assert [command.split()[1] for command in commands] == [
        "publish", "backfill", "status", "look", "dead-letters", "run", "status", "dead-letters",
    ]  # fmt: skip
    for command in [*commands[1:], commands[0]]:
        if "localhost:9092" in command:  # needs a broker, and has it in tests/services
            continue
        program = f"{sys.executable} -m copytaster.cli"
        done = subprocess.run(
            command.replace("copytaster", program, 1),
            shell=True,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout.strip(), command
    return folder


def test_sql_of_the_readme(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each statement gives rows."""
    monkeypatch.chdir(folder)
    statements = [s for block in code(README, "sql") for s in block.split(";") if s.strip()]
    assert len(statements) == 2
    lake = what_holds()
    for statement in statements:
        assert lake.execute(statement).fetchall(), statement


@pytest.mark.model
def test_python_of_the_readme(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples find the quote that they show, and the edition's quotes."""
    monkeypatch.chdir(folder)
    for block in code(README, "python"):
        exec(compile(block, "README.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "Ann Moran said There will be no early vote" in shown
    assert "Joseph Adeyemi" in shown


def what_holds() -> duckdb.DuckDBPyConnection:
    """DuckDB after the file of the schemas, in a folder with a lake."""
    connection = duckdb.connect()
    connection.execute((ROOT / "schemas" / "sql" / "duckdb.sql").read_text(encoding="utf-8"))
    return connection


def test_sql_of_the_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A correction replaces, a withdrawal takes away, an untouched article stays; a text that was a dead letter until after
    its correction came does not replace that. A letter is open until it is taken in.
    """
    corrected, withdrawn, untouched = (article(i) for i in range(3))
    later = {**corrected, "title": "Corrected", "published_at": "2027-01-01T00:00:00Z"}
    url = "https://wire.example/first-a-dead-letter"
    letter = {"title": "Not yet corrected", "maintext": untouched["text"], "url": url}
    right = {"title": "Right", "text": untouched["text"], "url": url}
    lines = [corrected, withdrawn, untouched, later, {"id": withdrawn["id"], "status": "canceled"}, letter, right, {}]
    with gzip.open(tmp_path / "wire.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    program = [sys.executable, "-m", "copytaster.cli"]
    commands = (
        ["backfill", "wire.jsonl.gz", "--lake", "lake", "--format", "copytaster"],
        ["dead-letters", "--redrive", "--lake", "lake", "--format", "news-please"],
    )
    for command in commands:
        subprocess.run([*program, *command], cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    now = what_holds()
    titles = now.execute("SELECT title FROM articles_now ORDER BY ALL").fetchall()
    assert titles == [("Corrected",), (untouched["title"],), ("Right",)]
    assert ask("SELECT count(*) FROM 'lake/articles/**/*.parquet' WHERE title = 'Not yet corrected'") == [(1,)]
    assert now.execute("SELECT stage, reason FROM dead_letters_now").fetchall() == [("parse", "no_text")]
    quoted = now.execute("SELECT DISTINCT article_id FROM quotes_now ORDER BY 1").fetchall()
    assert withdrawn["id"] not in {name for (name,) in quoted}
    assert len(quoted) == 3


def test_figures_of_the_make_targets() -> None:
    """The targets that the README and CONTRIBUTING name are there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`?\bmake ([a-z-]+)", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert named >= {"demo", "test", "check"}
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
