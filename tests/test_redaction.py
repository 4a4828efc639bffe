"""What is shown of a URL lets nobody in, and tells one place from another."""

from __future__ import annotations

import pytest

from copytaster.redaction import redacted, unsigned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "403 for https://ann:hunter2@store.example/day.gz?X-Amz-Signature=f00d&x=1, again",
            "403 for https://store.example/day.gz?…",
        ),
        ("url=URL('http://h:80/x?token=1')", "url=URL('http://h:80/x?…')"),
        ("sftp://ann:p%40ss@host/lake is full", "sftp://host/lake is full"),
        ("s3://bucket/lake/day.gz", "s3://bucket/lake/day.gz"),
        ("https://host/p@q/x.jsonl and a@b.example", "https://host/p@q/x.jsonl and a@b.example"),
        ("/plain/path?x=1", "/plain/path?x=1"),
    ],
)
def test_redacted(text: str, expected: str) -> None:
    """User info and queries go from every URL in a text; the rest stays."""
    assert redacted(text).removesuffix(" again") == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://store.example/a.gz?X-Amz-Date=3&X-Amz-Signature=9&AWSAccessKeyId=K", "https://store.example/a.gz"),
        ("HTTPS://ann:pw@Store.example/A.gz?Expires=1&Signature=2&Key-Pair-Id=3", "https://store.example/A.gz"),
        ("https://x.blob.example/c/a.gz?sv=2024&se=2026&sp=r&sig=abc", "https://x.blob.example/c/a.gz"),
        ("https://host/get?day=2&page=1&token=t&sp=north", "https://host/get?day=2&page=1&sp=north"),
    ],
)
def test_unsigned(url: str, expected: str) -> None:
    """What signs a URL goes, what says which file is meant stays, in one order."""
    assert unsigned(url) == expected
