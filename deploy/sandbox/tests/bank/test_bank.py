import json
import random
from itertools import count as numbers
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bank.bank import Bank
from sandbox.bank.facts import FACT_KINDS, PayoutStatus
from sandbox.bank.webhooks import sign
from sandbox.http_edge import Refused
from sandbox.journal import Journal

NOW = 1_795_132_800_000


def open_bank(journal: Journal | None = None, opening: int = 0) -> Bank:
    ids = numbers(1)
    bank = Bank(
        journal or Journal(None, FACT_KINDS),
        payout_delay_ms=100,
        randomness=random.Random(1),
        new_id=lambda: UUID(int=next(ids) << 64),
    )
    bank.open("collection", "LKR", opening, NOW)
    return bank


def pay_in(bank: Bank, amount: int, account: str = "collection", currency: str = "LKR"):
    return bank.pay_in(
        pay_reference="P-1",
        amount=amount,
        currency=currency,
        payer_account="8001",
        account=account,
        now_ms=NOW,
    )


def pay_out(bank: Bank, payout_id: str, amount: int, account: str = "80011234"):
    return bank.pay_out(
        payout_id=payout_id,
        amount=amount,
        currency="LKR",
        account=account,
        reference="W-1",
        from_account="collection",
        now_ms=NOW,
    )


def test_a_payout_is_pending_and_then_decided_once():
    bank = open_bank()
    pay_in(bank, 3_000_000)
    assert pay_out(bank, "one", 1_475_000).status is PayoutStatus.PENDING
    assert bank.accounts["collection"].balance == 3_000_000
    bank.advance(NOW + 100)
    bank.advance(NOW + 200)
    assert bank.payout("one").status is PayoutStatus.SUCCEEDED
    assert bank.accounts["collection"].balance == 1_525_000
    assert len(bank.outbox) == 2


@pytest.mark.parametrize(
    ("account", "amount", "reason"),
    [("80010000", 100, "account_refused"), ("80011234", 5_000_000, "insufficient_funds")],
)
def test_a_payout_fails_where_it_must_and_moves_nothing(account, amount, reason):
    bank = open_bank(opening=1_000_000)
    pay_out(bank, "one", amount, account)
    bank.advance(NOW + 100)
    record = bank.payout("one")
    assert (record.status, record.reason) == (PayoutStatus.FAILED, reason)
    assert bank.accounts["collection"].balance == 1_000_000


def test_the_same_payout_id_is_the_same_payout():
    bank = open_bank(opening=1000)
    assert pay_out(bank, "one", 500) == pay_out(bank, "one", 500)
    with pytest.raises(Refused) as refusal:
        pay_out(bank, "one", 501)
    assert refusal.value.status == 409


def test_an_account_has_one_currency():
    bank = open_bank()
    pay_in(bank, 500_000, account="nostro", currency="USD")
    with pytest.raises(Refused):
        pay_in(bank, 100, account="nostro", currency="LKR")


def test_a_restart_keeps_accounts_payouts_and_what_nobody_heard(journal_path):
    journal = Journal(journal_path, FACT_KINDS)
    before = open_bank(journal, opening=100)
    pay_in(before, 3_000_000)
    heard = next(iter(before.outbox))
    before.delivered(heard)
    pay_out(before, "one", 500)
    pay_in(before, 7)
    journal.close()
    again = Journal(journal_path, FACT_KINDS)
    after = open_bank(again, opening=100)
    assert after.accounts == before.accounts
    assert after.outbox == before.outbox
    assert heard not in after.outbox
    after.advance(NOW + 1000)
    assert after.payout("one").status is PayoutStatus.SUCCEEDED
    again.close()


def test_the_signature_is_over_time_and_body():
    assert sign(b"secret", 1700000000, b"{}").startswith("t=1700000000,v1=")
    assert sign(b"secret", 1700000000, b"{}") != sign(b"secret", 1700000001, b"{}")
    assert sign(b"secret", 1700000000, b"{}") != sign(b"secret", 1700000000, b"{ }")


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 1_000_000)), max_size=30))
def test_every_entry_carries_the_balance_after_it(movements):
    bank = open_bank(opening=5000)
    for number, (comes, amount) in enumerate(movements):
        if comes:
            pay_in(bank, amount)
        else:
            pay_out(bank, str(number), amount)
            bank.advance(NOW + 1000)
    balance = 0
    for entry in bank.accounts["collection"].entries:
        balance += entry.amount
        assert entry.balance == balance >= 0


