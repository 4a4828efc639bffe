"""Dead letters sent through again: what a fix makes of them is in the lake once, what still fails stays one letter."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from wire import article, ask, table_files

ARTICLES = 40
BROKEN = 10
"""Every tenth line is no JSON, which no fix helps."""


def copytaster(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "copytaster.cli", *arguments]


def call(*arguments: str, code: int = 0) -> str:
    """What the program prints; it must end with that exit code."""
    done = subprocess.run(copytaster(*arguments), capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == code, done.stderr[-3000:]
    return " ".join(done.stdout.split())


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A lake whose every record is a dead letter: the archive's format was given wrongly."""
    lines = []
    for number in range(ARTICLES):
        document = article(number)
        story = {"title": document["title"], "maintext": document["text"], "url": f"https://wire.example/{number}"}
        lines.append("{not json" if number % BROKEN == BROKEN - 1 else json.dumps(story))
    (tmp_path / "crawl.jsonl").write_text("\n".join(lines) + "\n")
    lake = tmp_path / "lake"
    wrong = ("--format", "copytaster", "--max-records", "5")
    call("backfill", str(tmp_path / "crawl.jsonl"), "--lake", str(lake), *wrong, code=1)  # not one could be taken in
    assert counts(lake) == (0, ARTICLES)
    return lake


def counts(lake: Path) -> tuple[int, int]:
    """Rows of articles, and dead letters by their ids."""
    ((articles,),) = ask(f"SELECT count(*) FROM '{lake}/articles/**/*.parquet'")
    ((letters,),) = ask(f"SELECT count(DISTINCT dead_letter_id) FROM '{lake}/dead_letters/**/*.parquet'")
    return articles, letters


def published(lake: Path) -> int:
    """Blocks that are published. Counting rows takes so long that a quick program is done meanwhile."""
    return len(list((lake / "_log" / "published").rglob("*.json")))


def test_a_fix_takes_them_in(lake: Path) -> None:
    """With the right format all but the broken ones become articles, with the rows that they would have had at once."""
    said = call("dead-letters", "--lake", str(lake), "--redrive", "--format", "news-please")
    assert "40 dead letters sent through again: 36 taken in, 4 failed again." in said
    assert counts(lake) == (36, 40)
    right = lake.parent / "right"
    call("backfill", str(lake.parent / "crawl.jsonl"), "--lake", str(right), "--format", "news-please")
    for table in ("articles", "mentions", "quotes", "events"):
        rows = [ask(f"SELECT * FROM '{at}/{table}/**/*.parquet' ORDER BY ALL") for at in (lake, right)]
        assert rows[0] == rows[1]
    assert "40 dead letters sent through again, 36 taken in" in call("status", "--lake", str(lake))


def test_what_fails_again_stays_one_letter(lake: Path) -> None:
    """A second round sends only what the first left; the list shows each letter once, and none that was taken in."""
    call("dead-letters", "--lake", str(lake), "--redrive", "--format", "news-please")
    said = call("dead-letters", "--lake", str(lake), "--redrive", "--format", "news-please")
    assert "4 dead letters sent through again: 0 taken in, 4 failed again." in said
    assert "not_json │ 4 │" in said
    assert counts(lake) == (36, 40)


def test_nothing_to_send(tmp_path: Path) -> None:
    """A lake without dead letters is told so, and left as it is."""
    (tmp_path / "wire.jsonl").write_text(json.dumps(article(1)))
    lake = tmp_path / "lake"
    call("backfill", str(tmp_path / "wire.jsonl"), "--lake", str(lake))
    before = table_files(lake)
    assert "Nothing to do: no dead letter of" in call("dead-letters", "--lake", str(lake), "--redrive")
    assert table_files(lake) == before


def test_killed_and_twice_at_once(lake: Path) -> None:
    """kill -9 at random moments, then two programs side by side: every letter goes through its round once."""
    moments = random.Random(3)
    flags = ["dead-letters", "--lake", str(lake), "--redrive", "--format", "news-please"]
    environment = {**os.environ, "COPYTASTER_MAX_RECORDS": "2"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for _ in range(4):
        process = subprocess.Popen(copytaster(*flags), env=environment, start_new_session=True, **quiet)
        before = published(lake)
        while process.poll() is None and published(lake) == before:
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.1))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert 0 < counts(lake)[0] < 36, "it was never killed at work"
    both = [subprocess.Popen(copytaster(*flags), env=environment, **quiet) for _ in range(2)]
    assert [process.wait(300) for process in both] == [0, 0]
    assert counts(lake) == (36, 40)
    rounds = [m for m in LakeLog(Storage(str(lake))).manifests() if m.block.source.endswith("~1")]
    assert (sum(m.articles for m in rounds), sum(m.dead_letters for m in rounds)) == (36, 4)
    assert ask(
        f"SELECT max(n) FROM (SELECT count(*) AS n FROM '{lake}/articles/**/*.parquet' GROUP BY article_id)"
    ) == [(1,)]
