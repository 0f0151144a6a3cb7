"""Reads a CSV statement by the mapping of its bank. Pure.

*Guaranteed:* an amount is exact or the file is refused; where the bank writes balances, every line leads to
the next, so a line that is missing in the middle is seen; nothing but amounts, days and references is kept,
because what a bank writes beside them names people.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from customer_stack.reconciliation.domain.sources import number_of
from customer_stack.reconciliation.errors import StatementInvalid
from shared.errors import invariant
from shared.money import InexactAmount, to_minor

MOST_LINES: Final = 200_000
LONGEST_REFERENCE: Final = 64

_NUMBER: Final = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,6})?")
_REFERENCE: Final = re.compile(r"[!-~](?:[ -~]{0,62}[!-~])?")
_NEEDED: Final = frozenset({"reference", "day"})
_COLUMNS: Final = _NEEDED | {"amount", "credit", "debit", "batch", "balance"}


@dataclass(frozen=True, slots=True)
class Bank:
    """How one bank writes its statements: the heading of each column that it has."""

    name: str
    delimiter: str
    dates: str
    thousands: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booked movement, signed as our account sees it; the day as its number since 1970."""

    number: int
    reference: str
    amount: int
    day: int
    batch: str


def read_banks(document: Mapping[str, Any]) -> dict[str, Bank]:
    """Return the mappings of `banks.yaml` by name."""
    banks = {}
    for each in document["banks"]:
        columns = each["columns"]
        invariant(_NEEDED <= set(columns) <= _COLUMNS, f"bank {each['name']}: columns that we know")
        one = "amount" in columns
        two = {"credit", "debit"} & set(columns)
        invariant(
            one != bool(two) and len(two) in (0, 2), f"bank {each['name']}: amount, or credit and debit"
        )
        invariant(each["name"] not in banks, f"bank {each['name']} stands twice")
        banks[each["name"]] = Bank(each["name"], each["delimiter"], each["dates"], each["thousands"], columns)
    return banks


def read_csv(raw: bytes, bank: Bank, scale: int) -> tuple[StatementLine, ...]:
    """Return the lines of a statement in minor units of `scale` digits. Raises StatementInvalid."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise StatementInvalid("The file is not UTF-8. Ask the bank, or save it as UTF-8.") from None
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=bank.delimiter, strict=True)
    lines: list[StatementLine] = []
    balances: list[int] = []
    try:
        missing = set(bank.columns.values()) - set(rows.fieldnames or ())
        if missing:
            raise StatementInvalid(f"The file has no column {min(missing)}. Choose the mapping of its bank.")
        for number, row in enumerate(rows, start=1):
            if number > MOST_LINES:
                raise StatementInvalid(f"A statement has at most {MOST_LINES} lines. Send it in parts.")
            lines.append(_read_line(row, bank, scale, number))
            if "balance" in bank.columns:
                balances.append(_amount(row[bank.columns["balance"]], bank, scale, number))
    except csv.Error as error:
        raise StatementInvalid("The file is no CSV. Check its quotes.") from error
    if not lines:
        raise StatementInvalid("The statement has no line.")
    _require_balances(lines, balances)
    return tuple(lines)


def _read_line(row: Mapping[str, str | None], bank: Bank, scale: int, number: int) -> StatementLine:
    def text(name: str) -> str:
        return (row.get(bank.columns.get(name, "")) or "").strip()

    reference, batch = text("reference"), text("batch")
    for each in (reference, batch):
        if each and _REFERENCE.fullmatch(each) is None:
            raise StatementInvalid(f"Line {number}: a reference has at most 64 printable characters.")
    if "amount" in bank.columns:
        amount = _amount(text("amount"), bank, scale, number)
    else:
        credit, debit = (_amount(text(name) or "0", bank, scale, number) for name in ("credit", "debit"))
        if bool(credit) == bool(debit):
            raise StatementInvalid(f"Line {number} is either a credit or a debit.")
        amount = abs(credit) or -abs(debit)
    if amount == 0:
        raise StatementInvalid(f"Line {number} moves nothing.")
    try:
        day = datetime.strptime(text("day"), bank.dates).replace(tzinfo=UTC).date()
    except ValueError:
        raise StatementInvalid(f"Line {number}: the day is not written as in {bank.name}.") from None
    return StatementLine(number, reference, amount, number_of(day), batch)


def _amount(text: str | None, bank: Bank, scale: int, number: int) -> int:
    plain = (text or "").strip()
    if bank.thousands:
        plain = plain.replace(bank.thousands, "")
    if _NUMBER.fullmatch(plain) is None:
        raise StatementInvalid(f"Line {number}: an amount is digits with a point.")
    try:
        return to_minor(Decimal(plain), scale)
    except InexactAmount:
        raise StatementInvalid(f"Line {number}: an amount has more digits than the account.") from None


def _require_balances(lines: Sequence[StatementLine], balances: Sequence[int]) -> None:
    """Refuse a statement with a hole: balances go up or down the page, as the bank prefers."""
    if not balances:
        return
    forward = all(balances[at] + lines[at + 1].amount == balances[at + 1] for at in range(len(balances) - 1))
    backward = all(balances[at + 1] + lines[at].amount == balances[at] for at in range(len(balances) - 1))
    if not forward and not backward:
        raise StatementInvalid("The balances do not follow from the amounts. Ask for the whole statement.")
