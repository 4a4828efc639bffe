-- What holds now, for DuckDB: articles_now, quotes_now and so on hold for each article the version that holds, and
-- nothing of what was corrected or withdrawn. Made by `copytaster schemas`; the README beside says what is guaranteed.
-- Put the path of your lake in the place of 'lake/, and run the file again to see what has come since:
-- `duckdb -init duckdb.sql`, or `connection.execute` of the whole text.

CREATE OR REPLACE TEMP TABLE published_blocks AS
SELECT
  block.source AS block_source,
  regexp_replace(block.source, '~[0-9]+$', '') AS origin,
  block.partition AS block_partition,
  block.start AS block_start,
  max(published_at) OVER (
    PARTITION BY block.source, block.partition ORDER BY block.start ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS arrived_at,
  files
FROM read_json('lake/_log/published/*/*/*.json', columns = {
  block: 'STRUCT(source VARCHAR, "partition" BIGINT, start BIGINT)',
  files: 'MAP(VARCHAR, STRUCT(path VARCHAR))',
  published_at: 'TIMESTAMPTZ'
});

CREATE OR REPLACE TEMP TABLE records AS
SELECT
  b.block_source, b.block_partition, b.block_start, b.origin, b.arrived_at, t.source_offset,
  t.article_id, t.version_id, t.op, t.published_at, t.outlet_name,
  coalesce(t.modified_at, t.record_timestamp, t.fetched_at) AS said_at
FROM read_parquet('lake/articles/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['articles'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')
UNION ALL
SELECT
  b.block_source, b.block_partition, b.block_start, b.origin, b.arrived_at, t.source_offset,
  NULL, NULL, NULL, NULL, NULL, NULL
FROM read_parquet('lake/dead_letters/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['dead_letters'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$');

CREATE OR REPLACE TEMP TABLE holding AS
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

CREATE OR REPLACE TEMP TABLE open_letters AS
WITH ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY origin, block_partition, source_offset
    ORDER BY length(block_source) DESC, block_source DESC, CASE WHEN article_id IS NULL THEN 0 ELSE 1 END
  ) AS place
  FROM records
)
SELECT block_source, block_partition, block_start, source_offset AS held_offset
FROM ranked WHERE place = 1 AND article_id IS NULL;

CREATE OR REPLACE TEMP VIEW articles_now AS
SELECT t.*
FROM read_parquet('lake/articles/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['articles'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_offset = t.source_offset;

CREATE OR REPLACE TEMP VIEW dead_letters_now AS
SELECT t.*
FROM read_parquet('lake/dead_letters/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['dead_letters'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')
JOIN open_letters AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_offset = t.source_offset;

CREATE OR REPLACE TEMP VIEW entities_now AS
SELECT DISTINCT t.*
FROM read_parquet('lake/entities/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['entities'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;

CREATE OR REPLACE TEMP VIEW mentions_now AS
SELECT DISTINCT t.*
FROM read_parquet('lake/mentions/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['mentions'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;

CREATE OR REPLACE TEMP VIEW quotes_now AS
SELECT DISTINCT t.*
FROM read_parquet('lake/quotes/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['quotes'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;

CREATE OR REPLACE TEMP VIEW times_now AS
SELECT DISTINCT t.*
FROM read_parquet('lake/times/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['times'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;

CREATE OR REPLACE TEMP VIEW events_now AS
SELECT DISTINCT t.*
FROM read_parquet('lake/events/*/*.parquet', hive_partitioning = true) AS t
JOIN published_blocks AS b ON b.files['events'].path = regexp_extract(t.filename, '[^/]+/[^/]+/[^/]+$')
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;
