"""Dollars as rupees, for AML: at the tenant's last mid, rounded up to a cent. Pure."""

from typing import Final

from customer_stack.gate.domain.asking import Rate
from shared.money import divide_ceil

DEFAULT_RATE: Final = Rate(300 * 10**8, None)
"""LKR per USD until a tenant has a first reading of the market. Reviewed once a year; never
used where a reading exists."""

_MICRO_TO_CENTS_E8: Final = 10**12
"""1 USD is 10**6 micro-dollars, 1 LKR is 100 cents, a rate is scaled 10**8."""


def to_lkr_cents(micro_dollars: int, rate: Rate) -> int:
    """Return LKR cents for micro-dollars."""
    return divide_ceil(micro_dollars * rate.rate_e8, _MICRO_TO_CENTS_E8)
