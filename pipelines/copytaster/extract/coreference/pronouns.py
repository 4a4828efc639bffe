"""Whom a third-person pronoun means: by number, gender, syntax and salience; nobody rather than somebody wrong.

Limits: pronouns for two people at once ("they" for "Trump and Maduro") stay unresolved, as does "it" for what is neither
a body nor a country. Backward reference ("In his speech, Macron said") is found within one sentence only.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from copytaster.extract.coreference.discourse import Phrase
from copytaster.extract.coreference.identity import find_referent
from copytaster.extract.coreference.scene import Scene
from copytaster.extract.coreference.syntax import MAX_CLIMB, SUBJECTS
from copytaster.extract.coreference.utterances import speech_verbs, thought_verbs
from copytaster.knowledge import table

WINDOW = {"m": 4, "f": 4, "n": 1, "": 2}
"""Sentences that a pronoun reaches back over, by its gender."""


COUNTS = frozenset({"both", "all", "some", "many", "most", "few", "several", "two", "three", "four", "none", "each"})
"""Words before "of them" that make them several: no body alone is "both of them"."""


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A form of pronouns.tsv."""

    form: str
    person: str
    number: str
    gender: str
    cases: frozenset[str]


@functools.cache
def pronouns() -> dict[str, Pronoun]:
    """Pronouns by their form in small letters."""
    rows = table("en/pronouns.tsv")
    return {
        r["form"]: Pronoun(r["form"], r["person"], r["number"], r["gender"], frozenset(r["case"].split())) for r in rows
    }


@functools.cache
def object_verbs() -> frozenset[str]:
    """Lemmas of the verbs whose object a following clause is about."""
    return frozenset(row["lemma"] for row in table("en/object_verbs.tsv"))


@functools.cache
def expletive_predicates() -> frozenset[str]:
    """Words that follow "it is" where "it" means nothing."""
    return frozenset(row["word"] for row in table("en/expletive_predicates.tsv"))


@dataclass(frozen=True, slots=True)
class Antecedent:
    """Whom a pronoun means, how sure that is, by which rule, and whom else it would mean."""

    entity: int
    confidence: float
    rule: str
    runner_up: int | None = None


def find_antecedent(scene: Scene, i: int) -> Antecedent | None:
    """Whom the third-person pronoun at the token means; None where it is not clear."""
    syntax = scene.syntax
    pronoun = pronouns()[syntax.lower[i]]
    if "relative" in pronoun.cases:
        entity = relative_antecedent(scene, i)
        return Antecedent(entity, 0.9, "pronoun.relative") if entity is not None else None
    if pronoun.gender == "n" and is_pleonastic(scene, i):
        return None
    if "reflexive" in pronoun.cases:
        bound = bound_subject(scene, i, pronoun)
        if bound is not None:
            return Antecedent(bound, 0.9, "pronoun.reflexive")
    excluded = excluded_entities(scene, i, pronoun)
    utterance = scene.utterance_at[i]
    role = syntax.role(i)
    governor = governing_subject(scene, i)
    is_speaker = syntax.deps[i] in SUBJECTS and syntax.lemmas[syntax.heads[i]] in speech_verbs()
    is_possessive = syntax.deps[i] == "poss"
    is_counted = i > 1 and syntax.lower[i - 1] == "of" and syntax.lower[i - 2] in COUNTS

    def weigh(phrase: Phrase) -> float:
        if phrase.head == i or phrase.head in excluded or phrase.entity in excluded_numbers:
            return 0.0
        factor = agreement(scene, phrase, pronoun, spoken=utterance >= 0)
        if factor <= 0 or (is_counted and not phrase.is_plural and phrase.kind != "people"):
            return 0.0
        if phrase.utterance != utterance:
            # what is said inside one pair of marks is seldom taken up outside of it
            factor *= 0.6 if phrase.utterance >= 0 else 0.9
        if phrase.role == role:
            factor *= 1.15 if pronoun.gender in ("m", "f") else 1.3
        elif phrase.role == "modifier":
            factor *= 0.4
        elif phrase.role == "possessor" and pronoun.gender not in ("m", "f"):
            factor *= 0.6
        if is_speaker and phrase.is_speaker and phrase.sentence < syntax.sentences[i]:
            # who spoke in the sentence before goes on speaking
            factor *= 1.6 if phrase.sentence == syntax.sentences[i] - 1 else 1.25
        if phrase.is_pronoun and phrase.sentence == syntax.sentences[i]:
            factor *= 1.2  # pronouns of one gender in one sentence mostly mean the same person
        if governor is not None and phrase.head == governor[0]:
            factor *= governor[1]
        elif is_possessive and phrase.head == own_subject:
            factor *= 2.2
        return factor

    excluded_numbers = {scene.refers[head] for head in excluded if head in scene.refers}
    speaker = scene.speaker_of(utterance)
    if speaker is not None and pronoun.number == "s":
        excluded_numbers.add(speaker)  # who speaks of himself says "I"
    verb = syntax.verb_above(i)
    own_subject = syntax.subject(verb) if verb is not None else None
    own_subject = scene.anchor(own_subject) if own_subject is not None else None
    ahead = subject_ahead(scene, i, pronoun, own_subject)
    if ahead is not None:
        return Antecedent(ahead, 0.7, "pronoun.subject_ahead")
    begun = syntax.sentences[scene.utterances[utterance].start] if utterance >= 0 else -1
    scores = scene.discourse.salience(syntax.sentences[i], WINDOW[pronoun.gender], weigh, utterance, begun)
    return choose(scores, margin_of(pronoun))


