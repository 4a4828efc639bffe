"""Writes knowledge/en/common_words.tsv: English words that are words before they are names.

    pip install spacy-lookups-data && python tools/make_common_words.py

A word at the start of a sentence or in a headline has a capital either way. How often a form is seen in small letters
and how often with a capital (`en_lexeme_prob` of spacy-lookups-data, MIT) tells which words say nothing there.
"""

from __future__ import annotations

import gzip
import json
from importlib import resources
from pathlib import Path

TARGET = Path(__file__).parents[1] / "pipelines/copytaster/knowledge/en/common_words.tsv"
RAREST = -15.0
"""Natural logarithm of the share below which a word is too rare to be met."""

HEAD = """\
# English words by how much more often they are written small than with a capital (difference of natural logarithms).
# Source: en_lexeme_prob of spacy-lookups-data (MIT)
# Made by tools/make_common_words.py
word\tmargin
"""


def main() -> None:
    """Writes the file anew."""
    source = resources.files("spacy_lookups_data").joinpath("data/en_lexeme_prob.json.gz")
    share: dict[str, float] = json.loads(gzip.decompress(source.read_bytes()))
    rows = []
    for word, small in share.items():
        if not (word.isalpha() and word.isascii() and word.islower()) or len(word) < 2 or small < RAREST:
            continue
        margin = small - max(share.get(word.capitalize(), -20.0), share.get(word.upper(), -20.0))
        if margin > 0:
            rows.append(f"{word}\t{margin:.1f}\n")
    TARGET.write_text(HEAD + "".join(sorted(rows)), encoding="utf-8")


if __name__ == "__main__":
    main()
