"""Use cases of corrections and reversals: one member of staff proposes, another one decides.

A correction is a new version of a deal's item, kept as a draft until it is approved. Then, in one database
transaction, the old version is superseded, its transfers are reversed and those of the new version posted.
How the new transfers follow from the item is the business of whoever owns the kind of deal: a `Corrector`.

Guaranteed: who proposed never approves; every book of the movement is locked before anything is decided;
what was proposed is what is approved, or the approval is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from customer_stack.ledger import store
from customer_stack.ledger.correctors import Corrector
from customer_stack.ledger.domain import DealState, DealStep, Item, ItemState
from customer_stack.ledger.errors import (
    AlreadyDecided,
    CorrectionNotFound,
    CorrectionNotPossible,
    CorrectionPending,
    DealNotFound,
    MovementNotFound,
    ReversalNotFound,
)
from customer_stack.ledger.revising import (
    Changes,
    Correction,
    Outcome,
    Reversal,
    ReversalReason,
    draft_correction,
    join_revision,
    net_of_checked,
    require_another,
    require_cover,
    require_reversible,
)
from customer_stack.ledger.service import advance_deals, build_reversal, correct_item
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.ledger import store as kernel
from shared.ledger.domain import Movement, Transfer


@dataclass(frozen=True, slots=True)
class Clerk:
    """A member of staff who proposes or decides, for the whole tenant."""

    tenant_id: UUID
    staff_id: UUID

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"staff:{self.staff_id}"


class CorrectionsService:
    """Corrections of deals and reversals of movements, with maker and checker."""

    def __init__(
        self, database: Database, correctors: Mapping[str, Corrector], clock: Clock, ids: Ids
    ) -> None:
        """Know how each kind of deal, by its transfer kind, is corrected."""
        self._database = database
        self._correctors = correctors
        self._clock = clock
        self._ids = ids

    async def propose_correction(self, clerk: Clerk, deal_id: UUID, changes: Changes) -> Item:
        """Keep a draft of a deal's next version.

        Raises DealNotFound, CorrectionPending, CorrectionEmpty, CorrectionNotPossible.
        """
        async with self._database.transaction(clerk.tenant_id) as tx:
            book_id = await store.find_deal_book(tx, deal_id)
            if book_id is None:
                raise DealNotFound("There is no such deal. Check its id.")
            await kernel.lock_books(tx, [book_id])
            versions = await store.load_items(tx, deal_id)
            active = next((item for item in versions if item.state is ItemState.ACTIVE), None)
            if any(item.state is ItemState.DRAFT for item in versions):
                raise CorrectionPending("A correction of this deal waits already. Decide that one first.")
            if active is None or active.movement_id is None or active.kind not in self._correctors:
                raise CorrectionNotPossible(
                    "Only deals that stand and were posted can be corrected, where their kind allows it."
                )
            draft = draft_correction(
                active,
                len(versions),
                changes,
                item_id=self._ids.new(),
                actor=clerk.actor,
                now=self._clock.now(),
            )
            draft = self._correctors[active.kind].complete(active, draft)
            await store.insert_items(tx, [draft])
            await self._audit(tx, clerk, "ledger.correction_proposed", deal=deal_id, item=draft.id)
            return draft

    async def approve_correction(self, clerk: Clerk, item_id: UUID) -> Item:
        """Make a draft the version that stands: reverse, post anew, supersede, all at once.

        Raises CorrectionNotFound, AlreadyDecided, ProposerCannotApprove, CorrectionNotPossible,
        CorrectionNotCovered, MovementReversed, and what the kind's corrector refuses with.
        """
        async with self._database.transaction(clerk.tenant_id) as tx:
            draft, active, posted = await self._lock_correction(tx, item_id)
            require_another(draft.made_by, clerk.actor)
            now, movement_id = self._clock.now(), self._ids.new()
            books = sorted({transfer.book_id for transfer in posted})
            mirrored = await build_reversal(
                tx, clerk.tenant_id, books, posted[0].movement_id, ids=self._ids, now=now
            )
            correction = Correction(active, draft, posted, movement_id, now)
            corrected = await self._correctors[active.kind].build(tx, correction, self._ids)
            movement = join_revision(mirrored, corrected)
            await self._require_admission(tx, movement, posted)
            await correct_item(tx, draft, movement, actor=clerk.actor, at=now)
            await self._keep(tx, movement, posted)
            await self._audit(
                tx,
                clerk,
                "ledger.correction_approved",
                deal=draft.deal_id,
                item=item_id,
                movement=movement_id,
            )
            approved = await store.load_item(tx, item_id)
            return approved or draft

    async def reject_correction(self, clerk: Clerk, item_id: UUID) -> Item:
        """Cancel a draft; its proposer may, too. Raises CorrectionNotFound, AlreadyDecided."""
        async with self._database.transaction(clerk.tenant_id) as tx:
            draft = await self._lock_draft(tx, item_id)
            await store.end_item(tx, item_id, actor=clerk.actor, at=self._clock.now())
            await self._audit(tx, clerk, "ledger.correction_rejected", deal=draft.deal_id, item=item_id)
            cancelled = await store.load_item(tx, item_id)
            return cancelled or draft

    async def list_corrections(self, tenant_id: UUID, after: UUID | None, limit: int) -> tuple[Item, ...]:
        """Return corrections that wait for a decision, newest first."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_drafts(tx, after, limit)

    async def propose_reversal(self, clerk: Clerk, movement_id: UUID, reason: ReversalReason) -> Reversal:
        """Propose to reverse a whole movement.

        Raises MovementNotFound, MovementReversed, ReversalNotPossible.
        """
        async with self._database.transaction(clerk.tenant_id) as tx:
            await self._lock_and_mirror(tx, clerk, movement_id)
            made = Reversal(
                self._ids.new(), clerk.tenant_id, movement_id, reason, clerk.staff_id, self._clock.now()
            )
            await store.insert_reversal(tx, made)
            await self._audit(tx, clerk, "ledger.reversal_proposed", movement=movement_id, reversal=made.id)
            return made

    async def approve_reversal(self, clerk: Clerk, reversal_id: UUID) -> Reversal:
        """Post the mirror of a movement and end its deals.

        Raises ReversalNotFound, AlreadyDecided, ProposerCannotApprove, MovementReversed,
        ReversalNotPossible, CorrectionNotCovered, and what the kind's corrector refuses with.
        """
        async with self._database.transaction(clerk.tenant_id) as tx:
            proposed = await self._require_open(tx, reversal_id)
            require_another(str(proposed.proposed_by), str(clerk.staff_id))
            mirrored, transfers = await self._lock_and_mirror(tx, clerk, proposed.movement_id)
            await self._require_open(tx, reversal_id)
            await self._require_admission(tx, mirrored, transfers)
            await kernel.post(tx, mirrored)
            await self._keep(tx, mirrored, transfers)
            posted = mirrored.transfers[0].movement_id
            await self._end_deals(tx, clerk, proposed.movement_id, posted)
            await self._decide(tx, clerk, reversal_id, Outcome.APPROVED, posted)
            return await self._require_reversal(tx, reversal_id)

    async def reject_reversal(self, clerk: Clerk, reversal_id: UUID) -> Reversal:
        """Refuse a proposed reversal; its proposer may, too. Raises ReversalNotFound, AlreadyDecided."""
        async with self._database.transaction(clerk.tenant_id) as tx:
            await self._require_open(tx, reversal_id)
            await self._decide(tx, clerk, reversal_id, Outcome.REJECTED, None)
            return await self._require_reversal(tx, reversal_id)

    async def list_reversals(self, tenant_id: UUID, after: UUID | None, limit: int) -> tuple[Reversal, ...]:
        """Return reversals, newest first."""
        async with self._database.transaction(tenant_id) as tx:
            return await store.load_reversals(tx, after, limit)

    async def _lock_draft(self, tx: Transaction, item_id: UUID) -> Item:
        item = await store.load_item(tx, item_id)
        if item is None or item.version == 1:
            raise CorrectionNotFound("There is no such correction. Check its id.")
        await kernel.lock_books(tx, [item.book_id])
        item = await store.load_item(tx, item_id)
        if item is None or item.state is not ItemState.DRAFT:
            raise AlreadyDecided("This correction was decided before. Read the deal to see how.")
        return item

    async def _lock_correction(
        self, tx: Transaction, item_id: UUID
    ) -> tuple[Item, Item, tuple[Transfer, ...]]:
        """Lock all books of what the active version posted, in one call, then read what stands."""
        item = await store.load_item(tx, item_id)
        if item is None or item.version == 1:
            raise CorrectionNotFound("There is no such correction. Check its id.")
        active = await store.load_active_item(tx, item.deal_id)
        posted = (
            () if active is None or active.movement_id is None else await self._posted(tx, active.movement_id)
        )
        await kernel.lock_books(tx, {item.book_id, *(transfer.book_id for transfer in posted)})
        draft = await store.load_item(tx, item_id)
        standing = await store.load_active_item(tx, item.deal_id)
        if draft is None or draft.state is not ItemState.DRAFT or standing != active or active is None:
            raise AlreadyDecided("This correction was decided before. Read the deal to see how.")
        if not posted or active.kind not in self._correctors:
            raise CorrectionNotPossible("What this deal posted cannot be corrected. Propose its reversal.")
        return draft, active, posted

    async def _posted(self, tx: Transaction, movement_id: UUID) -> tuple[Transfer, ...]:
        """Return a movement without the reversals that a correction posted in it."""
        return tuple(each for each in await store.load_movement(tx, movement_id) if each.reverses is None)

    async def _lock_and_mirror(
        self, tx: Transaction, clerk: Clerk, movement_id: UUID
    ) -> tuple[Movement, tuple[Transfer, ...]]:
        transfers = await store.load_movement(tx, movement_id)
        if not transfers:
            raise MovementNotFound("There is no such movement. Check its id.")
        books = sorted({transfer.book_id for transfer in transfers})
        await kernel.lock_books(tx, books)
        mirrored = await build_reversal(
            tx, clerk.tenant_id, books, movement_id, ids=self._ids, now=self._clock.now()
        )
        require_reversible(transfers, self._correctors.keys())
        return mirrored, transfers

    async def _require_admission(
        self, tx: Transaction, movement: Movement, revised: Sequence[Transfer]
    ) -> None:
        net = net_of_checked(movement.transfers)
        require_cover(net, await kernel.load_balances(tx, net))
        for corrector in self._correctors_of(revised):
            await corrector.admit(tx, movement)

    async def _keep(self, tx: Transaction, movement: Movement, revised: Sequence[Transfer]) -> None:
        for corrector in self._correctors_of(revised):
            await corrector.keep(tx, movement)

    def _correctors_of(self, revised: Sequence[Transfer]) -> list[Corrector]:
        """Return who keeps facts about these transfers, each once."""
        found = (self._correctors.get(transfer.kind) for transfer in revised)
        return list(dict.fromkeys(corrector for corrector in found if corrector is not None))

    async def _end_deals(self, tx: Transaction, clerk: Clerk, movement_id: UUID, reversal: UUID) -> None:
        """Say of every deal that posted this movement that it was reversed, and cancel what stood of it."""
        now = self._clock.now()
        items = await store.load_items_of_movement(tx, movement_id)
        for item in items:
            await store.end_item(tx, item.id, actor=clerk.actor, at=now)
        deals = {(item.book_id, item.deal_id) for item in items}
        latest = await store.load_latest_steps(tx, deals)
        steps = [
            DealStep(clerk.tenant_id, book_id, deal_id, DealState.REVERSED, now, clerk.actor, reversal)
            for (book_id, deal_id), (_, state) in sorted(latest.items())
            if state is not DealState.REVERSED
        ]
        await advance_deals(tx, steps)

    async def _require_reversal(self, tx: Transaction, reversal_id: UUID) -> Reversal:
        found = await store.load_reversal(tx, reversal_id)
        if found is None:
            raise ReversalNotFound("There is no such reversal. Check its id.")
        return found

    async def _require_open(self, tx: Transaction, reversal_id: UUID) -> Reversal:
        found = await self._require_reversal(tx, reversal_id)
        if found.outcome is not None:
            raise AlreadyDecided("This reversal was decided before. Read it to see how.")
        return found

    async def _decide(
        self, tx: Transaction, clerk: Clerk, reversal_id: UUID, outcome: Outcome, movement_id: UUID | None
    ) -> None:
        now = self._clock.now()
        if not await store.insert_decision(
            tx,
            clerk.tenant_id,
            reversal_id,
            outcome=outcome,
            movement_id=movement_id,
            decided_by=clerk.staff_id,
            decided_at=now,
        ):
            raise AlreadyDecided("This reversal was decided before. Read it to see how.")
        await self._audit(
            tx, clerk, f"ledger.reversal_{outcome.value}", reversal=reversal_id, movement=movement_id
        )

    async def _audit(self, tx: Transaction, clerk: Clerk, kind: str, **body: UUID | None) -> None:
        await append(tx, [AuditRecord(clerk.tenant_id, kind, body, self._clock.now(), clerk.actor)])
