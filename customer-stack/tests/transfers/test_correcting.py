"""Transfers that staff corrects or reverses: what both sides see, and what the gate counts."""

from datetime import timedelta
from uuid import UUID

import orjson

from customer_stack.aml.service.checking import CounterCheck
from customer_stack.ledger.corrections import Clerk, CorrectionsService
from customer_stack.ledger.domain import TransferKind
from customer_stack.ledger.revising import Changes, ReversalReason
from customer_stack.transfers.service.correcting import CountedTransfers


async def counted(counter, person):
    rows = await counter.rows(
        "SELECT counted_at, sum(n)::int, sum(amount)::bigint FROM aml_event WHERE customer_id = $1 "
        "GROUP BY counted_at HAVING sum(n) > 0",
        person.id,
    )
    assert (await CounterCheck(counter.database, counter.tenancy.list_tenant_ids).run()).differences == ()
    return rows


async def test_a_corrected_amount_is_seen_and_counted_on_both_sides_until_it_is_reversed(counter):
    nimal, kamala = await counter.add(), await counter.add()
    (answer,) = await counter.move(counter.want(nimal, kamala, 100_00))
    order_id = UUID(orjson.loads(answer)["transfer_id"])
    correctors = {TransferKind.CUSTOMER_TRANSFER: CountedTransfers(counter.gate, counter.clock, counter.ids)}
    corrections = CorrectionsService(counter.database, correctors, counter.clock, counter.ids)
    maker, checker = (Clerk(counter.tenant_id, counter.ids.new()) for _ in range(2))
    counter.clock.advance(timedelta(days=2))
    draft = await corrections.propose_correction(maker, order_id, Changes(give=60_00))
    seen = await counter.service.get_order(counter.tenant_id, nimal.id, order_id)
    assert (seen.order.amount, seen.is_reversed) == (100_00, False)
    approved = await corrections.approve_correction(checker, draft.id)
    for person in (nimal, kamala):
        seen = await counter.service.get_order(counter.tenant_id, person.id, order_id)
        (listed,) = await counter.service.list_orders(counter.tenant_id, person.id, None, 10)
        assert seen == listed
        assert (seen.order.amount, seen.is_reversed) == (60_00, False)
        assert await counted(counter, person) == [(counter.clock.now(), 1, 60_00)]
    counter.clock.advance(timedelta(days=2))
    reversal = await corrections.propose_reversal(maker, approved.movement_id, ReversalReason.DUPLICATE)
    await corrections.approve_reversal(checker, reversal.id)
    seen = await counter.service.get_order(counter.tenant_id, kamala.id, order_id)
    assert (seen.order.amount, seen.is_reversed) == (60_00, True)
    for person in (nimal, kamala):
        assert await counter.wallet(person) == 100_000_00
        assert await counted(counter, person) == []
    await counter.check_books()
