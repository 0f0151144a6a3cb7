"""The reference ledger: the rules of the money flows once more, in the plainest way that says them.

It shares no code with what it judges: not the kernel's, and not the handler's. Rules come from the
documents (owners and places, floors that count holds, holds captured in parts and ended once, one exact
reversal, one answer per key, closed periods), and every step is applied at once, one command after the
other, without batches.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from simulator.commands import Command, Done, Leg, Outcome, Part, Refused, Request, What

Key = tuple[UUID, int, str]
"""Book, asset, account."""

CHECKED = ("wallet", "position", "till", "stock", "treasury")
"""Owners whose floor is zero. Every other account may stand anywhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered change of a checked account; its number is its place in the list."""

    transfer: UUID
    amount: int
    balance_after: int
    action: str
    cost: int | None
    profit: int | None


@dataclass(slots=True)
class Held:
    """A hold and what became of it."""

    tenant: UUID
    book: UUID
    asset: int
    account: str
    amount: int
    remaining: int
    purpose: str
    expires_at: datetime | None
    captures: dict[UUID, int] = field(default_factory=dict)
    ended: str = ""

    @property
    def key(self) -> Key:
        return self.book, self.asset, self.account


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer that stands."""

    id: UUID
    movement: UUID
    tenant: UUID
    book: UUID
    kind: str
    effective_at: datetime
    legs: tuple[Leg, ...]
    reverses: UUID | None = None
    corrects: UUID | None = None


@dataclass(slots=True)
class Version:
    """One version of what a deal was about."""

    id: UUID
    book: UUID
    amount: int
    movement: UUID
    state: str = "active"
    replaced_by: UUID | None = None


@dataclass(slots=True)
class Touched:
    """What one command changed, for whoever compares."""

    keys: set[Key] = field(default_factory=set)
    transfers: list[Posted] = field(default_factory=list)
    holds: set[UUID] = field(default_factory=set)
    answers: set[tuple[UUID, str]] = field(default_factory=set)
    deals: set[UUID] = field(default_factory=set)

    def add(self, other: "Touched") -> None:
        self.keys |= other.keys
        self.transfers += other.transfers
        self.holds |= other.holds
        self.answers |= other.answers
        self.deals |= other.deals


