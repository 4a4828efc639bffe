"""The job that follows the blocks: cut, make, commit, edition after edition.

What a job that died has begun the next one finishes: an edition that is cut is made, one that is made is committed to the
tables that lack it. Any number of jobs may run at once; they only do each other's work twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import structlog
from pyiceberg.exceptions import CommitFailedException

from copytaster.editions.catalog import EditionTables, edition_of
from copytaster.editions.changes import Removal, removals
from copytaster.editions.commit import commit_edition
from copytaster.editions.cuts import Cut, Cuts, read_cut
from copytaster.editions.hints import write_hint
from copytaster.editions.holdings import Holdings
from copytaster.editions.layout import TABLES
from copytaster.editions.made import Made, read_changes, read_made
from copytaster.editions.making import make_edition
from copytaster.editions.memory import catch_up
from copytaster.lake.log import LakeError, LakeLog

LOG = structlog.get_logger(__name__)

TRIES = 20
"""How often a lost commit is looked at again; each time another job has won, so this does not end but by its death."""


@dataclass
class Publisher:
    """Makes the editions of a lake."""

    log: LakeLog
    tables: EditionTables
    holdings: Holdings
    make: Callable[[Cut], Made] | None = None
    """How an edition is made where not here (`copytaster.beam.editions`)."""
    cuts: Cuts = field(init=False)

    def __post_init__(self) -> None:
        self.cuts = Cuts.of(self.log)

    def publish(self, max_articles: int) -> Iterator[Made]:
        """Makes editions of all that waits; gives each when it is committed."""
        number = self.committed() + 1
        while True:
            self.cuts.catch_up()
            cut = read_cut(self.log, number) or self.cuts.cut(max_articles)
            if cut is None:
                break
            if cut.edition != number:
                raise LakeError(f"edition {number} is not cut, edition {cut.edition} is: the log was changed by hand")
            yield self.finish(cut)
            number += 1
        self.cuts.save()

    def committed(self) -> int:
        """The last edition that all tables hold; points their hints to what is newest, which a job that died may not have."""
        tables = [self.tables.table(name) for name in TABLES]
        for table in tables:
            write_hint(table, table.metadata_location)
        return min(map(edition_of, tables))

    def finish(self, cut: Cut) -> Made:
        """Makes the edition, unless it is made, and commits it to the tables that lack it."""
        begin = time.perf_counter()
        made = self.made(cut)
        changes = read_changes(self.log, made)
        for name in TABLES:
            kind = "letter" if name == "dead_letters" else "article"
            self.commit(name, made, removals(changes, kind))
        seconds = time.perf_counter() - begin
        LOG.info("edition", edition=made.edition, records=made.records, removed=made.removed, seconds=round(seconds, 1))
        return made

    def made(self, cut: Cut) -> Made:
        """The edition, made now unless somebody has."""
        made = read_made(self.log, cut.edition)
        if made is None and self.make is not None:
            made = self.make(cut)
        elif made is None:
            catch_up(self.log, self.holdings, cut.edition - 1)
            made = make_edition(self.log, cut, self.holdings, self.tables.schemas(), self.tables)
        catch_up(self.log, self.holdings, made.edition)
        return made

    def commit(self, name: str, made: Made, removed: list[Removal]) -> None:
        """Commits to a table, looking again where another job was faster."""
        for attempt in range(TRIES):
            try:
                commit_edition(self.tables, name, made, removed)
            except CommitFailedException:
                if attempt == TRIES - 1:
                    raise
                continue
            return