def transfer(bank: Bank, reference: str, amount: int):
    return bank.transfer(
        reference=reference,
        amount=amount,
        currency="LKR",
        counterparty="house",
        account="collection",
        now_ms=NOW,
    )


def test_the_owner_moves_own_money_once_and_nobody_is_told():
    bank = open_bank()
    assert transfer(bank, "one", 200) == transfer(bank, "one", 200)
    transfer(bank, "two", -150)
    _, entries = bank.statement("collection", 0, 10)
    assert [(entry.kind, entry.amount, entry.bank_reference) for entry in entries] == [
        ("transfer", 200, "one"),
        ("transfer", -150, "two"),
    ]
    assert bank.outbox == {}


@pytest.mark.parametrize(
    ("reference", "amount", "code"),
    [("one", 201, "transfer_mismatch"), ("two", -201, "insufficient_funds")],
)
def test_a_transfer_that_contradicts_is_refused(reference, amount, code):
    bank = open_bank()
    transfer(bank, "one", 200)
    with pytest.raises(Refused) as refused:
        transfer(bank, reference, amount)
    assert refused.value.code == code


def test_a_payout_to_an_account_ending_in_9999_is_made_and_comes_back():
    bank = open_bank(opening=1_000_000)
    pay_out(bank, "one", 400_000, "80019999")
    bank.advance(NOW + 100)
    assert bank.payout("one").status is PayoutStatus.SUCCEEDED
    assert bank.accounts["collection"].balance == 600_000
    bank.advance(NOW + 300)
    bank.advance(NOW + 400)
    record = bank.payout("one")
    assert (record.status, record.reason) == (PayoutStatus.RETURNED, "account_closed")
    _, entries = bank.statement("collection", 0, 10)
    assert [(entry.kind, entry.amount) for entry in entries[1:]] == [
        ("payout", -400_000),
        ("payout_return", 400_000),
    ]
    assert entries[2].bank_reference == record.return_reference != record.payout.bank_reference
    assert [json.loads(event.body)["type"] for event in bank.outbox.values()] == [
        "payout.succeeded",
        "payout.returned",
    ]


def test_a_pay_in_is_taken_back_once():
    bank = open_bank()
    paid = pay_in(bank, 3_000_000)
    taken = bank.take_back(paid.bank_reference, NOW + 5)
    assert bank.take_back(paid.bank_reference, NOW + 9) == taken
    assert bank.accounts["collection"].balance == 0
    last = bank.accounts["collection"].entries[-1]
    assert (last.kind, last.amount, last.bank_reference) == (
        "take_back",
        -3_000_000,
        taken.reversal_reference,
    )
    said = json.loads(taken.event.body)
    assert (said["type"], said["bank_reference"], said["amount"]) == (
        "pay_in.taken_back",
        paid.bank_reference,
        "30000.00",
    )


def test_a_pay_in_that_is_unknown_or_spent_is_not_taken_back():
    bank = open_bank()
    paid = pay_in(bank, 500)
    transfer(bank, "out", -100)
    for reference, code in ((paid.bank_reference, "insufficient_funds"), ("IN0", "pay_in_not_found")):
        with pytest.raises(Refused) as refused:
            bank.take_back(reference, NOW)
        assert refused.value.code == code


def test_what_came_back_is_known_after_a_restart(journal_path):
    journal = Journal(journal_path, FACT_KINDS)
    before = open_bank(journal, opening=1000)
    pay_out(before, "one", 500, "80019999")
    before.advance(NOW + 100)
    before.take_back(pay_in(before, 70).bank_reference, NOW)
    journal.close()
    again = Journal(journal_path, FACT_KINDS)
    after = open_bank(again, opening=1000)
    assert after.accounts == before.accounts
    after.advance(NOW + 1000)
    assert after.payout("one").status is PayoutStatus.RETURNED
    assert after.accounts["collection"].balance == 1000
    again.close()
