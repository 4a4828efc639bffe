"""Who is accused and who suffered in a story of a crime: "the defendant", "the killer", "the victim", "his client"."""

from __future__ import annotations

import functools

from copytaster.extract.coreference.nominals import Nominal, agree
from copytaster.extract.coreference.scene import Scene
from copytaster.knowledge import table

PARTIES = ("suspect", "victim")
"""Offices of roles.tsv whose holders a crime story tells by what is done to them and by them."""


VERDICTS = frozenset({"acquit", "convict", "sentence", "indict", "jail"})
"""What a court does to the accused alone, whatever it calls them."""


@functools.cache
def case_words() -> dict[tuple[str, str], frozenset[str]]:
    """(party, place) to the lemmas that make somebody that party; see en/case_roles.tsv."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in table("en/case_roles.tsv"):
        found.setdefault((row["party"], row["place"]), set()).update(row["lemmas"].split("|"))
    return {key: frozenset(lemmas) for key, lemmas in found.items()}


def collect_parties(scene: Scene) -> None:
    """Reads the whole story for who is accused ("Doe was charged") and who suffered ("the murder of Roe").

    A person who is told to be both is neither: an account of a fight needs more than words.
    """
    for head, number in sorted({**scene.introduced, **scene.name_heads}.items()):
        if scene.referents[number].kind != "person":
            continue
        for party in PARTIES:
            if is_told(scene, head, party):
                scene.parties_of_case.setdefault(party, {})[number] = None
    both = set(scene.parties_of_case.get("suspect", {})) & set(scene.parties_of_case.get("victim", {}))
    for party in PARTIES:
        for number in both:
            scene.parties_of_case.get(party, {}).pop(number, None)


def is_told(scene: Scene, head: int, party: str) -> bool:
    """Whether the name's place in its clause says that its bearer is the party."""
    syntax = scene.syntax
    dep, above = syntax.deps[head], syntax.heads[head]
    words = case_words()
    if dep == "conj":
        dep, above = syntax.deps[above], syntax.heads[above]
    if dep in ("dobj", "nsubjpass"):
        return syntax.lemmas[above] in words.get((party, "object"), frozenset())
    if dep == "nsubj":
        lemmas = {syntax.lemmas[above], *(syntax.lemmas[c] for c in syntax.children[above] if syntax.deps[c] == "conj")}
        return bool(lemmas & words.get((party, "subject"), frozenset()))
    if dep == "pobj" and syntax.lower[above] == "of":
        return syntax.lemmas[syntax.heads[above]] in words.get((party, "of"), frozenset())
    return dep == "poss" and syntax.lemmas[above] in words.get((party, "of"), frozenset())


def find_party(scene: Scene, nominal: Nominal) -> int | None:
    """The one whom "the defendant" or "the victim" means: the only one told to be it, else the one told of last."""
    if nominal.determiner != "definite" or nominal.is_plural:
        return None
    party = next((p for p in PARTIES if p in nominal.noun.offices), None)
    dep, verb = scene.syntax.deps[nominal.head], scene.syntax.lemmas[scene.syntax.heads[nominal.head]]
    if party is None and dep in ("dobj", "nsubjpass") and verb in VERDICTS:
        party = "suspect"  # "voted to acquit the former captain"
    if party is None:
        return None
    told = [n for n in scene.parties_of_case.get(party, {}) if agree(nominal, scene.referents[n])]
    seen = [n for n in told if scene.referents[n].first_sentence >= 0]
    if len(seen) < 2 or len(told) < 2:
        return next(iter(seen or told), None)
    last, before = sorted(seen, key=lambda n: (-scene.referents[n].last_sentence, n))[:2]
    return last if scene.referents[last].last_sentence > scene.referents[before].last_sentence else None


def collect_counsel(scene: Scene, nominal: Nominal, entity: int) -> None:
    """Keeps whose lawyer somebody is: "[Her] barrister, Joe Roe"."""
    owner = possessor(scene, nominal)
    if owner is not None and "lawyer" in nominal.noun.offices and scene.referents[owner].kind == "person":
        scene.clients[entity] = owner


def find_client(scene: Scene, nominal: Nominal) -> int | None:
    """Whom a lawyer speaks for: "Joe Roe said [his client] was ill"."""
    owner = possessor(scene, nominal) if nominal.noun.noun == "client" and not nominal.is_plural else None
    return scene.clients.get(owner) if owner is not None else None


def possessor(scene: Scene, nominal: Nominal) -> int | None:
    """Whose the description says it is: "[his] lawyer"."""
    syntax = scene.syntax
    owner = next((c for c in syntax.children[nominal.head] if syntax.deps[c] == "poss"), None)
    return scene.refers.get(owner) if owner is not None else None
