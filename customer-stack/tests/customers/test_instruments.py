"""Ids of bank accounts and cards: found again, not found out."""

import os
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.instruments import Instruments
from customer_stack.customers.sealing import FieldKeys, Sealing

ONE, OTHER = UUID(int=1), UUID(int=2)
NUMBERS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=34)


def instruments(key=b"k" * 32):
    return Instruments(Sealing(FieldKeys(1, {1: os.urandom(32)}, key)))


KNOWN = instruments()


@pytest.mark.parametrize("typed", ["8001 2345-6789", " 800123456789 ", "8001-2345-6789"])
def test_an_account_is_one_however_it_is_written(typed):
    assert KNOWN.bank_account(ONE, typed) == KNOWN.bank_account(ONE, "800123456789")


@given(NUMBERS, NUMBERS)
def test_an_id_is_of_one_number_one_tenant_one_kind_and_one_key(number, another):
    found = KNOWN.bank_account(ONE, number)
    assert found is not None
    assert (found == KNOWN.bank_account(ONE, another)) == (number == another)
    others = {KNOWN.bank_account(OTHER, number), KNOWN.card(ONE, number)}
    others.add(instruments(b"x" * 32).bank_account(ONE, number))
    assert found not in others
    assert number not in str(found)


def test_nothing_has_no_id():
    assert KNOWN.bank_account(ONE, " - ") is KNOWN.card(ONE, " ") is None


def test_the_case_of_a_cards_token_counts():
    assert KNOWN.card(ONE, "tok_a") != KNOWN.card(ONE, "tok_A")
