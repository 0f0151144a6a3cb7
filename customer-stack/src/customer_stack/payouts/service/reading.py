"""Use cases of reading payouts."""

from dataclasses import dataclass
from uuid import UUID

from customer_stack.ledger.service import read_id_cursor
from customer_stack.payouts.domain.payouts import PayoutStanding, Standing
from customer_stack.payouts.errors import PayoutNotFound
from customer_stack.payouts.store import orders as store
from shared.database import Database


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """Payouts, newest first, and where the next page begins."""

    payouts: tuple[PayoutStanding, ...]
    next_cursor: str | None


class PayoutReading:
    """Payouts as customers and staff see them."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def get(self, tenant_id: UUID, customer_id: UUID, payout_id: UUID) -> PayoutStanding:
        """Return a customer's payout. Raises PayoutNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            standing = await store.load_standing(tx, payout_id)
        if standing is None or standing.payout.customer_id != customer_id:
            raise PayoutNotFound("There is no such payout. Check the id.")
        return standing

    async def list_of_customer(
        self, tenant_id: UUID, customer_id: UUID, limit: int, cursor: str | None
    ) -> PayoutPage:
        """Return one page of a customer's payouts. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            return _page(await store.load_of_customer(tx, customer_id, before, limit + 1), limit)

    async def list_payouts(
        self,
        tenant_id: UUID,
        state: Standing | None,
        limit: int,
        cursor: str | None,
        *,
        is_held: bool | None = None,
        department_id: UUID | None = None,
    ) -> PayoutPage:
        """Return one page of a tenant's or a department's payouts; `is_held`: those for a person.

        Raises CursorUnknown.
        """
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_payouts(
                tx, state, before, limit + 1, is_held=is_held, department_id=department_id
            )
        return _page(found, limit)


def _page(found: tuple[PayoutStanding, ...], limit: int) -> PayoutPage:
    page = found[:limit]
    return PayoutPage(page, str(page[-1].payout.id) if len(found) > limit else None)
