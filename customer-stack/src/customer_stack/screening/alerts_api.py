"""Staff routes of alerts: the queue, one alert in words, and what people decide."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, CursorInvalid, Limit, read_uuid_cursor
from customer_stack.screening.alert_schemas import (
    AlertAnswer,
    AlertContentAnswer,
    AlertsAnswer,
    DecisionBody,
    WaitingAnswer,
    show_alerts,
    show_waiting,
)
from customer_stack.screening.domain.alerts import State, Step
from customer_stack.screening.service.alerts import AlertReview, Reviewer
from customer_stack.screening.service.subjects import SubjectScreening

Reader = Annotated[StaffPrincipal, require("tenant.screening.read")]
ContentReader = Annotated[StaffPrincipal, require("tenant.screening.read_content")]
Decider = Annotated[StaffPrincipal, require("tenant.screening.decide")]
Approver = Annotated[StaffPrincipal, require("tenant.screening.approve")]


def build_router(alerts: AlertReview, subjects: SubjectScreening) -> APIRouter:
    """Return the staff routes of alerts."""
    router = APIRouter(prefix="/staff/screening", tags=["screening"])
    _add_reading(router, alerts, subjects)
    _add_decisions(router, alerts)
    return router


def _add_reading(router: APIRouter, alerts: AlertReview, subjects: SubjectScreening) -> None:
    @router.get("/alerts")
    async def list_alerts(
        staff: Reader, state: State = State.OPEN, limit: Limit = 50, cursor: Cursor = None
    ) -> AlertsAnswer:
        """Return alerts in a state, the strongest evidence first, without names of customers."""
        found = await alerts.list_queue(_reviewer(staff), state, _read_cursor(cursor), limit + 1)
        return show_alerts(found, limit)

    @router.get("/alerts/{alert_id}")
    async def show_alert(alert_id: UUID, staff: ContentReader) -> AlertContentAnswer:
        """Return an alert in words: why it was found, the entry, each step. That it was read is recorded."""
        return AlertContentAnswer.of(await alerts.read(_reviewer(staff), alert_id))

    @router.get("/waiting")
    async def list_waiting(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> WaitingAnswer:
        """Return those whose screening went wrong and is tried again."""
        found = await subjects.list_failing(staff.tenant_id, read_uuid_cursor(cursor), limit + 1)
        return show_waiting(found, limit)


def _add_decisions(router: APIRouter, alerts: AlertReview) -> None:
    async def decide(staff: StaffPrincipal, alert_id: UUID, step: Step, body: DecisionBody) -> AlertAnswer:
        return AlertAnswer.of(await alerts.step(_reviewer(staff), alert_id, step, body.note))

    @router.post("/alerts/{alert_id}/clearing")
    async def clear(alert_id: UUID, body: DecisionBody, staff: Decider) -> AlertAnswer:
        """Say that the customer is somebody else; one person is enough below a score of 8500."""
        return await decide(staff, alert_id, Step.CLEAR, body)

    @router.post("/alerts/{alert_id}/clearing-proposal")
    async def propose_clear(alert_id: UUID, body: DecisionBody, staff: Decider) -> AlertAnswer:
        """Propose to say that the customer is somebody else."""
        return await decide(staff, alert_id, Step.PROPOSE_CLEAR, body)

    @router.post("/alerts/{alert_id}/confirmation-proposal")
    async def propose_confirm(alert_id: UUID, body: DecisionBody, staff: Decider) -> AlertAnswer:
        """Propose to say that it is the same person. Their money stays where it is from now on."""
        return await decide(staff, alert_id, Step.PROPOSE_CONFIRM, body)

    @router.post("/alerts/{alert_id}/release-proposal")
    async def propose_release(alert_id: UUID, body: DecisionBody, staff: Decider) -> AlertAnswer:
        """Propose to release somebody who was confirmed."""
        return await decide(staff, alert_id, Step.PROPOSE_RELEASE, body)

    @router.post("/alerts/{alert_id}/approval")
    async def approve(alert_id: UUID, body: DecisionBody, staff: Approver) -> AlertAnswer:
        """Approve what somebody else proposed."""
        return await decide(staff, alert_id, Step.APPROVE, body)

    @router.post("/alerts/{alert_id}/rejection")
    async def reject(alert_id: UUID, body: DecisionBody, staff: Approver) -> AlertAnswer:
        """Reject what somebody else proposed."""
        return await decide(staff, alert_id, Step.REJECT, body)


def _reviewer(staff: StaffPrincipal) -> Reviewer:
    return Reviewer(staff.tenant_id, staff.staff_id, staff.department_id, staff.actor)


def _read_cursor(cursor: str | None) -> tuple[int, UUID] | None:
    if cursor is None:
        return None
    priority, _, alert_id = cursor.partition(".")
    try:
        return int(priority), UUID(alert_id)
    except ValueError:
        raise CursorInvalid("Send next_cursor of the page before, unchanged, or no cursor.") from None
