"""Charges on a real database: authorised, captured, given back, taken back, settled."""

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from customer_stack.cards.domain.charges import CaptureReason, ChargeState
from customer_stack.cards.errors import (
    AcquirerUnavailable,
    ChargeNotFound,
    CustomerNotActive,
    NotEnoughWaiting,
    NothingToRefund,
    QuoteNotForCards,
    RefundFrozen,
    ReportContradicts,
    SettlementReferenceUsed,
)
from customer_stack.fx.errors import QuoteExpired
from customer_stack.ledger.domain import Account, Action, TransferKind, TransferSource
from customer_stack.ledger.service import record_sources
from customer_stack.tenancy.errors import CapabilityOff
from shared.idempotency import IdempotencyMismatch
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, Movement, Posting

from ..restored import compare_with_banks, lose_records  # noqa: TID252 - test folders are no packages
from .conftest import BANK, CardDesk

AS_QUOTED = {
    "wallet LKR": (0, 0),
    "wallet USD": (98_514851, 0),
    "till LKR": (507_500_00 + 29_850_00, 0),
    "stock USD": (3_901_485149, 0),
}


async def test_a_card_pays_a_quote_and_it_is_converted_exactly_as_quoted(desk: CardDesk):
    row = await desk.captured("tok_approve")
    assert row.standing.state is ChargeState.CAPTURED
    assert row.capture is not None
    assert (row.capture.outcome, row.capture.reason) == ("converted", CaptureReason.AS_QUOTED)
    assert await desk.balances() == AS_QUOTED
    assert await desk.account("card_receivable") == -30_000_00
    async with desk.database.app.transaction(desk.tenant) as tx:
        steps = await tx.fetch("SELECT state::text FROM ledger_deal_state ORDER BY step")
        source = await tx.fetch_row(
            "SELECT provider, charge_id FROM ledger_transfer_source WHERE charge_id IS NOT NULL"
        )
        item = await tx.fetch_row("SELECT give_amount, get_amount, fee_amount FROM ledger_item")
    assert [step["state"] for step in steps] == ["created", "authorized", "settled"]
    assert tuple(source) == ("sandbox-acquirer", str(row.standing.charge.id))
    assert tuple(item) == (30_000_00, 98_514851, 150_00)


async def test_a_late_capture_waits_whole(desk: CardDesk):
    row = await desk.charge("tok_approve")
    desk.clock.advance(timedelta(minutes=5))
    await desk.poll()
    row = await desk.row(row)
    assert row.capture is not None
    assert row.capture.reason is CaptureReason.QUOTE_EXPIRED
    assert await desk.wallet() == (30_000_00, 0)
    assert (await desk.balances())["stock USD"] == (4_000_000000, 0)


async def test_a_declined_card_moves_nothing_and_frees_the_quote_for_another(desk: CardDesk):
    quote = await desk.quote()
    row = await desk.charge_quote(quote.id, "tok_decline")
    await desk.poll()
    row = await desk.row(row)
    assert (row.standing.state, row.refusal) == (ChargeState.DECLINED, "do_not_honour")
    assert await desk.account("card_receivable") == 0
    await desk.charge_quote(quote.id, "tok_approve")
    await desk.poll()
    assert await desk.balances() == AS_QUOTED


async def test_a_capture_that_fails_is_a_decline(desk: CardDesk):
    row = await desk.captured("tok_capture_fails")
    assert (row.standing.state, row.refusal) == (ChargeState.DECLINED, "authorisation_lapsed")


async def test_what_the_acquirer_never_decides_stays_pending_and_is_asked_again_when_told(desk: CardDesk):
    row = await desk.charge("tok_pending")
    for _ in range(210):
        desk.clock.advance(timedelta(minutes=10))
        await desk.work.work()
    row = await desk.row(row)
    assert (row.standing.state, row.is_stalled) == (ChargeState.CREATED, True)
    assert await desk.work.work() == 0
    again = await desk.charges.ask_again(desk.tenant, row.standing.charge.id, f"staff:{desk.customer}")
    assert not again.is_stalled
    assert await desk.work.work() == 1


