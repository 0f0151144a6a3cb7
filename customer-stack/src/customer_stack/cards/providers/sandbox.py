"""The sandbox's card acquirer over HTTP, and what its webhooks say.

Guaranteed: whatever is not an explicit, well-formed yes or no is PENDING or AcquirerUnavailable.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from customer_stack.cards.domain.reports import (
    CardAnswer,
    CardState,
    ChargebackReport,
    ChargebackState,
    ChargeReport,
    RefundAnswer,
    RefundState,
)
from customer_stack.cards.errors import AcquirerUnavailable
from customer_stack.cards.providers.contract import ChargeOrder, RefundOrder
from customer_stack.cards.providers.signatures import Cents, Name, Reason, SignedMessages
from customer_stack.webhooks.domain import Envelope
from customer_stack.webhooks.errors import MessageInvalid
from shared.money import LKR_SCALE, format_minor, to_minor

NAME: Final = "sandbox-acquirer"
TIMEOUT_SECONDS: Final = 5.0


class _PartView(BaseModel):
    id: Name
    reference: Name
    status: str
    reason: Reason | None
    amount: Cents


class _ChargeView(BaseModel):
    charge_id: UUID
    status: str
    reason: Reason | None
    amount: Cents
    currency: Literal["LKR"]
    redirect_url: str | None = Field(default=None, pattern=r"^https?://[!-~]{1,490}$")
    capture: _PartView | None
    refunds: list[_PartView] = Field(max_length=100)
    chargebacks: list[_PartView] = Field(max_length=100)


class _Message(BaseModel):
    """What a webhook may carry; which fields it has depends on its type."""

    model_config = ConfigDict(extra="forbid")

    event_id: Name
    type: str
    charge_id: UUID
    reference: Name
    amount: Cents
    currency: Literal["LKR"]
    reason: Reason | None = None
    refund_id: UUID | None = None
    chargeback_id: Name | None = None


class SandboxAcquirer:
    """Speaks to the sandbox's acquirer."""

    name = NAME

    def __init__(self, base_url: str, api_key: str, client: httpx.AsyncClient) -> None:
        """Use `client` for calls to `base_url`."""
        self._url = base_url.rstrip("/")
        self._key = api_key
        self._client = client

    async def authorise(self, order: ChargeOrder) -> CardAnswer:
        """Ask the card's bank to reserve the amount. Raises AcquirerUnavailable."""
        body = {
            "charge_id": str(order.charge_id),
            "token": order.token,
            "amount": format_minor(order.amount, LKR_SCALE),
            "currency": "LKR",
        }
        return _answer(await self._charge("POST", "/v1/charges", order.charge_id, body))

    async def capture(self, charge_id: UUID, amount: int) -> CardAnswer:
        """Take what was reserved. Raises AcquirerUnavailable."""
        body = {"amount": format_minor(amount, LKR_SCALE)}
        return _answer(await self._charge("POST", f"/v1/charges/{charge_id}/capture", charge_id, body))

    async def refund(self, order: RefundOrder) -> RefundAnswer:
        """Give back what was taken. Raises AcquirerUnavailable."""
        body = {"refund_id": str(order.refund_id), "amount": format_minor(order.amount, LKR_SCALE)}
        answer = await self._call("POST", f"/v1/charges/{order.charge_id}/refunds", body)
        try:
            part = _PartView.model_validate_json(answer.content)
        except ValidationError:
            raise _unavailable() from None
        if not answer.is_success or part.id != str(order.refund_id):
            raise _unavailable()
        return _refund(part)

    async def look_up(self, charge_id: UUID) -> ChargeReport:
        """Return everything that became of a charge. Raises AcquirerUnavailable."""
        view = await self._charge("GET", f"/v1/charges/{charge_id}", charge_id, None)
        if view is None:
            return ChargeReport(charge_id)
        return ChargeReport(
            charge_id,
            _answer(view),
            tuple(_refund(part) for part in view.refunds),
            tuple(
                ChargebackReport(
                    part.id,
                    _cents(part.amount),
                    part.reason or "not_said",
                    ChargebackState.WON if part.status == "won" else ChargebackState.OPEN,
                )
                for part in view.chargebacks
            ),
        )

    async def _charge(
        self, method: str, path: str, charge_id: UUID, body: dict[str, str] | None
    ) -> _ChargeView | None:
        """Return the charge as the acquirer shows it; None: it says that there is none."""
        answer = await self._call(method, path, body)
        if method == "GET" and answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if not answer.is_success:
            raise _unavailable()
        try:
            view = _ChargeView.model_validate_json(answer.content)
        except ValidationError:
            raise _unavailable() from None  # the cause would quote what the acquirer sent
        if view.charge_id != charge_id:
            raise _unavailable()
        return view

    async def _call(self, method: str, path: str, body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._key}"}
        try:
            return await self._client.request(
                method, f"{self._url}{path}", json=body, headers=headers, timeout=TIMEOUT_SECONDS
            )
        except httpx.HTTPError:
            raise _unavailable() from None  # the cause holds the request, and the request a token


