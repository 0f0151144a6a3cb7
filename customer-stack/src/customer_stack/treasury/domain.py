"""What the house does with its own money. Pure.

The openings of the money flows, section 2 (O1 contribution, O2 stock purchase, O3 prefund), and what a
desk does every day: sell stock back to a bank, move money between places, pay its bills.

A bill is paid from income and never from the till: while revenues cover expenses, LKR at the bank covers
what customers are owed (money flows, section 12, B1).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.stock import Stock
from customer_stack.ledger.domain import Account, Action, Amount, Item, ItemState, TransferKind
from customer_stack.treasury.errors import (
    BillTooLarge,
    IncomeTooLow,
    PlacesInvalid,
    PlaceTooLow,
    StockTooLow,
    TillTooLow,
)
from shared.ledger.domain import LKR, USD, Balance, Movement, Posting, Transfer
from shared.money import Currency, divide_half_even

BANK_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
"""What a bank's reference looks like: CHECK treasury_movement_reference_form."""


class MovementKind(StrEnum):
    """What the house did. The members of the database type treasury_movement_kind."""

    CONTRIBUTION = "contribution"
    STOCK_PURCHASE = "stock_purchase"
    PREFUND = "prefund"
    STOCK_SALE = "stock_sale"
    RELOCATION = "relocation"
    BILL = "bill"
    BILL_PAYMENT = "bill_payment"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A movement as it stands: LKR cents signed as the collection account sees them, micro-dollars.

    `version` is that of its newest correction; a movement that was reversed does not stand.
    """

    movement_id: UUID
    department_id: UUID
    kind: MovementKind
    bank_reference: str
    lkr: int
    usd: int
    recorded_at: datetime
    version: int = 1
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """What a movement gives and gets; `lkr` is signed as the collection account sees it."""

    kind: MovementKind
    give: Amount | None = None
    get: Amount | None = None
    lkr: int = 0

    @property
    def usd(self) -> int:
        """Return the micro-dollars that move."""
        return next((side.minor for side in (self.give, self.get) if side and side.asset == USD), 0)

    @property
    def rate_e8(self) -> int | None:
        """Return the bank's rate of a deal in both currencies, LKR per USD scaled 1e-8."""
        return rate_of(self.give, self.get)


def rate_of(give: Amount | None, get: Amount | None) -> int | None:
    """Return LKR per USD scaled 1e-8 where one side is LKR and the other USD, else None."""
    if give is None or get is None or give.asset == get.asset:
        return None
    amounts = {side.asset: side.minor for side in (give, get)}
    # cents / micro-dollars = 1e4 LKR per USD.
    return divide_half_even(amounts[LKR] * 10**12, amounts[USD]) or None


def build_item(opening: "Opening", terms: Terms, item_id: UUID, reference: str, actor: str) -> Item:
    """Return version 1 of the movement's parameters."""
    return Item(
        id=item_id,
        tenant_id=opening.tenant_id,
        book_id=opening.department_id,
        deal_id=opening.movement_id,
        version=1,
        state=ItemState.ACTIVE,
        kind=KIND_OF[terms.kind],
        give=terms.give,
        get=terms.get,
        rate_e8=terms.rate_e8,
        fee=None,
        reference=reference,
        movement_id=opening.movement_id,
        effective_at=opening.at,
        made_by=actor,
        made_at=opening.at,
        activated_by=actor,
        activated_at=opening.at,
    )


KIND_OF: Final = {
    MovementKind.CONTRIBUTION: TransferKind.CONTRIBUTION,
    MovementKind.STOCK_PURCHASE: TransferKind.STOCK_PURCHASE,
    MovementKind.PREFUND: TransferKind.PREFUND_ALLOCATION,
    MovementKind.STOCK_SALE: TransferKind.STOCK_SALE,
    MovementKind.RELOCATION: TransferKind.RELOCATION,
    MovementKind.BILL: TransferKind.BILL,
    MovementKind.BILL_PAYMENT: TransferKind.BILL_PAYMENT,
}

