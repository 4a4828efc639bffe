"""Indirect speech: the complement of a cue, over the parse, with repairs for what the parser often gets wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from copytaster.extract.attribution import Attribution, Party
from copytaster.extract.cues import Cue, cue_of, cue_words, verb_cue
from copytaster.extract.direct_speech import Speech
from copytaster.extract.sources import (
    RELATIVES,
    clause_subject,
    is_passive,
    party,
    source_of_adjective,
    source_of_noun,
    source_of_verb,
)
from copytaster.extract.story import Story

WH = frozenset(["whether", "if", "what", "why", "how", "when", "where", "who", "whom", "whose", "which"])
AUXILIARIES = frozenset(["aux", "auxpass", "neg"])
NARRATORS = frozenset(["i", "we", "you", "me", "us", "my", "our", "your", "one"])
"""Outside of quotation marks these are the writer and the reader, whose beliefs nobody reports."""
CUE_SIDE = frozenset(["nsubj", "nsubjpass", "aux", "auxpass", "neg", "expl", "csubj"])
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


@dataclass(frozen=True, slots=True)
class Complement:
    """What a cue governs: token numbers of the content, both ends included, and the frame that it fills."""

    frame: str
    first: int
    last: int
    hole: tuple[int, int] | None = None
    """The cue's clause where it stands in the midst of the content: "The plan, he said on Monday, failed"."""


def find_reports(story: Story, speech: Speech) -> Iterator[Attribution]:
    """The attributions whose cue is a word outside of direct speech."""
    doc, taken = story.doc, speech.taken
    fragments = {i: (f.first, f.last) for f in speech.fragments for i in range(f.first, f.last + 1)}
    for token in doc:
        if taken[token.i]:
            continue
        pos = token.pos_
        if pos not in ("VERB", "AUX", "NOUN", "ADJ", "PROPN", "ADP", "SCONJ"):
            continue
        if pos in ("ADP", "SCONJ") or token.lower_ == "according":
            yield from report_by_phrase(story, token, taken)
            continue
        cue = cue_of(token)
        if cue is None or cue.stance == "manner":
            continue
        yield from report_by_word(story, token, cue, taken, fragments)


def report_by_word(
    story: Story, token: Token, cue: Cue, taken: list[bool], fragments: dict[int, tuple[int, int]]
) -> Iterator[Attribution]:
    """The attribution of one cue word, if it has a complement that one of its frames allows."""
    if cue_is_modifier(token) or is_set_phrase(token):
        return
    offered = list(complements(token, cue))
    if "sc" in cue.frames and not any(c.frame in ("sc", "that", "oinf", "op:as") for c in offered):
        offered = [*quoted_predicate(token, fragments), *offered]
    for complement in offered:
        ranges = content_ranges(token, complement, taken, fragments)
        pieces = [(story.doc[low].idx, story.doc[high].idx + len(story.doc[high])) for low, high in ranges]
        if not pieces:
            continue
        head = source_of(token)
        if head is not None and head.lower_ in NARRATORS and cue.stance != "speech":
            return
        if head is None and needs_source(token, cue, complement):
            continue
        source = party(head) if head is not None else None
        if (
            source is not None
            and complement.first <= source.head.i <= complement.last
            and complement.frame not in ("after", "interrupted")
        ):
            source = None
        first, last = cue_span(token, complement)
        yield Attribution(
            "indirect",
            pieces,
            complement.frame,
            token,
            first,
            last,
            cue,
            cue.frames.get(complement.frame, cue.act),
            cue.polarity,
            source,
        )
        return


def needs_source(token: Token, cue: Cue, complement: Complement) -> bool:
    """Whether nothing is reported without a source: "a man called X", "support for Y", "considered as Z".

    "It was reported that", "is expected to", "the claim that" do report, though nobody is named.
    """
    frame = complement.frame
    if token.pos_ in ("VERB", "AUX"):
        return (
            frame in ("np", "sc", "as", "after", "inf", "ger")
            or frame.startswith("p:")
            or (frame == "op:as" and cue.stance == "thought")
        )
    return frame not in ("that", "wh") and not (frame.startswith("p:") and "that" in cue.frames)


PREDICATE_MAX = 14
"""Tokens after "called" within which the quoted predicate must begin."""


