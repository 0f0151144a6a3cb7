"""Sending, silence, refusals and cancels on a real database."""

from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from customer_stack.boundary_client.domain import CancelOutcome, FillShare, Final, NotPooled, Reason
from customer_stack.wagers.errors import WagerEnded, WagerUnknown
from customer_stack.wagers.service.asking import Asked, AskingAgain


async def placed(floor, customer, key="k"):
    (answer,) = await floor.place(floor.want(customer, key))
    return UUID(orjson.loads(answer)["wager_id"])


async def test_a_wager_waits_until_its_account_is_registered(floor):
    customer = await floor.add_customer()
    wager_id = await placed(floor, customer)
    assert await floor.sending.dispatch() == 0
    assert await floor.state(wager_id) == "pending"
    assert await floor.sending.register_accounts() == 1
    assert await floor.sending.register_accounts() == 0
    assert await floor.sending.dispatch() == 1
    assert await floor.state(wager_id) == "submitted"
    intent = floor.execution.received[wager_id]
    assert (intent.account_id, intent.max_total) == (customer.account_id, 5_892_480)
    assert intent.account_id != customer.id
    assert await floor.column(
        "SELECT kind FROM audit_record WHERE kind LIKE 'wagers.%' ORDER BY txid, id"
    ) == [
        "wagers.placed",
        "wagers.account_registered",
        "wagers.dispatched",
        "wagers.submitted",
    ]


async def test_silence_keeps_the_hold_and_sends_the_same_intent_again(floor):
    customer = await floor.add_customer()
    wager_id = await placed(floor, customer)
    await floor.sending.register_accounts()
    floor.execution.is_silent = True
    assert await floor.sending.dispatch() == 0
    assert await floor.state(wager_id) == "dispatched"
    assert (await floor.wallet(customer)).held == 5_892_480
    assert await floor.sending.dispatch() == 0
    assert len(floor.execution.calls) == 1
    floor.clock.advance(timedelta(seconds=1))
    floor.execution.is_silent = False
    assert await floor.sending.dispatch() == 1
    assert floor.execution.calls == [[wager_id], [wager_id]]
    assert await floor.state(wager_id) == "submitted"


async def test_a_worker_that_died_after_claiming_is_followed_by_another(floor):
    customer = await floor.add_customer()
    wager_id = await placed(floor, customer)
    await floor.sending.register_accounts()

    async def die(intents, *, idempotency_key):
        raise RuntimeError("killed")

    alive = floor.execution.submit_intents
    floor.execution.submit_intents = die
    with pytest.raises(RuntimeError):
        await floor.sending.dispatch()
    floor.execution.submit_intents = alive
    assert await floor.sending.dispatch() == 0
    floor.clock.advance(timedelta(seconds=9))
    assert await floor.sending.dispatch() == 1
    assert await floor.state(wager_id) == "submitted"


async def test_a_signed_refusal_releases_the_hold_and_the_stake(floor):
    customer = await floor.add_customer()
    wager_id = await placed(floor, customer)
    await floor.sending.register_accounts()
    floor.execution.refuse[wager_id] = Reason.MARKET_NOT_OPEN
    await floor.sending.dispatch()
    assert await floor.state(wager_id) == "refused"
    assert (await floor.wallet(customer)).held == 0
    await floor.check_books()


async def test_one_message_may_be_answered_with_both(floor):
    customer = await floor.add_customer()
    wager_ids = [await placed(floor, customer, f"k{number}") for number in range(3)]
    await floor.sending.register_accounts()
    floor.execution.refuse = {
        wager_ids[1]: Reason.MARKET_NOT_OPEN,
        wager_ids[2]: Reason.CONFLICTING_INTENT,
    }
    assert await floor.sending.dispatch() == 3
    assert [await floor.state(wager_id) for wager_id in wager_ids] == ["submitted", "refused", "dispatched"]
    assert (await floor.wallet(customer)).held == 2 * 5_892_480
    await floor.check_books()


async def test_a_conflicting_intent_keeps_its_hold_and_is_a_break_once(floor):
    customer = await floor.add_customer()
    wager_id = await placed(floor, customer)
    await floor.sending.register_accounts()
    floor.execution.refuse[wager_id] = Reason.CONFLICTING_INTENT
    for _ in range(2):
        await floor.sending.dispatch()
        floor.clock.advance(timedelta(seconds=20))
    assert await floor.state(wager_id) == "dispatched"
    assert (await floor.wallet(customer)).held == 5_892_480
    assert await floor.column("SELECT fault::text FROM wager_break") == ["conflicting_intent"]


