"""A damaged lake: each kind of damage is named with its file and its cure, and what is cheap to see stops a run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copytaster.cli import app
from copytaster.lake.attempts import record_name
from copytaster.lake.blocks import Block
from copytaster.lake.log import DamagedLogError, LakeError, LakeLog, manifest_name, plan_name
from copytaster.lake.opening import open_log
from copytaster.lake.state import lake_state
from copytaster.lake.storage import Storage
from copytaster.lake.verification import verify_lake
from letters import publish_letters

BLOCKS = [Block(source="wire", start=start, end=start + 5) for start in (0, 5, 10, 15)]


@pytest.fixture
def log(tmp_path: Path) -> LakeLog:
    """A whole lake of four blocks of five records."""
    log = LakeLog(Storage(str(tmp_path / "lake")))
    for block in BLOCKS:
        log.plan(block, is_last=block is BLOCKS[-1])
        publish_letters(log, block)
    return log


def folder(log: LakeLog) -> Path:
    return Path(log.storage.url)


def articles_of(log: LakeLog, block: Block) -> Path:
    manifest = log.manifest(block)
    assert manifest is not None
    return folder(log) / manifest.files["articles"].path


def remove(name: Callable[[Block], str], *numbers: int) -> Callable[[LakeLog], object]:
    return lambda log: [(folder(log) / name(BLOCKS[number])).unlink() for number in numbers]


def first_block(log: LakeLog) -> None:
    remove(plan_name, 0)(log)
    remove(manifest_name, 0)(log)


def cut_file(log: LakeLog) -> None:
    path = articles_of(log, BLOCKS[1])
    path.write_bytes(path.read_bytes()[:-10])


def flipped_bit(log: LakeLog) -> None:
    path = articles_of(log, BLOCKS[1])
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(bytes(data))


def stray_file(log: LakeLog) -> None:
    path = articles_of(log, BLOCKS[1])
    shutil.copy(path, path.with_name("copied-by-hand.parquet"))


def emptied(name: Callable[[Block], str]) -> Callable[[LakeLog], object]:
    return lambda log: (folder(log) / name(BLOCKS[2])).write_bytes(b"")


DAMAGE: dict[str, tuple[Callable[[LakeLog], object], str]] = {
    "first block lost": (first_block, r"_log/plans/wire-0/.*/0{20}\.json is missing: a plan ends at 0 and the next starts at 5"),
    "plan lost": (remove(plan_name, 2), r"0010\.json is missing: a plan ends at 10 and the next starts at 15\. Restore"),
    "last plan lost": (remove(plan_name, 3), r"plans/.*0015\.json is missing, although _log/published/.*0015\.json is there"),
    "manifest lost": (remove(manifest_name, 1), r"wire-0-5-10-[0-9a-f]{16}\.parquet is in no manifest, nor .* Restore the manifest"),
    "plan empty": (emptied(plan_name), r"_log/plans/wire-0/.*0010\.json is empty\. Restore"),
    "manifest empty": (emptied(manifest_name), r"_log/published/wire-0/.*0010\.json is empty\. Restore it from a backup, or remove"),
    "file lost": (lambda log: articles_of(log, BLOCKS[1]).unlink(), r"articles/.*wire-0-5-10-.*is missing: 2 rows are lost\. Rest"),
    "file cut": (cut_file, r"articles/.*wire-0-5-10-.* has \d+ bytes, its manifest says \d+\. Restore"),
    "file changed": (flipped_bit, r"articles/.*wire-0-5-10-.* has other bytes than its manifest says"),
    "file too many": (stray_file, r"articles/.*copied-by-hand\.parquet is in no manifest, nor is an attempt recorded"),
    "lake.json lost": (lambda log: (folder(log) / "_log/lake.json").unlink(), r"_log/lake\.json is missing\. Restore"),
    "lake.json garbage": (lambda log: (folder(log) / "_log/lake.json").write_text("{"), r"_log/lake\.json is not what"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_named_with_its_cure(kind: str, log: LakeLog) -> None:
    """By `copytaster verify`, which then exits with 1; and only what was done."""
    damage, expected = DAMAGE[kind]
    damage(log)
    done = CliRunner().invoke(app, ["verify", "--lake", log.storage.url])
    told = " ".join(done.output.split())
    assert done.exit_code == 1, told
    assert len(verify_lake(log).troubles) <= 3
    assert re.search(expected, told), told


def test_a_whole_lake_is_whole(log: LakeLog) -> None:
    """Also with what a file manager leaves, and with a block that is still to do."""
    for place in ("_log", "_log/plans", "_log/plans/wire-0", "_log/published/wire-0/000000000000000", "articles"):
        (folder(log) / place / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    log.plan(Block(source="other", start=0, end=3))
    open_log(log, *list_versions(log))
    assert [log.progress(*partition).end for partition in log.partitions()] == [3, 20]
    done = CliRunner().invoke(app, ["verify", "--lake", log.storage.url])
    assert (done.exit_code, verify_lake(log).troubles) == (0, [])
    assert "4 published blocks with 8 files; 1 planned blocks are still to do" in " ".join(done.output.split())


def list_versions(log: LakeLog) -> tuple[str, str]:
    """The versions that the lake was begun with."""
    lake = log.recorded("_log/lake.json")
    return lake["extractor_version"], lake["model_version"]


def test_quick_reads_no_file(log: LakeLog) -> None:
    """It sees what is missing or cut, not what was changed."""
    flipped_bit(log)
    assert verify_lake(log, quick=True).troubles == []
    cut_file(log)
    assert len(verify_lake(log, quick=True).troubles) == 1


@pytest.mark.parametrize("kind", ["first block lost", "plan lost", "last plan lost", "plan empty", "manifest empty"])
def test_a_run_sees_a_damaged_log(kind: str, log: LakeLog) -> None:
    """Before it plans: the progress that it begins with names the file."""
    DAMAGE[kind][0](log)
    with pytest.raises(DamagedLogError, match=r"_log/(plans|published)/wire-0/.*\.json .*\. Restore"):
        log.tally(log.progress("wire"))


def test_a_lost_manifest_is_made_anew_or_its_files_are_named(log: LakeLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same version publishes the same files again. Another would have the rows twice, and is refused."""
    before = log.manifest(BLOCKS[1])
    assert before is not None
    remove(manifest_name, 1)(log)
    assert publish_letters(log, BLOCKS[1]).files == before.files
    remove(manifest_name, 1)(log)
    open_log(log, "other", "m", accept=True)
    monkeypatch.setattr("copytaster.lake.files.extractor_version", lambda: "other")
    monkeypatch.setattr("copytaster.tables.extractor_version", lambda: "other")
    with pytest.raises(
        DamagedLogError, match=r"is of block wire-0-5-10, whose manifest _log/published.* was lost\. Restore"
    ):
        publish_letters(log, BLOCKS[1])


