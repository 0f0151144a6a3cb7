"""Routes of transfers. Money moves through one lane for each book."""

from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Response

from customer_stack.edge.authentication import CurrentCustomer, RoutedCustomer, require
from customer_stack.edge.origin import RequestCountry
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, IdempotencyKey, Limit, read_uuid_cursor
from customer_stack.transfers.domain.codes import read_code
from customer_stack.transfers.domain.orders import OrderKind, Terms
from customer_stack.transfers.domain.qr import QrCode, read_our_payload
from customer_stack.transfers.errors import AmountMissing, AmountNotWanted
from customer_stack.transfers.schemas import (
    AccountCodeAnswer,
    MadeAnswer,
    QrCodeAnswer,
    QrCodeBody,
    QrCodePage,
    QrParseBody,
    QrPaymentBody,
    QrPreviewAnswer,
    TermsAnswer,
    TermsBody,
    TransferAnswer,
    TransferBody,
    TransferPage,
    show_code,
    show_order,
    show_preview,
    show_terms,
)
from customer_stack.transfers.service.commands import MoveMoney, Scan, digest_payload
from customer_stack.transfers.service.reading import TransfersService
from customer_stack.transfers.service.releasing import HeldTransfers
from shared.idempotency import Claim, digest_of, key_of
from shared.lanes import Lanes
from shared.money import LKR_SCALE, USD_SCALE, Currency, to_minor

TermsReader = Annotated[StaffPrincipal, require("tenant.transfers.read")]
TermsSetter = Annotated[StaffPrincipal, require("tenant.transfers.set_terms")]

SEND: Final = "POST /v1/transfers"
PAY: Final = "POST /v1/qr-payments"


