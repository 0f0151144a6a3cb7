"""The real ledger under test: lanes, idempotency, kernel and audit over PostgreSQL, as a module uses them.

`Handler` is what a module's lane handler is: it locks the books, reads answers, balances, holds and
movements, decides in arrival order, and posts everything in a handful of statements. It shares no rule with
the reference ledger; both follow the same documents. What it gets wrong, the comparison after the batch
finds.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from customer_stack.ledger.domain import Amount, DealState, DealStep, Item, ItemState, TransferSource
from customer_stack.ledger.service import (
    advance_deals,
    build_reversal,
    correct_item,
    insert_items,
    load_items,
    record_sources,
)
from shared import audit, idempotency
from shared.clock import Clock
from shared.database import Transaction
from shared.errors import Kind, Refusal, invariant
from shared.ledger import store
from shared.ledger.domain import (
    AccountKey,
    Capture,
    Close,
    Hold,
    Movement,
    Posting,
    Transfer,
    join,
)
from simulator.commands import Command, Part, Request, Reservation, What

CHECKED: Final = frozenset({"wallet", "position", "till", "stock", "treasury"})


class Declined(Refusal):
    """The handler's own refusals. The code tells the situations apart."""

    kind = Kind.REFUSED

    def __init__(self, code: str) -> None:
        super().__init__("The simulator's request was refused.")
        self.code = code  # type: ignore[misc] # one class for the situations of a test handler


@dataclass(frozen=True, slots=True)
class Poison:
    """A command that breaks a rule past every decision. `run` must be refused by the database."""

    tenant: UUID
    run: Callable[[Transaction], Awaitable[None]]


class PoisonSwallowed(Exception):
    """A command that had to break did not."""


Asked = Command | Poison


def tenant_of(asked: Asked) -> UUID:
    """Return whose rows a command touches."""
    return asked.tenant if isinstance(asked, Poison) else asked.request.tenant


