"""A word and what hangs on it in the parse: the smallest questions, which all the others are made of."""

from __future__ import annotations

from spacy.tokens import Token

RELATIVES = frozenset({"who", "whom", "which", "that"})


TIMES = frozenset({"DATE", "TIME"})


CURRENCIES = frozenset({"euro", "dollar", "pound", "yen", "franc", "rupee", "rouble", "ruble", "yuan", "krona", "peso"})


def lemma_of(token: Token) -> str:
    """The lemma in lower case; of a verb whose -e the lemmatiser ate ("staged" → "stag"), with it."""
    lemma = token.lemma_.lower()
    if token.tag_ in ("VBD", "VBN", "VBG", "VBZ") and token.lower_.startswith(lemma):
        rest = token.lower_[len(lemma) :]
        if rest in ("ed", "ing") and lemma[-1:] in "gcszv" and not lemma.endswith(("ss", "zz", "ng", "sc", "gg", "x")):
            return lemma + "e"
    return lemma


def is_verbal(token: Token) -> bool:
    """Whether the token heads a clause: a verb, or a word that the tagger took for a noun though it has an object."""
    if token.pos_ in ("VERB", "AUX"):
        return True
    return token.pos_ in ("NOUN", "PROPN", "ADJ") and any(
        c.dep_ in ("dobj", "nsubj", "nsubjpass") for c in token.children
    )


def own(verb: Token, *deps: str) -> list[Token]:
    """The direct dependents of these kinds."""
    return [child for child in verb.children if child.dep_ in deps]
