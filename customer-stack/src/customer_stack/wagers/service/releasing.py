"""What becomes of wagers that are held: released to be sent, or ended with their funds given back.

A person has looked at what AML found, so that is not judged again, and the stake counts since the wager was
held. What is judged is what may have changed meanwhile: the market, the customer's standing, what stops them.

Guaranteed:
- a wager is released once, under the lock that the dispatcher's lane holds, and only into an open market;
- what cannot be released ends as denied: its holds end, its stake and its event are taken back;
- asked again, a wager that has ended says how.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.boundary_client.domain import Action
from customer_stack.cases.contract import HoldEnd
from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.customers.service import load_accounts
from customer_stack.gate.domain.asking import Ask, Ruling
from customer_stack.gate.domain.rates import to_lkr_cents
from customer_stack.gate.service.sitting import Gate, Sitting
from customer_stack.tenancy.domain import Capability
from customer_stack.wagers.domain import gate, records
from customer_stack.wagers.domain.amounts import value_of
from customer_stack.wagers.domain.gate import Command, Facts, Standing
from customer_stack.wagers.domain.reports import Wager
from customer_stack.wagers.domain.states import Event as Happening
from customer_stack.wagers.domain.states import State, move
from customer_stack.wagers.service.placing import LANE, LoadCapabilities, Markets, market_facts
from customer_stack.wagers.service.sending import moved_record, release
from customer_stack.wagers.store import rows, sending
from shared import audit
from shared.database import Transaction
from shared.ids import Ids
from shared.ledger import store as ledger

UNBOUNDED: Final = 10**15
"""Funds and contracts of a wager whose holds stand: they are not asked for again."""


class HeldWagers:
    """Wagers that wait for a case: the `HeldCommands` of this module."""

    kind: str = LANE

    def __init__(self, markets: Markets, load_capabilities: LoadCapabilities, gate: Gate, ids: Ids) -> None:
        """Release into `markets` what `gate` does not stop."""
        self._markets = markets
        self._load_capabilities = load_capabilities
        self._gate = gate
        self._ids = ids

    async def release(
        self, tx: Transaction, ids: Sequence[UUID], actor: str, at: datetime
    ) -> Mapping[UUID, HoldEnd]:
        """Let wagers be sent where that is still possible, else end them as denied."""
        held, ended = await self._lock(tx, ids)
        asks = {wager.id: self._ask(wager, at) for wager in held}
        accounts = await load_accounts(tx, [wager.customer_id for wager in held])
        capabilities = await self._load_capabilities(tx, sorted({wager.tenant_id for wager in held}))
        sitting = await self._gate.reopen(tx, list(asks.values()), at)
        rulings = {
            wager.id: self._rule(wager, asks[wager.id], accounts, capabilities, sitting) for wager in held
        }
        await sitting.write(tx)
        released = [wager for wager in held if not rulings[wager.id].is_denied]
        await self._move(tx, released, Happening.RELEASE, "wagers.released", actor, at)
        denied = [wager for wager in held if rulings[wager.id].is_denied]
        await self._move(tx, denied, Happening.DENY, "wagers.hold_denied", actor, at)
        return ended | {
            each: HoldEnd.DENIED if ruling.is_denied else HoldEnd.RELEASED for each, ruling in rulings.items()
        }

    async def deny(
        self, tx: Transaction, ids: Sequence[UUID], actor: str, at: datetime
    ) -> Mapping[UUID, HoldEnd]:
        """End wagers and give their funds back."""
        held, ended = await self._lock(tx, ids)
        await self._move(tx, held, Happening.DENY, "wagers.hold_denied", actor, at)
        return ended | {wager.id: HoldEnd.DENIED for wager in held}

    async def _lock(self, tx: Transaction, ids: Sequence[UUID]) -> tuple[list[Wager], dict[UUID, HoldEnd]]:
        """Lock books, then wagers; return those that are held still, and how the others ended."""
        await ledger.lock_books(tx, set((await rows.load_customers(tx, ids)).values()))
        wagers = await rows.load_wagers(tx, ids)
        withdrawn = await rows.load_withdrawn(tx, ids)
        held = [wager for wager in wagers.values() if wager.state is State.HELD]
        ended = {
            wager.id: _end_of(wager, withdrawn) for wager in wagers.values() if wager.state is not State.HELD
        }
        return held, ended

    async def _move(
        self,
        tx: Transaction,
        wagers: Sequence[Wager],
        happening: Happening,
        kind: str,
        actor: str,
        at: datetime,
    ) -> None:
        if not wagers:
            return
        after = [replace(wager, state=move(wager.state, happening)) for wager in wagers]
        await sending.set_states(tx, [(each.id, State.HELD, each.state, None) for each in after], at)
        if happening is Happening.DENY:
            await release(tx, after, at)
        await audit.append(tx, [moved_record(kind, each, at, actor) for each in after])

    def _ask(self, wager: Wager, at: datetime) -> Ask:
        """Return how compliance is asked again: a decision of its own about the same wager."""
        is_buy = wager.action is Action.BUY
        rate = self._gate.rate_of(wager.tenant_id)
        worth = wager.max_total if is_buy else value_of(wager.quantity, wager.limit_price)
        event = Event(
            id=wager.id,
            tenant_id=wager.tenant_id,
            customer_id=wager.customer_id,
            kind=EventKind.WAGER if is_buy else EventKind.WAGER_SALE,
            product=Product.MARKET,
            amount=to_lkr_cents(worth, rate),
            at=at,
            market_id=wager.market_id,
            side=wager.side.value,
        )
        return Ask(self._ids.new(), event, LANE, wager.max_total if is_buy else 0, rate=rate)

    def _rule(
        self,
        wager: Wager,
        ask: Ask,
        accounts: Mapping[UUID, CustomerAccount],
        capabilities: Mapping[UUID, frozenset[Capability]],
        sitting: Sitting,
    ) -> Ruling:
        """Decide as the lane does: the product first, then what stops the customer."""
        account = accounts.get(wager.customer_id)
        market = self._markets.get(wager.market_id)
        facts = Facts(
            command=Command(
                wager.id,
                wager.tenant_id,
                wager.customer_id,
                wager.market_id,
                wager.side,
                wager.action,
                wager.quantity,
                wager.limit_price,
                ask.event.at,
            ),
            standing=None
            if account is None
            else Standing(account.status.value, may_wager=account.status is Status.ACTIVE),
            is_capable=Capability.WAGERS in capabilities.get(wager.tenant_id, frozenset()),
            market=None if market is None else market_facts(market),
            stake=None,
            funds=UNBOUNDED,
            contracts=UNBOUNDED,
        )
        decision = gate.decide(facts)
        product = records.write(facts, decision)
        if not decision.is_allowed:
            return sitting.refuse(ask, [f"wagers.{reason}" for reason in decision.reasons], product)
        return sitting.reconsider(ask, product)


def _end_of(wager: Wager, withdrawn: frozenset[UUID]) -> HoldEnd:
    """Return how a wager that is no longer held ended its waiting."""
    if wager.state is not State.CANCELLED:
        return HoldEnd.RELEASED
    return HoldEnd.GONE if wager.id in withdrawn else HoldEnd.DENIED
