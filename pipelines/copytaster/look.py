"""Looks into a lake with DuckDB: a few quotes and events, and the dead letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
from rich.console import Group
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from copytaster.console import plain, table_of
from copytaster.lake.files import UNDATED
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage

QUOTES = """
SELECT q.speaker_name, q.cue_text, q.kind, a.title, [s.name for s in q.source_chain[:-2]],
       array_to_string([a.text[s.start + 1 : s.end] for s in q.content_spans], ' … ')
FROM {quotes} q JOIN {articles} a USING (version_id)
WHERE q.speaker_name IS NOT NULL AND q.same_as_quote_id IS NULL
QUALIFY row_number() OVER (PARTITION BY q.version_id ORDER BY q.hearsay_depth DESC, q.confidence DESC, q.start) = 1
ORDER BY q.hearsay_depth DESC, q.confidence DESC, q.quote_id LIMIT ?
"""

EVENTS = """
SELECT e.event_type, e.event_mode, e.trigger_text, [p.name for p in e.actors], [p.name for p in e.recipients],
       e.date_start, e.date_end, e.modality, e.polarity, e.is_realized, a.text[e.sentence_start + 1 : e.sentence_end]
FROM {events} e JOIN {articles} a USING (version_id)
WHERE len(e.actors) > 0 AND e.event_type IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY e.version_id ORDER BY e.confidence DESC, e.trigger_start) = 1
ORDER BY e.confidence DESC, e.event_id LIMIT ?
"""

NEWEST = 200
"""Files of a table that are looked into."""

ROUND = "coalesce(try_cast(regexp_extract(filename, '~([0-9]+)-', 1) AS INT), 0)"
"""The round of a redrive, which stands in the file's name."""

OPEN = f"""
SELECT * FROM (
    SELECT *, {ROUND} AS round FROM {{dead_letters}}
    QUALIFY row_number() OVER (PARTITION BY dead_letter_id ORDER BY round DESC) = 1
) AS letter
WHERE NOT EXISTS (
    SELECT 1 FROM (SELECT source, source_partition, source_offset, {ROUND} AS round FROM {{articles}}) AS taken
    WHERE taken.source = letter.source AND taken.source_partition = letter.source_partition
      AND taken.source_offset = letter.source_offset AND taken.round > letter.round
)
"""
"""Each dead letter that was not taken in whole later, as it failed last."""

REASONS = f"""
SELECT stage, reason, count(*), min(dead_letter_id), any_value(message ORDER BY dead_letter_id)
FROM ({OPEN}) GROUP BY ALL ORDER BY 3 DESC, 1, 2
"""

LETTER = f"""
SELECT stage, reason, exception, message, source, source_partition, source_offset, payload
FROM ({OPEN}) WHERE dead_letter_id = ?
"""


def query(
    storage: Storage, sql: str, parameters: list[Any], files: Mapping[str, Sequence[str]]
) -> list[tuple[Any, ...]]:
    """The rows of a query over files of the lake, where `{quotes}` stands for those of that table; names may be patterns."""
    connection = duckdb.connect()
    if not storage.is_local:
        connection.register_filesystem(storage.file_system)
    root = storage.url.rstrip("/")
    tables = {table: f"read_parquet({quoted(root, names)}, filename = true)" for table, names in files.items()}
    return connection.execute(sql.format(**tables), parameters).fetchall()


def quoted(root: str, names: Sequence[str]) -> str:
    """Names of files as a list of SQL."""
    return "[" + ", ".join("'" + f"{root}/{name}".replace("'", "''") + "'" for name in names) + "]"


def newest(storage: Storage, table: str) -> list[str]:
    """The files of a table's last days, at most `NEWEST`: a lake may hold hundreds of thousands."""
    found: list[str] = []
    for day in reversed(storage.names(table)):
        found += [f"{table}/{day}/{name}" for name in reversed(storage.names(f"{table}/{day}"))]
        if len(found) >= NEWEST:
            break
    return found[:NEWEST]


def look_into(storage: Storage, rows: int) -> Group:
    """The surest quotes and events of the newest blocks, one of an article, those with the longest chain of sources first."""
    found = {}
    for table, sql in (("quotes", QUOTES), ("events", EVENTS)):
        names = newest(storage, table)
        articles = [name.replace(table, "articles", 1) for name in names]
        found[table] = query(storage, sql, [rows], {table: names, "articles": articles})
    quotes = [quote_view(*row) for row in found["quotes"]]
    events = [event_view(*row) for row in found["events"]]
    return Group(Rule("quotes"), *quotes, Rule("events"), *events)


def letters(storage: Storage, sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    """A query over the dead letters, and over the articles of those that were sent through again, which are few files."""
    log = LakeLog(storage)
    rounds = [partition for partition in log.partitions("published") if "~" in partition[0]]
    manifests = (manifest for partition in rounds for manifest in log.manifests_of(*partition))
    again = [manifest.files["articles"].path for manifest in manifests if "articles" in manifest.files]
    empty = f"articles/ingest_date={UNDATED.isoformat()}/empty.parquet"
    return query(storage, sql, parameters, {"dead_letters": ["dead_letters/*/*.parquet"], "articles": [empty, *again]})


def quote_view(speaker: str, cue: str | None, kind: str, title: str | None, through: list[str], words: str) -> Text:
    """Who, what, and through whom."""
    said = f"“{words}”" if kind == "direct" else words
    chain = f", as told by {' ← '.join(reversed(through))}" if through else ""
    return Text.assemble(
        (plain(speaker), "bold"),
        plain(f" {cue or ''} ({kind}{chain})\n  {said}\n"),
        (plain(f"  in: {title or '–'}"), "dim"),
    )


def event_view(
    kind: str, mode: str | None, trigger: str, actors: list[str], recipients: list[str], start: date | None,
    end: date | None, modality: str, polarity: str, is_realized: bool, sentence: str,
) -> Text:  # fmt: skip
    """Type, parties, days and certainty, with the sentence."""
    parties = ", ".join(actors) + (f" → {', '.join(recipients)}" if recipients else "")
    days = "" if start is None and end is None else f", {start}" if start == end else f", {start or ''}..{end or ''}"
    certainty = f"{modality}{', negated' if polarity == 'negative' else ''}, {'happened' if is_realized else 'did not happen (yet)'}"
    name = f"{kind}/{mode}" if mode else kind
    return Text.assemble(
        (name, "bold"), plain(f" {parties} [{trigger}{days}; {certainty}]\n"), (plain(f"  {sentence}"), "dim")
    )


def dead_letters_view(storage: Storage) -> Table:
    """Dead letters counted by stage and reason, with one id and message of each."""
    return table_of("Dead letters", ["stage", "reason", "count", "e.g. id", "message"], letters(storage, REASONS, []))


def dead_letter_view(storage: Storage, dead_letter_id: str) -> Group | None:
    """One dead letter with the start of its payload, or None where there is none of that id."""
    found = letters(storage, LETTER, [dead_letter_id])
    if not found:
        return None
    stage, reason, exception, message, source, partition, offset, payload = found[0]
    head = f"{stage}/{reason} {exception or ''}\n{message}\n{source} partition {partition} offset {offset}, {len(payload)} bytes"
    return Group(Panel(Text(plain(head))), Text(plain(payload[:2000].decode("utf-8", "backslashreplace"))))
