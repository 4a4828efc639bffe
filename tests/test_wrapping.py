"""Texts whose lines a template has broken: the rows are those of the text with its paragraphs in one line each."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from spacy.language import Language

import copytaster
from copytaster.records import Article, Extraction, RawRecord
from copytaster.tables import rows_of
from copytaster.wrapping import unwrap

TITLE = "Kestland drops fuel tax after protests"
PARAGRAPHS = (
    "ORVAN, Kestland (Harbour Wire) — Kestland's government withdrew a tax on fuel on Tuesday, four days after farmers "
    "blocked the long-distance road to the port of Lima with some 300 tractors.",
    "“We were told that the tax was fair, and that nobody would pay more than before,” said Ann Moran, who heads the "
    "Farmers' Union. “It was not. Those who drive most paid most, and those are the people in the villages.”",
    "Prime Minister Joe Lee told parliament that the government had underestimated the anger. He promised to present "
    "another proposal before the end of March, and said that he would meet Moran on Friday.",
    "Police said two men had been arrested in Orvan. According to the Harbour Post, one of them is a former adviser to "
    "the finance ministry, which declined to comment.",
    "Moran said that her members would not leave before the decision was published.",
)


def filled(width: int, first: str = "", rest: str = "", gap: str = "\n\n", newline: str = "\n") -> str:
    """The article set to a width."""
    lines = [
        textwrap.fill(p, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
        for p in PARAGRAPHS
    ]
    return gap.join(lines).replace("\n", newline)


def hyphenated(width: int) -> str:
    """The article set to a width, with words broken where a line has room for a part of them."""
    out = []
    for paragraph in PARAGRAPHS:
        lines = textwrap.wrap(paragraph, width, break_on_hyphens=False)
        for at in range(len(lines) - 1):
            word = lines[at + 1].split(" ", 1)[0]
            room = width - len(lines[at]) - 2
            if room >= 4 and word.isalpha() and word.islower() and len(word) >= room + 3:
                lines[at] += f" {word[:room]}-"
                lines[at + 1] = lines[at + 1][room:]
        out.append("\n".join(lines))
    return "\n\n".join(out)


SHAPES: dict[str, Callable[[], str]] = {
    "60 columns": lambda: filled(60),
    "72 columns": lambda: filled(72),
    "80 columns": lambda: filled(80),
    "indented": lambda: filled(76, "        ", "        "),
    "indented behind the first line": lambda: filled(70, "", "     "),
    "first lines indented, no empty ones": lambda: filled(70, "   ", "", "\n"),
    "CRLF": lambda: filled(68, newline="\r\n"),
    "CRLF and indented": lambda: filled(74, "    ", "      ", newline="\r\n"),
    "tabs": lambda: filled(66, "\t", "\t"),
    "hyphens": lambda: hyphenated(58),
    "hyphens at 72": lambda: hyphenated(72),
    "a trailing space": lambda: filled(64).replace("\n", " \n"),
    "one paragraph": lambda: "\n\n".join([PARAGRAPHS[0], filled(50, "", "     ").split("\n\n")[1], *PARAGRAPHS[2:]]),
}

LINES = {
    "poem": "The harbour sleeps, the gulls are gone,\nThe lamps along the quay burn low,\nAnd nobody is there to own\nThe boats that came so long ago.\nThe tide will take what it has lent\nAnd leave the rest for us to find,\nA rope, a shoe, a letter sent\nBy somebody with us in mind.",
    "list": "The council decided:\n- to close the pier on Monday and to open it again in May\n- to pay the fishermen who lose their berths until then\n- to ask the government for the money that this will cost",
    "numbers": "What we know so far:\n1. Two men were arrested in the old town of Orvan on Tuesday\n2. Nobody was hurt when the tractors blocked the road to Lima\n3. The tax is to be withdrawn before the end of the week",
    "address": "Harbour Post\n12 Quay Street\nOrvan 4410\nKestland",
    "interview": "Ann Moran: When did you know that the tax would be withdrawn?\nJoe Lee: On Monday evening, when the minister called me at home.\nAnn Moran: And why did you not tell the members of the union?\nJoe Lee: Because nothing was signed, and we had been deceived before.",
    "scores": "Orvan United 2, Lima City 1\nKestland Rovers 0, Meridia 0\nHarbour Town 3, Old Boys 3\nNorth End 1, South Bank 4",
    "table": "Rank  Name          Points\n1     Ann Moran     31\n2     Joe Lee       28\n3     Ilse Brandt   25",
    "headlines": "Kestland drops fuel tax after four days of protests\nMinister says that he did not see the anger coming\nFarmers stay on the road until the law is published",
    "paragraphs": "Kestland withdrew the tax on fuel on Tuesday.\nFarmers had blocked the road for four days.\n“We are glad,” Ann Moran said. “It was time.”\nPolice arrested two men in Orvan.",
}  # fmt: skip


def article(text: str) -> Article:
    return Article(text, TITLE, "tax", published_at=datetime(2026, 3, 4, tzinfo=UTC), language="en")


def told(found: object) -> dict[str, list[dict[str, object]]]:
    """The rows without offsets and ids, and without the white space (and the hyphens) in which the texts differ."""
    assert isinstance(found, Extraction), found
    text = found.article.full_text
    out: dict[str, list[dict[str, object]]] = {}
    for table, rows in rows_of(found, RawRecord(b"", 0), "x").items():
        out[table] = [{key: plain(value) for key, value in row.items() if not positional(key)} for row in rows]
        for row in rows:
            for prefix in ("", "cue_", "speaker_", "trigger_"):
                if row.get(f"{prefix}start") is not None and f"{prefix}text" in row:
                    assert text[row[f"{prefix}start"] : row[f"{prefix}end"]] == row[f"{prefix}text"]
    out["blocks"] = [{"kind": block.kind, "text": plain(text[block.start : block.end])} for block in found.blocks]
    out["sentences"] = [{"text": plain(text[start:end])} for start, end in found.sentences]
    return out


def positional(key: str) -> bool:
    return key.endswith(("start", "end", "_id", "_ids")) or key in (
        "content_spans", "blocks", "sentences", "version_id", "content_hash", "salience", "confidence",
    )  # fmt: skip


def plain(value: object) -> object:
    if isinstance(value, str):
        return re.sub(r"\s+", " ", re.sub(r"-\s*", "", value))
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {k: plain(v) for k, v in value.items() if not positional(k)} if isinstance(value, dict) else value


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_are_those_of_the_text_in_one_line(shape: str, nlp: Language) -> None:
    """In each shape that templates give a text; nothing is cut, and every offset is one of the stored text."""
    wrapped, whole = article(SHAPES[shape]()), article("\n\n".join(PARAGRAPHS))
    assert wrapped.text != whole.text
    in_lines, in_one = map(told, copytaster.extract_many([wrapped, whole], nlp))
    for table, rows in in_one.items():
        assert in_lines[table] == rows, table
    assert len(in_one["quotes"]) >= 7


@pytest.mark.parametrize("kind", LINES)
def test_lines_stay_lines(kind: str) -> None:
    """What is set in lines on purpose is not joined, be it indented or not."""
    for text in (LINES[kind], textwrap.indent(LINES[kind], "     "), LINES[kind].replace("\n", "\r\n")):
        assert not unwrap(text).is_changed, unwrap(text).text


def test_offsets_lead_back() -> None:
    """Each character of the unwrapped text stands in the stored one where it is said to."""
    stored = f"{TITLE}\n\n{hyphenated(58)}"
    found = unwrap(stored, TITLE)
    assert found.is_changed
    for at, mark in enumerate(found.text):
        assert stored[found.origin(at)] == mark or (mark == " " and stored[found.origin(at)].isspace())