def quoted_predicate(verb: Token, fragments: dict[int, tuple[int, int]]) -> Iterator[Complement]:
    """The object and the quoted predicate of "called the plan 'a disgrace'", which marks hide from the parser."""
    doc = verb.doc
    if verb.pos_ != "VERB":
        return
    for number in range(verb.i + 1, min(len(doc), verb.i + PREDICATE_MAX)):
        if number in fragments:
            last = fragments[number][1]
            head = doc[last]
            yield Complement("sc", verb.i + 1, max(last, head.right_edge.i if head.head.i >= number else last))
            return
        if (
            doc[number].text in (";", ":", ".", "?", "!")
            or doc[number].pos_ in ("VERB", "SCONJ")
            or doc[number].is_sent_start
        ):
            return


def is_set_phrase(token: Token) -> bool:
    """Whether the word is part of a phrase that reports nothing: "in order to", "make sure that", "mean to say"."""
    doc = token.doc
    before = doc[token.i - 1].lower_ if token.i else ""
    if token.lower_ == "order":
        return before == "in"
    if token.lower_ in ("sure", "certain"):
        return token.head.lemma_ in ("make", "be") and (token.head.lemma_ == "make" or token.head.tag_ == "VB")
    return (
        token.lower_ == "say"
        and before in ("to", "let", "'s")
        and doc[token.i + 1 : token.i + 2].text in (",", "nothing")
    )


def cue_is_modifier(token: Token) -> bool:
    """Whether a participle is an adjective of a noun ("the reported efforts") and so introduces nothing."""
    return (
        token.dep_ in ("amod", "compound")
        and token.pos_ in ("VERB", "ADJ", "NOUN", "PROPN")
        and not any(c.dep_ in ("ccomp", "xcomp") for c in token.children)
    )


def source_of(token: Token) -> Token | None:
    """The head of the source's noun phrase."""
    if token.pos_ in ("VERB", "AUX"):
        return source_of_verb(token)
    if token.pos_ == "ADJ":
        return source_of_adjective(token)
    return source_of_noun(token)


def cue_span(token: Token, complement: Complement) -> tuple[Token, Token]:
    """The cue word, with its particle or preposition where that makes the cue."""
    last = token
    for child in token.children:
        if child.dep_ == "prt" and 0 < child.i - token.i <= 2:
            last = child
    return token, last


def complements(token: Token, cue: Cue) -> Iterator[Complement]:
    """The complements of the cue that its frames allow, the likeliest first."""
    if token.pos_ in ("VERB", "AUX"):
        yield from verb_complements(token, cue)
    elif token.pos_ == "ADJ":
        yield from adjective_complements(token, cue)
    else:
        yield from noun_complements(token, cue)


def clause_frame(clause: Token) -> str:
    """Which frame a clause fills: that, wh, inf, oinf, ger or sc."""
    has_to = has_subject = finite = False
    for child in clause.children:
        if child.dep_ == "aux" and child.lower_ == "to":
            has_to = True
        elif child.dep_ in ("nsubj", "nsubjpass", "expl", "csubj"):
            has_subject = True
        if child.dep_ in ("aux", "auxpass") and child.tag_ in ("MD", "VBD", "VBZ", "VBP"):
            finite = True
        if (
            child.lower_ in WH
            and child.i < clause.i
            and child.dep_ in ("mark", "advmod", "attr", "dobj", "nsubj", "nsubjpass", "pobj", "det", "poss")
        ):
            return "wh"
    if clause.left_edge.lower_ in WH:
        return "wh"
    if clause.tag_ in ("VBD", "VBZ", "VBP", "MD"):
        finite = True
    if has_to and not finite:
        return "oinf" if has_subject else "inf"
    if finite:
        return "that"
    if clause.tag_ == "VBG":
        return "that" if has_subject and any(c.dep_ == "aux" for c in clause.children) else "ger"
    if clause.pos_ in ("VERB", "AUX"):
        return "that" if has_subject else "inf"
    return "sc" if has_subject or clause.pos_ in ("NOUN", "PROPN", "ADJ") else "that"


