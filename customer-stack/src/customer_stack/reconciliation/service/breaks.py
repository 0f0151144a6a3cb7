"""Breaks: opened where a difference is found, then in people's hands until they end.

`open_breaks` is for whoever compares, in this module or another, in the transaction that keeps what was
compared. Everything else is staff's. Nothing here posts: a correction names a transfer that somebody made
through the door where such transfers are made.

*Guaranteed:*
- the same difference is one break while it is open, however often and by how many at once it is found;
- every break found, every move of its values and every step is in the audit, in the same transaction;
- a correction's transfer is in the books of the tenant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.reconciliation import metrics
from customer_stack.reconciliation.configuration import load_materiality
from customer_stack.reconciliation.domain import breaks as domain
from customer_stack.reconciliation.domain.breaks import (
    Break,
    Ending,
    How,
    Link,
    NewBreak,
    Sighting,
    Step,
    StepKind,
)
from customer_stack.reconciliation.errors import BreakMoved, BreakNotFound, TransferMismatch
from customer_stack.reconciliation.store import breaks as store
from customer_stack.reconciliation.store.breaks import Adjustment, Filters
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import SystemIds

__all__ = ["Adjustment", "BreakDesk", "Filters", "History", "has_ended", "open_breaks"]

SYSTEM: Final = "system"
_ids = SystemIds()


async def open_breaks(tx: Transaction, breaks: Sequence[NewBreak]) -> tuple[UUID, ...]:
    """Keep differences as breaks; return the id of each one's break, in order. Two may be the same break.

    What is open already stays one break: where its values moved, they are kept as a sighting.
    """
    if not breaks:
        return ()
    given = list(dict.fromkeys(breaks))
    limits = load_materiality()
    material = [limits.is_material(each.unit, each.ours, each.theirs) for each in given]
    added = await store.insert(tx, given, [_ids.new() for _ in given], material)
    standing = await store.load_open(tx, given)
    if len(standing) < len(given):
        raise BreakMoved("Somebody ended a break while it was found again. Compare once more.")
    moved = []
    for place, each in enumerate(given):
        break_id, seen = standing[place]
        if break_id not in added and (seen.ours, seen.theirs) != (each.ours, each.theirs):
            now = Sighting(seen.number + 1, each.ours, each.theirs, material[place], each.at)
            moved.append((each.tenant_id, break_id, now))
    fresh = {break_id for _, break_id, _ in moved} | added
    await store.insert_sightings(tx, moved)
    await store.insert_links(
        tx,
        [
            (each.tenant_id, standing[place][0], link)
            for place, each in enumerate(given)
            if standing[place][0] in fresh
            for link in each.evidence
        ],
    )
    await append(
        tx,
        [
            _found_record(each, standing[place][0], is_new=standing[place][0] in added)
            for place, each in enumerate(given)
            if standing[place][0] in fresh
        ],
    )
    places = {each: place for place, each in enumerate(given)}
    return tuple(standing[places[each]][0] for each in breaks)


async def has_ended(tx: Transaction, break_id: UUID) -> bool:
    """Tell whether people ended a break."""
    found = await store.load(tx, break_id)
    return found is not None and found.ending is not None


@dataclass(frozen=True, slots=True)
class History:
    """A break with what it is about, how its values moved, and what people did."""

    found: Break
    evidence: tuple[Link, ...]
    sightings: tuple[Sighting, ...]
    steps: tuple[Step, ...]


class BreakDesk:
    """Breaks as staff works with them. A repeat of one's own last act is answered as the first time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock

    async def list_breaks(
        self, officer: Officer, filters: Filters, before: UUID | None, limit: int
    ) -> tuple[Break, ...]:
        """Return breaks within reach, newest first, below an id. `filters.department_id` is the reach."""
        async with self._database.transaction(officer.tenant_id) as tx:
            return await store.list_newest(tx, filters, before, limit)

    async def list_adjustments(
        self, officer: Officer, before: UUID | None, limit: int
    ) -> tuple[Adjustment, ...]:
        """Return which transfers corrected which breaks, newest break first."""
        async with self._database.transaction(officer.tenant_id) as tx:
            return await store.list_adjustments(tx, officer.department_id, before, limit)

    async def read(self, officer: Officer, break_id: UUID) -> History:
        """Return a break with its history. Raises BreakNotFound."""
        async with self._database.transaction(officer.tenant_id) as tx:
            return History(
                await _require(tx, officer, break_id),
                await store.load_links(tx, break_id),
                await store.load_sightings(tx, break_id),
                await store.load_steps(tx, break_id),
            )

    async def take(self, officer: Officer, break_id: UUID) -> Break:
        """Make the officer its owner. Raises BreakNotFound, BreakEnded, ProposalStands, BreakMoved."""
        async with self._database.transaction(officer.tenant_id) as tx:
            found = await _require(tx, officer, break_id)
            if found.owner == officer.staff_id and found.ending is None:
                return found
            return await _add(tx, found, domain.take(found, officer.staff_id, self._clock.now()))

    async def write_note(self, officer: Officer, break_id: UUID, note: str) -> Break:
        """Add what the officer found out. Raises BreakNotFound, BreakEnded, BreakMoved."""
        async with self._database.transaction(officer.tenant_id) as tx:
            found = await _require(tx, officer, break_id)
            step = domain.write_note(found, officer.staff_id, note, self._clock.now())
            return await _add(tx, found, step)

    async def propose(
        self, officer: Officer, break_id: UUID, how: How, reason: str, transfer_id: UUID | None
    ) -> Break:
        """Propose how a break ends; what is not material ends at once.

        Raises BreakNotFound, BreakEnded, BreakNotYours, ProposalStands, TransferMismatch, BreakMoved.
        """
        async with self._database.transaction(officer.tenant_id) as tx:
            found = await _require(tx, officer, break_id)
            book_id = None if transfer_id is None else await store.find_transfer(tx, transfer_id)
            if (transfer_id is None) != (book_id is None):
                raise TransferMismatch("No transfer of your books has this id. Look at the movement.")
            ending = Ending(how, reason, book_id, transfer_id)
            if _wanted(found, officer.staff_id) == ending:
                return found
            return await _add(tx, found, domain.propose(found, officer.staff_id, ending, self._clock.now()))

    async def approve(self, officer: Officer, break_id: UUID) -> Break:
        """End a break as another person proposed.

        Raises BreakNotFound, BreakEnded, NothingProposed, SamePerson, DifferenceMoved, BreakMoved.
        """
        async with self._database.transaction(officer.tenant_id) as tx:
            found = await _require(tx, officer, break_id)
            return await _add(tx, found, domain.approve(found, officer.staff_id, self._clock.now()))

    async def reject(self, officer: Officer, break_id: UUID, note: str) -> Break:
        """Refuse what was proposed. Raises BreakNotFound, BreakEnded, NothingProposed, BreakMoved."""
        async with self._database.transaction(officer.tenant_id) as tx:
            found = await _require(tx, officer, break_id)
            return await _add(tx, found, domain.reject(found, officer.staff_id, note, self._clock.now()))

    async def count_open(self, tenants: Sequence[UUID]) -> None:
        """Show operations how many breaks of each type and age are open."""
        async with self._database.transaction(*tenants) as tx:
            metrics.show_open(await store.count_open(tx, self._clock.now()))


