"""Confirm periods, record receipts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from execution_stack.accounts import service as accounts
from execution_stack.books import service as books
from execution_stack.books.domain import Direction
from execution_stack.operators import service as operators
from execution_stack.reports import service as reports
from execution_stack.reports.domain import Totals
from execution_stack.settlement import store
from execution_stack.settlement.domain import (
    Outcome,
    Proposal,
    Receipt,
    Release,
    ReleaseOutcome,
    Signed,
    decide_release,
    find_settled,
    is_repeat,
    judge,
    release_parts,
    require_receipt,
    require_unreplaced,
)
from execution_stack.settlement.errors import (
    ReleaseMissing,
    ReleaseNotPossible,
    SettlementConflict,
    SettlementNotAgreed,
    UnknownTenant,
)
from execution_stack.settlement.store import Confirmation
from shared import outflow
from shared.audit import AuditRecord, append
from shared.boundary.calls import VerifiedCall
from shared.boundary.nonces import consume
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT, SystemIds
from shared.ledger.store import lock_books
from shared.operations.system_key import SystemKey

RELEASE: Final = "settlement-release"
PROPOSED: Final = "proposed"


class SettlementService:
    """What the customer stack proposes, and what an operator records."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._clock = clock

    async def confirm(self, call: VerifiedCall, proposal: Proposal) -> tuple[Outcome, Totals]:
        """Say whether our reports give the same totals and payment; return our totals of the period.

        Raises UnknownTenant, SettlementConflict.
        """
        tenants = await accounts.tenants_of(self._database, call.sender)
        if proposal.tenant_id not in tenants:
            raise UnknownTenant("The tenant is not registered by this stack. Check its id.")
        async with self._database.transaction(proposal.tenant_id) as tx:
            await consume(tx, call)
            # Proposals of one tenant are judged one after the other: each sees the chain before it.
            await lock_books(tx, [proposal.tenant_id])
            period = await reports.sum_period(
                tx, proposal.tenant_id, proposal.after_sequence, proposal.to_sequence
            )
            before = await store.load(tx, proposal.settlement_id)
            if before is not None:
                if before.proposal != proposal:
                    raise SettlementConflict("The id was used for another period. Take a new one.")
                return before.outcome, period
            outcome = await self._judge(tx, call, proposal, period)
            await self._write(tx, Confirmation(proposal, outcome))
        return outcome, period

    async def _judge(
        self, tx: Transaction, call: VerifiedCall, proposal: Proposal, period: Totals
    ) -> Outcome:
        newest = await reports.last_sequence(tx, call.sender)
        earlier = await reports.sum_period(tx, proposal.tenant_id, 0, proposal.after_sequence)
        agreed = await store.list_agreed(tx, proposal.tenant_id)
        cleared = await store.load_cleared(tx, proposal.tenant_id)
        standing = await store.load_standing(tx, proposal.tenant_id)
        moving = {each for each, moves in standing.items() if moves}
        settled = find_settled(agreed, proposal.after_sequence, cleared, moving)
        return judge(proposal, period, earlier, settled, newest)

    async def _write(self, tx: Transaction, confirmation: Confirmation) -> None:
        at, proposal = self._clock.now(), confirmation.proposal
        if not await store.insert(tx, confirmation, at):
            raise SettlementConflict("The settlement's id belongs to another tenant. Take a new one.")
        body = {
            "settlement": proposal.settlement_id,
            "after": proposal.after_sequence,
            "to": proposal.to_sequence,
            "direction": proposal.direction,
            "amount": proposal.amount,
            "digest": proposal.digest.hex(),
            "outcome": confirmation.outcome,
        }
        await append(tx, [AuditRecord(proposal.tenant_id, "settlement.confirmed", body, at, "system")])

    async def receive(
        self, settlement_id: UUID, operator: UUID, amount: int | None = None, part: int = 1
    ) -> bool:
        """Record, for `operator`, that an agreed settlement's money moved; False when that is recorded.

        `amount` as part number `part`, or all that the parts before it left: parts are added up.

        Raises SettlementNotAgreed, ReceiptDifferent, ReleaseMissing, SettlementReplaced, FloatTooLow.
        """
        at = self._clock.now()
        async with self._database.transaction(*await self._with_house()) as tx:
            proposal = await _load_agreed(tx, settlement_id)
            await lock_books(tx, [proposal.tenant_id])
            recorded = await store.load_receipts(tx, settlement_id)
            before = sum(each.amount for each in recorded[: part - 1])
            moved = proposal.amount - before if amount is None else amount
            if is_repeat(recorded, part, moved):
                return False
            release = await store.load_release(tx, settlement_id)
            is_void = await store.is_void(tx, settlement_id)
            require_receipt(proposal, moved, before, release, is_void=is_void)
            if proposal.direction is Direction.RECEIVE:
                await _require_signed(tx, proposal, release)
            await _require_unreplaced(tx, proposal)
            receipt = Receipt(settlement_id if part == 1 else SystemIds().new(), moved)
            if part == 1:
                paying = release if proposal.direction is Direction.RECEIVE else None
                await store.insert_receipt(tx, proposal, moved, paying, at)
            else:
                await store.insert_part(tx, proposal, receipt, part, at)
            await books.receive_settlement(tx, receipt.id, proposal.tenant_id, proposal.direction, moved, at)
            body = {
                "receipt": receipt.id,
                "amount": moved,
                "part": part,
                "direction": proposal.direction,
                "operator": operator,
            }
            await _record(tx, proposal, "settlement.received", body, at, f"staff:{operator}")
        return True

    async def propose_release(self, settlement_id: UUID, key: SystemKey) -> Release:
        """Propose, as whoever holds `key`, to let the money of a settlement leave that we pay.

        Raises KeyUnknown, SettlementNotAgreed, ReleaseNotPossible, SettlementReplaced.
        """
        at, release_id = self._clock.now(), SystemIds().new()
        async with self._database.transaction(*await self._with_house()) as tx:
            proposal = await _load_agreed(tx, settlement_id)
            await lock_books(tx, [proposal.tenant_id])
            before = await store.load_release(tx, settlement_id)
            is_open = before is not None and before.outcome is not ReleaseOutcome.REJECTED
            is_over = await store.is_void(tx, settlement_id)
            if proposal.direction is not Direction.RECEIVE or is_open or is_over:
                raise ReleaseNotPossible(
                    "We do not pay this settlement, or its release is under way or over."
                )
            await _require_unreplaced(tx, proposal)
            signed = await _sign(tx, key, PROPOSED, proposal, release_id)
            release = Release(release_id, settlement_id, proposal.tenant_id, signed)
            await store.insert_release(tx, release, at)
            body = {"release": release.id, "amount": proposal.amount, "operator": signed.operator}
            await _record(tx, proposal, "settlement.release_proposed", body, at, f"staff:{signed.operator}")
        return release

    async def decide_release(self, settlement_id: UUID, key: SystemKey, outcome: ReleaseOutcome) -> Release:
        """Approve, as another operator who holds `key`, or reject a release.

        Raises OutflowHeld, KeyUnknown, SettlementNotAgreed, ReleaseNotPossible, SameOperator,
        SettlementReplaced.
        """
        at = self._clock.now()
        async with self._database.transaction(*await self._with_house()) as tx:
            if outcome is ReleaseOutcome.APPROVED:
                await outflow.require_free(tx)
            proposal = await _load_agreed(tx, settlement_id)
            await lock_books(tx, [proposal.tenant_id])
            operator = (await operators.identify(tx, key)).operator
            release = decide_release(
                await store.load_release(tx, settlement_id),
                operator,
                outcome,
                is_void=await store.is_void(tx, settlement_id),
            )
            if outcome is ReleaseOutcome.APPROVED:
                await _require_unreplaced(tx, proposal)
            signed = await _sign(tx, key, outcome.value, proposal, release.id)
            await store.insert_release_decision(tx, release, outcome, signed, at)
            body = {"release": release.id, "operator": operator}
            await _record(tx, proposal, f"settlement.release_{outcome}", body, at, f"staff:{operator}")
        return replace(release, outcome=outcome, decided=signed)

    async def _with_house(self) -> tuple[UUID, ...]:
        """Return all tenants, and the house's own, whose operators' keys are."""
        return (HOUSE_TENANT, *await accounts.list_tenants(self._database))

    async def void(self, settlement_id: UUID, operator: UUID) -> bool:
        """Record that a settlement's payment was refused or came back; return False when that is recorded.

        What was received is taken back. Raises SettlementNotAgreed, FloatTooLow.
        """
        at = self._clock.now()
        async with self._database.transaction(*await accounts.list_tenants(self._database)) as tx:
            proposal = await _load_agreed(tx, settlement_id)
            await lock_books(tx, [proposal.tenant_id])
            if not await store.insert_void(tx, proposal.tenant_id, settlement_id, operator, at):
                return False
            moved = await store.load_receipts(tx, settlement_id)
            for receipt in moved:
                await books.return_settlement(
                    tx, receipt.id, proposal.tenant_id, proposal.direction, receipt.amount, at
                )
            body = {"amount": sum(each.amount for each in moved), "operator": operator}
            await _record(tx, proposal, "settlement.voided", body, at, f"staff:{operator}")
        return True


