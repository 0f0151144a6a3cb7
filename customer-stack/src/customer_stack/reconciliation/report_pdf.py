"""The report of a day on paper: for a controller in the morning, and for a regulator who asks for a day.

It says nothing that the CSV of the same day does not say, and names the CSV's SHA-256 at its foot.
"""

from datetime import date

from customer_stack.ledger.domain import Account
from customer_stack.paper.blocks import Align, Cell, Column, Series, Tone
from customer_stack.paper.document import Frame, Paper
from customer_stack.reconciliation.domain.breaks import AgeBucket, Unit
from customer_stack.reconciliation.domain.checks import Result
from customer_stack.reconciliation.domain.client_money import UNIT_OF, ClientMoney, Side
from customer_stack.reconciliation.domain.days import CheckLine, DayBounds, DayReport
from customer_stack.reconciliation.report_rows import (
    count_held,
    list_checks,
    say_result,
    show_age,
    show_amount,
)
from customer_stack.working_days.domain import COLOMBO
from shared.money import Currency

_TONES = {Result.HELD: Tone.GOOD, Result.DIFFERS: Tone.BAD, Result.UNAVAILABLE: Tone.WARNING}
_UNITS = {
    Unit.LKR_CENT: "LKR",
    Unit.MICRO_DOLLAR: "USD",
    Unit.CENTI_CONTRACT: "contracts",
    Unit.ENTRY: "agree",
}
_AGES = {
    AgeBucket.UNDER_DAY: "under a day",
    AgeBucket.UNDER_WEEK: "under a week",
    AgeBucket.UNDER_MONTH: "under 30 days",
    AgeBucket.OLDER: "older",
}
_SHORT = (
    "Less was held than customers were owed. An alarm was raised on the day; the break names who took it."
)


def write_report(report: DayReport, csv_digest: bytes) -> Paper:
    """Return the report of a day as a document."""
    closed = report.closed
    issued = f"{closed.closed_at.astimezone(COLOMBO):%Y-%m-%d %H:%M} Colombo"
    foot = (
        f"SHA-256 of the same report as CSV: {csv_digest.hex()}",
        "Days are days in Colombo (UTC+05:30), by the time of booking. Made again it has the same bytes.",
    )
    subtitle = f"{report.scope_name}, {closed.day:%Y-%m-%d}"
    paper = Paper(Frame(closed.operator, "Daily reconciliation", subtitle, issued, foot))
    _summary(paper, report)
    _checks(paper, report)
    _client_money(paper, report)
    _breaks(paper, report)
    _clearing(paper, report)
    _balances(paper, report)
    return paper


def _summary(paper: Paper, report: DayReport) -> None:
    held, made = count_held(report)
    breaks = [each for each in report.closed.breaks if report.department_id in (None, each.department_id)]
    facts = [
        ("Checks that held", f"{held} of {made} made" if made else "nothing was compared on this day"),
        ("Breaks open at the end of the day", f"{sum(each.count for each in breaks):,}"),
    ]
    facts += [(f"Client money, {each.currency}", _say_cover(each)) for each in report.money]
    facts.append(("Last run of the day", str(report.closed.run_id or "none")))
    facts.append(("At report sequence", "" if report.sequence is None else f"{report.sequence:,}"))
    paper.facts(facts)


def _say_cover(money: ClientMoney) -> str:
    unit = UNIT_OF[money.currency]
    if money.shortfall:
        return f"SHORT by {show_amount(money.shortfall, unit)}"
    return f"covered, {show_amount(money.held - money.owed, unit)} over"


def _checks(paper: Paper, report: DayReport) -> None:
    paper.heading("Checks")
    columns = (
        Column("", 2),
        Column("What holds", 12),
        Column("Ours", 6, Align.RIGHT),
        Column("Theirs", 6, Align.RIGHT),
        Column("", 4),
        Column("Differ", 3, Align.RIGHT),
        Column("Result", 5),
    )
    paper.table(columns, [_check_row(*each) for each in list_checks(report)])


def _check_row(identity: str, words: str, line: CheckLine | None) -> tuple[Cell | str, ...]:
    if line is None:
        return identity, words, "", "", "", "", Cell(say_result(line), Tone.QUIET)
    ours, theirs, unit = "", "", ""
    if line.values is not None:
        unit = _UNITS.get(line.values.unit, "")
        ours, theirs = (
            show_amount(each, line.values.unit) for each in (line.values.ours, line.values.theirs)
        )
    result = Cell(say_result(line), _TONES[line.result])
    return identity, words, ours, theirs, unit, f"{line.differing:,}", result


