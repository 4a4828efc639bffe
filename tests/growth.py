"""How time grows with length: strings that make a pattern slow, and the exponent of what they take.

Time is the process's own processor time, the least of several tries, and is taken at lengths at which the quadratic is a
hundred times slower than the linear: another process on the machine does not change the answer.
"""

from __future__ import annotations

import ast
import importlib.util
import math
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import copytaster

NOISE = 0.0008
"""Seconds under which nothing is slow enough to be asked how it grows."""
COMMON_PUMPS = (" ", "\n", "a", "A", "0", "(", ")", "[", "/", '"', "“", "’", "'", "-", "—", ".", ",", "a ", "A ", "Aa ", "0 ", "A. ", ", A", "\t", "(a", "(photo/", "A.", "a.a")  # fmt: skip
"""What bad input repeats."""
LIMIT = 1.4
"""The power above which growth is too fast; what is quadratic has 2."""
ROUNDS = 8
BEHIND_BOUNDS = (3_000, 12_000)
PROBE = 28
"""A size at which only what grows exponentially takes time."""


def exponent(run: Callable[[int], object], sizes: tuple[int, int], limit: float = LIMIT) -> float:
    """The power of the size that the time of `run(size)` grows with; 0 where the larger takes no time to speak of.

    What seems to grow faster than the limit is measured again, a little later each time: a busy machine slows one try, and
    not all of them.
    """
    small, large = sizes
    fast = slow = math.inf
    power = 0.0
    for number in range(ROUNDS):
        time.sleep(number / 10)  # what slowed the last try may be over then
        slow = min(slow, least_time(run, large))
        if slow < NOISE:
            return 0.0
        fast = min(fast, least_time(run, small))
        power = math.log(slow / max(fast, 1e-7)) / math.log(large / small)
        if power <= limit:
            break
    return power


def least_time(run: Callable[[int], object], size: int) -> float:
    """Seconds of processor time, the least of three tries; one that takes long is not tried again."""
    best = math.inf
    for _ in range(3):
        begin = time.process_time()
        run(size)
        best = min(best, time.process_time() - begin)
        if best > 0.05:
            break
    return best


def module_patterns() -> dict[str, re.Pattern[Any]]:
    """Every compiled pattern that a module of the package holds, alone or in a table, and every one written in a call, by
    where it stands.
    """
    found: dict[tuple[Any, int], tuple[str, re.Pattern[Any]]] = {}
    for info in pkgutil.walk_packages(copytaster.__path__, "copytaster."):
        source = source_of(info.name)
        if not re.search(r"\bre\.", source):
            continue  # Beam and Kafka take seconds to import
        if info.name.startswith(("copytaster.lake.", "copytaster.cli.")):
            continue  # these read names that we gave ourselves, and what the user types
        module = importlib.import_module(info.name)
        patterns = [(name, pattern) for name, value in vars(module).items() for pattern in patterns_in(value)]
        written = ((f"line {call.lineno}", call.args[0]) for call in calls_of_re(source))
        patterns += [(where, re.compile(text.value)) for where, text in written if isinstance(text, ast.Constant)]
        for where, pattern in patterns:
            found.setdefault((pattern.pattern, pattern.flags & re.IGNORECASE), (f"{info.name} {where}", pattern))
    return dict(found.values())


def source_of(module: str) -> str:
    """The code of a module, which is not imported for it."""
    found = importlib.util.find_spec(module)
    return Path(found.origin).read_text(encoding="utf-8") if found and found.origin else ""


def patterns_in(value: object, depth: int = 2) -> Iterator[re.Pattern[Any]]:
    """The patterns that a value is or holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset)) and depth:
        for item in value:
            yield from patterns_in(item, depth - 1)
    elif isinstance(value, dict) and depth:
        yield from patterns_in(tuple(value.values()), depth - 1)


def calls_of_re(source: str) -> Iterator[ast.Call]:
    """The calls of functions of `re` in a module that are no module constant."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr != "escape":
                yield node


