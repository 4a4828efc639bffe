"""Time expressions: phrases, values, intervals and anchors, on written annotations; properties on arbitrary text."""

from __future__ import annotations

import calendar
import functools
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

import copytaster
from copytaster.extract.story import Story
from copytaster.extract.times import find_times
from copytaster.extract.times.grammar import grammar
from copytaster.extract.times.moments import Moment, easter, holiday_in, part_of, plus_months
from copytaster.extract.times.numerals import join_numerals
from copytaster.extract.times.tokens import lexicon, tokens_of
from copytaster.knowledge import table
from copytaster.records import Article, TimeExpression
from copytaster.structure import text_blocks
from written import read_docs, story_of

WRITTEN = Path(__file__).parent / "written"
PUBLISHED = datetime(2025, 12, 1, 12, tzinfo=UTC)
"""A Monday."""


@functools.cache
def docs() -> dict[str, Doc]:
    """The written annotations by their text."""
    return read_docs(WRITTEN / "times.tsv")


def expected_rows(name: str) -> dict[str, list[list[str]]]:
    """Sentence -> its expected expressions, each as (phrase, type, value, mod, interval, granularity, anchor)."""
    rows: dict[str, list[list[str]]] = {}
    for line in (WRITTEN / name).read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith(("#", "sentence\t")):
            continue
        sentence, *cells = (line + "\t" * 8).split("\t")[:8]
        rows.setdefault(sentence, [])
        if cells[0]:
            rows[sentence].append(cells)
    return rows


def as_row(found: TimeExpression) -> list[str]:
    """An expression as the tables write it."""
    days = (found.interval_start, found.interval_end)
    interval = "..".join(day.isoformat() if day else "" for day in days) if any(days) else ""
    anchor = found.anchor if found.anchor_time is None else f"{found.anchor} {found.anchor_time}"
    cells = (found.text, found.timex_type, found.timex_value, found.mod, interval, found.granularity, anchor)
    return [cell or "" for cell in cells]


DATED = expected_rows("times_expected.tsv")
UNDATED = expected_rows("times_expected_undated.tsv")


def test_the_tables_hold_at_least_250_phrases() -> None:
    assert sum(map(len, DATED.values())) >= 250


@pytest.mark.parametrize("sentence", DATED)
def test_phrases_with_a_publication_date(sentence: str) -> None:
    found = find_times(story_of(docs()[sentence], published_at=PUBLISHED))
    assert DATED[sentence] == [as_row(expression) for expression in found]


@pytest.mark.parametrize("sentence", UNDATED)
def test_without_a_publication_date_relative_phrases_have_no_value(sentence: str) -> None:
    found = find_times(story_of(docs()[sentence]))
    assert UNDATED[sentence] == [as_row(expression) for expression in found]


def test_vague_expressions_have_no_interval() -> None:
    for sentence in DATED:
        for found in find_times(story_of(docs()[sentence], published_at=PUBLISHED)):
            if found.is_vague:
                assert (found.interval_start, found.interval_end) == (None, None), found


