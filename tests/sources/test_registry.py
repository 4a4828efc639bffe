"""An archive is told by its contents, in whatever place and spelling, and refused once it has changed."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.sources.archive import open_archive
from copytaster.sources.planning import Limits, plan_archive
from copytaster.sources.registry import SourceChangedError, registered
from wire import ask, write_archive

SECRETS = ("f00dfeed", "AKIAEXAMPLE", "hunter2", "t0k3n")


@pytest.fixture
def log(tmp_path: Path) -> LakeLog:
    return LakeLog(Storage(str(tmp_path / "lake")))


def planned(log: LakeLog, url: Path | str) -> str:
    """Registers and plans an archive; its name in the lake."""
    archive = registered(log, open_archive(str(url)))
    list(plan_archive(log, archive, Limits(max_records=2)))
    return archive.name


def test_one_archive_in_any_spelling(log: LakeLog, tmp_path: Path) -> None:
    """Around a corner, by a link, a hard link, a copy of another name, after a move: one name, one set of plans."""
    real = write_archive(tmp_path / "real" / "a.jsonl.gz", 5)
    name = planned(log, real)
    (tmp_path / "link.jsonl.gz").symlink_to(real)
    (tmp_path / "hard.jsonl.gz").hardlink_to(real)
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    shutil.copy(real, tmp_path / "copy.gz")
    for url in ("real/../real/a.jsonl.gz", "link.jsonl.gz", "hard.jsonl.gz", "folder/a.jsonl.gz", "copy.gz"):
        assert planned(log, tmp_path / url) == name
    real.rename(tmp_path / "moved.jsonl.gz")
    assert planned(log, tmp_path / "moved.jsonl.gz") == name
    assert log.partitions() == [(name, 0)]


def test_one_archive_on_disk_and_on_an_object_store(log: LakeLog, tmp_path: Path, s3_endpoint: str) -> None:
    """Also where the store keeps it under another tag."""
    path = write_archive(tmp_path / "a.jsonl.gz", 5)
    client = boto3.client("s3")
    client.upload_file(str(path), "newsroom", "registry/a.jsonl.gz")
    upload = client.create_multipart_upload(Bucket="newsroom", Key="registry/parts.gz")["UploadId"]
    part = client.upload_part(
        Bucket="newsroom", Key="registry/parts.gz", UploadId=upload, PartNumber=1, Body=path.read_bytes()
    )
    client.complete_multipart_upload(
        Bucket="newsroom", Key="registry/parts.gz", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )  # fmt: skip
    urls = ["s3://newsroom/registry/a.jsonl.gz", "s3://newsroom/registry/parts.gz", str(path)]
    assert len({open_archive(url).fingerprint for url in urls}) == 3
    assert len({planned(log, url) for url in urls}) == 1


def test_an_archive_that_grew_is_refused_in_any_spelling(log: LakeLog, tmp_path: Path) -> None:
    """In its place, by a link, and as a copy elsewhere; both sizes are named. Another that begins likewise is welcome."""
    path = tmp_path / "day.jsonl"
    lines = [f'{{"text": "{"The mayor said no. " * 20}", "id": "{number}"}}\n' for number in range(300)]
    path.write_text("".join(lines[:200]))
    planned(log, path)
    (tmp_path / "link.jsonl").symlink_to(path)
    before = path.stat().st_size
    path.write_text("".join(lines))
    shutil.copy(path, tmp_path / "elsewhere.jsonl")
    for name in ("day.jsonl", "link.jsonl", "elsewhere.jsonl"):
        with pytest.raises(
            SourceChangedError, match=rf"\({before} bytes.*\({path.stat().st_size} bytes.*must not change"
        ):
            registered(log, open_archive(str(tmp_path / name)))
    (tmp_path / "other.jsonl").write_text("".join([*lines[:199], lines[250]]))
    assert planned(log, tmp_path / "other.jsonl").startswith("other")


def test_what_was_never_planned_may_change(log: LakeLog, tmp_path: Path) -> None:
    """An archive that was only looked at is no promise."""
    path = tmp_path / "day.jsonl"
    path.write_text('{"text": "One."}\n')
    registered(log, open_archive(str(path)))
    path.write_text('{"text": "One."}\n{"text": "Two."}\n')
    planned(log, path)
    assert planned(log, path) == open_archive(str(path)).name


def test_a_lost_record_of_the_contents_changes_nothing(log: LakeLog, tmp_path: Path) -> None:
    """A lake that was copied without it knows the archive by its plans."""
    name = planned(log, write_archive(tmp_path / "a.jsonl.gz", 5))
    for folder in ("places", "contents", "heads"):
        shutil.rmtree(tmp_path / "lake" / "_log" / folder)
    shutil.copy(tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz")
    assert planned(log, tmp_path / "b.jsonl.gz") == name


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a server that gives /get?day=N the archive of that day to whoever has a signature."""
    for day in (1, 2):
        write_archive(tmp_path / "web" / f"{day}.jsonl.gz", 3 + day)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            body = (
                (tmp_path / "web" / f"{query['day'][0]}.jsonl.gz").read_bytes() if "X-Amz-Signature" in query else b""
            )
            self.send_response(200 if body else 403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def signed(web: str, day: int, expires: int) -> str:
    """A URL as a store signs it, with a token besides and a password of its own."""
    address = web.replace("//", "//ann:hunter2@")
    return f"{address}/x/../get?day={day}&X-Amz-Credential=AKIAEXAMPLE&X-Amz-Expires={expires}&X-Amz-Signature=f00dfeed&token=t0k3n"


def test_a_url_signed_anew_is_the_same_archive(log: LakeLog, web: str) -> None:
    """The signature is no part of its place; what says which file is meant is."""
    first, again, other = (open_archive(signed(web, *args)) for args in ((1, 60), (1, 3600), (2, 60)))
    assert (first.place_key, first.place) == (again.place_key, again.place)
    assert other.place_key != first.place_key
    assert planned(log, first.url) == planned(log, again.url) != planned(log, other.url)


def test_nothing_secret_stays(web: str, tmp_path: Path) -> None:
    """After a backfill by a signed URL: no part of it in any file, name or column of the lake, nor in what is printed."""
    lake = tmp_path / "lake"
    command = [sys.executable, "-m", "copytaster.cli", "backfill", "--lake", str(lake)]
    done = subprocess.run([*command, signed(web, 1, 60)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    refused = subprocess.run(
        [*command, signed(web, 1, 60).replace("X-Amz-Signature", "X-Amz-Nothing")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "127.0.0.1" in refused.stderr
    rows = ask(f"SELECT * FROM '{lake}/articles/**/*.parquet'")
    assert len(rows) == 4
    kept = [str(rows), done.stdout, done.stderr, refused.stdout, refused.stderr]
    for path in lake.rglob("*"):
        kept += [str(path), path.read_bytes().decode("latin-1") if path.is_file() else ""]
    assert [secret for secret in SECRETS for text in kept if secret in text] == []
