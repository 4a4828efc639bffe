"""Bad input of every kind, each with what must come of it: one dead letter, or one row with a warning.

`messages` are single records, `files` whole archives. Used by the tests of parsing and reading, and end to end.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import zstandard

from copytaster.records import RawRecord

STORY = (
    "LIMA — The mayor of Lima said on Tuesday that the bridge would open next month.\n\n"
    "“We have waited long enough,” Ana Quispe told reporters."
)


@dataclass(frozen=True)
class Poison:
    """One bad message, and what must come of it."""

    name: str
    value: bytes | None
    reason: str | None = None
    """Of the dead letter; None where an article comes of it."""
    warnings: tuple[str, ...] = ()
    """Of the article."""
    key: bytes | None = None
    timestamp: datetime | None = None
    media_type: str = "application/json"
    text: str | None = None
    """The article's body, where it is not `STORY`."""

    @property
    def is_line(self) -> bool:
        """Whether it can stand as a line of an archive."""
        plain = self.media_type == "application/json" and self.timestamp is None
        return plain and bool(self.value and self.value.strip() and b"\n" not in self.value)

    def record(self, offset: int = 0) -> RawRecord:
        """The message as a source gives it."""
        return RawRecord(self.value, offset, self.key, self.timestamp, self.media_type)


@dataclass(frozen=True)
class PoisonFile:
    """One bad archive: its first `good` records are whole, then comes one with `failure` (or none), and then the end."""

    name: str
    content: Callable[[], bytes]
    good: int
    failure: str | None


def message(**properties: Any) -> bytes:
    """A good message with some properties changed; None takes one away."""
    whole = {"id": "poison-1", "title": "Bridge to open", "text": STORY, "language": "en"} | properties
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


PATHS = (
    "../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "a/b",
    "nul\0byte",
    "%2e%2e%2f",
    "con",
    "." * 300,
    "\u202etxt.exe",
)
"""What must not reach a path."""


