"""Use cases of what is held: ask for a release, release, refuse, deny; and what ended by itself.

The modules whose commands wait lock as their lanes do, so a decision is made in this order: look, let the
module do it under its own locks, lock the case, look again, keep it. Two who decide at once meet at the
module's locks; the second is told how it ended, and what it did is undone with its transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from customer_stack.cases.contract import HeldCommands
from customer_stack.cases.domain.holding import (
    HoldEnd,
    Waiting,
    require_ask,
    require_denial,
    require_refusal,
    require_release,
)
from customer_stack.cases.domain.lifecycle import Case, Step, next_step
from customer_stack.cases.errors import CommandsUnknown, HoldNotFound
from customer_stack.cases.service.ground import Ground, Person, move, require_case, require_locked
from customer_stack.cases.store import content
from shared.database import Transaction
from shared.errors import invariant


class HoldDecisions:
    """What becomes of commands that wait for cases."""

    def __init__(self, ground: Ground, commands: Iterable[HeldCommands]) -> None:
        """Decide `commands`, one implementation per kind."""
        self._ground = ground
        listed = tuple(commands)
        self._commands: Mapping[str, HeldCommands] = {each.kind: each for each in listed}
        invariant(len(self._commands) == len(listed), "one module decides commands of one kind")

    async def ask(self, person: Person, case_id: UUID, held_id: UUID) -> Waiting:
        """Ask for a release. Raises CaseNotFound, HoldNotFound and what `require_ask` raises."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            waiting = await _require_held(tx, case_id, held_id)
            now = self._ground.clock.now()
            require_ask(case, waiting, person.staff_id, now)
            asked = replace(waiting, asked_by=person.staff_id, asked_at=now)
            await _keep(tx, case, asked, Step.ASK_RELEASE, person.staff_id, person.actor, now)
            return asked

    async def refuse(self, person: Person, case_id: UUID, held_id: UUID) -> Waiting:
        """Turn a request for a release down; the command waits on.

        Raises CaseNotFound, HoldNotFound and what `require_refusal` raises.
        """
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_locked(tx, case_id, person)
            waiting = await _require_held(tx, case_id, held_id)
            now = self._ground.clock.now()
            require_refusal(case, waiting, person.staff_id, now)
            refused = replace(waiting, asked_by=None, asked_at=None)
            await _keep(tx, case, refused, Step.REFUSE_RELEASE, person.staff_id, person.actor, now)
            return refused

    async def release(self, person: Person, case_id: UUID, held_id: UUID) -> Waiting:
        """Let a command go on as far as it still can; the answer says how it ended.

        What this person decided already is answered as the first time. Raises CaseNotFound, HoldNotFound,
        CommandsUnknown and what `require_release` raises.
        """
        return await self._decide(person, case_id, held_id, releases=True)

    async def deny(self, person: Person, case_id: UUID, held_id: UUID) -> Waiting:
        """End a command and give its funds back; the answer says how it ended.

        What this person decided already is answered as the first time. Raises CaseNotFound, HoldNotFound,
        CommandsUnknown and what `require_denial` raises.
        """
        return await self._decide(person, case_id, held_id, releases=False)

    async def _decide(self, person: Person, case_id: UUID, held_id: UUID, *, releases: bool) -> Waiting:
        now = self._ground.clock.now()
        async with self._ground.database.transaction(person.tenant_id) as tx:
            case = await require_case(tx, case_id, person)
            waiting = await _require_held(tx, case_id, held_id)
            if waiting.ended_by == person.staff_id:
                return waiting
            self._require(case, waiting, person, now, releases=releases)
            module = self._commands.get(waiting.kind)
            if module is None:
                raise CommandsUnknown("Commands of this kind are not decided here. Ask whoever runs it.")
            act = module.release if releases else module.deny
            ended_as = (await act(tx, [held_id], person.actor, now))[held_id]
            case = await require_locked(tx, case_id, person)
            waiting = await _require_held(tx, case_id, held_id)
            alone = self._require(case, waiting, person, now, releases=releases)
            by = None if ended_as is HoldEnd.GONE else person.staff_id
            ended = replace(waiting, alone=alone, ended_as=ended_as, ended_by=by, ended_at=now)
            await _keep(tx, case, ended, Step.END_HOLD, person.staff_id, person.actor, now)
            return ended

    def _require(
        self, case: Case, waiting: Waiting, person: Person, now: datetime, *, releases: bool
    ) -> bool:
        """Refuse who may not decide so; tell whether they do it alone."""
        if releases:
            return require_release(case, waiting, person.staff_id, now, self._ground.terms)
        require_denial(case, waiting, person.staff_id, now)
        return False


async def end_held(tx: Transaction, tenant_id: UUID, kind: str, ids: Sequence[UUID], at: datetime) -> None:
    """Say that commands wait no longer: their customers took them back, or they ended for another reason.

    Called by their module in the transaction that ends them, after its own locks. Safe to call for what
    never waited, or no longer does.
    """
    for found in await content.load_waiting(tx, tenant_id, kind, ids):
        case = await require_locked(tx, found.case_id, None)
        waiting = await _require_held(tx, found.case_id, found.id)
        if waiting.ended_as is None:
            gone = replace(waiting, ended_as=HoldEnd.GONE, ended_at=at)
            await _keep(tx, case, gone, Step.END_HOLD, None, "system", at)


async def _require_held(tx: Transaction, case_id: UUID, held_id: UUID) -> Waiting:
    found = await content.find_held(tx, case_id, held_id)
    if found is None:
        raise HoldNotFound("This case never held that. Check the id.")
    return found


async def _keep(
    tx: Transaction,
    case: Case,
    waiting: Waiting,
    step: Step,
    staff_id: UUID | None,
    actor: str,
    now: datetime,
) -> None:
    """Keep what became of something held, with its step."""
    taken = replace(next_step(case, step, staff_id, now), about=(waiting.kind, waiting.id))
    await content.update_held(tx, case.tenant_id, waiting)
    ended_as = None if waiting.ended_as is None else waiting.ended_as.value
    await move(tx, case, taken, actor, held=waiting.kind, held_id=waiting.id, ended_as=ended_as)
