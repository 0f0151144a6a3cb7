"""Suspense on a real database: two persons, one resolution, and nothing lost on the way."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from customer_stack.payments.domain.suspense import Decision, SuspenseItem, SuspenseState
from customer_stack.payments.errors import (
    NotInSuspense,
    PayInNotFound,
    ProposalDecided,
    ProposalNotFound,
    ProposalPending,
    ReceiverUnsuitable,
    SamePerson,
)
from customer_stack.payments.suspense import Person
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from shared.ledger import store as ledger

from ..payouts.teller import IDS, Teller  # noqa: TID252 - test folders are no packages

PAID = PayoutAnswer(PayoutState.PAID, "OUT1")


@pytest.fixture
async def teller(customer_database):
    made = await Teller(customer_database).open_for_business()
    await made.pay("rent of Kumari")
    return made


async def item(teller: Teller) -> SuspenseItem:
    return (await teller.suspense_desk.list_suspense(teller.anna, 50, None)).items[0]


async def propose(teller: Teller, customer: UUID | None, pay_in: UUID | None = None) -> SuspenseItem:
    pay_in = pay_in or (await item(teller)).pay_in.id
    return await teller.suspense_desk.propose(teller.anna, pay_in, customer)


async def decide(teller: Teller, proposed: SuspenseItem, how: Decision = Decision.APPROVED) -> SuspenseItem:
    assert proposed.proposal is not None
    return await teller.suspense_desk.decide(teller.bandu, proposed.proposal.id, how)


async def returning(teller: Teller) -> UUID:
    """Have the return approved; return the payout."""
    assert (await decide(teller, await propose(teller, None))).state is SuspenseState.RETURNING
    (payout,) = (await teller.reading.list_payouts(teller.tenant, None, 50, None)).payouts
    return payout.payout.id


async def test_two_persons_give_the_money_to_a_customer_who_sees_it(teller: Teller):
    assert await teller.suspense() == 30_000_00
    done = await decide(teller, await propose(teller, teller.customer))
    assert done.state is SuspenseState.ASSIGNED
    assert await teller.suspense() == 0
    assert await teller.wallet_lkr() == (30_000_00, 0)
    (shown,) = await teller.standings_of()
    assert (shown.state, "person" in shown.next_step) == ("waiting", True)
    assert (await teller.suspense_desk.list_suspense(teller.anna, 50, None)).items == ()
    await teller.books_are_sound()


async def test_what_the_receiver_owes_is_paid_first(teller: Teller):
    await teller.deposit("10000.00", "IN2")
    await teller.take_back("10000.00", "IN2")
    assert await teller.unchecked(teller.customer, "debt") == -10_000_00
    await decide(teller, await propose(teller, teller.customer))
    assert await teller.unchecked(teller.customer, "debt") == 0
    assert await teller.wallet_lkr() == (20_000_00, 0)
    await teller.books_are_sound()


async def test_who_proposes_does_not_approve_but_may_reject(teller: Teller):
    proposed = await propose(teller, teller.customer)
    assert proposed.proposal is not None
    with pytest.raises(SamePerson):
        await teller.suspense_desk.decide(teller.anna, proposed.proposal.id, Decision.APPROVED)
    rejected = await teller.suspense_desk.decide(teller.anna, proposed.proposal.id, Decision.REJECTED)
    assert rejected.state is SuspenseState.OPEN
    with pytest.raises(ProposalDecided):
        await decide(teller, proposed)
    assert (await propose(teller, None)).state is SuspenseState.PROPOSED


async def test_one_proposal_stands_at_a_time_and_an_approval_counts_once(teller: Teller):
    proposed = await propose(teller, teller.customer)
    with pytest.raises(ProposalPending):
        await propose(teller, None)
    await asyncio.gather(*(decide(teller, proposed) for _ in range(3)))
    assert await teller.wallet_lkr() == (30_000_00, 0)
    with pytest.raises(NotInSuspense):
        await propose(teller, None, proposed.pay_in.id)


async def test_a_proposal_that_comes_again_is_one_and_a_colleague_s_is_refused(teller: Teller):
    first, again = await propose(teller, teller.customer), await propose(teller, teller.customer)
    assert first.proposal is not None
    assert again == first
    with pytest.raises(ProposalPending):
        await teller.suspense_desk.propose(teller.bandu, first.pay_in.id, teller.customer)
    async with teller.database.app.transaction(teller.tenant) as tx:
        assert await tx.fetch_value("SELECT count(*) FROM payment_suspense_proposal") == 1
        assert await tx.fetch_value("SELECT count(*) FROM audit_record WHERE kind LIKE '%proposed'") == 1


async def test_staff_of_another_department_neither_sees_nor_moves_suspense(teller: Teller):
    proposed, desk = await propose(teller, teller.customer), teller.suspense_desk
    assert proposed.proposal is not None
    stranger = Person(teller.tenant, teller.bandu.staff_id, IDS.new())
    assert (await desk.list_suspense(stranger, 50, None)).items == ()
    for attempt in (
        desk.read_payer(stranger, proposed.pay_in.id),
        desk.propose(stranger, proposed.pay_in.id, None),
        desk.decide(stranger, proposed.proposal.id, Decision.APPROVED),
    ):
        with pytest.raises(PayInNotFound):
            await attempt
    insider = replace(stranger, department_id=teller.department)
    assert len((await desk.list_suspense(insider, 50, None)).items) == 1
    decided = await desk.decide(insider, proposed.proposal.id, Decision.APPROVED)
    assert decided.state is SuspenseState.ASSIGNED


async def test_nothing_is_proposed_about_what_is_not_there(teller: Teller):
    with pytest.raises(PayInNotFound):
        await propose(teller, None, IDS.new())
    with pytest.raises(ProposalNotFound):
        await teller.suspense_desk.decide(teller.bandu, IDS.new(), Decision.APPROVED)
    teller.standings.barred.add(teller.customer)
    with pytest.raises(ReceiverUnsuitable):
        await propose(teller, teller.customer)


async def test_a_return_leaves_suspense_when_the_bank_says_yes(teller: Teller):
    payout = await returning(teller)
    assert await teller.suspense() == 30_000_00
    await teller.settlement.send_due()
    assert [(order.account, order.amount) for order in teller.outside.heard] == [("0123456789", 30_000_00)]
    await teller.answer(payout, PAID)
    assert await teller.suspense() == 0
    assert await teller.collection() == -507_500_00
    assert (await teller.suspense_desk.list_suspense(teller.anna, 50, None)).items == ()
    await teller.books_are_sound()


@pytest.mark.parametrize(
    "answers",
    [
        [PayoutAnswer(PayoutState.REFUSED, None, "account_refused")],
        [PAID, PayoutAnswer(PayoutState.RETURNED, "OUT1", None, "RT1")],
    ],
)
async def test_a_return_that_fails_or_comes_back_lies_in_suspense_as_before(teller: Teller, answers):
    payout = await returning(teller)
    for answer in answers:
        await teller.answer(payout, answer)
    assert await teller.suspense() == 30_000_00
    assert (await item(teller)).state is SuspenseState.OPEN
    await decide(teller, await propose(teller, teller.customer))
    assert await teller.wallet_lkr() == (30_000_00, 0)
    await teller.books_are_sound()


async def test_what_the_bank_takes_back_out_of_suspense_is_nobody_s(teller: Teller):
    proposed = await propose(teller, teller.customer)
    await teller.take_back()
    assert await teller.suspense() == 0
    with pytest.raises(NotInSuspense):
        await decide(teller, proposed)
    assert await teller.wallet_lkr() == (0, 0)
    await teller.books_are_sound()


async def test_what_the_bank_takes_back_after_the_assignment_is_taken_from_the_receiver(teller: Teller):
    await decide(teller, await propose(teller, teller.customer))
    await teller.take_back()
    assert (await teller.suspense(), await teller.wallet_lkr()) == (0, (0, 0))
    assert [each.state for each in await teller.standings_of()] == ["taken_back"]
    await teller.books_are_sound()


async def test_a_take_back_that_meets_an_assignment_locks_all_books_in_one_call(teller: Teller, monkeypatch):
    """Two calls in one transaction could lock a customer after the department, against the order of ids."""
    proposed, lock, calls = await propose(teller, teller.customer), ledger.lock_books, []

    async def lock_after_the_assignment(tx: Any, books: Any) -> None:
        books = set(books)
        if not calls:
            calls.append((tx, books))
            await decide(teller, proposed)
        else:
            calls.append((tx, books))
        await lock(tx, books)

    monkeypatch.setattr(ledger, "lock_books", lock_after_the_assignment)
    await teller.take_back()
    assert await teller.held_back() == []
    assert len({id(tx) for tx, _ in calls}) == len(calls)
    assert calls[-1][1] == {teller.department, teller.customer}
    assert await teller.suspense() == 0
    assert await teller.wallet_lkr() == (0, 0)
    await teller.books_are_sound()


async def test_who_paid_is_shown_to_staff_and_the_audit_remembers(teller: Teller):
    pay_in = (await item(teller)).pay_in.id
    payer = await teller.suspense_desk.read_payer(teller.anna, pay_in)
    assert (payer.account, payer.text) == ("0123456789", "rent of Kumari")
    assert "Kumari" not in repr(payer)
    async with teller.database.app.transaction(teller.tenant) as tx:
        rows = await tx.fetch("SELECT body FROM audit_record WHERE kind = 'payments.payer_shown'")
        bodies = [bytes(row["body"]) for row in await tx.fetch("SELECT body FROM audit_record")]
    assert len(rows) == 1
    assert all(b"Kumari" not in body and b"0123456789" not in body for body in bodies)


async def test_the_database_refuses_one_pair_of_eyes_and_a_second_resolution(teller: Teller):
    proposed = await propose(teller, teller.customer)
    assert proposed.proposal is not None
    with pytest.raises(asyncpg.CheckViolationError):
        async with teller.database.app.transaction(teller.tenant) as tx:
            await tx.execute(
                "INSERT INTO payment_suspense_decision SELECT tenant_id, id, proposed_by, 'approved', "
                "proposed_by, now() FROM payment_suspense_proposal"
            )
    await decide(teller, proposed)
    for sql in (
        "INSERT INTO payment_suspense_claim SELECT * FROM payment_suspense_claim",
        "INSERT INTO payment_suspense_resolution SELECT * FROM payment_suspense_resolution",
    ):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with teller.database.app.transaction(teller.tenant) as tx:
                await tx.execute(sql)