async def test_a_wager_that_was_not_sent_is_cancelled_at_once(floor):
    customer = await floor.add_customer()
    wager_id = await placed(floor, customer)
    assert await floor.sending.cancel(floor.tenant_id, customer.id, wager_id)
    assert await floor.sending.cancel(floor.tenant_id, customer.id, wager_id)
    assert await floor.state(wager_id) == "cancelled"
    assert (await floor.wallet(customer)).held == 0
    await floor.sending.register_accounts()
    assert await floor.sending.dispatch() == 0
    await floor.check_books()


async def test_a_sent_wager_is_cancelled_only_by_its_report(floor):
    customer = await floor.add_customer()
    wager_id = await placed(floor, customer)
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    assert not await floor.sending.cancel(floor.tenant_id, customer.id, wager_id)
    assert await floor.sending.ask_cancels() == 0
    floor.execution.cancels[wager_id] = CancelOutcome.NOT_POOLED
    assert await floor.sending.ask_cancels() == 1
    assert await floor.sending.ask_cancels() == 0
    assert await floor.state(wager_id) == "submitted"
    assert (await floor.wallet(customer)).held == 5_892_480
    floor.execution.reports.append(NotPooled(1, floor.clock.now(), wager_id, Reason.CANCELLED))
    assert await floor.reports.fetch() == 1
    assert await floor.state(wager_id) == "cancelled"
    assert (await floor.wallet(customer)).held == 0
    await floor.check_books()


async def test_nobody_cancels_somebody_elses_or_an_ended_wager(floor):
    customer, other = await floor.add_customer(), await floor.add_customer()
    wager_id = await placed(floor, customer)
    with pytest.raises(WagerUnknown):
        await floor.sending.cancel(floor.tenant_id, other.id, wager_id)
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    floor.execution.reports.append(Final(1, floor.clock.now(), wager_id, 0))
    await floor.reports.fetch()
    assert await floor.state(wager_id) == "unfilled"
    with pytest.raises(WagerEnded):
        await floor.sending.cancel(floor.tenant_id, customer.id, wager_id)


async def test_a_report_that_overtakes_the_answer_wins(floor):
    customer = await floor.add_customer()
    wager_id = await placed(floor, customer)
    await floor.sending.register_accounts()
    submit = floor.execution.submit_intents

    async def report_first(intents, *, idempotency_key):
        answers = await submit(intents, idempotency_key=idempotency_key)
        floor.execution.reports.append(Final(1, floor.clock.now(), wager_id, 0))
        await floor.reports.fetch()
        return answers

    floor.execution.submit_intents = report_first
    assert await floor.sending.dispatch() == 1
    assert await floor.state(wager_id) == "unfilled"
    await floor.check_books()


async def count(floor, what):
    """Return what the server has counted by now of readings of the table of wagers."""
    async with floor.database.transaction(floor.tenant_id) as tx:
        await tx.execute("SELECT pg_stat_force_next_flush()")
    async with floor.database.transaction(floor.tenant_id) as tx:
        return await tx.fetch_value(f"SELECT {what} FROM pg_stat_user_tables WHERE relname = 'wager_order'")


async def test_no_wager_costs_a_reading_of_all_wagers_even_where_there_are_few(floor):
    # Plans are kept: one that was made while there were few would read all of them ever after.
    customer = await floor.add_customer()
    await floor.sending.register_accounts()
    wager_id = await placed(floor, customer)
    before = await count(floor, "seq_scan")
    assert await floor.sending.dispatch() == 1
    floor.execution.reports.append(Final(1, floor.clock.now(), wager_id, 0))
    assert await floor.reports.fetch() == 1
    assert await count(floor, "seq_scan") == before
    assert await floor.state(wager_id) == "unfilled"


async def test_what_execution_lost_is_refused_when_it_is_asked_again(floor):
    customer = await floor.add_customer()
    lost, known, filled = [await placed(floor, customer, f"k{number}") for number in range(3)]
    await floor.sending.register_accounts()
    await floor.sending.dispatch()
    share = (filled, customer.account_id, floor.market_id, floor.ids.new(), 100, 560_000, 0, bytes(32))
    floor.execution.reports.append(FillShare(1, floor.clock.now(), *share))
    await floor.reports.fetch()
    floor.execution.refuse = dict.fromkeys((lost, filled), Reason.MARKET_HALTED)
    asking = AskingAgain(
        floor.database, floor.execution, floor.tenancy.list_tenant_ids, floor.clock, floor.ids
    )
    assert await asking.ask_all("staff:x") == Asked(asked=3, refused=1, filled=1)
    assert [await floor.state(each) for each in (lost, known, filled)] == [
        "refused",
        "submitted",
        "submitted",
    ]
    await floor.check_books()
    assert await asking.ask_all("staff:x") == Asked(asked=2, refused=0, filled=1)
