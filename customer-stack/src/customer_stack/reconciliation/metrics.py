"""What operations sees of checks and breaks."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import Gauge

from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.domain.breaks import AgeBucket, BreakType
from customer_stack.reconciliation.domain.checks import Check, CheckName
from customer_stack.reconciliation.domain.clearing import OpenItems
from customer_stack.reconciliation.domain.client_money import ClientMoney
from shared.money import Currency

BREAKS_OPEN: Final = Gauge(
    "reconciliation_breaks_open", "Breaks of all tenants that nobody has ended.", ("type", "age")
)


def show_open(counts: Mapping[tuple[BreakType, AgeBucket], int]) -> None:
    """Show how many breaks of each type and age are open."""
    for kind in BreakType:
        for age in AgeBucket:
            BREAKS_OPEN.labels(kind.value, age.value).set(counts.get((kind, age), 0))


CHECK_HELD: Final = Gauge(
    "reconciliation_check_held", "1 while a check held for every tenant that it was made for.", ("check",)
)


RUN_AT: Final = Gauge(
    "reconciliation_last_run_timestamp_seconds",
    "When the checks of all tenants were last made; while it stands still, what they show is old.",
)


def show_held(checks: Iterable[Check]) -> None:
    """Show which of the checks held; of several with one name all must."""
    held: dict[CheckName, bool] = {}
    for check in checks:
        held[check.name] = held.get(check.name, True) and check.is_held
    for name, is_held in held.items():
        CHECK_HELD.labels(name.value).set(int(is_held))


SHORTFALL: Final = Gauge(
    "reconciliation_client_money_shortfall",
    "What is missing of all tenants' client money, in cents of LKR and micro-dollars; an alarm above 0.",
    ("currency",),
)
CLEARING_AGE: Final = Gauge(
    "reconciliation_clearing_age_seconds",
    "How long the oldest item of a clearing account has been open, of all tenants.",
    ("account",),
)
DUE_AGE: Final = Gauge(
    "reconciliation_due_oldest_seconds",
    "How long the oldest day that a late statement made due has waited for its match, of all tenants.",
)


def show_due(since: Iterable[datetime], now: datetime) -> None:
    """Show how long the oldest of the due days has waited; zero where none does."""
    DUE_AGE.set(max(((now - each).total_seconds() for each in since), default=0.0))


def show_money(found: Iterable[ClientMoney]) -> None:
    """Show what is missing, of all tenants together."""
    missing = dict.fromkeys(Currency, 0)
    for each in found:
        missing[each.currency] += each.shortfall
    for currency, amount in missing.items():
        SHORTFALL.labels(currency.value).set(amount)


def show_clearing(found: Iterable[OpenItems], accounts: Iterable[Account], now: datetime) -> None:
    """Show how old the oldest open items are; zero where nothing is open."""
    ages = dict.fromkeys(accounts, timedelta(0))
    for each in found:
        ages[each.account] = max(ages[each.account], each.age(now))
    for account, age in ages.items():
        CLEARING_AGE.labels(account.value).set(age.total_seconds())
