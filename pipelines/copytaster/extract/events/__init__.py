"""Who did what to whom, where, when, and whether it happened.

The way of an event: its trigger by the predicates of the knowledge base (`predicates`), participants and places over
the parse (`arguments`), modality and polarity from what stands above it (`modality`), acts done in words by their
content (`speech_acts`), what is told of it again (`retellings`) and at all (`telling`), dates (`dates`), and last which
mentions are the same happening (`clusters`).
Types and modes are PLOVER's; what a newsroom reports beside politics has type OTHER with a mode of our own
(`knowledge/en/ontology.tsv`).
"""

from __future__ import annotations

from dataclasses import replace

from spacy.tokens import Token

from copytaster.extract.events.arguments import participants_of, unique
from copytaster.extract.events.clauses import complements, coordinated, prepositional
from copytaster.extract.events.clusters import clustered
from copytaster.extract.events.dates import Calendar
from copytaster.extract.events.dependents import is_verbal, own
from copytaster.extract.events.governors import effect_of
from copytaster.extract.events.modality import modality_of
from copytaster.extract.events.noun_kinds import is_agent, is_eventive, noun_classes
from copytaster.extract.events.parties import Parties
from copytaster.extract.events.predicates import Predicate, head_words
from copytaster.extract.events.retellings import name_again, outcomes, read_misfortunes
from copytaster.extract.events.scenes import Scenes
from copytaster.extract.events.speech_acts import (
    VERBAL,
    Draft,
    compose,
    fill_recipients,
    infer_countries,
    read_future,
)
from copytaster.extract.events.telling import is_worth_telling
from copytaster.extract.events.triggers import Match, bearer_of, match_at, verb_lemma
from copytaster.extract.story import Cast, Story
from copytaster.records import Event, EventPlace, Quote, Span, TimeExpression

NO_EVENTS_IN = frozenset({"byline", "credit", "dateline"})
OBLIGATION = Predicate("must", "v", (), "REQUEST", "change", "104", "")


def find_events(
    story: Story, cast: Cast, times: tuple[TimeExpression, ...], quotes: tuple[Quote, ...]
) -> tuple[Event, ...]:
    """The events of the story, by position of their triggers."""
    parties = Parties(story, cast)
    quoted = innermost_quotes(story, quotes)
    drafts = [draft_of(match, parties, quoted, quotes) for match in find_triggers(story, parties)]
    drafts += obligations(story, parties, {d.head.i for d in drafts})
    drafts.sort(key=lambda d: d.match.first.i)
    link_contents(drafts)
    for draft in reversed(drafts):
        compose(draft)
    for draft in drafts:
        read_future(draft)
    link_owners(drafts)  # a refused or promised future has contents too
    read_misfortunes(drafts)
    name_again(drafts)
    scenes = {draft.head.i: places_of(draft, parties) for draft in drafts}
    for draft in drafts:
        infer_countries(draft, scenes[draft.head.i] or scene_beside(draft, drafts, scenes), parties.at_home)
    kept = [draft for draft in drafts if is_worth_telling(draft, parties)]
    same_happening = outcomes(kept)
    calendar = Calendar(story, times)
    events = [finish(draft, story, parties, calendar, quoted) for draft in kept]
    return tuple(Scenes(story, parties).placed(clustered(events, same_happening)))


def find_triggers(story: Story, parties: Parties) -> list[Match]:
    """The predicates of the text in order; what is part of another predicate's name reports nothing of its own."""
    heads = head_words()
    found: list[Match] = []
    consumed: set[int] = set()
    candidates = [
        token
        for token in story.doc
        if token.pos_ in ("VERB", "AUX", "NOUN", "PROPN", "ADJ")
        and (verb_lemma(token) in heads or token.lower_ in heads)
    ]
    if not candidates:
        return found
    clauses = [(token, is_verbal(token)) for token in candidates]
    for is_clause in (True, False):
        for token, is_clausal in clauses:
            if is_clausal is not is_clause or token.i in consumed:
                continue
            if story.blocks and story.block_at(token.idx).kind in NO_EVENTS_IN:
                continue
            match = match_at(token)
            if match is None or (not is_clausal and parties.is_inside_name(match)):
                continue
            if is_clause and (noun := noun_that_bears(match)) is not None:
                if (better := match_at(noun)) is not None:
                    if not better.predicate.is_blocker:
                        continue  # the noun reports it by itself: "held [talks]"
                else:
                    match = replace(match, first=noun, last=noun)
                    consumed.add(noun.i)
            consumed.update(t.i for t in match.consumed)
            consumed.update(range(match.first.i, match.last.i + 1))
            if not match.predicate.is_blocker:
                found.append(match)
    return sorted(found, key=lambda m: m.first.i)