def acquirer_messages(secret: str) -> SignedMessages:
    """Return the verifier of the acquirer's webhooks."""
    return SignedMessages("acquirer", "acquirer-signature", secret)


def read_report(envelope: Envelope) -> ChargeReport | None:
    """Return what a verified message says about a charge; None for another message.

    Raises MessageInvalid.
    """
    if envelope.kind.partition(".")[0] not in ("charge", "refund", "chargeback"):
        return None
    try:
        message = _Message.model_validate_json(envelope.body)
    except ValidationError:
        raise MessageInvalid("The message does not have the agreed form of a charge's event.") from None
    return _report(envelope.kind, message)


def _report(kind: str, message: _Message) -> ChargeReport | None:
    charge, amount = ChargeReport(message.charge_id), _cents(message.amount)
    match kind, message:
        case "charge.authorised", _:
            charge = replace(charge, charge=CardAnswer(CardState.AUTHORISED, amount=amount))
        case "charge.captured", _:
            charge = replace(charge, charge=CardAnswer(CardState.CAPTURED, message.reference, amount))
        case (("charge.declined" | "charge.capture_failed"), _):
            charge = replace(charge, charge=CardAnswer(CardState.DECLINED, reason=message.reason))
        case (("refund.succeeded" | "refund.failed"), _Message(refund_id=UUID() as refund_id)):
            state = RefundState.REFUNDED if kind == "refund.succeeded" else RefundState.REFUSED
            refund = RefundAnswer(refund_id, state, message.reference, message.reason)
            charge = replace(charge, refunds=(refund,))
        case (("chargeback.opened" | "chargeback.won"), _Message(chargeback_id=str() as name)):
            state_of_it = ChargebackState.WON if kind == "chargeback.won" else ChargebackState.OPEN
            back = ChargebackReport(name, amount, message.reason or "not_said", state_of_it)
            charge = replace(charge, chargebacks=(back,))
        case _:
            return None
    return charge


def _answer(view: _ChargeView | None) -> CardAnswer:
    """Return what the acquirer says of the charge itself; anything else than a known word is PENDING."""
    if view is None:
        return CardAnswer()
    amount = _cents(view.amount)
    match view.status, view.capture:
        case "declined", _:
            return CardAnswer(CardState.DECLINED, reason=view.reason)
        case "authorised", _PartView(status="succeeded") as capture:
            return CardAnswer(CardState.CAPTURED, capture.reference, _cents(capture.amount))
        case "authorised", _PartView(status="failed") as capture:
            return CardAnswer(CardState.DECLINED, reason=capture.reason)
        case "authorised", _:
            return CardAnswer(CardState.AUTHORISED, amount=amount)
        case _:
            return CardAnswer(redirect_url=view.redirect_url)


def _refund(part: _PartView) -> RefundAnswer:
    states = {"succeeded": RefundState.REFUNDED, "failed": RefundState.REFUSED}
    try:
        refund_id = UUID(part.id)
    except ValueError:
        raise _unavailable() from None
    return RefundAnswer(refund_id, states.get(part.status, RefundState.PENDING), part.reference, part.reason)


def _cents(text: str) -> int:
    return to_minor(Decimal(text), LKR_SCALE)


def _unavailable() -> AcquirerUnavailable:
    return AcquirerUnavailable("The card acquirer does not answer. The charge goes on when it does.")
