"""Predicates of which a part stands in marks, which hide them from the parser: called the plan "a disgrace"."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from copytaster.extract.quotes.attribution import Complement

PREDICATE_MAX = 14
"""Tokens after "called" within which the quoted predicate must begin."""


def predicate_in_marks_end(verb: Token, number: int, fragments: dict[int, tuple[int, int]]) -> int:
    """The end of a noun phrase part of which stands in marks: called them ["thugs" and worse], it [a "rough week" for all]."""
    doc = verb.doc
    last = fragments[number][1]
    end = min(len(doc), last + PREDICATE_MAX)
    for following in range(last + 1, end):
        # called the claim of a "right to know" over her emails "absurd": the predicate comes last
        if following in fragments:
            return fragments[following][1]
        if doc[following].pos_ in ("VERB", "AUX", "CCONJ", "SCONJ") or doc[following].text in (
            ",",
            ".",
            ";",
            ":",
            "!",
            "?",
        ):
            break
    behind = last + 1
    while behind < len(doc) and doc[behind].text in ('"', "”", "''", "’", "'"):
        behind += 1
    head = doc[last]
    if behind >= len(doc) or head.pos_ not in ("NOUN", "PROPN") or doc[behind].head != head:
        return max(last, head.right_edge.i if head.head.i >= number else last)
    if doc[behind].dep_ in ("prep", "cc") and doc[behind].lower_ not in (
        "after",
        "because",
        "since",
        "while",
        "during",
    ):
        edge = head.right_edge.i
        stop = next((i - 1 for i in range(behind, edge) if doc[i].text in (",", ";", ":", "—", "–")), edge)
        return max(last, stop)
    return last


def quoted_predicate(verb: Token, fragments: dict[int, tuple[int, int]]) -> Iterator[Complement]:
    """The object and the quoted predicate of "called the plan 'a disgrace'", which marks hide from the parser."""
    doc = verb.doc
    if verb.pos_ != "VERB" or (verb.i + 1 < len(doc) and doc[verb.i + 1].lower_ in ("for", "on", "in", "off")):
        return  # 'called for talks "at once"': no predicate
    for number in range(verb.i + 1, min(len(doc), verb.i + PREDICATE_MAX)):
        if number in fragments:
            yield Complement("sc", verb.i + 1, predicate_in_marks_end(verb, number, fragments))
            return
        if (
            doc[number].text in (";", ":", ".", "?", "!")
            or (doc[number].pos_ in ("VERB", "SCONJ") and not (number == verb.i + 1 and doc[number].lower_ == "that"))
            or doc[number].is_sent_start
        ):
            return
