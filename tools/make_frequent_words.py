"""Writes knowledge/en/frequent_words.tsv: the word forms that most English text is made of.

    pip install spacy-lookups-data && python tools/make_frequent_words.py

The tokenizer is shown them once at start, so that it need not take each of them apart in every batch.
"""

from __future__ import annotations

import gzip
import json
from importlib import resources
from pathlib import Path

TARGET = Path(__file__).parents[1] / "pipelines/copytaster/knowledge/en/frequent_words.tsv"
NUMBER = 10_000

HEAD = """\
# The word forms that most English text is made of, most frequent first.
# Source: en_lexeme_prob of spacy-lookups-data (MIT)
# Made by tools/make_frequent_words.py
word
"""


def main() -> None:
    """Writes the file anew."""
    source = resources.files("spacy_lookups_data").joinpath("data/en_lexeme_prob.json.gz")
    share: dict[str, float] = json.loads(gzip.decompress(source.read_bytes()))
    forms = [form for form in share if form.isascii() and form.isalpha()]
    forms.sort(key=lambda form: (-share[form], form))
    TARGET.write_text(HEAD + "".join(f"{form}\n" for form in forms[:NUMBER]), encoding="utf-8")


if __name__ == "__main__":
    main()
