"""Who is in mind: the person last named, whom an age, a nation or another calling takes up."""

from __future__ import annotations

from collections.abc import Callable

from copytaster.extract.coreference.discourse import ROLE_WEIGHT, Phrase
from copytaster.extract.coreference.nominals import Nominal
from copytaster.extract.coreference.roles import small_demonyms
from copytaster.extract.coreference.scene import Scene


def weight_of_role(phrase: Phrase) -> float:
    """For descriptions the role counts more than for pronouns: of two presidents "the president" is he who acts."""
    return ROLE_WEIGHT[phrase.role] ** 2 / 6400.0


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
