"""Archives: every kind gives its records numbered, the same each time, up to its damage, in bounded memory."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import json
import pickle
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import boto3
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

import poison
from copytaster.parse import parse_record
from copytaster.parse.codes import READ_REASONS
from copytaster.records import Article, RawRecord
from copytaster.sources.archive import (
    Archive,
    ArchiveChangedError,
    ArchiveCursor,
    ArchiveError,
    ArchiveNotFoundError,
    archive_name,
    count_records,
    expand,
    open_archive,
    read_records,
)
from copytaster.sources.lines import line_records

ROWS = [
    {"id": f"a{n}", "title": f"T {n}", "text": f"The mayor said {n} times: no.", "language": "en"} for n in range(1000)
]
LINES = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)


def parquet(path: Path) -> None:
    """The rows as Parquet of five row groups."""
    pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=200)


WRITERS: dict[str, Callable[[Path], object]] = {
    "a.jsonl": lambda path: path.write_bytes(LINES),
    "a.jsonl.gz": lambda path: path.write_bytes(gzip.compress(LINES)),
    "a.jsonl.zst": lambda path: path.write_bytes(zstandard.compress(LINES)),
    "a.parquet": parquet,
    "a.warc.gz": lambda path: path.write_bytes(
        b"".join(gzip.compress(poison.warc(row["text"].encode())) for row in ROWS)
    ),
}


@pytest.fixture(params=WRITERS)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """The same thousand articles in each kind of archive."""
    WRITERS[request.param](tmp_path / request.param)
    return open_archive(str(tmp_path / request.param))


def test_records_are_numbered_from_nought_and_hold_the_articles(archive: Archive) -> None:
    records = list(read_records(archive))
    assert [record.offset for record in records] == list(range(1000))
    assert [record.failure for record in records] == [None] * 1000
    if archive.url.endswith("warc.gz"):
        assert [record.value for record in records] == [row["text"].encode() for row in ROWS]
        assert {(record.media_type, record.url) for record in records} == {("text/html", "https://post.example/1")}
        assert records[0].timestamp is not None
    else:
        assert [json.loads(record.value or b"") for record in records] == ROWS
    assert count_records(archive) == 1000


@pytest.mark.parametrize(
    ("start", "end"), [(0, 0), (0, 1), (199, 201), (500, None), (999, 5000), (1000, None), (7000, 8000)]
)
def test_a_range_is_a_slice(archive: Archive, start: int, end: int | None) -> None:
    assert list(read_records(archive, start, end)) == list(archive.read())[start:end]


@pytest.mark.parametrize(
    "ranges",
    [
        [(0, 300), (300, 301), (301, 1000)],
        [(10, 20), (600, 700), (20, 30)],
        [(0, 1000), (0, 1000)],
        [(990, 2000), (1000, 2000)],
    ],
)
def test_a_cursor_gives_the_same_ranges_in_any_order(archive: Archive, ranges: list[tuple[int, int]]) -> None:
    whole = list(read_records(archive))
    cursor = ArchiveCursor()
    assert [list(cursor.read(archive, a, b)) for a, b in ranges] == [whole[a:b] for a, b in ranges]
    cursor.close()


def test_a_cursor_reads_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Successive ranges open the file once; a reader that stopped half-way harms nothing."""
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINES))
    archive = open_archive(str(tmp_path / "a.jsonl.gz"))
    opened = []
    module = sys.modules["copytaster.sources.archive"]
    original = module.Records  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "Records", lambda *arguments: opened.append(arguments) or original(*arguments))
    cursor = ArchiveCursor()
    for start in range(0, 1000, 100):
        assert len(list(cursor.read(archive, start, start + 100))) == 100
    assert len(opened) == 1
    reading = cursor.read(archive, 0, 100)
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert [record.offset for record in cursor.read(archive, 1, 3)] == [1, 2]
    assert len(opened) <= 3
    cursor.close()


def test_a_cursor_keeps_few_archives_open(tmp_path: Path) -> None:
    archives = []
    for number in range(6):
        (tmp_path / f"{number}.jsonl").write_bytes(LINES + b"{}" * number)
        archives.append(open_archive(str(tmp_path / f"{number}.jsonl")))
    cursor = ArchiveCursor(limit=2)
    for start in (0, 10):
        for archive in archives:
            assert len(list(cursor.read(archive, start, start + 10))) == 10
    assert len(cursor.kept) == 2
    cursor.close()
    assert len(cursor.kept) == 0


