"""Noun phrases that describe instead of naming: "the Venezuelan leader", "one journalist", "the ministry"."""

from __future__ import annotations

from dataclasses import dataclass

from copytaster.extract.coreference.discourse import Referent
from copytaster.extract.coreference.roles import (
    FORMER,
    LOWER,
    RoleNoun,
    longest_role,
)
from copytaster.extract.coreference.syntax import MAX_CLIMB, Role, Syntax

DEFINITE = frozenset({"the", "this", "that", "these", "those", "both"})
INDEFINITE = frozenset({"a", "an", "one", "another", "some", "several", "many", "two", "few", "any", "every", "each"})
INNER = frozenset({"compound", "nmod", "amod", "nummod", "npadvmod", "quantmod", "det", "advmod", "punct"})
"""Dependents that only qualify another noun: "police" in "police officer"."""

CLOSE = frozenset({"familiar", "close", "briefed", "involved", "aware"})
"""What is said of sources behind the noun: "people familiar with the matter"."""


@dataclass(frozen=True, slots=True)
class Nominal:
    """A descriptive noun phrase, before it is known whom it means."""

    head: int
    start: int
    end: int
    """Tokens [start, end), determiner included."""
    noun: RoleNoun
    determiner: str
    """definite, indefinite, possessed or bare."""
    is_plural: bool
    is_former: bool
    is_lower: bool
    role: Role
    modifiers: tuple[str, ...]
    """The words before the noun, without determiner and possessor, in small letters."""

    @property
    def key(self) -> tuple[str, ...]:
        """What two bare plurals must share to mean the same people: "US officials" twice."""
        return (*self.modifiers, self.noun.noun)


def find_nominal(syntax: Syntax, head: int, named: list[int]) -> Nominal | None:
    """The descriptive phrase that the token heads; None where it heads none.

    `named` has for each token the entity that it is part of a name of, or -1.
    """
    if syntax.pos[head] not in ("NOUN", "PROPN") or named[head] >= 0 or syntax.deps[head] in INNER:
        return None
    limit = min(syntax.size, head + 4)
    found = longest_role(syntax.lower, syntax.lemmas, head, limit)
    if found is None or found[0].kind in ("none", "time"):
        return None
    noun, first, last = found
    if any(named[i] >= 0 for i in range(first, last + 1)) or not is_inside(syntax, head, first, last):
        noun_alone = longest_role([syntax.lower[head]], [syntax.lemmas[head]], 0, 1)
        if noun_alone is None or noun_alone[0].kind in ("none", "time"):
            return None
        noun, first, last = noun_alone[0], head, head
    start = hyphenated_start(syntax, min(first, syntax.phrase_start(head)), named)
    is_alleged = start > 0 and syntax.lower[start - 1] in ALLEGED and syntax.tags[start - 1] in ("VBN", "JJ")
    if is_alleged and syntax.deps[start] != "det" and syntax.sentences[start - 1] == syntax.sentences[head]:
        start -= 1  # parsed as a verb: "to stop suspected drug traffickers"
    if is_title(syntax, last, named):
        return None
    determiner = determiner_of(syntax, head, start)
    words = tuple(
        syntax.lower[i]
        for i in range(start, first)
        if syntax.deps[i] not in ("det", "poss", "case") and syntax.pos[i] != "PUNCT"
    )
    tag = syntax.tags[head]
    is_plural = noun.is_plural or noun.kind == "people" or tag in ("NNS", "NNPS")
    end = phrase_end(syntax, head, last, noun)
    end = hyphenated_end(syntax, end)
    while end < syntax.size and named[end] >= 0 and named[end] == named[end - 1]:
        end += 1  # a name is not cut in two: "a spokesman for the Department for Transport"
    if is_no_party(syntax, head, noun, determiner, is_plural):
        return None
    return Nominal(
        head,
        start,
        end,
        noun,
        determiner,
        is_plural,
        bool(FORMER & set(words)),
        bool(LOWER & set(words)),
        syntax.role(head),
        words,
    )


