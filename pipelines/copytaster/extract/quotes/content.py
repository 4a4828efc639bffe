"""The content of an attribution within its complement: which of its tokens are the reported words."""

from __future__ import annotations

from spacy.tokens import Doc, Token

from copytaster.extract.quotes.attribution import Complement
from copytaster.extract.quotes.clauses import clause_subject
from copytaster.extract.quotes.cues import cue_words, source_words, verb_cue
from copytaster.extract.quotes.parentheses import ADDRESSED, SENTENCE_ENDS
from copytaster.extract.quotes.sources import CUE_SIDE, RELATIVES, absolute_subject

TRIM = frozenset(
    [
        ",",
        ".",
        ";",
        ":",
        "—",
        "–",
        "--",
        "-",
        "...",
        "…",
        "!",
        "?",
        "(",
        "[",
        "{",
        "'",
        "‘",
        "’",
        '"',
        "“",
        "”",
        "``",
        "''",
        "_",
        "*",
    ]
)
TRIM_END = TRIM - {"?", "!"} | {")"}


def content_ranges(
    cue: Token,
    complement: Complement,
    taken: list[bool],
    fragments: dict[int, tuple[int, int]],
    speakers: dict[int, Token],
) -> list[tuple[int, int]]:
    """The token numbers of a complement, without "that" and without its cue's clause if that stands in the middle.

    What stands in direct speech is left out; a passage in quotation marks that begins in the content ends in it.
    """
    doc = cue.doc
    first, last = complement.first, complement.last
    if first > cue.i:
        last = next((i - 1 for i in range(first + 1, last) if doc[i].text == ";" or is_resumption(doc, i)), last)
    if complement.frame in CLAUSES and first > cue.i:
        first = after_adjunct(cue, subject_start(cue, first), last)
        last = before_other_source(cue, first, clause_end(cue, first, last))
    elif complement.frame in INFINITIVES and first > cue.i:
        last = adverbial_end(cue, last)
    if first > cue.i:
        last = before_relative_cue(doc, first, last)
    if complement.frame not in ("after", "interrupted"):
        last, following = before_next_cue(cue, first, last)
        if following is not None:
            speakers[following.i] = cue
    if first in fragments and fragments[first][0] > cue.i:
        first = fragments[first][0]
    if complement.frame in CLAUSES and complement.hole is None and first > cue.i:
        last = over_fragment(cue, last, fragments)
    if last in fragments and (last < cue.i) == (fragments[last][1] < cue.i):
        last = max(last, fragments[last][1])
    ranges = []
    last = over_false_end(doc, last)
    parts = (
        around(cue, first, last)
        if complement.hole is None
        else [(first, complement.hole[0]), (complement.hole[1], last)]
    )
    if complement.hole is not None and closes_with_cue(doc, complement.hole[1], last):
        parts = parts[:1]  # The port is safe, the mayor said, [the Daily Courier reported]
    for low, high in parts:
        if 2 * sum(taken[low : high + 1]) > high + 1 - low:
            continue
        speech = next((i for i in range(low, high + 1) if taken[i]), None)
        cut = trimmed(doc, low, high if speech is None else speech - 1)
        if cut is not None:
            ranges.append(cut)
    return ranges


CLAUSES = frozenset(["that", "wh"])
INFINITIVES = frozenset(["inf", "oinf", "call-on"])
FINITE = frozenset(["VBD", "VBZ", "VBP", "MD"])
SUBORDINATORS = frozenset(["if", "because", "unless", "until", "when", "while", "before", "after", "since"])


def subject_start(cue: Token, first: int) -> int:
    """The start of a clause whose subject the parser took for the cue's object: "said [life on the coast] was hard"."""
    doc = cue.doc
    start = first
    for number in range(cue.i + 1, first):
        token = doc[number]
        if token.lower_ == "that" and token.pos_ == "SCONJ":
            return number
        if token.text in (":", ";", '"', "“", "''", "``"):
            return first
    if doc[first].tag_ in FINITE and cue.lemma_ not in ADDRESSED and doc[first - 1].text != ",":
        start = cue.i + 1
        while start < first and (doc[start].is_punct or doc[start].pos_ in ("ADV", "PART")):
            start += 1
        if (start < first and doc[start].pos_ in ("ADP", "SCONJ", "CCONJ")) or doc[start].ent_type_ in ("DATE", "TIME"):
            return first  # "said in Lima was hard" has no subject there
    return start


