"""Account codes, the gate and the postings: rules of values."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.transfers.domain import flows
from customer_stack.transfers.domain.codes import PREFIX, make_code, read_code
from customer_stack.transfers.domain.gate import Facts, QrFacts, Reason, decide
from customer_stack.transfers.domain.orders import Order, OrderKind, Terms
from customer_stack.transfers.errors import AccountCodeMistyped
from customer_stack.transfers.service.denials import denial
from shared.errors import Refusal
from shared.money import Currency

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = st.integers(0, 2**50 - 1)


@given(BITS)
def test_a_code_is_read_back_however_it_is_typed(bits):
    code = make_code(bits)
    assert len(code) == 13
    assert code.startswith(PREFIX)
    typed = f" bc-{code[2:7]} {code[7:]}".lower().replace("0", "o").replace("1", "l")
    assert read_code(typed) == code


@given(BITS, st.integers(2, 12), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(bits, place, other):
    code = make_code(bits)
    typed = code[:place] + other + code[place + 1 :]
    if typed != code:
        with pytest.raises(AccountCodeMistyped):
            read_code(typed)


@given(BITS, st.integers(2, 12), st.integers(2, 12))
def test_two_exchanged_characters_are_always_found(bits, one, two):
    code = make_code(bits)
    typed = list(code)
    typed[one], typed[two] = typed[two], typed[one]
    if "".join(typed) != code:
        with pytest.raises(AccountCodeMistyped):
            read_code("".join(typed))


@pytest.mark.parametrize(
    "text", ["", "BC", "BC123", "XX00000000000", "BC00000000000000", "BC0000000000U", "ප" * 13]
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(AccountCodeMistyped):
        read_code(text)


@given(BITS, BITS)
def test_two_numbers_never_have_one_code(one, two):
    assert (make_code(one) == make_code(two)) == (one == two)


def facts(**changes):
    fine = {
        "amount": 100,
        "sender_active": True,
        "is_capable": True,
        "qr": QrFacts(is_issued=True, is_unaltered=True, is_paid=False),
        "recipient_active": True,
        "is_to_sender": False,
        "maximum": 100,
        "debt": 0,
        "funds": 100,
    }
    return Facts(**(fine | changes))


BREACHES = {
    Reason.CUSTOMER_UNKNOWN: {"sender_active": None},
    Reason.CUSTOMER_NOT_ACTIVE: {"sender_active": False},
    Reason.CAPABILITY_INACTIVE: {"is_capable": False},
    Reason.QR_CODE_UNKNOWN: {"qr": QrFacts(is_issued=False, is_unaltered=False, is_paid=False)},
    Reason.QR_CODE_ALTERED: {"qr": QrFacts(is_issued=True, is_unaltered=False, is_paid=True)},
    Reason.QR_CODE_PAID: {"qr": QrFacts(is_issued=True, is_unaltered=True, is_paid=True)},
    Reason.RECIPIENT_UNKNOWN: {"recipient_active": None},
    Reason.RECIPIENT_IS_SENDER: {"is_to_sender": True},
    Reason.RECIPIENT_NOT_ACTIVE: {"recipient_active": False},
    Reason.AMOUNT_OVER_LIMIT: {"maximum": 99},
    Reason.SENDER_IN_DEBT: {"debt": 1},
    Reason.INSUFFICIENT_FUNDS: {"funds": 99},
}


def test_nothing_against_it_means_yes():
    assert decide(facts()) is None
    assert decide(facts(qr=None)) is None


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_given_and_told(reason):
    assert decide(facts(**BREACHES[reason])) is reason
    told = denial(reason)
    assert isinstance(told, Refusal)
    assert told.message.endswith(".")


@given(st.sets(st.sampled_from(list(Reason)), min_size=1))
def test_of_several_reasons_the_first_is_told(reasons):
    """The sender's own come before anything about the recipient, so that nothing is learnt by probing."""
    order = list(Reason)
    changes = {}
    for reason in sorted(reasons, key=order.index, reverse=True):
        changes |= BREACHES[reason]
    assert decide(facts(**changes)) is min(reasons, key=order.index)


@given(st.integers(1, 10**15), st.sampled_from(Currency), st.sampled_from(OrderKind))
def test_both_halves_are_balanced_and_meet_in_the_desk(amount, currency, kind):
    one, two, tenant, order_id, sent, received = (UUID(int=number) for number in range(1, 7))
    at = datetime(2026, 11, 21, tzinfo=UTC)
    order = Order(order_id, tenant, one, two, kind, currency, amount, at)
    halves = flows.build_transfers(order, flows.TransferIds(sent, received))
    legs = {}
    for half in halves:
        assert half.movement_id == order_id
        assert half.kind == ("customer_transfer" if kind is OrderKind.TRANSFER else "qr_payment")
        for posting in half.postings:
            assert posting.action == "transfer"
            legs[half.book_id, posting.source] = -posting.amount
            legs[half.book_id, posting.target] = posting.amount
    assert legs == {
        (one, "wallet"): -amount,
        (one, "desk"): amount,
        (two, "desk"): -amount,
        (two, "wallet"): amount,
    }


def test_terms_have_a_maximum_for_each_currency():
    terms = Terms(1, 5, 7)
    assert [terms.maximum(currency) for currency in (Currency.LKR, Currency.USD)] == [5, 7]
