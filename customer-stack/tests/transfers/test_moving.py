"""Batches of transfers on a real database."""

import asyncio
from uuid import UUID

import asyncpg
import orjson
import pytest

from customer_stack.customers.service import load_accounts, load_standings
from customer_stack.ledger.service import build_reversal
from customer_stack.tenancy.service import load_capabilities
from customer_stack.transfers import errors
from customer_stack.transfers.domain.codes import make_code
from customer_stack.transfers.domain.orders import Terms
from customer_stack.transfers.service.batch import Register
from customer_stack.transfers.service.moving import MoneyMoving
from shared.errors import Refusal
from shared.idempotency import IdempotencyMismatch
from shared.lanes import Lane, Lanes
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD
from shared.money import Currency

_LEGS = """
SELECT CASE l.book_id WHEN $1::uuid THEN 'sender' ELSE 'recipient' END, l.account::text, l.amount,
       l.action::text, t.kind::text
FROM ledger_leg l JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id
WHERE t.movement_id = $2 ORDER BY 1 DESC, t.kind::text, l.amount
"""


async def test_money_leaves_one_book_and_arrives_in_the_other(counter):
    nimal, kamala = await counter.add(), await counter.add()
    (answer,) = await counter.move(counter.want(nimal, kamala, 2_500_00, note="For the rice"))
    body = orjson.loads(answer)
    assert (body["to"], body["currency"], body["amount"]) == (kamala.code, "LKR", "2500.00")
    assert "note" not in body
    assert (await counter.wallet(nimal), await counter.wallet(kamala)) == (97_500_00, 102_500_00)
    assert await counter.rows(_LEGS, nimal.id, body["transfer_id"]) == [
        ("sender", "wallet", -2_500_00, "transfer", "customer_transfer"),
        ("sender", "desk", 2_500_00, "transfer", "customer_transfer"),
        ("recipient", "desk", -2_500_00, "transfer", "customer_transfer"),
        ("recipient", "wallet", 2_500_00, "transfer", "customer_transfer"),
    ]
    await counter.check_books()


async def test_usd_moves_to_the_micro_dollar(counter):
    nimal, kamala = await counter.add(), await counter.add()
    await counter.move(counter.want(nimal, kamala, 1, Currency.USD))
    assert (await counter.wallet(nimal, USD), await counter.wallet(kamala, USD)) == (99_999_999, 100_000_001)


async def test_both_sides_see_it_and_nobody_else_does(counter):
    nimal, kamala, other = await counter.add(has_code=False), await counter.add(), await counter.add()
    (answer,) = await counter.move(counter.want(nimal, kamala, note="For the rice"))
    order_id = orjson.loads(answer)["transfer_id"]
    (sent,) = await counter.service.list_orders(counter.tenant_id, nimal.id, None, 10)
    (received,) = await counter.service.list_orders(counter.tenant_id, kamala.id, None, 10)
    nimals_code = await counter.service.get_account_code(counter.tenant_id, nimal.id)
    assert (sent.direction, sent.counterparty, sent.note) == ("sent", kamala.code, "For the rice")
    assert (received.direction, received.counterparty, received.note) == (
        "received",
        nimals_code,
        "For the rice",
    )
    assert await counter.service.list_orders(counter.tenant_id, other.id, None, 10) == []
    with pytest.raises(errors.TransferUnknown):
        await counter.service.get_order(counter.tenant_id, other.id, order_id)
    ((stored,),) = await counter.rows("SELECT note_sealed FROM transfer_order")
    assert b"rice" not in stored
    ((answers,),) = await counter.rows("SELECT answer FROM idempotency_answer")
    assert b"rice" not in answers


async def test_a_transfer_is_a_deal_that_is_settled_with_its_first_version(counter):
    nimal, kamala = await counter.add(), await counter.add()
    (answer,) = await counter.move(counter.want(nimal, kamala))
    deal_id = orjson.loads(answer)["transfer_id"]
    steps = await counter.rows(
        "SELECT state::text, movement_id::text FROM ledger_deal_state WHERE deal_id = $1 ORDER BY step",
        deal_id,
    )
    assert steps == [("created", None), ("settled", deal_id)]
    items = await counter.rows(
        "SELECT version, state::text, kind::text, give_amount, made_by FROM ledger_item WHERE deal_id = $1",
        deal_id,
    )
    assert items == [(1, "active", "customer_transfer", 1_000_00, f"customer:{nimal.id}")]


