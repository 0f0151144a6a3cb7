"""The bank over HTTP: what is no statement is no answer."""

import httpx
import pytest

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
