"""Whether it happened: modality and polarity of an event, from the words that stand above its trigger in the parse.

The way leads from the trigger up to the root. Each governor adds what it makes of its complement ("threatened to
[attack]" threatened, "denied [doing so]" denied, "if he [resigns]" conditional); of several the weightiest counts. Where
the event is only a circumstance ("resigned after the [attack]"), modals and negations of the clause do not touch it.
"""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Token

from copytaster.extract.events.clauses import APPEALING, auxiliaries, completes_particle, negation
from copytaster.extract.events.dependents import is_verbal, own
from copytaster.extract.events.frames import light_role
from copytaster.extract.events.governors import (
    ACTS,
    came_of,
    effect_of,
    is_speech,
    light_effect,
    light_effects,
    phrasal_effect,
)
from copytaster.extract.events.misparses import accused_act, finite_before, swallowed
from copytaster.extract.events.mood import (
    CONDITIONS,
    Context,
    auxiliaries_of_its_own,
    clause,
    is_infinitive,
    local,
    local_future,
    modifiers,
)
from copytaster.extract.events.triggers import Match
from copytaster.records import Modality, Polarity

PRECEDENCE: tuple[Modality, ...] = (
    "denied", "questioned", "conditional", "threatened", "demanded", "proposed", "planned", "alleged", "reported",
)  # fmt: skip
FACTUAL_PREPOSITIONS = frozenset(
    {"after", "following", "during", "over", "in", "since", "amid", "despite", "by", "through", "because"}
)

PLANNING = frozenset(
    {"plan", "intend", "aim", "prepare", "expect", "be", "go", "schedule", "set", "due", "propose", "vow", "pledge"}
)
"""Governors that say of a future act that it is meant to come: it is a promise or threat, as with "will"."""

FALSE = frozenset({"false", "untrue", "baseless", "unfounded", "groundless", "wrong", "incorrect", "fabricated"})

ADDRESSING = frozenset(
    {"give", "ask", "order", "urge", "tell", "force", "allow", "invite", "press", "persuade", "call", "enable"}
)
"""Verbs whose infinitive, read as a purpose, is what the person addressed shall do: "gave him a week to leave"."""


@dataclass(frozen=True, slots=True)
class Whether:
    """Whether an event happened, as the text has it."""

    modality: Modality
    polarity: Polarity
    is_future: bool
    """Whether it lies in the future of its clause."""
    rule: str
    """Where in the sentence the modality came from; see schemas/rules.md."""
    word: Token | None
    """The word that it rests on."""


STEPS = {
    "conj": "conjunct",
    **dict.fromkeys(("ccomp", "xcomp", "acomp", "attr", "oprd"), "complement"),
    **dict.fromkeys(("dobj", "nsubjpass", "nsubj", "dative"), "argument"),
    **dict.fromkeys(("pobj", "pcomp", "prep", "agent", "prt"), "preposition"),
}
"""What the word above is to the event, by how the event hangs on it; else `adjunct`."""


def modality_of(match: Match, quoted_act: str | None = None) -> Whether:
    """Whether the event happened.

    `quoted_act` is the speech act of the innermost quote whose content holds the trigger, None outside quotes.
    """
    context = Context()
    is_circumstance = climb(match, context)
    if is_verbal(match.head) and phrasal_effect(match.head) == "failed" and " " not in match.predicate.word:
        context.has_failed = True  # not "called a strike" but "called off a strike"
    if context.negations and any(slot.name == "neg" for slot in match.predicate.slots):
        context.negations -= 1  # "did not accept" is a rejection, which did happen
    if quoted_act is not None:
        effect = ACTS.get(quoted_act, "reported")
        if effect == "failed":  # "refused to answer a demand": the demand was made
            context.has_failed = context.has_failed or not is_circumstance
        elif is_circumstance and effect in ("demanded", "planned", "proposed", "threatened", "conditional"):
            context.effects.append("reported")  # "threatened to resign over the attack": the attack is no threat
        elif effect in ("demanded", "planned", "proposed") and set(context.effects) & {
            "proposed",
            "planned",
            "threatened",
            "demanded",
        }:
            pass  # the clause itself says it better: "proposed that he go" is a proposal, whatever else the cue may do
        elif effect != "realised" and not (effect == "denied" and context.negations):
            context.effects.append(effect)
        context.ground("quote", match.head)
    is_negative = context.has_failed or context.negations % 2 == 1 or "denied" in context.effects
    found = set(context.effects)
    if (
        context.negations % 2 == 1
        and found & {"reported", "alleged"}
        and not found & {"planned", "demanded", "proposed", "threatened", "conditional", "questioned"}
    ):
        found.add("denied")
    modality: Modality = next((m for m in PRECEDENCE if m in found), "asserted")
    where, word = context.grounds.get(modality, ("negation" if modality == "denied" else "plain", None))
    polarity: Polarity = "negative" if is_negative else "positive"
    return Whether(modality, polarity, context.is_future, f"{modality}.{where}", word)


