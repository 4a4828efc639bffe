"""How a quote came to the article: through which outlets, documents and unnamed sources, down to the speaker."""

from __future__ import annotations

from spacy.tokens import Token

from copytaster.extract.quotes.attribution import Attribution
from copytaster.extract.quotes.cues import person_nouns, source_words
from copytaster.extract.quotes.sources import QUOTING, party
from copytaster.extract.quotes.speakers import Speaker, description
from copytaster.extract.story import Cast
from copytaster.records import Source, SourceRole

CHAIN_MAX = 8
RELAY_LEAD = 3
"""Code points, of quotation marks and spaces, by which the contents of an outlet and of its source may differ."""
MEDIA = frozenset(
    ["newspaper", "agency", "broadcaster", "channel", "network", "daily", "weekly", "magazine", "tabloid"]
)
"""Nouns for outlets, also such as no list knows by name."""
CITING_MAX = 15
"""Tokens behind the cue within which it is said whom the outlet cites."""


def role_of(speaker: Speaker, attribution: Attribution, cast: Cast) -> SourceRole:
    """What the source is: somebody named, an outlet, somebody unnamed, or a document."""
    head = attribution.party.head if attribution.party is not None else None
    if speaker.entity is not None:
        entity = cast.entities[speaker.entity]
        if entity.is_outlet:
            return "outlet"
        if entity.type == "WORK":
            return "medium"
        if not entity.is_anonymous or head is None:
            return "speaker"
        if head.lemma_.lower() in source_words("document"):
            return "medium"
        if entity.type == "ORG":
            return "speaker"
        if head.pos_ == "PRON":
            return "anonymous_source" if entity.name.endswith("s") or entity.name[:1].isdigit() else "speaker"
        return "anonymous_source" if is_indefinite(head) else "speaker"
    if head is not None and head.lemma_.lower() in source_words("document"):
        return "medium"
    return "anonymous_source" if head is not None and is_indefinite(head) else "speaker"


def is_indefinite(head: Token) -> bool:
    """Whether a noun phrase names nobody in particular: "two aides", "sources"; not "the mayor", "its leader"."""
    if head.pos_ == "NUM" or head.lower_ in ("some", "several", "others", "many", "few", "another"):
        return True
    if head.tag_ not in ("NN", "NNS") or (head.text[:1].isupper() and head.i > head.sent.start):
        return False
    openers = [c for c in head.children if c.dep_ in ("det", "poss", "nummod") and c.i < head.i]
    if any(c.dep_ == "poss" or c.lower_ in ("the", "this", "that", "these", "those") for c in openers):
        return False
    return head.tag_ == "NNS" or bool(openers)


def chain_of(speaker: Speaker, attribution: Attribution, outer: tuple[Source, ...], cast: Cast) -> tuple[Source, ...]:
    """The chain from the party nearest to the article to the speaker.

    `outer` is the chain of the attribution in whose content this one stands: what an outlet reports that sources say
    comes through the outlet.
    """
    if speaker.name is None:
        return outer[:CHAIN_MAX]
    own = Source(speaker.name, role_of(speaker, attribution, cast), speaker.entity)
    relays = [r for r in (relay(attribution, cast),) if r is not None and not same(r, own)]
    links = [*outer]
    for link in [*relays, own]:
        # a party that quotes itself is one link: "He said he had told reporters …"
        if not any(same(link, known) for known in links):
            links.append(link)
        elif link is own:
            links = [known for known in links if not same(known, own)] + [own]
    return tuple(links[-CHAIN_MAX:])


def same(a: Source, b: Source) -> bool:
    """Whether two links are the same party."""
    return (a.entity is not None and a.entity == b.entity) or a.name == b.name


def relay(attribution: Attribution, cast: Cast) -> Source | None:
    """The outlet that relays by the words of this attribution: "sources cited by X", "told X", "an interview with X"."""
    found = attribution.relay
    if found is None and attribution.party is not None:
        found = cited_by(attribution.party.head, cast)
    cue = attribution.cue
    if found is None and cue is not None and cue.pos_ == "VERB":
        found = told_outlet(cue, cast) or cited_later(cue, cast)
    if found is None:
        return None
    mention = cast.mention_headed_by(found) or cast.mention_of(found)
    if mention is None:
        return Source(medium_name(found), "outlet", None)
    return Source(cast.entities[mention.entity].name, "outlet", mention.entity)


def medium_name(noun: Token) -> str:
    """The name that goes with a noun for a medium, or the noun: "the newspaper Lidove" → "Lidove"; "Interfax news agency"."""
    doc, last = noun.doc, noun.i
    while last + 1 < len(doc) and doc[last + 1].pos_ == "PROPN":
        last += 1
    return str(doc[noun.i + 1 : last + 1].text) if last > noun.i else description(party(noun))


def hand_over(found: list[Attribution], cast: Cast) -> list[Attribution]:
    """The attributions without those by which an outlet only relays what another one already gives to its source.

    "The port is safe, Lund said, the Daily Courier reported", "Lund said the port was safe, the Daily Courier reported":
    one record, whose source is Lund, through the outlet.
    """
    relaying = [a for a in found if a.frame in ("after", "interrupted") and a.cue is not None and relays(a, cast)]
    dropped: list[Attribution] = []
    for outlet in relaying:
        assert outlet.cue is not None
        assert outlet.party is not None
        for inner in found:
            cue = inner.cue
            if inner is outlet or cue is None or inner.party is None or cue.sent != outlet.cue.sent:
                continue
            if not outlet.start - RELAY_LEAD <= inner.start or inner.end > outlet.end + RELAY_LEAD:
                continue
            opens = inner.party.first.idx <= outlet.start + RELAY_LEAD
            if cue.i < outlet.cue.i and (opens or inner.start <= outlet.start) and inner.relay is None:
                inner.relay = outlet.party.head
                dropped.append(outlet)
                break
    return [a for a in found if not any(a is other for other in dropped)]


