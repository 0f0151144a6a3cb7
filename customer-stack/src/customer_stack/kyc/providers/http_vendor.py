"""The identity vendor over HTTP: the wire protocol of the sandbox's vendor.

Guaranteed: whatever is not an explicit, well-formed answer is VendorUnavailable, never a verdict.
"""

from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from customer_stack.customers.domain import DocumentType
from customer_stack.kyc.domain.claims import Claim, Extracted, Pending, Rejected, Verdict
from customer_stack.kyc.providers.contract import VendorUnavailable
from customer_stack.tls import trusted_authorities

TIMEOUT_SECONDS: Final = 5.0
_DOCUMENT_TYPES: Final = {DocumentType.NATIONAL_ID: "nic", DocumentType.PASSPORT: "passport"}


class _ExtractedView(BaseModel):
    full_name: str
    date_of_birth: date
    residency: str


class _VerificationView(BaseModel):
    verification_id: UUID
    status: Literal["pending", "verified", "rejected"]
    extracted: _ExtractedView | None = None


class HttpIdentityVendor:
    """One HTTP client for a vendor that speaks this protocol."""

    def __init__(
        self, url: str, api_key: SecretStr, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Talk to the vendor at `url`."""
        self._client = httpx.AsyncClient(
            verify=trusted_authorities(),
            base_url=url,
            headers={"Authorization": f"Bearer {api_key.get_secret_value()}"},
            timeout=TIMEOUT_SECONDS,
            transport=transport,
        )

    async def submit(self, check_id: UUID, claim: Claim) -> None:
        """Ask for a verification. Raises VendorUnavailable."""
        body = {
            "verification_id": str(check_id),
            "full_name": claim.full_name,
            "date_of_birth": claim.date_of_birth.isoformat(),
            "residency": claim.residency,
            "document": {
                "type": _DOCUMENT_TYPES[claim.document_type],
                "number": claim.document_number,
                "country": claim.document_country,
            },
        }
        answer = await self._request("POST", "/v1/verifications", json=body)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise _unavailable()

    async def fetch(self, check_id: UUID) -> Verdict:
        """Return what the vendor says. Raises VendorUnavailable."""
        answer = await self._request("GET", f"/v1/verifications/{check_id}")
        if answer.status_code != httpx.codes.OK:
            raise _unavailable()
        try:
            view = _VerificationView.model_validate_json(answer.content)
        except ValidationError:
            raise _unavailable() from None  # the cause would quote what the vendor sent
        if view.verification_id != check_id:
            raise _unavailable()
        match view.status, view.extracted:
            case "pending", None:
                return Pending()
            case "rejected", None:
                return Rejected()
            case "verified", _ExtractedView() as read:
                return Extracted(read.full_name, read.date_of_birth, read.residency)
            case _:
                raise _unavailable()

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **options)
        except httpx.HTTPError:
            raise _unavailable() from None  # the cause holds the request, and the request a person

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _unavailable() -> VendorUnavailable:
    return VendorUnavailable("The identity vendor does not answer. The check goes on when it does.")