def climb(match: Match, context: Context) -> bool:
    """Gathers effects from the trigger to the root; gives whether the event is only a circumstance there."""
    token = match.head
    is_circumstance = False
    if is_verbal(token) or token.pos_ == "ADJ":
        local(token, context)
    else:
        modifiers(match, context)
    context.ground("clause", token)
    for _ in range(12):
        head = token.head
        if head == token:
            break
        if (swallower := swallowed(token)) is not None and is_verbal(swallower.head):
            token = swallower.head
            local(token, context)
            context.ground("clause", token)
            continue
        if (content := accused_act(token)) is not None:
            token = content
            continue
        if (finite := finite_before(token)) is not None:  # "failed to find a buyer and filed …"
            token = finite
            continue
        is_circumstance = step(token, head, match, context, is_circumstance=is_circumstance)
        context.ground(STEPS.get(token.dep_, "adjunct"), head)
        token = head
    if is_verbal(token) and not is_circumstance and token.sent[-1].i >= token.i and asks(token):
        context.effects.append("questioned")
        context.ground("question", token)
    return is_circumstance


def asks(root: Token) -> bool:
    """Whether the sentence of the root is a question."""
    sentence = root.sent
    return any(t.text == "?" for t in sentence[-3:])


def step(token: Token, head: Token, match: Match, context: Context, *, is_circumstance: bool) -> bool:
    """What the way from a word to its head adds; gives whether from here on only sources of the report count."""
    dep = token.dep_
    if dep == "conj":
        if not is_circumstance and is_verbal(head) and not auxiliaries_of_its_own(token):
            for child in head.children:
                if child.dep_ == "mark" and child.lower_ in (*CONDITIONS, "whether"):
                    context.effects.append("conditional" if child.lower_ != "whether" else "questioned")
        return is_circumstance
    if (
        dep in ("ccomp", "xcomp", "acomp", "attr", "oprd")
        or completes_particle(token)
        or (dep == "advcl" and is_infinitive(token))
        or (dep in ("acl", "relcl") and is_infinitive(token))
        or (
            dep == "acl" and any(c.lower_ == "that" for c in own(token, "mark"))
        )  # "rumours that the king had abdicated"
    ):
        is_outcome = token == match.head and match.predicate.mode == "match"
        return complement(token, head, context, is_circumstance=is_circumstance, is_outcome=is_outcome)
    if dep in ("dobj", "nsubjpass", "nsubj", "dative"):
        return argument(token, head, match, context, is_circumstance=is_circumstance)
    if dep in ("pobj", "pcomp"):
        return prepositional_step(token, head, context, is_circumstance=is_circumstance)
    if dep in ("prep", "agent", "prt"):
        return is_circumstance
    if dep in ("advcl", "relcl", "acl", "appos", "npadvmod", "compound", "amod", "poss", "nmod", "parataxis"):
        if (
            dep == "advcl"
            and not is_circumstance
            and token.tag_ == "VBG"
            and not own(token, "mark", "prep")
            and is_verbal(head)
        ):
            # a participle shares the modality of its clause: "will march, carrying flags"
            local_future(head, context)
            return False
        return True
    if is_verbal(head):
        clause(head, context)
    return is_circumstance