def after_adjunct(cue: Token, first: int, last: int) -> int:
    """The start of a clause without what belongs to its cue: "said [on Tuesday] they had", "reported, [citing X], that"."""
    doc = cue.doc
    token = doc[first]
    if doc[first - 1].text == ",":
        that = next((i for i in range(first + 1, last) if doc[i].lower_ == "that" and doc[i].dep_ == "mark"), None)
        if (
            that is not None
            and doc[that - 1].text == ","
            and all(doc[i].tag_ not in FINITE for i in range(first, that))
        ):
            return that + 1
    if first != cue.i + 1:
        return first
    end = first
    if token.pos_ == "ADP":
        target = next((c for c in token.children if c.dep_ == "pobj"), None)
        is_medium = target is not None and target.lemma_.lower() in source_words("document") | MEDIA
        if target is None or not (target.ent_type_ in ("DATE", "TIME") or is_medium):
            return first
        end = token.right_edge.i + 1
    elif token.ent_type_ in ("DATE", "TIME") and token.dep_ == "npadvmod":
        end = token.right_edge.i + 1
    if end >= last or doc[end].text == "," or not any(doc[i].tag_ in FINITE for i in range(end, last + 1)):
        return first
    return end


def before_other_source(cue: Token, first: int, last: int) -> int:
    """The last token before another source has the word in the same sentence.

    "said he was ill[, according to his wife]", "told a jury he was ill[, the court heard]", "said he was ill[, while his
    wife insisted that he was not]".
    """
    doc = cue.doc
    for number in range(first + 3, last):
        if doc[number].text != ",":
            continue
        following = doc[number + 1]
        if following.lower_ == "according" and following.right_edge.i >= last - 1:
            return number - 1
        if following.lower_ in ("while", "whereas") and following.head.i > number:
            entry = verb_cue(following.head)
            subject = clause_subject(following.head)
            complement = any(c.dep_ == "ccomp" and c.i > following.head.i for c in following.head.children)
            if entry is not None and entry.stance == "speech" and complement and subject is not None:
                return number - 1
        if closes_with_cue(doc, number + 1, last):
            return number - 1
    return last


def before_relative_cue(doc: Doc, first: int, last: int) -> int:
    """The last token before a relative clause in which somebody says more: "condemned the raid[, which Lund called vile]"."""
    for number in range(first + 1, last - 2):
        if doc[number].text != "," or doc[number + 1].lower_ not in ("which", "who", "whom"):
            continue
        verb = doc[number + 1].head
        subject = clause_subject(verb)
        if verb.i <= number + 1 or verb.i > last or subject is None or subject.i <= number + 1:
            continue
        entry = verb_cue(verb)
        if entry is not None and entry.stance == "speech" and verb.tag_ in FINITE:
            return number - 1
    return last


def closes_with_cue(doc: Doc, start: int, last: int) -> bool:
    """Whether a short clause of reporting, without an object of its own, is all that is left: ", a court heard on Monday"."""
    if last - start > CLOSING_MAX:
        return False
    verb = next((doc[i] for i in range(start, last + 1) if doc[i].pos_ in ("VERB", "AUX")), None)
    if verb is None or verb.i == start or verb.tag_ not in FINITE:
        return False
    if verb.dep_ in ("aux", "auxpass"):
        verb = verb.head
    entry = verb_cue(verb) if verb.i <= last else None
    if entry is None or (entry.stance != "speech" and entry.lemma != "hear") or "that" not in entry.frames:
        return False
    subject = clause_subject(verb)
    if subject is None or not start <= subject.i < verb.i or subject.lower_ in RELATIVES:
        return False
    behind = doc[verb.i + 1 : last + 1]
    return not any(t.pos_ in ("VERB", "AUX", "SCONJ") or t.dep_ in ("dobj", "attr", "acomp", "mark") for t in behind)


