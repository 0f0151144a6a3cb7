"""Drives the reference ledger and the real one side by side, and compares them after every commit.

A step is one command of a client or one attack. Steps go in rounds, as requests reach a service: a batch
through one lane; the same with commands in it that break inside the database; two lanes, each with its own
connection, that want the same books at once; an attack by itself. After a round everything that it touched
is compared, and every `full_every` steps everything there is.

A seed decides everything, so a failure's seed and steps live through the same history again.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from shared.clock import FixedClock
from shared.database import Database, DatabaseBusy
from shared.errors import Refusal
from shared.ids import CountingIds
from shared.lanes import Lane, LaneBusy
from shared.ledger import store
from simulator import attacks_deals, attacks_ledger, attacks_versions  # noqa: F401 - they add their attacks
from simulator.attacks import MAKERS, Attack, Scene, known_rules, rule_of
from simulator.checks import Checker, Diverged
from simulator.commands import Command, Done, Outcome, Refused
from simulator.model import Model, Touched
from simulator.operations import Operations
from simulator.patience import connect
from simulator.real import Asked, Handler, Poison, tenant_of
from simulator.report import CODES, Report
from simulator.templates import Tenant

BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
CUSTOMERS: Final = 6
TENANTS: Final = 2
REMEMBERED: Final = 40
ANSWER_SECONDS: Final = 120.0
Tell = Callable[[str], None]
PATIENCE: Final = 40
"""How often all attacks are tried in the end to hit what was not hit before."""


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses of one migrated customer database that nobody else uses."""

    app: str
    owner: str


class Failed(Exception):
    """The ledgers parted. The message says how to live through it again."""


