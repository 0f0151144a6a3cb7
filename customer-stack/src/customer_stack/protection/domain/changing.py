"""How one limit changes: at once downwards, later and twice upwards. Pure.

A customer's own limit: what lowers it, or is the first, counts at once and ends what waits. What raises it,
or removes it, waits for the tenant's cooling time; then the customer has to confirm it within a bounded time,
or it lapses. Staff's limit on a customer: the same, but what raises it waits for a second person instead.

Guaranteed: the amount in force is never above the lowest that was ever asked for since the last raise that
waited its time and was confirmed; time alone raises nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customer_stack.protection.domain.policies import Policy
from customer_stack.protection.errors import NothingPending, SamePerson, TooEarly

APPROVAL_TIME: Final = timedelta(days=7)
"""How long staff's proposal to raise waits for a second person."""


@dataclass(frozen=True, slots=True)
class Raise:
    """A higher amount that waits, or None: to have no limit. `asked_by`: who of staff proposed it."""

    amount: int | None
    asked_at: datetime
    ready_at: datetime
    lapses_at: datetime
    asked_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A limit of one kind and window by one setter. `amount` None: there is none."""

    version: int
    amount: int | None
    set_at: datetime
    pending: Raise | None = None


def first_setting(amount: int, now: datetime) -> Setting:
    """Return a limit where there was none."""
    return Setting(1, amount, now)


def waiting(setting: Setting, now: datetime) -> Raise | None:
    """Return the raise that waits, unless it has lapsed."""
    pending = setting.pending
    return None if pending is None or pending.lapses_at <= now else pending


def without_lapsed(setting: Setting, now: datetime) -> Setting:
    """Return a limit as it is to be shown."""
    return replace(setting, pending=waiting(setting, now))


def change_own(setting: Setting | None, amount: int | None, now: datetime, policy: Policy) -> Setting | None:
    """Return the limit after its customer asked for an amount; None: there was none, and stays none."""
    if setting is None:
        return None if amount is None else first_setting(amount, now)
    if not _raises(setting, amount):
        return _set(setting, amount, now)
    pending = waiting(setting, now)
    if pending is not None and pending.amount == amount:
        return setting
    ready_at = now + policy.cooling
    return _wait(setting, Raise(amount, now, ready_at, ready_at + policy.confirming))


def confirm(setting: Setting | None, now: datetime) -> Setting:
    """Return the limit after its customer confirmed the raise. Raises NothingPending, TooEarly."""
    setting, pending = _require_waiting(setting, now)
    if now < pending.ready_at:
        raise TooEarly(f"This can be confirmed from {pending.ready_at:%Y-%m-%d %H:%M} UTC on.")
    return _set(setting, pending.amount, now)


def withdraw(setting: Setting | None, now: datetime) -> Setting:
    """Return the limit without the raise that waited. Raises NothingPending."""
    setting, _ = _require_waiting(setting, now)
    return _wait(setting, None)


def change_by_staff(
    setting: Setting | None, amount: int | None, now: datetime, staff_id: UUID
) -> Setting | None:
    """Return staff's limit after one of them asked for an amount; what raises it waits for another."""
    if setting is None:
        return None if amount is None else first_setting(amount, now)
    if not _raises(setting, amount):
        return _set(setting, amount, now)
    return _wait(setting, Raise(amount, now, now, now + APPROVAL_TIME, staff_id))


def approve(setting: Setting | None, now: datetime, staff_id: UUID) -> Setting:
    """Return staff's limit after a second person agreed to raise it. Raises NothingPending, SamePerson."""
    setting, pending = _require_waiting(setting, now)
    if pending.asked_by == staff_id:
        raise SamePerson("Somebody else than who proposed to raise a limit approves it.")
    return _set(setting, pending.amount, now)


def _raises(setting: Setting, amount: int | None) -> bool:
    return setting.amount is not None and (amount is None or amount > setting.amount)


def _set(setting: Setting, amount: int | None, now: datetime) -> Setting:
    return Setting(setting.version + 1, amount, now)


def _wait(setting: Setting, pending: Raise | None) -> Setting:
    return replace(setting, version=setting.version + 1, pending=pending)


def _require_waiting(setting: Setting | None, now: datetime) -> tuple[Setting, Raise]:
    pending = None if setting is None else waiting(setting, now)
    if setting is None or pending is None:
        raise NothingPending("No raise of this limit waits. Ask for the amount again.")
    return setting, pending