def messages() -> Iterator[Poison]:
    """Bad messages, the large ones made as they are asked for."""
    yield Poison("empty", b"", "not_json")
    yield Poison("white space", b"  ", "not_json")
    yield Poison("not JSON", b"<article>no</article>", "not_json")
    yield Poison("cut off", message()[:60], "not_json")
    yield Poison("two objects", b"{}{}", "not_json")
    yield Poison("a number", b"17", "not_an_object")
    yield Poison("a string", b'"text"', "not_an_object")
    yield Poison("a list", b'[{"text": "x"}]', "not_an_object")
    yield Poison("null", b"null", "not_an_object")
    yield Poison("a number of 5,000 digits", b'{"text": "x", "n": ' + b"9" * 5_000 + b"}", "not_json")
    for name in ("title", "html", "url", "published_at", "modified_at", "language", "section"):
        for wrong, what in (
            (5, "dropped" if name == "html" else "converted"),
            (True, "dropped"),
            (["a"], "converted"),
            ({"a": 1}, "dropped"),
        ):
            yield Poison(f"{name} {wrong}", message(**{name: wrong}), warnings=(f"{name}_{what}",))
    for wrong in (5, True, {"a": 1}, [], [5], [[]]):
        yield Poison(f"text {wrong}", message(text=wrong), "wrong_type")
    yield Poison("text in a list", message(text=[STORY]), warnings=("text_converted",))
    for name, wrong, what in (
        ("id", ["a", "b"], "dropped"),
        ("id", 1.5, "converted"),
        ("outlet", 5, "converted"),
        ("outlet", {"name": [[]]}, "dropped"),
        ("authors", [5], "dropped"),
        ("authors", [{"name": "Ana"}, None, 5], "converted"),
        ("topics", 7, "dropped"),
    ):
        yield Poison(f"{name} {wrong}", message(**{name: wrong}), warnings=(f"{name}_{what}",))
    yield Poison("no text", message(text=None), "no_text")
    yield Poison("empty text", message(text=""), "no_text")
    yield Poison("white text", message(text=" \n\t\u2003"), "no_text")
    yield Poison("empty html", message(text=None, html="<div><script>x()</script></div>"), "no_text")
    yield Poison("nothing", b"{}", "no_text")
    yield Poison("UTF-16", message().decode().encode("utf-16"), "not_utf8")
    yield Poison("Latin-1", message(title="Malaga").replace(b"Malaga", b"M\xe1laga"), "not_utf8")
    yield Poison("bytes", bytes(range(128, 256)), "not_utf8")
    yield Poison("byte order mark", b"\xef\xbb\xbf" + message())
    for depth in (101, 1_000, 1_000_000):
        yield Poison(f"lists {depth} deep", b'{"text": "x", "a": ' + b"[" * depth + b"]" * depth + b"}", "too_deep")
    yield Poison("objects without end", b'{"a":' * 200_000, "too_deep")
    yield Poison("brackets in a text", message(text=STORY + "[{" * 5_000), text=STORY + "[{" * 5_000)
    yield Poison("20 MB", message(text="Lima. " * 3_400_000), "too_large")
    yield Poison("2,000,000 characters", message(text="Lima. " * 333_334), "text_too_large")
    yield Poison("a title of 2,000,000 characters", message(title="Lima. " * 333_334), "text_too_large")
    yield Poison("marks without end", b'"' + b'\\"' * 4_000_000, "not_json")
    yield Poison("lone surrogate", message(text=STORY + "\ud800"), warnings=("lone_surrogate",), text=STORY + "\ufffd")
    yield Poison("lone surrogate in extra", message(other={"\udfff": "\udc00"}), warnings=("lone_surrogate",))
    yield Poison("infinite number", message(x=1).replace(b"1}", b"1e999}"))
    yield Poison("not a number", b'{"authors": NaN,' + message()[1:])
    yield Poison("control characters", message(text=f"{STORY}\0\x07\x1b\x85"), warnings=("control_characters",), text=f"{STORY}\0\x07\x1b\x85")  # fmt: skip
    yield Poison("raw control character", message().replace(b"LIMA", b"LI\x01MA"), warnings=("control_characters",), text=STORY.replace("LIMA", "LI\x01MA"))  # fmt: skip
    arabic = "قال رئيس البلدية يوم الثلاثاء إن الجسر سيفتح الشهر المقبل، بحسب ما أوردته الصحيفة المحلية."
    yield Poison("right to left", message(text=f"\u202b{arabic}\u202c", language="ar"), text=f"\u202b{arabic}\u202c")
    yield Poison("right to left, no language", message(text=arabic, language=None), text=arabic)
    for path in PATHS:
        odd = ("control_characters",) if "\0" in path else ()
        yield Poison(f"id {path[:20]!r}", message(id=path))
        yield Poison(f"url {path[:20]!r}", message(url=path, id=None))
        yield Poison(f"title {path[:20]!r}", message(title=path), warnings=odd)
        yield Poison(f"outlet {path[:20]!r}", message(outlet={"name": path, "domain": path}))
        yield Poison(f"section {path[:20]!r}", message(section=path, topics=[path], authors=[path]))
        yield Poison(f"language {path[:20]!r}", message(language=path))
        yield Poison(f"published_at {path[:20]!r}", message(published_at=path), warnings=("published_at_invalid",))
        yield Poison(f"key {path[:20]!r}", message(id=None), key=path.encode())
        yield Poison(f"tombstone {path[:20]!r}", None, key=path.encode(), text="")
    yield Poison("key of bytes", message(id=None), key=b"\xff\xfe")
    yield Poison("tombstone without a key", None, "no_id")
    yield Poison("canceled without an id", b'{"status": "canceled"}', "no_id")
    yield Poison("canceled", b'{"id": "poison-1", "status": "canceled"}', text="")
    for date in ("0000-00-00", "2025-02-30", "2025-13-01", "0001-01-01T00:00:00", "2025-11-21T25:00:00Z", "yesterday",
                 "9999-12-31T23:59:59-23:59", "2025-11-21T10:00:00+99:00", "17322000", "2025", "0" * 5_000):  # fmt: skip
        yield Poison(f"published_at {date[:30]}", message(published_at=date), warnings=("published_at_invalid",))
    yield Poison("naive", message(published_at="2025-11-21T10:00:00"), warnings=("published_at_naive",))
    yield Poison(
        "published tomorrow but one",
        message(published_at="2025-11-23T10:00:00Z"),
        warnings=("published_at_future",),
        timestamp=datetime(2025, 11, 21, 12, tzinfo=UTC),
    )
    yield Poison("published after it was changed", message(published_at="2099-01-01", modified_at="2025-11-21"), warnings=("published_at_future",))  # fmt: skip
    yield from pages()


