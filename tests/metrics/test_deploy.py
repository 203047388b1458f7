"""The dashboard and the rules for alerts ask for metrics that there are, with labels that they have."""

import json
import re
from pathlib import Path

import pytest
import yaml

from executions.metrics import exposition
from executions.metrics.measures import MEASURES
from executions.metrics.standing import Standing

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NAME = re.compile(r"\b(?:autogpt|agentloom)_\w+")
LABEL = re.compile(r"by \(([^)]+)\)|(\w+)=~?\"")
OF_PROMETHEUS = {"le", "instance"}


def rules():
    [group] = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]
    return group["rules"]


def questions():
    """Every question to Prometheus in `deploy/`."""
    dashboard = json.loads((DEPLOY / "grafana" / "agentloom.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return [*asked, *(rule["expr"] for rule in rules())]


def metrics():
    """The labels of every metric, by its name in questions."""
    empty = Standing({}, {}, 0, 0, 0, {}, {})
    found = {family.name: set() for family in exposition._gauges(empty)}
    for measure in MEASURES.values():
        if measure.counter:
            found[f"{measure.counter}_total"] = set(measure.labels)
        for part in ("bucket", "sum", "count") if measure.histogram else ():
            found[f"{measure.histogram}_{part}"] = set(measure.labels)
    found["agentloom_processes"] = {"kind"}
    found["agentloom_open_node_executions"] = {"state"}
    found["agentloom_build_info"] = {"version"}
    return found


@pytest.mark.parametrize("question", questions())
def test_a_question_names_metrics_and_labels_that_there_are(question):
    names = NAME.findall(question)
    labels = {
        label.strip()
        for listed, compared in LABEL.findall(question)
        for label in (listed or compared).split(",")
    }

    assert names
    assert [name for name in names if name not in metrics()] == []
    assert labels <= OF_PROMETHEUS | set().union(*(metrics()[name] for name in names))


def test_every_alert_says_what_to_do():
    assert [rule["alert"] for rule in rules() if not rule["annotations"].get("action")] == []
    assert {rule["labels"]["severity"] for rule in rules()} == {"warning", "critical"}


def test_every_metric_is_explained():
    text = (DEPLOY.parent / "docs" / "operating.md").read_text()
    explained = set(NAME.findall(text.partition("## Metrics\n")[2].partition("\n## ")[0]))
    bare = {re.sub("_(bucket|sum|count)$", "", name) for name in metrics()}

    assert explained == bare
