"""Dashboard and alerts ask for what the guide counts: a name that nobody counts would be a line that never moves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.knowledge import ContentPolicy, Review
from bot.knowledge.models import ReviewStatus
from bot.metrics import Metrics

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy/monitoring"
RULES = [rule for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
PANELS = json.loads((MONITORING / "dashboard.json").read_text())["panels"]
SCRAPED = yaml.safe_load((MONITORING / "prometheus.yml").read_text())["scrape_configs"]
EXPRESSIONS = {
    **{f"alert {rule['alert']}": rule["expr"] for rule in RULES},
    **{f"panel {panel['title']} {query['refId']}": query["expr"] for panel in PANELS for query in panel["targets"]},
}
SELECTOR = re.compile(r"\b([a-zA-Z_:][\w:]*)\{([^}]*)\}|\b(guide_\w+|up)\b")
MATCHER = re.compile(r'(\w+)(=|!=|=~|!~)"([^"]*)"')
GROUPED = re.compile(r"\b(?:by|on|group_right) \(([^)]*)\)")
OF_PROMETHEUS = {"up": {"job", "instance"}}
EVERYWHERE = {"job", "instance"}
"""Labels that Prometheus adds."""


@pytest.fixture(scope="module")
def counted() -> dict[str, dict[str, set[str]]]:
    """Every name that the guide serves -> its labels -> their values."""
    metrics = Metrics()
    metrics.checked([])
    metrics.reviewed([Review(ReviewStatus.draft)])
    metrics.serves(ContentPolicy.preview, "a" * 64, "b" * 64)
    found: dict[str, dict[str, set[str]]] = {}
    for family in metrics.registry.collect():
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


def selectors(expression: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Names that are asked for, each with its conditions ``(label, operator, value)``."""
    for match in SELECTOR.finditer(expression):
        yield match[1] or match[3], MATCHER.findall(match[2] or "")


def test_a_name_is_found_wherever_it_stands_in_an_expression():
    asked = list(
        selectors('sum by (le) (rate(guide_a_total{kind="x",part!~"y|z"}[1h])) / up > guide_b and absent(up{job="j"})')
    )
    assert asked == [
        ("guide_a_total", [("kind", "=", "x"), ("part", "!~", "y|z")]),
        ("up", []),
        ("guide_b", []),
        ("up", [("job", "=", "j")]),
    ]


@pytest.mark.parametrize("where", EXPRESSIONS)
def test_what_is_asked_for_is_counted_under_these_labels(counted, where):
    asked = list(selectors(EXPRESSIONS[where]))
    assert asked
    labels = set(EVERYWHERE)
    for name, conditions in asked:
        assert name in counted or name in OF_PROMETHEUS, name
        labels |= counted.get(name, {}).keys()
        for label, operator, value in conditions:
            if label in EVERYWHERE:
                assert value in {"$instance", SCRAPED[0]["job_name"]}
                continue
            assert label in counted[name], (name, label)
            wanted = value.split("|") if "~" in operator else [value]
            assert set(wanted) <= counted[name][label], (name, label, value)
    for group in GROUPED.findall(EXPRESSIONS[where]):
        assert {label.strip() for label in group.split(",")} <= labels


def test_the_quantiles_ask_for_a_bound_that_the_histogram_has(counted):
    """Two seconds, at which the alert begins, would else be guessed between two bounds."""
    slow = next(rule for rule in RULES if rule["alert"] == "GuideSlow")
    bound = float(slow["expr"].rpartition(">")[2])
    assert bound in {float(value) for value in counted["guide_turn_seconds_bucket"]["le"]}


def test_every_number_is_on_the_dashboard_or_in_an_alert(counted):
    asked = {name for expression in EXPRESSIONS.values() for name, _ in selectors(expression)}
    histogram = {"guide_turn_seconds_count", "guide_turn_seconds_sum"}
    assert counted.keys() - histogram - asked == set()


def test_every_alert_says_how_urgent_it_is_and_what_it_means():
    assert len({rule["alert"] for rule in RULES}) == len(RULES) >= 9
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket", "info"}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "description"}


def test_every_copy_of_the_units_listens_where_prometheus_reads():
    unit = (ROOT / "deploy/systemd/tsc-guide@.service").read_text()
    port = re.search(r"^Environment=METRICS_PORT=(.*)$", unit, re.MULTILINE)
    assert port
    assert "METRICS_INTERFACE" not in unit, "the default: only this machine"
    targets = [target for job in SCRAPED for config in job["static_configs"] for target in config["targets"]]
    assert targets == [f"127.0.0.1:{port[1].replace('%i', '5005')}"]
    example = (ROOT / "deploy/tsc-guide.env.example").read_text()
    assert not re.search(r"^METRICS_PORT", example, re.MULTILINE), "one port for all copies would stop the second one"


def test_no_container_shows_its_metrics_to_other_machines():
    services = yaml.safe_load((ROOT / "deploy/compose.yml").read_text())["services"]
    for name, outside in (("guide", "127.0.0.1:15005"), ("second-guide", "127.0.0.1:15006")):
        inside = services[name]["environment"]["METRICS_PORT"]
        assert f"{outside}:{inside}" in services[name]["ports"]
        assert all(str(port).startswith("127.0.0.1:") for port in services[name]["ports"])
