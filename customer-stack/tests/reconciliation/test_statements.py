"""CSV statements of three banks as they write them, and the configuration that reads them."""

import pytest

from customer_stack.reconciliation.configuration import load_banks, load_sources
from customer_stack.reconciliation.domain.sources import begin_of, day_of, number_at, read_configuration
from customer_stack.reconciliation.domain.statements import read_banks, read_csv
from customer_stack.reconciliation.errors import StatementInvalid
from shared.errors import InvariantViolated

CURRENT = """Value Date,Narration,Bank Reference,Batch,Debit,Credit,Balance
27/11/2026,"CEFT IN, W A N PERERA",BOC-2026-331,,,"30,000.00","567,500.00"
27/11/2026,PAYROLL FILE,0193BATCH,,"14,750.00",,"552,750.00"
28/11/2026,FEE,,,25.00,,"552,725.00"
"""
DOLLARS = """booking_date;reference;amount;balance
2026-11-27;SET-2026-0042;-4.55;3995.45
2026-11-28;INT-11;0.31;3995.76
"""


def read(text, bank="colombo-current-account", scale=2):
    return read_csv(text.encode(), load_banks()[bank], scale)


def test_a_current_account_and_a_dollar_account():
    lines = read(CURRENT)
    assert [(each.reference, each.amount, day_of(each.day).day) for each in lines] == [
        ("BOC-2026-331", 30_000_00, 27),
        ("0193BATCH", -14_750_00, 27),
        ("", -25_00, 28),
    ]
    head, *rows = CURRENT.splitlines()
    assert len(read("\n".join([head, *reversed(rows)]))) == 3
    assert [each.amount for each in read(DOLLARS, "dollar-account", 6)] == [-4_550000, 310000]


@pytest.mark.parametrize(
    "text",
    [
        CURRENT.replace('"30,000.00"', '"30,000.005"'),
        CURRENT.replace("27/11/2026", "2026-11-27"),
        CURRENT.replace(",Balance", ",Saldo"),
        CURRENT.replace("FEE,,,25.00,,", "FEE,,,25.00,25.00,"),
        CURRENT.replace("FEE,,,25.00,,", "FEE,,,,,"),
        CURRENT.replace("BOC-2026-331", "BOC 2026\t331"),
        # A line is missing in the middle.
        "\n".join(line for line in CURRENT.splitlines() if "PAYROLL" not in line),
        CURRENT.splitlines()[0],
        CURRENT.replace('"CEFT IN', '"CEFT "IN'),
        "",
    ],
)
def test_a_statement_that_is_not_exact_is_refused_whole(text):
    with pytest.raises(StatementInvalid):
        read(text)


def test_a_day_is_colombos():
    assert day_of(number_at(begin_of(20_784))).isoformat() == "2026-11-27"
    assert begin_of(20_784).isoformat() == "2026-11-26T18:30:00+00:00"


def test_configuration_that_contradicts_itself_keeps_the_process_from_starting():
    assert {"bank-files", "bank-lkr", "bank-usd", "cards", "checkout"} == set(load_sources().sources)
    source = {
        "name": "x",
        "account": "nostro",
        "currency": "USD",
        "reach": "department",
        "holder": None,
        "providers": [],
        "house": True,
        "statements": "csv",
        "rules": ["exact"],
        "judged_days": 14,
        "waits_days": 1,
        "rounding": 0,
    }
    rules = [{"name": "exact", "kind": "exact"}, {"name": "late", "kind": "date", "days": 2}]

    def configure(**changes):
        return read_configuration({"version": 1, "rules": rules, "sources": [source | changes]}, b"")

    assert configure(rules=["exact", "late"]).sources["x"].reach_back_days == 16
    for wrong in (
        {"rules": ["late"]},
        {"holder": "sandbox-bank"},
        {"reach": "installation"},
        {"waits_days": 14},
    ):
        with pytest.raises(InvariantViolated):
            configure(**wrong)
    with pytest.raises(InvariantViolated):
        read_banks({"banks": [{"name": "b", "columns": {"reference": "r", "day": "d", "credit": "c"}}]})
