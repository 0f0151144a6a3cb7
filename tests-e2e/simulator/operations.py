"""What happens next: commands drawn from a seed, weighted, most of them sensible and many of them wrong.

Amounts and targets are chosen by looking at the reference ledger, so that what must be refused is refused
for the one reason that was meant. Every word is one of the customer ledger's chart.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from shared.ids import Ids
from simulator.commands import LKR, USD, Command, Part, Request, Reservation, What
from simulator.model import Held, Model
from simulator.templates import MONEY, Parts, Templates, Tenant, one

SPARE_IDS: Final = 8
TRIES: Final = 40
"""How often a draw is repeated that found nothing to work on."""


class Operations(Templates):
    """Draws commands. `contracts` are the assets of one market: yes and no."""

    def __init__(
        self, seed: int, model: Model, tenants: Sequence[Tenant], contracts: tuple[int, int], ids: Ids
    ) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a history that can be lived through again
        self.model = model
        self.tenants = tuple(tenants)
        self.contracts = contracts
        self._ids = ids
        self._number = 0
        self.sent: list[Command] = []
        self._open: list[UUID] = []
        self._ended: list[UUID] = []
        self._movements: list[UUID] = []
        self._undone: list[UUID] = []
        self._reversals: list[UUID] = []

    # ---- one command

    def draw(self) -> Command:
        """Return the next command."""
        for _ in range(TRIES):
            make = self.random.choices(_MAKERS, _WEIGHTS)[0]
            command = make(self)
            if command is not None:
                self.sent.append(command)
                return command
        raise RuntimeError("no command can be made: the books are empty")

    def tell(self, command: Command, *, done: bool) -> None:
        """Hear what became of a command, to know what later ones may name."""
        if not done:
            return
        request = command.request
        if request.what is What.HOLD and command.id in self.model.holds:
            self._open.append(command.id)
        elif request.hold in self._open and self.model.holds[request.hold].ended:
            self._open.remove(request.hold)
            self._ended.append(request.hold)
        if command.id in self.model.movements:
            (self._reversals if request.what is What.REVERSE else self._movements).append(command.id)
        if request.what is What.CORRECT and command.id in self.model.movements:
            self._reversals.append(command.spare[-2])
        if request.movement is not None:
            self._undone.append(request.movement)

    def opening(self) -> list[Command]:
        """Return what fills the books, so that later commands have something to move."""
        commands = []
        for tenant in self.tenants:
            books = (tenant.department,)
            lkr, usd = 400_000_000, 900_000_000
            commands += [
                self._make(
                    tenant, books, parts=(one(books[0], "contribution", LKR, "collection", "till", lkr),)
                ),
                self._make(
                    tenant,
                    books,
                    parts=(
                        one(books[0], "stock_purchase", USD, "nostro", "stock", usd, "stock_in", lkr // 3),
                    ),
                ),
            ]
            commands += [
                self._make(
                    tenant, (each,), parts=(one(each, "pay_in", asset, "collection", "wallet", MONEY),)
                )
                for each in tenant.customers
                for asset in (LKR, USD)
            ]
        return commands

    def again(self, command: Command) -> Command:
        """Return the same request under the same key, as a client sends it that heard nothing."""
        return replace(command, id=self._ids.new(), spare=self._spare())

    def _make(
        self,
        tenant: Tenant,
        books: tuple[UUID, ...],
        what: What = What.POST,
        *,
        parts: Parts = (),
        moment: datetime | None = None,
        **more: object,
    ) -> Command:
        self._number += 1
        request = Request(what, tenant.id, books, moment or self._moment(), parts, **more)  # type: ignore[arg-type]
        return Command(request, f"request-{self._number}", self._ids.new(), self._spare())

    def _spare(self) -> tuple[UUID, ...]:
        return tuple(self._ids.new() for _ in range(SPARE_IDS))

    def _moment(self) -> datetime:
        return self.model.now - timedelta(seconds=self.random.choice((0, 0, 0, 1, 7)))

    def _tenant(self) -> Tenant:
        return self.random.choice(self.tenants)

    # ---- postings

    def _post(self) -> Command | None:
        tenant = self._tenant()
        parts = self._parts(tenant)
        books = tuple(dict.fromkeys(part.book for part in parts))
        return self._make(tenant, books, parts=parts, reference=self._reference(parts))

    def _reference(self, parts: Parts) -> str | None:
        """Return the bank's reference of a pay-in; sometimes it is one that settled before."""
        if parts[0].kind != "pay_in" or self.random.random() < 0.3:
            return None
        if self.random.random() < 0.1:
            tenant = self.model.books[parts[0].book]
            known = [
                name
                for name, transfer in list(self.model.references.items())[-60:]
                if self.model.transfers[transfer].tenant == tenant
            ]
            if known:
                return self.random.choice(known)
        return f"bank-{parts[0].book}-{self._number}"

    # ---- holds

    def _hold(self) -> Command | None:
        tenant = self._tenant()
        account, asset = self.random.choice(_HELD_ACCOUNTS)
        if account == "position":
            asset = self.random.choice(self.contracts)
        house = account in {"till", "stock", "treasury"}
        book = tenant.department if house else self.random.choice(tenant.customers)
        amount = self._amount(self._free(book, account, asset) // 3, over=0.0)
        if self.random.random() < 0.06:
            amount += max(self._free(book, account, asset), 0)
        expiry = self.model.now + timedelta(seconds=self.random.randint(1, 600))
        purpose = self.random.choice(("wager_buy", "fx_conversion", "withdrawal"))
        wanted = Reservation(asset, account, amount, purpose, self.random.choice((None, expiry)))
        return self._make(tenant, (book,), What.HOLD, reservation=wanted)

    def _some_open(self) -> tuple[UUID, Held] | None:
        if not self._open:
            return None
        hold_id = self.random.choice(self._open[-200:] if self.random.random() < 0.7 else self._open)
        return hold_id, self.model.holds[hold_id]

    def _capture_of(self, hold_id: UUID, hold: Held, amount: int, *, last: bool) -> Command:
        tenant = self._of(hold.tenant)
        target = {"wallet": "execution", "position": "execution"}.get(hold.account, "settled")
        part = one(hold.book, hold.purpose, hold.asset, hold.account, target, amount, "outflow")
        return self._make(
            tenant, (hold.book,), What.CAPTURE, parts=(part,), hold=hold_id, amount=amount, last=last
        )

    def _capture(self) -> Command | None:
        found = self._some_open()
        if found is None or not found[1].remaining:
            return None
        hold_id, hold = found
        last = self.random.random() < 0.6
        whole = self.random.random() < 0.3
        amount = hold.remaining if whole else self.random.randint(1, hold.remaining)
        return self._capture_of(hold_id, hold, amount, last=last)

    def _over_capture(self) -> Command | None:
        found = self._some_open()
        if found is None:
            return None
        more = self.random.choice((1, 1, MONEY))
        return self._capture_of(*found, found[1].remaining + more, last=self.random.random() < 0.5)

    def _late_capture(self) -> Command | None:
        if not self._ended:
            return None
        hold_id = self.random.choice(self._ended[-300:])
        hold = self.model.holds[hold_id]
        if self.random.random() < 0.5:
            return self._end_of(hold_id, hold, self.random.choice((What.RELEASE, What.EXPIRE)))
        return self._capture_of(hold_id, hold, 1, last=False)

    def _release(self) -> Command | None:
        found = self._some_open()
        return found and self._end_of(*found, What.RELEASE)

    def _expire(self) -> Command | None:
        found = self._some_open()
        return found and self._end_of(*found, What.EXPIRE)

    def _end_of(self, hold_id: UUID, hold: Held, what: What) -> Command:
        return self._make(self._of(hold.tenant), (hold.book,), what, hold=hold_id)

    def _stray_hold(self) -> Command | None:
        """A hold that nobody placed, or one of another book."""
        tenant = self._tenant()
        book = self.random.choice(tenant.books)
        strange = [each for each in self._open[-50:] if self.model.holds[each].book != book]
        hold_id = self.random.choice([*strange, self._ids.new()])
        what = self.random.choice((What.RELEASE, What.CAPTURE))
        if what is What.RELEASE:
            return self._make(tenant, (book,), what, hold=hold_id)
        part = one(book, "wager_buy", USD, "wallet", "execution", 1, "outflow")
        return self._make(tenant, (book,), what, parts=(part,), hold=hold_id, amount=1)

    # ---- reversals and corrections

    def _reverse(self) -> Command | None:
        return self._undoone(self._movements)

    def _reverse_again(self) -> Command | None:
        return self._undoone(self._undone)

    def _reverse_a_reversal(self) -> Command | None:
        return self._undoone(self._reversals)

    def _reverse_nothing(self) -> Command | None:
        tenant = self._tenant()
        book = self.random.choice(tenant.books)
        return self._make(tenant, (book,), What.REVERSE, movement=self._ids.new())

    def _undoone(self, movements: list[UUID], what: What = What.REVERSE, parts: Parts = ()) -> Command | None:
        if not movements:
            return None
        movement = self.random.choice(movements[-400:])
        found = self.model.movements[movement]
        books = tuple(dict.fromkeys(each.book for each in found))
        deal = self.model.deal_of.get(movement)
        return self._make(self._of(found[0].tenant), books, what, movement=movement, parts=parts, deal=deal)

    def _correct(self) -> Command | None:
        """Undo a movement and post it with other amounts, in one command."""
        if not self._movements:
            return None
        movement = self.random.choice(self._movements[-400:])
        deal = self.model.deal_of.get(movement)
        found = [each for each in self.model.movements[movement] if not each.reverses]
        if deal is None or len(found) != 1:
            return None
        legs = tuple(replace(leg, amount=self._near(leg.amount)) for leg in found[0].legs)
        parts = (Part(found[0].book, found[0].kind, legs),)
        tenant = self._of(found[0].tenant)
        return self._make(tenant, (found[0].book,), What.CORRECT, movement=movement, parts=parts, deal=deal)

    def _near(self, amount: int) -> int:
        return max(1, amount + self.random.randint(-amount // 2, amount // 10 + 5))

    # ---- keys, books, periods

    def _replay(self) -> Command | None:
        if not self.sent:
            return None
        return self.again(self.random.choice(self.sent[-2000:]))

    def _mismatch(self) -> Command | None:
        """A key that was used comes with another request."""
        if not self.sent:
            return None
        old = self.random.choice(self.sent[-2000:])
        request = replace(old.request, effective_at=old.request.effective_at - timedelta(microseconds=1))
        return replace(self.again(old), request=request)

    def _bad_key(self) -> Command | None:
        command = self._post()
        bad = self.random.choice(("", "k" * 129, "two\nlines", "caf\u00e9"))
        return command and replace(command, key=bad)

    def _unknown_book(self) -> Command | None:
        tenant = self._tenant()
        book = self._ids.new()
        return self._make(tenant, (book,), parts=(one(book, "pay_in", LKR, "collection", "wallet", 5),))

    def _wrong_tenant(self) -> Command | None:
        """A tenant names a book of another one."""
        tenant = self._tenant()
        other = self.random.choice([each for each in self.tenants if each is not tenant])
        book = self.random.choice(other.books)
        return self._make(tenant, (book,), parts=(one(book, "pay_in", LKR, "collection", "wallet", 5),))

    def _backdated(self) -> Command | None:
        """An entry of a closed period."""
        tenant = self._tenant()
        closed = self.model.closed_until.get(tenant.id)
        if closed is None:
            return None
        moment = closed - timedelta(microseconds=self.random.choice((1, 1, 10**6, 10**9)))
        book = self.random.choice(tenant.customers)
        part = one(book, "pay_in", LKR, "collection", "wallet", self.random.randint(1, 100))
        return self._make(tenant, (book,), parts=(part,), moment=moment)

    def _of(self, tenant_id: UUID) -> Tenant:
        return next(each for each in self.tenants if each.id == tenant_id)


_HELD_ACCOUNTS: Final = (
    ("wallet", LKR),
    ("wallet", USD),
    ("wallet", USD),
    ("position", 0),
    ("till", LKR),
    ("stock", USD),
    ("treasury", USD),
)


Maker = Callable[[Operations], Command | None]
_WEIGHTED: Final[tuple[tuple[Maker, int], ...]] = (
    (Operations._post, 400),
    (Operations._hold, 130),
    (Operations._capture, 120),
    (Operations._over_capture, 15),
    (Operations._late_capture, 15),
    (Operations._release, 45),
    (Operations._expire, 60),
    (Operations._stray_hold, 10),
    (Operations._reverse, 50),
    (Operations._reverse_again, 12),
    (Operations._reverse_a_reversal, 10),
    (Operations._reverse_nothing, 4),
    (Operations._correct, 30),
    (Operations._replay, 60),
    (Operations._mismatch, 25),
    (Operations._bad_key, 4),
    (Operations._unknown_book, 6),
    (Operations._wrong_tenant, 8),
    (Operations._backdated, 10),
)
_MAKERS: Final = [maker for maker, _ in _WEIGHTED]
_WEIGHTS: Final = [weight for _, weight in _WEIGHTED]
