"""What payouts ask of the gate and tell it: may this leave, it did not leave, it came back.

A withdrawal is counted when it is asked for and taken back where it was counted when it does not happen, or
comes back. A refund is judged like one, and when it was paid, its deposit is counted less by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Event, Reversal
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.customers.instruments import Instruments
from customer_stack.gate.domain.asking import Ask, Ruling
from customer_stack.gate.errors import public_code, refusal
from customer_stack.gate.service.sitting import Gate, Sitting
from customer_stack.payouts.domain.held import HELD_KIND
from customer_stack.payouts.domain.payouts import Payout, Purpose
from shared.database import Transaction
from shared.errors import Refusal
from shared.ids import Ids

_DENIED: Final = b"denied:"
"""Before the gate's public code in a stored answer; another answer is a payout's id, in sixteen bytes."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Whose money goes, and the number of the bank account to which it goes."""

    customer_id: UUID
    account: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the gate says of a payout, and what it still has to write."""

    sitting: Sitting
    ruling: Ruling

    async def write(self, tx: Transaction) -> None:
        """Write the decision and what follows from it, in the transaction of the payout."""
        await self.sitting.write(tx)


class Compliance:
    """The gate, as payouts use it."""

    def __init__(self, gate: Gate, instruments: Instruments, ids: Ids) -> None:
        """`instruments` names accounts at banks."""
        self._gate = gate
        self._instruments = instruments
        self._ids = ids

    async def ask(
        self, tx: Transaction, payout: Payout, to: Destination, country: str | None, *, before: int
    ) -> Asked:
        """Ask whether a payout to a bank account may be ordered. The customer's book is locked.

        `before`: LKR cents of which it is taken.
        """
        event = Event(
            id=payout.id,
            tenant_id=payout.tenant_id,
            customer_id=to.customer_id,
            kind=EventKind.WITHDRAWAL,
            product=Product.BANK,
            amount=payout.gross,
            at=payout.requested_at,
            instrument_id=self._instruments.bank_account(payout.tenant_id, to.account),
        )
        ask = Ask(
            id=self._ids.new(),
            event=event,
            lane=HELD_KIND,
            country=country,
            counts=payout.purpose is Purpose.WITHDRAWAL,
        )
        sitting = await self._gate.open(tx, [ask], payout.requested_at)
        return Asked(sitting, sitting.decide(ask, facts={"event.balance_before": before}))

    async def uncount(self, tx: Transaction, payouts: Sequence[Payout], at: datetime) -> None:
        """Take withdrawals that did not happen, or came back, out of where they were counted."""
        counted = [payout for payout in payouts if payout.purpose is Purpose.WITHDRAWAL]
        await self._gate.reverse(
            tx, [Reversal(self._ids.new(), payout.id, at) for payout in counted], what_is_left=True
        )

    async def went_out(self, tx: Transaction, payout: Payout, at: datetime) -> None:
        """Count a deposit less by a refund of it that was paid."""
        if payout.purpose is Purpose.REFUND and payout.pay_in_id is not None:
            await self._gate.reverse(
                tx,
                [Reversal(self._ids.new(), payout.pay_in_id, at, payout.amount)],
                what_is_left=True,
            )

    async def came_back(self, tx: Transaction, payout: Payout, at: datetime) -> None:
        """Count what the bank gave back: a withdrawal did not happen, a refund is paid in once more."""
        await self.uncount(tx, [payout], at)
        if payout.purpose is not Purpose.REFUND or payout.customer_id is None:
            return
        event = Event(
            id=payout.id,
            tenant_id=payout.tenant_id,
            customer_id=payout.customer_id,
            kind=EventKind.DEPOSIT,
            product=Product.BANK,
            amount=payout.amount,
            at=at,
        )
        await self._gate.observe(tx, [Ask(self._ids.new(), event, HELD_KIND)], at)


def encode_denial(ruling: Ruling) -> bytes:
    """Return a denial as it is stored for a repeat."""
    return _DENIED + public_code(ruling.reasons).encode()


def decode_denial(answered: bytes) -> Refusal | None:
    """Return the denial that a stored answer is, or None."""
    if not answered.startswith(_DENIED):
        return None
    return refusal(answered.removeprefix(_DENIED).decode())
