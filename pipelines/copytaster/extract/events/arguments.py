"""Who takes part in an event: the deep arguments of its predicate as actors and recipients."""

from __future__ import annotations

from spacy.tokens import Token

from copytaster.extract.events.clauses import (
    complements,
    holder,
    is_passive,
    objects,
    prepositional,
    subjects,
    surface_subjects,
)
from copytaster.extract.events.dependents import is_verbal, own
from copytaster.extract.events.frames import light_role
from copytaster.extract.events.noun_kinds import PERSONAL, in_class, is_agent, is_personal, looked_through
from copytaster.extract.events.parties import RECIPIENT_PREPOSITIONS, REFLEXIVES, Parties
from copytaster.extract.events.predicates import PEOPLE_VALUES
from copytaster.extract.events.triggers import Match
from copytaster.knowledge import geography
from copytaster.records import Participant

QUOTATION_MARKS = frozenset({'"', "“", "”", "''", "``", "„", "«", "‘", "'"})

HINDERING = frozenset({"stop", "halt", "suspend", "cancel", "end"})

SOURCED = frozenset({"REQUEST", "ACCUSE", "THREATEN", "AGREE", "SUPPORT", "REJECT", "AID"})
"""Types whose noun has its actor behind "from": "a demand [from] Peru", unlike "a withdrawal from Peru"."""

PLACED = frozenset({"COERCE", "RETREAT", "AID", "CONSULT", "OTHER"})
"""Types with which "at" names the place, not the target: "seized drugs [at] the port of Antwerp", unlike "fired at"."""

INSTRUMENTS = frozenset({"AID", "AGREE", "MOBILIZE", "RETREAT", "CONCEDE"})
"""Types in which troops, inspectors and the like are sent or taken back: what is moved, not whom it is done to."""


def unique(found: list[Participant], without: tuple[Participant, ...] = ()) -> tuple[Participant, ...]:
    """Each participant once, by entity or else by name, without those of another role."""
    seen = {key(p) for p in without}
    kept = []
    for one in found:
        if key(one) not in seen:
            seen.add(key(one))
            kept.append(one)
    return tuple(kept)


def key(participant: Participant) -> tuple[int, str]:
    """What tells participants apart: the entity, or without one the name."""
    return (participant.entity, "") if participant.entity is not None else (-1, participant.name.casefold())


def participants_of(match: Match, parties: Parties) -> tuple[tuple[Participant, ...], tuple[Participant, ...]]:
    """Actors and recipients of the event that the predicate reports."""
    if match.predicate.part_of_speech == "n":
        actors, recipients = noun_participants(match, parties)
    else:
        actors, recipients = verb_participants(match, parties)
    roles = match.predicate.roles.split()
    if "sym" in roles:
        sides = unique([*actors, *recipients])
        if len(sides) == 1 and match.predicate.part_of_speech == "n" and match.predicate.event_type == "CONSULT":
            sides = unique([*company(match, parties), *sides])
        return sides, ()
    if "swap" in roles:
        actors, recipients = recipients, actors
    return unique(actors), unique(recipients, without=unique(actors))


def company(match: Match, parties: Parties) -> list[Participant]:
    """The other side of a meeting that is told as a circumstance: "during a call with Peru's president, [she] said"."""
    preposition = match.head.head
    if match.head.dep_ != "pobj" or preposition.lower_ not in ("during", "in", "at", "after", "following", "before"):
        return []
    if not any(c.dep_ == "prep" and c.lower_ in ("with", "to") for c in match.head.children):
        return []
    verb = preposition.head
    return [p for t in subjects(verb) for p in parties.participants(t, allow_outlet=False)] if is_verbal(verb) else []


