"""Who said what, and who says so.

Direct speech is read off the quotation marks, indirect speech off the parse and a list of cues (knowledge/en/cues.tsv).
The terms are those of the attribution corpora (Pareti's PARC 3.0, PolNeAR): source, cue, content.
"""

from __future__ import annotations

import bisect
from dataclasses import replace

from copytaster.extract.quotes.attribution import Attribution
from copytaster.extract.quotes.certainty import certainty
from copytaster.extract.quotes.direct_speech import find_speech
from copytaster.extract.quotes.headline_speech import (
    predicates_in_marks,
    quotes_before_colons,
    speech_before_names,
    verbless_reports,
)
from copytaster.extract.quotes.quotation_marks import find_passages
from copytaster.extract.quotes.quoted_ends import join_quoted_ends
from copytaster.extract.quotes.reported_speech import find_reports
from copytaster.extract.quotes.source_chains import chain_of, cited_party, hand_over
from copytaster.extract.quotes.sources import party
from copytaster.extract.quotes.speakers import Speakers
from copytaster.extract.quotes.turns import turns
from copytaster.extract.quotes.utterance_links import link_utterances
from copytaster.extract.story import Cast, Story
from copytaster.records import Quote, QuoteKind

NESTED_FRAMES = frozenset(["that", "wh", "oinf", "ger", "op:of", "after", "interrupted", "according", "call-on"])
COMMITMENTS = frozenset(["promise", "threaten"])
NAMED_FRAMES = frozenset(["headline", "according"])
"""Constructions that have one kind of cue."""
CUE_KINDS = {"VERB": "verb", "AUX": "verb", "NOUN": "noun", "PROPN": "noun", "ADJ": "adjective"}
LOOSE_COMMITMENTS = frozenset(["agree", "offer", "consent", "commit", "volunteer"])
"""Verbs that tell a step taken rather than words said: nested in a report they are part of it."""


def find_quotes(story: Story, cast: Cast) -> tuple[Quote, ...]:
    """The quotes of the story, by their start; of two that start together the longer comes first."""
    if not len(story.doc) or not story.blocks:
        return ()
    passages = find_passages(story)
    speech = find_speech(story, passages)
    spoken_turns = list(turns(story, cast))
    named = list(speech_before_names(story, passages, speech.attributions))
    named += quotes_before_colons(story, passages, [*speech.attributions, *named])
    named += predicates_in_marks(story, cast, passages, [*speech.attributions, *named])
    reports = [report for report in find_reports(story, speech) if not any(overlap(report, other) for other in named)]
    spoken, reports = join_quoted_ends(story, speech.attributions, reports)
    reports = without_idle_nesting(
        [*spoken_turns, *reports, *verbless_reports(story, cast, [*speech.attributions, *named, *reports])]
    )
    nested = [inner for inner, _ in speech.nested]
    found = hand_on(hand_over([*spoken, *named, *reports, *nested], cast), cast)
    found.sort(key=order)
    outer_of = enclosing(found)
    speakers = Speakers(story, cast)
    fragments = sorted((f.passage.start, f.passage.end) for f in speech.fragments)
    quotes: list[Quote] = []
    for number, attribution in enumerate(found):
        outer = outer_of[number]
        around = quotes[outer] if outer is not None else None
        quotes.append(record(story, cast, attribution, speakers, around, fragments))
    return link_utterances(quotes)


def hand_on(found: list[Attribution], cast: Cast) -> list[Attribution]:
    """The attributions, those of an outlet that cites somebody given to whom it cites; that citing reports nothing more."""
    citing: set[int] = set()
    for attribution in found:
        cited = cited_party(attribution, cast)
        if cited is not None and attribution.party is not None:
            attribution.relay, attribution.party = attribution.party.head, party(cited[0])
            citing.add(cited[1].i)
    return [a for a in found if a.cue is None or a.cue.i not in citing]


def order(attribution: Attribution) -> tuple[int, int, int]:
    """The key by which attributions are sorted: an outer one comes before what it holds."""
    return attribution.start, -attribution.end, attribution.cue.i if attribution.cue is not None else -1


def overlap(one: Attribution, other: Attribution) -> bool:
    """Whether two attributions share content."""
    return one.start < other.end and other.start < one.end


def without_idle_nesting(reports: list[Attribution]) -> list[Attribution]:
    """The attributions without those inside another's content that say nothing more: "she said she hoped to win".

    A nested record has a source of its own, and words of that source.
    """
    reports = without_refused_words(reports)
    kept: list[Attribution] = []
    around: list[Attribution] = []
    for inner in sorted(reports, key=order):
        around = [outer for outer in around if outer.end > inner.start]
        if is_substantial(inner) or not any(holds(outer, inner) for outer in around):
            kept.append(inner)
        around.append(inner)
    return kept


