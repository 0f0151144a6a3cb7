"""What a bank says in a file, as frozen values, and what each entry means to us. Pure.

Source of the fields: ISO 20022 message definition reports camt.053, camt.054 (Cash Management) and pain.002
(Payments Initiation). `ReversalIndicator`: "if the CreditDebitIndicator is CREDIT and ReversalIndicator is
Yes, the original operation was a debit operation."
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.bank_files.errors import BalancesDisagree
from customer_stack.fx.domain.quotes import is_pay_reference, tidy_pay_reference
from shared.money import LKR_SCALE, Currency, format_minor


class MessageKind(StrEnum):
    """Which message a file is. The members of the database type bank_file_kind."""

    STATEMENT = "statement"
    NOTIFICATION = "notification"
    STATUS_REPORT = "status_report"


class Direction(StrEnum):
    """CdtDbtInd, as our account sees it. The members of the database type bank_file_direction."""

    CREDIT = "credit"
    DEBIT = "debit"


class Meaning(StrEnum):
    """What an entry is to us. The members of the database type bank_file_meaning."""

    PAY_IN = "pay_in"
    TAKEN_BACK = "taken_back"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_RETURNED = "payout_returned"
    OWN = "own"


class Verdict(StrEnum):
    """What a status report says of one payout: only an explicit word counts."""

    PAID = "paid"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One booked movement of our account. `amount` in cents, above zero.

    `original_reference` is the bank's reference of the booking that a reversal undoes, where it names one;
    `payout_id` is the end-to-end id where it is one of ours. `remittance` and `counterparty` may name people.
    """

    number: int
    bank_reference: str
    amount: int
    direction: Direction
    is_reversal: bool
    original_reference: str | None
    payout_id: UUID | None
    remittance: str
    counterparty: str
    booked_at: datetime
    reason: str | None

    @property
    def signed(self) -> int:
        """Return the change of the account's balance."""
        return self.amount if self.direction is Direction.CREDIT else -self.amount


@dataclass(frozen=True, slots=True)
class PayoutStatus:
    """What a status report says of one payout. `bank_reference` and `reason` where it gives them."""

    payout_id: UUID
    verdict: Verdict
    bank_reference: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class BatchRefusal:
    """A report that refuses a whole file of ours, but for the payouts with a word of their own."""

    message_id: str
    reason: str | None
    besides: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class BankMessage:
    """A whole file. `opening` and `closing` in LKR cents, signed, of a statement only."""

    kind: MessageKind
    message_id: str
    entries: Sequence[BankEntry] = ()
    opening: int | None = None
    closing: int | None = None
    statuses: Sequence[PayoutStatus] = ()
    batch_refusals: Sequence[BatchRefusal] = ()


_STARTS: Final = re.compile("BH")

YES: Final = frozenset({"ACSC", "ACCC"})
"""Settlement is complete: on the debtor's account, on the creditor's account."""

NO: Final = frozenset({"RJCT"})
"""Rejected. Every other status, known or not, is on its way: it settles nothing."""


def meaning_of(entry: BankEntry) -> Meaning:
    """Say what an entry is to us: pay-in, pay-in taken back, payout paid or returned, or the house's own.

    A credit that names a payout of ours is its return, also where the bank did not mark it as a reversal.
    """
    if entry.direction is Direction.CREDIT:
        if entry.payout_id is not None:
            return Meaning.PAYOUT_RETURNED
        return Meaning.OWN if entry.is_reversal else Meaning.PAY_IN
    if entry.is_reversal:
        return Meaning.TAKEN_BACK
    return Meaning.OWN if entry.payout_id is None else Meaning.PAYOUT_PAID


def find_pay_reference(remittance: str) -> str:
    """Return our pay reference where the payer's text has exactly one, else the text as it is.

    Banks add words of their own around what a payer typed, and people type blanks and small letters.
    """
    text = tidy_pay_reference(remittance)
    found = {text[place.start() : place.start() + 15] for place in _STARTS.finditer(text)}
    ours = {each for each in found if is_pay_reference(each)}
    return ours.pop() if len(ours) == 1 else remittance


def verdict_of(status: str, bank_reference: str | None) -> Verdict | None:
    """Return the explicit word in a status code, None while the payout is on its way.

    A yes without the bank's reference waits for the debit on the account, which has one.
    """
    if status in NO:
        return Verdict.REFUSED
    return Verdict.PAID if status in YES and bank_reference is not None else None


def require_balances(
    opening: int, closing: int, entries: Sequence[BankEntry], currency: Currency = Currency.LKR
) -> None:
    """Refuse a statement whose entries do not add up. Raises BalancesDisagree."""
    reached = opening + sum(entry.signed for entry in entries)
    if reached != closing:
        raise BalancesDisagree(
            f"The entries lead from {currency} {format_minor(opening, LKR_SCALE)} to "
            f"{currency} {format_minor(reached, LKR_SCALE)}, but the statement closes with "
            f"{currency} {format_minor(closing, LKR_SCALE)}. Nothing was taken: ask for the whole statement."
        )
