"""Capitals that stand for their government: "Moscow said", "talks between Seoul and Pyongyang", "ties with Beijing".

The place stays what the mention refers to, since it is what the text names; the mark says that the country acts. The
pattern is the "place for people" class of the SemEval-2007 metonymy task (Markert and Nissim), told by grammar alone:
only a government speaks, wants and signs, whereas a city grows, lies somewhere and is flooded.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Token

from copytaster.extract.story import Story
from copytaster.knowledge import geography, table
from copytaster.records import Entity, Mention


@functools.cache
def state_words(role: str) -> frozenset[str]:
    """Lemmas of en/state_words.tsv: deeds of states, what they own, what they have with or want of each other."""
    return frozenset(row["lemma"] for row in table("en/state_words.tsv") if row["role"] == role)


@functools.cache
def utterance_verbs() -> frozenset[str]:
    """Lemmas of the verbs whose subject says, thinks or wants something."""
    return frozenset(row["lemma"].lower() for row in table("en/cues.tsv") if row["pos"] == "verb")


def mark_metonyms(story: Story, entities: Sequence[Entity], mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """The mentions, with `metonym_country` where the name of a capital or seat of government stands for the state."""
    capitals = [capital_country(entity) for entity in entities]
    if not any(capitals):
        return mentions
    marked = []
    for mention in mentions:
        country = capitals[mention.entity] if mention.kind == "name" else None
        if country is not None and acts_as_state(head_token(story, mention)):
            mention = replace(mention, metonym_country=country)
        marked.append(mention)
    return tuple(marked)


def capital_country(entity: Entity) -> str | None:
    """The country that a place is the capital of; None for every other entity."""
    if entity.type != "GPE" or entity.country is None:
        return None
    code = geography.country_of_capital(entity.name)
    return code if code == entity.country and geography.country_of_name(entity.name) is None else None


def head_token(story: Story, mention: Mention) -> Token:
    """The token of a mention on which the others hang."""
    tokens = story.doc.char_span(mention.span.start, mention.span.end, alignment_mode="expand")
    return tokens.root if tokens else story.token_at(mention.span.start)


def acts_as_state(token: Token) -> bool:
    """Whether the place stands where only a government can: as a subject that speaks, an agent, a partner."""
    for _ in range(4):  # "[Paris] and Berlin said": what is joined plays the part of the first
        if token.dep_ != "conj":
            break
        token = token.head
    head = token.head
    if token.dep_ in ("nsubj", "nsubjpass"):
        if token.dep_ == "nsubjpass":
            return head.lemma_.lower() in utterance_verbs() - {"see", "know", "find", "show"}
        return head.lemma_.lower() in utterance_verbs() | state_words("deed")
    if token.dep_ == "poss":
        return head.lemma_.lower() in state_words("owned")
    if token.dep_ == "pobj":
        if head.dep_ == "agent":
            return True
        word, above = head.lower_, head.head
        if word in ("with", "between", "against"):  # not "in" or "on": the summit in Paris takes place there
            return above.lemma_.lower() in state_words("with")
        if word in ("on", "from"):
            return above.lemma_.lower() in state_words("on")
        return word == "to" and head.i > 0 and head.nbor(-1).lower_ == "according"
    return False
