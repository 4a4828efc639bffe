"""The jobs: each reads as what it does."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from copytaster.batch import Task
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
        | "Parse articles" >> ParseArticles(settings.format, settings.default_zone)
        | "Extract articles" >> ExtractArticles(settings.model)
        | "Write lake" >> WriteLake(settings.lake)
    )


def run_redrive(tasks: Sequence[Task], settings: Settings) -> None:
    """Takes dead letters through the pipeline once more (`copytaster.sources.dead_letters` plans the tasks)."""
    options = PipelineOptions(runner_flags(settings, "copytaster-redrive"))
    with beam.Pipeline(runner=local_runner(settings), options=options) as pipeline:
        process_tasks(pipeline | "Name blocks" >> beam.Create(list(tasks)), settings)


def run_backfill(urls: Sequence[str], settings: Settings, beam_flags: Sequence[str] = ()) -> None:
    """Runs `backfill` to its end, in this process or in `settings.workers` processes of this machine.

    With `settings.runner` "flink" on the cluster that `beam_flags` name. Raises what a step raised.
    """
    runner = local_runner(settings) if settings.runner == "local" else None
    options = PipelineOptions([*runner_flags(settings, "copytaster-backfill"), *beam_flags])
    with beam.Pipeline(runner=runner, options=options) as pipeline:
        backfill(pipeline, urls, settings)


def runner_flags(settings: Settings, job_name: str) -> list[str]:
    """Beam's flags for the runner of the settings."""
    if settings.runner == "local":
        return [f"--direct_num_workers={settings.workers}"]
    # Flink deals its subtasks out to Python processes in turn: two steps (plan; read to write), each with so many subtasks.
    # With fewer processes, the steps that do the work may all come to lie in one of them
    sized = [f"--parallelism={settings.workers}", f"--sdk_worker_parallelism={2 * settings.workers}"]
    return ["--runner=PortableRunner", f"--job_name={job_name}", *sized]


def local_runner(settings: Settings) -> FnApiRunner:
    """The in-process runner, by name: Beam's default one looks for another on the network first, and quietly falls back.

    More than one worker means processes, each with a model of its own.
    """
    if settings.workers == 1:
        return FnApiRunner()
    command = f"{shlex.quote(sys.executable)} -m copytaster.worker"
    return FnApiRunner(default_environment=SubprocessSDKEnvironment.from_command_string(command))