def margin_of(pronoun: Pronoun) -> float:
    """How much better than the next candidate the best one must be: most for "it", which so much else can be meant by."""
    if pronoun.gender == "n":
        return 1.2 if "possessive" in pronoun.cases else 1.4
    return 1.05


def subject_ahead(scene: Scene, i: int, pronoun: Pronoun, subject: int | None) -> int | None:
    """The named subject that a pronoun in a fronted phrase looks forward to: "In his speech, [Macron] said"."""
    if subject is None or subject < i or "possessive" not in pronoun.cases:
        return None
    siblings = [c for c in scene.syntax.children[scene.syntax.heads[subject]] if scene.syntax.deps[c] in SUBJECTS]
    entity = next((scene.name_heads[a] for c in siblings if (a := scene.anchor(c)) in scene.name_heads), None)
    if entity is None or scene.syntax.heads[subject] in (i, scene.syntax.heads[i]):
        return None
    referent = scene.referents[entity]
    phrase = Phrase(subject, 0, "subject", referent.kind, referent.gender, referent.is_plural, entity)
    return entity if agreement(scene, phrase, pronoun) >= 0.8 else None


def choose(scores: dict[int, tuple[float, Phrase]], margin: float) -> Antecedent | None:
    """The best-scored entity, if it is an entity and clearly the best, with a confidence from the margin."""
    if not scores:
        return None
    ranked = sorted(scores, key=lambda key: (-scores[key][0], -scores[key][1].head))
    best = ranked[0]
    if best < 0 or scores[best][0] < 25 or scores[best][1].kind in ("thing", "work", "facility"):
        return None
    if len(ranked) > 1:
        ratio = scores[best][0] / scores[ranked[1]][0]
        if ratio < margin:
            return None
        runner_up = ranked[1] if ranked[1] >= 0 else None
        return Antecedent(best, round(min(0.95, 0.4 + 0.3 * (ratio - 1)), 3), "pronoun.in_mind", runner_up)
    return Antecedent(best, 0.9, "pronoun.only_one")


def agreement(scene: Scene, phrase: Phrase, pronoun: Pronoun, *, spoken: bool = False) -> float:
    """How well a phrase agrees with a pronoun in kind, number and gender; 0 not at all, 1 fully.

    A pronoun that is `spoken` stands in quotation marks, where countries are "they" more often.
    """
    gender = phrase.gender
    is_plural = phrase.is_plural
    kind = phrase.kind
    if phrase.entity is not None:
        gender = scene.referents[phrase.entity].gender or gender
    if pronoun.gender in ("m", "f"):
        if kind != "person" or is_plural or (gender and gender != pronoun.gender):
            return 0.0
        # a story is about the people it names
        is_named = phrase.entity is not None and bool(scene.referents[phrase.entity].name)
        return (1.0 if gender else 0.8) * (1.0 if is_named else 0.8)
    if pronoun.gender == "n":
        if is_plural or kind in ("person", "people"):
            return 0.0
        is_country = kind == "place" and phrase.entity is not None and is_nation(scene, phrase.entity)
        return {"organisation": 1.0, "place": 0.9 if is_country else 0.5}.get(kind, 0.8)
    # they
    if is_plural:
        return 1.0
    if kind == "place":
        if phrase.entity is None or not is_nation(scene, phrase.entity):
            return 0.0
        return 0.7 if phrase.utterance >= 0 or spoken else 0.3
    if kind == "organisation" and phrase.role in ("oblique", "modifier"):
        return 0.35  # "who teaches at Ohio State said … them"
    return {"people": 1.0, "organisation": 0.55}.get(kind, 0.0)


