"""The alert rules: each speaks of metrics that exist, and each is explained where operators look."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import parser

from runtime import ActorSystem
from runtime.testing import settle
from tests.webapp_server.house import furnish, plant
from webapp_server.actor_ids import ActorIds
from webapp_server.metrics import exposition
from webapp_server.overview import Observer
from webapp_server.stopping import Stopping

DOCS = Path(__file__).parents[2] / "docs"
NAMES = Path(__file__).parent / "metric_names.json"


def rules() -> list[dict[str, Any]]:
    """Every rule of the file."""
    (group,) = yaml.safe_load((DOCS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


@pytest.fixture
async def samples() -> AsyncIterator[dict[str, set[str]]]:
    """The labels of each sample's name, as scraped from a house where everything has happened."""
    system = ActorSystem()
    await furnish(system)
    await plant(system)
    for _ in range(200):  # enough turns for a sample of them
        system.send(system.find("tracer"), "nothing")
        await settle()
    body, _ = exposition(await Observer(system, ActorIds(), Stopping()).observe(), "")
    labels: dict[str, set[str]] = {}
    for family in parser.text_string_to_metric_families(body.decode()):
        labels.setdefault(family.name, set())
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    yield labels
    await system.shutdown()


async def test_every_rule_speaks_of_metrics_that_exist(samples: dict[str, set[str]]) -> None:
    """Names and labels; counters by their total, histograms by their buckets."""
    for rule in rules():
        named = re.findall(r"\b(cornerman_\w+)(?:\{([^}]*)\})?", re.sub(r'"[^"]*"', '""', rule["expr"]))
        assert named or rule["expr"].startswith("up{"), rule["alert"]
        for name, chosen in named:
            assert name in samples, rule["alert"]
            assert set(re.findall(r"(\w+)\s*(?:=|!)", chosen)) <= samples[name], rule["alert"]
        grouped = re.findall(r"by \(([^)]*)\)", rule["expr"])
        told = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
        wanted = {label.strip() for labels in grouped for label in labels.split(",")} | set(told)
        assert wanted <= {label for name, _ in named for label in samples.get(name, set())}, rule["alert"]


async def test_names_and_labels_are_added_and_never_change(samples: dict[str, set[str]]) -> None:
    """Dashboards use them: each sample's name and labels are those kept beside this test, new ones are added there."""
    known = json.loads(NAMES.read_text(encoding="utf-8"))
    assert {name: sorted(labels) for name, labels in samples.items() if name.startswith("cornerman_")} == known


def test_every_rule_is_explained() -> None:
    """Under its own heading in the operators' page, and no heading is left over."""
    headings = re.findall(r"^### (\w+)$", (DOCS / "operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [rule["alert"] for rule in rules()]
    assert {rule["labels"]["severity"] for rule in rules()} == {"page", "warn"}