def noun_that_bears(match: Match) -> Token | None:
    """The noun that names the event of a light verb: "held [talks]", "launched [an investigation]"."""
    if match.predicate.is_blocker or bearer_of(match.head) != "noun" or match.predicate.after:
        return None
    nouns = [
        t
        for t in match.consumed
        if t.pos_ == "NOUN"
        and (t.lemma_.lower() in head_words() or is_eventive(t))
        and t.lemma_.lower() not in noun_classes()["partitive"]  # "a [wave] of drones"
    ]
    return nouns[-1] if nouns else None


def draft_of(match: Match, parties: Parties, quoted: dict[int, int], quotes: tuple[Quote, ...]) -> Draft:
    """The draft of a trigger: participants and modality, before what its content makes of it."""
    actors, recipients = participants_of(match, parties)
    number = quoted.get(match.head.i)
    act = None if number is None else quotes[number].speech_act or "assert"
    whether = modality_of(match, act)
    predicate = match.predicate
    return Draft(
        match, predicate.event_type, predicate.mode, predicate.cameo, actors, recipients,
        whether.modality, whether.polarity, whether.is_future,
        modality_rule=whether.rule, modality_word=whether.word,
    )  # fmt: skip


def obligations(story: Story, parties: Parties, taken: set[int]) -> list[Draft]:
    """Demands in the form of a duty: "Peru said that Chile must return the land" is Peru's demand to Chile."""
    found = []
    for token in story.doc:
        if token.lower_ not in ("must", "should") or token.dep_ != "aux":
            continue
        verb = token.head
        cue = verb.head
        if (
            verb.dep_ != "ccomp"
            or cue == verb
            or not is_verbal(cue)
            or effect_of(cue) not in ("reported", "alleged")
            or cue.i in taken
        ):
            continue
        if any(c.dep_ == "neg" for c in verb.children):
            continue
        speakers = unique([p for s in own(cue, "nsubj") for p in parties.participants(s, allow_outlet=False)])
        bound = [s for s in own(verb, "nsubj", "nsubjpass") if is_agent(s)]
        addressed = unique([p for s in bound for p in parties.participants(s)], without=speakers)
        if not speakers or not addressed:
            continue
        match = Match(OBLIGATION, token, token, token)
        draft = Draft(match, "REQUEST", "change", "104", speakers, addressed, "asserted", "positive", is_future=False)
        found.append(draft)
    return found


def link_contents(drafts: list[Draft]) -> None:
    """Tells each act done in words, and each protest, which other drafts are its content."""
    at = {d.match.governor.i: d for d in reversed(drafts) if d.match.governor is not None}
    at.update({draft.head.i: draft for draft in drafts})
    for draft in drafts:
        if draft.event_type not in VERBAL:
            continue
        head = draft.head.head if draft.match.predicate is OBLIGATION else draft.head
        found = [head, *own(head, "acomp", "attr")] if draft.match.predicate is OBLIGATION else []
        for complement in complements(head):
            found += list(coordinated(complement))
        for preposition in ("to", "for", "with", "on", "of", "from", "against"):
            for target in prepositional(head, preposition):
                found += list(coordinated(target))
        found += list(draft.match.consumed)
        for token in found:
            content = at.get(token.i)
            if content is not None and content is not draft and content.content_of is None:
                content.content_of = draft
                draft.contents.append(content)
    link_owners(drafts)


def link_owners(drafts: list[Draft]) -> None:
    """Links what explains the object of an act done in words to that act."""
    at = {draft.head.i: draft for draft in drafts}
    by_governor = {d.match.governor.i: d for d in reversed(drafts) if d.match.governor is not None}
    for draft in drafts:
        if draft.content_of is None and (owner := owner_of(draft, at, by_governor)) is not None:
            draft.content_of = owner
            if owner.event_type in ("REJECT", "PROTEST"):
                fill_recipients(owner, [draft])


