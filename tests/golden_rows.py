"""The rows of samples/ as fingerprints, and the rules that made them: `python tests/golden_rows.py` writes them anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.language import Language

import copytaster
from copytaster.parse import parse_record
from copytaster.records import Article, DeadLetter, Failure, RawRecord
from copytaster.sources.archive import expand, open_archive, read_records
from copytaster.tables import Row, dead_letter_row, rows_of
from copytaster.versions import RULES

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).with_suffix(".json")
ARCHIVES = ("wire.jsonl", "agency.ninjs.jsonl", "crawl.news-please.jsonl.gz", "web.warc.gz")
LEFT_OUT = ("extractor_version", "model_version", "message")
"""Who made a row, and the words of Python's own errors."""

Fingerprints = dict[str, dict[str, str]]
"""By record (`wire.jsonl 3`) and table, the fingerprint of the record's rows."""


def fingerprints(nlp: Language) -> Fingerprints:
    """Of every record of samples/."""
    return {name: {table: of_rows(rows) for table, rows in found.items() if rows} for name, found in sample_rows(nlp)}


def of_rows(rows: Iterable[Row]) -> str:
    """Of all columns but those left out."""
    told = [{name: value for name, value in row.items() if name not in LEFT_OUT} for row in rows]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:12]


def sample_rows(nlp: Language) -> Iterator[tuple[str, dict[str, list[Row]]]]:
    """The rows of every record by table."""
    for archive in ARCHIVES:
        for url in expand([str(ROOT / "samples" / archive)]):
            for number, record in enumerate(read_records(open_archive(url))):
                yield f"{archive} {number}", rows_of_record(record, nlp, archive)


def rows_of_record(record: RawRecord, nlp: Language, archive: str) -> dict[str, list[Row]]:
    """What becomes of one record."""
    parsed = parse_record(record)
    found = next(iter(copytaster.extract_many([parsed], nlp))) if isinstance(parsed, Article) else parsed
    if isinstance(found, Failure):
        return {"dead_letters": [dead_letter_row(DeadLetter(found, record), "", archive, 0)]}
    return rows_of(found, record, archive)


def verdict(golden: dict[str, object], found: Fingerprints, rules: int) -> str:
    """What must be done, by the file, the rows as they are, and the version of the rules; empty where all is well."""
    known = golden["rows"]
    assert isinstance(known, dict)
    changed = sorted(name for name in known.keys() | found.keys() if known.get(name) != found.get(name))
    if changed and rules == golden["rules"]:
        return (
            f"the rows of {', '.join(changed)} are others than rules {rules} made. If that is meant: RULES in "
            f"pipelines/copytaster/versions.py to {rules + 1}, then python tests/golden_rows.py"
        )
    if rules != golden["rules"]:
        return f"RULES is {rules}, tests/golden_rows.json is of rules {golden['rules']}: python tests/golden_rows.py"
    return ""


def main() -> None:
    """Writes the file, unless rows changed and the version of the rules did not."""
    found = fingerprints(copytaster.load_model())
    if GOLDEN.exists():
        golden = json.loads(GOLDEN.read_text())
        told = verdict(golden, found, RULES)
        if told and golden["rules"] == RULES:
            raise SystemExit(told)
    GOLDEN.write_text(json.dumps({"rules": RULES, "rows": found}, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
