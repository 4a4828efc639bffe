"""What every extractor is given: the article with its annotation, and who is who in it."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from copytaster.records import Article, Entity, Mention, Span, TextBlock


@dataclass(frozen=True, slots=True)
class Columns:
    """What the model says of each token, as lists as long as the Doc: to ask a token object for each costs several times as
    much. They are shared: a layer that changes one changes its own copy.
    """

    words: list[str]
    lemmas: list[str]
    pos: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    starts: list[int]
    """Offsets into the text."""
    opens_sentence: list[bool]

    @classmethod
    def of(cls, doc: Doc) -> Columns:
        """The columns of an annotated text."""
        strings = doc.vocab.strings
        columns = []
        for keys in doc.to_array(["ORTH", "LEMMA", "POS", "TAG", "DEP"]).T.tolist():
            names = {key: strings[key] for key in set(keys)}
            columns.append(list(map(names.__getitem__, keys)))
        words, lemmas, pos, tags, deps = columns
        heads, opening, spaces = doc.to_array(["HEAD", "SENT_START", "SPACY"]).view("int64").T.tolist()
        starts, at = [], 0
        for word, space in zip(words, spaces, strict=True):
            starts.append(at)
            at += len(word) + space
        return cls(
            words=words,
            lemmas=lemmas,
            pos=pos,
            tags=tags,
            deps=deps,
            heads=[i + step for i, step in enumerate(heads)],
            starts=starts,
            opens_sentence=[sign == 1 for sign in opening],
        )


@dataclass(frozen=True)
class Story:
    """An annotated article. `doc.text == text`, so a token's `idx` is its offset in the text; that is the article's full text
    without the line breaks inside of its paragraphs.
    """

    article: Article
    text: str
    doc: Doc
    blocks: tuple[TextBlock, ...]
    sentences: tuple[tuple[int, int], ...]
    """Offsets of the sentences without white space at their ends; none crosses a block."""

    @classmethod
    def of(cls, article: Article, doc: Doc, blocks: Sequence[TextBlock]) -> Story:
        """The story of an article whose full text, unwrapped, was parsed into `doc`."""
        text = doc.text
        sentences = []
        for sentence in doc.sents:
            words = [token for token in sentence if not token.is_space]
            if words:
                sentences.append((words[0].idx, words[-1].idx + len(words[-1])))
        return cls(article, text, doc, tuple(blocks), tuple(sentences))

    def span(self, first: Token, last: Token) -> Span:
        """The text from the first token to the last, both included."""
        return Span.cut(self.text, first.idx, last.idx + len(last))

    def cut(self, start: int, end: int) -> Span:
        """The text between two offsets."""
        return Span.cut(self.text, start, end)

    def sentence_at(self, offset: int) -> int:
        """Number of the sentence in which the offset lies; between two sentences, of the earlier one."""
        return max(0, bisect.bisect_right(self.sentences, offset, key=lambda s: s[0]) - 1)

    def block_at(self, offset: int) -> TextBlock:
        """The block in which the offset lies; between two blocks, the earlier one."""
        return self.blocks[max(0, bisect.bisect_right(self.blocks, offset, key=lambda b: b.start) - 1)]

    def token_at(self, offset: int) -> Token:
        """The token that covers the offset (or the last one before it)."""
        return self.doc[max(0, bisect.bisect_right(self.starts, offset) - 1)]

    @functools.cached_property
    def columns(self) -> Columns:
        """What the model says of each token."""
        return Columns.of(self.doc)

    @property
    def starts(self) -> list[int]:
        """The offset of each token."""
        return self.columns.starts


class Cast:
    """The entities of a story and, for each token, which of them it refers to."""

    def __init__(self, story: Story, entities: Sequence[Entity], mentions: Sequence[Mention]) -> None:
        self.entities = tuple(entities)
        self.mentions = tuple(mentions)
        self._by_head: dict[int, Mention] = {}
        self._by_token: dict[int, Mention] = {}
        # longer mentions first, so that what lies inside ("Venezuela" in "Venezuela's president") wins its own tokens
        for mention in sorted(mentions, key=lambda m: m.span.start - m.span.end):
            span = story.doc.char_span(mention.span.start, mention.span.end, alignment_mode="expand")
            if span is None or not len(span):
                continue
            for token in span:
                self._by_token[token.i] = mention
            self._by_head.setdefault(span.root.i, mention)

    def mention_of(self, token: Token) -> Mention | None:
        """The mention that the token is the head of, else the innermost one that covers it."""
        return self._by_head.get(token.i) or self._by_token.get(token.i)

    def mention_headed_by(self, token: Token) -> Mention | None:
        """The mention that the token is the syntactic head of."""
        return self._by_head.get(token.i)

    def entity_of(self, token: Token) -> Entity | None:
        """The entity that the token refers to."""
        mention = self.mention_of(token)
        return self.entities[mention.entity] if mention else None
