"""Kinds of transfers and accounts in plain words. Pure.

For each kind: what it is called when the account gets, and when it gives.
"""

from typing import Final

from customer_stack.ledger.domain import Account, TransferKind

_KIND: Final[dict[TransferKind, tuple[str, str]]] = {
    TransferKind.CONTRIBUTION: ("Contribution of the house", "Contribution of the house"),
    TransferKind.STOCK_PURCHASE: ("Currency bought", "Paid for currency"),
    TransferKind.STOCK_SALE: ("Received for currency", "Currency sold"),
    TransferKind.PREFUND_ALLOCATION: ("Allocated to prefunding", "Allocated to prefunding"),
    TransferKind.PREFUND_PAYMENT: ("Prefunding paid", "Prefunding paid"),
    TransferKind.PAY_IN: ("Deposit received", "Deposit booked"),
    TransferKind.PAY_IN_TAKEN_BACK: ("Deposit taken back by the bank", "Deposit taken back by the bank"),
    TransferKind.SUSPENSE_ASSIGNMENT: ("Deposit assigned", "Deposit assigned"),
    TransferKind.SUSPENSE_RETURN: ("Unassigned money returned", "Unassigned money returned"),
    TransferKind.REFUND: ("Refund", "Refund to your bank"),
    TransferKind.DEBT_CLEARANCE: ("Debt paid", "Debt paid"),
    TransferKind.DEBT_COVER: ("Advanced for what is taken back", "Advanced for what is taken back"),
    TransferKind.FX_FEE: ("Conversion fee", "Conversion fee"),
    TransferKind.FX_CONVERSION: ("Converted: received", "Converted: given"),
    TransferKind.REVENUE_RECOGNITION: ("Profit recognised", "Profit recognised"),
    TransferKind.WITHDRAWAL: ("Withdrawal", "Withdrawal to bank"),
    TransferKind.WITHDRAWAL_FEE: ("Withdrawal fee", "Withdrawal fee"),
    TransferKind.WAGER_BUY: ("Contracts bought", "Contracts bought"),
    TransferKind.WAGER_SALE: ("Contracts sold", "Contracts sold"),
    TransferKind.WAGER_FEE: ("Exchange fee", "Exchange fee"),
    TransferKind.RESOLUTION_PAYOUT: ("Payout of an event", "Payout of an event"),
    TransferKind.RESOLUTION_LOSS: ("Event ended without payout", "Event ended without payout"),
    TransferKind.SETTLEMENT_FEE: ("Exchange settlement fee", "Exchange settlement fee"),
    TransferKind.SETTLEMENT_RELEASE: ("Settlement released", "Settlement released"),
    TransferKind.SETTLEMENT_CONFIRMATION: ("Settlement confirmed", "Settlement confirmed"),
    TransferKind.SETTLEMENT_RETURN: ("Settlement returned by the bank", "Settlement returned by the bank"),
    TransferKind.SETTLEMENT_SHORTFALL: ("Charge on a settlement", "Charge on a settlement"),
    TransferKind.REVERSAL: ("Reversal", "Reversal"),
    TransferKind.RELOCATION: ("Moved between places", "Moved between places"),
    TransferKind.BILL: ("Bill", "Bill"),
    TransferKind.BILL_PAYMENT: ("Bill paid", "Bill paid"),
    TransferKind.CUSTOMER_TRANSFER: ("Transfer received", "Transfer sent"),
    TransferKind.QR_PAYMENT: ("QR payment received", "QR payment made"),
    TransferKind.CARD_FUNDING: ("Card deposit", "Card deposit"),
    TransferKind.CARD_REFUND: ("Card refund", "Card deposit refunded"),
    TransferKind.CARD_CHARGEBACK: ("Card chargeback returned", "Card chargeback"),
    TransferKind.CARD_SETTLEMENT: ("Card settlement", "Card settlement"),
    TransferKind.CARD_PURCHASE: ("Card purchase returned", "Card purchase"),
}
_ACCOUNT: Final = {Account.WALLET: "Wallet", Account.DEBT: "Owed to the operator"}
_SHORT: Final = {"fx": "FX"}


def describe(kind: str, amount: int) -> str:
    """Return what an entry of this kind and sign is called."""
    received, given = _KIND[TransferKind(kind)]
    return received if amount > 0 else given


def name_account(account: str) -> str:
    """Return what an account is called: "Wallet", "FX fee revenue"."""
    known = _ACCOUNT.get(Account(account))
    if known is not None:
        return known
    first, *others = account.split("_")
    return " ".join([_SHORT.get(first, first.capitalize()), *others])