def owner_of(draft: Draft, at: dict[int, Draft], by_governor: dict[int, Draft]) -> Draft | None:
    """The act whose object the event explains: "rejected [a request to interrogate]", "marched [calling for]"."""
    token = draft.head
    for _ in range(4):
        head = token.head
        if head == token:
            return None
        if is_verbal(head) or head.i in at:
            owner = at.get(head.i) or by_governor.get(head.i)
            if owner is None or owner is draft:
                return None
            if (
                owner.event_type in ("PROTEST", "THREATEN")
                and draft.event_type in ("REQUEST", "ACCUSE")
                and token.dep_ in ("advcl", "acl", "xcomp", "conj", "prep")
            ):
                return owner
            return owner if owner.event_type in VERBAL and any(token.i == t.i for t in owner.match.consumed) else None
        token = head
    return None


def scene_beside(
    draft: Draft, drafts: list[Draft], scenes: dict[int, tuple[EventPlace, ...]]
) -> tuple[EventPlace, ...]:
    """The scene of violence told of in the same sentence: "[killed] nine when they [blew] up a car in Lima"."""
    if draft.event_type not in VIOLENT:
        return ()
    sentence = draft.head.sent
    beside = [
        place
        for other in drafts
        if other.event_type in VIOLENT and sentence.start <= other.head.i < sentence.end
        for place in scenes[other.head.i]
        if place.role == "location"
    ]
    return tuple(beside) if len({place.country for place in beside}) == 1 else ()


VIOLENT = frozenset({"ASSAULT", "PROTEST"})


def confidence_of(draft: Draft) -> float:
    """How sure the type is: conditions on the arguments and known participants make it surer."""
    score = 0.45
    score += 0.1 if draft.match.predicate.slots else 0.05
    score += 0.15 if draft.actors else 0.0
    score += 0.1 if draft.recipients else 0.0
    score += 0.1 if draft.match.predicate.part_of_speech != "n" else 0.0
    score -= 0.15 if draft.content_of is not None else 0.0
    return round(min(0.95, max(0.05, score)), 3)


def places_of(draft: Draft, parties: Parties) -> tuple[EventPlace, ...]:
    """The event's places, with those of what is agreed, demanded or threatened."""
    found = {place.name: place for place in parties.places(draft.match, draft.match.predicate.mode)}
    for content in draft.contents:
        for place in parties.places(content.match, content.match.predicate.mode):
            found.setdefault(place.name, place)
    acting = {actor.entity for actor in draft.actors if actor.entity is not None}
    # "criticism from Paris": a government speaks, nothing comes from a place
    return tuple(place for place in found.values() if place.role != "origin" or place.entity not in acting)


def finish(draft: Draft, story: Story, parties: Parties, calendar: Calendar, quoted: dict[int, int]) -> Event:
    """The record of a draft."""
    sentence = story.sentences[story.sentence_at(draft.match.first.idx)]
    is_realized = draft.modality in ("asserted", "reported") and draft.polarity == "positive"
    when = calendar.of(draft.match, is_realized=is_realized)
    return Event(
        trigger=story.span(draft.match.first, draft.match.last),
        event_type=draft.event_type,
        sentence=story.cut(*sentence),
        event_mode=draft.mode,
        cameo_code=draft.cameo,
        actors=draft.actors,
        recipients=draft.recipients,
        locations=places_of(draft, parties),
        date_start=when.start,
        date_end=when.end,
        date_granularity=when.granularity,
        date_basis=when.basis,
        times=when.times,
        modality=draft.modality,
        polarity=draft.polarity,
        source_quote=quoted.get(draft.head.i),
        confidence=confidence_of(draft),
        rule=draft.match.predicate.name,
        modality_rule=draft.modality_rule,
        modality_word=story.span(draft.modality_word, draft.modality_word) if draft.modality_word is not None else None,
    )


def innermost_quotes(story: Story, quotes: tuple[Quote, ...]) -> dict[int, int]:
    """Token -> the innermost quote whose content holds it."""
    spans: list[tuple[Span, int]] = [(span, number) for number, quote in enumerate(quotes) for span in quote.content]
    found: dict[int, int] = {}
    for span, number in sorted(spans, key=lambda s: (s[0].start - s[0].end, s[1])):
        token = story.token_at(span.start)
        while token.idx < span.end:
            found[token.i] = number
            if token.i + 1 >= len(story.doc):
                break
            token = story.doc[token.i + 1]
    return found
