"""Editions without end: follows the blocks, keeps the tables tidy, and outlives a catalog or a store that is away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from copytaster.editions.catalog import lock_told, open_tables
from copytaster.editions.clearing import drop_blocks, expire, remove_orphans
from copytaster.editions.compaction import compact
from copytaster.editions.cuts import Cut, Cuts
from copytaster.editions.holdings import Holdings
from copytaster.editions.made import Made
from copytaster.editions.publishing import Publisher
from copytaster.lake.log import LakeError, LakeLog

LOG = structlog.get_logger(__name__)

TIDY_AFTER = 20
"""Editions after which snapshots are expired and orphans looked for."""

PATIENCE = 60.0
"""Seconds at most between two tries while the catalog or the store is away."""


@dataclass(frozen=True)
class Policy:
    """When an edition is due, and what is kept."""

    max_articles: int = 20_000
    age: float = 60.0
    """Seconds that a block waits at most, when following."""
    keep: timedelta = timedelta(days=7)
    """How long snapshots can be travelled to."""
    drop_blocks_after: timedelta | None = None
    """How long the files of blocks stay whose rows are in editions; None: for ever."""
    compact: bool = False
    """Whether every day is rewritten that is not one file a table; crowded days are in any case."""


def publish_once(
    log: LakeLog,
    catalog: str | None,
    policy: Policy,
    stop: threading.Event,
    tell: Callable[[Made], None],
    make: Callable[[Cut], Made] | None = None,
) -> int:
    """Makes editions of all that waits, here or by `make`, or until stopped, and tidies up; how many were made."""
    with Holdings(log.storage) as holdings, lock_told(f"the catalog of {log.storage.shown}"):
        tables = open_tables(log, catalog)
        publisher = Publisher(log, tables, holdings, make)
        count = 0
        for made in publisher.publish(policy.max_articles):
            count += 1
            tell(made)
            if stop.is_set():
                return count
            if made.edition % TIDY_AFTER == 0:
                tidy(publisher, policy)
        if count or policy.compact or policy.drop_blocks_after is not None:
            tidy(publisher, policy)
    return count


def tidy(publisher: Publisher, policy: Policy) -> None:
    """Merges files of crowded days, expires snapshots, removes orphans, drops blocks as the policy says."""
    tables = publisher.tables
    for name, day, before, after in compact(tables, thoroughly=policy.compact):
        LOG.info("compacted", table=name, day=day.isoformat(), files=before, into=after)
    expired = expire(tables, policy.keep)
    if expired or policy.compact:
        LOG.info("expired", snapshots=expired, files=remove_orphans(tables))
    if policy.drop_blocks_after is not None:
        dropped = drop_blocks(publisher.log, publisher.committed(), policy.drop_blocks_after)
        LOG.info("dropped", blocks=dropped)


def follow(
    log: LakeLog, catalog: str | None, policy: Policy, stop: threading.Event, tell: Callable[[Made], None]
) -> None:
    """Makes editions as they fall due until stopped. Raises LakeError; whatever else fails is tried again."""
    pause = 1.0
    while not stop.is_set():
        try:
            publish_once(log, catalog, policy, stop, tell)
            wait_until_due(log, policy, stop)
            pause = 1.0
        except LakeError:
            raise
        except Exception as error:  # a catalog or store that is away says so in as many ways as there are of them
            LOG.warning("edition_failed", error=f"{type(error).__name__}: {error}", again_in=pause)
            stop.wait(pause)
            pause = min(2 * pause, PATIENCE)


def wait_until_due(log: LakeLog, policy: Policy, stop: threading.Event) -> None:
    """Waits until an edition is due: enough records wait, or a block has waited long enough."""
    cuts = Cuts.of(log)
    while not stop.wait(min(policy.age, 2.0)):
        if cuts.is_due(policy.max_articles, policy.age):
            return


@contextmanager
def followed(log: LakeLog, catalog: str | None, policy: Policy, tell: Callable[[Made], None]) -> Iterator[None]:
    """Follows the blocks in a thread while the body works; at its end what is left goes into a last edition."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            follow(log, catalog, policy, stop, tell)
        except LakeError as error:
            failed.append(error)

    thread = threading.Thread(target=work, name="publish", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failed:
        raise failed[0]
    publish_once(log, catalog, policy, threading.Event(), tell)
