"""A teller that is open for business, and the house of the payments over HTTP."""

import pytest

from ..payments.conftest import bank_says, bank_tells, department, house  # noqa: F401, TID252 - fixtures
from .teller import Teller


@pytest.fixture
async def teller(customer_database):
    return await Teller(customer_database).open_for_business()
