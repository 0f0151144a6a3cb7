"""The bank over HTTP: what is no statement is no answer."""

from datetime import UTC, datetime

import httpx
import pytest

from customer_stack.payments.domain import StatementEntry
from customer_stack.payments.errors import BankUnavailable
from customer_stack.payments.providers.sandbox import SandboxBank


@pytest.mark.parametrize(
    "page",
    [
        {"entries": [], "balance": "0.00", "has_more": True},
        {
            "entries": [{"entry_id": 1, "bank_reference": "R1", "amount": "1.00"}],
            "balance": "1.00",
            "has_more": True,
        },
        {"entries": [], "balance": "0.001", "has_more": False},
        {"entries": [], "balance": "1E+999999999", "has_more": False},
        {
            "entries": [{"entry_id": 1, "bank_reference": "R1", "amount": "1E+999999999"}],
            "balance": "1.00",
            "has_more": False,
        },
        {"entries": {}, "balance": "1.00", "has_more": False},
        {"entries": [], "balance": 1.0, "has_more": False},
        [],
    ],
)
async def test_a_statement_that_never_ends_or_has_no_cents_is_no_answer(page: object):
    asked = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        assert asked < 5, "the same page is asked for again and again"
        return httpx.Response(200, json=page)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(BankUnavailable):
            await SandboxBank("http://bank.invalid", "key", client).fetch_statement()


async def test_an_entry_has_its_amount_in_cents_and_the_moment_of_its_booking():
    entry = {
        "entry_id": 1,
        "bank_reference": "R1",
        "amount": "-1.05",
        "booked_at": "2026-11-28T23:59:59.999Z",
    }
    old = {"entry_id": 2, "bank_reference": "", "amount": "2.00"}
    page = {"entries": [entry, old], "balance": "0.95", "has_more": False}
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=page))
    async with httpx.AsyncClient(transport=transport) as client:
        statement = await SandboxBank("http://bank.invalid", "key", client).fetch_statement()
    booked_at = datetime(2026, 11, 28, 23, 59, 59, 999_000, tzinfo=UTC)
    assert statement.entries == [StatementEntry("R1", -1_05, booked_at), StatementEntry("", 2_00)]
    assert statement.balance == 95
