"""The openings of the money flows, section 2: O1 contribution, O2 stock purchase, O3 prefund. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.fx.domain.stock import Stock
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.treasury.errors import StockTooLow, TillTooLow
from shared.ledger.domain import LKR, USD, Balance, Movement, Posting, Transfer


class MovementKind(StrEnum):
    """What the house did. The members of the database type treasury_movement_kind."""

    CONTRIBUTION = "contribution"
    STOCK_PURCHASE = "stock_purchase"
    PREFUND = "prefund"


@dataclass(frozen=True, slots=True)
class Opening:
    """Where and when: the ids are the movement's and its transfers'."""

    tenant_id: UUID
    department_id: UUID
    movement_id: UUID
    transfer_ids: tuple[UUID, UUID]
    at: datetime

    def transfer(self, number: int, kind: TransferKind, *postings: Posting) -> Transfer:
        """Return the movement's transfer with this number."""
        return Transfer(
            id=self.transfer_ids[number],
            movement_id=self.movement_id,
            tenant_id=self.tenant_id,
            book_id=self.department_id,
            kind=kind,
            effective_at=self.at,
            postings=postings,
        )


def build_contribution(opening: Opening, lkr: int) -> Movement:
    """O1: the house brings `lkr` cents to the collection account."""
    posting = Posting(LKR, Account.COLLECTION, Account.TILL, lkr, Action.INFLOW)
    return Movement(transfers=(opening.transfer(0, TransferKind.CONTRIBUTION, posting),))


def decide_stock_purchase(
    opening: Opening, usd: int, lkr: int, till: Balance, stock: Stock
) -> tuple[Stock, Movement]:
    """O2: the house pays `lkr` cents for `usd` micro-dollars. Raises TillTooLow."""
    if till.available() < lkr:
        raise TillTooLow("The till has not enough LKR for this purchase. Bring in LKR first.")
    movement = Movement(
        transfers=(
            opening.transfer(
                0,
                TransferKind.STOCK_PURCHASE,
                Posting(LKR, Account.TILL, Account.COLLECTION, lkr, Action.OUTFLOW),
                Posting(USD, Account.NOSTRO, Account.STOCK, usd, Action.STOCK_IN, cost=lkr),
            ),
        )
    )
    return stock.inflow(usd, lkr), movement


def decide_prefund(opening: Opening, usd: int, balance: Balance, stock: Stock) -> tuple[Stock, Movement]:
    """O3: `usd` micro-dollars of the stock are lent to execution, at cost. Raises StockTooLow."""
    if balance.available() < usd:
        raise StockTooLow("The stock has not enough USD that no quote reserves. Buy USD first.")
    allocated = Posting(
        USD, Account.STOCK, Account.TREASURY, usd, Action.STOCK_OUT, cost=-stock.cost_of(usd), profit=0
    )
    paid = Posting(USD, Account.PREFUND, Account.NOSTRO, usd, Action.OUTFLOW)
    movement = Movement(
        transfers=(
            opening.transfer(0, TransferKind.PREFUND_ALLOCATION, allocated),
            opening.transfer(1, TransferKind.PREFUND_PAYMENT, paid),
        )
    )
    return stock.outflow(usd), movement