class Simulation:
    """One history on one database."""

    def __init__(self, seed: int, app: Database, second: Database, owner: Database) -> None:
        self._seed = seed
        self._databases = {"app": app, "owner": owner}
        self._clock = FixedClock(BEGAN)
        self._ids = CountingIds()
        self._model = Model()
        self._model.now = self._clock.now()
        self._tenants = self._found_tenants()
        self._handler = Handler(self._clock)
        self._lanes = [
            Lane[Asked, str](name, database, self._handler, tenant_of=tenant_of)
            for name, database in (("first", app), ("second", second))
        ]
        self._touched = Touched()
        self._turn = 0
        self._recent: deque[str] = deque(maxlen=REMEMBERED)
        self.report = Report(seed)
        self._checker = Checker(app, self._model, self._model.books)
        self._operations: Operations
        self._scene: Scene

    def _found_tenants(self) -> list[Tenant]:
        found = []
        for _ in range(TENANTS):
            customers = tuple(self._ids.new() for _ in range(CUSTOMERS))
            tenant = Tenant(self._ids.new(), self._ids.new(), customers)
            self._model.open_book(tenant.department, tenant.id, "department")
            for each in customers:
                self._model.open_book(each, tenant.id, "customer")
            found.append(tenant)
        return found

    async def run(
        self, steps: int, full_every: int, must_hit: frozenset[str] = frozenset(), tell: Tell | None = None
    ) -> Report:
        """Live through `steps` steps and hit every rule, `must_hit` included. Raises Failed.

        `tell` hears now and then how far it is.
        """
        began = time.perf_counter()
        self.report.known |= must_hit
        try:
            await self._open()
            for lane in self._lanes:
                await lane.start()
            await self._batch([(each, self._foresee(each)) for each in self._operations.opening()])
            while self.report.steps < steps:
                before = self.report.steps
                await self._round()
                self._clock.advance(timedelta(seconds=1))
                self._model.now = self._clock.now()
                if self.report.steps // full_every > before // full_every:
                    await self._check_everything()
                    if tell is not None:
                        tell(f"{self.report.steps} steps in {time.perf_counter() - began:.0f} s")
            await self._rare_rounds()
            await self._hit_what_was_missed()
            await self._repair_nothing()
            await self._check_everything()
        except Exception as error:
            raise Failed(self._explain(error)) from error
        finally:
            for lane in self._lanes:
                await lane.stop()
            self.report.seconds = time.perf_counter() - began
        if self.report.missed:
            raise Failed(f"never hit: {', '.join(self.report.missed)}\n{self.report.table()}")
        return self.report

    def _explain(self, error: Exception) -> str:
        recent = "\n  ".join(self._recent)
        return (
            f"seed {self._seed}, step {self.report.steps}: {type(error).__name__}: {error}\n"
            f"because of {error.__cause__!r}; not hit so far: {', '.join(self.report.missed) or 'nothing'}\n"
            f"the last of it:\n  {recent}\n"
            f"again: make simulate SEED={self._seed} STEPS={self.report.steps + 100}"
        )

    async def _open(self) -> None:
        """Open the books, one market's contracts and, long ago, one closed period of the first tenant."""
        tenants = [each.id for each in self._tenants]
        async with self._databases["app"].transaction(*tenants) as tx:
            books = [(book, owner, self._model.kinds[book]) for book, owner in self._model.books.items()]
            await store.open_books(tx, books)
            market = self._ids.new()
            assets = await store.get_contract_assets(tx, [(market, "yes"), (market, "no")])
            self.report.known |= await known_rules(tx)
        contracts = (assets[market, "yes"], assets[market, "no"])
        self._operations = Operations(self._seed, self._model, self._tenants, contracts, self._ids)
        self._scene = Scene(self._model, self._tenants, self._operations.random, self._ids)

    # ---- rounds

    async def _round(self) -> None:
        source = self._operations.random
        kind = source.choices(
            ("batch", "poisoned batch", "two connections", "attack", "period"), (66, 9, 10, 15, 0.25)
        )[0]
        self.report.rounds[kind] += 1
        if kind == "batch":
            await self._batch(self._draw(self._size()))
        elif kind == "poisoned batch":
            await self._poisoned()
        elif kind == "two connections":
            await self._two_connections()
        elif kind == "attack":
            await self._attack()
        else:
            await self._close_period()

    def _size(self) -> int:
        source = self._operations.random
        return source.choice((1, 1, source.randint(2, 8), source.randint(2, 8), source.randint(9, 64)))

    def _draw(self, count: int) -> list[tuple[Command, Outcome]]:
        """Draw commands one after the other, each on the reference that the ones before have left.

        Some come twice in one batch, as a client does that does not wait.
        """
        drawn: list[tuple[Command, Outcome]] = []
        source = self._operations.random
        for _ in range(count):
            if drawn and source.random() < 0.05:
                command = self._operations.again(source.choice(drawn)[0])
            else:
                command = self._operations.draw()
            drawn.append((command, self._foresee(command)))
        return drawn

    def _foresee(self, command: Command) -> Outcome:
        """Let the reference decide and do it; keep what it touched for the comparison."""
        known = len(self._model.answers)
        outcome, touched = self._model.apply(command)
        self._touched.add(touched)
        self._operations.tell(command, done=isinstance(outcome, Done))
        again = isinstance(outcome, Done) and len(self._model.answers) == known
        code = (
            outcome.code
            if isinstance(outcome, Refused)
            else "done before: the stored answer"
            if again
            else "done"
        )
        self.report.codes[code] += 1
        self.report.asked[command.request.what] += 1
        self.report.steps += 1
        self._remember(f"{self.report.steps}: {_tell(command)} -> {code}")
        return outcome

    def _remember(self, text: str) -> None:
        self._recent.append(text)

    async def _submit(
        self, lane: Lane[Asked, str], commands: Sequence[Asked]
    ) -> list[Outcome | BaseException]:
        """Send commands so that they queue together; return what each was answered."""
        answers = await asyncio.gather(
            *(lane.submit(each, timeout_seconds=ANSWER_SECONDS) for each in commands), return_exceptions=True
        )
        found: list[Outcome | BaseException] = []
        for each in answers:
            if isinstance(each, Refusal):
                found.append(Refused(each.code))
            else:
                found.append(each if isinstance(each, BaseException) else Done(each))
        return found

    async def _batch(self, drawn: Sequence[tuple[Command, Outcome]]) -> None:
        answers = await self._submit(self._lanes[0], [command for command, _ in drawn])
        self._compare_answers(drawn, answers)
        await self._check_touched()

    async def _poisoned(self) -> None:
        """A command breaks inside the database, between others that must not suffer."""
        before = self._draw(self._operations.random.randint(0, 6))
        attack = self._draw_attack()
        after = self._draw(self._operations.random.randint(0, 6))
        asked: list[Asked] = [command for command, _ in before]
        asked.append(Poison(attack.tenant, attack.run))
        asked += [command for command, _ in after]
        answers = await self._submit(self._lanes[0], asked)
        self._judge(attack, answers.pop(len(before)), "app")
        self._compare_answers([*before, *after], answers)
        await self._check_touched()

    async def _two_connections(self) -> None:
        """Two lanes want the same books: the second comes while the first holds the locks."""
        first, second = (
            self._draw(self._operations.random.randint(1, 10)),
            self._draw(self._operations.random.randint(1, 10)),
        )
        self._handler.locked.clear()
        async with asyncio.TaskGroup() as both:
            going = both.create_task(self._submit(self._lanes[0], [command for command, _ in first]))
            await self._handler.locked.wait()
            coming = both.create_task(self._submit(self._lanes[1], [command for command, _ in second]))
        self._compare_answers(first, going.result())
        self._compare_answers(second, coming.result())
        await self._check_touched()

    def _compare_answers(
        self, drawn: Sequence[tuple[Command, Outcome]], answers: Sequence[Outcome | BaseException]
    ) -> None:
        for (command, foreseen), answer in zip(drawn, answers, strict=True):
            if answer != foreseen:
                raise Diverged(
                    f"{_tell(command)}: answered {answer!r}, the reference says {foreseen!r}"
                ) from (answer if isinstance(answer, BaseException) else None)

    async def _check_touched(self) -> None:
        touched, self._touched = self._touched, Touched()
        await self._checker.check_touched(touched)

    async def _check_everything(self) -> None:
        await self._checker.check_everything()
        self.report.full_checks += 1
        self.report.rows = self._checker.rows

    # ---- attacks

    def _draw_attack(self, *, app: bool = True) -> Attack:
        """Take the attacks in turn, so that each has its share; skip what finds nothing to attack."""
        self._scene.as_owner = not app
        while True:
            attack = MAKERS[self._turn % len(MAKERS)](self._scene)
            self._turn += 1
            if attack is not None and not (app and attack.owner_only):
                self.report.steps += 1
                self._remember(f"{self.report.steps}: attack: {attack.name}")
                return attack

    async def _attack(self, role: str = "") -> None:
        attack = self._draw_attack(app=role == "app")
        role = role or ("owner" if attack.owner_only else self._operations.random.choice(("app", "owner")))
        database = self._databases[role]
        answer: BaseException | None = None
        try:
            async with database.transaction(attack.tenant) as tx:
                await attack.run(tx)
        except Exception as error:  # noqa: BLE001 - which error it is, is judged
            answer = error
        self._judge(attack, answer, role)
        await self._checker.check_nothing_moved()

    def _judge(self, attack: Attack, answer: Outcome | BaseException | None, role: str) -> None:
        if isinstance(answer, Done | Refused) or answer is None:
            raise Diverged(f"{attack.name}: answered {answer!r}, as {role}")
        expected = attack.owner_rule or attack.rule if role == "owner" else attack.rule
        found = rule_of(answer)
        if found != expected:
            raise Diverged(f"{attack.name}, as {role}: refused by {found}, not by {expected}") from answer
        self.report.rules[found] += 1

    async def _hit_what_was_missed(self) -> None:
        """Go on until every answer was given and every rule has refused something, for a bounded time."""
        for turn in range(PATIENCE):
            missed = set(self.report.missed)
            if not missed:
                return
            if "simulator.period_closed" in missed or "ledger_transfer_period_open" in missed:
                await self._close_period()
            for _ in MAKERS if missed - set(CODES) else ():
                await self._attack(role="app" if turn == 1 else "owner")
            await self._batch(self._draw(60))
            self._clock.advance(timedelta(seconds=60))
            self._model.now = self._clock.now()

    async def _repair_nothing(self) -> None:
        """The owner's repair finds every snapshot right."""
        async with self._databases["owner"].transaction() as tx:
            rewritten = await tx.fetch_row(
                "INSERT INTO ledger_repair (id, requested_by) VALUES ($1, 'system') "
                "RETURNING balances_rewritten, holds_rewritten",
                self._ids.new(),
            )
        if rewritten is None or tuple(rewritten) != (0, 0):
            raise Diverged(f"a repair rewrote {rewritten}")

    # ---- periods, and what takes time

    async def _close_period(self) -> None:
        """Close what lies more than a while back, for one tenant; entries of it are refused from now on."""
        self.report.steps += 1
        tenant = self._operations.random.choice(self._tenants)
        until = self._clock.now() - timedelta(seconds=60)
        begin = self._model.closed_until.get(tenant.id, BEGAN - timedelta(days=1))
        if until <= begin:
            return
        self._remember(f"{self.report.steps}: period of {tenant.id} closed until {until}")
        await self._insert_period(tenant, begin, until)
        self._model.close_period(tenant.id, until)

    async def _insert_period(self, tenant: Tenant, begin: datetime, until: datetime) -> None:
        proposal, proposer, closer = self._ids.new(), self._ids.new(), self._ids.new()
        async with self._databases["app"].transaction(tenant.id) as tx:
            number = 1 + await tx.fetch_value("SELECT count(*) FROM period_closed")
            await tx.execute(
                "INSERT INTO period_proposal (tenant_id, id, number, starts_at, ends_at, proposed_by, "
                "proposed_at, digest) VALUES ($1, $2, $3, $4, $5, $6, $5, sha256('simulator'))",
                tenant.id, proposal, number, begin, until, proposer,
            )  # fmt: skip
            await tx.execute(
                "INSERT INTO period_closed (tenant_id, number, proposal_id, starts_at, ends_at, proposed_by, "
                "closed_by, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $5)",
                tenant.id, number, proposal, begin, until, proposer, closer,
            )  # fmt: skip

    async def _rare_rounds(self) -> None:
        """What takes a while: a book that somebody else holds, a lane whose queue is full."""
        tenant = self._tenants[0]
        command = self._operations.draw()
        while command.request.tenant != tenant.id or command.request.books[0] not in tenant.books:
            command = self._operations.draw()
        async with self._databases["owner"].transaction(tenant.id) as tx:
            await store.lock_books(tx, command.request.books)
            answers = await self._submit(self._lanes[0], [command])
        self._hit(answers[0], DatabaseBusy.code)
        full = Lane[Asked, str](
            "full", self._databases["app"], self._handler, tenant_of=tenant_of, queue_limit=0
        )
        self._hit((await self._submit(full, [command]))[0], LaneBusy.code)
        # Whoever was sent away comes again with the same key.
        await self._batch([(command, self._foresee(command))])

    def _hit(self, answer: Outcome | BaseException, code: str) -> None:
        self.report.steps += 1
        if answer != Refused(code):
            raise Diverged(f"answered {answer!r} instead of {code}")
        self.report.codes[code] += 1


