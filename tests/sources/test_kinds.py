"""Files of every kind that people have: taken in where the meaning is plain, else refused with the cure."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copytaster.parse import parse_record
from copytaster.records import Article, Failure
from copytaster.sources.archive import ArchiveError, check_readable, expand, open_archive, read_records
from copytaster.sources.json_values import values
from copytaster.sources.kinds import kind_of
from copytaster.sources.streams import UnsupportedArchiveError

ITEMS = [
    {"id": "a", "text": 'He said: “[no], {never}” \\ "x".'},
    {"id": "b", "text": "One, two."},
    {"id": "c", "text": "x"},
]
LINES = "".join(json.dumps(item) + "\n" for item in ITEMS)


def found(path: Path, content: bytes | str) -> list[Article | Failure]:
    """What comes of the records of a file."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    archive = open_archive(str(path))
    records = list(read_records(archive))
    assert [record.offset for record in records] == list(range(len(records)))
    assert list(read_records(archive, 1)) == records[1:]
    return [parse_record(record) for record in records]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", LINES),
        ("a", LINES),
        ("a.txt", LINES),
        ("a.json", json.dumps(ITEMS)),
        ("a.json", json.dumps(ITEMS, indent=2)),
        ("a.json", "\ufeff" + json.dumps(ITEMS, indent="\t").replace("\n", "\r\n")),
        ("a.dat", "[\n" + ",\n".join(map(json.dumps, ITEMS)) + "\n]\n"),
        ("a.json", "\n".join(json.dumps(item, indent=1) for item in ITEMS)),
        ("a.json", "".join(json.dumps(item, indent=1) for item in ITEMS)),
        ("a.json", ",\n".join(json.dumps(item, indent=1) for item in ITEMS)),
        ("a.json-seq", "".join(f"\x1e{json.dumps(item)}\n" for item in ITEMS)),
        ("a.jsonl", LINES.replace("\n", "\r")),
        ("a.jsonl", LINES.encode("utf-16")),
        ("a.json.gz", gzip.compress(json.dumps(ITEMS, indent=2).encode(), mtime=0)),
        ("a.jsonl", "\n\n" + LINES.replace("\n", "\n \n")),
    ],
)
def test_json_is_read_however_it_is_laid_out(name: str, content: bytes | str, tmp_path: Path) -> None:
    assert [(item.id, item.text) for item in found(tmp_path / name, content) if isinstance(item, Article)] == [
        (item["id"], item["text"]) for item in ITEMS
    ]


def test_one_object_over_many_lines_is_one_record(tmp_path: Path) -> None:
    (only,) = found(tmp_path / "story.json", json.dumps(ITEMS[0], indent=4))
    assert isinstance(only, Article)


@pytest.mark.parametrize("broken", ['{"id": "x" "text"}', '{"id": "x", "text": "cut}', '{"id": \\"x"}', "17", '"text"'])
def test_a_broken_item_of_an_array_costs_itself_only(broken: str, tmp_path: Path) -> None:
    content = "[\n" + ",\n".join([json.dumps(ITEMS[0]), broken, *map(json.dumps, ITEMS[1:])]) + "\n]"
    items = found(tmp_path / "a.json", content)
    assert [item.id if isinstance(item, Article) else item.stage for item in items] == ["a", "parse", "b", "c"]


def test_an_array_that_does_not_end_is_told(tmp_path: Path) -> None:
    items = found(tmp_path / "a.json", json.dumps(ITEMS, indent=1)[:-30])
    assert [item.id if isinstance(item, Article) else item.reason for item in items] == ["a", "b", "truncated_archive"]


def test_a_broken_first_line_is_one_dead_letter(tmp_path: Path) -> None:
    items = found(tmp_path / "a.jsonl", '{"id": "x", "te\n' + LINES)
    assert [item.id if isinstance(item, Article) else item.reason for item in items] == ["not_json", "a", "b", "c"]