def without_refused_words(reports: list[Attribution]) -> list[Attribution]:
    """The attributions without what is not said: "refused [to say whether he would go]" is one, and a refusal."""
    by_cue = {a.cue.i: a for a in reports if a.cue is not None}
    gone: set[int] = set()
    for inner in reports:
        cue = inner.cue
        if cue is None or cue.dep_ != "xcomp" or inner.frame not in ("that", "wh") or inner.entry is None:
            continue
        outer = by_cue.get(cue.head.i)
        if outer is None or outer.frame != "inf" or outer.act != "refuse" or inner.entry.stance != "speech":
            continue
        gone.add(cue.i)
    return [a for a in reports if a.cue is None or a.cue.i not in gone]


def enclosing(found: list[Attribution]) -> list[int | None]:
    """For each attribution the number of the innermost other one in whose content it stands, cue and all."""
    result: list[int | None] = []
    around: list[int] = []
    for number, inner in enumerate(found):
        around = [n for n in around if found[n].end > inner.start]
        result.append(next((n for n in reversed(around) if holds(found[n], inner)), None))
        around.append(number)
    return result


def holds(outer: Attribution, inner: Attribution) -> bool:
    """Whether content and cue of one attribution lie in one piece of another's content."""
    cue = inner.cue
    return cue is not None and any(a <= inner.start and inner.end <= b and a <= cue.idx < b for a, b in outer.pieces)


def is_substantial(inner: Attribution) -> bool:
    """Whether an attribution may be nested: something said, with a source that is named there."""
    return (
        inner.entry is not None
        and inner.entry.stance == "speech"
        and (inner.frame in NESTED_FRAMES or (inner.act in COMMITMENTS and inner.entry.lemma not in LOOSE_COMMITMENTS))
        and inner.party is not None
        and inner.party.head.pos_ != "PRON"
    )


def kind_of(attribution: Attribution, fragments: list[tuple[int, int]]) -> QuoteKind:
    """direct, mixed where a part of the reported words stands in marks, else indirect."""
    if attribution.kind != "indirect":
        return attribution.kind
    quoted = any(a < end and start < b for a, b in attribution.pieces for start, end in near(fragments, a, b))
    return "mixed" if quoted else "indirect"


def near(fragments: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """The fragments that may lie between the offsets."""
    low = bisect.bisect_left(fragments, (start, 0))
    high = bisect.bisect_left(fragments, (end, 0))
    return fragments[low:high]


def without_comma(text: str, start: int, end: int) -> tuple[int, int]:
    """The piece without the comma that parts it from its cue, which the marks enclose: "We were warned," she said."""
    bare = text[start:end].rstrip(" ,")
    return (start, start + len(bare)) if bare else (start, end)


def rule_of(attribution: Attribution) -> str:
    """The name of the construction: `direct.after`, `indirect.verb.that`, `indirect.noun.p.of`."""
    frame = attribution.frame.replace(":", ".")
    if attribution.kind == "direct" or attribution.cue is None or attribution.entry is None or frame in NAMED_FRAMES:
        return f"{attribution.kind}.{frame}"
    return f"indirect.{CUE_KINDS.get(attribution.cue.pos_, 'phrase')}.{frame}"


def record(
    story: Story,
    cast: Cast,
    attribution: Attribution,
    speakers: Speakers,
    around: Quote | None,
    fragments: list[tuple[int, int]],
) -> Quote:
    """The record of an attribution, given that of the one around it."""
    speaker = speakers.of(attribution)
    if attribution.party is not None and attribution.party.head.lower_ == "i" and around:
        # "I told him, 'Go home,'" she said: it is she who told him
        speaker = replace(
            speaker,
            entity=around.speaker_entity,
            name=around.speaker_name,
            title=around.speaker_title,
            rule="speaker.outer_quote",
        )
    cue = None
    if attribution.cue_first is not None and attribution.cue_last is not None:
        cue = story.span(attribution.cue_first, attribution.cue_last)
    content = tuple(story.cut(*without_comma(story.text, a, b)) for a, b in attribution.pieces)
    quote = Quote(
        kind=kind_of(attribution, fragments),
        span=story.cut(content[0].start, content[-1].end),
        content=content,
        cue=cue,
        cue_lemma=attribution.entry.lemma if attribution.entry else None,
        speech_act=attribution.act,
        speaker=speaker.span,
        speaker_entity=speaker.entity,
        speaker_name=speaker.name,
        speaker_title=speaker.title,
        source_chain=chain_of(speaker, attribution, around.source_chain if around else (), cast),
        is_headline=story.block_at(attribution.start).kind == "headline",
        polarity=attribution.polarity,
        rule=rule_of(attribution),
        speaker_rule=speaker.rule if speaker.name is not None else None,
    )
    return replace(quote, confidence=certainty(attribution, quote, is_nested=bool(around and around.source_chain)))