def hyphenated_start(syntax: Syntax, start: int, named: list[int]) -> int:
    """Where a phrase begins whose first word hangs by a hyphen on the one before: "the [co-founder]"."""
    text, starts = syntax.story.text, syntax.starts
    is_bound = start > 1 and syntax.words[start - 1] == "-" and starts[start - 1] + 1 == starts[start]
    if not is_bound or text[starts[start - 1] - 1].isspace() or named[start - 2] >= 0:
        return start
    start -= 2
    while start > 0 and syntax.deps[start - 1] in ("det", "amod", "poss") and syntax.heads[start - 1] >= start:
        start -= 1
    return start


def hyphenated_end(syntax: Syntax, end: int) -> int:
    """Where a phrase ends whose noun goes on by hyphens: "his [son-in-law]", "the [father-of-three]"."""
    words = syntax.lower
    if end + 3 < syntax.size and words[end] == words[end + 2] == "-" and words[end + 1] in ("in", "of"):
        return end + 4
    return end


ALLEGED = frozenset({"suspected", "alleged", "accused", "convicted", "armed", "masked", "unidentified", "unnamed"})
"""Participles that only ever stand before a noun for people when one follows."""

QUANTITIES = frozenset({"couple", "pair", "group", "team", "crowd", "band", "panel", "majority", "army", "family"})
"""Nouns that may only count what follows them: "a couple of things"."""


THINGS_TOO = frozenset({"chair", "head", "anchor", "model", "star", "forward", "host", "major", "general", "native"})
"""Nouns for people that as often mean a thing, unless "the" or an owner makes them a role."""


VERBS_TOO = frozenset(
    {"chairs", "heads", "hosts", "coaches", "captains", "champions", "fathers", "mothers", "partners"}
)
"""Plurals that after a name are as often verbs."""


def is_no_party(syntax: Syntax, head: int, noun: RoleNoun, determiner: str, is_plural: bool) -> bool:
    """Whether a noun that may mean people means none here: "a couple of things", "left office", "a pressure campaign"."""
    if syntax.lemmas[head] in QUANTITIES:
        for child in syntax.children[head]:
            if child == head + 1 and syntax.lower[child] == "of":
                inner = [c for c in syntax.children[child] if syntax.deps[c] == "pobj"]
                counted = longest_role([syntax.lower[inner[0]]], [syntax.lemmas[inner[0]]], 0, 1) if inner else None
                if counted is None or counted[0].kind not in ("person", "people"):
                    return True
    if noun.noun == "fund" and is_plural:
        return True
    follows_name = head > 0 and syntax.words[head - 1][:1].isupper() and syntax.deps[head - 1] in ("compound", "nsubj")
    if syntax.lower[head] in VERBS_TOO and follows_name:
        return True  # "the council, which Doe chairs", with the verb taken for a noun
    if noun.noun in THINGS_TOO and determiner in ("indefinite", "bare") and syntax.role(head) != "subject":
        return True
    if noun.noun == "campaign":
        return any(syntax.deps[c] == "compound" and syntax.pos[c] == "NOUN" for c in syntax.children[head])
    # a singular noun without a determiner is no party ("in office", "into exile"), but in headlines, whose verbs show it
    is_apposed = syntax.deps[head] in ("appos", "attr") or any(syntax.deps[c] == "appos" for c in syntax.children[head])
    if determiner == "bare" and not is_plural and syntax.tags[head] == "NN" and not is_apposed:
        return syntax.story.block_at(syntax.starts[head]).kind not in ("headline", "subheading", "caption")
    return False


def is_inside(syntax: Syntax, head: int, first: int, last: int) -> bool:
    """Whether a role of several words hangs together in the parse, so that "minister Kim" of two phrases is not one."""
    return all(
        i == head or syntax.heads[i] == head or syntax.heads[syntax.heads[i]] == head for i in range(first, last + 1)
    )


