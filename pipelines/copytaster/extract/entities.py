"""Named entities: who and what the article names, each once, with every place where it does so by name."""

from __future__ import annotations

from collections.abc import Iterator

from copytaster.extract.candidates import Candidate, Finder
from copytaster.extract.clusters import Cluster, Clusterer
from copytaster.extract.headlines import BodyNames, datelines, headline_names
from copytaster.extract.name_types import Judge, as_written
from copytaster.extract.salience import with_salience
from copytaster.extract.sports import entries, is_on_sport
from copytaster.extract.story import Story
from copytaster.extract.surface import Surface
from copytaster.knowledge import geography
from copytaster.records import Entity, Mention

__all__ = ["find_entities", "with_salience"]


def find_entities(story: Story) -> tuple[tuple[Entity, ...], tuple[Mention, ...]]:
    """The named entities of a story in order of first mention, and all their mentions by name."""
    surface = Surface.of(story)
    finder = Finder(surface)
    on_sport = is_on_sport(surface)
    candidates = list(told_by_form(finder, on_sport=on_sport))
    taken = frozenset(i for c in candidates for i in range(c.first, c.last + 1))
    candidates += finder.prose(taken)
    candidates += headline_names(finder, BodyNames(candidates, finder))
    candidates.sort(key=lambda c: (c.first, c.last))
    clusters = Clusterer(surface, Judge(surface, on_sport=on_sport)).clusters(candidates)
    entities = tuple(entity_of(cluster, surface) for cluster in clusters)
    mentions = [
        Mention(
            story.span(story.doc[m.first], story.doc[m.last]), "name", i, story.sentence_at(surface.starts[m.first])
        )
        for i, cluster in enumerate(clusters)
        for m in cluster.mentions
    ]
    return entities, tuple(sorted(mentions, key=lambda m: (m.span.start, m.span.end)))


def told_by_form(finder: Finder, *, on_sport: bool) -> Iterator[Candidate]:
    """Candidates that the form of their line tells: datelines, and on sport the rows of tables."""
    surface = finder.surface
    taken: set[int] = set()
    for first, last in datelines(finder):
        taken.update(range(first, last + 1))
        yield Candidate(first, last, surface.text(first, last), role="place")
    for entry in entries(surface) if on_sport else ():
        if not taken.intersection(range(entry.first, entry.last + 1)):
            yield Candidate(entry.first, entry.last, surface.text(entry.first, entry.last), role=entry.role)


def entity_of(cluster: Cluster, surface: Surface) -> Entity:
    """The entity of a cluster."""
    known = next((m.known for m in cluster.mentions if m.known is not None), None)
    country = next((g.country for g in cluster.groups if g.country is not None), None)
    forms: dict[str, None] = {}
    for mention in cluster.mentions:
        if mention.kind != "demonym":
            forms.setdefault(mention.text)
    if country is not None:
        name = geography.country_name(country)
    elif known is not None:
        name = known.name
    else:
        name = fullest(list(forms))
    if known is not None and country is None:
        country = known.country
    titles = tuple(dict.fromkeys(surface.text(*m.title) for m in cluster.mentions if m.title is not None))
    return Entity(
        name=name,
        type=cluster.type,
        aliases=tuple(dict.fromkeys(as_written(f) for f in forms if as_written(f) != name)),
        titles=titles if cluster.type == "PERSON" else (),
        country=country,
        is_outlet=known is not None and known.is_outlet,
    )


def fullest(forms: list[str]) -> str:
    """The form with most words, then letters; the earliest of equals; capitals only where nothing else is."""
    ranked = sorted(forms, key=lambda f: (-len(f.split()), f.isupper() and len(f) > 5, -len(f), forms.index(f)))
    return as_written(ranked[0]) if len(ranked[0].split()) > 1 else ranked[0]
