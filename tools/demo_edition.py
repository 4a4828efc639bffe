"""The end of `make demo`: a query over the last edition of a lake, by path, without any catalog."""

from __future__ import annotations

import sys

import duckdb
from pyiceberg.table import StaticTable

lake = sys.argv[1] if len(sys.argv) > 1 else "lake"
connection = duckdb.connect()
for name in ("articles", "quotes", "events"):
    table = StaticTable.from_metadata(f"{lake}/editions/{name}")
    table.scan().to_duckdb(name, connection)
edition = table.properties["copytaster.edition"]
print(f"Edition {edition} of {lake}: who is quoted in how many outlets, each article as the version that holds")
print(
    connection.sql(
        """
        SELECT speaker_name, count(*) AS quotes, count(DISTINCT q.outlet_name) AS outlets
        FROM quotes q JOIN articles a USING (version_id)
        WHERE speaker_name IS NOT NULL AND same_as_quote_id IS NULL
        GROUP BY speaker_name ORDER BY outlets DESC, quotes DESC, speaker_name LIMIT 6
        """
    )
)
