"""Release an approved settlement: its money is on its way, and its files are made.

A separate act of a person. Nothing is sent by us: a person brings the file to the bank, or the claim to
execution's operator.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export, Format, Scope
from customer_stack.settlement import store
from customer_stack.settlement.domain.instruction import export_lines
from customer_stack.settlement.domain.orders import Order
from customer_stack.settlement.domain.postings import Stamp, build_release
from customer_stack.settlement.domain.states import Settlement, require_release
from customer_stack.settlement.errors import FileNotMade, InstructionChanged, InstructionExpired
from customer_stack.settlement.files import FileKind, ReleaseFile, make_files
from customer_stack.settlement.service.desk import Desk
from customer_stack.working_days.domain import day_of
from shared import outflow
from shared.database import Transaction
from shared.errors import invariant
from shared.ledger import store as ledger
from shared.ledger.domain import Movement

RequireRelease = Callable[[Transaction, UUID], Awaitable[None]]
"""Refuses unless the tenant's capability `settlement_finalisation` is on."""

OperatorName = Callable[[Transaction, UUID], Awaitable[str]]
"""The tenant's name, for the cover."""


_FORMATS: Final = {
    FileKind.PAIN001: Format.XML,
    FileKind.CLAIM: Format.JSON,
    FileKind.SCHEDULE: Format.CSV,
    FileKind.COVER: Format.PDF,
}


def build_export(
    desk: Desk, officer: Officer, settlement_id: UUID, kind: str, file: ReleaseFile, rows: int
) -> Export:
    """Return the line of the register for a file that leaves."""
    return Export(
        id=desk.ids.new(),
        tenant_id=officer.tenant_id,
        kind=kind,
        scope=Scope("settlement", settlement_id),
        row_count=rows,
        sha256=file.digest,
        first_at=None,  # a period is of sequences, not of times
        last_at=None,
        operator=officer.actor,
        format=_FORMATS[file.kind],
        at=desk.clock.now(),
    )


class Releasing:
    """Releases and their files."""

    def __init__(
        self,
        desk: Desk,
        require_capability: RequireRelease,
        operator_name: OperatorName,
    ) -> None:
        """Release where `require_capability` lets."""
        self._desk = desk
        self._require_capability = require_capability
        self._operator_name = operator_name

    async def release(self, officer: Officer, settlement_id: UUID) -> Settlement:
        """Post the release of an approved settlement and make its files.

        Raises CapabilityOff, OutflowHeld, SettlementNotFound, ProposerCannotDecide, NotInThisState,
        InstructionExpired, InstructionChanged.
        """
        desk = self._desk
        async with desk.database.transaction(officer.tenant_id) as tx:
            await outflow.require_free(tx)
            await self._require_capability(tx, officer.tenant_id)
            settlement = await desk.lock(tx, settlement_id)
            has_expired = await desk.expire(tx, settlement)
            if not has_expired:
                require_release(settlement, officer.staff_id, desk.clock.now())
            lines = await store.load_lines(tx, settlement_id)
            operator = await self._operator_name(tx, officer.tenant_id)
        if has_expired:  # after the commit, so that the expiry stands
            raise InstructionExpired("The approval has expired. Propose the settlement again.")
        order = self._order(settlement, desk.clock.now())
        files = await asyncio.to_thread(make_files, settlement, lines, order, operator)
        async with desk.database.transaction(officer.tenant_id) as tx:
            await outflow.require_free(tx)
            await self._require_capability(tx, officer.tenant_id)
            settlement = await desk.lock(tx, settlement_id)
            require_release(settlement, officer.staff_id, order.made_at)
            await self._post(tx, officer, settlement, order.made_at, files)
            return await desk.load(tx, settlement_id)

    async def fetch(self, officer: Officer, settlement_id: UUID, kind: FileKind) -> tuple[Export, bytes]:
        """Return a file of a release, the same bytes as ever, with its line in the register of exports.

        An order to the bank is not handed out while money is held. Raises SettlementNotFound, FileNotMade,
        OutflowHeld.
        """
        desk = self._desk
        async with desk.database.transaction(officer.tenant_id) as tx:
            if kind is FileKind.PAIN001:
                await outflow.require_free(tx)
            await desk.load(tx, settlement_id)
            found = (await store.load_files(tx, settlement_id)).get(kind)
            if found is None:
                raise FileNotMade("There is no such file: look at the settlement's state and direction.")
            digest, content = found
            lines = await store.load_lines(tx, settlement_id)
            file = ReleaseFile(kind, export_lines(lines) if content is None else content)
            invariant(file.digest == digest, "a file of a release never changes after it was made")
            rows = len(lines) if kind is FileKind.SCHEDULE else 1
            export = build_export(desk, officer, settlement_id, "settlement.file", file, rows)
            await exports.register(tx, export)
        return export, file.content

    async def _post(
        self,
        tx: Transaction,
        officer: Officer,
        settlement: Settlement,
        now: datetime,
        files: tuple[ReleaseFile, ...],
    ) -> None:
        instruction, desk = settlement.instruction, self._desk
        transfer = build_release(instruction, Stamp(desk.ids.new(), now))
        await ledger.post(tx, Movement(transfers=(transfer,)))
        await store.insert_release(tx, instruction, officer.staff_id, transfer.id, now)
        kept = [
            (file.kind.value, file.digest, None if file.kind is FileKind.SCHEDULE else file.content)
            for file in files
        ]
        await store.insert_files(tx, instruction.tenant_id, instruction.id, kept, now)
        body = {
            "transfer": str(transfer.id),
            "amount": instruction.amount,
            "files": {file.kind.value: file.digest.hex() for file in files},
        }
        await desk.record(tx, instruction, "settlement.released", officer.actor, body, now)

    def _order(self, settlement: Settlement, now: datetime) -> Order:
        """Return the order of what was approved. Raises InstructionChanged for other accounts."""
        instruction, desk = settlement.instruction, self._desk
        if instruction.route is None or instruction.route != desk.route:
            raise InstructionChanged(
                "The accounts are no longer those that were approved. Reject this, and propose again."
            )
        purpose = desk.purposes.require(instruction.purpose_code, instruction.direction)
        made_at = now.replace(microsecond=0)
        return Order(instruction, instruction.route, purpose, made_at, day_of(now))
