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
    reports = list(find_reports(story, speech))
    reports = [r for r in reports if not is_idle_nesting(r, reports)]
    found = sorted([*speech.attributions, *reports], key=lambda a: (a.start, -a.end, a.cue.i if a.cue else -1))
    speakers = Speakers(story, cast)
    return tuple(record(story, a, speakers) for a in found)


NESTED_FRAMES = frozenset(
    ["that", "wh", "inf", "oinf", "ger", "op:of", "after", "interrupted", "according", "call-on", "p:to"]
)


def is_idle_nesting(inner: Attribution, reports: list[Attribution]) -> bool:
    """Whether an attribution inside another's content says nothing more than that: "she said she hoped to win".

    A nested record has a source of its own, and words of that source.
    """
    for outer in reports:
        if outer is inner or inner.cue is None or outer.cue is inner.cue:
            continue
        if not any(a <= inner.cue.idx < b for a, b in outer.pieces) or not any(
            a <= inner.start and inner.end <= b for a, b in outer.pieces
        ):
            continue
        if inner.entry is None or inner.entry.stance not in ("speech",) or inner.frame not in NESTED_FRAMES:
            return True
        if inner.party is None or inner.party.head.pos_ == "PRON":
            return True
    return False


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
