"""Who may receive money from outside.

Money that comes in for somebody who may not deposit goes to nobody: it lies in suspense until two people
return it or give it to them (money flows, section 3.1). So its quote is not used either.
"""

from datetime import datetime
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.customers.service import load_accounts
from customer_stack.facts.domain import CustomerFacts, Restriction, Screening
from customer_stack.facts.service import load as load_facts
from shared.clock import Clock
from shared.database import Transaction


def may_receive(account: CustomerAccount | None, facts: CustomerFacts | None, now: datetime) -> bool:
    """Tell whether somebody is active, not restricted in full, excluded or cooling off, nor on a list."""
    if account is None or facts is None or account.status is not Status.ACTIVE:
        return False
    away = any(until is not None and now < until for until in (facts.excluded_until, facts.cooling_until))
    is_listed = facts.screening is Screening.CONFIRMED
    return not away and not is_listed and facts.restriction is not Restriction.FULL


class Receivers:
    """Customers as receivers of money from outside."""

    def __init__(self, clock: Clock) -> None:
        """Judge by `clock`."""
        self._clock = clock

    async def is_active(self, tx: Transaction, customer_id: UUID) -> bool:
        """Tell whether money from outside may become the customer's."""
        account = (await load_accounts(tx, [customer_id])).get(customer_id)
        facts = (await load_facts(tx, [customer_id])).get(customer_id)
        return may_receive(account, facts, self._clock.now())
