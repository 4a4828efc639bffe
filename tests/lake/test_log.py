"""The lake's log: cuts that hold, manifests that balance, versions that do not mix."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pydantic
import pytest

from copytaster.lake.blocks import Block, Manifest, TableFile
from copytaster.lake.log import (
    LakeError,
    LakeLog,
    ManifestConflictError,
    SourceIdentityError,
)
from copytaster.lake.opening import SettingMismatchError, VersionMismatchError, open_log
from copytaster.lake.state import lake_state
from copytaster.lake.storage import Storage


def block(start: int, end: int) -> Block:
    return Block(source="wire", start=start, end=end)


def manifest(of: Block, sha256: str = "aa", **counts: int) -> Manifest:
    size = of.end - of.start
    return Manifest(
        block=of, ingest_date=date(2026, 1, 2),
        files={"articles": TableFile(path="articles/x.parquet", rows=size, bytes=10, sha256=sha256)},
        **{"records": size, "articles": size, "dead_letters": 0, **counts},
        extractor_version="1", model_version="m", published_at=datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip


def test_the_first_plan_holds(storage: Storage) -> None:
    """Whoever loses the race follows the winner's cut."""
    log = LakeLog(storage)
    assert log.plan(block(0, 10)).block == block(0, 10)
    assert log.plan(block(0, 99), is_last=True).block == block(0, 10)
    assert [p.block for p in log.progress("wire").plans] == [block(0, 10)]


def test_plans_are_in_the_order_of_numbers(storage: Storage) -> None:
    """Names sort as numbers do, also from 9 to 10."""
    log = LakeLog(storage)
    for start, end in ((9, 10), (0, 9), (10, 200), (200, 1000)):
        log.plan(block(start, end))
    assert [p.block.start for p in log.progress("wire").plans] == [0, 9, 10, 200]


def test_a_gap_in_the_plans_is_an_error(storage: Storage) -> None:
    """A lost plan file is told with both offsets, not read over."""
    log = LakeLog(storage)
    log.plan(block(0, 10))
    log.plan(block(12, 20))
    with pytest.raises(LakeError, match="ends at 10 and the next starts at 12"):
        log.progress("wire")


def test_publish_is_idempotent_and_refuses_other_bytes(storage: Storage) -> None:
    """The same bytes again are fine; other bytes for a published block are an error that names both versions."""
    log = LakeLog(storage)
    first = log.publish(manifest(block(0, 3)))
    assert log.is_published(block(0, 3))
    assert log.publish(manifest(block(0, 3)).model_copy(update={"published_at": datetime.now(UTC)})) == first
    with pytest.raises(ManifestConflictError, match="the published rows"):
        log.publish(manifest(block(0, 3), sha256="bb"))
    assert [m.files["articles"].sha256 for m in log.manifests()] == ["aa"]


def test_a_manifest_that_does_not_balance_is_refused() -> None:
    """Records in = articles + dead letters, or nothing is published."""
    with pytest.raises(
        pydantic.ValidationError, match="3 records went in, 1 articles and 1 dead letters, 0 of them both, came out"
    ):
        manifest(block(0, 3), articles=1, dead_letters=1)


def test_versions_do_not_mix_silently(storage: Storage) -> None:
    """Another version is refused with both versions and the cure, and welcome once accepted."""
    log = LakeLog(storage)
    open_log(log, "1.0", "m")
    open_log(log, "1.0", "m")
    with pytest.raises(VersionMismatchError, match=r"begun by extractor 1\.0 .* this is 1\.1 .*--accept-version"):
        open_log(log, "1.1", "m")
    open_log(log, "1.1", "m", accept=True)
    open_log(log, "1.1", "m")


def test_a_source_is_told_by_its_facts(storage: Storage) -> None:
    """Another topic under the same name is refused with both ids and the cure; a fact unknown at first is recorded later."""
    log = LakeLog(storage)
    log.identify("wire", {"cluster_id": "C1", "topic_id": ""}, cure="Rename it.")
    log.identify("wire", {"cluster_id": "C1", "topic_id": "T1"}, cure="Rename it.")
    log.identify("other", {"cluster_id": "C2", "topic_id": "T2"}, cure="Rename it.")
    for facts in ({"topic_id": "T2"}, {"cluster_id": "C1", "topic_id": "T2"}):
        with pytest.raises(SourceIdentityError, match=r"wire with topic_id T1, .* topic_id T2.* Rename it\."):
            log.identify("wire", facts, cure="Rename it.")
    log.identify("wire", {"cluster_id": "C1", "topic_id": "T1"}, cure="Rename it.")


def test_the_first_start_holds(storage: Storage) -> None:
    """Two planners that see other first offsets of a topic start at the same one."""
    log = LakeLog(storage)
    assert (log.start_at("wire", 3, 17), log.start_at("wire", 3, 40), log.start_at("wire", 4, 40)) == (17, 17, 40)


def test_what_shapes_rows_is_the_lakes(storage: Storage) -> None:
    """A run with other settings is refused with both values and the cure; one that the lake does not know is welcome."""
    log = LakeLog(storage)
    open_log(log, "1.0", "m", {"format": "auto", "default_zone": "UTC"})
    open_log(log, "1.0", "m", {"format": "auto", "default_zone": "UTC", "another": "x"})
    for name, value in {"default_zone": "Asia/Tokyo", "format": "ninjs"}.items():
        flag = name.replace("_", "-")
        with pytest.raises(
            SettingMismatchError, match=f"begun with --{flag} .* this run has --{flag} {value}: .* new lake"
        ):
            open_log(log, "1.0", "m", {name: value})


