"""What lies in deploy/ is at least read by a tool: each file parsed by what it is, the Dataflow job's graph built."""

from __future__ import annotations

import importlib.util
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import apache_beam as beam
import pytest
import yaml
from apache_beam.options.pipeline_options import PipelineOptions
from deploy.flink.standalone import Ports

from copytaster.settings import Settings
from copytaster.sources.kafka import KafkaTopic
from copytaster.tables import SCHEMAS

ROOT = Path(__file__).parent.parent
DEPLOY = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
SETTINGS = {f"COPYTASTER_{name.upper()}" for name in Settings.model_fields}
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"}


def script(path: str) -> ModuleType:
    """A script of deploy/ as a module, wherever the tests are started."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / "deploy" / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_yaml(path: Path) -> None:
    """A mapping; what it sets of copytaster is a setting."""
    documents = list(yaml.safe_load_all(path.read_text()))
    assert documents
    assert all(isinstance(document, dict) for document in documents)
    named = set(re.findall(r"\bCOPYTASTER_[A-Z_]+[A-Z]\b", re.sub(r"#.*", "", path.read_text())))
    assert {name for name in named if not name.startswith("COPYTASTER_KAFKA_")} <= SETTINGS


def check_dockerfile(path: Path) -> None:
    """Instructions only, and what it copies from the tree is there."""
    lines = re.sub(r"\\\n", " ", path.read_text()).splitlines()
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    assert {line[0] for line in words} <= INSTRUCTIONS
    context = path.parent if path.parent.name == "flink" else ROOT
    for line in words:
        if line[0] == "COPY" and not line[1].startswith("--from"):
            assert all((context / name).exists() for name in line[1:-1]), line


def check_links(path: Path) -> None:
    """Links within the tree lead somewhere."""
    for link in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        assert link.startswith("http") or (path.parent / link).exists(), link


def check_options(path: Path) -> None:
    """An option a line, as Java's @ reads it."""
    assert all(line.startswith(("-", "#")) for line in path.read_text().splitlines())


def check_sql(path: Path) -> None:
    """Where it creates tables: each of ours once, from its own folder. No parser here knows all of these dialects."""
    code = re.sub(r"^--.*\n", "", path.read_text(), flags=re.MULTILINE)
    assert code.rstrip().endswith(";")
    assert not [line for line in code.splitlines() if line.count("'") % 2 or line.count("`") % 2]
    created = re.findall(r"^CREATE [^;']*TABLE (?:IF NOT EXISTS )?([\w.]+)([^;]*);", code, re.MULTILINE)
    names = [name.removeprefix("copytaster.") for name, _ in created]
    assert not names or sorted(names) == sorted(SCHEMAS)
    for name, (_, source) in zip(names, created, strict=True):
        assert re.findall(r"(\w+)(?:/metadata/NEWEST.metadata.json)?'", source)[-1] == name


CHECKS = {
    ".yaml": check_yaml,
    ".yml": check_yaml,
    ".md": check_links,
    ".options": check_options,
    ".sql": check_sql,
    ".xml": lambda path: ET.parse(path),
    ".py": lambda path: compile(path.read_text(), path, "exec"),
    ".json": lambda path: json.loads(path.read_text()),
    "Dockerfile": check_dockerfile,
}


@pytest.mark.parametrize(
    "path", [*DEPLOY, ROOT / "docker-compose.yml"], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_every_file_is_parsed(path: Path) -> None:
    """A file that nothing here can read has no place there."""
    CHECKS[path.suffix or path.name](path)


def test_flink_is_configured_by_one_file() -> None:
    """Each key once, and standalone.py's additions change or add keys that Flink's parser takes line by line."""
    lines = (ROOT / "deploy/flink/flink-conf.yaml").read_text().splitlines()
    keys = [line.split(":")[0] for line in lines if line and not line.startswith("#")]
    assert len(keys) == len(set(keys))
    assert "restart-strategy.type: exponential-delay" in lines


def test_ports_are_free_and_different_unless_named() -> None:
    """So that two clusters can stand beside each other."""
    ports = Ports.free(rest=8081, job=0)
    values = [ports.rest, ports.job, ports.artifact, ports.pool, ports.rpc, ports.metrics]
    assert ports.rest == 8081
    assert len(set(values)) == 6
    assert all(values)


def test_the_graph_for_dataflow_can_be_built() -> None:
    """Not that it runs there: that its steps fit together and can be sent."""
    pipeline = beam.Pipeline(runner="DirectRunner", options=PipelineOptions(["--streaming"]))
    run = script("dataflow/run.py")
    run.stream(pipeline, Settings(lake="gs://newsroom/lake", workers=4), KafkaTopic("kafka.example:9093", "articles"))
    names = {step.unique_name for step in pipeline.to_runner_api().components.transforms.values()}
    for step in (
        "Tick",
        "Plan topic/Plan blocks",
        "Plan topic/Spread blocks",
        "Read blocks/Read block",
        "Write lake/Publish block",
    ):
        assert step in names
