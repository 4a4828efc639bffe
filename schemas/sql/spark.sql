-- What holds now, for Spark: articles_now, quotes_now and so on hold for each article the version that holds, and
-- nothing of what was corrected or withdrawn. Made by `copytaster schemas`; the README beside says what is guaranteed.
-- Put the path of your lake in the place of 'lake/, and run the file again to see what has come since:
-- `spark-sql -f spark.sql`, or `spark.sql` of one statement after the other.

CREATE OR REPLACE TEMPORARY VIEW manifests (
  block STRUCT<source: STRING, `partition`: BIGINT, start: BIGINT>,
  files MAP<STRING, STRUCT<path: STRING>>,
  published_at TIMESTAMP
)
USING json OPTIONS (path 'lake/_log/published/*/*/*.json', multiLine 'true');

DROP VIEW IF EXISTS published_blocks;

CACHE TABLE published_blocks AS
SELECT
  block.source AS block_source,
  regexp_replace(block.source, '~[0-9]+$', '') AS origin,
  block.partition AS block_partition,
  block.start AS block_start,
  max(published_at) OVER (
    PARTITION BY block.source, block.partition ORDER BY block.start ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS arrived_at,
  files
FROM manifests;

DROP VIEW IF EXISTS records;

CACHE TABLE records AS
SELECT
  b.block_source, b.block_partition, b.block_start, b.origin, b.arrived_at, t.source_offset,
  t.article_id, t.version_id, t.op, t.published_at, t.outlet_name,
  coalesce(t.modified_at, t.record_timestamp, t.fetched_at) AS said_at
FROM parquet.`lake/articles` AS t
JOIN published_blocks AS b ON b.files['articles'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)
UNION ALL
SELECT
  b.block_source, b.block_partition, b.block_start, b.origin, b.arrived_at, t.source_offset,
  NULL, NULL, NULL, NULL, NULL, NULL
FROM parquet.`lake/dead_letters` AS t
JOIN published_blocks AS b ON b.files['dead_letters'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0);

DROP VIEW IF EXISTS holding;

CACHE TABLE holding AS
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

DROP VIEW IF EXISTS open_letters;

CACHE TABLE open_letters AS
WITH ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY origin, block_partition, source_offset
    ORDER BY length(block_source) DESC, block_source DESC, CASE WHEN article_id IS NULL THEN 0 ELSE 1 END
  ) AS place
  FROM records
)
SELECT block_source, block_partition, block_start, source_offset AS held_offset
FROM ranked WHERE place = 1 AND article_id IS NULL;

CREATE OR REPLACE TEMPORARY VIEW articles_now AS
SELECT t.*
FROM parquet.`lake/articles` AS t
JOIN published_blocks AS b ON b.files['articles'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_offset = t.source_offset;

CREATE OR REPLACE TEMPORARY VIEW dead_letters_now AS
SELECT t.*
FROM parquet.`lake/dead_letters` AS t
JOIN published_blocks AS b ON b.files['dead_letters'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)
JOIN open_letters AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_offset = t.source_offset;

CREATE OR REPLACE TEMPORARY VIEW entities_now AS
SELECT DISTINCT t.*
FROM parquet.`lake/entities` AS t
JOIN published_blocks AS b ON b.files['entities'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;

CREATE OR REPLACE TEMPORARY VIEW mentions_now AS
SELECT DISTINCT t.*
FROM parquet.`lake/mentions` AS t
JOIN published_blocks AS b ON b.files['mentions'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;

CREATE OR REPLACE TEMPORARY VIEW quotes_now AS
SELECT DISTINCT t.*
FROM parquet.`lake/quotes` AS t
JOIN published_blocks AS b ON b.files['quotes'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;

CREATE OR REPLACE TEMPORARY VIEW times_now AS
SELECT DISTINCT t.*
FROM parquet.`lake/times` AS t
JOIN published_blocks AS b ON b.files['times'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;

CREATE OR REPLACE TEMPORARY VIEW events_now AS
SELECT DISTINCT t.*
FROM parquet.`lake/events` AS t
JOIN published_blocks AS b ON b.files['events'].path = regexp_extract(t._metadata.file_path, '[^/]+/[^/]+/[^/]+$', 0)
JOIN holding AS h
  ON h.block_source = b.block_source AND h.block_partition = b.block_partition AND h.block_start = b.block_start
  AND h.held_version_id = t.version_id
  AND h.held_published_at IS NOT DISTINCT FROM t.published_at AND h.held_outlet_name IS NOT DISTINCT FROM t.outlet_name;
