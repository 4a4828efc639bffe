"""Everything that the READMEs show is run: commands, Python and SQL."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

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
    assert [command.split()[1] for command in commands] == ["backfill", "status", "look", "dead-letters", "run"]
    for command in commands[:-1]:  # `run` needs a broker, and has it in tests/services
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
    for statement in statements:
        assert ask(statement), statement


@pytest.mark.model
def test_python_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    """The example finds the quote that it shows."""
    for block in code(README, "python"):
        exec(compile(block, "README.md", "exec"), {})
    assert "Ann Moran said There will be no early vote" in capsys.readouterr().out


def test_latest_version_of_each_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SQL of schemas/README.md: a correction replaces, a withdrawal takes away, an untouched article stays."""
    corrected, withdrawn, untouched = (article(i) for i in range(3))
    later = {**corrected, "title": "Corrected", "published_at": "2027-01-01T00:00:00Z"}
    lines = [corrected, withdrawn, untouched, later, {"id": withdrawn["id"], "status": "canceled"}]
    with gzip.open(tmp_path / "wire.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    command = [sys.executable, "-m", "copytaster.cli", "backfill", "wire.jsonl.gz", "--lake", "lake"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    (statement,) = code((ROOT / "schemas" / "README.md").read_text(encoding="utf-8"), "sql")
    titles = ask(f"SELECT article_id, title FROM ({statement}) ORDER BY ALL")
    assert titles == [(corrected["id"], "Corrected"), (untouched["id"], untouched["title"])]


def test_figures_of_the_make_targets() -> None:
    """The targets that the README and CONTRIBUTING name are there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`?\bmake ([a-z-]+)", README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert named >= {"demo", "test", "check"}
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
