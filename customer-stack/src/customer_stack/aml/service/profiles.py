"""What a month says of customers, for whoever judges them slowly; two queries for any number of customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.aml.domain.catalogue import METRICS, ROLLING, Window
from customer_stack.aml.domain.counting import day_of
from customer_stack.aml.domain.values import Product
from customer_stack.aml.store import profiles as store
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class Month:
    """Money in and out in LKR cents, which products were used, and how many customers are linked."""

    turnover: int
    products: frozenset[Product]
    linked: int


async def load_months(
    tx: Transaction, tenant_id: UUID, customer_ids: Sequence[UUID], now: datetime
) -> dict[UUID, Month]:
    """Return customer id -> the 30 days before, in whole days of Colombo."""
    since = day_of(now - ROLLING[Window.MONTH])
    turnover = dict.fromkeys(customer_ids, 0)
    products: dict[UUID, set[Product]] = {each: set() for each in customer_ids}
    for customer_id, kind, product, amount in await store.load_activity(tx, tenant_id, customer_ids, since):
        products[customer_id].add(product)
        if kind in METRICS["turnover"].kinds:
            turnover[customer_id] += amount
    linked = await store.count_linked(tx, tenant_id, customer_ids, since)
    return {
        each: Month(turnover[each], frozenset(products[each]), linked.get(each, 0)) for each in customer_ids
    }
