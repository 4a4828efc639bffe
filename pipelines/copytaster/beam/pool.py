"""Worker processes of this machine, each with one pipeline and one model; a task goes to whoever is free.

They talk through pairs of sockets that have no name and no port. A worker that dies, for want of memory or killed, is
started anew and its block is done again, which harms nothing; a block that kills one worker after the other is given up.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from typing import Self

import structlog

from copytaster.settings import Settings
from copytaster.sources.tasks import Task

LOG = structlog.get_logger(__name__)

MAX_DEATHS = 3
"""Workers that may die of one block, or one after the other at their start."""


class WorkerDiedError(RuntimeError):
    """Worker processes die, again and again."""


@dataclass(frozen=True)
class Ready:
    """A worker says that it waits for its first task."""


@dataclass(frozen=True)
class Outcome:
    """What became of a task: it is done, or the error that it failed on."""

    task: Task
    error: Exception | None = None


@dataclass(frozen=True)
class Broken:
    """A worker says that it cannot work at all, and why."""

    error: Exception


def sendable(error: Exception) -> Exception:
    """The error, or where it cannot be sent to another process, one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever an error's own pickling does
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


@dataclass
class Worker:
    """A process, and what it is at."""

    process: subprocess.Popen[bytes]
    connection: Connection
    task: Task | None = None
    is_free: bool = False


class WorkerPool:
    """So many worker processes. Use it in a `with` statement: they are gone at its end, whatever they do then."""

    def __init__(self, settings: Settings, beam_flags: Sequence[str] = ()) -> None:
        """Starts the workers, each in its own time; tasks wait until one is ready."""
        self.settings = settings
        self.beam_flags = tuple(beam_flags)
        self.deaths = 0
        """Workers that have died and were started anew."""
        self.waiting: deque[Task] = deque()
        self.workers: list[Worker] = []
        self.open = 0
        """Tasks that no outcome has been told of yet."""
        self._told: queue.SimpleQueue[Outcome | Broken] = queue.SimpleQueue()
        self._deaths_of: Counter[Task | None] = Counter()
        """Workers that have died at a task, and before their first."""
        self._lock = threading.Lock()
        self._is_closing = False
        self._takes_tasks = True
        self._bell, self._ear = Pipe()
        self._is_rung = False
        self._thread = threading.Thread(target=self._serve, name="deal out tasks", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def submit(self, task: Task) -> None:
        """Gives the pool one more task."""
        with self._lock:
            self.waiting.append(task)
            self.open += 1
        self._ring()

    def withdraw(self, is_unwanted: Callable[[Task], bool] = lambda _: True) -> list[Task]:
        """Takes back tasks that no worker has begun; no outcome will tell of them."""
        with self._lock:
            taken = [task for task in self.waiting if is_unwanted(task)]
            self.waiting = deque(task for task in self.waiting if not is_unwanted(task))
            self.open -= len(taken)
        return taken

    def next_outcome(self, timeout: float | None = None) -> Outcome | None:
        """The next outcome, in no order of the tasks; None when there is none within `timeout` seconds.

        Raises what keeps the workers from working at all: a model that cannot be loaded, or WorkerDiedError.
        """
        try:
            told = self._told.get(timeout=timeout) if timeout != 0 else self._told.get_nowait()
        except queue.Empty:
            return None
        if isinstance(told, Broken):
            self._told.put(told)  # for whoever asks again
            raise told.error
        with self._lock:
            self.open -= 1
        return told

    def finish_begun(self, seconds: float) -> list[Outcome]:
        """Begins nothing more, and gives the outcomes of what is under way as far as they come in time."""
        end, outcomes = time.monotonic() + seconds, []
        self._takes_tasks = False
        self.withdraw()
        while self.open and (left := end - time.monotonic()) > 0:
            if (outcome := self.next_outcome(left)) is not None:
                outcomes.append(outcome)
        return outcomes

    def close(self) -> None:
        """Ends the worker processes. A block that one is at is done again by whoever comes next."""
        self._is_closing = True
        self._ring()
        self._thread.join()

    def _ring(self) -> None:
        """Wakes the thread that deals out tasks."""
        if not self._is_rung:
            self._is_rung = True
            self._bell.send(None)

    def _serve(self) -> None:
        """Deals out tasks and gathers what has become of them, until the pool is closed."""
        # the workers inherit this: whoever stops the program, by Ctrl-C or a signal to all of its processes, means that
        # the program ends them, when it has let them finish what they are at
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            self.workers = [self._start() for _ in range(self.settings.workers)]
            while not self._is_closing:
                self._deal()
                for heard in wait([self._ear, *(worker.connection for worker in self.workers)]):
                    if heard is self._ear:
                        self._ear.recv()
                        self._is_rung = False
                    else:
                        self._listen(next(worker for worker in self.workers if worker.connection is heard))
        except Exception as error:
            self._told.put(Broken(error))
        finally:
            for worker in self.workers:
                worker.process.kill()
            for worker in self.workers:
                worker.process.wait()
                worker.connection.close()

    def _start(self) -> Worker:
        """A new worker process, told what to do."""
        ours, theirs = Pipe()
        command = [sys.executable, "-m", "copytaster.worker", str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        ours.send((self.settings, self.beam_flags))
        return Worker(process, ours)

    def _deal(self) -> None:
        """Gives each free worker a task, as long as there are any."""
        for worker in self.workers:
            with self._lock:
                if not (worker.is_free and self.waiting and self._takes_tasks):
                    continue
                worker.task, worker.is_free = self.waiting.popleft(), False
            with contextlib.suppress(OSError):  # it has died, which its connection will tell too
                worker.connection.send(worker.task)

    def _listen(self, worker: Worker) -> None:
        """Takes in what a worker says, or that it has died."""
        try:
            said = worker.connection.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if isinstance(said, Broken):
            raise said.error
        self._deaths_of.pop(worker.task, None)
        worker.task, worker.is_free = None, True
        if isinstance(said, Outcome):
            self._told.put(said)

    def _bury(self, worker: Worker) -> None:
        """Has the task of a worker that died done again, by another in its place.

        Raises WorkerDiedError at the third in a row that has died before its first task.
        """
        ended = ending(worker.process.wait())
        worker.connection.close()
        self.workers.remove(worker)
        self.deaths += 1
        task = worker.task
        self._deaths_of[task] += 1
        is_last = self._deaths_of[task] == MAX_DEATHS
        if task is None:
            if is_last:
                raise WorkerDiedError(f"{MAX_DEATHS} worker processes died at their start, the last {ended}")
        elif is_last or not self._takes_tasks:
            told = f"block {task.block.name}: {self._deaths_of.pop(task)} worker processes died of it, the last {ended}"
            self._told.put(Outcome(task, WorkerDiedError(told)))
        else:
            LOG.warning("a worker process died; its block is done again", block=task.block.name, ended=ended)
            with self._lock:
                self.waiting.appendleft(task)
        if self._takes_tasks:
            self.workers.append(self._start())


def ending(code: int) -> str:
    """How a process ended, of its return code."""
    if code >= 0:
        return f"with exit code {code}"
    name = signal.Signals(-code).name
    return f"by {name}{', perhaps for want of memory: try fewer --workers' if code == -signal.SIGKILL else ''}"
