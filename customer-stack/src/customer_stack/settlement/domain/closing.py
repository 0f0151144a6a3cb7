"""What the bank's words do to a released settlement. Pure.

Guaranteed: what is paid never exceeds what was released; every word leaves `in_transit` where the state says:
at zero once confirmed, at what is still missing while partial, at what was lost after a short return.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.ledger.domain import Account
from customer_stack.settlement.domain.instruction import Direction
from customer_stack.settlement.domain.postings import (
    Stamp,
    build_expense,
    build_payment,
    build_reopening,
    build_return,
)
from customer_stack.settlement.domain.states import (
    BankWord,
    Settlement,
    State,
    Step,
    Word,
    next_state,
)
from customer_stack.settlement.errors import NothingShort, NotInThisState, PaymentDifferent
from shared.ledger.domain import Transfer


@dataclass(frozen=True, slots=True)
class Said:
    """Who said something, when, with which reference of the bank and why."""

    by: str
    at: datetime
    bank_reference: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """A word to keep and what it posts."""

    word: BankWord
    transfers: tuple[Transfer, ...]


NewId = Callable[[], UUID]


def decide_payment(settlement: Settlement, amount: int, said: Said, new_id: NewId) -> Closing:
    """Take `amount` as paid. Raises PaymentDifferent, NotInThisState."""
    if settlement.state not in (State.RELEASED, State.PARTIAL):
        raise NotInThisState(f"The settlement is {settlement.state.value}: it expects no payment.")
    if not 0 < amount <= settlement.outstanding:
        raise PaymentDifferent("The bank moved more than was released. Clear that first.")
    next_state(settlement.state, Step.PAY if amount == settlement.outstanding else Step.PAY_PART)
    transfer = build_payment(settlement.instruction, amount, Stamp(new_id(), said.at))
    return Closing(_word(Word.PAID, amount, 0, said), (transfer,))


def decide_refusal(settlement: Settlement, said: Said, new_id: NewId) -> Closing:
    """Take the release back: the bank did not pay. Raises NotInThisState."""
    next_state(settlement.state, Step.REFUSE)
    instruction = settlement.instruction
    transfer = build_reopening(instruction, instruction.amount, Stamp(new_id(), said.at))
    return Closing(_word(Word.REFUSED, instruction.amount, instruction.signed, said), (transfer,))


def decide_return(settlement: Settlement, amount: int, said: Said, new_id: NewId) -> Closing:
    """Take back what was paid: `amount` came back, and all of it is owed again.

    Raises PaymentDifferent, NotInThisState. What comes back short is a loss until an expense closes it.
    """
    next_state(settlement.state, Step.RETURN)
    instruction, paid = settlement.instruction, settlement.total(Word.PAID)
    is_short_receipt = instruction.direction is Direction.RECEIVE and amount < paid
    if not 0 < amount <= paid or is_short_receipt or settlement.total(Word.CLOSED_SHORT):
        raise PaymentDifferent("What came back is not what was paid. Clear that by hand.")
    transfers = (
        build_return(instruction, amount, Stamp(new_id(), said.at)),
        build_reopening(instruction, instruction.amount, Stamp(new_id(), said.at)),
    )
    return Closing(_word(Word.RETURNED, amount, instruction.signed, said), transfers)


def decide_short(settlement: Settlement, amount: int, said: Said, new_id: NewId) -> Closing:
    """Close what did not arrive. Raises NothingShort, NotInThisState.

    What a bank did not send stays owed. What was lost between banks is an expense of the house; where we are
    the sender and it reached execution short, it is owed again as well: charges are borne by the sender.
    """
    next_state(settlement.state, Step.CLOSE)
    instruction, stamp = settlement.instruction, Stamp(new_id(), said.at)
    paying = instruction.direction is Direction.PAY
    match settlement.state:
        case State.PARTIAL if amount == settlement.outstanding and paying:
            return _close(amount, amount, said, build_reopening(instruction, amount, stamp))
        case State.PARTIAL if amount == settlement.outstanding:
            return _close(amount, 0, said, build_expense(instruction, Account.IN_TRANSIT, amount, stamp))
        case State.RETURNED if 0 < amount == settlement.loss:
            return _close(amount, 0, said, build_expense(instruction, Account.IN_TRANSIT, amount, stamp))
        case State.CONFIRMED if paying and not settlement.total(Word.CLOSED_SHORT):
            if 0 < amount < instruction.amount:
                return _close(
                    amount, amount, said, build_expense(instruction, Account.SETTLED, amount, stamp)
                )
    raise NothingShort("That is not what is missing of this settlement. Look at what was paid and returned.")


def _close(amount: int, reopened: int, said: Said, transfer: Transfer) -> Closing:
    return Closing(_word(Word.CLOSED_SHORT, amount, reopened, said), (transfer,))


def _word(word: Word, amount: int, reopened: int, said: Said) -> BankWord:
    return BankWord(word, amount, reopened, said.bank_reference, said.reason, said.by, said.at)
