"""Texts to spaCy Docs: load the model once, keep sentences inside paragraphs, and let one bad text harm no other."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

from copytaster import knowledge
from copytaster.arithmetic import keep_memory, use_fast_arithmetic
from copytaster.models import DEFAULT_MODEL, not_installed, version_of
from copytaster.records import TextBlock
from copytaster.rule_tables import use_tables
from copytaster.time_limit import MAX_ARTICLE_SECONDS, time_limit
from copytaster.unique_rows import embed_once

BATCH_SIZE = 8
"""Articles per batch: larger ones only cost memory (0.23 GB at 8, 1.4 GB at 128)."""

RUN_LENGTH = 500
LONG_RUN = re.compile(rf"\S{{{RUN_LENGTH},}}")
"""What is longer than any word or address: a drawing in characters, encoded data."""

ENDED_WORDS = 3_000
"""Of so many words the tokenizer remembers also how they stand before a comma or a full stop."""

SENTENCE_LENGTH = 200
"""Tokens after which a sentence is cut where none has ended: an endless list is no sentence, and rules that look at a whole
sentence for each of its words would take quadratic time."""

PART_LENGTH = 20_000
"""Code points that are annotated at once: the parser's memory grows with the text, so a long one goes in parts."""


def load_model(name: str = DEFAULT_MODEL) -> Language:
    """The spaCy pipeline of that name, ready for `extract`. Takes about a second; share it within a process.

    Raises OSError, naming the cure, when no such pipeline is installed. Limits numpy's linear algebra to one thread.
    """
    nlp = load_as_shipped(
        name, exclude=["ner"]
    )  # it costs more than all else, and what is a name the entities layer decides
    keep_memory()
    embed_once(nlp)
    use_fast_arithmetic(nlp)
    use_tables(nlp)
    warm_tokenizer(nlp)
    return nlp


def load_as_shipped(name: str = DEFAULT_MODEL, exclude: Sequence[str] = ()) -> Language:
    """The spaCy pipeline of that name as its makers ship it, but for pipes that are left out: what speed is measured against.

    Raises OSError like `load_model`.
    """
    try:
        return spacy.load(name, exclude=list(exclude))
    except OSError as error:
        raise OSError(not_installed(name)) from error


def warm_tokenizer(nlp: Language) -> None:
    """Lets the tokenizer remember what most English text is made of, which it would take apart anew in every batch: it
    remembers nothing that it first sees in a memory zone.
    """
    if nlp.lang != "en" or not isinstance(nlp.tokenizer, Tokenizer):
        return
    words = [row["word"] for row in knowledge.stream("en/frequent_words.tsv")]
    ended = [word + mark for word in words[:ENDED_WORDS] for mark in ",."]
    nlp.tokenizer.max_cache_size = max(nlp.tokenizer.max_cache_size, 2 * (len(words) + len(ended)))
    nlp.tokenizer(" ".join(words + ended))


def model_version(nlp: Language) -> str:
    """Name and version of the pipeline, e.g. `en_core_web_sm-3.8.0`, as rows carry it."""
    return version_of(nlp.meta)


def annotate(
    texts: Iterable[tuple[str, Sequence[TextBlock]]], nlp: Language, max_seconds: float = MAX_ARTICLE_SECONDS
) -> Iterator[Doc | Exception]:
    """A Doc, or the exception that its text raised, for each (full text, its blocks), in order. TooSlowError is one of them.

    A Doc's text equals the full text to the code point. Every block starts a sentence, so no sentence crosses a block.
    """
    batch: list[tuple[str, Sequence[TextBlock]]] = []
    for item in texts:
        batch.append(item)
        if len(batch) == BATCH_SIZE:
            yield from annotate_batch(batch, nlp, max_seconds)
            batch = []
    yield from annotate_batch(batch, nlp, max_seconds)


def annotate_batch(
    batch: Sequence[tuple[str, Sequence[TextBlock]]], nlp: Language, max_seconds: float
) -> Iterator[Doc | Exception]:
    """The Docs of one batch; when the batch fails, each text is tried alone so that only the bad one fails."""
    if not batch:
        return
    try:
        with time_limit(max_seconds):
            docs = annotate_together(batch, nlp)
    except (MemoryError, OSError):
        raise  # the machine's fault, not the text's
    except Exception as error:  # any failure of the model is the article's, to be told as such
        if len(batch) == 1:
            yield error
            return
        for item in batch:
            yield from annotate_batch([item], nlp, max_seconds)
        return
    yield from docs


def annotate_together(batch: Sequence[tuple[str, Sequence[TextBlock]]], nlp: Language) -> list[Doc]:
    """The Docs of one batch, all or nothing."""
    parts_of = [parts(text, blocks) for text, blocks in batch]
    unparsed = [
        with_sentence_starts(nlp.make_doc(text[start:end]), start, blocks)
        for (text, blocks), spans in zip(batch, parts_of, strict=True)
        for start, end in spans
    ]
    # the parser takes a quarter of what it is given at once, and needs half as long again for two Docs a time as for eight
    parsed = iter(nlp.pipe(unparsed, batch_size=4 * BATCH_SIZE))
    docs = []
    for (text, _), spans in zip(batch, parts_of, strict=True):
        pieces = [next(parsed) for _ in spans]
        doc = pieces[0] if len(pieces) == 1 else Doc.from_docs(pieces, ensure_whitespace=False)
        if doc is None or doc.text != text:
            raise ValueError(f"the tokenizer changed the text of {len(text)} code points")
        docs.append(doc)
    return docs


def parts(text: str, blocks: Sequence[TextBlock]) -> list[tuple[int, int]]:
    """Cuts that cover the whole text, each at most `PART_LENGTH` long, at a block's start or else after white space.

    A run of characters without white space is cut too when it is longer than any word: the tokenizer takes quadratic time
    for it (20,000 quotation marks: 43 s).
    """
    runs = [at for run in LONG_RUN.finditer(text) for at in range(run.start(), run.end() + 1, RUN_LENGTH)]
    cuts = [0]
    starts = sorted({block.start for block in blocks})
    for stop in [*(at for at in runs if at), len(text)]:
        while stop - cuts[-1] > PART_LENGTH:
            limit = cuts[-1] + PART_LENGTH
            block = bisect.bisect_right(starts, limit) - 1
            at_block = starts[block] if block >= 0 and starts[block] > cuts[-1] else 0
            at_space = max(text.rfind(" ", cuts[-1], limit), text.rfind("\n", cuts[-1], limit)) + 1
            cuts.append(at_block or (at_space if at_space > cuts[-1] else limit))
        if cuts[-1] < stop < len(text):
            cuts.append(stop)
    return list(zip(cuts, [*cuts[1:], len(text)], strict=True))


def with_sentence_starts(doc: Doc, offset: int, blocks: Sequence[TextBlock]) -> Doc:
    """The Doc with a sentence start at each block that begins in it, and where a sentence would have no end; `offset` is where
    the Doc begins in the text.
    """
    starts = {block.start - offset for block in blocks}
    length = 0
    for token in doc:
        length += 1
        if token.i > 0 and (token.idx in starts or length > SENTENCE_LENGTH):
            token.is_sent_start = True
            length = 1
        elif token.text in (".", "!", "?"):
            length = 0
    return doc
