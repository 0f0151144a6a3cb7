"""Account codes, QR codes, terms, and what a customer sees of transfers."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import segno

from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import require_capability
from customer_stack.transfers.domain.codes import RANDOM_BITS, make_code
from customer_stack.transfers.domain.gate import Reason
from customer_stack.transfers.domain.orders import FIRST_TERMS, IssuedCode, OrderState, OrderView, Terms
from customer_stack.transfers.domain.qr import QrCode, make_payload, read_our_payload
from customer_stack.transfers.errors import QrCodeUnknown, TermsConflict, TransferUnknown
from customer_stack.transfers.service.commands import Texts, digest_payload
from customer_stack.transfers.service.denials import denial
from customer_stack.transfers.store import moving, reading
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import Ids

_ATTEMPTS: Final = 4
_MODULE_PIXELS: Final = 6

IsActive = Callable[[Transaction, UUID], Awaitable[bool]]
"""Whether a customer is active, in the transaction given."""


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A QR code of a merchant with its payload."""

    issued: IssuedCode
    payload: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a scanned payload says, and whether it can be paid now."""

    code: QrCode
    state: str


async def ensure_code(
    tx: Transaction, tenant_id: UUID, customer_id: UUID, draw: Callable[[int], int], now: datetime
) -> str:
    """Return a customer's account code, making it on first demand."""
    for _ in range(_ATTEMPTS):
        code = (await moving.load_codes(tx, [customer_id])).get(customer_id)
        if code is not None:
            return code
        await moving.insert_codes(tx, [(tenant_id, customer_id, make_code(draw(RANDOM_BITS)))], now)
    code = (await moving.load_codes(tx, [customer_id])).get(customer_id)
    invariant(code is not None, "four random account codes in a row were taken")
    return str(code)


