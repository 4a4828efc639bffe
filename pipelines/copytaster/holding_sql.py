"""What holds now, as SQL over the raw tables: for each engine a file of statements, all from one text.

The rule is that of the editions. Records arrive in the order of their blocks, in a partition by offset; one that was a dead
letter and was sent through again arrived when the letter did. A later record replaces an earlier one of its article, unless
both say when they are from and the later one is from earlier. So a record that does not say when it is from replaces all
that came before it; of those behind the last such record the newest holds, of equals the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copytaster.tables import SCHEMAS


@dataclass(frozen=True)
class Engine:
    """What an engine says in a way of its own."""

    title: str
    how: str
    """How the file is run."""
    keep: str
    """Begins a statement that keeps the rows of a query as the table `{name}`, instead of one of that name."""
    view: str
    """Begins a statement that makes the view `{name}`."""
    manifests: str
    """The manifests as a table of block, files and published_at."""
    table: str
    """The files of `{table}`, with ingest_date."""
    path: str
    """Where in the lake the file lies that a row of `t` comes from."""
    before: str = ""
    """A statement that comes first."""


ENGINES: Mapping[str, Engine] = {
    "duckdb": Engine(
        title="DuckDB",
        how="`duckdb -init duckdb.sql`, or `connection.execute` of the whole text",
        keep="CREATE OR REPLACE TEMP TABLE {name} AS",
        view="CREATE OR REPLACE TEMP VIEW {name} AS",
        manifests="""read_json('lake/_log/published/*/*/*.json', columns = {
  block: 'STRUCT(source VARCHAR, "partition" BIGINT, start BIGINT)',
  files: 'MAP(VARCHAR, STRUCT(path VARCHAR))',
  published_at: 'TIMESTAMPTZ'
})""",
        table="read_parquet('lake/{table}/*/*.parquet', hive_partitioning = true)",
        path="regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')",
    ),
    "clickhouse": Engine(
        title="ClickHouse",
        how="`clickhouse-local --queries-file clickhouse.sql`, chdb, or a server whose `user_files` hold the lake",
        keep="DROP TABLE IF EXISTS {name};\n\nCREATE TABLE {name} ENGINE = Memory AS",
        view="CREATE OR REPLACE VIEW {name} AS",
        manifests="""file(
  'lake/_log/published/*/*/*.json', JSONEachRow,
  'block Tuple(source String, partition Int64, start Int64), files Map(String, Tuple(path String)), published_at DateTime64(6)'
)""",
        table="file('lake/{table}/*/*.parquet', Parquet)",
        path="extract(t._path, '[^/]+/[^/]+/[^/]+$')",
    ),
    "spark": Engine(
        title="Spark",
        how="`spark-sql -f spark.sql`, or `spark.sql` of one statement after the other",
        keep="DROP VIEW IF EXISTS {name};\n\nCACHE TABLE {name} AS",
        view="CREATE OR REPLACE TEMPORARY VIEW {name} AS",
        manifests="manifests",
        table="parquet.`lake/{table}`",
        path="regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)",
        before="""CREATE OR REPLACE TEMPORARY VIEW manifests (
  block STRUCT<source: STRING, `partition`: BIGINT, start: BIGINT>,
  files MAP<STRING, STRUCT<path: STRING>>,
  published_at TIMESTAMP
)
USING json OPTIONS (path 'lake/_log/published/*/*/*.json', multiLine 'true');

""",
    ),
}

KEPT = {"blocks": "published_blocks", "records": "records", "holding": "holding", "letters": "open_letters"}
"""The tables that stand still until the file is run again, so that all views are of one moment."""

HEAD = """-- What holds now, for {title}: articles_now, quotes_now and so on hold for each article the version that holds, and
-- nothing of what was corrected or withdrawn. Made by `copytaster schemas`; the README beside says what is guaranteed.
-- Put the path of your lake in the place of 'lake/, and run the file again to see what has come since:
-- {how}.

