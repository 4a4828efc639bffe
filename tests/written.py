r"""Docs from written annotations, so that rule tests need no model and no model upgrade can break them.

A file holds texts; each opens with `# text = …` (JSON string, line breaks as \n) and has one token a line, tab-separated:

    form  lemma  POS  tag  morph  head  dep  entity

`head` is the number of the token's head in this text from 0 (a root names itself); `entity` is spaCy's type with B- or I-,
or O. White space between tokens is read off the text. Files are made with

    python tests/written.py SENTENCES.txt > FILE.tsv      (one text a line, \n for a break)

which lets the model write the first draft; correct what it got wrong by hand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import spacy
from spacy.tokens import Doc
from spacy.vocab import Vocab

from copytaster.extract.story import Story
from copytaster.records import Article
from copytaster.structure import text_blocks


def read_docs(path: Path, vocab: Vocab | None = None) -> dict[str, Doc]:
    """The Docs of a file by their text."""
    vocab = vocab or spacy.blank("en").vocab
    docs = {}
    for part in path.read_text(encoding="utf-8").split("\n\n"):
        lines = part.strip("\n").split("\n")
        if not lines or not lines[0].startswith("# text = "):
            continue
        text = json.loads(lines[0].removeprefix("# text = "))
        docs[text] = build_doc(text, [json_cells(line) for line in lines[1:]], vocab)
    return docs


def json_cells(line: str) -> list[str]:
    """The cells of a token line; a form of white space is written as a JSON string."""
    cells = line.split("\t")
    return [json.loads(cell) if cell.startswith('"\\') or cell == '" "' else cell for cell in cells]


def build_doc(text: str, tokens: list[list[str]], vocab: Vocab) -> Doc:
    """The Doc of one text; raises ValueError where the tokens do not spell it."""
    words, spaces, at = [], [], 0
    for form, *_ in tokens:
        if not text.startswith(form, at):
            raise ValueError(f"token {form!r} does not stand at {at} of {text!r}")
        at += len(form)
        has_space = text.startswith(" ", at)
        at += has_space
        words.append(form)
        spaces.append(bool(has_space))
    if at != len(text):
        raise ValueError(f"tokens end at {at} of {len(text)}: {text!r}")
    column = list(zip(*tokens, strict=True))
    return Doc(
        vocab,
        words=words,
        spaces=spaces,
        lemmas=list(column[1]),
        pos=list(column[2]),
        tags=list(column[3]),
        morphs=["" if m == "_" else m for m in column[4]],
        heads=[int(head) for head in column[5]],
        deps=list(column[6]),
        ents=list(column[7]),
    )


def story_of(doc: Doc, *, title: str = "", published_at: datetime | None = None) -> Story:
    """The story of a written Doc whose text is the article's full text."""
    body = doc.text[len(title) + 2 :] if title else doc.text
    article = Article(text=body, title=title, id="written", published_at=published_at, language="en")
    return Story.of(article, doc, text_blocks(article.full_text, title))


def write_doc(doc: Doc) -> Iterator[str]:
    """The lines of one text, as `read_docs` reads them."""
    yield "# text = " + json.dumps(doc.text, ensure_ascii=False)
    for t in doc:
        form = json.dumps(t.text) if t.is_space else t.text
        lemma = json.dumps(t.lemma_) if t.is_space else t.lemma_
        entity = "O" if t.ent_iob_ in ("O", "") else f"{t.ent_iob_}-{t.ent_type_}"
        yield "\t".join([form, lemma, t.pos_, t.tag_, str(t.morph) or "_", str(t.head.i), t.dep_, entity])
    yield ""


def main() -> None:
    """Writes the model's annotation of each line of a file."""
    from copytaster.annotate import annotate, load_model

    texts = [line.replace("\\n", "\n") for line in Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")]
    texts = list(dict.fromkeys(text for text in texts if text.strip()))
    for doc in annotate(((text, text_blocks(text)) for text in texts), load_model()):
        if isinstance(doc, Exception):
            raise doc
        print("\n".join(write_doc(doc)))


if __name__ == "__main__":
    main()
