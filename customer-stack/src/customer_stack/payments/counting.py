"""Deposits as the gate counts them: what came in is observed, what the bank takes back is taken out again.

Money at the bank always posts, so nothing here refuses. It is counted in the transaction that gives it to a
customer, with the payer's account as an opaque instrument, and judged behind it. What lies in suspense is
nobody's and not counted before it is assigned.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Event, Reversal
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.customers.instruments import Instruments
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.service.sitting import Gate
from customer_stack.payments.domain import GATEWAYS, PayIn
from shared.database import Transaction
from shared.ids import Ids

LANE: Final = "deposit"

IsOpenBanking = Callable[[Transaction, UUID], Awaitable[bool]]
"""Whether the payment of a quote was started at the customer's own bank, by its id."""


class DepositCounting:
    """What the gate is told of deposits."""

    def __init__(
        self, gate: Gate, instruments: Instruments, is_open_banking: IsOpenBanking, ids: Ids
    ) -> None:
        """Tell `gate`."""
        self._gate = gate
        self._instruments = instruments
        self._is_open_banking = is_open_banking
        self._ids = ids

    async def came_in(
        self, tx: Transaction, pay_in: PayIn, owner_id: UUID, payer_account: str, at: datetime
    ) -> None:
        """Count what came to a customer, whose book is locked."""
        is_direct = pay_in.provider not in GATEWAYS
        instrument = self._instruments.bank_account(pay_in.tenant_id, payer_account) if is_direct else None
        event = Event(
            id=pay_in.id,
            tenant_id=pay_in.tenant_id,
            customer_id=owner_id,
            kind=EventKind.DEPOSIT,
            product=await self._product_of(tx, pay_in),
            amount=pay_in.amount,
            at=at,
            instrument_id=instrument,
        )
        await self._gate.observe(tx, [Ask(self._ids.new(), event, LANE)], at)

    async def went_back(self, tx: Transaction, pay_in: PayIn, owner_id: UUID, at: datetime) -> None:
        """Count that the bank took back a pay-in of a customer: a chargeback, and no deposit any more."""
        event = Event(
            id=self._ids.new(),
            tenant_id=pay_in.tenant_id,
            customer_id=owner_id,
            kind=EventKind.CHARGEBACK,
            product=await self._product_of(tx, pay_in),
            amount=pay_in.amount,
            at=at,
        )
        await self._gate.observe(tx, [Ask(self._ids.new(), event, LANE)], at)
        await self._gate.reverse(tx, [Reversal(self._ids.new(), pay_in.id, at)], what_is_left=True)

    async def _product_of(self, tx: Transaction, pay_in: PayIn) -> Product:
        if pay_in.provider in GATEWAYS:
            return Product.CHECKOUT
        if pay_in.quote_id is not None and await self._is_open_banking(tx, pay_in.quote_id):
            return Product.OPEN_BANKING
        return Product.BANK
