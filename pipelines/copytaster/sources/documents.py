"""A file that is one article: a web page, or plain text."""

from __future__ import annotations

import json
from collections.abc import Iterator

from copytaster.parse import MAX_MESSAGE
from copytaster.parse.encodings import decode
from copytaster.records import RawRecord
from copytaster.sources.lines import HEAD, Overlong
from copytaster.sources.streams import DamageError


def document_records(chunks: Iterator[bytes], start: int = 0, *, is_page: bool) -> Iterator[RawRecord]:
    """The one record that a file is, numbered 0; none where it holds only white space."""
    if start:
        return
    parts: list[bytes] = []
    overlong: Overlong | None = None
    size = 0
    try:
        for chunk in chunks:
            size += len(chunk)
            if overlong is not None:
                overlong.add(chunk)
            else:
                parts.append(chunk)
                if size > MAX_MESSAGE:
                    overlong = Overlong(parts)
    except DamageError as damage:
        yield RawRecord(b"".join(parts)[:HEAD], 0, failure="truncated_archive", failure_detail=str(damage))
        return
    value = b"".join(parts)
    if overlong is not None:
        yield overlong.record()
    elif is_page:
        yield RawRecord(value, 0, media_type="text/html")
    elif value.strip():
        text, is_damaged = decode(value)
        message = json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "replace")
        yield RawRecord(message, 0, warnings=("undecodable_bytes",) * is_damaged)
