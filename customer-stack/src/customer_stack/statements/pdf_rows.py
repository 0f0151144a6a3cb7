"""The rows of a statement's PDF, in order: what is written, not where. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from customer_stack.statements.domain import COLOMBO, Line, Section, Statement
from customer_stack.statements.wording import describe, name_account
from shared.money import CONTRACT_SCALE, Currency, format_minor


class Look(Enum):
    """How a row is drawn, with its height in points."""

    HEADING = 34
    COLUMNS = 17
    ENTRY = 14
    TOTAL = 15
    CLOSING = 18
    NOTE = 16


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; empty cells draw nothing."""

    look: Look
    date: str = ""
    words: str = ""
    reference: str = ""
    middle: str = ""
    amount: str = ""
    balance: str = ""
    is_shaded: bool = False


def build_rows(statement: Statement, titles: Mapping[UUID, str]) -> list[Row]:
    """Return all rows of the document, in order."""
    rows = [
        Row(Look.HEADING, words="Summary"),
        _columns("Account", "Change", "Closing balance", opening=True),
    ]
    rows += [_summary(section, index) for index, section in enumerate(statement.sections)]
    for section in statement.sections:
        rows += _section_rows(section)
    if statement.positions:
        rows += [Row(Look.HEADING, words="Contracts"), _columns("Market", "Opening", "Closing")]
        for index, position in enumerate(statement.positions):
            rows.append(
                Row(
                    Look.ENTRY,
                    date=position.side.upper(),
                    words=titles.get(position.market_id, str(position.market_id)),
                    amount=_amount(position.opening, CONTRACT_SCALE),
                    balance=_amount(position.closing, CONTRACT_SCALE),
                    is_shaded=index % 2 == 1,
                )
            )
    return rows


def _columns(first: str, amount: str, balance: str, *, opening: bool = False) -> Row:
    return Row(
        Look.COLUMNS,
        words=first,
        middle="Opening balance" if opening else "",
        amount=amount,
        balance=balance,
    )


def _summary(section: Section, index: int) -> Row:
    scale = section.currency.scale
    return Row(
        Look.ENTRY,
        date=section.currency.value,
        words=name_account(section.account),
        middle=_amount(section.opening, scale),
        amount=_amount(section.closing - section.opening, scale),
        balance=_amount(section.closing, scale),
        is_shaded=index % 2 == 1,
    )


def _section_rows(section: Section) -> list[Row]:
    currency, scale = section.currency, section.currency.scale
    rows = [
        Row(Look.HEADING, words=f"{name_account(section.account)}, {currency.value}"),
        Row(
            Look.COLUMNS,
            date="Booked",
            words="Description",
            reference="Reference",
            amount=f"Amount {currency.value}",
            balance=f"Balance {currency.value}",
        ),
        Row(Look.TOTAL, words="Opening balance", balance=_amount(section.opening, scale)),
    ]
    rows += [_entry(line, currency, index) for index, line in enumerate(section.lines)]
    if not section.lines:
        rows.append(Row(Look.NOTE, words="No entries in this period."))
    rows += [
        Row(Look.TOTAL, words="Total received", amount=_amount(section.total_in, scale)),
        Row(Look.TOTAL, words="Total given", amount=_amount(section.total_out, scale)),
        Row(Look.CLOSING, words="Closing balance", balance=_amount(section.closing, scale)),
    ]
    return rows


def _entry(line: Line, currency: Currency, index: int) -> Row:
    entry = line.entry
    return Row(
        Look.ENTRY,
        date=f"{entry.booked_at.astimezone(COLOMBO):%Y-%m-%d %H:%M}",
        words=describe(entry.kind, entry.amount),
        reference=entry.provider_reference or str(entry.movement_id),
        amount=_amount(entry.amount, currency.scale),
        balance=_amount(line.balance, currency.scale),
        is_shaded=index % 2 == 1,
    )


def _amount(minor: int, scale: int) -> str:
    """Return an amount with separators of thousands: 123456 -> "1,234.56"."""
    sign = "-" if minor < 0 else ""
    whole, _, part = format_minor(abs(minor), scale).partition(".")
    return f"{sign}{int(whole):,}.{part}"
