"""The list of metrics is the code's, and whatever is asked of Prometheus is in the list."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from architecture import metrics
from architecture.metrics import Metric
from architecture.sources import ROOT

FOLDER = ROOT / "deploy" / "observability"
PAGE = ROOT / "docs" / "systems" / "observability.md"
ROW = re.compile(
    r"^\| `(?P<name>[a-z_]+)` \| (?P<kind>\w+) \| (?P<labels>[^|]*) \| (?P<meaning>.*) \|$", re.MULTILINE
)
SERIES = re.compile(r"(?<![\w\"])([a-z][a-z0-9]*(?:_[a-z0-9]+)+|up|ALERTS)\b(?!\()(?:\{([^}]*)\})?")
GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\s*\([^)]*\)")
SCRAPED = {
    "up": Metric("up", "gauge", (), "made by Prometheus"),
    "ALERTS": Metric("ALERTS", "gauge", ("alertstate", "severity"), "made by Prometheus"),
}
SCRAPE_LABELS = {"job", "instance", "cell", "le"}


def listed(page: str) -> list[Metric]:
    """Return the rows of the page's tables."""
    return [
        Metric(row["name"], row["kind"], tuple(re.findall(r"`(\w+)`", row["labels"])), row["meaning"])
        for row in ROW.finditer(page)
    ]


def faults(query: str, known: list[Metric]) -> list[str]:
    """Return what of a query no process can answer: metrics and labels that nothing registers."""
    by_series = {series: metric for metric in known for series in metric.series} | SCRAPED
    found = []
    for name, matchers in SERIES.findall(GROUPING.sub("", query)):
        metric = by_series.get(name)
        if metric is None:
            found.append(name)
            continue
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
        found += [f"{name}{{{label}}}" for label in sorted(labels - SCRAPE_LABELS - set(metric.labels))]
    return found