def test_lines_may_be_lists_of_json_ld(tmp_path: Path) -> None:
    line = json.dumps(
        [{"@type": "WebSite"}, {"@type": "NewsArticle", "@id": "https://p.example/1", "articleBody": "He said no."}]
    )
    assert [item.text for item in found(tmp_path / "a.jsonl", f"{line}\n{line}\n") if isinstance(item, Article)] == ["He said no."] * 2  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", "He said no.\n", ("He said no.\n", ())),
        ("a.txt.gz", gzip.compress(b"He said no.\n", mtime=0), ("He said no.\n", ())),
        ("a.txt", "“No,” he said.".encode("cp1252"), ("“No,” he said.", ())),
        ("a.txt", "“No,” he said.".encode("utf-16"), ("“No,” he said.", ())),
        ("a.txt", "“No,” Zoë said.".encode() + b"\xff", ("“No,” Zoë said.\ufffd", ("undecodable_bytes",))),
        ("a.html", "<p>“No,” he said to the mayor of the town.</p>", ("“No,” he said to the mayor of the town.", ())),
        ("page", "<!doctype html><title>x</title><p>“No,” he said to the mayor of the town.</p>", ("“No,” he said to the mayor of the town.", ())),
        ("a.xhtml", '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>“No,” he said to the mayor.</p></body></html>', ("“No,” he said to the mayor.", ())),
    ],
)  # fmt: skip
def test_a_document_is_one_article(name: str, content: bytes | str, expected: tuple[str, tuple[str, ...]], tmp_path: Path) -> None:  # fmt: skip
    (only,) = found(tmp_path / name, content)
    assert isinstance(only, Article)
    assert (only.text, only.warnings) == expected


REFUSED = {
    "a.csv": b"id,title,text\n1,T,He said no.\n",
    "table": b"id\ttitle\ttext\n1\tT\tHe said no.\n",
    "a.tsv.gz": gzip.compress(b"id\ttitle\n1\tT\n", mtime=0),
    "a.pdf": b"%PDF-1.7\n%\xe2\xe3",
    "a.nitf": b'<?xml version="1.0"?><nitf><body/></nitf>',
    "sitemap.xml": b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>',
    "a.arc": b"filedesc://a.arc 0.0.0.0 20250101000000 text/plain 76\n",
    "a.bin": bytes(range(256)),
    "a.zip": b"PK\x03\x04....",
    "README": b"These are the articles of 2025.\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_plain_is_refused_with_the_cure(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(REFUSED[name])
    with pytest.raises(ArchiveError, match=r"(?s)" + name + r".*(give|convert|export)"):
        check_readable(open_archive(str(tmp_path / name)))


def test_a_directory_is_the_files_below_it_that_are_not_hidden(tmp_path: Path) -> None:
    for name in ("b.jsonl", "2025/a.jsonl", ".DS_Store", ".git/x", "_log/y", "2025/_SUCCESS"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(LINES)
    assert expand([str(tmp_path)]) == [str(tmp_path / "2025/a.jsonl"), str(tmp_path / "b.jsonl")]
    (tmp_path / "none").mkdir()
    with pytest.raises(ArchiveError, match="holds no files"):
        expand([str(tmp_path / "none")])


@given(st.lists(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=6), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)), max_size=5), st.sampled_from([None, 0, 2]), st.integers(1, 7))  # fmt: skip
def test_how_the_bytes_of_an_array_arrive_does_not_matter(items: list[object], indent: int | None, size: int) -> None:
    content = json.dumps(items, indent=indent).encode()

    def chunks() -> Iterator[bytes]:
        for at in range(0, len(content), size):
            yield content[at : at + size]

    assert [json.loads(value) for value in values(chunks()) if isinstance(value, bytes)] == items


@given(st.binary(max_size=60))
def test_the_kind_of_any_bytes_is_told_or_refused(head: bytes) -> None:
    for name in ("a.jsonl", "a", "a.xml", "a.csv"):
        with contextlib.suppress(UnsupportedArchiveError):
            assert kind_of(head, name) in ("lines", "values", "warc", "feed", "page")


def test_values_beyond_the_limit_are_one_failure_each() -> None:
    content = b'[{"text": "' + b"x" * 11_000_000 + b'"}, {"text": "y"}]'
    large, small = values(iter([content[at : at + 1_000_000] for at in range(0, len(content), 1_000_000)]))
    assert not isinstance(large, bytes)
    assert (large.failure, small) == ("too_large", b'{"text": "y"}')
