"""Connections to Kafka brokers: credentials from the environment, nothing in plain text to other machines unasked.

What cannot work however often it is tried (a protocol that does not exist, a file that is not there, a listener that speaks
something else) is a TopicError that names the variable to check; a broker that does not answer is a KafkaError, and worth
another try.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.errors import (
    IllegalSaslStateError,
    KafkaTimeoutError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)

from copytaster.lake.log import LakeError
from copytaster.sources.listeners import mismatch
from copytaster.sources.variables import CONNECTION_VARIABLES

PREFIX = "COPYTASTER_KAFKA_"
VARIABLES = {name: variable for variable, name in CONNECTION_VARIABLES.items()}
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
"""Those that a name and a password are enough for."""

CONNECT_SECONDS = 10.0
"""How long a first connection is tried."""

REFUSALS = (SaslAuthenticationFailedError, UnsupportedSaslMechanismError, IllegalSaslStateError)


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
                self.is_refusal = isinstance(error, REFUSALS) or "CERTIFICATE_VERIFY_FAILED" in str(error)


def connection(brokers: str, *, allow_plaintext: bool) -> dict[str, Any]:
    """kafka-python's settings of a connection.

    Raises TopicError for plain text to another machine, unless allowed, and for what the environment says that cannot work.
    """
    secrets = {
        name: os.environ[variable] for variable, name in CONNECTION_VARIABLES.items() if os.environ.get(variable)
    }
    protocol = secrets["security_protocol"] = secrets.get("security_protocol", "PLAINTEXT").upper()
    hosts = [checked_host(broker.strip()) for broker in brokers.split(",")]
    check_protocol(protocol, secrets)
    far = [host for host in hosts if not is_loopback(host)]
    if protocol in ("PLAINTEXT", "SASL_PLAINTEXT") and far and not allow_plaintext:
        raise TopicError(
            f"{far[0]} is another machine and the protocol is {protocol}: set COPYTASTER_KAFKA_SECURITY_PROTOCOL to "
            f"SSL or SASL_SSL, or allow plain text with --allow-plaintext"
        )
    if protocol.endswith("SSL"):
        check_files(secrets)
    return {"bootstrap_servers": tuple(hosts), **secrets}


def checked_host(broker: str) -> str:
    """host:port as given. Raises TopicError where the port is none."""
    host, _, port = broker.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise TopicError(
            f"{broker!r} is no broker; give host:port in --brokers or COPYTASTER_BROKERS, e.g. localhost:9092"
        )
    return broker


def check_protocol(protocol: str, secrets: Mapping[str, str]) -> None:
    """Raises TopicError where the protocol does not exist, lacks what it needs, or leaves unused what is set."""
    if protocol not in PROTOCOLS:
        raise TopicError(f"{PREFIX}SECURITY_PROTOCOL is {protocol!r}, which is none; use one of {', '.join(PROTOCOLS)}")
    needed = ("sasl_mechanism", "sasl_plain_username", "sasl_plain_password") if protocol.startswith("SASL") else ()
    if missing := [VARIABLES[name] for name in needed if not secrets.get(name)]:
        raise TopicError(f"{PREFIX}SECURITY_PROTOCOL is {protocol}, which needs {' and '.join(missing)} too")
    mechanism = secrets.get("sasl_mechanism")
    if needed and mechanism not in MECHANISMS:
        raise TopicError(f"{PREFIX}SASL_MECHANISM is {mechanism!r}; use one of {', '.join(MECHANISMS)}")
    for part in ("SASL", "SSL"):
        idle = [VARIABLES[name] for name in secrets if name.startswith(part.lower() + "_")]
        if idle and part not in protocol.split("_"):
            raise TopicError(
                f"{idle[0]} is set, but with the protocol {protocol} it means nothing: set {PREFIX}SECURITY_PROTOCOL to "
                f"{' or '.join(name for name in PROTOCOLS if part in name.split('_'))}, or take it away"
            )


def check_files(secrets: Mapping[str, str]) -> None:
    """Raises TopicError, naming variable and file, where certificates or keys cannot be read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if authority := secrets.get("ssl_cafile"):
        try:
            context.load_verify_locations(authority)
        except OSError as error:  # ssl.SSLError is one
            raise TopicError(f"{VARIABLES['ssl_cafile']} names {authority}: {told(error)}") from error
    certificate, key = secrets.get("ssl_certfile"), secrets.get("ssl_keyfile")
    if key and not certificate:
        raise TopicError(f"{VARIABLES['ssl_keyfile']} is set without {VARIABLES['ssl_certfile']}; set both")
    if certificate:
        try:
            # a key without a password must not make OpenSSL ask on the terminal
            context.load_cert_chain(certificate, key, secrets.get("ssl_password", ""))
        except OSError as error:
            files = f"{VARIABLES['ssl_certfile']} names {certificate}, {VARIABLES['ssl_keyfile']} {key}"
            raise TopicError(f"{files}: {told(error)}; check also {VARIABLES['ssl_password']}") from error


def told(error: OSError) -> str:
    """What is wrong with a file of certificates."""
    if isinstance(error, ssl.SSLError):
        return f"not a PEM file that fits ({error.reason or error})"
    return error.strerror or str(error)


def is_loopback(broker: str) -> bool:
    """Whether host:port is this very machine."""
    host = broker.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def open_consumer(settings: dict[str, Any]) -> KafkaConsumer:
    """A consumer that has reached a broker.

    Raises TopicError where the broker refuses the credentials, is not trusted or speaks another protocol, and
    KafkaTimeoutError with the last failure where none answers for now.
    """
    return connected(KafkaConsumer, settings)


def open_admin(settings: dict[str, Any]) -> KafkaAdminClient:
    """A client for what only administrators' tools ask, such as a topic's id; raises as `open_consumer` does."""
    return connected(KafkaAdminClient, settings)


def connected(client: Any, settings: Mapping[str, Any]) -> Any:
    """A client of kafka-python that has reached a broker; see `open_consumer`."""
    failure, logger = LastFailure(), logging.getLogger("kafka")
    logger.addHandler(failure)
    try:
        return client(**settings, bootstrap_timeout_ms=int(1000 * CONNECT_SECONDS))
    except KafkaTimeoutError as error:
        hosts: Sequence[str] = settings["bootstrap_servers"]
        if failure.is_refusal:
            message = f"{', '.join(hosts)}: {failure.error}; check what is set of {', '.join(CONNECTION_VARIABLES)}"
            raise TopicError(message) from failure.error
        for host in hosts:
            if problem := mismatch(host, settings["security_protocol"]):
                raise TopicError(f"{problem}; check {PREFIX}SECURITY_PROTOCOL and the port in --brokers") from error
        raise KafkaTimeoutError(f"{', '.join(hosts)}: no connection; {failure.error or error}") from error
    finally:
        logger.removeHandler(failure)
