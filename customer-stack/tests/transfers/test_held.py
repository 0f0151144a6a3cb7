"""Transfers that the gate holds: reserved, then released, denied or cancelled; on a real database."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import orjson
import pytest

from customer_stack.aml.service.checking import CounterCheck
from customer_stack.cases.contract import HoldEnd
from customer_stack.facts.domain import Restriction, Screening
from customer_stack.gate.errors import CoolingOff, Excluded, NotPossible
from customer_stack.transfers import errors
from customer_stack.transfers.domain.orders import OrderState
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD
from shared.money import Currency

from ..gates import at_least  # noqa: TID252 - the folder of tests has no name of its own
from .conftest import NOW

EMPTIED = {
    "at_least": [
        {"divide": [{"fact": "event.amount"}, {"fact": "event.balance_before"}]},
        {"ratio": [19, 20]},
    ]
}
MUCH = at_least("transfers_out", 50_000_00)


async def held(counter, amount=60_000_00, **more):
    """Two customers, and a transfer between them that waits: sender, recipient, its id."""
    await counter.publish(when=MUCH)
    nimal, kamala = await counter.add(), await counter.add()
    (answer,) = await counter.move(counter.want(nimal, kamala, amount, **more))
    body = orjson.loads(answer)
    assert body["state"] == "held"
    return nimal, kamala, UUID(body["transfer_id"])


async def standing(counter, person, asset=LKR):
    """What is posted and what is held of somebody's wallet."""
    key = (person.id, asset, "wallet")
    async with counter.database.transaction(counter.tenant_id) as tx:
        balance = (await ledger.load_balances(tx, [key]))[key]
    return balance.posted, balance.held


async def counted(counter, person):
    """Events of AML that count of somebody: how many, and how much in cents."""
    rows = await counter.rows(
        "SELECT sum(n)::int, sum(amount)::bigint FROM aml_event WHERE customer_id = $1", person.id
    )
    return tuple(each or 0 for each in rows[0])


async def check(counter):
    """Every book balances, and every counter is what its events say."""
    await counter.check_books()
    found = await CounterCheck(counter.database, counter.tenancy.list_tenant_ids).run()
    assert found.differences == ()


async def state_of(counter, person, transfer_id):
    return (await counter.service.get_order(counter.tenant_id, person.id, transfer_id)).state


async def test_an_allowed_transfer_is_counted_on_both_sides_with_its_decision(counter):
    nimal, kamala = await counter.add(), await counter.add()
    (answer,) = await counter.move(counter.want(nimal, kamala, 2_500_00))
    body = orjson.loads(answer)
    assert (body["state"], body["next_step"]) == ("made", None)
    assert await counted(counter, nimal) == await counted(counter, kamala) == (1, 2_500_00)
    kinds = await counter.rows("SELECT kind::text, counterparty_id FROM aml_event ORDER BY kind")
    assert set(kinds) == {("transfer_out", kamala.id), ("transfer_in", nimal.id)}
    decisions = await counter.rows("SELECT subject_id::text, lane, answer::text FROM gate_decision")
    assert decisions == [(body["transfer_id"], "transfer", "allow")]
    await check(counter)


async def test_a_held_transfer_is_reserved_and_only_its_sender_sees_it(counter):
    nimal, kamala, transfer_id = await held(counter)
    assert await standing(counter, nimal) == (100_000_00, 60_000_00)
    assert await standing(counter, kamala) == (100_000_00, 0)
    (view,) = await counter.service.list_orders(counter.tenant_id, nimal.id, None, 10)
    assert (view.order.id, view.state, view.order.amount) == (transfer_id, OrderState.HELD, 60_000_00)
    assert view.counterparty == kamala.code
    assert await counter.service.list_orders(counter.tenant_id, kamala.id, None, 10) == []
    with pytest.raises(errors.TransferUnknown):
        await counter.service.get_order(counter.tenant_id, kamala.id, transfer_id)
    cases = await counter.rows("SELECT customer_id, kind, held_id FROM cases_held JOIN cases_case c ON true")
    assert cases == [(nimal.id, "transfer", transfer_id)]
    steps = await counter.rows("SELECT state::text FROM ledger_deal_state WHERE deal_id = $1", transfer_id)
    assert {state for (state,) in steps} == {"created", "authorized"}
    await check(counter)