"""

STATEMENTS = """{before}{keep_blocks}
SELECT
  block.source AS block_source,
  regexp_replace(block.source, '~[0-9]+$', '') AS origin,
  block.partition AS block_partition,
  block.start AS block_start,
  max(published_at) OVER (
    PARTITION BY block.source, block.partition ORDER BY block.start ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS arrived_at,
  files
FROM {manifests};

{keep_records}
SELECT
  b.block_source, b.block_partition, b.block_start, b.origin, b.arrived_at, t.source_offset,
  t.article_id, t.version_id, t.op, t.published_at, t.outlet_name,
  coalesce(t.modified_at, t.record_timestamp, t.fetched_at) AS said_at
FROM {articles} AS t
JOIN published_blocks AS b ON b.files['articles'].path = {path}
UNION ALL
SELECT
  b.block_source, b.block_partition, b.block_start, b.origin, b.arrived_at, t.source_offset,
  NULL, NULL, NULL, NULL, NULL, NULL
FROM {dead_letters} AS t
JOIN published_blocks AS b ON b.files['dead_letters'].path = {path};

{keep_holding}
WITH first_seen AS (
  SELECT *, min(arrived_at) OVER (PARTITION BY origin, block_partition, source_offset) AS first_seen_at
  FROM records
),
arrivals AS (
  SELECT *, row_number() OVER (
    PARTITION BY article_id
    ORDER BY first_seen_at, origin, block_partition, source_offset, length(block_source), block_source
  ) AS arrival
  FROM first_seen WHERE article_id IS NOT NULL
),
undated AS (
  SELECT *, max(CASE WHEN said_at IS NULL THEN arrival ELSE 0 END) OVER (PARTITION BY article_id) AS last_undated
  FROM arrivals
),
ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY article_id
    ORDER BY CASE WHEN arrival < last_undated THEN 1 ELSE 0 END, said_at DESC NULLS LAST, arrival DESC
  ) AS place
  FROM undated
)
SELECT
  block_source, block_partition, block_start, source_offset AS held_offset,
  article_id AS held_article_id, version_id AS held_version_id, published_at AS held_published_at, outlet_name AS held_outlet_name
FROM ranked WHERE place = 1 AND op = 'upsert';

{keep_letters}
WITH ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY origin, block_partition, source_offset
    ORDER BY length(block_source) DESC, block_source DESC, CASE WHEN article_id IS NULL THEN 0 ELSE 1 END
  ) AS place
  FROM records
)
SELECT block_source, block_partition, block_start, source_offset AS held_offset
FROM ranked WHERE place = 1 AND article_id IS NULL;

{view_articles}
SELECT t.*
FROM {articles} AS t
JOIN published_blocks AS b ON b.files['articles'].path = {path}
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_offset = t.source_offset;

{view_letters}
SELECT t.*
FROM {dead_letters} AS t
JOIN published_blocks AS b ON b.files['dead_letters'].path = {path}
JOIN open_letters AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_offset = t.source_offset;
"""

CHILD = """
{view}
SELECT DISTINCT t.*
FROM {rows} AS t
JOIN published_blocks AS b ON b.files['{table}'].path = {path}
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;
"""
"""A version that a block holds twice has its rows there twice: hence distinct; twice with another date or outlet: hence both."""


def holding_sql() -> dict[str, str]:
    """The text of each engine's file by its name."""
    return {f"{name}.sql": statements(engine) for name, engine in ENGINES.items()}


def statements(engine: Engine) -> str:
    """The statements for one engine."""
    head = HEAD.format(title=engine.title, how=engine.how)
    text = STATEMENTS.format(
        before=engine.before,
        **{f"keep_{what}": engine.keep.format(name=name) for what, name in KEPT.items()},
        view_articles=engine.view.format(name="articles_now"),
        view_letters=engine.view.format(name="dead_letters_now"),
        manifests=engine.manifests,
        articles=engine.table.format(table="articles"),
        dead_letters=engine.table.format(table="dead_letters"),
        path=engine.path,
    )
    children = [
        CHILD.format(
            view=engine.view.format(name=f"{table}_now"),
            rows=engine.table.format(table=table),
            table=table,
            path=engine.path,
        )
        for table in SCHEMAS
        if table not in ("articles", "dead_letters")
    ]
    return head + text + "".join(children)