def test_a_lake_of_another_format_is_refused(storage: Storage) -> None:
    """With what its owner can do."""
    log = LakeLog(storage)
    log.record("_log/lake.json", {"format": 2, "extractor_version": "1.0", "model_version": "m"})
    with pytest.raises(
        LakeError, match="has log format 2, this copytaster writes 3: take its archives and topics into a new"
    ):
        open_log(log, "1.0", "m")


@pytest.mark.parametrize("source", ["../x", "a/b", "", ".hidden", "a\0b", "ä"])
def test_source_names_are_safe_as_file_names(source: str) -> None:
    """Nothing that could leave the lake's folder becomes a block."""
    with pytest.raises(pydantic.ValidationError):
        Block(source=source, start=0, end=1)


@pytest.fixture
def small_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log whose shelves and roll-ups are small, for S3's sake."""
    monkeypatch.setattr("copytaster.lake.log.SHELF", 100)
    monkeypatch.setattr("copytaster.lake.log.ROLL_UP_AFTER", 20)


def published_blocks(log: LakeLog, count: int, *, size: int = 7, holes: tuple[int, ...] = ()) -> None:
    """Plans so many blocks on several shelves, and publishes all but those with the numbers in `holes`."""
    log.start_at("wire", 0, 9_000)
    for number in range(count):
        start = 9_000 + number * size
        log.plan(block(start, start + size))
        if number not in holes:
            log.publish(manifest(block(start, start + size), articles=size - 1, dead_letters=1))


def test_a_roll_up_changes_nothing_but_what_is_read(
    storage: Storage, small_log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same progress and sums, from one file and the few blocks behind it; what is not published stays in sight."""
    log = LakeLog(storage)
    published_blocks(log, 35, holes=(30, 33))
    whole = log.progress("wire")
    rolled = log.roll_up(whole)
    assert (len(whole.plans), len(rolled.plans)) == (35, 5)
    again = log.progress("wire")
    assert again == rolled
    for state in (again, rolled):
        assert (state.end, state.published_to) == (whole.end, 9_000 + 30 * 7)
        assert state.unpublished == whole.unpublished
        assert (state.planned_offsets, state.published_offsets) == (35 * 7, 33 * 7)
        assert log.tally(state) == log.tally(whole)
    assert log.tally(whole).dead_letters == 33
    read = []
    monkeypatch.setattr(Storage, "read", lambda self, name, read_=Storage.read: read.append(name) or read_(self, name))
    log.progress("wire")
    assert len(read) < 8


def test_a_short_log_is_not_rolled_up(storage: Storage, small_log: None) -> None:
    """Nor is what lies behind a block that is not published."""
    log = LakeLog(storage)
    published_blocks(log, 25, holes=(3,))
    assert log.roll_up(log.progress("wire")) == log.progress("wire")
    assert storage.names("_log/rolled") == []


def test_the_log_goes_on_behind_a_roll_up(storage: Storage, small_log: None) -> None:
    """New plans follow it, on the same shelf or a later one, and a second roll-up takes in the first."""
    log = LakeLog(storage)
    published_blocks(log, 30)
    log.roll_up(log.progress("wire"))
    assert log.progress("wire").plans == ()
    published_blocks(log, 60)
    log.plan(block(9_000 + 60 * 7, 9_900), is_last=True)
    state = log.progress("wire")
    assert (len(state.plans), state.is_planned, state.is_done) == (31, True, False)
    log.publish(manifest(block(9_000 + 60 * 7, 9_900)))
    done = log.roll_up(log.progress("wire"))
    assert (done.plans, done.is_done, done.end) == ((), True, 9_900)
    assert log.progress("wire").is_done
    assert log.tally(done).blocks == 61


def test_an_old_roll_up_is_only_slower(storage: Storage, small_log: None) -> None:
    """A job that was paused may put back an older one: nothing changes but how much is read."""
    log = LakeLog(storage)
    published_blocks(log, 30)
    log.roll_up(log.progress("wire"))
    old = storage.read("_log/rolled/wire-0.json")
    assert old is not None
    published_blocks(log, 60)
    new = log.roll_up(log.progress("wire"))
    storage.put("_log/rolled/wire-0.json", old)
    state = log.progress("wire")
    assert (state.end, log.tally(state), len(state.plans)) == (new.end, log.tally(new), 30)


def counted(patch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the storage from here on: a name for each request."""
    asked: list[str] = []
    for method in ("read", "names", "exists"):
        plain = getattr(Storage, method)
        patch.setattr(
            Storage, method, lambda self, name, plain=plain, **more: asked.append(name) or plain(self, name, **more)
        )
    return asked


def test_the_state_of_an_old_lake_costs_what_is_open(
    tmp_path: Path, small_log: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finished archives and rolled up blocks of a topic: a second look asks for none of them again."""
    log = LakeLog(Storage(str(tmp_path / "lake")))
    published_blocks(log, 45)
    for archive in range(8):
        for number in range(2):
            of_archive = Block(source=f"archive-{archive}", start=number * 7, end=number * 7 + 7)
            log.plan(of_archive, is_last=number == 1)
            log.publish(manifest(of_archive))
    log.plan(Block(source="open", start=0, end=7))
    first = lake_state(log)
    assert (first.tally.blocks, len(first.unpublished)) == (45 + 16, 1)
    with monkeypatch.context() as patch:
        asked = counted(patch)
        assert lake_state(log) == first
    assert len(asked) < 20
    assert not [name for name in asked if "archive-" in name]
    # who may only read sees the same, though nothing is rolled up
    shutil.rmtree(tmp_path / "lake" / "_log" / "rolled")
    monkeypatch.setattr(Storage, "put", refuse)
    assert lake_state(log) == first


def refuse(self: Storage, name: str, data: bytes) -> None:
    raise PermissionError(name)
