"""Payouts after a restore: none leaves or is taken back before a person has compared with the banks."""

from datetime import timedelta

import pytest

from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.payouts.domain.payouts import Standing
from customer_stack.payouts.errors import AlreadySent

from ..restored import compare_with_banks, lose_records  # noqa: TID252 - test folders are no packages
from .teller import Teller


async def test_after_a_restore_nothing_is_sent_before_a_person_has_compared(teller: Teller):
    await teller.wait_with()
    known = await teller.withdraw_lkr(1_000_00)
    assert await teller.settlement.send_due() == 1
    unheard = await teller.withdraw_lkr(1_000_00)
    teller.outside.is_down = True
    assert await teller.settlement.send_due() == 1
    teller.outside.is_down = False
    await lose_records(teller.database.app, teller.clock.now())
    teller.clock.advance(timedelta(seconds=1))
    late = await teller.withdraw_lkr(1_000_00)
    cancelled = await teller.withdraw_lkr(1_000_00)
    await teller.requests.cancel(teller.tenant, teller.customer, cancelled)
    heard = len(teller.outside.heard)
    for _ in range(5):
        teller.clock.advance(timedelta(hours=1))
        await teller.settlement.send_due()
    assert len(teller.outside.heard) == heard
    assert set(teller.outside.looked_up) == {known}
    assert await teller.wallet_lkr() == (30_000_00, 3_000_00)
    teller.outside.says = PayoutAnswer(PayoutState.PAID)
    await compare_with_banks(teller.database.app, teller.clock.now())
    while await teller.settlement.send_due():
        teller.clock.advance(timedelta(minutes=1))
    assert {each.payout_id for each in teller.outside.heard[heard:]} == {unheard, late}
    assert (await teller.standing(late)).state is Standing.PAID
    await teller.books_are_sound()


async def test_what_a_restore_may_have_forgotten_to_be_paid_is_never_taken_back(teller: Teller):
    await teller.wait_with()
    before = await teller.withdraw_lkr(1_000_00)
    await lose_records(teller.database.app, teller.clock.now())
    with pytest.raises(AlreadySent):
        await teller.requests.cancel(teller.tenant, teller.customer, before)
    teller.clock.advance(timedelta(minutes=1))
    await compare_with_banks(teller.database.app, teller.clock.now())
    with pytest.raises(AlreadySent):
        await teller.requests.cancel(teller.tenant, teller.customer, before)
    assert await teller.wallet_lkr() == (30_000_00, 1_000_00)
    assert await teller.settlement.send_due() == 1
    assert [each.payout_id for each in teller.outside.heard] == [before]
    await teller.books_are_sound()
