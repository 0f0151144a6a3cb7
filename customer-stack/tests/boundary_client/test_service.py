"""The eight calls through a real signed wall."""

import functools
import hashlib
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from customer_stack.boundary_client import domain
from customer_stack.boundary_client.service import ExecutionClient
from shared.boundary import methods, nonces, wire
from shared.boundary.client import BoundaryClient
from shared.boundary.errors import OutcomeUnknown, SignedRefusal
from shared.boundary.keys import KeyRing, make_keys
from shared.boundary.receiver import Identity
from shared.boundary.server import BoundaryServer
from shared.clock import FixedClock
from shared.errors import Kind, Refusal
from shared.ids import SystemIds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NANOSECONDS = int(NOW.timestamp()) * 10**9
CALLER, CALLEE = "customer-lk.sandbox", "execution.sandbox"
ONE, TWO, ACCOUNT, MARKET, TENANT = (uuid4() for _ in range(5))


def u(value):
    return wire.uuid_to_wire(value)


class Wall:
    """The other side: answers what a test wrote down, and keeps what it was asked."""

    def __init__(self):
        self.answers = {}
        self.asked = []

    async def handle(self, method, database, request, call):
        self.asked.append(request)
        answer = self.answers[method.name]
        async with database.app.transaction(TENANT) as tx:
            await nonces.consume(tx, call)
            if isinstance(answer, Exception):
                raise answer
        return answer


@pytest_asyncio.fixture
async def wall(customer_database):
    clock, keys = (
        FixedClock(NOW),
        make_keys(CALLER, CALLEE, not_before=NOW - timedelta(days=1), not_after=NOW + timedelta(days=1)),
    )
    remember = functools.partial(nonces.consume_alone, customer_database.app)
    server = BoundaryServer("127.0.0.1:0", Identity(CALLEE, KeyRing(keys), clock, remember))
    wall = Wall()
    for method in vars(methods).values():
        if isinstance(method, methods.Method):
            server.handle(method, functools.partial(wall.handle, method, customer_database))
    port = await server.start()
    raw = BoundaryClient(f"127.0.0.1:{port}", KeyRing(keys), sender=CALLER, audience=CALLEE, clock=clock)
    async with raw:
        wall.client = ExecutionClient(raw, SystemIds())
        wall.server = server
        yield wall
    await server.stop()


def intent(intent_id=ONE):
    return domain.Intent(intent_id, ACCOUNT, MARKET, domain.Side.NO, domain.Action.SELL, 600, 6000, 0)


async def test_accounts_are_registered(wall):
    wall.answers["RegisterAccounts"] = v1.RegisterAccountsResponse(registered=1)
    assert (
        await wall.client.register_accounts([domain.Account(ACCOUNT, TENANT)], idempotency_key=uuid4()) == 1
    )
    assert wall.asked[0].accounts[0].tenant == u(TENANT)


async def test_intents_carry_every_term_and_answers_come_back_in_order(wall):
    wall.answers["SubmitIntents"] = v2.SubmitIntentsResponse(
        answers=[
            v2.IntentAnswer(intent=u(ONE), outcome=v2.IntentAnswer.OUTCOME_RECEIVED),
            v2.IntentAnswer(
                intent=u(TWO), outcome=v2.IntentAnswer.OUTCOME_REFUSED, reason=v2.REASON_FLOAT_TOO_LOW
            ),
        ]
    )
    answers = await wall.client.submit_intents([intent(ONE), intent(TWO)], idempotency_key=uuid4())
    assert [answer.reason for answer in answers] == [None, domain.Reason.FLOAT_TOO_LOW]
    sent = wall.asked[0].intents[0]
    assert (sent.side, sent.action, sent.quantity, sent.limit_price, sent.max_total) == (
        v1.SIDE_NO,
        v1.ACTION_SELL,
        600,
        6000,
        0,
    )