async def test_a_cardholder_who_has_to_confirm_is_told_where(desk: CardDesk):
    row = await desk.charge("tok_redirect")
    await desk.poll(1)
    row = await desk.row(row)
    assert row.redirect_url == f"http://acquirer.test/challenge/{row.standing.charge.id}"
    await desk.http.get(row.redirect_url, params={"answer": "approve"})
    await desk.poll()
    assert (await desk.row(row)).redirect_url is None
    assert await desk.balances() == AS_QUOTED


async def test_a_quote_is_charged_once_at_a_time_and_a_key_is_one_charge(desk: CardDesk):
    quote = await desk.quote()
    first = await desk.charge_quote(quote.id, "tok_approve", "key")
    again = await desk.charge_quote(quote.id, "tok_approve", "key")
    assert first.standing.charge == again.standing.charge
    with pytest.raises(IdempotencyMismatch):
        await desk.charge_quote(quote.id, "tok_decline", "key")
    with pytest.raises(QuoteNotForCards):
        await desk.charge_quote(quote.id, "tok_approve")


async def test_who_may_not_is_refused_before_anything_is_kept(desk: CardDesk):
    quote = await desk.quote()
    desk.gate.funding = False
    with pytest.raises(CapabilityOff):
        await desk.charge_quote(quote.id, "tok_approve")
    desk.gate.funding = True
    desk.gate.barred.add(desk.customer)
    with pytest.raises(CustomerNotActive):
        await desk.charge_quote(quote.id, "tok_approve")
    desk.gate.barred.clear()
    desk.clock.advance(timedelta(minutes=5))
    with pytest.raises(QuoteExpired):
        await desk.charge_quote(quote.id, "tok_approve")
    await desk.add_lkr(30_000_00)
    other = await desk.quote(purpose="conversion")
    with pytest.raises(QuoteNotForCards):
        await desk.charge_quote(other.id, "tok_approve")
    assert (await desk.charges.list(desk.tenant, desk.customer, 10, None)).charges == ()


async def test_nothing_is_captured_of_somebody_who_may_not_transact_any_more(desk: CardDesk):
    row = await desk.charge("tok_approve")
    desk.gate.barred.add(desk.customer)
    await desk.poll()
    row = await desk.row(row)
    assert (row.standing.state, row.refusal) == (ChargeState.DECLINED, "customer_not_active")
    assert desk.sandbox.charges[str(row.standing.charge.id)].captured == 0


async def test_webhooks_and_polling_say_the_same_once_in_any_order(desk: CardDesk):
    row = await desk.charge("tok_approve")
    await desk.work.work()
    desk.advance()
    await desk.acquirer.capture(row.standing.charge.id, 30_000_00)
    desk.advance()
    envelopes = desk.envelopes()
    assert [one.kind for one in envelopes] == ["charge.authorised", "charge.captured"]
    for envelope in [*reversed(envelopes), *envelopes]:
        await desk.handle(envelope)
    await desk.poll()
    assert await desk.balances() == AS_QUOTED
    assert await desk.account("card_receivable") == -30_000_00


async def test_a_webhook_and_a_poll_at_the_same_moment_capture_once(desk: CardDesk):
    row = await desk.charge("tok_approve")
    await desk.work.work()
    desk.advance()
    await desk.acquirer.capture(row.standing.charge.id, 30_000_00)
    desk.advance()
    report = await desk.acquirer.look_up(row.standing.charge.id)
    told = [desk.handle(envelope) for envelope in desk.envelopes() * 3]
    asked = [desk.keeping.absorb((desk.tenant,), report) for _ in range(4)]
    await asyncio.gather(*told, *asked)
    assert await desk.balances() == AS_QUOTED
    assert await desk.account("card_receivable") == -30_000_00