class TransfersService:
    """Everything about transfers that moves no money."""

    def __init__(
        self,
        database: Database,
        texts: Texts,
        is_active: IsActive,
        draw: Callable[[int], int],
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Work on `database`; `draw` returns that many random bits."""
        self._database = database
        self._texts = texts
        self._is_active = is_active
        self._draw = draw
        self._clock = clock
        self._ids = ids

    def index_note(self, tenant_id: UUID, text: str) -> bytes:
        """Return a keyed digest of a note, for the digest of its request."""
        return self._texts.index(tenant_id, text)

    async def get_account_code(self, tenant_id: UUID, customer_id: UUID) -> str:
        """Return a customer's account code, making it on first demand."""
        async with self._database.transaction(tenant_id) as tx:
            return await ensure_code(tx, tenant_id, customer_id, self._draw, self._clock.now())

    async def list_orders(
        self, tenant_id: UUID, customer_id: UUID, before: UUID | None, limit: int
    ) -> list[OrderView]:
        """Return up to `limit` transfers sent and received, newest first, below an id."""
        async with self._database.transaction(tenant_id) as tx:
            stored = await reading.load_page(tx, customer_id, before, limit)
        return [self._view(each) for each in stored]

    async def get_order(self, tenant_id: UUID, customer_id: UUID, order_id: UUID) -> OrderView:
        """Return one transfer. Raises TransferUnknown, also for somebody else's."""
        async with self._database.transaction(tenant_id) as tx:
            stored = await reading.load_one(tx, customer_id, order_id)
        if stored is None:
            raise TransferUnknown
        return self._view(stored)

    def _view(self, stored: reading.StoredOrder) -> OrderView:
        sealed = stored.note_sealed
        # Of who was erased the note is empty.
        is_made = stored.state is OrderState.MADE
        opened = self._texts.open_note if is_made else self._texts.open_held_note
        note = opened(stored.order.id, sealed) if sealed else None
        return OrderView(
            stored.order, stored.direction, stored.counterparty, note, stored.is_reversed, stored.state
        )

    async def issue_qr_code(
        self,
        tenant_id: UUID,
        merchant_id: UUID,
        amount: int | None,
        name: str,
        city: str,
        reference: str | None,
    ) -> ShownCode:
        """Issue a QR code: with an amount (LKR cents) for one payment, without for any number.

        Raises CapabilityOff, CustomerNotActive, QrTextUnprintable.
        """
        now, code_id = self._clock.now(), self._ids.new()
        async with self._database.transaction(tenant_id) as tx:
            await require_capability(tx, tenant_id, Capability.TRANSFERS)
            if not await self._is_active(tx, merchant_id):
                raise denial(Reason.CUSTOMER_NOT_ACTIVE)
            account_code = await ensure_code(tx, tenant_id, merchant_id, self._draw, now)
            payload = make_payload(QrCode(code_id, account_code, amount, name, city, reference))
            issued = IssuedCode(code_id, tenant_id, merchant_id, amount, digest_payload(payload), now)
            await reading.insert_qr_code(tx, issued, self._texts.seal_payload(code_id, payload))
            body = {"qr_code_id": code_id, "amount": amount}
            actor = f"customer:{merchant_id}"
            await audit.append(tx, [AuditRecord(tenant_id, "transfers.qr_code_issued", body, now, actor)])
        return ShownCode(issued, payload)

    async def list_qr_codes(
        self, tenant_id: UUID, merchant_id: UUID, before: UUID | None, limit: int
    ) -> list[ShownCode]:
        """Return up to `limit` of a merchant's QR codes, newest first, below an id."""
        async with self._database.transaction(tenant_id) as tx:
            found = await reading.load_qr_codes(tx, merchant_id, before, limit)
        return [ShownCode(issued, self._texts.open_payload(issued.id, sealed)) for issued, sealed in found]

    async def get_qr_code(self, tenant_id: UUID, merchant_id: UUID, code_id: UUID) -> ShownCode:
        """Return one of a merchant's QR codes. Raises QrCodeUnknown, also for somebody else's."""
        async with self._database.transaction(tenant_id) as tx:
            found = await reading.load_qr_code(tx, merchant_id, code_id)
        if found is None:
            raise QrCodeUnknown("You have no such QR code. Read the list of your codes.")
        issued, sealed = found
        return ShownCode(issued, self._texts.open_payload(issued.id, sealed))

    async def draw_qr_code(self, tenant_id: UUID, merchant_id: UUID, code_id: UUID) -> bytes:
        """Return the image of a QR code as SVG. Raises QrCodeUnknown."""
        shown = await self.get_qr_code(tenant_id, merchant_id, code_id)
        return await asyncio.to_thread(_draw, shown.payload)

    async def preview(self, tenant_id: UUID, payload: str) -> Preview:
        """Return what a payload says and its state: payable, paid, or not as it was issued.

        Raises QrCodeUnreadable, QrCodeForeign, QrCodeUnknown.
        """
        code = read_our_payload(payload)
        async with self._database.transaction(tenant_id) as tx:
            issued = (await moving.load_issued(tx, [code.code_id])).get(code.code_id)
        if issued is None:
            raise denial(Reason.QR_CODE_UNKNOWN)
        if issued.payload_digest != digest_payload(payload):
            raise denial(Reason.QR_CODE_ALTERED)
        return Preview(code, "paid" if issued.is_paid else "payable")

    async def get_terms(self, tenant_id: UUID) -> Terms:
        """Return the terms that count."""
        async with self._database.transaction(tenant_id) as tx:
            return (await moving.load_terms(tx, [tenant_id])).get(tenant_id, FIRST_TERMS)

    async def set_terms(self, tenant_id: UUID, wanted: Terms, actor: str) -> Terms:
        """Set the largest amounts, replacing the terms of version `wanted.version`; equal ones stay.

        Raises TermsConflict when those are not the ones that count any more.
        """
        conflict = TermsConflict("The terms were changed meanwhile. Read them, then set them again.")
        async with self._database.transaction(tenant_id) as tx:
            standing = (await moving.load_terms(tx, [tenant_id])).get(tenant_id, FIRST_TERMS)
            if replace(wanted, version=standing.version) == standing:
                return standing
            if wanted.version != standing.version:
                raise conflict
            terms = replace(wanted, version=standing.version + 1)
            now = self._clock.now()
            if not await reading.insert_terms(tx, tenant_id, terms, now, actor):
                raise conflict
            body = {
                "version": terms.version,
                "maximum_lkr": terms.maximum_lkr,
                "maximum_usd": terms.maximum_usd,
            }
            await audit.append(tx, [AuditRecord(tenant_id, "transfers.terms_set", body, now, actor)])
        return terms


def _draw(payload: str) -> bytes:
    """Return a payload as SVG, with the quiet zone of four modules that readers need (ISO/IEC 18004)."""
    image = io.BytesIO()
    segno.make_qr(payload, error="m").save(image, kind="svg", scale=_MODULE_PIXELS, border=4, light="white")
    return image.getvalue()
