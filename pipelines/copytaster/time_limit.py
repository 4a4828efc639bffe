"""A limit of time for what one article may take, so that no text can hold up the others.

The time is CPU time: a machine that is busy with other things makes nothing too slow. Still it is the one thing that another
machine may decide otherwise, so the limit lies far beyond what any ordinary article takes, and what is over it is a dead letter,
which a redrive sends through again.

In the main thread, where the layers run on one machine, a timer's signal ends Python code and the matching of a pattern. In
another thread (Beam's on Flink) a watchdog raises the error there; it ends Python code, and a pattern only when it is done.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Iterator

from copytaster.records import TooSlowError

MAX_ARTICLE_SECONDS = 300.0
"""CPU seconds that an article may take: several times what the longest permitted text needs on a slow machine."""

AGAIN = 1.0
"""Seconds after which the error is raised again, where what ran has swallowed it."""

TICK = 0.25
"""Seconds between the watchdog's looks."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TooSlowError in the block once it has taken that many CPU seconds. Limits do not nest."""
    if seconds <= 0:
        raise TooSlowError("no time is left")
    limit = by_signal if threading.current_thread() is threading.main_thread() else by_watchdog
    with limit(seconds):
        yield


@contextlib.contextmanager
def by_signal(seconds: float) -> Iterator[None]:
    """`time_limit` in the main thread."""

    def end(*_: object) -> None:
        raise TooSlowError(f"more than {seconds:.1f} s of CPU time")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)


@contextlib.contextmanager
def by_watchdog(seconds: float) -> Iterator[None]:
    """`time_limit` in any other thread."""
    thread = threading.get_ident()
    with WATCHDOG.lock:
        WATCHDOG.deadlines[thread] = time.thread_time() + seconds
        WATCHDOG.start()
    try:
        yield
    finally:
        with WATCHDOG.lock:
            del WATCHDOG.deadlines[thread]
            raise_in(thread, None)  # what is on its way and has not come would come behind the block


class Watchdog:
    """Looks after the threads that have a deadline."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.deadlines: dict[int, float] = {}
        """By thread, the CPU time of it at which it is too slow."""
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts looking, if it does not yet."""
        if self.thread is None:
            self.thread = threading.Thread(target=self.watch, name="time-limit", daemon=True)
            self.thread.start()

    def watch(self) -> None:
        """Looks for ever."""
        while True:
            time.sleep(TICK)
            with self.lock:
                for thread, deadline in self.deadlines.items():
                    if time.clock_gettime(time.pthread_getcpuclockid(thread)) > deadline:
                        raise_in(thread, TooSlowError)


WATCHDOG = Watchdog()


def raise_in(thread: int, error: type[Exception] | None) -> None:
    """Raises the error in another thread when it next comes to Python code; None takes back one that has not come yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)
