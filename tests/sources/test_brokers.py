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
    setting(monkeypatch, {"SECURITY_PROTOCOL": protocol} | (SASL if protocol.startswith("sasl") else {}))
    brokers = "localhost:9092, kafka.example:9092"
    with pytest.raises(TopicError, match=f"kafka.example:9092 .* {protocol.upper()}: .*--allow-plaintext"):
        connection(brokers, allow_plaintext=False)
    assert connection(brokers, allow_plaintext=True)["bootstrap_servers"] == ("localhost:9092", "kafka.example:9092")


def test_encrypted_goes_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's names become kafka-python's."""
    setting(monkeypatch, SASL | {"SECURITY_PROTOCOL": "sasl_ssl"})
    assert connection("kafka.example:9092", allow_plaintext=False) == {
        "bootstrap_servers": ("kafka.example:9092",),
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "newsroom",
        "sasl_plain_password": "s3cret",
    }


SASL = {"SASL_MECHANISM": "PLAIN", "SASL_USERNAME": "newsroom", "SASL_PASSWORD": "s3cret"}


def setting(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Sets variables of the environment, named without what all begin with."""
    for name, value in variables.items():
        monkeypatch.setenv(f"COPYTASTER_KAFKA_{name}", value)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"SECURITY_PROTOCOL": "SASL-SSL"}, "SECURITY_PROTOCOL is 'SASL-SSL', .* PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"),
        (
            {"SECURITY_PROTOCOL": "SASL_SSL", "SASL_USERNAME": "newsroom", "SASL_PASSWORD": "s3cret"},
            "SASL_SSL, which needs COPYTASTER_KAFKA_SASL_MECHANISM too",
        ),
        (SASL | {"SECURITY_PROTOCOL": "SASL_SSL", "SASL_MECHANISM": "SCRAM"}, "SASL_MECHANISM is 'SCRAM'; .* SCRAM-SHA-256"),
        (SASL, "SASL_MECHANISM is set, but with the protocol PLAINTEXT .* SASL_PLAINTEXT or SASL_SSL"),
        ({"SSL_CAFILE": "/ca.pem"}, "SSL_CAFILE is set, but with the protocol PLAINTEXT .* SSL or SASL_SSL"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_CAFILE": "/no/ca.pem"}, "SSL_CAFILE names /no/ca.pem: No such file"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_CAFILE": __file__}, "SSL_CAFILE names .*test_brokers.py: not a PEM file"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_CERTFILE": "/no/me.pem"}, "SSL_CERTFILE names /no/me.pem, .* No such file"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_KEYFILE": "/no/key.pem"}, "SSL_KEYFILE is set without .*SSL_CERTFILE"),
    ],
)  # fmt: skip
def test_what_cannot_work_names_the_variable(
    variables: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any broker is asked: it would be tried for ever."""
    setting(monkeypatch, variables)
    with pytest.raises(TopicError, match=told) as caught:
        connection("localhost:9092", allow_plaintext=False)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("broker", ["localhost", "localhost:", "localhost:kafka", ":9092", "localhost:99999", ""])
def test_a_broker_without_a_port(broker: str) -> None:
    with pytest.raises(TopicError, match=f"'{broker}' is no broker; give host:port in --brokers or COPYTASTER_BROKERS"):
        connection(broker, allow_plaintext=False)
