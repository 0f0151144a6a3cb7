"""What the acquirer pays into our bank account. Pure.

The acquirer owes us the captures less refunds and chargebacks (*gross*), keeps its fee and pays the rest
(*net* = gross - fee; negative: we pay). `card_receivable` is one place with an account in every book:
captures make it negative in customers' books, a settlement makes it positive in the department's book. A
place may stand so in one book, since only the sum over all books says where money lies:

    what the acquirer owes us = -(sum of `card_receivable` over all books)

In the department's book, a settlement of gross x and fee f is two transfers of one movement:

    `collection` LKR -(x - f); `card_receivable` +(x - f)      the bank has it now, and not the acquirer
    `expense`    LKR -f;       `card_receivable` +f            the acquirer kept it; the house owns less

Each sums to zero in its book. `expense` is an owner that may be negative: what the house spent. The money at
the bank falls short of what customers own by exactly f, and the house, whose expense it is, covers it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.cards.errors import SettlementEmpty
from customer_stack.ledger.domain import Account, Action, TransferKind
from shared.ids import Ids
from shared.ledger.domain import LKR, Movement, Posting, Transfer


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the acquirer paid, LKR cents. `gross` may be negative, `fee` not."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    provider: str
    bank_reference: str
    gross: int
    fee: int
    movement_id: UUID
    made_by: str
    at: datetime

    @property
    def net(self) -> int:
        """Return what came to the bank, negative where it left."""
        return self.gross - self.fee


def build_settlement(settlement: Settlement, ids: Ids) -> Movement:
    """Return the movement of a settlement. Raises SettlementEmpty."""
    net, fee = settlement.net, settlement.fee
    if net == 0 and fee == 0:
        raise SettlementEmpty("Neither money nor a fee moved. Send what the acquirer's statement says.")
    postings = []
    if net > 0:
        postings.append(Posting(LKR, Account.COLLECTION, Account.CARD_RECEIVABLE, net, Action.SETTLEMENT))
    elif net < 0:
        postings.append(Posting(LKR, Account.CARD_RECEIVABLE, Account.COLLECTION, -net, Action.SETTLEMENT))
    if fee:
        postings.append(Posting(LKR, Account.EXPENSE, Account.CARD_RECEIVABLE, fee, Action.EXPENSE))
    return Movement(
        transfers=tuple(
            Transfer(
                id=ids.new(),
                movement_id=settlement.movement_id,
                tenant_id=settlement.tenant_id,
                book_id=settlement.department_id,
                kind=TransferKind.CARD_SETTLEMENT,
                effective_at=settlement.at,
                postings=(posting,),
            )
            for posting in postings
        )
    )
