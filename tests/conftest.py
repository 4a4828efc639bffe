"""What several tests share: the model, and storages of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from spacy.language import Language

import copytaster
from copytaster.lake.storage import Storage, open_file_system

NOT_TRIED = [r"^TimeoutError: ", r"^subprocess\.TimeoutExpired: ", "killed after its work", "never killed at work"]
"""What a test says that could not try what it is for, since the machine stood still just then: it has another go, and the
closing line counts it. Nothing that is wrong in a lake is among them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: `make test` deals whole files out to two processes."""
    longest = (
        "services",
        "test_exactly_once.py",
        "test_robustness.py",
        "test_redrive.py",
        "test_backfill.py",
        "test_pool.py",
    )
    for item in items:
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=NOT_TRIED))
    items.sort(key=lambda item: next((n for n, name in enumerate(longest) if name in item.path.parts), len(longest)))


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The default model, loaded once."""
    return copytaster.load_model()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of a running S3 server with one bucket, `newsroom`, which the environment then points to."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        boto3.client("s3").create_bucket(Bucket="newsroom")
        yield endpoint
        open_file_system.cache_clear()
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage of each kind."""
    if request.param == "folder":
        return Storage(str(tmp_path / "lake"))
    request.getfixturevalue("s3_endpoint")
    return Storage(f"s3://newsroom/{tmp_path.name}/lake")
