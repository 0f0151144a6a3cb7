"""What a file is checked against beside itself: thresholds, days, who reports, names of banks.

Amounts are whole LKR. Defaults are what is published or known; an operator's own table of banks may replace
ours, since banks are renamed and merge.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

BEGINNING: Final = date(2022, 1, 1)
"""Reports by goAML are taken of transactions from here on."""
THRESHOLD: Final = 1_000_000
LATE_DAYS: Final = 31
EXTREME_CASH: Final = 500_000_000
"""Cash above this is more likely a transfer in the wrong kind of report."""
NUMBERED_FORMS: Final = frozenset({"PLC", "PVT", "LTD", "COMP", "PART", "PROP", "NGO", "COOP"})


def read_institutions(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return SWIFT code, first eight letters -> names, of a CSV file `swift,name`. Raises ValueError."""
    found: dict[str, list[str]] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text))):
        if number == 0 or not row:
            continue
        if len(row) != 2 or len(row[0].strip()) not in (8, 11):
            raise ValueError(f"line {number + 1} is not swift,name")
        found.setdefault(row[0].strip().upper()[:8], []).append(row[1].strip())
    return MappingProxyType({swift: tuple(names) for swift, names in found.items()})


@cache
def known_institutions() -> Mapping[str, tuple[str, ...]]:
    """Return the banks that we know."""
    file = resources.files("customer_stack.filings.validator").joinpath("institutions.csv")
    return read_institutions(file.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Expectations:
    """What holds for whoever reports. None: not checked."""

    entity_id: int | None = None
    own_swift: str | None = None
    own_code: str | None = None
    threshold: int = THRESHOLD
    late_days: int = LATE_DAYS
    extreme_cash: int = EXTREME_CASH
    beginning: date = BEGINNING
    numbered_forms: frozenset[str] = NUMBERED_FORMS
    institutions: Mapping[str, tuple[str, ...]] = field(default_factory=known_institutions)
