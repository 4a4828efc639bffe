-- The editions as Iceberg tables of Snowflake, read where they lie. Not run: there was no Snowflake.
-- Needs an external volume `newsroom` whose storage is the lake's folder `editions`. Snowflake sees a newer edition after a refresh
-- with the path of the newest metadata file: `copytaster changes` says that there is one, `version-hint.text` in the table's folder
-- `metadata` which file it is.
CREATE CATALOG INTEGRATION IF NOT EXISTS files_in_storage
  CATALOG_SOURCE = OBJECT_STORE TABLE_FORMAT = ICEBERG ENABLED = TRUE;

CREATE ICEBERG TABLE IF NOT EXISTS articles
  EXTERNAL_VOLUME = 'newsroom' CATALOG = 'files_in_storage' METADATA_FILE_PATH = 'articles/metadata/NEWEST.metadata.json';
CREATE ICEBERG TABLE IF NOT EXISTS entities
  EXTERNAL_VOLUME = 'newsroom' CATALOG = 'files_in_storage' METADATA_FILE_PATH = 'entities/metadata/NEWEST.metadata.json';
CREATE ICEBERG TABLE IF NOT EXISTS mentions
  EXTERNAL_VOLUME = 'newsroom' CATALOG = 'files_in_storage' METADATA_FILE_PATH = 'mentions/metadata/NEWEST.metadata.json';
CREATE ICEBERG TABLE IF NOT EXISTS quotes
  EXTERNAL_VOLUME = 'newsroom' CATALOG = 'files_in_storage' METADATA_FILE_PATH = 'quotes/metadata/NEWEST.metadata.json';
CREATE ICEBERG TABLE IF NOT EXISTS times
  EXTERNAL_VOLUME = 'newsroom' CATALOG = 'files_in_storage' METADATA_FILE_PATH = 'times/metadata/NEWEST.metadata.json';
CREATE ICEBERG TABLE IF NOT EXISTS events
  EXTERNAL_VOLUME = 'newsroom' CATALOG = 'files_in_storage' METADATA_FILE_PATH = 'events/metadata/NEWEST.metadata.json';
CREATE ICEBERG TABLE IF NOT EXISTS dead_letters
  EXTERNAL_VOLUME = 'newsroom' CATALOG = 'files_in_storage' METADATA_FILE_PATH = 'dead_letters/metadata/NEWEST.metadata.json';

-- after each edition, dead_letters last
ALTER ICEBERG TABLE entities REFRESH 'entities/metadata/NEWEST.metadata.json';
ALTER ICEBERG TABLE mentions REFRESH 'mentions/metadata/NEWEST.metadata.json';
ALTER ICEBERG TABLE quotes REFRESH 'quotes/metadata/NEWEST.metadata.json';
ALTER ICEBERG TABLE times REFRESH 'times/metadata/NEWEST.metadata.json';
ALTER ICEBERG TABLE events REFRESH 'events/metadata/NEWEST.metadata.json';
ALTER ICEBERG TABLE articles REFRESH 'articles/metadata/NEWEST.metadata.json';
ALTER ICEBERG TABLE dead_letters REFRESH 'dead_letters/metadata/NEWEST.metadata.json';