def build_router(lanes: Lanes[MoveMoney, bytes], service: TransfersService, held: HeldTransfers) -> APIRouter:
    """Return the customers' routes over the lane and the services."""
    router = APIRouter(prefix="/v1", tags=["transfers"])

    @router.get("/account-code")
    async def get_account_code(customer: CurrentCustomer) -> AccountCodeAnswer:
        """Return your account code, by which other customers send you money."""
        code = await service.get_account_code(customer.tenant_id, customer.customer_id)
        return AccountCodeAnswer(account_code=code)

    @router.post("/transfers", status_code=201, response_model=MadeAnswer)
    async def send_money(
        body: TransferBody,
        customer: RoutedCustomer,
        country: RequestCountry,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Send money to another customer at once. The same Idempotency-Key with the same body sends once.

        With state `held` the money is reserved and not sent yet: wait, or cancel it.
        """
        to, amount = read_code(body.to), _minor(body.amount, body.currency)
        note = b"" if body.note is None else service.index_note(customer.tenant_id, body.note)
        digest = digest_of(SEND, f"{to} {body.currency} {amount} ".encode() + note)
        command = MoveMoney(
            tenant_id=customer.tenant_id,
            customer_id=customer.customer_id,
            session_id=customer.session_id,
            claim=Claim(customer.customer_id, key_of(idempotency_key), digest),
            kind=OrderKind.TRANSFER,
            to=to,
            currency=body.currency,
            amount=amount,
            note=body.note,
            country=country,
        )
        return _made(await lanes.submit(customer.customer_id, command))

    @router.get("/transfers")
    async def list_transfers(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> TransferPage:
        """List what you sent and received, newest first."""
        views = await service.list_orders(
            customer.tenant_id, customer.customer_id, read_uuid_cursor(cursor), limit + 1
        )
        more = len(views) > limit
        return TransferPage(
            items=[show_order(view) for view in views[:limit]],
            next_cursor=str(views[limit - 1].order.id) if more else None,
        )

    @router.get("/transfers/{transfer_id}")
    async def get_transfer(customer: CurrentCustomer, transfer_id: UUID) -> TransferAnswer:
        """Show one transfer that you sent or received."""
        return show_order(await service.get_order(customer.tenant_id, customer.customer_id, transfer_id))

    @router.post("/transfers/{transfer_id}/cancel")
    async def cancel_transfer(customer: CurrentCustomer, transfer_id: UUID) -> TransferAnswer:
        """Take back a transfer that is held. Its money is free in your wallet again."""
        await held.cancel(customer.tenant_id, customer.customer_id, transfer_id)
        return show_order(await service.get_order(customer.tenant_id, customer.customer_id, transfer_id))

    _add_qr_routes(router, lanes, service)
    return router


def _add_qr_routes(router: APIRouter, lanes: Lanes[MoveMoney, bytes], service: TransfersService) -> None:
    @router.post("/qr-codes", status_code=201)
    async def issue_qr_code(body: QrCodeBody, customer: CurrentCustomer) -> QrCodeAnswer:
        """Make a QR code by which others pay you: with an amount for one payment, without for any number."""
        amount = None if body.amount is None else _minor(body.amount, Currency.LKR)
        return show_code(
            await service.issue_qr_code(
                customer.tenant_id, customer.customer_id, amount, body.name, body.city, body.reference
            )
        )

    @router.get("/qr-codes")
    async def list_qr_codes(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> QrCodePage:
        """List your QR codes, newest first, with whether one-time codes were paid."""
        codes = await service.list_qr_codes(
            customer.tenant_id, customer.customer_id, read_uuid_cursor(cursor), limit + 1
        )
        more = len(codes) > limit
        return QrCodePage(
            items=[show_code(code) for code in codes[:limit]],
            next_cursor=str(codes[limit - 1].issued.id) if more else None,
        )

    @router.post("/qr-codes/parse")
    async def parse_qr_code(body: QrParseBody, customer: CurrentCustomer) -> QrPreviewAnswer:
        """Show what a scanned QR code says, before you pay it."""
        return show_preview(await service.preview(customer.tenant_id, body.payload))

    @router.get(
        "/qr-codes/{qr_code_id}.svg",
        response_class=Response,
        responses={200: {"content": {"image/svg+xml": {}}}},
    )
    async def draw_qr_code(qr_code_id: UUID, customer: CurrentCustomer) -> Response:
        """Return the image of one of your QR codes, to print or to show."""
        image = await service.draw_qr_code(customer.tenant_id, customer.customer_id, qr_code_id)
        return Response(image, media_type="image/svg+xml")

    @router.get("/qr-codes/{qr_code_id}")
    async def get_qr_code(qr_code_id: UUID, customer: CurrentCustomer) -> QrCodeAnswer:
        """Show one of your QR codes."""
        return show_code(await service.get_qr_code(customer.tenant_id, customer.customer_id, qr_code_id))

    @router.post("/qr-payments", status_code=201, response_model=MadeAnswer)
    async def pay_qr_code(
        body: QrPaymentBody,
        customer: RoutedCustomer,
        country: RequestCountry,
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Pay a scanned QR code at once. The same Idempotency-Key with the same body pays once."""
        code = read_our_payload(body.payload)
        amount = _amount_to_pay(code, body.amount)
        digest = digest_of(PAY, f"{body.payload} {amount}".encode())
        command = MoveMoney(
            tenant_id=customer.tenant_id,
            customer_id=customer.customer_id,
            session_id=customer.session_id,
            claim=Claim(customer.customer_id, key_of(idempotency_key), digest),
            kind=OrderKind.QR_PAYMENT,
            to=code.account_code,
            currency=Currency.LKR,
            amount=amount,
            scan=Scan(code.code_id, digest_payload(body.payload)),
            country=country,
        )
        return _made(await lanes.submit(customer.customer_id, command))


def build_staff_router(service: TransfersService) -> APIRouter:
    """Return the staff routes over the service."""
    router = APIRouter(prefix="/staff/transfers", tags=["transfers"])

    @router.get("/terms")
    async def get_terms(staff: TermsReader) -> TermsAnswer:
        """Show the largest amounts that customers may send in one transfer."""
        return show_terms(await service.get_terms(staff.tenant_id))

    @router.put("/terms")
    async def set_terms(body: TermsBody, staff: TermsSetter) -> TermsAnswer:
        """Set the largest amounts that customers may send in one transfer. They count at once."""
        wanted = Terms(
            body.version,
            to_minor(Decimal(body.maximum_lkr), LKR_SCALE),
            to_minor(Decimal(body.maximum_usd), USD_SCALE),
        )
        return show_terms(await service.set_terms(staff.tenant_id, wanted, staff.actor))

    return router


def _made(answer: bytes) -> Response:
    return Response(answer, 201, media_type="application/json")


def _minor(text: str, currency: Currency) -> int:
    amount = to_minor(Decimal(text), currency.scale)
    if amount == 0:
        raise AmountMissing("The amount is zero. Send an amount above zero.")
    return amount


def _amount_to_pay(code: QrCode, text: str | None) -> int:
    """Return LKR cents: the code's, or the payer's for a code that names none.

    Raises AmountMissing, AmountNotWanted.
    """
    wanted = None if text is None else _minor(text, Currency.LKR)
    if code.amount is not None:
        if wanted not in (None, code.amount):
            raise AmountNotWanted("The code names another amount. Leave the field amount out.")
        return code.amount
    if wanted is None:
        raise AmountMissing("The code names no amount. Send the field amount.")
    return wanted
