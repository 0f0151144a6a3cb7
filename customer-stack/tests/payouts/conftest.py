"""A teller that is open for business."""

import pytest

from .teller import Teller


@pytest.fixture
async def teller(customer_database):
    return await Teller(customer_database).open_for_business()
