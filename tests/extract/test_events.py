"""Events: types, modes, parties, modality and clusters, on written annotations; the model's sentences apart."""

from __future__ import annotations

import collections
import csv
import functools
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

import copytaster
from copytaster.extract.events import find_events
from copytaster.extract.events.affiliation import country_named
from copytaster.extract.events.clusters import clustered
from copytaster.extract.events.governors import ACTS
from copytaster.extract.events.predicates import parse_slot, predicates, rank
from copytaster.extract.story import Cast, Story
from copytaster.knowledge import table
from copytaster.records import Article, Entity, Event, Mention, Participant, Quote, Span, TimeExpression
from copytaster.structure import text_blocks
from written import read_docs, story_of

WRITTEN = Path(__file__).parent / "written"
PUBLISHED = datetime(2025, 6, 2, 12, tzinfo=UTC)
"""A Monday."""


@functools.cache
def docs() -> dict[str, Doc]:
    """The written annotations by their text."""
    return read_docs(WRITTEN / "events.tsv")


def expectations(name: str) -> list[tuple[str, str]]:
    """(sentence, expected events) of a table; a sentence without events expects an empty cell."""
    with (WRITTEN / name).open(encoding="utf-8", newline="") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row[0], row[1] if len(row) > 1 else "") for row in rows]


def cast_of(story: Story, outlets: frozenset[str] = frozenset()) -> Cast:
    """The named entities of the written annotation, each with the country that its name gives."""
    entities: list[Entity] = []
    mentions: list[Mention] = []
    number: dict[str, int] = {}
    for ent in story.doc.ents:
        if ent.text not in number:
            number[ent.text] = len(entities)
            country = country_named(ent.text)
            entities.append(Entity(ent.text, ent.label_, country=country, is_outlet=ent.text in outlets))  # type: ignore[arg-type]
        mentions.append(
            Mention(story.span(ent[0], ent[-1]), "name", number[ent.text], story.sentence_at(ent.start_char))
        )
    return Cast(story, entities, mentions)


def found_in(sentence: str, outlets: frozenset[str] = frozenset()) -> tuple[Event, ...]:
    """The events of a written sentence, with its names as cast, without times and quotes."""
    story = story_of(docs()[sentence], published_at=PUBLISHED)
    return find_events(story, cast_of(story, outlets), (), ())


def shown(events: Iterable[Event]) -> str:
    """Events as the tables have them: `TYPE/mode [trigger] actors > recipients @ places modality polarity`."""
    parts = []
    for event in events:
        kind = f"{event.event_type}/{event.event_mode}" if event.event_mode else f"{event.event_type}"
        places = f" @ {', '.join(place.name for place in event.locations)}" if event.locations else ""
        parties = f"{named(event.actors)} > {named(event.recipients)}"
        parts.append(f"{kind} [{event.trigger.text}] {parties}{places} {event.modality} {event.polarity}")
    return "; ".join(parts)


def named(participants: Iterable[Participant]) -> str:
    """Participants as `name/country`, or a dash."""
    return ", ".join(f"{p.name}/{p.country}" if p.country else p.name for p in participants) or "-"


@pytest.mark.parametrize(("sentence", "expected"), expectations("events_expected.tsv"))
def test_events_of_a_sentence(sentence: str, expected: str) -> None:
    """Type, mode, trigger, actors, recipients, places, modality and polarity; nothing where nothing happens."""
    assert expected == shown(found_in(sentence))


def test_each_type_and_mode_has_two_sentences() -> None:
    """The table covers what the ontology lists."""
    count = collections.Counter(
        part.split(" ")[0] for _, expected in expectations("events_expected.tsv") for part in expected.split("; ")
    )
    listed = {f"{row['type']}/{row['mode']}" if row["mode"] else row["type"] for row in table("en/ontology.tsv")}
    bare = {"ACCUSE", "MOBILIZE", "PROTEST", "SANCTION"}  # these always have a mode
    assert dict.fromkeys(sorted(listed - bare), 2) == {kind: min(2, count[kind]) for kind in sorted(listed - bare)}


