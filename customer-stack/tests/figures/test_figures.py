"""Revenue and exposure: the numbers of the money flows, sections 3, 10 and 11, and sums over entries."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customer_stack.figures.domain import Measure, Revenue, Span, first_month, span_of, total_of
from customer_stack.figures.errors import SpanInvalid
from customer_stack.figures.service import Figures
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.working_days.domain import day_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Hold, Movement, Posting, Transfer

from ..payouts.teller import Teller  # noqa: TID252 - test folders are no packages

IDS = SystemIds()


def test_a_span_is_of_days_in_colombo_and_a_year_at_most():
    span = span_of(date(2026, 11, 1), date(2026, 11, 1))
    assert span == Span(datetime(2026, 10, 31, 18, 30, tzinfo=UTC), datetime(2026, 11, 1, 18, 30, tzinfo=UTC))
    for first, last in ((date(2026, 11, 2), date(2026, 11, 1)), (date(2025, 1, 1), date(2026, 1, 2))):
        with pytest.raises(SpanInvalid):
            span_of(first, last)


def test_months_are_of_colombo_and_the_last_is_todays():
    assert first_month(date(2026, 11, 20), 1) == datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
    assert first_month(date(2026, 1, 5), 2) == datetime(2025, 11, 30, 18, 30, tzinfo=UTC)
    assert first_month(date(2026, 12, 5), 12) == datetime(2025, 12, 31, 18, 30, tzinfo=UTC)


def test_a_total_is_the_sum_of_departments():
    tenant = IDS.new()
    parts = [Revenue(IDS.new(), fx_fees=1, profit=5, conversion_profit=3), Revenue(IDS.new(), fx_fees=2)]
    total = total_of(parts, tenant)
    assert (total.department_id, total.fx_fees, total.other_profit, total.earned) == (tenant, 3, 2, 8)


@pytest.fixture
async def teller(customer_database):
    return await Teller(customer_database).open_for_business()


async def wager(teller, cost, quantity, held):
    """Post a buy of `quantity` hundredths and reserve `held` for another."""
    now = teller.clock.now()
    async with teller.database.app.transaction(teller.tenant) as tx:
        (contract,) = (await ledger.get_contract_assets(tx, [(IDS.new(), "yes")])).values()
        fill = Transfer(
            IDS.new(),
            IDS.new(),
            teller.tenant,
            teller.customer,
            TransferKind.WAGER_BUY,
            now,
            (
                Posting(USD, Account.WALLET, Account.EXECUTION, cost, Action.FILL),
                Posting(contract, Account.EXECUTION, Account.POSITION, quantity, Action.FILL),
            ),
        )
        hold = Hold(
            IDS.new(), teller.tenant, teller.customer, USD, Account.WALLET, held, TransferKind.WAGER_BUY
        )
        await ledger.post(tx, Movement(transfers=(fill,), holds=(hold,)))


async def test_what_is_earned_and_exposed_are_the_numbers_of_the_money_flows(teller):
    await teller.deposit()
    payout = await teller.withdraw()
    await teller.answer(payout, PayoutAnswer(PayoutState.PAID, "OUT1"))
    figures = Figures(teller.database.app, teller.clock)
    today = day_of(teller.clock.now())
    (earned,) = await figures.read_revenue(teller.tenant, None, today, today)
    assert (earned.department_id, earned.fx_fees, earned.payout_fees) == (teller.department, 150_00, 100_00)
    assert (earned.profit, earned.conversion_profit, earned.other_profit) == (443_32, 443_32, 0)
    lines = (earned.spread_e6, earned.holding_e6, earned.rounding_e6)
    assert lines == (295_544553, 147_772277, 3170)
    assert sum(lines) == earned.conversion_profit * 10_000
    assert (earned.bought_spread_e6, earned.recognised, earned.expenses) == (150_000000, 0, 0)
    yesterday = today - timedelta(days=1)
    assert await figures.read_revenue(teller.tenant, None, yesterday, yesterday) == (
        Revenue(teller.department),
    )
    assert await figures.read_revenue(teller.tenant, IDS.new(), today, today) == ()

    await wager(teller, 3_966641, 723, 2_000000)
    exposure = await figures.read_exposure(teller.tenant, teller.department, 1)
    async with teller.database.app.transaction(teller.tenant) as tx:
        rows = await tx.fetch(
            "SELECT b.kind, l.account, l.asset_id, sum(l.amount)::bigint AS amount FROM ledger_leg l "
            "JOIN ledger_book b ON b.id = l.book_id WHERE l.asset_id IN ($1, $2) GROUP BY 1, 2, 3",
            LKR,
            USD,
        )
    names = {LKR: "LKR", USD: "USD"}
    recomputed = {(row["kind"], row["account"], names[row["asset_id"]]): row["amount"] for row in rows}
    shown = {(one.book_kind, one.account, one.currency): one for one in exposure.standings}
    assert {key: one.amount for key, one in shown.items()} == {
        key: amount for key, amount in recomputed.items() if amount
    }
    wallet = shown["customer", "wallet", "USD"]
    assert (wallet.amount, wallet.held) == (98_514851 - 50_000000 - 3_966641, 2_000000)
    volumes = {one.measure: (one.count, one.amount, one.currency) for one in exposure.volumes}
    assert volumes == {
        Measure.PAID_IN: (1, 30_000_00, "LKR"),
        Measure.PAID_OUT: (1, 14_750_00, "LKR"),
        Measure.FX_SOLD: (1, 98_514851, "USD"),
        Measure.FX_BOUGHT: (1, 50_000000, "USD"),
        Measure.STAKED: (1, 3_966641, "USD"),
    }
    (liability,) = exposure.liabilities
    assert (liability.reserved, liability.centi_contracts) == (2_000000, 723)
    assert liability.largest_payout == 7_230000


async def test_figures_are_for_those_who_may_see_them(client, staff):
    path = "/staff/figures/revenue?from=2026-11-01&to=2026-11-30"
    shown = await client.get(path, headers=await staff("auditor"))
    assert shown.status_code == 200, shown.text
    assert shown.json()["total"]["earned"] == "0.00"
    exposure = await client.get("/staff/figures/exposure?months=3", headers=await staff("controller"))
    assert exposure.json()["balances"] == []
    refused = await client.get(path, headers=await staff("settlement_proposer"))
    assert refused.json()["code"] == "access.permission_missing"
    turned = await client.get(
        "/staff/figures/revenue?from=2026-11-02&to=2026-11-01", headers=await staff("auditor")
    )
    assert turned.json()["code"] == "figures.span_invalid"
