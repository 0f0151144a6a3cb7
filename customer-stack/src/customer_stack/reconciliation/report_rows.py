"""What the report of a day says, as rows of text: for the PDF, and for the CSV. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from customer_stack.reconciliation.domain.breaks import Unit
from customer_stack.reconciliation.domain.catalogue import IDENTITIES
from customer_stack.reconciliation.domain.checks import Result, Values
from customer_stack.reconciliation.domain.client_money import UNIT_OF
from customer_stack.reconciliation.domain.days import CheckLine, DayBounds, DayReport
from customer_stack.reconciliation.domain.units import show_value

NOT_MADE: Final = "not made"
HEADER: Final = ("section", "name", "detail", "unit", "ours", "theirs", "count", "result")
CSV_SECTIONS: Final = ("report", "check", "client_money", "clearing", "break", "balance", "trend")

CsvRow = tuple[str, str, str, str, str, str, str, str]


def show_amount(value: int | None, unit: Unit) -> str:
    """Return a value with separators of thousands, or nothing."""
    text = show_value(value, unit)
    if text is None:
        return ""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, part = digits.partition(".")
    return f"{sign}{int(whole):,}{dot}{part}"


def show_age(age: timedelta) -> str:
    """Return an age in days and hours."""
    hours = int(age.total_seconds()) // 3600
    return f"{hours // 24} d {hours % 24} h"


def list_checks(report: DayReport) -> list[tuple[str, str, CheckLine | None]]:
    """Return every check in the order of the catalogue: identity, words, and how it ended if it was made."""
    made = {line.name: line for line in report.checks}
    return [(identity, words, made.get(name)) for name, (identity, words) in IDENTITIES.items()]


def say_result(line: CheckLine | None) -> str:
    """Return how a check ended, in a word."""
    return NOT_MADE if line is None else line.result.value


def count_held(report: DayReport) -> tuple[int, int]:
    """Return how many checks held, and how many were made."""
    return sum(line.result is Result.HELD for line in report.checks), len(report.checks)


def list_csv_rows(report: DayReport) -> Iterator[CsvRow]:
    """Yield every row of the CSV, below its header."""
    closed = report.closed
    yield ("report", closed.operator, report.scope_name, "", "", "", "", closed.day.isoformat())
    yield ("report", "closed at", closed.closed_at.isoformat(), "", "", "", "", "")
    run = "none" if closed.run_id is None else str(closed.run_id)
    sequence = "" if report.sequence is None else str(report.sequence)
    yield ("report", "last run", run, "", "", "", sequence, "")
    for (name, (identity, _)), (_, _, line) in zip(IDENTITIES.items(), list_checks(report), strict=True):
        unit, ours, theirs = _values(line.values if line else None)
        count = "" if line is None else str(line.differing)
        yield ("check", name.value, identity, unit, ours, theirs, count, say_result(line))
    yield from _money_rows(report)
    end = DayBounds(closed.day).end
    for each in closed.clearing:
        item = each.items
        if report.department_id in (None, item.department_id):
            late = "late" if each.is_late(end) else "in time"
            amount = show_value(item.balance, item.unit) or ""
            detail = (
                f"{closed.departments.get(item.department_id, item.department_id)}, {show_age(item.age(end))}"
            )
            yield ("clearing", item.account, detail, item.unit, amount, "", str(item.items), late)
    for found in closed.breaks:
        if report.department_id in (None, found.department_id):
            yield ("break", found.type, found.age, "", "", "", str(found.count), "open")
    for balance in closed.balances:
        if report.department_id in (None, balance.department_id):
            amount = show_value(balance.balance, UNIT_OF[balance.currency]) or ""
            detail = str(closed.departments.get(balance.department_id, balance.department_id))
            yield ("balance", balance.account, detail, UNIT_OF[balance.currency], amount, "", "", "")
    yield from _trend_rows(report)


def _money_rows(report: DayReport) -> Iterator[CsvRow]:
    """Yield client money; a department's is by our books alone."""
    for money in report.money:
        unit = UNIT_OF[money.currency]
        for line in money.lines:
            stated = "stated" if line.is_stated else "by our books"
            yield (
                "client_money",
                line.name,
                line.side,
                unit,
                show_value(line.amount, unit) or "",
                "",
                "",
                stated,
            )
        held, owed = (show_value(each, unit) or "" for each in (money.held, money.owed))
        yield ("client_money", "total", "", unit, held, owed, "", "SHORT" if money.shortfall else "covered")


def _trend_rows(report: DayReport) -> Iterator[CsvRow]:
    for each in report.trend:
        day = each.day.isoformat()
        if report.department_id is None:
            for currency, (owed, held) in sorted(each.money.items()):
                values = (
                    show_value(held, UNIT_OF[currency]) or "",
                    show_value(owed, UNIT_OF[currency]) or "",
                )
                yield ("trend", "client_money", day, UNIT_OF[currency], *values, "", "")
        for age, count in sorted(each.breaks.items()):
            yield ("trend", "breaks", day, "", "", "", str(count), age)
        if each.not_held is not None:
            yield ("trend", "checks_not_held", day, "", "", "", str(each.not_held), "")


def _values(values: Values | None) -> tuple[str, str, str]:
    if values is None:
        return "", "", ""
    ours, theirs = (show_value(each, values.unit) or "" for each in (values.ours, values.theirs))
    return values.unit.value, ours, theirs
