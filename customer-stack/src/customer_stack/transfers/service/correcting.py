"""What staff reverses or corrects of transfers between customers, as the gate counts it.

Two people decided it, so it always posts. What is reversed leaves the places where it was counted; what a
correction posts instead is counted today, as its entries are dated today. Events are found by the halves:
the sender's has the id of the movement, the recipient's that of the recipient's half.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Event, Reversal
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.domain.rates import to_lkr_cents
from customer_stack.gate.service.sitting import Gate
from customer_stack.ledger.correctors import Reshaped
from customer_stack.ledger.domain import Account, TransferKind
from customer_stack.ledger.service import load_transfers
from customer_stack.transfers.domain.held import HELD_KIND
from shared.clock import Clock
from shared.database import Transaction
from shared.ids import Ids
from shared.ledger.domain import LKR, Movement, Transfer

_KINDS: Final = frozenset({TransferKind.CUSTOMER_TRANSFER.value, TransferKind.QR_PAYMENT.value})


class CountedTransfers(Reshaped):
    """The corrector of transfers: their postings with new amounts, and counters that follow."""

    def __init__(self, gate: Gate, clock: Clock, ids: Ids) -> None:
        """Tell `gate`."""
        self._gate = gate
        self._clock = clock
        self._ids = ids

    async def keep(self, tx: Transaction, movement: Movement) -> None:
        """Count what was posted anew, and take back what was reversed. The books are locked."""
        now = self._clock.now()
        reversed_ids = [each.reverses for each in movement.transfers if each.reverses is not None]
        halves = [each for each in await load_transfers(tx, reversed_ids) if each.kind in _KINDS]
        anew = [each for each in movement.transfers if each.corrects is not None and each.kind in _KINDS]
        await self._gate.observe(tx, [self._ask(half, anew) for half in anew], now)
        reversals = [Reversal(self._ids.new(), _event_id(half), now) for half in halves]
        await self._gate.reverse(tx, reversals, what_is_left=True)

    def _ask(self, half: Transfer, both: Sequence[Transfer]) -> Ask:
        """Return what a half is to its customer; the other one is of the counterparty."""
        (posting,) = half.postings
        rate = self._gate.rate_of(half.tenant_id)
        others = [each.book_id for each in both if each.book_id != half.book_id]
        event = Event(
            id=_event_id(half),
            tenant_id=half.tenant_id,
            customer_id=half.book_id,
            kind=EventKind.TRANSFER_OUT if _is_sent(half) else EventKind.TRANSFER_IN,
            product=Product.QR if half.kind == TransferKind.QR_PAYMENT else Product.WALLET,
            amount=posting.amount if posting.asset == LKR else to_lkr_cents(posting.amount, rate),
            at=half.effective_at,
            counterparty_id=others[0] if others else None,
        )
        return Ask(self._ids.new(), event, HELD_KIND)


def _is_sent(half: Transfer) -> bool:
    return half.postings[0].source == Account.WALLET


def _event_id(half: Transfer) -> UUID:
    return half.movement_id if _is_sent(half) else half.id