async def test_events_of_a_charge_may_come_in_every_order(desk: CardDesk):
    for number, order in enumerate(itertools.permutations(range(4)), start=1):
        row = await desk.charge("tok_chargeback_won", amount=1_000_00)
        await desk.work.work()
        desk.advance()
        await desk.acquirer.capture(row.standing.charge.id, 1_000_00)
        for _ in range(4):
            desk.sandbox.advance(2**50)
        envelopes = desk.envelopes()
        assert len(envelopes) == 4
        desk.sandbox.outbox.clear()
        for place in order:
            await desk.handle(envelopes[place])
        row = await desk.row(row)
        assert (row.standing.captured, row.standing.charged_back) == (1_000_00, 0)
        assert await desk.account("card_receivable") == -number * 1_000_00
        assert await desk.account("debt") == 0


async def test_a_refund_of_waiting_lkr_goes_back_to_the_card_in_parts(desk: CardDesk):
    row = await desk.charge("tok_approve")
    desk.clock.advance(timedelta(minutes=5))
    await desk.poll()
    asked = await desk.charges.refund(desk.refund_request(row, 10_000_00, "key"))
    assert await desk.wallet() == (30_000_00, 10_000_00)
    assert asked.standing.refundable == 20_000_00
    await desk.charges.refund(desk.refund_request(row, 10_000_00, "key"))
    await desk.poll()
    assert await desk.wallet() == (20_000_00, 0)
    assert await desk.account("card_receivable") == -20_000_00
    await desk.charges.refund(desk.refund_request(row, 20_000_00))
    await desk.poll()
    assert (await desk.row(row)).standing.word == "refunded"
    assert await desk.account("card_receivable") == 0
    async with desk.database.app.transaction(desk.tenant) as tx:
        states = await tx.fetch(
            "SELECT state::text FROM ledger_deal_state WHERE deal_id = $1 ORDER BY step",
            row.standing.charge.id,
        )
    assert [state["state"] for state in states] == ["created", "authorized", "settled", "reversed"]


async def test_a_refund_that_the_acquirer_refuses_leaves_the_lkr_waiting(desk: CardDesk):
    row = await desk.charge("tok_refund_fails")
    desk.clock.advance(timedelta(minutes=5))
    await desk.poll()
    await desk.charges.refund(desk.refund_request(row, 30_000_00))
    await desk.poll()
    row = await desk.row(row)
    assert [one.ended for one in row.standing.refunds] == ["refused"]
    assert await desk.wallet() == (30_000_00, 0)
    assert row.standing.refundable == 30_000_00


async def test_what_was_converted_or_is_frozen_or_too_much_is_not_refunded(desk: CardDesk):
    row = await desk.captured("tok_approve")
    with pytest.raises(NotEnoughWaiting):
        await desk.charges.refund(desk.refund_request(row, 1))
    with pytest.raises(NothingToRefund):
        await desk.charges.refund(desk.refund_request(row, 30_000_01))
    desk.gate.frozen.add(desk.customer)
    with pytest.raises(RefundFrozen):
        await desk.charges.refund(desk.refund_request(row, 1))


async def test_a_chargeback_after_the_conversion_is_a_debt_and_won_it_is_cleared(desk: CardDesk):
    row = await desk.captured("tok_chargeback_won")
    (chargeback,) = [one for one in desk.envelopes() if one.kind == "chargeback.opened"]
    await desk.handle(chargeback)
    await desk.handle(chargeback)
    assert (await desk.row(row)).standing.word == "charged_back"
    assert await desk.account("debt") == -30_000_00
    assert await desk.account("card_receivable") == 0
    assert (await desk.balances())["wallet USD"] == (98_514851, 0)
    desk.advance()
    (won,) = [one for one in desk.envelopes() if one.kind == "chargeback.won"]
    await desk.handle(won)
    await desk.handle(won)
    assert await desk.account("debt") == 0
    assert await desk.account("card_receivable") == -30_000_00
    assert await desk.wallet() == (0, 0)


