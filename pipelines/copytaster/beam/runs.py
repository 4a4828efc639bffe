"""How a bounded job is run: in this process, in worker processes of this machine, or on Flink.

Beam and spaCy are imported where the work is done, so that a program with workers is up in a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from copytaster.beam.pool import WorkerDiedError, WorkerPool
from copytaster.redaction import redacted
from copytaster.settings import Settings
from copytaster.sources.archive import ArchiveError
from copytaster.sources.planning import ArchiveSource
from copytaster.sources.registry import SourceChangedError
from copytaster.sources.tasks import Report, Task, plan_url

ARCHIVE_TROUBLE = (ArchiveError, SourceChangedError, WorkerDiedError)
"""What is wrong with one archive and not with the lake, the model or the machine: it cannot be read, is not what it was, or
kills whoever works on it."""


def run_backfill(urls: Sequence[str], settings: Settings, beam_flags: Sequence[str] = ()) -> None:
    """Takes archives into the lake, to their ends. Blocks that are published are left alone.

    With `settings.runner` "flink" on the cluster that `beam_flags` name. Raises what a step raised; ArchivesFailedError,
    after all that can be done is done, where single archives are in trouble.
    """
    if settings.runner == "local":
        LocalBackfill(settings).run(urls, beam_flags)
        return
    from copytaster.beam.jobs import run_on_flink

    run_on_flink(urls, settings, beam_flags)


def run_redrive(tasks: Sequence[Task], settings: Settings) -> None:
    """Takes dead letters through the pipeline once more (`copytaster.sources.dead_letters` plans the tasks).

    Raises what a block failed on.
    """

    def report(_: Task, error: Exception | None) -> None:
        if error is not None:
            raise error

    run_tasks(tasks, settings, report)


class ArchivesFailedError(RuntimeError):
    """Archives that could not be taken in to their ends, a line for each; no URL in it holds a secret. The others were."""

    def __init__(self, failures: Mapping[str, Exception]) -> None:
        # Beam says behind the message in which step it was
        told = {url: str(error).split(" [while running")[0] for url, error in failures.items()}
        super().__init__("\n".join(redacted(f"{url}: {message}") for url, message in told.items()))
        self.failures = dict(failures)
        """What went wrong by the archive's URL."""


@dataclass
class LocalBackfill:
    """Archives into the lake on this machine. What is wrong with one archive ends no other."""

    settings: Settings
    failures: dict[str, Exception] = field(default_factory=dict)
    """What went wrong by the archive's URL."""

    def run(self, urls: Sequence[str], beam_flags: Sequence[str] = ()) -> None:
        """Plans and does every block that is not published yet. Raises ArchivesFailedError at the end, and anything at
        once that is not a single archive's trouble.
        """
        run_tasks(self.plan(urls), self.settings, self.report, self.is_given_up, beam_flags)
        if self.failures:
            raise ArchivesFailedError(self.failures)

    def plan(self, urls: Sequence[str]) -> Iterator[Task]:
        """The tasks of all archives, as far as these can be planned."""
        for url in urls:
            try:
                yield from plan_url(url, self.settings.lake, self.settings.limits)
            except ARCHIVE_TROUBLE as error:
                self.failures[url] = error

    def report(self, task: Task, error: Exception | None) -> None:
        """Gives an archive up of which a block failed."""
        if isinstance(error, ARCHIVE_TROUBLE):
            self.failures.setdefault(url_of(task), error)
        elif error is not None:
            raise error

    def is_given_up(self, task: Task) -> bool:
        """Whether another block of its archive failed."""
        return url_of(task) in self.failures


def url_of(task: Task) -> str:
    """The URL of the archive that a task is of."""
    assert isinstance(task.source, ArchiveSource)
    return task.source.archive.url


def run_tasks(
    tasks: Iterable[Task],
    settings: Settings,
    report: Report,
    is_given_up: Callable[[Task], bool] = lambda _: False,
    beam_flags: Sequence[str] = (),
) -> None:
    """Takes tasks through the pipeline on this machine, in this process or in `settings.workers` of its own, and reports
    each. Leaves out those that are given up before they are begun. Raises what `report` raises.
    """
    if settings.workers == 1:
        from copytaster.beam.feed import process_feed
        from copytaster.beam.jobs import process_tasks

        steps, planned = partial(process_tasks, settings=settings), list(tasks)
        process_feed((task for task in planned if not is_given_up(task)), steps, report, beam_flags)
        return
    with WorkerPool(settings, beam_flags) as pool:
        for task in tasks:
            pool.submit(task)
            while (outcome := pool.next_outcome(0)) is not None:
                report(outcome.task, outcome.error)
        while pool.open:
            if (outcome := pool.next_outcome()) is not None:
                report(outcome.task, outcome.error)
                if outcome.error is not None:
                    pool.withdraw(is_given_up)
