"""Which differences are material: too large for one person alone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from customer_stack.reconciliation.domain.breaks import Unit
from shared.errors import invariant


@dataclass(frozen=True, slots=True)
class Materiality:
    """Up to which difference its owner ends a break alone, by unit. `version` counts reviews."""

    version: int
    alone: Mapping[Unit, int]

    def is_material(self, unit: Unit, ours: int | None, theirs: int | None) -> bool:
        """Tell whether two persons are needed. What one side has not is as large as what the other has."""
        return abs((ours or 0) - (theirs or 0)) > self.alone[unit]


def read_materiality(document: Mapping[str, Any]) -> Materiality:
    """Return what `breaks.yaml` says; every unit has a limit."""
    invariant(set(document) == {"version", "alone"}, "breaks.yaml: version and alone, no more")
    alone = {Unit(name): limit for name, limit in document["alone"].items()}
    invariant(set(alone) == set(Unit), "breaks.yaml: a limit for every unit")
    invariant(all(isinstance(each, int) and each >= 0 for each in alone.values()), "limits are whole numbers")
    return Materiality(document["version"], MappingProxyType(alone))
