"""One article in, everything that can be found in it out.

`extract` runs the layers in an order that each of them needs: names first (entities), then who is meant by "he" and
"the president" (coreference), where the places lie (places), when things are said to happen (times), who said what
(quotes, which need the speakers), and what happened (events, which need all of these). No layer goes back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from copytaster.annotate import BATCH_SIZE, annotate, model_version
from copytaster.extract import coreference, entities, events, places, quotes, times
from copytaster.extract.labels import label_names, label_times
from copytaster.extract.story import Cast, Story
from copytaster.records import (
    Article,
    Entity,
    Event,
    Extraction,
    Failure,
    Mention,
    Quote,
    Span,
    TextBlock,
    TimeExpression,
    TooSlowError,
)
from copytaster.structure import text_blocks
from copytaster.time_limit import MAX_ARTICLE_SECONDS, time_limit
from copytaster.wrapping import Unwrapped, unwrap

LANGUAGES = frozenset({"en"})
"""Languages that there is a model for; articles in others are kept, and skipped."""


@dataclass(frozen=True)
class Draft:
    """A story and what the layers so far have found in it."""

    story: Story
    """The article as the model reads it: without the line breaks inside of its paragraphs."""
    unwrapped: Unwrapped
    """Where that text stands in the stored one."""
    entities: tuple[Entity, ...] = ()
    mentions: tuple[Mention, ...] = ()
    times: tuple[TimeExpression, ...] = ()
    quotes: tuple[Quote, ...] = ()
    events: tuple[Event, ...] = ()
    failure: Failure | None = None
    """What the first layer that failed failed with."""
    missing: frozenset[str] = frozenset()
    """Tables that the article cannot have all rows of."""
    seconds: dict[str, float] = field(default_factory=dict)
    seconds_left: float = MAX_ARTICLE_SECONDS
    """CPU seconds that the layers to come may take."""

    @property
    def cast(self) -> Cast:
        """Who is who, as far as the layers before this one know."""
        return Cast(self.story, self.entities, self.mentions)


def add_entities(draft: Draft) -> Draft:
    """Adds the named entities and their mentions by name."""
    found, mentions = entities.find_entities(draft.story)
    label_names(draft.story, found, mentions)
    return replace(draft, entities=found, mentions=mentions)


def add_coreference(draft: Draft) -> Draft:
    """Adds mentions by description and pronoun, and the unnamed entities that only these have."""
    found, mentions = coreference.resolve(draft.story, draft.entities, draft.mentions)
    return replace(draft, entities=found, mentions=mentions)


def add_places(draft: Draft) -> Draft:
    """Adds country and coordinates to the entities that are places, and marks capitals that stand for a government."""
    located = places.locate(draft.story, draft.entities, draft.mentions)
    return replace(draft, entities=located, mentions=places.mark_metonyms(draft.story, located, draft.mentions))


def add_times(draft: Draft) -> Draft:
    """Adds the time expressions."""
    found = times.find_times(draft.story)
    label_times(draft.story, found)
    return replace(draft, times=found)


def add_quotes(draft: Draft) -> Draft:
    """Adds the quotes, the mentions of their speakers by "I" and "we", and with all mentions known the entities' salience."""
    found = quotes.find_quotes(draft.story, draft.cast)
    mentions = coreference.resolve_first_person(draft.story, draft.cast, found)
    ranked = entities.with_salience(draft.story, draft.entities, mentions)
    return replace(draft, quotes=found, mentions=mentions, entities=ranked)


def add_events(draft: Draft) -> Draft:
    """Adds the events."""
    return replace(draft, events=events.find_events(draft.story, draft.cast, draft.times, draft.quotes))


LAYERS: tuple[tuple[str, Callable[[Draft], Draft]], ...] = (
    ("entities", add_entities),
    ("coreference", add_coreference),
    ("places", add_places),
    ("times", add_times),
    ("quotes", add_quotes),
    ("events", add_events),
)
"""Each layer's name, as graph, metrics and manifests show it, and what it does."""