def pages() -> Iterator[Poison]:
    """Bad web pages."""
    body = "".join(
        f"<p>Paragraph {number} of a story about the bridge in Lima, which opens soon.</p>" for number in range(8)
    )
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    yield page(
        "entities that expand", f"<!DOCTYPE html [<!ENTITY e0 'lol'>{entities}]><html><body><p>&e9;</p>{body}</body>"
    )
    yield page("an external entity", f'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body>{body}<p>&x;</p></body>')  # fmt: skip
    yield page("100,000 spans", "<html><body><p>" + "<span>word</span> " * 100_000, ("html_not_cleaned",))
    yield page("200,000 attributes", "<html><p " + " ".join(f"a{n}=b" for n in range(200_000)) + f">{body}", reason="html_too_complex")  # fmt: skip
    yield page("200,000 elements deep", "<html><body>" + "<div>" * 200_000 + body, reason="no_text")
    yield page("an unending comment", "<html><body><!--" + "-" * 1_000_000, reason="no_text")
    yield page("a picture", "\x89PNG\0\x01\x02\x03" * 1_000, reason="not_text")
    yield page("nothing", "", reason="no_text")
    yield page("control characters", f"<html><body><article>{body}<p>\0\x01\x08</p></article></body></html>")
    yield page("JSON-LD nested without end", f'<html><head><script type="application/ld+json">{"[" * 100_000}</script></head><body>{body}</body>')  # fmt: skip


def page(name: str, html: str, warnings: tuple[str, ...] = (), reason: str | None = None) -> Poison:
    """A web page."""
    return Poison(f"page: {name}", html.encode("latin-1"), reason, warnings, media_type="text/html")


def warc(*pages: bytes) -> bytes:
    """A WARC file of pages."""
    records = []
    for body in pages:
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
        head = "WARC/1.1\r\nWARC-Type: response\r\nWARC-Date: 2025-11-21T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        address = "WARC-Target-URI: https://post.example/1\r\n"
        records.append(f"{head}{address}Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n")
    return b"".join(records)


def files() -> Iterator[PoisonFile]:
    """Bad archives."""
    line = message() + b"\n"
    many = b"".join(message(id=f"poison-{number}", text=f"{number * 7919} {STORY}") + b"\n" for number in range(300))
    yield PoisonFile("empty.jsonl", lambda: b"", 0, None)
    yield PoisonFile("blank.jsonl", lambda: b"\n \n\r\n", 0, None)
    yield PoisonFile("no-end.jsonl", lambda: line * 2 + message(), 3, None)
    yield PoisonFile("cut.jsonl.gz", lambda: gzip.compress(line * 3, mtime=0)[:-9], 3, "truncated_archive")
    yield PoisonFile("cut-after-a-record.jsonl.gz", lambda: gzip.compress(line, mtime=0) + gzip.compress(b"", mtime=0)[:12], 1, "truncated_archive")  # fmt: skip
    yield PoisonFile(
        "garbage-behind.jsonl.gz", lambda: gzip.compress(line, mtime=0) + b"garbage", 1, "truncated_archive"
    )
    yield PoisonFile(
        "checksum.jsonl.gz", lambda: gzip.compress(line * 2, mtime=0)[:-8] + b"\0" * 8, 2, "truncated_archive"
    )
    yield PoisonFile("padded.jsonl.gz", lambda: gzip.compress(line * 2, mtime=0) + b"\0" * 5_000, 2, None)
    yield PoisonFile("members.jsonl.gz", lambda: gzip.compress(line, mtime=0) * 20, 20, None)
    yield PoisonFile("cut.jsonl.zst", lambda: zstandard.compress(line * 3)[:-4], 0, "truncated_archive")
    yield PoisonFile("frames.jsonl.zst", lambda: zstandard.compress(line) * 20, 20, None)
    yield PoisonFile("garbage-behind.jsonl.zst", lambda: zstandard.compress(line) + b"garbage!", 1, "truncated_archive")
    yield PoisonFile(
        "half.jsonl.gz", lambda: (whole := gzip.compress(many, mtime=0))[: len(whole) // 2], -1, "truncated_archive"
    )
    yield PoisonFile("cut.warc", lambda: warc(b"<p>one</p>" * 9, b"<p>two</p>" * 9)[:-50], 1, "truncated_archive")
    yield PoisonFile("cut-in-headers.warc", lambda: warc(b"<p>one</p>") + warc(b"two")[:90], 1, "truncated_archive")
    yield PoisonFile("cut.warc.gz", lambda: gzip.compress(warc(b"<p>one</p>"), mtime=0) + gzip.compress(warc(b"<p>two</p>" * 99), mtime=0)[:-30], 1, "truncated_archive")  # fmt: skip
    yield PoisonFile("garbage.warc", lambda: warc(b"<p>one</p>") + b"garbage\r\n" * 9, 1, "truncated_archive")
    yield PoisonFile("no.parquet", lambda: b"PAR1" + b"garbage" * 99, 0, "truncated_archive")