def test_a_changed_archive_is_refused_with_both_fingerprints(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    archive = open_archive(str(path))
    path.write_bytes(LINES.replace(b"a0", b"b0"))
    now = open_archive(str(path))
    for read in (lambda: list(read_records(archive)), lambda: list(ArchiveCursor().read(archive, 0, 1))):
        with pytest.raises(ArchiveChangedError) as caught:
            read()
        for told in (str(path), archive.fingerprint, now.fingerprint, "put the planned file back"):
            assert told in str(caught.value)


def test_an_archive_is_what_it_holds_wherever_it_lies(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.jsonl").write_bytes(LINES)
    one, two = (open_archive(str(tmp_path / folder / "a.jsonl")) for folder in ("one", "two"))
    assert (one.name, one.fingerprint, one.size) == (two.name, two.fingerprint, len(LINES))
    assert one.name == f"a.jsonl-{one.fingerprint[:12]}"
    assert pickle.loads(pickle.dumps(one)) == one


@given(st.text(max_size=300) | st.sampled_from(poison.PATHS))
def test_a_name_is_safe_in_any_path(path: str) -> None:
    name = archive_name(path, "0123456789abcdef" * 2)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*-0123456789ab", name)
    assert len(name) <= 100
    assert ".." not in name.split("/")


def test_expand_gives_every_file_once_sorted(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "c.txt", "[odd].jsonl"):
        (tmp_path / name).write_bytes(LINES)
    (tmp_path / "folder.jsonl").mkdir()
    found = expand([f"{tmp_path}/*.jsonl", f"{tmp_path}/a.jsonl", f"file://{tmp_path}/c.txt"])
    assert found == sorted(str(tmp_path / name) for name in ("a.jsonl", "b.jsonl", "[odd].jsonl", "c.txt"))
    assert expand([f"{tmp_path}/[odd].jsonl"]) == [str(tmp_path / "[odd].jsonl")]


@pytest.mark.parametrize("pattern", ["{}/*.parquet", "{}/none.jsonl", "{}"])
def test_expand_names_what_matches_nothing(pattern: str, tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFoundError) as caught:
        expand([pattern.format(tmp_path)])
    assert pattern.format(tmp_path) in str(caught.value)


def test_an_archive_in_memory_is_read_like_a_file() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/news/a.jsonl.gz", gzip.compress(LINES))
    assert expand(["memory://news/*.gz"]) == ["memory:///news/a.jsonl.gz"]
    archive = open_archive("memory:///news/a.jsonl.gz")
    assert len(list(read_records(archive, 990))) == 10


def test_an_archive_on_s3_is_read_like_a_file(s3_endpoint: str) -> None:
    """With the same name as on disk; a changed object is noticed."""
    boto3.client("s3").put_object(Bucket="newsroom", Key="in/a.jsonl.gz", Body=gzip.compress(LINES, mtime=0))
    (url,) = expand(["s3://newsroom/in/*.gz"])
    assert url == "s3://newsroom/in/a.jsonl.gz"
    archive = open_archive(url)
    assert [record.offset for record in read_records(archive, 990)] == list(range(990, 1000))
    cursor = ArchiveCursor()
    assert len([*cursor.read(archive, 0, 10), *cursor.read(archive, 10, 20)]) == 20
    cursor.close()
    boto3.client("s3").put_object(Bucket="newsroom", Key="in/a.jsonl.gz", Body=gzip.compress(LINES[:-1], mtime=0))
    with pytest.raises(ArchiveChangedError):
        list(read_records(archive))


def test_an_archive_on_a_web_server_is_read_like_a_file(tmp_path: Path) -> None:
    """The server need not know ranges."""
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINES))
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/a.jsonl.gz"
        assert expand([url]) == [url]
        assert len(list(read_records(open_archive(url), 5))) == 995
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """A file server that logs nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_what_is_missing_or_of_a_foreign_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFoundError, match=r"there is no archive .*none\.jsonl"):
        open_archive(str(tmp_path / "none.jsonl"))
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(ArchiveError, match="is a file of zip; give JSON Lines"):
        list(read_records(open_archive(str(tmp_path / "a.zip"))))


@pytest.mark.parametrize("bad", list(poison.files()), ids=lambda bad: bad.name)
def test_a_damaged_archive_gives_all_before_the_damage_and_one_failure(bad: poison.PoisonFile, tmp_path: Path) -> None:
    (tmp_path / bad.name).write_bytes(bad.content())
    archive = open_archive(str(tmp_path / bad.name))
    records = list(read_records(archive))
    assert [record.offset for record in records] == list(range(len(records)))
    good = [record for record in records if record.failure is None]
    assert [record.failure for record in records[len(good) :]] == ([bad.failure] if bad.failure else [])
    assert len(good) == bad.good or (bad.good < 0 and 100 < len(good) < 200)
    for record in good:
        if not bad.name.startswith(("cut.warc", "cut-in", "garbage.warc")):
            assert isinstance(parse_record(record), Article)
    for record in records[len(good) :]:
        assert record.failure in READ_REASONS
        assert len(record.value or b"") <= 65_536
        assert record.failure_detail
    for start in range(len(records) + 1):
        assert list(read_records(archive, start)) == records[start:]


def test_a_line_that_is_too_long_is_one_failure_with_its_digest() -> None:
    long = b"x" * 12_000_000
    for end in (b"\n", b"\r\n"):
        chunks = [
            b'{"a"',
            b": 1}" + end + b"\n \n" + long[:5],
            *(long[n : n + 999_999] for n in range(5, len(long), 999_999)),
        ]
        records = list(line_records(iter([*chunks, end + b"{}"])))
        assert [record.offset for record in records] == [0, 1, 2]
        assert [records[0].value, records[2].value] == [b'{"a": 1}', b"{}"]
        assert (records[1].failure, records[1].value) == ("too_large", long[:65_536])
        size = len(long) + len(end) - 1
        assert f"{size} bytes" in str(records[1].failure_detail)
        digest = hashlib.sha256(long + end[:-1]).hexdigest()
        assert digest in str(records[1].failure_detail)


@pytest.mark.parametrize("extra", [0, 1])
def test_ten_megabytes_are_the_limit(extra: int) -> None:
    line = b"x" * (10_000_000 + extra)
    for text in (line + b"\n{}\n", line + b"\r\n{}\n"):
        for size in (1_000, 1 << 20, 1 << 25):
            chunks = (text[n : n + size] for n in range(0, len(text), size))
            records = list(line_records(chunks))
            assert [record.failure for record in records] == [("too_large" if extra else None), None]


@settings(deadline=None)
@given(st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"  ", b"{}", b"\n\n", "é".encode()]), max_size=30), st.data())
def test_how_the_bytes_arrive_does_not_matter(parts: list[bytes], data: st.DataObject) -> None:
    text = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    expected = [line.removesuffix(b"\r") for line in text.split(b"\n") if line.strip()]
    assert [record.value for record in line_records(iter(chunks))] == expected


BOMB = """
import resource, sys
from copytaster.sources.archive import open_archive, read_records
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
records = list(read_records(open_archive(sys.argv[1])))
print(len(records), records[0].failure, "ends here" in records[0].failure_detail, len(records[0].value))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bomb.jsonl.gz", "bomb.jsonl.zst", "blank.jsonl.gz"])
def test_a_bomb_ends_the_archive_in_bounded_memory(name: str, tmp_path: Path) -> None:
    """More than a gigabyte without the end of a record: one failure, a few megabytes."""
    piece = (b"\n" if name.startswith("blank") else b" x") * (1 << 20)
    pack = zstandard.ZstdCompressor().compressobj() if name.endswith("zst") else gzip.zlib.compressobj(1, wbits=31)  # type: ignore[attr-defined]
    with (tmp_path / name).open("wb") as file:
        for _ in range((1 << 30) // len(piece) + 2):
            file.write(pack.compress(piece))
        file.write(pack.flush())
    ran = subprocess.run([sys.executable, "-c", BOMB, str(tmp_path / name)], capture_output=True, text=True, check=True)
    told, kilobytes = ran.stdout.split("\n")[:2]
    assert told == f"1 too_large True {0 if name.startswith('blank') else 65_536}"
    assert int(kilobytes) < 200_000


def test_the_rows_of_parquet_have_json_for_every_type(tmp_path: Path) -> None:
    """Times are written as RFC 3339, nulls are left out; a row that Python cannot hold is one failure."""
    bad_text = pa.array([b"caf\xc3\xa9", None, b"\xff", b"x"]).view(pa.string())
    table = pa.table(
        {
            "id": pa.array(["a", "b", "c", "d"]),
            "text": bad_text,
            "html": pa.array([None, b"\xff", None, None], pa.binary()),
            "published_at": pa.array([1_763_734_800_000_000_001, None, None, None], pa.timestamp("ns", "UTC")),
            "modified_at": pa.array([None, None, None, 2**62], pa.timestamp("us")),
            "authors": pa.array([["Ann"], [], None, None]),
            "outlet": pa.array([{"name": "Post"}, None, {"name": None}, None]),
            "day": pa.array([20_000, None, None, None], pa.date32()),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    records = list(read_records(open_archive(str(tmp_path / "a.parquet"))))
    assert [record.failure for record in records] == [None, None, "unreadable_row", None]
    assert [json.loads(record.value or b"") for record in records] == [
        {
            "id": "a",
            "text": "café",
            "published_at": "2025-11-21T14:20:00+00:00",
            "authors": ["Ann"],
            "outlet": {"name": "Post"},
            "day": "2024-10-04",
        },
        {"id": "b", "html": "/w==", "authors": []},
        {"id": "c", "text": "\\xff", "outlet": {"name": None}},
        {"id": "d", "text": "x", "modified_at": f"{2**62} us since 1970"},
    ]


def test_only_pages_of_a_warc_are_records(tmp_path: Path) -> None:
    """Pictures, errors and other records have no number; chunked and compressed bodies are undone."""
    body = b"<p>a page</p>" * 9

    def record(http: bytes, kind: str = "response", media_type: str = "application/http; msgtype=response") -> bytes:
        head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Date: 2025-11-21T10:00:00Z\r\nContent-Type: {media_type}\r\n"
        address = "WARC-Target-URI: <https://post.example/a>\r\n"
        return f"{head}{address}Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"

    packed = gzip.compress(body, mtime=0)
    ok = b"HTTP/1.1 200 OK\r\nContent-Type: "
    pieces = [
        record(b"software: x\r\n", "warcinfo", "application/warc-fields"),
        record(b"GET / HTTP/1.1\r\n\r\n", "request", "application/http; msgtype=request"),
        record(ok + b"text/html; charset=UTF-8\r\n\r\n" + body),
        record(ok + b"image/png\r\n\r\n" + body),
        record(b"HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\n" + body),
        record(ok + b"application/xhtml+xml\r\nContent-Encoding: gzip\r\n\r\n" + packed),
        record(ok + b"text/html\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
        record(body, "resource", "text/html"),
        record(b"no HTTP"),
        record(ok + b"text/html\r\nContent-Encoding: gzip\r\n\r\nno gzip"),
        record(ok + b"text/html\r\n\r\n" + b"x" * 11_000_000),
        record(ok + b"text/html\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b" " * 50_000_000, 9, mtime=0)),
        record(ok + b"text/html\r\n\r\nlast"),
    ]
    (tmp_path / "a.warc").write_bytes(b"".join(pieces))
    records = list(read_records(open_archive(str(tmp_path / "a.warc"))))
    assert [found.offset for found in records] == list(range(8))
    assert [found.value for found in records[:4]] == [body] * 4
    assert [found.media_type for found in records[:2]] == ["text/html; charset=utf-8", "text/html"]
    assert [found.failure for found in records] == [None] * 4 + ["bad_encoding", "too_large", "too_large", None]
    assert {found.url for found in records if found.failure is None} == {"https://post.example/a"}
    assert records[-1].value == b"last"


def test_memory_while_reading_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINES * 300, 1))
    archive = open_archive(str(tmp_path / "a.jsonl.gz"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in read_records(archive)) == 300_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_record_is_what_a_source_gives() -> None:
    assert RawRecord(b"{}", 3).media_type == "application/json"
