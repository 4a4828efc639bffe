"""Whom a description means: what the article says of its people first, what is known of offices second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from copytaster.extract.coreference.bodies import by_name_word, find_body, find_place
from copytaster.extract.coreference.discourse import ROLE_WEIGHT, Phrase, Referent
from copytaster.extract.coreference.nominals import Nominal, agree
from copytaster.extract.coreference.proceedings import find_client, find_party
from copytaster.extract.coreference.roles import Description, holders, matches, offices_held, small_demonyms
from copytaster.extract.coreference.scene import Scene, is_owner, parties_before

CONTRASTING = frozenset(
    {"other", "another", "separate", "rival", "second", "third", "next", "different", "previous", "first"}
)
"""Words that say it is somebody else: "the separate company"."""


def find_referent(scene: Scene, nominal: Nominal) -> int | None:
    """The entity that a description means, or None."""
    partner = apposed(scene, nominal)
    if partner is not None:
        return partner
    if nominal.head in scene.introduced:
        return scene.introduced[nominal.head]
    if nominal.is_plural or nominal.determiner == "indefinite" or CONTRASTING & set(nominal.modifiers):
        return None
    if is_restricted(scene, nominal):
        return None
    kind = nominal.noun.kind
    if kind == "person":
        party = find_party(scene, nominal)
        if party is None:
            party = find_client(scene, nominal)
        return party if party is not None else find_person(scene, nominal)
    if kind in ("organisation", "people"):
        return find_body(scene, nominal)
    if kind == "place":
        return find_place(scene, nominal)
    if kind == "facility":
        return by_name_word(scene, nominal)
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


def weight_of_role(phrase: Phrase) -> float:
    """For descriptions the role counts more than for pronouns: of two presidents "the president" is he who acts."""
    return ROLE_WEIGHT[phrase.role] ** 2 / 6400.0


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


def acting_on(scene: Scene, head: int) -> int | None:
    """The subject of the verb that the phrase is an object of: in "she told the defendant" two people take part."""
    syntax = scene.syntax
    verb = syntax.verb_above(head)
    if verb is None or syntax.role(head) in ("subject", "possessor"):
        return None
    subject = syntax.subject(verb)
    return scene.refers.get(scene.anchor(subject)) if subject is not None else None


def reporter_above(scene: Scene, head: int) -> int | None:
    """The subject that reports the phrase's clause and means somebody else: "[Doe] said the 70-year-old had left"."""
    syntax = scene.syntax
    verb = syntax.verb_above(head)
    while verb is not None and syntax.deps[verb] in ("aux", "xcomp", "conj") and syntax.heads[verb] != verb:
        verb = syntax.heads[verb]
    if verb is None or syntax.deps[verb] != "ccomp":
        return None
    subject = syntax.subject(syntax.heads[verb])
    return scene.refers.get(scene.anchor(subject)) if subject is not None else None


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


UNIQUE = frozenset({"president", "premier", "monarch", "supreme_leader", "pope", "spokesperson", "suspect", "victim"})
"""Offices whose holder need not have been named, or who are told by other means than having been named last."""
NEVER_VARIED = frozenset(
    {
        *("judge", "magistrate", "prosecutor", "witness", "reporter", "journalist", "correspondent", "interpreter"),
        *("translator", "moderator", "juror", "driver", "gunman", "child", "baby", "boy", "girl", "man", "woman"),
        *(
            "person",
            "public",
            "user",
            "reader",
            "viewer",
            "voter",
            "customer",
            "patient",
            "passenger",
            "client",
            "owner",
        ),
        *(
            "source",
            "caller",
            "other",
            "individual",
            "youth",
            "loser",
            "winner",
            "foreman",
            "referee",
            "umpire",
            "father",
            "mother",
            "son",
            "friend",
        ),
    }
)
"""Nouns for people who stand beside those that a story names."""


CIRCUMSTANCES = frozenset({"witness", "victim", "survivor", "suspect", "defendant", "plaintiff"})
"""What somebody is in the story alone, and another calling beside: "Witness Jane Doe … The teacher"."""


