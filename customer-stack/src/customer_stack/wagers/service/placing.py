"""Placing wagers: the lane's batch, and the cancellation of what was not sent.

One batch is one transaction and a fixed number of statements, however many wagers it carries: lock the
books, read given answers, standings, capabilities, stakes and balances; decide each command in arrival
order over running sums; write decisions, wagers, stakes, holds, audit and answers.

Guaranteed:
- a denial is recorded and answered like an acceptance, and a repeated request gets the same answer;
- several wagers of one customer in one batch see each other's holds and stakes;
- nothing is placed on a session that has ended.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import orjson

from customer_stack.boundary_client.domain import Action, Side
from customer_stack.customers.domain import Standing as CustomerStanding
from customer_stack.customers.domain import Status
from customer_stack.ledger.domain import Account
from customer_stack.markets.domain import Market
from customer_stack.protection import service as protection
from customer_stack.protection.domain.counting import Change, Measure, Window
from customer_stack.protection.domain.limits import LimitKind
from customer_stack.protection.domain.limits import Standing as Protected
from customer_stack.tenancy.domain import Capability
from customer_stack.wagers.domain import flows, gate
from customer_stack.wagers.domain.gate import Command, Decision, Facts, MarketFacts, StakeFacts, Standing
from customer_stack.wagers.errors import SessionEnded, denial
from customer_stack.wagers.store.placing import Decided, insert_decided
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Transaction
from shared.errors import Refusal
from shared.idempotency import Claim, NewAnswer, StoredAnswer, mismatch, read_answers, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import USD, AccountKey, Balance, Hold, Movement
from shared.money import CONTRACT_SCALE, PRICE_SCALE, USD_SCALE, format_minor

_DENIED: Final = b'{"denied":'
UNLIMITED: Final = 10**15
"""Micro-dollars that nobody stakes."""


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


@dataclass(slots=True)
class _Book:
    """A batch's running view of what its customers have."""

    standings: Mapping[tuple[UUID, UUID], CustomerStanding]
    capabilities: Mapping[UUID, frozenset[Capability]]
    protected: dict[UUID, Protected]
    balances: dict[AccountKey, Balance]

    def hold(self, hold: Hold) -> None:
        """Count a hold of this batch."""
        key = (hold.book_id, hold.asset, hold.account)
        balance = self.balances[key]
        self.balances[key] = replace(balance, held=balance.held + hold.amount)

    def stake(self, customer_id: UUID, amount: int) -> None:
        """Count a stake of this batch."""
        self.protected[customer_id] = self.protected[customer_id].plus(Measure.STAKE, amount)


class WagerPlacement:
    """Decides batches of wagers. `handle` is the lane's handler."""

    def __init__(
        self,
        markets: Markets,
        load_standings: LoadStandings,
        load_capabilities: LoadCapabilities,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Judge by the snapshot `markets` and what the loaders read in the batch's transaction."""
        self._markets = markets
        self._load_standings = load_standings
        self._load_capabilities = load_capabilities
        self._clock = clock
        self._ids = ids

    async def handle(self, tx: Transaction, wanted: Sequence[PlaceWager]) -> list[bytes | Refusal]:
        """Answer every request: the JSON of the wager that was placed, or a refusal."""
        await ledger.lock_books(tx, {want.customer_id for want in wanted})
        now = self._clock.now()
        given = await read_answers(tx, [want.claim for want in wanted])
        book = await self._load(tx, wanted, now)
        answers: list[bytes | Refusal] = []
        decided: list[Decided] = []
        holds: list[Hold] = []
        new: list[NewAnswer] = []
        for want in wanted:
            standing = book.standings.get((want.session_id, want.customer_id))
            if standing is not None and not standing.session_valid:
                answers.append(SessionEnded())
                continue
            key = (want.claim.book_id, want.claim.key)
            earlier = given.get(key)
            if earlier is None:
                each = self._decide(want, standing, book, now)
                decided.append(each)
                holds += self._reserve(each, book)
                earlier = given[key] = StoredAnswer(want.claim.digest, _encode(each))
                new.append(NewAnswer(want.tenant_id, want.claim, earlier.answer))
            answers.append(mismatch() if earlier.digest != want.claim.digest else _decode(earlier.answer))
        await _write(tx, decided, holds, new)
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
            protected=await protection.load_standings(tx, tenant_of, now),
            balances=await ledger.load_balances(tx, keys),
        )

    def _decide(
        self, want: PlaceWager, standing: CustomerStanding | None, book: _Book, now: datetime
    ) -> Decided:
        market = self._markets.get(want.market_id)
        contracts = 0
        if want.action is Action.SELL and market is not None:
            key = (want.customer_id, market.asset_of(want.side), Account.POSITION.value)
            contracts = book.balances[key].available()
        facts = Facts(
            command=Command(
                wager_id=self._ids.new(),
                tenant_id=want.tenant_id,
                customer_id=want.customer_id,
                market_id=want.market_id,
                side=want.side,
                action=want.action,
                quantity=want.quantity,
                limit_price=want.limit_price,
                at=now,
            ),
            standing=None
            if standing is None
            else Standing(standing.status.value, may_wager=standing.status is Status.ACTIVE),
            is_capable=Capability.WAGERS in book.capabilities.get(want.tenant_id, frozenset()),
            market=None if market is None else _market_facts(market),
            stake=_stake_facts(book.protected[want.customer_id]),
            funds=book.balances[(want.customer_id, USD, Account.WALLET.value)].available(),
            contracts=contracts,
        )
        return Decided(facts, gate.decide(facts))

    def _reserve(self, decided: Decided, book: _Book) -> tuple[Hold, ...]:
        """Build the holds of an allowed wager and count them for the rest of the batch."""
        command, decision = decided.facts.command, decided.decision
        market = self._markets.get(command.market_id)
        if not decision.is_allowed or market is None:
            return ()
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
        if command.action is Action.BUY:
            book.stake(command.customer_id, decision.max_total)
        return holds


