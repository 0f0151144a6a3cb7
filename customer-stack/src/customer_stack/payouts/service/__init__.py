"""Use cases of payouts, one file per side: who asks, the provider, accounts and terms, reading."""

from customer_stack.payouts.service.accounts import AccountSealing, NewAccount, PayoutAccounts
from customer_stack.payouts.service.reading import PayoutPage, PayoutReading
from customer_stack.payouts.service.requesting import (
    Admission,
    PayoutRequests,
    Refund,
    RequireWithdrawals,
    Withdrawal,
)
from customer_stack.payouts.service.settling import PayoutSettlement
from customer_stack.payouts.store import orders as store

load_bookings = store.load_bookings
"""(tx, provider) -> bank reference -> LKR cents, signed: payouts of the bound tenants, and what came back."""

__all__ = [
    "AccountSealing",
    "Admission",
    "NewAccount",
    "PayoutAccounts",
    "PayoutPage",
    "PayoutReading",
    "PayoutRequests",
    "PayoutSettlement",
    "Refund",
    "RequireWithdrawals",
    "Withdrawal",
    "load_bookings",
]
