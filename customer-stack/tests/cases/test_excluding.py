"""Who is kept from the cases of a customer sees none, takes no step, and does not end it themselves."""

import asyncpg
import pytest

from customer_stack.cases.domain.lifecycle import Outcome
from customer_stack.cases.domain.snoozing import SnoozeFilter
from customer_stack.cases.errors import (
    CaseNotFound,
    ColleagueUnsuitable,
    ExclusionEnded,
    ExclusionNotFound,
    ExclusionStands,
    OwnExclusion,
)
from customer_stack.cases.service.excluding import Excluding
from customer_stack.cases.service.ground import Person
from customer_stack.cases.service.reading import Reading, Wanted
from customer_stack.cases.service.snoozing import Snoozing
from customer_stack.cases.service.working import Working
from customer_stack.customers.errors import CustomerNotFound

from .desk import IDS, NOW

_STAFF = (
    "INSERT INTO access_staff (tenant_id, id, username, password_hash, created_at) "
    "VALUES ($1, $2, $3, '$argon2id$x', $4)"
)
_ROLE = (
    "INSERT INTO access_assignment (tenant_id, staff_id, role, assigned_at) VALUES ($1, $2, 'compliance', $3)"
)


class Room:
    """A case of a customer, and people who could work on it."""

    def __init__(self, desk):
        self.desk = desk
        ground = desk.ground()
        self.excluding, self.reading, self.working = Excluding(ground), Reading(ground), Working(ground)
        self.snoozing = Snoozing(ground)

    async def open(self):
        self.customer_id = await self.desk.customer()
        self.case_id = await self.desk.opened(customer_id=self.customer_id)
        self.anna, self.bandu, self.head = [await self.hire(name) for name in ("anna", "bandu", "head")]
        return self

    async def hire(self, name):
        staff_id = IDS.new()
        async with self.desk.database.transaction(self.desk.tenant) as tx:
            await tx.execute(_STAFF, self.desk.tenant, staff_id, name, NOW)
            await tx.execute(_ROLE, self.desk.tenant, staff_id, NOW)
        return Person(self.desk.tenant, staff_id)

    async def exclude(self, person):
        return await self.excluding.exclude(self.head, self.customer_id, person.staff_id)


@pytest.fixture
async def room(desk):
    return await Room(desk).open()


async def test_who_is_kept_away_sees_no_case_and_takes_no_step(room):
    await room.exclude(room.anna)
    for act in (
        room.reading.read(room.anna, room.case_id),
        room.reading.list_steps(room.anna, room.case_id, 0, 9),
        room.reading.read_notes(room.anna, room.case_id, None, 9),
        room.working.take(room.anna, room.case_id),
        room.working.write(room.anna, room.case_id, "x"),
    ):
        with pytest.raises(CaseNotFound):
            await act
    assert (await room.reading.list_cases(room.anna, Wanted(), None, 9))[0] == []
    assert len((await room.reading.list_cases(room.bandu, Wanted(), None, 9))[0]) == 1
    with pytest.raises(ColleagueUnsuitable):
        await room.working.assign(room.head, room.case_id, room.anna.staff_id)
    with pytest.raises(CustomerNotFound):
        await room.snoozing.propose(room.anna, room.customer_id, "round_amounts", NOW, "x")
    assert (await room.snoozing.list_snoozes(room.anna, SnoozeFilter(), None, 9))[0] == []
    assert (await room.desk.audited())[-1] == "cases.excluded"


async def test_who_is_kept_away_does_not_close(room):
    await room.working.take(room.bandu, room.case_id)
    await room.working.propose(room.bandu, room.case_id, Outcome.CONFIRMED, "x")
    await room.exclude(room.anna)
    with pytest.raises(CaseNotFound):
        await room.working.close(room.anna, room.case_id)


async def test_a_case_is_given_to_another_first(room):
    await room.working.take(room.anna, room.case_id)
    with pytest.raises(ExclusionStands):
        await room.exclude(room.anna)
    await room.working.assign(room.head, room.case_id, room.bandu.staff_id)
    await room.exclude(room.anna)
    with pytest.raises(ExclusionStands):
        await room.exclude(room.anna)


async def test_nobody_ends_their_own(room):
    exclusion = await room.exclude(room.anna)
    with pytest.raises(OwnExclusion):
        await room.excluding.end(room.anna, exclusion.id)
    ended = await room.excluding.end(room.bandu, exclusion.id)
    assert ended.ended_by == room.bandu.staff_id
    with pytest.raises(ExclusionEnded):
        await room.excluding.end(room.bandu, exclusion.id)
    with pytest.raises(ExclusionNotFound):
        await room.excluding.end(room.bandu, IDS.new())
    assert (await room.reading.read(room.anna, room.case_id)).case.id == room.case_id
    again = await room.exclude(room.anna)
    listed = await room.excluding.list_exclusions(room.head, None, 9)
    assert [each.id for each in listed] == [again.id, exclusion.id]


async def test_somebody_who_does_not_work_here_is_no_colleague(room):
    with pytest.raises(ColleagueUnsuitable):
        await room.exclude(Person(room.desk.tenant, IDS.new()))
    with pytest.raises(CustomerNotFound):
        await room.excluding.exclude(room.head, IDS.new(), room.anna.staff_id)


_STEP = (
    "INSERT INTO cases_step (tenant_id, case_id, number, step, state, at, staff_id, assignee_id) "
    "SELECT tenant_id, id, 2, 'take', 'investigating', opened_at, $1::uuid, $2::uuid FROM cases_case"
)


async def test_the_database_refuses_what_the_rules_do(room):
    exclusion = await room.exclude(room.anna)
    anna, bandu = room.anna.staff_id, room.bandu.staff_id
    for sql, arguments, constraint in (
        (_STEP, (anna, anna), "cases_step_excluded"),
        (_STEP, (bandu, anna), "cases_step_excluded"),
        (
            "UPDATE cases_exclusion SET ended_by = staff_id, ended_at = now() WHERE id = $1",
            (exclusion.id,),
            "cases_exclusion_not_by_oneself",
        ),
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
            await room.desk.fetch(sql, *arguments)
        assert refused.value.constraint_name == constraint
