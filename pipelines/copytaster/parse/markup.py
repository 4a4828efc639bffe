"""HTML where plain text was promised: told by its tags and entities, and made text.

Feeds and page scrapers fill a text property with what they found: paragraphs in tags, line breaks as `<br>`, quotation
marks as `&ldquo;`, or all of it escaped once more (`&lt;br&gt;`). Text that only speaks of tags stays as it is.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

ROUNDS = 3
"""How often markup is taken off: escaped, and escaped again."""

BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|li|ul|ol|dl|blockquote|table|tr|section|article|figure|figcaption|hr|pre|html|body)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"<(a|abbr|b|blockquote|cite|code|div|em|figcaption|figure|font|h[1-6]|i|li|mark|ol|p|q|s|section|small|span|strong|sub|sup|table|td|tr|u|ul)"
    r"(?:\s[^<>]{0,2000})?>",
    re.IGNORECASE,
)
CLOSING = re.compile(r"</([a-z][a-z1-6]{0,12})\s*>", re.IGNORECASE)
LONE_BREAK = re.compile(
    r"""(?:\A|[^\s“"'‘(>]|[.!?:,][”"’]?\s?)<(?:br|p|hr)\s?/?>|<(?:br|p|hr)\s?/?>(?:\Z|[^\s”"'’).,;:])""", re.IGNORECASE
)
"""A break that ends or begins something; one between two spaces or in quotation marks is a word about HTML."""

ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
CDATA = ("<![CDATA[", "]]>")
BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


def without_markup(text: str) -> str | None:
    """The text without tags and entities, a paragraph a line; None where it holds none.

    Raises RefusalError as `pages.html_text` does.
    """
    if "<" not in text and "&" not in text:
        return None
    found = text
    if (bare := found.strip()).startswith(CDATA[0]) and bare.endswith(CDATA[1]):
        found = bare[len(CDATA[0]) : -len(CDATA[1])]
    for _ in range(ROUNDS):
        if holds_tags(found):
            found = without_tags(found)
        elif holds_entities(found):
            found = ENTITY.sub(lambda match: html.unescape(match[0]), found)
        else:
            break
    return None if found == text else found


def holds_tags(text: str) -> bool:
    """Whether a text is HTML: an element that is opened and closed, or breaks where sentences end."""
    if "<" not in text:
        return False
    opened = {match[1].lower() for match in OPENING.finditer(text)}
    if opened and any(match[1].lower() in opened for match in CLOSING.finditer(text)):
        return True
    return LONE_BREAK.search(text) is not None and BLOCK_TAG.search(text) is not None


def holds_entities(text: str) -> bool:
    """Whether a text has character references that HTML knows."""
    return any(match[0][1] == "#" or match[0][1:] in html5 for match in ENTITY.finditer(text))


def without_tags(text: str) -> str:
    """The text of HTML; where no tag breaks a line, the text's own lines stand."""
    from copytaster.parse.pages import html_text  # lxml and trafilatura: only where there is HTML

    if BLOCK_TAG.search(text):
        return html_text(BLANK_LINE.sub("<br>", text))[0]
    return "\n".join(html_text(line)[0] if "<" in line or "&" in line else line for line in text.split("\n"))