def verb_complements(verb: Token, cue: Cue) -> Iterator[Complement]:
    """The complements of a verb: clause, infinitive, object, prepositional phrase."""
    frames = cue.frames
    objects: list[Token] = []
    phrases: list[Token] = []
    clauses: list[Token] = []
    before: list[Token] = []
    for child in verb.children:
        dep = child.dep_
        if dep in ("ccomp", "xcomp"):
            (before if child.i < verb.i else clauses).append(child)
        elif dep == "advcl" and child.i > verb.i and opens_clause(child, frames):
            clauses.append(child)
        elif dep in ("dobj", "dative", "oprd", "attr", "nsubj"):
            if child.i > verb.i and dep != "nsubj":
                objects.append(child)
        elif dep == "prep" and child.i > verb.i:
            phrases.append(child)
    if "that" in frames and (cue.stance == "speech" and "quote" in frames):
        if any(child.lower_ == "as" and child.dep_ == "mark" for child in verb.children):
            if not clauses:
                yield from content_around_as(verb)
        elif not any(child.i > verb.i for child in objects if child.dep_ != "dative") or cue.lemma in ADDRESSED:
            yield from interrupted_content(verb, clauses, has_clause=bool(before))
    passive = is_passive(verb)
    found = False
    for clause in clauses:
        frame = clause_frame(clause)
        if frame == "wh" and "wh" not in frames and "that" in frames:
            frame = "that"
        if frame == "inf" and objects and "oinf" in frames and objects[0].i < clause.i:
            frame = "oinf"
        if frame == "inf" and passive and "oinf" in frames:
            frame = "oinf"
        if frame == "oinf" and "oinf" not in frames and "inf" in frames:
            frame = "inf"
        if frame == "that" and "that" not in frames and "oinf" in frames:
            frame = "oinf"
        if frame == "sc" and "sc" not in frames and "that" in frames:
            frame = "that"
        if frame not in frames:
            continue
        found = True
        yield Complement(frame, clause.left_edge.i, clause.right_edge.i)
    if "that" in frames and not found:
        yield from stray_that_clause(verb)
    if "that" in frames or "quote" in frames:
        for clause in before:
            if clause_frame(clause) in ("that", "wh", "sc", "inf", "ger"):
                yield from content_before(verb, clause)
        # "told reporters that X": the parser hangs the clause on the hearer
        for thing in objects:
            for child in thing.children:
                if (
                    child.dep_ in ("relcl", "acl", "ccomp")
                    and child.left_edge.lower_ in ("that", "whether")
                    and child.left_edge.dep_ in ("mark", "advmod", "nsubj")
                    and has_inner_subject(child)
                ):
                    yield Complement("that", child.left_edge.i, child.right_edge.i)
    for thing in objects:
        if thing.dep_ == "oprd" and "sc" in frames:
            first = min(o.left_edge.i for o in objects)
            yield Complement("sc", first, thing.right_edge.i)
    for phrase in phrases:
        word = phrase.lower_
        if "op:" + word in frames and (objects or passive):
            yield Complement("op:" + word, (objects[0] if objects else phrase).left_edge.i, phrase.right_edge.i)
        if "p:" + word in frames:
            target = next((c for c in phrase.children if c.dep_ in ("pobj", "pcomp")), None)
            if target is not None:
                yield Complement("p:" + word, target.left_edge.i, phrase.right_edge.i)
        if word == "as" and "as" in frames:
            yield Complement("as", (objects[0] if objects else phrase).left_edge.i, phrase.right_edge.i)
    if "np" in frames:
        for thing in objects:
            if thing.dep_ == "dobj":
                yield Complement("np", thing.left_edge.i, thing.right_edge.i)
    if "call-on" in frames:
        for phrase in phrases:
            if phrase.lower_ in ("on", "upon", "to", "with") and any(c.dep_ == "pobj" for c in phrase.children):
                infinitive = next(
                    (
                        c
                        for c in verb.children
                        if c.dep_ in ("xcomp", "advcl") and c.i > phrase.i and clause_frame(c) == "inf"
                    ),
                    None,
                )
                if infinitive is not None:
                    target = next(c for c in phrase.children if c.dep_ == "pobj")
                    yield Complement("call-on", target.left_edge.i, infinitive.right_edge.i)


DASHES = frozenset([",", "—", "–", "--", "-"])


