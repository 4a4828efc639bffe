"""Whom a description means: what the article says of its people first, what is known of offices second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from copytaster.extract.coreference.bodies import by_name_word, find_body, find_place
from copytaster.extract.coreference.discourse import Referent
from copytaster.extract.coreference.in_mind import (
    acting_on,
    lately_named,
    person_in_mind,
    varied_person,
    weight_of_role,
)
from copytaster.extract.coreference.nominals import Nominal, agree
from copytaster.extract.coreference.proceedings import find_client, find_party
from copytaster.extract.coreference.roles import Description, holders, matches, offices_held
from copytaster.extract.coreference.scene import Scene, is_owner, parties_before

CONTRASTING = frozenset(
    {"other", "another", "separate", "rival", "second", "third", "next", "different", "previous", "first"}
)
"""Words that say it is somebody else: "the separate company"."""


Search = Callable[[Scene, Nominal], int | None]


def find_referent(scene: Scene, nominal: Nominal) -> tuple[int, str] | None:
    """The entity that a description means and the rule that found it, or None."""
    partner = apposed(scene, nominal)
    if partner is not None:
        return partner, "nominal.apposition"
    if nominal.head in scene.introduced:
        return scene.introduced[nominal.head], "nominal.introduced"
    if nominal.is_plural or nominal.determiner == "indefinite" or CONTRASTING & set(nominal.modifiers):
        return None
    if is_restricted(scene, nominal):
        return None
    for rule, search in SEARCHES.get(nominal.noun.kind, ()):
        found = search(scene, nominal)
        if found is not None:
            return found, rule
    return None


def is_restricted(scene: Scene, nominal: Nominal) -> bool:
    """Whether a clause right behind the noun says which one is meant: "the member who wishes to leave" is anybody."""
    syntax = scene.syntax
    if nominal.determiner != "definite":
        return False
    behind = [c for c in syntax.children[nominal.head] if c > nominal.head and syntax.deps[c] in ("relcl", "acl")]
    return (
        bool(behind) and syntax.lower[nominal.end] not in (",", "–", "—", "-") if nominal.end < syntax.size else False
    )


def apposed(scene: Scene, nominal: Nominal) -> int | None:
    """The named partner of an apposition: "the spokeswoman, Jane Doe", "Maduro, Venezuela's president"."""
    syntax = scene.syntax
    head = nominal.head
    partners = [c for c in syntax.children[head] if syntax.deps[c] == "appos"]
    if syntax.deps[head] == "appos":
        partners.append(syntax.heads[head])
    for partner in partners:
        entity = scene.name_heads.get(partner)
        if entity is None or abs(partner - head) > 25 or nominal.is_plural:
            continue
        if agree(nominal, scene.referents[entity]):
            return entity
    if nominal.is_plural or nominal.noun.kind != "person":
        return None
    return between_commas(scene, nominal)


def between_commas(scene: Scene, nominal: Nominal) -> int | None:
    """The partner of an apposition that the parser missed, by its commas: "The co-founder, Jane Doe, said"."""
    syntax, named = scene.syntax, scene.named
    after, before = nominal.end, nominal.start - 1
    if after + 1 < syntax.size and syntax.lower[after] == "," and named[after + 1] >= 0:
        last = after + 1
        while last + 1 < syntax.size and named[last + 1] == named[after + 1]:
            last += 1
        closed = last + 1 < syntax.size and syntax.lower[last + 1] == ","
        if closed and agree(nominal, scene.referents[named[last]]):
            return named[last]
    if before >= 1 and syntax.lower[before] == "," and named[before - 1] >= 0 and after < syntax.size:
        closed = syntax.lower[after] in (",", ".") and nominal.determiner != "bare"
        if closed and agree(nominal, scene.referents[named[before - 1]]):
            return named[before - 1]
    return None


def find_person(scene: Scene, nominal: Nominal) -> int | None:
    """The person whom a description with a person noun means."""
    sought = scene.description_of(nominal)
    if not sought.owners and sought.noun.offices:
        implied = replace(sought, owners=owners_around(scene, nominal.head))
        if implied.owners:
            in_office = known_holders(scene, implied)
            for number in [*scene.candidates(implied), *in_office]:
                known = scene.referents[number].descriptions
                is_theirs = number in in_office or any(d.owners and matches(implied, d) >= 3.0 for d in known)
                if is_theirs and agree(nominal, scene.referents[number]):
                    return number
    utterance = scene.utterance_at[nominal.head]
    speaker = scene.speaker_of(utterance)
    best: tuple[float, float, int] | None = None
    saliences = scene.discourse.salience(scene.syntax.sentences[nominal.head], 8, weight_of_role)
    holders_here = known_holders(scene, sought)
    other = acting_on(scene, nominal.head)
    parties = parties_before(scene, nominal.start, nominal.head)
    leads_body = sought.noun.noun == "leader" and bool(sought.owners) and all(o.startswith("#") for o in sought.owners)
    for number in dict.fromkeys([*scene.candidates(sought), *holders_here]):
        referent = scene.referents[number]
        if referent.kind != "person" or referent.is_plural or number in (speaker, other):
            continue
        if not agree(nominal, referent):
            continue
        fit = max((matches(sought, known) for known in referent.descriptions), default=0.0)
        if fit < 1.0 and number in holders_here:
            fit = 2.5
        if fit < 0.75 or scene.is_inside(nominal, number):
            continue
        if parties and referent.parties:
            if not parties & referent.parties:
                continue
            fit += 1.0
        elif parties and fit < 2.0:
            continue  # "the Tory leader" is not any prime minister
        if leads_body and not is_politician(referent):
            continue  # "the SNP leader" is no chief executive
        seen = saliences.get(number, (0.0, None))[0]
        if not sought.owners and not seen and referent.first_sentence < 0 and not is_headline(scene, nominal.head):
            continue  # a bare "the president" means somebody who has been spoken of
        if not sought.owners and is_at_home(sought, referent):
            seen += HOME
        rank = (fit, seen + min(referent.count, 10), -number)
        if best is None or rank > best:
            best = rank
    is_bare = not sought.owners and not sought.is_lower and nominal.determiner == "definite"
    if best is not None and best[0] < 1.5 and is_bare and sought.is_former:
        # whoever is called president without "former" may be another body's: who is known to have left goes before
        left = lately_in_office(scene, nominal, speaker, is_former=True)
        return left if left is not None else -int(best[2])
    if best is not None and (best[0] >= 2.0 or not is_bare or is_politician(scene.referents[-int(best[2])])):
        return -int(best[2])
    if is_bare:
        # of a chairman and the head of state "the president" is the latter, though the article gives him no title
        holder = lately_in_office(scene, nominal, speaker, is_former=sought.is_former)
        if holder is not None:
            return holder
    if best is not None:
        return -int(best[2])
    if leads_body:
        led = party_leader(scene, nominal, speaker)
        if led is not None:
            return led
    return by_epithet(scene, nominal, speaker)


def owners_around(scene: Scene, head: int) -> frozenset[str]:
    """Countries and bodies that the one who reports the clause speaks for.

    When "a White House official said that the president …", it is the American one.
    """
    syntax = scene.syntax
    at = head
    for _ in range(6):
        verb = syntax.verb_above(at)
        if verb is None:
            return frozenset()
        if syntax.deps[verb] == "ccomp":
            subject = syntax.subject(syntax.heads[verb])
            entity = scene.refers.get(scene.anchor(subject)) if subject is not None else None
            if entity is None:
                return frozenset()
            referent = scene.referents[entity]
            owners = {owner for known in referent.descriptions for owner in known.owners}
            if is_owner(referent):
                owners.add(referent.owner)
            return frozenset(owners)
        at = verb
    return frozenset()


HOME = 150.0
"""What it counts that an office is the readers' own."""


