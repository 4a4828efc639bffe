"""The parse of a story as plain lists: what a rule that looks at every word can afford to walk."""

from __future__ import annotations

import bisect
from typing import Literal

from copytaster.extract.story import Story

Role = Literal["subject", "agent", "object", "indirect", "oblique", "possessor", "predicate", "modifier", "other"]

ROLE_OF: dict[str, Role] = {
    "nsubj": "subject",
    "nsubjpass": "subject",
    "dobj": "object",
    "dative": "indirect",
    "pobj": "oblique",
    "poss": "possessor",
    "attr": "predicate",
    "oprd": "predicate",
    "compound": "modifier",
    "amod": "modifier",
    "nmod": "modifier",
}
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
MAX_CLIMB = 12
"""Steps up a tree after which a rule gives up: parses of run-on text can be very deep."""


class Syntax:
    """Words, tags, heads and dependents of a story's tokens, by token number."""

    def __init__(self, story: Story) -> None:
        doc = story.doc
        self.story = story
        self.doc = doc
        self.size = len(doc)
        columns = story.columns
        self.words = columns.words
        self.lemmas = [lemma.lower() for lemma in columns.lemmas]
        self.pos = columns.pos
        self.tags = columns.tags
        self.deps = columns.deps
        self.heads = columns.heads
        self.starts = columns.starts
        self.lower = [word.lower() for word in self.words]
        self.children: list[list[int]] = [[] for _ in self.words]
        for i, head in enumerate(self.heads):
            if head != i:
                self.children[head].append(i)
        self.sentences = self._sentence_numbers()

    def _sentence_numbers(self) -> list[int]:
        """The number of each token's sentence in `story.sentences`."""
        numbers, at = [], 0
        ends = [end for _, end in self.story.sentences]
        for start in self.starts:
            while at + 1 < len(ends) and start >= ends[at]:
                at += 1
            numbers.append(at)
        return numbers

    def token_at(self, offset: int) -> int:
        """The number of the token that covers the offset, or of the last one before it."""
        return max(0, bisect.bisect_right(self.starts, offset) - 1)

    def role(self, i: int) -> Role:
        """What the phrase headed by the token is to its verb; a conjunct or an apposition has its partner's role."""
        for _ in range(MAX_CLIMB):
            if self.deps[i] not in ("conj", "appos") or self.heads[i] == i:
                break
            i = self.heads[i]
        dep = self.deps[i]
        if dep == "pobj":
            above = self.deps[self.heads[i]]
            if self.lower[self.heads[i]] == "as":
                return "predicate"  # "acting as her lawyer"
            return "agent" if above == "agent" else "indirect" if above == "dative" else "oblique"
        return ROLE_OF.get(dep, "other")

    def verb_above(self, i: int) -> int | None:
        """The verb on which the phrase of the token depends, directly or by prepositions and nouns."""
        for _ in range(MAX_CLIMB):
            head = self.heads[i]
            if head == i:
                return None
            if self.pos[head] in ("VERB", "AUX"):
                return head
            i = head
        return None

    def subject(self, verb: int) -> int | None:
        """The subject of a verb: its own, or that of the verb it shares one with (conjunct, open complement)."""
        for _ in range(MAX_CLIMB):
            for child in self.children[verb]:
                if self.deps[child] in SUBJECTS:
                    return child
            dep, head = self.deps[verb], self.heads[verb]
            if head == verb or dep not in ("conj", "xcomp", "ccomp", "advcl", "acl", "relcl", "aux", "prep", "pcomp"):
                return None
            if dep in ("xcomp", "ccomp", "advcl") and any(
                self.lower[c] == "to" for c in self.children[verb] if c < verb
            ):
                controller = self.controller(head)
                if controller is not None:
                    return controller
            if dep == "acl" or (
                dep == "relcl" and any(self.lower[c] == "to" for c in self.children[verb] if c < verb)
            ):  # "the man accused of killing her": the noun it modifies
                return head if self.pos[head] in ("NOUN", "PROPN", "PRON") else None
            if dep in ("ccomp", "relcl") or (
                dep == "advcl" and any(self.deps[c] == "mark" for c in self.children[verb])
            ):
                return None
            verb = head
        return None

    def controller(self, verb: int) -> int | None:
        """Who is to do what the verb asks for: "urged [Doe] to go", "called on [Doe] to go"."""
        for child in self.children[verb]:
            if child < verb:
                continue
            if self.deps[child] in ("dobj", "dative") and self.pos[child] in ("NOUN", "PROPN", "PRON"):
                return child
            if (
                self.deps[child] == "prep"
                and self.lower[child] in ("on", "to")
                and self.lemmas[verb] in ("call", "appeal")
            ):
                return next((c for c in self.children[child] if self.deps[c] == "pobj"), None)
        return None

    def phrase_start(self, head: int) -> int:
        """The first token of the noun phrase before its head: determiner, possessor and modifiers."""
        start = head
        for child in reversed(self.children[head]):
            if child >= head:
                continue
            if self.deps[child] not in PREMODIFIERS or self.tags[child] == "WRB":
                break
            edge = self.doc[child].left_edge.i
            if self.sentences[edge] != self.sentences[head] or head - edge > 25:
                break
            start = edge
        while start < head and self.deps[start] in ("advmod", "neg") and self.deps[start + 1] == "det":
            start += 1  # "again [the nominee]"
        return start


PREMODIFIERS = frozenset({"det", "poss", "amod", "compound", "nmod", "nummod", "quantmod", "predet", "advmod", "neg"})
"""What stands before a noun and belongs to its phrase."""