def slow_pumps(pattern: re.Pattern[Any], sizes: tuple[int, int] = (500, 2_000), limit: float = LIMIT) -> list[str]:
    """The first pumped string on which the pattern's time grows with more than this power of their length."""
    slow: list[str] = []
    for prefix, pump, suffix in sorted(set(attacks(pattern))):
        if slow:
            break

        def search(size: int, prefix: str = prefix, pump: str = pump, suffix: str = suffix) -> None:
            text: Any = prefix + pump * (size // len(pump)) + suffix
            if isinstance(pattern.pattern, bytes):
                text = text.encode("utf-8")
            for _ in pattern.finditer(text):
                pass

        power = math.inf if least_time(search, PROBE) > NOISE else exponent(search, sizes, limit)
        if limit < power < math.inf:  # what is bounded, if late, grows no more behind its bound
            power = exponent(search, BEHIND_BOUNDS, limit)
        if power > limit:
            slow.append(f"{prefix!r} + {pump!r} * n + {suffix!r}: {power:.1f}")
    return slow


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """Beginning, what is repeated, and end: of the pattern's own parts, and of what bad input repeats."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(source, pattern.flags & ~re.DEBUG)
    yield from (("", pump, end) for pump in COMMON_PUMPS for end in ("", "\x01"))
    for before, pump in own_parts(list(tree), ""):
        if pump:
            yield from ((start, pump, "\x01") for start in {"", before})


def own_parts(nodes: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """Each part of a pattern as a text, with a text that leads to it."""
    for at, node in enumerate(nodes):
        lead = before + "".join(example([n]) for n in nodes[:at])
        until = next((i for i in range(at, len(nodes)) if nodes[i][0] not in (codes.LITERAL, codes.AT)), len(nodes))
        for end in {at + 1, at + 2, until, until + 1}:
            if end > at:
                yield lead, example(nodes[at:end])
        yield lead, example(inside(node))
        kind = node[0]
        if kind == codes.BRANCH:
            for branch in node[1][1]:
                yield lead, example(list(branch))
                yield from own_parts(list(branch), lead)
        elif (body := inside(node)) and kind not in (codes.ASSERT, codes.ASSERT_NOT):
            yield lead, example(body)
            yield from own_parts(body, lead)


def inside(node: Any) -> list[Any]:
    """The parts of a group or a repeated part."""
    kind, value = node
    if kind in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return list(value[2])
    if kind == codes.SUBPATTERN:
        return list(value[3])
    if kind == codes.ATOMIC_GROUP:
        return list(value)
    return []


def example(nodes: Iterable[Any]) -> str:
    """A short text that the parts match, as far as can be told without looking around."""
    text = ""
    for kind, value in nodes:
        if kind == codes.LITERAL:
            text += chr(value)
        elif kind == codes.ANY:
            text += "a"
        elif kind == codes.NOT_LITERAL:
            text += "a" if value != ord("a") else "b"
        elif kind == codes.IN:
            text += member(value)
        elif kind == codes.BRANCH:
            text += example(value[1][0])
        elif kind in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            text += example(value[2]) * min(max(value[0], 1), 3)
        elif kind in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            text += example(inside((kind, value)))
    return text


def member(choices: list[Any]) -> str:
    """A character of a class."""
    wanted = re.compile("[" + "".join(class_source(choice) for choice in choices) + "]")
    return next((mark for mark in "aA0 .,-/\n(\"'…“x_@é" if wanted.match(mark)), chr(first_of(choices)))


def class_source(choice: Any) -> str:
    """One choice of a class as it is written."""
    kind, value = choice
    if kind == codes.NEGATE:
        return "^"
    if kind == codes.LITERAL:
        return re.escape(chr(value)) if chr(value) != "^" else "\\^"
    if kind == codes.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    names = {"DIGIT": "\\d", "NOT_DIGIT": "\\D", "SPACE": "\\s", "NOT_SPACE": "\\S", "WORD": "\\w", "NOT_WORD": "\\W"}
    return names[str(value).removeprefix("CATEGORY_")]


def first_of(choices: list[Any]) -> int:
    """The first character that a class names."""
    for kind, value in choices:
        if kind == codes.LITERAL:
            return int(value)
        if kind == codes.RANGE:
            return int(value[0])
    return ord("a")