def is_title(syntax: Syntax, last: int, named: list[int]) -> bool:
    """Whether a name follows at once: "President Donald Trump", where the noun is a title and no mention."""
    after = last + 1
    return (
        after < syntax.size
        and named[after] >= 0
        and syntax.sentences[after] == syntax.sentences[last]
        and syntax.pos[after] == "PROPN"
    )


def determiner_of(syntax: Syntax, head: int, start: int) -> str:
    """definite, indefinite, possessed or bare."""
    for child in syntax.children[head]:
        if child > head:
            break
        if syntax.deps[child] == "poss":
            return "possessed"
        if syntax.deps[child] in ("det", "predet") and syntax.lower[child] in DEFINITE:
            return "definite"
    word = syntax.lower[start]
    if word in DEFINITE:
        return "definite"
    if word in INDEFINITE or syntax.pos[start] == "NUM":
        return "indefinite"
    return "bare"


def phrase_end(syntax: Syntax, head: int, last: int, noun: RoleNoun) -> int:
    """Where the phrase ends: after the noun, or after an of- or for-phrase that says whose the role is.

    "the president of Venezuela", "a spokesman for the ministry", "two aides close to the talks"; relative clauses and
    whatever follows a comma are left out.
    """
    end = last + 1
    if noun.kind not in ("person", "people", "organisation"):
        return end
    for child in syntax.children[head]:
        if child != end:
            continue
        dep, word = syntax.deps[child], syntax.lower[child]
        is_complement = dep == "prep" and word in ("of", "for") and noun.kind == "person"
        if is_complement or word in CLOSE:
            reach = complement_end(syntax, child)
            return reach if reach - end <= 10 else end
    return end


def complement_end(syntax: Syntax, at: int) -> int:
    """One past the noun that a preposition (or "close to", "familiar with") governs, without what follows that noun."""
    for _ in range(4):
        below = [c for c in syntax.children[at] if c > at and syntax.deps[c] in ("prep", "pobj", "agent")]
        if not below:
            break
        at = below[0]
        if syntax.deps[at] == "pobj" and not any(syntax.lower[c] == "of" and c == at + 1 for c in syntax.children[at]):
            break
    return at + 1


def agree(nominal: Nominal, referent: Referent) -> bool:
    """Whether kind and gender of a description and a referent go together."""
    kind = nominal.noun.kind
    if kind == "person" and referent.kind != "person":
        return False
    if kind in ("organisation", "people") and referent.kind not in ("organisation", "people"):
        return False
    if kind == "place" and referent.kind not in ("place", "region"):
        return False
    if kind in ("facility", "work") and referent.kind != kind:
        return False
    return not (nominal.noun.gender and referent.gender and nominal.noun.gender != referent.gender)


def takes_part(syntax: Syntax, nominal: Nominal) -> bool:
    """Whether the phrase is a speaker or participant: subject, object, agent, or source ("according to")."""
    if nominal.role in ("subject", "agent", "object", "indirect"):
        return True
    if nominal.role != "oblique":
        return False
    if is_according_to(syntax, nominal.head):
        return True
    preposition = preposition_above(syntax, nominal.head)
    return syntax.lower[preposition] in PARTIES_BY and syntax.pos[syntax.heads[preposition]] in ("VERB", "NOUN")


PARTIES_BY = frozenset({"to", "with", "against", "by", "from", "between", "among"})
"""Prepositions before those with, to or against whom something is done."""


def preposition_above(syntax: Syntax, i: int) -> int:
    """The token that governs the phrase, past conjuncts and appositions."""
    for _ in range(MAX_CLIMB):
        if syntax.deps[i] not in ("conj", "appos") or syntax.heads[i] == i:
            break
        i = syntax.heads[i]
    return syntax.heads[i]


def is_according_to(syntax: Syntax, head: int) -> bool:
    """Whether the phrase is the source of "according to"."""
    preposition = preposition_above(syntax, head)
    return syntax.lower[preposition] == "to" and syntax.lower[syntax.heads[preposition]] == "according"
