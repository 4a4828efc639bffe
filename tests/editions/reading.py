"""Publishing a lake in this process, and reading its editions back."""

from __future__ import annotations

import pyarrow as pa

from copytaster.editions.catalog import lake_catalog, open_tables
from copytaster.editions.holdings import Holdings
from copytaster.editions.layout import NAMESPACE
from copytaster.editions.made import Made
from copytaster.editions.publishing import Publisher
from copytaster.lake.log import LakeLog


def publish(log: LakeLog, max_articles: int = 20_000) -> list[Made]:
    """Publishes all that waits in a lake; gives the editions."""
    with Holdings(log.storage) as holdings:
        return list(Publisher(log, open_tables(log), holdings).publish(max_articles))


def rows(log: LakeLog, table: str) -> pa.Table:
    """What a table of the editions holds, by pyiceberg."""
    return lake_catalog(log.storage).load_table((NAMESPACE, table)).scan().to_arrow()


def counts(log: LakeLog) -> dict[str, int]:
    """How many rows each table about articles has."""
    return {
        name: rows(log, name).num_rows for name in ("articles", "entities", "mentions", "quotes", "times", "events")
    }


def texts(log: LakeLog) -> dict[str, str]:
    """The first words of each article that holds; fails where an article stands twice."""
    found = rows(log, "articles").select(["article_id", "text"]).to_pylist()
    assert len({row["article_id"] for row in found}) == len(found)
    return {row["article_id"]: row["text"].split(" So Ann Moran")[0].removesuffix(".") for row in found}