async def test_what_is_reserved_cannot_be_sent_again_and_the_same_key_gets_the_same_answer(counter):
    nimal, kamala, transfer_id = await held(counter)
    again, other = await counter.move(
        counter.want(nimal, kamala, 60_000_00), counter.want(nimal, kamala, 60_000_00, key="other")
    )
    assert orjson.loads(again)["transfer_id"] == str(transfer_id)
    assert isinstance(other, errors.InsufficientFunds)
    assert await standing(counter, nimal) == (100_000_00, 60_000_00)


async def test_a_release_moves_the_money_once(counter):
    nimal, kamala, transfer_id = await held(counter, note="For the rice")
    counter.clock.advance(timedelta(hours=3))
    assert await counter.release(transfer_id) == {transfer_id: HoldEnd.RELEASED}
    assert await standing(counter, nimal) == (40_000_00, 0)
    assert await standing(counter, kamala) == (160_000_00, 0)
    for person in (nimal, kamala):
        (view,) = await counter.service.list_orders(counter.tenant_id, person.id, None, 10)
        assert (view.order.id, view.state, view.note) == (transfer_id, OrderState.MADE, "For the rice")
        assert view.order.at == NOW + timedelta(hours=3)
        assert await counted(counter, person) == (1, 60_000_00)
    assert await counter.deny(transfer_id) == {transfer_id: HoldEnd.RELEASED}
    assert await counter.release(transfer_id) == {transfer_id: HoldEnd.RELEASED}
    assert await standing(counter, kamala) == (160_000_00, 0)
    steps = await counter.rows(
        "SELECT state::text FROM ledger_deal_state WHERE deal_id = $1 ORDER BY step", transfer_id
    )
    assert [state for (state,) in steps] == ["created", "authorized", "settled"]
    assert await counter.rows(
        "SELECT version, state::text, movement_id FROM ledger_item WHERE deal_id = $1", transfer_id
    ) == [(1, "active", transfer_id)]
    await check(counter)


async def test_a_denial_frees_the_money_and_counts_it_out_of_its_bucket(counter):
    nimal, kamala, transfer_id = await held(counter)
    counter.clock.advance(timedelta(days=2))
    assert await counter.deny(transfer_id) == {transfer_id: HoldEnd.DENIED}
    assert await standing(counter, nimal) == (100_000_00, 0)
    assert await standing(counter, kamala) == (100_000_00, 0)
    assert await counted(counter, nimal) == await counted(counter, kamala) == (0, 0)
    assert await counter.rows("SELECT DISTINCT counted_at FROM aml_event") == [(NOW,)]
    assert await state_of(counter, nimal, transfer_id) is OrderState.DENIED
    assert await counter.release(transfer_id) == {transfer_id: HoldEnd.DENIED}
    assert await counter.service.list_orders(counter.tenant_id, kamala.id, None, 10) == []
    await check(counter)


async def test_its_sender_cancels_it_and_what_is_decided_then_changes_nothing(counter):
    nimal, kamala, transfer_id = await held(counter)
    with pytest.raises(errors.TransferUnknown):
        await counter.held.cancel(counter.tenant_id, kamala.id, transfer_id)
    for _ in range(2):
        await counter.held.cancel(counter.tenant_id, nimal.id, transfer_id)
    assert await state_of(counter, nimal, transfer_id) is OrderState.CANCELLED
    assert await standing(counter, nimal) == (100_000_00, 0)
    assert await counter.release(transfer_id) == {transfer_id: HoldEnd.GONE}
    assert await standing(counter, kamala) == (100_000_00, 0)
    assert await counted(counter, nimal) == (0, 0)
    await check(counter)


@pytest.mark.parametrize("decide", ["release", "deny"])
async def test_what_was_decided_is_not_cancelled(counter, decide):
    nimal, _, transfer_id = await held(counter)
    await getattr(counter, decide)(transfer_id)
    with pytest.raises(errors.TransferEnded):
        await counter.held.cancel(counter.tenant_id, nimal.id, transfer_id)