@pytest.mark.parametrize("answered", [[], [TWO], [ONE, TWO], [TWO, ONE]])
async def test_an_answer_that_is_not_about_what_was_asked_proves_nothing(wall, answered):
    wall.answers["SubmitIntents"] = v2.SubmitIntentsResponse(
        answers=[
            v2.IntentAnswer(intent=u(each), outcome=v2.IntentAnswer.OUTCOME_RECEIVED) for each in answered
        ]
    )
    with pytest.raises(OutcomeUnknown):
        await wall.client.submit_intents([intent(ONE)], idempotency_key=uuid4())


async def test_a_refusal_without_a_reason_proves_nothing(wall):
    wall.answers["SubmitIntents"] = v2.SubmitIntentsResponse(
        answers=[v2.IntentAnswer(intent=u(ONE), outcome=v2.IntentAnswer.OUTCOME_REFUSED)]
    )
    with pytest.raises(OutcomeUnknown):
        await wall.client.submit_intents([intent()], idempotency_key=uuid4())


async def test_cancels_are_answered(wall):
    wall.answers["CancelIntents"] = v1.CancelIntentsResponse(
        answers=[v1.CancelAnswer(intent=u(ONE), outcome=v1.CancelAnswer.OUTCOME_POOLED)]
    )
    (answer,) = await wall.client.cancel_intents([ONE], idempotency_key=uuid4())
    assert answer == domain.CancelAnswer(ONE, domain.CancelOutcome.POOLED)


async def test_markets_and_order_books_are_read(wall):
    wall.answers["ListMarkets"] = v1.ListMarketsResponse(
        markets=[
            v1.Market(
                market=u(MARKET),
                ticker="RAIN",
                title="Rain?",
                rules="It rains.",
                status=v1.MARKET_STATUS_RESOLVED,
                tick=100,
                yes_ask=5700,
                close_time=NANOSECONDS,
                fee_multiplier=10_000,
                resolved=True,
                yes_value=0,
            )
        ],
        more=True,
    )
    (listing,), more = await wall.client.list_markets(after=ONE)
    assert more
    assert (listing.status, listing.yes_value, listing.yes_bid, listing.yes_ask, listing.close_time) == (
        domain.MarketStatus.RESOLVED,
        0,
        None,
        5700,
        NOW,
    )
    wall.answers["GetOrderBook"] = v1.GetOrderBookResponse(
        yes_bids=[v1.Level(price=5500, quantity=100)], as_of=NANOSECONDS
    )
    book = await wall.client.get_order_book(MARKET, depth=5)
    assert book == domain.OrderBook((domain.Level(5500, 100),), (), NOW)


def reports():
    at = {"recorded_at": NANOSECONDS}
    return [
        v2.Report(
            sequence=8,
            fill=v1.FillShare(
                intent=u(ONE),
                account=u(ACCOUNT),
                market=u(MARKET),
                window=u(TWO),
                quantity=723,
                cost=3_966_641,
                fee=127_025,
                manifest=wire.digest_to_wire(bytes(range(32))),
            ),
            **at,
        ),
        v2.Report(sequence=9, final=v1.Final(intent=u(ONE), filled=723), **at),
        v2.Report(sequence=10, not_pooled=v2.NotPooled(intent=u(TWO), reason=v2.REASON_CANCELLED), **at),
        v2.Report(
            sequence=11,
            resolution=v2.Resolution(market=u(MARKET), yes_value=10_000, basis=v2.BASIS_VALUE, revision=1),
            **at,
        ),
        v2.Report(
            sequence=12,
            payout=v1.Payout(
                account=u(ACCOUNT), market=u(MARKET), side=v1.SIDE_YES, quantity=123, amount=1_230_000
            ),
            **at,
        ),
        v2.Report(
            sequence=13,
            settlement_fee=v1.SettlementFee(account=u(ACCOUNT), market=u(MARKET), amount=428),
            **at,
        ),
        v2.Report(
            sequence=14,
            reversal=v2.Reversal(
                reverses=12,
                account=u(ACCOUNT),
                market=u(MARKET),
                side=v1.SIDE_YES,
                quantity=123,
                amount=1_230_000,
            ),
            **at,
        ),
        v2.Report(
            sequence=15,
            reversal=v2.Reversal(reverses=13, account=u(ACCOUNT), market=u(MARKET), fee=428),
            **at,
        ),
        v2.Report(
            sequence=16,
            resolution=v2.Resolution(market=u(MARKET), basis=v2.BASIS_ORIGINAL_COST, revision=2),
            **at,
        ),
    ]