class Given:
    """Ids that the command brought along, in order."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        self._ids = iter(ids)

    def new(self) -> UUID:
        return next(self._ids)


@dataclass(slots=True)
class Standing:
    """What a batch has read and not yet written: balances, holds, movements, answers."""

    free: dict[AccountKey, int] = field(default_factory=dict)
    remaining: dict[UUID, int] = field(default_factory=dict)
    held_on: dict[UUID, AccountKey] = field(default_factory=dict)
    expiry: dict[UUID, Any] = field(default_factory=dict)
    captured: set[UUID] = field(default_factory=set)
    """Holds of which a part was taken."""
    ended: set[UUID] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    answers: dict[tuple[UUID, bytes], tuple[bytes, bytes]] = field(default_factory=dict)
    closed_until: dict[UUID, Any] = field(default_factory=dict)
    pending: list[Movement] = field(default_factory=list)
    fresh: set[UUID] = field(default_factory=set)
    """Holds, movements and deals of this batch that are not written yet."""
    steps: list[DealStep] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sources: list[TransferSource] = field(default_factory=list)
    stored: list[idempotency.NewAnswer] = field(default_factory=list)
    records: list[audit.AuditRecord] = field(default_factory=list)


class Handler:
    """Decides batches of commands. One may serve several lanes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.locked: asyncio.Event = asyncio.Event()
        """Set whenever a batch has its locks: whoever comes now waits for it."""

    async def __call__(self, tx: Transaction, batch: Sequence[Asked]) -> list[str | Refusal]:
        """Decide and post a batch in arrival order."""
        commands = [each for each in batch if isinstance(each, Command)]
        owners = await self._lock(tx, commands)
        self.locked.set()
        standing = await self._read(tx, commands, owners)
        outcomes: list[str | Refusal] = []
        for each in batch:
            if isinstance(each, Poison):
                await self._flush(tx, standing)
                await each.run(tx)
                await tx.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise PoisonSwallowed("the database refused nothing")
            try:
                outcomes.append(await self._decide(tx, each, standing, owners))
            except Refusal as refusal:
                outcomes.append(refusal)
        await self._flush(tx, standing)
        if standing.stored:
            await idempotency.store_answers(tx, standing.stored)
            await audit.append(tx, standing.records)
        return outcomes

    # ---- reading

    async def _lock(self, tx: Transaction, commands: Sequence[Command]) -> dict[UUID, UUID]:
        """Lock the books that exist; return whose they are."""
        named = {book for command in commands for book in command.request.books}
        rows = await tx.fetch(
            "SELECT id, tenant_id FROM ledger_book WHERE id = ANY($1::uuid[])", sorted(named)
        )
        owners = {row["id"]: row["tenant_id"] for row in rows}
        await store.lock_books(tx, owners)
        return owners

    async def _read(self, tx: Transaction, commands: Sequence[Command], owners: dict[UUID, UUID]) -> Standing:
        standing = Standing()
        usable = [each for each in commands if all(book in owners for book in each.request.books)]
        claims = [claim for each in usable if (claim := claim_of(each)) is not None]
        found = await idempotency.read_answers(tx, claims)
        standing.answers = {key: (each.digest, each.answer) for key, each in found.items()}
        rows = await tx.fetch(
            "SELECT tenant_id, max(ends_at) AS until FROM period_closed "
            "WHERE tenant_id = ANY($1::uuid[]) GROUP BY 1",
            sorted({each.request.tenant for each in usable}),
        )
        standing.closed_until = {row["tenant_id"]: row["until"] for row in rows}
        await self._read_holds(tx, usable, standing)
        references = sorted({each.request.reference for each in usable if each.request.reference is not None})
        if references:
            rows = await tx.fetch(
                "SELECT reference FROM ledger_transfer_source "
                "WHERE provider = 'bank' AND reference = ANY($1::text[])",
                references,
            )
            standing.references = {row["reference"] for row in rows}
        await self._read_balances(tx, usable, standing)
        return standing

    async def _read_holds(self, tx: Transaction, commands: Sequence[Command], standing: Standing) -> None:
        pairs = [
            (each.request.books[0], each.request.hold) for each in commands if each.request.hold is not None
        ]
        if not pairs:
            return
        for hold_id, opened in (await store.load_open_holds(tx, pairs)).items():
            hold = opened.hold
            standing.remaining[hold_id] = opened.remaining
            standing.held_on[hold_id] = (hold.book_id, hold.asset, hold.account)
            standing.expiry[hold_id] = hold.expires_at
            if opened.remaining < hold.amount:
                standing.captured.add(hold_id)
        rows = await tx.fetch(
            "SELECT c.hold_id, c.book_id FROM unnest($1::uuid[], $2::uuid[]) AS w (book_id, hold_id) "
            "JOIN ledger_hold_close c ON c.book_id = w.book_id AND c.hold_id = w.hold_id",
            [book for book, _ in pairs],
            [hold for _, hold in pairs],
        )
        for row in rows:
            standing.ended.add(row["hold_id"])
            standing.held_on[row["hold_id"]] = (row["book_id"], 0, "")

    async def _read_balances(self, tx: Transaction, commands: Sequence[Command], standing: Standing) -> None:
        keys: set[AccountKey] = set(standing.held_on.values())
        for command in commands:
            request = command.request
            keys |= {key for key, _ in changes_of(request.parts)}
            if request.reservation is not None:
                keys.add((request.books[0], request.reservation.asset, request.reservation.account))
        await self._add_balances(tx, keys, standing)

    async def _add_balances(self, tx: Transaction, keys: Iterable[AccountKey], standing: Standing) -> None:
        wanted = [key for key in keys if key[2] in CHECKED and key not in standing.free]
        if wanted:
            for key, balance in (await store.load_balances(tx, wanted)).items():
                standing.free[key] = balance.available()

    # ---- deciding

    async def _decide(
        self, tx: Transaction, command: Command, standing: Standing, owners: dict[UUID, UUID]
    ) -> str:
        request = command.request
        idempotency.key_of(command.key)
        if any(owners.get(book) != request.tenant for book in request.books):
            raise Declined("simulator.book_unknown")
        claim = claim_of(command)
        invariant(claim is not None, "a key that is taken has a claim")
        assert claim is not None
        answered = standing.answers.get((claim.book_id, claim.key))
        if answered is not None:
            if answered[0] != claim.digest:
                raise idempotency.mismatch()
            return answered[1].decode()
        await self._wait_for_what_it_names(tx, request, standing)
        movement = await self._movement_of(tx, command, standing)
        standing.pending.append(movement)
        standing.fresh |= {hold.id for hold in movement.holds} | {
            each.movement_id for each in movement.transfers
        }
        if request.movement is not None:
            standing.fresh.add(request.movement)
        answer = f"{request.what} {command.id}".encode()
        standing.answers[claim.book_id, claim.key] = (claim.digest, answer)
        standing.stored.append(idempotency.NewAnswer(request.tenant, claim, answer))
        standing.records.append(
            audit.AuditRecord(
                request.tenant, f"simulator.{request.what}", {"id": command.id}, self._clock.now(), "system"
            )
        )
        return answer.decode()

    async def _wait_for_what_it_names(self, tx: Transaction, request: Request, standing: Standing) -> None:
        """Write what is pending when a command names a hold or a movement of this very batch.

        Captures and closes are written before holds, so a hold and its end are two rounds of statements.
        """
        if {request.hold, request.movement, request.deal} & standing.fresh or request.what is What.CORRECT:
            await self._flush(tx, standing)

    async def _flush(self, tx: Transaction, standing: Standing) -> None:
        await store.post(tx, join(standing.pending))
        await record_sources(tx, standing.sources)
        await advance_deals(tx, standing.steps)
        await insert_items(tx, standing.items)
        for written in (standing.pending, standing.sources, standing.steps, standing.items):
            written.clear()
        standing.fresh.clear()

    async def _movement_of(self, tx: Transaction, command: Command, standing: Standing) -> Movement:
        request = command.request
        match request.what:
            case What.POST:
                return self._post(command, standing)
            case What.HOLD:
                return self._place(command, standing)
            case What.CAPTURE:
                return self._capture(command, standing)
            case What.RELEASE | What.EXPIRE:
                return self._end(request, standing)
            case What.REVERSE:
                return await self._reverse(tx, command, standing)
            case What.CORRECT:
                return await self._correct(tx, command, standing)

    def _post(self, command: Command, standing: Standing) -> Movement:
        request = command.request
        if request.reference in standing.references:
            raise Declined("simulator.settled_before")
        movement = self._transfers(command, standing, build(command, request.parts, 0))
        if request.reference is not None:
            first = movement.transfers[0]
            standing.references.add(request.reference)
            standing.sources.append(
                TransferSource(
                    first.tenant_id, first.book_id, first.id, provider="bank", reference=request.reference
                )
            )
        if len(request.parts) == 1:
            self._advance(command.id, request, standing, DealState.CREATED, DealState.SETTLED)
            standing.items.append(self._item(command, command.id, 1, ItemState.ACTIVE))
            standing.fresh.add(command.id)
        return movement

    def _advance(self, deal: UUID, request: Request, standing: Standing, *states: DealState) -> None:
        for state in states:
            standing.steps.append(
                DealStep(request.tenant, request.books[0], deal, state, self._clock.now(), "system")
            )

    def _item(self, command: Command, deal: UUID, version: int, state: ItemState) -> Item:
        request = command.request
        part = request.parts[0]
        return Item(
            id=command.spare[-1],
            tenant_id=request.tenant,
            book_id=request.books[0],
            deal_id=deal,
            version=version,
            state=state,
            kind=part.kind,
            give=Amount(part.legs[0].asset, part.legs[0].amount),
            get=None,
            rate_e8=None,
            fee=None,
            reference=None,
            movement_id=command.id,
            effective_at=request.effective_at,
            made_by="system",
            made_at=self._clock.now(),
        )

    def _transfers(self, command: Command, standing: Standing, transfers: Sequence[Transfer]) -> Movement:
        until = standing.closed_until.get(command.request.tenant)
        if until is not None and command.request.effective_at < until:
            raise Declined("simulator.period_closed")
        take(standing, [change for each in transfers for change in changes_of_transfer(each)])
        return Movement(tuple(transfers))

    def _place(self, command: Command, standing: Standing) -> Movement:
        request = command.request
        wanted: Reservation | None = request.reservation
        assert wanted is not None
        key = (request.books[0], wanted.asset, wanted.account)
        take(standing, [(key, -wanted.amount)])
        hold = Hold(
            command.id, request.tenant, key[0], wanted.asset, wanted.account, wanted.amount,
            wanted.purpose, wanted.expires_at,
        )  # fmt: skip
        standing.remaining[hold.id] = hold.amount
        standing.held_on[hold.id] = key
        standing.expiry[hold.id] = hold.expires_at
        self._advance(hold.id, request, standing, DealState.CREATED, DealState.AUTHORIZED)
        return Movement(holds=(hold,))

    def _open_hold(self, request: Request, standing: Standing) -> tuple[UUID, int]:
        hold = request.hold
        assert hold is not None
        if standing.held_on.get(hold, (None,))[0] != request.books[0]:
            raise Declined("simulator.hold_unknown")
        if hold in standing.ended:
            raise Declined("simulator.hold_ended")
        return hold, standing.remaining[hold]

    def _capture(self, command: Command, standing: Standing) -> Movement:
        request = command.request
        until = standing.closed_until.get(request.tenant)
        if until is not None and request.effective_at < until:
            raise Declined("simulator.period_closed")
        hold, remaining = self._open_hold(request, standing)
        if request.amount > remaining:
            raise Declined("simulator.hold_too_small")
        transfers = build(command, request.parts, 0)
        freed = remaining if request.last else request.amount
        changes = [change for each in transfers for change in changes_of_transfer(each)]
        take(standing, [(standing.held_on[hold], freed), *changes])
        standing.remaining[hold] -= request.amount
        standing.captured.add(hold)
        capture = Capture(hold, request.tenant, request.books[0], command.id, request.amount)
        if not request.last:
            return Movement(transfers, (capture,))
        standing.ended.add(hold)
        self._advance(hold, request, standing, DealState.SETTLED)
        reason = "released" if standing.remaining[hold] else "exhausted"
        return Movement(transfers, (capture,), (Close(hold, request.tenant, request.books[0], reason),))

    def _end(self, request: Request, standing: Standing) -> Movement:
        hold, remaining = self._open_hold(request, standing)
        expiry = standing.expiry[hold]
        if request.what is What.EXPIRE and (expiry is None or expiry > self._clock.now()):
            raise Declined("simulator.hold_lives")
        standing.ended.add(hold)
        state = DealState.SETTLED if hold in standing.captured else DealState.REVERSED
        self._advance(hold, request, standing, state)
        standing.free[standing.held_on[hold]] += remaining
        reason = "expired" if request.what is What.EXPIRE else "released"
        return Movement(closes=(Close(hold, request.tenant, request.books[0], reason),))

    async def _mirror_of(
        self, tx: Transaction, command: Command, standing: Standing, movement_id: UUID
    ) -> tuple[Transfer, ...]:
        """Return the ledger's own reversal of a movement, with the balances it needs. Raises its refusals."""
        request = command.request
        assert request.movement is not None
        undoing = await build_reversal(
            tx, request.tenant, request.books, request.movement,
            ids=Given((movement_id, *command.spare)), now=request.effective_at,
        )  # fmt: skip
        keys = [key for each in undoing.transfers for key, _ in changes_of_transfer(each)]
        await self._add_balances(tx, keys, standing)
        return undoing.transfers

    async def _reverse(self, tx: Transaction, command: Command, standing: Standing) -> Movement:
        movement = self._transfers(
            command, standing, await self._mirror_of(tx, command, standing, command.id)
        )
        if command.request.deal is not None:
            self._advance(command.request.deal, command.request, standing, DealState.REVERSED)
            standing.fresh.add(command.request.deal)
        return movement

    async def _correct(self, tx: Transaction, command: Command, standing: Standing) -> Movement:
        """Reverse and post anew through the ledger's own correction; nothing is left to be written."""
        request = command.request
        undoing = await self._mirror_of(tx, command, standing, command.spare[-2])
        corrects = {each.book_id: each.reverses for each in reversed(undoing)}
        posted = build(command, request.parts, len(undoing), corrects)
        await self._add_balances(
            tx, [key for each in posted for key, _ in changes_of_transfer(each)], standing
        )
        movement = self._transfers(command, standing, (*undoing, *posted))
        assert request.deal is not None
        version = 1 + len(await load_items(tx, request.deal))
        item = self._item(command, request.deal, version, ItemState.DRAFT)
        await correct_item(tx, item, movement, actor="system", at=self._clock.now())
        return Movement()


