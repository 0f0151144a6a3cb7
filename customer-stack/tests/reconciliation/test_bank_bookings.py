"""B1 with everything that moves at the bank: pay-ins, take-backs, payouts and what came back."""

from typing import Any

import pytest

from customer_stack.payments.domain import Statement, StatementEntry
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.reconciliation.domain.checks import CheckName, Result
from customer_stack.reconciliation.service import ReconciliationService

from ..payouts.teller import IDS, Teller  # noqa: TID252 - test folders are no packages


class Silent:
    """Execution and the reports: nothing happened there."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.statement = Statement(0, [])
        self.name = teller.bank.name

    async def fetch_statement(self) -> Statement:
        return self.statement

    async def read_through(self, tx: Any) -> int:
        return 0

    async def sum_reports(self, *_: Any) -> dict[Any, Any]:
        return {}

    async def references(self, *_: Any) -> dict[Any, Any]:
        return {}

    async def get_statement(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("not asked about execution here")


@pytest.fixture
async def teller(customer_database: Any) -> Teller:
    return await Teller(customer_database).open_for_business()


async def test_every_movement_at_the_bank_meets_its_booking(teller: Teller):
    await teller.deposit("30000.00", "IN1")
    withdrawal = await teller.withdraw()
    await teller.answer(withdrawal, PayoutAnswer(PayoutState.PAID, "OUT1"))
    await teller.answer(withdrawal, PayoutAnswer(PayoutState.RETURNED, "OUT1", None, "RT1"))
    again = await teller.withdraw_lkr(14_850_00)
    await teller.answer(again, PayoutAnswer(PayoutState.PAID, "OUT2"))
    await teller.take_back("30000.00", "IN1")
    silent = Silent(teller)
    service = ReconciliationService(
        teller.database.app,
        silent,
        silent,
        silent.references,
        silent,
        teller.tenants,
        teller.clock,
        IDS,
    )
    entries = [
        StatementEntry("IN1", 30_000_00),
        StatementEntry("OUT1", -14_750_00),
        StatementEntry("RT1", 14_750_00),
        StatementEntry("OUT2", -14_750_00),
        StatementEntry("BACK-IN1", -30_000_00),
    ]
    silent.statement = Statement(507_500_00 - 14_750_00, entries)
    checks = {check.name: check for check in await service._check_bank(teller.tenant)}
    assert {name: check.result for name, check in checks.items()} == {
        CheckName.COLLECTION: Result.PASSED,
        CheckName.BANK_ENTRIES: Result.PASSED,
    }
    silent.statement = Statement(507_500_00, entries[:3])
    checks = {check.name: check for check in await service._check_bank(teller.tenant)}
    assert checks[CheckName.BANK_ENTRIES].result is Result.FAILED
    missing = {each.subject.reference for each in checks[CheckName.BANK_ENTRIES].breaks}
    assert missing == {"OUT2", "BACK-IN1"}
