"""A worker process of this machine: takes tasks from the program that started it, through one pipeline.

It stands outside of `copytaster.beam` because that package imports Beam at once, which logs before it can be told not to.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection

from copytaster.lean_process import collect_seldom, import_arrow, import_beam
from copytaster.logs import set_up_logging
from copytaster.sources.tasks import Task


def main() -> None:
    """Serves the program at the other end of the socket whose number is the first argument, until it hangs up."""
    collect_seldom()
    number = int(sys.argv[1])
    os.set_inheritable(number, False)
    connection = Connection(number)
    end_with_program(number)
    settings, beam_flags = connection.recv()
    set_up_logging(settings.log_level)
    import_arrow()
    import_beam()
    from copytaster.beam.feed import process_feed  # after the logging, for Beam logs when it is imported
    from copytaster.beam.jobs import process_tasks
    from copytaster.beam.pool import Broken, Outcome, Ready, sendable

    def tasks() -> Iterator[Task]:
        connection.send(Ready())
        while True:
            yield connection.recv()

    def report(task: Task, error: Exception | None) -> None:
        connection.send(Outcome(task, error and sendable(error)))

    try:
        process_feed(tasks(), partial(process_tasks, settings=settings), report, beam_flags)
    except Exception as error:  # it is the program that tells it
        connection.send(Broken(sendable(error)))


def end_with_program(number: int) -> None:
    """Ends this process when the program at the other end of the socket is gone: a killed program leaves no worker behind."""
    hang_up = select.poll()
    hang_up.register(number, 0)  # no event but the end

    def watch() -> None:
        hang_up.poll()
        os._exit(0)

    threading.Thread(target=watch, name="end with the program", daemon=True).start()


if __name__ == "__main__":
    main()
