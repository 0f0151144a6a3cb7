"""Amounts of the edge: whatever is accepted can be counted, stored and audited."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from customer_stack.edge.schemas import AmountText
from shared.audit.domain import AuditRecord, body_bytes
from shared.money import Currency, InexactAmount, to_minor

AMOUNT = TypeAdapter(AmountText)
TEXTS = st.from_regex(r"\A-?[0-9]{0,17}(\.[0-9]{0,8})?\Z") | st.text(max_size=24)


@given(TEXTS | st.from_regex(r"\A[1-9][0-9]{0,8}(\.[0-9]{1,6})?\Z"), st.sampled_from(Currency))
def test_an_accepted_amount_is_counted_and_audited_or_refused_with_a_code(text, currency):
    try:
        accepted = AMOUNT.validate_python(text)
    except ValidationError:
        return
    try:
        minor = to_minor(Decimal(accepted), currency.scale)
    except InexactAmount:  # its code is money.inexact_amount
        return
    assert 0 <= minor < 2**53
    record = AuditRecord(
        UUID(int=1), "sample.kept", {"amount": minor}, datetime(2026, 1, 1, tzinfo=UTC), "system"
    )
    assert str(minor).encode() in body_bytes(record)


@pytest.mark.parametrize("text", ["0", "0.01", "999999999.999999", " 5.00 "])
def test_plain_decimals_are_amounts(text):
    assert AMOUNT.validate_python(text) == text.strip()


@pytest.mark.parametrize(
    "text", ["1000000000", "-1", "1e3", "1,000", "01", ".5", "1.", "1.0000000", "1\n2", "\u0661"]
)
def test_anything_else_is_refused_with_advice(text):
    with pytest.raises(ValidationError) as caught:
        AMOUNT.validate_python(text)
    assert "below 1000000000" in caught.value.errors()[0]["ctx"]["advice"]
