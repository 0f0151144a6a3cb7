"""Readings of the market, and what departments make of them."""

from uuid import UUID

from customer_stack.fx.domain.rates import Mid, PostedRate, Terms, decide_rates
from customer_stack.fx.store import rates as store
from shared.clock import Clock
from shared.database import Transaction
from shared.ids import Ids


async def post_rates(
    tx: Transaction, tenant_id: UUID, department_id: UUID, mid: Mid, terms: Terms, clock: Clock, ids: Ids
) -> PostedRate:
    """Keep a reading, and a department's rates where it changes them. The department's book is locked.

    Returns what the department posts from this reading. Raises RateUnavailable.
    """
    now = clock.now()
    rates = decide_rates(mid, terms, now)
    mid_id = await store.keep_mid(tx, tenant_id, ids.new(), mid, now)
    last = await store.load_posted_rate(tx, department_id)
    if last is not None and (last.rates, last.terms_version) == (rates, terms.version):
        return PostedRate(last.id, tenant_id, department_id, mid_id, terms.version, rates, last.posted_at)
    posted = PostedRate(ids.new(), tenant_id, department_id, mid_id, terms.version, rates, now)
    await store.insert_posted_rate(tx, posted)
    return posted