class No(Exception):
    """The rule that says no."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Model:
    """Books, and what stands in them."""

    def __init__(self) -> None:
        self.books: dict[UUID, UUID] = {}
        self.kinds: dict[UUID, str] = {}
        self.posted: defaultdict[Key, int] = defaultdict(int)
        self.held: defaultdict[Key, int] = defaultdict(int)
        self.entries: defaultdict[Key, list[Entry]] = defaultdict(list)
        self.holds: dict[UUID, Held] = {}
        self.transfers: dict[UUID, Posted] = {}
        self.movements: dict[UUID, list[Posted]] = {}
        self.undone: set[UUID] = set()
        """Transfers that have been reversed."""
        self.answers: dict[tuple[UUID, str], tuple[Request, str]] = {}
        self.deals: dict[UUID, tuple[UUID, list[str]]] = {}
        """Book and states of a deal: a hold, or a posting of one transfer."""
        self.items: dict[UUID, list[Version]] = {}
        self.deal_of: dict[UUID, UUID] = {}
        """Deals by movement."""
        self.references: dict[str, UUID] = {}
        """Transfers by what the bank called them."""
        self.closed_until: dict[UUID, datetime] = {}
        self.opened: dict[UUID, Held] = {}
        """Holds that have not ended."""
        self.unchecked: set[Key] = set()
        """Accounts without a floor that ever moved."""
        self.legs = 0
        self.records = 0
        """What the audit holds."""
        self.now = datetime.min.replace(tzinfo=UTC)

    def open_book(self, book: UUID, tenant: UUID, kind: str) -> None:
        self.books[book] = tenant
        self.kinds[book] = kind

    def close_period(self, tenant: UUID, until: datetime) -> None:
        self.closed_until[tenant] = until

    def apply(self, command: Command) -> tuple[Outcome, Touched]:
        """Decide a command and do it."""
        request, touched = command.request, Touched()
        if not 0 < len(command.key) <= 128 or not command.key.isprintable() or not command.key.isascii():
            return Refused("idempotency.key_missing"), touched
        if any(self.books.get(book) != request.tenant for book in request.books):
            return Refused("simulator.book_unknown"), touched
        name = (request.books[0], command.key)
        if name in self.answers:
            first, effect = self.answers[name]
            return Done(effect) if first == request else Refused("idempotency.mismatch"), touched
        try:
            self._do(command, touched)
        except No as refused:
            return Refused(refused.code), Touched()
        effect = f"{request.what} {command.id}"
        self.answers[name] = (request, effect)
        touched.answers.add(name)
        self.records += 1
        return Done(effect), touched

    def _do(self, command: Command, touched: Touched) -> None:
        request = command.request
        if request.what is What.POST:
            self._receive(command, touched)
        elif request.what is What.HOLD:
            self._hold(command, touched)
        elif request.what is What.CAPTURE:
            self._capture(command, touched)
        elif request.what in (What.RELEASE, What.EXPIRE):
            self._end(request, touched)
        elif request.what is What.REVERSE:
            self._post(command, (), touched, undo=self._undoable(request))
            if request.deal is not None:
                self._advance(request.deal, request, touched, "reversed")
        elif request.what is What.CORRECT:
            self._post(command, request.parts, touched, undo=self._undoable(request))
            assert request.deal is not None
            self._replace_version(command, request.deal, touched)

    def _receive(self, command: Command, touched: Touched) -> None:
        """Post something new; one reference of the bank settles once, and one transfer makes a deal."""
        request = command.request
        if request.reference in self.references:
            raise No("simulator.settled_before")
        self._post(command, request.parts, touched)
        if request.reference is not None:
            self.references[request.reference] = command.spare[0]
        if len(request.parts) == 1:
            self._advance(command.id, request, touched, "created", "settled")
            self.items[command.id] = [self._version(command)]
            self.deal_of[command.id] = command.id

    # ---- deals

    def _advance(self, deal: UUID, request: Request, touched: Touched, *states: str) -> None:
        self.deals.setdefault(deal, (request.books[0], []))[1].extend(states)
        touched.deals.add(deal)

    def _version(self, command: Command) -> Version:
        leg = command.request.parts[0].legs[0]
        return Version(command.spare[-1], command.request.books[0], leg.amount, command.id)

    def _replace_version(self, command: Command, deal: UUID, touched: Touched) -> None:
        new, old = self._version(command), self.items[deal][-1]
        old.state, old.replaced_by = "superseded", new.id
        self.items[deal].append(new)
        self.deal_of[command.id] = deal
        touched.deals.add(deal)

    # ---- transfers

    def _post(
        self, command: Command, parts: Sequence[Part], touched: Touched, undo: Sequence[Posted] = ()
    ) -> None:
        """Post transfers: first what undoes others, then what is new. All floors hold afterwards."""
        request = command.request
        self._need_open_period(request.tenant, request.effective_at)
        spare = iter(command.spare)

        def made(movement: UUID, book: UUID, kind: str, legs: tuple[Leg, ...]) -> Posted:
            return Posted(next(spare), movement, request.tenant, book, kind, request.effective_at, legs)

        undoing = command.spare[-2] if parts else command.id
        new = [
            replace(made(undoing, each.book, "reversal", mirror(each.legs)), reverses=each.id)
            for each in reversed(undo)
        ]
        corrected = {each.book: each.id for each in undo}
        new += [
            replace(made(command.id, each.book, each.kind, each.legs), corrects=corrected.get(each.book))
            for each in parts
        ]
        self._need_floors(new)
        self.undone |= {each.id for each in undo}
        self._write(new, touched)

    def _write(self, transfers: Iterable[Posted], touched: Touched) -> None:
        for transfer in transfers:
            self.transfers[transfer.id] = transfer
            self.movements.setdefault(transfer.movement, []).append(transfer)
            touched.transfers.append(transfer)
            self.legs += len(transfer.legs)
            for key, change, leg in moves(transfer):
                self.posted[key] += change
                touched.keys.add(key)
                if key[2] in CHECKED:
                    self.entries[key].append(
                        Entry(transfer.id, change, self.posted[key], leg.action, leg.cost, leg.profit)
                    )
                else:
                    self.unchecked.add(key)

    def _need_floors(self, transfers: Sequence[Posted], freed: "tuple[Key, int] | None" = None) -> None:
        after: defaultdict[Key, int] = defaultdict(int)
        for transfer in transfers:
            for key, change, _ in moves(transfer):
                after[key] += change
        for key, change in after.items():
            held = self.held.get(key, 0) - (freed[1] if freed and freed[0] == key else 0)
            if key[2] in CHECKED and change < 0 and self.posted.get(key, 0) + change < held:
                raise No("simulator.insufficient")

    def _need_open_period(self, tenant: UUID, moment: datetime) -> None:
        if tenant in self.closed_until and moment < self.closed_until[tenant]:
            raise No("simulator.period_closed")

    def _undoable(self, request: Request) -> list[Posted]:
        found = self.movements.get(request.movement) if request.movement else None
        if not found or {each.book for each in found} - set(request.books):
            raise No("ledger.movement_not_found")
        if any(each.reverses for each in found) or any(each.id in self.undone for each in found):
            raise No("ledger.movement_reversed")
        return found

    # ---- holds

    def _hold(self, command: Command, touched: Touched) -> None:
        request = command.request
        wanted = request.reservation
        assert wanted is not None
        key = (request.books[0], wanted.asset, wanted.account)
        if self.posted.get(key, 0) - self.held.get(key, 0) < wanted.amount:
            raise No("simulator.insufficient")
        self.held[key] += wanted.amount
        self.holds[command.id] = self.opened[command.id] = Held(
            request.tenant,
            key[0],
            wanted.asset,
            wanted.account,
            wanted.amount,
            wanted.amount,
            wanted.purpose,
            wanted.expires_at,
        )
        self._advance(command.id, request, touched, "created", "authorized")
        touched.keys.add(key)
        touched.holds.add(command.id)

    def _find_open(self, request: Request) -> Held:
        hold = self.holds.get(request.hold) if request.hold else None
        if hold is None or hold.book != request.books[0]:
            raise No("simulator.hold_unknown")
        if hold.ended:
            raise No("simulator.hold_ended")
        return hold

    def _capture(self, command: Command, touched: Touched) -> None:
        request = command.request
        self._need_open_period(request.tenant, request.effective_at)
        hold = self._find_open(request)
        if request.amount > hold.remaining:
            raise No("simulator.hold_too_small")
        freed = hold.remaining if request.last else request.amount
        transfers = [
            Posted(
                spare,
                command.id,
                request.tenant,
                part.book,
                part.kind,
                request.effective_at,
                part.legs,
            )
            for spare, part in zip(command.spare, request.parts, strict=False)
        ]
        self._need_floors(transfers, (hold.key, freed))
        hold.captures[command.id] = request.amount
        hold.remaining -= request.amount
        self.held[hold.key] -= request.amount
        if request.last:
            self._close(request, hold, "released" if hold.remaining else "exhausted")
            assert request.hold is not None
            self._advance(request.hold, request, touched, "settled")
        assert request.hold is not None
        touched.holds.add(request.hold)
        touched.keys.add(hold.key)
        self._write(transfers, touched)

    def _end(self, request: Request, touched: Touched) -> None:
        hold = self._find_open(request)
        if request.what is What.EXPIRE and (hold.expires_at is None or hold.expires_at > self.now):
            raise No("simulator.hold_lives")
        self._close(request, hold, "expired" if request.what is What.EXPIRE else "released")
        assert request.hold is not None
        self._advance(request.hold, request, touched, "settled" if hold.captures else "reversed")
        touched.holds.add(request.hold)
        touched.keys.add(hold.key)

    def _close(self, request: Request, hold: Held, reason: str) -> None:
        assert request.hold is not None
        del self.opened[request.hold]
        hold.ended = reason
        self.held[hold.key] -= hold.remaining

    # ---- what must be so, whatever happened

    def broken(self) -> list[str]:
        """Return what is wrong inside the model itself: nothing, or the model is no reference."""
        found = []
        sums: defaultdict[int, int] = defaultdict(int)
        for (_, asset, _), amount in self.posted.items():
            sums[asset] += amount
        found += [f"asset {asset} sums to {total}" for asset, total in sums.items() if total]
        for key, held in self.held.items():
            if held < 0 or self.posted.get(key, 0) < held:
                found.append(f"{key}: {self.posted[key]} posted, {held} held")
        for hold_id, hold in self.holds.items():
            taken = sum(hold.captures.values())
            if taken + hold.remaining != hold.amount or hold.remaining < 0:
                found.append(f"hold {hold_id}: {hold.amount} is not {taken} + {hold.remaining}")
        return found


def moves(transfer: Posted) -> Iterable[tuple[Key, int, Leg]]:
    """Return both sides of every leg: account, change, leg."""
    for leg in transfer.legs:
        yield (transfer.book, leg.asset, leg.source), -leg.amount, leg
        yield (transfer.book, leg.asset, leg.target), leg.amount, leg


def mirror(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    """Return the legs that undo: the other way round, with cost and profit of the other sign."""
    return tuple(
        Leg(
            leg.asset,
            leg.target,
            leg.source,
            leg.amount,
            f"{leg.action}_revert",
            None if leg.cost is None else -leg.cost,
            None if leg.profit is None else -leg.profit,
        )
        for leg in legs
    )
