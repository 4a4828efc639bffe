"""One happening, however often it is told: mentions of the same event in one article share a cluster.

Two mentions belong together when their type agrees, their modes, dates and participants do not contradict each other,
and at least one participant is shared. A denied or doubted mention may belong to the cluster of an asserted one: the
same campaign is confirmed by one source and denied by another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from copytaster.records import Event, Participant

WINDOW = 400
"""How many mentions of one type are compared with a new one: bounds the cost of a very long text."""


def clustered(events: Sequence[Event], told_by: Mapping[int, int] | None = None) -> list[Event]:
    """The events with their clusters, numbered by first mention, and dates passed between mentions of one happening.

    `told_by` has the number of an event whose happening is that of an earlier one by the grammar: "a [strike] [killed]".
    """
    members: dict[int, list[int]] = {}
    where: dict[int, int] = {}
    by_type: dict[tuple[str | None, str], list[int]] = {}
    for number, event in enumerate(events):
        kind = (event.event_type, event.event_mode or "" if event.event_type == "OTHER" else "")
        found = where.get((told_by or {}).get(number, -1))
        for cluster in [] if found is not None else by_type.get(kind, [])[-WINDOW:]:
            if all(same(events[other], event) for other in members[cluster][-8:]):
                found = cluster
                break
        if found is None:
            found = len(members)
            members[found] = []
            by_type.setdefault(kind, []).append(found)
        members[found].append(number)
        where[number] = found
    result = list(events)
    for cluster, numbers in members.items():
        dated = next((events[n] for n in numbers if events[n].date_start and events[n].is_realized), None)
        for n in numbers:
            event = replace(result[n], cluster=cluster)
            if dated is not None and event.is_realized and event.date_start is None and event.date_end is None:
                event = replace(
                    event,
                    date_start=dated.date_start,
                    date_end=dated.date_end,
                    date_granularity=dated.date_granularity,
                    date_basis="coreference",
                    times=dated.times,
                )
            result[n] = event
    return result


def same(one: Event, other: Event) -> bool:
    """Whether two mentions of one type can be the same happening."""
    if one.event_mode and other.event_mode and one.event_mode != other.event_mode:
        return False
    if (one.modality in ("questioned", "conditional")) != (other.modality in ("questioned", "conditional")):
        return one.trigger.text.casefold() == other.trigger.text.casefold() and share(one, other)
    return dates_agree(one, other) and share(one, other)


def dates_agree(one: Event, other: Event) -> bool:
    """Whether the intervals overlap; an unknown end is open."""
    if one.date_start and other.date_end and one.date_start > other.date_end:
        return False
    return not (other.date_start and one.date_end and other.date_start > one.date_end)


def share(one: Event, other: Event) -> bool:
    """Whether the same parties take part: sides that both name must agree, and one at least must be shared."""
    if one.recipients and other.recipients and one.actors and other.actors:
        return meets(one.actors, other.actors) and meets(one.recipients, other.recipients)
    if not one.recipients and not other.recipients and len(one.actors) > 1 and len(other.actors) > 1:
        return len(names(one.actors) & names(other.actors)) >= 2
    mine, theirs = names((*one.actors, *one.recipients)), names((*other.actors, *other.recipients))
    return bool(mine) and bool(theirs) and (mine <= theirs or theirs <= mine)


def meets(one: Sequence[Participant], other: Sequence[Participant]) -> bool:
    """Whether two sides have a participant in common."""
    return bool(names(one) & names(other))


def names(participants: Sequence[Participant]) -> set[tuple[int, str]]:
    """What identifies each participant."""
    return {(p.entity, "") if p.entity is not None else (-1, p.name.casefold()) for p in participants}