def _client_money(paper: Paper, report: DayReport) -> None:
    for money in report.money:
        unit = UNIT_OF[money.currency]
        paper.heading(f"Client money, {money.currency}")
        if money.shortfall:
            paper.paragraph(_SHORT, Tone.BAD)
        for side, title in ((Side.OWED, "Owed to customers"), (Side.HELD, "Held for them")):
            columns = (Column(title, 12), Column("Said by", 6), Column(money.currency, 6, Align.RIGHT))
            rows = [
                (
                    line.name.replace("_", " "),
                    "the other side" if line.is_stated else "our books",
                    show_amount(line.amount, unit),
                )
                for line in money.lines
                if line.side is side
            ]
            paper.table(columns, [*rows, ("total", "", show_amount(money.sum(side), unit))], has_total=True)
        if report.department_id is not None:
            continue
        days = [each.money.get(money.currency) for each in report.trend]
        paper.line_chart(
            f"Held and owed over {len(days)} days",
            _labels([each.day for each in report.trend]),
            [
                Series("held", tuple(None if each is None else each[1] for each in days)),
                Series("owed", tuple(None if each is None else each[0] for each in days)),
            ],
            unit=money.currency,
            scale=Currency(money.currency).scale,
        )


def _breaks(paper: Paper, report: DayReport) -> None:
    paper.heading("Breaks open at the end of the day")
    found = [each for each in report.closed.breaks if report.department_id in (None, each.department_id)]
    kinds = sorted({each.type for each in found})
    columns = (
        Column("Type", 8),
        *(Column(_AGES[age], 4, Align.RIGHT) for age in AgeBucket),
        Column("All", 3, Align.RIGHT),
    )

    def count(kind: str | None, age: AgeBucket | None) -> str:
        number = sum(each.count for each in found if kind in (None, each.type) and age in (None, each.age))
        return f"{number:,}" if number else ""

    rows = [
        (kind.replace("_", " "), *(count(kind, age) for age in AgeBucket), count(kind, None))
        for kind in kinds
    ]
    if rows:
        rows.append(("All", *(count(None, age) for age in AgeBucket), count(None, None)))
    paper.table(columns, rows, has_total=bool(rows), empty="No break was open.")
    paper.bar_chart(
        f"Breaks open over {len(report.trend)} days, by age",
        _labels([each.day for each in report.trend]),
        [
            Series(
                _AGES[age],
                tuple(None if not each.money else each.breaks.get(age, 0) for each in report.trend),
            )
            for age in AgeBucket
        ],
        is_stacked=True,
    )
    paper.bar_chart(
        f"Checks that did not hold, last run of each of {len(report.trend)} days",
        _labels([each.day for each in report.trend]),
        [Series("not held", tuple(each.not_held for each in report.trend))],
    )


def _clearing(paper: Paper, report: DayReport) -> None:
    paper.heading("Accounts that must return to zero")
    end = DayBounds(report.closed.day).end
    columns = (
        Column("Account", 6),
        Column("Department", 8),
        Column("Balance", 7, Align.RIGHT),
        Column("Items", 3, Align.RIGHT),
        Column("Oldest", 4, Align.RIGHT),
        Column("Limit", 3, Align.RIGHT),
        Column("", 4),
    )
    rows = [
        (
            each.items.account.replace("_", " "),
            report.closed.departments.get(each.items.department_id, str(each.items.department_id)),
            show_amount(each.items.balance, each.items.unit),
            f"{each.items.items:,}",
            show_age(each.items.age(end)),
            f"{each.limit.days} d",
            Cell("late", Tone.BAD) if each.is_late(end) else Cell("in time", Tone.GOOD),
        )
        for each in report.closed.clearing
        if report.department_id in (None, each.items.department_id)
    ]
    paper.table(columns, rows, empty="Nothing was open.")
    accounts = sorted({account for each in report.trend for account in each.oldest})
    if accounts:
        paper.line_chart(
            f"Age of the oldest open item over {len(report.trend)} days",
            _labels([each.day for each in report.trend]),
            [Series(account.replace("_", " "), _ages(report, account)) for account in accounts],
            unit="days",
        )


def _ages(report: DayReport, account: Account) -> tuple[int | None, ...]:
    return tuple(
        None if not each.money else each.oldest[account].days if account in each.oldest else 0
        for each in report.trend
    )


def _balances(paper: Paper, report: DayReport) -> None:
    paper.heading("Balances at the end of the day")
    paper.paragraph("An owner is positive by what it owns, a place negative by what lies there.", Tone.QUIET)
    columns = (
        Column("Department", 8),
        Column("Account", 8),
        Column("", 3),
        Column("Balance", 7, Align.RIGHT),
    )
    rows = [
        (
            report.closed.departments.get(each.department_id, str(each.department_id)),
            each.account.replace("_", " "),
            each.currency.value,
            show_amount(each.balance, UNIT_OF[each.currency]),
        )
        for each in report.closed.balances
        if report.department_id in (None, each.department_id)
    ]
    paper.table(columns, rows, empty="No account had a balance.")


def _labels(days: list[date]) -> list[str]:
    return [f"{day:%m-%d}" for day in days]