def relays(attribution: Attribution, cast: Cast) -> bool:
    """Whether the source of an attribution is a medium that reports what others say."""
    entry, source = attribution.entry, attribution.party
    if entry is None or source is None or entry.lemma not in ("report", "say", "write", "quote", "cite"):
        return False
    return is_outlet(source.head, cast) or source.head.lemma_.lower() in MEDIA


def cited_by(head: Token, cast: Cast) -> Token | None:
    """The outlet by which the source is cited: in a participle after it, or in an as-clause."""
    for child in head.children:
        if child.dep_ in ("acl", "relcl") and child.lemma_ in source_words("relay"):
            for phrase in child.children:
                if phrase.lower_ == "by":
                    for agent in phrase.children:
                        # "cited by the newspaper Le Monde": the name stands beside the noun
                        beside = [c for c in agent.children if c.dep_ in ("appos", "compound", "nmod")]
                        outlet = next((c for c in (agent, *beside) if is_outlet(c, cast)), None)
                        if outlet is not None:
                            return outlet
    return None


def cited_later(cue: Token, cast: Cast) -> Token | None:
    """The outlet of "…, as cited by X" behind the cue."""
    doc = cue.doc
    for number in range(cue.i + 1, min(cue.sent.end, cue.i + 25) - 1):
        if (
            doc[number].lemma_ in ("cite", "quote", "report")
            and doc[number].tag_ == "VBN"
            and doc[number + 1].lower_ == "by"
        ):
            for later in range(number + 2, min(number + 8, len(doc))):
                if is_outlet(doc[later], cast):
                    return doc[later]
    return None


def told_outlet(verb: Token, cast: Cast) -> Token | None:
    """The outlet that heard it first: "told Reuters", "said in an interview with Reuters", "quoted by Reuters"."""
    for child in verb.children:
        if child.i <= verb.i:
            continue
        if child.dep_ in ("dobj", "dative") and verb.lemma_ in ("tell", "inform") and is_outlet(child, cast):
            return child
        if child.dep_ in ("dobj", "dative") and verb.lemma_ == "tell":
            # "told CNN's Ann Moran", "told the newspaper Le Monde"
            outlet = next((c for c in child.children if c.dep_ in ("poss", "appos") and is_outlet(c, cast)), None)
            if outlet is not None:
                return outlet
        if child.dep_ == "prep" and child.lower_ in ("in", "to"):
            for thing in child.children:
                if child.lower_ == "to" and is_outlet(thing, cast):
                    return thing
                if thing.lemma_ == "interview":
                    for phrase in thing.children:
                        if phrase.lower_ in ("with", "to", "on"):
                            outlet = next((c for c in phrase.children if is_outlet(c, cast)), None)
                            if outlet is not None:
                                return outlet
    governor = verb.head.head if verb.head.lower_ == "as" else None
    if governor is not None and governor.dep_ == "dobj":
        governor = governor.head
    if verb.lemma_ in QUOTING:
        saying = [g for c in verb.children if c.lower_ == "as" for g in c.children if g.dep_ == "pcomp"]
        governor, verb = verb, next(iter(saying), verb)
    if governor is not None and governor.lemma_ in QUOTING:
        # "was quoted by X as saying", "was quoted as saying by X", "X quoted her as saying"
        agents = [g for v in (governor, verb) for c in v.children if c.lower_ == "by" for g in c.children]
        named = next((g for g in agents if g.dep_ == "pobj" and g.pos_ == "PROPN"), None)
        subjects = [c for c in governor.children if c.dep_ == "nsubj"]
        beside = [c for thing in agents for c in thing.children if c.dep_ in ("appos", "compound", "nmod")]
        return next((c for c in (*agents, *beside, *subjects) if is_outlet(c, cast)), named)
    return None


def cited_party(attribution: Attribution, cast: Cast) -> tuple[Token, Token] | None:
    """Whom an outlet cites for what it reports, and the verb: "Reuters reported, [citing two diplomats]".

    An outlet that cites somebody else is not the speaker. What it gives as a reason ("citing weak demand") is no source.
    """
    source, cue = attribution.party, attribution.cue
    if source is None or cue is None or not is_outlet(source.head, cast):
        return None
    doc, last = cue.doc, min(cue.sent.end, cue.i + CITING_MAX)
    verbs = [c for c in source.head.children if c.dep_ == "relcl" and c.lemma_ in QUOTING]
    verbs += [doc[i] for i in range(source.head.i + 1, cue.i) if doc[i].tag_ == "VBG" and doc[i].lemma_ in QUOTING]
    verbs += [doc[i] for i in range(cue.i + 1, last) if doc[i].tag_ == "VBG" and doc[i].lemma_ in QUOTING]
    for verb in verbs:
        thing = next((c for c in verb.children if c.dep_ == "dobj"), None)
        if thing is not None and can_speak(thing, cast):
            return thing, verb
    return None


def can_speak(thing: Token, cast: Cast) -> bool:
    """Whether a noun is of somebody, or of a document, that says something."""
    mention = cast.mention_headed_by(thing)
    if mention is not None and cast.entities[mention.entity].type in ("PERSON", "ORG"):
        return True
    lemma = thing.lemma_.lower()
    return lemma in source_words("document") or lemma in person_nouns() or lemma in ("people", "source", "ministry")


def is_outlet(token: Token, cast: Cast) -> bool:
    """Whether the token is the head of a mention of a news outlet."""
    mention = cast.mention_headed_by(token) or cast.mention_of(token)
    return mention is not None and cast.entities[mention.entity].is_outlet