def is_at_home(sought: Description, referent: Referent) -> bool:
    """Whether the article gives the referent the office without saying whose.

    "President Trump" beside "the Ukrainian president": an outlet's own president needs no country, and he is the one that
    "the president" means.
    """
    return any(not known.owners and matches(sought, known) >= 1.5 for known in referent.descriptions)


def known_holders(scene: Scene, sought: Description) -> list[int]:
    """The article's people whom the knowledge base has in the office sought on the article's day."""
    if sought.is_former or sought.is_lower or not sought.owners or not sought.noun.offices:
        return []
    day = scene.story.article.reference_date
    found: list[int] = []
    for owner in sorted(sought.owners):
        key = scene.referents[int(owner[1:])].name if owner.startswith("#") else owner
        for name in holders(key, sought.noun.offices, day):
            people = scene.surnames.get(name.split()[-1], [])
            found += [number for number in people if same_name(name, scene.referents[number].name)]
    return found


def party_leader(scene: Scene, nominal: Nominal, speaker: int | None) -> int | None:
    """The politician in mind who leads the party too: "First Minister Jane Doe … The Labour leader"."""
    return person_in_mind(scene, nominal.head, speaker, may_be=lambda number: is_politician(scene.referents[number]))


def is_politician(referent: Referent) -> bool:
    """Whether the article says of somebody what may lead a party or a movement too."""
    leading = {"any_politician", "party_leader", "militant_leader", "supreme_leader"}
    return any(leading & d.noun.offices and not d.is_former for d in referent.descriptions)