def is_nation(scene: Scene, entity: int) -> bool:
    """Whether the entity is a country, which acts and speaks as towns seldom do."""
    return not scene.referents[entity].owner.startswith("#")


def excluded_entities(scene: Scene, i: int, pronoun: Pronoun) -> set[int]:
    """Heads of phrases that the pronoun cannot mean for its place in the sentence.

    Two arguments of one verb are not the same ("Trump told him"), and a phrase does not mean what it is a part of
    ("[his] lawyer, John Smith").
    """
    syntax = scene.syntax
    excluded: set[int] = set()
    if "possessive" not in pronoun.cases or syntax.deps[i] != "poss":
        verb = syntax.verb_above(i)
        if verb is not None and syntax.deps[i] not in SUBJECTS:
            subject = syntax.subject(verb)
            if subject is not None:
                excluded |= {scene.anchor(subject), subject, *conjuncts(scene, subject)}
        if verb is not None:
            for child in syntax.children[verb]:
                if child != i and syntax.deps[child] in ("dobj", "dative", "nsubj", "nsubjpass"):
                    excluded.add(child)
                elif child < i and syntax.deps[child] in ("prep", "agent", "dative"):
                    excluded |= {c for c in syntax.children[child] if syntax.deps[c] == "pobj"} - {i}
    at = i
    for _ in range(MAX_CLIMB):
        head = syntax.heads[at]
        if head == at or syntax.deps[at] in ("conj", "relcl", "acl", "advcl", "ccomp", "prep"):
            break
        if syntax.pos[head] in ("NOUN", "PROPN"):
            excluded.add(head)
        elif syntax.pos[head] in ("VERB", "AUX"):
            break
        at = head
    excluded |= {j for j in commanded(scene, i) if j in scene.refers}
    excluded.discard(i)
    return excluded


def commanded(scene: Scene, i: int) -> list[int]:
    """Heads of names behind the pronoun in the phrase or clause that it commands; none of them is meant by it.

    "[his] campaign against Maduro" is not Maduro's, in "[He] said that Trump lied" somebody else than Trump speaks
    (principle C of the binding theory).
    """
    syntax = scene.syntax
    if syntax.deps[i] != "poss" and syntax.deps[i] not in SUBJECTS:
        return []
    top = syntax.heads[i]
    waiting = [c for c in syntax.children[top] if c > i]
    found: list[int] = []
    steps = 0
    while waiting and steps < 60:
        at = waiting.pop()
        steps += 1
        if at not in scene.refers and syntax.deps[i] == "poss":
            nominal = scene.nominal_at(at)
            referent = find_referent(scene, nominal) if nominal else None
            if referent is not None:
                scene.refers[at] = referent[0]
        found.append(at)
        waiting += [c for c in syntax.children[at] if syntax.deps[c] != "conj" or syntax.pos[c] != "VERB"]
    return found


def conjuncts(scene: Scene, head: int) -> set[int]:
    """The phrases joined to one by "and" or "or"."""
    syntax = scene.syntax
    found: set[int] = set()
    waiting = [head]
    while waiting and len(found) < 8:
        at = waiting.pop()
        for child in syntax.children[at]:
            if syntax.deps[child] == "conj":
                found.add(child)
                waiting.append(child)
    return found


def governing_subject(scene: Scene, i: int) -> tuple[int, float] | None:
    """The subject of the clause above, where the pronoun is the subject of a clause that reports or depends.

    "[Trump] said that he would", "[Merkel] resigned after she lost": such a subject is meant more often than not, which
    the factor says. Of some verbs it is the object: "arrested [Doe] after he".
    """
    syntax = scene.syntax
    if syntax.deps[i] not in SUBJECTS:
        return None
    verb = syntax.heads[i]
    for _ in range(4):
        if syntax.deps[verb] in ("ccomp", "advcl"):
            above = syntax.heads[verb]
            if above in scene.name_heads:  # "threatened Maduro if he" with the verb parsed as an attribute
                return above, 2.5
            # of a quote in marks the subject speaks, and does not speak of himself as "he"
            if syntax.lemmas[above] in thought_verbs() and scene.utterance_at[i] >= 0:
                return None
            if any(syntax.lower[c + 1 : c + 2] == ["which"] for c in syntax.children[verb] if syntax.deps[c] == "prep"):
                return None  # ", after which he": a sentence of its own
            if syntax.deps[verb] == "advcl" and syntax.lemmas[above] in object_verbs():
                for child in syntax.children[above]:
                    if syntax.deps[child] in ("dobj", "nsubjpass") or (child > above and child in scene.refers):
                        return child, 2.0
            subject = syntax.subject(above)
            return (
                (scene.anchor(subject), 2.5 if syntax.deps[verb] == "ccomp" else 1.6) if subject is not None else None
            )
        if syntax.deps[verb] in ("conj", "aux", "xcomp") and syntax.heads[verb] != verb:
            verb = syntax.heads[verb]
            continue
        return None
    return None


