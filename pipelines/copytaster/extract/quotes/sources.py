"""The source of an attribution in its own clause: subject, agent, possessor, or whoever an omitted subject stands for."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from copytaster.extract.quotes.attribution import Party
from copytaster.extract.quotes.clauses import (
    NOMINAL,
    agent,
    clause_subject,
    is_passive,
    misread_subject,
    was_asked,
)
from copytaster.extract.quotes.cues import source_words

CUE_SIDE = frozenset(["nsubj", "nsubjpass", "aux", "auxpass", "neg", "expl", "csubj"])
"""Dependents that belong to the cue's own clause."""
RELATIVES = frozenset(["who", "which", "that", "whom", "whose"])
CLIMB_MAX = 8
INDEFINITE = frozenset(["one", "another", "some", "others", "several", "many", "few", "both"])
"""Words that stand for a noun phrase: "…," tweeted one."""
QUOTING = frozenset(["quote", "cite"])


def source_of_verb(verb: Token) -> Token | None:
    """The head of the noun phrase that a verb's content comes from.

    "X said" → X; "said X" → X; "was told by X" → X; "X was quoted as saying" → X; "adding that …" → the subject of the
    clause it hangs on; "a letter saying" → letter; "it was reported that" → nobody.
    """
    if clause_subject(verb) is None:
        for child in verb.children:
            if child.i < verb.i and was_asked(child):
                return clause_subject(child)
    current, climbed = verb, 0
    while climbed < CLIMB_MAX:
        climbed += 1
        if is_passive(current):
            by = agent(current)
            if current == verb:
                return by
            if by is not None and current.lemma_ not in ("quote", "cite", "hear", "see", "record", "overhear"):
                return by
        if current.tag_ == "VBG" and (absolute := absolute_subject(current)) is not None:
            return absolute
        subject = clause_subject(current)
        if subject is not None:
            if subject.lower_ in RELATIVES and current.dep_ == "relcl":
                return current.head
            if subject.dep_ == "expl" or is_impersonal(subject, current):
                return None
            return subject
        above = current.head
        if above == current:
            return None
        if (misread := misread_subject(current)) is not None:
            return misread
        if current.dep_ in ("relcl", "acl") and above.pos_ in NOMINAL:
            # "in a statement saying": the statement; "a proposal to ban": whoever proposes
            if current.tag_ == "VBG" and above.dep_ in ("dobj", "pobj") and issues(above):
                current = above.head  # "issued a statement saying": whoever issued it
                continue
            if current.tag_ == "VBG" or (current.dep_ == "relcl" and current.tag_ != "VB"):
                return above
            if current.tag_ == "VB" and above.dep_ in ("dobj", "pobj") and above.head.pos_ in ("VERB", "ADP"):
                current = above.head  # "took pains to say": whoever took them
                continue
            return None
        if (quoted := quoted_party(current)) is not None:
            return quoted
        if current.dep_ == "xcomp" or (current.dep_ == "ccomp" and current.tag_ == "VB"):
            controller = controlling_object(above, current)
            if controller is not None:
                return controller
        if current.dep_ in (
            "conj",
            "xcomp",
            "advcl",
            "pcomp",
            "ccomp",
            "prep",
            "dep",
            "parataxis",
            "acl",
            "aux",
            "auxpass",
            "ROOT",
            "advmod",
            "acomp",
        ):
            current = above
            continue
        return None
    return None


def quoted_party(verb: Token) -> Token | None:
    """Who is quoted, where somebody else quotes: "the agency quoted [the minister] as saying"."""
    above = verb.head
    if verb.dep_ != "pcomp" or above.lower_ != "as":
        return None
    governor = above.head
    if governor.dep_ == "dobj" and governor.head.lemma_ in QUOTING:
        return governor if not is_passive(governor.head) else None  # the parser hangs "as" on the noun
    if governor.lemma_ not in QUOTING or is_passive(governor):
        return None
    return next((child for child in governor.children if child.dep_ == "dobj"), None)


def absolute_subject(verb: Token) -> Token | None:
    """The subject of a participle after "with" that an apposition has cut off from it for the parser.

    "…, with its leader, Joan Pike, accusing the company" → Joan Pike.
    """
    if verb.i == 0 or verb.doc[verb.i - 1].text != ",":
        return None
    for child in verb.head.children:
        if child.dep_ == "prep" and child.lower_ == "with" and child.i < verb.i:
            for party in child.children:
                if party.dep_ == "pobj" and party.right_edge.i in (verb.i - 1, verb.i - 2):
                    return next((c for c in party.children if c.dep_ == "appos" and c.pos_ == "PROPN"), party)
    return None