def varied_person(scene: Scene, nominal: Nominal) -> int | None:
    """Whom a subject takes up that is nobody's known office: "Jane Doe won. [The Chilean lawyer] said".

    News varies the name by what else is true of its bearer. It is whoever alone was named in the sentence before, of no
    other nation, calling, age or gender.
    """
    noun, syntax = nominal.noun, scene.syntax
    age = age_in(nominal)
    is_parent = noun.noun in ("mother", "father") and nominal.head + 2 < syntax.size
    is_parent = is_parent and syntax.lower[nominal.head + 1] in ("of", "-")
    is_plain = (is_parent or noun.noun not in NEVER_VARIED) and not noun.offices & UNIQUE and "weak" not in noun.flags
    if nominal.role != "subject" or nominal.is_plural or not (is_plain or age) or syntax.lower[nominal.start] != "the":
        return None
    behind = [c for c in syntax.children[nominal.head] if c > nominal.head and syntax.deps[c] == "prep"]
    if any(syntax.lower[c] != "of" or syntax.tags[min(c + 1, syntax.size - 1)] != "CD" for c in behind):
        return None  # "the head of the panel" says whose, "the mother of three" does not
    if syntax.deps[syntax.heads[nominal.head]] in ("relcl", "advcl", "acl"):
        return None
    if any(syntax.tags[i] == "JJS" for i in range(nominal.start, nominal.head)):
        return None  # "the largest beneficiary" is one of many
    owners = scene.owners_of(nominal)
    codes = {owner for owner in owners if not owner.startswith("#")}
    bodies = [owner for owner in owners - codes if scene.referents[int(owner[1:])].kind not in ("thing", "work")]
    if bodies and not age:
        return None  # "the Acme lawyer" works for Acme, "the Nobel laureate" for nobody

    def may_be(number: int) -> bool:
        country = scene.nations.get(number, scene.entities[number].country)
        if codes and country is not None and country not in codes:
            return False
        known = scene.referents[number].descriptions
        offices = {o for o in noun.offices if not o.startswith("any")}
        if nominal.is_former:
            return not any(offices & d.noun.offices and not d.is_former for d in known)
        held = [d.noun.offices for d in known if d.noun.offices - CIRCUMSTANCES]
        return not offices or not held or any(noun.offices & each for each in held)

    def is_told(number: int) -> bool:
        offices = {o for o in noun.offices if not o.startswith("any")}
        return may_be(number) and any(offices & d.noun.offices for d in scene.referents[number].descriptions)

    speaker = scene.speaker_of(scene.utterance_at[nominal.head])
    told = person_in_mind(scene, nominal.head, speaker, noun.gender, age, is_told, latest=True)
    person = person_in_mind(scene, nominal.head, speaker, noun.gender, age, may_be, latest=True)
    person = told if told is not None else person
    if person is None:
        return None
    last = scene.referents[person].last_sentence
    blocked = latest_unnamed(scene, nominal)
    if last < syntax.sentences[nominal.head] - 2 or (blocked is not None and last <= blocked):
        return None
    if len(codes) == 1:
        scene.nations[person] = next(iter(codes))
    return person


def age_in(nominal: Nominal) -> str:
    """The age that a phrase gives before its noun: "the [52-year-old] former producer"."""
    words = nominal.modifiers
    return next((w for i, w in enumerate(words) if w.isdecimal() and words[i + 1 : i + 3] == ("year", "old")), "")


def latest_unnamed(scene: Scene, nominal: Nominal) -> int | None:
    """The latest of the last sentences that has somebody without a name for its subject."""
    for phrase in scene.discourse.recent(scene.syntax.sentences[nominal.head], 2):
        is_one = phrase.kind == "person" and not phrase.is_plural and phrase.role == "subject"
        if is_one and phrase.entity is not None and not scene.referents[phrase.entity].name:
            return phrase.sentence
    return None


def lately_named(scene: Scene, nominal: Nominal, speaker: int | None) -> int | None:
    """The one person of the last two sentences whom an epithet can take up: "Jane Doe won … The senator said".

    Nobody where the article gives that person another calling.
    """
    offices = nominal.noun.offices

    def may_be(number: int) -> bool:
        known = [d.noun.offices for d in scene.referents[number].descriptions if d.noun.offices]
        return not known or bool(offices & {"any", "child"}) or any(offices & held for held in known)

    return person_in_mind(scene, nominal.head, speaker, nominal.noun.gender, may_be=may_be)