async def test_all_kinds_of_reports_are_read(wall):
    wall.answers["FetchReports"] = v2.FetchReportsResponse(reports=reports())
    assert await wall.client.fetch_reports(7) == (
        domain.FillShare(8, NOW, ONE, ACCOUNT, MARKET, TWO, 723, 3_966_641, 127_025, bytes(range(32))),
        domain.Final(9, NOW, ONE, 723),
        domain.NotPooled(10, NOW, TWO, domain.Reason.CANCELLED),
        domain.Resolution(11, NOW, MARKET, 10_000),
        domain.Payout(12, NOW, ACCOUNT, MARKET, domain.Side.YES, 123, 1_230_000),
        domain.SettlementFee(13, NOW, ACCOUNT, MARKET, 428),
        domain.Reversal(14, NOW, 12, ACCOUNT, MARKET, domain.Side.YES, 123, 1_230_000, 0),
        domain.Reversal(15, NOW, 13, ACCOUNT, MARKET, None, 0, 0, 428),
        domain.Resolution(16, NOW, MARKET, 0, domain.Basis.ORIGINAL_COST, 2),
    )


@pytest.mark.parametrize("after", [6, 8])
async def test_reports_with_a_gap_or_from_elsewhere_prove_nothing(wall, after):
    wall.answers["FetchReports"] = v2.FetchReportsResponse(reports=reports())
    with pytest.raises(OutcomeUnknown):
        await wall.client.fetch_reports(after)


async def test_statements_and_settlements_are_compared(wall):
    totals = v2.StatementTotals(cost_of_buys=4, proceeds=3, fees=2, payouts=1, reversed_payouts=5)
    wall.answers["GetStatement"] = v2.GetStatementResponse(
        totals=totals,
        lines=[
            v1.StatementLine(
                account=u(ACCOUNT),
                cash=-5,
                fees=-2,
                holdings=[v1.Holding(market=u(MARKET), side=v1.SIDE_NO, quantity=7)],
            )
        ],
    )
    page = await wall.client.get_statement(TENANT, 13)
    line = domain.StatementLine(ACCOUNT, -5, -2, (domain.Holding(MARKET, domain.Side.NO, 7),))
    assert page == domain.StatementPage(domain.Totals(4, 3, 2, 1, 0, 0, 0, 5), (line,), more=False)
    wall.answers["GetStatement"].standing.CopyFrom(v2.Standing(prefund=9, settled=-4))
    page = await wall.client.get_statement(TENANT, 13)
    assert page.standing == domain.Standing(prefund=9, settled=-4)

    wall.answers["ConfirmSettlement"] = v2.ConfirmSettlementResponse(
        outcome=v1.ConfirmSettlementResponse.OUTCOME_DIFFERENT, totals=totals
    )
    proposal = domain.SettlementProposal(
        ONE, TENANT, 0, 13, domain.Direction.PAY, 20_000, domain.Totals(4, 3, 2, 1), hashlib.sha256().digest()
    )
    assert await wall.client.confirm_settlement(proposal) == domain.SettlementAnswer(
        agreed=False, totals=domain.Totals(4, 3, 2, 1, 0, 0, 0, 5)
    )


class NotHere(Refusal):
    kind = Kind.NOT_FOUND
    code = "test.not_here"


async def test_a_signed_refusal_and_silence_are_two_things(wall):
    wall.answers["GetOrderBook"] = NotHere("not here")
    with pytest.raises(SignedRefusal):
        await wall.client.get_order_book(MARKET)
    await wall.server.stop()
    with pytest.raises(OutcomeUnknown):
        await wall.client.get_order_book(MARKET)
