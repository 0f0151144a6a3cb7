"""The customer stack's words for money: books, accounts, why money moves, what it is for an account.

These names are the chart of the money flows, section 1, and the members of the database's enumerated
types `ledger_book_kind`, `ledger_account`, `ledger_transfer_kind` and `ledger_action`. `CHART` is what
the table `ledger_chart` holds.

Guaranteed:
- an account that has a floor is checked and has a side;
- whatever leaves one book for another meets in `desk`, which is zero over all books.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID


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

    @property
    def revert(self) -> "Action":
        """Return the action of the posting that reverses one of this action."""
        return Action(f"{self.value}_revert")


class AccountClass(StrEnum):
    """Checked accounts have a balance row with a floor; unchecked ones only entries."""

    CHECKED = "checked"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One account of the chart. Side: +1 an owner, -1 a place, 0 between books or stacks."""

    account: Account
    account_class: AccountClass
    side: int


CHART: Final = (
    ChartLine(Account.WALLET, AccountClass.CHECKED, 1),
    ChartLine(Account.POSITION, AccountClass.CHECKED, 1),
    ChartLine(Account.COLLECTION, AccountClass.UNCHECKED, -1),
    ChartLine(Account.EXECUTION, AccountClass.UNCHECKED, 0),
    ChartLine(Account.EXCHANGE_FEES, AccountClass.UNCHECKED, 0),
    ChartLine(Account.DEBT, AccountClass.UNCHECKED, -1),
    ChartLine(Account.DESK, AccountClass.UNCHECKED, 0),
    ChartLine(Account.TILL, AccountClass.CHECKED, 1),
    ChartLine(Account.STOCK, AccountClass.CHECKED, 1),
    ChartLine(Account.TREASURY, AccountClass.CHECKED, 1),
    ChartLine(Account.FX_REVENUE, AccountClass.UNCHECKED, 1),
    ChartLine(Account.FX_FEE_REVENUE, AccountClass.UNCHECKED, 1),
    ChartLine(Account.PAYOUT_FEE_REVENUE, AccountClass.UNCHECKED, 1),
    ChartLine(Account.SUSPENSE, AccountClass.UNCHECKED, 1),
    ChartLine(Account.NOSTRO, AccountClass.UNCHECKED, -1),
    ChartLine(Account.PREFUND, AccountClass.UNCHECKED, -1),
    ChartLine(Account.SETTLED, AccountClass.UNCHECKED, 0),
    ChartLine(Account.IN_TRANSIT, AccountClass.UNCHECKED, 0),
)


@dataclass(frozen=True, slots=True)
class WalletEntry:
    """One numbered change of a wallet, in minor units of its currency."""

    version: int
    amount: int
    balance_after: int
    action: str
    kind: str
    transfer_id: UUID
    movement_id: UUID
    effective_at: datetime
    recorded_at: datetime
