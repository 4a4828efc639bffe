"""What a verb, noun or adjective makes of the event under it, as the knowledge base has it.

"Threatened to [attack]" threatens it, "denied the [attack]" denies it, "began to [withdraw]" leaves it as it is.
"""

from __future__ import annotations

import functools

from spacy.tokens import Token

from copytaster.extract.events.dependents import is_verbal
from copytaster.knowledge import table

ACTS: dict[str, str] = {
    "assert": "reported", "announce": "reported", "admit": "reported", "describe": "reported", "report": "reported",
    "agree": "reported", "believe": "reported", "regret": "realised", "complain": "alleged", "quote": "reported",
    "predict": "reported", "speculate": "alleged", "accuse": "alleged", "allege": "alleged", "deny": "denied",
    "question": "questioned", "doubt": "questioned", "request": "demanded", "propose": "proposed", "plan": "planned",
    "promise": "planned", "want": "planned", "hope": "planned", "threaten": "threatened", "warn": "reported",
    "fear": "conditional", "refuse": "failed",
}  # fmt: skip
"""Speech act of a cue (`cues.tsv`, `Quote.speech_act`) -> what it makes of the event it reports."""


@functools.cache
def effects() -> dict[tuple[str, str], str]:
    """(part of speech, lemma) -> effect."""
    return {(row["pos"], row["word"]): row["effect"] for row in table("en/modality.tsv")}


@functools.cache
def cue_acts() -> dict[str, str]:
    """Lemma of a verbal cue -> its speech act, of `cues.tsv`."""
    return {
        row["lemma"]: row["act"] for row in table("en/cues.tsv") if row["pos"] == "verb" and " " not in row["lemma"]
    }


@functools.cache
def light_effects() -> dict[str, str]:
    """Light verb -> what becomes of the event that it carries."""
    return {row["verb"]: row["effect"] for row in table("en/light_verbs.tsv")}


def light_effect(verb: Token) -> str | None:
    """What becomes of the event that a light verb carries, with its particle: "[step up] deportations"."""
    lights = light_effects()
    lemma = verb.lemma_.lower()
    for child in verb.children:
        if child.dep_ == "prt" and f"{lemma} {child.lower_}" in lights:
            return lights[f"{lemma} {child.lower_}"]
    return lights.get(lemma)


ACHIEVED = "achieved"
"""What `came_of` asks for; of anything but an infinitive such a word makes nothing."""


def effect_of(governor: Token) -> str | None:
    """What a governor makes of its complement."""
    lemma = governor.lemma_.lower()
    if is_verbal(governor):
        found = (phrasal_effect(governor), effects().get(("v", lemma)), ACTS.get(cue_acts().get(lemma, "")))
        return next((effect for effect in found if effect not in (None, ACHIEVED)), None)
    return effects().get(("a" if governor.pos_ == "ADJ" else "n", lemma))


def came_of(governor: Token) -> bool:
    """Whether an infinitive behind the word tells what came of it: "rallied to [beat]", "went on to [sign]"."""
    return is_verbal(governor) and ACHIEVED in (
        phrasal_effect(governor),
        effects().get(("v", governor.lemma_.lower())),
    )


def phrasal_effect(verb: Token) -> str | None:
    """What a verb makes of its complement with its particle: "called off a strike"."""
    for child in verb.children:
        if child.dep_ in ("prt", "advmod") and (
            effect := effects().get(("v", f"{verb.lemma_.lower()} {child.lower_}"))
        ):
            return effect
    return None


def is_speech(effect: str | None) -> bool:
    """Whether the effect is that of a source, which no negation or modal beside it changes."""
    return effect in ("reported", "alleged", "denied", "questioned")
