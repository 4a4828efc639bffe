"""Whether a lake is whole: every plan, every manifest, every file that one names, and no file that none names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

from copytaster.lake.attempts import FILE, FOLDER, Attempt
from copytaster.lake.blocks import Manifest, Plan, TableFile
from copytaster.lake.dropped import is_dropped
from copytaster.lake.log import (
    CURES,
    DamagedLogError,
    Entry,
    LakeLog,
    plan_of,
    published_of,
    rolled_name,
    start_name,
)
from copytaster.lake.opening import EMPTY_FILE, FORMAT, LAKE
from copytaster.lake.progress import RollUp, Tally
from copytaster.tables import SCHEMAS

READERS = 8
"""Files that are read at once."""

CHEAP_BLOCKS = 1_000
"""Published blocks that are looked over at every start, which takes a fraction of a second."""


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong: in which file of the lake, what, and what to do."""

    file: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file} {self.what}. {self.cure}"


@dataclass
class Verification:
    """What was looked at and what was found."""

    troubles: list[Trouble] = field(default_factory=list)
    blocks: int = 0
    """Published blocks."""
    files: int = 0
    """Files of theirs."""
    unpublished: int = 0
    """Planned blocks that are not published yet, which is no trouble."""
    under_way: int = 0
    """Files of attempts at these, which is none either."""

    def note(self, file: str, what: str, cure: str) -> None:
        """Takes down a trouble."""
        self.troubles.append(Trouble(file, what, cure))


def verify_lake(log: LakeLog, *, quick: bool = False) -> Verification:
    """Looks at all of a lake; with `quick` at names and sizes only, without reading the files of the tables."""
    seen = Verification()
    with noting(seen):
        lake = log.recorded(LAKE)
        if lake is None or lake.get("format") != FORMAT:
            what = "is missing" if lake is None else f"has log format {lake.get('format')}, not {FORMAT}"
            seen.note(LAKE, what, CURES["lake.json"])
    manifests = [
        manifest
        for source, partition in sorted({*log.partitions("plans"), *log.partitions("published")})
        for manifest in verified_partition(log, source, partition, seen)
    ]
    seen.blocks = len(manifests)
    there = {name: size for table in SCHEMAS for name, size in log.storage.sizes(table).items()}
    verify_files(log, manifests, there, seen, quick=quick)
    named = {file.path for manifest in manifests for file in manifest.files.values()}
    verify_strays(log, {m.block.name for m in manifests}, sorted(there.keys() - named), seen)
    return seen


def glance(log: LakeLog, partitions: Iterable[tuple[str, int]]) -> list[Trouble] | None:
    """What is wrong with plans, manifests, and names and sizes of files of some partitions; None where that is not cheap to
    see, as on an object store or of more than `CHEAP_BLOCKS`.
    """
    if not log.storage.is_local:
        return None
    chosen = list(partitions)
    starts = (start for source, number in chosen for start in all_starts(log, f"_log/published/{source}-{number}"))
    if len(list(islice(starts, CHEAP_BLOCKS + 1))) > CHEAP_BLOCKS:
        return None
    seen = Verification()
    manifests = [manifest for partition in chosen for manifest in verified_partition(log, *partition, seen)]
    names = [file.path for manifest in manifests for file in manifest.files.values()]
    there = {name: size for name in names if (size := log.storage.size(name)) is not None}
    verify_files(log, manifests, there, seen, quick=True)
    return seen.troubles


def verified_partition(log: LakeLog, source: str, partition: int, seen: Verification) -> list[Manifest]:
    """Looks at the plans, manifests and roll-up of a partition; gives the manifests that can be read."""
    name = f"{source}-{partition}"
    plans = {start: entry(log, plan_of(name, start), Plan, seen) for start in all_starts(log, f"_log/plans/{name}")}
    manifests = {
        start: entry(log, published_of(name, start), Manifest, seen)
        for start in all_starts(log, f"_log/published/{name}")
    }
    end: int | None = 0
    with noting(seen):
        end = int(log.recorded(start_name(source, partition)) or 0)
    for start, plan in plans.items():
        if end is not None and start != end:
            what = (
                f"is missing: a plan ends at {end} and the next starts at {start}"
                if start > end
                else "is covered twice"
            )
            seen.note(plan_of(name, min(start, end)), what, CURES["plans"])
        end = plan.block.end if plan else None
        seen.unpublished += start not in manifests
    for start, manifest in manifests.items():
        if start not in plans:
            seen.note(
                plan_of(name, start), f"is missing, although {published_of(name, start)} is there", CURES["plans"]
            )
        elif manifest and (plan := plans[start]) and plan.block != manifest.block:
            what = f"is of block {manifest.block.name}, but {plan.block.name} is planned"
            seen.note(published_of(name, start), what, CURES["published"])
    found = [manifest for manifest in manifests.values() if manifest]
    with noting(seen):
        rolled = log.entry(rolled_name(name), RollUp)
        before = [manifest for manifest in found if rolled and manifest.block.start < rolled.end]
        if rolled and sum(map(Tally.of, before), Tally()).records != rolled.tally.records:
            what = f"counts {rolled.tally.records} records before {rolled.end}, the manifests {sum(m.records for m in before)}"
            seen.note(
                rolled_name(name), what, "Restore the manifests that are missing from a backup, or else remove it"
            )
    return found


