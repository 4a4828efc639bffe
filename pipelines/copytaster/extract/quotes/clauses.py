"""Clauses as the parser gives them, and where it is known to err: subject, agent, voice."""

from __future__ import annotations

from spacy.tokens import Token

SUBJECTS = frozenset(["nsubj", "nsubjpass", "csubj", "csubjpass", "expl"])
NOMINAL = frozenset(["NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET", "X"])
INQUIRING = frozenset(["ask", "press", "question", "quiz"])


def clause_subject(verb: Token) -> Token | None:
    """The head of the verb's own subject, to be found among its children."""
    for child in verb.children:
        if child.dep_ in SUBJECTS:
            return child
    return None


def agent(verb: Token) -> Token | None:
    """The head of the by-phrase of a passive verb."""
    for child in verb.children:
        if child.dep_ in ("agent", "prep") and child.lower_ == "by":
            for grandchild in child.children:
                if grandchild.dep_ == "pobj":
                    return grandchild
    return None


def is_passive(verb: Token) -> bool:
    """Whether the verb stands in the passive, be it in a clause or as a participle after a noun."""
    if any(child.dep_ in ("nsubjpass", "auxpass", "csubjpass") for child in verb.children) or was_asked(verb):
        return True
    if verb.lemma_ in ("ask", "press", "tell", "quote") and verb.dep_ == "advcl" and verb.tag_ in ("VBD", "VBN"):
        return clause_subject(verb) is None  # when asked whether …, he said
    if misread_subject(verb) is not None:
        return False
    return verb.tag_ == "VBN" and verb.dep_ in ("acl", "advcl", "amod") and not has_auxiliary(verb)


def misread_subject(verb: Token) -> Token | None:
    """The subject of a simple past taken for a participle: "The paper, citing two aides, [reported] that he had left".

    The noun is then the root of a sentence without another verb; a headline may be such a phrase ("Man accused of …"), but
    its participle governs no clause.
    """
    if verb.dep_ != "acl" or verb.tag_ not in ("VBN", "VBD") or agent(verb) is not None or has_auxiliary(verb):
        return None
    noun = verb.sent.root
    if noun.pos_ not in NOMINAL or noun.i > verb.i or (verb.head != noun and verb.doc[verb.i - 1].text != ","):
        return None
    if verb.doc[noun.right_edge.i].text not in (".", ":", ",", '"', "”"):
        return None
    governs = any(
        child.dep_ == "ccomp" or (child.text == ":" and child.dep_ == "punct")
        for child in [*verb.children, *noun.children]
        if child.i > verb.i
    )
    return noun if governs else None


def was_asked(verb: Token) -> bool:
    """Whether a participle set off by commas is taken for the verb of its sentence: "Moran, [asked about it], said"."""
    if verb.lemma_ not in INQUIRING or verb.tag_ not in ("VBD", "VBN"):
        return False
    if verb.i == 0 or verb.nbor(-1).text != ",":
        return False
    subject = clause_subject(verb)
    return subject is not None and subject.i < verb.i - 1 and not has_auxiliary(verb)


def has_auxiliary(verb: Token) -> bool:
    """Whether an auxiliary other than "to" goes with the verb."""
    return any(child.dep_ == "aux" and child.lower_ != "to" for child in verb.children)