def issues(document: Token) -> bool:
    """Whether somebody is named who issues the document: "put out a statement saying", "responded in a letter saying"."""
    governor = document.head
    if document.dep_ == "pobj":
        return governor.lower_ in ("in", "with", "by") and governor.head.pos_ == "VERB"
    return governor.lemma_ in source_words("bearer")


def nominal_before(verb: Token, start: int) -> Token | None:
    """The noun phrase next before a verb, in no prepositional phrase and in no brackets."""
    doc = verb.doc
    depth = 0
    for number in range(verb.i - 1, start - 1, -1):
        token = doc[number]
        if token.text in (")", "]"):
            depth += 1
        elif token.text in ("(", "["):
            depth = max(0, depth - 1)
        elif token.tag_ in ("VBD", "VBZ", "VBP") or token.text in (";", ":"):
            return None
        elif depth == 0 and token.pos_ in ("PROPN", "NOUN", "PRON") and token.lower_ not in ("it", "there"):
            if token.dep_ in ("pobj", "npadvmod", "dobj") or token.ent_type_ in ("DATE", "TIME"):
                continue
            if token.dep_ in ("compound", "amod") and token.head.dep_ == "pobj" and token.head.i < verb.i:
                continue
            for _ in range(CLIMB_MAX):
                above = token.head
                if not start <= above.i < verb.i or above.pos_ not in NOMINAL or above == token or above.dep_ == "pobj":
                    break
                token = above
            return token
    return None


def controlling_object(verb: Token, infinitive: Token) -> Token | None:
    """The object that does what the infinitive says: "asked him to say" → him."""
    if infinitive.tag_ != "VB":
        return None
    for child in verb.children:
        if child.dep_ in ("dobj", "dative") and child.i < infinitive.i and child.pos_ in ("PRON", "PROPN", "NOUN"):
            return child
    return None


def is_impersonal(subject: Token, verb: Token) -> bool:
    """Whether "it" or "there" fills the place of a subject: "it was reported that", "it is feared that"."""
    return subject.lower_ in ("it", "there") and (is_passive(verb) or verb.lemma_ in ("be", "seem", "appear"))


def source_of_noun(noun: Token) -> Token | None:
    """The head of the noun phrase whose words or belief a noun names.

    "his claim that" → his; "a statement by the union" → union; "the union issued a statement" → union.
    """
    for child in noun.children:
        if child.dep_ == "poss":
            return child
    for child in noun.children:
        if child.i > noun.i and child.dep_ in ("prep", "agent") and child.lower_ in ("by", "from", "among"):
            for grandchild in child.children:
                if grandchild.dep_ == "pobj":
                    return grandchild
    for child in noun.children:
        if child.dep_ == "compound" and child.ent_type_ in ("PERSON", "ORG", "GPE", "NORP"):
            return child
    for child in noun.children:
        if child.dep_ == "amod" and child.ent_type_ in ("NORP", "GPE"):
            return child
    governor = noun.head
    if noun.dep_ == "pobj" and governor.dep_ == "prep":
        governor = governor.head
    if (
        governor.pos_ in ("VERB", "AUX")
        and governor.lemma_ in source_words("bearer")
        and noun.dep_ in ("dobj", "pobj", "attr")
    ):
        return source_of_verb(governor)
    return None


def source_of_adjective(adjective: Token) -> Token | None:
    """The head of the noun phrase that holds an attitude: "the mayor is confident that" → mayor."""
    governor = adjective.head
    if (
        adjective.dep_ in ("acomp", "oprd", "attr", "conj", "ccomp", "advcl", "ROOT", "acl", "amod")
        or governor.pos_ == "AUX"
    ):
        if adjective.dep_ in ("amod", "acl", "appos") and governor.pos_ in ("NOUN", "PROPN"):
            return governor
        own = clause_subject(adjective)
        if own is not None and governor.lemma_ != "make":
            return own
        if governor.pos_ in ("VERB", "AUX"):
            return source_of_verb(governor)
    return None


