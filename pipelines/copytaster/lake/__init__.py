"""The lake: blocks of a source, the log that says which are planned and published, and the Parquet files."""
