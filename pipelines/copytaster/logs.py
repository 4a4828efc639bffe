"""Logging: structured lines on stderr, for people on a terminal and as JSON elsewhere; never any article's text."""

from __future__ import annotations

import logging
import os
import sys

import structlog

VARIABLE = "COPYTASTER_LOG_LEVEL"


def set_up_logging(level: str) -> None:
    """Sets up this process, and through the environment those that it starts. `level` is debug, info, warning or error.

    Libraries are heard from warnings on.
    """
    os.environ[VARIABLE] = level
    threshold = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(threshold, logging.WARNING), format="%(levelname)s %(name)s %(message)s")
    if level != "debug":
        # it logs the traceback of a step that fails, several times over; the program tells the error itself
        logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
    # and it says at each start that Google's clients are not installed, which are not used here
    logging.getLogger().addFilter(lambda record: "apitools" not in record.getMessage())
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(),
        ],
    )
