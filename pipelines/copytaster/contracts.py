"""The published contracts: `schemas/` with the shape of the input and of each table, written from the code."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow as pa

from copytaster.holding_sql import holding_sql
from copytaster.knowledge import table
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

## What holds now

The raw tables keep all that ever came: a corrected article comes as another `version_id`, a withdrawn one as a row with
`op = 'delete'`, and the rows of what it replaces stay. [sql/duckdb.sql](sql/duckdb.sql), [sql/clickhouse.sql](sql/clickhouse.sql)
and [sql/spark.sql](sql/spark.sql) make of them `articles_now`, `entities_now`, `mentions_now`, `quotes_now`, `times_now`,
`events_now` and `dead_letters_now` (those that are still open):

```
duckdb -init schemas/sql/duckdb.sql
```

**Which version holds.** A record that arrives later replaces an earlier one of the same article, unless both say when they
are from and the later one is from earlier. A record says it by `modified_at`, else `record_timestamp` (Kafka), else `fetched_at`; a
publication date says nothing. In one partition or archive records arrive in the order of `source_offset`; between them in the
order in which their blocks were published, and no block before the one that it follows. What was a dead letter first and was
sent through again arrived when the letter did.

**What is guaranteed.** All views are of one moment, that at which the file was run; rows of blocks that are under way are not
in them; of each article there is one version, in every table its rows once. Whoever runs the file on a lake in which nothing is
under way gets what any other gets. The moment of publishing is the clock of the machine that published: where two sources bring
undated versions of one article within the difference of two machines' clocks, editions, which decide once, may have decided
otherwise; so they may where a dead letter was sent through again after they had decided about what came behind it. The files are read whole each time: for a lake of more than some thousand blocks read its editions.

## The feed of editions

`copytaster publish` makes editions (`editions/<table>` in the lake are Iceberg tables that hold, after each, the version of each
article that holds). `copytaster changes --since N --json`, or `copytaster.editions.feed.changes_since(lake, N)`, gives for each
edition after N one line:

| property | |
|---|---|
| edition | Its number: 1, 2, 3 and on, without a gap. The cursor: what to ask with next time. |
| removed_versions | `version_id` of what was corrected or withdrawn: delete it from every table but `dead_letters`. |
| removed_letters | `dead_letter_id` of what was sent through again: delete it from `dead_letters`. |
| added | By table the files with new rows: `url` (Parquet), `ingest_date`, `rows`, `bytes`, `sha256`. |

**What is guaranteed.** An edition never changes, and is in the feed when all of its files are there; the Iceberg tables follow
within moments. Whoever, from edition 0 on and in one transaction each, removes first and then adds, and keeps the number with
it, has what the Iceberg tables hold ([deploy/loaders](../deploy/loaders/README.md) has such loaders). Where only the metadata of
an article changed its `version_id` is both removed and added. The files of an edition stay until its days have been compacted
and its snapshots have expired (`--keep`, seven days): who comes later starts anew from the Iceberg tables. To ask whether there is
anything new costs one or two reads, however old the lake.
"""


MODEL_REASONS = """## Reasons of dead letters, stages annotate and extract

| code | |
|---|---|
| annotate_failed | The model broke on the text; `exception` and `message` say how. |
| extractor_failed | A layer broke on the article; the message begins with its name. The article is in `articles` all the same, and `missing_tables` says which tables have no row of it. |
| too_slow | The article took more CPU time than `max_article_seconds`; a redrive with more tries again. |
| wrong_span | A layer gave a span that does not say what stands there. |
"""


def contract_files() -> dict[str, str]:
    """The text of each file of `schemas/` by its name."""
    files = {"article.schema.json": to_json(article_schema())}
    lines = [HEAD]
    for name, schema in SCHEMAS.items():
        columns = [column_contract(field) for field in schema]
        files[f"{name}.json"] = to_json({"table": name, "description": ABOUT[name], "columns": columns})
        lines += [f"## {name}\n", f"{ABOUT[name]}\n", "| column | type | |", "|---|---|---|"]
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
    files["rules.md"] = rules_page()
    files |= {f"sql/{name}": text for name, text in holding_sql().items()}
    return files


RULES_HEAD = """# Rules

Generated from the code by `copytaster schemas`. Every quote, time and event, and every mention that is not a plain name, says in
`rule` which rule made it; a quote says in `speaker_rule` how its speaker was found, an event in `modality_rule` where its modality
comes from. `copytaster extract FILE --why` shows them with the words that they rest on, and whom a pronoun would have meant else;
in Python a record has `because`. Names stay from release to release; `*` stands for any part of one. A test runs the examples.
"""

EVENT_RULES = """## events.rule

Named for its row of the table of predicates: kind and word of the trigger, the places that have conditions, type and mode, as in
`verb.agree.with.agree` or `noun.air_strike.assault.aerial`. How many there are by type:

| type | rules |
|---|---|
"""


def rules_page() -> str:
    """The names in the rule columns."""
    from copytaster.extract.events.predicates import predicates  # spaCy, which other commands need not wait for

    lines = [RULES_HEAD]
    rows = table("rules.tsv")
    for column in dict.fromkeys(row["column"] for row in rows):
        lines += [f"## {column}\n", "| rule | what it says | example |", "|---|---|---|"]
        for row in rows:
            if row["column"] == column:
                cells = [row["rule"].replace("*", "\\*"), row["about"], row["example"].replace("  ", " ¶ ")]
                lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    names = {p.name: p.event_type for found in predicates().values() for p in found if not p.is_blocker}
    counts = sorted(Counter(names.values()).items())
    return "\n".join([*lines, EVENT_RULES + "\n".join(f"| {name} | {count} |" for name, count in counts), ""])


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
        (folder / name).parent.mkdir(exist_ok=True)
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
