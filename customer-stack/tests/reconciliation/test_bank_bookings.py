"""B1 with everything that moves at the bank: pay-ins, take-backs, payouts and what came back."""

from typing import Any

import pytest

from customer_stack.cards.service.settling import SettlementRequest, SettlementsService
from customer_stack.payments.domain import Notice, Statement, StatementEntry, TakeBack
from customer_stack.payments.providers.hosted_checkout import NAME as GATEWAY
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.reconciliation.domain.checks import CheckName, Result
from customer_stack.reconciliation.service.books import Books
from customer_stack.reconciliation.service.running import ReconciliationService
from shared.ledger import store as ledger
from shared.ledger.domain import LKR

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
    service = reconcile(teller, silent)
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
        CheckName.COLLECTION: Result.HELD,
        CheckName.BANK_ENTRIES: Result.HELD,
    }
    silent.statement = Statement(507_500_00, entries[:3])
    checks = {check.name: check for check in await service._check_bank(teller.tenant)}
    assert checks[CheckName.BANK_ENTRIES].result is Result.DIFFERS
    missing = {each.subject.reference for each in checks[CheckName.BANK_ENTRIES].findings}
    assert missing == {"OUT2", "BACK-IN1"}


def reconcile(teller: Teller, silent: Silent) -> ReconciliationService:
    database, clock = teller.database.app, teller.clock
    books = Books(database, silent, silent.references, silent.references, clock)
    return ReconciliationService(database, silent, books, silent, teller.tenants, clock, IDS)


async def owed_by_the_gateway(teller: Teller) -> int:
    async with teller.database.app.transaction(teller.tenant) as tx:
        return -(await ledger.sum_account(tx, "card_receivable")).get(LKR, 0)


async def test_what_is_paid_at_a_gateway_is_at_the_bank_when_the_gateway_paid_it(teller: Teller):
    silent, quote = Silent(teller), await teller.quote(30_000_00)
    service, now = reconcile(teller, silent), teller.clock.now()
    await teller.payments.assign_collection(teller.tenant, teller.department, GATEWAY)
    paid = [("P1", quote.pay_reference), ("P2", "nobody")]
    for name, reference in paid:
        await teller.payments.announce(Notice(GATEWAY, name, name, reference, 30_000_00, "card", now))

    async def results() -> set[Result]:
        return {check.result for check in await service._check_bank(teller.tenant)}

    silent.statement = Statement(507_500_00, [])
    assert await owed_by_the_gateway(teller) == 60_000_00
    assert await results() == {Result.HELD}
    for name, _ in paid:
        assert await teller.payments.take_back(TakeBack(GATEWAY, name, f"{name}.back", 30_000_00, now))
    assert await owed_by_the_gateway(teller) == 0
    assert await results() == {Result.HELD}
    assert await teller.suspense() == 0
    await teller.books_are_sound()


async def test_what_an_acquirer_or_a_gateway_pays_to_the_bank_meets_its_booking(teller: Teller):
    silent = Silent(teller)
    service = reconcile(teller, silent)
    settlements = SettlementsService(teller.database.app, "acquirer", silent.name, teller.clock, IDS)
    claim = teller.claim("settle", "settle", teller.department)
    await settlements.settle(SettlementRequest(teller.tenant, "staff:1", claim, "GW1", 60_000_00, 1_800_00))
    silent.statement = Statement(507_500_00 + 58_200_00, [StatementEntry("GW1", 58_200_00)])
    assert {check.result for check in await service._check_bank(teller.tenant)} == {Result.HELD}
