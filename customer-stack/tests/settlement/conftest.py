import pytest

from .office import Office


@pytest.fixture
async def office(customer_database, field_keys_file):
    made = Office(customer_database, field_keys_file)
    await made.open()
    return made
