"""Web pages as publishers make them: what they say of themselves, and their text once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from copytaster.parse import parse_record
from copytaster.records import Article, RawRecord

ONE = "The harbour board of Pella closed its old ferry slip on Monday after divers found rust in the piles."
TWO = "“Nobody was hurt,” harbour chief Dora Lind told reporters. “We would rather close early than late.”"
THREE = "Repairs are to take until October, and the board said it would pay for a bus to the next pier."
TEXT = f"{ONE}\n{TWO}\n{THREE}"
BODY = "".join(f"<p>{line}</p>" for line in (ONE, TWO, THREE))
AT = "2026-03-09T18:30:00+01:00"
LD: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Pella closes slip",
    "datePublished": AT,
    "author": {"@type": "Person", "name": "Mia Holt"},
    "publisher": {"@type": "Organization", "name": "Pella News"},
}
ADDRESS = "https://www.pella.example/2026/slip"


def page(head: str = "", body: str = f"<article><h1>Pella closes slip</h1>{BODY}</article>", url: str = ADDRESS) -> Article:  # fmt: skip
    """The article of a page."""
    html = f"<!DOCTYPE html><html><head><title>Pella closes slip</title>{head}</head><body>{body}<footer>© 2020 Pella</footer></body></html>"
    record = RawRecord(html.encode(), 0, None, datetime(2026, 3, 12, tzinfo=UTC), "text/html; charset=utf-8", url)
    article = parse_record(record)
    assert isinstance(article, Article), article
    return article


def script(document: Any, before: str = "", after: str = "", kind: str = "application/ld+json") -> str:
    """A page's JSON-LD."""
    return f'<script type="{kind}">{before}{document if isinstance(document, str) else json.dumps(document)}{after}</script>'


GRAPH = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Pella"},
        LD | {"author": {"@id": "#mia"}, "publisher": {"@id": "#org"}},
        {"@type": "Person", "@id": "#mia", "name": "Mia Holt"},
        {"@type": "Organization", "@id": "#org", "name": "Pella News"},
    ],
}
OTHER = LD | {"headline": "Fares rise", "datePublished": "2019-01-01", "author": "Ed Roe", "url": ADDRESS + "-fares"}


@pytest.mark.parametrize(
    "head",
    [
        script(LD),
        script([{"@type": "BreadcrumbList"}, LD]),
        script(GRAPH),
        script({"@type": "WebPage", "mainEntity": LD}),
        script([OTHER, LD | {"mainEntityOfPage": {"@type": "WebPage", "@id": ADDRESS + "?utm_source=x"}}]),
        script(LD, "\n//<![CDATA[\n", "\n//]]>\n"),
        script(LD, "/*<![CDATA[*/", "/*]]>*/"),
        script(LD, "<!--\n", "\n-->"),
        script(LD, "", ";"),
        script(json.dumps(LD)[:-1] + ",\n}"),
        script(json.dumps(LD | {"about": "x"}).replace("x", "a\n\tb, ]")),
        script(LD, "/* made, by a plugin */"),
        script(json.dumps(LD).replace('"', "&quot;")),
        script(LD, kind="application/ld+json; charset=utf-8"),
        script(LD, kind="Application/LD+JSON"),
        script("{broken") + script(LD),
        script(LD | {"@type": ["Article", "https://schema.org/NewsArticle"]}),
        script(LD | {"author": {"@type": "Person", "givenName": "Mia", "familyName": "Holt"}}),
        script(LD | {"author": [[{"name": ["Mia Holt"]}]], "datePublished": ["2026-03-09T18:30:00+01:00"]}),
        script(LD | {"datePublished": "soon"}) + f'<meta property="article:published_time" content="{AT}">',
    ],
)
def test_json_ld_is_read_however_it_stands_in_the_page(head: str) -> None:
    found = page(head)
    assert (found.published_at, found.authors, found.outlet.name) == (datetime.fromisoformat(AT), ("Mia Holt",), "Pella News")  # fmt: skip
    assert (found.title, found.text) == ("Pella closes slip", TEXT)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        *((f'<meta name="{name}" content="{AT}">', AT) for name in (
            "article:published_time", "DC.date.issued", "dcterms.created", "PublishDate", "pubdate", "date", "parsely-pub-date")),
        (f'<meta itemprop="datePublished" content="{AT}">', AT),
        ('<meta property="article:published_time" content="1773077400">', "2026-03-09T17:30:00+00:00"),
        ('<meta property="article:published_time" content="March 9, 2026 6:30 pm CET">', AT),
        ('<meta name="date" content="no date"><meta name="pubdate" content="2026-03-09">', "2026-03-09T00:00:00+00:00"),
        ("", None),
    ],
)  # fmt: skip
def test_a_date_is_read_under_the_names_that_publishers_use(head: str, expected: str | None) -> None:
    found = page(head).published_at
    assert (found and found.isoformat()) == expected


@pytest.mark.parametrize("attributes", ["pubdate", 'itemprop="datePublished"', 'class="entry-date published"'])
def test_a_time_element_tells_the_time_of_day(attributes: str) -> None:
    found = page(body=f'<article><h1>Pella closes slip</h1><time {attributes} datetime="{AT}">March 9</time>{BODY}</article>')  # fmt: skip
    assert found.published_at == datetime.fromisoformat(AT)


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='d'>{BODY}</div><div class='m'>{BODY}</div>",
        "".join(f"<p class='d'>{line}</p><p class='m'> {line}</p>" for line in (ONE, TWO, THREE)),
        f"<p class='lead'>{ONE}</p>{BODY}",
        f"{BODY}<noscript>{BODY}</noscript>",
    ],
)
def test_copies_of_paragraphs_for_other_screens_are_left_out(body: str) -> None:
    assert page(body=f"<article><h1>Pella closes slip</h1>{body}</article>").text == TEXT


def test_a_short_line_may_stand_twice() -> None:
    asked = "<p>Was it safe?</p><p>No, she said.</p>"
    body = f"<article><h1>Pella closes slip</h1><p>{ONE}</p>{asked}<p>{TWO}</p>{asked}<p>{THREE}</p></article>"
    assert page(body=body).text.count("No, she said.") == 2


def test_the_text_behind_a_paywall_is_taken_where_the_page_holds_it() -> None:
    told = LD | {"isAccessibleForFree": "False", "articleBody": TEXT}
    found = page(script(told), body=f"<article><h1>Pella closes slip</h1><p>{ONE}</p><p>Subscribe now.</p></article>")
    assert (found.text, found.warnings) == (TEXT, ("paywalled",))


def test_a_live_blog_has_its_own_title() -> None:
    posts = [{"@type": "BlogPosting", "headline": "18:40", "articleBody": ONE}]
    told = LD | {"@type": "LiveBlogPosting", "liveBlogUpdate": posts}
    assert page(script(told), body=f"<main><h1>Pella closes slip</h1>{BODY}</main>").title == "Pella closes slip"


@pytest.mark.parametrize(
    "text", ["/*" * 100_000, '"' + '\\"' * 100_000, "," * 100_000, "{" + " " * 100_000, "//" * 100_000]
)
def test_scripts_of_no_sense_take_no_time(text: str) -> None:
    assert page(script(text)).text == TEXT
