"""Months and days of an earlier year that the text is telling of, and those of late."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from spacy.language import Language

import copytaster
from copytaster.records import Article

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("In 2008 the bank failed. On 15 September it filed for protection. In October police arrested its head.",
         ["2008", "2008-09-15", "2008-10"]),
        ("In 2017 she left the choir in May.", ["2017", "2017-05"]),
        ("He joined in 2009, left in March and came back in December.", ["2009", "2009-03", "2009-12"]),
        ("They met in May 2019. In June they signed.", ["2019-05", "2019-06"]),
        ("In 2019, between March and October, the works stood idle.", ["2019", "2019-03/2019-10"]),
        # of late, and ahead
        ("The firm was founded in 2008. In February it cut 400 jobs.", ["2008", "2026-02"]),
        ("In 2019 she moved to Oslo. She will speak on 3 April.", ["2019", "2026-04-03"]),
        ("Under a plan approved in 2019, the mill bought shares through 29 September.", ["2019", "2025-09-29"]),
        ("A series of fires dates to 2014. The court ruled in January.", ["2014", "2026-01"]),
    ],
)  # fmt: skip
def test_the_year_that_is_told_of(nlp: Language, text: str, values: list[str]) -> None:
    article = Article(text=text, language="en", published_at=datetime(2026, 3, 10, 9, tzinfo=UTC))
    found = copytaster.extract(article, nlp)
    assert [time.timex_value for time in found.times] == values
    assert all(time.anchor == "text" for time in found.times[1:] if (time.timex_value or "")[:4] == values[0][:4])
