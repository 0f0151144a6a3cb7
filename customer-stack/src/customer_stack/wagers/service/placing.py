"""Placing wagers: the lane's batch.

One batch is one transaction and a fixed number of statements, however many wagers it carries: lock the
books, read given answers, standings, capabilities and balances; open the compliance gate; decide each command
in arrival order over running sums, product first; write decisions, wagers, holds, audit and answers.

Guaranteed:
- a denial is recorded and answered like an acceptance, and a repeated request gets the same answer;
- several wagers of one customer in one batch see each other's holds, stakes and events;
- a wager that compliance holds has its funds reserved and its case opened in the same transaction;
- nothing is placed on a session that has ended.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.boundary_client.domain import Action, Side
from customer_stack.customers.domain import Standing as CustomerStanding
from customer_stack.customers.domain import Status
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.domain.rates import to_lkr_cents
from customer_stack.gate.service.sitting import Gate, Sitting
from customer_stack.ledger.domain import Account
from customer_stack.markets.domain import Market
from customer_stack.tenancy.domain import Capability
from customer_stack.wagers.domain import flows, gate, records
from customer_stack.wagers.domain.amounts import MULTIPLIER_LIMIT_E4, bound_total, value_of
from customer_stack.wagers.domain.gate import Command, Facts, MarketFacts, Standing
from customer_stack.wagers.domain.states import State
from customer_stack.wagers.errors import SessionEnded
from customer_stack.wagers.service.outcomes import Decided, decode_answer, encode_answer, record_of
from customer_stack.wagers.service.sending import HELD_KIND
from customer_stack.wagers.store.placing import insert_wagers
from shared import audit
from shared.clock import Clock
from shared.database import Transaction
from shared.errors import Refusal
from shared.idempotency import Claim, NewAnswer, StoredAnswer, mismatch, read_answers, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import USD, AccountKey, Balance, Hold, Movement

LANE: Final = HELD_KIND
"""How the gate's records call what is decided here, and cases what waits."""


@dataclass(frozen=True, slots=True)
class PlaceWager:
    """A customer's request, checked for shape and routed by a session. `country`: where it comes from."""

    tenant_id: UUID
    customer_id: UUID
    session_id: UUID
    claim: Claim
    market_id: UUID
    side: Side
    action: Action
    quantity: int
    limit_price: int
    country: str | None = None


class Markets(Protocol):
    """The snapshot of markets."""

    def get(self, market_id: UUID) -> Market | None:
        """Return a market, or None."""
        ...


LoadStandings = Callable[
    [Transaction, Sequence[tuple[UUID, UUID]], datetime],
    Awaitable[Mapping[tuple[UUID, UUID], CustomerStanding]],
]
"""(session, customer) pairs -> what the customer register says."""

LoadCapabilities = Callable[[Transaction, Sequence[UUID]], Awaitable[Mapping[UUID, frozenset[Capability]]]]
"""Tenants -> what is switched on."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A command that is to be decided: with its market, and as compliance is asked about it."""

    command: Command
    market: Market | None
    standing: CustomerStanding | None
    ask: Ask


@dataclass(slots=True)
class _Book:
    """A batch's running view of what its customers have."""

    standings: Mapping[tuple[UUID, UUID], CustomerStanding]
    capabilities: Mapping[UUID, frozenset[Capability]]
    balances: dict[AccountKey, Balance]

    def hold(self, hold: Hold) -> None:
        """Count a hold of this batch."""
        key = (hold.book_id, hold.asset, hold.account)
        balance = self.balances[key]
        self.balances[key] = replace(balance, held=balance.held + hold.amount)

    def wallet(self, customer_id: UUID) -> int:
        """Return the micro-dollars that a customer can spend."""
        return self.balances[(customer_id, USD, Account.WALLET.value)].available()


