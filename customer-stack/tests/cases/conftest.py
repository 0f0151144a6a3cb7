"""Fixtures of cases."""

import pytest

from .desk import Desk


@pytest.fixture
def desk(customer_database):
    return Desk(customer_database)
