"""A broker for each file of tests, and a topic for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.job import PARTITIONS
from services.kafka_broker import Broker

LOG_LINES = 60
"""Of each program's log, where a test fails."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("kafka")).start()
    yield running
    running.stop()


@pytest.fixture
def topic(broker: Broker, request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("[", "-").replace("]", "")
    if (go := request.node.execution_count) > 1:
        name = f"{name}-{go}"
    broker.create_topic(name, PARTITIONS)
    return name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """What the programs said last, beside what the test failed on: they ran elsewhere, and nobody can ask them again."""
    report = yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if report.when == "call" and report.failed and folder is not None:
        for log in sorted(Path(folder).rglob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:]
            report.sections.append((f"the end of {log.relative_to(folder)}", "\n".join(lines)))
    return report
