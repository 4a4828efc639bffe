-- The editions as tables of ClickHouse, read where they lie: always the newest edition, nothing is copied. For a lake on S3
-- write Iceberg('https://…/lake/editions/articles/', 'key', 'secret') in the place of IcebergLocal('lake/editions/articles').
CREATE TABLE articles ENGINE = IcebergLocal('lake/editions/articles');
CREATE TABLE entities ENGINE = IcebergLocal('lake/editions/entities');
CREATE TABLE mentions ENGINE = IcebergLocal('lake/editions/mentions');
CREATE TABLE quotes ENGINE = IcebergLocal('lake/editions/quotes');
CREATE TABLE times ENGINE = IcebergLocal('lake/editions/times');
CREATE TABLE events ENGINE = IcebergLocal('lake/editions/events');
CREATE TABLE dead_letters ENGINE = IcebergLocal('lake/editions/dead_letters');
