"""What a settlement posts in the department's book: money flows, section 8, and what undoes it. Pure.

    release       `settled` to `in_transit`            the obligation is met, the money is on its way
    paid          `in_transit` to `nostro`             the bank moved it
    refused       the release, reversed                 owed again
    returned      `nostro` to `in_transit`, and the release reversed
    closed short  `expense` bears what did not arrive

These are the directions when we pay; when we receive, source and target change places.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.settlement.domain.instruction import Direction, Instruction
from shared.ledger.domain import USD, Posting, Transfer


@dataclass(frozen=True, slots=True)
class Stamp:
    """A transfer's id and its moment."""

    transfer_id: UUID
    at: datetime


def build_release(instruction: Instruction, stamp: Stamp) -> Transfer:
    """Return the release: the obligation is settled, the money is on its way."""
    legs = _turned(instruction, Account.SETTLED, Account.IN_TRANSIT)
    return _transfer(instruction, TransferKind.SETTLEMENT_RELEASE, legs, instruction.amount, stamp)


def build_payment(instruction: Instruction, amount: int, stamp: Stamp) -> Transfer:
    """Return what follows the bank's word: the money left our USD account, or arrived there."""
    legs = _turned(instruction, Account.IN_TRANSIT, Account.NOSTRO)
    return _transfer(instruction, TransferKind.SETTLEMENT_CONFIRMATION, legs, amount, stamp)


def build_return(instruction: Instruction, amount: int, stamp: Stamp) -> Transfer:
    """Return what follows when the bank moved paid money back."""
    legs = _turned(instruction, Account.NOSTRO, Account.IN_TRANSIT)
    return _transfer(instruction, TransferKind.SETTLEMENT_RETURN, legs, amount, stamp)


def build_reopening(instruction: Instruction, amount: int, stamp: Stamp) -> Transfer:
    """Return what makes `amount` of what is on its way owed again: it was never sent."""
    legs = _turned(instruction, Account.IN_TRANSIT, Account.SETTLED)
    return _transfer(instruction, TransferKind.SETTLEMENT_RETURN, legs, amount, stamp)


def build_expense(instruction: Instruction, borne_by: Account, amount: int, stamp: Stamp) -> Transfer:
    """Return the EXPENSE transfer that closes what did not arrive: the house bears it."""
    legs = (Account.EXPENSE, borne_by)
    return _transfer(instruction, TransferKind.SETTLEMENT_SHORTFALL, legs, amount, stamp, Action.EXPENSE)


def _turned(instruction: Instruction, source: Account, target: Account) -> tuple[Account, Account]:
    return (source, target) if instruction.direction is Direction.PAY else (target, source)


def _transfer(
    instruction: Instruction,
    kind: TransferKind,
    legs: tuple[Account, Account],
    amount: int,
    stamp: Stamp,
    action: Action = Action.SETTLEMENT,
) -> Transfer:
    source, target = legs
    return Transfer(
        id=stamp.transfer_id,
        movement_id=instruction.id,
        tenant_id=instruction.tenant_id,
        book_id=instruction.department_id,
        kind=kind,
        effective_at=stamp.at,
        postings=(Posting(USD, source, target, amount, action),),
    )
