"""The chart of accounts: class, side and kind of every account of the customer ledger. Pure.

`CHART` is what the table `ledger_chart` holds; a test compares the two. The class says whether an account
has a floor, the side on which side of the books it stands, the kind what it is to a money-services house.

Guaranteed: an account that has a floor is checked and has a side.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from customer_stack.ledger.domain import Account


class AccountKind(StrEnum):
    """The fourteen kinds of account of a money-services house."""

    CASH = "cash"
    BANK = "bank"
    CRYPTO = "crypto"
    APP = "app"
    EWALLET = "ewallet"
    PAYABLE = "payable"
    BALANCE = "balance"
    VIRTUAL = "virtual"
    TEMPORARY = "temporary"
    CONTRA = "contra"
    DEBT = "debt"
    DEBIT = "debit"
    CREDIT = "credit"
    EXPENSE = "expense"


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
    kind: AccountKind


CHART: Final = (
    ChartLine(Account.WALLET, AccountClass.CHECKED, 1, AccountKind.BALANCE),
    ChartLine(Account.POSITION, AccountClass.CHECKED, 1, AccountKind.VIRTUAL),
    ChartLine(Account.COLLECTION, AccountClass.UNCHECKED, -1, AccountKind.BANK),
    ChartLine(Account.EXECUTION, AccountClass.UNCHECKED, 0, AccountKind.CONTRA),
    ChartLine(Account.EXCHANGE_FEES, AccountClass.UNCHECKED, 0, AccountKind.CONTRA),
    ChartLine(Account.DEBT, AccountClass.UNCHECKED, -1, AccountKind.DEBT),
    ChartLine(Account.DESK, AccountClass.UNCHECKED, 0, AccountKind.CONTRA),
    ChartLine(Account.TILL, AccountClass.CHECKED, 1, AccountKind.BALANCE),
    ChartLine(Account.STOCK, AccountClass.CHECKED, 1, AccountKind.BALANCE),
    ChartLine(Account.TREASURY, AccountClass.CHECKED, 1, AccountKind.BALANCE),
    ChartLine(Account.FX_REVENUE, AccountClass.UNCHECKED, 1, AccountKind.CREDIT),
    ChartLine(Account.FX_FEE_REVENUE, AccountClass.UNCHECKED, 1, AccountKind.CREDIT),
    ChartLine(Account.PAYOUT_FEE_REVENUE, AccountClass.UNCHECKED, 1, AccountKind.CREDIT),
    ChartLine(Account.SUSPENSE, AccountClass.UNCHECKED, 1, AccountKind.TEMPORARY),
    ChartLine(Account.NOSTRO, AccountClass.UNCHECKED, -1, AccountKind.BANK),
    ChartLine(Account.PREFUND, AccountClass.UNCHECKED, -1, AccountKind.APP),
    ChartLine(Account.SETTLED, AccountClass.UNCHECKED, 0, AccountKind.TEMPORARY),
    ChartLine(Account.IN_TRANSIT, AccountClass.UNCHECKED, 0, AccountKind.TEMPORARY),
    ChartLine(Account.CASH, AccountClass.UNCHECKED, -1, AccountKind.CASH),
    ChartLine(Account.CRYPTO, AccountClass.UNCHECKED, -1, AccountKind.CRYPTO),
    ChartLine(Account.APP, AccountClass.UNCHECKED, -1, AccountKind.APP),
    ChartLine(Account.EWALLET, AccountClass.UNCHECKED, -1, AccountKind.EWALLET),
    ChartLine(Account.PAYABLE, AccountClass.UNCHECKED, 1, AccountKind.PAYABLE),
    ChartLine(Account.CARD_RECEIVABLE, AccountClass.UNCHECKED, -1, AccountKind.DEBIT),
    ChartLine(Account.EXPENSE, AccountClass.UNCHECKED, 1, AccountKind.EXPENSE),
)