ADDRESSED = frozenset(["tell", "remind", "assure", "inform", "reassure", "warn", "ask"])
"""Verbs whose object is the hearer."""


def content_around_as(verb: Token) -> Iterator[Complement]:
    """The sentence around "as X said": "As the mayor noted, taxes rose"."""
    doc, sentence = verb.doc, verb.sent
    first, last = verb.left_edge.i, verb.right_edge.i
    if verb.dep_ != "advcl" or doc[first].lower_ != "as" or clause_subject(verb) is None or last - first > 20:
        return
    if first > sentence.start and doc[first - 1].text not in DASHES:
        return
    if first > sentence.start:
        yield Complement("interrupted", sentence.start, sentence.end - 1, hole=(first - 1, last + 1))
    elif doc[min(last + 1, len(doc) - 1)].text == ",":
        yield Complement("after", last + 1, sentence.end - 1)


def interrupted_content(verb: Token, clauses: list[Token], *, has_clause: bool) -> Iterator[Complement]:
    """The sentence that a cue's clause interrupts, or that it closes where the parse gives the cue no clause.

    The plan, he said on Monday, would fail. The plan would fail, he said.
    """
    doc = verb.doc
    if verb.dep_ in ("relcl", "acl", "xcomp", "pcomp", "advcl") and verb.tag_ in ("VBG", "VBN", "VB"):
        return
    low = high = verb.i
    has_subject = False
    for child in verb.children:
        if child.dep_ in CUE_SIDE:
            if child.lower_ in RELATIVES:
                return
            if child.dep_ in ("nsubj", "nsubjpass", "expl"):
                has_subject = True
            low, high = min(low, child.left_edge.i), max(high, child.right_edge.i if child.i > verb.i else child.i)
    if not has_subject or high - low > 25:
        return
    sentence = verb.sent
    if low - 1 <= sentence.start or doc[low - 1].text not in DASHES:
        return
    stop = high + 1
    while stop < sentence.end and stop - high <= 14 and not doc[stop].is_punct and doc[stop].text not in DASHES:
        if doc[stop].pos_ in ("VERB", "AUX", "SCONJ") or doc[stop].lower_ in ("that", "whether", "to"):
            return
        stop += 1
    if any(clause.left_edge.i < stop for clause in clauses):
        return
    if stop >= sentence.end - 1 or doc[stop].text in SENTENCE_ENDS:
        if not has_clause and not clauses and is_clause(doc, sentence.start, low - 1):
            yield Complement("after", sentence.start, low - 1)
        return
    if doc[stop].text not in DASHES or doc[stop + 1].lower_ in NO_CONTINUATION or doc[stop + 1].tag_ == "VBG":
        return
    yield Complement("interrupted", sentence.start, sentence.end - 1, hole=(low - 1, stop + 1))


def is_clause(doc: Doc, first: int, last: int) -> bool:
    """Whether a main clause stands between the tokens: a finite verb, and no preposition or conjunction in front."""
    return (
        doc[first].pos_ not in ("SCONJ", "ADP")
        and doc[first].tag_ not in ("VBG", "VBN")
        and any(doc[i].tag_ in ("VBD", "VBZ", "VBP", "MD") and doc[i].dep_ != "relcl" for i in range(first, last))
    )


NO_CONTINUATION = frozenset(
    [
        "that",
        "but",
        "and",
        "who",
        "which",
        "while",
        "as",
        "because",
        "although",
        "though",
        "where",
        "when",
        "after",
        "before",
        "or",
        "with",
        '"',
        "“",
        "''",
        "``",
    ]
)


def stray_that_clause(verb: Token) -> Iterator[Complement]:
    """The that-clause that the parser hung on a word in between: "mused in a debate that taxes were high"."""
    doc = verb.doc
    end = min(verb.sent.end, verb.i + 25)
    for number in range(verb.i + 1, end):
        token = doc[number]
        if token.lower_ == "that" and token.dep_ == "mark" and token.head.i > number:
            yield Complement("that", number, token.head.right_edge.i)
            return
        if token.pos_ in ("VERB", "AUX") or token.text in (";", ":"):
            return


def has_inner_subject(clause: Token) -> bool:
    """Whether the clause has a subject besides a leading "that"."""
    return any(c.dep_ in ("nsubj", "nsubjpass", "expl") and c.lower_ != "that" for c in clause.children)


