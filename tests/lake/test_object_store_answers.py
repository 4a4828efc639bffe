"""What an object store may answer to a conditional write, by a real S3 client against a real server behind a door."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from s3fs import S3FileSystem
from werkzeug.serving import make_server

from copytaster.lake.log import LakeLog
from copytaster.lake.opening import open_log
from copytaster.lake.storage import Storage, StorageError, WriteError, open_file_system

CONFLICT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>ConditionalRequestConflict</Code><Message>The conditional request cannot succeed due to a conflicting operation
against this resource.</Message><RequestId>1</RequestId></Error>"""


class Door:
    """Answers the first conditional writes with a conflict, as AWS does while another is under way; or, deaf, takes the
    condition away.
    """

    def __init__(self, *, conflicts: int = 0, is_deaf: bool = False) -> None:
        self.store = DomainDispatcherApplication(create_backend_app)
        self.conflicts, self.is_deaf = conflicts, is_deaf

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_IF_NONE_MATCH") == "*":
            if self.conflicts:
                self.conflicts -= 1
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                start("409 Conflict", [("Content-Type", "application/xml"), ("Content-Length", str(len(CONFLICT)))])
                return [CONFLICT]
            if self.is_deaf:
                del environ["HTTP_IF_NONE_MATCH"]
        answer: Iterable[bytes] = self.store(environ, start)
        return answer


@contextmanager
def store(door: Door, bucket: str) -> Iterator[Storage]:
    """A storage in a bucket of its own behind the door."""
    server = make_server("127.0.0.1", 0, door, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        patch.setattr("copytaster.lake.storage.CONFLICT_WAITS", (0.01,) * 4)
        forget_clients()
        boto3.client("s3").create_bucket(Bucket=bucket)
        yield Storage(f"s3://{bucket}/lake")
        forget_clients()
    server.shutdown()


def forget_clients() -> None:
    """Clients are kept with the address that they were made for."""
    open_file_system.cache_clear()
    S3FileSystem.clear_instance_cache()


def test_a_conflict_is_tried_again() -> None:
    """409 says nothing of who won: the same write is sent again, and then wins or loses."""
    with store(Door(conflicts=3), "conflicts") as storage:
        assert storage.create("_log/a.json", b"first") is True
        assert storage.read("_log/a.json") == b"first"


def test_a_conflict_without_end_is_told() -> None:
    """With the file and the lake, after as many tries as there are waits."""
    with (
        store(Door(conflicts=99), "endless") as storage,
        pytest.raises(WriteError, match=r"cannot write _log/a\.json of the lake at s3://endless/lake"),
    ):
        storage.create("_log/a.json", b"first")


def test_a_deaf_store_is_refused() -> None:
    """One that ignores If-None-Match, when the lake is begun, by its name; nothing of a lake is left there."""
    with store(Door(is_deaf=True), "deaf") as storage:
        with pytest.raises(StorageError, match=r"s3://deaf/lake: this store writes over .*If-None-Match"):
            open_log(LakeLog(storage), "1.0", "m")
        assert storage.sizes("") == {}
