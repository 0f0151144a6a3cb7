"""A mid by hand: one member of staff proposes it, another approves it."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from customer_stack.fx.domain.proposals import (
    MANUAL,
    Proposal,
    ProposalOutcome,
    decide_proposal,
    require_proposable,
)
from customer_stack.fx.errors import ProposalDecided, ProposalNotFound, RatesNotManual
from customer_stack.fx.providers.contract import RateSource
from customer_stack.fx.service.rates import Maker
from customer_stack.fx.store import proposals as store
from customer_stack.ledger.service import read_id_cursor
from shared.audit import AuditRecord, append
from shared.database import Database


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff who acts."""

    tenant_id: UUID
    staff_id: UUID
    actor: str


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """Proposals, newest first, and where the next page begins."""

    proposals: tuple[Proposal, ...]
    next_cursor: str | None


class RateProposals:
    """Proposals of rates. An approval is a reading of the market that quotes use while it is fresh."""

    def __init__(self, database: Database, source: RateSource, maker: Maker) -> None:
        """Take proposals only where `source` is what people state."""
        self._database = database
        self._source = source
        self._maker = maker

    async def propose(self, person: Person, rate_e8: int, as_of: datetime | None, reference: str) -> Proposal:
        """Keep a rate for somebody else to approve. Raises RatesNotManual, ProposalInvalid."""
        self._require_manual()
        now = self._maker.clock.now()
        require_proposable(rate_e8, as_of or now, now)
        proposal = Proposal(
            id=self._maker.ids.new(),
            tenant_id=person.tenant_id,
            rate_e8=rate_e8,
            as_of=as_of or now,
            reference=reference,
            proposed_by=person.staff_id,
            proposed_at=now,
        )
        async with self._database.transaction(person.tenant_id) as tx:
            await store.insert_proposal(tx, proposal)
            await append(tx, [_record(proposal, "fx.rate_proposed", person.actor, now)])
        return proposal

    async def decide(self, person: Person, proposal_id: UUID, outcome: ProposalOutcome) -> Proposal:
        """Approve or reject a proposal.

        Raises RatesNotManual, ProposalNotFound, ProposalDecided, OwnProposal, ProposalInvalid.
        """
        self._require_manual()
        now = self._maker.clock.now()
        async with self._database.transaction(person.tenant_id) as tx:
            proposal = await store.load_proposal(tx, proposal_id)
            if proposal is None:
                raise ProposalNotFound("There is no such proposal. Look at the list of proposals.")
            decision = decide_proposal(proposal, outcome, person.staff_id, now)
            if not await store.insert_decision(tx, proposal, decision):
                raise ProposalDecided("Somebody else has just decided this proposal. Look at it again.")
            if outcome is ProposalOutcome.APPROVED:
                await store.insert_approved_mid(tx, self._maker.ids.new(), proposal, decision)
            await append(tx, [_record(proposal, f"fx.rate_{outcome.value}", person.actor, now)])
        return replace(proposal, decision=decision)

    async def list_proposals(self, tenant_id: UUID, limit: int, cursor: str | None) -> ProposalPage:
        """Return one page of a tenant's proposals. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_proposals(tx, tenant_id, before, limit + 1)
        page = found[:limit]
        return ProposalPage(page, str(page[-1].id) if len(found) > limit else None)

    def _require_manual(self) -> None:
        if self._source.name != MANUAL:
            raise RatesNotManual(
                f"Rates come from {self._source.name} here. Ask operations to switch to manual rates first."
            )


def _record(proposal: Proposal, kind: str, actor: str, at: datetime) -> AuditRecord:
    body = {
        "proposal": str(proposal.id),
        "mid_e8": proposal.rate_e8,
        "as_of": proposal.as_of.isoformat(),
        "reference": proposal.reference,
    }
    return AuditRecord(proposal.tenant_id, kind, body, at, actor)
