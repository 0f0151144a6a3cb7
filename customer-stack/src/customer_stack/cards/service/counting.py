"""Charges of cards as the gate counts them. What one report says is counted together, at its end.

A capture is a deposit by the card, an opaque instrument. A refund takes its part out of the deposit; a
chargeback too, and is counted as one; a chargeback that was won is none any more, and paid in once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Event, Reversal
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.cards.domain.charges import Charge
from customer_stack.cards.service.gate import CardTokens
from customer_stack.cards.store.charges import load_token
from customer_stack.customers.instruments import Instruments
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.service.sitting import Gate
from shared.database import Transaction
from shared.ids import Ids

LANE: Final = "deposit"


@dataclass(slots=True)
class Told:
    """What a report told, to be counted when all of it is posted."""

    charge: Charge
    at: datetime
    deposits: list[tuple[UUID, int]] = field(default_factory=list)
    chargebacks: list[tuple[UUID, int]] = field(default_factory=list)
    gone: list[tuple[UUID, int | None]] = field(default_factory=list)

    def captured(self, amount: int) -> None:
        """Say that the card paid."""
        self.deposits.append((self.charge.id, amount))

    def refunded(self, amount: int) -> None:
        """Say that a part went back by a refund."""
        self.gone.append((self.charge.id, amount))

    def charged_back(self, chargeback_id: UUID, amount: int) -> None:
        """Say that the cardholder's bank took a part back."""
        self.chargebacks.append((chargeback_id, amount))
        self.gone.append((self.charge.id, amount))

    def won(self, chargeback_id: UUID, again_id: UUID, amount: int) -> None:
        """Say that a chargeback was won: its money is here again, as the deposit `again_id`."""
        self.gone.append((chargeback_id, None))
        self.deposits.append((again_id, amount))


class CardCounting:
    """What the gate is told of charges."""

    def __init__(self, gate: Gate, instruments: Instruments, tokens: CardTokens, ids: Ids) -> None:
        """Tell `gate`; `tokens` opens what names a card."""
        self._gate = gate
        self._instruments = instruments
        self._tokens = tokens
        self._ids = ids

    async def count(self, tx: Transaction, told: Told) -> None:
        """Count what a report told, whose charge's books are locked."""
        charge = told.charge
        instrument = None
        if told.deposits or told.chargebacks:
            token = self._tokens.open(charge.id, await load_token(tx, charge.id))
            instrument = self._instruments.card(charge.tenant_id, token)
        asks = [
            *self._asks(told, told.deposits, EventKind.DEPOSIT, instrument),
            *self._asks(told, told.chargebacks, EventKind.CHARGEBACK, instrument),
        ]
        await self._gate.observe(tx, asks, told.at)
        await self._gate.reverse(
            tx,
            [Reversal(self._ids.new(), event_id, told.at, amount) for event_id, amount in told.gone],
            what_is_left=True,
        )

    def _asks(
        self, told: Told, happened: Sequence[tuple[UUID, int]], kind: EventKind, instrument: UUID | None
    ) -> list[Ask]:
        charge = told.charge
        return [
            Ask(
                self._ids.new(),
                Event(
                    id=event_id,
                    tenant_id=charge.tenant_id,
                    customer_id=charge.customer_id,
                    kind=kind,
                    product=Product.CARD,
                    amount=amount,
                    at=told.at,
                    instrument_id=instrument,
                ),
                LANE,
            )
            for event_id, amount in happened
        ]
