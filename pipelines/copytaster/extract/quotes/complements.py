"""What a cue governs: the clause, infinitive or phrase that holds its content, over the parse.

With repairs for what the parser often gets wrong: clauses hung on a neighbouring word, predicates hidden by marks.
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from copytaster.extract.quotes.attribution import Complement
from copytaster.extract.quotes.clauses import INQUIRING, agent, is_passive, was_asked
from copytaster.extract.quotes.cues import Cue, cue_words, verb_cue
from copytaster.extract.quotes.parentheses import ADDRESSED, content_around_as, interrupted_content
from copytaster.extract.quotes.sources import CUE_SIDE, RELATIVES

WH = frozenset(["whether", "if", "what", "why", "how", "when", "where", "who", "whom", "whose", "which"])

ASKED = frozenset(["whether", "if", "why", "how", "what"])
"""Words that open a question after "asked" and who was asked."""


def complements(token: Token, cue: Cue) -> Iterator[Complement]:
    """The complements of the cue that its frames allow, the likeliest first."""
    if token.pos_ in ("VERB", "AUX") or "quote" in cue.frames:
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
        if child.dep_ == "aux" and child.tag_ == "VBG" and clause.tag_ == "VBN":
            return "ger"  # denied having misled them
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
        if has_subject and not any(child.lower_ == "that" and child.dep_ == "mark" for child in clause.children):
            return "bare"
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
        elif dep == "advcl" and child.i > verb.i and opens_clause(child, cue):
            clauses.append(child)
        elif dep in ("dobj", "dative", "oprd", "attr", "nsubj"):
            if child.i > verb.i and dep != "nsubj":
                objects.append(child)
        elif dep == "prep" and child.i > verb.i:
            phrases.append(child)
    if "that" in frames and (cue.stance == "speech" and "quote" in frames):
        if any(child.lower_ == "as" and child.dep_ == "mark" for child in verb.children):
            if not clauses and not any(child.dep_ == "dobj" and child.lower_ != "it" for child in objects):
                yield from content_around_as(verb)
        elif len(objects) <= (cue.lemma in ADDRESSED):
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
        if frame == "bare":
            if cue.stance != "speech" or cue.lemma in ADDRESSED:
                continue  # heard her speak, saw mills closed; but: suggested he resign
            frame = "that"
        if frame == "sc" and "sc" not in frames and "that" in frames:
            frame = "that"
        if frame == "ger" and "ger" not in frames and "that" in frames and (predicate := gerund_predicate(clause)):
            found = True
            yield Complement("that", clause.left_edge.i, predicate.right_edge.i)
            continue
        if frame not in frames:
            continue
        found = True
        if frame == "oinf" and objects and verb.i < objects[0].i < clause.i:
            yield Complement(frame, objects[0].left_edge.i, clause.right_edge.i)
            continue
        yield Complement(frame, clause.left_edge.i, clause.right_edge.i)
    if "that" in frames and not found:
        yield from stray_that_clause(verb)
    if "that" in frames or "quote" in frames:
        for clause in before:
            if clause.lemma_ in INQUIRING and (was_asked(clause) or clause.left_edge == clause):
                continue  # Asked whether it was over, he replied: "…"
            if clause_frame(clause) in ("that", "wh", "sc", "inf", "ger", "bare"):
                yield from content_before(verb, clause)
        # "told reporters that X", "was asked by a reporter why X": the parser hangs the clause on the hearer
        hearers = objects if not passive else [c for c in (agent(verb),) if c is not None]
        for thing in hearers if cue.lemma in ADDRESSED else ():
            for child in thing.children:
                if (
                    child.dep_ in ("relcl", "acl", "ccomp", "advcl")
                    and child.left_edge.lower_ in (ASKED if cue.lemma == "ask" else ("that", "whether"))
                    and child.left_edge.dep_ in ("mark", "advmod", "nsubj")
                    and has_inner_subject(child)
                ):
                    yield Complement("that", child.left_edge.i, child.right_edge.i)
                elif not found and child.dep_ == "relcl" and cue.lemma == "tell" and is_bare_clause(child, thing):
                    found = True
                    yield Complement("that", child.left_edge.i, child.right_edge.i)
    for thing in objects:
        if thing.dep_ == "oprd" and "sc" in frames:
            first = min(o.left_edge.i for o in objects)
            yield Complement("sc", first, thing.right_edge.i)
    if objects and not any("op:" + phrase.lower_ in frames for phrase in phrases):
        # "accused his rival of X": the parser hangs the phrase on the rival
        phrases += [c for c in objects[-1].children if c.dep_ == "prep" and "op:" + c.lower_ in frames]
    for phrase in phrases:
        word = phrase.lower_
        if "op:" + word in frames and (objects or passive):
            inner = next((c for c in phrase.children if c.dep_ in ("pobj", "pcomp")), phrase)
            yield Complement("op:" + word, (objects[0] if objects else inner).left_edge.i, phrase.right_edge.i)
        if "p:" + word in frames:
            target = next((c for c in phrase.children if c.dep_ in ("pobj", "pcomp")), None)
            if target is not None:
                # "referred to him as a fool": object and predicate are the content
                predicate = next((p for p in phrases if p.lower_ == "as" and p.i == phrase.right_edge.i + 1), phrase)
                yield Complement("p:" + word, target.left_edge.i, predicate.right_edge.i)
        if word == "as" and "as" in frames:
            yield Complement("as", (objects[0] if objects else phrase).left_edge.i, phrase.right_edge.i)
    if "p:for" in frames:
        for child in verb.children:
            # "called for the bill to be withdrawn": the parser makes a clause of it
            if child.dep_ in ("advcl", "ccomp", "xcomp") and child.i > verb.i and opens_with_for(child):
                yield Complement("p:for", child.left_edge.i + 1, child.right_edge.i)
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


def opens_with_for(clause: Token) -> bool:
    """Whether "for" and a subject open an infinitive: "[for the bill to be] withdrawn"."""
    return clause.left_edge.lower_ == "for" and clause.left_edge.dep_ == "mark" and clause_frame(clause) == "oinf"


def is_bare_clause(clause: Token, hearer: Token) -> bool:
    """Whether a clause without a relative pronoun right behind the hearer is what was told: "told aides [they had won]"."""
    subject = next((c for c in clause.children if c.dep_ in ("nsubj", "nsubjpass", "expl")), None)
    return (
        subject is not None
        and subject.lower_ not in RELATIVES
        and clause.left_edge.i == hearer.i + 1
        and clause.left_edge.pos_ in ("PRON", "DET", "PROPN", "NOUN")
        and any(
            c.dep_ in ("dobj", "attr", "acomp", "prep", "xcomp", "ccomp") and c.i > clause.i for c in clause.children
        )
    )


def stray_that_clause(verb: Token) -> Iterator[Complement]:
    """The that-clause that the parser hung on a word in between: "mused in a debate that taxes were high"."""
    doc = verb.doc
    end = min(verb.sent.end, verb.i + 25)
    for number in range(verb.i + 1, end):
        token = doc[number]
        if token.lower_ == "that" and token.dep_ == "mark" and token.head.i > number:
            noun = cue_words("noun").get(token.head.head.lemma_.lower())
            if is_occasion(token.head.head, verb):
                noun = None
            if noun is not None and "that" in noun.frames and token.head.dep_ in ("acl", "ccomp", "relcl"):
                return  # declined to comment on a report [that …]
            yield Complement("that", number, token.head.right_edge.i)
            return
        if token.text in (";", ":"):
            return
        if token.pos_ in ("VERB", "AUX"):
            entry = verb_cue(token)
            if token.dep_ not in ("acl", "amod") or (entry is not None and "that" in entry.frames):
                return  # but: "said in an interview [taped on Monday] that taxes were high"


def is_occasion(noun: Token, verb: Token) -> bool:
    """Whether a noun only says where or how something was said: "told analysts [on a call] that", "wrote [in a claim] that"."""
    phrase = noun.head
    if noun.dep_ != "pobj" or phrase.lower_ not in ("on", "in", "at", "during", "via") or phrase.head != verb:
        return False
    if verb.pos_ != "VERB" or any(c.dep_ == "poss" for c in noun.children):
        return False
    cue = verb_cue(verb)
    if cue is None or cue.stance != "speech" or not {"that", "quote"} <= cue.frames.keys():
        return False
    return not any(c.dep_ in ("ccomp", "xcomp") and c.i > verb.i for c in verb.children)


def gerund_predicate(gerund: Token) -> Token | None:
    """The finite verb of which an -ing form is the subject: "said [having Moran on the ticket puts] others at risk".

    The parser makes the -ing form the complement, and the verb depend on it.
    """
    for child in gerund.children:
        if child.dep_ == "ccomp" and child.i > gerund.i + 1 and clause_frame(child) == "that":
            openers = [c for c in child.children if c.i < child.i and c.dep_ not in ("aux", "neg", "advmod", "punct")]
            if not any(c.dep_ == "mark" for c in openers) and child.doc[child.left_edge.i - 1].text != ",":
                return child
    return None


def has_inner_subject(clause: Token) -> bool:
    """Whether the clause has a subject besides a leading "that"."""
    return any(c.dep_ in ("nsubj", "nsubjpass", "expl") and c.lower_ != "that" for c in clause.children)


def opens_clause(child: Token, cue: Cue) -> bool:
    """Whether an adverbial clause is a complement that the parser mistook: marked by that, whether, or if after ask."""
    mark, frames = child.left_edge.lower_, cue.frames
    if child.tag_ == "VBG" and child.left_edge == child and "ger" in frames and "inf" not in frames:
        # "ruled out on Tuesday calling an election"
        return child.doc[child.i - 1].text != "," and not any(c.dep_ == "dobj" for c in child.head.children)
    if cue.lemma == "ask" and mark in ASKED:
        return True
    if mark == "that":
        return "that" in frames
    if mark == "whether":
        return "wh" in frames
    return mark in ("if", "how", "why", "what") and "wh" in frames and "that" not in frames


def content_before(verb: Token, clause: Token) -> Iterator[Complement]:
    """The complement that stands before its verb: "The plan failed, officials said"."""
    first = clause.left_edge.i
    cue_side = [verb.i]
    cue_side += [child.left_edge.i for child in verb.children if child.dep_ in CUE_SIDE and child.i > clause.i]
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
    if is_occasion(noun, noun.head.head):
        return
    for child in noun.children:
        if child.i < noun.i:
            continue
        if child.dep_ in ("acl", "ccomp", "relcl", "appos", "advcl"):
            mark = child.left_edge
            if mark.lower_ == "that" and mark.dep_ == "mark" and "that" in frames and has_inner_subject(child):
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