def opens_clause(child: Token, frames: dict[str, str]) -> bool:
    """Whether an adverbial clause is a complement that the parser mistook: marked by that, whether, or if after ask."""
    mark = child.left_edge.lower_
    if mark == "that":
        return "that" in frames
    if mark == "whether":
        return "wh" in frames
    return mark in ("if", "how", "why", "what") and "wh" in frames and "that" not in frames


def content_before(verb: Token, clause: Token) -> Iterator[Complement]:
    """The complement that stands before its verb: "The plan failed, officials said"."""
    first = clause.left_edge.i
    cue_side = [verb.i]
    for child in verb.children:
        if child.dep_ in CUE_SIDE and child.i > clause.i:
            cue_side.append(child.left_edge.i)
    last = min(cue_side) - 1
    start = verb.left_edge.i
    doc = verb.doc
    while start < first and (doc[start].is_punct or doc[start].is_space or doc[start].dep_ == "cc"):
        start += 1
    if last >= min(first, start):
        yield Complement("after", min(first, start), last)


def noun_complements(noun: Token, cue: Cue) -> Iterator[Complement]:
    """The complements of a noun: that-clause, infinitive, prepositional phrase."""
    frames = cue.frames
    for child in noun.children:
        if child.i < noun.i:
            continue
        if child.dep_ in ("acl", "ccomp", "relcl", "appos", "advcl"):
            mark = child.left_edge
            if mark.lower_ == "that" and "that" in frames and has_inner_subject(child):
                yield Complement("that", mark.i, child.right_edge.i)
            elif mark.lower_ in ("whether", "if", "why", "how") and ("wh" in frames or "that" in frames):
                yield Complement("that" if "that" in frames else "wh", mark.i, child.right_edge.i)
            elif child.dep_ == "acl" and clause_frame(child) == "inf" and "inf" in frames:
                yield Complement("inf", mark.i, child.right_edge.i)
        elif child.dep_ == "prep" and "p:" + child.lower_ in frames:
            target = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if target is not None:
                yield Complement("p:" + child.lower_, target.left_edge.i, child.right_edge.i)


def adjective_complements(adjective: Token, cue: Cue) -> Iterator[Complement]:
    """The complements of an adjective, its own or those that the parser hangs on its copula."""
    frames = cue.frames
    near = list(adjective.children)
    if adjective.dep_ in ("acomp", "oprd", "attr", "ccomp"):
        near += [
            c
            for c in adjective.head.children
            if c.i > adjective.i and c.dep_ in ("ccomp", "xcomp", "advcl") and c.left_edge.i <= adjective.i + 2
        ]
    for child in near:
        if child.i < adjective.i:
            continue
        if child.dep_ in ("ccomp", "advcl", "acl", "relcl", "xcomp"):
            frame = clause_frame(child)
            if child.dep_ == "advcl" and child.left_edge.lower_ not in ("that", "whether"):
                continue
            if frame in frames or (frame == "wh" and "that" in frames):
                yield Complement(frame, child.left_edge.i, child.right_edge.i)
        elif child.dep_ == "prep" and "p:" + child.lower_ in frames:
            target = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            if target is not None:
                yield Complement("p:" + child.lower_, target.left_edge.i, child.right_edge.i)


def content_ranges(
    cue: Token, complement: Complement, taken: list[bool], fragments: dict[int, tuple[int, int]]
) -> list[tuple[int, int]]:
    """The token numbers of a complement, without "that" and without its cue's clause if that stands in the middle.

    What stands in direct speech is left out; a passage in quotation marks that begins in the content ends in it.
    """
    doc = cue.doc
    first, last = complement.first, complement.last
    if complement.frame not in ("after", "interrupted"):
        last = before_next_cue(cue, first, last)
    if first in fragments and fragments[first][0] > cue.i:
        first = fragments[first][0]
    if last in fragments and (last < cue.i) == (fragments[last][1] < cue.i):
        last = max(last, fragments[last][1])
    ranges = []
    last = over_false_end(doc, last)
    parts = (
        around(cue, first, last)
        if complement.hole is None
        else [(first, complement.hole[0]), (complement.hole[1], last)]
    )
    for low, high in parts:
        if 2 * sum(taken[low : high + 1]) > high + 1 - low:
            continue
        speech = next((i for i in range(low, high + 1) if taken[i]), None)
        cut = trimmed(doc, low, high if speech is None else speech - 1)
        if cut is not None:
            ranges.append(cut)
    return ranges