def _tell(command: Command) -> str:
    request = command.request
    parts = [f"{request.what} {command.key!r} of {str(request.tenant)[-4:]}"]
    for part in request.parts:
        legs = "; ".join(f"{leg.asset} {leg.source}->{leg.target} {leg.amount}" for leg in part.legs)
        parts.append(f"{part.kind} in {str(part.book)[-4:]} ({legs})")
    if request.reservation:
        parts.append(f"{request.reservation.account} {request.reservation.amount}")
    if request.hold:
        parts.append(f"hold {str(request.hold)[-4:]} {request.amount} last={request.last}")
    if request.movement:
        parts.append(f"movement {str(request.movement)[-4:]}")
    return ", ".join(parts)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep lanes from writing about every command that was meant to break."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


@contextlib.asynccontextmanager
async def simulation(places: Places, seed: int) -> AsyncIterator[Simulation]:
    """Give a simulation with connections of its own."""
    app = await connect(places.app, "simulator", pool_size=4, waits_for_locks=False)
    second = await connect(places.app, "simulator-2", pool_size=2, waits_for_locks=True)
    owner = await connect(places.owner, "simulator-owner", pool_size=2, waits_for_locks=False)
    try:
        with quiet():
            yield Simulation(seed, app, second, owner)
    finally:
        for database in (app, second, owner):
            await database.close()


async def simulate(
    places: Places,
    seed: int,
    steps: int,
    full_every: int = 5_000,
    must_hit: frozenset[str] = frozenset(),
    tell: Tell | None = None,
) -> Report:
    """Live through one history. Raises Failed."""
    async with simulation(places, seed) as made:
        return await made.run(steps, full_every, must_hit, tell)
