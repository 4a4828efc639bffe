"""A lake in which articles are corrected, withdrawn and delivered again in every order, and what must hold in it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from copytaster.lake.log import LakeLog, manifest_name
from written_lake import Written, day, log_in, publish

Held = dict[str, tuple[str, datetime | None]]
"""Text and published_at by article."""


def written_cases(log: LakeLog) -> Held:
    """Publishes the cases that readers got wrong once, each under an id of its own; gives what must hold."""
    w, at = Written, day(2)
    publish(
        log,
        "wire-1",
        0,
        [w("late", "old"), w("same", "once"), w("same", "once"), w("letter", "old", reason="no_text")],
        at=day(1, 9),
    )
    # the second worker was faster: the correction's block was published before that of its original
    publish(log, "wire-1", 4, [w("late", "new"), w("letter", "new")], at=day(1, 8))
    publish(log, "wire-2", 0, [w("gone", "to be withdrawn"), w("twice", "one text", published_at=at)], at=day(1, 10))
    publish(
        log,
        "wire-2",
        2,
        [w("twice", "one text", published_at=at), w("dated", "one text", published_at=at)],
        at=day(1, 11),
    )
    publish(
        log,
        "wire-2",
        4,
        [w("dated", "one text", published_at=day(3)), w("dated", "one text", published_at=at)],
        at=day(1, 12),
    )
    publish(log, "withdrawals", 0, [w("gone"), w("back"), w("stays gone", modified_at=day(5))], at=day(1, 13))
    publish(
        log,
        "wire-3",
        0,
        [w("back", "after its withdrawal"), w("stays gone", "older", modified_at=day(4))],
        at=day(1, 14),
    )
    publish(
        log,
        "first",
        0,
        [w("older later", "corrected", modified_at=day(6)), w("undated", "corrected", modified_at=day(6))],
        at=day(2, 1),
    )
    publish(
        log, "second", 0, [w("older later", "original", modified_at=day(3)), w("undated", "says nothing")], at=day(2, 2)
    )
    publish(
        log,
        "topic",
        0,
        [w("moved", "new", timestamp=day(8)), w("taken back", timestamp=day(8))],
        at=day(2, 3),
        partition=1,
    )
    publish(
        log, "topic", 0, [w("moved", "old", timestamp=day(7)), w("taken back", "old", timestamp=day(7))], at=day(2, 4)
    )
    publish(log, "wire-1~1", 0, [w("letter", "old")], at=day(2, 5), offsets=[3])
    publish(log, "wire-4", 0, [w("never taken in", "still open", reason="not_json")], at=day(2, 6))
    publish(log, "wire-4~1", 0, [w("never taken in", "still open", reason="no_text")], at=day(2, 7), offsets=[0])
    under_way = publish(log, "late", 0, [w("late", "not published yet")], at=day(2, 6))
    log.storage.delete(manifest_name(under_way.block))
    return {
        "late": ("new", None), "same": ("once", None), "letter": ("new", None), "twice": ("one text", at),
        "dated": ("one text", at), "back": ("after its withdrawal", None), "older later": ("corrected", None),
        "undated": ("says nothing", None), "moved": ("new", None),
    }  # fmt: skip


@dataclass
class Wire:
    """Random records, in blocks, in the order in which they arrive."""

    random: random.Random
    articles: int
    arrived: list[Written] = field(default_factory=list)

    def record(self) -> Written:
        """A version or a withdrawal of one of the articles, dated one way or another or not at all."""
        pick = self.random
        days = [day(pick.randint(10, 13)) if pick.random() < 0.3 else None for _ in range(3)]
        text = None if pick.random() < 0.2 else f"text {len(self.arrived)}"
        one = Written(f"random-{pick.randrange(self.articles)}", text, *days[:2], timestamp=days[2])
        self.arrived.append(one)
        return one

    def letter(self) -> tuple[int, Written]:
        """A record that cannot be taken in when it arrives, and its place in the order."""
        one = replace(self.record(), text=f"letter {len(self.arrived)}")
        self.arrived[-1] = one
        return len(self.arrived) - 1, one


def random_cases(log: LakeLog, seed: int, blocks: int, articles: int = 120, *, letters_too: bool = True) -> Held:
    """Publishes random records of partitions, archives and redriven letters; gives what a plain fold says must hold."""
    wire = Wire(random.Random(seed), articles)
    pick = wire.random
    starts: dict[tuple[str, int], int] = {}
    letters: list[tuple[str, int, int, Written]] = []
    clock = day(20)
    for _ in range(blocks):
        source, partition = pick.choice([("stream", 0), ("stream", 1), ("archive-a", 0), ("archive-b", 0)])
        clock += timedelta(minutes=10)
        # its follower in the partition may have been published earlier, by another worker: it arrives behind it all the same
        for at in [clock, clock - timedelta(hours=5)][: pick.randint(1, 2)]:
            start = starts.get((source, partition), 0)
            records = [wire.record() for _ in range(pick.randint(1, 20))]
            if letters_too and pick.random() < 0.5:
                _, one = wire.letter()
                letters.append((source, partition, start + len(records), one))
                records.append(replace(one, reason="no_text"))
            publish(log, source, start, records, at=at, partition=partition)
            starts[source, partition] = start + len(records)
    for source, partition in starts:
        of = [(offset, one) for name, number, offset, one in letters if (name, number) == (source, partition)]
        if of:
            publish(
                log, f"{source}~1", 0, [one for _, one in of], at=clock, partition=partition, offsets=[o for o, _ in of]
            )
    return dict(held_after(wire.arrived))


def held_after(arrived: list[Written]) -> Iterator[tuple[str, tuple[str, datetime | None]]]:
    """What holds when these have arrived, by the rule as it is written, record by record."""
    held: dict[str, Written] = {}
    for new in arrived:
        old = held.get(new.id)
        now, before = moment(new), moment(old) if old else None
        if now is None or before is None or now >= before:
            held[new.id] = new
    for name, one in held.items():
        if one.text is not None:
            yield name, (one.text, one.published_at)


def moment(one: Written) -> datetime | None:
    """When the record says that it is from."""
    return one.modified_at or one.timestamp or one.fetched_at


def corrected_lake(folder: Path, blocks: int = 24, *, letters_too: bool = True) -> Held:
    """Makes the lake in a folder, with about so many blocks of random records; gives what must hold in it."""
    log = log_in(folder)
    return written_cases(log) | random_cases(log, 16, blocks, letters_too=letters_too)