def lately_in_office(scene: Scene, nominal: Nominal, speaker: int | None, *, is_former: bool = False) -> int | None:
    """The person lately spoken of who is known to hold the office, where the article gives nobody a title for it.

    With `is_former`, one who held it and does no more.
    """
    day = scene.story.article.reference_date
    if day is None:
        return None
    moment = day.isoformat()
    for phrase in scene.discourse.recent(scene.syntax.sentences[nominal.head], 8):
        if phrase.entity is None or phrase.kind != "person" or phrase.entity == speaker:
            continue
        name = scene.referents[phrase.entity].name
        for full, office, since, until in offices_held().get(name.split()[-1] if name else "", ()):
            is_past = bool(until) and until <= moment
            is_now = since <= moment and not is_past
            if (is_past if is_former else is_now) and office in nominal.noun.offices and same_name(full, name):
                return phrase.entity
    return None


def same_name(full: str, name: str) -> bool:
    """Whether a name of the article may be an office holder's: the surname alone, or with the same first letter."""
    parts, known = name.split(), full.split()
    return bool(parts) and parts[-1] == known[-1] and (len(parts) == 1 or parts[0][0] == known[0][0])


def is_headline(scene: Scene, head: int) -> bool:
    """Whether the token stands in the headline."""
    return scene.story.block_at(scene.syntax.starts[head]).kind == "headline"


def by_epithet(scene: Scene, nominal: Nominal, speaker: int | None) -> int | None:
    """An earlier description with the same noun ("a man … the man"), or the only person lately spoken of."""
    if nominal.determiner != "definite":
        return None
    syntax = scene.syntax
    sentence = syntax.sentences[nominal.head]
    for phrase in scene.discourse.recent(sentence, 12):
        if phrase.entity is None or phrase.kind != "person" or phrase.is_plural:
            continue
        referent = scene.referents[phrase.entity]
        if referent.name or not any(d.noun.noun == nominal.noun.noun for d in referent.descriptions):
            continue
        if agree(nominal, referent) and phrase.entity != speaker:
            return phrase.entity
    if nominal.is_lower:
        return None
    varied = varied_person(scene, nominal)
    if varied is not None:
        return varied
    if nominal.is_former and nominal.noun.offices:  # "MP Jane Doe … The former transport minister"

        def is_out(number: int) -> bool:
            held = scene.referents[number].descriptions
            offices = {o for o in nominal.noun.offices if not o.startswith("any")}
            return not any(offices & d.noun.offices and not d.is_former for d in held)

        return person_in_mind(scene, nominal.head, speaker, nominal.noun.gender, may_be=is_out)
    if "epithet" not in nominal.noun.flags:
        return None
    owners = scene.owners_of(nominal)
    is_player = "player" in nominal.noun.offices  # "the England winger", "the Arsenal striker"
    is_personal = "personal" in nominal.noun.flags and not any(owner.startswith("#") for owner in owners)
    if owners and not is_personal and not is_player:
        return None
    if any(syntax.deps[c] == "compound" and scene.named[c] < 0 for c in syntax.children[nominal.head]):
        return None
    return lately_named(scene, nominal, speaker)


SEARCHES: dict[str, tuple[tuple[str, Search], ...]] = {
    "person": (
        ("nominal.party_to_case", find_party),
        ("nominal.client", find_client),
        ("nominal.person", find_person),
    ),
    "organisation": (("nominal.body", find_body),),
    "people": (("nominal.body", find_body),),
    "place": (("nominal.place", find_place),),
    "facility": (("nominal.name_word", by_name_word),),
}
"""How a description is looked up by the kind of its noun, the first that finds something first."""
