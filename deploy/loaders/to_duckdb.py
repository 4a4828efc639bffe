"""Keeps a DuckDB database in step with a lake's editions: `python to_duckdb.py LAKE news.duckdb`, as often as you like.

Each edition goes in by one transaction that also says which it was: once, whatever is killed.
"""

from __future__ import annotations

import sys
from typing import Any

import duckdb
import fsspec

from copytaster.editions.feed import EditionChanges, changes_since
from copytaster.tables import SCHEMAS


def load(db: Any, lake: str) -> int:
    """Takes in the editions that the database of a connection lacks; how many."""
    if "://" in lake:
        db.register_filesystem(fsspec.core.url_to_fs(lake)[0])
    db.execute("CREATE TABLE IF NOT EXISTS loaded (edition BIGINT)")
    (last,) = db.execute("SELECT coalesce(max(edition), 0) FROM loaded").fetchone()
    count = 0
    for edition in changes_since(lake, last):
        db.execute("BEGIN")
        for table in SCHEMAS:
            take_in(db, table, edition)
        db.execute("DELETE FROM loaded")
        db.execute("INSERT INTO loaded VALUES (?)", [edition.edition])
        db.execute("COMMIT")
        count += 1
    return count


def take_in(db: Any, table: str, edition: EditionChanges) -> None:
    """What an edition changes of a table: first removed, then added."""
    is_letters = table == "dead_letters"
    key, gone = ("dead_letter_id", edition.removed_letters) if is_letters else ("version_id", edition.removed_versions)
    db.register("empty", SCHEMAS[table].empty_table())
    db.execute(f"CREATE TABLE IF NOT EXISTS {table} AS SELECT *, DATE '1970-01-01' AS ingest_date FROM empty")
    db.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT unnest(?::VARCHAR[]))", [list(gone)])
    if files := [file.url for file in edition.added.get(table, ())]:
        db.execute(f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?, hive_partitioning = false)", [files])


if __name__ == "__main__":
    with duckdb.connect(sys.argv[2]) as connection:
        print(f"{load(connection, sys.argv[1])} editions loaded")
