"""The customer stack's words for money: books, accounts, why money moves, what it is for an account.

These names are the chart of the money flows, section 1, and the members of the database's enumerated
types `ledger_book_kind`, `ledger_account`, `ledger_transfer_kind` and `ledger_action`; `ledger.chart` says
what each account is.

A *source* says where a transfer came from: the provider's words for it, and the quote and the rates that
applied. A *deal* is one business transaction that can have stages and versions. An *item* is one version
of a deal's parameters.

Guaranteed:
- whatever leaves one book for another meets in `desk`, which is zero over all books;
- a deal goes from created over authorized to settled, and is reversed at most once, at the end;
- a reversal is the exact mirror of what it reverses, and is never reversed itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from shared.errors import invariant
from shared.ids import Ids
from shared.ledger.domain import Balance, Movement, Posting, Transfer


class BookKind(StrEnum):
    """Whose book it is."""

    CUSTOMER = "customer"
    DEPARTMENT = "department"


class Account(StrEnum):
    """Names of accounts, in customers' books and in departments' books."""

    WALLET = "wallet"
    POSITION = "position"
    COLLECTION = "collection"
    EXECUTION = "execution"
    EXCHANGE_FEES = "exchange_fees"
    DEBT = "debt"
    DESK = "desk"
    TILL = "till"
    STOCK = "stock"
    TREASURY = "treasury"
    FX_REVENUE = "fx_revenue"
    FX_FEE_REVENUE = "fx_fee_revenue"
    PAYOUT_FEE_REVENUE = "payout_fee_revenue"
    SUSPENSE = "suspense"
    NOSTRO = "nostro"
    PREFUND = "prefund"
    SETTLED = "settled"
    IN_TRANSIT = "in_transit"
    CASH = "cash"
    CRYPTO = "crypto"
    APP = "app"
    EWALLET = "ewallet"
    PAYABLE = "payable"
    CARD_RECEIVABLE = "card_receivable"
    EXPENSE = "expense"


class TransferKind(StrEnum):
    """Why money or contracts move, and what a hold is for."""

    CONTRIBUTION = "contribution"
    STOCK_PURCHASE = "stock_purchase"
    PREFUND_ALLOCATION = "prefund_allocation"
    PREFUND_PAYMENT = "prefund_payment"
    PAY_IN = "pay_in"
    PAY_IN_TAKEN_BACK = "pay_in_taken_back"
    SUSPENSE_ASSIGNMENT = "suspense_assignment"
    SUSPENSE_RETURN = "suspense_return"
    REFUND = "refund"
    DEBT_CLEARANCE = "debt_clearance"
    FX_FEE = "fx_fee"
    FX_CONVERSION = "fx_conversion"
    REVENUE_RECOGNITION = "revenue_recognition"
    WITHDRAWAL = "withdrawal"
    WITHDRAWAL_FEE = "withdrawal_fee"
    WAGER_BUY = "wager_buy"
    WAGER_SALE = "wager_sale"
    WAGER_FEE = "wager_fee"
    RESOLUTION_PAYOUT = "resolution_payout"
    RESOLUTION_LOSS = "resolution_loss"
    SETTLEMENT_FEE = "settlement_fee"
    SETTLEMENT_RELEASE = "settlement_release"
    SETTLEMENT_CONFIRMATION = "settlement_confirmation"
    SETTLEMENT_RETURN = "settlement_return"
    SETTLEMENT_SHORTFALL = "settlement_shortfall"
    REVERSAL = "reversal"
    STOCK_SALE = "stock_sale"
    RELOCATION = "relocation"
    BILL = "bill"
    BILL_PAYMENT = "bill_payment"
    CUSTOMER_TRANSFER = "customer_transfer"
    QR_PAYMENT = "qr_payment"
    CARD_FUNDING = "card_funding"
    CARD_REFUND = "card_refund"
    CARD_CHARGEBACK = "card_chargeback"
    CARD_SETTLEMENT = "card_settlement"
    CARD_PURCHASE = "card_purchase"
    DEBT_COVER = "debt_cover"


class Action(StrEnum):
    """What a posting is for the accounts that it touches."""

    INFLOW = "inflow"
    OUTFLOW = "outflow"
    FEE = "fee"
    CONVERSION = "conversion"
    STOCK_IN = "stock_in"
    STOCK_OUT = "stock_out"
    FILL = "fill"
    SALE = "sale"
    PAYOUT = "payout"
    LOSS = "loss"
    DEBT_CLEARANCE = "debt_clearance"
    SETTLEMENT = "settlement"
    RECOGNITION = "recognition"
    INFLOW_REVERT = "inflow_revert"
    OUTFLOW_REVERT = "outflow_revert"
    FEE_REVERT = "fee_revert"
    CONVERSION_REVERT = "conversion_revert"
    STOCK_IN_REVERT = "stock_in_revert"
    STOCK_OUT_REVERT = "stock_out_revert"
    FILL_REVERT = "fill_revert"
    SALE_REVERT = "sale_revert"
    PAYOUT_REVERT = "payout_revert"
    LOSS_REVERT = "loss_revert"
    TRANSFER = "transfer"
    CHARGE = "charge"
    RELOCATION = "relocation"
    EXPENSE = "expense"
    DEBT_CLEARANCE_REVERT = "debt_clearance_revert"
    SETTLEMENT_REVERT = "settlement_revert"
    RECOGNITION_REVERT = "recognition_revert"
    TRANSFER_REVERT = "transfer_revert"
    CHARGE_REVERT = "charge_revert"
    RELOCATION_REVERT = "relocation_revert"
    EXPENSE_REVERT = "expense_revert"
    DEBT_COVER = "debt_cover"
    DEBT_COVER_REVERT = "debt_cover_revert"

    @property
    def revert(self) -> "Action":
        """Return the action of the posting that reverses one of this action."""
        invariant(not self.value.endswith("_revert"), "a reversal cannot be reversed: post it anew")
        return Action(f"{self.value}_revert")


@dataclass(frozen=True, slots=True)
class WalletEntry:
    """One numbered change of a checked account, in minor units of its asset.

    `cost` and `profit` (LKR cents) go with entries of the stock; they are the house's, never a customer's.
    """

    version: int
    amount: int
    balance_after: int
    action: str
    kind: str
    transfer_id: UUID
    movement_id: UUID
    effective_at: datetime
    recorded_at: datetime
    reverses: UUID | None = None
    corrects: UUID | None = None
    cost: int | None = None
    profit: int | None = None
    source: "TransferSource | None" = None

    @property
    def balance_before(self) -> int:
        """Return what stood before this entry."""
        return self.balance_after - self.amount


@dataclass(frozen=True, slots=True)
class SixRates:
    """The rates of one conversion, LKR per USD scaled 1e-8, so that its margin can be explained.

    Market mid, posted buy and sell, cost of the stock, the customer's agreed rate, and the rate at which
    the money finally moved at the bank.
    """

    mid_e8: int
    buy_e8: int
    sell_e8: int
    cost_e8: int | None
    agreed_e8: int
    settlement_e8: int | None = None


@dataclass(frozen=True, slots=True)
class TransferSource:
    """Where a transfer came from. A provider's reference settles once, a charge id counts once."""

    tenant_id: UUID
    book_id: UUID
    transfer_id: UUID
    provider: str | None = None
    reference: str | None = None
    charge_id: str | None = None
    quote_id: UUID | None = None
    rates: SixRates | None = None