@pytest.mark.parametrize(
    ("who", "changes", "obstacle"),
    [
        ("sender", {"restriction": Restriction.DEBIT_ONLY}, "customer_not_active"),
        ("sender", {"excluded_until": NOW + timedelta(days=180)}, "customer_not_active"),
        ("recipient", {"restriction": Restriction.FULL}, "recipient_not_active"),
        ("recipient", {"cooling_until": NOW + timedelta(days=1)}, "recipient_not_active"),
    ],
)
async def test_a_release_of_what_is_not_possible_any_more_ends_as_denied(counter, who, changes, obstacle):
    nimal, kamala, transfer_id = await held(counter)
    await counter.know(nimal if who == "sender" else kamala, **changes)
    assert await counter.release(transfer_id) == {transfer_id: HoldEnd.DENIED}
    assert await standing(counter, nimal) == (100_000_00, 0)
    assert await standing(counter, kamala) == (100_000_00, 0)
    assert await counter.rows("SELECT reason FROM transfer_held_end") == [(obstacle,)]
    assert await counted(counter, kamala) == (0, 0)
    await check(counter)


async def test_a_release_does_not_send_what_its_sender_owes_and_pays_what_its_recipient_owes(counter):
    nimal, kamala, first = await held(counter, 55_000_00)
    (answer,) = await counter.move(counter.want(kamala, nimal, 70_000_00, key="back"))
    second = UUID(orjson.loads(answer)["transfer_id"])
    await counter.owe(kamala, LKR, 5_000_00)
    assert await counter.release(first, second) == {first: HoldEnd.RELEASED, second: HoldEnd.RELEASED}
    # What came to Kamala paid her debt first, and so she owed nothing when hers was looked at.
    assert await counter.wallet(kamala) == 100_000_00 + 55_000_00 - 5_000_00 - 70_000_00
    assert await counter.wallet(nimal) == 100_000_00 - 55_000_00 + 70_000_00
    await check(counter)
    (answer,) = await counter.move(counter.want(nimal, kamala, 60_000_00, key="third"))
    third = UUID(orjson.loads(answer)["transfer_id"])
    await counter.owe(nimal, USD, 1)
    assert await counter.release(third) == {third: HoldEnd.DENIED}
    await check(counter)


async def test_several_are_ended_like_one_by_one(counter):
    await counter.publish(when=MUCH)
    people = [await counter.add() for _ in range(4)]
    answers = await counter.move(
        *(counter.want(each, other, 51_000_00) for each in people for other in people[:1] if each != other)
    )
    ids = [UUID(orjson.loads(answer)["transfer_id"]) for answer in answers]
    await counter.know(people[2], restriction=Restriction.FULL)
    ended = await counter.release(*ids)
    assert [ended[each] for each in ids] == [HoldEnd.RELEASED, HoldEnd.DENIED, HoldEnd.RELEASED]
    assert await counter.wallet(people[0]) == 100_000_00 + 2 * 51_000_00
    assert [await standing(counter, each) for each in people[1:]] == [
        (49_000_00, 0),
        (100_000_00, 0),
        (49_000_00, 0),
    ]
    await check(counter)


async def test_a_batch_is_decided_as_one_by_one(counter):
    await counter.publish(when=MUCH)
    outcomes = []
    for batched in (True, False):
        nimal, kamala = await counter.add(), await counter.add()
        wanted = [
            counter.want(nimal, kamala, amount, key=str(number))
            for number, amount in enumerate((30_000_00, 15_000_00, 10_000_00, 50_000_00))
        ]
        if batched:
            answers = await counter.move(*wanted)
        else:
            answers = [answer for want in wanted for answer in await counter.move(want)]
        outcomes.append(
            (
                [orjson.loads(each)["state"] if isinstance(each, bytes) else each.code for each in answers],
                await standing(counter, nimal),
                await standing(counter, kamala),
                await counted(counter, nimal),
            )
        )
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0] == ["made", "made", "held", "transfers.insufficient_funds"]
    await check(counter)


