"""Open banking at the sandbox's bank, over HTTP."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import httpx
import orjson

from customer_stack.payments.errors import BankUnavailable
from customer_stack.payments.providers.open_banking import (
    ConsentRequest,
    ConsentState,
    ConsentWord,
    PaymentState,
    PaymentWord,
)
from shared.money import LKR_SCALE, format_minor

_CONSENT_WORDS: Final[Mapping[object, ConsentState]] = {
    "authorised": ConsentState.AUTHORISED,
    "consumed": ConsentState.AUTHORISED,
    "rejected": ConsentState.REJECTED,
    "expired": ConsentState.EXPIRED,
}
_PAYMENT_WORDS: Final[Mapping[object, PaymentState]] = {
    "completed": PaymentState.PAID,
    "failed": PaymentState.FAILED,
}
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_REASON: Final = re.compile(r"[a-z_]{1,64}")


class SandboxOpenBank:
    """See `OpenBank`."""

    name = "sandbox-bank"

    def __init__(self, base_url: str, api_key: str, client: httpx.AsyncClient) -> None:
        """Use `client` for calls to `base_url`."""
        self._url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._client = client

    async def create_consent(self, request: ConsentRequest) -> ConsentWord:
        """Ask for a consent. A bank that does not answer with a page to go to did not answer."""
        body = {
            "consent_id": str(request.consent_id),
            "purpose": request.purpose.value,
            "amount": format_minor(request.amount, LKR_SCALE),
            "currency": "LKR",
            "pay_reference": request.pay_reference,
            "return_url": request.return_url,
        }
        found = _read_consent(await self._call("POST", "/v1/consents", body))
        if found.authorise_url is None:
            raise BankUnavailable("The bank gave no page for the consent. Try again later.")
        return found

    async def look_up_consent(self, consent_id: UUID) -> ConsentWord:
        """Return what became of a consent."""
        return _read_consent(await self._call("GET", f"/v1/consents/{consent_id}"))

    async def pay(self, consent_id: UUID, payment_id: UUID) -> PaymentWord:
        """Start the payment of an authorised consent."""
        body = {"payment_id": str(payment_id)}
        return _read_payment(await self._call("POST", f"/v1/consents/{consent_id}/payments", body))

    async def look_up_payment(self, payment_id: UUID) -> PaymentWord:
        """Return what became of a payment; PENDING where the bank does not know it (yet)."""
        return _read_payment(await self._call("GET", f"/v1/consent-payments/{payment_id}"))

    async def _call(self, method: str, path: str, body: object = None) -> Mapping[str, Any]:
        """Return the object that the bank answered with; empty where it did not take the request."""
        try:
            answer = await self._client.request(
                method,
                f"{self._url}{path}",
                content=None if body is None else orjson.dumps(body),
                headers={**self._headers, "Content-Type": "application/json"},
            )
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                answer.raise_for_status()
            found = orjson.loads(answer.content)
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise BankUnavailable("The bank did not answer. Try again later.") from error
        return found if isinstance(found, dict) and answer.is_success else {}


def _read_consent(found: Mapping[str, Any]) -> ConsentWord:
    url, account = found.get("authorise_url"), found.get("account")
    status = found.get("status")
    return ConsentWord(
        _CONSENT_WORDS.get(status, ConsentState.PENDING) if isinstance(status, str) else ConsentState.PENDING,
        url if isinstance(url, str) and url.startswith(("https://", "http://")) else None,
        account if isinstance(account, str) and 0 < len(account) <= 34 else None,
    )


def _read_payment(found: Mapping[str, Any]) -> PaymentWord:
    """Return the bank's word. A yes without the booking's name is not yet a yes."""
    status, reference, reason = found.get("status"), found.get("bank_reference"), found.get("reason")
    state = (
        _PAYMENT_WORDS.get(status, PaymentState.PENDING) if isinstance(status, str) else PaymentState.PENDING
    )
    named = isinstance(reference, str) and _REFERENCE.fullmatch(reference) is not None
    if state is PaymentState.PAID:
        return PaymentWord(state, reference) if named else PaymentWord(PaymentState.PENDING)
    known = isinstance(reason, str) and _REASON.fullmatch(reason) is not None
    return PaymentWord(state, reason=reason if known and state is PaymentState.FAILED else None)