def test_ontology_has_plovers_sixteen_types_and_ours() -> None:
    """PLOVER's types as such, ours marked and under OTHER."""
    schemes = collections.defaultdict(set)
    for row in table("en/ontology.tsv"):
        schemes[row["scheme"]].add(row["type"])
    assert len(schemes["plover"]) == 16
    assert {"OTHER"} == schemes["ours"]


def test_every_row_of_the_ontology_has_code_meaning_and_example() -> None:
    """No empty cell where a reader looks."""
    assert [row for row in table("en/ontology.tsv") if not (row["cameo"] and row["meaning"] and row["example"])] == []


def test_predicates_name_types_and_modes_of_the_ontology() -> None:
    """No predicate gives a type or mode that the ontology does not know."""
    known = {(row["type"], row["mode"]) for row in table("en/ontology.tsv")} | {("-", "")}
    assert set() == {(row["type"], row["mode"]) for row in table("en/predicates.tsv")} - known


def test_there_are_enough_predicates() -> None:
    """At least 1,500 patterns, each of them once."""
    rows = [(row["word"], row["pos"], row["with"]) for row in table("en/predicates.tsv") if row["type"] != "-"]
    assert len(rows) >= 1500
    assert len(rows) == len(set(rows))


def test_conditions_name_known_classes() -> None:
    """Every @class of a condition has nouns."""
    classes = {row["class"] for row in table("en/noun_classes.tsv")} | {
        "agent",
        "gpe",
        "place",
        "org",
        "named",
        "party",
    }
    used = {
        value.removeprefix("@").removesuffix("+")
        for rows in predicates().values()
        for predicate in rows
        for slot in predicate.slots
        for value in slot.accepted
        if value.startswith("@")
    }
    assert set() == used - classes


def test_the_predicate_with_more_conditions_comes_first() -> None:
    """The row for "impose a curfew" is looked up before "impose"."""
    rows = predicates()["v", "attack"]
    assert sorted(rows, key=rank) == list(rows)
    assert parse_slot("on=*|against=@agent").others[0].name == "against"


def test_speech_acts_lead_to_known_modalities() -> None:
    """What a cue does to its content is a modality, a failure, or nothing."""
    effects = set(ACTS.values()) | {row["effect"] for row in table("en/modality.tsv")}
    known = {
        "planned",
        "threatened",
        "demanded",
        "proposed",
        "conditional",
        "questioned",
        "denied",
        "alleged",
        "reported",
    }
    assert {"achieved", "failed", "realised"} == effects - known


@pytest.mark.parametrize("modality", ["planned", "threatened", "demanded", "denied", "conditional", "questioned"])
def test_what_is_not_told_as_fact_is_not_realised(modality: str) -> None:
    """A threat, plan, demand, denial, condition or question says of nothing that it happened."""
    events = [e for s, expected in expectations("events_expected.tsv") if modality in expected for e in found_in(s)]
    assert {False} == {e.is_realized for e in events if e.modality == modality}


def test_an_outlet_is_no_actor_of_what_it_reports() -> None:
    """The paper that accuses nobody but tells of an accusation takes no part in it."""
    sentence = "Chad accused Sudan of raids, the Argus reported."
    events = found_in(sentence, frozenset({"Argus", "the Argus"}))
    assert shown(events) == "ACCUSE/allege [accused] Chad/TD > Sudan/SD reported positive"


def test_same_happening_has_one_cluster() -> None:
    """The arrest is told twice, the second time by its noun; the release is another event."""
    text = "Police arrested Ann Moran on Friday. The arrest of Ann Moran drew a crowd. Police released Ann Moran."
    events = found_in(text)
    assert [e.trigger.text for e in events] == ["arrested", "arrest", "released"]
    assert [e.cluster for e in events] == [0, 0, 1]


def dated_story() -> tuple[Story, tuple[TimeExpression, ...]]:
    """A story with two times: one of the event, one of the saying."""
    text = "Peru said on Tuesday that Chile closed the border on Sunday."
    story = story_of(docs()[text], published_at=datetime(2025, 6, 4, tzinfo=UTC))
    times = []
    for word, day in (("Tuesday", date(2025, 6, 3)), ("Sunday", date(2025, 6, 1))):
        at = text.index(word)
        span = Span.cut(text, at, at + len(word))
        times.append(
            TimeExpression(
                span,
                "DATE",
                day.isoformat(),
                interval_start=day,
                interval_end=day,
                granularity="day",
                anchor="publication",
            )
        )
    return story, tuple(times)