def alerts() -> list[dict[str, Any]]:
    document = yaml.safe_load((FOLDER / "alerts.yaml").read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


@pytest.fixture(scope="module")
def registered() -> list[Metric]:
    return metrics.find_all(ROOT)


def test_metrics_are_found_in_a_source() -> None:
    source = (
        "from prometheus_client import Counter as Metric, Gauge, Histogram\n"
        "from collections import Counter\n"
        "A = Metric('things', 'Things done.', ['kind'])\n"
        "B = Gauge('level', 'How high.')\n"
        "C = Histogram('wait_seconds', 'How long.', ('a', 'b'), buckets=(1, 2))\n"
        "D = Counter('not a metric')\n"
    )
    assert list(metrics.find(source)) == [
        Metric("things_total", "counter", ("kind",), "Things done."),
        Metric("level", "gauge", (), "How high."),
        Metric("wait_seconds", "histogram", ("a", "b"), "How long."),
    ]
    with pytest.raises(ValueError, match="malformed"):
        list(metrics.find("from prometheus_client import Gauge\nGauge(name, 'How high.')"))


def test_the_page_lists_every_metric_and_no_other(registered: list[Metric]) -> None:
    rows = listed(PAGE.read_text())
    assert len(rows) > 80
    missing = [metric for metric in registered if metric not in rows]
    gone = [metric for metric in rows if metric not in registered]
    assert (missing, gone) == ([], []), "docs/systems/observability.md: one row a metric, as the code says it"
    assert len(rows) == len(registered), "a metric is listed once"


def test_what_nobody_registers_is_found_in_a_query(registered: list[Metric]) -> None:
    query = (
        'sum by (cell, le) (rate(bulkhead_lane_wait_seconds_bucket{lane="a", colour="b"}[5m])) > no_such_one'
    )
    assert faults(query, registered) == ["bulkhead_lane_wait_seconds_bucket{colour}", "no_such_one"]
    assert faults("rate(bulkhead_lane_wait_seconds[5m])", registered) == ["bulkhead_lane_wait_seconds"]
    assert faults('histogram_quantile(0.9, up{job=~"a"}) / on (cell) group_left() up', registered) == []


def test_alerts_ask_for_what_there_is(registered: list[Metric]) -> None:
    found = {alert["alert"]: wrong for alert in alerts() if (wrong := faults(alert["expr"], registered))}
    assert found == {}


def test_an_alert_says_what_it_means_and_what_to_do() -> None:
    names = [alert["alert"] for alert in alerts()]
    assert len(names) == len(set(names)) > 30
    for alert in alerts():
        assert alert["labels"]["severity"] in {"page", "ticket"}, alert["alert"]
        assert set(alert["annotations"]) == {"summary", "description", "runbook"}, alert["alert"]
        runbook = alert["annotations"]["runbook"]
        assert re.fullmatch(r"deploy/runbooks/[a-z-]+\.md", runbook), alert["alert"]
        assert (ROOT / runbook).is_file(), f"{alert['alert']}: {runbook} is not there"


def queries(panels: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for panel in panels:
        yield from queries(panel.get("panels", []))
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def dashboards() -> list[Path]:
    return sorted((FOLDER / "dashboards").glob("*.json"))


def test_dashboards_ask_for_what_there_is(registered: list[Metric]) -> None:
    for path in dashboards():
        panels = json.loads(path.read_text())["panels"]
        found = {title: wrong for title, query in queries(panels) if (wrong := faults(query, registered))}
        assert found == {}, path.name


def test_dashboards_have_the_form_that_grafana_reads() -> None:
    """Not Grafana itself: the fields that it needs, panels side by side, a source that is chosen there."""
    assert [path.stem for path in dashboards()] == ["audit", "customer", "execution", "overview"]
    seen = set()
    for path in dashboards():
        board = json.loads(path.read_text())
        seen.add(board["uid"])
        assert re.fullmatch(r"bulkhead-[a-z]+", board["uid"])
        assert (board["schemaVersion"], board["timezone"]) == (39, "utc")
        assert [each["name"] for each in board["templating"]["list"]] == ["datasource", "cell"]
        taken: set[tuple[int, int]] = set()
        for number, panel in enumerate(board["panels"], 1):
            assert panel["id"] == number
            assert panel["type"] in {"stat", "timeseries"}
            assert panel["title"]
            assert panel["description"].endswith((".", ";"))
            assert panel["fieldConfig"]["defaults"]["unit"] in {"s", "short", "reqps", "percentunit"}
            targets = panel["targets"]
            assert len({each["refId"] for each in targets}) == len(targets) > 0
            assert all(each["datasource"]["uid"] == "${datasource}" for each in targets)
            place = panel["gridPos"]
            assert place["x"] + place["w"] <= 24
            area = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not area & taken, panel["title"]
            taken |= area
    assert len(seen) == 4


def run_promtool(*arguments: str) -> None:
    command = ["promtool", *arguments]
    ran = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool (Debian's package prometheus) is not there"
)


@needs_promtool
@pytest.mark.parametrize(
    "arguments", ["check rules alerts.yaml", "check config prometheus.yaml", "test rules tests.yaml"]
)
def test_prometheus_takes_the_files(arguments: str) -> None:
    run_promtool(*arguments.split())


@needs_promtool
def test_prometheus_reads_the_queries_of_the_dashboards(tmp_path: Path) -> None:
    asked = [query for path in dashboards() for _, query in queries(json.loads(path.read_text())["panels"])]
    rules = [
        {"record": f"query:{number}", "expr": query.replace("$cell", ".+")}
        for number, query in enumerate(asked)
    ]
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
    run_promtool("check", "rules", str(file))


def test_the_tests_of_the_rules_name_rules() -> None:
    document = yaml.safe_load((FOLDER / "tests.yaml").read_text())
    tried = {case["alertname"] for test in document["tests"] for case in test["alert_rule_test"]}
    assert tried <= {alert["alert"] for alert in alerts()}
    assert len(tried) > 5