def verb_participants(match: Match, parties: Parties) -> tuple[list[Participant], list[Participant]]:
    """Who does it and to whom, of a verb or predicative adjective."""
    head = match.head
    bearer = head
    if head.pos_ == "ADJ" and head.dep_ in ("acomp", "attr", "oprd") and is_verbal(head.head):
        bearer = head.head
    agents = subjects(bearer) if is_verbal(bearer) else holder(bearer) or ([head.head] if head.dep_ == "amod" else [])
    if match.predicate.part_of_speech == "a" and is_passive(head):
        agents = surface_subjects(head)  # "is opposed to", "is committed to"
    is_accident = match.predicate.mode == "accident"  # "a plane of Acme crashed": the plane did
    actors = [
        p
        for t in agents
        for p in parties.participants(t, allow_outlet=False) or ([] if is_accident else group_behind(t, parties))
    ]
    roles = match.predicate.roles.split()
    if "intr" in roles:
        if not actors and match.predicate.mode == "results":
            actors = reporting(head, agents, parties)
        return actors, []
    recipients: list[Participant] = [p for t in own(head, "dative") if t.pos_ != "ADP" for p in parties.participants(t)]
    things: list[Token] = []
    is_pronoun_only = False
    has_receiver = bool(recipients)
    for token in [] if match.predicate.part_of_speech == "a" else objects(head):
        if is_instrument(token, match, has_receiver=has_receiver):
            things.append(token)
            continue
        found = parties.participants(token)
        recipients += found
        things += [] if found else [token]
        is_pronoun_only = is_pronoun_only or (token.lower_ in PERSONAL and token.lower_ not in REFLEXIVES and not found)
    if is_pronoun_only and not recipients and "sym" not in roles:
        return actors, []  # "[He] was jailed for the murder of two women": to whom it is done is told, if not known
    by_preposition: list[Participant] = []
    for preposition in RECIPIENT_PREPOSITIONS:
        if preposition in ("from", "for", "of", "over", "into") and (recipients or by_preposition):
            break
        targets = prepositional(head, preposition)
        if preposition in ("against", "on", "upon"):  # "slaps sanctions [on Peru] over fishing", wherever "on" hangs
            targets += [t for thing in things for t in prepositional(thing, preposition)]
        for target in targets:
            if is_verbal(target):
                continue
            by_preposition += parties.participants(target) or (
                []
                if target.ent_type_ in ("DATE", "TIME")
                or (preposition == "at" and match.predicate.event_type in PLACED)
                else parties.inside(target, allow_scene="sym" not in roles)
            )
        if by_preposition:
            break
    if "sym" in roles or not recipients:
        recipients += by_preposition
    if not recipients and match.predicate.event_type == "REQUEST":  # "demanded the withdrawal of Serbian forces from …"
        recipients = [p for t in things for inner in prepositional(t, "of") for p in parties.participants(inner)]
    if not recipients or "sym" in roles:
        # who agrees "on an exchange in Lima" or meets at "a summit in Lima" need not be Peru
        recipients += [p for token in things for p in parties.inside(token, allow_scene="sym" not in roles)]
    if not recipients:  # "threatened to storm [his residence]": whom the clause that completes the verb is about
        for complement in complements(head)[:2]:
            if complement.i > head.i and complement.dep_ != "advcl":
                recipients += completing(complement, actors, parties)
    if not recipients and match.predicate.event_type == "THREATEN":
        recipients = blamed(head, actors, parties)
    if not recipients and directed(match):
        place = [
            p
            for t in prepositional(head, "in")
            if not is_verbal(t)
            for p in parties.participants(t)
            if stands_for_state(p)
        ]
        recipients = [
            p for p in place if all(p.country != a.country for a in actors) or match.predicate.event_type != "MOBILIZE"
        ]
    return actors, recipients


def reporting(verb: Token, agents: list[Token], parties: Parties) -> list[Participant]:
    """Whose results they are: "[Acme]'s profit rose", "[Acme] said that profit rose"."""
    owners = [p for t in agents for owner in own(t, "poss") for p in parties.participants(owner, allow_outlet=False)]
    if owners or verb.dep_ != "ccomp":
        return owners
    return [p for t in own(verb.head, "nsubj") for p in parties.participants(t, allow_outlet=False)]


def completing(verb: Token, actors: list[Participant], parties: Parties) -> list[Participant]:
    """Whom a completing clause that is no event of its own is about: its object, what stands behind it, its subject."""
    found = [
        p
        for t in objects(verb)
        if not in_class(looked_through(t), "troops") and not is_own(t)
        for p in parties.participants(t) or parties.inside(t)
    ]
    for preposition in () if found else RECIPIENT_PREPOSITIONS:
        for target in prepositional(verb, preposition):
            if not is_verbal(target) and target.ent_type_ not in ("DATE", "TIME"):
                found += parties.participants(target) or parties.inside(target)
        if found:
            break
    named = [p for t in own(verb, "nsubj", "nsubjpass") for p in parties.participants(t)]
    known = {key(p) for p in actors}
    return [p for p in named if key(p) not in known] or [p for p in found if key(p) not in known]