def is_asked(verb: Token) -> bool:
    """Whether somebody is asked to do what the infinitive says: "gave him a week [to leave]", "pleaded with her [to stay]"."""
    if verb.lemma_ in APPEALING:
        return bool(own(verb, "prep"))
    return verb.lemma_ in ADDRESSING and bool(own(verb, "dobj", "dative"))


def complement(token: Token, head: Token, context: Context, *, is_circumstance: bool, is_outcome: bool = False) -> bool:
    """A clause that completes a verb, noun or adjective; `is_outcome` of who won: "came from behind to [beat] Spain"."""
    effect = effect_of(head)
    infinitive = is_infinitive(token)
    if effect == "demanded" and head.lemma_ == "tell" and not infinitive and own(token, "nsubj"):
        effect = "reported"  # "told parliament: we want peace"
    if (
        effect == "demanded"
        and token.tag_ not in ("VB", "VBP", "VBG")
        and not infinitive
        and not auxiliaries(token) & {"be"}
    ):
        effect = "reported"  # "told them that he had lost": no demand, which has the bare form ("asked that he go")
    finite = token.dep_ == "ccomp" and not infinitive
    if head.lemma_ == "be":
        if infinitive:
            effect = "planned"
        elif not is_circumstance:
            local(head, context)
            return False
    elif head.lemma_ in ("have", "need") and infinitive:
        effect = "demanded"
    elif infinitive and (came_of(head) or (is_outcome and effect == "realised")):
        effect = "realised"  # "rallied to beat Spain", "went on to sign the deal"
    elif head.lemma_ == "go" and infinitive:
        effect = "planned"
    elif infinitive and token.dep_ == "advcl" and not is_asked(head):
        effect = "planned"  # a purpose: "sent troops to stop the rebels"
    elif (
        finite
        and effect in ("planned", "conditional")
        and head.lemma_ in ("decide", "agree", "hope", "expect", "fear", "want", "guarantee", "swear")
    ):
        effect = effect if head.lemma_ not in ("agree", "swear") else "reported"
    elif finite and effect == "threatened":
        effect = "reported" if head.lemma_ == "warn" else effect
    elif finite and effect == "failed":
        effect = "denied"
    elif (
        infinitive
        and effect in ("reported", "alleged")
        and token.dep_ == "xcomp"
        and head.lemma_ in ("ask", "tell", "signal")
    ) or (infinitive and effect == "questioned"):
        effect = "demanded"
    elif infinitive and effect is None and token.dep_ in ("acl", "relcl"):
        effect = "planned"
    elif finite and head.lemma_ == "ask":
        effect = "questioned"
    if head.lemma_ in ("want", "expect", "like", "need") and own(token, "nsubj") and infinitive:
        effect = "demanded"
    if effect == "failed":
        if context.is_hindered and not is_circumstance:  # "failed to stop the riots": there were riots
            context.has_failed = False
            return True
        context.has_failed = context.has_failed or not is_circumstance
    elif effect == "realised" or effect is None:
        if not is_circumstance and is_verbal(head):
            local(head, context)
        return is_circumstance
    elif not is_circumstance or is_speech(effect):
        context.effects.append(effect)
        context.is_future = context.is_future or (
            effect == "planned"
            and not is_circumstance
            and token.dep_ in ("xcomp", "ccomp")
            and head.lemma_.lower() in PLANNING
        )
    if is_verbal(head):
        if not is_speech(effect) and not is_circumstance and negation(head) is not None:
            context.negations += 1
        clause(head, context)
    elif effect == "planned" and not is_circumstance and negation(head) is not None:
        context.negations += 1  # "has no plans to send troops"
    elif is_called_false(head):
        context.effects.append("denied")
    return is_circumstance


def is_called_false(noun: Token) -> bool:
    """Whether what a noun reports is said to be untrue: "[Rumours] that the king had abdicated were false"."""
    return noun.dep_ == "nsubj" and any(c.lower_ in FALSE for c in own(noun.head, "acomp", "attr"))


