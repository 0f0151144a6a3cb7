"""The open-banking routes of the sandbox bank: for the asker with its key, for the person with their page."""

import html
import re
import secrets
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sandbox.bank.bank import CENTS, Bank, at
from sandbox.bank.consent_facts import Consent
from sandbox.bank.consents import LIFETIME_MS, ConsentRecord, ConsentStatus, Payment, PaymentStatus
from sandbox.fixed_point import format_fixed, parse_fixed
from sandbox.http_edge import Refused, now_ms


def _positive(text: str) -> str:
    if parse_fixed(text, CENTS) == 0:
        raise ValueError("an amount is more than zero")
    return text


Name = Annotated[str, Field(min_length=1, max_length=64)]


class ConsentBody(BaseModel):
    """Ask a person to agree to a payment (funding), or to show that an account is theirs (verification)."""

    model_config = ConfigDict(extra="forbid")

    consent_id: Name
    purpose: Literal["funding", "verification"]
    amount: Annotated[str, AfterValidator(_positive)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    pay_reference: Annotated[str, Field(max_length=140)]
    return_url: Annotated[str, Field(pattern="^https?://", max_length=500)]


class PaymentBody(BaseModel):
    """Start the payment of a consent."""

    model_config = ConfigDict(extra="forbid")

    payment_id: Name


class ConsentView(BaseModel):
    """A consent; `account` is the person's, once they agreed."""

    consent_id: str
    purpose: str
    status: ConsentStatus
    amount: str
    currency: str
    authorise_url: str
    account: str | None
    expires_at: str


class PaymentView(BaseModel):
    """A payment; `bank_reference` is the booking in the receiver's account, once it was made."""

    payment_id: str
    status: PaymentStatus
    bank_reference: str | None
    reason: str | None


router = APIRouter(prefix="/v1", tags=["open banking"])
page_router = APIRouter(tags=["open banking"])


def _bank(request: Request) -> Bank:
    bank: Bank = request.app.state.bank
    return bank


TheBank = Annotated[Bank, Depends(_bank)]


@router.post("/consents", status_code=201)
async def ask(body: ConsentBody, bank: TheBank, request: Request) -> ConsentView:
    """Ask for a consent: send the person to its authorise_url. The same consent_id is the same consent."""
    now = now_ms()
    asked = Consent(
        consent_id=body.consent_id,
        purpose=body.purpose,
        amount=parse_fixed(body.amount, CENTS),
        currency=body.currency,
        pay_reference=body.pay_reference,
        return_url=body.return_url,
        token=secrets.token_urlsafe(24),
        asked_ms=now,
        expires_ms=now + LIFETIME_MS,
    )
    return _consent_view(bank.consents.ask(asked), request)


@router.get("/consents/{consent_id}")
async def get_consent(consent_id: str, bank: TheBank, request: Request) -> ConsentView:
    """Show a consent."""
    return _consent_view(bank.consents.get(consent_id), request)


@router.post("/consents/{consent_id}/payments", status_code=202)
async def pay(consent_id: str, body: PaymentBody, bank: TheBank) -> PaymentView:
    """Start the payment that was agreed to. The same payment_id is the same payment."""
    return _payment_view(bank.consents.pay(consent_id, body.payment_id, now_ms(), bank.draw_delay()))


@router.get("/consent-payments/{payment_id}")
async def get_payment(payment_id: str, bank: TheBank) -> PaymentView:
    """Show a payment under a consent."""
    return _payment_view(bank.consents.payment(payment_id))


@page_router.get("/authorise/{token}", response_class=HTMLResponse)
async def show_page(token: str, bank: TheBank) -> HTMLResponse:
    """Show the person what they are asked to agree to."""
    consent = bank.consents.find(token).consent
    amount = f"{consent.currency} {format_fixed(consent.amount, CENTS)}"
    sentence = f"pay {amount}" if consent.purpose == "funding" else "show that this account is yours"
    return HTMLResponse(
        "<!doctype html><html lang=en><title>Sandbox bank</title><h1>Sandbox bank</h1>"
        f"<p>You are asked to {html.escape(sentence)}, reference {html.escape(consent.pay_reference)}.</p>"
        "<form method=post><label>Account <input name=account required maxlength=34></label> "
        "<button name=decision value=approve>Agree</button> "
        "<button name=decision value=reject formnovalidate>Refuse</button></form></html>",
        headers={
            "Content-Security-Policy": "default-src 'none'; form-action *",
            "Referrer-Policy": "no-referrer",
        },
    )


@page_router.post("/authorise/{token}", status_code=303)
async def decide(
    token: str,
    bank: TheBank,
    request: Request,
) -> Response:
    """Take the person's word (form fields `decision` and `account`) and send them back to whoever asked."""
    fields = dict(parse_qsl((await request.body()).decode(errors="replace")))
    agreed, account = fields.get("decision") == "approve", fields.get("account", "").strip()
    if agreed and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]{0,33}", account) is None:
        raise Refused(400, "invalid_parameters", "An account is up to 34 letters and digits.")
    record = bank.consents.decide(token, agreed=agreed, account=account, now_ms=now_ms())
    return Response(status_code=303, headers={"Location": record.consent.return_url})


def _consent_view(record: ConsentRecord, request: Request) -> ConsentView:
    consent = record.consent
    return ConsentView(
        consent_id=consent.consent_id,
        purpose=consent.purpose,
        status=record.status(now_ms()),
        amount=format_fixed(consent.amount, CENTS),
        currency=consent.currency,
        authorise_url=f"{str(request.base_url).rstrip('/')}/authorise/{consent.token}",
        account=record.account or None,
        expires_at=at(consent.expires_ms),
    )


def _payment_view(payment: Payment) -> PaymentView:
    return PaymentView(
        payment_id=payment.payment_id,
        status=payment.status,
        bank_reference=payment.bank_reference or None,
        reason=payment.reason or None,
    )
