"""Which brokers may be spoken to in plain text."""

from __future__ import annotations

import pytest

from copytaster.sources.brokers import TopicError, connection, is_loopback


@pytest.mark.parametrize(
    ("broker", "expected"),
    [
        ("localhost:9092", True),
        ("127.0.0.1:9092", True),
        ("127.9.9.9:9092", True),
        ("[::1]:9092", True),
        ("localhost.example:9092", False),
        ("127.example:9092", False),
        ("10.0.0.7:9092", False),
        ("[2001:db8::1]:9092", False),
    ],
)
def test_loopback(broker: str, expected: bool) -> None:
    assert is_loopback(broker) is expected


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "sasl_plaintext"])
def test_plain_text_is_for_loopback(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One broker elsewhere is enough to be refused, with its name and the cure."""
    monkeypatch.setenv("COPYTASTER_KAFKA_SECURITY_PROTOCOL", protocol)
    brokers = "localhost:9092, kafka.example:9092"
    with pytest.raises(TopicError, match=f"kafka.example:9092 .* {protocol.upper()}: .*--allow-plaintext"):
        connection(brokers, allow_plaintext=False)
    assert connection(brokers, allow_plaintext=True)["bootstrap_servers"] == ("localhost:9092", "kafka.example:9092")


def test_encrypted_goes_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's names become kafka-python's."""
    monkeypatch.setenv("COPYTASTER_KAFKA_SECURITY_PROTOCOL", "sasl_ssl")
    monkeypatch.setenv("COPYTASTER_KAFKA_SASL_PASSWORD", "s3cret")
    assert connection("kafka.example:9092", allow_plaintext=False) == {
        "bootstrap_servers": ("kafka.example:9092",),
        "security_protocol": "SASL_SSL",
        "sasl_plain_password": "s3cret",
    }