class Counting:
    """A transaction that counts statements."""

    def __init__(self, tx):
        self.tx, self.statements = tx, 0

    def __getattr__(self, name):
        called = getattr(self.tx, name)
        if name not in ("fetch", "fetch_row", "fetch_value", "execute"):
            return called

        async def counted(*arguments, **keywords):
            self.statements += 1
            return await called(*arguments, **keywords)

        return counted


async def test_a_lane_and_a_release_take_as_many_statements_for_many_as_for_one(counter):
    await counter.publish(when=MUCH)
    people = [await counter.add() for _ in range(7)]
    for key in ("a", "b"):  # what a process keeps once is kept by now
        await counter.move(counter.want(people[0], people[1], 1_00, key=key))
    taken = []
    for senders in (people[1:2], people[2:6]):
        wanted = [
            counter.want(each, people[6], amount, key=str(amount))
            for each in senders
            for amount in (1_000_00, 60_000_00)
        ]
        async with counter.database.transaction(counter.tenant_id) as tx:
            lane = Counting(tx)
            answers = await counter.moving.handle(lane, wanted)
        states = [orjson.loads(answer) for answer in answers]
        assert [each["state"] for each in states] == ["made", "held"] * len(senders)
        ids = [UUID(each["transfer_id"]) for each in states if each["state"] == "held"]
        async with counter.database.transaction(counter.tenant_id) as tx:
            release = Counting(tx)
            await counter.held.release(release, ids, "staff:1", NOW)
        taken.append((lane.statements, release.statements))
    assert taken[0] == taken[1]
    await check(counter)


async def test_a_code_that_is_paid_once_waits_with_its_payment_and_is_free_when_that_ends(counter):
    await counter.publish(when=MUCH)
    nimal, kamala, merchant = await counter.add(), await counter.add(), await counter.add()
    payload = await counter.issue(merchant, 60_000_00)
    (answer,) = await counter.move(counter.pay(nimal, payload))
    transfer_id = UUID(orjson.loads(answer)["transfer_id"])
    (second,) = await counter.move(counter.pay(kamala, payload))
    assert isinstance(second, errors.QrCodePaid)
    assert (await counter.service.preview(counter.tenant_id, payload)).state == "paid"
    (shown,) = await counter.service.list_qr_codes(counter.tenant_id, merchant.id, None, 10)
    assert shown.issued.is_paid is False
    await counter.deny(transfer_id)
    (third,) = await counter.move(counter.pay(kamala, payload, key="again"))
    third_id = UUID(orjson.loads(third)["transfer_id"])
    await counter.release(third_id)
    assert await counter.wallet(merchant) == 160_000_00
    assert await counter.rows("SELECT product::text FROM aml_event WHERE n = 1 GROUP BY 1") == [("qr",)]
    assert await counter.rows("SELECT count(*) FROM transfer_claim") == [(0,)]
    await check(counter)


async def test_the_gate_denies_and_says_no_more_than_it_may(counter):
    await counter.publish(key="far_too_much", when=MUCH, effect="deny")
    nimal, kamala = await counter.add(), await counter.add()
    (first,) = await counter.move(counter.want(nimal, kamala, 60_000_00))
    (again,) = await counter.move(counter.want(nimal, kamala, 60_000_00))
    assert isinstance(first, NotPossible)
    assert isinstance(again, NotPossible)
    assert "aml" not in str(first).lower()
    assert await standing(counter, nimal) == (100_000_00, 0)
    assert await counted(counter, nimal) == await counted(counter, kamala) == (0, 0)
    assert await counter.rows("SELECT answer::text, reason FROM gate_decision") == [
        ("deny", "aml.far_too_much")
    ]
    assert await counter.rows("SELECT count(*) FROM transfer_order") == [(0,)]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"restriction": Restriction.DEBIT_ONLY}, NotPossible),
        ({"screening": Screening.CONFIRMED}, NotPossible),
        ({"excluded_until": NOW + timedelta(days=180)}, Excluded),
        ({"cooling_until": NOW + timedelta(hours=1)}, CoolingOff),
    ],
)
async def test_a_sender_who_may_not_send_is_told_their_own_reasons_only(counter, changes, refusal):
    nimal, kamala = await counter.add(), await counter.add()
    await counter.know(nimal, **changes)
    (answer,) = await counter.move(counter.want(nimal, kamala))
    assert isinstance(answer, refusal)