async def test_the_same_key_sends_once_and_another_request_with_it_is_refused(counter):
    nimal, kamala = await counter.add(), await counter.add()
    first = await counter.move(counter.want(nimal, kamala))
    again, other, twice = await counter.move(
        counter.want(nimal, kamala),
        counter.want(nimal, kamala, 2_000_00),
        counter.want(nimal, kamala),
    )
    assert first == [again] == [twice]
    assert isinstance(other, IdempotencyMismatch)
    assert await counter.wallet(kamala) == 101_000_00


async def test_one_key_twice_in_one_batch_is_one_transfer(counter):
    nimal, kamala = await counter.add(), await counter.add()
    one, two = await counter.move(counter.want(nimal, kamala), counter.want(nimal, kamala))
    assert one == two
    assert await counter.rows("SELECT count(*) FROM transfer_order") == [(1,)]


async def test_a_denial_is_remembered_too(counter):
    nimal, kamala = await counter.add(lkr=0), await counter.add()
    (first,) = await counter.move(counter.want(nimal, kamala))
    await counter.give(nimal, "collection", LKR, 5_000_00)
    (again,) = await counter.move(counter.want(nimal, kamala))
    (new,) = await counter.move(counter.want(nimal, kamala, key="another"))
    assert isinstance(first, errors.InsufficientFunds)
    assert isinstance(again, errors.InsufficientFunds)
    assert isinstance(new, bytes)


async def test_commands_of_a_batch_see_each_others_money(counter):
    nimal, kamala, sunil = await counter.add(lkr=1_000_00), await counter.add(lkr=0), await counter.add(lkr=0)
    answers = await counter.move(
        counter.want(kamala, sunil, 1_000_00, key="a"),  # has nothing yet
        counter.want(nimal, kamala, 1_000_00, key="b"),
        counter.want(kamala, sunil, 1_000_00, key="c"),  # has just received it
        counter.want(nimal, sunil, 1, key="d"),  # has just sent it
    )
    assert [isinstance(answer, bytes) for answer in answers] == [False, True, True, False]
    assert [await counter.wallet(person) for person in (nimal, kamala, sunil)] == [0, 0, 1_000_00]
    await counter.check_books()


async def test_a_debt_of_the_recipient_is_cleared_first(counter):
    nimal, kamala, sunil = await counter.add(), await counter.add(lkr=0), await counter.add()
    await counter.owe(kamala, LKR, 1_500_00)
    one, two = await counter.move(
        counter.want(nimal, kamala, 1_000_00, key="a"), counter.want(sunil, kamala, 1_000_00, key="b")
    )
    assert await counter.wallet(kamala) == 500_00
    first, second = (orjson.loads(answer)["transfer_id"] for answer in (one, two))
    cleared = ("recipient", "debt", 1_000_00, "debt_clearance", "debt_clearance")
    assert cleared in await counter.rows(_LEGS, nimal.id, first)
    assert (*cleared[:2], 500_00, *cleared[3:]) in await counter.rows(_LEGS, nimal.id, second)
    assert await counter.rows("SELECT sum(amount)::bigint FROM ledger_leg WHERE account = 'debt'") == [(0,)]
    await counter.check_books()


async def test_a_debt_in_another_currency_is_left_alone(counter):
    nimal, kamala = await counter.add(), await counter.add(usd=0)
    await counter.owe(kamala, USD, 5_000_000)
    await counter.move(counter.want(nimal, kamala, 1_000_00))
    assert await counter.wallet(kamala) == 101_000_00


async def test_who_owes_sends_nothing(counter):
    nimal, kamala = await counter.add(), await counter.add()
    await counter.owe(nimal, USD, 1)
    (answer,) = await counter.move(counter.want(nimal, kamala))
    assert isinstance(answer, errors.SenderInDebt)


@pytest.mark.parametrize("status", ["registered", "verifying", "refused", "frozen", "closed"])
async def test_neither_side_may_be_anything_but_active(counter, status):
    nimal, other = await counter.add(), await counter.add(status=status)
    to, from_other = await counter.move(counter.want(nimal, other), counter.want(other, nimal))
    assert isinstance(to, errors.RecipientNotActive)
    assert isinstance(from_other, errors.CustomerNotActive)
    assert (await counter.wallet(nimal), await counter.wallet(other)) == (100_000_00, 100_000_00)