OF_NAMES = frozenset({"entities", "mentions", "quotes", "events"})
WITHOUT: Mapping[str, frozenset[str]] = {
    "entities": OF_NAMES,
    "coreference": OF_NAMES,
    "places": OF_NAMES,
    "times": frozenset({"times", "events"}),
    "quotes": OF_NAMES,
    "events": frozenset({"events"}),
}
"""Which tables an article cannot have when a layer fails on it: a table has all of an article's rows or none of them."""


def run_layer(name: str, layer: Callable[[Draft], Draft], draft: Draft) -> Draft:
    """The draft after one layer, with the time that it took. Raises TooSlowError where no time is left for it."""
    begin, cpu = time.perf_counter(), time.thread_time()
    with time_limit(draft.seconds_left):
        done = layer(draft)
    spent = {**draft.seconds, name: time.perf_counter() - begin}
    return replace(done, seconds=spent, seconds_left=draft.seconds_left - (time.thread_time() - cpu))


def start_draft(article: Article, doc: Doc, blocks: Sequence[TextBlock], unwrapped: Unwrapped | None = None) -> Draft:
    """The draft of an article before the first layer. `doc` is its full text, or that unwrapped, annotated within these
    blocks.
    """
    return Draft(Story.of(article, doc, blocks), unwrapped or Unwrapped(article.full_text))


def finish_draft(draft: Draft, version: str) -> Extraction | Failure:
    """What was found, without the annotation; a failure where a span does not say what stands there. `version` is the model's."""
    nothing: dict[str, Any] = dict.fromkeys(draft.missing, ())
    draft = replace(draft, **nothing)
    text = draft.story.text
    for span in spans_of(draft):
        if text[span.start : span.end] != span.text:
            wrong = f"span [{span.start}, {span.end}) says {span.text!r}, the text {text[span.start : span.end]!r}"
            return Failure("extract", "wrong_span", wrong[:1000])
    stored = as_stored(draft) if draft.unwrapped.is_changed else draft
    return Extraction(
        article=draft.story.article,
        blocks=stored.story.blocks,
        sentences=stored.story.sentences,
        entities=stored.entities,
        mentions=stored.mentions,
        times=stored.times,
        quotes=stored.quotes,
        events=stored.events,
        failure=draft.failure,
        missing_tables=tuple(sorted(draft.missing)),
        model_version=version,
        seconds=draft.seconds,
    )


def as_stored(draft: Draft) -> Draft:
    """The draft with the offsets of the article's stored text, and what stands there."""
    text, unwrapped = draft.story.article.full_text, draft.unwrapped

    def at(span: Span) -> Span:
        return Span.cut(text, *unwrapped.stored(span.start, span.end))

    def or_none(span: Span | None) -> Span | None:
        return span and at(span)

    story = replace(
        draft.story,
        blocks=tuple(TextBlock(block.kind, *unwrapped.stored(block.start, block.end)) for block in draft.story.blocks),
        sentences=tuple(unwrapped.stored(*sentence) for sentence in draft.story.sentences),
    )
    return replace(
        draft,
        story=story,
        mentions=tuple(replace(mention, span=at(mention.span)) for mention in draft.mentions),
        times=tuple(replace(found, span=at(found.span)) for found in draft.times),
        quotes=tuple(
            replace(
                quote,
                span=at(quote.span),
                content=tuple(map(at, quote.content)),
                cue=or_none(quote.cue),
                speaker=or_none(quote.speaker),
            )
            for quote in draft.quotes
        ),
        events=tuple(replace(event, trigger=at(event.trigger), sentence=at(event.sentence)) for event in draft.events),
    )


def spans_of(draft: Draft) -> Iterator[Span]:
    """Every span of a draft that a row will carry."""
    yield from (mention.span for mention in draft.mentions)
    yield from (time.span for time in draft.times)
    for quote in draft.quotes:
        yield from (span for span in (quote.span, *quote.content, quote.cue, quote.speaker) if span is not None)
    for event in draft.events:
        yield from (event.trigger, event.sentence)


def unextracted(article: Article, version: str) -> Extraction | None:
    """The whole result where there is nothing to extract: a withdrawn article, or a language without a model."""
    if article.op == "delete":
        return Extraction(article=article, status="deleted", model_version=version)
    if article.language and article.language.split("-")[0].lower() not in LANGUAGES:
        unwrapped = unwrap(article.full_text, article.title)
        found = text_blocks(unwrapped.text, article.title)
        blocks = tuple(TextBlock(block.kind, *unwrapped.stored(block.start, block.end)) for block in found)
        return Extraction(article=article, blocks=blocks, status="skipped_language", model_version=version)
    return None


