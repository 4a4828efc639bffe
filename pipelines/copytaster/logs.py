"""Logging: structured lines on stderr, for people on a terminal and as JSON elsewhere; never any article's text."""

from __future__ import annotations

import logging
import os
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import structlog

from copytaster.redaction import redacted

VARIABLE = "COPYTASTER_LOG_LEVEL"

SELDOM_SECONDS = 30.0
"""How often at most a line is said again that would otherwise come at every try."""

OURS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
]
"""What every line gets, whoever says it."""


def without_secrets(_logger: Any, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The line with what may be shown of the URLs in it."""
    return {name: redacted(value) if isinstance(value, str) else value for name, value in line.items()}


def set_up_logging(level: str) -> None:
    """Sets up this process, and through the environment those that it starts. `level` is debug, info, warning or error.

    Libraries are heard from warnings on, in lines like our own.
    """
    os.environ[VARIABLE] = level
    threshold = logging.getLevelNamesMapping()[level.upper()]
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*OURS, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_secrets,
                renderer,
            ],
        )
    )
    logging.basicConfig(level=max(threshold, logging.WARNING), handlers=[lines], force=True)
    if level != "debug":
        # it logs the traceback of a step that fails, several times over; the program tells the error itself
        logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
        # and kafka-python every try to reach a broker that is away
        lines.addFilter(SeldomTheSame("kafka"))
    # and Beam says at each start that Google's clients are not installed, which are not used here
    logging.getLogger().addFilter(lambda record: "apitools" not in record.getMessage())
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[*OURS, without_secrets, renderer],
    )


@dataclass
class Seldom:
    """A logger for what would be said at every try: each event at most once in `SELDOM_SECONDS`."""

    log: Any
    said: dict[str, float] = field(default_factory=dict)
    """When each event was said last (monotonic seconds)."""

    def info(self, event: str, **facts: Any) -> None:
        """The line at level info, unless it was said just now."""
        if self.is_due(event):
            self.log.info(event, **facts)

    def warning(self, event: str, **facts: Any) -> None:
        """The line at level warning, unless it was said just now."""
        if self.is_due(event):
            self.log.warning(event, **facts)

    def is_due(self, event: str) -> bool:
        """Whether the event was not said for so long; it counts as said then."""
        now = time.monotonic()
        if now - self.said.get(event, float("-inf")) < SELDOM_SECONDS:
            return False
        self.said[event] = now
        return True


class SeldomTheSame(logging.Filter):
    """Lets a library's line through once in `SELDOM_SECONDS`, whatever values it has; lines of others always."""

    def __init__(self, library: str) -> None:
        super().__init__(library)
        self.seldom = Seldom(None)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is to be written."""
        return not super().filter(record) or self.seldom.is_due(f"{record.name} {record.levelno} {record.msg}")
