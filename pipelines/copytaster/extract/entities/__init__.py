"""Named entities: who and what the article names, each once, with every place where it does so by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from copytaster.extract.entities.candidates import Candidate
from copytaster.extract.entities.clusters import Cluster, Clusterer
from copytaster.extract.entities.finder import Finder
from copytaster.extract.entities.headlines import BodyNames, datelines, headline_names
from copytaster.extract.entities.name_types import Judge, as_written
from copytaster.extract.entities.salience import with_salience
from copytaster.extract.entities.sports import entries, is_on_sport
from copytaster.extract.entities.surface import Surface, is_known_place
from copytaster.extract.entities.titles import country_behind, country_of_name, country_of_title, title_tokens
from copytaster.extract.story import Story
from copytaster.knowledge import geography
from copytaster.knowledge import names as knowledge
from copytaster.knowledge.names import KnownName
from copytaster.records import Entity, Mention

__all__ = ["find_entities", "with_salience"]


def find_entities(story: Story) -> tuple[tuple[Entity, ...], tuple[Mention, ...]]:
    """The named entities of a story in order of first mention, and all their mentions by name."""
    surface = Surface.of(story)
    finder = Finder(surface)
    on_sport = is_on_sport(surface)
    candidates = list(told_by_form(finder, on_sport=on_sport))
    taken = frozenset(i for c in candidates for i in range(c.first, c.last + 1))
    candidates += finder.parted(list(finder.prose(taken)))
    candidates += headline_names(finder, BodyNames(candidates, finder))
    candidates.sort(key=lambda c: (c.first, c.last))
    clusters = Clusterer(surface, Judge(surface, on_sport=on_sport)).clusters(candidates)
    entities = tuple(at_home(entity, clusters) for entity in (entity_of(cluster, surface) for cluster in clusters))
    mentions = [
        Mention(
            story.cut(surface.starts[m.first], surface.ends[m.last]),
            "name",
            i,
            story.sentence_at(surface.starts[m.first]),
            cluster.confidence,
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
        known = finder.match_known(first, last)
        if known is not None and known[0] == last and known[1].type == "ORG":
            yield finder.candidate(first, last, known=known[1])
        else:
            yield Candidate(first, last, surface.text(first, last), role="place")
    for entry in entries(surface) if on_sport else ():
        if not taken.intersection(range(entry.first, entry.last + 1)):
            text = surface.text(entry.first, entry.last)
            team = knowledge.known_names().get(knowledge.key(text)) if entry.role == "team" else None
            known_team = team if team is not None and team.is_team else None
            yield Candidate(entry.first, entry.last, text, known=known_team, role=entry.role)


def entity_of(cluster: Cluster, surface: Surface) -> Entity:
    """The entity of a cluster."""
    known = next((m.known for m in cluster.mentions if m.known is not None), None)
    if known is not None and known.is_team and any(is_other_team(m, known) for m in cluster.mentions):
        known = None
    country = next((g.country for g in cluster.groups if g.country is not None), None)
    forms: dict[str, None] = {}
    for mention in cluster.mentions:
        if mention.kind != "demonym":
            forms.setdefault(mention.text)
    if (state := next((g.state for g in cluster.groups if g.state is not None), None)) is not None:
        name = state
    elif country is not None:
        name = geography.country_name(country)
    elif known is not None and (not is_acronym(known.name) or not any(" " in form for form in forms)):
        name = known.name
    else:
        name = cluster.full_name or fullest(list(forms), is_body=cluster.type == "ORG")
    titles: dict[str, None] = {}
    if known is not None and country is None:
        country = known.country
    if cluster.type == "PERSON":
        for mention in cluster.mentions:
            tokens = title_tokens(surface, mention)
            if tokens is not None:
                if not is_mere_courtesy(surface.text(*tokens)):
                    titles.setdefault(surface.text(*tokens))
                country = country or country_of_title(surface, *tokens) or country_behind(surface, mention)
    elif cluster.type == "ORG" and country is None:
        country = next((c for m in cluster.mentions if (c := country_of_name(surface, m)) is not None), None)
    return Entity(
        name=name,
        type=cluster.type,
        aliases=aliases_of(list(forms), name),
        titles=tuple(titles),
        country=country,
        is_outlet=cluster.type == "ORG" and (known.is_outlet if known is not None else sounds_like_outlet(name)),
    )


def at_home(entity: Entity, clusters: Sequence[Cluster]) -> Entity:
    """The entity, where its name is one that bodies of many countries have, with the country that the article is about.

    "Congress" is the American one, but in a story about Peru.
    """
    names = {entity.name, *entity.aliases}
    if entity.type != "ORG" or entity.country is None or not names & knowledge.words_of("en/shared_bodies.tsv"):
        return entity
    counts: dict[str, int] = {}
    for cluster in clusters:
        country = next((g.country for g in cluster.groups if g.country is not None), None)
        if country is not None:
            counts[country] = counts.get(country, 0) + len(cluster.mentions)
    main = max(counts, key=lambda code: (counts[code], code), default=None)
    if main is None or counts[main] < 2 or counts.get(entity.country, 0) * 2 >= counts[main]:
        return entity
    return replace(entity, country=main)


def is_other_team(mention: Candidate, known: KnownName) -> bool:
    """Whether a longer name tells that a nickname is another team's than the known one: the Detroit Lions are no British Lions."""
    words = mention.text.split()
    return mention.known is None and len(words) > 1 and words[-1] == known.name.split()[-1]


def aliases_of(forms: list[str], name: str) -> tuple[str, ...]:
    """The other names in order of appearance; one that differs in capitals alone is none."""
    aliases: dict[str, str] = {name.lower(): name}
    for form in sorted(forms, key=str.isupper):
        aliases.setdefault(form.lower(), form)
    kept = set(aliases.values()) - {name}
    return tuple(form for form in forms if form in kept)


def sounds_like_outlet(name: str) -> bool:
    """Whether an unknown name is formed as newspapers' and stations' are: "Geneva Courier"."""
    words = name.lower().split()
    return len(words) > 1 and words[-1] in knowledge.words_of("en/outlet_words.tsv")


def is_mere_courtesy(title: str) -> bool:
    """Whether a title tells nothing but the gender: "Mr", "Mrs."."""
    entry = knowledge.titles().get(knowledge.key(title))
    return entry is not None and entry.kind == "honorific" and knowledge.key(title) in ("mr", "mrs", "ms", "miss", "mx")


def is_acronym(name: str) -> bool:
    """Whether a name is one word of capitals: "NAFTA"."""
    return name.isupper() and " " not in name


def fullest(forms: list[str], *, is_body: bool = False) -> str:
    """The form with most words, then letters; the earliest of equals; capitals only where nothing else is.

    A body's name of one word may be an abbreviation: "AUSSOM".
    """
    ranked = sorted(forms, key=lambda f: (-len(f.split()), f.isupper() and len(f) > 5, -len(f), forms.index(f)))
    longest = 8 if is_body else 5
    is_shouted = len(ranked[0].split()) > 1 or len(ranked[0]) > longest or is_known_place(as_written(ranked[0]))
    return as_written(ranked[0]) if is_shouted else ranked[0]
