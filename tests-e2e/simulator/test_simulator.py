"""Short histories with fixed seeds on every change; long ones, and more seeds, in `make test-long`."""

import pytest

from bulkhead_local.lending import FreshDatabase
from simulator.runner import Places, simulate


def places_of(database: FreshDatabase) -> Places:
    return Places(database.dsn("app"), database.dsn("owner"))


@pytest.mark.parametrize("seed", [7, 11, 23])
async def test_the_ledger_is_what_the_reference_says(customer_database: FreshDatabase, seed: int) -> None:
    report = await simulate(places_of(customer_database), seed, steps=1_500, full_every=500)
    assert report.missed == []
    assert report.full_checks >= 3


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 108))
async def test_the_ledger_is_what_the_reference_says_for_long(
    customer_database: FreshDatabase, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    report = await simulate(places_of(customer_database), seed, steps=20_000)
    with capsys.disabled():
        print(f"\n{report.table()}")
