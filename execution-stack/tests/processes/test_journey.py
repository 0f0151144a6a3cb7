"""The money flows, sections 4 to 9, over the wire, through the real processes and the sandbox exchange."""

import asyncio
import hashlib
import json
from uuid import uuid4

import pytest

from boundary.v1 import boundary_pb2 as pb
from boundary.v2 import boundary_pb2 as v2
from shared.boundary import methods
from shared.boundary.errors import SignedRefusal
from shared.boundary.wire import digest_to_wire, uuid_from_wire, uuid_to_wire

from .installation import id_of, intent, running

pytestmark = pytest.mark.system

YES, NO, BUY, SELL = pb.SIDE_YES, pb.SIDE_NO, pb.ACTION_BUY, pb.ACTION_SELL
RECEIVED, REFUSED = pb.IntentAnswer.OUTCOME_RECEIVED, pb.IntentAnswer.OUTCOME_REFUSED


@pytest.fixture
async def stack(tmp_path, execution_database):
    async with running(tmp_path, execution_database) as installation:
        yield installation


async def settle(stack, tenant, after, to, direction, amount, totals):
    request = v2.ConfirmSettlementRequest(
        settlement=uuid_to_wire(uuid4()),
        tenant=uuid_to_wire(tenant),
        after_sequence=after,
        to_sequence=to,
        direction=direction,
        amount=amount,
        totals=totals,
        digest=digest_to_wire(hashlib.sha256().digest()),
    )
    answer = await stack.call(methods.CONFIRM_SETTLEMENT, request)
    again = await stack.call(methods.CONFIRM_SETTLEMENT, request)
    assert answer == again
    return uuid_from_wire(request.settlement), answer


async def checks_hold(stack):
    found = json.loads(await stack.command("checks", "--json"))
    assert all(check["held"] for check in found), found
    return {check["name"] for check in found}