def test_the_zone_of_publication_decides_what_today_is() -> None:
    late = datetime(2025, 12, 1, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    (found,) = find_times(story_of(docs()["Prices rose today."], published_at=late))
    assert found.timex_value == "2025-12-01"
    assert late.astimezone(UTC).date() == date(2025, 12, 2)


def test_a_publication_date_in_the_future_is_no_anchor() -> None:
    doc = docs()["Prices rose today."]
    article = Article(text=doc.text, published_at=PUBLISHED, warnings=("published_at_future",))
    (found,) = find_times(Story.of(article, doc, text_blocks(doc.text)))
    assert (found.timex_value, found.anchor) == (None, "none")


@pytest.mark.parametrize("year", [1, 2, 9998, 9999])
def test_the_ends_of_the_calendar_raise_nothing(year: int) -> None:
    published = datetime(year, 6, 15, 12, tzinfo=UTC)
    for sentence in DATED:
        find_times(story_of(docs()[sentence], published_at=published))


# the parts


@pytest.mark.parametrize(
    ("unit", "day", "value", "end"),
    [
        ("day", date(2025, 11, 21), "2025-11-21", date(2025, 11, 21)),
        ("week", date(2025, 11, 30), "2025-W48", date(2025, 11, 30)),
        ("week", date(2024, 12, 31), "2025-W01", date(2025, 1, 5)),
        ("weekend", date(2025, 11, 24), "2025-W48-WE", date(2025, 11, 30)),
        ("month", date(2024, 2, 10), "2024-02", date(2024, 2, 29)),
        ("quarter", date(2025, 8, 1), "2025-Q3", date(2025, 9, 30)),
        ("half", date(2025, 8, 1), "2025-H2", date(2025, 12, 31)),
        ("season", date(2026, 1, 15), "2025-WI", date(2026, 2, 28)),
        ("season", date(2025, 4, 15), "2025-SP", date(2025, 5, 31)),
        ("year", date(2025, 4, 15), "2025", date(2025, 12, 31)),
        ("decade", date(1995, 4, 15), "199", date(1999, 12, 31)),
        ("century", date(1995, 4, 15), "19", date(1999, 12, 31)),
        ("decade", date(5, 4, 15), "000", date(9, 12, 31)),
        ("year", date(9999, 4, 15), "9999", date(9999, 12, 31)),
    ],
)
def test_moments_name_the_unit_around_a_day(unit: str, day: date, value: str, end: date) -> None:
    moment = Moment.of(unit, day)  # type: ignore[arg-type]
    assert (value, end) == (moment.value, moment.end)
    assert moment.contains(day) or unit == "weekend"


@pytest.mark.parametrize(
    ("moment", "mod", "days"),
    [
        (Moment("month", date(2025, 11, 1)), "MID", (date(2025, 11, 11), date(2025, 11, 20))),
        (Moment("month", date(2025, 2, 1)), "END", (date(2025, 2, 21), date(2025, 2, 28))),
        (Moment("year", date(2025, 1, 1)), "START", (date(2025, 1, 1), date(2025, 3, 31))),
        (Moment("decade", date(1990, 1, 1)), "MID", (date(1994, 1, 1), date(1996, 12, 31))),
        (Moment("quarter", date(2025, 7, 1)), "END", (date(2025, 9, 1), date(2025, 9, 30))),
        (Moment("day", date(2025, 7, 1)), "END", (date(2025, 7, 1), date(2025, 7, 1))),
    ],
)
def test_parts_of_a_moment(moment: Moment, mod: str, days: tuple[date, date]) -> None:
    assert days == part_of(moment, mod)


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        ("12-25", 2024, date(2024, 12, 25)),
        ("2-29", 2025, date(2025, 2, 28)),
        ("11/4/4", 2025, date(2025, 11, 27)),
        ("11/4/4+1", 2025, date(2025, 11, 28)),
        ("5/1/-1", 2025, date(2025, 5, 26)),
        ("easter-2", 2025, date(2025, 4, 18)),
        ("easter+0", 2024, date(2024, 3, 31)),
    ],
)
def test_holiday_rules(rule: str, year: int, day: date) -> None:
    assert day == holiday_in(rule, year)


@given(st.integers(1583, 9999))
def test_easter_is_a_sunday_in_march_or_april(year: int) -> None:
    day = easter(year)
    assert (day.weekday(), date(year, 3, 22) <= day <= date(year, 4, 25)) == (6, True)


@given(st.dates(), st.integers(-40_000, 40_000))
def test_adding_months_keeps_the_day_or_ends_the_month(day: date, count: int) -> None:
    try:
        moved = plus_months(day, count)
    except OverflowError:
        return
    assert moved.day == min(day.day, calendar.monthrange(moved.year, moved.month)[1])


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("twenty-one", "21"),
        ("two hundred and ten", "210"),
        ("nineteen ninety-six", "1996"),
        ("two thousand and fifteen", "2015"),
        ("nineteen hundred ninety three", "1993"),
        ("twenty and four", "24"),
        ("a hundred", "100"),
        ("twelve", "12"),
    ],
)
def test_numbers_in_words(words: str, value: str) -> None:
    doc = spacy.blank("en")(words)
    story = Story(Article(text=words), words, doc, (), ())
    tokens = join_numerals(tokens_of(story, 0, len(words), lexicon("en")))
    assert [value] == [token.classes.get("number") for token in tokens]


def test_every_example_of_the_pattern_file_is_a_phrase_of_its_rule_or_a_longer_one() -> None:
    rules = grammar("en")
    blank = spacy.blank("en")
    missed = []
    for row in table("en/time_patterns.tsv"):
        text = row["example"]
        if row["rule"].startswith("@") or not text:
            continue
        doc = blank(text)
        for token in doc:
            token.pos_ = "NOUN"
        story = Story(Article(text=text), text, doc, (), ())
        matches = rules.search(tokens_of(story, 0, len(text), rules.lexicon))
        if len(matches) != 1:
            missed.append(text)
    assert missed == []


# properties

WORDS = sorted(
    {form for row in table("en/time_words.tsv") for form in row["words"].split(", ")}
    | {form for row in table("en/time_holidays.tsv") for form in row["words"].split(", ")}
    | {"2025", "1998", "28", "3", "30", "10:35", "9", "2025-11-28", "11/28/25", "1990s", "'98", "21st", "0900", "1/2"}
    | {
        ",",
        ".",
        "-",
        "–",
        "(",
        ")",
        "\n\n",
        "\n",
        "the",
        "of",
        "in",
        "said",
        "people",
        "Paris",
        "will",
        "was",
        "“",
        "%",
        "$",
    }
    | {"0", "99999999999", "31/31/31", "24:00", "300th", "½", "2019-13-45", "١٢", "מחר"}
)


