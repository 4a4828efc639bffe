"""Dashboard and alerts: every expression is PromQL, and asks for what the program has."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from copytaster.lake.blocks import Block, Manifest, TableFile
from copytaster.metrics import JobMetrics

DEPLOY = Path(__file__).parents[1] / "deploy"
RULES = DEPLOY / "prometheus" / "copytaster.rules.yml"
DASHBOARD = DEPLOY / "grafana" / "copytaster.json"
ADDED = {"instance"}
"""Labels that Prometheus adds when it scrapes."""


def rules() -> dict[str, str]:
    """The alerts' expressions by name."""
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["alert"]: rule["expr"] for rule in group["rules"]}


def panels() -> dict[str, str]:
    """The dashboard's expressions by the title of their panel, as Grafana fills them in."""
    found = json.loads(DASHBOARD.read_text())["panels"]
    return {
        f"{panel['title']} {target['refId']}": target["expr"].replace("$instance", ".*")
        for panel in found
        for target in panel["targets"]
    }


@pytest.fixture(scope="module")
def series() -> dict[str, set[str]]:
    """By series that a job serves, its labels: of a job that has seen everything once."""
    metrics = JobMetrics({"version": "1", "extractor_version": "1", "model_version": "1"})
    metrics.observe_lag("news", {0: 5}, [0])
    metrics.observe_broker_error("news")
    metrics.observe_failure("ValueError")
    metrics.observe(
        Manifest(
            block=Block(source="news", start=0, end=2),
            ingest_date=date(2026, 3, 1),
            files={"articles": TableFile(path="a", rows=1, bytes=1, sha256="0")},
            records=2,
            articles=1,
            dead_letters=1,
            reasons={"parse/not_json": 1},
            extractor_version="1",
            model_version="1",
            published_at=datetime(2026, 3, 1, 9, 1, tzinfo=UTC),
            oldest_record=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
            seconds={"parse": 0.1},
        )
    )
    with subprocess.Popen(["sleep", "60"]) as child:  # so that there is a worker process to measure
        samples = [sample for family in metrics.registry.collect() for sample in family.samples]
        child.kill()
    assert ("copytaster_latency_seconds_sum", 60.0) in [(sample.name, sample.value) for sample in samples]
    return {sample.name: set(sample.labels) for sample in samples}


@pytest.mark.parametrize("name", [*rules(), *panels()])
def test_an_expression_asks_for_what_there_is(name: str, series: dict[str, set[str]]) -> None:
    """Parsed by Prometheus' own grammar; its series are served, with the labels that it groups and selects by."""
    expression = (rules() | panels())[name]
    promql_parser.parse(expression)
    asked = set(re.findall(r"\b(?:copytaster|process)_\w+", expression))
    assert asked <= series.keys()
    assert any(name.startswith("copytaster_") for name in asked)
    known = ADDED.union(*(series[name] for name in asked))
    grouped = {part.strip() for found in re.findall(r"(?:by|on) \(([^)]*)\)", expression) for part in found.split(",")}
    selected = set(re.findall(r"(\w+)=~?\"", expression))
    assert grouped | selected <= known


def test_every_series_is_shown(series: dict[str, set[str]]) -> None:
    """What the program serves stands on the dashboard, but for what each Python process says of itself."""
    shown = " ".join(panels().values())
    families = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in series if name.startswith("copytaster_")}
    assert [family for family in sorted(families) if family.removesuffix("_total") not in shown] == []


def test_promtool_takes_the_rules(tmp_path: Path) -> None:
    """Prometheus' own tool, where it is installed, takes the alerts, and the dashboard's expressions as rules."""
    tool = shutil.which("promtool")
    recorded: list[dict[str, Any]] = [{"record": f"panel:{n}", "expr": e} for n, e in enumerate(panels().values())]
    copied = tmp_path / "panels.yml"
    copied.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))
    for file in (RULES, copied) if tool else ():
        subprocess.run([str(tool), "check", "rules", str(file)], check=True, capture_output=True)
