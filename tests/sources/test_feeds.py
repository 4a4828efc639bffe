"""RSS and Atom as sites write them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from copytaster.parse import parse_record
from copytaster.records import Article, Failure
from copytaster.sources.archive import open_archive, read_records

ONE = "The harbour board of Pella closed its slip on Monday."
TWO = "“Nobody was hurt,” Dora Lind said."
HTML = f"<p>{ONE}</p><p>{TWO}</p>"
AT = datetime(2026, 3, 9, 17, 30, tzinfo=UTC)
RSS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Pella News</title>'
    '<atom:link href="https://pella.example/feed" rel="self"/><link>https://pella.example</link><language>en-GB</language>{}</channel></rss>'
)
ITEM = (
    "<item><title>Slip closed</title><link>https://pella.example/1</link><guid isPermaLink='false'>g1</guid>"
    "<pubDate>Mon, 09 Mar 2026 17:30:00 GMT</pubDate><category>ports</category><category><![CDATA[ferries]]></category>{}</item>"
)
BODY = f"<description>Short.</description><content:encoded><![CDATA[{HTML}]]></content:encoded>"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Pella News</title><link rel="self" href="https://pella.example/feed"/>'
    '<entry><id>g1</id><title type="html">Slip closed</title><link rel="edit" href="https://pella.example/e"/>'
    '<link href="https://pella.example/1"/><published>2026-03-09T18:30:00+01:00</published><updated>2026-03-10T00:00:00Z</updated>'
    '<author><name>Mia Holt</name><email>m@pella.example</email></author><category term="ports"/><category term="ferries"/>{}</entry></feed>'
)


def articles(path: Path, content: bytes | str) -> list[Article | Failure]:
    """What comes of the items of a feed."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [parse_record(record) for record in read_records(open_archive(str(path)))]


@pytest.mark.parametrize(
    "content",
    [
        RSS.format(ITEM.format("<dc:creator><![CDATA[Mia Holt]]></dc:creator>" + BODY)),
        RSS.format(ITEM.format("<author>m@pella.example (Mia Holt)</author>" + BODY)),
        RSS.format(ITEM.format("<dc:creator>Mia Holt</dc:creator>" + BODY.replace("<![CDATA[", "").replace("]]>", "").replace("<p>", "&lt;p&gt;").replace("</p>", "&lt;/p&gt;"))),
        "\n<!-- made by hand -->" + RSS.format(ITEM.format("<dc:creator>Mia Holt</dc:creator>" + BODY)).partition("?>")[2],
        RSS.format(ITEM.format("<dc:creator>Mia Holt</dc:creator>" + BODY)).encode("utf-16"),
        ATOM.format(f'<summary>Short.</summary><content type="html"><![CDATA[{HTML}]]></content>'),
        ATOM.format(f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{HTML}</div></content>'),
        "\ufeff" + ATOM.format(f'<content type="html">{HTML.replace("<", "&lt;")}</content>'),
    ],
)  # fmt: skip
def test_an_item_with_its_body_is_an_article(content: bytes | str, tmp_path: Path) -> None:
    (article,) = articles(tmp_path / "feed.xml", content)
    assert isinstance(article, Article), article
    assert (article.id, article.url, article.title) == ("g1", "https://pella.example/1", "Slip closed")
    assert (article.text, article.authors, article.topics) == (f"{ONE}\n{TWO}", ("Mia Holt",), ("ports", "ferries"))
    assert (article.published_at, article.language, article.outlet.name) == (AT, "en-GB", "Pella News")
    assert article.warnings == ()


def test_an_item_with_a_summary_only_says_so(tmp_path: Path) -> None:
    content = RSS.format(
        ITEM.format(f"<description>&lt;p&gt;{ONE}&lt;/p&gt;</description>") + "<item><title>Empty</title></item>"
    )
    first, second = articles(tmp_path / "feed", content)
    assert isinstance(first, Article)
    assert (first.text, first.warnings) == (ONE, ("summary_only", "html_in_text"))
    assert isinstance(second, Failure)
    assert second.reason == "no_text"


def test_rss_1_has_its_items_beside_the_channel(tmp_path: Path) -> None:
    content = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Pella News</title></channel>'
        f'<item rdf:about="https://pella.example/1"><title>Slip</title><link>https://pella.example/1</link>'
        f"<description>{ONE}</description><dc:date>2026-03-09T17:30:00Z</dc:date></item></rdf:RDF>"
    )
    (article,) = articles(tmp_path / "a.rdf", content)
    assert isinstance(article, Article)
    assert (article.id, article.published_at, article.outlet.name) == ("https://pella.example/1", AT, "Pella News")


def test_flaws_of_a_feed_cost_no_item(tmp_path: Path) -> None:
    """Unknown entities, bare ampersands, control characters; a feed that is cut off gives what is whole, and says so."""
    flawed = ITEM.format(BODY.replace("Short.", "AT&T &nbsp; \x01")) * 2
    assert [isinstance(found, Article) for found in articles(tmp_path / "a.xml", RSS.format(flawed))] == [True, True]
    cut = articles(tmp_path / "b.xml", RSS.format(ITEM.format(BODY) * 3)[:-40])
    assert [found.reason for found in cut if isinstance(found, Failure)] == ["truncated_archive"]
    assert sum(isinstance(found, Article) for found in cut) >= 2


def test_a_feed_expands_no_entities(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    content = RSS.replace("\n", f"\n{bomb}").format(ITEM.format(f"<description>{ONE} &b;&f;</description>"))
    for found in articles(tmp_path / "a.xml", content):
        assert isinstance(found, Article)
        assert "lol" not in found.text
        assert "root:" not in found.text
