"""What a reversal or a correction by staff may do, and what it posts. Pure.

Guaranteed:
- only movements whose meaning lies in the ledger alone, or whose module has a corrector, are reversed here:
  those of wagers, of settlements and of providers are undone by their modules, which keep facts of their own;
- a correction by reshaping changes amounts and nothing else, and leaves out no posting;
- a revision that a wallet cannot carry is refused, never posted into a debt.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from customer_stack.ledger.chart import CHART, AccountClass
from customer_stack.ledger.domain import Account, Amount, Item, ItemState, TransferKind
from customer_stack.ledger.errors import (
    CorrectionEmpty,
    CorrectionNotCovered,
    CorrectionNotPossible,
    ProposerCannotApprove,
    ReversalNotPossible,
)
from shared.ids import Ids
from shared.ledger.domain import AccountKey, Balance, Movement, Posting, Transfer

REVERSIBLE: Final = frozenset(
    {TransferKind.CUSTOMER_TRANSFER, TransferKind.QR_PAYMENT, TransferKind.DEBT_CLEARANCE}
)
"""Kinds of transfers that staff may reverse through the ledger."""

_SIDES: Final = MappingProxyType(
    {line.account: line.side for line in CHART if line.account_class is AccountClass.CHECKED}
)


class ReversalReason(StrEnum):
    """Why a movement should not stand. The members of the database type ledger_reversal_reason."""

    WRONG_AMOUNT = "wrong_amount"
    WRONG_BOOK = "wrong_book"
    DUPLICATE = "duplicate"
    NOT_RECEIVED = "not_received"
    FRAUD = "fraud"


class Outcome(StrEnum):
    """How a proposal ended. The members of the database type ledger_reversal_outcome."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reversal:
    """A proposal to reverse a movement, and how it was decided. `reversed_by` is the mirror's movement."""

    id: UUID
    tenant_id: UUID
    movement_id: UUID
    reason: ReversalReason
    proposed_by: UUID
    proposed_at: datetime
    outcome: Outcome | None = None
    reversed_by: UUID | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a correction changes of a version; None keeps what stands."""

    give: int | None = None
    get: int | None = None
    fee: int | None = None
    rate_e8: int | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A version that is replaced, the one that replaces it, and what the first had posted."""

    old: Item
    new: Item
    posted: tuple[Transfer, ...]
    movement_id: UUID
    now: datetime


def draft_correction(
    old: Item, versions: int, changes: Changes, *, item_id: UUID, actor: str, now: datetime
) -> Item:
    """Return the next version of an item with `changes`, as a draft. Raises CorrectionEmpty."""
    if changes.rate_e8 is not None and old.rate_e8 is None:
        raise CorrectionEmpty("This deal has no rate. Leave it out.")
    draft = replace(
        old,
        id=item_id,
        version=versions + 1,
        state=ItemState.DRAFT,
        give=_changed(old.give, changes.give),
        get=_changed(old.get, changes.get),
        fee=_changed(old.fee, changes.fee),
        rate_e8=old.rate_e8 if changes.rate_e8 is None else changes.rate_e8,
        reference=old.reference if changes.reference is None else changes.reference,
        movement_id=None,
        effective_at=now,
        made_by=actor,
        made_at=now,
        activated_by=None,
        activated_at=None,
    )
    if (draft.give, draft.get, draft.fee, draft.rate_e8, draft.reference) == (
        old.give,
        old.get,
        old.fee,
        old.rate_e8,
        old.reference,
    ):
        raise CorrectionEmpty("This changes nothing. Send at least one value that differs from what stands.")
    return draft


def _changed(amount: Amount | None, minor: int | None) -> Amount | None:
    if minor is None:
        return amount
    if amount is None:
        raise CorrectionEmpty("This deal has no such amount. Leave it out.")
    return Amount(amount.asset, minor)


def require_another(proposer: str, approver: str) -> None:
    """Refuse that one person proposes and approves. Raises ProposerCannotApprove."""
    if proposer == approver:
        raise ProposerCannotApprove("You proposed this yourself. Another person has to approve it.")


def require_reversible(transfers: Sequence[Transfer], corrected: Collection[str] = ()) -> None:
    """Refuse what its module has to undo: neither of the ledger alone nor `corrected`.

    Raises ReversalNotPossible.
    """
    if any(transfer.kind not in REVERSIBLE and transfer.kind not in corrected for transfer in transfers):
        raise ReversalNotPossible(
            "A movement of this kind is undone where it was made: by its bank return, resolution or deal."
        )


def reshape(correction: Correction, ids: Ids) -> tuple[Transfer, ...]:
    """Return the transfers again with the new amounts of the item. Raises CorrectionNotPossible.

    Every posting has to be one of the item's amounts, so that its new amount is beyond doubt.
    """
    old, new = correction.old, correction.new
    table: dict[tuple[int, int], int] = {}
    for before, after in ((old.give, new.give), (old.get, new.get), (old.fee, new.fee)):
        if before is None or after is None:
            continue
        key = (before.asset, before.minor)
        if after.minor == 0 or table.setdefault(key, after.minor) != after.minor:
            raise CorrectionNotPossible(
                "The amounts do not belong together: what was equal before stays equal, and none is zero. "
                "To undo the whole, propose a reversal."
            )
    if any(transfer.kind != old.kind for transfer in correction.posted):
        raise CorrectionNotPossible(
            "This movement did more than its deal says. Propose its reversal and make the deal anew."
        )
    return tuple(
        replace(
            transfer,
            id=ids.new(),
            movement_id=correction.movement_id,
            effective_at=correction.now,
            corrects=transfer.id,
            postings=tuple(_reshape_posting(posting, table) for posting in transfer.postings),
        )
        for transfer in correction.posted
    )


def _reshape_posting(posting: Posting, table: Mapping[tuple[int, int], int]) -> Posting:
    amount = table.get((posting.asset, posting.amount))
    if amount is None or posting.cost is not None or posting.profit is not None:
        raise CorrectionNotPossible(
            "The new amounts of this movement do not follow from its deal. Propose its reversal instead."
        )
    return replace(posting, amount=amount)


def join_revision(mirrored: Movement, corrected: Sequence[Transfer]) -> Movement:
    """Return the mirror and what replaces it in one movement: what enters the stock before what leaves it.

    So the stock is never below nothing between two of its entries, each of which has its cost.
    """
    transfers = (*mirrored.transfers, *corrected)
    return Movement(
        transfers=tuple(
            sorted(
                transfers,
                key=lambda each: any(posting.source == Account.STOCK for posting in each.postings),
            )
        )
    )


def net_of_checked(transfers: Sequence[Transfer]) -> dict[AccountKey, int]:
    """Return by how much transfers together change each checked account."""
    net: defaultdict[AccountKey, int] = defaultdict(int)
    for transfer in transfers:
        for posting in transfer.postings:
            for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount)):
                if account in _SIDES:
                    net[(transfer.book_id, posting.asset, account)] += amount
    return dict(net)


def require_cover(net: Mapping[AccountKey, int], balances: Mapping[AccountKey, Balance]) -> None:
    """Refuse a revision that would take more than is free somewhere. Raises CorrectionNotCovered."""
    for key, change in net.items():
        side = _SIDES[key[2]]  # type: ignore[index]  # a name of the chart is one of its accounts
        if balances[key].available(side) + side * change < 0:
            raise CorrectionNotCovered(
                "An account no longer has what this would take back. Recover the money first, then try again."
            )
