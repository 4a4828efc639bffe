-- The editions as tables of Spark 4, read where they lie: copytaster.copytaster.articles, entities, mentions, quotes, times, events,
-- dead_letters; always the newest edition, nothing is copied. Needs iceberg-spark-runtime and sqlite-jdbc on its class path.
-- With a catalog of your own (`publish --catalog`) configure that instead.
SET spark.sql.catalog.copytaster = org.apache.iceberg.spark.SparkCatalog;
SET spark.sql.catalog.copytaster.type = jdbc;
SET spark.sql.catalog.copytaster.uri = jdbc:sqlite:lake/editions/catalog.sqlite;
SET spark.sql.catalog.copytaster.warehouse = lake/editions;
SET `spark.sql.catalog.copytaster.cache-enabled` = `false`;
