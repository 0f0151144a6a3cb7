"""Taking back what was posted: exact mirrors, and what they change at the exchange. Pure.

A reversal names the transfer that it mirrors, moves the same amounts the other way, and is never reversed
itself: the database refuses anything else at the commit. Ids follow from the transfer that is mirrored, so
nothing can be taken back twice.

Guaranteed: the mirrors of a movement that was complete sum to zero in every book and in `between`, as it did.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from execution_stack.books.chart import Account, TransferKind
from execution_stack.books.chart import Action as Entry
from shared.ids import uuid_from_name
from shared.ledger.domain import USD, Posting, Transfer

AT_THE_EXCHANGE: Final = frozenset({Account.FLOAT, Account.PAIR_CASH, Account.OWN_CASH})
"""Places whose money lies at the exchange (money flows, X3)."""


def mirror(transfers: Sequence[Transfer], movement_id: UUID, at: datetime) -> tuple[Transfer, ...]:
    """Return the exact reversals of transfers, newest first, as one movement."""
    return tuple(
        replace(
            transfer,
            id=uuid_from_name(transfer.id, TransferKind.REVERSAL),
            movement_id=movement_id,
            kind=TransferKind.REVERSAL,
            effective_at=at,
            reverses=transfer.id,
            corrects=None,
            postings=tuple(_mirror_posting(posting) for posting in transfer.postings),
        )
        for transfer in reversed(transfers)
    )


def _mirror_posting(posting: Posting) -> Posting:
    return replace(posting, source=posting.target, target=posting.source, action=Entry(posting.action).revert)


def cash_at_exchange(transfers: Iterable[Transfer]) -> int:
    """Return by how much transfers together raise the balance at the exchange, in micro-dollars."""
    return -sum(
        amount
        for transfer in transfers
        for posting in transfer.postings
        if posting.asset == USD
        for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount))
        if account in AT_THE_EXCHANGE
    )


def float_taken(transfers: Iterable[Transfer]) -> dict[UUID, int]:
    """Return what transfers together take out of each tenant's float; tenants that gain are left out."""
    taken: dict[UUID, int] = defaultdict(int)
    for transfer in transfers:
        for posting in transfer.postings:
            if posting.target == Account.FLOAT:
                taken[transfer.tenant_id] += posting.amount
            elif posting.source == Account.FLOAT:
                taken[transfer.tenant_id] -= posting.amount
    return {tenant: amount for tenant, amount in taken.items() if amount > 0}
