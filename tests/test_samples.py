"""The archives in samples/: what is in them, and that they are what the sources say."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from copytaster.parse import parse_record
from copytaster.records import Article, Failure, RawRecord
from copytaster.sources.archive import expand, open_archive, read_records

ROOT = Path(__file__).parent.parent
ARCHIVES = ("wire.jsonl", "agency.ninjs.jsonl", "crawl.news-please.jsonl.gz", "web.warc.gz")


def records() -> list[RawRecord]:
    """Every record of every archive."""
    urls = [str(ROOT / "samples" / name) for name in ARCHIVES]
    return [record for url in expand(urls) for record in read_records(open_archive(url))]


@pytest.fixture(scope="module")
def articles() -> list[Article | Failure]:
    """What becomes of them."""
    return [parse_record(record) for record in records()]


def test_one_message_is_broken_and_one_article_withdrawn(articles: list[Article | Failure]) -> None:
    assert [found.reason for found in articles if isinstance(found, Failure)] == ["not_json"]
    told = Counter((found.op, found.language) for found in articles if isinstance(found, Article))
    assert told == {("upsert", "en"): 16, ("upsert", "es"): 1, ("delete", None): 1}


def test_the_withdrawal_names_an_article(articles: list[Article | Failure]) -> None:
    ids = [found.id for found in articles if isinstance(found, Article)]
    assert [name for name, count in Counter(ids).items() if count > 1] == ["hw-20261115-0009"]


def test_articles_have_what_extractors_need(articles: list[Article | Failure]) -> None:
    for found in articles:
        if isinstance(found, Article) and found.op == "upsert":
            assert found.title
            assert found.reference_date is not None, found.title
            assert found.outlet.name or found.outlet.domain
            assert "Subscribe" not in found.text


def test_the_archives_are_made_of_the_sources(
    articles: list[Article | Failure], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tools/make_samples.py gives the records that are there (compressed bytes may differ by library)."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import make_samples

    (tmp_path / "sources").symlink_to(ROOT / "samples" / "sources")
    monkeypatch.setattr(make_samples, "SAMPLES", tmp_path)
    make_samples.main()
    urls = expand([str(tmp_path / name) for name in ARCHIVES])
    assert [parse_record(record) for url in urls for record in read_records(open_archive(url))] == articles


PURE = """
import hashlib, sys
sys.path[:0] = sys.argv[1:]
import poison, test_samples
from copytaster.parse import parse_record
found = [parse_record(record) for record in test_samples.records()]
found += [parse_record(bad.record()) for bad in poison.messages() if len(bad.value or b"") < 1_000_000]
print(hashlib.sha256(repr(found).encode("utf-8", "backslashreplace")).hexdigest())
"""


def test_an_article_is_a_function_of_its_record_alone() -> None:
    """Another hash seed and another time zone of the machine change nothing."""
    told = {
        subprocess.run(
            [sys.executable, "-c", PURE, str(ROOT / "tests")],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima"))
    }
    assert len(told) == 1
    assert len(told.pop().strip()) == len(hashlib.sha256().hexdigest())
