"""An object store that is as bad as stores can be, and processes on it that take turns: all by one seed, so repeatable.

What it may do: refuse a conditional write for a conflict that passes (409), do what it was asked and lose the answer, fail,
and show a folder as it was a while ago. A process may be killed at any of its calls, or wait for as long as the others like.
"""

from __future__ import annotations

import errno
import io
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from fsspec import AbstractFileSystem, register_implementation


class Killed(BaseException):
    """kill -9 of a process, at one of its calls to the store."""


@dataclass
class Faults:
    """How often each happens, of 1."""

    conflict: float = 0.0
    lost_answer: float = 0.0
    failure: float = 0.0
    stale_listing: float = 0.0
    kill: float = 0.0
    pause: float = 0.0
    """A process waits until the others have done a good deal."""
    ignores_conditions: bool = False
    """The store takes no notice of If-None-Match, as many did."""


@dataclass
class World:
    """A store, and the processes that take turns on it."""

    name: str
    chance: random.Random
    faults: Faults = field(default_factory=Faults)
    files: dict[str, bytes] = field(default_factory=dict)
    listings: list[frozenset[str]] = field(default_factory=list)
    """What was there after each change."""
    turns: dict[int, threading.Event] = field(default_factory=dict)
    """By process, whether it is its turn. Exactly one runs at any time."""
    asleep: dict[int, int] = field(default_factory=dict)
    """By process, how many calls of others it waits for."""
    mine: threading.local = field(default_factory=threading.local)

    def run(self, *processes: Callable[[], None]) -> None:
        """Runs the processes to their ends, in turns that the seed decides."""
        self.turns = {number: threading.Event() for number in range(len(processes))}
        self.asleep = {}
        threads = [threading.Thread(target=self._live, args=item) for item in enumerate(processes)]
        for thread in threads:
            thread.start()
        self._pass_on()
        for thread in threads:
            thread.join()

    def _live(self, number: int, process: Callable[[], None]) -> None:
        self.mine.number = number
        self.turns[number].wait()
        try:
            process()
        except Killed:
            pass
        finally:
            del self.turns[number]
            self._pass_on()

    def _pass_on(self) -> None:
        """Gives the turn to one of those that live."""
        if self.turns:
            awake = [number for number in self.turns if self.asleep.get(number, 0) <= 0] or list(self.turns)
            self.turns[self.chance.choice(awake)].set()

    def call(self) -> bool:
        """What happens at each call before it is done: others have their turns, or this process is killed, or the store
        fails. Gives whether the answer will be lost.
        """
        number = getattr(self.mine, "number", None)
        if number is None:
            return False
        for other in self.asleep:
            self.asleep[other] -= 1
        if self.chance.random() < self.faults.pause:
            self.asleep[number] = self.chance.randrange(20, 200)
        turn = self.turns[number]
        turn.clear()
        self._pass_on()
        turn.wait()
        if self.chance.random() < self.faults.kill:
            raise Killed
        if self.chance.random() < self.faults.failure:
            raise OSError(errno.EIO, "the store failed")
        return self.chance.random() < self.faults.lost_answer

    def write(self, path: str, data: bytes | None) -> None:
        """Puts a file, or removes it."""
        if data is None:
            self.files.pop(path, None)
        else:
            self.files[path] = data
        self.listings.append(frozenset(self.files))

    def listing(self) -> frozenset[str]:
        """The names that are shown: as it is, or as it was up to 30 changes ago."""
        if self.listings and self.chance.random() < self.faults.stale_listing:
            return self.listings[-min(len(self.listings), self.chance.randrange(1, 30))]
        return frozenset(self.files)


class HostileStore(AbstractFileSystem):  # type: ignore[misc]
    """The store of a world as fsspec knows stores: hostile://<world>/…; a query may sign a URL."""

    protocol = "hostile"
    worlds: ClassVar[dict[str, World]] = {}

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(path).removeprefix("hostile://").partition("?")[0].rstrip("/")

    def world(self, path: str) -> World:
        return self.worlds[path.partition("/")[0]]

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        path = self._strip_protocol(path)
        world = self.world(path)
        is_lost = world.call()
        if mode == "create" and not world.faults.ignores_conditions:
            if world.chance.random() < world.faults.conflict:
                raise OSError(errno.EBUSY, "ConditionalRequestConflict")
            if path in world.files:
                raise FileExistsError(path)
        world.write(path, value)
        if is_lost and mode == "create":
            raise FileExistsError(path)  # the client asked again by itself, and its own file is there
        if is_lost:
            raise OSError(errno.ETIMEDOUT, "the answer was lost")

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: Any) -> bytes:
        path = self._strip_protocol(path)
        self.world(path).call()
        if path not in self.world(path).files:
            raise FileNotFoundError(path)
        return self.world(path).files[path][start:end]

    def rm_file(self, path: str) -> None:
        path = self._strip_protocol(path)
        self.world(path).call()
        if path not in self.world(path).files:
            raise FileNotFoundError(path)
        self.world(path).write(path, None)

    def exists(self, path: str, **_: Any) -> bool:
        path = self._strip_protocol(path)
        self.world(path).call()
        return path in self.world(path).files

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        path = self._strip_protocol(path)
        files = self.world(path).files
        if path in files:
            return {"name": path, "size": len(files[path]), "type": "file"}
        raise FileNotFoundError(path)

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:
        path = self._strip_protocol(path)
        world = self.world(path)
        world.call()
        below = [name.removeprefix(f"{path}/") for name in world.listing() if name.startswith(f"{path}/")]
        if not below:
            raise FileNotFoundError(path)
        names = sorted({f"{path}/{name.partition('/')[0]}" for name in below})
        return [self.described(name) for name in names] if detail else names

    def find(self, path: str, maxdepth: Any = None, withdirs: bool = False, detail: bool = False, **more: Any) -> Any:
        path = self._strip_protocol(path)
        world = self.world(path)
        world.call()
        prefix = f"{path}/{more.get('prefix', '')}"
        found = {name: self.described(name) for name in sorted(world.listing()) if name.startswith(prefix)}
        return found if detail else list(found)

    def described(self, name: str) -> dict[str, Any]:
        data = self.world(name).files.get(name)
        return {"name": name, "size": len(data or b""), "type": "directory" if data is None else "file"}

    def _open(self, path: str, mode: str = "rb", **_: Any) -> io.BytesIO:
        return io.BytesIO(self.cat_file(path))


register_implementation("hostile", HostileStore, clobber=True)
