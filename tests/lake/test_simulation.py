"""The log under a seeded storm: jobs that plan and publish the same archives on a hostile store, in turns, killed, paused,
restored by halves. Whatever happens, every record is in exactly one file that can be seen, or the run says what is wrong.

Undo any of what the log does against it (CONTRIBUTING.md, "The protocol"), and a seed fails here.
"""

from __future__ import annotations

import io
import json
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from hostile_store import Faults, HostileStore, World

from copytaster.lake.files import begin_lake
from copytaster.lake.log import LakeError, LakeLog, ManifestConflictError
from copytaster.lake.opening import SettingMismatchError
from copytaster.lake.storage import Storage, StorageError, is_conflict
from copytaster.lake.verification import verify_lake
from copytaster.records import RawRecord
from copytaster.sources.archive import ArchiveError, open_archive, read_records
from copytaster.sources.planning import Limits, plan_archive
from copytaster.sources.registry import SourceChangedError, registered
from letters import FIRST_DAY, publish_letters

RECORDS = 14
STORM = Faults(conflict=0.02, lost_answer=0.02, failure=0.01, stale_listing=0.3, kill=0.006, pause=0.02)
SPELLINGS = ("in/day.jsonl", "in/link.jsonl", "in/day.jsonl?X-Amz-Signature=1", "in/day.jsonl?X-Amz-Signature=2")
ZONE, OTHER_ZONE = "UTC", "Asia/Tokyo"

VERSION = threading.local()
"""Which version of the extractor the process is that has its turn."""


def version() -> str:
    """The version of the process that asks."""
    return str(getattr(VERSION, "name", "1.0"))


@pytest.fixture(autouse=True)
def versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes may be of different versions; the log waits no real time."""
    for module in ("lake.files", "tables"):
        monkeypatch.setattr(f"copytaster.{module}.extractor_version", version)
    monkeypatch.setattr("copytaster.lake.storage.CONFLICT_WAITS", (0.0,) * 7)


@dataclass
class Storm:
    """A world with an archive in several spellings, and what its jobs met."""

    seed: int
    faults: Faults = field(default_factory=lambda: STORM)
    errors: list[Exception] = field(default_factory=list)
    """What jobs ended with that no other try would mend."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.world = World(f"w{self.seed}-{id(self)}", self.chance)
        HostileStore.worlds[self.world.name] = self.world
        lines = "".join(json.dumps({"text": f"Brief {number}"}) + "\n" for number in range(RECORDS)).encode()
        for name in ("in/day.jsonl", "in/link.jsonl"):
            self.world.write(f"{self.world.name}/{name}", lines)
        self.log = LakeLog(Storage(f"hostile://{self.world.name}/lake"))

    def job(self, spelling: str, version: str = "1.0", zone: str = ZONE, records: int = 3) -> Callable[[], None]:
        """A job that takes the archive in: it begins again where the store failed, a few times."""

        def live() -> None:
            VERSION.name = version
            for _ in range(4):
                try:
                    self.take_in(spelling, version, zone, records)
                except ManifestConflictError:
                    continue  # another version was first
                except (LakeError, ArchiveError, StorageError) as error:
                    if not isinstance(error, OSError) or is_conflict(error):
                        self.errors.append(error)
                        return
                except OSError:
                    continue  # the store failed
                else:
                    return

        return live

    def take_in(self, spelling: str, version: str, zone: str, records: int) -> None:
        """What `copytaster backfill` does, without its model."""
        settings = {"default_zone": zone}
        begin_lake(self.log, version, "m", settings, accept=True)
        archive = registered(self.log, open_archive(f"hostile://{self.world.name}/{spelling}"))
        blocks = list(plan_archive(self.log, archive, Limits(max_records=records)))
        self.chance.shuffle(blocks)
        for block in blocks:
            if not self.log.is_published(block):
                found = [shaped(record, zone) for record in read_records(archive, block.start, block.end)]
                publish_letters(self.log, block, found, **settings)

    def rage(self) -> None:
        """Six jobs of random kinds while the store does its worst, three at a time."""
        begin_lake(self.log, "1.0", "m", {"default_zone": ZONE})
        self.world.faults = self.faults
        for _ in range(2):
            jobs = [
                self.job(
                    self.chance.choice(SPELLINGS),
                    version=self.chance.choice(("1.0", "1.1")),
                    zone=self.chance.choice((ZONE, ZONE, ZONE, OTHER_ZONE)),
                    records=self.chance.choice((2, 3, 5)),
                )
                for _ in range(3)
            ]
            self.world.run(*jobs)
        self.world.faults = Faults()

    def calm(self, spelling: str = SPELLINGS[0], version: str = "1.0", records: int = 3) -> None:
        """Runs one job to its end on a store that does what it should, and begins another, as the next day would."""
        self.errors.clear()
        for _ in range(2):
            self.world.run(self.job(spelling, version=version, records=records))

    def rows(self) -> Iterator[tuple[int, str]]:
        """Number and text of every record that a reader finds in the tables."""
        for name, data in sorted(self.world.files.items()):
            table = name.removeprefix(f"{self.world.name}/lake/").partition("/")[0]
            if column := {"articles": "text", "dead_letters": "payload"}.get(table):
                for row in pq.read_table(io.BytesIO(data), columns=["source_offset", column]).to_pylist():
                    text = row[column]
                    yield row["source_offset"], text if isinstance(text, str) else text.decode()

    def assert_once(self) -> None:
        """Every record is in one file, made with the settings of the lake."""
        assert sorted(self.rows()) == [(number, f"Brief {number} in {ZONE}") for number in range(RECORDS)]