def clause_end(cue: Token, first: int, last: int) -> int:
    """The end of a clause of which the parser cut off a part.

    The verb after its subject ("noted that [most of it] would go"), a second predicate ("was ill [but would come]"),
    an adverbial clause right behind ("would look better [if he ate]").
    """
    doc = cue.doc
    end = cue.sent.end - 1
    for _ in range(2):
        following = last + 1
        if following >= end:
            break
        token = doc[following]
        if token.tag_ in FINITE and not any(doc[i].tag_ in FINITE for i in range(first, following)):
            last = predicate_end(token, end)
            continue
        if (beyond := adverbial_end(cue, last)) > last:
            last = beyond
            continue
        conjunction = following + (token.text == ",")
        if conjunction + 1 < end and doc[conjunction].lower_ == "but":
            predicate = conjunction + 1
            while predicate < end and (doc[predicate].pos_ == "ADV" or doc[predicate].lower_ in ("not", "rather")):
                predicate += 1
            verb = doc[predicate]
            if verb.tag_ in FINITE and is_no_cue(verb):
                last = predicate_end(verb, end)
                continue
        break
    return last


def adverbial_end(cue: Token, last: int) -> int:
    """The end of an adverbial clause right behind the content: "pledged to resign [if he lost]"."""
    doc = cue.doc
    if last + 1 >= len(doc):
        return last
    token = doc[last + 1]
    if token.lower_ in SUBORDINATORS and token.head.dep_ == "advcl" and token.head.i > last + 1:
        return min(cue.sent.end - 1, token.head.right_edge.i)
    return last


def predicate_end(verb: Token, end: int) -> int:
    """The end of the predicate that begins with a finite verb, be it an auxiliary."""
    head = verb.head if verb.dep_ in ("aux", "auxpass") and verb.head.i > verb.i else verb
    return min(end, max(verb.i, head.right_edge.i))


def is_no_cue(verb: Token) -> bool:
    """Whether a verb tells no other act of the speaker, as "but declined to comment" does."""
    head = verb.head if verb.dep_ in ("aux", "auxpass") else verb
    entry = verb_cue(head)
    return entry is None or entry.stance == "thought"


def around(cue: Token, first: int, last: int) -> list[tuple[int, int]]:
    """The range without the cue and its subject: "the plan, he said, failed" → "the plan", "failed"."""
    if not first <= cue.i <= last:
        return [(first, last)]
    low = high = cue.i
    for child in cue.children:
        if child.dep_ in CUE_SIDE | {"prt", "dative"} and first <= child.i <= last:
            low, high = min(low, child.left_edge.i), max(high, child.right_edge.i)
    return [(a, b) for a, b in ((first, low - 1), (high + 1, last)) if a <= b]


MEDIA = frozenset(["interview", "speech", "conference", "briefing", "message", "blog", "note", "text", "update"])
"""Occasions and means of saying something, besides the documents that say it themselves."""
CLOSING_MAX = 9
NEXT_CUE = frozenset(["advcl", "acl", "conj", "ccomp", "dep", "xcomp"])


def before_next_cue(cue: Token, first: int, last: int) -> tuple[int, Token | None]:
    """The last token of the content before the same source's next cue, and that cue.

    "said taxes rose, adding that …": the participle is the speaker's, whatever the parser hangs it on; so is the verb in
    "said taxes rose and criticized him for it".
    """
    doc = cue.doc
    for number in range(max(first, cue.i) + 2, last):
        token = doc[number]
        if token.tag_ == "VBG":
            if doc[number - 1].text != "," or token.dep_ not in NEXT_CUE or absolute_subject(token) is not None:
                continue
        elif (
            token.tag_ not in ("VBD", "VBZ", "VBP")
            or token.tag_ != cue.tag_
            or token.dep_ != "conj"
            or not is_joined(token)
            or clause_subject(token) is not None
        ):
            continue
        entry = verb_cue(token)
        if (
            entry is None
            or entry.stance != "speech"
            or not any(c.dep_ in ("ccomp", "dobj", "xcomp", "dative", "prep") and c.i > number for c in token.children)
        ):
            continue
        end = number - 1
        while end > first and (doc[end].pos_ in ("CCONJ", "PUNCT", "ADV") or doc[end].dep_ in ("aux", "neg")):
            end -= 1
        return end, token
    return last, None


