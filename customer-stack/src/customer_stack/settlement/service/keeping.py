"""Words are kept and posted here, whoever said them, and differences that they leave become breaks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from customer_stack.settlement import store
from customer_stack.settlement.domain.closing import Closing
from customer_stack.settlement.domain.states import Settlement, State, Word
from customer_stack.settlement.errors import PaymentDifferent
from customer_stack.settlement.service.desk import Desk
from shared.database import Transaction
from shared.ledger import store as ledger
from shared.ledger.domain import Movement


class Difference(StrEnum):
    """How a payment differs from what was released."""

    AMOUNT = "amount"
    DUPLICATE = "duplicate"
    DIRECTION = "direction"
    TIMING = "timing"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class PaymentBreak:
    """A difference to look at: what our books expect and what the bank said, in micro-dollars.

    None: that side says nothing of an amount.
    """

    settlement: Settlement
    difference: Difference
    subject: str
    ours: int | None
    theirs: int | None
    at: datetime
    bank_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Who made a word count, the file that said it, and the word that waited for a second person."""

    actor: str
    message_id: UUID | None = None
    hand_word_id: UUID | None = None


class OpenBreak(Protocol):
    """Where differences go."""

    async def __call__(self, tx: Transaction, found: PaymentBreak) -> UUID:
        """Open a break in the caller's transaction; the same one again is one break while it is open."""
        ...


class Keeping:
    """What becomes of a word that counts."""

    def __init__(self, desk: Desk, open_break: OpenBreak) -> None:
        """Tell `open_break` what differs."""
        self._desk = desk
        self._open_break = open_break

    async def keep(
        self, tx: Transaction, settlement: Settlement, closing: Closing, source: Source
    ) -> Settlement:
        """Keep a word and post it; the book is locked. What is missing after it is a break.

        Raises PaymentDifferent, before anything is posted.
        """
        word, instruction = closing.word, settlement.instruction
        if not await store.insert_word(tx, settlement, word, source.hand_word_id, source.message_id):
            raise PaymentDifferent("This reference of the bank was about another settlement. Ask the bank.")
        await ledger.post(tx, Movement(transfers=closing.transfers))
        body = {
            "amount": word.amount,
            "reopened": word.reopened,
            "bank_reference": word.bank_reference,
            "transfers": [str(each.id) for each in closing.transfers],
            "said_by": word.said_by,
            "hand_word": None if source.hand_word_id is None else str(source.hand_word_id),
            "message": None if source.message_id is None else str(source.message_id),
        }
        kind = f"settlement.{word.word.value}"
        await self._desk.record(tx, instruction, kind, source.actor, body, word.said_at)
        after = await self._desk.load(tx, instruction.id)
        await self._open_missing(tx, after, word.bank_reference)
        return after

    async def open(
        self,
        tx: Transaction,
        settlement: Settlement,
        difference: Difference,
        amounts: tuple[int | None, int | None],
        bank_reference: str | None = None,
        *,
        about: str = "",
    ) -> UUID:
        """Open a break about a settlement; `about`: the part of it that the break is about."""
        subject = f"settlement:{settlement.instruction.id}{about}"
        now = self._desk.clock.now()
        found = PaymentBreak(settlement, difference, subject, *amounts, now, bank_reference)
        return await self._open_break(tx, found)

    async def _open_missing(self, tx: Transaction, after: Settlement, bank_reference: str | None) -> None:
        if after.state is State.PARTIAL:
            amounts = after.instruction.amount, after.total(Word.PAID)
            await self.open(tx, after, Difference.AMOUNT, amounts, bank_reference)
        if after.loss:
            amounts = after.total(Word.PAID), after.total(Word.RETURNED)
            await self.open(tx, after, Difference.FEE, amounts, bank_reference)
