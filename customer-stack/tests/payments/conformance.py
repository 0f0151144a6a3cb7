"""What every source of pay-ins must do, whoever it is. `test_conformance.py` runs it against each.

A *source* is an adapter with somebody behind it who can be made to say: paid, taken back, not yet, something
unheard of. What it tells goes to `Told`, which stands where `PaymentsService` does.
"""

from typing import Protocol

import pytest

from customer_stack.payments.domain import Notice, TakeBack
from shared.errors import Refusal

AMOUNT = 30_000_00


class Told:
    """Keeps what is told, and settles a booking once as payments does."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.take_backs: list[TakeBack] = []

    async def announce(self, notice: Notice) -> bool:
        self.notices.append(notice)
        return True

    async def take_back(self, take_back: TakeBack) -> bool:
        self.take_backs.append(take_back)
        return True

    def settled(self) -> set[tuple[str, str, int]]:
        return {(one.provider, one.bank_reference, one.amount) for one in self.notices}


class Source(Protocol):
    """An adapter, and what the test can make its counterparty say. Each word may be said again."""

    told: Told
    pay_reference: str

    async def say_paid(self, booking: str) -> None: ...

    async def say_taken_back(self, booking: str) -> None: ...

    async def say_pending(self, booking: str) -> None: ...

    async def say_something_else(self, booking: str) -> None: ...

    async def say_altered(self, booking: str) -> None:
        """Say paid, and change the message after it was signed or balanced."""
        ...


class PayInConformance:
    """Inherit, and give a fixture `source`."""

    async def test_an_explicit_yes_is_told_whole_with_the_bank_s_reference(self, source: Source):
        await source.say_paid("B1")
        (notice,) = source.told.notices
        assert type(notice.amount) is int
        assert notice.amount == AMOUNT
        assert notice.bank_reference
        assert source.pay_reference in notice.pay_reference
        assert notice.booked_at.tzinfo is not None
        assert len(notice.event_id) <= 64

    async def test_a_yes_said_again_is_the_same_booking_and_the_same_event(self, source: Source):
        for _ in range(3):
            await source.say_paid("B1")
        assert len(source.told.settled()) == 1
        assert len({notice.event_id for notice in source.told.notices}) == 1
        assert len({notice.booked_at for notice in source.told.notices}) == 1

    async def test_what_is_pending_or_unheard_of_tells_nothing(self, source: Source):
        await source.say_pending("B1")
        await source.say_something_else("B1")
        assert (source.told.notices, source.told.take_backs) == ([], [])

    async def test_a_take_back_names_the_booking_that_it_undoes(self, source: Source):
        await source.say_paid("B1")
        await source.say_taken_back("B1")
        (notice,), (taken,) = source.told.notices, source.told.take_backs
        assert (taken.provider, taken.bank_reference) == (notice.provider, notice.bank_reference)
        assert taken.amount == AMOUNT
        assert taken.reversal_reference != taken.bank_reference

    async def test_order_does_not_matter(self, source: Source):
        await source.say_taken_back("B1")
        await source.say_paid("B1")
        (notice,), (taken,) = source.told.notices, source.told.take_backs
        assert taken.bank_reference == notice.bank_reference

    async def test_a_message_that_was_altered_tells_nothing(self, source: Source):
        with pytest.raises(Refusal):
            await source.say_altered("B1")
        assert source.told.notices == []
