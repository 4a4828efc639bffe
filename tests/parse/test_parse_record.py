"""Messages of our own contract to articles: what each property means, and what comes of odd ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import poison
from copytaster.parse import FORMATS, parse_record
from copytaster.parse.codes import PARSE_REASONS, WARNINGS
from copytaster.records import Article, Failure, Outlet, RawRecord, digest

TEXT = "The mayor said on Tuesday that the bridge would open next month."


def parsed(
    properties: dict[str, Any], key: bytes | None = None, timestamp: datetime | None = None, **how: Any
) -> Article:
    """The article of a message; `text` is given where it is missing."""
    value = json.dumps({"text": TEXT, "language": "en"} | properties).encode()
    article = parse_record(RawRecord(value, 0, key, timestamp), **how)
    assert isinstance(article, Article), article
    return article


def test_every_property_is_taken() -> None:
    article = parsed(
        {
            "id": "a1",
            "url": "https://www.post.example/a?x=1#top",
            "title": "Bridge",
            "published_at": "2025-11-21T14:20:00+02:00",
            "modified_at": "2025-11-22",
            "fetched_at": "2025-11-22T01:00:00Z",
            "language": "en-GB",
            "outlet": {"name": "The Post", "country": "ke"},
            "authors": ["Ann Moran", ""],
            "section": "world",
            "topics": "bridges",
            "words": 11,
        }
    )
    assert article == Article(
        text=TEXT,
        title="Bridge",
        id="a1",
        url="https://www.post.example/a?x=1#top",
        published_at=datetime.fromisoformat("2025-11-21T14:20:00+02:00"),
        published_precision="second",
        modified_at=datetime(2025, 11, 22, tzinfo=UTC),
        fetched_at=datetime(2025, 11, 22, 1, tzinfo=UTC),
        language="en-GB",
        outlet=type(article.outlet)("The Post", "post.example", "KE"),
        authors=("Ann Moran",),
        section="world",
        topics=("bridges",),
        extra={"words": 11},
    )


def test_text_is_kept_to_the_code_point() -> None:
    text = " e\u0301 \u00e9\t“q”\r\n\u2028\ufeff\U0001f600 end \n"
    article = parsed({"text": text, "title": " T "})
    assert article.full_text == f" T \n\n{text}"


@pytest.mark.parametrize(
    ("properties", "key", "expected"),
    [
        ({"id": "a1", "url": "https://p.example/a"}, b"k", "a1"),
        ({"id": 17}, None, "17"),
        ({"url": "https://p.example/a"}, b"k", "k"),
        ({"url": "HTTPS://P.Example:443/a?utm_source=x&fbclid=1#top"}, None, digest("https://p.example/a")),
        ({}, None, digest(TEXT)),
        ({"title": "T"}, None, digest(f"T\n\n{TEXT}")),
    ],
)
def test_id_is_given_or_the_key_or_of_the_url_or_of_the_text(
    properties: dict[str, Any], key: bytes | None, expected: str
) -> None:
    assert parsed(properties, key).id == expected


def test_a_withdrawal_needs_no_text_of_the_right_type() -> None:
    article = parsed({"id": "a1", "status": "canceled", "text": 5})
    assert (article.op, article.text, article.warnings) == ("delete", "", ("text_dropped",))


def test_a_null_value_withdraws_the_article_of_its_key() -> None:
    assert parse_record(RawRecord(None, 0, b"a1")) == Article(text="", id="a1", op="delete")


@pytest.mark.parametrize("status", ["canceled", "Cancelled"])
def test_a_canceled_article_is_withdrawn(status: str) -> None:
    article = parsed({"id": "a1", "status": status, "note": "kill"})
    assert (article.op, article.text, article.extra) == ("delete", "", {"note": "kill"})


def test_another_status_is_an_unknown_property() -> None:
    assert parsed({"status": 3}).extra == {"status": 3}


def test_a_naive_time_is_of_the_default_zone() -> None:
    article = parsed({"published_at": "2025-11-21 10:00:00"}, default_zone=ZoneInfo("Africa/Nairobi"))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2025-11-21T10:00:00+03:00"
    assert article.warnings == ("published_at_naive",)


def test_a_date_is_exact_to_the_day_and_no_naive_time() -> None:
    article = parsed({"published_at": "2025-11-21"}, default_zone=ZoneInfo("Asia/Tokyo"))
    assert article.published_at is not None
    assert (article.published_at.isoformat(), article.published_precision, article.warnings) == (
        "2025-11-21T00:00:00+09:00",
        "day",
        (),
    )


@pytest.mark.parametrize(
    ("properties", "timestamp", "is_flagged"),
    [
        ({}, datetime(2025, 11, 20, tzinfo=UTC), True),
        ({}, datetime(2025, 11, 21, tzinfo=UTC), False),
        ({"fetched_at": "2025-11-19"}, datetime(2025, 11, 22, tzinfo=UTC), False),
        ({"fetched_at": "2025-11-19"}, None, True),
        ({"modified_at": "2025-11-19"}, None, True),
        ({}, None, False),
    ],
)
def test_the_future_is_judged_by_the_record_and_not_by_the_clock(
    properties: dict[str, Any], timestamp: datetime | None, is_flagged: bool
) -> None:
    article = parsed({"published_at": "2025-11-21T10:00:00Z"} | properties, timestamp=timestamp)
    assert article.published_at is not None
    assert ("published_at_future" in article.warnings) == is_flagged
    assert (article.reference_date is None) == is_flagged


def test_an_impossible_date_is_null_and_kept_aside() -> None:
    article = parsed({"published_at": "0000-00-00"})
    assert (article.published_at, article.published_precision) == (None, None)
    assert (article.warnings, article.extra) == (("published_at_invalid",), {"published_at": "0000-00-00"})


@pytest.mark.parametrize(
    ("given_language", "text", "expected", "warnings"),
    [
        ("en_US", TEXT, "en-US", ()),
        ("eng", TEXT, "en", ()),
        ("und", TEXT, "en", ("language_invalid",)),
        ("English", TEXT, "en", ("language_invalid",)),
        (None, "Der Bürgermeister sagte am Dienstag, die Brücke werde im nächsten Monat eröffnet.", "de", ()),
        (None, "123", None, ()),
    ],
)
def test_language_is_given_or_detected(
    given_language: str | None, text: str, expected: str | None, warnings: tuple[str, ...]
) -> None:
    article = parsed({"language": given_language, "text": text})
    assert (article.language, article.warnings) == (expected, warnings)


def test_what_is_no_country_code_is_kept_aside() -> None:
    article = parsed({"outlet": {"name": "The Post", "country": "Kenya", "reach": 3}})
    assert (article.outlet.country, article.warnings) == (None, ("outlet_country_invalid",))
    assert article.extra == {"outlet": {"reach": 3, "country": "Kenya"}}


def test_a_text_of_another_type_is_told_with_property_value_and_cure() -> None:
    assert parse_record(RawRecord(b'{"text": 5, "title": "Bridge"}', 0)) == Failure(
        "parse", "wrong_type", "text is 5 (number); it must be a string, null or missing"
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("authors", [{"name": "Ann Moran"}, {"first_name": "Joe", "last_name": "Lee"}, "Bo", None], ("Ann Moran", "Joe Lee", "Bo")),
        ("authors", {"@type": "Person", "name": ["Ann Moran"]}, ("Ann Moran",)),
        ("authors", [["Ann Moran"], ["Joe Lee"]], ("Ann Moran", "Joe Lee")),
        ("topics", [{"label": "bridges"}, {"term": "roads"}], ("bridges", "roads")),
        ("title", ["Bridge", "Br"], "Bridge"),
        ("title", {"rendered": "Bridge"}, "Bridge"),
        ("section", ["World", "Africa"], "World"),
        ("section", {"id": 4, "name": "World"}, "World"),
        ("id", 12.0, "12"),
        ("id", {"$oid": "65f0"}, "65f0"),
        ("language", ["en"], "en"),
        ("language", {"code": "en"}, "en"),
        ("url", ["https://post.example/a"], "https://post.example/a"),
        ("outlet", ["The Post"], Outlet("The Post")),
        ("outlet", {"name": ["The Post"], "domain": None}, Outlet("The Post")),
        ("published_at", 1763734800, datetime(2025, 11, 21, 14, 20, tzinfo=UTC)),
        ("published_at", 1763734800.0, datetime(2025, 11, 21, 14, 20, tzinfo=UTC)),
        ("published_at", 1763734800000, datetime(2025, 11, 21, 14, 20, tzinfo=UTC)),
        ("published_at", {"$date": "2025-11-21T14:20:00Z"}, datetime(2025, 11, 21, 14, 20, tzinfo=UTC)),
        ("published_at", {"$date": {"$numberLong": "1763734800000"}}, datetime(2025, 11, 21, 14, 20, tzinfo=UTC)),
        ("published_at", {"_seconds": 1763734800, "_nanoseconds": 5}, datetime(2025, 11, 21, 14, 20, tzinfo=UTC)),
        ("published_at", {"date": "2025-11-21 14:20:00.000000", "timezone_type": 3, "timezone": "UTC"}, datetime(2025, 11, 21, 14, 20, tzinfo=UTC)),
        ("modified_at", ["2025-11-21T14:20:00Z", "2025-11-22"], datetime(2025, 11, 21, 14, 20, tzinfo=UTC)),
        ("fetched_at", [2025, 11, 21], datetime(2025, 11, 21, tzinfo=UTC)),
        ("fetched_at", {"year": 2025, "month": 11, "day": 21}, datetime(2025, 11, 21, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_metadata_of_another_type_is_converted_with_a_warning(name: str, value: Any, expected: Any) -> None:
    article = parsed({name: value})
    assert (getattr(article, name), article.warnings) == (expected, (f"{name}_converted",))


def test_metadata_without_a_meaning_is_dropped_and_kept_aside() -> None:
    article = parsed({"id": "a1", "authors": [5], "published_at": True, "section": {"x": 1}})
    assert (article.text, article.authors, article.published_at, article.section) == (TEXT, (), None, None)
    assert article.warnings == ("authors_dropped", "published_at_dropped", "section_dropped")
    assert article.extra == {"authors": [5], "published_at": True, "section": {"x": 1}}


def test_what_a_conversion_leaves_out_is_kept_aside() -> None:
    authors = [{"name": "Ann Moran", "email": "ann@post.example"}]
    assert parsed({"authors": authors, "section": ["World"]}).extra == {"authors": authors}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>One &amp; two.</p><p>“Three,” he said.</p>", "One & two.\n“Three,” he said."),
        ("One.<br/><br/>&ldquo;Two,&rdquo; she said.", "One.\n“Two,” she said."),
        ("One.&lt;br&gt;&ldquo;Two,&rdquo; she said.", "One.\n“Two,” she said."),
        ("&amp;ldquo;Two,&amp;rdquo; she said.", "“Two,” she said."),
        ("It&#8217;s &#x201C;two&#x201D;&nbsp;of them &#150; R&amp;D.", "It’s “two”\u00a0of them – R&D."),
        ("One <strong>two</strong>.\n\nThree  <a href='/x'>four</a>.\n", "One two.\n\nThree four.\n"),
        ("One <strong>two</strong>.\n\nThree.<blockquote>Four.</blockquote>", "One two.\nThree.\nFour."),
        ("<![CDATA[<p>One.</p>]]>", "One."),
        ("<html><body><article><h1>Bridge</h1><p>The mayor said on Tuesday that it would open.</p></article></body></html>", "The mayor said on Tuesday that it would open."),
    ],
)  # fmt: skip
def test_html_in_a_text_is_taken_off_with_a_warning(text: str, expected: str) -> None:
    article = parsed({"text": text})
    assert (article.text.removeprefix("Bridge\n"), article.warnings) == (expected, ("html_in_text",))


@pytest.mark.parametrize(
    "text",
    [
        "AT&T rose < 5 % & fell > 3 %; R&D; I <3 you.",
        "The <br> tag breaks a line, and <p> begins a paragraph.",
        "He wrote to <ann@post.example> and <https://post.example/a>.",
        "a < b > c, x &unknown; y, &; &#; &copy",
        "Query ?a=1&b=2&copy=3 of the address.",
    ],
)
def test_text_that_only_looks_like_html_is_kept_to_the_code_point(text: str) -> None:
    article = parsed({"text": text})
    assert (article.text, article.warnings) == (text, ())


def test_a_title_loses_its_markup() -> None:
    article = parsed({"title": "Tom &amp; Ann\u2019s <em>Bridge</em>"})
    assert (article.title, article.warnings) == ("Tom & Ann\u2019s Bridge", ("html_in_title",))


@pytest.mark.parametrize("op", ["delete", "DELETE"])
def test_an_operation_means_what_it_means_in_the_tables(op: str) -> None:
    article = parse_record(RawRecord(json.dumps({"id": "a1", "op": op}).encode(), 0))
    assert article == Article(text="", id="a1", op="delete")


def test_another_operation_is_an_unknown_property() -> None:
    assert [parsed({"op": op}).extra for op in ("upsert", "c", 3)] == [{}, {"op": "c"}, {"op": 3}]


def test_a_fragment_of_html_becomes_lines() -> None:
    html = "<p>One &amp; two</p>\n<h2>Next</h2><p>a<br>b <b>c</b></p><ul><li>x</li></ul><table><tr><td>1</td><td>2</td></tr></table><script>no()</script>"
    assert parsed({"text": None, "html": html}).text == "One & two\nNext\na\nb c\nx\n1 2"


def test_the_source_says_why_a_record_is_not_whole() -> None:
    record = RawRecord(b"rest", 4, failure="truncated_archive", failure_detail="gzip: cut off")
    assert parse_record(record) == Failure("read", "truncated_archive", "gzip: cut off")


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"use one of: auto, copytaster, schema\.org, ninjs"):
        parse_record(RawRecord(b"{}", 0), format="nitf")


@pytest.mark.parametrize("bad", list(poison.messages()), ids=lambda bad: bad.name)
def test_poison_gives_one_dead_letter_or_one_article_with_a_warning(bad: poison.Poison) -> None:
    found = parse_record(bad.record())
    if bad.reason is not None:
        assert isinstance(found, Failure), found
        assert bad.reason in PARSE_REASONS
        assert (found.stage, found.reason) == ("parse", bad.reason)
        assert 0 < len(found.message) <= 1000
        found.message.encode()  # it can be written
    else:
        assert isinstance(found, Article), found
        assert set(bad.warnings) <= set(found.warnings) <= set(WARNINGS)
        if bad.media_type == "application/json":
            assert found.text == (poison.STORY if bad.text is None else bad.text)
        assert len(found.text) <= 1_000_000
        assert "lollollol" not in found.text
        assert "root:" not in found.text
        json.dumps(found.extra, allow_nan=False)
        found.full_text.encode()
    assert parse_record(bad.record()) == found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    "id url title text html published_at modified_at fetched_at language outlet authors section topics status op "
    "maintext date_publish source_domain uri pubstatus headline body_text body_xhtml bodies headlines versioncreated "
    "subject service body plaintext publishing_date free_access source-hostname fingerprint hostname raw_text "
    "@type @graph articleBody author publisher inLanguage domain date".split()
)
DATES = st.sampled_from(
    ["2025-11-21", "0000-00-00", "2025-11-21T10:00", "Fri, 21 Nov 2025 14:20:00 GMT", "NewsArticle"]
)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(FORMATS), st.sampled_from(["application/json", "text/html; charset=x"]))
def test_no_bytes_make_parsing_raise(value: bytes, format: str, media_type: str) -> None:
    found = parse_record(RawRecord(value, 0, media_type=media_type), format=format)
    assert isinstance(found, Article | Failure)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(NAMES, JSON | DATES | st.lists(st.dictionaries(NAMES, JSON, max_size=3), max_size=2), max_size=7),
    st.sampled_from(FORMATS),
)
def test_no_json_makes_parsing_raise(properties: dict[str, Any], format: str) -> None:
    found = parse_record(RawRecord(json.dumps(properties).encode(), 0), format=format)
    assert isinstance(found, Article) or found.reason != "parse_failed", found
    if isinstance(found, Article):
        json.dumps(found.extra, allow_nan=False)
        found.full_text.encode()
        assert found.id
        assert set(found.warnings) <= set(WARNINGS)
    else:
        assert found.reason in PARSE_REASONS


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="&<")),
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="&<"), min_size=1),
)
def test_full_text_is_what_came_in(title: str, text: str) -> None:
    found = parse_record(RawRecord(json.dumps({"title": title, "text": text, "language": "en"}).encode(), 0))
    if not text.strip():
        assert isinstance(found, Failure)
    else:
        assert isinstance(found, Article)
        assert found.full_text == (f"{title}\n\n{text}" if title.strip() else text)