async def test_nothing_goes_to_oneself_or_to_an_unknown_code(counter):
    nimal = await counter.add()
    own, unknown = await counter.move(
        counter.want(nimal, nimal, key="a"), counter.want(nimal, make_code(1), key="b")
    )
    assert isinstance(own, errors.RecipientIsSender)
    assert isinstance(unknown, errors.RecipientUnknown)
    assert await counter.wallet(nimal) == 100_000_00


async def test_a_code_of_another_tenant_is_unknown_also_in_one_batch(counter):
    nimal = await counter.add()
    await counter.open("other")
    kamala, sunil = await counter.add(), await counter.add()
    across, back, inside = await counter.move(
        counter.want(nimal, kamala), counter.want(kamala, nimal), counter.want(sunil, kamala)
    )
    assert isinstance(across, errors.RecipientUnknown)
    assert isinstance(back, errors.RecipientUnknown)
    assert isinstance(inside, bytes)
    await counter.check_books()


async def test_without_the_capability_nothing_moves(counter):
    await counter.open("plain", capabilities=())
    nimal, kamala = await counter.add(), await counter.add()
    (answer,) = await counter.move(counter.want(nimal, kamala))
    assert isinstance(answer, errors.CapabilityInactive)


async def test_terms_bound_one_transfer_in_each_currency(counter):
    nimal, kamala = await counter.add(), await counter.add()
    await counter.service.set_terms(counter.tenant_id, Terms(0, 1_000_00, 0), "staff:x")
    fits, over, stopped = await counter.move(
        counter.want(nimal, kamala, 1_000_00, key="a"),
        counter.want(nimal, kamala, 1_000_01, key="b"),
        counter.want(nimal, kamala, 1, Currency.USD, key="c"),
    )
    assert isinstance(fits, bytes)
    assert isinstance(over, errors.AmountOverLimit)
    assert isinstance(stopped, errors.AmountOverLimit)


async def test_an_ended_session_moves_nothing_and_uses_up_no_key(counter):
    nimal, kamala = await counter.add(), await counter.add()
    want = counter.want(nimal, kamala)
    counter.clock.set(counter.clock.now().replace(year=2027))
    (answer,) = await counter.move(want)
    assert isinstance(answer, errors.SessionEnded)
    assert await counter.rows("SELECT count(*) FROM idempotency_answer") == [(0,)]


async def test_every_answer_is_in_the_audit_without_codes_or_notes(counter):
    nimal, kamala = await counter.add(), await counter.add()
    await counter.move(
        counter.want(nimal, kamala, note="For the rice", key="a"), counter.want(nimal, nimal, key="b")
    )
    records = await counter.rows(
        "SELECT kind, convert_from(body, 'UTF8') FROM audit_record WHERE kind LIKE 'transfers.%' ORDER BY id"
    )
    assert [kind for kind, _ in records] == ["transfers.made", "transfers.denied"]
    assert not any("rice" in body or "BC" in body for _, body in records)


async def test_a_dynamic_code_is_paid_once_and_a_static_one_many_times(counter):
    merchant, nimal, kamala = await counter.add(), await counter.add(), await counter.add()
    dynamic, static = await counter.issue(merchant, 750_00), await counter.issue(merchant)
    first, second = await counter.move(counter.pay(nimal, dynamic), counter.pay(kamala, dynamic))
    (third,) = await counter.move(counter.pay(kamala, dynamic, key="later"))
    assert isinstance(first, bytes)
    assert isinstance(second, errors.QrCodePaid)
    assert isinstance(third, errors.QrCodePaid)
    await counter.move(
        counter.pay(nimal, static, 10_00, key="s1"),
        counter.pay(nimal, static, 10_00, key="s2"),
        counter.pay(kamala, static, 5_00, key="s3"),
    )
    assert await counter.wallet(merchant) == 100_000_00 + 750_00 + 25_00
    kinds = await counter.rows(
        "SELECT DISTINCT kind::text FROM ledger_transfer WHERE kind::text LIKE '%r%_p%'"
    )
    assert ("qr_payment",) in kinds
    await counter.check_books()


