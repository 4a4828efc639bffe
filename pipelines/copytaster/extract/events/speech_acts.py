"""Acts done in words: what an agreement, demand, refusal or threat becomes through what is agreed, demanded, threatened.

PLOVER counts "agreed to send troops" once, as AGREE; the troops are its content. The content gives the act its mode
(REQUEST assist, REJECT yield, THREATEN violence) and often its recipient ("threatened to cut off aid to Peru"). A vow
with a hostile content is a threat; a plain future is a promise or a threat ("will visit", "will strike"), and a refused
future a rejection ("will not meet the demands").
"""

from __future__ import annotations

import functools
from collections.abc import Set
from dataclasses import dataclass, field, replace

from spacy.tokens import Token

from copytaster.extract.events.clauses import negation, objects
from copytaster.extract.events.triggers import Match
from copytaster.knowledge import table
from copytaster.records import EventPlace, Modality, Participant, Polarity

VERBAL = frozenset({"AGREE", "REQUEST", "REJECT", "THREATEN"})
FRIENDLY = frozenset({"AID", "CONSULT", "COOPERATE", "CONCEDE", "RETREAT", "SUPPORT", "AGREE"})
HOSTILE = frozenset({"SANCTION", "COERCE", "ASSAULT"})
VOWS = frozenset(
    {"vow", "pledge", "promise", "swear", "ready", "prepared", "willing", "determined", "set", "due", "poised"}
)

MOODS = frozenset({"happy", "eager", "keen", "set", "due", "poised", "inclined", "determined"})
"""Adjectives that promise something only where their clause is an event of its own."""

UNTOLD = "-"
"""Type of a draft that another one tells better."""

DECISIONS = frozenset({"announce", "decree", "order", "decide", "rule", "approve"})
"""What is hostile and to come is a threat, unless it has been decided: "announced that it would cut off aid"."""

REQUEST_MODES: dict[str, tuple[str, str]] = {
    "AID": ("assist", "103"), "COOPERATE": ("assist", "101"), "SUPPORT": ("assist", "102"), "MOBILIZE": ("assist", "1012"),
    "CONSULT": ("meet", "106"), "RETREAT": ("yield", "105"), "CONCEDE": ("yield", "105"), "AGREE": ("change", "107"),
}  # fmt: skip
REJECT_MODES: dict[str, tuple[str, str]] = {
    "AID": ("assist", "122"), "COOPERATE": ("assist", "121"), "SUPPORT": ("assist", "121"), "MOBILIZE": ("assist", "1212"),
    "CONSULT": ("meet", "125"), "RETREAT": ("yield", "124"), "CONCEDE": ("yield", "124"), "AGREE": ("change", "127"),
}  # fmt: skip
AGREE_CODES = {"AID": "033", "CONSULT": "036", "COOPERATE": "031", "RETREAT": "035", "CONCEDE": "035", "SUPPORT": "032"}
THREAT_MODES: dict[tuple[str, str | None], tuple[str | None, str]] = {
    ("ASSAULT", None): ("violence", "138"),
    ("COERCE", "arrest"): ("arrest", "132"),
    ("COERCE", "deport"): ("expel", "136"),
    ("COERCE", "seize"): ("territory", "1382"),
    ("COERCE", "restrict"): ("restrict", "1312"),
    ("COERCE", "curfew"): ("restrict", "1323"),
    ("COERCE", "martial-law"): ("restrict", "1324"),
    ("COERCE", "censor"): ("restrict", "1321"),
    ("COERCE", None): (None, "130"),
    ("SANCTION", "discontinue"): ("restrict", "1312"),
    ("SANCTION", "withdraw"): ("relations", "1313"),
    ("SANCTION", "expel"): ("expel", "136"),
    ("SANCTION", "convict"): ("arrest", "132"),
    ("SANCTION", None): ("relations", "131"),
    ("PROTEST", None): ("relations", "133"),
}


@dataclass(slots=True)
class Draft:
    """An event in the making."""

    match: Match
    event_type: str
    mode: str | None
    cameo: str | None
    actors: tuple[Participant, ...]
    recipients: tuple[Participant, ...]
    modality: Modality
    polarity: Polarity
    is_future: bool
    contents: list[Draft] = field(default_factory=list)
    content_of: Draft | None = None
    was_future: bool = False
    modality_rule: str = "asserted.plain"
    modality_word: Token | None = None

    @property
    def head(self) -> Token:
        """The trigger's head word."""
        return self.match.head


