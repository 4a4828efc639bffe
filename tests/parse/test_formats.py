"""Each producer's format, as its documentation has it, to our article."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from copytaster.parse import parse_record
from copytaster.parse.formats import recognise
from copytaster.records import Article, Failure, Outlet, RawRecord

TEXT = "The mayor said on Tuesday that the bridge would open next month."

NINJS_1: dict[str, Any] = {
    "uri": "http://desk.example/items/7",
    "type": "text",
    "pubstatus": "usable",
    "firstcreated": "2025-11-21T10:00:00Z",
    "versioncreated": "2025-11-21T11:00:00Z",
    "language": "en",
    "headline": "Bridge",
    "byline": "Ann Moran",
    "body_text": TEXT,
    "subject": [{"name": "bridges", "code": "b"}, {"name": "cities"}],
    "infosource": [{"name": "Southern Desk"}],
    "urgency": 3,
}
NINJS_2: dict[str, Any] = {
    "uri": "tag:desk.example,2025:7",
    "pubstatus": "usable",
    "versioncreated": "2025-11-21T11:00:00Z",
    "headlines": [{"role": "short", "value": "Br"}, {"role": "main", "value": "Bridge"}],
    "bodies": [
        {"contenttype": "text/html", "value": "<p>no</p>"},
        {"contenttype": "text/plain", "value": TEXT},
    ],
    "by": "Ann Moran",
    "subjects": [{"name": "bridges"}],
    "infosources": [{"name": "Southern Desk"}],
    "language": "en",
}
SUPERDESK: dict[str, Any] = {
    "guid": "tag:aap:1",
    "pubstatus": "usable",
    "versioncreated": "2025-11-21T11:00:00+0000",
    "headline": "Bridge",
    "body_html": f"<p>{TEXT}</p><p>More.</p>",
    "service": [{"name": "World", "code": "w"}],
    "source": "SD",
    "language": "en",
}
NEWS_PLEASE: dict[str, Any] = {
    "authors": ["Ann Moran"],
    "date_download": "2025-11-22 01:02:03",
    "date_modify": None,
    "date_publish": "2025-11-21 10:00:00",
    "description": "Short.",
    "filename": "x.json",
    "language": "en",
    "maintext": TEXT,
    "source_domain": "post.example",
    "title": "Bridge",
    "title_page": None,
    "url": "https://post.example/a",
}
CC_NEWS: dict[str, Any] = {
    "title": "Bridge",
    "text": TEXT,
    "domain": "post.example",
    "date": "2025-11-21 00:00:00",
    "description": "Short.",
    "url": "https://post.example/a",
    "image_url": "",
}
FUNDUS: dict[str, Any] = {
    "title": "Bridge",
    "body": {
        "summary": ["In short."],
        "sections": [
            {"headline": [], "paragraphs": [TEXT]},
            {"headline": ["Next"], "paragraphs": ["One.", "Two."]},
        ],
    },
    "authors": ["Ann Moran"],
    "publishing_date": "2025-11-21 10:00:00+01:00",
    "topics": ["bridges"],
    "free_access": True,
    "lang": "en",
    "html": {
        "requested_url": "https://post.example/r",
        "responded_url": "https://post.example/a",
        "content": "<html></html>",
        "crawl_date": "2025-11-22 08:00:00+00:00",
        "source_info": {"publisher": "The Post"},
    },
}
TRAFILATURA: dict[str, Any] = {
    "title": "Bridge",
    "author": "Ann Moran; Joe Lee",
    "hostname": "post.example",
    "date": "2025-11-21",
    "fingerprint": "ab12",
    "id": None,
    "license": None,
    "comments": "",
    "raw_text": f"{TEXT} More.",
    "text": f"{TEXT}\nMore.",
    "language": "en",
    "image": None,
    "pagetype": "article",
    "filedate": "2025-11-22",
    "source": "https://post.example/a",
    "source-hostname": "The Post",
    "excerpt": "Short.",
    "categories": "World;Europe",
    "tags": "bridges;cities",
}
SCHEMA_ORG: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ReportageNewsArticle",
    "headline": "Bridge",
    "articleBody": TEXT,
    "datePublished": "2025-11-21T10:00:00Z",
    "dateModified": "2025-11-21T11:00:00Z",
    "inLanguage": {"@type": "Language", "name": "English", "alternateName": "en"},
    "author": [{"@type": "Person", "name": "Ann Moran"}, "Joe Lee"],
    "publisher": {"@type": "NewsMediaOrganization", "name": "The Post", "logo": {}},
    "articleSection": ["World"],
    "keywords": "bridges, cities",
    "mainEntityOfPage": {"@id": "https://post.example/a"},
    "wordCount": 11,
}

HOURS_10 = datetime(2025, 11, 21, 10, tzinfo=UTC)
HOURS_11 = datetime(2025, 11, 21, 11, tzinfo=UTC)
POST = Outlet("The Post", "post.example")

CASES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "ninjs 1": (
        "ninjs",
        NINJS_1,
        {
            "id": "http://desk.example/items/7",
            "url": "http://desk.example/items/7",
            "title": "Bridge",
            "text": TEXT,
            "published_at": HOURS_10,
            "modified_at": HOURS_11,
            "authors": ("Ann Moran",),
            "topics": ("bridges", "cities"),
            "outlet": Outlet("Southern Desk", "desk.example"),
            "extra": {"type": "text", "pubstatus": "usable", "urgency": 3},
        },
    ),
    "ninjs 2": (
        "ninjs",
        NINJS_2,
        {
            "id": "tag:desk.example,2025:7",
            "url": None,
            "title": "Bridge",
            "text": TEXT,
            "published_at": HOURS_11,
            "modified_at": None,
            "authors": ("Ann Moran",),
            "topics": ("bridges",),
            "outlet": Outlet("Southern Desk"),
        },
    ),
    "Superdesk": (
        "ninjs",
        SUPERDESK,
        {
            "id": "tag:aap:1",
            "text": f"{TEXT}\nMore.",
            "section": "World",
            "outlet": Outlet("SD"),
            "published_at": HOURS_11,
        },
    ),
    "news-please": (
        "news-please",
        NEWS_PLEASE,
        {
            "text": TEXT,
            "title": "Bridge",
            "published_at": HOURS_10,
            "fetched_at": datetime(2025, 11, 22, 1, 2, 3, tzinfo=UTC),
            "outlet": Outlet(None, "post.example"),
            "authors": ("Ann Moran",),
            "warnings": ("published_at_naive", "fetched_at_naive"),
            "extra": {"description": "Short.", "filename": "x.json"},
        },
    ),
    "CC-NEWS": (
        "news-please",
        CC_NEWS,
        {"text": TEXT, "published_at": datetime(2025, 11, 21, tzinfo=UTC), "outlet": Outlet(None, "post.example")},
    ),
    "Fundus": (
        "fundus",
        FUNDUS,
        {
            "text": f"In short.\n\n{TEXT}\n\nNext\n\nOne.\n\nTwo.",
            "url": "https://post.example/a",
            "published_at": datetime.fromisoformat("2025-11-21T10:00:00+01:00"),
            "fetched_at": datetime(2025, 11, 22, 8, tzinfo=UTC),
            "outlet": POST,
            "topics": ("bridges",),
            "extra": {"free_access": True, "html": {"source_info": {"publisher": "The Post"}}},
        },
    ),
    "Fundus, plain": (
        "fundus",
        {"title": "Bridge", "plaintext": TEXT, "publishing_date": "2025-11-21 10:00:00+00:00", "authors": []},
        {"text": TEXT, "published_at": HOURS_10},
    ),
    "trafilatura": (
        "trafilatura",
        TRAFILATURA,
        {
            "text": f"{TEXT}\nMore.",
            "url": "https://post.example/a",
            "published_at": datetime(2025, 11, 21, tzinfo=UTC),
            "published_precision": "day",
            "authors": ("Ann Moran", "Joe Lee"),
            "topics": ("bridges", "cities"),
            "section": "World",
            "outlet": POST,
        },
    ),
    "schema.org": (
        "schema.org",
        SCHEMA_ORG,
        {
            "text": TEXT,
            "title": "Bridge",
            "published_at": HOURS_10,
            "modified_at": HOURS_11,
            "language": "en",
            "authors": ("Ann Moran", "Joe Lee"),
            "outlet": POST,
            "section": "World",
            "topics": ("bridges", "cities"),
            "url": "https://post.example/a",
            "extra": {"wordCount": 11},
        },
    ),
    "schema.org in a graph": (
        "schema.org",
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "S"}, SCHEMA_ORG]},
        {"text": TEXT, "title": "Bridge", "outlet": POST},
    ),
    "schema.org in a list": ("schema.org", [{"@type": "WebPage"}, SCHEMA_ORG], {"text": TEXT, "title": "Bridge"}),
}


@pytest.mark.parametrize("is_named", [False, True], ids=["by shape", "by name"])
@pytest.mark.parametrize("case", CASES)
def test_an_item_becomes_the_article(case: str, is_named: bool) -> None:
    name, item, expected = CASES[case]
    article = parse_record(RawRecord(json.dumps(item).encode(), 0), format=name if is_named else "auto")
    assert isinstance(article, Article), article
    assert {field: getattr(article, field) for field in expected} == expected


@pytest.mark.parametrize(
    "item",
    [
        {"id": "a", "text": TEXT},
        {"id": "a", "title": "T", "text": TEXT, "body": "x", "domain": "y"},
        {"headline": "T", "text": TEXT},
        {"text": TEXT, "@type": "Person"},
        {"text": TEXT, "fingerprint": "a"},
    ],
)
def test_our_own_format_is_what_is_no_other(item: dict[str, Any]) -> None:
    assert recognise(item) == "copytaster"


MAIN = {"role": "main", "contentType": "text/plain", "value": TEXT}
RICH = {"role": "richtext", "contentType": "application/xhtml+xml", "value": f"<p>{TEXT}</p>"}
SHORT = {"role": "short", "contentType": "text/plain", "value": "Short."}
NINJS_3: dict[str, Any] = {
    "standard": {"name": "ninjs", "version": "3.0"},
    "uri": "urn:n:3",
    "type": "text",
    "pubStatus": "usable",
    "versionCreated": "2025-11-21T11:00:00Z",
    "by": "Ann Moran",
    "headlines": [{"role": "short", "value": "Br"}, {"role": "main", "value": "Bridge"}],
    "bodies": [SHORT, RICH, MAIN],
}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"pubStatus": None},
        {"standard": None},
        {"bodies": [MAIN, SHORT]},
        {"bodies": [SHORT, {"role": "main", "contentType": "text/html", "value": f"<p>{TEXT}</p>"}]},
        {"bodies": [{"role": "teaser", "value": "In short."}, {"value": TEXT}]},
        {"bodies": [{"role": "main", "value": ""}, RICH, SHORT]},
        {"bodies": {"short": "Short.", "main": {"contentType": "text/plain", "value": TEXT}}},
        {"bodies": None, "body_short": "Short.", "body_main": TEXT},
        {"headlines": None, "headline_short": "Br", "headline_main": "Bridge"},
        {"headlines": {"role": "main", "value": "Bridge"}},
        {"by": None, "authors": [{"name": "Ann Moran", "role": "writer"}]},
        {"by": None, "bylines": [{"role": "main", "value": "Ann Moran"}]},
    ],
)
def test_of_the_bodies_and_headlines_of_ninjs_the_main_ones_are_taken(changed: dict[str, Any]) -> None:
    item = {name: value for name, value in (NINJS_3 | changed).items() if value is not None}
    article = parse_record(RawRecord(json.dumps(item).encode(), 0))
    assert isinstance(article, Article), article
    assert (article.id, article.title, article.text, article.authors) == ("urn:n:3", "Bridge", TEXT, ("Ann Moran",))
    assert (article.published_at, article.warnings) == (HOURS_11, ())


@pytest.mark.parametrize("status", ["canceled", "Cancelled", "stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/canceled"])  # fmt: skip
@pytest.mark.parametrize("bodies", [[], [MAIN]])
def test_a_canceled_item_of_ninjs_3_is_withdrawn(status: str, bodies: list[Any]) -> None:
    article = parse_record(RawRecord(json.dumps(NINJS_3 | {"pubStatus": status, "bodies": bodies}).encode(), 0))
    assert isinstance(article, Article)
    assert (article.op, article.id, article.text) == ("delete", "urn:n:3", "")


@pytest.mark.parametrize(
    ("changed", "is_withheld"),
    [
        ({"pubStatus": "withheld"}, True),
        ({"embargoed": "2025-11-22T06:00:00Z"}, True),
        ({"embargoed": "2025-11-21T06:00:00Z"}, False),
    ],
)
def test_an_embargo_is_told(changed: dict[str, Any], is_withheld: bool) -> None:
    article = parse_record(RawRecord(json.dumps(NINJS_3 | changed).encode(), 0))
    assert isinstance(article, Article)
    assert (article.text, "withheld" in article.warnings) == (TEXT, is_withheld)


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://schema.org", "@graph": [{"@type": "Person", "@id": "#a", "name": "Ann Moran"}, SCHEMA_ORG | {"author": [{"@id": "#a"}, "Joe Lee"]}]},
        [{"@type": "WebSite", "name": "x"}, SCHEMA_ORG],
        {"@context": "https://schema.org", "mainEntity": SCHEMA_ORG},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": SCHEMA_ORG}]},
        SCHEMA_ORG | {"articleBody": [TEXT]},
        {name: value for name, value in SCHEMA_ORG.items() if name != "articleBody"} | {"@type": "LiveBlogPosting", "liveBlogUpdate": [{"@type": "BlogPosting", "articleBody": TEXT}]},
    ],
)  # fmt: skip
def test_an_article_is_found_wherever_json_ld_holds_it(document: Any) -> None:
    article = parse_record(RawRecord(json.dumps(document).encode(), 0))
    assert isinstance(article, Article), article
    assert (article.title, article.text, article.authors) == ("Bridge", TEXT, ("Ann Moran", "Joe Lee"))


def test_a_canceled_ninjs_item_is_withdrawn() -> None:
    item = {"uri": "tag:desk.example,2025:7", "pubstatus": "canceled", "versioncreated": "2025-11-21T12:00:00Z"}
    article = parse_record(RawRecord(json.dumps(item).encode(), 0))
    assert isinstance(article, Article)
    assert (article.id, article.op) == ("tag:desk.example,2025:7", "delete")


def test_a_withheld_ninjs_item_is_kept_with_a_warning() -> None:
    article = parse_record(RawRecord(json.dumps(NINJS_1 | {"pubstatus": "withheld"}).encode(), 0))
    assert isinstance(article, Article)
    assert (article.op, article.warnings) == ("upsert", ("withheld",))


def test_our_names_in_another_format_are_taken() -> None:
    item = CC_NEWS | {"outlet": "The Post", "section": "World", "topics": [{"code": 1}]}
    article = parse_record(RawRecord(json.dumps(item).encode(), 0))
    assert isinstance(article, Article)
    assert (article.section, article.extra["topics"]) == ("World", [{"code": 1}])


def test_a_wrong_type_is_told_by_the_producers_name() -> None:
    failure = parse_record(RawRecord(json.dumps(NEWS_PLEASE | {"maintext": 5}).encode(), 0))
    assert isinstance(failure, Failure)
    assert failure.message.startswith("maintext is 5 (number); it must be a string")


PAGE = """<html lang="en"><head><title>Bridge | The Post</title>
<meta property="og:site_name" content="The Post"><meta name="author" content="Ann Moran">
<meta property="article:published_time" content="2025-11-21T14:20:00+02:00"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Bridge</h1>
<p>MÁLAGA — The mayor said on Tuesday that the bridge would open next month, after two years of work.</p>
<p>“We have waited long enough,” said a woman who lives beside it and has counted the days since spring.</p>
</article><footer>All rights reserved</footer></body></html>"""


@pytest.mark.parametrize(
    ("value", "media_type"),
    [
        (PAGE.encode(), "text/html"),
        (PAGE.encode(), "text/html; charset=utf-8"),
        (PAGE.encode("utf-8-sig"), "text/html"),
        (PAGE.encode("cp1252"), "text/html; charset=ISO-8859-1"),
        (PAGE.replace("<head>", '<head><meta charset="windows-1252">').encode("cp1252"), "text/html"),
        (PAGE.encode("cp1252"), "text/html; charset=no-such-charset"),
    ],
)
def test_a_web_page_becomes_the_article(value: bytes, media_type: str) -> None:
    seen = datetime(2025, 11, 22, tzinfo=UTC)
    record = RawRecord(value, 0, timestamp=seen, media_type=media_type, url="https://www.post.example/a")
    article = parse_record(record)
    assert isinstance(article, Article)
    assert article.text.split("\n") == [
        "MÁLAGA — The mayor said on Tuesday that the bridge would open next month, after two years of work.",
        "“We have waited long enough,” said a woman who lives beside it and has counted the days since spring.",
    ]
    assert (article.title, article.authors, article.outlet) == ("Bridge", ("Ann Moran",), POST)
    assert (article.published_at, article.fetched_at) == (datetime.fromisoformat("2025-11-21T14:20:00+02:00"), seen)
    assert article.published_precision == "second"


def test_a_page_tells_its_dates_in_json_ld() -> None:
    told = {"@graph": [{"@type": "NewsArticle", "datePublished": "2025-11-20T09:00:00Z", "articleSection": "World"}]}
    page = PAGE.replace("<head>", f'<head><script type="application/ld+json">{json.dumps(told)}</script>')
    article = parse_record(RawRecord(page.encode(), 0), format="html")
    assert isinstance(article, Article)
    assert (article.published_at, article.section) == (datetime(2025, 11, 20, 9, tzinfo=UTC), "World")


def test_a_page_dated_in_the_future_does_not_depend_on_today() -> None:
    """The date stands, and is judged by the crawl date alone."""
    page = PAGE.replace("2025-11-21T14:20:00+02:00", "2099-11-21")
    record = RawRecord(page.encode(), 0, timestamp=datetime(2025, 11, 22, tzinfo=UTC), media_type="text/html")
    article = parse_record(record)
    assert isinstance(article, Article)
    assert article.published_at == datetime(2099, 11, 21, tzinfo=UTC)
    assert article.warnings == ("published_at_future",)
