"""The same happening told twice: by a noun after a verb, and by the harm that it did."""

from __future__ import annotations

from copytaster.extract.events.clauses import objects, prepositional
from copytaster.extract.events.dependents import is_verbal, lemma_of, own
from copytaster.extract.events.speech_acts import Draft

HARM = frozenset({"kill", "wound", "injure", "maim", "destroy", "damage", "murder", "flatten", "level"})


MISFORTUNES = frozenset({"accident", "disaster"})


def read_misfortunes(drafts: list[Draft]) -> None:
    """What kills or injures in an accident is no attack: "five were [killed] when a plane crashed"."""
    at = {draft.head.i: draft for draft in drafts if draft.event_type == "OTHER" and draft.mode in MISFORTUNES}
    for number, draft in enumerate(drafts):
        harm = draft.head
        if harm.dep_ in ("advcl", "conj") and harm.head.i in at and lemma_of(harm) in HARM:
            # "a cargo plane of Acme crashed, [killing] its crew": the crash did it
            draft.actors = ()
        if not is_harm_by_nobody(draft):
            continue
        near = [*own(harm, "advcl", "nsubj"), *prepositional(harm, "in", "by", "after", "during", "when")]
        if harm.dep_ in ("advcl", "conj", "acl"):
            near.append(harm.head)
        near += [t for c in own(harm, "conj") for t in (*own(c, "advcl"), *prepositional(c, "in", "after"))]
        cause = next((at[token.i] for token in near if token.i in at), None) or told_before(number, drafts)
        if cause is not None:
            draft.event_type, draft.mode, draft.cameo = "OTHER", cause.mode, cause.cameo


def is_harm_by_nobody(draft: Draft) -> bool:
    """Whether somebody is killed or hurt and nobody does it."""
    harm = draft.head
    return draft.event_type == "ASSAULT" and lemma_of(harm) in (*HARM, "hurt") and not draft.actors and is_verbal(harm)


def told_before(number: int, drafts: list[Draft]) -> Draft | None:
    """The accident or disaster in whose sentence, or soon after which, people are killed or hurt.

    "A bus plunged into a ravine. Eleven people were [killed]"; an attack in between is nearer.
    """
    draft = drafts[number]
    sentence = draft.head.sent
    same_sentence = [d for d in drafts if d is not draft and sentence.start <= d.head.i < sentence.end]
    for other in same_sentence + drafts[:number][::-1][:AFTERMATH]:
        if other is draft or is_harm_by_nobody(other) or draft.head.i - other.head.i > AFTERMATH_TOKENS:
            continue
        if other.event_type == "OTHER" and other.mode in MISFORTUNES:
            return other
        if other.event_type == "ASSAULT":
            return None
    return None


AFTERMATH, AFTERMATH_TOKENS = 12, 150
"""How many drafts and tokens back the accident may lie of which somebody died."""


def outcomes(drafts: list[Draft]) -> dict[int, int]:
    """Number of the later -> number of the earlier, of an attack and the harm that it did; each gets the other's parties.

    "The [strike] [killed] three", "three were [killed] in a [strike]", "[attacked] a village, [killing] three".
    """
    at = {draft.head.i: number for number, draft in enumerate(drafts) if draft.event_type == "ASSAULT"}
    found = {}
    for number, draft in enumerate(drafts):
        harm = draft.head
        if draft.event_type != "ASSAULT" or lemma_of(harm) not in HARM or not is_verbal(harm):
            continue
        near = [*own(harm, "nsubj"), *prepositional(harm, "in", "by", "during", "with")]
        if (harm.dep_ in ("advcl", "acl") and harm.tag_ == "VBG") or harm.dep_ in ("relcl", "conj"):
            near.append(harm.head)
        near += [t for c in own(harm, "conj") if lemma_of(c) in HARM for t in prepositional(c, "in", "by", "during")]
        for token in near:
            other = at.get(token.i)
            if other is None or other == number:
                continue
            attack = drafts[other]
            attack.actors = attack.actors or draft.actors
            if attack.match.predicate.part_of_speech == "n" and not attack.recipients:
                attack.recipients = draft.recipients
            if not draft.actors and attack.actors:
                draft.actors = tuple(p for p in attack.actors if p not in draft.recipients)
            found[max(number, other)] = min(number, other)
            break
    return found


def name_again(drafts: list[Draft]) -> None:
    """Gives an event that is named again by its noun alone its parties.

    "It is not a [pressure campaign]", by the same noun; "Ann met Bob. The [meeting] lasted an hour", by any.
    """
    for number, draft in enumerate(drafts):
        if draft.actors or draft.recipients or draft.match.predicate.part_of_speech != "n":
            continue
        is_same_word = draft.head.dep_ == "attr" and any(
            s.lower_ in ("it", "this", "that") for s in own(draft.head.head, "nsubj")
        )
        is_definite = (
            draft.event_type in NAMED_AGAIN and is_bare_mention(draft) and draft.head.lemma_ not in ("war", "conflict")
        )
        if not is_same_word and not is_definite:
            continue
        for before in reversed(drafts[max(0, number - (40 if is_same_word else 12)) : number]):
            if before.event_type != draft.event_type or not before.actors:
                continue
            if is_defence(before):
                continue  # "shot down 41 drones. The [attack] …": not the defenders'
            if not is_same_word and draft.head.sent.start - before.head.sent.end > NEXT_SENTENCES:
                break
            if is_same_word and before.head.lemma_ != draft.head.lemma_:
                continue
            if before.mode and draft.mode and before.mode != draft.mode:
                continue
            draft.actors, draft.recipients = before.actors, before.recipients
            break


def is_defence(draft: Draft) -> bool:
    """Whether an attack is warded off: drones and missiles are shot down."""
    return draft.match.predicate.word == "shoot down" and any(
        t.lemma_ in ("drone", "missile", "rocket", "projectile")
        for o in objects(draft.head)
        for t in (o, *prepositional(o, "of"))
    )


NEXT_SENTENCES = 30
"""How many tokens may lie between the sentences of an event and of its second mention."""


def is_bare_mention(draft: Draft) -> bool:
    """Whether the noun points back and says nothing new: "the [meeting]", not "the mass [shooting] in Aurora"."""
    children = list(draft.head.children)
    return any(t.dep_ == "det" and t.lower_ in ("the", "this", "these", "those", "that") for t in children) and not any(
        t.dep_ in ("amod", "compound", "nmod", "poss", "prep", "acl", "relcl") for t in children
    )


NAMED_AGAIN = frozenset({"ASSAULT", "CONSULT", "PROTEST"})
"""Types whose events are told first with a verb and then go on under a noun."""
