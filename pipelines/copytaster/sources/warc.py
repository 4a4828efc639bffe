"""WARC: one record for each web page that a crawler stored, by fastwarc."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType, any_type

from copytaster.parse import MAX_MESSAGE
from copytaster.records import RawRecord
from copytaster.sources.http_bodies import BodyError, is_markup, unpacked
from copytaster.sources.lines import HEAD, MAX_RECORD, Overlong
from copytaster.sources.streams import PIECE, DamageError

HTML = frozenset({"text/html", "application/xhtml+xml"})
UNKNOWN = frozenset({"", "unknown/unknown", "application/unknown", "*/*"})
"""Media types that say nothing, by the WHATWG's MIME sniffing."""
RESPONSE = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: "
MAX_HEADERS = HEAD
"""Bytes in which the HTTP headers of a response must end."""


def page_records(chunks: Iterator[bytes], start: int = 0) -> Iterator[RawRecord]:
    """The web pages from number `start` on: responses (2xx) and resources of type HTML, decoded as HTTP sent them.

    Other records are passed over without a number. A record that is cut short gives `truncated_archive` and ends the
    archive.
    """
    for number, page in enumerate(pages(chunks)):
        if number >= start:
            yield RawRecord(
                page.value,
                number,
                None,
                page.timestamp,
                page.media_type,
                page.url,
                page.failure,
                page.failure_detail,
                warnings=page.warnings,
            )


def pages(chunks: Iterator[bytes]) -> Iterator[RawRecord]:
    """The web pages, and at the end the damage, all with number 0."""
    reader = ChunkReader(chunks)
    try:
        for record in ArchiveIterator(cast(BinaryIO, reader), record_types=any_type, parse_http=False):
            if record.headers.get("Content-Length") is None:
                yield broken(b"", f"{reader.damage or 'WARC: the file ends inside the headers of a record'}")
                return
            page, rest, missing = read_record(record)
            if missing:
                yield broken(
                    rest, f"{reader.damage or 'WARC: the file ends inside a record'}: {missing} bytes are missing"
                )
                return
            if page is not None:
                yield page
                if page.failure_detail and page.failure_detail.endswith("the archive ends here"):
                    return
    except OSError as error:
        if reader.error is not None:
            raise reader.error from None
        if not reader.damage:
            yield broken(b"", f"WARC: {error}")
            return
    if reader.error is not None:
        raise reader.error
    if reader.damage:
        yield broken(b"", reader.damage)


def broken(rest: bytes, detail: str) -> RawRecord:
    """The record that stands for all that cannot be read."""
    return RawRecord(
        rest[:HEAD], 0, failure="truncated_archive", failure_detail=f"{detail}; the records before it were read"
    )


def read_record(record: WarcRecord) -> tuple[RawRecord | None, bytes, int]:
    """The page in a WARC record if it holds one, the first bytes of its block, and how many bytes of it are missing."""
    length = record.content_length
    head: bytes = record.reader.read(MAX_HEADERS)
    read = len(head)
    media_type = page_type(record, head)
    if media_type is None:
        while piece := record.reader.read(PIECE):
            read += len(piece)
        return None, head, length - read
    block = [head]
    limit = MAX_MESSAGE + MAX_HEADERS
    while read <= limit and (piece := record.reader.read(PIECE)):
        block.append(piece)
        read += len(piece)
    if read > limit:
        overlong = Overlong(block)
        while overlong.size <= MAX_RECORD and (piece := record.reader.read(PIECE)):
            overlong.add(piece)
        ends = overlong.size if overlong.size > MAX_RECORD else 0
        return overlong.record(ends=ends), head, 0 if ends else length - overlong.size
    if read < length:
        return None, head, length - read
    return page(record, b"".join(block), media_type), head, 0