def compose(draft: Draft) -> None:
    """Changes an act done in words by its contents: mode, code, recipients, and from vow to threat."""
    contents = draft.contents
    if not contents:
        if draft.event_type == "AGREE" and draft.match.predicate.word in MOODS:
            draft.event_type = UNTOLD  # "eager to please", "set to rain"
        return
    first = contents[0]
    if draft.event_type == "AGREE" and (first.event_type, first.mode) == ("OTHER", "deal"):
        # a company that agrees to buy another is news of business, not of politics
        draft.event_type, draft.mode, draft.cameo = "OTHER", "deal", first.cameo
        if draft.modality in ("asserted", "reported"):
            draft.modality, draft.modality_rule, draft.modality_word = "planned", "planned.agreed_deal", draft.head
        fill_recipients(draft, contents)
    elif draft.event_type == "AGREE" and first.event_type == "OTHER" and draft.match.predicate.word in MOODS:
        draft.event_type = UNTOLD  # "due to dock": nobody promises anything; the content tells it
        first.content_of = None
        return
    elif draft.event_type == "AGREE":
        if first.event_type in FRIENDLY and negation(first.head) is not None:  # "vowed never to give up its arms"
            mode, code = REJECT_MODES.get(first.event_type, (None, "120"))
            draft.event_type, draft.mode, draft.cameo = "REJECT", mode, code
        elif (
            first.event_type in HOSTILE
            and first.polarity == "positive"
            and negation(first.head) is None  # "promised never to attack"
            and not passive_of_other(draft, first)
        ):
            if draft.match.predicate.word in VOWS:
                threaten(draft, first)
            else:  # "agreed to impose sanctions", "proposed attacking": no cooperation; the content tells it
                draft.event_type = UNTOLD
                first.content_of = None
                return
        else:
            draft.cameo = AGREE_CODES.get(first.event_type, draft.cameo)
        fill_recipients(draft, contents)
    elif draft.event_type == "REQUEST":
        mode, code = REQUEST_MODES.get(first.event_type, ("change", "104"))
        if first.mode == "resign":
            mode, code = "change", "1041"
        draft.mode, draft.cameo = mode, code
        asked = others(first.actors, draft.actors)
        if asked and any(t.i == first.head.i for t in objects(draft.head)):
            draft.recipients = asked  # "demanded the withdrawal of Serbian forces from Bosnia" asks the forces
        if not draft.recipients:
            draft.recipients = others(first.actors or first.recipients, draft.actors)
    elif draft.event_type == "REJECT":
        mode, code = REJECT_MODES.get(first.event_type, (draft.mode or "change", draft.cameo or "120"))
        draft.mode, draft.cameo = mode, code
        fill_recipients(draft, contents)
    elif draft.event_type == "THREATEN":
        threaten(draft, first)
        fill_recipients(draft, contents)
        for content in contents:  # "threatened Chile with the use of force": Peru's force, against Chile
            if not content.actors and not content.recipients:
                content.actors, content.recipients = draft.actors, draft.recipients


def passive_of_other(draft: Draft, content: Draft) -> bool:
    """Whether somebody else does what is agreed ("agreed to be extradited")."""
    return bool(content.actors) and not set(content.actors) & set(draft.actors)


def threaten(draft: Draft, content: Draft) -> None:
    """Makes the draft a threat with the mode that its content gives."""
    draft.event_type = "THREATEN"
    kinds = THREAT_MODES
    draft.mode, draft.cameo = (
        kinds.get((content.event_type, content.mode))
        or kinds.get((content.event_type, None))
        or (draft.mode, draft.cameo or "130")
    )


def fill_recipients(draft: Draft, contents: list[Draft]) -> None:
    """Gives an act without a recipient that of its content."""
    if not draft.recipients:
        for content in contents:
            draft.recipients = others(content.recipients or content.actors, draft.actors)
            if draft.recipients:
                return


def others(found: tuple[Participant, ...], without: tuple[Participant, ...]) -> tuple[Participant, ...]:
    """Those who are not among `without`."""
    return tuple(p for p in found if p not in without)


