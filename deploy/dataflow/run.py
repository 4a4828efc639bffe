"""**Not verified**: the streaming job on Google Cloud Dataflow. Its graph is built by a test; no Dataflow was there to run it.

    python deploy/dataflow/run.py --brokers … --topic … --lake gs://newsroom/lake --workers 4 -- \
        --project=… --region=… --temp_location=gs://… --sdk_container_image=… --sdk_location=container

The same steps as on Flink behind the same planner, which `PeriodicImpulse` wakes here. The image is deploy/Dockerfile's with
Beam's boot program in it (`COPY --from=apache/beam_python3.11_sdk:2.77.0 /opt/apache/beam /opt/apache/beam`). Two things are not
in the lock file: `apache-beam[gcp]`, where this is run and in the image, and `gcsfs` for a lake on gs://, of which the lake's log
needs the conditional put (`mode="create"`): see that tests/test_exactly_once.py holds there first. The workers' environment
must have the broker's secrets.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import apache_beam as beam
import typer
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms.periodicsequence import PeriodicImpulse

from copytaster.beam.jobs import process_tasks
from copytaster.beam.ticks import INTERVAL, PlanTopic
from copytaster.lake.files import begin_lake
from copytaster.lake.log import LakeLog
from copytaster.lake.storage import Storage
from copytaster.models import installed_version
from copytaster.settings import Settings, settings_from
from copytaster.sources.kafka import KafkaTopic
from copytaster.versions import extractor_version


def stream(pipeline: beam.Pipeline, settings: Settings, topic: KafkaTopic) -> beam.PCollection:
    """A topic in, lake out, for ever."""
    ticks = pipeline | "Tick" >> PeriodicImpulse(fire_interval=INTERVAL)
    return process_tasks(ticks | "Plan topic" >> PlanTopic(settings, topic), settings)


def run(brokers: str, topic: str, lake: str, workers: int = 2, beam_flags: Sequence[str] = ()) -> None:
    """Begins the lake and submits the job, which then goes on; stop it with `gcloud dataflow jobs cancel`."""
    settings = settings_from({"brokers": brokers, "topic": topic, "lake": lake, "workers": workers})
    begin_lake(LakeLog(Storage(lake)), extractor_version(), installed_version(settings.model), settings.shaping)
    sized = [f"--num_workers={workers}", f"--max_num_workers={workers}"]
    named = ["--runner=DataflowRunner", "--streaming", f"--job_name=copytaster-{topic.lower()}"]
    pipeline = beam.Pipeline(options=PipelineOptions([*named, *sized, *beam_flags]))
    stream(pipeline, settings, KafkaTopic(settings.brokers, settings.topic))
    pipeline.run()


def main(
    brokers: str = typer.Option(...), topic: str = "articles", lake: str = typer.Option(...), workers: int = 2
) -> None:
    """Submits the streaming job to Dataflow (not verified); what follows -- goes to Beam."""
    run(brokers, topic, lake, workers, BEAM_FLAGS)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    BEAM_FLAGS = arguments[split + 1 :]
    sys.argv[1:] = arguments[:split]
    typer.run(main)
