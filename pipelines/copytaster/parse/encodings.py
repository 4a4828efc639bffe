"""Bytes to characters: the encoding that is declared or shows itself stands, and a bad byte costs itself only."""

from __future__ import annotations

import codecs
import re

CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*+=\s*+["']?\s*+([a-zA-Z0-9_:.-]{1,40})"""
    rb"""|\A\s{0,100}<\?xml[^>]{0,100}?encoding\s*=\s*["']([a-zA-Z0-9_:.-]{1,40})""",
    re.IGNORECASE,
)
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

ALIASES = {
    "utf8": "utf-8", "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-sjis": "cp932", "shift_jis": "cp932", "shift-jis": "cp932",
    "sjis": "cp932", "windows-31j": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-cp1252": "cp1252", "x-ansi": "cp1252", "ansi": "cp1252",
}  # fmt: skip
"""Labels that Python knows otherwise or not at all; the larger set that the HTML standard reads them as."""

LATIN = re.compile(r"iso[-_]?8859[-_]?1(5)?|l(atin)?-?1|(us-)?ascii|ansi_x3\.4-1968|windows-1252|cp-?1252")
"""Names under which pages declare Windows-1252, as the HTML standard has it (15 apart)."""

SEVERAL_BYTES = re.compile(r"gb18030|big5.*|euc.*|cp932|cp949|iso2022.*|hz|johab|shift.*")
SURE = 4
"""Sequences of UTF-8 that cannot be chance in a text that is declared otherwise (one where each byte is a character)."""

FEW = 10
"""A declared encoding stands where one of so many characters beyond ASCII cannot be read."""


def decode_page(value: bytes, declared: str | None = None) -> tuple[str, bool]:
    """The characters of a web page, and whether some bytes had to be U+FFFD.

    By the HTML standard: byte order mark, HTTP header (`declared`), `<meta charset>`, UTF-8; but where a declaration
    plainly does not fit the bytes, what they are: UTF-8, else Windows-1252.
    """
    found = CHARSET.search(value, 0, 4096)
    in_page = (found[1] or found[2]).decode("ascii") if found else None
    if in_page and in_page.lower().startswith("utf-16"):
        in_page = "utf-8"  # or the declaration could not have been read
    return decode(value, declared, in_page)


def decode(value: bytes, *labels: str | None) -> tuple[str, bool]:
    """The characters of a text, and whether some bytes had to be U+FFFD. `labels`: what is said of the encoding."""
    for mark, wide in MARKS:
        if value.startswith(mark):
            return replaced(value[len(mark) :], wide)
    label = next((codec for name in labels if (codec := codec_of(name))), None)
    if found := wide_codec(value):
        return replaced(value, found)
    if label is not None and label.startswith(("iso2022", "hz")):
        return replaced(value, label)
    if label is not None and label.startswith(("utf-16", "utf-32")):
        label = None  # no zero bytes
    text = value.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    wider = len(text) - len(text.encode("ascii", "ignore")) - lost  # sequences that are UTF-8
    if label is None or label == "utf-8":
        return (text, lost > 0) if wider >= lost else replaced(value, "cp1252")
    is_one_byte = not SEVERAL_BYTES.fullmatch(label)
    if (wider >= (1 if is_one_byte and not lost else SURE) and wider > FEW * lost) or not (wider or lost):
        return text, lost > 0
    told, is_damaged = replaced(value, label)
    if not is_damaged or is_one_byte:
        return told, is_damaged
    beyond = len(told) - len(told.encode("ascii", "ignore"))
    if told.count("\ufffd") * FEW <= beyond:
        return told, True
    return (text, lost > 0) if wider >= lost else replaced(value, "cp1252")


def codec_of(label: str | None) -> str | None:
    """Python's name of the encoding that a label means; None of one that is unknown, or no encoding of text."""
    name = (label or "").strip(" \t\r\n\"';,").lower()
    name = re.split(r"[\s,;]", name, maxsplit=1)[0]
    if LATIN.fullmatch(name):
        return "iso8859-15" if name.endswith("8859-15") else "cp1252"
    try:
        found = codecs.lookup(ALIASES.get(name, name))
        b"a ".decode(found.name, "replace")
    except (LookupError, ValueError, TypeError):  # no codec, or one from bytes to bytes
        return None
    return None if found.name in ("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape") else found.name


def wide_codec(value: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of the beginning is zero."""
    head = value[:200]
    if len(head) < 4 or b"\0" not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    return (
        "utf-16-be" if even > 0.4 * len(head) > 4 * odd else "utf-16-le" if odd > 0.4 * len(head) > 4 * even else None
    )


def replaced(value: bytes, codec: str) -> tuple[str, bool]:
    """The text with U+FFFD for each byte that the codec cannot read, and whether there were such."""
    try:
        return value.decode(codec), False
    except UnicodeDecodeError:
        return value.decode(codec, "replace"), True
