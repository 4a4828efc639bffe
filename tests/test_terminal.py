"""What others wrote is only shown in the terminal: it neither steers it nor is taken for markup, and Ctrl-C leaves it tidy."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from copytaster.console import plain
from wire import article

EVIL = "[/] [bold]x[/bold] [link=file:///etc]y[/link] \x1b[31mred\x1b]0;title\x07 \x9b2J \u202etxt.exe \u2066z \x7f"
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The program, its output read as a terminal would get it without colours."""
    command = [sys.executable, "-m", "copytaster.cli", *arguments]
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of articles whose every property is made to harm, and of dead letters that are."""
    folder = tmp_path_factory.mktemp("evil")
    stories = [{**article(n), "id": f"{EVIL}{n}", "title": f"{EVIL} {article(n)['title']}"} for n in range(3)]
    broken = [{"id": EVIL, "text": "x", "authors": 5, "section": {EVIL: 1}, "title": [[EVIL]]}, EVIL]
    lines = [json.dumps(one) for one in [*stories, *broken]]
    (folder / "a.jsonl").write_text("\n".join(lines) + "\n" + EVIL + "\n", encoding="utf-8")
    (folder / "story.json").write_text(lines[0], encoding="utf-8")
    (folder / "[bold]broken.json").write_text(json.dumps(EVIL), encoding="utf-8")
    done = run("backfill", str(folder / "a.jsonl"), "--lake", str(folder / "lake"))
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "lake"


def test_everything_is_shown_harmless(lake: Path) -> None:
    """In every command that shows what an input said, and in errors; what looks like markup stands there as it was."""
    shown = {
        ("look",): "[/] [bold]x[/bold]",
        ("status",): "articles",
        ("dead-letters",): "[/]",
        ("dead-letters", "--show", EVIL): "[/] [bold]x[/bold]",
    }
    outputs = {command: run(*command, "--lake", str(lake)) for command in shown}
    story, broken = lake.parent / "story.json", lake.parent / "[bold]broken.json"
    outputs["extract"] = run("extract", str(story))
    outputs["extract", "--json"] = run("extract", str(story), "--json")
    outputs["extract", "broken"] = run("extract", str(broken))
    outputs["status", "of no lake"] = run("status", "--lake", f"{lake}{EVIL}".replace("\0", ""))
    for command, done in outputs.items():
        said = done.stdout + done.stderr
        assert "Traceback" not in said, (command, said[-2000:])
        assert not STEERS.search(said), (command, STEERS.findall(said))
        assert shown.get(command, "") in said, (command, said)
    assert json.loads(outputs["extract", "--json"].stdout)["articles"][0]["article_id"] == f"{EVIL}0"


def test_what_is_harmless_is_shown_as_it_is() -> None:
    """Writing of every direction, and line feeds."""
    assert plain("Müller, Łódź, שלום, سلام\nzwei\tdrei 👍🏽") == "Müller, Łódź, שלום, سلام\nzwei\tdrei 👍🏽"


def test_ctrl_c_leaves_a_tidy_terminal(tmp_path: Path) -> None:
    """One line, exit code 130, and the cursor is shown again."""
    lines = [json.dumps({**article(n), "id": str(n)}) for n in range(3_000)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    main, other = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "copytaster.cli",
        "backfill",
        str(tmp_path / "a.jsonl"),
        "--lake",
        str(tmp_path / "lake"),
    ]
    with subprocess.Popen(command, stdin=other, stdout=other, stderr=other, start_new_session=True) as program:
        os.close(other)
        seen = b""
        deadline = time.monotonic() + 120
        while b"\x1b[?25l" not in seen and time.monotonic() < deadline:  # the bar hides the cursor
            seen += os.read(main, 65_536)
        time.sleep(1)
        os.killpg(program.pid, signal.SIGINT)
        after = b""
        try:
            while chunk := os.read(main, 65_536):
                after += chunk
        except OSError:
            pass  # nobody holds the other end any more
        assert program.wait(timeout=60) == 130
    os.close(main)
    assert after.endswith(b"\r\x1b[2K\x1b[?25hstopped; run the same command again to go on\r\n"), after[-500:]
