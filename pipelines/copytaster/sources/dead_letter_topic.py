"""Dead letters onto a Kafka topic, beside the table, for whoever wants to be told of them at once.

Delivery guarantee: at least once. A block's letters are sent before it is published, so none is missing of what the table
has; an attempt that dies in between is made again and sends them again, with the same key (`dead_letter_id`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from kafka import KafkaProducer
from kafka.errors import MessageSizeTooLargeError

from copytaster.records import DeadLetter
from copytaster.tables import dead_letter_id

MAX_REQUEST = 32 * 1024 * 1024
"""Bytes of a message that the producer would send; the broker may allow less."""

SECONDS = 30.0
"""How long the broker may take to confirm."""


def send_dead_letters(
    connection: Mapping[str, Any], topic: str, letters: Iterable[DeadLetter], source: str, partition: int
) -> None:
    """Sends each letter's original bytes and headers, and in more headers stage, reason and where the record came from.

    `connection` has kafka-python's settings. What the broker finds too large goes without its bytes, with their
    number in the header `payload_omitted`. Returns when the broker has them all; raises KafkaError where it does not.
    """
    sender = producer(tuple(sorted(connection.items())))
    waiting = []
    for letter in letters:
        key = dead_letter_id(letter, source, partition).encode()
        told = {
            "stage": letter.failure.stage,
            "reason": letter.failure.reason,
            "exception": letter.failure.exception or "",
            "source": source,
            "source_partition": str(partition),
            "source_offset": str(letter.record.offset),
        }
        headers = [*letter.record.headers, *encoded(told)]
        if letter.record.key is not None:
            headers.append(("source_key", letter.record.key))
        waiting.append((letter, key, headers, sender.send(topic, letter.payload, key, headers)))
    sender.flush(SECONDS)
    for letter, key, headers, sent in waiting:
        try:
            sent.get(SECONDS)
        except MessageSizeTooLargeError:
            omitted = encoded({"payload_omitted": str(len(letter.payload))})
            sender.send(topic, b"", key, [*headers, *omitted]).get(SECONDS)


@functools.cache
def producer(connection: tuple[tuple[str, Any], ...]) -> KafkaProducer:
    """The process's one producer of a connection."""
    # not idempotent: such a producer sends nothing more once the broker has refused a message as too large
    settings = {"acks": "all", "enable_idempotence": False, "compression_type": "zstd", "max_request_size": MAX_REQUEST}
    return KafkaProducer(**dict(connection), **settings)


def encoded(headers: dict[str, str]) -> list[tuple[str, bytes | None]]:
    """Headers as Kafka has them."""
    return [(name, value.encode()) for name, value in headers.items()]
