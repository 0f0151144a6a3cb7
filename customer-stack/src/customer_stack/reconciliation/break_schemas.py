"""Wire shapes of breaks."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from customer_stack.edge.schemas import Answer, Body, show
from customer_stack.reconciliation.domain.breaks import Break, BreakType, How, Sighting, Step
from customer_stack.reconciliation.domain.units import show_value
from customer_stack.reconciliation.service.breaks import Adjustment, History
from shared.ledger.domain import LKR, USD
from shared.money import CONTRACT_SCALE, LKR_SCALE, USD_SCALE, format_minor

_DAY: Final = timedelta(days=1)
_SCALES: Final[dict[int, tuple[str, int]]] = {LKR: ("LKR", LKR_SCALE), USD: ("USD", USD_SCALE)}

Words = Annotated[str, StringConstraints(min_length=3, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]


class TakeBody(Body):
    """Make yourself the owner."""


class NoteBody(Body):
    """What you found out. Name ids, never people."""

    model_config = show({"note": "The bank confirms that it sent the credit twice."})

    note: Words


class EndBody(Body):
    """How the break ends. `corrected` names the transfer that corrects it; `explained` names none."""

    model_config = show(
        {"how": "explained", "reason": "The bank booked it a day later.", "transfer_id": None}
    )

    how: How
    reason: Words
    transfer_id: UUID | None = None


class ApprovalBody(Body):
    """Approve what another person proposed."""


class SightingAnswer(Answer):
    """The values of a break from a moment on."""

    number: int
    ours: str | None
    theirs: str | None
    is_material: bool
    at: datetime


class EndingAnswer(Answer):
    """How a break ends and why."""

    how: str
    reason: str
    transfer_id: UUID | None


class BreakAnswer(Answer):
    """A break as it stands. A value is null where a side has nothing.

    `state`: open, owned, proposed or ended.
    """

    id: UUID
    department_id: UUID | None
    check: str
    type: BreakType
    subject: str
    unit: str
    ours: str | None
    theirs: str | None
    is_material: bool
    state: str
    found_at: datetime
    changed_at: datetime
    age_days: int
    owner: UUID | None
    proposed_by: UUID | None
    proposal: EndingAnswer | None
    ending: EndingAnswer | None
    ended_at: datetime | None


class LinkAnswer(Answer):
    """One thing that a break is about."""

    kind: str
    reference: str


class StepAnswer(Answer):
    """What a person did with a break."""

    number: int
    kind: str
    by: UUID
    at: datetime
    note: str | None
    how: str | None
    transfer_id: UUID | None


class BreakHistoryAnswer(Answer):
    """A break with its evidence, the moves of its values, and what people did, oldest first."""

    found: BreakAnswer
    evidence: list[LinkAnswer]
    sightings: list[SightingAnswer]
    steps: list[StepAnswer]


class BreaksAnswer(Answer):
    """A page of breaks, newest first."""

    items: list[BreakAnswer]
    next_cursor: str | None


class MovedAnswer(Answer):
    """What a transfer moved in one asset."""

    source: str
    target: str
    asset: str
    amount: str


class AdjustmentAnswer(Answer):
    """Which transfer corrected which break."""

    transfer_id: UUID | None
    moved: list[MovedAnswer]
    corrected: BreakAnswer


class AdjustmentsAnswer(Answer):
    """A page of adjustments, newest break first."""

    items: list[AdjustmentAnswer]
    next_cursor: str | None


def show_break(found: Break, now: datetime) -> BreakAnswer:
    """Return a break with its values as strings of their unit."""
    proposal, ending = found.proposal, found.ending
    return BreakAnswer(
        id=found.id,
        department_id=found.department_id,
        check=found.check,
        type=found.type,
        subject=found.subject,
        unit=found.unit.value,
        ours=show_value(found.seen.ours, found.unit),
        theirs=show_value(found.seen.theirs, found.unit),
        is_material=found.seen.is_material,
        state=_state(found),
        found_at=found.found_at,
        changed_at=found.seen.at,
        age_days=found.age(now) // _DAY,
        owner=found.owner,
        proposed_by=None if proposal is None else proposal.proposed_by,
        proposal=None
        if proposal is None
        else EndingAnswer(
            how=proposal.ending.how.value,
            reason=proposal.ending.reason,
            transfer_id=proposal.ending.transfer_id,
        ),
        ending=None
        if ending is None
        else EndingAnswer(how=ending.how.value, reason=ending.reason, transfer_id=ending.transfer_id),
        ended_at=found.ended_at,
    )


def show_history(history: History, now: datetime) -> BreakHistoryAnswer:
    """Return a break with all that was kept about it."""
    return BreakHistoryAnswer(
        found=show_break(history.found, now),
        evidence=[LinkAnswer(kind=each.kind.value, reference=each.reference) for each in history.evidence],
        sightings=[_show_sighting(history.found, each) for each in history.sightings],
        steps=[_show_step(each) for each in history.steps],
    )


def show_adjustment(adjustment: Adjustment, now: datetime) -> AdjustmentAnswer:
    """Return an adjustment with what its transfer moved."""
    ending = adjustment.found.ending
    return AdjustmentAnswer(
        transfer_id=None if ending is None else ending.transfer_id,
        moved=[_show_posting(*posting) for posting in adjustment.postings],
        corrected=show_break(adjustment.found, now),
    )


def _show_posting(source: str, target: str, asset: int, amount: int) -> MovedAnswer:
    name, scale = _SCALES.get(asset, ("contract", CONTRACT_SCALE))
    return MovedAnswer(source=source, target=target, asset=name, amount=format_minor(amount, scale))


def _show_sighting(found: Break, seen: Sighting) -> SightingAnswer:
    return SightingAnswer(
        number=seen.number,
        ours=show_value(seen.ours, found.unit),
        theirs=show_value(seen.theirs, found.unit),
        is_material=seen.is_material,
        at=seen.at,
    )


def _show_step(step: Step) -> StepAnswer:
    ending = step.ending
    return StepAnswer(
        number=step.number,
        kind=step.kind.value,
        by=step.by,
        at=step.at,
        note=step.note,
        how=None if ending is None else ending.how.value,
        transfer_id=None if ending is None else ending.transfer_id,
    )


def _state(found: Break) -> str:
    if found.ending is not None:
        return "ended"
    if found.proposal is not None:
        return "proposed"
    return "open" if found.owner is None else "owned"
