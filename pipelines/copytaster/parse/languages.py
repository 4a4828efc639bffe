"""Language tags: as given, in the form of BCP 47; where none is given, detected from the text."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from itertools import islice

SAMPLE = 2_000
"""Code points that detection looks at: more changes nothing but the time."""

FEWEST_LETTERS = 20
"""Below this, detection guesses."""

TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
UNKNOWN = frozenset({"und", "mul", "zxx", "mis"})


def language_tag(given: str) -> str | None:
    """The tag in the form of BCP 47: `en_US` is `en-US`, `eng` is `en`; None where it names no single language."""
    tag = given.strip().replace("_", "-")
    if not TAG.fullmatch(tag):
        return None
    language, _, rest = tag.partition("-")
    language = language.lower()
    if language in UNKNOWN:
        return None
    if len(language) == 3:  # the standard wants the shortest code there is
        language = shortest_codes().get(language, language)
    return f"{language}-{rest}" if rest else language


def detect_language(text: str) -> str | None:
    """The language that the beginning of a text is in; None where there are too few letters to tell."""
    sample = text[:SAMPLE]
    if next(islice(filter(str.isalpha, sample), FEWEST_LETTERS - 1, None), None) is None:
        return None
    return detector()(sample)[0]


@functools.cache
def detector() -> Callable[[str], tuple[str, float]]:
    """py3langid's classifier, which takes a moment to load."""
    import py3langid

    classify: Callable[[str], tuple[str, float]] = py3langid.classify
    return classify


@functools.cache
def shortest_codes() -> dict[str, str]:
    """Two-letter codes of the languages that also have three-letter ones (ISO 639-2), from CLDR."""
    from babel.core import get_global

    aliases: dict[str, str] = dict(get_global("language_aliases"))
    return {long: short for long, short in aliases.items() if len(long) == 3 and len(short) == 2}