class DealState(StrEnum):
    """The stages of a deal. The members of the database type ledger_deal_word."""

    CREATED = "created"
    AUTHORIZED = "authorized"
    SETTLED = "settled"
    REVERSED = "reversed"


LEGAL_MOVES: Final = MappingProxyType(
    {
        None: frozenset({DealState.CREATED}),
        DealState.CREATED: frozenset({DealState.AUTHORIZED, DealState.SETTLED, DealState.REVERSED}),
        DealState.AUTHORIZED: frozenset({DealState.SETTLED, DealState.REVERSED}),
        DealState.SETTLED: frozenset({DealState.REVERSED}),
        DealState.REVERSED: frozenset[DealState](),
    }
)
"""From the state in which a deal stands, None for one that is new, to those that may follow."""


@dataclass(frozen=True, slots=True)
class DealStep:
    """A state that a deal reached: when, by whom, and with the movement that was posted for it."""

    tenant_id: UUID
    book_id: UUID
    deal_id: UUID
    state: DealState
    at: datetime
    actor: str
    movement_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NumberedStep:
    """A step with its place in its deal, 1 and up."""

    step: DealStep
    number: int


def number_steps(
    latest: dict[tuple[UUID, UUID], tuple[int, DealState]], steps: Sequence[DealStep]
) -> tuple[NumberedStep, ...]:
    """Number steps after the latest of their deals, (book, deal) -> (number, state), in their order."""
    standing = dict(latest)
    numbered = []
    for step in steps:
        key = (step.book_id, step.deal_id)
        number, state = standing.get(key, (0, None))
        invariant(step.state in LEGAL_MOVES[state], f"a deal does not go from {state} to {step.state}")
        standing[key] = (number + 1, step.state)
        numbered.append(NumberedStep(step, number + 1))
    return tuple(numbered)


