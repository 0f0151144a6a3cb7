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
from customer_stack.settlement.domain.states import Word

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


def word_of(told: Told, direction: Direction) -> Word:
    """Return what something told means for a settlement of this direction."""
    if told.refuses:
        return Word.REFUSED
    if told.is_credit is None:
        return Word.PAID
    is_payment = told.is_credit == (direction is Direction.RECEIVE) and not told.is_reversal
    return Word.PAID if is_payment else Word.RETURNED


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
