"""The sandbox's bank over HTTP as a provider of payouts.

It takes an order once per payout id, answers 202 while the payout is pending, and tells by webhook what
became of it; a look-up tells the same.
"""

from typing import Annotated, Final
from uuid import UUID

import httpx
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutOrder, PayoutState
from customer_stack.payouts.errors import ProviderUnavailable
from customer_stack.webhooks.domain import Envelope
from customer_stack.webhooks.errors import MessageInvalid
from shared.money import LKR_SCALE, format_minor

CLIENT_ERROR: Final = 400
KINDS: Final = ("payout.succeeded", "payout.failed", "payout.returned")

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]

_STATE_OF: Final = {
    "succeeded": PayoutState.PAID,
    "failed": PayoutState.REFUSED,
    "returned": PayoutState.RETURNED,
}
"""The bank's words. Whatever is not here is pending."""


class PayoutWord(BaseModel):
    """What the bank says about a payout, in an answer or in a message."""

    payout_id: str = Field(max_length=140)
    bank_reference: Name
    return_reference: Name | None = None
    reason: str | None = Field(default=None, max_length=140)


class PayoutView(PayoutWord):
    """A payout as the bank shows it."""

    status: str = Field(max_length=64)


class SandboxPayouts:
    """Orders payouts at the sandbox's bank. Its name is the bank's, since both move one account."""

    name = "sandbox-bank"

    def __init__(self, base_url: str, api_key: str, client: httpx.AsyncClient) -> None:
        """Use `client` for calls to `base_url`."""
        self._url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._client = client

    async def send(self, order: PayoutOrder) -> PayoutAnswer:
        """Ask for a payout. Raises ProviderUnavailable; nothing else."""
        body = {
            "payout_id": str(order.payout_id),
            "amount": format_minor(order.amount, LKR_SCALE),
            "currency": "LKR",
            "account": order.account,
            "reference": order.reference,
        }
        return await self._ask("POST", f"{self._url}/v1/payouts", body)

    async def look_up(self, payout_id: UUID) -> PayoutAnswer:
        """Return what became of a payout. Raises ProviderUnavailable; nothing else."""
        return await self._ask("GET", f"{self._url}/v1/payouts/{payout_id}", None)

    async def _ask(self, method: str, url: str, body: dict[str, str] | None) -> PayoutAnswer:
        try:
            answer = await self._client.request(method, url, json=body, headers=self._headers)
            if answer.status_code >= CLIENT_ERROR:
                # An error of any kind is no word about the payout: it may stand all the same.
                raise ProviderUnavailable("The bank did not take the question. It is asked again.")
            view = PayoutView.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise ProviderUnavailable("The bank did not answer. It is asked again.") from error
        return _read(view, view.status)


def read_answer(envelope: Envelope) -> tuple[UUID, PayoutAnswer] | None:
    """Return the payout and the answer that a verified message of the bank brings, None for another message.

    Raises MessageInvalid.
    """
    if envelope.kind not in KINDS:
        return None
    try:
        word = PayoutWord.model_validate_json(envelope.body)
        payout_id = UUID(word.payout_id)
    except ValueError as error:
        raise MessageInvalid("The message does not have the agreed form of a payout.") from error
    return payout_id, _read(word, envelope.kind.removeprefix("payout."))


def _read(word: PayoutWord, status: str) -> PayoutAnswer:
    state = _STATE_OF.get(status, PayoutState.PENDING)
    return PayoutAnswer(state, word.bank_reference, word.reason, word.return_reference)
