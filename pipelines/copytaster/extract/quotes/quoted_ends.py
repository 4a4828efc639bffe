"""Reports that end in somebody's own words, which are one record with them.

Lund said the town had two choices: "Leave or fight"; she said it was idle to hope that if one waited, "the sea will go away".
"""

from __future__ import annotations

from collections.abc import Sequence

from copytaster.extract.quotes.attribution import Attribution
from copytaster.extract.story import Story

CLAUSES = frozenset(["that", "wh", "sc", "op:of", "oinf", "inf"])
GAP = frozenset([",", ":", "—", "–", "--", "-", '"', "“", "''", "``", "«", "'", "‘"])
"""Marks that may stand between a report and the words in marks with which it ends."""
JOINTS = frozenset(["and", "but", "or", "that", "because", "as", "if"])


def join_quoted_ends(
    story: Story, speech: Sequence[Attribution], reports: Sequence[Attribution]
) -> tuple[list[Attribution], list[Attribution]]:
    """The speech and the reports, with the speech that only ends a report made a part of that."""
    joined: list[Attribution] = []
    for report in reports:
        quoted = next((s for s in speech if ends_with(story, report, s)), None)
        if quoted is None or any(quoted is other for other in joined):
            continue
        (first, _), rest = quoted.pieces[0], quoted.pieces[1:]
        start = report.pieces[-1][0]
        report.pieces[-1] = (start, quoted.pieces[0][1])
        report.pieces += rest
        report.kind = "mixed"
        assert first > start
        if not is_nested(story, report, quoted):
            joined.append(quoted)
    return [s for s in speech if not any(s is other for other in joined)], list(reports)


def is_nested(story: Story, report: Attribution, quoted: Attribution) -> bool:
    """Whether the quoted words are a record of their own too: "said he had been heard saying, "Nobody cares"".

    Not where the report's verb only names what is quoted ("said he would apologize "to anyone I hurt"").
    """
    if quoted.cue == report.cue or quoted.party is None:
        return False
    return (
        quoted.party.head.pos_ != "PRON"
        or story.text[quoted.pieces[0][0]].isupper()
        or story.token_at(quoted.pieces[0][0]).pos_ not in ("ADP", "PART", "ADV", "ADJ")
    )


def ends_with(story: Story, report: Attribution, quoted: Attribution) -> bool:
    """Whether quoted words follow a report of the same cue, or of a cue within it that has no source of its own."""
    if quoted.frame != "before" or quoted.cue is None or report.cue is None or report.frame not in CLAUSES:
        return False
    low, high = report.pieces[-1][1], quoted.pieces[0][0]
    if not 0 <= high - low <= 12 or report.cue.idx > report.start:
        return False
    is_same = quoted.cue == report.cue
    is_within = report.start <= quoted.cue.idx < report.end
    if not is_same and not is_within:
        return False
    between = [
        t for t in story.doc.char_span(low, high, alignment_mode="expand") or () if not t.is_space and t.idx >= low
    ]
    if "\n" in story.text[low:high]:
        return False
    if ":" in story.text[low:high] and (report.frame not in ("that", "wh") or story.block_at(low).kind == "headline"):
        return False  # Lund vows to reopen mine: "We owe it to them"
    return all(t.text in GAP or t.lower_ in JOINTS for t in between if t.idx < high)
