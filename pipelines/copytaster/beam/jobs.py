"""The jobs: each reads as what it does."""

from __future__ import annotations

from collections.abc import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from copytaster.beam.transforms import ExtractArticles, ParseArticles, PlanArchive, ReadBlocks, WriteLake
from copytaster.settings import Settings


def backfill(pipeline: beam.Pipeline, urls: Sequence[str], settings: Settings) -> beam.PCollection:
    """Archives in, lake out. Blocks that are published are left alone; gives the manifests of the others."""
    archives = pipeline | "Name archives" >> beam.Create(list(urls), reshuffle=False)
    return process_tasks(archives | "Plan archives" >> PlanArchive(settings.lake, settings.limits), settings)


def process_tasks(tasks: beam.PCollection, settings: Settings) -> beam.PCollection:
    """Tasks in, lake out: what every job does with a block, wherever it was planned. Gives the manifests."""
    return (
        tasks
        | "Read blocks" >> ReadBlocks(settings.lake)
        | "Parse articles"
        >> ParseArticles(settings.format, settings.default_zone, max_seconds=settings.max_article_seconds)
        | "Extract articles" >> ExtractArticles(settings.model, max_seconds=settings.max_article_seconds)
        | "Write lake" >> WriteLake(settings.lake)
    )


def run_on_flink(urls: Sequence[str], settings: Settings, beam_flags: Sequence[str] = ()) -> None:
    """Runs `backfill` to its end on the cluster that `beam_flags` name. Raises what a step raised."""
    options = PipelineOptions([*runner_flags(settings, "copytaster-backfill"), *beam_flags])
    with beam.Pipeline(options=options) as pipeline:
        backfill(pipeline, urls, settings)


def runner_flags(settings: Settings, job_name: str) -> list[str]:
    """Beam's flags for a job on Flink."""
    # Flink deals its subtasks out to Python processes in turn: two steps (plan; read to write), each with so many subtasks.
    # With fewer processes, the steps that do the work may all come to lie in one of them
    sized = [f"--parallelism={settings.workers}", f"--sdk_worker_parallelism={2 * settings.workers}"]
    return ["--runner=PortableRunner", f"--job_name={job_name}", *sized]
