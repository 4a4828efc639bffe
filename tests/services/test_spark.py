"""What a real Spark reads of a lake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from copytaster.holding_sql import holding_sql
from copytaster.tables import SCHEMAS
from corrected_lake import corrected_lake
from editions.desk import Desk, Item, expected_counts, wire
from editions.reading import publish
from services.spark import Spark

SQL = Path(__file__).parents[2] / "deploy" / "loaders" / "sql" / "spark.sql"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    with Spark(tmp_path_factory.mktemp("spark")) as session:
        yield session


def test_sql_for_what_holds_now(spark: Spark, tmp_path: Path) -> None:
    """The published statements give of each article the version that holds, in every table, as in the other engines."""
    held = corrected_lake(tmp_path / "lake", blocks=3)
    spark.script(holding_sql()["spark.sql"].replace("lake/", f"{tmp_path}/lake/"))
    texts = {name: text for name, (text, _) in held.items()}
    for table, words in {"articles": "text", "quotes": "text", "events": "trigger_text"}.items():
        found = spark.run(f"SELECT article_id, {words} AS words FROM {table}_now")
        assert len(found) == len(texts)
        assert {row["article_id"]: row["words"] for row in found} == texts
    count = " UNION ALL ".join(
        f"SELECT count(*) AS rows FROM {table}_now" for table in SCHEMAS if table != "dead_letters"
    )
    assert spark.run(count) == [{"rows": len(held)}] * (len(SCHEMAS) - 1)
    assert spark.run("SELECT source, reason FROM dead_letters_now") == [{"source": "wire-4", "reason": "no_text"}]


def test_editions(spark: Spark) -> None:
    """The published settings make them tables of Spark, corrections and withdrawals left out."""
    desk = Desk(spark.folder / "lake")
    desk.take(wire(6))
    publish(desk.log)
    desk.take([Item("wire-000001", "Corrected."), Item("wire-000002", None)])
    publish(desk.log)
    spark.script(SQL.read_text(encoding="utf-8"))
    for table, count in expected_counts([Item("wire-000001", "Corrected."), *wire(1), *wire(3, first=3)]).items():
        assert spark.run(f"SELECT count(*) AS rows FROM copytaster.copytaster.{table}") == [{"rows": count}]
