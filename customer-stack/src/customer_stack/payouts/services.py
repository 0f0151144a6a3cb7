"""The services of payouts together: what the routes, the worker and the neighbours are given."""

from dataclasses import dataclass

from customer_stack.payouts.service import PayoutAccounts, PayoutReading, PayoutRequests, PayoutSettlement
from customer_stack.payouts.service.holding import HeldPayouts


@dataclass(frozen=True, slots=True)
class PayoutServices:
    """The services of payouts."""

    accounts: PayoutAccounts
    requests: PayoutRequests
    settlement: PayoutSettlement
    reading: PayoutReading
    held: HeldPayouts
