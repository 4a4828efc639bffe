"""Looks into a lake with DuckDB: a few quotes and events, and the dead letters."""

from __future__ import annotations

from typing import Any

import duckdb
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from copytaster.console import table_of
from copytaster.lake.storage import Storage

QUOTES = """
SELECT q.speaker_name, q.cue_text, q.text, [s.name for s in q.source_chain[:-2]], a.title
FROM {quotes} q JOIN {articles} a USING (version_id)
WHERE q.speaker_name IS NOT NULL AND q.same_as_quote_id IS NULL
QUALIFY row_number() OVER (PARTITION BY q.version_id ORDER BY q.confidence DESC, q.start) = 1
ORDER BY q.confidence DESC, q.quote_id LIMIT ?
"""

EVENTS = """
SELECT e.event_type, e.trigger_text, [p.name for p in e.actors], [p.name for p in e.recipients],
       e.date_start, e.date_end, e.modality, e.is_realized
FROM {events} e
WHERE len(e.actors) > 0
QUALIFY row_number() OVER (PARTITION BY e.version_id ORDER BY e.confidence DESC, e.trigger_start) = 1
ORDER BY e.confidence DESC, e.event_id LIMIT ?
"""

REASONS = """
SELECT stage, reason, count(*), min(dead_letter_id), any_value(message ORDER BY dead_letter_id)
FROM {dead_letters} GROUP BY ALL ORDER BY 3 DESC, 1, 2
"""

LETTER = """
SELECT stage, reason, exception, message, source, source_partition, source_offset, payload
FROM {dead_letters} WHERE dead_letter_id = ?
"""


def query(storage: Storage, sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query over the lake, where `{quotes}` stands for that table."""
    connection = duckdb.connect()
    if not storage.is_local:
        connection.register_filesystem(storage.file_system)
    tables = {
        table: f"read_parquet('{storage.url.rstrip('/').replace(chr(39), chr(39) * 2)}/{table}/**/*.parquet')"
        for table in ("articles", "quotes", "events", "dead_letters")
    }
    return connection.execute(sql.format(**tables), parameters).fetchall()


def look_into(storage: Storage, rows: int) -> list[Table]:
    """The surest quote and event of some articles each."""
    quotes = query(storage, QUOTES, [rows])
    events = query(storage, EVENTS, [rows])
    return [
        table_of(
            "Quotes",
            ["who", "cue", "what", "through", "in"],
            ((w, c, t, ", ".join(s or []), h) for w, c, t, s, h in quotes),
        ),
        table_of(
            "Events",
            ["type", "trigger", "actors", "recipients", "from", "to", "modality", "realized"],
            ((k, t, ", ".join(a), ", ".join(r), start, end, m, z) for k, t, a, r, start, end, m, z in events),
        ),
    ]


def dead_letters_view(storage: Storage) -> Table:
    """Dead letters counted by stage and reason, with one id and message of each."""
    return table_of("Dead letters", ["stage", "reason", "count", "e.g. id", "message"], query(storage, REASONS, []))


def dead_letter_view(storage: Storage, dead_letter_id: str) -> Group | None:
    """One dead letter with the start of its payload, or None where there is none of that id."""
    found = query(storage, LETTER, [dead_letter_id])
    if not found:
        return None
    stage, reason, exception, message, source, partition, offset, payload = found[0]
    head = f"{stage}/{reason} {exception or ''}\n{message}\n{source} partition {partition} offset {offset}, {len(payload)} bytes"
    return Group(Panel(Text(head)), Text(payload[:2000].decode("utf-8", "backslashreplace")))
