"""Which drafts are told as events of their own: those in which somebody takes part and that no other one tells already."""

from __future__ import annotations

from copytaster.extract.events.clauses import is_passive, objects
from copytaster.extract.events.dependents import is_verbal, own
from copytaster.extract.events.frames import light_role
from copytaster.extract.events.noun_kinds import PERSONAL
from copytaster.extract.events.parties import Parties
from copytaster.extract.events.speech_acts import UNTOLD, Draft


def is_worth_telling(draft: Draft, parties: Parties) -> bool:
    """Whether somebody takes part: an event noun or verb without anybody is a topic, not an event."""
    if draft.event_type == UNTOLD:
        return False
    if draft.event_type == "OTHER" and draft.mode in ("disaster", "accident", "results"):
        return True
    if is_folded(draft) or is_background(draft):
        return False
    if draft.event_type == "OTHER" and draft.mode in HAPPENINGS and draft.match.predicate.part_of_speech == "v":
        return True
    if draft.actors or draft.recipients:
        return True
    if draft.event_type in ("ASSAULT", "PROTEST") and parties.places(draft.match, draft.mode):
        return True
    if draft.event_type in ("ASSAULT", "COERCE") and is_done_to_thing(draft):
        return True
    return (draft.event_type in TAKING_PLACE or draft.mode == "investigate") and (
        has_unresolved(draft) or is_occurrence(draft)
    )


def is_background(draft: Draft) -> bool:
    """Whether a war is only the time or the cause of something else: "since the [war] began", "in the [war] on terror"."""
    noun = draft.head
    return (
        draft.match.predicate.part_of_speech == "n"
        and noun.lemma_.lower() in ("war", "conflict")
        and noun.dep_ in ("pobj", "compound", "nmod", "poss")
    )


HAPPENINGS = frozenset({"launch", "discovery", "match", "election", "award", "death"})
"""Kinds of our own in which nobody need be named: "A new species was [discovered]", "[won] three Oscars"."""

TAKING_PLACE = frozenset({"ASSAULT", "PROTEST", "COERCE", "SANCTION", "RETREAT", "REQUEST"})
"""Types whose parties may stay unknown: "He was [jailed]", "[Protests] erupted"."""


def is_done_to_thing(draft: Draft) -> bool:
    """Whether a thing of the kind that the predicate asks for suffers it by unknown hands: "a ship was [seized]"."""
    if draft.match.predicate.part_of_speech != "v" or not is_passive(draft.head):
        return False
    return any(slot.name == "obj" and slot.accepted != ("*",) for slot in draft.match.predicate.slots)


def has_unresolved(draft: Draft) -> bool:
    """Whether a personal pronoun that nothing resolves takes part: "[he] was jailed", "[her] arrest"."""
    head = draft.head
    if draft.match.predicate.part_of_speech == "n":
        return any(t.lower_ in ("his", "her", "their", "my", "our") for t in own(head, "poss"))
    found = objects(head) if is_verbal(head) else []
    if any(t.pos_ == "NUM" for t in found) and draft.event_type == "ASSAULT":
        return True  # "two were killed"
    return any(t.lower_ in PERSONAL and t.lower_ not in ("i", "we", "you", "us", "me") for t in found)


def is_occurrence(draft: Draft) -> bool:
    """Whether the noun is told as something that took place: "[protests] erupted", "launched an [attack]"."""
    if draft.match.predicate.part_of_speech != "n" or draft.match.governor is None:
        return False
    if draft.match.governor.lemma_ == "be":
        return draft.polarity == "negative"  # "It was not a [coup]"
    return light_role(draft.match.governor) is not None


def is_folded(draft: Draft) -> bool:
    """Whether the act done in words already says it: what is agreed or refused is no second event.

    A row of its own have what somebody else is asked to do ("demanded that he [leave]"), what is given up ("willing to
    [resign]") and violence that is threatened as such ("threatened with the [use of force]").
    """
    owner = draft.content_of
    if owner is None:
        return False
    if owner.event_type in ("REJECT", "PROTEST", "OTHER") or (owner.content_of is not None and is_folded(owner)):
        return True
    kind = draft.event_type
    if owner.event_type == "AGREE":
        return not (kind == "RETREAT" and draft.mode == "resign")
    if owner.event_type == "THREATEN":
        governor = draft.match.governor
        if (
            governor is not None
            and governor.dep_ in ("xcomp", "conj")
            and owner.head in (governor.head, governor.head.head)
        ):
            return not draft.actors or {*draft.actors} == {*owner.actors}  # "threatened to hold a [strike]"
        return (
            draft.head.dep_ in ("xcomp", "ccomp", "conj", "advcl", "acl")
            and is_verbal(draft.head)
            and {*draft.actors} == {*owner.actors}
        )
    if owner.event_type == "REQUEST":
        return kind not in ("RETREAT", "SANCTION", "COERCE", "ASSAULT", "AID", "MOBILIZE")
    return False