def extract_many(
    articles: Iterable[Article], nlp: Language, max_seconds: float = MAX_ARTICLE_SECONDS
) -> Iterator[Extraction | Failure]:
    """What is found in each article, in order; a `Failure` for an article that the model fails on, or that takes more than
    `max_seconds` of CPU time. Where a layer fails the `Extraction` tells it (`failure`, `missing_tables`).

    Articles are annotated in batches of `BATCH_SIZE`. A language other than `LANGUAGES` gives an `Extraction` with
    `status = "skipped_language"`; an article without a language is taken to be English.
    """
    version = model_version(nlp)
    remaining = iter(articles)
    while batch := list(islice(remaining, BATCH_SIZE)):
        # strings that the batch brings are forgotten with it, or a streaming job would grow for ever
        with nullcontext() if getattr(nlp.vocab, "in_memory_zone", False) else nlp.memory_zone():
            results = list(extract_batch(batch, nlp, version, max_seconds))
        yield from results


def extract_batch(
    batch: Sequence[Article], nlp: Language, version: str, max_seconds: float
) -> Iterator[Extraction | Failure]:
    """`extract_many` for one batch."""
    for draft in draft_batch(batch, nlp, version, max_seconds):
        for name, layer in LAYERS:
            if isinstance(draft, Draft):
                draft = attempt_layer(name, layer, draft)
        yield finish_draft(draft, version) if isinstance(draft, Draft) else draft


def draft_batch(
    batch: Sequence[Article], nlp: Language, version: str, max_seconds: float = MAX_ARTICLE_SECONDS
) -> Iterator[Draft | Extraction | Failure]:
    """Each article's annotated draft, or its final result where there is nothing to annotate."""
    ready = {i: done for i, article in enumerate(batch) if (done := unextracted(article, version))}
    waiting = [article for i, article in enumerate(batch) if i not in ready]
    begin = time.perf_counter()
    unwrapped = [unwrap(article.full_text, article.title) for article in waiting]
    texts = [(one.text, text_blocks(one.text, article.title)) for one, article in zip(unwrapped, waiting, strict=True)]
    docs = list(annotate(texts, nlp, max_seconds))
    seconds = (time.perf_counter() - begin) / max(1, len(waiting))
    annotated = zip(docs, texts, unwrapped, strict=True)
    for i, article in enumerate(batch):
        if i in ready:
            yield ready[i]
            continue
        doc, (_, blocks), one = next(annotated)
        if isinstance(doc, Exception):
            yield Failure.of("annotate", doc)
        else:
            draft = start_draft(article, doc, blocks, one)
            yield replace(draft, seconds={"annotate": seconds}, seconds_left=max_seconds)


def attempt_layer(name: str, layer: Callable[[Draft], Draft], draft: Draft) -> Draft | Failure:
    """The draft after one layer. Where it fails, and after that, the article goes on without the tables that need it.

    One that takes too long fails whole: how far it came depends on the machine, and rows must not.
    """
    lost = WITHOUT.get(name, frozenset())
    if lost and lost <= draft.missing:
        return draft
    try:
        return run_layer(name, layer, draft)
    except (MemoryError, OSError):
        raise  # the machine's fault, not the article's: another try may do better
    except TooSlowError as error:
        return Failure.of("extract", error, where=name)
    except Exception as error:  # a layer that breaks on one article must not stop the others
        failure = draft.failure or Failure.of("extract", error, where=name)
        return replace(draft, failure=failure, missing=draft.missing | lost)


def extract(article: Article, nlp: Language) -> Extraction:
    """All that can be found in one article: entities, mentions, quotes, times, events.

    `nlp` comes from `load_model`. Raises RuntimeError, naming the layer, where an extractor fails; `extract_many` gives
    a `Failure` instead.
    """
    (result,) = extract_many([article], nlp)
    failure = result if isinstance(result, Failure) else result.failure
    if isinstance(result, Failure) or failure is not None:
        raise RuntimeError(f"article {article.id!r}: {failure.message if failure else ''}")
    return result
