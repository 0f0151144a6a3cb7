"""An old sender at a new receiver: what version 1 knew still works, nothing is said wrongly."""

import hashlib
from uuid import uuid4

import pytest

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from execution_stack.exchange.domain import Action, Side
from execution_stack.intents import store
from execution_stack.intents.domain import Intent, Verdict
from execution_stack.reports import service as reports
from execution_stack.reports.domain import NotPooled, Reason
from execution_stack.witnessing import grpc_api as witnessing_api
from shared.audit.checkpoints import Signer
from shared.audit.witness import Witness
from shared.boundary import methods, methods_v1, wire
from shared.boundary.methods import Method
from shared.ids import HOUSE_TENANT

VERSIONS = (methods_v1, methods)
REASONS_IN_V1 = {
    v2.REASON_MARKET_HALTED: v1.REASON_MARKET_NOT_OPEN,
    v2.REASON_POSITION_LIMIT: v1.REASON_MARKET_NOT_OPEN,
}


async def test_every_call_of_every_version_has_a_handler(behind):
    paths = {
        method.path for version in VERSIONS for method in vars(version).values() if isinstance(method, Method)
    }
    assert len(paths) == 17
    own, other = (Signer.generate(f"bulkhead/test/{stack}") for stack in ("execution", "customer"))
    witness = Witness(own, (own.verifier,), (other.verifier,))
    await behind.close()
    behind.also = lambda server: witnessing_api.serve(server, behind.database, witness, behind.clock)
    await behind.serve()
    assert behind.server._routes.keys() == paths


async def test_an_old_sender_does_all_that_it_did(behind):
    a, b = (wire.uuid_to_wire(uuid4()) for _ in range(2))
    tenant = wire.uuid_to_wire(behind.tenants[0])
    accounts = [v1.Account(account=each, tenant=tenant) for each in (a, b)]
    registered = await behind.ask(methods_v1.REGISTER_ACCOUNTS, v1.RegisterAccountsRequest(accounts=accounts))
    assert registered.registered == 2
    listed = await behind.ask(methods_v1.LIST_MARKETS, v1.ListMarketsRequest(limit=200))
    market = next(each for each in listed.markets if each.ticker == "KX-1")
    book = await behind.ask(methods_v1.GET_ORDER_BOOK, v1.GetOrderBookRequest(market=market.market, depth=5))
    assert [level.price for level in (*book.yes_bids, *book.no_bids)] == [5500, 4300]

    buy, unknown = behind.intent(account=a), behind.intent(account=wire.uuid_to_wire(uuid4()))
    waiting = behind.intent(account=b, market=wire.uuid_to_wire(behind.other_market))
    answers = await behind.ask(
        methods_v1.SUBMIT_INTENTS, v1.SubmitIntentsRequest(intents=[buy, unknown, waiting])
    )
    assert isinstance(answers, v1.SubmitIntentsResponse)
    assert [(each.outcome, each.reason) for each in answers.answers] == [
        (v1.IntentAnswer.OUTCOME_RECEIVED, v1.REASON_UNSPECIFIED),
        (v1.IntentAnswer.OUTCOME_REFUSED, v1.REASON_UNKNOWN_ACCOUNT),
        (v1.IntentAnswer.OUTCOME_RECEIVED, v1.REASON_UNSPECIFIED),
    ]
    cancelled = await behind.ask(methods_v1.CANCEL_INTENTS, v1.CancelIntentsRequest(intents=[waiting.intent]))
    assert cancelled.answers[0].outcome == v1.CancelAnswer.OUTCOME_NOT_POOLED
    await behind.trade(100, 5500)

    told = await behind.ask(methods_v1.FETCH_REPORTS, v1.FetchReportsRequest(limit=100))
    assert isinstance(told, v1.FetchReportsResponse)
    assert [each.WhichOneof("body") for each in told.reports] == ["not_pooled", "fill", "final"]
    assert told.reports[0].not_pooled.reason == v1.REASON_CANCELLED
    statement = await behind.ask(
        methods_v1.GET_STATEMENT, v1.GetStatementRequest(tenant=tenant, to_sequence=3, limit=10)
    )
    assert statement.totals.cost_of_buys == told.reports[1].fill.cost
    request = v1.ConfirmSettlementRequest(
        settlement=wire.uuid_to_wire(uuid4()),
        tenant=tenant,
        to_sequence=3,
        direction=v1.DIRECTION_PAY,
        amount=550_000,
        totals=v1.StatementTotals(cost_of_buys=1),
        digest=wire.digest_to_wire(hashlib.sha256().digest()),
    )
    confirmed = await behind.ask(methods_v1.CONFIRM_SETTLEMENT, request)
    assert confirmed.outcome == v1.ConfirmSettlementResponse.OUTCOME_DIFFERENT
    assert confirmed.totals == statement.totals


async def test_a_sender_that_is_upgraded_between_two_attempts_gets_the_same_answer(behind):
    intent = behind.intent()
    request = v1.SubmitIntentsRequest(intents=[intent])
    await behind.ask(methods_v1.SUBMIT_INTENTS, request)
    again = await behind.ask(methods.SUBMIT_INTENTS, request)
    assert again.answers[0].outcome == v2.IntentAnswer.OUTCOME_RECEIVED
    assert await behind.value("SELECT count(*) FROM intent") == 1


@pytest.mark.parametrize("reason", [Reason.MARKET_HALTED, Reason.POSITION_LIMIT])
async def test_an_old_sender_hears_a_wider_word_for_a_new_reason(behind, reason):
    message = behind.intent()
    intent = Intent(
        wire.uuid_from_wire(message.intent),
        behind.accounts["A"],
        behind.market,
        Side.YES,
        Action.BUY,
        100,
        5600,
        10**9,
    )
    tenant, now = behind.tenants[0], behind.clock.now()
    async with behind.database.transaction(HOUSE_TENANT, tenant) as tx:
        await store.insert(tx, [Verdict(intent, reason, is_new=True)], [tenant], now)
        await reports.write(tx, [(tenant, NotPooled(intent.intent_id, reason))], now)
    word = v2.Reason.Value(f"REASON_{reason.name}")
    for version, expected in ((methods, word), (methods_v1, REASONS_IN_V1[word])):
        answered = await behind.ask(version.SUBMIT_INTENTS, v1.SubmitIntentsRequest(intents=[message]))
        assert (answered.answers[0].outcome, answered.answers[0].reason) == (2, expected)
        told = await behind.ask(version.FETCH_REPORTS, v1.FetchReportsRequest(limit=10))
        assert [each.not_pooled.reason for each in told.reports] == [expected]
