"""Makes the archives in samples/ from the texts in samples/sources/, each in the format of another producer.

python tools/make_samples.py
"""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent.parent / "samples"

BROKEN = (
    b'{"id": "hw-20261121-0044", "title": "Cable car operator reopens line after", "text": "INNSBRUCK, Austria (Har\n'
)
"""A message whose connection broke off."""

Source = dict[str, Any]


def main() -> None:
    """Writes every archive that the sources name."""
    files: dict[str, list[Source]] = {}
    for path in sorted((SAMPLES / "sources").glob("*.txt")):
        source = read_source(path)
        files.setdefault(source.pop("file"), []).append(source)
    for name, sources in files.items():
        (SAMPLES / name).write_bytes(WRITERS[name](sources))


def read_source(path: Path) -> Source:
    """The properties at the head of a file, and its text."""
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    source: Source = {}
    for line in head.strip().split("\n"):
        name, _, value = line.partition(": ")
        source[name] = json.loads(value) if value[:1] in "[{" else value
    if text:
        source["text"] = text.rstrip("\n")
    return source


def wire(sources: list[Source]) -> bytes:
    """Our own format, one broken line in the middle."""
    lines = [line(source) for source in sources]
    return b"".join([*lines[:5], BROKEN, *lines[5:]])


def line(item: Source) -> bytes:
    """One line of JSON Lines."""
    return json.dumps(item, ensure_ascii=False).encode() + b"\n"


def ninjs(sources: list[Source]) -> bytes:
    """IPTC ninjs: 1.x with plain text, 1.x with XHTML, and 2.x, in turn."""
    lines = []
    for number, source in enumerate(sources):
        item = {name: source[name] for name in ("uri", "firstcreated", "versioncreated", "language")}
        item |= {"type": "text", "pubstatus": "usable", "version": "1", "urgency": 4}
        if number % 3 == 2:
            subjects = [{"name": name} for name in source["subject"]]
            body = {"role": "main", "contenttype": "text/plain", "value": source["text"]}
            item |= {"headlines": [{"role": "main", "value": source["headline"]}], "bodies": [body]}
            item |= {"by": source["byline"], "subjects": subjects, "infosources": [{"name": source["source"]}]}
        else:
            text = source["text"]
            item |= {"body_xhtml": paragraphs(text)} if number % 3 else {"body_text": text}
            item |= {"headline": source["headline"], "byline": source["byline"], "source": source["source"]}
            item |= {
                "subject": [{"name": name} for name in source["subject"]],
                "service": [{"name": source["service"]}],
            }
        lines.append(line(item))
    return b"".join(lines)


def news_please(sources: list[Source]) -> bytes:
    """What news-please writes, times without a zone."""
    lines = [
        line(
            {
                "authors": source["authors"],
                "date_download": source["fetched_at"],
                "date_modify": None,
                "date_publish": source["published_at"],
                "description": source["text"].split(". ")[0],
                "filename": f"{number}.html",
                "image_url": None,
                "language": source["language"],
                "localpath": None,
                "maintext": source["text"].replace("\n\n", "\n"),
                "source_domain": source["source_domain"],
                "title": source["title"],
                "title_page": None,
                "title_rss": None,
                "url": source["url"],
            }
        )
        for number, source in enumerate(sources)
    ]
    return gzip.compress(b"".join(lines), mtime=0)


def warc(sources: list[Source]) -> bytes:
    """What a crawler stores: pages, and other things that are no articles."""
    records = [
        warc_record("warcinfo", "", b"software: samples\r\nformat: WARC File Format 1.1\r\n", "2026-11-11T02:00:00Z")
    ]
    for source in sources:
        records.append(response(source["url"], 200, "text/html; charset=utf-8", page(source).encode()))
        records.append(response(f"{source['url']}.png", 200, "image/png", b"\x89PNG\r\n\x1a\n"))
    records.append(response("https://www.lakeside-herald.example/gone", 404, "text/html", b"<html>Not found</html>"))
    return b"".join(gzip.compress(record, mtime=0) for record in records)


def response(url: str, status: int, media_type: str, body: bytes) -> bytes:
    """A WARC record of an HTTP answer."""
    http = f"HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    return warc_record("response", url, http, "2026-11-11T02:00:07Z")


def warc_record(kind: str, url: str, block: bytes, date: str) -> bytes:
    """A WARC record."""
    media_type = "application/http; msgtype=response" if kind == "response" else "application/warc-fields"
    headers = {"WARC-Type": kind, "WARC-Date": date, "Content-Type": media_type, "Content-Length": str(len(block))}
    if url:
        headers["WARC-Target-URI"] = url
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def page(source: Source) -> str:
    """A web page with what stands around an article: metadata, navigation, a picture, a footer."""
    title = html.escape(source["title"], quote=False)
    if source["layout"] == "json-ld":
        told = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": source["title"],
            "datePublished": source["published_at"],
            "author": [{"@type": "Person", "name": name} for name in source["authors"]],
            "publisher": {"@type": "Organization", "name": source["outlet"]},
            "articleSection": source["section"],
            "keywords": source["topics"],
        }
        metadata = f'<script type="application/ld+json">{json.dumps(told)}</script>'
    else:
        metadata = f"""<meta property="article:published_time" content="{source["published_at"]}">
<meta name="author" content="{html.escape(", ".join(source["authors"]))}">"""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title} | {html.escape(source["outlet"])}</title>
<meta property="og:site_name" content="{html.escape(source["outlet"])}">
<meta property="og:title" content="{html.escape(source["title"])}">
{metadata}
</head>
<body>
<header><nav><a href="/">Home</a> <a href="/world">World</a> <a href="/health">Health</a></nav></header>
<main><article>
<h1>{title}</h1>
<figure><img src="picture.png" alt=""><figcaption>{html.escape(source["caption"], quote=False)}</figcaption></figure>
{paragraphs(source["text"])}
</article></main>
<footer><p>Read more: <a href="/subscribe">Subscribe to our newsletter</a></p></footer>
</body>
</html>
"""


def paragraphs(text: str) -> str:
    """The text as HTML; a short line without a full stop is a subheading."""
    parts = [html.escape(part, quote=False) for part in text.split("\n\n")]
    return "\n".join(f"<h2>{p}</h2>" if len(p) < 60 and p[-1].isalpha() else f"<p>{p}</p>" for p in parts)


WRITERS: dict[str, Callable[[list[Source]], bytes]] = {
    "wire.jsonl": wire,
    "agency.ninjs.jsonl": ninjs,
    "crawl.news-please.jsonl.gz": news_please,
    "web.warc.gz": warc,
}

if __name__ == "__main__":
    main()
