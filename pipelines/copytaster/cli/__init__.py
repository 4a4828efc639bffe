"""The command line: settings from flags, a call into the package, and what to print. A command a module."""

from copytaster.cli import backfill, run, extract, lake_views, verify, dead_letters, publish, changes, contracts  # noqa: F401, I001  in the order of --help
from copytaster.cli.program import app, main

__all__ = ["app", "main"]