async def _sign(tx: Transaction, key: SystemKey, act: str, proposal: Proposal, release_id: UUID) -> Signed:
    signer = await operators.identify(tx, key)
    payload = operators.message(f"{RELEASE} {act}", *release_parts(proposal, release_id))
    return Signed(signer.operator, signer.id, key.sign(payload))


async def _require_signed(tx: Transaction, proposal: Proposal, release: Release | None) -> None:
    """Go on only when two operators signed exactly this release. Raises ReleaseMissing."""
    if release is None or release.decided is None:
        raise ReleaseMissing("Two operators release what we pay: settlement-release, then approve it.")
    said = ((PROPOSED, release.proposed), (ReleaseOutcome.APPROVED.value, release.decided))
    for act, signed in said:
        payload = operators.message(f"{RELEASE} {act}", *release_parts(proposal, release.id))
        if signed.key_id is None or signed.signature is None:
            raise ReleaseMissing("The release has no signatures of two operators. Void it, and agree anew.")
        kept = operators.Signed(signed.operator, signed.key_id, signed.signature)
        if not await operators.is_by(tx, kept, payload):
            raise ReleaseMissing("A signature of the release is not its operator's. Nothing leaves.")


async def _load_agreed(tx: Transaction, settlement_id: UUID) -> Proposal:
    confirmation = await store.load(tx, settlement_id)
    if confirmation is None or confirmation.outcome is not Outcome.AGREED:
        raise SettlementNotAgreed("No agreed settlement has this id. Ask the customer side.")
    return confirmation.proposal


async def _require_unreplaced(tx: Transaction, proposal: Proposal) -> None:
    agreed = await store.list_agreed(tx, proposal.tenant_id)
    require_unreplaced(proposal, agreed, await store.load_standing(tx, proposal.tenant_id))


async def _record(
    tx: Transaction, proposal: Proposal, kind: str, body: Mapping[str, Any], at: datetime, actor: str
) -> None:
    data = {"settlement": proposal.settlement_id, **body}
    await append(tx, [AuditRecord(proposal.tenant_id, kind, data, at, actor)])
