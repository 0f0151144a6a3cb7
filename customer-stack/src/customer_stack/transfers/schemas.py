"""Wire shapes of transfers. Amounts are decimal strings."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from customer_stack.edge.schemas import AmountText, Answer, Body
from customer_stack.transfers.domain.orders import (
    NEXT_STEPS,
    NOTE_LIMIT,
    Direction,
    OrderKind,
    OrderState,
    OrderView,
    Terms,
)
from customer_stack.transfers.domain.qr import CITY_LIMIT, NAME_LIMIT, PAYLOAD_LIMIT, REFERENCE_LIMIT
from customer_stack.transfers.service.reading import Preview, ShownCode
from shared.money import LKR_SCALE, USD_SCALE, Currency, format_minor

AccountCode = Annotated[str, Field(min_length=13, max_length=24, examples=["BC2N0GSA9NTNJ"])]
Note = Annotated[str, StringConstraints(min_length=1, max_length=NOTE_LIMIT, pattern=r"^[^\x00-\x1f\x7f]+$")]
Payload = Annotated[str, Field(min_length=1, max_length=PAYLOAD_LIMIT)]
LkrText = Annotated[
    str,
    StringConstraints(pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$"),
    Field(examples=["1500.00"]),
]


class AccountCodeAnswer(Answer):
    """Your account code. Give it to whoever wants to send you money; it says nothing about you."""

    account_code: str


class TransferBody(Body):
    """Money for another customer. `to` is the recipient's account code; the recipient reads the note."""

    to: AccountCode
    currency: Currency
    amount: AmountText
    note: Note | None = None


class MadeAnswer(Answer):
    """Money that was sent, or, with state `held`, that is reserved and not sent yet: read `next_step`."""

    transfer_id: UUID
    state: OrderState
    kind: OrderKind
    to: str
    currency: Currency
    amount: str
    made_at: datetime
    next_step: str | None


class TransferAnswer(Answer):
    """A transfer as you see it. `counterparty` is the other customer's account code.

    With `is_reversed` the operator has taken it back. An amount that the operator corrected is shown as it
    stands now; your statement shows all entries. Only what is `made` has moved; the rest has a `next_step`.
    """

    transfer_id: UUID
    state: OrderState
    kind: OrderKind
    direction: Direction
    counterparty: str
    currency: Currency
    amount: str
    note: str | None
    is_reversed: bool
    qr_code_id: UUID | None
    made_at: datetime
    next_step: str | None


class TransferPage(Answer):
    """One page of transfers, newest first."""

    items: list[TransferAnswer]
    next_cursor: str | None


class QrCodeBody(Body):
    """A QR code to show. With an amount it is paid once; without, whoever scans it names the amount.

    `name`, `city` and `reference` are what the payer sees: Latin letters, digits and signs.
    """

    currency: Literal[Currency.LKR] = Currency.LKR
    amount: LkrText | None = None
    name: Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)]
    city: Annotated[str, Field(min_length=1, max_length=CITY_LIMIT)]
    reference: Annotated[str, Field(min_length=1, max_length=REFERENCE_LIMIT)] | None = None


class QrCodeAnswer(Answer):
    """A QR code of yours. `payload` is the text inside the image at `image`."""

    qr_code_id: UUID
    amount: str | None
    is_paid: bool
    payload: str
    image: str
    issued_at: datetime


class QrCodePage(Answer):
    """One page of QR codes, newest first."""

    items: list[QrCodeAnswer]
    next_cursor: str | None


class QrPaymentBody(Body):
    """A scanned QR code to pay. `amount` is needed when the code names none, and only then."""

    payload: Payload
    amount: LkrText | None = None


class QrParseBody(Body):
    """A scanned QR code to look at."""

    payload: Payload


class QrPreviewAnswer(Answer):
    """What a QR code says. Without `amount`, the payer names it. `name` is what the merchant typed."""

    state: str
    qr_code_id: UUID
    account_code: str
    currency: Currency
    amount: str | None
    name: str
    city: str
    reference: str | None


class TermsBody(Body):
    """The largest amounts of one transfer. `version` is the one that these replace; zero stops a currency."""

    version: Annotated[int, Field(ge=0)]
    maximum_lkr: LkrText
    maximum_usd: AmountText


class TermsAnswer(Answer):
    """The largest amounts of one transfer. Version 0: none were set, and these count."""

    version: int
    maximum_lkr: str
    maximum_usd: str


def show_order(view: OrderView) -> TransferAnswer:
    """Return the wire shape of an order."""
    order = view.order
    return TransferAnswer(
        transfer_id=order.id,
        state=view.state,
        kind=order.kind,
        direction=view.direction,
        counterparty=view.counterparty,
        currency=order.currency,
        amount=format_minor(order.amount, order.currency.scale),
        note=view.note,
        is_reversed=view.is_reversed,
        qr_code_id=order.qr_code_id,
        made_at=order.at,
        next_step=NEXT_STEPS.get(view.state),
    )


def show_code(shown: ShownCode) -> QrCodeAnswer:
    """Return the wire shape of a QR code."""
    issued = shown.issued
    return QrCodeAnswer(
        qr_code_id=issued.id,
        amount=_cents(issued.amount),
        is_paid=issued.is_paid,
        payload=shown.payload,
        image=f"/v1/qr-codes/{issued.id}.svg",
        issued_at=issued.issued_at,
    )


def show_preview(preview: Preview) -> QrPreviewAnswer:
    """Return the wire shape of a preview."""
    code = preview.code
    return QrPreviewAnswer(
        state=preview.state,
        qr_code_id=code.code_id,
        account_code=code.account_code,
        currency=Currency.LKR,
        amount=_cents(code.amount),
        name=code.name,
        city=code.city,
        reference=code.reference,
    )


def show_terms(terms: Terms) -> TermsAnswer:
    """Return the wire shape of terms."""
    return TermsAnswer(
        version=terms.version,
        maximum_lkr=format_minor(terms.maximum_lkr, LKR_SCALE),
        maximum_usd=format_minor(terms.maximum_usd, USD_SCALE),
    )


def _cents(amount: int | None) -> str | None:
    return None if amount is None else format_minor(amount, LKR_SCALE)