def all_starts(log: LakeLog, folder: str) -> Iterator[int]:
    """Where the blocks start whose plans, or manifests, lie on any shelf, in order."""
    for shelf in log.storage.names(folder):
        if shelf.isdecimal():
            yield from log.starts(f"{folder}/{shelf}")


def entry(log: LakeLog, name: str, kind: type[Entry], seen: Verification) -> Entry | None:
    """`LakeLog.entry`; None, and a trouble, where it cannot be read."""
    with noting(seen):
        return log.entry(name, kind)
    return None


@contextmanager
def noting(seen: Verification) -> Iterator[None]:
    """Takes down what is wrong with a file of the log, and goes on."""
    try:
        yield
    except DamagedLogError as error:
        seen.note(error.file, error.what, error.cure)


def verify_files(
    log: LakeLog, manifests: list[Manifest], there: Mapping[str, int], seen: Verification, *, quick: bool
) -> None:
    """Looks at the files that manifests name."""
    named = [
        (file, manifest)
        for manifest in manifests
        for file in manifest.files.values()
        if file.path in there or not is_dropped(log, manifest.block)
    ]
    seen.files = len(named)
    with ThreadPoolExecutor(READERS) as pool:
        for (file, manifest), what in zip(
            named, pool.map(lambda item: wrong_with(log, item[0], there, quick=quick), named), strict=True
        ):
            if what is not None:
                block = manifest.block
                seen.note(
                    file.path,
                    what,
                    f"Restore it from a backup; without one, remove {published_of(block.partition_name, block.start)}, the "
                    f"other files of block {block.name} and {rolled_name(block.partition_name)}, and run it again",
                )


def wrong_with(log: LakeLog, file: TableFile, there: Mapping[str, int], *, quick: bool) -> str | None:
    """What is wrong with a file that a manifest names; None where nothing is."""
    if (size := there.get(file.path)) is None:
        return f"is missing: {file.rows} rows are lost"
    if size != file.bytes:
        return f"has {size} bytes, its manifest says {file.bytes}"
    if quick:
        return None
    data = log.storage.read(file.path)
    if data is None or hashlib.sha256(data).hexdigest() != file.sha256:
        return f"has other bytes than its manifest says (SHA-256 {file.sha256})"
    rows = pq.ParquetFile(pa.BufferReader(data)).metadata.num_rows
    return None if rows == file.rows else f"has {rows} rows, its manifest says {file.rows}"


def verify_strays(log: LakeLog, published: set[str], files: list[str], seen: Verification) -> None:
    """Looks at the files of tables that no manifest names: those of attempts under way are no trouble."""
    recorded: dict[str, str] = {}
    for name in log.storage.names(FOLDER):
        if name.endswith(".json") and (attempt := entry(log, f"{FOLDER}/{name}", Attempt, seen)):
            recorded |= dict.fromkeys(attempt.files, attempt.block.name)
    for file in files:
        base = file.rsplit("/", 1)[-1]
        if base == EMPTY_FILE or base.startswith(".") or not base.endswith(".parquet"):
            continue
        block = recorded.get(file)
        if block is not None and block not in published:
            seen.under_way += 1
        elif block is not None:
            seen.note(file, f"was left by an attempt at {block} that was not published", "The next run removes it")
        elif (found := FILE.fullmatch(base)) and found["block"] in published:
            seen.note(file, f"is in no manifest: its block {found['block']} is published with others", "Remove it")
        else:
            seen.note(
                file,
                "is in no manifest, nor is an attempt recorded that wrote it: its rows count twice or for nothing",
                "Restore the manifest that was lost from a backup, or remove the file",
            )