def is_instrument(token: Token, match: Match, *, has_receiver: bool) -> bool:
    """Whether the object is what is given, moved or imposed rather than whom it is done to."""
    if "moved" in match.predicate.roles.split():
        return True
    if has_receiver or match.predicate.event_type == "MOBILIZE":
        return True
    core = looked_through(token)
    if is_own(token):
        return True  # "strengthened its forces", "recalled its ambassador"
    if (
        match.predicate.event_type in INSTRUMENTS
        and match.predicate.mode != "release"
        and not core.ent_type_
        and (in_class(core, "troops") or in_class(core, "peacekeepers") or in_class(core, "police"))
    ):
        return True
    if match.predicate.mode == "investigate" and in_class(core, "peacekeepers"):
        return True
    if token in match.consumed or core in match.consumed:
        if any(core.lemma_.lower() in slot.accepted for slot in match.predicate.slots if slot.name == "obj"):
            return (
                not core.ent_type_
                and core.tag_ in ("NN", "NNS")
                and not is_personal(core)
                and not in_class(core, "media")
            )
        accepted = {value for slot in match.predicate.slots if slot.name == "obj" for value in slot.accepted}
        return bool(accepted) and not (accepted & PEOPLE_VALUES) and not core.ent_type_ and not is_agent(core)
    return False


def is_own(token: Token) -> bool:
    """Whether the object is the actor's own: "its forces", "their ambassador"."""
    core = looked_through(token)
    if core.ent_type_ or not any(c.dep_ == "poss" and c.pos_ == "PRON" for c in token.children):
        return False
    return in_class(core, "troops") or in_class(core, "official")


def blamed(threat: Token, actors: list[Participant], parties: Parties) -> list[Participant]:
    """Who can avert a threat: "threatened to strike unless [Peru] withdrew"."""
    known = {key(p) for p in actors}
    for verb in (threat, *complements(threat)):
        for clause in own(verb, "advcl"):
            if any(c.lower_ in ("unless", "if", "until") for c in own(clause, "mark")):
                found = [p for t in own(clause, "nsubj") for p in parties.participants(t) if key(p) not in known]
                if found:
                    return found
    return []


def stands_for_state(place: Participant) -> bool:
    """Whether the place is a state, which may suffer what is done in it; a town is only where it is done.

    The West Bank and the Gaza Strip are governed as states are.
    """
    name = place.name.casefold()
    if place.country is None:
        return False
    return name == geography.country_name(place.country).casefold() or name in ("west bank", "gaza strip", "gaza")


def directed(match: Match) -> bool:
    """Whether the type needs somebody at whom it is directed, so that the place may stand for them ("curfew in Lima")."""
    return match.predicate.event_type in (
        "COERCE",
        "ASSAULT",
        "SANCTION",
        "AID",
        "CONCEDE",
        "RETREAT",
        "THREATEN",
        "MOBILIZE",
    )


def group_behind(token: Token, parties: Parties) -> list[Participant]:
    """Whoever stands behind a thing that acts: "Israeli bulldozers demolished", "a French warship shelled"."""
    if token.lower_ in PERSONAL or token.pos_ == "PRON":
        # unresolved: of what somebody says about "it" or "they" would do, the one who says so is meant
        verb = token.head
        if (
            token.dep_ == "nsubj"
            and verb.dep_ == "ccomp"
            and token.lower_ in (("we", "i") if is_direct(verb) else ("it", "they", "he", "she", "we", "i"))
            and is_verbal(verb.head)
        ):
            return [p for t in own(verb.head, "nsubj") for p in parties.participants(t, allow_outlet=False)]
        return []
    if in_class(token, "explosive"):
        return []
    owners = parties.inside(token, 2, allow_outlet=False, allow_scene=False)
    if owners or token.dep_ not in ("dobj", "nsubjpass", "pobj") or not is_verbal(token.head):
        return owners
    # "issued a declaration demanding …": whoever issued it demands
    return [p for t in subjects(token.head) for p in parties.participants(t, allow_outlet=False)]