class ItemState(StrEnum):
    """The states of a version. The members of the database type ledger_item_state."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Amount:
    """Minor units of an asset."""

    asset: int
    minor: int


@dataclass(frozen=True, slots=True)
class Item:
    """One version of a deal's parameters. Version 1 enters active or as a draft, later ones as drafts.

    `made_by` is an actor as the audit writes it. What follows it is the database's history of the version:
    who made it the active one, and who replaced or cancelled it, when, and by which version.
    """

    id: UUID
    tenant_id: UUID
    book_id: UUID
    deal_id: UUID
    version: int
    state: ItemState
    kind: str
    give: Amount | None
    get: Amount | None
    rate_e8: int | None
    fee: Amount | None
    reference: str | None
    movement_id: UUID | None
    effective_at: datetime
    made_by: str
    made_at: datetime
    activated_by: str | None = None
    activated_at: datetime | None = None
    replaced_by: UUID | None = None
    replaced_at: datetime | None = None
    replaced_actor: str | None = None

    def state_at(self, at: datetime) -> ItemState | None:
        """Return in which state the version was at a moment; None before it was made."""
        if at < self.made_at:
            return None
        if self.replaced_at is not None and self.replaced_at <= at:
            return self.state
        return (
            ItemState.ACTIVE if self.activated_at is not None and self.activated_at <= at else ItemState.DRAFT
        )


def mirror(transfers: Sequence[Transfer], *, movement_id: UUID, now: datetime, ids: Ids) -> Movement:
    """Return the exact reversal of transfers: source and target exchanged, newest first.

    Cost and profit are negated; `effective_at` is now, since a closed period takes no entry.
    """
    return Movement(
        transfers=tuple(
            replace(
                transfer,
                id=ids.new(),
                movement_id=movement_id,
                kind=TransferKind.REVERSAL,
                effective_at=now,
                reverses=transfer.id,
                corrects=None,
                postings=tuple(_mirror_posting(posting) for posting in transfer.postings),
            )
            for transfer in reversed(transfers)
        )
    )


def _mirror_posting(posting: Posting) -> Posting:
    return replace(
        posting,
        source=posting.target,
        target=posting.source,
        action=Action(posting.action).revert,
        cost=None if posting.cost is None else -posting.cost,
        profit=None if posting.profit is None else -posting.profit,
    )


def decide_debt_clearance(owed: int, wallet: Balance) -> int:
    """Return how much of what is owed the free part of a wallet can pay; zero for nothing."""
    return max(0, min(owed, wallet.available()))


def build_debt_clearance(
    *,
    tenant_id: UUID,
    book_id: UUID,
    transfer_id: UUID,
    movement_id: UUID,
    asset: int,
    amount: int,
    at: datetime,
) -> Transfer:
    """Return the transfer by which a customer's wallet pays what the customer owes: wallet to debt."""
    return Transfer(
        id=transfer_id,
        movement_id=movement_id,
        tenant_id=tenant_id,
        book_id=book_id,
        kind=TransferKind.DEBT_CLEARANCE,
        effective_at=at,
        postings=(Posting(asset, Account.WALLET, Account.DEBT, amount, Action.DEBT_CLEARANCE),),
    )