def argument(token: Token, head: Token, match: Match, context: Context, *, is_circumstance: bool) -> bool:
    """An event noun as subject or object of a verb."""
    if not is_verbal(head):
        return True
    if not is_circumstance and token.dep_ in ("dobj", "nsubjpass") and phrasal_effect(head) == "failed":
        context.has_failed = True
        return False
    if is_circumstance or (is_verbal(match.head) and token != match.head and token.dep_ == "nsubj"):
        return True
    lemma = head.lemma_.lower()
    role = light_role(head)
    if token.dep_ == "nsubj":
        if role is not None:
            local(head, context)
            return False
        return True
    effect = light_effect(head) if role is not None else None
    if effect in ("prevent", "stop", "deny"):
        context.is_hindered = effect != "deny"
        if effect == "prevent":
            context.has_failed = True
        elif effect == "deny":
            context.effects.append("denied")
    elif effect == "plan":
        context.effects.append("planned")
    elif effect in ("propose", "demand"):
        context.effects.append("proposed" if effect == "propose" else "demanded")
    elif effect is None:
        own_effect = effect_of(head)
        if own_effect == "failed":
            context.has_failed = True
            return False
        if own_effect in ("denied", "questioned"):
            context.effects.append("denied" if lemma in ("deny", "disavow") else "reported")
            return True
        if own_effect in ("demanded", "proposed", "threatened", "planned", "conditional", "alleged") and lemma not in (
            "ask",
            "need",
            "try",
        ):
            context.effects.append(own_effect)
            context.is_future = context.is_future or own_effect == "planned"
            return False
        if own_effect is None or own_effect == "reported":
            clause(head, context)
            return True
    local(head, context)
    return False


def prepositional_step(token: Token, preposition: Token, context: Context, *, is_circumstance: bool) -> bool:
    """An event behind a preposition: "accused of [attacking]", "call for [talks]", "after the [attack]"."""
    word = preposition.lower_
    governor = preposition.head
    if word in ("without", "instead") or (word == "of" and governor.lower_ == "instead"):
        context.has_failed = True
        return True
    if word == "according" or (word == "to" and governor.lower_ == "according"):
        return True
    if not is_verbal(governor):  # "threatened Chile with force", the object read as the head
        governor = next((c for c in governor.children if swallowed(c) is not None), governor)
    if is_circumstance:
        return True
    if word == "by" and is_verbal(token) and is_verbal(governor):  # a means shares its clause's modality
        local(governor, context)
        return False
    if word in ("about", "of") and governor.lemma_ in ("talk", "think", "dream", "speak"):
        context.effects.append("proposed")
        return True
    if word in FACTUAL_PREPOSITIONS:
        return True
    effect = effect_of(governor)
    if effect is None or effect == "realised" or word in ("before", "until", "till"):
        if word in ("before", "until", "till") and is_verbal(governor):
            return True
        if is_verbal(governor) and light_role_through(governor, word):
            local(governor, context)
            return False
        return True
    if effect == "failed":
        context.has_failed = True
    elif effect == "reported":
        if governor.pos_ == "NOUN":
            context.effects.append("reported")
        return True
    elif effect == "alleged" and is_verbal(governor) and word not in ("of", "with", "for", "in", "on"):
        return True
    else:
        if effect == "questioned":
            return True
        if effect == "planned" and word not in ("to", "for", "on", "of", "in"):
            return True
        if (
            effect == "planned"
            and governor.lemma_ in ("agreement", "deal", "need", "work", "fight", "campaign")
            and word == "on"
        ):
            return True
        context.effects.append(effect)
        context.is_future = context.is_future or effect == "planned"
    if (is_verbal(governor) or effect == "planned") and not is_speech(effect) and negation(governor) is not None:
        context.negations += 1  # "did not plan", "has no intention of sending troops"
    return False


def light_role_through(governor: Token, word: str) -> bool:
    """Whether the verb carries the event noun behind this preposition ("engaged in [talks]")."""
    return f"{governor.lemma_.lower()} {word}" in light_effects()