async def _require(tx: Transaction, officer: Officer, break_id: UUID) -> Break:
    found = await store.load(tx, break_id)
    if found is None or officer.department_id not in (None, found.department_id):
        raise BreakNotFound("There is no such break. Look at the list of breaks.")
    return found


async def _add(tx: Transaction, found: Break, step: Step) -> Break:
    if not await store.insert_step(tx, found, step):
        raise BreakMoved("Somebody else did something with the break just now. Look at it again.")
    await append(tx, [_step_record(found, step)])
    return await store.load(tx, found.id) or found


def _wanted(found: Break, by: UUID) -> Ending | None:
    """Return what a person proposed for a break that waits or, ended alone, is over."""
    if found.proposal is not None:
        return found.proposal.ending if found.proposal.proposed_by == by else None
    return found.ending if found.owner == by else None


def _found_record(each: NewBreak, break_id: UUID, *, is_new: bool) -> AuditRecord:
    body = {
        "break": break_id,
        "check": each.check,
        "type": each.type.value,
        "unit": each.unit.value,
        "ours": None if each.ours is None else str(each.ours),
        "theirs": None if each.theirs is None else str(each.theirs),
    }
    kind = "reconciliation.break_found" if is_new else "reconciliation.break_moved"
    return AuditRecord(each.tenant_id, kind, body, each.at, SYSTEM)


def _step_record(found: Break, step: Step) -> AuditRecord:
    ending = step.ends or step.ending
    body = {"break": found.id, "step": step.number, "sighting": step.sighting}
    if ending is not None:
        body |= {"how": ending.how.value, "transfer": ending.transfer_id}
    if step.answers is not None:
        body |= {"proposal": step.answers.step}
    words = {
        StepKind.TAKEN: "taken",
        StepKind.NOTED: "noted",
        StepKind.PROPOSED: "end_proposed",
        StepKind.APPROVED: "ended",
        StepKind.ENDED: "ended",
        StepKind.REJECTED: "end_rejected",
    }
    kind = f"reconciliation.break_{words[step.kind]}"
    return AuditRecord(found.tenant_id, kind, body, step.at, f"staff:{step.by}")
