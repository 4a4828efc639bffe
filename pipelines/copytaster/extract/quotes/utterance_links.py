"""Records of one utterance: a headline's quote and the body's, a sentence that is quoted twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from copytaster.records import Quote

WORD = re.compile(r"\w+")
SHORTEST = 3
"""Words that a repeated quote must have: "yes" and "no comment" are said again and again."""
SHARE = 0.75
"""Of a headline's words, how many must come in this order in the body's quote: headlines drop small words."""
LONGEST = 60
"""Words of a quote that are compared."""


def link_utterances(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """The quotes, in their order, with `same_as` set on the records that repeat another one."""
    words = [tuple(w.lower() for w in WORD.findall(" ".join(s.text for s in q.content)))[:LONGEST] for q in quotes]
    spoken = [n for n, q in enumerate(quotes) if q.kind != "indirect" and len(words[n]) >= SHORTEST]
    first_with: dict[tuple[str, ...], int] = {}
    linked = list(quotes)
    for number in spoken:
        if not quotes[number].is_headline:
            original = first_with.setdefault(words[number], number)
            if original != number:
                linked[number] = replace(quotes[number], same_as=original)
    body = [n for n in spoken if not quotes[n].is_headline and linked[n].same_as is None]
    for number, quote in enumerate(quotes):
        if quote.is_headline and quote.kind != "indirect" and len(words[number]) >= SHORTEST:
            best = max(body, key=lambda n: (common(words[number], words[n]), -n), default=None)
            if best is not None and common(words[number], words[best]) >= SHARE * len(words[number]):
                linked[number] = replace(quote, same_as=best)
                role = (quote.speaker_name or "").lower()
                is_named = role and role not in (quotes[best].speaker_title or "").lower().split()
                if not is_named and quote.kind == "direct":
                    # 'I heard a bang': Mum's terror; Mayor: 'I stay' – the body says whose words they are
                    said = quotes[best]
                    linked[number] = replace(
                        linked[number],
                        speaker_entity=said.speaker_entity,
                        speaker_name=said.speaker_name,
                        speaker_title=said.speaker_title,
                        source_chain=said.source_chain,
                        speaker_rule=said.speaker_rule and "speaker.in_body",
                    )
    return tuple(linked)


def common(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    """How many words of one come in the same order in the other (longest common subsequence)."""
    row = [0] * (len(long) + 1)
    for word in short:
        diagonal = 0
        for number, other in enumerate(long, start=1):
            above = row[number]
            row[number] = diagonal + 1 if word == other else max(above, row[number - 1])
            diagonal = above
    return row[-1]