async def test_a_chargeback_takes_what_waits_first_but_not_what_is_held(desk: CardDesk):
    row = await desk.charge("tok_chargeback")
    desk.clock.advance(timedelta(minutes=5))
    await desk.poll()
    await desk.charges.refund(desk.refund_request(row, 10_000_00))
    for _ in range(3):
        desk.advance()
    (chargeback,) = [one for one in desk.envelopes() if one.kind == "chargeback.opened"]
    await desk.handle(chargeback)
    assert await desk.wallet() == (10_000_00, 10_000_00)
    assert await desk.account("debt") == -10_000_00


async def test_a_debt_is_cleared_before_a_card_s_money_is_converted(desk: CardDesk):
    owed = Posting(LKR, Account.DEBT, Account.COLLECTION, 1_000_00, Action.INFLOW_REVERT)
    await desk.post(desk.transfer(desk.customer, TransferKind.PAY_IN_TAKEN_BACK, owed))
    row = await desk.captured("tok_approve")
    assert row.capture is not None
    assert (row.capture.reason, row.capture.debt_cleared) == (CaptureReason.DEBT_CLEARED, 1_000_00)
    assert await desk.account("debt") == 0
    assert await desk.wallet() == (29_000_00, 0)


async def test_a_settlement_leaves_the_acquirer_owing_nothing_and_the_fee_as_an_expense(desk: CardDesk):
    await desk.captured("tok_approve")
    made = desk.sandbox.settle(0)
    before = await desk.account("collection")
    movement = await desk.settle(made.gross, made.fee, made.bank_reference, "key")
    assert await desk.settle(made.gross, made.fee, made.bank_reference, "key") == movement
    assert await desk.account("card_receivable") == 0
    assert await desk.account("collection") - before == -(30_000_00 - 750_00)
    assert await desk.account("expense") == -750_00
    with pytest.raises(SettlementReferenceUsed):
        await desk.settle(made.gross, made.fee, made.bank_reference)


async def test_money_that_the_bank_announced_as_a_pay_in_is_not_a_settlement_too(desk: CardDesk):
    arrived = Posting(LKR, Account.COLLECTION, Account.SUSPENSE, 29_250_00, Action.INFLOW)
    transfer = desk.transfer(desk.department, TransferKind.PAY_IN, arrived)
    async with desk.database.app.transaction(desk.tenant) as tx:
        await ledger.post(tx, Movement(transfers=(transfer,)))
        await record_sources(tx, [TransferSource(desk.tenant, desk.department, transfer.id, BANK, "AQ1")])
    with pytest.raises(SettlementReferenceUsed, match="suspense"):
        await desk.settle(30_000_00, 750_00, "AQ1")
    assert await desk.account("card_receivable") == 0


async def test_a_settlement_after_chargebacks_takes_money_from_the_bank(desk: CardDesk):
    before = await desk.account("collection")
    await desk.settle(-5_000_00, 20_00, "AQ1")
    assert await desk.account("collection") - before == 5_020_00
    assert await desk.account("card_receivable") == -5_000_00
    assert await desk.account("expense") == -20_00


async def test_a_contradiction_is_refused_and_changes_nothing(desk: CardDesk):
    row = await desk.charge("tok_decline")
    await desk.poll()
    captured = desk.envelopes()[0]
    body = captured.body.replace(b"charge.declined", b"charge.captured")
    with pytest.raises(ReportContradicts):
        await desk.handle(type(captured)("acquirer", "e", "charge.captured", body))
    assert (await desk.row(row)).standing.state is ChargeState.DECLINED
    assert await desk.account("card_receivable") == 0


async def test_an_acquirer_that_is_silent_changes_nothing(desk: CardDesk):
    row = await desk.charge("tok_approve")

    async def silence(*_: Any) -> Any:
        raise AcquirerUnavailable("silent")

    desk.acquirer.authorise = silence  # type: ignore[method-assign]
    await desk.poll(2)
    assert (await desk.row(row)).standing.state is ChargeState.CREATED