SENTENCE_ENDS = frozenset([".", "!", "?", "…", "...", ";", '"', "”", "''", "’", "'", ")", "]", ":"])


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


def around(cue: Token, first: int, last: int) -> list[tuple[int, int]]:
    """The range without the cue and its subject: "the plan, he said, failed" → "the plan", "failed"."""
    if not first <= cue.i <= last:
        return [(first, last)]
    low = high = cue.i
    for child in cue.children:
        if child.dep_ in CUE_SIDE | {"prt", "dative"} and first <= child.i <= last:
            low, high = min(low, child.left_edge.i), max(high, child.right_edge.i)
    return [(a, b) for a, b in ((first, low - 1), (high + 1, last)) if a <= b]


def before_next_cue(cue: Token, first: int, last: int) -> int:
    """The last token of the content before a participle that reports on: "said X, adding that Y" ends with X."""
    doc = cue.doc
    for number in range(max(first, cue.i) + 2, last):
        token = doc[number]
        if (
            token.tag_ != "VBG"
            or token.dep_ not in ("advcl", "acl", "conj", "ccomp", "dep", "xcomp")
            or doc[number - 1].text != ","
        ):
            continue
        entry = verb_cue(token)
        if (
            entry is not None
            and entry.stance == "speech"
            and any(c.dep_ in ("ccomp", "dobj", "xcomp", "dative") and c.i > number for c in token.children)
        ):
            return number - 2
    return last


def trimmed(doc: Doc, first: int, last: int) -> tuple[int, int] | None:
    """The token range without punctuation at its ends and without a leading "that"."""
    first, last = max(0, first), min(len(doc) - 1, last)
    while first <= last and (doc[first].is_space or doc[first].text in TRIM):
        first += 1
    if (
        first <= last
        and doc[first].lower_ == "that"
        and doc[first].dep_ in ("mark", "det")
        and doc[first].pos_ == "SCONJ"
    ):
        first += 1
    while first <= last and (doc[first].is_space or doc[first].text in TRIM):
        first += 1
    while last >= first and (doc[last].is_space or doc[last].text in TRIM_END):
        if doc[last].text in (")", "]") and any(doc[i].text in ("(", "[") for i in range(first, last)):
            break
        last -= 1
    return (first, last) if first <= last else None


def report_by_phrase(story: Story, token: Token, taken: list[bool]) -> Iterator[Attribution]:
    """ "According to X, Y" and its like: the source is the object of the phrase, the content the clause around it."""
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
            and target.head is not target
            and target.head.i - last.i < 12
            and target.head.pos_ in ("NOUN", "PROPN")
        ):
            target = target.head
    if target is None:
        return
    source = party(target)
    sentence = token.sent
    phrase_first = token.i
    phrase_last = max(target.right_edge.i, source.last.i)
    if phrase_last >= sentence.end:
        phrase_last = source.last.i
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
        ranges = [(low, phrase_first - 1)]
        if (
            phrase_last + 1 <= high
            and doc[phrase_last + 1].text == ","
            and not rest_is_new_clause(doc, phrase_last + 2, high)
        ):
            ranges.append((phrase_last + 2, high))
    for start, end in ranges:
        cut = trimmed(doc, start, end)
        if cut is not None and 2 * sum(taken[cut[0] : cut[1] + 1]) <= cut[1] + 1 - cut[0]:
            pieces.append((doc[cut[0]].idx, doc[cut[1]].idx + len(doc[cut[1]])))
    if pieces:
        yield Attribution("indirect", pieces, "according", token, token, last, cue, cue.act, cue.polarity, source)


def rest_is_new_clause(doc: Doc, first: int, last: int) -> bool:
    """Whether what follows "…, according to X," begins a clause of its own: "but …", "who …", "which …"."""
    return first > last or doc[first].lower_ in (
        "but",
        "and",
        "who",
        "which",
        "while",
        "although",
        "though",
        "as",
        "with",
    )