def is_joined(verb: Token) -> bool:
    """Whether a conjunction stands right before the verb (and its adverbs)."""
    number = verb.i - 1
    while number > 0 and (verb.doc[number].pos_ == "ADV" or verb.doc[number].dep_ in ("aux", "neg")):
        number -= 1
    return verb.doc[number].pos_ == "CCONJ"


def over_fragment(cue: Token, last: int, fragments: dict[int, tuple[int, int]]) -> int:
    """The end of a clause with the words in marks that go on with it: "said he had had offers, but "none that mattered"."""
    doc = cue.doc
    end = cue.sent.end
    following = last + 1
    while following < end and following - last <= 4:
        token = doc[following]
        if following in fragments:
            start, stop = fragments[following]
            is_clause = any(doc[i].tag_ in FINITE for i in range(start, stop + 1))
            return max(last, stop) if start == following and is_clause else last
        if token.text not in TRIM and token.lower_ not in ("and", "but", "or", "that", "because"):
            break
        following += 1
    return last


def over_false_end(doc: Doc, last: int) -> int:
    """The end of the content beyond a sentence end that is none: "said Sen. | Moran had left" (no stop, no break)."""
    following = last + 1
    if following >= len(doc) or not doc[following].is_sent_start:
        return last
    end = doc[last]
    if end.text in SENTENCE_ENDS or end.is_space or doc[following].is_space or "\n" in end.whitespace_:
        return last
    if end.text.endswith(".") and end.pos_ not in ("PROPN", "ADJ"):
        return last
    sentence = doc[following].sent
    return int(sentence.end) - 1


def is_resumption(doc: Doc, comma: int) -> bool:
    """Whether a noun behind the comma sums up what was said: "accused him of fraud, [a charge] he denies"."""
    if doc[comma].text != "," or comma + 2 >= len(doc) or doc[comma + 1].lower_ not in ("a", "an"):
        return False
    noun = cue_words("noun").get(doc[comma + 2].lemma_.lower())
    return noun is not None and noun.stance == "speech" and "that" in noun.frames


def introduces_clause(doc: Doc, that: int) -> bool:
    """Whether a "that" is the conjunction: "that the search was over", not "that was true", "that man"."""
    if doc[that].dep_ == "mark" or doc[that].pos_ == "SCONJ":
        return True
    # "warned that famine spread" is read as "that famine"; before a noun of many or a mass there is no such reading
    following = doc[that + 1]
    is_many = following.pos_ == "NOUN" and (following.tag_ == "NNS" or following.dep_ in ("nsubj", "nsubjpass"))
    after_verb = that > 0 and doc[that - 1].pos_ == "VERB"
    return following.pos_ in ("DET", "PRON", "PROPN") or (is_many and after_verb)


def trimmed(doc: Doc, first: int, last: int) -> tuple[int, int] | None:
    """The token range without punctuation at its ends and without a leading "that"."""
    first, last = max(0, first), min(len(doc) - 1, last)
    while first <= last and (doc[first].is_space or doc[first].text in TRIM):
        first += 1
    if first < last and doc[first].lower_ == "that" and introduces_clause(doc, first):
        first += 1
    while first <= last and (doc[first].is_space or doc[first].text in TRIM):
        first += 1
    while last >= first and (doc[last].is_space or doc[last].text in TRIM_END):
        if doc[last].text in (")", "]") and any(doc[i].text in ("(", "[") for i in range(first, last)):
            break
        last -= 1
    return (first, last) if first <= last else None
