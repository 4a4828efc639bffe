"""A broker for each file of tests, and a topic for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.job import PARTITIONS
from services.kafka_broker import Broker


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("kafka")).start()
    yield running
    running.stop()


@pytest.fixture
def topic(broker: Broker, request: pytest.FixtureRequest) -> str:
    name = request.node.name.replace("[", "-").replace("]", "")
    broker.create_topic(name, PARTITIONS)
    return name
