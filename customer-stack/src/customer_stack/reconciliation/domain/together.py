"""Checks of several tenants as one, and of two readings what both found. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from customer_stack.reconciliation.domain.catalogue import IDENTITIES
from customer_stack.reconciliation.domain.checks import Check, CheckName, Result, Values

LASTING: Final = frozenset(
    {
        CheckName.COLLECTION,
        CheckName.BANK_ENTRIES,
        CheckName.NOSTRO,
        CheckName.PREFUND,
        CheckName.SETTLED,
        CheckName.RESOLVED_MARKETS,
    }
)
"""What moves on two sides at two moments: a difference counts when two readings after each other find it."""


def merge(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return one check for each name, in the order of the catalogue: of several tenants all must hold.

    One that differs for anybody differs; else one whose other side did not answer is unavailable.
    """
    by_name: dict[CheckName, list[Check]] = {}
    for check in checks:
        by_name.setdefault(check.name, []).append(check)
    return tuple(_merge(by_name[name]) for name in IDENTITIES if name in by_name)


def _merge(same: list[Check]) -> Check:
    results = {check.result for check in same}
    worst = next(each for each in (Result.DIFFERS, Result.UNAVAILABLE, Result.HELD) if each in results)
    found = tuple(finding for check in same for finding in check.findings)
    return Check(same[0].name, worst, sum(check.compared for check in same), found, _add(same))


def _add(same: list[Check]) -> Values | None:
    values = [check.values for check in same if check.values is not None]
    if len(values) < len(same) or len({each.unit for each in values}) != 1:
        return None
    ours, theirs = sum(each.ours for each in values), sum(each.theirs for each in values)
    return Values(values[0].unit, ours, theirs)


def needs_another(checks: Iterable[Check]) -> bool:
    """Tell whether only a second reading says what differs."""
    return any(check.name in LASTING and check.result is Result.DIFFERS for check in checks)


def keep_lasting(checks: Iterable[Check], before: Collection[Check]) -> tuple[Check, ...]:
    """Return checks without what of the lasting ones an earlier reading did not find."""
    seen = {finding.key for check in before for finding in check.findings}
    return tuple(_keep(check, seen) if check.name in LASTING else check for check in checks)


def _keep(check: Check, seen: Collection[object]) -> Check:
    if check.result is not Result.DIFFERS:
        return check
    left = tuple(finding for finding in check.findings if finding.key in seen)
    return replace(check, findings=left, result=Result.DIFFERS if left else Result.HELD)
