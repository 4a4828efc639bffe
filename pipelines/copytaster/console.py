"""What the command line prints: one article's extraction, a lake's state, and a few rows to look at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from copytaster.lake.state import LakeState
from copytaster.lake.verification import Trouble
from copytaster.records import Event, Extraction, Participant, Quote
from copytaster.tables import SCHEMAS

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What a terminal obeys instead of showing it: control characters (C0, C1), those that turn the direction of writing, line
separators, annotations and tags; and halves of surrogate pairs, which cannot be printed.
"""


def print_state(state: LakeState, console: Console) -> None:
    """Blocks, rows by table, dead letters by reason, and where the time went."""
    tally, whole = state.tally, state.tally + state.redriven
    blocks = f"{whole.blocks:,} of {whole.blocks + len(state.unpublished):,} planned blocks published"
    if state.unpublished:
        oldest = state.unpublished[0]
        age = (datetime.now(UTC) - oldest.planned_at).total_seconds()
        blocks += f"; oldest to do: {oldest.block.name}, planned {age:,.0f} s ago"
    console.print(blocks, highlight=False)
    console.print(
        f"{tally.articles:,} articles and {tally.dead_letters:,} dead letters of {tally.records:,} records"
        + (f", {tally.incomplete:,} of them both, with tables missing" if tally.incomplete else "")
        + (f"; {tally.lost:,} offsets lost" if tally.lost else ""),
        highlight=False,
    )
    if state.redriven.blocks:
        console.print(
            f"{state.redriven.records:,} dead letters sent through again, "
            f"{state.redriven.articles - state.redriven.incomplete:,} taken in",
            highlight=False,
        )
    rows = Table()
    rows.add_column("table")
    rows.add_column("rows", justify="right")
    for table in SCHEMAS:
        rows.add_row(table, f"{whole.rows.get(table, 0):,}")
    console.print(rows)
    for title, counts in (("dead letters", tally.reasons), ("seconds by stage", whole.seconds)):
        if counts:
            console.print(
                f"{title}: "
                + ", ".join(
                    f"{name} {count:,.0f}" if count >= 10 else f"{name} {count:.3g}" for name, count in counts.items()
                )
            )
    for extractor, model in whole.versions:
        console.print(f"made by: extractor {extractor}, model {model}", style="dim")


def told_damage(troubles: Sequence[Trouble]) -> str:
    """That a lake is damaged, and what to do."""
    more = f"; and {len(troubles) - 1:,} more, which `copytaster verify` names" if len(troubles) > 1 else ""
    return f"the lake is damaged: {troubles[0]}{more}"


def extraction_view(found: Extraction, only: str | None = None) -> Group:
    """One article's entities, quotes, times and events as tables; `only` names one of them."""
    makers = {
        "entities": entity_table,
        "mentions": mention_table,
        "quotes": quote_table,
        "times": time_table,
        "events": event_table,
    }
    article = found.article
    published = article.published_at.isoformat() if article.published_at else "unknown"
    head = Panel(
        Text(plain(article.title or article.full_text[:80]), style="bold"),
        subtitle=Text(plain(f"{article.id}  published {published}  {found.status}")),
    )
    shown = [only] if only else ["entities", "quotes", "times", "events"]
    return Group(head, *(makers[name](found) for name in shown))


def plain(value: object) -> str:
    """The value as text that a terminal only shows: what others wrote may hold characters that steer it."""
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", str(value))


class Terminal(Console):
    """A console that shows strings as they are: no markup, nothing that steers the terminal. Style is said by `style`."""

    def print(self, *objects: Any, markup: bool | None = False, **options: Any) -> None:
        """Prints strings made harmless, and renderables, whose makers see to that (`plain`)."""
        super().print(*(plain(o) if isinstance(o, str) else o for o in objects), markup=markup, **options)