async def test_the_database_refuses_a_second_payment_of_a_dynamic_code(counter):
    merchant, nimal = await counter.add(), await counter.add()
    payload = await counter.issue(merchant, 750_00)
    await counter.move(counter.pay(nimal, payload))
    again = (
        "INSERT INTO transfer_order (tenant_id, id, sender_id, recipient_id, amount, currency, kind, "
        "is_single_use, qr_code_id, made_at) "
        "SELECT tenant_id, gen_random_uuid(), sender_id, {recipient}, amount, currency, kind, "
        "{single}, qr_code_id, made_at FROM transfer_order"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await counter.rows(again.format(recipient="recipient_id", single="is_single_use"))
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await counter.rows(again.format(recipient="recipient_id", single="false"))
    await counter.move(counter.pay(nimal, await counter.issue(merchant), 5_00, key="static"))
    other = again.format(recipient="gen_random_uuid()", single="is_single_use")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await counter.rows(f"{other} WHERE NOT is_single_use")


async def test_a_code_that_was_changed_or_never_issued_is_not_paid(counter):
    merchant, thief, nimal = await counter.add(), await counter.add(), await counter.add()
    payload = await counter.issue(merchant, 750_00)
    altered, stolen, foreign = (
        counter.pay(nimal, payload, key="a", digest=bytes(32)),
        counter.pay(nimal, payload, key="b"),
        counter.pay(nimal, payload, key="c"),
    )
    object.__setattr__(stolen, "to", thief.code)
    object.__setattr__(foreign.scan, "code_id", counter.ids.new())
    answers = await counter.move(altered, stolen, foreign)
    assert [type(answer) for answer in answers] == [
        errors.QrCodeAltered,
        errors.QrCodeAltered,
        errors.QrCodeUnknown,
    ]
    assert await counter.wallet(nimal) == 100_000_00


async def test_two_lanes_in_two_processes_in_opposite_directions_never_wait_in_a_ring(
    counter, second_process, monkeypatch
):
    monkeypatch.setattr("shared.lanes.LOCK_TIMEOUT_MS", 5_000)  # a busy machine is no ring
    people = [await counter.add(lkr=30_00) for _ in range(4)]
    register = Register(load_standings, load_accounts, load_capabilities)
    other = MoneyMoving(register, counter.gate, counter.texts, lambda bits: 7, counter.clock, counter.ids)
    lanes = [
        Lanes(
            [
                Lane(f"{name}-{number}", database, moving.handle, tenant_of=lambda want: want.tenant_id)
                for number in range(2)
            ]
        )
        for name, database, moving in (
            ("one", counter.database, counter.moving),
            ("two", second_process, other),
        )
    ]
    for each in lanes:
        await each.start()

    async def send(number):
        sender, recipient = people[number % 4], people[(number * 7 + 1 + number // 4) % 4]
        if sender is recipient:
            recipient = people[(number + 1) % 4]
        want = counter.want(sender, recipient, 10_00, key=f"ring-{number}")
        return await lanes[number // 4 % 2].submit(sender.id, want, timeout_seconds=20)

    answers = await asyncio.gather(*(send(number) for number in range(200)), return_exceptions=True)
    for each in lanes:
        await each.stop()
    unexpected = [answer for answer in answers if not isinstance(answer, bytes | errors.InsufficientFunds)]
    assert unexpected == []
    assert sum([await counter.wallet(person) for person in people]) == 120_00
    made = sum(isinstance(answer, bytes) for answer in answers)
    assert await counter.rows("SELECT count(*) FROM transfer_order") == [(made,)]
    await counter.check_books()


@pytest.fixture
def elsewhere(counter, second_process):
    """Return `counter.move` of another process."""
    register = Register(load_standings, load_accounts, load_capabilities)
    moving = MoneyMoving(register, counter.gate, counter.texts, lambda bits: 7, counter.clock, counter.ids)

    async def move(*wanted):
        async with second_process.transaction(counter.tenant_id) as tx:
            return await moving.handle(tx, wanted)

    return move


async def test_two_processes_in_opposite_directions_never_deadlock(counter, elsewhere):
    """No lane here, which would hide a deadlock by running its batch again in halves."""
    nimal, kamala = await counter.add(), await counter.add()
    for number in range(40):
        (one,), (two,) = await asyncio.gather(
            counter.move(counter.want(nimal, kamala, 1_00, key=f"there-{number}")),
            elsewhere(counter.want(kamala, nimal, 1_00, key=f"back-{number}")),
        )
        assert isinstance(one, bytes)
        assert isinstance(two, bytes)
    assert await counter.wallet(nimal) == await counter.wallet(kamala) == 100_000_00


async def test_two_processes_never_send_the_same_money_twice(counter, elsewhere):
    kamala = await counter.add()
    for number in range(15):
        nimal = await counter.add(lkr=10_00)
        answers = await asyncio.gather(
            counter.move(counter.want(nimal, kamala, 10_00, key=f"one-{number}")),
            elsewhere(counter.want(nimal, kamala, 10_00, key=f"two-{number}")),
        )
        assert sorted(type(answer).__name__ for (answer,) in answers) == ["InsufficientFunds", "bytes"]


async def test_two_processes_never_pay_a_dynamic_code_twice(counter, elsewhere):
    merchant, nimal, kamala = await counter.add(), await counter.add(), await counter.add()
    for number in range(10):
        payload = await counter.issue(merchant, 5_00)
        answers = await asyncio.gather(
            counter.move(counter.pay(nimal, payload, key=f"one-{number}")),
            elsewhere(counter.pay(kamala, payload, key=f"two-{number}")),
        )
        assert sorted(type(answer).__name__ for (answer,) in answers) == ["QrCodePaid", "bytes"]


async def test_a_code_is_made_once_even_when_two_ask_at_once(counter):
    nimal = await counter.add(has_code=False)
    codes = await asyncio.gather(
        *(counter.service.get_account_code(counter.tenant_id, nimal.id) for _ in range(5))
    )
    assert len(set(codes)) == 1


async def test_a_taken_code_is_drawn_again(counter):
    kamala, nimal = await counter.add(has_code=False), await counter.add(has_code=False)
    drawn = iter([5, 5, 5, 6])
    counter.service._draw = lambda bits: next(drawn)
    assert await counter.service.get_account_code(counter.tenant_id, kamala.id) == make_code(5)
    assert await counter.service.get_account_code(counter.tenant_id, nimal.id) == make_code(6)


async def test_terms_that_somebody_else_changed_are_not_overwritten(counter):
    first = await counter.service.set_terms(counter.tenant_id, Terms(0, 10, 10), "staff:a")
    assert first.version == 1
    assert await counter.service.set_terms(counter.tenant_id, Terms(0, 10, 10), "staff:a") == first
    with pytest.raises(errors.TermsConflict):
        await counter.service.set_terms(counter.tenant_id, Terms(0, 20, 20), "staff:b")
    assert (await counter.service.set_terms(counter.tenant_id, Terms(1, 20, 20), "staff:b")).version == 2


async def test_a_refusal_never_fails_its_neighbours(counter):
    nimal, kamala = await counter.add(), await counter.add()
    wanted = [counter.want(nimal, kamala, 10_00, key=f"k{number}") for number in range(10)]
    wanted[5] = counter.want(nimal, make_code(3), key="k5")
    answers = await counter.move(*wanted)
    assert [isinstance(answer, Refusal) for answer in answers].count(True) == 1
    assert await counter.wallet(kamala) == 100_000_00 + 90_00


async def test_both_sides_see_that_a_transfer_was_reversed(counter):
    nimal, kamala = await counter.add(), await counter.add()
    (answer,) = await counter.move(counter.want(nimal, kamala))
    order_id = UUID(orjson.loads(answer)["transfer_id"])
    async with counter.database.transaction(counter.tenant_id) as tx:
        books = [nimal.id, kamala.id]
        await ledger.lock_books(tx, books)
        back = await build_reversal(
            tx, counter.tenant_id, books, order_id, ids=counter.ids, now=counter.clock.now()
        )
        await ledger.post(tx, back)
    for person in (nimal, kamala):
        seen = await counter.service.get_order(counter.tenant_id, person.id, order_id)
        assert seen.is_reversed
        assert await counter.wallet(person) == 100_000_00
    await counter.check_books()