def party_of(cue: Token, head: Token) -> Party:
    """The noun phrase that names the source of a cue; in a relative clause its pronoun ("Moran, [who] said")."""
    verb = cue
    for _ in range(CLIMB_MAX):
        subject = clause_subject(verb)
        if subject is not None or verb.head == verb:
            if subject is not None and subject.lower_ in RELATIVES and verb.dep_ == "relcl" and verb.head == head:
                return Party(head, subject, subject)
            break
        if verb.dep_ not in ("conj", "xcomp", "advcl"):
            break
        verb = verb.head
    return party(head)


def lost_subject(verb: Token) -> Token | None:
    """The noun before "…, the governor, Ann Moran, said" that the parser takes for an apposition in the content."""
    doc = verb.doc
    if verb.tag_ not in ("VBD", "VBZ") or verb.i < 4 or doc[verb.i - 1].text != ",":
        return None
    name = doc[verb.i - 2]
    noun = name.head
    if name.dep_ != "appos" or name.pos_ != "PROPN" or noun.dep_ != "appos" or noun.pos_ not in ("NOUN", "PROPN"):
        return None
    return noun if doc[noun.left_edge.i - 1].text == "," else None


def subject_after_phrase(verb: Token) -> Token | None:
    """The subject that the parser took into the phrase before it: "In London [a spokesperson for the museum] said"."""
    for child in verb.children:
        if child.dep_ == "prep" and child.i < verb.i:
            nouns = [c for c in child.children if c.dep_ == "pobj" and c.i < verb.i]
            if len(nouns) > 1 and nouns[-1].right_edge.i == verb.i - 1:
                return nouns[-1]
    return None


def source_beside(verb: Token) -> Token | None:
    """The noun phrase that opens the clause of a verb whose subject the parse has lost."""
    if verb.tag_ not in ("VBD", "VBZ", "VBP") or is_passive(verb) or clause_subject(verb) is not None:
        return None
    return lost_subject(verb) or subject_after_phrase(verb) or nominal_before(verb, max(verb.sent.start, verb.i - 30))


BREAKS = frozenset([",", "(", "—", "–", "--", "-", ";", ":", "["])


def party(head: Token, limit: tuple[int, int] | None = None) -> Party:
    """The noun phrase of a head without what is set off by commas and without relative clauses.

    `limit` are token numbers that it must not leave (first, last).
    """
    low, high = limit or (0, len(head.doc) - 1)
    if head.pos_ == "PRON" or head.dep_ == "poss":
        if head.dep_ == "poss":
            first = max(low, head.left_edge.i)
            return Party(head, head.doc[first], head)
        return Party(head, head, head)
    first = head.i
    for token in own_children(head):
        if token.i < head.i and token.dep_ not in (
            "cc",
            "preconj",
            "punct",
            "advmod",
            "mark",
            "advcl",
            "prep",
            "ccomp",
            "parataxis",
            "dep",
        ):
            first = min(first, token.left_edge.i)
    last = head.i
    for token in own_children(head):
        if token.i > head.i:
            if (
                token.dep_ in ("relcl", "acl", "appos", "advcl", "punct", "dep", "parataxis", "cc", "conj", "case")
                or token.text in BREAKS
            ):
                if token.dep_ in ("cc", "case") or (token.dep_ == "conj" and follows_directly(head, token)):
                    if token.dep_ == "conj":
                        last = max(last, token.i)
                    continue
                break
            last = max(last, token.right_edge.i)
    first, last = max(first, low), min(last, high)
    for number in range(head.i, last + 1):
        if head.doc[number].text in BREAKS and number > head.i and head.doc[number].text != "-":
            last = number - 1
            break
    if first > head.i or last < head.i:
        first = last = head.i
    doc = head.doc
    while last > head.i and (doc[last].is_punct or doc[last].is_space or doc[last].dep_ in ("case", "cc")):
        last -= 1
    while first < head.i and (doc[first].is_punct or doc[first].is_space):
        first += 1
    return Party(head, doc[first], doc[last])


def own_children(head: Token) -> Iterator[Token]:
    """The children of a token in order of the text."""
    yield from head.children


def follows_directly(head: Token, conjunct: Token) -> bool:
    """Whether a conjunct is joined by "and" without a comma."""
    return all(token.text != "," for token in head.doc[head.i : conjunct.i])