def escaped(json_text: str) -> str:
    """JSON with what would steer a terminal in escapes, which say the same."""
    return STEERING.sub(lambda found: escape(found.group()), json_text)


def escape(mark: str) -> str:
    """A character as JSON escapes it; line feeds of the layout stay."""
    return mark if mark in "\r\n" else json.dumps(mark)[1:-1]


def table_of(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A rich table; None is shown as nothing."""
    table = Table(title=title, title_justify="left", title_style="bold", show_lines=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else Text(plain(cell)) for cell in row))
    return table


def entity_table(found: Extraction) -> Table:
    """Entities, the most salient first."""
    counts = [0] * len(found.entities)
    for mention in found.mentions:
        counts[mention.entity] += 1
    order = sorted(range(len(found.entities)), key=lambda i: (-found.entities[i].salience, -counts[i], i))
    return table_of(
        "Entities",
        ["name", "type", "country", "mentions", "salience", "titles"],
        (
            (e.name, e.type, e.country, counts[i], f"{e.salience:.2f}", ", ".join(e.titles))
            for i in order
            for e in [found.entities[i]]
        ),
    )


def mention_table(found: Extraction) -> Table:
    """Mentions in the order of the text."""
    return table_of(
        "Mentions",
        ["start", "text", "kind", "entity"],
        ((m.span.start, m.text, m.kind, found.entities[m.entity].name) for m in found.mentions),
    )


def quote_table(found: Extraction) -> Table:
    """Quotes with their chain of sources."""
    return table_of("Quotes", ["who", "cue", "kind", "what", "through"], (quote_cells(quote) for quote in found.quotes))


def quote_cells(quote: Quote) -> Sequence[object]:
    """Speaker, cue, kind, words, and the parties between the speaker and the article."""
    chain = " → ".join(source.name for source in quote.source_chain[:-1])
    return quote.speaker_name, quote.cue_text, quote.kind, " … ".join(s.text for s in quote.content), chain


def time_table(found: Extraction) -> Table:
    """Time expressions with value and interval."""
    return table_of(
        "Times",
        ["text", "type", "value", "mod", "from", "to"],
        ((t.text, t.timex_type, t.timex_value, t.mod, t.interval_start, t.interval_end) for t in found.times),
    )


def event_table(found: Extraction) -> Table:
    """Events with participants, date and certainty."""
    return table_of(
        "Events",
        ["type", "trigger", "actors", "recipients", "date", "modality", "realized"],
        (
            (
                "/".join(part for part in (event.event_type, event.event_mode) if part),
                event.trigger.text,
                named(event.actors),
                named(event.recipients),
                event_date(event),
                event.modality + ("" if event.polarity == "positive" else ", negated"),
                "yes" if event.is_realized else "no",
            )
            for event in found.events
        ),
    )


def why_table(found: Extraction, only: str | None = None) -> Table:
    """Why each row is what it is: rule, words, and who else it would have been; `only` names one of the tables."""
    shown = [only] if only else ["mentions", "quotes", "times", "events"]
    rows: list[Sequence[object]] = []
    for name in shown:
        for one in getattr(found, name, ()):
            of = one.trigger.text if isinstance(one, Event) else one.text
            for because in getattr(one, "because", ()):
                else_ = None if because.runner_up is None else found.entities[because.runner_up].name
                words = ", ".join(span.text for span in because.words)
                rows.append((because.what, shortened(of), because.rule, shortened(words), else_))
    return table_of("Why (schemas/rules.md)", ["what", "text", "rule", "rests on", "else"], rows)


def shortened(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


SHOWN = 48
"""Characters of a text that stands for its row."""


def named(parties: Iterable[Participant]) -> str:
    """The names of participants."""
    return ", ".join(party.name for party in parties)


def event_date(event: Event) -> str:
    """The event's days: one, from … to …, or nothing."""
    if event.date_start == event.date_end:
        return str(event.date_start or "")
    return f"{event.date_start or ''}..{event.date_end or ''}"
