"""What readers of all kinds find: with the catalog, by path, on object stores; and the layout that they rely on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import chdb
import polars
import pyarrow.parquet as pq
import pytest
from desk import Desk, Item, wire
from pyiceberg.table import StaticTable
from pyiceberg.types import DateType
from pyiceberg.utils.config import Config
from reading import publish, rows

from copytaster.editions.catalog import open_tables
from copytaster.editions.holdings import Holdings
from copytaster.editions.layout import TABLES
from copytaster.editions.publishing import Publisher
from copytaster.lake.log import LakeError
from copytaster.tables import SCHEMAS


def tell(desk: Desk) -> None:
    """A lake with two days, a correction, a withdrawal and a dead letter, in two editions."""
    desk.take(wire(120))
    publish(desk.log)
    desk.take([Item("wire-000007", "Corrected", rows=3), Item("wire-000110", None), Item("x", broken=True)], "other")
    publish(desk.log)


EXPECTED = {
    "articles": 119,
    **dict.fromkeys(("entities", "mentions", "quotes", "times", "events"), 239),
    "dead_letters": 1,
}


def test_engines_read_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyiceberg by the catalog and by path, Polars, ClickHouse: the same rows in every table, the corrected ones."""
    tell(desk)
    lake = Path(desk.log.storage.path(""))
    monkeypatch.chdir(lake)  # chdb reads below the working directory only
    for name, count in EXPECTED.items():
        static = StaticTable.from_metadata(f"{lake}/editions/{name}")
        assert rows(desk.log, name).num_rows == count
        assert static.scan().to_arrow().num_rows == count
        assert polars.scan_iceberg(static).select(polars.len()).collect().item() == count
        assert int(str(chdb.query(f"SELECT count() FROM icebergLocal('{lake}/editions/{name}')", "CSV"))) == count
    texts = f"SELECT text FROM icebergLocal('{lake}/editions/articles') WHERE article_id = 'wire-000007'"
    assert str(chdb.query(texts, "CSV")).startswith('"Corrected')


def test_columns_are_described_and_keep_their_ids(desk: Desk) -> None:
    """Descriptions are Iceberg docs; field ids are in the files; partitions and order are as documented."""
    desk.take(wire(3))
    publish(desk.log)
    tables = open_tables(desk.log)
    for name in TABLES:
        table = tables.table(name)
        assert table.metadata.format_version == 2
        for column in SCHEMAS[name]:
            field = table.schema().find_field(column.name)
            assert field.doc == column.metadata[b"description"].decode()
            assert field.required == (not column.nullable)
        day = table.schema().find_field("ingest_date")
        assert (day.field_type, table.spec().fields[0].source_id) == (DateType(), day.field_id)
        key = "dead_letter_id" if name == "dead_letters" else "article_id"
        assert table.sort_order().fields[0].source_id == table.schema().find_field(key).field_id
        for task in table.scan().plan_files():
            schema = pq.read_schema(task.file.file_path)
            ids = {field.name: int(field.metadata[b"PARQUET:field_id"]) for field in schema}
            assert ids == {field.name: field.field_id for field in table.schema().fields}


@pytest.fixture
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """An empty lake on S3."""
    request.getfixturevalue("s3_endpoint")
    return Desk(f"s3://newsroom/{tmp_path.name}/lake")


def test_a_lake_on_s3(stored: Desk) -> None:
    """No disk and no server: the catalog is in the bucket, and the table is found by its path there."""
    tell(stored)
    for name in ("articles", "quotes", "dead_letters"):
        assert rows(stored.log, name).num_rows == EXPECTED[name]
        static = StaticTable.from_metadata(
            f"{stored.log.storage.url}/editions/{name}", {"py-io-impl": "pyiceberg.io.fsspec.FsspecFileIO"}
        )
        assert static.scan().to_arrow().num_rows == EXPECTED[name]


def test_another_catalog_by_its_configuration(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named with --catalog; afterwards the lake's editions are there and nowhere else."""
    monkeypatch.setenv("PYICEBERG_CATALOG__WAREHOUSE__TYPE", "sql")
    monkeypatch.setenv("PYICEBERG_CATALOG__WAREHOUSE__URI", f"sqlite:///{tmp_path}/warehouse.sqlite")
    monkeypatch.setenv("PYICEBERG_CATALOG__WAREHOUSE__WAREHOUSE", f"file://{tmp_path}/warehouse")
    monkeypatch.setattr("pyiceberg.catalog._ENV_CONFIG", Config())  # which it reads when it is imported
    desk.take(wire(3))
    tables = open_tables(desk.log, "warehouse")
    with Holdings(desk.log.storage) as holdings:
        assert len(list(Publisher(desk.log, tables, holdings).publish(100))) == 1
    assert tables.table("articles").scan().to_arrow().num_rows == 3
    assert tables.table("articles").location().startswith(f"file://{tmp_path}/warehouse")
    with pytest.raises(LakeError, match=r"are in the tables of catalog 'warehouse', not in those of in the lake"):
        publish(desk.log)
    with pytest.raises(LakeError, match=r"--catalog nobody: .*PYICEBERG_CATALOG__NOBODY__URI"):
        open_tables(desk.log, "nobody")
