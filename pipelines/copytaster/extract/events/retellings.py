"""The same happening told twice: by a noun after a verb, and by the harm that it did."""

from __future__ import annotations

from copytaster.extract.events.clauses import is_verbal, lemma_of, own, prepositional
from copytaster.extract.events.speech_acts import Draft

HARM = frozenset({"kill", "wound", "injure", "maim", "destroy", "damage", "murder", "flatten", "level"})


MISFORTUNES = frozenset({"accident", "disaster"})


def read_misfortunes(drafts: list[Draft]) -> None:
    """What kills or injures in an accident is no attack: "five were [killed] when a plane crashed"."""
    at = {draft.head.i: draft for draft in drafts if draft.event_type == "OTHER" and draft.mode in MISFORTUNES}
    for draft in drafts:
        harm = draft.head
        if (
            draft.event_type != "ASSAULT"
            or lemma_of(harm) not in (*HARM, "hurt")
            or draft.actors
            or not is_verbal(harm)
        ):
            continue
        near = [*own(harm, "advcl", "nsubj"), *prepositional(harm, "in", "by", "after", "during", "when")]
        if harm.dep_ in ("advcl", "conj", "acl"):
            near.append(harm.head)
        near += [t for c in own(harm, "conj") for t in (*own(c, "advcl"), *prepositional(c, "in", "after"))]
        cause = next((at[token.i] for token in near if token.i in at), None)
        if cause is not None:
            draft.event_type, draft.mode, draft.cameo = "OTHER", cause.mode, cause.cameo


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
        is_definite = draft.event_type in NAMED_AGAIN and is_bare_mention(draft)
        if not is_same_word and not is_definite:
            continue
        for before in reversed(drafts[max(0, number - (40 if is_same_word else 12)) : number]):
            if before.event_type != draft.event_type or not before.actors:
                continue
            if not is_same_word and draft.head.sent.start - before.head.sent.end > NEXT_SENTENCES:
                break
            if is_same_word and before.head.lemma_ != draft.head.lemma_:
                continue
            if before.mode and draft.mode and before.mode != draft.mode:
                continue
            draft.actors, draft.recipients = before.actors, before.recipients
            break


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