def claim_of(command: Command) -> idempotency.Claim | None:
    """Return a command's claim; None when its key is no key."""
    try:
        key = idempotency.key_of(command.key)
    except idempotency.IdempotencyKeyMissing:
        return None
    body = repr(command.request).encode()
    return idempotency.Claim(command.request.books[0], key, idempotency.digest_of(command.request.what, body))


def build(
    command: Command, parts: Sequence[Part], used: int, corrects: Mapping[UUID, UUID | None] | None = None
) -> tuple[Transfer, ...]:
    """Return the kernel's transfers of a command's parts, after the first `used` ids."""
    request = command.request
    return tuple(
        Transfer(
            command.spare[used + number], command.id, request.tenant, part.book, part.kind,
            request.effective_at,
            tuple(Posting(leg.asset, leg.source, leg.target, leg.amount, leg.action, leg.cost, leg.profit)
                  for leg in part.legs),
            None, (corrects or {}).get(part.book),
        )
        for number, part in enumerate(parts)
    )  # fmt: skip


def changes_of(parts: Sequence[Part]) -> list[tuple[AccountKey, int]]:
    """Return what parts change, account by account."""
    found = []
    for part in parts:
        for leg in part.legs:
            found.append(((part.book, leg.asset, leg.source), -leg.amount))
            found.append(((part.book, leg.asset, leg.target), leg.amount))
    return found


def changes_of_transfer(transfer: Transfer) -> list[tuple[AccountKey, int]]:
    """Return what a transfer changes, account by account."""
    found = []
    for posting in transfer.postings:
        found.append(((transfer.book_id, posting.asset, posting.source), -posting.amount))
        found.append(((transfer.book_id, posting.asset, posting.target), posting.amount))
    return found


def take(standing: Standing, changes: Iterable[tuple[AccountKey, int]]) -> None:
    """Apply changes to what is free, or refuse all of them."""
    sums: defaultdict[AccountKey, int] = defaultdict(int)
    for key, change in changes:
        if key[2] in CHECKED:
            sums[key] += change
    if any(change < 0 and standing.free[key] + change < 0 for key, change in sums.items()):
        raise Declined("simulator.insufficient")
    for key, change in sums.items():
        standing.free[key] += change
