"""Sources named by a phrase: "according to the mayor", "in the words of the mayor"."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from copytaster.extract.quotes.attribution import Attribution
from copytaster.extract.quotes.content import trimmed
from copytaster.extract.quotes.cues import cue_words, person_nouns, source_words
from copytaster.extract.quotes.sources import party


def report_by_phrase(token: Token, taken: list[bool]) -> Iterator[Attribution]:
    """The report of "according to X, Y" and its like: the source is the object of the phrase, the content the clause around it."""
    words = cue_words("phrase")
    doc = token.doc
    word = token.lower_
    if word == "according":
        if token.i + 1 >= len(doc) or doc[token.i + 1].lower_ != "to":
            return
        preposition, last, cue = doc[token.i + 1], doc[token.i + 1], words["according to"]
    elif word == "in":
        phrase = "in the " + (doc[token.i + 2].lower_ if token.i + 3 < len(doc) else "") + " of"
        if phrase not in words or doc[token.i + 3].lower_ != "of":
            return
        preposition, last, cue = doc[token.i + 3], doc[token.i + 3], words[phrase]
    else:
        return
    target = next((c for c in preposition.children if c.dep_ in ("pobj", "pcomp")), None)
    if target is None:
        following = last.i + 1
        target = doc[following] if following < len(doc) else None
        while (
            target is not None
            and target.head.i > last.i
            and target.head != target
            and target.head.i - last.i < 12
            and target.head.pos_ in ("NOUN", "PROPN")
        ):
            target = target.head
    if target is None or is_measure(target):
        return
    source = party(target)
    sentence = token.sent
    phrase_first = token.i
    phrase_last = max(target.right_edge.i, source.last.i)
    if phrase_last >= sentence.end:
        phrase_last = source.last.i
    while phrase_last > source.last.i and doc[phrase_last].is_punct and doc[phrase_last].text not in (")", "]"):
        phrase_last -= 1
    low, high = sentence.start, sentence.end - 1
    pieces = []
    if all(doc[i].is_punct or doc[i].is_space or doc[i].pos_ in ("CCONJ", "ADV") for i in range(low, phrase_first)):
        # the phrase opens the sentence: the content begins after its comma
        comma = next(
            (i for i in range(source.last.i + 1, high + 1) if doc[i].text == "," and i >= min(phrase_last, high)), None
        )
        start = comma if comma is not None and comma <= phrase_last + 1 else phrase_last + 1
        ranges = [(start, high)]
    else:
        ranges = around_phrase(doc, low, phrase_first, phrase_last, high)
    for start, end in ranges:
        cut = trimmed(doc, start, end)
        if cut is not None and 2 * sum(taken[cut[0] : cut[1] + 1]) <= cut[1] + 1 - cut[0]:
            pieces.append((doc[cut[0]].idx, doc[cut[1]].idx + len(doc[cut[1]])))
    if pieces:
        yield Attribution("indirect", pieces, "according", token, token, last, cue, cue.act, cue.polarity, source)


def is_measure(target: Token) -> bool:
    """Whether what things accord to says nothing: "according to plan", "sorted according to district"."""
    if target.tag_ != "NN" or target.lower_ in person_nouns() or target.lower_ in source_words("evidence"):
        return False
    return target.lemma_.lower() not in source_words("document") and not any(
        child.dep_ in ("det", "poss", "amod", "compound", "nmod", "prep", "relcl", "acl") for child in target.children
    )


OPENING = frozenset(['"', "“", "``", "''", "‘", "'"])
FINITE = frozenset(["VBD", "VBZ", "VBP", "MD"])


def around_phrase(doc: Doc, low: int, first: int, last: int, high: int) -> list[tuple[int, int]]:
    """The content around a phrase in the midst of a sentence: before it, and behind it where the clause goes on there.

    "The bridge, according to Moran, was safe": both; "The bridge was safe, according to Moran, who …": before it;
    "The Post said that, according to Moran, the bridge was safe": behind it.
    """
    before, behind = (low, first - 1), (last + 2, high)
    words = [i for i in range(low, first) if not doc[i].is_punct and not doc[i].is_space]
    goes_on = last + 2 <= high and doc[last + 1].text == ","
    if words and doc[words[-1]].lower_ in ("that", "because") and goes_on:
        return [behind]
    if goes_on and doc[first].lower_ == "in" and (doc[last + 2].text in OPENING or doc[words[-1]].tag_ in FINITE):
        return [before, behind]  # The plan was, in the words of an aide, "a car crash"
    if len(words) < 3 and not goes_on:
        return []  # "That's according to Moran"
    is_complete = any(doc[i].tag_ in FINITE for i in words)
    is_open = bool(words) and doc[words[0]].pos_ == "SCONJ"  # "While most, according to Moran, were old, some …"
    if goes_on and (doc[last + 2].tag_ in FINITE or not is_complete or is_open):
        return [before, behind]
    return [before]
