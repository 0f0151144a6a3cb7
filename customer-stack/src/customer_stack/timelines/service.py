"""Use cases of timelines: follow the audit, read a timeline, a life cycle, a report of compliance."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from customer_stack.disclosures.suspicions import may_know
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.gate.domain.replaying import Stored
from customer_stack.ledger.views import Asset, TransferView
from customer_stack.settlement.domain.states import Settlement
from customer_stack.timelines import store
from customer_stack.timelines.domain import DayCount, Family, Moment, Scope, narrow
from customer_stack.timelines.errors import ScopeUnusable, SubjectUnknown
from customer_stack.wagers.domain.views import WagerCourse
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database
from shared.ids import HOUSE_TENANT

BATCH: Final = 2_000
LIFE_CYCLE_LIMIT: Final = 200
SETTLEMENTS_LOOKED_AT: Final = 1_000
LONGEST_REPORT: Final = timedelta(days=366)
DAY_COUNT_LIMIT: Final = 200_000
BEFORE_A_MOVEMENT: Final = timedelta(minutes=5)
"""A decision is made before what it allows is posted."""
BEGINNING: Final = datetime.fromisoformat("2000-01-01T00:00:00Z")

ListTenants = Callable[[], Awaitable[tuple[UUID, ...]]]


class Ledger(Protocol):
    """What a life cycle asks of the ledger."""

    async def list_movements(
        self, tenant_id: UUID, movement_ids: Sequence[UUID]
    ) -> tuple[tuple[TransferView, ...], dict[int, Asset]]:
        """Return all that business events posted, and the assets by id."""
        ...


class Wagers(Protocol):
    """What a life cycle asks of wagers."""

    async def get_course(self, tenant_id: UUID, wager_id: UUID, limit: int) -> WagerCourse | None:
        """Return a wager with what execution reported of it; None when the id is no wager's."""
        ...


class Decisions(Protocol):
    """What a life cycle asks of the gate."""

    async def list_about(
        self, tenant_id: UUID, subject_id: UUID, customer_ids: Sequence[UUID], since: datetime, actor: str
    ) -> list[Stored]:
        """Return the decisions about a subject, oldest first; that they were read is recorded."""
        ...


class Settlements(Protocol):
    """What a life cycle asks of settlement."""

    async def list_settlements(
        self, tenant_id: UUID, before: UUID | None, limit: int
    ) -> tuple[Settlement, ...]:
        """Return a tenant's settlements, newest first, below an id."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """The modules that know the parts of a life cycle."""

    ledger: Ledger
    wagers: Wagers
    decisions: Decisions
    settlements: Settlements


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """One wager, transfer or payment from the request to the settlement, each part in the order of time."""

    course: WagerCourse | None
    decisions: tuple[Stored, ...]
    transfers: tuple[TransferView, ...]
    assets: dict[int, Asset]
    settlement_id: UUID | None
    moments: tuple[Moment, ...]


class Timelines:
    """What happened, for those who may see it."""

    def __init__(self, database: Database, told: Told, list_tenants: ListTenants, clock: Clock) -> None:
        """Read from `database`; a life cycle also asks the modules of `told`."""
        self._database = database
        self._told = told
        self._list_tenants = list_tenants
        self._clock = clock

    async def follow(self) -> bool:
        """Note what newly sealed records name. The worker's use case. Returns True when more may wait."""
        async with self._database.transaction(HOUSE_TENANT) as tx:
            bound = await store.load_newest_sealed(tx)
        if bound is None:
            return False
        # Asked for after the bound was fixed: whoever wrote a record below it is among them.
        async with self._database.transaction(HOUSE_TENANT, *await self._list_tenants()) as tx:
            return await store.follow(tx, bound, BATCH) == BATCH

    async def read(self, staff: StaffPrincipal, scope: Scope, limit: int) -> list[Moment]:
        """Return up to `limit` moments of a subject, newest first; that they were read is recorded.

        Raises ScopeUnusable.
        """
        if scope.until <= scope.since:
            raise ScopeUnusable("The span ends before it begins. Give a `from` before `to`.")
        async with self._database.transaction(staff.tenant_id) as tx:
            found = await store.load_moments(tx, scope, limit, suspicions=may_know(staff.permissions))
            body = {"subject_id": scope.subject_id, "family": scope.family.value, "shown": len(found)}
            await append(
                tx, [AuditRecord(staff.tenant_id, "timelines.read", body, self._clock.now(), staff.actor)]
            )
        return [_own(each, scope.subject_id) for each in found]

    async def life_cycle(self, staff: StaffPrincipal, subject_id: UUID) -> LifeCycle:
        """Return all that is known of a wager, a transfer or another movement of money.

        Raises SubjectUnknown, DepartmentOutOfReach.
        """
        tenant_id, told = staff.tenant_id, self._told
        course = await told.wagers.get_course(tenant_id, subject_id, LIFE_CYCLE_LIMIT)
        movements = (subject_id,) if course is None else course.movement_ids
        transfers, assets = await told.ledger.list_movements(tenant_id, movements)
        if course is None and not transfers:
            raise SubjectUnknown("No wager and no movement of money has this id. Take it from a list.")
        books = {each.book_id for each in transfers} | ({course.view.wager.customer_id} if course else set())
        for book_id in books:
            staff.require_department(book_id)
        began = course.view.wager.placed_at if course else transfers[0].recorded_at
        decisions = await told.decisions.list_about(
            tenant_id, subject_id, list(books), began - BEFORE_A_MOVEMENT, staff.actor
        )
        settled = None
        if course is not None and course.reports:
            settled = await self._find_settlement(tenant_id, course.reports[-1].sequence)
        scope = Scope(subject_id, Family.ALL, BEGINNING, self._clock.now() + timedelta(days=1), None)
        moments = await self.read(staff, scope, LIFE_CYCLE_LIMIT)
        return LifeCycle(course, tuple(decisions), transfers, assets, settled, tuple(reversed(moments)))

    async def _find_settlement(self, tenant_id: UUID, sequence: int) -> UUID | None:
        """Return the settlement whose period holds a report, among the newest; None while there is none."""
        newest = await self._told.settlements.list_settlements(tenant_id, None, SETTLEMENTS_LOOKED_AT)
        for each in newest:
            period = each.instruction
            ended = each.state.value in {"rejected", "expired"}
            if period.after_sequence < sequence <= period.to_sequence and not ended:
                return period.id
        return None

    async def report(self, staff: StaffPrincipal, first: date, last: date) -> list[DayCount]:
        """Return how often each act of compliance was recorded on each day; the look is recorded.

        Raises ScopeUnusable.
        """
        if not first <= last <= first + LONGEST_REPORT:
            raise ScopeUnusable(
                "A report covers one day to a year. Give a first day, and a last day after it."
            )
        async with self._database.transaction(staff.tenant_id) as tx:
            found = await store.load_days(
                tx, first, last, DAY_COUNT_LIMIT, suspicions=may_know(staff.permissions)
            )
            body = {"first": first.isoformat(), "last": last.isoformat(), "shown": len(found)}
            looked = AuditRecord(
                staff.tenant_id, "timelines.report_read", body, self._clock.now(), staff.actor
            )
            await append(tx, [looked])
        return found


def _own(moment: Moment, subject_id: UUID) -> Moment:
    return replace(moment, data=narrow(moment.data, str(subject_id)))
