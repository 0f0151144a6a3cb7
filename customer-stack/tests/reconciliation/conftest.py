"""Fixtures of reconciliation."""

from typing import Any

import pytest

from customer_stack.payments.domain import Statement, StatementEntry

from .match_desk import Desk, open_desk
from .office import Office


@pytest.fixture
async def office(customer_database: Any) -> Office:
    made = Office(customer_database)
    await made.open()
    await made.payments.assign_collection(made.tenant, made.department)
    quote = await made.quote()
    await made.pay(quote.pay_reference)
    await made.buy(723, 3_966641, 127025)
    made.statement = Statement(537_500_00, [StatementEntry("IN1", 30_000_00)])
    return made


@pytest.fixture
async def desk(customer_database: Any) -> Desk:
    return await open_desk(customer_database)