def page_type(record: WarcRecord, head: bytes) -> str | None:
    """The media type with its charset where the record holds a web page, "" where its body must tell, else None."""
    kind = (record.headers.get("Content-Type") or "").lower()
    is_page = kind.partition(";")[0].strip() in HTML
    if record.record_type == WarcRecordType.resource:
        return kind if is_page else None
    if record.record_type != WarcRecordType.response:
        return None
    if not head.startswith(b"HTTP/"):
        return kind if is_page else None
    try:
        answer = http(head)
    except OSError:  # no HTTP that can be read
        return None
    headers = answer.http_headers
    status = headers.status_code if headers is not None else None
    if status is None or not 200 <= status < 300:
        return None
    told = media_type(answer)
    if told in UNKNOWN:
        found = (record.headers.get("WARC-Identified-Payload-Type") or "").lower()
        return "text/html" if found in HTML else "" if not found else None
    if told not in HTML:
        return None
    charset = answer.http_charset
    return f"text/html; charset={charset}" if charset else "text/html"


def media_type(answer: WarcRecord) -> str:
    """The media type of an HTTP message in lower case, "" where it has none; of two headers the last that says something."""
    told = [value for name, value in answer.http_headers or () if name.strip().lower() == "content-type"]
    kinds = [part.partition(";")[0].strip().lower() for value in told for part in value.split(",")]
    return next((kind for kind in reversed(kinds) if "/" in kind), "")


def http(block: bytes) -> WarcRecord:
    """The HTTP message in a block, its body as it was stored."""
    answer = WarcRecord.from_bytes(b"%s%d\r\n\r\n%s\r\n\r\n" % (RESPONSE, len(block), block))
    answer.parse_http(auto_decode="none", quirks_mode=True)
    return answer


def page(record: WarcRecord, block: bytes, media_type: str) -> RawRecord | None:
    """The page that a whole block holds; None where the body turns out to be none."""
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ") or None
    told: dict[str, Any] = {"timestamp": record.record_date, "media_type": media_type or "text/html", "url": url}
    is_cut = bool(record.headers.get("WARC-Truncated"))
    if not block.startswith(b"HTTP/"):
        return RawRecord(block, 0, **told, warnings=("truncated",) * is_cut)
    try:
        body, ends_early = http_body(block)
    except (OSError, ValueError, RuntimeError, BodyError) as error:
        if not media_type:
            return None
        return RawRecord(
            block[:HEAD], 0, failure="bad_encoding", failure_detail=f"HTTP body cannot be decoded: {error}", **told
        )
    if not media_type and not is_markup(body):
        return None
    if len(body) > MAX_MESSAGE:
        detail = f"page has more than {MAX_MESSAGE} bytes when decoded"
        return RawRecord(body[:HEAD], 0, failure="too_large", failure_detail=detail, **told)
    return RawRecord(body, 0, **told, warnings=("truncated",) * (is_cut or ends_early))


def http_body(block: bytes) -> tuple[bytes, bool]:
    """The body of the HTTP message in a block, unpacked, and whether it ends early. Raises BodyError."""
    answer = http(block)
    headers: dict[str, list[str]] = {}
    for name, value in answer.http_headers or ():
        headers.setdefault(name.strip().lower(), []).append(value)
    transfer, content = (",".join(headers.get(name, ())) for name in ("transfer-encoding", "content-encoding"))
    return unpacked(answer.reader.read(), transfer, content, MAX_MESSAGE + 1)


class ChunkReader:
    """Chunks of bytes as a file that fastwarc reads; where they break off, the file ends and `damage` says why."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.held = b""
        self.position = 0
        self.damage = ""
        self.error: OSError | None = None
        """What the file system raised: no damage, and not for fastwarc to interpret."""

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes (a chunk, when it is negative); none at the end."""
        if not self.held and not self.damage and self.error is None:
            try:
                self.held = next(self.chunks, b"")
            except DamageError as damage:
                self.damage = str(damage)
            except OSError as error:
                self.error = error
        size = len(self.held) if size < 0 else size
        out, self.held = self.held[:size], self.held[size:]
        self.position += len(out)
        return out

    def tell(self) -> int:
        """Bytes given so far."""
        return self.position
