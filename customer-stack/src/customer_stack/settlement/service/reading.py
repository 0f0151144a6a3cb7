"""Looking at settlements: lists, lines, and each line down to its reports and entries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export
from customer_stack.settlement import store
from customer_stack.settlement.domain.instruction import Line, export_lines
from customer_stack.settlement.domain.states import Settlement
from customer_stack.settlement.errors import LineNotFound
from customer_stack.settlement.files import FileKind, ReleaseFile
from customer_stack.settlement.service.desk import Desk
from customer_stack.settlement.service.releasing import build_export
from customer_stack.wagers.domain.views import ReportLine
from shared.database import Transaction


class ReportLines(Protocol):
    """The reports behind a customer's line."""

    async def list_customer_reports(
        self, tx: Transaction, customer_id: UUID, after_sequence: int, to_sequence: int, limit: int
    ) -> Sequence[ReportLine]:
        """Return reports above one sequence and up to another, oldest first."""
        ...

    async def list_references(self, tx: Transaction, customer_ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
        """Return the references under which execution knows customers."""
        ...


@dataclass(frozen=True, slots=True)
class ReferencedLine:
    """A line with the reference that execution knows the customer by; None for one that it never knew."""

    line: Line
    reference: UUID | None


@dataclass(frozen=True, slots=True)
class PostedLeg:
    """What an entry added to what is owed, in micro-dollars."""

    transfer_id: UUID
    kind: str
    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class PostedReport:
    """A report with the entries that it posted to what is owed."""

    report: ReportLine
    legs: tuple[PostedLeg, ...]


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record that the system signed."""

    number: int
    payload: bytes
    digest: bytes
    key_id: bytes
    signature: bytes


class SettlementReading:
    """Looks at everything, changes nothing."""

    def __init__(self, desk: Desk, reports: ReportLines) -> None:
        """Follow lines to `reports`."""
        self._desk = desk
        self._reports = reports

    @property
    def public_key(self) -> bytes:
        """Return the key with which records are checked."""
        return self._desk.key.public

    async def get(self, tenant_id: UUID, settlement_id: UUID) -> Settlement:
        """Return a settlement. Raises SettlementNotFound."""
        async with self._desk.database.transaction(tenant_id) as tx:
            return await self._desk.load(tx, settlement_id)

    async def list_settlements(
        self, tenant_id: UUID, before: UUID | None, limit: int
    ) -> tuple[Settlement, ...]:
        """Return a tenant's settlements, newest first, below an id."""
        async with self._desk.database.transaction(tenant_id) as tx:
            return await store.load_settlements(tx, before, limit)

    async def list_lines(
        self, tenant_id: UUID, settlement_id: UUID, after: UUID | None, limit: int
    ) -> tuple[ReferencedLine, ...]:
        """Return a settlement's lines in customer order, after a customer. Raises SettlementNotFound."""
        async with self._desk.database.transaction(tenant_id) as tx:
            await self._desk.load(tx, settlement_id)
            lines = await store.load_lines(tx, settlement_id, after, limit)
            references = await self._reports.list_references(tx, [line.customer_id for line in lines])
        return tuple(ReferencedLine(line, references.get(line.customer_id)) for line in lines)

    async def list_reports(
        self, tenant_id: UUID, settlement_id: UUID, customer_id: UUID, after: int | None, limit: int
    ) -> tuple[PostedReport, ...]:
        """Return the reports of a line above a sequence, each with its entries.

        Raises SettlementNotFound, LineNotFound.
        """
        async with self._desk.database.transaction(tenant_id) as tx:
            instruction = (await self._desk.load(tx, settlement_id)).instruction
            if not await store.has_line(tx, settlement_id, customer_id):
                raise LineNotFound("The settlement has no line of this customer. Look at its lines.")
            start = max(instruction.after_sequence, after or 0)
            reports = await self._reports.list_customer_reports(
                tx, customer_id, start, instruction.to_sequence, limit
            )
            legs = await store.load_legs(tx, customer_id, [one.movement_id for one in reports])
        by_movement = defaultdict(list)
        for movement_id, transfer_id, kind, account, amount in legs:
            by_movement[movement_id].append(PostedLeg(transfer_id, kind, account, amount))
        return tuple(PostedReport(one, tuple(by_movement[one.movement_id])) for one in reports)

    async def export(self, tenant_id: UUID, settlement_id: UUID) -> tuple[Settlement, bytes, int]:
        """Return a settlement, its period as CSV, and how many customers that lists."""
        async with self._desk.database.transaction(tenant_id) as tx:
            settlement = await self._desk.load(tx, settlement_id)
            lines = await store.load_lines(tx, settlement_id)
        return settlement, export_lines(lines), len(lines)

    async def hand_out(self, officer: Officer, settlement_id: UUID) -> tuple[Export, bytes]:
        """Return the period as CSV, with its line in the register of exports. Raises SettlementNotFound."""
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            await self._desk.load(tx, settlement_id)
            lines = await store.load_lines(tx, settlement_id)
            file = ReleaseFile(FileKind.SCHEDULE, export_lines(lines))
            kind = "settlement.schedule"
            export = build_export(self._desk, officer, settlement_id, kind, file, len(lines))
            await exports.register(tx, export)
        return export, file.content

    async def list_files(self, tenant_id: UUID, settlement_id: UUID) -> Mapping[str, bytes]:
        """Return the files of a release by kind, with their digests. Raises SettlementNotFound."""
        async with self._desk.database.transaction(tenant_id) as tx:
            await self._desk.load(tx, settlement_id)
            files = await store.load_files(tx, settlement_id)
        return {kind: digest for kind, (digest, _) in files.items()}

    async def list_records(
        self, tenant_id: UUID, settlement_id: UUID, after: int, limit: int
    ) -> tuple[SignedRecord, ...]:
        """Return a settlement's signed records after a number. Raises SettlementNotFound."""
        async with self._desk.database.transaction(tenant_id) as tx:
            await self._desk.load(tx, settlement_id)
            found = await store.load_records(tx, settlement_id, after, limit)
        return tuple(SignedRecord(*one) for one in found)