class WagerPlacement:
    """Decides batches of wagers. `handle` is the lane's handler."""

    def __init__(
        self,
        markets: Markets,
        load_standings: LoadStandings,
        load_capabilities: LoadCapabilities,
        gate: Gate,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Judge by the snapshot `markets`, what the loaders read in the batch's transaction, and the gate."""
        self._markets = markets
        self._load_standings = load_standings
        self._load_capabilities = load_capabilities
        self._gate = gate
        self._clock = clock
        self._ids = ids

    async def handle(self, tx: Transaction, wanted: Sequence[PlaceWager]) -> list[bytes | Refusal]:
        """Answer every request: the JSON of the wager that was placed, or a refusal."""
        await ledger.lock_books(tx, {want.customer_id for want in wanted})
        now = self._clock.now()
        given = await read_answers(tx, [want.claim for want in wanted])
        book = await self._load(tx, wanted, now)
        wishes = self._wish(wanted, given, book, now)
        sitting = await self._gate.open(tx, [wish.ask for wish in wishes.values()], now)
        answers: list[bytes | Refusal] = []
        decided: list[Decided] = []
        new: list[NewAnswer] = []
        for want in wanted:
            standing = book.standings.get((want.session_id, want.customer_id))
            if standing is not None and not standing.session_valid:
                answers.append(SessionEnded())
                continue
            key = (want.claim.book_id, want.claim.key)
            earlier = given.get(key)
            if earlier is None:
                each = _decide(wishes[key], book, sitting)
                decided.append(each)
                earlier = given[key] = StoredAnswer(want.claim.digest, encode_answer(each))
                new.append(NewAnswer(want.tenant_id, want.claim, earlier.answer))
            same = earlier.digest == want.claim.digest
            answers.append(decode_answer(earlier.answer) if same else mismatch())
        await _write(tx, sitting, decided, new)
        return answers

    async def _load(self, tx: Transaction, wanted: Sequence[PlaceWager], now: datetime) -> _Book:
        tenant_of = {want.customer_id: want.tenant_id for want in wanted}
        askers = list(dict.fromkeys((want.session_id, want.customer_id) for want in wanted))
        keys: list[AccountKey] = [(customer_id, USD, Account.WALLET.value) for customer_id in tenant_of]
        for want in wanted:
            market = self._markets.get(want.market_id)
            if want.action is Action.SELL and market is not None:
                keys.append((want.customer_id, market.asset_of(want.side), Account.POSITION.value))
        return _Book(
            standings=await self._load_standings(tx, askers, now),
            capabilities=await self._load_capabilities(tx, sorted(set(tenant_of.values()))),
            balances=await ledger.load_balances(tx, keys),
        )

    def _wish(
        self,
        wanted: Sequence[PlaceWager],
        given: Mapping[tuple[UUID, bytes], StoredAnswer],
        book: _Book,
        now: datetime,
    ) -> dict[tuple[UUID, bytes], _Wish]:
        """Return what is to be decided, by the key of its claim; what has an answer is not."""
        wishes: dict[tuple[UUID, bytes], _Wish] = {}
        for want in wanted:
            key = (want.claim.book_id, want.claim.key)
            standing = book.standings.get((want.session_id, want.customer_id))
            if key in given or key in wishes or (standing is not None and not standing.session_valid):
                continue
            command = Command(
                self._ids.new(),
                want.tenant_id,
                want.customer_id,
                want.market_id,
                want.side,
                want.action,
                want.quantity,
                want.limit_price,
                now,
            )
            market = self._markets.get(want.market_id)
            wishes[key] = _Wish(command, market, standing, self._ask(want, command, market, standing))
        return wishes

    def _ask(
        self, want: PlaceWager, command: Command, market: Market | None, standing: CustomerStanding | None
    ) -> Ask:
        """Return how compliance is asked: a buy by its largest cost, a sale by its smallest proceeds.

        A sale is counted when it is filled.
        """
        is_buy = command.action is Action.BUY
        stake = _bound(command, market) if is_buy else 0
        rate = self._gate.rate_of(command.tenant_id)
        worth = stake if is_buy else value_of(command.quantity, command.limit_price)
        event = Event(
            id=command.wager_id,
            tenant_id=command.tenant_id,
            customer_id=command.customer_id,
            kind=EventKind.WAGER if is_buy else EventKind.WAGER_SALE,
            product=Product.MARKET,
            amount=to_lkr_cents(worth, rate),
            at=command.at,
            device_id=None if standing is None else standing.device_id,
            market_id=command.market_id,
            side=command.side.value,
        )
        began = None if standing is None else standing.session_began
        return Ask(
            command.wager_id,
            event,
            LANE,
            stake,
            want.country,
            rate=rate,
            counts=is_buy,
            session_began=began,
        )


def _bound(command: Command, market: Market | None) -> int:
    """Return what a wager can cost at most; nothing where the product's gate denies it for its market."""
    if market is None or market.listing.fee_multiplier_e4 > MULTIPLIER_LIMIT_E4:
        return 0
    return bound_total(
        command.action, command.quantity, command.limit_price, market.listing.fee_multiplier_e4
    )


def _decide(wish: _Wish, book: _Book, sitting: Sitting) -> Decided:
    """Decide one command: as markets and funds stand, then as compliance says."""
    command, market, standing = wish.command, wish.market, wish.standing
    contracts = 0
    if command.action is Action.SELL and market is not None:
        key = (command.customer_id, market.asset_of(command.side), Account.POSITION.value)
        contracts = book.balances[key].available()
    funds = book.wallet(command.customer_id)
    facts = Facts(
        command=command,
        standing=None
        if standing is None
        else Standing(standing.status.value, may_wager=standing.status is Status.ACTIVE),
        is_capable=Capability.WAGERS in book.capabilities.get(command.tenant_id, frozenset()),
        market=None if market is None else market_facts(market),
        stake=None,
        funds=funds,
        contracts=contracts,
    )
    decision = gate.decide(facts)
    product = records.write(facts, decision)
    if not decision.is_allowed or market is None:
        reasons = [f"wagers.{reason}" for reason in decision.reasons]
        return Decided(command, decision, sitting.refuse(wish.ask, reasons, product))
    rate = wish.ask.rate
    before = None if rate is None else to_lkr_cents(funds, rate)
    ruling = sitting.decide(wish.ask, product, {"event.balance_before": before})
    if ruling.is_denied:
        return Decided(command, decision, ruling)
    holds = flows.build_holds(
        command.wager_id,
        command.tenant_id,
        command.customer_id,
        command.action,
        market.asset_of(command.side),
        command.quantity,
        decision.max_total,
    )
    for hold in holds:
        book.hold(hold)
    return Decided(command, decision, ruling, State.HELD if ruling.is_held else State.PENDING, holds)


def market_facts(market: Market) -> MarketFacts:
    """Return what the product's gate needs to know of a market."""
    listing = market.listing
    return MarketFacts(listing.status, listing.tick, listing.close_time, listing.fee_multiplier_e4)


async def _write(
    tx: Transaction, sitting: Sitting, decided: Sequence[Decided], answers: Sequence[NewAnswer]
) -> None:
    if not decided:
        return
    await insert_wagers(
        tx,
        [(each.command, each.decision.max_total, each.state) for each in decided if each.state is not None],
    )
    await sitting.write(tx)
    holds = [hold for each in decided for hold in each.holds]
    if holds:
        await ledger.post(tx, Movement(holds=tuple(holds)))
    await audit.append(tx, [record_of(each) for each in decided])
    await store_answers(tx, answers)
