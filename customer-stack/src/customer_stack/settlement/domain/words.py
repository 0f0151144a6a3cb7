"""What a bank's message says of settlements, as words about one settlement each. Pure.

A payment of ours comes back with its end-to-end id; what execution's bank sends carries the settlement's
id as end-to-end id or in its text. A reversal may name the booking that it undoes instead.

A yes of a status report without the bank's reference is none: it waits for the booking on the account.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.bank_files.domain.values import BankEntry, BankMessage, Verdict
from customer_stack.bank_files.domain.values import Direction as EntryDirection
from customer_stack.settlement.domain.instruction import CENT, Direction
from customer_stack.settlement.domain.states import Settlement, Word

LARGEST_FEE: Final = 100_000000
"""What banks may keep of a payment that they send back without saying that it is a return: 100 USD."""

SMALLEST_PART: Final = 10
"""A booking below a tenth of the payment is a charge or its refund, unless the bank says otherwise."""

_ID: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a message says. `amount` None: all that is outstanding.

    `settlement_id` None: it may be about the booking `original_reference`, or about nothing of ours.
    """

    settlement_id: UUID | None
    original_reference: str | None
    bank_reference: str | None
    amount: int | None
    is_credit: bool | None
    is_reversal: bool
    refuses: bool
    reason: str | None


def read_words(message: BankMessage) -> Iterator[Told]:
    """Yield what a message says, in its order."""
    for entry in message.entries:
        yield _told(entry)
    for status in message.statuses:
        refuses = status.verdict is Verdict.REFUSED
        yield Told(status.payout_id, None, status.bank_reference, None, None, False, refuses, status.reason)
    for refusal in message.batch_refusals:
        named = _ID.fullmatch(refusal.message_id)
        settlement_id = UUID(refusal.message_id) if named else None
        if settlement_id is not None and settlement_id not in refusal.besides:
            yield Told(settlement_id, None, None, None, None, False, True, refusal.reason)


def word_of(told: Told, settlement: Settlement) -> Word | None:
    """Return what something told means for a settlement; None: a person has to say."""
    if told.refuses:
        return Word.REFUSED
    if told.is_credit is None:
        return Word.PAID
    if told.is_credit == (settlement.instruction.direction is Direction.RECEIVE):
        is_payment = not told.is_reversal and not _is_charge(told, settlement)
        return Word.PAID if is_payment else None
    return Word.RETURNED if _is_return(told, settlement) else None


def _is_charge(told: Told, settlement: Settlement) -> bool:
    """Tell whether a debit for what we pay is too small to be a part of it, and no booking known before."""
    instruction, amount = settlement.instruction, told.amount or 0
    if instruction.direction is Direction.RECEIVE or amount == settlement.outstanding:
        return False
    return amount * SMALLEST_PART < instruction.amount and told.bank_reference not in _known(settlement)


def _is_return(told: Told, settlement: Settlement) -> bool:
    """Tell whether what goes the other way is the payment: the bank says so, or it is nearly all of it."""
    paid, known = settlement.total(Word.PAID), _known(settlement)
    names_it = told.original_reference is not None and told.original_reference in known
    if told.reason is not None or told.bank_reference in known or (told.is_reversal and names_it):
        return True
    return (told.amount or 0) >= paid - min(LARGEST_FEE, paid // SMALLEST_PART)


def _known(settlement: Settlement) -> frozenset[str | None]:
    return frozenset(one.bank_reference for one in settlement.words if one.bank_reference is not None)


def _told(entry: BankEntry) -> Told:
    found = set(_ID.findall(entry.remittance.lower().replace("-", "")))
    named = UUID(found.pop()) if len(found) == 1 else None
    return Told(
        settlement_id=entry.payout_id or named,
        original_reference=entry.original_reference,
        bank_reference=entry.bank_reference,
        amount=entry.amount * CENT,
        is_credit=entry.direction is EntryDirection.CREDIT,
        is_reversal=entry.is_reversal,
        refuses=False,
        reason=entry.reason,
    )
