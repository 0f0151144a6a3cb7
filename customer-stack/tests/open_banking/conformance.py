"""What every bank with open banking must do, whoever it is. `test_conformance.py` runs it against each.

An *open bank* is an adapter with somebody behind it who can be made to agree, refuse, pay, or say something
unheard of.
"""

from typing import Protocol
from uuid import UUID

import pytest

from customer_stack.payments.errors import BankUnavailable
from customer_stack.payments.providers.open_banking import (
    ConsentPurpose,
    ConsentRequest,
    ConsentState,
    OpenBank,
    PaymentState,
)
from shared.ids import SystemIds

IDS = SystemIds()


class Counterparty(Protocol):
    """An adapter, and what the test can make happen behind it."""

    bank: OpenBank
    silent: OpenBank

    async def agree(self, authorise_url: str, account: str) -> None: ...

    async def refuse(self, authorise_url: str) -> None: ...

    async def pass_time(self) -> None: ...

    def speak_oddly(self) -> None:
        """From now on say words that nobody has heard of."""
        ...

    def count_payments(self) -> int: ...


def request(purpose: ConsentPurpose = ConsentPurpose.FUNDING) -> ConsentRequest:
    return ConsentRequest(IDS.new(), purpose, 30_000_00, "BH0123456789ABC", "http://us.example/back")


class OpenBankingConformance:
    """Inherit, and give a fixture `counterparty`."""

    async def test_a_consent_that_nobody_gave_is_pending_and_pays_nothing(self, counterparty: Counterparty):
        wish = request()
        first = await counterparty.bank.create_consent(wish)
        assert (first.state, bool(first.authorise_url)) == (ConsentState.PENDING, True)
        assert await counterparty.bank.create_consent(wish) == first
        assert (await counterparty.bank.look_up_consent(wish.consent_id)).state is ConsentState.PENDING
        assert (await counterparty.bank.pay(wish.consent_id, IDS.new())).state is PaymentState.PENDING
        await counterparty.pass_time()
        assert counterparty.count_payments() == 0

    async def test_what_is_not_known_there_is_pending(self, counterparty: Counterparty):
        assert (await counterparty.bank.look_up_consent(IDS.new())).state is ConsentState.PENDING
        assert (await counterparty.bank.look_up_payment(IDS.new())).state is PaymentState.PENDING

    async def _paid(self, counterparty: Counterparty, account: str) -> tuple[ConsentRequest, UUID]:
        wish, payment_id = request(), IDS.new()
        url = (await counterparty.bank.create_consent(wish)).authorise_url
        await counterparty.agree(url or "", account)
        assert (await counterparty.bank.look_up_consent(wish.consent_id)).state is ConsentState.AUTHORISED
        for _ in range(3):
            word = await counterparty.bank.pay(wish.consent_id, payment_id)
            assert word.state is PaymentState.PENDING
        await counterparty.pass_time()
        return wish, payment_id

    async def test_an_agreed_consent_pays_once_however_often_it_is_asked(self, counterparty: Counterparty):
        wish, payment_id = await self._paid(counterparty, "8001112223")
        first = await counterparty.bank.look_up_payment(payment_id)
        assert (first.state, bool(first.bank_reference)) == (PaymentState.PAID, True)
        assert await counterparty.bank.pay(wish.consent_id, payment_id) == first
        other = await counterparty.bank.pay(wish.consent_id, IDS.new())
        assert other.state is not PaymentState.PAID
        await counterparty.pass_time()
        assert counterparty.count_payments() == 1

    async def test_an_explicit_no_of_the_bank_fails(self, counterparty: Counterparty):
        wish, payment_id = await self._paid(counterparty, "8001110000")
        word = await counterparty.bank.look_up_payment(payment_id)
        assert (word.state, word.bank_reference) == (PaymentState.FAILED, None)
        assert await counterparty.bank.pay(wish.consent_id, payment_id) == word
        assert counterparty.count_payments() == 0

    async def test_an_explicit_no_of_the_person_rejects(self, counterparty: Counterparty):
        wish = request()
        await counterparty.refuse((await counterparty.bank.create_consent(wish)).authorise_url or "")
        assert (await counterparty.bank.look_up_consent(wish.consent_id)).state is ConsentState.REJECTED
        assert (await counterparty.bank.pay(wish.consent_id, IDS.new())).state is not PaymentState.PAID
        await counterparty.pass_time()
        assert counterparty.count_payments() == 0

    async def test_a_verification_names_the_account_and_pays_nothing(self, counterparty: Counterparty):
        wish = request(ConsentPurpose.VERIFICATION)
        await counterparty.agree(
            (await counterparty.bank.create_consent(wish)).authorise_url or "", "8009998887"
        )
        word = await counterparty.bank.look_up_consent(wish.consent_id)
        assert (word.state, word.account) == (ConsentState.AUTHORISED, "8009998887")
        assert (await counterparty.bank.pay(wish.consent_id, IDS.new())).state is not PaymentState.PAID
        await counterparty.pass_time()
        assert counterparty.count_payments() == 0

    async def test_words_that_nobody_has_heard_of_are_pending(self, counterparty: Counterparty):
        wish, payment_id = await self._paid(counterparty, "8001112223")
        counterparty.speak_oddly()
        assert (await counterparty.bank.look_up_consent(wish.consent_id)).state is ConsentState.PENDING
        assert (await counterparty.bank.look_up_payment(payment_id)).state is PaymentState.PENDING

    async def test_a_bank_that_does_not_answer_is_unavailable_and_nothing_else(
        self, counterparty: Counterparty
    ):
        with pytest.raises(BankUnavailable):
            await counterparty.silent.create_consent(request())
        with pytest.raises(BankUnavailable):
            await counterparty.silent.look_up_consent(IDS.new())
        with pytest.raises(BankUnavailable):
            await counterparty.silent.pay(IDS.new(), IDS.new())
        with pytest.raises(BankUnavailable):
            await counterparty.silent.look_up_payment(IDS.new())