PLACES: Final = {
    Currency.LKR: frozenset({Account.COLLECTION, Account.CASH, Account.EWALLET, Account.APP}),
    Currency.USD: frozenset({Account.NOSTRO, Account.CASH, Account.EWALLET, Account.CRYPTO}),
}
"""Where the house's money can lie, by currency. Crypto: dollars held as a stablecoin, counted in USD."""

INCOME: Final = (Account.FX_REVENUE, Account.FX_FEE_REVENUE, Account.PAYOUT_FEE_REVENUE, Account.EXPENSE)
"""Revenues, and expenses as the negative owner that they are: what is left of them can pay bills."""


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


def decide_stock_sale(
    opening: Opening, usd: int, lkr: int, balance: Balance, stock: Stock
) -> tuple[Stock, Movement]:
    """Sell `usd` micro-dollars of the stock to a bank for `lkr` cents. Raises StockTooLow."""
    if balance.available() < usd:
        raise StockTooLow("The stock has not enough USD that no quote reserves. Sell less, or wait.")
    cost = stock.cost_of(usd)
    sold = Posting(USD, Account.STOCK, Account.NOSTRO, usd, Action.STOCK_OUT, cost=-cost, profit=lkr - cost)
    received = Posting(LKR, Account.COLLECTION, Account.TILL, lkr, Action.INFLOW)
    movement = Movement(transfers=(opening.transfer(0, TransferKind.STOCK_SALE, sold, received),))
    return stock.outflow(usd), movement


@dataclass(frozen=True, slots=True)
class Relocation:
    """Money of the house that goes from one place to another, in minor units of its currency."""

    currency: Currency
    source: Account
    target: Account
    amount: int

    @property
    def at_collection(self) -> int:
        """Return the LKR cents as the collection account sees them."""
        if self.currency is not Currency.LKR:
            return 0
        if self.target is Account.COLLECTION:
            return self.amount
        return -self.amount if self.source is Account.COLLECTION else 0


def decide_relocation(opening: Opening, relocation: Relocation, lies_at_source: int) -> Movement:
    """Move money between two places. Raises PlacesInvalid, PlaceTooLow.

    A place is negative by what lies there: what leaves `source` makes it less negative.
    """
    places = PLACES[relocation.currency]
    if relocation.source is relocation.target or not {relocation.source, relocation.target} <= places:
        known = ", ".join(sorted(places))
        raise PlacesInvalid(f"{relocation.currency} lies in two different places of these: {known}.")
    if lies_at_source < relocation.amount:
        raise PlaceTooLow("Less than that lies there by our books. Correct the amount or the place.")
    asset = LKR if relocation.currency is Currency.LKR else USD
    posting = Posting(asset, relocation.target, relocation.source, relocation.amount, Action.RELOCATION)
    return Movement(transfers=(opening.transfer(0, TransferKind.RELOCATION, posting),))


def decide_bill(opening: Opening, lkr: int, income: int) -> Movement:
    """Owe `lkr` cents to a supplier: an expense, payable. Raises IncomeTooLow."""
    if income < lkr:
        raise IncomeTooLow("Recognised income does not cover this bill. Close a period, or bring in LKR.")
    posting = Posting(LKR, Account.EXPENSE, Account.PAYABLE, lkr, Action.EXPENSE)
    return Movement(transfers=(opening.transfer(0, TransferKind.BILL, posting),))


def decide_bill_payment(opening: Opening, lkr: int, payable: int) -> Movement:
    """Pay `lkr` cents of what is owed to suppliers from the collection account. Raises BillTooLarge."""
    if payable < lkr:
        raise BillTooLarge("Less than that is owed to suppliers. Record the bill first.")
    posting = Posting(LKR, Account.PAYABLE, Account.COLLECTION, lkr, Action.OUTFLOW)
    return Movement(transfers=(opening.transfer(0, TransferKind.BILL_PAYMENT, posting),))