async def test_the_journey_of_the_money_flows(stack):
    tenant, a, b, c = (uuid4() for _ in range(4))
    await stack.command("float-deposit", "--tenant", str(tenant), "--amount", "1000.00")
    await stack.start("worker")
    await stack.register((a, tenant), (b, tenant), (c, tenant))
    markets = await stack.markets()
    assert len(markets) >= 20
    ticker, market = next(
        (ticker, each) for ticker, each in markets.items()
        if each.status == pb.MARKET_STATUS_OPEN and each.tick == 100
    )  # fmt: skip

    await stack.quote(ticker, ("ask", "0.5400", "4.00"), ("ask", "0.5500", "3.50"), ("ask", "0.5600", "2.62"))
    book = await stack.call(methods.GET_ORDER_BOOK, pb.GetOrderBookRequest(market=market.market, depth=5))
    assert (book.no_bids[0].price, book.no_bids[0].quantity) == (4600, 400)

    buy_a = intent(a, market.market, YES, BUY, 1000, 5600, 5_892_480)
    buy_c = intent(c, market.market, YES, BUY, 400, 5600, 2_368_992)
    assert await stack.submit(buy_a, buy_c) == [(RECEIVED, 0), (RECEIVED, 0)]
    told = await stack.wait_for("final", 2)
    shares = {uuid_from_wire(r.fill.account): r.fill for r in told if r.HasField("fill")}
    assert (shares[a].quantity, shares[a].cost, shares[a].fee) == (723, 3_966_641, 127_025)
    assert (shares[c].quantity, shares[c].cost, shares[c].fee) == (289, 1_585_559, 50_775)
    assert await stack.submit(buy_a, buy_c) == [(RECEIVED, 0), (RECEIVED, 0)]
    assert await stack.cancel(id_of(buy_a)) == [pb.CancelAnswer.OUTCOME_ENDED]

    await stack.quote(ticker, ("bid", "0.5300", "5.00"), ("ask", "0.6000", "1.00"))
    await stack.submit(intent(b, market.market, NO, BUY, 500, 4800, 2_557_360))
    await stack.wait_for("final", 3)

    await stack.quote(ticker, ("bid", "0.6200", "6.00"))
    too_much = intent(a, market.market, YES, SELL, 724, 6000, 0)
    assert await stack.submit(too_much) == [(REFUSED, pb.REASON_POSITION_TOO_SMALL)]
    assert await stack.submit(intent(a, market.market, YES, SELL, 600, 6000, 0)) == [(RECEIVED, 0)]
    told = await stack.wait_for("final", 4)
    cut = told[-1].sequence
    await checks_hold(stack)

    statement = await stack.call(
        methods.GET_STATEMENT,
        pb.GetStatementRequest(tenant=uuid_to_wire(tenant), to_sequence=cut, limit=500),
    )
    totals = v2.StatementTotals(cost_of_buys=7_902_200, proceeds=3_720_000, fees=367_800, payouts=0)
    assert statement.totals == totals
    line = next(line for line in statement.lines if uuid_from_wire(line.account) == a)
    assert (line.cash, line.fees, line.holdings[0].quantity) == (-246_641, -227_025, 123)

    settlement, answer = await settle(stack, tenant, 0, cut, pb.DIRECTION_PAY, 4_550_000, totals)
    assert answer.outcome == pb.ConfirmSettlementResponse.OUTCOME_AGREED
    await stack.tell("deposit", amount="4.55")
    receipt = ("settlement-receipt", "--settlement", str(settlement), "--operator", str(uuid4()))
    await stack.command(*receipt)
    assert '"recorded": false' in await stack.command(*receipt, "--json")
    await checks_hold(stack)

    await stack.tell(f"markets/{ticker}/resolve", result="scalar", value="0.3700")
    told = await stack.wait_for("settlement_fee", 3)
    payouts = {uuid_from_wire(r.payout.account): r.payout.amount for r in told if r.HasField("payout")}
    fees = {
        uuid_from_wire(r.settlement_fee.account): r.settlement_fee.amount
        for r in told if r.HasField("settlement_fee")
    }  # fmt: skip
    assert payouts == {a: 455_100, c: 1_069_300, b: 3_150_000}
    assert sum(fees.values()) == 4_400
    assert [r.resolution.yes_value for r in told if r.HasField("resolution")] == [3700]
    names = await checks_hold(stack)
    assert {"l1_trial_balance", "x1_exchange", "x3_exchange_balance", "x5_windows", "x6_resolutions"} <= names

    last = told[-1].sequence
    period = v2.StatementTotals(fees=4_400, payouts=4_674_400)
    _, answer = await settle(stack, tenant, cut, last, pb.DIRECTION_RECEIVE, 4_670_000, period)
    assert answer.outcome == pb.ConfirmSettlementResponse.OUTCOME_AGREED
    _, answer = await settle(stack, tenant, cut, last, pb.DIRECTION_PAY, 4_670_000, period)
    assert answer.outcome == pb.ConfirmSettlementResponse.OUTCOME_DIFFERENT
    await asyncio.sleep(0.3)
    assert json.loads(await stack.command("audit-verify", "--json"))["good"]