IN_MIND = 3
"""Sentences over which somebody stays in mind for "the senator" or "the 45-year-old"."""


def person_in_mind(
    scene: Scene,
    head: int,
    speaker: int | None,
    gender: str = "",
    age: str = "",
    may_be: Callable[[int], bool] = lambda _: True,
    latest: bool = False,
) -> int | None:
    """The named person most present in the last sentences; nobody where two are about as present.

    With `latest`, of several the one who alone was named in the latest sentence with a person. With an age, somebody of that age is preferred, and nobody of another one is taken.
    """
    syntax = scene.syntax
    others = (speaker, acting_on(scene, head), reporter_above(scene, head))

    def weigh(phrase: Phrase) -> float:
        if phrase.entity is None or phrase.kind != "person" or phrase.entity in others:
            return 0.0
        referent = scene.referents[phrase.entity]
        if not referent.name or (gender and referent.gender and gender != referent.gender):
            return 0.0
        if (age and scene.ages.get(phrase.entity, age) != age) or not may_be(phrase.entity):
            return 0.0
        return weight_of_role(phrase)

    scores = scene.discourse.salience(syntax.sentences[head], IN_MIND, weigh)
    ranked = sorted(scores, key=lambda key: (-scores[key][0], key))
    if age and ranked:  # whoever is of that age, else the one most in mind
        return max(ranked, key=lambda key: (scene.ages.get(key) == age, scores[key][0], scores[key][1].head))
    if latest and ranked:
        newest = max(scores[key][1].sentence for key in ranked)
        ranked = [key for key in ranked if scores[key][1].sentence == newest]
    if not ranked or (len(ranked) > 1 and scores[ranked[0]][0] < 1.5 * scores[ranked[1]][0]):
        return None
    return ranked[0]


def find_by_age_or_nation(scene: Scene, head: int) -> tuple[int, int] | None:
    """First token and referent of a phrase without a noun: "[the 33-year-old]", "[the Nigerian]"; None elsewhere."""
    syntax = scene.syntax
    speaker = scene.speaker_of(scene.utterance_at[head])
    if syntax.lower[head] == "old" and head >= 5:
        words = syntax.lower[head - 5 : head]
        is_age = words[0] == "the" and words[1].isdecimal() and words[2:] == ["-", "year", "-"]
        if not is_age or (head + 1 < syntax.size and syntax.pos[head + 1] in ("NOUN", "PROPN", "ADJ")):
            return None
        person = person_in_mind(scene, head, speaker, age=words[1])
        return (head - 5, person) if person is not None else None
    nation = scene.name_heads.get(head)
    start, age = age_before(scene, head)
    if nation is None or start < 1 or syntax.lower[start - 1] != "the" or syntax.role(head) in ("modifier", "other"):
        return None
    word = syntax.lower[head]
    if (
        scene.referents[nation].name.lower() == word
        or word.endswith(("s", "ch", "sh", "ese"))
        or syntax.deps[head] == "poss"
    ):
        return None
    if scene.referents[nation].owner.startswith("#") or word not in small_demonyms():
        return None
    code = scene.referents[nation].owner

    def may_be(number: int) -> bool:
        """Whether nothing tells of another nation: "the Italian" is not "the Spaniard" later on."""
        return scene.nations.get(number, code) == code and scene.entities[number].country in (None, code)

    person = person_in_mind(scene, head, speaker, age=age, may_be=may_be, latest=True)
    if person is None:
        return None
    scene.nations[person] = code
    return start - 1, person


def age_before(scene: Scene, head: int) -> tuple[int, str]:
    """Where a phrase begins that has an age before its noun, and the age: "the [20-year-old Englishman]"."""
    words = scene.syntax.lower[max(0, head - 5) : head]
    is_age = len(words) == 5 and words[0].isdecimal() and words[1:] == ["-", "year", "-", "old"]
    return (head - 5, words[0]) if is_age else (head, "")
