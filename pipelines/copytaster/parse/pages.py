"""HTML to text: a web page by trafilatura, which leaves out what is not the article; a fragment paragraph by paragraph."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from copytaster.parse.documents import RefusalError
from copytaster.parse.formats.message import Message
from copytaster.parse.markup import without_markup
from copytaster.parse.page_metadata import declared, moment_of_day

PAGE = re.compile(r"<!doctype|<html\b|<body\b|<head\b", re.IGNORECASE)

UNREADABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no HTML tree can hold."""

SUBSET = re.compile(r"<!DOCTYPE[^<>\[]*+\[[^\]]*+\]\s*+>", re.IGNORECASE)
"""A document type with declarations of its own; entities are never expanded."""

MOST_UNREADABLE = 0.05
"""Share of unreadable characters beyond which bytes are no page."""

LATEST = "9998-12-31"
"""trafilatura takes dates after today for errors; a row must not depend on today, so they are judged later."""

TAG = re.compile(r"""<[a-zA-Z](?:\s++|[^<>"'\s]++|"[^"]*+"?|'[^']*+'?)*+""")
"""A tag up to its end; possessive and content with a tag that never ends, so linear on any input."""

MAX_TAGS = 20_000
"""Tags beyond which trafilatura, which takes the square of their number in places, takes seconds."""

MAX_ATTRIBUTES = 20_000
"""Attributes of one tag beyond which libxml2, which compares each with each, takes seconds."""

SHORTEST_COPY = 40
"""Characters from which on a line is no accident when it stands there twice."""

TEASER = 2
"""How many times longer the text in a page's JSON-LD must be to stand for what the page shows."""

BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
"""Elements that start and end a line."""

SILENT = re.compile("head|iframe|noscript|object|script|style|svg|template|textarea|title")
"""Elements whose text nobody reads."""


def html_text(html: str) -> tuple[str, tuple[str, ...]]:
    """The article's text, a paragraph a line: of a page without its furniture, of a fragment all there is; warnings."""
    if PAGE.search(html, 0, 10_000):
        message = read_page(html)
        return str(message.fields.get("text") or ""), message.warnings
    html = readable(html)
    count_tags(html)
    return fragment_text(html), ()


def readable(html: str) -> str:
    """The HTML with U+FFFD for what no tree can hold. Raises RefusalError `not_text` where that is much."""
    html = UNREADABLE.sub("\ufffd", html)
    if (bad := html.count("\ufffd")) > MOST_UNREADABLE * len(html):
        raise RefusalError("not_text", f"{bad} of {len(html)} characters are unreadable; is it a web page at all?")
    return SUBSET.sub("<!DOCTYPE html>", html, count=1)


def count_tags(html: str) -> int:
    """How many tags there are. Raises RefusalError `html_too_complex` for one that libxml2 would not be done with."""
    count = 0
    for tag in TAG.finditer(html):
        count += 1
        if tag.end() - tag.start() > 2 * MAX_ATTRIBUTES and len(tag[0].split()) > MAX_ATTRIBUTES:
            raise RefusalError(
                "html_too_complex", f"a tag has more than {MAX_ATTRIBUTES} attributes: {tag[0][:60]!r}; send plain text"
            )
    return count


def read_page(html: str, url: str | None = None) -> Message:
    """The article of a web page: text, title, authors, dates and site name, as far as the page tells them."""
    from trafilatura import bare_extraction  # takes half a second to import
    from trafilatura.utils import load_html

    html = readable(html)
    message = Message({})
    if count_tags(html) > MAX_TAGS:
        message.put("text", fragment_text(html), "page")
        message.warnings = ("html_not_cleaned",)
        return message
    tree = load_html(html)
    if tree is None:
        message.put("text", fragment_text(html), "page")
        return message
    told = declared(tree, url)
    message.warnings = told.warnings
    rules = {"original_date": True, "extensive_search": False, "max_date": LATEST}
    found = bare_extraction(tree, url=url, with_metadata=True, include_comments=False, date_extraction_params=rules)
    title = title_of(tree, found.title if found else None, told.fields.get("title"))
    text = without_repeats((found.text if found else "") or fragment_text(html))
    if title and text.partition("\n")[0].strip() == title.strip():
        text = text.partition("\n")[2]
    message.put("text", fuller(text, told.fields.get("text")), "page")
    message.put("title", title, "page")
    guessed = [name for name in (found.author or "").split("; ") if name] if found else []
    message.put("authors", told.fields.get("authors") or guessed, "page")
    day = moment_of_day(tree, found.date) if found and found.date else None
    message.put("published_at", told.fields.get("published_at") or day, "page")
    for name in ("modified_at", "section", "topics"):
        message.put(name, told.fields.get(name), "page")
    message.put("url", url or (found.url if found else None), "page")
    sitename = told.fields.get("outlet") or (found.sitename if found else None)
    if sitename and sitename != (found.hostname if found else None):
        message.put("outlet", sitename, "page")
    return message


def without_repeats(text: str) -> str:
    """The text with each paragraph once: pages hold copies for small and large screens.

    A short line goes only where it follows one that went: "Yes." may be said twice.
    """
    seen: set[str] = set()
    kept: list[str] = []
    is_copy = False
    for line in text.split("\n"):
        words = " ".join(line.split())
        is_copy = words in seen and (len(words) >= SHORTEST_COPY or is_copy)
        if not is_copy:
            kept.append(line)
        seen.add(words)
    return "\n".join(kept)


def title_of(tree: Any, found: str | None, told: Any) -> str | None:
    """The title that was found, unless it is no heading of the page and the article's JSON-LD has another one.

    What is found may be the headline of another article that the page describes, or of one post of a live blog.
    """
    if not isinstance(told, str):
        return found
    headings = {" ".join(heading.text_content().split()) for heading in tree.iter("h1")}
    return found if found and " ".join(found.split()) in headings else without_markup(told) or told


def fuller(text: str, body: Any) -> str:
    """The text of the page, or that of its JSON-LD where the page shows only its beginning, or nothing but that."""
    if not isinstance(body, str):
        return text
    body = without_markup(body) or body
    is_same = "".join(body.split()) == "".join(text.split())
    return body if is_same or len(body) >= TEASER * len(text) else text


def fragment_text(html: str) -> str:
    """All text of the HTML, one line for each paragraph, heading, list item, caption or stretch between breaks."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(f"<div>{html}</div>".encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError):
        return ""
    lines: list[str] = []
    line: list[str] = []
    silent = 0

    def close() -> None:
        text = re.sub(r"[ \t\r\n\f]+", " ", "".join(line)).strip(" ")
        if text:
            lines.append(text)
        line.clear()

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if BLOCK.fullmatch(tag):
            close()
        elif tag in ("td", "th"):
            line.append(" ")
        if event == "start":
            silent += SILENT.fullmatch(tag) is not None
            if not silent and element.text:
                line.append(element.text)
        else:
            silent -= SILENT.fullmatch(tag) is not None
            if not silent and element.tail:
                line.append(element.tail)
    close()
    return "\n".join(lines)
