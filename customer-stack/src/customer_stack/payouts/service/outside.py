"""Money that our bank sent out, for those who report it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from customer_stack.payouts.service.accounts import AccountSealing
from customer_stack.payouts.store import outside as store
from customer_stack.payouts.store.outside import PaidOut
from shared.database import Transaction

__all__ = ["Destination", "PaidOut", "PayoutDestinations", "load_paid", "load_payouts"]

load_paid: Final = store.load_paid
"""(tx, tenant, begins, ends, least cents, after, limit) -> payouts paid in the span, oldest first."""
load_payouts: Final = store.load_by_ids
"""(tx, payout ids) -> those of them that were paid."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a payout went. `holder` None: nobody said whose account it is."""

    number: str = field(repr=False)
    holder: str | None = field(repr=False)


class PayoutDestinations:
    """Opens where payouts went. Personal data: say in the audit who looked."""

    def __init__(self, sealing: AccountSealing) -> None:
        """Open what `sealing` sealed."""
        self._sealing = sealing

    async def open(self, tx: Transaction, payout_ids: Sequence[UUID]) -> dict[UUID, Destination]:
        """Return payout id -> where it went."""
        paid = await store.load_by_ids(tx, payout_ids)
        accounts = [each.account_id for each in paid if each.account_id is not None]
        holders = {
            account_id: self._sealing.open("holder", account_id, sealed)
            for account_id, sealed in (await store.load_holders(tx, accounts)).items()
        }
        return {
            each.id: Destination(
                self._sealing.open("destination", each.id, each.destination_sealed),
                None if each.account_id is None else holders.get(each.account_id),
            )
            for each in paid
        }
