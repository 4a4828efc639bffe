"""Keeps a PostgreSQL schema in step with a lake's editions: `python to_postgres.py LAKE 'dbname=news'`, as often as you like.

Each edition goes in by one transaction that also says which it was: once, whatever is killed, and however many run at once.
Lists become jsonb; the character U+0000, which PostgreSQL cannot hold, becomes U+FFFD. Needs psycopg (3).
"""

from __future__ import annotations

import json
import sys
from typing import Any

import fsspec
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from copytaster.editions.feed import EditionChanges, changes_since
from copytaster.tables import SCHEMAS

TYPES = {
    pa.string(): "text", pa.int32(): "integer", pa.int64(): "bigint", pa.float64(): "double precision", pa.bool_(): "boolean",
    pa.date32(): "date", pa.binary(): "bytea", pa.timestamp("us", tz="UTC"): "timestamptz",
}  # fmt: skip


def load(db: Any, lake: str) -> int:
    """Takes in the editions that the database of a connection (autocommit) lacks; how many."""
    db.execute("CREATE TABLE IF NOT EXISTS loaded (only_row boolean PRIMARY KEY DEFAULT true, edition bigint NOT NULL)")
    db.execute("INSERT INTO loaded (edition) VALUES (0) ON CONFLICT DO NOTHING")
    count = 0
    while True:
        db.execute("BEGIN")
        (last,) = db.execute("SELECT edition FROM loaded FOR UPDATE").fetchone()
        edition = next(changes_since(lake, last), None)
        if edition is not None:
            for table in SCHEMAS:
                take_in(db, table, edition)
            db.execute("UPDATE loaded SET edition = %s", [edition.edition])
        db.execute("COMMIT")
        if edition is None:
            return count
        count += 1


def take_in(db: Any, table: str, edition: EditionChanges) -> None:
    """What an edition changes of a table: first removed, then added."""
    is_letters = table == "dead_letters"
    key, gone = ("dead_letter_id", edition.removed_letters) if is_letters else ("version_id", edition.removed_versions)
    columns = ", ".join(f'"{field.name}" {TYPES.get(field.type, "jsonb")}' for field in SCHEMAS[table])
    db.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns}, ingest_date date)")
    db.execute(f"CREATE INDEX IF NOT EXISTS {table}_key ON {table} ({key})")
    db.execute(f"DELETE FROM {table} WHERE {key} = ANY(%s)", [list(gone)])
    for file in edition.added.get(table, ()):
        with fsspec.open(file.url, "rb") as opened:
            for batch in pq.ParquetFile(opened).iter_batches():
                names = ", ".join(f'"{name}"' for name in batch.schema.names)
                with db.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in batch.to_pylist():
                        copy.write_row([value_of(value) for value in row.values()])


def value_of(value: Any) -> Any:
    """A value as a column of PostgreSQL takes it."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", "\N{REPLACEMENT CHARACTER}")
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


if __name__ == "__main__":
    with psycopg.connect(sys.argv[2], autocommit=True) as connection:
        print(f"{load(connection, sys.argv[1])} editions loaded")
