"""The jobs: each reads as what it does."""

from __future__ import annotations

from collections.abc import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from copytaster.beam.transforms import ExtractArticles, ParseArticles, PlanArchive, ReadBlocks, WriteLake
from copytaster.settings import Settings


def backfill(pipeline: beam.Pipeline, urls: Sequence[str], settings: Settings) -> beam.PCollection:
    """Archives in, lake out. Blocks that are published are left alone; gives the manifests of the others."""
    return (
        pipeline
        | "Name archives" >> beam.Create(list(urls), reshuffle=False)
        | "Plan archives" >> PlanArchive(settings.lake, settings.limits)
        | "Read blocks" >> ReadBlocks(settings.lake)
        | "Parse articles" >> ParseArticles(settings.format, settings.default_zone)
        | "Extract articles" >> ExtractArticles(settings.model)
        | "Write lake" >> WriteLake(settings.lake)
    )


def run_backfill(urls: Sequence[str], settings: Settings, beam_flags: Sequence[str] = ()) -> None:
    """Runs `backfill` to its end, in this process or in `settings.workers` processes of this machine.

    `beam_flags` go to Beam as they are; a `--runner` among them takes the pipeline elsewhere. Raises what a step raised.
    """
    elsewhere = any(flag == "--runner" or flag.startswith("--runner=") for flag in beam_flags)
    local = [] if elsewhere else local_flags(settings.workers)
    # the runner is named: Beam's default one looks for another on the network first, and quietly falls back
    with beam.Pipeline(
        runner=None if elsewhere else FnApiRunner(), options=PipelineOptions([*local, *beam_flags])
    ) as pipeline:
        backfill(pipeline, urls, settings)


def local_flags(workers: int) -> list[str]:
    """What makes the in-process runner use that many processes."""
    mode = "in_memory" if workers == 1 else "multi_processing"
    return [f"--direct_num_workers={workers}", f"--direct_running_mode={mode}"]
