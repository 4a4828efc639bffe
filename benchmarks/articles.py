"""The articles that everything is measured on: the English ones of samples/, in turn, each time with another id."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

from copytaster.parse import parse_record
from copytaster.records import Article
from copytaster.sources.archive import expand, open_archive

SAMPLES = Path(__file__).parent.parent / "samples"


def sample_articles(count: int) -> list[Article]:
    """So many articles."""
    urls = expand([str(SAMPLES / pattern) for pattern in ("*.jsonl", "*.jsonl.gz", "*.warc.gz")])
    parsed = [parse_record(record) for url in urls for record in open_archive(url).read(0, None)]
    english = [a for a in parsed if isinstance(a, Article) and a.op == "upsert" and a.language == "en"]
    return [replace(english[i % len(english)], id=f"bench-{i}") for i in range(count)]


def message(article: Article, id: str, language: str = "en") -> dict[str, object]:
    """The article in our own format; in another language it costs no extraction."""
    published = article.published_at.isoformat() if article.published_at else None
    return {"id": id, "title": article.title, "text": article.text, "published_at": published, "language": language}


def write_archive(articles: list[Article], path: Path, language: str = "en") -> Path:
    """The articles as a gzip archive in our own format; gives its path."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for article in articles:
            file.write(json.dumps(message(article, article.id or "", language), ensure_ascii=False) + "\n")
    return path