def is_direct(clause: Token) -> bool:
    """Whether the clause is reported in quotation marks, where only "I" and "we" are the speaker."""
    first = clause.left_edge
    return first.text in QUOTATION_MARKS or (first.i > 0 and first.nbor(-1).text in QUOTATION_MARKS)


def noun_participants(match: Match, parties: Parties) -> tuple[list[Participant], list[Participant]]:
    """Who does it and to whom, of an event noun: "Russia's strike on Kyiv", "the arrest of activists by police"."""
    head, governor = match.head, match.governor
    roles = match.predicate.roles.split()
    actors: list[Participant] = []
    recipients: list[Participant] = []
    owners = [p for t in own(head, "poss") for p in parties.participants(t, allow_outlet=False)]
    is_named = match.first != head and parties.country_of(match.first)
    adjectives = [] if is_named else parties.adjectival(head, allow_outlet=False, allow_scene=False)
    by = [p for t in prepositional(head, "by") for p in parties.participants(t, allow_outlet=False)]
    of = [
        p
        for t in prepositional(head, "of")
        if t.i > match.last.i or t.i < match.first.i
        for p in parties.participants(t) or parties.inside(t)
    ]
    if "of=act" in roles:
        actors += of
    elif "of=none" not in roles:
        recipients += of
    actors += by or owners or adjectives
    if by and owners and not recipients:
        recipients += owners
    elif "of=obj" in roles and owners and not of and not by:  # "the activist's arrest"
        actors, recipients = [], owners
    role = light_role(governor)
    if (
        governor is not None
        and role == "actor"
        and match.predicate.event_type == "PROTEST"
        and governor.lemma_ in HINDERING
    ):
        role = "none"  # "the government halted the protests"
    if governor is not None and governor.lemma_ == "claim":  # "the attack was claimed by rebels"
        actors += [p for t in subjects(governor) for p in parties.participants(t, allow_outlet=False)]
    if governor is not None and role in ("actor", "recipient"):
        side = [
            p
            for t in subjects(governor)
            for p in parties.participants(t, allow_outlet=False) or group_behind(t, parties)
        ]
        if role == "actor" and is_passive(governor) and head.dep_ == "dobj":
            # "two aides were given suspended sentences": they get it
            recipients += [p for t in own(governor, "nsubjpass") for p in parties.participants(t)]
        if role == "actor":
            if actors and not by and side and not recipients and "of=act" not in roles and "sym" not in roles:
                recipients += actors  # "Iran launched its Gulf offensive"
                actors = []
            actors = side + actors if "sym" in roles else side or actors
        else:
            recipients += side
            given = [
                p for t in prepositional(governor, "from", "by") for p in parties.participants(t, allow_outlet=False)
            ]
            actors += given
    is_sourced = match.predicate.event_type in SOURCED
    if is_sourced and not actors:
        actors += [p for t in prepositional(head, "from") for p in parties.participants(t, allow_outlet=False)]
    bearers = [head, *([governor] if governor is not None and role else [])]
    for bearer in bearers:
        for preposition in (
            "against",
            "on",
            "upon",
            "between",
            "with",
            "to",
            "at",
            "toward",
            "towards",
            "among",
            "for",
            "into",
            "from",
        ):
            if (bearer == governor and preposition in ("for", "at")) or (is_sourced and preposition == "from"):
                continue
            for target in prepositional(bearer, preposition):
                if target.ent_type_ in ("DATE", "TIME"):
                    continue
                recipients += parties.participants(target) or (
                    parties.inside(target)
                    if preposition in ("against", "on", "with")
                    or (preposition == "into" and match.predicate.mode == "investigate")
                    else []
                )
            if recipients and "sym" not in roles:
                break
        if recipients and "sym" not in roles:
            break
    if (
        governor is not None
        and not recipients
        and governor.lemma_ in ("kill", "wound", "injure", "hit", "strike", "target")
        and not is_passive(governor)
    ):
        recipients += [p for t in objects(governor) for p in parties.participants(t)]
    if not recipients and directed(match):
        recipients += [
            p for b in bearers for t in prepositional(b, "in") for p in parties.participants(t) if stands_for_state(p)
        ]
    return actors, recipients