EDGES = " \t\n\"'“”‘’"
"""What no span may begin or end with."""


@functools.cache
def blank_pipeline() -> Language:
    """Tokens and sentences without any other annotation."""
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline


def story_of_words(words: list[str], published: date | None) -> Story:
    """The story of a text of arbitrary time words."""
    text = re.sub(r" ?\n ?", "\n", " ".join(words))
    moment = None if published is None else datetime(published.year, published.month, published.day, 12, tzinfo=UTC)
    article = Article(text=text, id="any", published_at=moment)
    return Story.of(article, blank_pipeline()(article.full_text), text_blocks(article.full_text))


TEXTS = st.lists(st.sampled_from(WORDS) | st.integers(0, 2300).map(str), max_size=14)
DAYS = st.none() | st.dates() | st.dates(date(1950, 1, 1), date(2050, 1, 1))


@settings(max_examples=400, deadline=None)
@given(TEXTS, DAYS)
def test_what_holds_for_every_expression(words: list[str], published: date | None) -> None:
    story = story_of_words(words, published)
    found = find_times(story)
    assert found == find_times(story)
    for i, expression in enumerate(found):
        span = expression.span
        block = story.block_at(span.start)
        assert block.start <= span.start < span.end <= block.end, "a span crosses a block"
        assert span.text == span.text.strip(EDGES)
        assert story.text[span.start : span.end] == span.text
        if expression.interval_start and expression.interval_end:
            assert expression.interval_start <= expression.interval_end
        if expression.anchor_time is not None:
            assert expression.anchor_time != i
            assert 0 <= expression.anchor_time < len(found)
        if i:
            before = found[i - 1].span
            assert before.start <= span.start
            is_limit = before.covers(span) and found[i - 1].mod in ("ON_OR_AFTER", "ON_OR_BEFORE")
            assert before.end <= span.start or is_limit, "spans overlap"
        if expression.is_vague or (expression.timex_value or "").startswith("XXXX"):
            assert (expression.interval_start, expression.interval_end) == (None, None)
        if published is None:
            assert expression.anchor != "publication"
        assert_value_agrees(expression)


def assert_value_agrees(found: TimeExpression) -> None:
    """A day, month or year as value is the interval, where nothing opens or narrows that."""
    value, days = found.timex_value, (found.interval_start, found.interval_end)
    if value is None or found.mod in ("START", "MID", "END", "BEFORE", "AFTER") or days == (None, None):
        return
    if day := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(T.*)?", value):
        expected = date(*map(int, day.groups()[:3]))
        assert days in ((expected, expected), (expected, None), (None, expected))
    elif month := re.fullmatch(r"(\d{4})-(\d\d)", value):
        year, number = map(int, month.groups())
        first, last = date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
        assert days in ((first, last), (first, None), (None, last))
    elif re.fullmatch(r"\d{4}", value):
        inside = (date(int(value), 1, 1), date(int(value), 12, 31))
        assert all(day is None or inside[0] <= day <= inside[1] for day in days)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), DAYS)
def test_any_text_passes(text: str, published: date | None) -> None:
    find_times(story_of_words([text], published))


def test_a_long_text_takes_time_in_proportion() -> None:
    """40,000 words of times do not overrun the test's time limit."""
    words = [
        "On",
        "Friday",
        ",",
        "March",
        "3",
        ",",
        "two",
        "days",
        "later",
        "and",
        "the",
        "next",
        "day",
        ".",
        "\n\n",
    ] * 2700
    assert len(find_times(story_of_words(words, date(2025, 12, 1)))) > 5000


# the real model


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "Officials said on Tuesday that the talks would resume on Friday.",
            ["2025-11-25", "2025-12-05"],
        ),
        (
            "The generals gave the crew until November 14 to leave the port, after which they sealed it the next day.",
            ["2025-11-14", "2025-11-15"],
        ),
        ("Sales in the third quarter fell to $4 million from $5 million a year earlier.", ["2025-Q3", "2024-Q3"]),
        ("The pact, signed in March, is due to expire in June.", ["2025-03", "2026-06"]),
        (
            "The ferry left the island late on Friday with 90 people on board.\n\n"
            "It sent a distress call at 11:20 p.m. and was under water eight minutes later.",
            ["2025-11-28", "2025-11-28T23:20", "2025-11-28T23:28"],
        ),
        (
            "“We spoke of it once, on Christmas Day 1962,” said Ida Holm, who reached the memorial at dawn.",
            ["1962-12-25", "2025-12-01TDA"],
        ),
    ],
)
def test_tense_and_anchors_with_the_model(nlp: Language, text: str, values: list[str]) -> None:
    found = copytaster.extract(Article(text=text, published_at=PUBLISHED, language="en"), nlp).times
    assert values == [expression.timex_value for expression in found]