async def test_refusals_are_told_at_once_and_a_cancel_before_the_window_ends_it(stack):
    tenant, a = uuid4(), uuid4()
    await stack.start("worker")
    await stack.register((a, tenant))
    markets = await stack.markets()
    market = next(m for m in markets.values() if m.status == pb.MARKET_STATUS_OPEN and m.tick == 100)
    wrong = [
        (intent(uuid4(), market.market, YES, BUY, 100, 5000, 10**9), pb.REASON_UNKNOWN_ACCOUNT),
        (intent(a, uuid_to_wire(uuid4()), YES, BUY, 100, 5000, 10**9), pb.REASON_UNKNOWN_MARKET),
        (intent(a, market.market, YES, BUY, 100, 5050, 10**9), pb.REASON_PRICE_OFF_TICK),
        (intent(a, market.market, YES, BUY, 100, 5000, 500_000), pb.REASON_MAX_TOTAL_TOO_SMALL),
        (intent(a, market.market, YES, SELL, 100, 5000, 0), pb.REASON_POSITION_TOO_SMALL),
        (intent(a, market.market, YES, BUY, 0, 5000, 10**9), pb.REASON_OUT_OF_BOUNDS),
        (intent(a, market.market, YES, BUY, 100, 10_000, 10**9), pb.REASON_OUT_OF_BOUNDS),
    ]
    answers = await stack.submit(*(each for each, _ in wrong))
    assert answers == [(REFUSED, reason) for _, reason in wrong]
    with pytest.raises(SignedRefusal):
        await stack.call(
            methods.GET_STATEMENT,
            pb.GetStatementRequest(tenant=uuid_to_wire(uuid4()), to_sequence=1, limit=1),
        )

    stack.kill("worker")
    waiting = intent(a, market.market, YES, BUY, 100, 5000, 10**9)
    assert await stack.submit(waiting) == [(RECEIVED, 0)]
    changed = pb.Intent()
    changed.CopyFrom(waiting)
    changed.quantity = 200
    assert await stack.submit(changed) == [(REFUSED, pb.REASON_CONFLICTING_INTENT)]
    assert await stack.cancel(id_of(waiting), uuid4()) == [
        pb.CancelAnswer.OUTCOME_NOT_POOLED,
        pb.CancelAnswer.OUTCOME_UNKNOWN,
    ]
    [report] = await stack.reports()
    assert report.not_pooled.reason == pb.REASON_CANCELLED

    # Nobody paid float for this tenant: the intent waits for it as long as it may, then it is refused.
    poor = intent(a, market.market, YES, BUY, 100, 5000, 10**9)
    assert await stack.submit(poor) == [(RECEIVED, 0)]
    await stack.start("worker")
    told = await stack.wait_for("not_pooled", 2)
    assert told[-1].not_pooled.reason == pb.REASON_FLOAT_TOO_LOW
    await checks_hold_without_float(stack)


async def checks_hold_without_float(stack):
    found = json.loads(await stack.command("checks", "--json", code=1))
    wrong = {check["name"] for check in found if not check["held"]}
    # The sandbox's account holds 1,000 USD that nobody has told the books about: a break, and the only one.
    assert wrong == {"x3_exchange_balance"}


async def test_processes_that_are_killed_lose_and_repeat_nothing(stack):
    tenant, a, c = (uuid4() for _ in range(3))
    await stack.command("float-deposit", "--tenant", str(tenant), "--amount", "1000.00")
    await stack.start("worker")
    await stack.register((a, tenant), (c, tenant))
    markets = await stack.markets()
    chosen = [
        (ticker, each) for ticker, each in markets.items()
        if each.status == pb.MARKET_STATUS_OPEN and each.tick == 100
    ][:3]  # fmt: skip
    for ticker, _ in chosen:
        await stack.quote(ticker, ("ask", "0.5400", "30.00"), ("ask", "0.5500", "300.00"))
    sent = 0
    for turn, victim in enumerate(("worker", "boundary", "worker", "worker")):
        batch = [
            intent(account, market.market, YES, BUY, 100 + turn, 5600, 10**7)
            for account in (a, c)
            for _, market in chosen
        ]
        assert await stack.submit(*batch) == [(RECEIVED, 0)] * len(batch)
        sent += len(batch)
        await asyncio.sleep(0.25 * turn)
        stack.kill(victim)
        await stack.start(victim)
        assert await stack.submit(*batch) == [(RECEIVED, 0)] * len(batch)
    told = await stack.wait_for("final", sent)
    assert len({id_of(r.final) for r in told if r.HasField("final")}) == sent
    assert sum(r.fill.quantity for r in told if r.HasField("fill")) == sum(6 * (100 + t) for t in range(4))
    await checks_hold(stack)
    assert json.loads(await stack.command("audit-verify", "--json"))["good"]
