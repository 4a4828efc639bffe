"""One pipeline over tasks that come one by one: what each process of this machine runs, from its start to its end.

Beam's in-process runner takes bounded pipelines only, and builds each anew, which costs a fifth of a second. So the
source of ours is a step that takes the next task when all fused steps behind it are done with the last: one bundle, as
long as the process has work. It runs in the thread that calls it and opens no port.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from copytaster.sources.tasks import Report, Task

Steps = Callable[[beam.PCollection], beam.PCollection]
"""What a job does with its tasks."""


class Feed:
    """Tasks on their way into a pipeline of this process."""

    def __init__(self, tasks: Iterable[Task], report: Report) -> None:
        self.waiting = iter(tasks)
        self.report = report
        self.current: Task | None = None
        """The task that the steps are at."""
        self.is_empty = False

    def take(self) -> Iterator[Task]:
        """The tasks that are left; each is done when the next one is asked for."""
        for task in self.waiting:
            self.current = task
            yield task
            self.current = None
            self.report(task, None)
        self.is_empty = True


OPEN: dict[int, Feed] = {}
"""The feeds of this process. Beam pickles what it is given, so that a step finds its feed by number."""

NUMBERS = itertools.count()


def take_tasks(number: int) -> Iterator[Task]:
    """The tasks of the feed of that number."""
    return OPEN[number].take()


def process_feed(tasks: Iterable[Task], steps: Steps, report: Report, beam_flags: Sequence[str] = ()) -> None:
    """Takes each task through the steps, in this thread, and reports it.

    A task that a step fails on is reported with the error, and the next goes through a new pipeline. Raises what is no
    task's fault: what `tasks` or `report` raise, a model that cannot be loaded.
    """
    feed, number = Feed(tasks, report), next(NUMBERS)
    OPEN[number] = feed
    try:
        while not feed.is_empty:
            try:
                with beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions(list(beam_flags))) as pipeline:
                    opened = pipeline | "Open feed" >> beam.Create([number], reshuffle=False)
                    steps(opened | "Take tasks" >> beam.FlatMap(take_tasks).with_output_types(Task))
            except Exception as error:
                failed, feed.current = feed.current, None
                if failed is None:
                    raise
                report(failed, error)
    finally:
        del OPEN[number]
