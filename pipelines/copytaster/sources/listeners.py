"""What a port speaks, asked when a client could not connect: TLS, Kafka in plain text, Kafka that wants credentials.

Only what is certain is told: a port where nobody listens, or that does not answer, may be a broker that is away for now.
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 3.0
"""How long an answer may take."""

API_VERSIONS = 18
METADATA = 3
"""Kafka's numbers of two requests."""

NO_TOPICS = struct.pack(">i", 0)
"""The body of a request for the metadata of no topic (version 1)."""


def mismatch(broker: str, protocol: str) -> str | None:
    """What keeps a client with that security protocol from ever connecting to host:port; None where nothing certain does."""
    host, _, port = broker.rpartition(":")
    address = (host.strip("[]"), int(port))
    if protocol.endswith("SSL"):
        if answers(address, API_VERSIONS, 0):
            return f"{broker} speaks plain text, and the protocol is {protocol}"
    elif speaks_tls(address):
        return f"{broker} speaks TLS, and the protocol is {protocol}"
    if protocol.startswith("SASL"):
        return None
    tls = greeting() if protocol == "SSL" else None
    if answers(address, API_VERSIONS, 0, tls=tls) and answers(address, METADATA, 1, NO_TOPICS, tls) is False:
        return f"{broker} takes no request without credentials, and the protocol is {protocol}"
    return None


def greeting() -> ssl.SSLContext:
    """TLS with whoever answers: nothing is sent that anybody may not see, only that there is an answer counts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def speaks_tls(address: tuple[str, int]) -> bool:
    """Whether what listens there answers a TLS greeting, be it with a refusal."""
    try:
        with opened(address, greeting()):
            return True
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")
    except OSError:
        return False


def answers(
    address: tuple[str, int], request: int, version: int, body: bytes = b"", tls: ssl.SSLContext | None = None
) -> bool | None:
    """Whether a Kafka request gets its answer; False: it hung up; None: nobody is there, or says nothing."""
    name = b"copytaster"
    message = struct.pack(">hhih", request, version, 1, len(name)) + name + body
    head = b""
    try:
        with opened(address, tls) as channel:
            channel.sendall(struct.pack(">i", len(message)) + message)
            while len(head) < 8 and (more := channel.recv(8 - len(head))):
                head += more
    except (ConnectionResetError, ssl.SSLEOFError):
        return False
    except OSError:
        return None
    return head[4:] == struct.pack(">i", 1)


@contextmanager
def opened(address: tuple[str, int], tls: ssl.SSLContext | None) -> Iterator[socket.socket]:
    """A connection in plain text, or over TLS. Raises OSError."""
    with socket.create_connection(address, timeout=SECONDS) as plain:
        if tls is None:
            yield plain
        else:
            with tls.wrap_socket(plain, server_hostname=address[0]) as channel:
                yield channel
