"""Who said what, and who says so."""

from __future__ import annotations

from copytaster.extract.attribution import Attribution
from copytaster.extract.direct_speech import find_speech
from copytaster.extract.quotation_marks import find_passages
from copytaster.extract.reported_speech import find_reports
from copytaster.extract.speakers import Speakers
from copytaster.extract.story import Cast, Story
from copytaster.records import Quote, Source


def find_quotes(story: Story, cast: Cast) -> tuple[Quote, ...]:
    """The quotes of the story, by their start."""
    if not len(story.doc) or not story.blocks:
        return ()
    speech = find_speech(story, find_passages(story))
    reports = without_idle_nesting(list(find_reports(story, speech)))
    found = sorted([*speech.attributions, *reports], key=lambda a: (a.start, -a.end, a.cue.i if a.cue else -1))
    speakers = Speakers(story, cast)
    return tuple(record(story, a, speakers) for a in found)


NESTED_FRAMES = frozenset(
    ["that", "wh", "inf", "oinf", "ger", "op:of", "after", "interrupted", "according", "call-on", "p:to"]
)


def without_idle_nesting(reports: list[Attribution]) -> list[Attribution]:
    """The attributions without those inside another's content that say nothing more: "she said she hoped to win".

    A nested record has a source of its own, and words of that source.
    """
    kept: list[Attribution] = []
    around: list[Attribution] = []
    for inner in sorted(reports, key=lambda a: (a.start, -a.end)):
        around = [outer for outer in around if outer.end > inner.start]
        if is_substantial(inner) or not any(holds(outer, inner) for outer in around):
            kept.append(inner)
        around.append(inner)
    return kept


def holds(outer: Attribution, inner: Attribution) -> bool:
    """Whether content and cue of one attribution lie in one piece of another's content."""
    cue = inner.cue
    return cue is not None and any(a <= inner.start and inner.end <= b and a <= cue.idx < b for a, b in outer.pieces)


def is_substantial(inner: Attribution) -> bool:
    """Whether an attribution may be nested: something said, with a source that is named there."""
    return (
        inner.entry is not None
        and inner.entry.stance == "speech"
        and inner.frame in NESTED_FRAMES
        and inner.party is not None
        and inner.party.head.pos_ != "PRON"
    )


def record(story: Story, attribution: Attribution, speakers: Speakers) -> Quote:
    """The record of an attribution."""
    speaker = speakers.of(attribution)
    pieces = tuple(story.cut(a, b) for a, b in attribution.pieces)
    cue = None
    if attribution.cue_first is not None and attribution.cue_last is not None:
        cue = story.span(attribution.cue_first, attribution.cue_last)
    return Quote(
        kind=attribution.kind,
        span=story.cut(attribution.start, attribution.end),
        content=pieces,
        cue=cue,
        cue_lemma=attribution.entry.lemma if attribution.entry else None,
        speech_act=attribution.act,
        speaker=speaker.span,
        speaker_entity=speaker.entity,
        speaker_name=speaker.name,
        source_chain=(Source(speaker.name, "speaker", speaker.entity),) if speaker.name else (),
        is_headline=story.block_at(attribution.start).kind == "headline",
        polarity=attribution.polarity,
        confidence=attribution.confidence,
    )
