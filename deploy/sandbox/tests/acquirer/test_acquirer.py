import random
from itertools import count as numbers
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.acquirer.acquirer import Acquirer
from sandbox.acquirer.facts import FACT_KINDS, Status
from sandbox.acquirer.tokens import Token
from sandbox.http_edge import Refused
from sandbox.journal import Journal

NOW = 1_795_132_800_000


def open_acquirer(journal: Journal | None = None) -> Acquirer:
    ids = numbers(1)
    made = Acquirer(
        journal or Journal(None, FACT_KINDS),
        delay_ms=100,
        randomness=random.Random(1),
        new_id=lambda: UUID(int=next(ids) << 64),
    )
    made.open()
    return made


def charge(acquirer: Acquirer, token: str = Token.APPROVE, amount: int = 3_000_000, name: str = "c1"):
    return acquirer.charge(charge_id=name, token=token, amount=amount, currency="LKR", now_ms=NOW)


def captured(acquirer: Acquirer, token: str = Token.APPROVE):
    found = charge(acquirer, token)
    acquirer.advance(NOW + 100)
    acquirer.capture(charge_id="c1", amount=3_000_000, now_ms=NOW + 100)
    acquirer.advance(NOW + 200)
    return found


def kinds(acquirer: Acquirer) -> list[str]:
    return [event.body.split('"type": "')[1].split('"')[0] for event in acquirer.outbox.values()]


def test_a_charge_is_pending_then_authorised_then_captured_once():
    acquirer = open_acquirer()
    assert charge(acquirer).status is Status.PENDING
    found = captured(acquirer)
    acquirer.advance(NOW + 300)
    assert (found.status, found.captured) == (Status.AUTHORISED, 3_000_000)
    assert kinds(acquirer) == ["charge.authorised", "charge.captured"]


@pytest.mark.parametrize(
    ("token", "reason"), [(Token.DECLINE, "do_not_honour"), ("tok_something", "unknown_token")]
)
def test_a_declined_card_is_never_captured(token, reason):
    acquirer = open_acquirer()
    found = charge(acquirer, token)
    acquirer.advance(NOW + 100)
    assert (found.status, found.reason) == (Status.DECLINED, reason)
    with pytest.raises(Refused):
        acquirer.capture(charge_id="c1", amount=1, now_ms=NOW)


def test_a_pending_card_is_never_decided():
    acquirer = open_acquirer()
    charge(acquirer, Token.PENDING)
    acquirer.advance(NOW + 10**9)
    assert kinds(acquirer) == []


@pytest.mark.parametrize(("approve", "status"), [(True, Status.AUTHORISED), (False, Status.DECLINED)])
def test_a_cardholder_decides_a_redirected_charge_once(approve, status):
    acquirer = open_acquirer()
    found = charge(acquirer, Token.REDIRECT)
    acquirer.advance(NOW + 100)
    assert found.status is Status.PENDING
    acquirer.answer_challenge("c1", approve=approve)
    acquirer.answer_challenge("c1", approve=not approve)
    assert found.status is status


def test_a_capture_can_fail():
    acquirer = open_acquirer()
    found = captured(acquirer, Token.CAPTURE_FAILS)
    assert found.captured == 0
    assert kinds(acquirer)[-1] == "charge.capture_failed"


def test_a_chargeback_comes_by_itself_and_can_be_won():
    acquirer = open_acquirer()
    found = captured(acquirer, Token.CHARGEBACK_WON)
    acquirer.advance(NOW + 400)
    assert found.given_back == 3_000_000
    acquirer.advance(NOW + 600)
    assert found.given_back == 0
    assert kinds(acquirer)[-2:] == ["chargeback.opened", "chargeback.won"]


def test_the_same_id_is_the_same_charge_and_the_same_refund():
    acquirer = open_acquirer()
    captured(acquirer)
    assert charge(acquirer) is acquirer.charges["c1"]
    with pytest.raises(Refused):
        charge(acquirer, amount=1)
    first = acquirer.refund(charge_id="c1", refund_id="r1", amount=100, now_ms=NOW)
    assert acquirer.refund(charge_id="c1", refund_id="r1", amount=100, now_ms=NOW) is first
    with pytest.raises(Refused):
        acquirer.refund(charge_id="c1", refund_id="r1", amount=101, now_ms=NOW)


def test_a_settlement_pays_captures_less_refunds_and_the_fee():
    acquirer = open_acquirer()
    captured(acquirer)
    acquirer.refund(charge_id="c1", refund_id="r1", amount=1_000_000, now_ms=NOW)
    acquirer.advance(NOW + 500)
    made = acquirer.settle(NOW)
    assert (made.gross, made.fee) == (2_000_000, 75_000)
    with pytest.raises(Refused):
        acquirer.settle(NOW)


@given(st.lists(st.integers(1, 2_000_000), max_size=12))
def test_no_more_goes_back_than_was_captured(amounts):
    acquirer = open_acquirer()
    found = captured(acquirer)
    for number, amount in enumerate(amounts):
        try:
            acquirer.refund(charge_id="c1", refund_id=f"r{number}", amount=amount, now_ms=NOW)
        except Refused:
            assert found.given_back + amount > 3_000_000
        assert found.given_back <= 3_000_000


def test_a_restart_keeps_charges_and_what_nobody_heard(journal_path):
    journal = Journal(journal_path, FACT_KINDS)
    before = open_acquirer(journal)
    captured(before, Token.CHARGEBACK)
    before.refund(charge_id="c1", refund_id="r1", amount=100, now_ms=NOW)
    before.delivered(next(iter(before.outbox)))
    journal.close()
    again = Journal(journal_path, FACT_KINDS)
    after = open_acquirer(again)
    assert after.charges == before.charges
    assert after.outbox == before.outbox
    again.close()
