"""The metrics that the sources register, read from the text: what is scraped, without starting anything.

A metric is one call of `prometheus_client` whose arguments are literals: whoever looks for a name finds where
it is made.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KINDS: Final = {"Counter": "counter", "Gauge": "gauge", "Histogram": "histogram"}
SUFFIXES: Final = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
LIBRARY: Final = "prometheus_client"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric under the name with which it is scraped; a histogram under its name without endings."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str

    @property
    def series(self) -> tuple[str, ...]:
        """Return the names that a query can use."""
        if self.kind == "histogram":
            return tuple(self.name + suffix for suffix in SUFFIXES[self.kind])
        return (self.name,)


def find(source: str) -> Iterator[Metric]:
    """Yield the metrics of one file. Raises ValueError where an argument is no literal."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: KINDS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == LIBRARY
        for alias in node.names
        if alias.name in KINDS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield _read(node, names[node.func.id])


def _read(call: ast.Call, kind: str) -> Metric:
    name, meaning, *rest = (ast.literal_eval(argument) for argument in call.args)
    labels = tuple(rest[0]) if rest else ()
    if kind == "counter" and not name.endswith("_total"):
        name += "_total"
    return Metric(name, kind, labels, meaning)


def find_all(root: Path) -> list[Metric]:
    """Return the metrics of both stacks and of what they share, by name."""
    folders = (root / part / "src" for part in ("shared", "customer-stack", "execution-stack"))
    files = (path for folder in folders for path in sorted(folder.rglob("*.py")))
    found = [metric for path in files if LIBRARY in (text := path.read_text()) for metric in find(text)]
    return sorted(found, key=lambda metric: metric.name)
