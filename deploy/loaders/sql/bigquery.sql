-- The editions as external Iceberg tables of BigQuery, read where they lie. Not run: there was no BigQuery.
-- Needs a connection `eu.newsroom` that may read the bucket. Run it again after each edition with the newest metadata file of each
-- table: `copytaster changes` says that there is one, `version-hint.text` in the table's folder `metadata` which file it is.
CREATE OR REPLACE EXTERNAL TABLE copytaster.entities WITH CONNECTION `eu.newsroom`
OPTIONS (format = 'ICEBERG', uris = ['gs://newsroom/lake/editions/entities/metadata/NEWEST.metadata.json']);
CREATE OR REPLACE EXTERNAL TABLE copytaster.mentions WITH CONNECTION `eu.newsroom`
OPTIONS (format = 'ICEBERG', uris = ['gs://newsroom/lake/editions/mentions/metadata/NEWEST.metadata.json']);
CREATE OR REPLACE EXTERNAL TABLE copytaster.quotes WITH CONNECTION `eu.newsroom`
OPTIONS (format = 'ICEBERG', uris = ['gs://newsroom/lake/editions/quotes/metadata/NEWEST.metadata.json']);
CREATE OR REPLACE EXTERNAL TABLE copytaster.times WITH CONNECTION `eu.newsroom`
OPTIONS (format = 'ICEBERG', uris = ['gs://newsroom/lake/editions/times/metadata/NEWEST.metadata.json']);
CREATE OR REPLACE EXTERNAL TABLE copytaster.events WITH CONNECTION `eu.newsroom`
OPTIONS (format = 'ICEBERG', uris = ['gs://newsroom/lake/editions/events/metadata/NEWEST.metadata.json']);
CREATE OR REPLACE EXTERNAL TABLE copytaster.articles WITH CONNECTION `eu.newsroom`
OPTIONS (format = 'ICEBERG', uris = ['gs://newsroom/lake/editions/articles/metadata/NEWEST.metadata.json']);
CREATE OR REPLACE EXTERNAL TABLE copytaster.dead_letters WITH CONNECTION `eu.newsroom`
OPTIONS (format = 'ICEBERG', uris = ['gs://newsroom/lake/editions/dead_letters/metadata/NEWEST.metadata.json']);
