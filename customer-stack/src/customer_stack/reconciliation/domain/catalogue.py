"""What each check compares, in words, with the identity of the money flows that it is. Pure."""

from types import MappingProxyType
from typing import Final

from customer_stack.reconciliation.domain.checks import CheckName

IDENTITIES: Final = MappingProxyType(
    {
        CheckName.TRIAL_BALANCE: ("L1", "Per asset, what is owned is what is somewhere"),
        CheckName.DESK: ("L2", "What leaves one book for another arrives there"),
        CheckName.SNAPSHOTS: ("L3", "Balances, holds and entries follow from postings"),
        CheckName.FLOORS: ("L3", "No account lies below its floor, holds counted"),
        CheckName.RESOLVED_MARKETS: ("L4", "Nobody holds a contract of a market whose outcome was paid"),
        CheckName.CASH: ("J1", "What each customer owes execution is what execution is owed"),
        CheckName.FEES: ("J2", "The same for exchange fees"),
        CheckName.POSITIONS: ("J3", "Each customer holds what the reference holds, contract by contract"),
        CheckName.POSITION_COSTS: ("J3", "Positions kept for their cost are those of the ledger"),
        CheckName.PREFUND: ("J4", "What we lent execution is what it says it was lent"),
        CheckName.SETTLED: ("J4", "Settlements differ by nothing but payments on their way"),
        CheckName.OWED: ("J5", "What our ledger owes execution is what its reports add up to"),
        CheckName.TOTALS: ("J5", "Both sides add up the same reports"),
        CheckName.PAYOUTS: ("J5", "Payouts in our ledger are those of the reports"),
        CheckName.COLLECTION: ("B1", "LKR at the bank by its statement is what our books say"),
        CheckName.BANK_ENTRIES: (
            "B1",
            "Entries of the bank and our bookings meet, one by one",
        ),
        CheckName.LKR_OWNERS: ("B1", "LKR that lies somewhere is everybody's LKR, less debts"),
        CheckName.LKR_COVER: ("B1", "Till and revenues cover what customers owe us"),
        CheckName.NOSTRO: ("B2", "USD at our bank by its statement is what our books say"),
        CheckName.USD_OWNERS: ("B3", "USD that lies somewhere is everybody's, owed or in transit"),
        CheckName.USD_COVER: ("B4", "USD at our bank covers customers' wallets"),
        CheckName.STOCK: ("B5", "Till, stock and treasury at cost are what the house brought and earned"),
        CheckName.STOCK_COST: ("B5", "Quantity and cost of the stock follow its ledger entries"),
        CheckName.CONVERSIONS: ("", "Every conversion is at its locked rate, in time, as booked"),
        CheckName.CLEARING: ("", "Nothing is open for too long on an account that must return to zero"),
        CheckName.CLIENT_MONEY: ("", "As much is held for customers as they are owed"),
    }
)
"""Every check of a run: its identity, empty where it is none of section 12, and what holds while it holds."""
