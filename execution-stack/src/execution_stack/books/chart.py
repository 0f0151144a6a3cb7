"""The execution stack's words for money: books, accounts, why money moves, what it is for an account.

These names are the chart of the money flows, section 1, and the members of the database's enumerated
types `ledger_book_kind`, `ledger_account`, `ledger_transfer_kind` and `ledger_action`. `CHART` is what
the table `ledger_chart` holds.

Guaranteed:
- an account that has a floor is checked and has a side;
- whatever leaves one book for another meets in `between`, which is zero over all books.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.errors import invariant
from shared.ledger.domain import OWNER, PLACE

BETWEEN_STACKS: Final = 0


class BookKind(StrEnum):
    """Whose book it is."""

    REFERENCE = "reference"
    TENANT = "tenant"
    MARKET = "market"
    HOUSE = "house"


class Account(StrEnum):
    """Names of accounts; which book has which is said in the money flows."""

    POSITION = "position"
    CASH = "cash"
    FEES = "fees"
    PREFUND = "prefund"
    SETTLED = "settled"
    FLOAT = "float"
    OMNIBUS = "omnibus"
    PAIRS = "pairs"
    PAIR_PAYABLE = "pair_payable"
    PAIR_CASH = "pair_cash"
    RESOLUTION = "resolution"
    OWN = "own"
    EXCESS = "excess"
    SUSPENSE = "suspense"
    OWN_CASH = "own_cash"
    BETWEEN = "between"


class TransferKind(StrEnum):
    """Why money or contracts move, and what a hold is for."""

    FLOAT_DEPOSIT = "float_deposit"
    ORDER_FLOAT = "order_float"
    SALE_POSITION = "sale_position"
    BUY_FILL = "buy_fill"
    SALE_FILL = "sale_fill"
    FILL_FEE = "fill_fee"
    FEE_EXCESS = "fee_excess"
    PAIRING = "pairing"
    RESOLUTION_PAYOUT = "resolution_payout"
    RESOLUTION_LOSS = "resolution_loss"
    RESOLUTION_PAIRS = "resolution_pairs"
    RESOLUTION_OMNIBUS = "resolution_omnibus"
    RESOLUTION_CASH = "resolution_cash"
    SETTLEMENT_FEE = "settlement_fee"
    SETTLEMENT_RECEIPT = "settlement_receipt"
    REVERSAL = "reversal"
    LATE_FILL = "late_fill"
    LATE_FILL_KEPT = "late_fill_kept"


class Action(StrEnum):
    """What a posting is for the accounts that it touches."""

    DEPOSIT = "deposit"
    BUY = "buy"
    SALE = "sale"
    FEE = "fee"
    PAIRING = "pairing"
    PAYOUT = "payout"
    LOSS = "loss"
    CLEARING = "clearing"
    SETTLEMENT = "settlement"
    BUY_REVERT = "buy_revert"
    SALE_REVERT = "sale_revert"
    FEE_REVERT = "fee_revert"
    PAIRING_REVERT = "pairing_revert"
    PAYOUT_REVERT = "payout_revert"
    LOSS_REVERT = "loss_revert"
    CLEARING_REVERT = "clearing_revert"
    SETTLEMENT_REVERT = "settlement_revert"

    @property
    def revert(self) -> "Action":
        """Return the action of the posting that reverses one of this action."""
        invariant(not self.value.endswith("_revert"), "a reversal cannot be reversed: post it anew")
        return Action(f"{self.value}_revert")


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One account: does it have a floor, and is it an owner, a place or between."""

    account: Account
    is_checked: bool
    side: int


CHART: Final = (
    ChartRow(Account.POSITION, True, OWNER),
    ChartRow(Account.CASH, False, BETWEEN_STACKS),
    ChartRow(Account.FEES, False, BETWEEN_STACKS),
    ChartRow(Account.PREFUND, False, OWNER),
    ChartRow(Account.SETTLED, False, BETWEEN_STACKS),
    ChartRow(Account.FLOAT, True, PLACE),
    ChartRow(Account.OMNIBUS, False, PLACE),
    ChartRow(Account.PAIRS, False, PLACE),
    ChartRow(Account.PAIR_PAYABLE, False, OWNER),
    ChartRow(Account.PAIR_CASH, False, PLACE),
    ChartRow(Account.RESOLUTION, False, BETWEEN_STACKS),
    ChartRow(Account.OWN, False, OWNER),
    ChartRow(Account.EXCESS, False, OWNER),
    ChartRow(Account.SUSPENSE, False, OWNER),
    ChartRow(Account.OWN_CASH, False, PLACE),
    ChartRow(Account.BETWEEN, False, BETWEEN_STACKS),
)