def test_the_day_of_saying_is_not_the_day_of_the_event() -> None:
    """Of "said on Tuesday that it closed … on Sunday" it is Sunday."""
    story, times = dated_story()
    (event,) = find_events(story, cast_of(story), times, ())
    assert (date(2025, 6, 1), date(2025, 6, 1), "relative", (1,)) == (
        event.date_start,
        event.date_end,
        event.date_basis,
        event.times,
    )


def test_without_a_time_there_is_no_date() -> None:
    """The day of publication is never taken for want of better."""
    story, _ = dated_story()
    (event,) = find_events(story, cast_of(story), (), ())
    assert (event.date_start, event.date_end, event.date_basis) == (None, None, "none")


def test_an_event_in_a_quote_is_reported_and_linked_to_it() -> None:
    """What stands in the content of a quote rests on its speaker."""
    sentence = "Police arrested the editor."
    story = story_of(docs()[sentence])
    quote = Quote("indirect", Span.cut(sentence, 0, 26), (Span.cut(sentence, 0, 26),), speech_act="assert")
    (event,) = find_events(story, cast_of(story), (), (quote,))
    assert (event.modality, event.source_quote) == ("reported", 0)


@pytest.mark.parametrize(
    ("act", "modality", "polarity"),
    [("deny", "denied", "negative"), ("threaten", "threatened", "positive"), ("question", "questioned", "positive")],
)
def test_the_act_of_a_quote_decides(act: str, modality: str, polarity: str) -> None:
    """A denial, threat or question makes of its content what it is."""
    sentence = "Police arrested the editor."
    story = story_of(docs()[sentence])
    quote = Quote("indirect", Span.cut(sentence, 0, 26), (Span.cut(sentence, 0, 26),), speech_act=act)
    (event,) = find_events(story, cast_of(story), (), (quote,))
    assert (modality, polarity) == (event.modality, event.polarity)


def test_dates_pass_between_mentions_of_one_event() -> None:
    """A mention without a date takes that of its cluster, and says so."""
    base = found_in("Police arrested the editor.")[0]
    day = date(2025, 6, 1)
    dated = Event(
        base.trigger,
        base.event_type,
        base.sentence,
        base.event_mode,
        actors=base.actors,
        recipients=base.recipients,
        date_start=day,
        date_end=day,
        date_basis="explicit",
    )
    first, second = clustered([base, dated])
    assert (0, day, "coreference") == (first.cluster, first.date_start, first.date_basis)
    assert (second.cluster, second.date_basis) == (0, "explicit")


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_passes(text: str) -> None:
    """No text without annotation breaks the layer."""
    nlp = spacy.blank("en")
    doc = nlp(text)
    for token in doc:
        token.is_sent_start = token.i == 0
    story = Story.of(Article(text=text, id="x"), doc, text_blocks(text))
    assert find_events(story, Cast(story, (), ()), (), ()) == ()


@pytest.mark.parametrize("text", ["", " \n ", "Attack", "attack " * 2000, "قصف", "Talks. Talks! Talks?"])
@pytest.mark.model
def test_odd_texts_pass(nlp: Language, text: str) -> None:
    """Empty, one word, thousands of words without a stop, right to left."""
    copytaster.extract(Article(text=text, id="x", language="en"), nlp)


@pytest.mark.model
def test_the_same_article_gives_the_same_events(nlp: Language) -> None:
    """Rows are a function of the text."""
    article = Article(
        title="Lima recalls its envoy",
        text="Peru recalled its ambassador from Chile on Monday. Chile threatened to close the border. Talks between Peru and Chile began on Friday.",
        id="x",
        published_at=PUBLISHED,
    )
    first, second = copytaster.extract(article, nlp).events, copytaster.extract(article, nlp).events
    assert first == second
    assert {"SANCTION", "THREATEN", "CONSULT"} <= {event.event_type for event in first}