async def test_charges_are_listed_in_pages_and_other_customers_see_none(desk: CardDesk):
    for _ in range(3):
        await desk.charge("tok_decline", amount=15_000_00)
        await desk.poll()
    first = await desk.charges.list(desk.tenant, desk.customer, 2, None)
    rest = await desk.charges.list(desk.tenant, desk.customer, 2, first.next_cursor)
    assert (len(first.charges), len(rest.charges), rest.next_cursor) == (2, 1, None)
    charge = first.charges[0].standing.charge
    with pytest.raises(ChargeNotFound):
        await desk.charges.get(desk.tenant, desk.department, charge.id)
    assert (await desk.charges.list(desk.tenant, desk.department, 2, None)).charges == ()


async def test_the_token_is_not_readable_in_the_database(desk: CardDesk):
    await desk.charge("tok_approve")
    async with desk.database.app.transaction(desk.tenant) as tx:
        sealed = await tx.fetch_value("SELECT token_sealed FROM cards_charge")
    assert b"tok_approve" not in sealed


BREAKS = {
    "a step after the last": (
        "INSERT INTO cards_charge_step SELECT tenant_id, id, 4, 'declined', 'x', now() FROM cards_charge",
        "cards_charge_step_legal",
    ),
    "a second capture": ("INSERT INTO cards_capture SELECT * FROM cards_capture", "cards_capture_pk"),
    "more refunded than captured": (
        (
            "INSERT INTO cards_refund SELECT tenant_id, customer_id, id, gen_random_uuid(), amount + 1, "
            "gen_random_uuid(), 'customer:' || customer_id, now() FROM cards_charge"
        ),
        "cards_charge_amounts",
    ),
    "more charged back than captured": (
        (
            "INSERT INTO cards_chargeback SELECT tenant_id, customer_id, id, gen_random_uuid(), provider, "
            "'CB1', amount + 1, 0, amount + 1, 'x', gen_random_uuid(), now() FROM cards_charge"
        ),
        "cards_charge_amounts",
    ),
    "an edit": ("UPDATE cards_charge SET amount = 1", "append_only"),
    "a deletion": ("DELETE FROM cards_capture", "append_only"),
}


@pytest.mark.parametrize("role", ["app", "owner"])
@pytest.mark.parametrize(("statement", "rule"), BREAKS.values(), ids=BREAKS)
async def test_the_database_refuses_what_would_break_a_charge(
    desk: CardDesk, role: Any, statement: str, rule: str
):
    await desk.captured("tok_approve")
    connection = await desk.database.connect(role)
    await connection.execute(f"SET app.tenants = '{{{desk.tenant}}}'")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(statement)
    named = getattr(refused.value, "constraint_name", None)
    assert named == rule or isinstance(refused.value, asyncpg.InsufficientPrivilegeError)


async def test_staff_of_another_department_neither_sees_nor_moves_charges(desk: CardDesk):
    row, elsewhere = await desk.charge("tok_approve"), desk.customer
    charge = row.standing.charge
    wish = replace(desk.refund_request(row, 1_00), customer_id=None, department_id=elsewhere)
    with pytest.raises(ChargeNotFound):
        await desk.charges.refund(wish)
    with pytest.raises(ChargeNotFound):
        await desk.charges.ask_again(desk.tenant, charge.id, "staff:1", department_id=elsewhere)
    for department, seen in ((elsewhere, 0), (desk.department, 1)):
        page = await desk.charges.list(desk.tenant, None, 10, None, department_id=department)
        assert len(page.charges) == seen
    with pytest.raises(NothingToRefund):
        await desk.charges.refund(replace(wish, department_id=desk.department))


async def test_after_a_restore_no_refund_leaves_before_a_person_has_compared(desk: CardDesk):
    row = await desk.charge("tok_approve")
    desk.clock.advance(timedelta(minutes=5))
    await desk.poll()
    await lose_records(desk.database.app, desk.clock.now())
    await desk.charges.refund(desk.refund_request(row, 10_000_00))
    other = await desk.captured("tok_approve")
    await desk.poll()
    assert other.standing.captured == 30_000_00
    assert (await desk.wallet())[1] == 10_000_00
    await compare_with_banks(desk.database.app, desk.clock.now())
    await desk.poll()
    assert (await desk.wallet())[1] == 0
    assert (await desk.row(row)).standing.refundable == 20_000_00