def read_future(draft: Draft) -> None:
    """A plain future as the act that it is: promise, threat or refusal."""
    if not draft.is_future or draft.content_of is not None or draft.modality != "planned" or not draft.actors:
        return
    kind = draft.event_type
    if kind in FRIENDLY and kind != "AGREE" and (draft.mode != "resign" or draft.polarity == "negative"):
        if draft.polarity == "negative":
            mode, code = REJECT_MODES.get(kind, (None, "120"))
            draft.event_type, draft.mode, draft.cameo = "REJECT", mode, code
            refuse(draft)
            if kind == "CONSULT" and len(draft.actors) > 1 and not draft.recipients:  # one side refuses the other
                draft.actors, draft.recipients = draft.actors[:1], draft.actors[1:]
        else:
            draft.was_future = True
            draft.event_type, draft.mode, draft.cameo = "AGREE", None, AGREE_CODES.get(kind, "030")
            if kind == "CONSULT" and not draft.recipients and draft.match.predicate.mode == "visit":
                draft.recipients = ()
    elif kind in HOSTILE and draft.polarity == "positive" and draft.head.head.lemma_ not in DECISIONS:
        draft.was_future = True
        content_type, content_mode = draft.event_type, draft.mode
        draft.event_type = "THREATEN"
        draft.mode, draft.cameo = (
            THREAT_MODES.get((content_type, content_mode)) or THREAT_MODES.get((content_type, None)) or (None, "130")
        )
    elif kind == "AGREE" and draft.polarity == "negative":
        draft.event_type, draft.mode, draft.cameo = "REJECT", None, "120"
        refuse(draft)


def refuse(draft: Draft) -> None:
    """Makes a refusal of what will not be done: it is one already."""
    draft.modality, draft.polarity = "asserted", "positive"
    draft.modality_rule = "asserted.refused_future"


@functools.cache
def domestic_nouns() -> frozenset[str]:
    """Nouns for people who are at home where the event is: "the opposition", "protesters", "police"."""
    return frozenset(row["noun"] for row in table("en/noun_classes.tsv") if row["class"] == "domestic")


def infer_countries(draft: Draft, places: tuple[EventPlace, ...], at_home: Set[int]) -> None:
    """Gives groups without a country that of where they act, or of their own state on the other side.

    "People blocked streets in Hong Kong"; "the Peruvian government arrested opposition leaders": whoever is described
    only as opposition, rebels, candidates or residents belongs to the state that deals with them.
    """
    here = next((place.country for place in places if place.country and place.role == "location"), None)
    gives_way = draft.event_type == "RETREAT" and draft.mode == "withdraw"
    if gives_way and not draft.recipients:  # "the withdrawal of Peruvian forces from Chile": Chile is given back
        left = [place for place in places if place.role == "origin" and place.country]
        draft.recipients = tuple(
            Participant(place.name, place.entity, place.country)
            for place in left[:1]
            if all(place.country != actor.country for actor in draft.actors)
        )
    if here is not None and draft.event_type != "CONSULT":  # who meets somewhere may come from anywhere
        draft.actors = tuple(settled(p, here, at_home) for p in draft.actors)
        draft.recipients = tuple(settled(p, here, at_home) for p in draft.recipients)
    if draft.event_type in (
        "COERCE",
        "SANCTION",
        "CONCEDE",
        "REQUEST",
        "REJECT",
        "PROTEST",
        "THREATEN",
        "RETREAT",
        "ACCUSE",
    ):
        if (state := only_country(draft.actors)) is not None:
            draft.recipients = tuple(settled(p, state, at_home) for p in draft.recipients)
        if (state := only_country(draft.recipients)) is not None and all(is_domestic(p.name) for p in draft.recipients):
            draft.actors = tuple(replace(p, country=state) if p.country is None else p for p in draft.actors)


def only_country(participants: tuple[Participant, ...]) -> str | None:
    """The country of all of them, when they have one in common."""
    found = {p.country for p in participants}
    return next(iter(found)) if len(found) == 1 else None


def settled(participant: Participant, country: str, at_home: Set[int]) -> Participant:
    """The participant with the country, when it has none and its description makes it at home there."""
    if participant.country is None and (participant.entity in at_home or is_domestic(participant.name)):
        return replace(participant, country=country)
    return participant


def is_domestic(name: str) -> bool:
    """Whether the name is a description whose noun is domestic."""
    words = name.casefold().split()
    nouns = domestic_nouns()
    return any(word in nouns or word.removesuffix("s") in nouns for word in words)
