"""The identities hold after every step of random market histories.

A history that fails names its seed and its steps; `History(seed).run()` lives through it again.
"""

import pytest

from flows.history import History, live

SHORT = range(200)
LONG = range(200, 5_200)

MUST_HAPPEN = {
    "placed",
    "a sale",
    "a sale that may lack cash",
    "a fee beyond the proceeds",
    "denied: insufficient_funds",
    "denied: insufficient_position",
    "refused: max_total_too_small",
    "not pooled: float_too_low",
    "not pooled: cancelled",
    "not pooled: market_not_open",
    "a window of two tenants",
    "filled",
    "filled in part",
    "unfilled",
    "fees above the caps",
    "a late purchase",
    "a late sale",
    "paired",
    "unpaired",
    "crossed zero",
    "reports cut in the middle",
    "a settlement fee",
    "settlement: pay",
    "settlement: receive",
    "a remainder stays owed",
    "amended after payout",
    "amended again",
    "cancelled trades",
    "original cost",
}
"""What the histories are for: a run in which one of these never occurred has proved less than it says."""

RARE = {"a reversal waits for float", "taken back beyond a wallet"}
"""What long runs must see too; `test_taken_back` has both written out."""


def test_two_hundred_histories_hold_every_identity() -> None:
    seen = live(SHORT)
    assert seen.keys() >= MUST_HAPPEN, sorted(MUST_HAPPEN - seen.keys())


@pytest.mark.long
@pytest.mark.parametrize("start", LONG[::500])
def test_five_thousand_histories_hold_every_identity(start: int) -> None:
    seen = live(range(start, start + 500))
    assert seen.keys() >= MUST_HAPPEN | RARE, sorted((MUST_HAPPEN | RARE) - seen.keys())


def test_a_seed_gives_the_same_history_again() -> None:
    first, second = History(7), History(7)
    first.run()
    second.run()
    assert first.log == second.log
    assert first.stacks.customer.balances == second.stacks.customer.balances
    assert first.stacks.execution.balances == second.stacks.execution.balances
