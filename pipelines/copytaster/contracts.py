"""The published contracts: `schemas/` with the shape of the input and of each table, written from the code."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from copytaster.parse import article_schema
from copytaster.parse.codes import PARSE_REASONS, READ_REASONS, WARNINGS
from copytaster.tables import SCHEMAS

ABOUT = {
    "articles": "One row per version of an article: its text, and what the input said of it.",
    "entities": "One row per person, organisation, place or other entity of an article.",
    "mentions": "One row per stretch of text that refers to an entity.",
    "quotes": "One row per utterance or reported proposition.",
    "times": "One row per time expression.",
    "events": "One row per mention of an event; count `event_cluster_id` for events.",
    "dead_letters": "One row per record that could not be taken in, with its original bytes.",
}

HEAD = """# Schemas

Generated from the code by `copytaster schemas`; a test compares them. `article.schema.json` is the input (a Kafka value,
a line of an archive), the others are the tables of the lake:
`<lake>/<table>/ingest_date=YYYY-MM-DD/<source>-<partition>-<start>-<end>.parquet`.

Offsets are Unicode code points, half-open, into `articles.text`. Lists are never null: empty means that none was found.
Ids are hashes of the article's version, the table and the spans: redelivery, retry and backfill give the same ids.

## The latest version of each article

A corrected article comes as another `version_id`, a withdrawn one as `op = 'delete'`. What holds now, where corrections follow
in the same topic partition or archive, or in a block with a later `ingest_date` (between two archives of one day only their
own dates could tell, which a withdrawal lacks). What was a dead letter first and was sent through again is as old as the letter:

```sql
SELECT * EXCLUDE (newest, first_day) FROM (
  SELECT *, row_number() OVER (
    PARTITION BY article_id ORDER BY coalesce(first_day, ingest_date) DESC, source_offset DESC
  ) AS newest
  FROM read_parquet('lake/articles/**/*.parquet', hive_partitioning = true)
  LEFT JOIN (
    SELECT source, source_partition, source_offset, min(ingest_date) AS first_day
    FROM read_parquet('lake/dead_letters/**/*.parquet', hive_partitioning = true)
    GROUP BY ALL
  ) USING (source, source_partition, source_offset)
) WHERE newest = 1 AND op = 'upsert'
```

## The dead letters that are still open

Once each, and none that was sent through again and taken in:

```sql
SELECT stage, reason, count(DISTINCT dead_letter_id) AS letters
FROM 'lake/dead_letters/**/*.parquet'
ANTI JOIN 'lake/articles/**/*.parquet' USING (source, source_partition, source_offset)
GROUP BY ALL ORDER BY letters DESC, stage, reason
```
"""


MODEL_REASONS = """## Reasons of dead letters, stages annotate and extract

| code | |
|---|---|
| annotate_failed | The model broke on the text; `exception` and `message` say how. |
| extractor_failed | A layer broke on the article; the message begins with its name. |
| wrong_span | A layer gave a span that does not say what stands there. |
"""


def contract_files() -> dict[str, str]:
    """The text of each file of `schemas/` by its name."""
    files = {"article.schema.json": to_json(article_schema())}
    lines = [HEAD]
    for table, schema in SCHEMAS.items():
        columns = [column_contract(field) for field in schema]
        files[f"{table}.json"] = to_json({"table": table, "description": ABOUT[table], "columns": columns})
        lines += [f"## {table}\n", f"{ABOUT[table]}\n", "| column | type | |", "|---|---|---|"]
        lines += [
            f"| {c['name']} | {c['type']}{'' if c['nullable'] else ', not null'} | {c['description']} |"
            for c in columns
        ]
        lines.append("")
    for title, codes in (
        ("Warnings of articles", WARNINGS),
        ("Reasons of dead letters, stage read", READ_REASONS),
        ("Reasons of dead letters, stage parse", PARSE_REASONS),
    ):
        lines += [f"## {title}\n", "| code | |", "|---|---|"]
        lines += [f"| {code} | {meaning} |" for code, meaning in codes.items()]
        lines.append("")
    lines.append(MODEL_REASONS)
    files["README.md"] = "\n".join(lines)
    return files


def column_contract(field: pa.Field) -> dict[str, object]:
    """Name, Arrow type, nullability and description of a column."""
    return {
        "name": field.name,
        "type": str(field.type).replace(" not null", ""),
        "nullable": field.nullable,
        "description": field.metadata[b"description"].decode(),
    }


def write_contracts(folder: Path) -> None:
    """Writes `schemas/`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in contract_files().items():
        (folder / name).write_text(text, encoding="utf-8")


def stale_contracts(folder: Path) -> list[str]:
    """The names of files in `schemas/` that are not what the code says."""
    return [
        name
        for name, text in contract_files().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def to_json(value: object) -> str:
    """Indented JSON with a line feed at the end."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
