"""What every provider of payouts must do, whoever it is. `test_conformance.py` runs it against each.

A *counterparty* is a provider with somebody behind it who can be made to say yes, no, something else, or
nothing. The suite speaks to the provider as `PayoutSettlement` does.
"""

from typing import Protocol

import pytest

from customer_stack.payouts.providers.contract import (
    PayoutOrder,
    PayoutProvider,
    PayoutState,
    ProviderUnavailable,
)
from shared.ids import SystemIds

IDS = SystemIds()


class Counterparty(Protocol):
    """A provider, and what the test can make happen behind it."""

    provider: PayoutProvider
    silent: PayoutProvider

    async def say_yes(self, order: PayoutOrder) -> None: ...

    async def say_no(self, order: PayoutOrder) -> None: ...

    async def give_back(self, order: PayoutOrder) -> None: ...

    async def say_something_else(self, order: PayoutOrder) -> None: ...

    async def count_payments(self, order: PayoutOrder) -> int: ...


def order(ending: str = "8887", amount: int = 14_750_00) -> PayoutOrder:
    return PayoutOrder(IDS.new(), amount, f"800999{ending}", "Withdrawal")


class PayoutConformance:
    """Inherit, and give a fixture `counterparty`."""

    async def test_what_nobody_answered_is_pending(self, counterparty: Counterparty):
        wish = order()
        assert (await counterparty.provider.send(wish)).state is PayoutState.PENDING
        assert (await counterparty.provider.look_up(wish.payout_id)).state is PayoutState.PENDING

    async def test_a_payout_that_was_never_sent_is_neither_paid_nor_refused(self, counterparty: Counterparty):
        try:
            answer = await counterparty.provider.look_up(IDS.new())
        except ProviderUnavailable:
            return
        assert answer.state is PayoutState.PENDING

    async def test_an_explicit_yes_pays_once_however_often_it_is_asked(self, counterparty: Counterparty):
        wish = order()
        for _ in range(3):
            await counterparty.provider.send(wish)
        await counterparty.say_yes(wish)
        first = await counterparty.provider.look_up(wish.payout_id)
        assert (first.state, bool(first.reference)) == (PayoutState.PAID, True)
        assert await counterparty.provider.send(wish) == first
        await counterparty.say_yes(wish)
        assert await counterparty.provider.look_up(wish.payout_id) == first
        assert await counterparty.count_payments(wish) == 1

    async def test_an_explicit_no_refuses_and_stays_no(self, counterparty: Counterparty):
        wish = order("0000")
        await counterparty.provider.send(wish)
        await counterparty.say_no(wish)
        first = await counterparty.provider.look_up(wish.payout_id)
        assert first.state is PayoutState.REFUSED
        assert await counterparty.provider.send(wish) == first
        assert await counterparty.count_payments(wish) == 0

    async def test_money_that_came_back_is_named_by_both_bookings(self, counterparty: Counterparty):
        wish = order("9999")
        await counterparty.provider.send(wish)
        await counterparty.say_yes(wish)
        await counterparty.give_back(wish)
        answer = await counterparty.provider.look_up(wish.payout_id)
        assert answer.state is PayoutState.RETURNED
        assert answer.reference
        assert answer.return_reference
        assert answer.reference != answer.return_reference

    async def test_a_word_that_is_neither_yes_nor_no_settles_nothing(self, counterparty: Counterparty):
        wish = order()
        await counterparty.provider.send(wish)
        await counterparty.say_something_else(wish)
        assert (await counterparty.provider.look_up(wish.payout_id)).state is PayoutState.PENDING

    async def test_a_provider_that_does_not_answer_is_unavailable_and_nothing_else(
        self, counterparty: Counterparty
    ):
        with pytest.raises(ProviderUnavailable):
            await counterparty.silent.send(order())
        with pytest.raises(ProviderUnavailable):
            await counterparty.silent.look_up(IDS.new())
