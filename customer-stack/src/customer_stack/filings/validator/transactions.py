"""Rules of transactions: dates, amounts, sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from customer_stack.filings.validator.catalogue import find
from customer_stack.filings.validator.expectations import Expectations
from customer_stack.filings.validator.findings import Finding
from customer_stack.filings.validator.parties import Ground, Role, check_subject
from customer_stack.filings.validator.tree import Node

LOCAL: Final = "LK"
AT_BRANCH: Final = "BRCH"
_THRESHOLD_REPORTS: Final = frozenset({"CTR", "EFT", "IFT"})
_MANDATORY: Final = (
    "internal_ref_number",
    "transaction_location",
    "transaction_description",
    "value_date",
)
_CASH_UNIT: Final = 5
_SIDES: Final = (("from", True), ("from", False), ("to", True), ("to", False))
_PARTIES: Final = (
    ("account_my_client", True),
    ("account", False),
    ("entity_my_client", True),
    ("entity", False),
    ("person_my_client", True),
    ("person", False),
)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a transaction as the file has it."""

    node: Node
    direction: str
    is_client: bool

    @property
    def country(self) -> str | None:
        return self.node.text(f"{self.direction}_country")

    @property
    def account(self) -> Node | None:
        return self.node.child(f"{self.direction}_account")


def check_transactions(report: Node, expected: Expectations) -> Iterator[Finding]:
    """Yield what is wrong with the transactions of a report."""
    code, submitted = report.text("report_code") or "", report.day("submission_date")
    seen: set[str] = set()
    for transaction in report.children("transaction"):
        number = transaction.text("transactionnumber")
        if number is not None and number in seen:
            yield find("transaction.number_repeated", transaction.place)
        seen.add(number or "")
        yield from _check_facts(transaction)
        yield from _check_dates(transaction, code, submitted, expected)
        yield from _check_amount(transaction, code, expected)
        yield from _check_sides(transaction, code)
        yield from _check_subjects(transaction, code, expected)


def _check_facts(transaction: Node) -> Iterator[Finding]:
    for name in _MANDATORY:
        if not transaction.has(name):
            yield find("transaction.mandatory_missing", transaction.place, f"<{name}>")
    is_at_branch = transaction.text("transmode_code") == AT_BRANCH
    described = (transaction.text("transaction_description") or "").casefold()
    is_at_merchant = transaction.has("involved_parties") and "credit card" in described
    if (is_at_branch or is_at_merchant) and not transaction.has("transaction_location"):
        yield find("transaction.location_missing", transaction.place)


def _check_dates(
    transaction: Node, code: str, submitted: date | None, expected: Expectations
) -> Iterator[Finding]:
    day = transaction.day("date_transaction")
    if day is None or submitted is None:
        return  # the structure says so
    if day < expected.beginning:
        yield find("transaction.too_old", transaction.place)
    if day > submitted:
        yield find("transaction.after_submission", transaction.place)
    if code in _THRESHOLD_REPORTS and (submitted - day).days > expected.late_days:
        yield find("transaction.late", transaction.place)


def _check_amount(transaction: Node, code: str, expected: Expectations) -> Iterator[Finding]:
    amount = transaction.amount("amount_local")
    if amount is None:
        return
    if code in _THRESHOLD_REPORTS and amount < expected.threshold:
        yield find("transaction.below_threshold", transaction.place)
    if code != "CTR":
        return
    if amount % _CASH_UNIT != 0:
        yield find("cash.not_round", transaction.place)
    if amount > expected.extreme_cash:
        yield find("cash.extreme", transaction.place)


def _sides_of(transaction: Node) -> list[_Side]:
    found = []
    for direction, is_client in _SIDES:
        name = f"t_{direction}_my_client" if is_client else f"t_{direction}"
        found += [_Side(node, direction, is_client) for node in transaction.children(name)]
    return found


def _check_sides(transaction: Node, code: str) -> Iterator[Finding]:
    sides = _sides_of(transaction)
    has_parties = transaction.has("involved_parties")
    directions = sorted(side.direction for side in sides)
    if directions != ([] if has_parties else ["from", "to"]):
        yield find("transaction.sides", transaction.place)
    if has_parties:
        return
    accounts = sum(side.account is not None for side in sides)
    countries = [side.country for side in sides]
    if code == "CTR":
        if accounts == 2:
            yield find("cash.between_accounts", transaction.place)
        if any(country != LOCAL for country in countries):
            yield find("cash.abroad", transaction.place)
    if code == "EFT" and accounts == 0:
        yield find("transfer.no_account", transaction.place)
    if code == "IFT" and all(country == LOCAL for country in countries):
        yield find("border.both_local", transaction.place)


def _check_subjects(transaction: Node, code: str, expected: Expectations) -> Iterator[Finding]:
    amount: Decimal | None = transaction.amount("amount_local")
    ground = Ground(expected, code, transaction.text("transmode_code") or "", amount)
    for side in _sides_of(transaction):
        role = Role.CLIENT if side.is_client else Role.OTHER
        for kind in ("account", "entity", "person"):
            for node in side.node.children(f"{side.direction}_{kind}"):
                yield from check_subject(kind, node, role, ground)
    parties = transaction.child("involved_parties")
    for party in parties.children("party") if parties is not None else ():
        for name, is_client in _PARTIES:
            for node in party.children(name):
                role = Role.CLIENT if is_client else Role.OTHER
                yield from check_subject(name.partition("_")[0], node, role, ground)
