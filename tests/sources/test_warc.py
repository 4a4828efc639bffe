"""Web archives as crawlers write them: headers that do not fit the body, bodies that end early, pages without a type."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from copytaster.records import RawRecord
from copytaster.sources.archive import open_archive, read_records
from copytaster.sources.http_bodies import BodyError, unpacked

PAGE = (
    "<!DOCTYPE html><html><head><title>Bridge</title></head><body><article><p>“We have waited,” the mayor of Málaga said.</p>"
    + "<p>The bridge opens in May, after two years of work on its piers and its deck.</p>" * 3
    + "</article></body></html>"
).encode()
LIMIT = 10_000_000


def raw_deflate(body: bytes) -> bytes:
    """Deflate without zlib's header, as some servers send it."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def chunks(body: bytes, size: int = 100, end: bytes = b"0\r\n\r\n", case: str = "x") -> bytes:
    """The body in HTTP's chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(format(len(part), case).encode() + b"\r\n" + part + b"\r\n" for part in parts) + end


def response(head: str, body: bytes, warc: str = "", kind: str = "response", block_type: str = "application/http; msgtype=response") -> bytes:  # fmt: skip
    """A WARC record with an HTTP message, or the body alone where there is no head."""
    block = head.rstrip("\n").replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body if head else body
    told = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Date: 2025-11-21T10:00:00Z\r\nWARC-Target-URI: https://post.example/a\r\n{warc}"
    typed = f"Content-Type: {block_type}\r\n" if block_type else ""
    return f"{told}{typed}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def only(path: Path, content: bytes) -> RawRecord:
    """The one record of an archive that has this content and a page after it."""
    path.write_bytes(content + response("HTTP/1.1 200 OK\nContent-Type: text/html", b"<p>last</p>"))
    first, last = read_records(open_archive(str(path)))
    assert last.value == b"<p>last</p>"
    return first


OK = "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\n"
WHOLE: dict[str, tuple[str, bytes]] = {
    "chunked, body plain": (OK + "Transfer-Encoding: chunked", PAGE),
    "chunked": (OK + "Transfer-Encoding: chunked", chunks(PAGE)),
    "chunked, large digits": (OK + "Transfer-Encoding: Chunked", chunks(PAGE, 171, case="X")),
    "chunked, not said": (OK, chunks(PAGE)),
    "chunked with extensions": (OK + "Transfer-Encoding: chunked", chunks(PAGE).replace(b"64\r\n", b"0064;a=b\r\n")),
    "gzip": (OK + "Content-Encoding: gzip", gzip.compress(PAGE)),
    "gzip, body plain": (OK + "Content-Encoding: gzip", PAGE),
    "gzip, not said": (OK, gzip.compress(PAGE)),
    "gzip twice": (OK + "Content-Encoding: gzip", gzip.compress(gzip.compress(PAGE))),
    "gzip in chunks": (OK + "Content-Encoding: gzip\nTransfer-Encoding: chunked", chunks(gzip.compress(PAGE))),
    "gzip, chunks already undone": (OK + "Content-Encoding: gzip\nTransfer-Encoding: chunked", gzip.compress(PAGE)),
    "gzip and chunked, body plain": (OK + "Content-Encoding: gzip\nTransfer-Encoding: chunked", PAGE),
    "gzip members": (OK + "Content-Encoding: x-gzip", gzip.compress(PAGE[:50]) + gzip.compress(PAGE[50:])),
    "gzip with padding": (OK + "Content-Encoding: GZIP", gzip.compress(PAGE) + b"\0\0\r\n"),
    "deflate as zlib": (OK + "Content-Encoding: deflate", zlib.compress(PAGE)),
    "deflate raw": (OK + "Content-Encoding: deflate", raw_deflate(PAGE)),
    "deflate, body plain": (OK + "Content-Encoding: deflate", PAGE),
    "deflate that is gzip": (OK + "Content-Encoding: deflate", gzip.compress(PAGE)),
    "brotli": (OK + "Content-Encoding: br", brotli.compress(PAGE)),
    "brotli, body plain": (OK + "Content-Encoding: br", PAGE),
    "zstd": (OK + "Content-Encoding: zstd", zstandard.compress(PAGE)),
    "zstd, body plain": (OK + "Content-Encoding: zstd", PAGE),
    "identity": (OK + "Content-Encoding: identity", PAGE),
    "a charset for a coding": (OK + "Content-Encoding: UTF-8", PAGE),
    "two codings": (OK + "Content-Encoding: deflate, gzip", gzip.compress(zlib.compress(PAGE))),
    "a wrong length": (OK + "Content-Length: 7", PAGE),
    "too large a length": (OK + "Content-Length: 99999", PAGE),
    "no type": ("HTTP/1.1 200 OK", PAGE),
    "no type, gzip": ("HTTP/1.1 200 OK\nContent-Encoding: gzip", gzip.compress(PAGE)),
    "no type, after white space": ("HTTP/1.1 200 OK", b"\r\n\n  " + PAGE),
    "no type, a comment first": ("HTTP/1.1 200 OK", b"<!-- made by hand -->\n" + PAGE),
    "an empty type": ("HTTP/1.1 200 OK\nContent-Type:", PAGE),
    "an unknown type": ("HTTP/1.1 200 OK\nContent-Type: unknown/unknown", PAGE),
    "two types": ("HTTP/1.1 200 OK\nContent-Type: text/html, text/html; charset=utf-8", PAGE),
    "large letters": ("HTTP/1.1 200 OK\nCONTENT-TYPE: TEXT/HTML", PAGE),
    "HTTP/2": ("HTTP/2 200\nContent-Type: text/html", PAGE),
    "no reason": ("HTTP/1.1 200\nContent-Type: text/html", PAGE),
    "bad header lines": ("HTTP/1.1 200 OK\nno colon\n: no name\nX Y: z\nContent-Type: text/html", PAGE),
}  # fmt: skip


@pytest.mark.parametrize("case", WHOLE)
def test_a_page_is_unpacked_whatever_its_headers_say(case: str, tmp_path: Path) -> None:
    head, body = WHOLE[case]
    found = only(tmp_path / "a.warc", response(head, body))
    assert (found.failure, (found.value or b"").strip().removeprefix(b"<!-- made by hand -->\n"), found.warnings) == (None, PAGE, ())  # fmt: skip
    assert found.media_type.startswith("text/html")


CUT: dict[str, tuple[str, bytes, str]] = {
    "marked": (OK, PAGE[:200], "WARC-Truncated: length\r\n"),
    "marked in small letters": (OK, PAGE[:200], "warc-truncated: time\r\n"),
    "gzip": (OK + "Content-Encoding: gzip", gzip.compress(PAGE)[:-40], ""),
    "gzip, damaged": (OK + "Content-Encoding: gzip", gzip.compress(PAGE, 0)[:200] + b"\xff" * 90, ""),
    "chunked": (OK + "Transfer-Encoding: chunked", chunks(PAGE)[:-60], ""),
    "chunked, no last chunk": (OK + "Transfer-Encoding: chunked", chunks(PAGE, end=b""), ""),
    "chunked and gzip": (OK + "Transfer-Encoding: chunked\nContent-Encoding: gzip", chunks(gzip.compress(PAGE))[:-40], ""),
    "deflate": (OK + "Content-Encoding: deflate", zlib.compress(PAGE)[:-40], ""),
    "brotli": (OK + "Content-Encoding: br", brotli.compress(PAGE, quality=1)[:-30], ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CUT)
def test_a_page_that_ends_early_is_kept_with_a_warning(case: str, tmp_path: Path) -> None:
    head, body, warc = CUT[case]
    found = only(tmp_path / "a.warc", response(head, body, warc))
    assert (found.failure, found.warnings) == (None, ("truncated",))
    assert found.value is not None
    assert found.value.startswith(PAGE[:60])


@pytest.mark.parametrize(
    "record",
    [
        response("HTTP/1.1 200 OK", b"\x89PNG\r\n\x1a\n" + bytes(99)),
        response("HTTP/1.1 200 OK", b'{"a": "<html>"}'),
        response("HTTP/1.1 200 OK", b"plain words <b> only"),
        response("HTTP/1.1 200 OK\nContent-Type: image/png", PAGE),
        response("HTTP/1.1 200 OK", PAGE, "WARC-Identified-Payload-Type: application/json\r\n"),
        response("HTTP/1.1 302 Found\nContent-Type: text/html", PAGE),
        response("", PAGE, kind="conversion", block_type="text/plain"),
        response("", PAGE, kind="resource", block_type=""),
    ],
)
def test_what_is_no_page_has_no_number(record: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(record)
    assert list(read_records(open_archive(str(tmp_path / "a.warc")))) == []


@pytest.mark.parametrize(
    "how",
    [
        {"head": "", "block_type": "text/html"},
        {"head": "", "kind": "resource", "block_type": "text/html; charset=utf-8"},
        {"head": "HTTP/1.1 200 OK", "warc": "WARC-Identified-Payload-Type: text/html\r\n"},
    ],
)
def test_a_page_may_be_told_by_its_record(how: dict[str, Any], tmp_path: Path) -> None:
    assert only(tmp_path / "a.warc", response(body=PAGE, **how)).value == PAGE


def test_what_is_neither_packed_nor_plain_is_a_dead_letter(tmp_path: Path) -> None:
    found = only(tmp_path / "a.warc", response(OK + "Content-Encoding: gzip", bytes(range(128, 256))))
    assert found.failure == "bad_encoding"
    assert "neither that nor plain" in str(found.failure_detail)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate, brotli.compress, zstandard.compress])
def test_a_bomb_is_unpacked_up_to_the_limit(pack: Any) -> None:
    coding = {gzip.compress: "gzip", brotli.compress: "br", zstandard.compress: "zstd"}.get(pack, "deflate")
    body, _ = unpacked(pack(b"<p>" + b" " * 30_000_000), "", coding, 1_000_000)
    assert 1_000_000 <= len(body) < 2_000_000


@given(st.binary(max_size=60), st.sampled_from(["", "chunked"]), st.sampled_from(["", "gzip", "deflate", "br", "zstd"]))
def test_no_bytes_make_unpacking_raise_anything_else(body: bytes, transfer: str, content: str) -> None:
    with contextlib.suppress(BodyError):
        assert isinstance(unpacked(body, transfer, content, LIMIT)[0], bytes)