def shaped(record: RawRecord, zone: str) -> RawRecord:
    """The record as a setting shapes its row."""
    moment = FIRST_DAY + timedelta(hours=6 * record.offset)
    text = f"{json.loads(record.value or b'')['text']} in {zone}"
    return replace(record, value=text.encode(), timestamp=moment)


@pytest.mark.parametrize("seed", range(40))
def test_every_record_once(seed: int) -> None:
    """Nobody is refused but who has other settings, and what the storm left is put right by the next run."""
    storm = Storm(seed)
    storm.rage()
    assert [error for error in storm.errors if not isinstance(error, SettingMismatchError)] == []
    storm.calm()
    assert storm.errors == []
    storm.assert_once()
    assert verify_lake(storm.log).troubles == []


@pytest.mark.parametrize("seed", range(3))
def test_a_store_without_conditions_is_refused(seed: int) -> None:
    """By its name, before anything is written."""
    storm = Storm(seed, Faults(ignores_conditions=True))
    storm.world.faults = storm.faults
    storm.world.run(storm.job(SPELLINGS[0]), storm.job(SPELLINGS[1]))
    assert [type(error) for error in storm.errors] == [StorageError] * 2
    assert f"hostile://{storm.world.name}/lake: this store writes over" in str(storm.errors[0])
    assert list(storm.rows()) == []


def lose(storm: Storm, *parts: str) -> None:
    """Takes away the files whose names hold one of the parts."""
    for name in list(storm.world.files):
        if "/lake/" in name and any(part in name for part in parts):
            storm.world.write(name, None)


def empty(storm: Storm, part: str) -> None:
    """Leaves nothing in the files whose names hold the part."""
    for name in list(storm.world.files):
        if part in name:
            storm.world.write(name, b"")


def one(storm: Storm, folder: str) -> str:
    """A plan or manifest, any."""
    return storm.chance.choice([name for name in sorted(storm.world.files) if f"/lake/_log/{folder}/" in name])


RESTORED = {
    "a plan is lost": lambda storm: lose(storm, one(storm, "plans")),
    "the last plan is lost": lambda storm: lose(storm, max(x for x in storm.world.files if "/_log/plans/" in x)),
    "a manifest is lost": lambda storm: lose(storm, one(storm, "published")),
    "the first block is lost": lambda storm: lose(storm, f"/{0:020d}.json", "-0-0-"),
    "the log is lost": lambda storm: lose(storm, "/_log/"),
    "lake.json is lost": lambda storm: lose(storm, "/_log/lake.json"),
    "which archive is which is lost": lambda storm: lose(storm, "/_log/places/", "/_log/contents/", "/_log/heads/"),
    "a plan is empty": lambda storm: empty(storm, one(storm, "plans")),
    "a manifest is empty": lambda storm: empty(storm, one(storm, "published")),
    "lake.json is empty": lambda storm: empty(storm, "/_log/lake.json"),
}


@pytest.mark.parametrize("kind", RESTORED)
@pytest.mark.parametrize("seed", range(100, 104))
def test_half_a_lake(kind: str, seed: int) -> None:
    """A lake that was restored without a part of it: a run with another version and other limits either says so, or in the
    end every record is in one file.
    """
    storm = Storm(seed)
    storm.rage()
    storm.calm()
    RESTORED[kind](storm)
    storm.calm(storm.chance.choice(SPELLINGS), version=storm.chance.choice(("1.0", "1.1")), records=1)
    if not storm.errors:
        storm.assert_once()
        assert kind == "a manifest is empty" or verify_lake(storm.log).troubles == []
    assert all(isinstance(error, LakeError) for error in storm.errors)


@pytest.mark.parametrize("seed", range(200, 203))
def test_an_archive_that_changed_between(seed: int) -> None:
    """Every job that comes after is refused: in its place whatever it is now, and where it grew by whatever spelling; the
    rows are those of what was planned.
    """
    storm = Storm(seed)
    storm.rage()
    storm.calm()
    lines = storm.world.files[f"{storm.world.name}/in/day.jsonl"]
    storm.world.write(f"{storm.world.name}/in/day.jsonl", lines.replace(b"Brief 7", b"Flood 7"))
    storm.calm()
    assert [type(error) for error in storm.errors] == [SourceChangedError] * 2
    for name in ("in/day.jsonl", "in/link.jsonl", "in/copy.jsonl"):
        storm.world.write(f"{storm.world.name}/{name}", lines + b'{"text": "Brief 14"}\n')
        storm.calm(name)
        assert [type(error) for error in storm.errors] == [SourceChangedError] * 2
    storm.assert_once()
