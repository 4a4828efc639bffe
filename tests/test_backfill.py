"""The main job over a real archive of each storage: what goes in comes out, once, readable by DuckDB and pyarrow."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from copytaster.beam.runs import run_backfill
from copytaster.beam.transforms import read_task
from copytaster.lake.attempts import Attempt, begin
from copytaster.lake.blocks import Manifest
from copytaster.lake.files import publish_block
from copytaster.lake.log import LakeLog, manifest_name
from copytaster.lake.opening import VersionMismatchError, open_log
from copytaster.lake.storage import Storage
from copytaster.settings import Settings
from copytaster.sources.archive import open_archive
from copytaster.sources.planning import ArchiveSource, Limits, plan_archive
from copytaster.sources.registry import SourceChangedError
from copytaster.sources.tasks import Task
from copytaster.tables import SCHEMAS
from wire import article, ask, table_files, write_archive

SAMPLES = Path(__file__).parent.parent / "samples"


def program(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A run of the real command line."""
    command = [sys.executable, "-m", "copytaster.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archive(tmp_path_factory.mktemp("archive") / "wire.jsonl.gz", 20, broken=10)


@pytest.fixture(scope="module")
def lake(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of the archive, made by one process."""
    folder = tmp_path_factory.mktemp("one") / "lake"
    run_backfill([str(archive)], Settings(lake=str(folder), max_records=6))
    return folder


def test_workers_change_no_byte(archive: Path, lake: Path, tmp_path: Path) -> None:
    """Two processes write the same files as one, under the same names."""
    run_backfill([str(archive)], Settings(lake=str(tmp_path / "two"), max_records=6, workers=2))
    assert table_files(tmp_path / "two") == table_files(lake)


def test_an_object_store_holds_the_same_files(archive: Path, lake: Path, s3_endpoint: str) -> None:
    """On S3 too: the same names and bytes, plans by conditional put, and a second run publishes nothing."""
    settings = Settings(lake="s3://newsroom/backfill/lake", max_records=6)
    run_backfill([str(archive)], settings)
    storage = Storage(settings.lake)
    manifests = list(LakeLog(storage).manifests())
    local = table_files(lake)
    for manifest in manifests:
        for file in manifest.files.values():
            assert local[file.path] == file.sha256
            assert storage.exists(file.path)
    assert sum(m.records for m in manifests) == 20
    assert list(plan_archive(LakeLog(storage), open_archive(str(archive)), settings.limits)) == []


def test_every_table_is_readable(lake: Path) -> None:
    """DuckDB and pyarrow read each table, with the published types; the descriptions are in the files."""
    for table, schema in SCHEMAS.items():
        files = sorted((lake / table).rglob("*.parquet"))
        if not files:
            continue
        assert pq.ParquetFile(files[0]).schema_arrow.equals(schema, check_metadata=False)
        assert pq.ParquetFile(files[0]).schema_arrow.field(0).metadata[b"description"]
        rows = ds.dataset(files, schema=schema).count_rows()
        assert ask(f"SELECT count(*) FROM '{lake}/{table}/**/*.parquet'") == [(rows,)]


def test_records_in_are_rows_out(lake: Path) -> None:
    """Each of the 20 records is an article or a dead letter, at its own offset, with its own bytes."""
    articles = ask(f"SELECT source_offset, article_id FROM '{lake}/articles/**/*.parquet' ORDER BY 1")
    letters = ask(f"SELECT source_offset, reason, payload FROM '{lake}/dead_letters/**/*.parquet' ORDER BY 1")
    assert articles == [(i, f"wire-{i:05d}") for i in range(20) if i % 10 != 9]
    assert letters == [(9, "not_json", b"{not json"), (19, "not_json", b"{not json")]
    assert {m.records for m in LakeLog(Storage(str(lake))).manifests()} == {6, 2}


def test_spans_are_what_they_say(lake: Path) -> None:
    """articles.text[start:end] == text for every span row of every table."""
    spans = {"mentions": [""], "quotes": ["", "cue_", "speaker_"], "times": [""], "events": ["trigger_"]}
    for table, prefixes in spans.items():
        for prefix in prefixes:
            ((wrong, rows),) = ask(f"""
                SELECT count(*) FILTER (s.{prefix}text != a.text[s.{prefix}start + 1 : s.{prefix}end]), count(*)
                FROM '{lake}/{table}/**/*.parquet' s JOIN '{lake}/articles/**/*.parquet' a USING (version_id)
                WHERE s.{prefix}start IS NOT NULL""")
            assert wrong == 0
            assert rows > 0, f"no {table} at all"


def test_a_changed_archive_is_refused(tmp_path: Path) -> None:
    """Other contents under a planned URL: an error that names both and the cure; nothing is written."""
    path = write_archive(tmp_path / "wire.jsonl.gz", 3)
    settings = Settings(lake=str(tmp_path / "lake"))
    run_backfill([str(path)], settings)
    before = table_files(tmp_path / "lake")
    write_archive(path, 4)
    with pytest.raises((SourceChangedError, RuntimeError), match="An archive must not change once it is planned"):
        run_backfill([str(path)], settings)
    assert table_files(tmp_path / "lake") == before


def test_what_is_published_is_not_done_again(archive: Path, lake: Path, tmp_path: Path) -> None:
    """Of a half finished lake only the rest is planned, read and written; a published block is left as it is."""
    half = tmp_path / "lake"
    shutil.copytree(lake, half)
    log = LakeLog(Storage(str(half)))
    source = open_archive(str(archive))
    whole = [manifest.block for manifest in log.manifests()]
    (half / manifest_name(whole[1])).unlink()
    assert list(plan_archive(log, source, Limits(max_records=6))) == [whole[1]]
    assert list(read_task(Task(ArchiveSource(source), whole[0]), str(half))) == []
    assert [batch.task.block for batch in read_task(Task(ArchiveSource(source), whole[1]), str(half))] == [whole[1]]
    before = {path: path.stat().st_mtime_ns for path in half.rglob("*.parquet")}
    first = log.manifest(whole[0])
    again = publish_block(log, whole[0], [], [], model_version="other", source_title="x", seconds=dict)
    assert again == first
    assert {path: path.stat().st_mtime_ns for path in half.rglob("*.parquet")} == before


@pytest.fixture
def taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Manifest, Manifest]:
    """The lake of a block whose first attempt died before its manifest, and whose next was another version's, with
    another day; with the manifests of both.
    """
    path = tmp_path / "wire.jsonl"
    path.write_text(json.dumps(article(1)) + "\n")
    lake = tmp_path / "lake"
    run_backfill([str(path)], Settings(lake=str(lake)))
    log = LakeLog(Storage(str(lake)))
    (first,) = log.manifests()
    (lake / manifest_name(first.block)).unlink()  # as if killed between the last file and the manifest
    died = Attempt(block=first.block, name=first.attempt, files=tuple(file.path for file in first.files.values()))
    begin(log, died)
    monkeypatch.setattr("copytaster.tables.extractor_version", lambda: "9.9+next")
    monkeypatch.setattr("copytaster.lake.files.extractor_version", lambda: "9.9+next")
    monkeypatch.setattr("copytaster.lake.files.ingest_date", lambda *_: date(2031, 1, 1))
    open_log(log, "9.9+next", first.model_version, accept=True)
    run_backfill([str(path)], Settings(lake=str(lake)))
    (second,) = log.manifests()
    return lake, first, second


def test_an_unfinished_attempt_leaves_nothing(taken_up: tuple[Path, Manifest, Manifest]) -> None:
    """Files of an attempt that died before its manifest go once another attempt is published, also from another day."""
    lake, first, second = taken_up
    assert second.ingest_date != first.ingest_date
    assert not {file.path for file in first.files.values()} & {file.path for file in second.files.values()}
    run = {path.relative_to(lake).as_posix() for path in lake.rglob("*.parquet") if "empty" not in path.name}
    assert run == {file.path for file in second.files.values()}
    assert ask(f"SELECT count(*) FROM '{lake}/articles/**/*.parquet'") == [(1,)]


def test_a_pipeline_of_ones_own_keeps_to_the_version(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only the command line: the transforms refuse a lake that another version began."""
    lake = tmp_path / "lake"
    open_log(LakeLog(Storage(str(lake))), "0.0.1+000000000000", "old-model")
    with pytest.raises((VersionMismatchError, RuntimeError), match="old-model"):
        run_backfill([str(archive)], Settings(lake=str(lake)))
    assert list(lake.rglob("*.parquet")) == []


def test_archives_that_differ_in_the_middle_are_two(tmp_path: Path) -> None:
    """Same name, same size, same head and tail: told apart by their whole content."""
    texts = ["a" * 100_000 + letter + "z" * 100_000 for letter in "xy"]
    for folder, text in zip(("one", "two"), texts, strict=True):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "day.jsonl").write_text(json.dumps({"text": text, "language": "de"}) + "\n")
    run_backfill(
        [str(tmp_path / folder / "day.jsonl") for folder in ("one", "two")], Settings(lake=str(tmp_path / "lake"))
    )
    assert ask(f"SELECT count(DISTINCT text) FROM '{tmp_path}/lake/articles/**/*.parquet'") == [(2,)]


def test_a_lake_inside_the_glob_does_not_eat_itself(tmp_path: Path) -> None:
    """The lake's own Parquet files are no archives; the same content twice is one archive."""
    for name in ("a/wire.jsonl.gz", "b/wire.jsonl.gz"):
        write_archive(tmp_path / name, 3)
    for expected in ("3 records", "Nothing to do"):
        done = program("backfill", f"{tmp_path}/**/*.*", "--lake", str(tmp_path / "lake"))
        assert expected in done.stdout, done.stderr
    assert ask(f"SELECT count(*) FROM '{tmp_path}/lake/articles/**/*.parquet'") == [(3,)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_is_said_in_one_line(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C and SIGTERM: how to go on, no traceback."""
    archive = write_archive(tmp_path / "wire.jsonl.gz", 300)
    command = [sys.executable, "-m", "copytaster.cli", "backfill", str(archive), "--lake", str(tmp_path / "lake")]
    process = subprocess.Popen(
        [*command, "--max-records", "4"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not list((tmp_path / "lake").glob("articles/*/wire*")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "stopped; run the same command again to go on" in errors
    assert "Traceback" not in errors


def test_the_command_line_tells_what_it_did(archive: Path, tmp_path: Path) -> None:
    """backfill, again, status, look and dead-letters on one lake."""
    lake = str(tmp_path / "lake")
    first = program("backfill", str(archive), "--lake", lake)
    assert first.returncode == 0, first.stderr
    assert "20 records" in first.stdout
    assert "18 articles and 2 dead letters of 20 records" in first.stdout
    assert "Nothing to do" in program("backfill", str(archive), "--lake", lake).stdout
    assert "1 of 1 planned blocks published" in program("status", "--lake", lake).stdout
    assert "Moran" in program("look", "--lake", lake, "--rows", "20").stdout
    letters = program("dead-letters", "--lake", lake).stdout
    assert "not_json" in letters
    ((one,),) = ask(f"SELECT dead_letter_id FROM '{lake}/dead_letters/**/*.parquet' LIMIT 1")
    assert "{not json" in program("dead-letters", "--lake", lake, "--show", one).stdout


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["backfill", "nowhere/*.jsonl"], "nowhere/*.jsonl"),
        (["backfill", "x.jsonl", "--workers", "0"], "workers"),
        (["backfill", "x.jsonl", "--default-zone", "Mars/Olympus"], "Mars/Olympus"),
        (["backfill", "x.jsonl", "--model", "no_such_model"], "no_such_model"),
        (["status", "--lake", "no-lake"], "there is no lake at no-lake"),
        (["look", "--lake", "no-lake"], "there is no lake at no-lake"),
        (["status", "--lake", "foo://x"], "Protocol not known: foo"),
        (["backfill", "--", "--streaming"], "no archive was named"),
    ],
)
def test_errors_name_the_input(arguments: list[str], expected: str, tmp_path: Path) -> None:
    """What the user got wrong is named, without a traceback."""
    (tmp_path / "x.jsonl").write_text(json.dumps(article(1)) + "\n")
    done = program(*arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert expected in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_standard_input_is_taken_in_once(tmp_path: Path) -> None:
    """Kept in the lake while it is taken in; the same content again is the same archive."""
    text = json.dumps([article(1), article(2)], indent=2)
    command = [sys.executable, "-m", "copytaster.cli", "backfill", "-", "--lake", str(tmp_path / "lake")]
    first = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert "2 articles and 0 dead letters of 2 records" in first.stdout
    again = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (again.returncode, "Nothing to do" in again.stdout) == (0, True)
    assert list((tmp_path / "lake" / "_input").iterdir()) == []


def test_a_run_of_which_nothing_could_be_taken_in_fails(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"x": 1}\n{"y": 2}\n')
    done = program("backfill", str(tmp_path / "a.jsonl"), "--lake", str(tmp_path / "lake"))
    assert done.returncode == 1
    assert "not one of 2 records could be taken in: 2 parse/no_text" in " ".join(done.stderr.split())


def test_what_is_not_read_is_refused_before_anything_is_planned(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,He said no.\n")
    done = program("backfill", str(archive), str(tmp_path / "a.csv"), "--lake", str(tmp_path / "lake"))
    assert done.returncode == 1
    assert "is a table of text (CSV)" in " ".join(done.stderr.split())
    assert not (tmp_path / "lake").exists()


def test_another_version_is_refused_unless_accepted(archive: Path, tmp_path: Path) -> None:
    """A lake that another extractor began: the error names both versions and the flag that goes on."""
    lake = tmp_path / "lake"
    open_log(LakeLog(Storage(str(lake))), "0.0.1+000000000000", "old-model")
    refused = program("backfill", str(archive), "--lake", str(lake))
    assert refused.returncode == 1
    for part in ("0.0.1+000000000000", "old-model", "--accept-version"):
        assert part in refused.stderr.replace("\n", "")
    accepted = program("backfill", str(archive), "--lake", str(lake), "--accept-version")
    assert accepted.returncode == 0, accepted.stderr
