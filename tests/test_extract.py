"""The plain functions: an article in, all layers out; and what one sees of it on the command line."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from spacy.language import Language
from typer.testing import CliRunner

import copytaster
from copytaster.cli import app
from copytaster.extract import Draft
from copytaster.records import Article, Extraction, Failure, Span

pytestmark = pytest.mark.model

extracting = importlib.import_module("copytaster.extract")
"""The module, whose name the package gives to its function."""

STORY = Article(
    id="ferry",
    title="Ferry minister: 'We were warned'",
    text=(
        "OSLO — Transport Minister Ingrid Solheim met her Danish counterpart in Copenhagen on Tuesday.\n"
        "“We were warned,” Solheim said. According to the Harbour Post, two aides say she will resign next month.\n"
        "Denmark threatened to expel the ambassador."
    ),
    published_at=datetime(2026, 3, 6, 8, tzinfo=UTC),
    language="en",
)


def test_every_layer_finds_something(nlp: Language) -> None:
    """Entities, mentions of each kind, times, quotes and events, which refer to each other."""
    found = copytaster.extract(STORY, nlp)
    assert found.status == "ok"
    assert "Ingrid Solheim" in {entity.name for entity in found.entities}
    assert {"name", "pronoun"} <= {mention.kind for mention in found.mentions}
    assert "2026-03-03" in {time.timex_value for time in found.times}
    direct = [quote for quote in found.quotes if quote.kind == "direct" and not quote.is_headline]
    assert [(quote.speaker_name, quote.text) for quote in direct] == [("Ingrid Solheim", "We were warned")]
    assert {"CONSULT", "THREATEN"} <= {event.event_type for event in found.events}
    assert not any(event.is_realized for event in found.events if event.event_type == "SANCTION")
    assert list(found.seconds) == ["annotate", *(name for name, _ in extracting.LAYERS)]


def test_many_keeps_order_and_one_failure_harms_no_other(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer that breaks on one article is told in its result, by name and exception; what the others found is there."""

    def break_on_second(draft: Draft) -> Draft:
        if draft.story.article.id == "2":
            raise ZeroDivisionError("no such luck")
        return draft

    monkeypatch.setattr(extracting, "LAYERS", (*extracting.LAYERS, ("luck", break_on_second)))
    results = list(copytaster.extract_many([replace(STORY, id=str(i)) for i in range(12)], nlp))
    found = [x for x in results if isinstance(x, Extraction)]
    assert [(x.article.id, x.failure is not None) for x in found] == [(str(n), n == 2) for n in range(12)]
    told = Failure("extract", "extractor_failed", "luck: no such luck", "builtins.ZeroDivisionError")
    assert (found[2].failure, found[2].quotes) == (told, found[1].quotes)
    with pytest.raises(RuntimeError, match="article '2': luck: no such luck"):
        copytaster.extract(replace(STORY, id="2"), nlp)


def test_a_span_that_lies_is_a_failure(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row never says other words than its offsets."""

    def lie(draft: Draft) -> Draft:
        mention = draft.mentions[0]
        wrong = Span(mention.span.start + 1, mention.span.end + 1, mention.span.text)
        return replace(draft, mentions=(replace(mention, span=wrong), *draft.mentions[1:]))

    monkeypatch.setattr(extracting, "LAYERS", (*extracting.LAYERS, ("lie", lie)))
    (result,) = copytaster.extract_many([STORY], nlp)
    assert isinstance(result, Failure)
    assert result.reason == "wrong_span"


def test_other_languages_and_withdrawn_articles_are_not_annotated(nlp: Language) -> None:
    """Each gives its row and nothing else."""
    french = Article(text="Nous sommes en retard.", language="fr-FR")
    withdrawn = Article(text="", id="ferry", op="delete")
    skipped, deleted = copytaster.extract_many([french, withdrawn], nlp)
    assert isinstance(skipped, Extraction)
    assert isinstance(deleted, Extraction)
    assert (skipped.status, skipped.mentions, len(skipped.blocks)) == ("skipped_language", (), 1)
    assert (deleted.status, deleted.sentences) == ("deleted", ())


@pytest.mark.parametrize("suffix", [".json", ".txt", ".html"])
def test_extract_shows_a_file(tmp_path: Path, suffix: str) -> None:
    """JSON, plain text and a page; readable, one table, or as rows."""
    file = tmp_path / f"story{suffix}"
    paragraphs = "".join(f"<p>{line}</p>" for line in STORY.text.split("\n"))
    file.write_text(
        {
            ".json": json.dumps({"title": STORY.title, "text": STORY.text, "published_at": "2026-03-06"}),
            ".txt": STORY.text,
            ".html": f"<html><head><title>x</title></head><body><article>{paragraphs}</article></body></html>",
        }[suffix],
        encoding="utf-8",
    )
    shown = CliRunner().invoke(app, ["extract", str(file)], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert "Ingrid Solheim" in shown.stdout
    assert "Events" in shown.stdout
    only = CliRunner().invoke(app, ["extract", str(file), "--table", "quotes", "--json"])
    assert "We were warned" in [row["text"] for row in json.loads(only.stdout)]
    assert "is no table" in CliRunner().invoke(app, ["extract", str(file), "--table", "stories"]).output