def test_a_manifest_of_another_cut_is_refused(log: LakeLog) -> None:
    """A plan that was lost and made anew with other limits does not pass for the published one."""
    remove(plan_name, 3)(log)
    log.plan(Block(source="wire", start=15, end=17))
    with pytest.raises(DamagedLogError, match="is of block wire-0-15-20, but wire-0-15-17 is planned"):
        log.manifest(log.progress("wire").plans[-1].block)
    assert any("wire-0-15-17 is planned" in trouble.what for trouble in verify_lake(log).troubles)


@pytest.mark.parametrize("rest", ["published", "rows"])
def test_a_lake_without_its_log_is_not_begun_anew(rest: str, log: LakeLog) -> None:
    """Every row would stand there twice."""
    if rest == "rows":
        shutil.rmtree(folder(log) / "_log")
    else:
        (folder(log) / "_log/lake.json").unlink()
    with pytest.raises(LakeError, match=r"holds .* but no _log/lake\.json: it is a part of a lake"):
        open_log(log, *("1", "m"))
    assert not log.storage.exists("_log/lake.json")


@pytest.mark.parametrize("kind", ["first block lost", "file lost", "file cut"])
@pytest.mark.parametrize("is_rolled_up", [False, True])
def test_status_does_not_claim_rows_that_are_gone(kind: str, is_rolled_up: bool, log: LakeLog) -> None:
    """It says that the lake is damaged, and the exit code is 1; also of what was rolled up."""
    if is_rolled_up:
        lake_state(log)
        assert log.storage.names("_log/rolled")
    DAMAGE[kind][0](log)
    done = CliRunner().invoke(app, ["status", "--lake", log.storage.url])
    assert done.exit_code == 1
    assert "the lake is damaged" in " ".join(done.output.split())


def test_what_a_dead_attempt_left_is_told(log: LakeLog) -> None:
    """Of a block that is not published it is no trouble; of a published one the next run removes it."""
    block = Block(source="wire", start=20, end=25)
    log.plan(block)
    manifest = publish_letters(log, block)
    (folder(log) / manifest_name(block)).unlink()
    record = {"block": block.model_dump(), "name": manifest.attempt, "files": [f.path for f in manifest.files.values()]}
    log.record(record_name(block, manifest.attempt), record)
    seen = verify_lake(log)
    assert (seen.troubles, seen.under_way, seen.unpublished) == ([], 2, 1)
