"""What a clause says by itself of the event in it: its negation, auxiliaries, adverbs and conjunctions."""

from __future__ import annotations

from dataclasses import dataclass, field

from spacy.tokens import Token

from copytaster.extract.events.clauses import auxiliaries, negation
from copytaster.extract.events.dependents import own
from copytaster.extract.events.governors import effects
from copytaster.extract.events.triggers import Match

FUTURE = frozenset({"will", "shall", "'ll", "’ll", "wo"})


POSSIBLE = frozenset({"could", "may", "might", "can", "ca"})


OBLIGING = frozenset({"must", "should", "ought"})


CONDITIONS = frozenset({"if", "unless", "provided", "lest"})


@dataclass(slots=True)
class Context:
    """What has been gathered on the way up."""

    effects: list[str] = field(default_factory=list)
    negations: int = 0
    has_failed: bool = False
    is_hindered: bool = False
    """Stopped or prevented by somebody: "tried to [stop] the riots"."""
    is_future: bool = False
    """By an auxiliary or a plan, not by a demand or threat."""
    grounds: dict[str, tuple[str, Token]] = field(default_factory=dict)
    """For each effect where it came from first: the kind of place, and the word."""

    def ground(self, where: str, word: Token) -> None:
        """Notes that the effects which are new came from there."""
        for effect in self.effects:
            self.grounds.setdefault(effect, (where, word))


def local(verb: Token, context: Context) -> None:
    """Negation, auxiliaries and adverbs of a clause."""
    if negation(verb) is not None or any(
        c.lower_ in ("no", "nobody", "none", "neither")
        for s in own(verb, "nsubj", "nsubjpass")
        for c in (s, *own(s, "det"))
    ):
        context.negations += 1
    words = auxiliaries(verb)
    if words & FUTURE:
        context.effects.append("planned")
        context.is_future = True
    if "would" in words:
        # reported future ("said it would withdraw") or the consequence of a condition
        is_hypothetical = any(c.lower_ in CONDITIONS for clause in own(verb, "advcl") for c in own(clause, "mark"))
        context.effects.append("conditional" if is_hypothetical or verb.dep_ == "ROOT" else "planned")
        context.is_future = True
    if words & POSSIBLE:
        context.effects.append("conditional")
    if words & OBLIGING:
        context.effects.append("demanded")
    clause(verb, context)


def clause(verb: Token, context: Context) -> None:
    """Adverbs, conjunctions and sources of a clause that hold whatever stands in it."""
    for child in verb.children:
        if child.dep_ == "advmod" and (effect := effects().get(("r", child.lower_))):
            if effect == "failed":
                context.has_failed = context.has_failed or negation(verb) != child
            else:
                context.effects.append(effect)
        elif child.dep_ == "mark" and child.lower_ in CONDITIONS:
            context.effects.append("conditional" if verb.dep_ == "advcl" else "questioned")
        elif child.dep_ == "mark" and child.lower_ == "whether":
            context.effects.append("questioned")
        elif child.dep_ in ("prep", "advcl") and child.lower_ == "according":
            context.effects.append("reported")


def modifiers(match: Match, context: Context) -> None:
    """Adjectives, determiners and negations of an event noun: "the alleged attack", "no talks"."""
    noun = match.head
    if negation(noun) is not None:
        context.negations += 1
    for child in noun.children:
        if child.dep_ in ("amod", "compound", "nmod") and child.i < match.first.i + 1:
            effect = effects().get(("a", child.lower_)) or effects().get(("a", child.lemma_.lower()))
            if effect == "failed":
                context.has_failed = True
            elif effect:
                context.effects.append(effect)
                context.is_future = context.is_future or effect == "planned"


def local_future(verb: Token, context: Context) -> None:
    """The future of the clause that a participle belongs to."""
    if auxiliaries(verb) & FUTURE:
        context.effects.append("planned")
        context.is_future = True
    clause(verb, context)


def auxiliaries_of_its_own(verb: Token) -> bool:
    """Whether a coordinated verb has auxiliaries or a subject of its own."""
    return any(c.dep_ in ("aux", "auxpass", "nsubj", "nsubjpass") for c in verb.children)


def is_infinitive(verb: Token) -> bool:
    """Whether the verb is a to-infinitive."""
    return any(c.dep_ == "aux" and c.lower_ == "to" for c in verb.children)
