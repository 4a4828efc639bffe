"""The encoding of a page: as declared or as its bytes show, and a bad byte costs itself only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copytaster.parse.encodings import decode_page

STORY = "“Müller’s café,” said Zoë — it costs 5 €; ‘très bien’. "
PAGE = f"<html><head><title>Zoë</title></head><body><p>{STORY * 3}</p></body></html>"
DECLARED = PAGE.replace("<head>", '<head><meta charset="{}">')


def declared(charset: str) -> str:
    """The page with a charset in its head."""
    return DECLARED.replace("{}", charset)


@pytest.mark.parametrize(
    ("value", "header", "expected"),
    [
        (PAGE.encode(), None, PAGE),
        (PAGE.encode(), "utf-8", PAGE),
        (PAGE.encode(), "UTF8", PAGE),
        (PAGE.encode(), "'utf-8'", PAGE),
        (PAGE.encode("utf-8-sig"), "iso-8859-1", PAGE),
        (PAGE.encode("utf-16"), None, PAGE),
        (PAGE.encode("utf-16-le"), None, PAGE),
        (PAGE.encode("utf-16-be"), "utf-16be", PAGE),
        # Windows-1252 under any label
        (PAGE.encode("cp1252"), None, PAGE),
        (PAGE.encode("cp1252"), "utf-8", PAGE),
        (PAGE.encode("cp1252"), "iso-8859-1", PAGE),
        (PAGE.encode("cp1252"), "us-ascii", PAGE),
        (PAGE.encode("cp1252"), "windows-1252", PAGE),
        (PAGE.encode("cp1252"), "nonsense", PAGE),
        (PAGE.encode("cp1252"), "x-ansi", PAGE),
        (declared("utf-8").encode("cp1252"), None, declared("utf-8")),
        (declared("gb2312").encode("cp1252"), None, declared("gb2312")),
        # UTF-8 under another label
        (PAGE.encode(), "iso-8859-1", PAGE),
        (PAGE.encode(), "windows-1252", PAGE),
        (PAGE.encode(), "windows-1251", PAGE),
        (declared("iso-8859-15").encode(), None, declared("iso-8859-15")),
        (declared("utf-16").encode(), None, declared("utf-16")),
        (PAGE.encode(), "utf-16", PAGE),
        # other encodings, declared
        ("<p>Мэр сказал, что мост откроют в мае.</p>".encode("cp1251"), "windows-1251", "<p>Мэр сказал, что мост откроют в мае.</p>"),
        ("<p>Žižkov žádá</p>".encode("cp1250"), "windows-1250", "<p>Žižkov žádá</p>"),
        ("<p>市长说大桥将于五月开通。</p>".encode("gbk"), "gb2312", "<p>市长说大桥将于五月开通。</p>"),
        ("<p>市長は火曜日、橋が五月に開通すると述べた。</p>".encode("cp932"), "Shift_JIS", "<p>市長は火曜日、橋が五月に開通すると述べた。</p>"),
        ("<p>市長は火曜日に述べた。</p>".encode("iso2022_jp"), "iso-2022-jp", "<p>市長は火曜日に述べた。</p>"),
        ("<p>시장은 다리가 열린다고 말했다.</p>".encode("euc-kr"), "euc-kr", "<p>시장은 다리가 열린다고 말했다.</p>"),
        ("<p>5 €, Šta</p>".encode("iso8859-15"), "ISO-8859-15", "<p>5 €, Šta</p>"),
        ('<?xml version="1.0" encoding="windows-1251"?><p>Мэр сказал</p>'.encode("cp1251"), None, '<?xml version="1.0" encoding="windows-1251"?><p>Мэр сказал</p>'),
        (b"<p>plain</p>", "shift_jis", "<p>plain</p>"),
        (b"", None, ""),
    ],
)  # fmt: skip
def test_a_page_has_the_right_letters(value: bytes, header: str | None, expected: str) -> None:
    assert decode_page(value, header) == (expected, False)


@pytest.mark.parametrize("header", [None, "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (PAGE.encode().replace(b"</body>", b"\xa9 2026</body>"), PAGE.replace("</body>", "\ufffd 2026</body>")),
        (PAGE.encode().replace(b"</body>", b"\xff\xfe</body>"), PAGE.replace("</body>", "\ufffd\ufffd</body>")),
        (PAGE.encode().replace(b"costs", b"\x97 costs"), PAGE.replace("costs", "\ufffd costs")),
        (PAGE.encode()[: PAGE.encode().rindex("’".encode()) + 2], PAGE[: PAGE.rindex("’")] + "\ufffd"),
    ],
)
def test_a_bad_byte_costs_itself_only(value: bytes, expected: str, header: str | None) -> None:
    assert decode_page(value, header) == (expected, True)


@pytest.mark.parametrize("codec", ["gbk", "cp932", "euc-kr", "big5"])
def test_a_bad_byte_does_not_change_a_declared_encoding(codec: str) -> None:
    text = (
        "<p>"
        + {"gbk": "市长说大桥", "cp932": "市長は火曜日", "euc-kr": "시장은 다리가", "big5": "市長說大橋"}[codec] * 9
        + "</p>"
    )
    found, is_damaged = decode_page(text.encode(codec).replace(b"</p>", b"\x81\xff</p>"), codec)
    assert is_damaged
    assert found.replace("\ufffd", "").startswith(text[:40])


@given(st.binary(max_size=80), st.none() | st.text(max_size=12) | st.sampled_from(["utf-16", "rot13", "hex", "zlib", "idna", "undefined", "mbcs"]))  # fmt: skip
def test_any_bytes_are_read(value: bytes, header: str | None) -> None:
    found, is_damaged = decode_page(value, header)
    found.encode("utf-8", "surrogatepass")
    assert ("\ufffd" in found) or not is_damaged