@pytest.mark.parametrize(
    "changes",
    [
        {"restriction": Restriction.FULL},
        {"excluded_until": NOW + timedelta(days=180)},
        {"cooling_until": NOW + timedelta(hours=1)},
        {"screening": Screening.CONFIRMED},
    ],
)
async def test_of_a_recipient_nobody_is_told_why(counter, changes):
    nimal, kamala, closed = await counter.add(), await counter.add(), await counter.add(status="closed")
    await counter.know(kamala, **changes)
    answer, other = await counter.move(
        counter.want(nimal, kamala, key="a"), counter.want(nimal, closed, key="b")
    )
    assert isinstance(answer, errors.RecipientNotActive)
    assert (type(answer), str(answer)) == (type(other), str(other))
    assert await counter.wallet(kamala) == 100_000_00


async def test_a_recipient_from_whom_nothing_may_leave_still_receives(counter):
    nimal, kamala = await counter.add(), await counter.add()
    await counter.know(kamala, restriction=Restriction.DEBIT_ONLY)
    await counter.move(counter.want(nimal, kamala))
    assert await counter.wallet(kamala) == 101_000_00


async def test_dollars_are_counted_in_rupees(counter):
    nimal, kamala = await counter.add(), await counter.add()
    await counter.move(counter.want(nimal, kamala, 10_000_000, Currency.USD))
    assert await counted(counter, nimal) == (1, 3_000_00)  # at the reviewed rate of 300, before a reading


async def test_released_and_cancelled_at_once_it_ends_one_way(counter, second_process):
    nimal, kamala, transfer_id = await held(counter)

    async def release():
        async with second_process.transaction(counter.tenant_id) as tx:
            return await counter.held.release(tx, [transfer_id], "staff:1", NOW)

    results = await asyncio.gather(
        release(),
        counter.held.cancel(counter.tenant_id, nimal.id, transfer_id),
        return_exceptions=True,
    )
    state = await state_of(counter, nimal, transfer_id)
    if state is OrderState.MADE:
        assert isinstance(results[1], errors.TransferEnded)
        assert await counter.wallet(kamala) == 160_000_00
    else:
        assert (state, results[0]) == (OrderState.CANCELLED, {transfer_id: HoldEnd.GONE})
        assert await counter.wallet(kamala) == 100_000_00
    assert (await standing(counter, nimal))[1] == 0
    await check(counter)


async def test_the_database_refuses_a_second_end_and_changes(counter):
    _, _, transfer_id = await held(counter)
    await counter.deny(transfer_id)
    end = (
        "INSERT INTO transfer_held_end (tenant_id, transfer_id, outcome, ended_by, ended_at) "
        "VALUES ($1, $2, 'released', 'x', now())"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await counter.rows(end, counter.tenant_id, transfer_id)
    with pytest.raises(asyncpg.PostgresError):
        await counter.rows("UPDATE transfer_held SET amount = 1 WHERE id = $1", transfer_id)


@pytest.mark.parametrize("currency", list(Currency))
async def test_a_rule_is_asked_how_much_the_wallet_has_that_is_emptied(counter, currency):
    await counter.publish(when=EMPTIED)
    nimal, kamala = await counter.add(), await counter.add()
    asset = LKR if currency is Currency.LKR else USD
    posted, _ = await standing(counter, nimal, asset)
    tenth = posted // 10
    (answer,) = await counter.move(counter.want(nimal, kamala, tenth, currency, key="tenth"))
    assert orjson.loads(answer)["state"] == "made"
    (answer,) = await counter.move(counter.want(nimal, kamala, posted - tenth, currency, key="rest"))
    assert orjson.loads(answer)["state"] == "held"