def _stake_facts(protected: Protected) -> StakeFacts:
    """Return what was staked within a day, and the limit that counts; without one, nothing is too much."""
    limit = protected.limit_on(LimitKind.STAKE, Window.DAY)
    staked = protected.used(LimitKind.STAKE, Window.DAY)
    return StakeFacts(staked, UNLIMITED if limit is None else limit.amount, protected.policy_version)


def _market_facts(market: Market) -> MarketFacts:
    listing = market.listing
    return MarketFacts(listing.status, listing.tick, listing.close_time, listing.fee_multiplier_e4)


async def _write(
    tx: Transaction, decided: Sequence[Decided], holds: Sequence[Hold], answers: Sequence[NewAnswer]
) -> None:
    if not decided:
        return
    await insert_decided(tx, decided)
    await protection.change(tx, [change for each in decided for change in _stake(each)])
    if holds:
        await ledger.post(tx, Movement(holds=tuple(holds)))
    await audit.append(tx, [_record(each) for each in decided])
    await store_answers(tx, answers)


def _stake(decided: Decided) -> tuple[Change, ...]:
    command, decision = decided.facts.command, decided.decision
    if not decision.is_allowed or command.action is Action.SELL:
        return ()
    return (Change(command.tenant_id, command.customer_id, Measure.STAKE, command.at, decision.max_total),)


def _record(decided: Decided) -> AuditRecord:
    command, decision = decided.facts.command, decided.decision
    body: dict[str, object] = {
        "wager_id": command.wager_id,
        "market_id": command.market_id,
        "side": command.side.value,
        "action": command.action.value,
        "quantity": command.quantity,
        "limit_price": command.limit_price,
        "max_total": decision.max_total,
        "gate_version": decision.gate_version,
    }
    if not decision.is_allowed:
        body["reasons"] = [reason.value for reason in decision.reasons]
    kind = "wagers.placed" if decision.is_allowed else "wagers.denied"
    return AuditRecord(command.tenant_id, kind, body, command.at, f"customer:{command.customer_id}")


def _encode(decided: Decided) -> bytes:
    """Return the answer as it is stored and sent; a denial is stored as its first reason."""
    command, decision = decided.facts.command, decided.decision
    if not decision.is_allowed:
        return orjson.dumps({"denied": decision.reasons[0]})
    return _encode_placed(command, decision)


def _encode_placed(command: Command, decision: Decision) -> bytes:
    return orjson.dumps(
        {
            "wager_id": command.wager_id,
            "state": "pending",
            "market_id": command.market_id,
            "side": command.side,
            "action": command.action,
            "quantity": format_minor(command.quantity, CONTRACT_SCALE),
            "limit_price": format_minor(command.limit_price, PRICE_SCALE),
            "max_total": format_minor(decision.max_total, USD_SCALE),
            "placed_at": command.at,
        },
        option=orjson.OPT_UTC_Z,
    )


def _decode(answer: bytes) -> bytes | Refusal:
    if answer.startswith(_DENIED):
        return denial(gate.Reason(orjson.loads(answer)["denied"]))
    return answer
