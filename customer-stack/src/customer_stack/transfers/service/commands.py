"""What a customer asks the lane for, and what the lane asks of others."""

import hashlib
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from customer_stack.transfers.domain.orders import OrderKind
from shared.idempotency import Claim
from shared.money import Currency


@dataclass(frozen=True, slots=True)
class Scan:
    """A QR code that is paid: its id, and the digest of the payload as it was scanned."""

    code_id: UUID
    payload_digest: bytes


@dataclass(frozen=True, slots=True)
class MoveMoney:
    """A customer's request, checked for shape and routed by a session.

    `to` is an account code; `country` is where the request comes from, as far as that is known.
    """

    tenant_id: UUID
    customer_id: UUID
    session_id: UUID
    claim: Claim
    kind: OrderKind
    to: str
    currency: Currency
    amount: int
    note: str | None = field(default=None, repr=False)
    scan: Scan | None = None
    country: str | None = None


class Texts(Protocol):
    """Seals what customers type: notes of orders, payloads of QR codes."""

    def seal_note(self, order_id: UUID, text: str) -> bytes:
        """Return an order's note, sealed."""
        ...

    def open_note(self, order_id: UUID, sealed: bytes) -> str:
        """Return an order's note."""
        ...

    def seal_held_note(self, order_id: UUID, text: str) -> bytes:
        """Return the note of an order that waits, sealed."""
        ...

    def open_held_note(self, order_id: UUID, sealed: bytes) -> str:
        """Return the note of an order that waits, or waited."""
        ...

    def seal_payload(self, code_id: UUID, text: str) -> bytes:
        """Return a QR code's payload, sealed."""
        ...

    def open_payload(self, code_id: UUID, sealed: bytes) -> str:
        """Return a QR code's payload."""
        ...

    def index(self, tenant_id: UUID, text: str) -> bytes:
        """Return a keyed digest: equal for equal texts, and nothing to try texts against."""
        ...


def digest_payload(payload: str) -> bytes:
    """Return the digest of a QR payload. It holds a random id, so the digest betrays no text."""
    return hashlib.sha256(payload.encode()).digest()
