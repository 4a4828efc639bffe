"""Connections to Kafka brokers: credentials from the environment, nothing in plain text to other machines unasked."""

from __future__ import annotations

import ipaddress
import logging
import os
from collections.abc import Sequence
from typing import Any

from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError, SaslAuthenticationFailedError, UnsupportedSaslMechanismError

from copytaster.lake.log import LakeError

ENVIRONMENT = {
    "COPYTASTER_KAFKA_SECURITY_PROTOCOL": "security_protocol",
    "COPYTASTER_KAFKA_SASL_MECHANISM": "sasl_mechanism",
    "COPYTASTER_KAFKA_SASL_USERNAME": "sasl_plain_username",
    "COPYTASTER_KAFKA_SASL_PASSWORD": "sasl_plain_password",
    "COPYTASTER_KAFKA_SSL_CAFILE": "ssl_cafile",
    "COPYTASTER_KAFKA_SSL_CERTFILE": "ssl_certfile",
    "COPYTASTER_KAFKA_SSL_KEYFILE": "ssl_keyfile",
    "COPYTASTER_KAFKA_SSL_PASSWORD": "ssl_password",
}
"""What the environment may set, and kafka-python's name for it: secrets never stand on a command line."""

CONNECT_SECONDS = 10.0
"""How long a first connection is tried."""


class TopicError(LakeError):
    """The topic and the lake's log do not fit, or the broker may not be used as asked; the message names the cure."""


class LastFailure(logging.Handler):
    """Keeps why a connection failed: kafka-python logs it, tries again, and says in the end only that it gave up."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.error: Exception | None = None
        self.is_refusal = False
        """Another try cannot help: broker and credentials do not fit."""

    def emit(self, record: logging.LogRecord) -> None:
        """Looks for an exception among what is logged; after a refusal nothing else counts, such as that it hung up."""
        for error in record.args or ():
            if isinstance(error, Exception) and not isinstance(error, KafkaTimeoutError) and not self.is_refusal:
                self.error = error
                refusals = (SaslAuthenticationFailedError, UnsupportedSaslMechanismError)
                self.is_refusal = isinstance(error, refusals) or "CERTIFICATE_VERIFY_FAILED" in str(error)


def connection(brokers: str, *, allow_plaintext: bool) -> dict[str, Any]:
    """kafka-python's settings of a connection. Raises TopicError for plain text to another machine, unless allowed."""
    secrets = {name: os.environ[variable] for variable, name in ENVIRONMENT.items() if os.environ.get(variable)}
    protocol = secrets["security_protocol"] = secrets.get("security_protocol", "PLAINTEXT").upper()
    hosts = [broker.strip() for broker in brokers.split(",")]
    far = [host for host in hosts if not is_loopback(host)]
    if protocol in ("PLAINTEXT", "SASL_PLAINTEXT") and far and not allow_plaintext:
        raise TopicError(
            f"{far[0]} is another machine and the protocol is {protocol}: set COPYTASTER_KAFKA_SECURITY_PROTOCOL to "
            f"SSL or SASL_SSL, or allow plain text with --allow-plaintext"
        )
    return {"bootstrap_servers": tuple(hosts), **secrets}


def is_loopback(broker: str) -> bool:
    """Whether host:port is this very machine."""
    host = broker.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_consumer(settings: dict[str, Any]) -> KafkaConsumer:
    """A consumer that has reached a broker.

    Raises TopicError where the broker refuses the credentials or is not trusted, and KafkaTimeoutError with the last failure
    where none answers for now.
    """
    failure, logger = LastFailure(), logging.getLogger("kafka")
    logger.addHandler(failure)
    try:
        return KafkaConsumer(**settings, bootstrap_timeout_ms=int(1000 * CONNECT_SECONDS))
    except KafkaTimeoutError as error:
        hosts: Sequence[str] = settings["bootstrap_servers"]
        if failure.is_refusal:
            message = f"{', '.join(hosts)}: {failure.error}; check what is set of {', '.join(ENVIRONMENT)}"
            raise TopicError(message) from failure.error
        raise KafkaTimeoutError(f"{', '.join(hosts)}: no connection; {failure.error or error}") from error
    finally:
        logger.removeHandler(failure)