def bound_subject(scene: Scene, i: int, pronoun: Pronoun) -> int | None:
    """The subject that a reflexive is bound to: "Maduro defended himself"."""
    verb = scene.syntax.verb_above(i)
    subject = scene.syntax.subject(verb) if verb is not None else None
    entity = scene.refers.get(subject) if subject is not None else None
    if entity is None:
        return None
    gender = scene.referents[entity].gender
    return None if gender and pronoun.gender in ("m", "f") and gender != pronoun.gender else entity


def relative_antecedent(scene: Scene, i: int) -> int | None:
    """The noun that a relative clause modifies: "Rubio, who proposed it"; interrogative "who" has none."""
    syntax = scene.syntax
    at = i
    for _ in range(MAX_CLIMB):
        head = syntax.heads[at]
        if head == at:
            return None
        if syntax.deps[at] == "relcl":
            # "a teacher from Lima who": people are "who", and the place is only where they come from
            if syntax.lower[i] in ("who", "whom") and scene.refers.get(head) is not None:
                head = person_above(scene, head)
            entity = scene.refers.get(head) if head < i else None
            if entity is None:
                return None
            is_people = syntax.tags[head] in ("NNS", "NNPS")
            kind = scene.referents[entity].kind
            return entity if is_people or kind not in ("place", "region", "facility", "thing", "work") else None
        at = head
    return None


def person_above(scene: Scene, head: int) -> int:
    """The person noun that a place's name depends on by a preposition; the name itself where there is none."""
    syntax = scene.syntax
    if scene.referents[scene.refers[head]].kind not in ("place", "region", "facility"):
        return head
    at = syntax.heads[head]
    above = syntax.heads[at]
    if syntax.deps[head] == "pobj" and syntax.deps[at] == "prep" and above in scene.refers:
        return above
    return head


def is_pleonastic(scene: Scene, i: int) -> bool:
    """Whether "it" means nothing: "it is clear that", "it seems", "it took two years to", "it was raining"."""
    syntax = scene.syntax
    if syntax.lower[i] != "it":
        return False
    if syntax.deps[i] == "expl" or (i + 1 < syntax.size and syntax.lower[i + 1] in ("'s", "’s")):
        return True  # "it's" opens a sentence about something said before, seldom about a body
    if syntax.deps[i] not in SUBJECTS:
        return True  # an object "it" is a thing or a deed far more often than a body: "released it", "pay for it"
    verb = syntax.heads[i]
    if syntax.pos[verb] not in ("VERB", "AUX"):
        return True  # "makes it hard to"
    lemma = syntax.lemmas[verb]
    if lemma in (
        "seem",
        "appear",
        "happen",
        "rain",
        "snow",
        "emerge",
        "transpire",
        "turn",
        "matter",
        "depend",
        "follow",
    ):
        return True
    complements = {syntax.deps[c]: c for c in syntax.children[verb]}
    if lemma in ("be", "become", "remain", "prove", "look") or syntax.pos[verb] == "AUX":
        # any predicate of "it" tells of an event or a thing more often than of a body ("it is a mistake"), but where a
        # body says so of itself: "Kuka said it was ready"
        governor = governing_subject(scene, i)
        entity = scene.refers.get(governor[0]) if governor else None
        predicate = complements.get("acomp", complements.get("attr"))
        if entity is None or scene.referents[entity].kind not in ("organisation", "place") or predicate is None:
            return True
        return syntax.lemmas[predicate] in expletive_predicates()
    if syntax.deps[i] == "nsubjpass":
        return bool(complements.keys() & {"ccomp", "csubjpass", "csubj"})  # "it was reported that"
    return lemma in ("take", "mean", "help", "cost", "remain") or (
        lemma not in thought_verbs() and "ccomp" in complements and "dobj" not in complements
    )
